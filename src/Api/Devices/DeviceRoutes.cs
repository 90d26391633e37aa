using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Images;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Snapshots;
using XousCloud.Api.Storage;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Devices;

/// <summary>/v1/devices and /v1/boards</summary>
internal static class DeviceRoutes
{
    private const int LongestName = 128;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/boards", Boards).WithTags("Devices").WithSummary("The boards that devices are made of.");
        RouteGroupBuilder group = routes.MapGroup("/devices").WithTags("Devices");
        group.MapPost("/", Create)
            .WithSummary("Make a device of an image or of a snapshot.")
            .WithDescription("""
                curl -H 'Content-Type: application/json' -d '{"image":"img_...","start":true}' .../v1/devices
                The board is the one that the image implies, else dabao. A device is made paused unless `start` is true.
                """);
        group.MapGet("/", List).WithSummary("List devices, newest first.");
        group.MapGet("/{id}", Get).WithSummary("One device; with ?hash=true also the hash of its state.");
        group.MapPatch("/{id}", Patch).WithSummary("Change a device's name or pace.");
        group.MapPost("/{id}/fork", Fork)
            .WithSummary("Make a device that is in the state of another one, running or not.")
            .WithDescription("""
                curl -H 'Content-Type: application/json' -d '{"start":true}' .../v1/devices/{id}/fork
                The other one goes on as if nothing had been. Both have the same memory until one writes a page of it, so
                many forks of a device that has booted cost little more than one. A fork is made paused unless `start` is true.
                """);
        group.MapDelete("/{id}", Delete).WithSummary("Delete a device. Its snapshots stay.");
    }

    private static Ok<IReadOnlyList<BoardResource>> Boards() => TypedResults.Ok<IReadOnlyList<BoardResource>>(
        [.. Board.All.Select(board => new BoardResource(
            board.Id,
            board.Name,
            PortNames.Of(board.Console),
            [.. board.Buttons.Select(ButtonResource.Of)],
            [.. board.Keys.Select(key => KeyResource.Of(key, pressed: false))]))]);

    private static async Task<Created<DeviceResource>> Create(
        HttpContext context, ClaimsPrincipal user, DeviceFleet fleet, ImageLibrary images, SnapshotShelf shelf,
        Idempotency idempotency, DeviceRequest request)
    {
        string tenant = user.Tenant();
        DeviceResource device = await idempotency.CreateAsync(
            context,
            tenant,
            "devices",
            JsonSerializer.SerializeToUtf8Bytes(request),
            record => CreateAsync(tenant, fleet, images, shelf, request, record),
            id => fleet.Find(tenant, id).AskAsync(actor => DeviceResource.Of(actor)));
        return TypedResults.Created($"/v1/devices/{device.Id}", device);
    }

    private static async Task<Created<DeviceResource>> Fork(
        HttpContext context, ClaimsPrincipal user, DeviceFleet fleet, Idempotency idempotency, string id, ForkRequest? request)
    {
        string tenant = user.Tenant();
        DeviceActor parent = fleet.Find(tenant, id);
        string? name = request?.Name is null ? null : CheckName(request.Name);
        DeviceResource device = await idempotency.CreateAsync(
            context,
            tenant,
            $"devices/{id}/fork",
            JsonSerializer.SerializeToUtf8Bytes(request),
            async record => await BeginAsync(await fleet.ForkAsync(parent, name, request?.Pace, record), request?.Start),
            made => fleet.Find(tenant, made).AskAsync(actor => DeviceResource.Of(actor)));
        return TypedResults.Created($"/v1/devices/{device.Id}", device);
    }

    private static async Task<Ok<Page<DeviceResource>>> List(
        ClaimsPrincipal user, DeviceFleet fleet, int? limit, string? cursor)
    {
        Cursor from = Cursor.Read(cursor);
        int count = Cursor.ReadLimit(limit);
        DeviceActor[] devices = [.. fleet.Of(user.Tenant())
            .Where(device => device.Identity.CreatedAt < from.CreatedAt
                || (device.Identity.CreatedAt == from.CreatedAt
                    && string.CompareOrdinal(device.Identity.Id, from.Id) > 0))
            .Take(count + 1)];
        DeviceResource?[] items = await Task.WhenAll(devices.Select(DescribeOrNullAsync));
        return TypedResults.Ok(Cursor.Cut(
            [.. items.OfType<DeviceResource>()], count,
            item => new Cursor(item.CreatedAt.ToUnixTimeMilliseconds(), item.Id)));
    }

    private static async Task<Ok<DeviceResource>> Get(ClaimsPrincipal user, DeviceFleet fleet, string id, bool? hash) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id)
            .AskAsync(actor => DeviceResource.Of(actor, withHash: hash == true)));

    private static async Task<Ok<DeviceResource>> Patch(
        ClaimsPrincipal user, DeviceFleet fleet, string id, DeviceChange change)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        string? name = change.Name is null ? null : CheckName(change.Name);
        (string newName, DevicePace newPace) = await device.AskAsync(actor =>
        {
            actor.Name = name ?? actor.Name;
            if (change.Pace is { } pace)
            {
                actor.SetPace(pace);
            }

            return (actor.Name, actor.Pace);
        });
        await fleet.UpdateAsync(device, newName, newPace);
        return TypedResults.Ok(await device.AskAsync(actor => DeviceResource.Of(actor)));
    }

    private static async Task<NoContent> Delete(ClaimsPrincipal user, DeviceFleet fleet, string id)
    {
        await fleet.DeleteAsync(fleet.Find(user.Tenant(), id));
        return TypedResults.NoContent();
    }

    // A device that is deleted while the list is made is left out.
    private static async Task<DeviceResource?> DescribeOrNullAsync(DeviceActor device)
    {
        try
        {
            return await device.AskAsync(actor => DeviceResource.Of(actor));
        }
        catch (ProblemException gone) when (gone.Code == "not_found")
        {
            return null;
        }
    }

    private static async Task<DeviceResource> CreateAsync(
        string tenant, DeviceFleet fleet, ImageLibrary images, SnapshotShelf shelf, DeviceRequest request,
        Func<string, IdempotencyRow>? record)
    {
        if (request.Image is null == request.Snapshot is null)
        {
            throw Problem.Validation("image", "A device is made of either an `image` or a `snapshot`.");
        }

        if (!EngineNames.TryParse(request.Engine, out EngineKind engine))
        {
            throw Problem.Validation("engine", "The engines are auto, stepper, threaded and translator.");
        }

        LoadedState? from = request.Snapshot is null ? null : await shelf.LoadAsync(tenant, request.Snapshot);
        ImageRow image = await images.FindAsync(tenant, from?.Row.ImageId ?? request.Image!);
        DeviceSpecification specification = new(
            tenant,
            CheckName(request.Name ?? from?.Row.Name ?? image.Name),
            ChooseBoard(request.Board, from?.Row.BoardId ?? image.BoardId, fixedByState: from is not null),
            image.Id,
            ChooseSeed(request.Seed, from),
            ChooseFactory(request.Factory, from),
            request.Pace ?? DevicePace.Real,
            engine);
        return await BeginAsync(await fleet.CreateAsync(specification, from, record), request.Start);
    }

    private static Task<DeviceResource> BeginAsync(DeviceActor device, bool? start) => device.AskAsync(actor =>
    {
        if (start == true && !actor.HasEnded)
        {
            actor.Run();
        }

        return DeviceResource.Of(actor);
    });

    private static Board ChooseBoard(string? asked, string? implied, bool fixedByState)
    {
        if (fixedByState && asked is not null && asked != implied)
        {
            throw Problem.Validation("board", $"The snapshot was taken on '{implied}'.", "Leave `board` out.");
        }

        string id = asked ?? implied ?? "dabao";
        return Board.Find(id) ?? throw Problem.Validation(
            "board",
            $"There is no board '{id}'.",
            $"The boards are {string.Join(", ", Board.All.Select(board => board.Id))}; GET /v1/boards lists them.");
    }

    private static ulong ChooseSeed(string? asked, LoadedState? from)
    {
        ulong? seed = asked is null ? null
            : ulong.TryParse(asked, System.Globalization.NumberStyles.None, null, out ulong parsed) ? parsed
            : throw Problem.Validation("seed", "A seed is a decimal number from 0 to 18446744073709551615.");
        return from is null
            ? seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))
            : seed is null || seed == from.Document.Seed
                ? from.Document.Seed
                : throw Problem.Validation("seed", "A snapshot has its seed already.", "Leave `seed` out.");
    }

    private static FactorySettings ChooseFactory(FactoryFields? asked, LoadedState? from)
    {
        FactorySettings settings = asked?.ToSettings() ?? from?.Document.Factory ?? FactorySettings.None;
        return from is null || settings.Equals(from.Document.Factory)
            ? settings
            : throw Problem.Validation("factory", "A snapshot has its factory settings already.", "Leave `factory` out.");
    }

    private static string CheckName(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl)
        ? name
        : throw Problem.Validation("name", $"A name has 1 to {LongestName} characters, none of them control characters.");

    /// <summary>A board.</summary>
    private sealed record BoardResource(
        string Id,
        string Name,
        string Console,
        IReadOnlyList<ButtonResource> Buttons,
        IReadOnlyList<KeyResource> Keys);

    /// <summary>What a new device shall be.</summary>
    /// <param name="Image">Id of an image; or else give <paramref name="Snapshot"/>.</param>
    /// <param name="Snapshot">Id of a snapshot.</param>
    /// <param name="Board">Id of a board.</param>
    /// <param name="Name">1 to 128 characters.</param>
    /// <param name="Seed">Decimal; random when left out.</param>
    /// <param name="Factory">How its chip is set before the firmware first runs.</param>
    /// <param name="Pace">"real" (the default) or "fast".</param>
    /// <param name="Engine">"auto" (the default: the translator where the server allows it), "translator", "threaded" or "stepper". The result is the same.</param>
    /// <param name="Start">Whether it runs at once.</param>
    private sealed record DeviceRequest(
        string? Image,
        string? Snapshot,
        string? Board,
        string? Name,
        [property: System.Text.Json.Serialization.JsonConverter(typeof(SeedJson))] string? Seed,
        FactoryFields? Factory,
        DevicePace? Pace,
        string? Engine,
        bool? Start);

    /// <summary>How a fork differs from the device that it is made of.</summary>
    /// <param name="Name">1 to 128 characters; the other's when left out.</param>
    /// <param name="Pace">"real" or "fast"; the other's when left out.</param>
    /// <param name="Start">Whether it runs at once.</param>
    private sealed record ForkRequest(string? Name, DevicePace? Pace, bool? Start);

    private sealed record DeviceChange(string? Name, DevicePace? Pace);
}
