// What a user with curl has: requests, statuses, headers, bytes and JSON.

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace XousCloud.Api.Tests.Support;

public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Bytes)
{
    public string Text => Encoding.Latin1.GetString(Bytes);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Bytes);

    public string Id => Json.GetProperty("id").GetString()!;

    /// <summary>Shows the whole answer where a test expected another status.</summary>
    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)status} was expected, and this came: {(int)Status} {Text}");
        return this;
    }

    /// <summary>A refusal has a status, a stable code, and says what is wrong.</summary>
    public JsonElement ExpectProblem(HttpStatusCode status, string code)
    {
        Expect(status);
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.MediaType);
        Assert.Equal(code, Json.GetProperty("code").GetString());
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("detail").GetString()!);
        Assert.NotEmpty(Json.GetProperty("traceId").GetString()!);
        return Json;
    }
}

public sealed class ApiClient : IDisposable
{
    private readonly HttpClient http;

    public ApiClient(Uri address, string? key)
    {
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4096 })
        {
            BaseAddress = new Uri(address, "/v1/"),
            Timeout = TimeSpan.FromMinutes(3),
        };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public HttpClient Http => http;

    public void Dispose() => http.Dispose();

    public Task<Answer> Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> Delete(string path) => Send(new HttpRequestMessage(HttpMethod.Delete, path));

    public Task<Answer> Post(string path, object body, string? idempotencyKey = null) =>
        Send(WithKey(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, idempotencyKey));

    public Task<Answer> Put(string path, object body) =>
        Send(new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) });

    public Task<Answer> Patch(string path, object body) =>
        Send(new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(body) });

    public Task<Answer> PostText(string path, string contentType, string body) =>
        Send(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, MediaTypeHeaderValue.Parse(contentType)),
        });

    /// <summary>Types into a console.</summary>
    public Task<Answer> Type(string device, string text, string query = "") =>
        TypeBytes(device, Encoding.Latin1.GetBytes(text), query);

    public Task<Answer> TypeBytes(string device, byte[] bytes, string query = "") =>
        Send(new HttpRequestMessage(HttpMethod.Post, $"devices/{device}/console{query}")
        {
            Content = new ByteArrayContent(bytes),
        });

    public Task<Answer> Upload(params (string Name, byte[] Bytes)[] files) => Upload(files, []);

    public Task<Answer> Upload(
        (string Name, byte[] Bytes)[] files, (string Name, string Value)[] fields, string? idempotencyKey = null)
    {
        MultipartFormDataContent form = [];
        foreach ((string name, byte[] bytes) in files)
        {
            form.Add(new ByteArrayContent(bytes), "file", name);
        }

        foreach ((string name, string value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return Send(WithKey(new HttpRequestMessage(HttpMethod.Post, "images") { Content = form }, idempotencyKey));
    }

    /// <summary>An image of one of the small programs below.</summary>
    public async Task<string> UploadProgram(byte[] program) =>
        (await Upload([("program.bin", program)], [("address", "0x60060000")])).Expect(HttpStatusCode.Created).Id;

    /// <summary>A device of a guest program of tests/Firmware.</summary>
    public async Task<string> CreateGuest(string program, string pace = "fast", bool start = true)
    {
        Answer image = await Upload((program + ".elf", XousCloud.Tests.Shared.GuestPrograms.Elf(program)));
        return await CreateDevice(image.Expect(HttpStatusCode.Created).Id, pace, start);
    }

    public async Task<string> CreateDevice(string image, string pace = "fast", bool start = false) =>
        (await Post("devices", new { image, pace, start, seed = "1" })).Expect(HttpStatusCode.Created).Id;

    public Task<Answer> Act(string device, string action) => Post($"devices/{device}/actions", new { action });

    /// <summary>Waits until a device has said something on a port, by default the board's console.</summary>
    public async Task<JsonElement> WaitForConsole(string device, string expression, string? port = null)
    {
        string from = port is null ? "" : $"&port={port}";
        Answer answer = await Get($"devices/{device}/wait?timeout=60{from}&console={Uri.EscapeDataString(expression)}");
        JsonElement waited = answer.Expect(HttpStatusCode.OK).Json;
        if (!waited.GetProperty("met").GetBoolean())
        {
            string said = (await Get($"devices/{device}/console")).Text;
            Assert.Fail($"'{expression}' never came. The device said: {said}\n{waited}");
        }

        return waited;
    }

    private static HttpRequestMessage WithKey(HttpRequestMessage request, string? key)
    {
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }

    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await http.SendAsync(request);
        return new Answer(
            response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsByteArrayAsync());
    }
}

/// <summary>Programs of an instruction or two, for tests that need none in particular.</summary>
public static class Programs
{
    /// <summary>j .</summary>
    public static readonly byte[] Loop = [0x6f, 0x00, 0x00, 0x00];

    /// <summary>addi a0, a0, 1; j .-4: work that no engine can skip.</summary>
    public static readonly byte[] Count = [0x13, 0x05, 0x15, 0x00, 0x6f, 0xf0, 0xdf, 0xff];

    /// <summary>wfi; j .-4</summary>
    public static readonly byte[] Wait = [0x73, 0x00, 0x50, 0x10, 0x6f, 0xf0, 0xdf, 0xff];

    /// <summary>lui a0, 0x10000; jr a0: a jump to where nothing is.</summary>
    public static readonly byte[] Crash = [0x37, 0x05, 0x00, 0x10, 0x67, 0x00, 0x05, 0x00];

    /// <summary>j . behind a signature header whose signature is none: boot1 refuses it.</summary>
    public static byte[] WronglySigned
    {
        get
        {
            byte[] stage = new byte[768 + 4];
            new byte[] { 0x6f, 0x00, 0x00, 0x30, 0x01 }.CopyTo(stage, 0);
            stage[0x85] = 1; // version 0x100
            "ymuy3oaB"u8.CopyTo(stage.AsSpan(0x88));
            BitConverter.GetBytes(640).CopyTo(stage, 0x90); // signed
            stage[0x94] = 6; // bare metal
            Loop.CopyTo(stage, 768);
            return stage;
        }
    }
}
