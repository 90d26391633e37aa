using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using XousCloud.Api.Storage;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

/// <summary>A real server process that is killed while devices run and are typed to, and started again.</summary>
public sealed class RecoveryTests(PostgresCluster cluster)
{
    private const int Rounds = 3;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Nothing_that_was_acknowledged_or_shown_is_lost_when_the_server_is_killed(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string device = await server.Client.CreateGuest("echo", pace: "fast");
        string ticking = await server.Client.CreateGuest("tick", pace: "real");
        await server.Client.WaitForConsole(device, "ready");
        StringBuilder acknowledged = new();
        string shown = "";
        int seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            // Each line is acknowledged before the next is sent; the kill comes at any moment after one.
            for (int line = random.Next(3, 30); line > 0; line--)
            {
                string text = $"r{round}n{line}\r";
                if ((await server.Client.Type(device, text)).Status == HttpStatusCode.Accepted)
                {
                    acknowledged.Append(text);
                }
            }

            shown = (await server.Client.Get($"devices/{device}/console")).Text;
            JsonElement before = (await server.Client.Get($"devices/{ticking}")).Json;

            // It prints more than is kept, so the last part is compared.
            JsonElement console = before.GetProperty("consoles").EnumerateArray().Single(port => port.GetProperty("primary").GetBoolean());
            long printed = long.Parse(console.GetProperty("length").GetString()!);
            string tail = $"devices/{ticking}/console?offset={Math.Max(0, printed - 4096)}";
            string ticks = (await server.Client.Get(tail)).Text;
            await server.KillAsync();
            await server.StartAsync();

            Assert.StartsWith(shown, (await server.Client.Get($"devices/{device}/console")).Text, StringComparison.Ordinal);
            Assert.StartsWith(ticks, (await server.Client.Get(tail)).Text, StringComparison.Ordinal);
            JsonElement after = (await server.Client.Get($"devices/{ticking}")).Json;
            Assert.Equal("paused", after.GetProperty("state").GetString());
            Assert.True(ulong.Parse(after.GetProperty("cycle").GetString()!) >= ulong.Parse(before.GetProperty("cycle").GetString()!));
            await server.Client.Act(device, "run");
            await server.Client.Act(ticking, "run");
        }

        string last = acknowledged.ToString()[..^1];
        await server.Client.WaitForConsole(device, last[(last.LastIndexOf('\r') + 1)..].ToUpperInvariant() + @"\r?\n?\[\d bytes\]");
        string all = (await server.Client.Get($"devices/{device}/console")).Text;
        string echoed = string.Concat(all.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith('R') && line != "ready").Select(line => line.ToLowerInvariant() + "\r"));
        Assert.Equal(acknowledged.ToString(), echoed);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_fork_is_still_there_after_the_server_was_killed_whatever_became_of_its_parent(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string parent = await server.Client.CreateGuest("echo");
        await server.Client.WaitForConsole(parent, "ready");
        await server.Client.Type(parent, "before\r");
        await server.Client.WaitForConsole(parent, @"\[6 bytes\]\s*\n");
        string fork = (await server.Client.Post($"devices/{parent}/fork", new { })).Expect(HttpStatusCode.Created).Id;
        (await server.Client.Type(fork, "after\r")).Expect(HttpStatusCode.Accepted);
        JsonElement before = (await server.Client.Get($"devices/{fork}?hash=true")).Json;
        (await server.Client.Delete($"devices/{parent}")).Expect(HttpStatusCode.NoContent);
        await server.KillAsync();
        await server.StartAsync();

        JsonElement after = (await server.Client.Get($"devices/{fork}?hash=true")).Json;
        Assert.Equal(before.GetProperty("hash").GetString(), after.GetProperty("hash").GetString());
        await server.Client.Act(fork, "run");
        await server.Client.WaitForConsole(fork, @"\[5 bytes\]\s*\n");
        Assert.Contains("BEFORE", (await server.Client.Get($"devices/{fork}/console")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stopped_a_boot_is_known_after_the_server_was_killed()
    {
        await using ServerProcess server = await ServerProcess.CreateAsync("sqlite", cluster);
        await server.StartAsync();
        string device = await server.Client.CreateDevice(await server.Client.UploadProgram(Programs.WronglySigned), start: true);
        (await server.Client.Get($"devices/{device}/wait?state=dead&timeout=60")).Expect(HttpStatusCode.OK);
        JsonElement before = (await server.Client.Get($"devices/{device}")).Json.GetProperty("boot");
        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal("image_signature", before.GetProperty("guard").GetProperty("code").GetString());
        JsonElement after = (await server.Client.Get($"devices/{device}")).Json;
        Assert.Equal("dead", after.GetProperty("state").GetString());
        Assert.Equal(before.GetRawText(), after.GetProperty("boot").GetRawText());
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_a_guest_stored_survives_the_loss_of_power_a_killed_server_and_a_snapshot(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string device = await server.Client.CreateGuest("settings");
        await server.Client.WaitForConsole(device, "start 1, name ''");
        await server.Client.Type(device, "alpha\r");
        await server.Client.WaitForConsole(device, "stored 'alpha'");
        await server.Client.Act(device, "power");
        await server.Client.WaitForConsole(device, "start 2, name 'alpha'");

        await server.KillAsync();
        await server.StartAsync();
        await server.Client.Act(device, "power");
        await server.Client.Act(device, "run");
        await server.Client.WaitForConsole(device, "start 3, name 'alpha'");

        string snapshot = (await server.Client.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        await server.Client.Type(device, "beta\r");
        await server.Client.WaitForConsole(device, "stored 'beta'");
        string copy = (await server.Client.Post("devices", new { snapshot, pace = "fast", start = true }))
            .Expect(HttpStatusCode.Created).Id;
        await server.Client.Act(copy, "power");
        await server.Client.WaitForConsole(copy, "start 4, name 'alpha'");
        await server.Client.Act(device, "power");
        await server.Client.WaitForConsole(device, "start 4, name 'beta'");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_run_that_was_paused_killed_and_restored_ends_in_the_state_of_one_that_was_not(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string disturbed = await server.Client.CreateGuest("tick", pace: "real", start: false);
        foreach (ulong stop in (ulong[])[200_000_000, 555_555_555, 1_100_000_001])
        {
            await server.Client.Act(disturbed, "run");
            await server.Client.Get($"devices/{disturbed}/wait?virtualTime={stop}&timeout=60");
            await server.Client.Act(disturbed, "pause");
            await server.Client.Act(disturbed, "run");
            await server.KillAsync();
            await server.StartAsync();
        }

        // The state right after a certain instruction is the same for every run that gets there.
        ulong end = await InstructionsAsync(server.Client, disturbed) + 1000;
        string undisturbed = await server.Client.CreateGuest("tick", start: false);
        Assert.Equal(
            await HashAtAsync(server.Client, undisturbed, end), await HashAtAsync(server.Client, disturbed, end));
        Assert.Equal(
            (await server.Client.Get($"devices/{undisturbed}/console")).Text,
            (await server.Client.Get($"devices/{disturbed}/console")).Text);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_paused_device_that_was_typed_to_has_the_same_hash_after_a_kill(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string device = await server.Client.CreateGuest("echo", pace: "real");
        await server.Client.WaitForConsole(device, "ready");
        for (int line = 0; line < 20; line++)
        {
            await server.Client.Type(device, $"line {line}\r");
        }

        await server.Client.Act(device, "pause");
        await server.Client.Type(device, "typed while it was paused");
        await server.Client.Put($"devices/{device}/pins", new Dictionary<string, string> { ["PC13"] = "0" });
        string hash = (await server.Client.Get($"devices/{device}?hash=true")).Json.GetProperty("hash").GetString()!;
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(hash, (await server.Client.Get($"devices/{device}?hash=true")).Json.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_stored_state_that_is_damaged_costs_its_device_and_no_other(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string damaged = await server.Client.CreateGuest("echo", pace: "fast");
        string whole = await server.Client.CreateGuest("echo", pace: "fast");
        await server.Client.WaitForConsole(damaged, "ready");
        await server.Client.WaitForConsole(whole, "ready");
        await server.KillAsync();
        await using (Database database = server.OpenDatabase())
        {
            CheckpointRow row = await database.Checkpoints.SingleAsync(
                row => row.DeviceId == damaged, TestContext.Current.CancellationToken);
            row.Document[40] ^= 1;
            database.Entry(row).Property(stored => stored.Document).IsModified = true;
            await database.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await server.StartAsync();
        JsonElement device = (await server.Client.Get($"devices/{damaged}")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("dead", device.GetProperty("state").GetString());
        Assert.Contains("stored state", device.GetProperty("serverFailure").GetString(), StringComparison.Ordinal);
        (await server.Client.Act(damaged, "run")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
        (await server.Client.Act(damaged, "reset")).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
        (await server.Client.Post($"devices/{damaged}/snapshots", new { })).ExpectProblem(HttpStatusCode.Conflict, "wrong_state");
        Assert.Equal("paused", (await server.Client.Get($"devices/{whole}")).Json.GetProperty("state").GetString());

        // Switched off and on, it begins as it did when it was made, and lasts again.
        (await server.Client.Act(damaged, "power")).Expect(HttpStatusCode.OK);
        await server.Client.Act(damaged, "run");
        await server.Client.WaitForConsole(damaged, "ready");
        await server.KillAsync();
        await server.StartAsync();
        Assert.Contains("ready", (await server.Client.Get($"devices/{damaged}/console")).Text, StringComparison.Ordinal);
        Assert.Equal("paused", (await server.Client.Get($"devices/{damaged}")).Json.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_second_server_on_the_same_database_is_refused(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        StorageChoice choice = server.Choice;
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => choice.LockAsync(() => { }, patience.Token));
        await server.KillAsync();
        await using IAsyncDisposable free = await choice.LockAsync(() => { }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_server_whose_connections_to_the_database_are_cut_saves_everything_and_stops()
    {
        await using ServerProcess server = await ServerProcess.CreateAsync("postgres", cluster);
        await server.StartAsync();
        string device = await server.Client.CreateGuest("echo", pace: "fast");
        await server.Client.WaitForConsole(device, "ready");
        await using (Database database = server.OpenDatabase())
        {
            await database.Database.ExecuteSqlRawAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                + "WHERE datname = current_database() AND pid <> pg_backend_pid()",
                TestContext.Current.CancellationToken);
        }

        (await server.Client.Type(device, "cut\r")).Expect(HttpStatusCode.Accepted);
        await server.WaitForEndAsync();
        await server.StartAsync();
        await server.Client.Act(device, "run");
        await server.Client.WaitForConsole(device, @"\[3 bytes\]");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_server_that_is_stopped_saves_every_device(string storage)
    {
        await using ServerProcess server = await ServerProcess.CreateAsync(storage, cluster);
        await server.StartAsync();
        string device = await server.Client.CreateGuest("tick", pace: "fast");
        string dead = await server.Client.CreateDevice(await server.Client.UploadProgram(Programs.Crash), start: true);
        await server.Client.WaitForConsole(device, "tick 100");
        await server.Client.Get($"devices/{dead}/wait?state=dead&timeout=60");
        JsonElement death = (await server.Client.Get($"devices/{dead}")).Json.GetProperty("death");
        await server.StopAsync();
        await server.StartAsync();
        JsonElement after = (await server.Client.Get($"devices/{device}")).Json;
        Assert.Equal("paused", after.GetProperty("state").GetString());
        Assert.Contains("tick 100", (await server.Client.Get($"devices/{device}/console")).Text, StringComparison.Ordinal);
        JsonElement stillDead = (await server.Client.Get($"devices/{dead}")).Json;
        Assert.Equal("dead", stillDead.GetProperty("state").GetString());
        Assert.Equal(death.ToString(), stillDead.GetProperty("death").ToString());
    }

    private static async Task<ulong> InstructionsAsync(ApiClient client, string device) =>
        ulong.Parse((await client.Get($"devices/{device}")).Expect(HttpStatusCode.OK).Json.GetProperty("instructions").GetString()!);

    // A step retires one instruction, or none while the core waits, so this never goes beyond.
    private static async Task<string?> HashAtAsync(ApiClient client, string device, ulong instructions)
    {
        for (ulong at = await InstructionsAsync(client, device); at < instructions; at = await InstructionsAsync(client, device))
        {
            ulong count = Math.Min(instructions - at, 1_000_000);
            (await client.Post($"devices/{device}/actions", new { action = "step", count })).Expect(HttpStatusCode.OK);
        }

        return (await client.Get($"devices/{device}?hash=true")).Json.GetProperty("hash").GetString();
    }

    private sealed class ServerProcess : IAsyncDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("xouscloud-killed-").FullName;
        private string[] database = [];
        private Process? process;
        private ApiClient? client;

        public ApiClient Client => client!;

        public StorageChoice Choice => new(
            new ConfigurationBuilder().AddCommandLine([.. database, "--Data", Path.Combine(folder, "data")]).Build(), folder);

        public Database OpenDatabase()
        {
            DbContextOptionsBuilder<Database> options = new();
            Choice.Configure(options);
            return new Database(options.Options);
        }

        public static async Task<ServerProcess> CreateAsync(string storage, PostgresCluster cluster) => new()
        {
            database = storage == "postgres"
                ? ["--XOUSCLOUD_POSTGRES", await cluster.CreateDatabaseAsync()]
                : ["--XOUSCLOUD_POSTGRES", ""],
        };

        public async Task StartAsync()
        {
            ProcessStartInfo start = new("dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "XousCloud.Api.dll"),
                "--urls", "http://127.0.0.1:0", "--contentRoot", folder, "--Data", Path.Combine(folder, "data"), .. database,
            ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            process = Process.Start(start)!;
            _ = process.StandardError.ReadToEndAsync();
            const string Listening = "Now listening on: ";
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                int at = line.IndexOf(Listening, StringComparison.Ordinal);
                if (at >= 0)
                {
                    client?.Dispose();
                    client = new ApiClient(new Uri(line[(at + Listening.Length)..]), null);
                    _ = process.StandardOutput.ReadToEndAsync();
                    return;
                }
            }

            Assert.Fail("The server ended before it listened.");
        }

        /// <summary>SIGKILL.</summary>
        public async Task KillAsync()
        {
            process!.Kill();
            await process.WaitForExitAsync();
        }

        /// <summary>SIGTERM.</summary>
        public async Task StopAsync()
        {
            using Process signal = Process.Start("kill", ["-TERM", process!.Id.ToString()]);
            await WaitForEndAsync();
        }

        /// <summary>Waits for the server to end by itself.</summary>
        public async Task WaitForEndAsync()
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
            await process!.WaitForExitAsync(patience.Token);
            Assert.Equal(0, process.ExitCode);
        }

        public async ValueTask DisposeAsync()
        {
            client?.Dispose();
            if (process is { HasExited: false })
            {
                await KillAsync();
            }

            process?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
