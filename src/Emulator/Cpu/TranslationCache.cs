// The TLB: flat tables with one entry for each of the 2^20 virtual pages, because the guest is 32-bit and the
// host's zero pages are free until touched. A load is one table read, with no tag to compare and no
// associativity. There is a set of tables for each way in which the core can look at memory; changing privilege
// changes pointers. Flushing costs what was filled.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>A way of looking at memory, with tables of its own.</summary>
internal enum View
{
    /// <summary>Physical addresses: M mode, or translation off.</summary>
    Bare,
    User,
    Supervisor,

    /// <summary>Supervisor with sstatus.SUM.</summary>
    SupervisorWithUser,

    /// <summary>Rare combinations (MPRV, MXR): nothing is ever cached, every access takes the complete path.</summary>
    Uncached,
}

/// <summary>The page tables that the fast paths use.</summary>
internal sealed unsafe class TranslationCache : IDisposable
{
    private const int PageCount = 1 << 20;
    private const int PageShift = 12;
    private const int Views = 5;

    // At 12 KiB each, a guest cannot make its tables cost more than 3 MiB a view.
    private const int TouchedLimit = 256;

    private readonly Tables[] views = new Tables[Views];

    /// <summary>The tables of a view, allocated when it is first looked through.</summary>
    public void Select(View data, View fetch, HartState* state)
    {
        Tables dataTables = Get(data);
        state->Read = dataTables.Read;
        state->Write = dataTables.Write;
        state->Execute = Get(fetch).Execute;
    }

    public void FillRead(View view, uint address, byte* hostPage) =>
        Fill(view, address).Read[address >> PageShift] = Addend(address, hostPage);

    public void FillWrite(View view, uint address, byte* hostPage) =>
        Fill(view, address).Write[address >> PageShift] = Addend(address, hostPage);

    public void FillExecute(View view, uint address, Slot* slots) =>
        Fill(view, address).Execute[address >> PageShift] = slots;

    /// <summary>Forgets all translations, as satp writes and sfence.vma do. Physical addresses stay.</summary>
    public void FlushTranslated()
    {
        Flush(View.User);
        Flush(View.Supervisor);
        Flush(View.SupervisorWithUser);
    }

    /// <summary>Forgets everything.</summary>
    public void FlushAll()
    {
        Flush(View.Bare);
        FlushTranslated();
    }

    /// <summary>Forgets everything and gives the memory of the tables back.</summary>
    public void Trim()
    {
        foreach (Tables? tables in views)
        {
            tables?.Release();
        }
    }

    /// <summary>Takes the right to store from every mapping of a page, so that stores to it are seen.</summary>
    public void ProtectPage(byte* hostPage)
    {
        foreach (Tables? tables in views)
        {
            if (tables is null)
            {
                continue;
            }

            foreach (uint page in tables.Filled)
            {
                if (tables.Write[page] == Addend(page << PageShift, hostPage))
                {
                    tables.Write[page] = 0;
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (Tables? tables in views)
        {
            tables?.Dispose();
        }
    }

    private static nint Addend(uint address, byte* hostPage) => (nint)hostPage - (nint)(address & ~0xFFFu);

    private Tables Get(View view) => views[(int)view] ??= new Tables();

    private Tables Fill(View view, uint address)
    {
        Tables tables = Get(view);
        tables.Note(address >> PageShift);
        return tables;
    }

    private void Flush(View view) => views[(int)view]?.Flush();

    private sealed class Tables : IDisposable
    {
        private const nuint TableLength = (nuint)PageCount * 8;

        // The tables themselves are paged: one host page holds the entries of 2 MiB of addresses.
        private const int EntriesInHostPage = 512;

        private readonly SparseMemory memory = new(3 * TableLength);
        private readonly bool[] touched = new bool[PageCount / EntriesInHostPage];
        private int touchedCount;

        public Tables()
        {
            Read = (nint*)memory.Start;
            Write = (nint*)(memory.Start + TableLength);
            Execute = (Slot**)(memory.Start + (2 * TableLength));
        }

        public nint* Read { get; }

        public nint* Write { get; }

        public Slot** Execute { get; }

        /// <summary>The pages that have an entry in some table.</summary>
        public List<uint> Filled { get; } = [];

        /// <summary>Notes that a page gets an entry; a guest that spreads over too many addresses starts anew.</summary>
        public void Note(uint page)
        {
            if (!touched[page / EntriesInHostPage])
            {
                if (touchedCount == TouchedLimit)
                {
                    Release();
                }

                touched[page / EntriesInHostPage] = true;
                touchedCount++;
            }

            if (Read[page] == 0 && Write[page] == 0 && Execute[page] == null)
            {
                Filled.Add(page);
            }
        }

        public void Flush()
        {
            foreach (uint page in Filled)
            {
                Read[page] = 0;
                Write[page] = 0;
                Execute[page] = null;
            }

            Filled.Clear();
        }

        /// <summary>Flushes, and gives the host's pages back.</summary>
        public void Release()
        {
            memory.Reset();
            Filled.Clear();
            Array.Clear(touched);
            touchedCount = 0;
        }

        public void Dispose() => memory.Dispose();
    }
}
