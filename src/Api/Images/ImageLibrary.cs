// The tenants' firmware. What is stored are the files as they came; whenever a machine needs an image, it is
// imported again, which gives the same content, and shared by all machines of the same image while any lives.

using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XousCloud.Api.Limits;
using XousCloud.Api.Problems;
using XousCloud.Api.Storage;
using XousCloud.Emulator;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Api.Images;

/// <summary>Imports, keeps and lays out firmware.</summary>
internal sealed class ImageLibrary(
    IDbContextFactory<Database> databases, IOptions<LimitOptions> limits, TimeProvider time)
{
    private static readonly JsonSerializerOptions ReportFormat = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<string, WeakReference<MachineImage>> images = new();

    /// <exception cref="FirmwareFormatException">The files cannot be used.</exception>
    public async Task<ImageResource> AddAsync(
        string tenant, ImageUpload upload, Func<string, IdempotencyRow>? idempotency)
    {
        FirmwareImage firmware = FirmwareImage.Import(upload.Files, upload.Entry);
        await using Database database = await databases.CreateDbContextAsync();
        await CheckQuotaAsync(database, tenant, upload.Files.Sum(file => (long)file.Bytes.Length));
        string id = ResourceId.New("img");
        ImageRow row = new()
        {
            Id = id,
            Tenant = tenant,
            Name = upload.Name ?? firmware.Report.Files[0].Name,
            Digest = firmware.Digest,
            BoardId = firmware.Board,
            Entry = upload.Entry,
            Size = upload.Files.Sum(file => (long)file.Bytes.Length),
            CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Report = JsonSerializer.Serialize(firmware.Report, ReportFormat),
        };
        for (int index = 0; index < upload.Files.Count; index++)
        {
            FirmwareFile file = upload.Files[index];
            PreflightFile described = firmware.Report.Files[index];
            row.Files.Add(new ImageFileRow
            {
                ImageId = id,
                Ordinal = index,
                Name = described.Name,
                Format = JsonNamingPolicy.CamelCase.ConvertName(described.Format.ToString()),
                Address = file.RawAddress,
                Size = described.Size,
                Content = file.Bytes.ToArray(),
            });
        }

        database.Images.Add(row);
        if (idempotency is not null)
        {
            database.Idempotency.Add(idempotency(id));
        }

        await database.SaveChangesAsync();
        return ImageResource.Of(row, row.Files.Select(file => new ImageFileResource(file.Name, file.Size, file.Format)));
    }

    public async Task<ImageResource> GetAsync(string tenant, string id)
    {
        await using Database database = await databases.CreateDbContextAsync();
        ImageRow row = await FindAsync(database, tenant, id);
        return (await WithFilesAsync(database, [row]))[0];
    }

    /// <summary>The image's row without its files' content.</summary>
    public async Task<ImageRow> FindAsync(string tenant, string id)
    {
        await using Database database = await databases.CreateDbContextAsync();
        return await FindAsync(database, tenant, id);
    }

    public async Task<Page<ImageResource>> ListAsync(string tenant, Cursor from, int limit)
    {
        await using Database database = await databases.CreateDbContextAsync();
        List<ImageRow> rows = await database.Images.AsNoTracking()
            .Where(row => row.Tenant == tenant && (row.CreatedAt < from.CreatedAt
                || (row.CreatedAt == from.CreatedAt && row.Id.CompareTo(from.Id) > 0)))
            .OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Id)
            .Take(limit + 1).ToListAsync();
        List<ImageResource> items = await WithFilesAsync(database, rows);
        return Cursor.Cut(items, limit, item => new Cursor(item.CreatedAt.ToUnixTimeMilliseconds(), item.Id));
    }

    public async Task DeleteAsync(string tenant, string id)
    {
        await using Database database = await databases.CreateDbContextAsync();
        await FindAsync(database, tenant, id);
        if (await database.Devices.AnyAsync(row => row.ImageId == id)
            || await database.Snapshots.AnyAsync(row => row.ImageId == id))
        {
            throw InUse(id);
        }

        try
        {
            await database.Images.Where(row => row.Id == id && row.Tenant == tenant).ExecuteDeleteAsync();
        }
        catch (System.Data.Common.DbException)
        {
            // Somebody made a device of it meanwhile; the foreign key held.
            throw InUse(id);
        }

        images.TryRemove(id, out _);
    }

    /// <summary>The image laid out for machines.</summary>
    public async Task<MachineImage> LayOutAsync(string id)
    {
        if (images.TryGetValue(id, out WeakReference<MachineImage>? known) && known.TryGetTarget(out MachineImage? image))
        {
            return image;
        }

        await using Database database = await databases.CreateDbContextAsync();
        ImageRow row = await database.Images.AsNoTracking().Include(image => image.Files)
            .FirstOrDefaultAsync(image => image.Id == id) ?? throw Problem.NotFound("image", id);
        FirmwareImage firmware = FirmwareImage.Import(
            [.. row.Files.OrderBy(file => file.Ordinal)
                .Select(file => new FirmwareFile(file.Name, file.Content, (uint?)file.Address))],
            (uint?)row.Entry);
        image = new MachineImage(
            firmware.Digest,
            firmware.EntryPoint,
            firmware.Segments.Select(segment => (segment.Address, segment.Bytes)));
        WeakReference<MachineImage> kept = images.AddOrUpdate(
            id,
            _ => new WeakReference<MachineImage>(image),
            (key, other) => other.TryGetTarget(out _) ? other : new WeakReference<MachineImage>(image));
        return kept.TryGetTarget(out MachineImage? shared) ? shared : image;
    }

    private static ProblemException InUse(string id) => new(
        StatusCodes.Status409Conflict, "image_in_use", $"Devices or snapshots are made of image '{id}'.",
        "Delete them first.");

    private static async Task<ImageRow> FindAsync(Database database, string tenant, string id) =>
        await database.Images.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.Tenant == tenant)
        ?? throw Problem.NotFound("image", id);

    private static async Task<List<ImageResource>> WithFilesAsync(Database database, List<ImageRow> rows)
    {
        string[] ids = [.. rows.Select(row => row.Id)];
        var files = await database.ImageFiles.AsNoTracking().Where(file => ids.Contains(file.ImageId))
            .OrderBy(file => file.Ordinal)
            .Select(file => new { file.ImageId, file.Name, file.Size, file.Format }).ToListAsync();
        return [.. rows.Select(row => ImageResource.Of(
            row,
            files.Where(file => file.ImageId == row.Id)
                .Select(file => new ImageFileResource(file.Name, file.Size, file.Format))))];
    }

    private async Task CheckQuotaAsync(Database database, string tenant, long added)
    {
        if (await database.Images.CountAsync(row => row.Tenant == tenant) >= limits.Value.ImagesPerTenant)
        {
            throw Problem.Capacity(
                $"You have {limits.Value.ImagesPerTenant} images, the most there may be.", "Delete some.", 60);
        }

        if (await TenantUsage.BytesAsync(database, tenant) + added > limits.Value.BytesPerTenant)
        {
            throw TenantUsage.Exceeded(limits.Value);
        }
    }
}
