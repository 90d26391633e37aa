using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

/// <summary>Tests that measure this process: they run alone, since what other tests hold would count as theirs.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;

/// <summary>More than the server gives.</summary>
[Collection(nameof(RunsAlone))]
public sealed class LimitTests(LimitTests.SmallServer server) : IClassFixture<LimitTests.SmallServer>
{
    [Fact]
    public async Task Ten_thousand_requests_at_once_all_get_an_answer_and_the_memory_comes_back()
    {
        string image = await server.Alice.UploadProgram(Programs.Loop);
        string device = await server.Alice.CreateDevice(image, start: true);

        // The first flood opens the connections and fills the pools that the server keeps; the second must add nothing.
        await FloodAsync(device, 10_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Answer[] answers = await FloodAsync(device, 10_000);
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), refusal =>
        {
            refusal.ExpectProblem(HttpStatusCode.TooManyRequests, "capacity");
            Assert.True(refusal.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        });
        answers = [];
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(after - before < 64 * 1024 * 1024, $"{(after - before) / 1024} KiB did not come back");

        // The device went on all the while, and so does everything else.
        Assert.Equal("running", (await server.Alice.Get($"devices/{device}")).Expect(HttpStatusCode.OK)
            .Json.GetProperty("state").GetString());
        await server.Alice.Delete($"devices/{device}");
    }

    [Fact]
    public async Task Devices_images_and_snapshots_beyond_the_quota_are_refused()
    {
        string image = await server.Bob.UploadProgram(Programs.Loop);
        string device = await server.Bob.CreateDevice(image);
        await server.Bob.CreateDevice(image);
        await server.Bob.CreateDevice(image);
        Refused(await server.Bob.Post("devices", new { image }));
        (await server.Bob.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created);
        Refused(await server.Bob.Post($"devices/{device}/snapshots", new { }));
        await server.Bob.UploadProgram(Programs.Wait);
        await server.Bob.UploadProgram(Programs.Wait);
        await server.Bob.UploadProgram(Programs.Wait);
        Refused(await server.Bob.Upload(("c.bin@0x60060000", Programs.Crash)));

        // Another tenant is not concerned, and room that is made is room.
        (await server.Alice.Upload(("c.bin@0x60060000", Programs.Crash))).Expect(HttpStatusCode.Created);
        (await server.Bob.Delete($"devices/{device}")).Expect(HttpStatusCode.NoContent);
        (await server.Bob.Post("devices", new { image })).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Waits_beyond_the_quota_are_refused()
    {
        string device = await server.Alice.CreateDevice(await server.Alice.UploadProgram(Programs.Loop));
        Task<Answer>[] waits = [.. Enumerable.Range(0, 8)
            .Select(_ => server.Alice.Get($"devices/{device}/wait?state=dead&timeout=60"))];
        Answer first = await await Task.WhenAny(waits);
        Refused(first);
        await server.Alice.Delete($"devices/{device}");
        await Task.WhenAll(waits);
    }

    private static void Refused(Answer answer)
    {
        JsonElement problem = answer.ExpectProblem(HttpStatusCode.TooManyRequests, "capacity");
        Assert.NotEmpty(problem.GetProperty("advice").GetString()!);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private async Task<Answer[]> FloodAsync(string device, int count)
    {
        using ApiClient client = server.Alice;
        return await Task.WhenAll(Enumerable.Range(0, count).Select(index => client.Get(index % 2 == 0
            ? $"devices/{device}"
            : $"devices/{device}/memory?address=0x61000000&length=65536")));
    }

    public sealed class SmallServer : SqliteServer
    {
        protected override IEnumerable<string> Settings =>
        [
            .. base.Settings,
            "--Limits:DevicesPerTenant=3", "--Limits:ImagesPerTenant=4", "--Limits:SnapshotsPerTenant=1",
            "--Limits:StreamsPerTenant=4", "--Limits:ConcurrentRequests=64", "--Limits:QueuedRequests=256",
        ];
    }
}
