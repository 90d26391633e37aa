using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class TenancyOnSqlite(SqliteServer server) : TenancyTests(server), IClassFixture<SqliteServer>;

public sealed class TenancyOnPostgres(PostgresServer server) : TenancyTests(server), IClassFixture<PostgresServer>;

/// <summary>What is whose.</summary>
public abstract class TenancyTests(TestServer server)
{
    /// <summary>Every operation that the API describes, so that a new route is covered the day it appears.</summary>
    private async Task<List<(string Method, string Path)>> OperationsAsync()
    {
        JsonElement document = (await server.Alice.Get("openapi.json")).Expect(HttpStatusCode.OK).Json;
        List<(string, string)> operations = [.. document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (operation.Name.ToUpperInvariant(), path.Name)))];
        Assert.True(operations.Count >= 18, $"Only {operations.Count} operations are described.");
        return operations;
    }

    [Fact]
    public async Task Every_route_asks_for_a_key()
    {
        foreach ((string method, string path) in await OperationsAsync())
        {
            string url = path.Replace("{id}", "dev_x", StringComparison.Ordinal);
            foreach (string? key in (string?[])[null, "xc_wrong", "nonsense"])
            {
                using ApiClient stranger = new(server.Address, key);
                Answer answer = await stranger.Send(Request(method, url));
                answer.ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
                Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
            }
        }
    }

    [Fact]
    public async Task Everything_of_one_tenant_is_unknown_to_another()
    {
        string image = await server.Alice.UploadProgram(Programs.Wait);
        string device = await server.Alice.CreateDevice(image, start: true);
        string snapshot = (await server.Alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        int tried = 0;
        foreach ((string method, string path) in await OperationsAsync())
        {
            if (!path.Contains("{id}", StringComparison.Ordinal))
            {
                continue;
            }

            string id = path.StartsWith("/v1/images", StringComparison.Ordinal) ? image
                : path.StartsWith("/v1/snapshots", StringComparison.Ordinal) ? snapshot
                : device;
            (await server.Bob.Send(Request(method, path.Replace("{id}", id, StringComparison.Ordinal))))
                .ExpectProblem(HttpStatusCode.NotFound, "not_found");
            tried++;
        }

        Assert.True(tried >= 14);
        (await server.Bob.Post("devices", new { image })).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await server.Bob.Post("devices", new { snapshot })).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        foreach (string list in (string[])["images", "devices", "snapshots"])
        {
            Assert.Equal(0, (await server.Bob.Get(list)).Json.GetProperty("items").GetArrayLength());
        }

        // Nothing of it did anything.
        JsonElement after = (await server.Alice.Get($"devices/{device}")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("running", after.GetProperty("state").GetString());
        await server.Alice.Delete($"devices/{device}");
    }

    [Fact]
    public async Task The_hub_asks_for_a_key_and_knows_only_the_tenants_own()
    {
        string device = await server.Alice.CreateDevice(await server.Alice.UploadProgram(Programs.Wait));
        await Assert.ThrowsAnyAsync<Exception>(() => HubClient.ConnectAsync(server.Address, "xc_wrong"));
        await using HubClient bob = await HubClient.ConnectAsync(server.Address, TestServer.BobKey);
        string? error = await bob.SubscribeAsync(device, console: null);
        Assert.Contains("not_found", error, StringComparison.Ordinal);
        await using HubClient alice = await HubClient.ConnectAsync(server.Address, TestServer.AliceKey);
        Assert.Null(await alice.SubscribeAsync(device, console: null));
    }

    // Well-formed in everything but the id, so that nothing else is refused first.
    private static HttpRequestMessage Request(string method, string path)
    {
        string query = path switch
        {
            _ when path.EndsWith("/memory", StringComparison.Ordinal) => "?address=0x61000000&length=4",
            _ when path.EndsWith("/wait", StringComparison.Ordinal) => "?state=paused&timeout=0",
            _ => "",
        };
        HttpRequestMessage request = new(new HttpMethod(method), path + query);
        if (path.EndsWith("/images", StringComparison.Ordinal) && method == "POST")
        {
            request.Content = new MultipartFormDataContent { { new ByteArrayContent(Programs.Loop), "file", "a@0x60060000" } };
        }
        else if (path.EndsWith("/console", StringComparison.Ordinal) && method == "POST")
        {
            request.Content = new ByteArrayContent([65]);
        }
        else if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = path.EndsWith("/actions", StringComparison.Ordinal) ? JsonContent.Create(new { action = "pause" })
                : path.EndsWith("/pins", StringComparison.Ordinal) ? JsonContent.Create(new Dictionary<string, string> { ["PA0"] = "0" })
                : path.EndsWith("/keys", StringComparison.Ordinal) ? JsonContent.Create(new Dictionary<string, bool> { ["PROG"] = true })
                : path.EndsWith("/devices", StringComparison.Ordinal) ? JsonContent.Create(new { image = "img_x" })
                : JsonContent.Create(new { name = "changed" });
        }

        return request;
    }
}

/// <summary>A server without keys serves this machine and no other.</summary>
public sealed class KeylessTests(KeylessTests.KeylessServer server) : IClassFixture<KeylessTests.KeylessServer>
{
    [Fact]
    public async Task Over_loopback_everybody_is_the_local_tenant() =>
        (await server.Anonymous.Get("devices")).Expect(HttpStatusCode.OK);

    [Fact]
    public async Task A_name_that_is_not_this_machines_is_refused()
    {
        HttpRequestMessage request = new(HttpMethod.Get, "devices");
        request.Headers.Host = "rebound.example";
        (await server.Anonymous.Send(request)).ExpectProblem(HttpStatusCode.Forbidden, "host_refused");
    }

    [Theory]
    [InlineData("http://0.0.0.0:5111")]
    [InlineData("http://*:5111")]
    [InlineData("http://[::]:5111")]
    public async Task Bound_to_any_other_address_it_refuses_to_start_and_says_why(string url)
    {
        string folder = Directory.CreateTempSubdirectory("xouscloud-test-").FullName;
        await using var app = Service.Create(["--urls", url, "--XOUSCLOUD_POSTGRES", "", "--Data", folder]);
        StartRefusedException refusal = await Assert.ThrowsAsync<StartRefusedException>(
            () => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("keys add", refusal.Message, StringComparison.Ordinal);
    }

    public sealed class KeylessServer : SqliteServer
    {
        protected override IEnumerable<string> Settings => [];
    }
}
