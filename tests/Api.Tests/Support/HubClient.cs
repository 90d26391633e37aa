// SignalR's JSON protocol over a WebSocket, as far as the tests need it: messages end with 0x1e; type 1 is a
// call, 3 the answer to one, 6 a ping. Facts: SignalR hub protocol specification.

using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace XousCloud.Api.Tests.Support;

public sealed class HubClient : IAsyncDisposable
{
    private const byte EndOfMessage = 0x1e;

    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> calls = new();
    private readonly MemoryStream console = new();
    private readonly List<JsonElement> states = [];
    private readonly List<JsonElement> pins = [];
    private readonly List<JsonElement> ipc = [];
    private readonly object gate = new();
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task reading = Task.CompletedTask;
    private int invocations;

    /// <summary>Offset of the first console byte that came.</summary>
    public long? FirstOffset { get; private set; }

    public static async Task<HubClient> ConnectAsync(Uri address, string? key, string? origin = null)
    {
        HubClient client = new();
        if (origin is not null)
        {
            client.socket.Options.SetRequestHeader("Origin", origin);
        }

        UriBuilder url = new(address) { Scheme = "ws", Path = "/v1/hub", Query = key is null ? "" : "access_token=" + key };
        await client.socket.ConnectAsync(url.Uri, CancellationToken.None);
        await client.SendAsync(new { protocol = "json", version = 1 });
        client.reading = client.ReadAsync();
        return client;
    }

    /// <summary>Subscribes.</summary>
    /// <returns>The hub's refusal, or null.</returns>
    public Task<string?> SubscribeAsync(
        string device, long? console, bool state = false, bool pins = false, string? ipc = null) =>
        InvokeAsync("Subscribe", device, new
        {
            console = console is null ? null : new Dictionary<string, string> { ["uart2"] = console.ToString()! },
            state,
            pins,
            ipc,
        });

    /// <summary>Waits until the console bytes that came contain a text, and gives them all.</summary>
    public Task<string> WaitForConsoleAsync(string text) => WaitAsync(() =>
    {
        string all = Encoding.Latin1.GetString(console.ToArray());
        return all.Contains(text, StringComparison.Ordinal) ? all : null;
    });

    public Task<JsonElement> WaitForStateAsync(Func<JsonElement, bool> wanted) =>
        WaitAsync(() => states.Where(wanted).Select(state => (JsonElement?)state).FirstOrDefault())
            .ContinueWith(found => found.Result!.Value, TaskScheduler.Default);

    public Task<JsonElement> WaitForPinsAsync(Func<JsonElement, bool> wanted) =>
        WaitAsync(() => pins.Where(wanted).Select(message => (JsonElement?)message).FirstOrDefault())
            .ContinueWith(found => found.Result!.Value, TaskScheduler.Default);

    /// <summary>Waits until so many steps of messages came, and gives them all.</summary>
    public Task<JsonElement[]> WaitForIpcAsync(int count) => WaitAsync(() => ipc.Count >= count ? ipc.ToArray() : null);

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await reading;
        socket.Dispose();
    }

    private async Task<string?> InvokeAsync(string target, params object[] arguments)
    {
        string id = Interlocked.Increment(ref invocations).ToString();
        TaskCompletionSource<string?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        calls[id] = answer;
        await SendAsync(new { type = 1, invocationId = id, target, arguments });
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task<T> WaitAsync<T>(Func<T?> find)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task more;
            lock (gate)
            {
                if (find() is { } found)
                {
                    return found;
                }

                more = news.Task;
            }

            await more.WaitAsync(patience.Token);
        }
    }

    private Task SendAsync(object message) => socket.SendAsync(
        new ArraySegment<byte>([.. JsonSerializer.SerializeToUtf8Bytes(message), EndOfMessage]),
        WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        MemoryStream message = new();
        try
        {
            while (true)
            {
                WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                for (int index = 0; index < part.Count; index++)
                {
                    if (buffer[index] != EndOfMessage)
                    {
                        message.WriteByte(buffer[index]);
                        continue;
                    }

                    Take(JsonSerializer.Deserialize<JsonElement>(message.ToArray()));
                    message.SetLength(0);
                }
            }
        }
        catch (Exception end) when (end is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The test has let go.
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("type", out JsonElement type))
        {
            return;
        }

        if (type.GetInt32() == 3)
        {
            calls[message.GetProperty("invocationId").GetString()!].SetResult(
                message.TryGetProperty("error", out JsonElement error) ? error.GetString() : null);
        }
        else if (type.GetInt32() == 1)
        {
            lock (gate)
            {
                Take(message.GetProperty("target").GetString()!, message.GetProperty("arguments"));
                TaskCompletionSource before = news;
                news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                before.SetResult();
            }
        }
    }

    private void Take(string target, JsonElement arguments)
    {
        switch (target)
        {
            case "console":
                long offset = long.Parse(arguments[2].GetString()!);
                FirstOffset ??= offset;
                Assert.Equal(FirstOffset + console.Length, offset);
                console.Write(Convert.FromBase64String(arguments[3].GetString()!));
                break;
            case "state":
                states.Add(arguments[1]);
                break;
            case "pins":
                pins.Add(arguments[1]);
                break;
            case "ipc":
                ipc.AddRange(arguments[1].EnumerateArray());
                break;
            default:
                break;
        }
    }
}
