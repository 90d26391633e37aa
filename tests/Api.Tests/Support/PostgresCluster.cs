// A real PostgreSQL for the tests: XOUSCLOUD_TEST_POSTGRES names one, or else Debian's binaries start one in a
// temporary folder, reachable through a Unix socket only. PostgreSQL refuses to run as root, so root hands it
// to the user postgres.

using System.Diagnostics;
using Npgsql;
using XousCloud.Api.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace XousCloud.Api.Tests.Support;

public sealed class PostgresCluster : IAsyncLifetime
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private string? binaries;
    private string folder = "";
    private Process? server;
    private string? connectionString;
    private int databases;

    /// <summary>Why there is none, or null when there is one.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        connectionString = Environment.GetEnvironmentVariable("XOUSCLOUD_TEST_POSTGRES");
        if (!string.IsNullOrEmpty(connectionString))
        {
            return;
        }

        binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
                .Where(path => File.Exists(Path.Combine(path, "initdb"))).Order().LastOrDefault()
            : null;
        if (binaries is null)
        {
            Missing = "No PostgreSQL: install Debian's postgresql, or set XOUSCLOUD_TEST_POSTGRES.";
            return;
        }

        folder = Directory.CreateTempSubdirectory("xouscloud-postgres-").FullName;
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", ["postgres", folder]);
        }

        await RunAsync(
            Command("initdb", ["-D", Data, "-U", "xouscloud", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]));
        server = Process.Start(Command(
            "postgres", ["-D", Data, "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=200"]))!;
        _ = server.StandardOutput.ReadToEndAsync();
        _ = server.StandardError.ReadToEndAsync();
        connectionString = $"Host={folder};Username=xouscloud;Database=postgres";
        await WaitForAsync();
    }

    /// <summary>Makes a database of its own for a server; skips the test where there is no PostgreSQL.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        if (Missing is not null)
        {
            Assert.Skip(Missing);
        }

        string name = $"xouscloud_test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = name, MaxPoolSize = 20 }.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is null)
        {
            return;
        }

        await RunAsync(Command("pg_ctl", ["-D", Data, "-m", "immediate", "stop"]));
        await server.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    private async Task WaitForAsync()
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = new(connectionString);
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (waited.Elapsed < StartPatience && !server!.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    private ProcessStartInfo Command(string program, string[] arguments)
    {
        string path = Path.Combine(binaries!, program);
        ProcessStartInfo start = Environment.UserName == "root"
            ? new ProcessStartInfo(
                "setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    private static Task RunAsync(string program, string[] arguments) => RunAsync(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    });

    private static async Task RunAsync(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{start.FileName}: {errors}");
    }
}
