using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

/// <summary>What the API answers to requests that make no sense. None of it depends on the database.</summary>
public sealed class BadRequestTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private readonly ApiClient alice = server.Alice;

    [Theory]
    [InlineData("devices/dev_unknown")]
    [InlineData("devices/dev_unknown/console")]
    [InlineData("devices/dev_unknown/pins")]
    [InlineData("devices/dev_unknown/registers")]
    [InlineData("devices/dev_unknown/memory?address=0&length=4")]
    [InlineData("devices/dev_unknown/wait?state=paused")]
    [InlineData("images/img_unknown")]
    [InlineData("snapshots/snp_unknown")]
    [InlineData("nothing/here")]
    public async Task An_unknown_id_or_route_is_not_found(string path) =>
        (await alice.Get(path)).ExpectProblem(HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("{", "validation")]
    [InlineData("[]", "validation")]
    [InlineData("{}", "validation")]
    [InlineData("{\"image\":\"a\",\"snapshot\":\"b\"}", "validation")]
    [InlineData("{\"image\":\"a\",\"speed\":9}", "validation")]
    [InlineData("{\"image\":\"a\",\"pace\":\"ludicrous\"}", "validation")]
    [InlineData("{\"image\":5}", "validation")]
    public async Task A_device_request_that_is_none_is_refused(string body, string code) =>
        (await alice.PostText("devices", "application/json", body)).ExpectProblem(HttpStatusCode.BadRequest, code);

    [Theory]
    [InlineData("seed", "-1")]
    [InlineData("seed", "18446744073709551616")]
    [InlineData("board", "arduino")]
    [InlineData("engine", "warp")]
    [InlineData("engine", "1")]
    [InlineData("name", "")]
    [InlineData("name", "a\nb")]
    public async Task A_field_out_of_its_range_is_named(string field, string value)
    {
        Dictionary<string, string> request = new() { ["image"] = await alice.UploadProgram(Programs.Loop), [field] = value };
        JsonElement problem = (await alice.Post("devices", request)).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("actions", "{\"action\":\"fly\"}")]
    [InlineData("actions", "{}")]
    [InlineData("actions", "{\"action\":\"step\",\"count\":0}")]
    [InlineData("actions", "{\"action\":\"step\",\"count\":1000001}")]
    public async Task An_action_that_is_none_is_refused(string route, string body)
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await alice.PostText($"devices/{device}/{route}", "application/json", body))
            .ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("wait?state=paused&virtualTime=1")]
    [InlineData("wait?state=levitating")]
    [InlineData("wait?state=1")]
    [InlineData("wait?virtualTime=-1")]
    [InlineData("wait?state=paused&timeout=61")]
    [InlineData("wait?state=paused&timeout=NaN")]
    [InlineData("console?offset=-1")]
    [InlineData("console?offset=x")]
    [InlineData("console?port=tty0")]
    [InlineData("memory?address=sram&length=4")]
    [InlineData("memory?address=0x61000000&length=0")]
    [InlineData("memory?address=0x61000000&length=65537")]
    [InlineData("memory?address=0x61000000&length=4&space=outer")]
    [InlineData("memory")]
    public async Task A_query_that_makes_no_sense_is_refused(string query)
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await alice.Get($"devices/{device}/{query}")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    [Theory]
    [InlineData("0x10000000")]
    [InlineData("0x611ffffe")]
    [InlineData("0xfffffffe")]
    public async Task Memory_that_is_none_is_not_read(string address)
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await alice.Get($"devices/{device}/memory?address={address}&length=4"))
            .ExpectProblem(HttpStatusCode.BadRequest, "address_outside_memory");
    }

    [Fact]
    public async Task A_pad_that_is_none_and_a_level_that_is_none_are_refused()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        foreach ((string pin, string level) in ((string, string)[])[("PG0", "0"), ("PA16", "0"), ("PA0", "2")])
        {
            (await alice.Put($"devices/{device}/pins", new Dictionary<string, string> { [pin] = level }))
                .ExpectProblem(HttpStatusCode.BadRequest, "validation");
        }
    }

    [Fact]
    public async Task A_method_or_content_type_that_a_route_does_not_take_is_refused()
    {
        (await alice.Put("devices", new { })).ExpectProblem(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        (await alice.PostText("devices", "text/plain", "{}"))
            .ExpectProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_read() =>
        (await alice.PostText("devices", "application/json", "{\"image\":\"" + new string('a', 70_000) + "\"}"))
            .ExpectProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");

    [Fact]
    public async Task A_cursor_or_limit_that_is_none_is_refused()
    {
        (await alice.Get("devices?cursor=abc")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Get("images?limit=0")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Get("snapshots?limit=x")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused()
    {
        HttpRequestMessage request = new(HttpMethod.Get, "devices");
        request.Headers.Add("Origin", "https://evil.example");
        (await alice.Send(request)).ExpectProblem(HttpStatusCode.Forbidden, "origin_refused");
    }
}
