using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XousCloud.Api.Snapshots;
using XousCloud.Api.Storage;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class SnapshotsOnSqlite(SqliteServer server) : SnapshotTests(server), IClassFixture<SqliteServer>;

public sealed class SnapshotsOnPostgres(PostgresServer server) : SnapshotTests(server), IClassFixture<PostgresServer>;

/// <summary>Snapshots, and devices made of them.</summary>
public abstract class SnapshotTests(TestServer server)
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task A_device_of_a_snapshot_goes_on_where_it_was_taken()
    {
        string original = await alice.CreateGuest("echo");
        await alice.WaitForConsole(original, "ready");
        await alice.Type(original, "before\r");
        await alice.WaitForConsole(original, @"\[6 bytes\]\s*\n");
        await alice.Act(original, "pause");
        JsonElement snapshot = (await alice.Post($"devices/{original}/snapshots", new { name = "mine" }))
            .Expect(HttpStatusCode.Created).Json;
        Assert.Equal(
            (await alice.Get($"devices/{original}?hash=true")).Json.GetProperty("hash").GetString(),
            snapshot.GetProperty("hash").GetString());

        string copy = (await alice.Post("devices", new { snapshot = snapshot.GetProperty("id").GetString(), pace = "fast" }))
            .Expect(HttpStatusCode.Created).Id;
        Assert.Equal(await HashOf(original), await HashOf(copy));
        Assert.Equal(
            (await alice.Get($"devices/{original}/console")).Text, (await alice.Get($"devices/{copy}/console")).Text);

        // The same input at the same cycle gives the same state in both.
        foreach (string device in (string[])[original, copy])
        {
            await alice.Type(device, "after\r");
            await alice.Act(device, "run");
            await alice.WaitForConsole(device, @"\[5 bytes\]\s*\n");
            await alice.Act(device, "pause");
        }

        Assert.Equal(
            (await alice.Get($"devices/{original}/console")).Text, (await alice.Get($"devices/{copy}/console")).Text);
    }

    [Fact]
    public async Task A_snapshot_has_its_board_seed_and_factory_settings_already()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        object factory = new { developerMode = true };
        string device = (await alice.Post("devices", new { image, seed = "1", factory })).Expect(HttpStatusCode.Created).Id;
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        (await alice.Post("devices", new { snapshot, seed = "2" })).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Post("devices", new { snapshot, board = "other" })).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Post("devices", new { snapshot, factory = new { developerMode = false } }))
            .ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Post("devices", new { snapshot, seed = "1", board = "dabao", factory })).Expect(HttpStatusCode.Created);
        Answer copy = (await alice.Post("devices", new { snapshot })).Expect(HttpStatusCode.Created);
        Assert.True(copy.Json.GetProperty("factory").GetProperty("developerMode").GetBoolean());
    }

    [Fact]
    public async Task A_snapshot_outlives_its_device_and_pages_go_when_nobody_needs_them()
    {
        string device = await alice.CreateGuest("hello");
        await alice.WaitForConsole(device, "\\n");
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        (await alice.Delete($"devices/{device}")).Expect(HttpStatusCode.NoContent);
        string copy = (await alice.Post("devices", new { snapshot })).Expect(HttpStatusCode.Created).Id;
        Assert.True(await UsesAsync(snapshot) > 0);

        (await alice.Delete($"snapshots/{snapshot}")).Expect(HttpStatusCode.NoContent);
        (await alice.Get($"devices/{copy}?hash=true")).Expect(HttpStatusCode.OK);
        (await alice.Delete($"devices/{copy}")).Expect(HttpStatusCode.NoContent);
        Assert.Equal(0, await UsesAsync(snapshot));
        await using Database database = await OpenAsync();
        Assert.False(await database.Pages.AnyAsync(
            page => !database.PageUses.Any(use => use.Tenant == page.Tenant && use.Hash == page.Hash),
            TestContext.Current.CancellationToken));
        Assert.False(await database.PageUses.AnyAsync(
            use => use.Owner == device || use.Owner == copy, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_document_that_was_changed_in_the_database_is_refused()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        await using Database database = await OpenAsync();
        SnapshotRow row = await database.Snapshots.SingleAsync(
            row => row.Id == snapshot, TestContext.Current.CancellationToken);
        row.Document[100] ^= 1;
        await database.Snapshots.Where(stored => stored.Id == snapshot).ExecuteUpdateAsync(
            set => set.SetProperty(stored => stored.Document, row.Document), TestContext.Current.CancellationToken);
        (await alice.Post("devices", new { snapshot })).ExpectProblem(HttpStatusCode.BadRequest, "snapshot_authentication");
    }

    [Fact]
    public async Task A_page_that_was_changed_in_the_database_is_refused()
    {
        string device = await alice.CreateGuest("hello");
        await alice.WaitForConsole(device, "\\n");
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        await using Database database = await OpenAsync();
        byte[] hash = (await database.PageUses.FirstAsync(
            use => use.Owner == snapshot, TestContext.Current.CancellationToken)).Hash;
        PageRow page = await database.Pages.AsNoTracking().SingleAsync(
            page => page.Hash == hash, TestContext.Current.CancellationToken);
        await SetAsync(ContentCompression.Compress(new byte[100]));
        (await alice.Post("devices", new { snapshot })).ExpectProblem(HttpStatusCode.BadRequest, "snapshot_content");

        // Other tests share the page.
        await SetAsync(page.Content);
        (await alice.Post("devices", new { snapshot })).Expect(HttpStatusCode.Created);

        async Task SetAsync(byte[] content) => await database.Pages.Where(stored => stored.Hash == hash).ExecuteUpdateAsync(
            set => set.SetProperty(stored => stored.Content, content), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_fork_goes_on_where_its_parent_is_and_each_keeps_to_itself()
    {
        string parent = await alice.CreateGuest("echo");
        await alice.WaitForConsole(parent, "ready");
        await alice.Type(parent, "before\r");
        await alice.WaitForConsole(parent, @"\[6 bytes\]\s*\n");
        await alice.Act(parent, "pause");
        Answer forked = (await alice.Post($"devices/{parent}/fork", new { name = "other" })).Expect(HttpStatusCode.Created);
        string fork = forked.Id;
        Assert.Equal("other", forked.Json.GetProperty("name").GetString());
        Assert.Equal("paused", forked.Json.GetProperty("state").GetString());
        Assert.Equal(await HashOf(parent), await HashOf(fork));
        Assert.Equal(
            (await alice.Get($"devices/{parent}/console")).Text, (await alice.Get($"devices/{fork}/console")).Text);

        string atFork = (await HashOf(parent))!;
        await alice.Type(fork, "its own\r");
        await alice.Act(fork, "run");
        await alice.WaitForConsole(fork, @"\[7 bytes\]\s*\n");
        Assert.Equal(atFork, await HashOf(parent));
        Assert.DoesNotContain("ITS OWN", (await alice.Get($"devices/{parent}/console")).Text, StringComparison.Ordinal);

        (await alice.Delete($"devices/{parent}")).Expect(HttpStatusCode.NoContent);
        await alice.Type(fork, "alone\r");
        await alice.WaitForConsole(fork, @"\[5 bytes\]\s*\n");
    }

    [Fact]
    public async Task A_fork_of_a_running_device_runs_if_it_shall_and_leaves_its_parent_running()
    {
        string parent = await alice.CreateGuest("tick", pace: "real");
        Answer fork = (await alice.Post($"devices/{parent}/fork", new { start = true, pace = "fast" })).Expect(HttpStatusCode.Created);
        Assert.Equal("running", fork.Json.GetProperty("state").GetString());
        Assert.Equal("fast", fork.Json.GetProperty("pace").GetString());
        Assert.Equal("running", (await alice.Get($"devices/{parent}")).Json.GetProperty("state").GetString());
        Assert.Equal(
            (await alice.Get($"devices/{parent}")).Json.GetProperty("seed").GetString(),
            fork.Json.GetProperty("seed").GetString());
        await alice.Delete($"devices/{fork.Id}");
        await alice.Delete($"devices/{parent}");
    }

    [Fact]
    public async Task A_device_of_somebody_else_is_not_there_to_fork_and_a_key_makes_one_fork()
    {
        string parent = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await server.Bob.Post($"devices/{parent}/fork", new { })).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await alice.Post($"devices/{parent}/fork", new { name = "" })).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        string once = (await alice.Post($"devices/{parent}/fork", new { }, "key of a fork")).Expect(HttpStatusCode.Created).Id;
        Assert.Equal(once, (await alice.Post($"devices/{parent}/fork", new { }, "key of a fork")).Expect(HttpStatusCode.Created).Id);
    }

    private async Task<string?> HashOf(string device) =>
        (await alice.Get($"devices/{device}?hash=true")).Json.GetProperty("hash").GetString();

    private async Task<int> UsesAsync(string owner)
    {
        await using Database database = await OpenAsync();
        return await database.PageUses.CountAsync(use => use.Owner == owner, TestContext.Current.CancellationToken);
    }

    private Task<Database> OpenAsync() => server.Services
        .GetRequiredService<IDbContextFactory<Database>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
}
