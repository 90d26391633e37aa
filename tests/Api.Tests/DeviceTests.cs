using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class DevicesOnSqlite(SqliteServer server) : DeviceTests(server), IClassFixture<SqliteServer>;

public sealed class DevicesOnPostgres(PostgresServer server) : DeviceTests(server), IClassFixture<PostgresServer>;

/// <summary>The life of a device over HTTP.</summary>
public abstract class DeviceTests(TestServer server)
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task A_device_is_created_paused_at_cycle_0_and_found_where_Location_says()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        Answer created = (await alice.Post("devices", new { image, seed = "18446744073709551615" })).Expect(HttpStatusCode.Created);
        Assert.Equal($"/v1/devices/{created.Id}", created.Headers.Location!.ToString());
        JsonElement device = (await alice.Get(created.Headers.Location.ToString())).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("paused", device.GetProperty("state").GetString());
        Assert.Equal("0", device.GetProperty("cycle").GetString());
        Assert.Equal("18446744073709551615", device.GetProperty("seed").GetString());
        Assert.Equal("dabao", device.GetProperty("board").GetString());
        Assert.Equal("real", device.GetProperty("pace").GetString());
        Assert.Equal("PC13", device.GetProperty("buttons")[0].GetProperty("pin").GetString());
        Assert.Equal("uart2", device.GetProperty("consoles").EnumerateArray()
            .Single(console => console.GetProperty("primary").GetBoolean()).GetProperty("port").GetString());
    }

    [Fact]
    public async Task A_device_is_made_with_the_factory_settings_asked_for_and_shows_them()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        object factory = new { boardType = "oem", developerMode = true, counters = new Dictionary<string, uint> { ["200"] = 7 } };
        Answer created = (await alice.Post("devices", new { image, factory })).Expect(HttpStatusCode.Created);
        JsonElement shown = created.Json.GetProperty("factory");
        Assert.Equal("oem", shown.GetProperty("boardType").GetString());
        Assert.True(shown.GetProperty("bootWait").GetBoolean()); // as a dabao is shipped
        Assert.True(shown.GetProperty("developerMode").GetBoolean());
        Assert.Equal(
            """{"80":1,"81":2,"85":1,"200":7}""", shown.GetProperty("counters").GetRawText().Replace(" ", "", StringComparison.Ordinal));

        // What is shown makes the same device again, and it is in its memory.
        Answer again = (await alice.Post("devices", new { image, factory = shown })).Expect(HttpStatusCode.Created);
        Assert.Equal(shown.GetRawText(), again.Json.GetProperty("factory").GetRawText());
        byte[] counter = (await alice.Get($"devices/{created.Id}/memory?address={0x603D_A000 + (200 * 32)}&length=4")).Bytes;
        Assert.Equal([7, 0, 0, 0], counter);
    }

    [Fact]
    public async Task A_device_whose_image_boot1_refuses_says_which_check_failed_and_says_so_again_after_a_reset()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.WronglySigned), start: true);
        for (int boot = 0; boot < 2; boot++)
        {
            JsonElement waited = (await alice.Get($"devices/{device}/wait?state=dead&timeout=60")).Expect(HttpStatusCode.OK).Json;
            Assert.True(waited.GetProperty("met").GetBoolean());
            Assert.Equal(JsonValueKind.Null, waited.GetProperty("device").GetProperty("death").ValueKind);
            JsonElement report = waited.GetProperty("device").GetProperty("boot");
            Assert.Equal("boot1", report.GetProperty("stage").GetString());
            Assert.Equal("image_signature", report.GetProperty("guard").GetProperty("code").GetString());
            Assert.True(report.GetProperty("guard").GetProperty("ends").GetBoolean());
            Assert.StartsWith("Image did not validate", report.GetProperty("lastText").GetProperty("uart2").GetString(), StringComparison.Ordinal);
            Assert.Equal(new string('X', 256), report.GetProperty("lastText").GetProperty("duart").GetString());

            JsonElement refusal = (await alice.Act(device, "run")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
            Assert.Contains("boot1", refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
            (await alice.Act(device, "step")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
            Assert.Equal(
                boot + 1, (await alice.Get($"devices/{device}/console")).Text.Split("Image did not validate").Length - 1);
            Assert.Equal("running", (await alice.Act(device, "reset")).Expect(HttpStatusCode.OK).Json.GetProperty("state").GetString());
        }
    }

    [Fact]
    public async Task A_boot_is_waited_for_by_its_stage_or_its_end()
    {
        string refused = await alice.CreateDevice(await alice.UploadProgram(Programs.WronglySigned), start: true);
        JsonElement stopped = (await alice.Get($"devices/{refused}/wait?boot=services,stopped&timeout=60")).Expect(HttpStatusCode.OK).Json;
        Assert.True(stopped.GetProperty("met").GetBoolean());

        string running = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop), start: true);
        Assert.True((await alice.Get($"devices/{running}/wait?boot=program&timeout=60")).Json.GetProperty("met").GetBoolean());
        Assert.False((await alice.Get($"devices/{running}/wait?boot=stopped&timeout=0.1")).Json.GetProperty("met").GetBoolean());
        (await alice.Get($"devices/{running}/wait?boot=done")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task An_image_that_boot1_would_refuse_runs_where_its_entry_is_given()
    {
        Answer image = await alice.Upload([("stage.bin", Programs.WronglySigned)], [("entry", "0x60060300")]);
        string device = await alice.CreateDevice(image.Expect(HttpStatusCode.Created).Id);
        JsonElement after = (await alice.Post($"devices/{device}/actions", new { action = "step", count = 10 }))
            .Expect(HttpStatusCode.OK).Json;
        Assert.Equal("10", after.GetProperty("instructions").GetString());
        Assert.Equal(JsonValueKind.Null, after.GetProperty("boot").GetProperty("guard").ValueKind);
    }

    [Theory]
    [InlineData("""{"counters":{"256":1}}""")]
    [InlineData("""{"counters":{"085":1}}""")]
    [InlineData("""{"counters":{"developer":1}}""")]
    [InlineData("""{"counters":{"85":0},"developerMode":true}""")]
    public async Task Impossible_factory_settings_are_refused_by_name(string factory)
    {
        string image = await alice.UploadProgram(Programs.Loop);
        JsonElement problem = (await alice.Post("devices", new { image, factory = JsonDocument.Parse(factory).RootElement }))
            .ExpectProblem(HttpStatusCode.BadRequest, "validation");
        Assert.True(problem.GetProperty("errors").TryGetProperty("factory.counters", out _));
    }

    [Fact]
    public async Task A_step_executes_exactly_as_many_instructions_as_asked()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        JsonElement after = (await alice.Post($"devices/{device}/actions", new { action = "step", count = 12345 }))
            .Expect(HttpStatusCode.OK).Json;
        Assert.Equal("12345", after.GetProperty("instructions").GetString());
        Assert.Equal("paused", after.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Running_twice_and_pausing_twice_change_nothing()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        foreach ((string action, string state) in ((string, string)[])
            [("run", "running"), ("run", "running"), ("pause", "paused"), ("pause", "paused")])
        {
            Assert.Equal(state, (await alice.Act(device, action)).Expect(HttpStatusCode.OK).Json.GetProperty("state").GetString());
        }
    }

    [Fact]
    public async Task A_running_device_does_not_step()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop), start: true);
        (await alice.Act(device, "step")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
        (await alice.Act(device, "pause")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_guest_that_jumps_into_nothing_is_dead_and_says_why()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Crash), start: true);
        JsonElement waited = (await alice.Get($"devices/{device}/wait?state=dead&timeout=60")).Expect(HttpStatusCode.OK).Json;
        Assert.True(waited.GetProperty("met").GetBoolean());
        JsonElement death = waited.GetProperty("device").GetProperty("death");
        Assert.Equal(0x10000000u, death.GetProperty("pc").GetUInt32());
        Assert.NotEmpty(death.GetProperty("reason").GetString()!);

        JsonElement refusal = (await alice.Act(device, "run")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
        Assert.Contains("0x10000000", refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await alice.Act(device, "step")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("power")]
    public async Task A_dead_device_that_is_reset_lives_and_runs_again(string action)
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Crash), start: true);
        await alice.Get($"devices/{device}/wait?state=dead&timeout=60");
        JsonElement first = (await alice.Get($"devices/{device}")).Json.GetProperty("death");
        (await alice.Act(device, action)).Expect(HttpStatusCode.OK);

        // It dies of the same again, later.
        await alice.Get($"devices/{device}/wait?state=dead&timeout=60");
        JsonElement second = (await alice.Get($"devices/{device}")).Json.GetProperty("death");
        Assert.True(second.GetProperty("cycle").GetUInt64() > first.GetProperty("cycle").GetUInt64());
    }

    [Fact]
    public async Task A_wait_for_a_virtual_time_ends_when_the_device_is_there()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Wait), start: true);
        JsonElement waited = (await alice.Get($"devices/{device}/wait?virtualTime=3600000000000&timeout=60")).Json;
        Assert.True(waited.GetProperty("met").GetBoolean());
        ulong reached = ulong.Parse(waited.GetProperty("device").GetProperty("virtualNanoseconds").GetString()!);
        Assert.InRange(reached, 3_600_000_000_000ul, 3_700_000_000_000ul);
    }

    [Fact]
    public async Task A_wait_that_is_never_met_ends_at_its_time_without_error()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        JsonElement waited = (await alice.Get($"devices/{device}/wait?state=dead&timeout=0.2")).Expect(HttpStatusCode.OK).Json;
        Assert.False(waited.GetProperty("met").GetBoolean());
        Assert.Equal(device, waited.GetProperty("device").GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_deleted_device_is_gone_for_everyone_who_waits()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        Task<Answer> waiting = alice.Get($"devices/{device}/wait?state=dead&timeout=60");
        Task<Answer> listening = alice.Get($"devices/{device}/wait?console=never&timeout=60");
        (await alice.Delete($"devices/{device}")).Expect(HttpStatusCode.NoContent);
        (await waiting).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await listening).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await alice.Get($"devices/{device}")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await alice.Delete($"devices/{device}")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("count")]
    public async Task Speed_is_that_of_instructions_that_were_really_executed(string program)
    {
        string device = await alice.CreateDevice(
            await alice.UploadProgram(program == "loop" ? Programs.Loop : Programs.Count), start: true);
        JsonElement waited = (await alice.Get($"devices/{device}/wait?virtualTime=3000000000&timeout=60")).Json;
        Assert.True(waited.GetProperty("met").GetBoolean());

        // No host does more than this; what a skipped loop would count is a thousand times as much.
        Assert.InRange(waited.GetProperty("device").GetProperty("mips").GetDouble(), 0, 20_000);
        await alice.Delete($"devices/{device}");
    }

    [Fact]
    public async Task A_list_comes_in_pages_newest_first()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        List<string> made = [];
        for (int count = 0; count < 5; count++)
        {
            made.Add(await alice.CreateDevice(image));
        }

        List<string> listed = [];
        for (string? cursor = ""; cursor is not null;)
        {
            JsonElement page = (await alice.Get($"devices?limit=2&cursor={cursor}")).Expect(HttpStatusCode.OK).Json;
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 0, 2);
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.Equal(made.Order(), listed.Where(made.Contains).Order());
    }

    [Fact]
    public async Task A_name_and_a_pace_can_be_changed()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await alice.Patch($"devices/{device}", new { name = "left desk", pace = "real" })).Expect(HttpStatusCode.OK);
        JsonElement after = (await alice.Get($"devices/{device}")).Json;
        Assert.Equal("left desk", after.GetProperty("name").GetString());
        Assert.Equal("real", after.GetProperty("pace").GetString());
    }

    [Fact]
    public async Task Pins_are_read_driven_and_let_go()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        Assert.Equal(96, (await alice.Get($"devices/{device}/pins")).Json.GetProperty("pins").GetArrayLength());
        Assert.Equal((0, "0"), await DriveAsync("0"));
        Assert.Equal((1, "1"), await DriveAsync("1"));
        Assert.Equal("z", (await DriveAsync("z")).Driven);

        async Task<(int Level, string Driven)> DriveAsync(string drive)
        {
            Answer answer = await alice.Put($"devices/{device}/pins", new Dictionary<string, string> { ["PC13"] = drive });
            JsonElement pin = answer.Expect(HttpStatusCode.OK).Json.GetProperty("pins").EnumerateArray()
                .Single(pin => pin.GetProperty("name").GetString() == "PC13");
            return (pin.GetProperty("level").GetInt32(), pin.GetProperty("driven").GetString()!);
        }
    }

    [Fact]
    public async Task Buttons_are_held_and_let_go_by_name()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        Assert.Equal("0", await HoldAsync(true));
        Assert.Equal("z", await HoldAsync(false));
        Assert.Equal(0, (await alice.Get($"devices/{device}/keys")).Json.GetProperty("keys").GetArrayLength());

        async Task<string> HoldAsync(bool held)
        {
            (await alice.Put($"devices/{device}/keys", new Dictionary<string, bool> { ["prog"] = held })).Expect(HttpStatusCode.OK);
            return (await alice.Get($"devices/{device}/pins")).Json.GetProperty("pins").EnumerateArray()
                .Single(pin => pin.GetProperty("name").GetString() == "PC13").GetProperty("driven").GetString()!;
        }
    }

    [Fact]
    public async Task Keys_of_a_matrix_are_listed_held_and_let_go()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        string device = (await alice.Post("devices", new { image, board = "dc34-badge" })).Expect(HttpStatusCode.Created).Id;
        JsonElement key = (await alice.Get($"devices/{device}")).Json.GetProperty("keys").EnumerateArray()
            .Single(key => key.GetProperty("name").GetString() == "Up");
        Assert.Equal(("PF6", "PF4"), (key.GetProperty("row").GetString(), key.GetProperty("column").GetString()));
        Assert.Equal("Up", await HoldAsync(true));
        Assert.Equal("", await HoldAsync(false));

        async Task<string> HoldAsync(bool held)
        {
            Answer answer = await alice.Put($"devices/{device}/keys", new Dictionary<string, bool> { ["Up"] = held });
            return string.Join(",", answer.Expect(HttpStatusCode.OK).Json.GetProperty("keys").EnumerateArray()
                .Where(key => key.GetProperty("pressed").GetBoolean())
                .Select(key => key.GetProperty("name").GetString()));
        }
    }

    [Fact]
    public async Task A_key_that_the_board_has_not_is_refused_with_those_that_it_has()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        Answer answer = await alice.Put($"devices/{device}/keys", new Dictionary<string, bool> { ["Escape"] = true });
        answer.ExpectProblem(HttpStatusCode.BadRequest, "validation");
        Assert.Contains("PROG", answer.Text);
    }

    [Fact]
    public async Task Memory_and_registers_show_the_program_where_it_was_put()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Crash));
        Answer memory = (await alice.Get($"devices/{device}/memory?address=0x60060000&length=8")).Expect(HttpStatusCode.OK);
        Assert.Equal(Programs.Crash, memory.Bytes);
        await alice.Post($"devices/{device}/actions", new { action = "step", count = 1 });
        JsonElement registers = (await alice.Get($"devices/{device}/registers")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(0x60060004u, registers.GetProperty("pc").GetUInt32());
        Assert.Equal(0x10000000u, registers.GetProperty("x")[10].GetUInt32());
        Assert.Equal("M", registers.GetProperty("privilege").GetString());
        Assert.Contains(registers.GetProperty("csrs").EnumerateArray(), csr => csr.GetProperty("name").GetString() == "mepc");
    }

    [Fact]
    public async Task A_state_has_one_hash_and_a_running_device_shows_none()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        string left = await alice.CreateDevice(image);
        string right = await alice.CreateDevice(image);
        Assert.Equal(await HashOf(left), await HashOf(right));
        await alice.Post($"devices/{left}/actions", new { action = "step", count = 10 });
        Assert.NotEqual(await HashOf(left), await HashOf(right));
        await alice.Act(right, "run");
        Assert.Null(await HashOf(right));

        async Task<string?> HashOf(string device) =>
            (await alice.Get($"devices/{device}?hash=true")).Json.GetProperty("hash").GetString();
    }
}
