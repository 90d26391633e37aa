// Five programs that we did not write: the prebuilt examples of a public bare-metal SDK (samblenny/baochip-sdk).
// Their files are not in this repository; XOUSCLOUD_SDK_EXAMPLES names the folder that holds them.

namespace XousCloud.Cli.Tests;

public class SdkExampleTests
{
    [Fact]
    public void Blinky_toggles_its_LED_each_second()
    {
        CliResult result = Xous.Cloud("run", Example("blinky"), "--max-time", "2900ms", "--stats").Expect(4);

        // Off, then a change with each beat: one soon after reset, for the heartbeat's first interval is short,
        // then one each second. Before them stand 58 ms in which boot1 checks the signature.
        Assert.Empty(result.Output);
        Assert.Matches(@"pin PB12 +4 changes, last at 2\.05\d+ s", result.Error);
    }

    [Fact]
    public void Hello_c_greets_each_five_seconds()
    {
        CliResult result = Xous.Cloud("run", Example("hello_c"), "--until", @"i=1\)\r\n", "--max-time", "6s").Expect(0);

        Assert.Equal("Hello, world! (from C; i=0)\r\nHello, world! (from C; i=1)\r\n", result.Text);
        Assert.Matches("at cycle [0-9]+, 5.0[0-9]* s", result.Error);
    }

    [Fact]
    public void Timer0_boops_two_seconds_after_its_beep_and_again_after_PROG()
    {
        CliResult result = Xous.Cloud(
            "run", Example("timer0"), "--press", "PROG", "--after", @"boop \d+\r\n", "--until", @"beep \d+\.\.\.").Expect(0);

        Assert.Matches(@"^beep \d+\.\.\.boop \d+\r\n", result.Text);
        Assert.Matches(@"at cycle \d+, 2\.[01]\d* s", result.Error);
    }

    [Fact]
    public void Uart_greets_again_after_PROG()
    {
        CliResult result = Xous.Cloud(
            "run", Example("uart"), "--press", "PROG", "--after", @"millis\(\) = \d+\]", "--until", @"millis\(\) = \d+\]").Expect(0);

        Assert.Equal(2, result.Text.Split("hello, world! [millis() = ").Length - 1);
    }

    [Fact]
    public void Usb_acm_sees_the_software_event_and_the_controller()
    {
        CliResult result = Xous.Cloud("run", Example("usb_acm"), "--until", "USB DEVCAP = 0x20014401").Expect(0);

        Assert.Contains("After EV_SOFT write, EV_PENDING = 0x00000001", result.Text, StringComparison.Ordinal);
        Assert.Contains("After write, EV_PENDING = 0x00000000", result.Text, StringComparison.Ordinal);
        Assert.Contains("SUCCESS", result.Text, StringComparison.Ordinal);
    }

    private static string Example(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("XOUSCLOUD_SDK_EXAMPLES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "XOUSCLOUD_SDK_EXAMPLES does not name the folder of the SDK's examples.");
        return Path.Combine(folder!, name + ".uf2");
    }
}
