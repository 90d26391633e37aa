using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

/// <summary>What is told of a Xous: tests/Firmware/xous_calls.c says what its processes do.</summary>
public sealed class XousTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    // The steps of the messages that its processes send.
    private const int Steps = 41;

    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task Processes_are_listed_with_what_their_threads_wait_for()
    {
        string device = await DeviceAtTheEndAsync();
        JsonElement list = (await alice.Get($"devices/{device}/processes")).Expect(HttpStatusCode.OK).Json;

        Assert.Equal("services", list.GetProperty("stage").GetString());
        JsonElement[] processes = [.. list.GetProperty("processes").EnumerateArray()];
        Assert.Equal(["kernel", "clock", "names", "worker", null, "brief"], processes.Select(process => process.GetProperty("name").GetString()));
        JsonElement clock = processes[1];
        Assert.Equal("sleeping", clock.GetProperty("state").GetString());
        Assert.Equal(5, clock.GetProperty("memory").GetProperty("owned").GetInt32());
        Assert.Equal(1, clock.GetProperty("connections").GetInt32());
        JsonElement thread = Assert.Single(clock.GetProperty("threads").EnumerateArray());
        Assert.Equal((2, "waiting"), (thread.GetProperty("tid").GetInt32(), thread.GetProperty("state").GetString()));
        Assert.Equal("ReceiveMessage", thread.GetProperty("call").GetProperty("call").GetString());
        Assert.Equal("ticktimer-server", thread.GetProperty("call").GetProperty("server").GetString());
        Assert.Equal(1, clock.GetProperty("calls").GetProperty("ClaimInterrupt").GetInt32());
        Assert.Equal("terminated", processes[4].GetProperty("state").GetString());
        Assert.StartsWith("a store page fault", processes[4].GetProperty("end").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_and_interrupt_lines_are_listed()
    {
        string device = await DeviceAtTheEndAsync();
        JsonElement servers = (await alice.Get($"devices/{device}/servers")).Expect(HttpStatusCode.OK).Json.GetProperty("servers");
        JsonElement worker = servers.EnumerateArray().Single(each => each.GetProperty("owner").GetInt32() == 4);
        Assert.Equal("worker's own server", worker.GetProperty("name").GetString());
        Assert.Equal("5eed0001-5eed1112-5eed2223-5eed3334", worker.GetProperty("id").GetString());
        JsonElement connection = Assert.Single(worker.GetProperty("connections").EnumerateArray());
        Assert.Equal((4, 4), (connection.GetProperty("pid").GetInt32(), connection.GetProperty("cid").GetInt32()));

        JsonElement lines = (await alice.Get($"devices/{device}/interrupts")).Expect(HttpStatusCode.OK).Json.GetProperty("interrupts");
        JsonElement line = Assert.Single(lines.EnumerateArray());
        Assert.Equal((11, 2, "1"), (line.GetProperty("line").GetInt32(), line.GetProperty("pid").GetInt32(), line.GetProperty("count").GetString()));
    }

    [Fact]
    public async Task Messages_are_read_page_by_page()
    {
        string device = await DeviceAtTheEndAsync();
        List<JsonElement> steps = [];
        for (string next = "1"; steps.Count < Steps;)
        {
            JsonElement page = (await alice.Get($"devices/{device}/ipc?offset={next}&limit=10")).Expect(HttpStatusCode.OK).Json;
            Assert.Equal("1", page.GetProperty("oldest").GetString());
            steps.AddRange(page.GetProperty("events").EnumerateArray());
            next = page.GetProperty("next").GetString()!;
            Assert.Equal((steps.Count + 1).ToString(), next);
        }

        Assert.Equal(Enumerable.Range(1, Steps).Select(number => number.ToString()), steps.Select(step => step.GetProperty("sequence").GetString()));
        JsonElement sent = steps[0];
        Assert.Equal(
            "sent BlockingScalar 0 from 5 to ticktimer-server of 2: 1 2 3 4",
            $"{sent.GetProperty("step")} {sent.GetProperty("kind")} {sent.GetProperty("opcode")} from {sent.GetProperty("senderPid")} to "
            + $"{sent.GetProperty("server")} of {sent.GetProperty("serverPid")}: {string.Join(' ', sent.GetProperty("words").EnumerateArray())}");
        JsonElement answered = steps[2];
        Assert.Equal(("1", "Scalar2"), (answered.GetProperty("message").GetString(), answered.GetProperty("result").GetString()));
        Assert.Equal([1234u, 0u], answered.GetProperty("words").EnumerateArray().Select(word => word.GetUInt32()));
        JsonElement failed = steps.Single(step => step.GetProperty("step").GetString() == "failed");
        Assert.Equal("ServerNotFound", failed.GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.Null, failed.GetProperty("server").ValueKind);
        JsonElement lent = steps.First(step => step.GetProperty("kind").GetString() == "Borrow");
        Assert.Equal(4096u, lent.GetProperty("memory").GetProperty("length").GetUInt32());
    }

    [Fact]
    public async Task Steps_that_are_not_there_are_refused()
    {
        string device = await DeviceAtTheEndAsync();

        Assert.Empty((await alice.Get($"devices/{device}/ipc?offset={Steps + 1}")).Expect(HttpStatusCode.OK).Json.GetProperty("events").EnumerateArray());
        foreach (string query in (string[])[$"offset={Steps + 2}", "offset=-1", "offset=x", "limit=0", "limit=501"])
        {
            (await alice.Get($"devices/{device}/ipc?{query}")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        }
    }

    [Fact]
    public async Task Where_no_Xous_runs_there_is_nothing_to_list()
    {
        string device = await alice.CreateGuest("hello");

        JsonElement list = (await alice.Get($"devices/{device}/processes")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("none", list.GetProperty("stage").GetString());
        Assert.Equal(0, list.GetProperty("processes").GetArrayLength());
        Assert.Equal(0, (await alice.Get($"devices/{device}/servers")).Json.GetProperty("servers").GetArrayLength());
        Assert.Equal(0, (await alice.Get($"devices/{device}/interrupts")).Json.GetProperty("interrupts").GetArrayLength());
        Assert.Equal("1", (await alice.Get($"devices/{device}/ipc")).Expect(HttpStatusCode.OK).Json.GetProperty("next").GetString());
    }

    [Fact]
    public async Task The_hub_sends_each_step_once_also_to_a_client_that_comes_back()
    {
        string device = await DeviceAtTheEndAsync(start: false);
        await using HubClient early = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey);
        Assert.Null(await early.SubscribeAsync(device, console: null, ipc: "0"));
        await alice.Act(device, "run");
        JsonElement[] all = await early.WaitForIpcAsync(Steps);

        await using HubClient late = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey);
        Assert.Null(await late.SubscribeAsync(device, console: null, ipc: "30"));
        JsonElement[] rest = await late.WaitForIpcAsync(Steps - 29);

        JsonElement page = (await alice.Get($"devices/{device}/ipc?limit=500")).Json;
        string[] expected = [.. page.GetProperty("events").EnumerateArray().Select(step => step.GetRawText())];
        Assert.Equal(expected, all.Select(step => step.GetRawText()));
        Assert.Equal(expected[29..], rest.Select(step => step.GetRawText()));
    }

    [Fact]
    public async Task What_was_seen_is_there_again_after_a_restart_and_in_a_device_of_a_snapshot()
    {
        string device = await DeviceAtTheEndAsync();
        await alice.Act(device, "pause");
        string[] paths = ["processes", "servers", "interrupts", "ipc?limit=500"];
        string[] before = await ReadAsync(alice, device, paths);
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        string copy = (await alice.Post("devices", new { snapshot })).Expect(HttpStatusCode.Created).Id;
        Assert.Equal(before, await ReadAsync(alice, copy, paths));

        await server.StopAsync();
        await server.StartAsync();
        using ApiClient again = server.Alice;
        Assert.Equal(before, await ReadAsync(again, device, paths));
    }

    private static async Task<string[]> ReadAsync(ApiClient client, string device, string[] paths)
    {
        List<string> found = [];
        foreach (string path in paths)
        {
            found.Add((await client.Get($"devices/{device}/{path}")).Expect(HttpStatusCode.OK).Text);
        }

        return [.. found];
    }

    private async Task<string> DeviceAtTheEndAsync(bool start = true)
    {
        string device = await alice.CreateGuest("xous_calls", start: start);
        if (start)
        {
            await alice.WaitForConsole(device, "nothing can go on");
        }

        return device;
    }
}
