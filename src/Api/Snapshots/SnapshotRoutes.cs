using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Devices;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;

namespace XousCloud.Api.Snapshots;

/// <summary>/v1/snapshots, and /v1/devices/{id}/snapshots to take one.</summary>
internal static class SnapshotRoutes
{
    private const int LongestName = 128;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/devices/{id}/snapshots", Create).WithTags("Snapshots")
            .WithSummary("Take a snapshot of a device, running or not.");
        RouteGroupBuilder group = routes.MapGroup("/snapshots").WithTags("Snapshots");
        group.MapGet("/", List).WithSummary("List snapshots, newest first.");
        group.MapGet("/{id}", Get).WithSummary("One snapshot.");
        group.MapDelete("/{id}", Delete).WithSummary("Delete a snapshot. Devices made of it stay.");
    }

    private static async Task<Created<SnapshotResource>> Create(
        HttpContext context, ClaimsPrincipal user, DeviceFleet fleet, SnapshotShelf shelf, Idempotency idempotency,
        string id, SnapshotRequest? request)
    {
        string tenant = user.Tenant();
        DeviceActor device = fleet.Find(tenant, id);
        if (request?.Name?.Length > LongestName)
        {
            throw Problem.Validation("name", $"A name has at most {LongestName} characters.");
        }

        SnapshotResource snapshot = await idempotency.CreateAsync(
            context,
            tenant,
            $"devices/{id}/snapshots",
            Encoding.UTF8.GetBytes(request?.Name ?? ""),
            record => shelf.TakeAsync(device, request?.Name, record),
            earlier => shelf.GetAsync(tenant, earlier));
        return TypedResults.Created($"/v1/snapshots/{snapshot.Id}", snapshot);
    }

    private static async Task<Ok<Page<SnapshotResource>>> List(
        ClaimsPrincipal user, SnapshotShelf shelf, int? limit, string? cursor) =>
        TypedResults.Ok(await shelf.ListAsync(user.Tenant(), Cursor.Read(cursor), Cursor.ReadLimit(limit)));

    private static async Task<Ok<SnapshotResource>> Get(ClaimsPrincipal user, SnapshotShelf shelf, string id) =>
        TypedResults.Ok(await shelf.GetAsync(user.Tenant(), id));

    private static async Task<NoContent> Delete(ClaimsPrincipal user, SnapshotShelf shelf, string id)
    {
        await shelf.DeleteAsync(user.Tenant(), id);
        return TypedResults.NoContent();
    }

    private sealed record SnapshotRequest(string? Name);
}
