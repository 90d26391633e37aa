// All devices of this server: made, found, brought back at the start, saved at the end.

using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XousCloud.Api.Images;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Scheduling;
using XousCloud.Api.Snapshots;
using XousCloud.Api.Storage;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Devices;

/// <summary>What a new device shall be.</summary>
internal sealed record DeviceSpecification(
    string Tenant,
    string Name,
    Board Board,
    string ImageId,
    ulong Seed,
    FactorySettings Factory,
    DevicePace Pace,
    EngineKind Engine);

/// <summary>The devices.</summary>
internal sealed class DeviceFleet(
    IDbContextFactory<Database> databases,
    DatabaseStart start,
    Journal journal,
    Scheduler scheduler,
    ImageLibrary images,
    IOptions<LimitOptions> limits,
    IOptions<ExecutionOptions> execution,
    TimeProvider time,
    ILogger<DeviceFleet> log)
{
    private readonly ConcurrentDictionary<string, DeviceActor> devices = new();
    private Task restoring = Task.CompletedTask;

    /// <exception cref="ProblemException">There is none of this id, or it is another tenant's.</exception>
    public DeviceActor Find(string tenant, string id) =>
        devices.TryGetValue(id, out DeviceActor? device) && device.Tenant == tenant
            ? device
            : throw Problem.NotFound("device", id);

    /// <summary>A tenant's devices, newest first.</summary>
    public IEnumerable<DeviceActor> Of(string tenant) => devices.Values.Where(device => device.Tenant == tenant)
        .OrderByDescending(device => device.Identity.CreatedAt).ThenBy(device => device.Identity.Id, StringComparer.Ordinal);

    /// <summary>Makes a device.</summary>
    /// <param name="specification">What it shall be.</param>
    /// <param name="from">A state to begin with; null for power-on.</param>
    /// <param name="idempotency">Makes the record to store with it, if any.</param>
    public async Task<DeviceActor> CreateAsync(
        DeviceSpecification specification, LoadedState? from, Func<string, IdempotencyRow>? idempotency)
    {
        await CheckQuotaAsync(specification.Tenant);
        MachineImage image = await images.LayOutAsync(specification.ImageId);
        DeviceIdentity identity = new(
            ResourceId.New("dev"),
            specification.Tenant,
            specification.Board,
            specification.ImageId,
            specification.Seed,
            specification.Factory,
            specification.Engine,
            time.GetUtcNow().ToUnixTimeMilliseconds());
        Machine machine = NewMachine(identity, image);
        StateCapture initial = new(
            from?.Machine ?? machine.Save(), from?.Consoles ?? [], from?.Document.Host ?? new HostState([], false));
        if (from is not null)
        {
            machine.Load(from.Machine);
        }

        HashSet<ContentHash> shared = [.. from?.Document.Contents ?? []];
        return await AddAsync(
            identity, specification.Name, specification.Pace, machine, initial, shared, idempotency,
            gone: from is null ? Problem.NotFound("image", specification.ImageId) : Problem.NotFound("snapshot", from.Id));
    }

    /// <summary>Makes a device that is what another one is now.</summary>
    /// <param name="parent">The other one.</param>
    /// <param name="name">Its name; null for the other's.</param>
    /// <param name="pace">Its pace; null for the other's.</param>
    /// <param name="idempotency">Makes the record to store with it, if any.</param>
    public async Task<DeviceActor> ForkAsync(
        DeviceActor parent, string? name, DevicePace? pace, Func<string, IdempotencyRow>? idempotency)
    {
        await CheckQuotaAsync(parent.Tenant);
        ((Machine machine, IReadOnlyList<CapturedConsole> consoles, HostState host), string itsName, DevicePace itsPace) =
            await parent.AskAsync(actor => actor.HostFailure is null
                ? (actor.Fork(), actor.Name, actor.Pace)
                : throw Problem.WrongState("The device's state cannot be used any more.", "Power-cycle it."));
        DeviceIdentity identity = parent.Identity with
        {
            Id = ResourceId.New("dev"),
            CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        StateCapture initial = new(machine.Save(), consoles, host);
        return await AddAsync(
            identity, name ?? itsName, pace ?? itsPace, machine, initial, [], idempotency,
            gone: Problem.NotFound("device", parent.Identity.Id));
    }

    /// <summary>Removes a device and everything that only it needs.</summary>
    public async Task DeleteAsync(DeviceActor device)
    {
        // Of two who delete it at once, the second is told here that there is none.
        await device.EndAsync();
        devices.TryRemove(device.Identity.Id, out _);
        await journal.WriteAsync(async database =>
        {
            await StateStore.DropAllUsesAsync(database, device.Tenant, device.Identity.Id);
            await database.Devices.Where(row => row.Id == device.Identity.Id).ExecuteDeleteAsync();
        });
        device.Dispose();
    }

    /// <summary>Changes what the database says of a device.</summary>
    public Task UpdateAsync(DeviceActor device, string name, DevicePace pace) => journal.WriteAsync(database =>
        database.Devices.Where(row => row.Id == device.Identity.Id).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Name, name)
            .SetProperty(row => row.Pace, NameOf(pace))));

    /// <summary>A machine as new, of a device's image, board, seed and settings.</summary>
    public async Task<Machine> NewMachineAsync(DeviceIdentity identity) =>
        NewMachine(identity, await images.LayOutAsync(identity.ImageId));

    /// <summary>Makes every stored device known, paused; their states follow in the background.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        await using Database database = await databases.CreateDbContextAsync(cancellation);
        List<DeviceRow> rows = await database.Devices.AsNoTracking().ToListAsync(cancellation);
        List<(DeviceRow Row, DeviceActor Device)> found = [];
        foreach (DeviceRow row in rows)
        {
            DeviceIdentity identity = new(
                row.Id,
                row.Tenant,
                Board.Find(row.BoardId) ?? throw new InvalidOperationException(
                    $"Device {row.Id} is of board '{row.BoardId}', which this version does not know."),
                row.ImageId,
                unchecked((ulong)row.Seed),
                FactorySettings.Parse(row.Factory),
                EngineNames.TryParse(row.Engine, out EngineKind engine) ? engine : EngineKind.Auto,
                row.CreatedAt);
            DeviceActor device = NewActor(
                identity, row.Name, row.Pace == NameOf(DevicePace.Real) ? DevicePace.Real : DevicePace.Fast,
                new HashSet<ContentHash>());
            devices[row.Id] = device;
            found.Add((row, device));
        }

        log.LogInformation("{Count} devices are known", found.Count);
        restoring = Task.Run(() => RestoreAllAsync(found), CancellationToken.None);
    }

    /// <summary>Pauses and saves every device.</summary>
    public async Task StopAsync()
    {
        await restoring;
        await Task.WhenAll(devices.Values.Select(async device =>
        {
            try
            {
                await device.StopAsync();
            }
            catch (Exception failure)
            {
                // The journal has what it takes to bring it back.
                log.LogWarning(failure, "Device {Device} was not saved at the end", device.Identity.Id);
            }
        }));
    }

    // Stores a device with the state that its machine is in, and gives it its place.
    private async Task<DeviceActor> AddAsync(
        DeviceIdentity identity, string name, DevicePace pace, Machine machine, StateCapture initial,
        HashSet<ContentHash> shared, Func<string, IdempotencyRow>? idempotency, ProblemException gone)
    {
        (StateDocument document, Dictionary<ContentHash, byte[]> added) = initial.Prepare(shared);
        HashSet<ContentHash> contents = [.. document.Contents];
        byte[] bytes = document.ToBytes(start.AuthenticationKey, identity.Tenant);
        ulong cycle = machine.Cycle;
        try
        {
            await journal.WriteAsync(async database =>
            {
                database.Devices.Add(new DeviceRow
                {
                    Id = identity.Id,
                    Tenant = identity.Tenant,
                    Name = name,
                    BoardId = identity.Board.Id,
                    ImageId = identity.ImageId,
                    Seed = unchecked((long)identity.Seed),
                    Factory = identity.Factory.ToString(),
                    Pace = NameOf(pace),
                    Engine = EngineNames.Of(identity.Engine),
                    CreatedAt = identity.CreatedAt,
                    ProgressCycle = (long)cycle,
                });
                database.Checkpoints.Add(new CheckpointRow { DeviceId = identity.Id, Sequence = 0, Document = bytes });
                if (idempotency is not null)
                {
                    database.Idempotency.Add(idempotency(identity.Id));
                }

                await database.SaveChangesAsync();
                await StateStore.ReplaceUsesAsync(
                    database, identity.Tenant, identity.Id, new HashSet<ContentHash>(), contents, added);
            });
        }
        catch (Exception failure) when (failure is DbUpdateException or KeyNotFoundException)
        {
            // What it is made of went away while it was made: the foreign keys held.
            machine.Dispose();
            throw gone;
        }

        DeviceActor device = NewActor(identity, name, pace, contents);
        devices[identity.Id] = device;
        device.Begin(machine, new RestorePlan(null, initial.Consoles, initial.Host, 0, [], cycle));
        return device;
    }

    private static string NameOf(DevicePace pace) => pace == DevicePace.Real ? "real" : "fast";

    private Machine NewMachine(DeviceIdentity identity, MachineImage image) => new(new MachineOptions
    {
        Image = image,
        Board = identity.Board,
        Seed = identity.Seed,
        Factory = identity.Factory,
        Engine = identity.Engine,
        WatchOs = true,
        MayTranslate = execution.Value.Translation,
    });

    private DeviceActor NewActor(
        DeviceIdentity identity, string name, DevicePace pace, IReadOnlySet<ContentHash> stored)
    {
        Checkpoints checkpoints = new(journal, start.AuthenticationKey, execution.Value, log);
        checkpoints.Stored(stored);
        return new DeviceActor(
            identity, name, pace, scheduler, journal, checkpoints, new Parking(execution.Value.ParkAfterSeconds),
            limits.Value.ConsoleRetainedBytes, log);
    }

    private async Task RestoreAllAsync(List<(DeviceRow Row, DeviceActor Device)> found)
    {
        foreach ((DeviceRow row, DeviceActor device) in found)
        {
            MachineImage? image = null;
            try
            {
                image = await images.LayOutAsync(row.ImageId);
                (RestorePlan plan, StateDocument document) = await PlanAsync(row);
                device.BeginStored(NewMachine(device.Identity, image), plan, document.Contents);
            }
            catch (Exception failure)
            {
                log.LogError(failure, "The stored state of device {Device} cannot be used", row.Id);
                MachineImage usable = image ?? new MachineImage("", 0, []);
                device.BeginUnusable(
                    NewMachine(device.Identity, usable), $"The stored state cannot be used: {failure.Message}");
            }
        }
    }

    private async Task<(RestorePlan Plan, StateDocument Document)> PlanAsync(DeviceRow row)
    {
        await using Database database = await databases.CreateDbContextAsync();
        CheckpointRow checkpoint = await database.Checkpoints.AsNoTracking().SingleAsync(stored => stored.DeviceId == row.Id);
        List<JournalRow> inputs = await database.Journal.AsNoTracking()
            .Where(input => input.DeviceId == row.Id && input.Sequence > checkpoint.Sequence)
            .OrderBy(input => input.Sequence).ToListAsync();
        StateDocument document = StateDocument.Read(checkpoint.Document, start.AuthenticationKey, row.Tenant);
        (MachineSnapshot machine, IReadOnlyList<CapturedConsole> consoles) =
            await StateStore.LoadContentAsync(database, row.Id, document, CancellationToken.None);
        return (new RestorePlan(
            machine,
            consoles,
            document.Host,
            inputs.Count > 0 ? inputs[^1].Sequence : checkpoint.Sequence,
            [.. inputs.Select(input => new LoggedInput((ulong)input.Cycle, MachineInput.FromBytes(input.Input)))],
            (ulong)row.ProgressCycle), document);
    }

    private async Task CheckQuotaAsync(string tenant)
    {
        if (devices.Values.Count(device => device.Tenant == tenant) >= limits.Value.DevicesPerTenant)
        {
            throw Problem.Capacity(
                $"You have {limits.Value.DevicesPerTenant} devices, the most there may be.", "Delete some.", 60);
        }

        await using Database database = await databases.CreateDbContextAsync();
        if (await TenantUsage.BytesAsync(database, tenant) > limits.Value.BytesPerTenant)
        {
            throw TenantUsage.Exceeded(limits.Value);
        }
    }
}
