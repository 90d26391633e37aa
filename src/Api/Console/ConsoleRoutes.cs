using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using XousCloud.Api.Devices;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator;

namespace XousCloud.Api.Console;

/// <summary>/v1/devices/{id}/console</summary>
internal static class ConsoleRoutes
{
    private const int ReadSize = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes, LimitOptions limits)
    {
        RouteGroupBuilder group = routes.MapGroup("/devices/{id}/console").WithTags("Console");
        group.MapGet("/", Read)
            .WithSummary("A port's output from an offset, byte for byte; with ?follow=true as it comes.")
            .WithDescription("""
                curl -N '.../v1/devices/{id}/console?port=uart2&offset=0&follow=true'
                Offsets count every byte since the device was made, over restarts of the server too. At least the
                last MiB is kept; 416 console_offset_gone names the oldest offset. X-Console-Offset is the offset of
                the body's first byte, X-Console-Length the bytes so far.
                """)
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream")
            .RequireRateLimiting(RequestLimits.Streams);
        group.MapPost("/", Write)
            .WithSummary("Type: the body's bytes go to the port, all or none (409 console_input_full).")
            .WithDescription("""
                curl --data-binary 'help' .../v1/devices/{id}/console?port=uart2
                The bytes are durable when the answer comes. When no answer comes, send them again with the same
                Idempotency-Key: they are typed once.
                """)
            .Accepts<byte[]>(isOptional: true, "application/octet-stream", "*/*")
            .WithMetadata(new BodyLimit(limits.ConsoleWriteBytes));
    }

    /// <summary>Reads a port's name.</summary>
    public static ConsolePort ReadPort(DeviceActor device, string? name) => name is null ? device.Identity.Board.Console
        : PortNames.TryParse(name, out ConsolePort port) ? port
        : throw Problem.Validation("port", $"There is no port '{name}'.", "The ports are uart0 to uart3, duart, and usb.");

    public static ulong ReadOffset(string? text) => text is null ? 0
        : ulong.TryParse(text, System.Globalization.NumberStyles.None, null, out ulong offset) ? offset
        : throw Problem.Validation("offset", "An offset is a decimal number.");

    /// <summary>The output before an offset is kept no more.</summary>
    public static ProblemException Gone(ulong offset, ulong oldest) => new(
        StatusCodes.Status416RangeNotSatisfiable, "console_offset_gone",
        $"Output before offset {oldest} is not kept any more; {offset} was asked for.", $"Start at offset {oldest}.")
    {
        Facts = new Dictionary<string, object?> { ["oldestOffset"] = oldest.ToString() },
    };

    private static async Task Read(
        HttpContext context, ClaimsPrincipal user, DeviceFleet fleet, IHostApplicationLifetime lifetime,
        string id, string? port, string? offset, bool? follow)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        ConsoleBuffer buffer = device.Ports[(int)ReadPort(device, port)];
        ulong at = ReadOffset(offset);
        using IDisposable? watch = follow == true ? device.Watch() : null;
        await device.AskAsync(_ => true);
        ulong length = buffer.Released;
        if (at < buffer.Oldest)
        {
            throw Gone(at, buffer.Oldest);
        }

        if (at > length)
        {
            throw Problem.Validation("offset", $"The port has sent {length} bytes so far.");
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers["X-Console-Offset"] = at.ToString();
        context.Response.Headers["X-Console-Length"] = length.ToString();
        context.Response.Headers.CacheControl = "no-store";
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, device.Gone, lifetime.ApplicationStopping);
        await SendAsync(context.Response, device, buffer, at, follow == true ? ulong.MaxValue : length, end.Token);
    }

    private static async Task SendAsync(
        HttpResponse response, DeviceActor device, ConsoleBuffer buffer, ulong at, ulong until, CancellationToken end)
    {
        byte[] bytes = new byte[ReadSize];
        try
        {
            while (at < until)
            {
                Task more = device.Released.Next;
                int count = buffer.Read(at, bytes.AsSpan(0, (int)Math.Min((ulong)bytes.Length, until - at)));
                if (count < 0)
                {
                    // The reader is too slow: ending the body early is all that can still be said.
                    response.HttpContext.Abort();
                    return;
                }

                if (count == 0)
                {
                    await response.Body.FlushAsync(end);
                    await more.WaitAsync(end);
                    continue;
                }

                await response.Body.WriteAsync(bytes.AsMemory(0, count), end);
                at += (ulong)count;
            }
        }
        catch (OperationCanceledException)
        {
            // The client left, the device was deleted or the server stops: each ends the body.
        }
    }

    private static async Task<Accepted<ConsoleWritten>> Write(
        HttpContext context, ClaimsPrincipal user, DeviceFleet fleet, IOptions<LimitOptions> limits,
        string id, string? port)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        ConsolePort to = ReadPort(device, port);
        if (to == ConsolePort.Duart)
        {
            throw Problem.Validation("port", "The debug UART only sends.", "Type to uart0, uart1, uart2, uart3 or usb.");
        }

        string key = Idempotency.ReadKey(context.Request);
        byte[] bytes = await ReadBodyAsync(context, limits.Value.ConsoleWriteBytes);
        int accepted = await device.AskAsync(actor =>
        {
            if (actor.Typed.TryGet(key, out ReadOnlySpan<byte> earlier))
            {
                return bytes.AsSpan().SequenceEqual(earlier) ? bytes.Length : throw Idempotency.Mismatch();
            }

            if (bytes.Length > 0 && !actor.Apply(MachineInput.Send(to, bytes)))
            {
                throw new ProblemException(
                    StatusCodes.Status409Conflict, "console_input_full",
                    "The port still has to deliver earlier input, and has no room for this one. Nothing was taken.",
                    "Send less at once, or wait until the device has read; it must run to do so.")
                {
                    RetryAfter = 1,
                };
            }

            if (key.Length > 0)
            {
                actor.Typed.Remember(key, bytes);
            }

            return bytes.Length;
        });
        return TypedResults.Accepted((string?)null, new ConsoleWritten(accepted));
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context, long limit)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.Length <= limit
            ? body.ToArray()
            : throw new BadHttpRequestException("Too large.", StatusCodes.Status413PayloadTooLarge);
    }

    /// <summary>How many bytes were taken.</summary>
    private sealed record ConsoleWritten(int Accepted);
}
