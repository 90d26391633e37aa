// The tables of one way of looking at memory: for each of the 2^20 virtual pages an entry for loads, for stores and
// for execution. They are flat because the guest is 32-bit and the host's zero pages are free until touched: a look
// is one read, with no tag to compare and no associativity.
//
// A look-up may be indexed with the address rotated right by the access's alignment bits, so that a misaligned
// address falls into the upper three quarters of a table. Nothing is ever entered there: it misses.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>Host addresses by virtual page. 0 is a miss.</summary>
internal sealed unsafe class FlatTables : IDisposable
{
    public const int PageShift = 12;

    /// <summary>Where the tables begin, in bytes from <see cref="Start"/>.</summary>
    public const int ReadOffset = 0;
    public const int WriteOffset = 4 * PageCount * sizeof(long);
    public const int ExecuteOffset = 2 * WriteOffset;

    private const int PageCount = 1 << 20;
    private const int Length = ExecuteOffset + (PageCount * sizeof(long));

    // The tables themselves are paged: one host page holds the entries of 2 MiB of addresses.
    private const int EntriesInHostPage = 512;

    private readonly SparseMemory memory = new(Length);
    private readonly bool[] touched = new bool[PageCount / EntriesInHostPage];
    private readonly HashSet<uint> filled = [];

    public byte* Start => memory.Start;

    /// <summary>Host address minus virtual address, for loads.</summary>
    public nint* Read => (nint*)(memory.Start + ReadOffset);

    /// <summary>The same for stores: only pages that are the device's own, plain RAM, and watched by nobody.</summary>
    public nint* Write => (nint*)(memory.Start + WriteOffset);

    /// <summary>What the engine knows of a page's code.</summary>
    public void** Execute => (void**)(memory.Start + ExecuteOffset);

    /// <summary>Notes that a page gets an entry.</summary>
    /// <returns>Whether that makes the host back more of the tables.</returns>
    public bool Note(uint page)
    {
        filled.Add(page);
        ref bool known = ref touched[page / EntriesInHostPage];
        bool isNew = !known;
        known = true;
        return isNew;
    }

    /// <summary>Forgets the entries of one page.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Forget(uint page)
    {
        if (!filled.Remove(page))
        {
            return false;
        }

        Clear(page);
        return true;
    }

    /// <summary>Forgets the entries of a range of pages, a multiple of 512 that starts at one.</summary>
    public bool Forget(uint firstPage, uint count)
    {
        bool any = false;
        for (uint start = firstPage; start < firstPage + count; start += EntriesInHostPage)
        {
            for (uint page = start; touched[start / EntriesInHostPage] && page < start + EntriesInHostPage; page++)
            {
                any |= Forget(page);
            }
        }

        return any;
    }

    public void ForgetAll()
    {
        foreach (uint page in filled)
        {
            Clear(page);
        }

        filled.Clear();
    }

    /// <summary>Forgets what leads loads to a host page.</summary>
    public void ForgetReads(byte* hostPage)
    {
        foreach (uint page in filled)
        {
            Read[page] = Read[page] == Addend(page, hostPage) ? 0 : Read[page];
        }
    }

    /// <summary>Forgets what leads stores to a host page.</summary>
    public void ForgetWrites(byte* hostPage)
    {
        foreach (uint page in filled)
        {
            Write[page] = Write[page] == Addend(page, hostPage) ? 0 : Write[page];
        }
    }

    /// <summary>Forgets everything and gives the host's pages back.</summary>
    public void Release()
    {
        memory.Reset();
        filled.Clear();
        Array.Clear(touched);
    }

    public void Dispose() => memory.Dispose();

    /// <summary>The entry of a virtual page that leads to a host page.</summary>
    public static nint Addend(uint page, byte* hostPage) => (nint)hostPage - (nint)(page << PageShift);

    private void Clear(uint page)
    {
        Read[page] = 0;
        Write[page] = 0;
        Execute[page] = null;
    }
}
