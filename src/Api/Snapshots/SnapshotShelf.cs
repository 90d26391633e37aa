// The tenants' snapshots: documents that a device can be made of again.

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XousCloud.Api.Devices;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Storage;
using XousCloud.Emulator;

namespace XousCloud.Api.Snapshots;

/// <summary>A snapshot as the API shows it.</summary>
internal sealed record SnapshotResource(
    string Id,
    string DeviceId,
    string ImageId,
    string Board,
    string Seed,
    string Cycle,
    string VirtualNanoseconds,
    string Hash,
    string Name,
    DateTimeOffset CreatedAt,
    long Size)
{
    public static SnapshotResource Of(SnapshotRow row) => new(
        row.Id,
        row.DeviceId,
        row.ImageId,
        row.BoardId,
        unchecked((ulong)row.Seed).ToString(),
        row.Cycle.ToString(),
        row.VirtualNanoseconds.ToString(),
        row.Hash,
        row.Name,
        DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        row.Size);
}

/// <summary>A stored state, read and verified.</summary>
internal sealed record LoadedState(
    string Id, SnapshotRow Row, StateDocument Document, MachineSnapshot Machine, IReadOnlyList<CapturedConsole> Consoles);

/// <summary>Takes, keeps and reads snapshots.</summary>
internal sealed class SnapshotShelf(
    IDbContextFactory<Database> databases,
    DatabaseStart start,
    Journal journal,
    IOptions<LimitOptions> limits,
    TimeProvider time)
{
    public async Task<SnapshotResource> TakeAsync(
        DeviceActor device, string? name, Func<string, IdempotencyRow>? idempotency)
    {
        await CheckQuotaAsync(device.Tenant);
        (StateCapture capture, string hash, ulong cycle, ulong nanoseconds) = await device.AskAsync(actor =>
            actor.HostFailure is null
                ? (actor.Capture(), actor.Machine.StateHash(), actor.Machine.Cycle, actor.Machine.Nanoseconds)
                : throw Problem.WrongState("The device's state cannot be used any more.", "Power-cycle it."));
        (StateDocument document, Dictionary<ContentHash, byte[]> added) = capture.Prepare(new HashSet<ContentHash>());
        byte[] bytes = document.ToBytes(start.AuthenticationKey, device.Tenant);
        HashSet<ContentHash> contents = [.. document.Contents];
        string id = ResourceId.New("snp");
        SnapshotRow row = new()
        {
            Id = id,
            Tenant = device.Tenant,
            DeviceId = device.Identity.Id,
            ImageId = device.Identity.ImageId,
            BoardId = device.Identity.Board.Id,
            Seed = unchecked((long)device.Identity.Seed),
            Cycle = (long)cycle,
            VirtualNanoseconds = (long)nanoseconds,
            Hash = hash,
            Name = name ?? $"{device.Name} at {nanoseconds / 1e9:0.000} s",
            CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Size = bytes.Length + ((long)contents.Count * StateDocument.ChunkSize),
            Document = bytes,
        };
        await journal.WriteAsync(async database =>
        {
            database.Snapshots.Add(row);
            if (idempotency is not null)
            {
                database.Idempotency.Add(idempotency(id));
            }

            await database.SaveChangesAsync();
            await StateStore.ReplaceUsesAsync(
                database, device.Tenant, id, new HashSet<ContentHash>(), contents, added);
        });
        return SnapshotResource.Of(row);
    }

    public async Task<SnapshotResource> GetAsync(string tenant, string id)
    {
        await using Database database = await databases.CreateDbContextAsync();
        return SnapshotResource.Of(await FindAsync(database, tenant, id));
    }

    public async Task<Page<SnapshotResource>> ListAsync(string tenant, Cursor from, int limit)
    {
        await using Database database = await databases.CreateDbContextAsync();
        List<SnapshotRow> rows = await database.Snapshots.AsNoTracking()
            .Where(row => row.Tenant == tenant && (row.CreatedAt < from.CreatedAt
                || (row.CreatedAt == from.CreatedAt && row.Id.CompareTo(from.Id) > 0)))
            .OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Id)
            .Take(limit + 1)
            .Select(row => new SnapshotRow
            {
                Id = row.Id,
                Tenant = row.Tenant,
                DeviceId = row.DeviceId,
                ImageId = row.ImageId,
                BoardId = row.BoardId,
                Seed = row.Seed,
                Cycle = row.Cycle,
                VirtualNanoseconds = row.VirtualNanoseconds,
                Hash = row.Hash,
                Name = row.Name,
                CreatedAt = row.CreatedAt,
                Size = row.Size,
                Document = Array.Empty<byte>(),
            }).ToListAsync();
        return Cursor.Cut(
            [.. rows.Select(SnapshotResource.Of)], limit,
            item => new Cursor(item.CreatedAt.ToUnixTimeMilliseconds(), item.Id));
    }

    /// <summary>Reads a snapshot for a device to be made of it.</summary>
    /// <exception cref="SnapshotFormatException">It cannot be trusted or read.</exception>
    public async Task<LoadedState> LoadAsync(string tenant, string id)
    {
        await using Database database = await databases.CreateDbContextAsync();
        SnapshotRow row = await FindAsync(database, tenant, id);
        StateDocument document = StateDocument.Read(row.Document, start.AuthenticationKey, tenant);
        (MachineSnapshot machine, IReadOnlyList<CapturedConsole> consoles) =
            await StateStore.LoadContentAsync(database, id, document, CancellationToken.None);
        return new LoadedState(id, row, document, machine, consoles);
    }

    public async Task DeleteAsync(string tenant, string id)
    {
        await GetAsync(tenant, id);
        await journal.WriteAsync(async database =>
        {
            await StateStore.DropAllUsesAsync(database, tenant, id);
            await database.Snapshots.Where(row => row.Id == id && row.Tenant == tenant).ExecuteDeleteAsync();
        });
    }

    private static async Task<SnapshotRow> FindAsync(Database database, string tenant, string id) =>
        await database.Snapshots.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.Tenant == tenant)
        ?? throw Problem.NotFound("snapshot", id);

    private async Task CheckQuotaAsync(string tenant)
    {
        await using Database database = await databases.CreateDbContextAsync();
        if (await database.Snapshots.CountAsync(row => row.Tenant == tenant) >= limits.Value.SnapshotsPerTenant)
        {
            throw Problem.Capacity(
                $"You have {limits.Value.SnapshotsPerTenant} snapshots, the most there may be.", "Delete some.", 60);
        }

        if (await TenantUsage.BytesAsync(database, tenant) > limits.Value.BytesPerTenant)
        {
            throw TenantUsage.Exceeded(limits.Value);
        }
    }
}
