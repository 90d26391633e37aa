using System.Net;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class IdempotencyOnSqlite(SqliteServer server) : IdempotencyTests(server), IClassFixture<SqliteServer>;

public sealed class IdempotencyOnPostgres(PostgresServer server) : IdempotencyTests(server), IClassFixture<PostgresServer>;

/// <summary>A creation that is asked for twice under one key happens once.</summary>
public abstract class IdempotencyTests(TestServer server)
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task The_same_request_again_gives_what_the_first_made()
    {
        (string, byte[])[] files = [("a.bin@0x60060000", Programs.Loop)];
        string image = (await alice.Upload(files, [], "key-1")).Expect(HttpStatusCode.Created).Id;
        Answer again = (await alice.Upload(files, [], "key-1")).Expect(HttpStatusCode.Created);
        Assert.Equal(image, again.Id);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());

        string device = (await alice.Post("devices", new { image }, "key-1")).Expect(HttpStatusCode.Created).Id;
        Assert.Equal(device, (await alice.Post("devices", new { image }, "key-1")).Expect(HttpStatusCode.Created).Id);
        Assert.NotEqual(device, (await alice.Post("devices", new { image }, "key-2")).Expect(HttpStatusCode.Created).Id);

        string path = $"devices/{device}/snapshots";
        string snapshot = (await alice.Post(path, new { name = "s" }, "key-1")).Expect(HttpStatusCode.Created).Id;
        Assert.Equal(snapshot, (await alice.Post(path, new { name = "s" }, "key-1")).Expect(HttpStatusCode.Created).Id);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        (await alice.Post("devices", new { image }, "key-3")).Expect(HttpStatusCode.Created);
        (await alice.Post("devices", new { image, name = "other" }, "key-3"))
            .ExpectProblem(HttpStatusCode.UnprocessableEntity, "idempotency_mismatch");
    }

    [Fact]
    public async Task A_key_is_its_tenants_own()
    {
        (string, byte[])[] files = [("a.bin@0x60060000", Programs.Loop)];
        string hers = (await alice.Upload(files, [], "shared")).Expect(HttpStatusCode.Created).Id;
        string his = (await server.Bob.Upload(files, [], "shared")).Expect(HttpStatusCode.Created).Id;
        Assert.NotEqual(hers, his);
    }

    [Fact]
    public async Task Of_many_at_once_one_makes_it()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        Answer[] answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => alice.Post("devices", new { image }, "rush")));
        Assert.Single(answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => answer.Id).Distinct());
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.Created),
            answer => answer.ExpectProblem(HttpStatusCode.Conflict, "idempotency_in_progress"));
    }
}
