// One client listening to one device. A loop for the console, one for state and pins, one for the display, one for messages
// between processes; each sends, waits for the device to release more, and sends what is new. The transport's own back pressure slows the loop down, and
// never the device: a client that is too slow for the retained output is told where it can go on.

using Microsoft.AspNetCore.SignalR;
using XousCloud.Api.Console;
using XousCloud.Api.Devices;
using XousCloud.Api.Problems;
using XousCloud.Api.Xous;
using XousCloud.Emulator;

namespace XousCloud.Api.Streams;

/// <summary>A running subscription.</summary>
internal sealed class Subscription(
    DeviceActor device,
    ISingleClientProxy client,
    Dictionary<ConsolePort, ulong> offsets,
    SubscriptionRequest wanted,
    IDisposable place,
    ILogger log) : IAsyncDisposable
{
    // Small enough for the transport's buffers, also in base64.
    private const int MessageBytes = 16 * 1024;
    private const int MessageSteps = 64;

    // Output that comes byte by byte goes out in portions: a hundred messages a second are plenty for eyes.
    private static readonly TimeSpan ConsoleInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StateInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan IpcInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DisplayInterval = TimeSpan.FromMilliseconds(100);

    // The state of a device that shows nothing new still tells the time.
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource end = new();
    private Task work = Task.CompletedTask;

    public void Start(CancellationToken connection)
    {
        CancellationToken token = CancellationTokenSource.CreateLinkedTokenSource(end.Token, connection, device.Gone).Token;
        IDisposable watch = device.Watch();
        work = Task.Run(
            async () =>
            {
                try
                {
                    await Task.WhenAll(
                        SendConsolesAsync(token), SendStatesAsync(token), SendDisplayAsync(token), SendIpcAsync(token));
                }
                catch (OperationCanceledException)
                {
                    // The client left or unsubscribed, or the device was deleted.
                }
                catch (Exception failure)
                {
                    log.LogDebug(failure, "A subscription to {Device} ended", device.Identity.Id);
                }
                finally
                {
                    watch.Dispose();
                    place.Dispose();
                }
            },
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await work;
        end.Dispose();
    }

    private async Task SendConsolesAsync(CancellationToken token)
    {
        byte[] bytes = new byte[MessageBytes];
        while (offsets.Count > 0)
        {
            Task more = device.Released.Next;
            bool sent = false;
            foreach (ConsolePort port in offsets.Keys.ToArray())
            {
                sent |= await SendConsoleAsync(port, bytes, token);
            }

            if (!sent)
            {
                await more.WaitAsync(token);
                await Task.Delay(ConsoleInterval, token);
            }
        }
    }

    private async Task<bool> SendConsoleAsync(ConsolePort port, byte[] bytes, CancellationToken token)
    {
        ConsoleBuffer buffer = device.Ports[(int)port];
        ulong offset = offsets[port];
        int count = buffer.Read(offset, bytes);
        if (count < 0)
        {
            ulong oldest = buffer.Oldest;
            await client.SendAsync("consoleGone", device.Identity.Id, PortNames.Of(port), oldest.ToString(), token);
            offsets[port] = oldest;
            return true;
        }

        if (count == 0)
        {
            return false;
        }

        await client.SendAsync(
            "console", device.Identity.Id, PortNames.Of(port), offset.ToString(),
            Convert.ToBase64String(bytes, 0, count), token);
        offsets[port] = offset + (ulong)count;
        return true;
    }

    private async Task SendStatesAsync(CancellationToken token)
    {
        PinResource[]? lastPins = null;
        DeviceResource? last = null;
        while (wanted.State || wanted.Pins)
        {
            Task more = device.Released.Next;
            (DeviceResource state, PinResource[]? pins) = await LookAsync(
                actor => (DeviceResource.Of(actor), wanted.Pins ? PinResource.All(actor).ToArray() : null), token);
            token.ThrowIfCancellationRequested();
            if (wanted.State && (last is null || Differs(last, state)))
            {
                await client.SendAsync("state", device.Identity.Id, state, token);
                last = state;
            }

            if (pins is not null)
            {
                PinResource[] changed = lastPins is null ? pins : [.. pins.Where((pin, index) => pin != lastPins[index])];
                if (changed.Length > 0)
                {
                    await client.SendAsync("pins", device.Identity.Id, changed, token);
                }

                lastPins = pins;
            }

            await Task.Delay(StateInterval, token);
            TimeSpan quiet = state.State == DeviceState.Running
                ? state.Idle ? QuietInterval : TimeSpan.Zero
                : Timeout.InfiniteTimeSpan;
            await WaitAsync(more, quiet, token);
        }
    }

    private async Task SendDisplayAsync(CancellationToken token)
    {
        ulong? shown = null;
        while (wanted.Display)
        {
            Task more = device.Released.Next;
            DisplayPicture? picture = await LookAsync(actor => DisplayPicture.Take(actor, unless: shown), token);
            token.ThrowIfCancellationRequested();
            if (picture is not null)
            {
                await client.SendAsync(
                    "display", device.Identity.Id, picture.Changes.ToString(), Convert.ToBase64String(picture.Png), token);
                shown = picture.Changes;
            }

            await Task.Delay(DisplayInterval, token);
            await more.WaitAsync(token);
        }
    }

    private async Task SendIpcAsync(CancellationToken token)
    {
        ulong next = Math.Max(1, wanted.Ipc?.Value ?? 1);
        while (wanted.Ipc is not null)
        {
            Task more = device.Released.Next;
            (IpcPage page, bool runs) = await LookAsync(
                actor => (IpcPage.Read(actor, next, MessageSteps), actor.State == DeviceState.Running), token);
            token.ThrowIfCancellationRequested();
            if (next < ulong.Parse(page.Oldest))
            {
                await client.SendAsync("ipcGone", device.Identity.Id, page.Oldest, token);
            }

            next = ulong.Parse(page.Next);
            if (page.Events.Count > 0)
            {
                await client.SendAsync("ipc", device.Identity.Id, page.Events, token);
            }

            if (page.Events.Count < MessageSteps)
            {
                // Messages alone are no news: where a device runs, it is looked for them.
                await Task.Delay(IpcInterval, token);
                TimeSpan quiet = page.Events.Count > 0 ? TimeSpan.Zero : runs ? QuietInterval : Timeout.InfiniteTimeSpan;
                await WaitAsync(more, quiet, token);
            }
        }
    }

    // A device on its way back after a restart, or a database that is away, keeps nobody from listening.
    private async Task<T> LookAsync<T>(Func<DeviceActor, T> look, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await device.AskAsync(look);
            }
            catch (ProblemException problem) when (problem.Code == "storage_unavailable")
            {
                token.ThrowIfCancellationRequested();
            }
        }
    }

    // The lists are made anew each time, so the records' own equality does not tell.
    private static bool Differs(DeviceResource before, DeviceResource after) =>
        (before with
        {
            Unmodelled = after.Unmodelled,
            Consoles = after.Consoles,
            Buttons = after.Buttons,
            Keys = after.Keys,
        }) != after
        || before.Unmodelled.Count != after.Unmodelled.Count
        || !before.Consoles.SequenceEqual(after.Consoles)
        || !before.Keys.SequenceEqual(after.Keys);

    private static async Task WaitAsync(Task more, TimeSpan quiet, CancellationToken token)
    {
        try
        {
            await more.WaitAsync(quiet, token);
        }
        catch (TimeoutException)
        {
            // Nothing new was released; the time went on.
        }
    }
}
