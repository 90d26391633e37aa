using Microsoft.EntityFrameworkCore;
using XousCloud.Api.Problems;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Limits;

/// <summary>How much a tenant has stored.</summary>
internal static class TenantUsage
{
    /// <summary>Bytes of images and, compressed, of the pages of checkpoints and snapshots.</summary>
    public static async Task<long> BytesAsync(Database database, string tenant) =>
        await database.Images.Where(row => row.Tenant == tenant).SumAsync(row => row.Size)
        + await database.Pages.Where(row => row.Tenant == tenant).SumAsync(row => (long)row.Content.Length);

    public static ProblemException Exceeded(LimitOptions limits) => Problem.Capacity(
        $"Your images, devices and snapshots would need more than {limits.BytesPerTenant} bytes.",
        "Delete snapshots, devices or images that you no longer need.",
        60);
}
