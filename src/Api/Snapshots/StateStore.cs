// Puts documents and their content into the tables and takes them out again. Content is stored once for each
// tenant; the uses say who needs it, and content that nobody uses any more is removed in the same transaction.
// All changes come through the journal's one writer, so no two of them meet.

using Microsoft.EntityFrameworkCore;
using XousCloud.Api.Storage;
using XousCloud.Emulator;

namespace XousCloud.Api.Snapshots;

/// <summary>Stored states.</summary>
internal static class StateStore
{
    private const int HashesInQuery = 400;

    /// <summary>Makes an owner use exactly the content of a document.</summary>
    /// <param name="database">In a transaction.</param>
    /// <param name="tenant">Whose content it is.</param>
    /// <param name="owner">Id of the device or snapshot.</param>
    /// <param name="before">What the owner uses now.</param>
    /// <param name="after">What it shall use.</param>
    /// <param name="added">Compressed content for everything that is in <paramref name="after"/> only.</param>
    public static async Task ReplaceUsesAsync(
        Database database,
        string tenant,
        string owner,
        IReadOnlySet<ContentHash> before,
        IReadOnlySet<ContentHash> after,
        IReadOnlyDictionary<ContentHash, byte[]> added)
    {
        foreach (ContentHash[] hashes in after.Where(hash => !before.Contains(hash)).Chunk(HashesInQuery))
        {
            byte[][] keys = [.. hashes.Select(hash => hash.ToArray())];
            List<byte[]> present = await database.Pages
                .Where(page => page.Tenant == tenant && keys.Contains(page.Hash))
                .Select(page => page.Hash).ToListAsync();
            HashSet<ContentHash> stored = [.. present.Select(hash => ContentHash.Read(hash))];
            database.Pages.AddRange(hashes.Where(hash => !stored.Contains(hash)).Select(hash => new PageRow
            {
                Tenant = tenant,
                Hash = hash.ToArray(),
                Content = added[hash],
            }));
            await database.SaveChangesAsync();
            database.PageUses.AddRange(
                keys.Select(hash => new PageUseRow { Owner = owner, Tenant = tenant, Hash = hash }));
            await database.SaveChangesAsync();
            database.ChangeTracker.Clear();
        }

        await DropUsesAsync(database, tenant, owner, before.Where(hash => !after.Contains(hash)));
    }

    /// <summary>Ends all uses of an owner that is going away.</summary>
    public static async Task DropAllUsesAsync(Database database, string tenant, string owner)
    {
        List<byte[]> hashes = await database.PageUses.Where(use => use.Owner == owner)
            .Select(use => use.Hash).ToListAsync();
        await DropUsesAsync(database, tenant, owner, hashes.Select(hash => ContentHash.Read(hash)));
    }

    /// <summary>Reads a document's content and puts the machine's part together.</summary>
    /// <exception cref="SnapshotFormatException">Content is missing or damaged.</exception>
    public static async Task<(MachineSnapshot Machine, IReadOnlyList<CapturedConsole> Consoles)> LoadContentAsync(
        Database database, string owner, StateDocument document, CancellationToken cancellation)
    {
        Dictionary<ContentHash, byte[]> contents = [];
        IAsyncEnumerable<PageRow> rows = database.PageUses.Where(use => use.Owner == owner)
            .Join(
                database.Pages,
                use => new { use.Tenant, use.Hash },
                page => new { page.Tenant, page.Hash },
                (use, page) => page)
            .AsNoTracking().AsAsyncEnumerable();
        await foreach (PageRow row in rows.WithCancellation(cancellation))
        {
            ContentHash hash = ContentHash.Read(row.Hash);
            contents[hash] = ContentCompression.Expand(row.Content, hash);
        }

        byte[] Content(ContentHash hash) => contents.TryGetValue(hash, out byte[]? content)
            ? content
            : throw new SnapshotFormatException("snapshot_content", "A page of the state is not stored.");

        MachineSnapshot machine = new(
            document.ImageDigest,
            document.BoardId,
            document.Seed,
            document.Factory,
            document.Units,
            [.. document.Pages.Select(page => (page.Address, Content(page.Hash)))]);
        List<CapturedConsole> consoles = [];
        foreach (ConsoleContent console in document.Consoles)
        {
            byte[] retained = [.. console.Chunks.SelectMany(Content)];
            if ((ulong)retained.Length != console.Length - console.First)
            {
                throw new SnapshotFormatException("snapshot_console", "A port's output does not add up.");
            }

            consoles.Add(new CapturedConsole(console.Port, console.First, retained));
        }

        return (machine, consoles);
    }

    private static async Task DropUsesAsync(
        Database database, string tenant, string owner, IEnumerable<ContentHash> dropped)
    {
        foreach (ContentHash[] hashes in dropped.Chunk(HashesInQuery))
        {
            byte[][] keys = [.. hashes.Select(hash => hash.ToArray())];
            await database.PageUses.Where(use => use.Owner == owner && keys.Contains(use.Hash)).ExecuteDeleteAsync();
            await database.Pages
                .Where(page => page.Tenant == tenant && keys.Contains(page.Hash)
                    && !database.PageUses.Any(use => use.Tenant == page.Tenant && use.Hash == page.Hash))
                .ExecuteDeleteAsync();
        }
    }
}
