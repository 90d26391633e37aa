using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class UsbOnSqlite(SqliteServer server) : UsbTests(server), IClassFixture<SqliteServer>;

public sealed class UsbOnPostgres(PostgresServer server) : UsbTests(server), IClassFixture<PostgresServer>;

/// <summary>A device's USB port over HTTP: what a host sees of it, and its console.</summary>
public abstract class UsbTests(TestServer server)
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task A_device_is_shown_as_the_host_sees_it()
    {
        string device = await alice.CreateGuest("usb_cdc");
        await alice.WaitForConsole(device, "usb: key taken");
        JsonElement usb = (await alice.Get($"devices/{device}/usb")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("configured", usb.GetProperty("state").GetString());
        Assert.Equal("high", usb.GetProperty("speed").GetString());
        Assert.True(usb.GetProperty("console").GetBoolean());
        JsonElement found = usb.GetProperty("device");
        Assert.Equal(
            ["1209", "0001", "2.01", "1.23", "ef/02/01", "XousCloud", "Echo", "0001"],
            ((string[])["vendorId", "productId", "usbVersion", "deviceVersion", "class", "manufacturer", "product", "serialNumber"])
                .Select(name => found.GetProperty(name).GetString()));
        Assert.Equal(
            ["02/02/01", "0a/00/00", "03/01/01"],
            found.GetProperty("interfaces").EnumerateArray().Select(shown => shown.GetProperty("class").GetString()));
        JsonElement endpoint = found.GetProperty("interfaces")[1].GetProperty("endpoints")[0];
        Assert.Equal(("81", "bulk", 512), (
            endpoint.GetProperty("address").GetString(), endpoint.GetProperty("transfer").GetString(),
            endpoint.GetProperty("maxPacketSize").GetInt32()));
    }

    [Fact]
    public async Task A_program_without_USB_is_nobody_on_the_bus()
    {
        string device = await alice.CreateGuest("idle", start: false);
        JsonElement usb = (await alice.Get($"devices/{device}/usb")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("detached", usb.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, usb.GetProperty("device").ValueKind);
        Assert.Equal(JsonValueKind.Null, usb.GetProperty("speed").ValueKind);
    }

    [Fact]
    public async Task What_is_typed_into_the_USB_port_is_echoed_there()
    {
        string device = await alice.CreateGuest("usb_cdc");
        (await alice.Type(device, "hello\r", "?port=usb")).Expect(HttpStatusCode.Accepted);
        await alice.WaitForConsole(device, "HELLO", port: "usb");
        Assert.Equal("HELLO\r", (await alice.Get($"devices/{device}/console?port=usb")).Expect(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task A_device_made_from_a_snapshot_is_still_in_use_and_goes_on_talking()
    {
        string device = await alice.CreateGuest("usb_cdc");
        (await alice.Type(device, "one\r", "?port=usb")).Expect(HttpStatusCode.Accepted);
        await alice.WaitForConsole(device, "ONE", port: "usb");
        await alice.Act(device, "pause");
        string before = (await alice.Get($"devices/{device}/usb")).Text;
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;

        string copy = (await alice.Post("devices", new { snapshot, start = true })).Expect(HttpStatusCode.Created).Id;
        Assert.Equal(before, (await alice.Get($"devices/{copy}/usb")).Expect(HttpStatusCode.OK).Text);
        (await alice.Type(copy, "two\r", "?port=usb")).Expect(HttpStatusCode.Accepted);
        await alice.WaitForConsole(copy, "ONE\\rTWO\\r", port: "usb");
    }
}
