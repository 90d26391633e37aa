using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Console;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator.Boot;

namespace XousCloud.Api.Devices;

/// <summary>/v1/devices/{id}/wait</summary>
internal static class WaitRoutes
{
    private const int DefaultSeconds = 30;
    private const int MostSeconds = 60;

    private const string BootStopped = "stopped";

    private static readonly string[] BootNames = [.. BootReport.Stages, BootStopped];

    // Output that comes byte by byte is searched in portions.
    private static readonly TimeSpan SearchInterval = TimeSpan.FromMilliseconds(20);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/devices/{id}/wait", Wait)
        .WithTags("Devices")
        .WithSummary("Wait until a device is in a state, has sent something, has booted, or has reached a virtual time.")
        .WithDescription("""
            curl '.../v1/devices/{id}/wait?console=login:&timeout=60'
            One of: state=paused,dead (any of them); boot=services,stopped (any of them: a stage, or that a guard
            ended the boot); console=REGEX with port and offset, over the bytes as Latin-1, without look-arounds and
            back-references, matches of at most 4096 bytes; virtualTime=NANOSECONDS.
            timeout is in seconds, 60 at most. `met` tells whether it came true; a wait that ends without is no error.
            """)
        .RequireRateLimiting(RequestLimits.Streams);

    private static async Task<Ok<WaitResult>> Wait(
        HttpContext context, ClaimsPrincipal user, DeviceFleet fleet, IHostApplicationLifetime lifetime, string id,
        string? state, string? boot, string? console, string? port, string? offset, string? virtualTime, double? timeout)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        double seconds = timeout ?? DefaultSeconds;
        if (!(seconds is >= 0 and <= MostSeconds))
        {
            throw Problem.Validation("timeout", $"A wait is 0 to {MostSeconds} seconds.");
        }

        if (new[] { state, boot, console, virtualTime }.Count(condition => condition is not null) != 1)
        {
            throw Problem.Validation("state", "Wait for exactly one of state, boot, console and virtualTime.");
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, device.Gone, lifetime.ApplicationStopping);
        end.CancelAfter(TimeSpan.FromSeconds(seconds));
        WaitResult? met = console is not null
            ? await ForOutputAsync(
                device, device.Ports[(int)ConsoleRoutes.ReadPort(device, port)],
                ConsoleSearch.Begin(console, ConsoleRoutes.ReadOffset(offset)), end.Token)
            : await ForAsync(device, Condition(state, boot, virtualTime), end.Token);
        return TypedResults.Ok(met
            ?? new WaitResult(false, await device.AskAsync(actor => DeviceResource.Of(actor)), null));
    }

    private static Expectation Condition(string? state, string? boot, string? virtualTime)
    {
        if (state is not null)
        {
            DeviceState[] wanted = [.. state.Split(',').Select(ReadState)];
            return new Expectation(actor => wanted.Contains(actor.State), static _ => { });
        }

        if (boot is not null)
        {
            string[] wanted = boot.Split(',');
            if (wanted.Except(BootNames).FirstOrDefault() is { } unknown)
            {
                throw Problem.Validation(
                    "boot", $"A boot is never '{unknown}'.", $"It is one of {string.Join(", ", BootNames)}.");
            }

            return new Expectation(actor => IsBoot(BootReport.Of(actor.Machine), wanted), static _ => { });
        }

        return ulong.TryParse(virtualTime, System.Globalization.NumberStyles.None, null, out ulong nanoseconds)
            ? new Expectation(actor => actor.Machine.Nanoseconds >= nanoseconds, static _ => { }, nanoseconds)
            : throw Problem.Validation("virtualTime", "A virtual time is a decimal number of nanoseconds since power-on.");
    }

    private static bool IsBoot(BootReport report, string[] wanted) =>
        wanted.Contains(report.Guard is { Ends: true } ? BootStopped : report.Stage);

    private static DeviceState ReadState(string name) =>
        Enum.TryParse(name, ignoreCase: true, out DeviceState state) && char.IsLetter(name[0])
            ? state
            : throw Problem.Validation("state", $"There is no state '{name}'.", "The states are paused, running and dead.");

    private static async Task<WaitResult?> ForAsync(DeviceActor device, Expectation condition, CancellationToken end)
    {
        TaskCompletionSource<DeviceResource> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Expectation expectation = condition with
        {
            Met = actor =>
            {
                DeviceResource then = DeviceResource.Of(actor);
                actor.Reply(() => done.TrySetResult(then));
            },
        };
        await device.AskAsync(actor =>
        {
            actor.Expect(expectation);
            return true;
        });
        try
        {
            return new WaitResult(true, await done.Task.WaitAsync(end), null);
        }
        catch (OperationCanceledException) when (!device.Gone.IsCancellationRequested)
        {
            await device.AskAsync(actor =>
            {
                actor.Withdraw(expectation);
                return true;
            });
            return done.Task.IsCompletedSuccessfully ? new WaitResult(true, await done.Task, null) : null;
        }
        catch (OperationCanceledException)
        {
            throw Problem.NotFound("device", device.Identity.Id);
        }
    }

    private static async Task<WaitResult?> ForOutputAsync(
        DeviceActor device, ConsoleBuffer buffer, ConsoleSearch search, CancellationToken end)
    {
        byte[] bytes = new byte[16 * 1024];
        using IDisposable watch = device.Watch();
        await device.AskAsync(_ => true);
        while (true)
        {
            Task more = device.Released.Next;
            int count = buffer.Read(search.Offset, bytes);
            if (count < 0)
            {
                throw ConsoleRoutes.Gone(search.Offset, buffer.Oldest);
            }

            if (count > 0 && search.Add(bytes.AsSpan(0, count)) is { } match)
            {
                return new WaitResult(true, await device.AskAsync(actor => DeviceResource.Of(actor)), match);
            }

            try
            {
                if (count < bytes.Length)
                {
                    await more.WaitAsync(end);
                    await Task.Delay(SearchInterval, end);
                }

                end.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException)
            {
                // What was released while the portion gathered counts.
                count = buffer.Read(search.Offset, bytes);
                return count > 0 && search.Add(bytes.AsSpan(0, count)) is { } late
                    ? new WaitResult(true, await device.AskAsync(actor => DeviceResource.Of(actor)), late)
                    : null;
            }
        }
    }

    /// <summary>How a wait ended.</summary>
    /// <param name="Met">Whether it came true.</param>
    /// <param name="Device">The device then.</param>
    /// <param name="Match">What was matched, for a wait on the console.</param>
    private sealed record WaitResult(bool Met, DeviceResource Device, ConsoleMatch? Match);
}
