// The service on a free loopback port, in this process, on a database of its own. Every suite runs on both
// databases: an abstract class holds the tests, and two classes give it its server.

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace XousCloud.Api.Tests.Support;

public abstract class TestServer : IAsyncLifetime
{
    public const string AliceKey = "xc_alice_0123456789abcdefghijklmnopqrstuvwxyz";
    public const string BobKey = "xc_bob_0123456789abcdefghijklmnopqrstuvwxyz";

    private readonly string folder = Directory.CreateTempSubdirectory("xouscloud-test-").FullName;
    private WebApplication? app;

    /// <summary>Settings beside the database's, such as "--Limits:ImageBytes=100".</summary>
    protected virtual IEnumerable<string> Settings =>
    [
        "--ApiKeys:0:Name=alice", $"--ApiKeys:0:Hash={Hash(AliceKey)}",
        "--ApiKeys:1:Name=bob", $"--ApiKeys:1:Hash={Hash(BobKey)}",
    ];

    public Uri Address => new(app!.Urls.First());

    public IServiceProvider Services => app!.Services;

    /// <summary>A client of one tenant.</summary>
    public ApiClient Alice => new(Address, AliceKey);

    public ApiClient Bob => new(Address, BobKey);

    public ApiClient Anonymous => new(Address, null);

    private string[]? database;

    public async ValueTask InitializeAsync()
    {
        database = await DatabaseSettingsAsync(folder);
        await StartAsync();
    }

    public async Task StartAsync()
    {
        app = Service.Create([
            "--urls", "http://127.0.0.1:0", "--contentRoot", folder, .. database!, .. Settings,
            "--Logging:LogLevel:Default=Warning",
        ]);
        await app.StartAsync();
    }

    /// <summary>Stops as a server is stopped: everything is saved.</summary>
    public async Task StopAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await StopAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The arguments that choose the database.</summary>
    protected abstract Task<string[]> DatabaseSettingsAsync(string dataFolder);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

public class SqliteServer : TestServer
{
    protected override Task<string[]> DatabaseSettingsAsync(string dataFolder) =>
        Task.FromResult<string[]>(["--XOUSCLOUD_POSTGRES", "", "--Data", Path.Combine(dataFolder, "data")]);
}

public class PostgresServer(PostgresCluster cluster) : TestServer
{
    protected override async Task<string[]> DatabaseSettingsAsync(string dataFolder) =>
        ["--XOUSCLOUD_POSTGRES", await cluster.CreateDatabaseAsync()];
}
