// Five programs that we did not write, over HTTP: the prebuilt examples of a public bare-metal SDK
// (samblenny/baochip-sdk). Their files are not in this repository; XOUSCLOUD_SDK_EXAMPLES names their folder.

using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class SdkExampleTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task Blinky_toggles_PB12_with_each_second()
    {
        string device = await Run("blinky");
        int level = await LevelAt(device, "1500000000");

        Assert.NotEqual(level, await LevelAt(device, "2500000000"));
        Assert.Equal(level, await LevelAt(device, "3500000000"));
    }

    [Fact]
    public async Task Hello_c_greets_each_five_seconds()
    {
        string device = await Run("hello_c");
        await alice.WaitForConsole(device, @"i=2\)\r\n");

        Assert.StartsWith(
            "Hello, world! (from C; i=0)\r\nHello, world! (from C; i=1)\r\nHello, world! (from C; i=2)\r\n",
            (await alice.Get($"devices/{device}/console")).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timer0_boops_after_its_beep_and_beeps_again_after_PROG()
    {
        string device = await Run("timer0");
        await alice.WaitForConsole(device, @"beep \d+\.\.\.boop \d+\r\n");
        await PressProg(device);

        await alice.WaitForConsole(device, @"(beep \d+\.\.\.boop \d+\r\n){2}");
    }

    [Fact]
    public async Task Uart_greets_again_after_PROG()
    {
        string device = await Run("uart");
        await alice.WaitForConsole(device, @"hello, world! \[millis\(\) = \d+\]\r\n");
        await PressProg(device);

        await alice.WaitForConsole(device, @"(hello, world! \[millis\(\) = \d+\]\r\n){2}");
    }

    [Fact]
    public async Task Usb_acm_sees_its_software_event_and_the_controller()
    {
        string device = await Run("usb_acm");
        await alice.WaitForConsole(device, "USB DEVCAP = 0x20014401");

        string said = (await alice.Get($"devices/{device}/console")).Text;
        Assert.Contains("EV_PENDING = 0x00000001", said, StringComparison.Ordinal);
        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
    }

    private async Task<string> Run(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("XOUSCLOUD_SDK_EXAMPLES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "XOUSCLOUD_SDK_EXAMPLES does not name the folder of the SDK's examples.");
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(folder!, name + ".uf2"));
        string image = (await alice.Upload((name + ".uf2", file))).Expect(HttpStatusCode.Created).Id;
        return await alice.CreateDevice(image, "real", start: true);
    }

    private async Task PressProg(string device)
    {
        (await alice.Put($"devices/{device}/pins", new Dictionary<string, string> { ["PC13"] = "0" })).Expect(HttpStatusCode.OK);
        JsonElement now = (await alice.Get($"devices/{device}")).Json;
        ulong held = ulong.Parse(now.GetProperty("virtualNanoseconds").GetString()!) + 200_000_000;
        (await alice.Get($"devices/{device}/wait?virtualTime={held}")).Expect(HttpStatusCode.OK);
        (await alice.Put($"devices/{device}/pins", new Dictionary<string, string> { ["PC13"] = "z" })).Expect(HttpStatusCode.OK);
    }

    private async Task<int> LevelAt(string device, string nanoseconds)
    {
        (await alice.Get($"devices/{device}/wait?virtualTime={nanoseconds}")).Expect(HttpStatusCode.OK);
        return (await alice.Get($"devices/{device}/pins")).Json.GetProperty("pins").EnumerateArray()
            .Single(pin => pin.GetProperty("name").GetString() == "PB12").GetProperty("level").GetInt32();
    }
}
