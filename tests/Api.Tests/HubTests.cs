using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

/// <summary>The live streams.</summary>
public sealed class HubTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task A_client_that_comes_back_with_its_offset_misses_nothing_and_sees_nothing_twice()
    {
        string device = await alice.CreateGuest("echo", pace: "real");
        string first;
        await using (HubClient client = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey))
        {
            Assert.Null(await client.SubscribeAsync(device, console: 0));
            await client.WaitForConsoleAsync("ready");
            await alice.Type(device, "one\r");
            first = await client.WaitForConsoleAsync("[3 bytes]");
        }

        await alice.Type(device, "away\r");
        await alice.WaitForConsole(device, @"\[4 bytes\]");
        await using HubClient again = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey);
        await again.SubscribeAsync(device, console: first.Length);
        await alice.Type(device, "three\r");
        string second = await again.WaitForConsoleAsync("[5 bytes]");
        Assert.Equal(first.Length, again.FirstOffset);
        Assert.StartsWith(first + second, (await alice.Get($"devices/{device}/console")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_comes_at_once_and_at_every_change()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Wait));
        await using HubClient client = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey);
        await client.SubscribeAsync(device, console: null, state: true);
        await client.WaitForStateAsync(state => state.GetProperty("state").GetString() == "paused");
        await alice.Act(device, "run");
        await client.WaitForStateAsync(state => state.GetProperty("state").GetString() == "running");
        await alice.Act(device, "pause");
        await client.WaitForStateAsync(state => state.GetProperty("state").GetString() == "paused"
            && state.GetProperty("cycle").GetString() != "0");
    }

    [Fact]
    public async Task All_pins_come_first_and_then_those_that_change()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Wait));
        await using HubClient client = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey);
        await client.SubscribeAsync(device, console: null, pins: true);
        await client.WaitForPinsAsync(pins => pins.GetArrayLength() == 96);
        await alice.Put($"devices/{device}/pins", new Dictionary<string, string> { ["PC13"] = "0" });
        JsonElement changed = await client.WaitForPinsAsync(pins => pins.GetArrayLength() < 96);
        Assert.Equal("PC13", changed[0].GetProperty("name").GetString());
        Assert.Equal("0", changed[0].GetProperty("driven").GetString());
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_connect() => await Assert.ThrowsAnyAsync<Exception>(
        () => HubClient.ConnectAsync(server.Address, TestServer.AliceKey, origin: "https://evil.example"));
}
