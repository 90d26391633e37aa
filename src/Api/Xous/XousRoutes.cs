using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Console;
using XousCloud.Api.Devices;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;

namespace XousCloud.Api.Xous;

/// <summary>/v1/devices/{id}/processes, /servers, /interrupts and /ipc</summary>
internal static class XousRoutes
{
    private const int DefaultLimit = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/devices/{id}").WithTags("Xous");
        group.MapGet("/processes", GetProcesses)
            .WithSummary("The processes of the Xous that runs, their memory, and what their threads wait for.")
            .WithDescription("""
                Decoded from calls and page tables, so it works on unmodified images; "stage" is "none" where no Xous is
                seen. Memory is in pages of 4096 bytes.
                """);
        group.MapGet("/servers", GetServers).WithSummary("The servers of the Xous that runs, and who is connected.");
        group.MapGet("/interrupts", GetInterrupts).WithSummary("The interrupt lines that processes have claimed.");
        group.MapGet("/ipc", GetIpc)
            .WithSummary("Messages between processes, as they are sent, received and answered, from a sequence number.")
            .WithDescription($"""
                curl '.../v1/devices/{"{id}"}/ipc?offset=1&limit={IpcPage.LargestLimit}'
                Each step of a message has a number; numbers count from 1 since the device was made. Go on at `next`. The
                latest {Emulator.Xous.IpcLog.Capacity} steps are kept: 416 ipc_offset_gone names the oldest. Without an
                offset the oldest is the first. Live: the hub's `ipc`.
                """)
            .ProducesProblem(StatusCodes.Status416RangeNotSatisfiable);
    }

    private static async Task<Ok<ProcessList>> GetProcesses(ClaimsPrincipal user, DeviceFleet fleet, string id) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id).AskAsync(actor => ProcessList.Of(actor.Machine.Xous)));

    private static async Task<Ok<ServerList>> GetServers(ClaimsPrincipal user, DeviceFleet fleet, string id) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id).AskAsync(actor => ServerList.Of(actor.Machine.Xous)));

    private static async Task<Ok<InterruptList>> GetInterrupts(ClaimsPrincipal user, DeviceFleet fleet, string id) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id).AskAsync(actor => InterruptList.Of(actor.Machine.Xous)));

    private static async Task<Ok<IpcPage>> GetIpc(
        ClaimsPrincipal user, DeviceFleet fleet, string id, string? offset, int? limit)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        ulong? from = offset is null ? null : Math.Max(1, ConsoleRoutes.ReadOffset(offset));
        if (limit is < 1 or > IpcPage.LargestLimit)
        {
            throw Problem.Validation("limit", $"A page has 1 to {IpcPage.LargestLimit} steps.");
        }

        IpcPage page = await device.AskAsync(actor => IpcPage.Read(actor, from, limit ?? DefaultLimit));
        if (from < ulong.Parse(page.Oldest))
        {
            throw new ProblemException(
                StatusCodes.Status416RangeNotSatisfiable, "ipc_offset_gone",
                $"Steps before number {page.Oldest} are not kept any more; {from} was asked for.",
                $"Start at offset {page.Oldest}.")
            {
                Facts = new Dictionary<string, object?> { ["oldestOffset"] = page.Oldest },
            };
        }

        if (from > ulong.Parse(page.Next))
        {
            throw Problem.Validation("offset", $"The next step has number {page.Next}.");
        }

        return TypedResults.Ok(page);
    }
}
