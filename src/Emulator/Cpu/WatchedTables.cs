// The pages of the guest's page tables that cached translations rest on. A store into one of them takes away what was
// translated by the words that it hits.
//
// A page that was a page table once may become anything else. So when many stores in a row have hit nothing, the page
// is let go: everything translated through it is forgotten, and stores to it are fast again until it is walked anew.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>Keeps cached translations and page tables together.</summary>
internal sealed class WatchedTables(PhysicalMemory memory, TranslationCache cache)
{
    private const uint PageMask = PhysicalMemory.PageSize - 1;

    // As a user's place: the page is the root table itself.
    private const uint AsRoot = uint.MaxValue;

    // Clearing a page takes as many.
    private const int IdleLimit = 1024;

    // Above this, all entries are looked at together instead of one by one.
    private const int LengthLimit = 64;

    // A guest can make one table serve thousands of places; what one store can cost ends here.
    private const int UserLimit = 512;

    private readonly Dictionary<uint, WatchedTable> tables = [];

    /// <summary>Notes that something behind an entry of a root table is about to be cached.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="rootEntry">0 to 1023.</param>
    /// <param name="leaf">The second-level table behind it, or <see cref="AddressTranslation.NoTable"/>.</param>
    public void Note(AddressSpace space, uint rootEntry, uint leaf)
    {
        if (space.Leaf(rootEntry) == leaf)
        {
            return;
        }

        if (!TryAdd(space, rootEntry, leaf))
        {
            cache.ForgetAll();
            TryAdd(space, rootEntry, leaf);
        }

        space.Leaf(rootEntry) = leaf;
    }

    /// <summary>Bytes of a watched page were written.</summary>
    public void Written(uint address, uint length)
    {
        uint page = address & ~PageMask;
        if (!tables.TryGetValue(page, out WatchedTable? table))
        {
            return;
        }

        if (length > LengthLimit)
        {
            LetGo(page, table);
            return;
        }

        bool any = false;
        uint first = (address & PageMask) / 4;
        uint last = ((address & PageMask) + length - 1) / 4;
        for (int i = table.Users.Count - 1; i >= 0; i--)
        {
            (AddressSpace space, uint place) = table.Users[i];
            if (place != AsRoot && space.Leaf(place) != page)
            {
                table.Users.RemoveAt(i);
                continue;
            }

            for (uint entry = first; entry <= last; entry++)
            {
                any |= place == AsRoot
                    ? space.ForgetRootEntry(entry)
                    : space.ForgetPage((place * AddressSpace.PagesInRootEntry) + entry);
            }
        }

        if (any)
        {
            table.IdleStores = 0;
            cache.NoteForgotten();
        }
        else if (++table.IdleStores == IdleLimit)
        {
            LetGo(page, table);
        }
    }

    /// <summary>Watches nothing any more. What was cached must go too.</summary>
    public void Drop()
    {
        foreach (uint page in tables.Keys)
        {
            memory.Unwatch(page, PageWatch.PageTable);
        }

        tables.Clear();
    }

    private bool TryAdd(AddressSpace space, uint rootEntry, uint leaf) =>
        TryAdd(space.Root, space, AsRoot) && (leaf == AddressTranslation.NoTable || TryAdd(leaf, space, rootEntry));

    private unsafe bool TryAdd(uint page, AddressSpace space, uint place)
    {
        if (!tables.TryGetValue(page, out WatchedTable? table))
        {
            table = new WatchedTable();
            tables.Add(page, table);
            cache.ProtectPage(memory.Watch(page, PageWatch.PageTable));
        }

        for (int i = 0; i < table.Users.Count; i++)
        {
            if (table.Users[i].Space == space && table.Users[i].Place == place)
            {
                return true;
            }
        }

        table.Users.Add(new User(space, place));
        return table.Users.Count <= UserLimit;
    }

    private void LetGo(uint page, WatchedTable table)
    {
        for (int i = 0; i < table.Users.Count; i++)
        {
            (AddressSpace space, uint place) = table.Users[i];
            if (place == AsRoot)
            {
                space.ForgetAll();
            }
            else if (space.Leaf(place) == page)
            {
                space.ForgetRootEntry(place);
            }
        }

        tables.Remove(page);
        memory.Unwatch(page, PageWatch.PageTable);
        cache.NoteForgotten();
    }

    // An address space and which of its root entries leads here, or that this is the root.
    private readonly record struct User(AddressSpace Space, uint Place);

    private sealed class WatchedTable
    {
        public PlainList<User> Users { get; } = new();

        public int IdleStores { get; set; }
    }
}
