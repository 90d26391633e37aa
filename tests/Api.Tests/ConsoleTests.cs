using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class ConsolesOnSqlite(SqliteServer server) : ConsoleTests(server), IClassFixture<SqliteServer>;

public sealed class ConsolesOnPostgres(PostgresServer server) : ConsoleTests(server), IClassFixture<PostgresServer>;

/// <summary>A guest's console over HTTP.</summary>
public abstract class ConsoleTests(TestServer server)
{
    private readonly ApiClient alice = server.Alice;

    [Theory]
    [InlineData("fast")]
    [InlineData("real")]
    public async Task What_is_typed_is_echoed_byte_for_byte(string pace)
    {
        string device = await alice.CreateGuest("echo", pace);
        await alice.WaitForConsole(device, "ready");
        Answer typed = (await alice.Type(device, "abc\r")).Expect(HttpStatusCode.Accepted);
        Assert.Equal(4, typed.Json.GetProperty("accepted").GetInt32());
        JsonElement waited = await alice.WaitForConsole(device, @"\[3 bytes\]");
        Answer console = (await alice.Get($"devices/{device}/console")).Expect(HttpStatusCode.OK);
        Assert.Contains("ABC", console.Text, StringComparison.Ordinal);

        // The match says where it is.
        JsonElement match = waited.GetProperty("match");
        int offset = int.Parse(match.GetProperty("offset").GetString()!);
        Assert.Equal("[3 bytes]", console.Text.Substring(offset, match.GetProperty("length").GetInt32()));
    }

    [Fact]
    public async Task Reading_from_an_offset_gives_the_rest()
    {
        string device = await alice.CreateGuest("hello");
        await alice.WaitForConsole(device, "\\n");
        Answer all = await alice.Get($"devices/{device}/console");
        Assert.Equal("0", all.Headers.GetValues("X-Console-Offset").Single());
        Assert.Equal(all.Bytes.Length.ToString(), all.Headers.GetValues("X-Console-Length").Single());
        Answer rest = await alice.Get($"devices/{device}/console?port=uart2&offset=7");
        Assert.Equal(all.Bytes[7..], rest.Bytes[..(all.Bytes.Length - 7)]); // it may have printed more meanwhile
        (await alice.Get($"devices/{device}/console?offset={all.Bytes.Length + 1000000}"))
            .ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task Following_gives_bytes_as_they_come_until_the_device_is_deleted()
    {
        string device = await alice.CreateGuest("echo", pace: "real");
        CancellationToken end = TestContext.Current.CancellationToken;
        using HttpResponseMessage response = await alice.Http.GetAsync(
            $"devices/{device}/console?follow=true", HttpCompletionOption.ResponseHeadersRead, end);
        await using Stream stream = await response.Content.ReadAsStreamAsync(end);
        using StreamReader reader = new(stream);
        Assert.Equal("ready", await reader.ReadLineAsync(end));
        await alice.Type(device, "live\r");
        Assert.Contains("LIVE", await reader.ReadLineAsync(end), StringComparison.Ordinal);
        await alice.Delete($"devices/{device}");
        await reader.ReadToEndAsync(end);
    }

    [Fact]
    public async Task A_regular_expression_that_never_ends_ends_with_the_wait()
    {
        string device = await alice.CreateGuest("tick");
        Answer answer = await alice.Get($"devices/{device}/wait?timeout=1&console={Uri.EscapeDataString("(a*)*(b*)*(.|\\s)*never$")}");
        Assert.False(answer.Expect(HttpStatusCode.OK).Json.GetProperty("met").GetBoolean());
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?=look)")]
    [InlineData("(a)\\1")]
    [InlineData("")]
    public async Task An_expression_that_cannot_be_used_is_refused(string expression)
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await alice.Get($"devices/{device}/wait?console={Uri.EscapeDataString(expression)}"))
            .ExpectProblem(HttpStatusCode.BadRequest, "regex_invalid");
        (await alice.Get($"devices/{device}/wait?console={new string('x', 513)}"))
            .ExpectProblem(HttpStatusCode.BadRequest, "regex_invalid");
    }

    [Fact]
    public async Task Typing_more_than_the_port_has_room_for_takes_nothing()
    {
        string device = await alice.CreateGuest("echo", start: false);
        byte[] much = new byte[64 * 1024];
        Answer answer = await alice.TypeBytes(device, much);
        for (int count = 0; count < 64 && answer.Status == HttpStatusCode.Accepted; count++)
        {
            answer = await alice.TypeBytes(device, much);
        }

        answer.ExpectProblem(HttpStatusCode.Conflict, "console_input_full");
    }

    [Fact]
    public async Task A_write_over_the_limit_and_a_write_to_the_debug_port_are_refused()
    {
        string device = await alice.CreateDevice(await alice.UploadProgram(Programs.Loop));
        (await alice.TypeBytes(device, new byte[(64 * 1024) + 1]))
            .ExpectProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        (await alice.Type(device, "x", "?port=duart")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Type(device, "x", "?port=uart9")).ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task What_is_not_modelled_is_told_by_name_address_and_PC()
    {
        string device = await alice.CreateGuest("unmodelled");
        await alice.WaitForConsole(device, "done");
        JsonElement reports = (await alice.Get($"devices/{device}")).Json.GetProperty("unmodelled");
        Assert.Contains(reports.EnumerateArray(), report =>
            report.GetProperty("address").GetUInt32() == 0x40042040
            && report.GetProperty("name").GetString()!.Length > 0
            && report.GetProperty("pc").GetUInt32() >= 0x60060000);
    }
}
