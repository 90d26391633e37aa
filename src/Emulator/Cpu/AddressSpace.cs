// What is known of one root page table: the flat tables of each privilege, and for each 4 MiB of addresses the
// guest's second-level table that entries there were made from.

namespace XousCloud.Emulator.Cpu;

/// <summary>An address space that was translated through.</summary>
internal sealed unsafe class AddressSpace(uint root) : IDisposable
{
    /// <summary>How many pages one entry of the root table covers.</summary>
    public const int PagesInRootEntry = 1024;

    private const int Views = 6 * 2;

    private readonly FlatTables?[] views = new FlatTables?[Views];
    private readonly uint[] leaves = new uint[PagesInRootEntry];

    /// <summary>Physical address of the root table.</summary>
    public uint Root => root;

    /// <summary>The second-level table behind an entry of the root, 0 where nothing was translated.</summary>
    public ref uint Leaf(uint rootEntry) => ref leaves[rootEntry];

    /// <summary>The tables of a view, made when it is first looked through.</summary>
    /// <param name="view">The view.</param>
    /// <param name="forData">False for tables that never get an entry for loads or stores.</param>
    public FlatTables Get(View view, bool forData) => views[((int)view * 2) + (forData ? 0 : 1)] ??= new FlatTables();

    /// <summary>Forgets what was translated by one entry of a second-level table.</summary>
    public bool ForgetPage(uint page)
    {
        bool any = false;
        foreach (FlatTables? tables in views)
        {
            any |= tables is not null && tables.Forget(page);
        }

        return any;
    }

    /// <summary>Forgets what was translated by one entry of the root.</summary>
    public bool ForgetRootEntry(uint rootEntry)
    {
        bool any = false;
        leaves[rootEntry] = 0;
        foreach (FlatTables? tables in views)
        {
            any |= tables is not null && tables.Forget(rootEntry * PagesInRootEntry, PagesInRootEntry);
        }

        return any;
    }

    public void ForgetAll()
    {
        Array.Clear(leaves);
        foreach (FlatTables? tables in views)
        {
            tables?.ForgetAll();
        }
    }

    /// <summary>Forgets everything and gives the host's pages back.</summary>
    public void Release()
    {
        Array.Clear(leaves);
        foreach (FlatTables? tables in views)
        {
            tables?.Release();
        }
    }

    /// <summary>Forgets what leads stores to a host page.</summary>
    public void ForgetWrites(byte* hostPage)
    {
        foreach (FlatTables? tables in views)
        {
            tables?.ForgetWrites(hostPage);
        }
    }

    /// <summary>Forgets what leads stores anywhere.</summary>
    public void ForgetWrites()
    {
        foreach (FlatTables? tables in views)
        {
            tables?.ForgetWrites();
        }
    }

    /// <summary>Forgets what leads loads to a host page.</summary>
    public void ForgetReads(byte* hostPage)
    {
        foreach (FlatTables? tables in views)
        {
            tables?.ForgetReads(hostPage);
        }
    }

    /// <summary>Forgets the code of a page where it is this.</summary>
    public void ForgetCode(uint page, void* code)
    {
        foreach (FlatTables? tables in views)
        {
            tables?.ForgetCode(page, code);
        }
    }

    public void Dispose()
    {
        foreach (FlatTables? tables in views)
        {
            tables?.Dispose();
        }

        Array.Clear(views);
        Array.Clear(leaves);
    }
}
