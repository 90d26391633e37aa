// The TLB: flat tables with one entry for each of the 2^20 virtual pages, because the guest is 32-bit and the
// host's zero pages are free until touched. A load is one table read, with no tag to compare and no
// associativity. There is a set of tables for each way in which the core can look at memory; changing privilege
// changes pointers. Flushing costs what was filled.

using System.Runtime.InteropServices;

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

    private readonly Tables[] views = new Tables[Views];

    ~TranslationCache() => Free();

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

    /// <summary>Gives the tables back; <see cref="Select"/> must follow.</summary>
    public void Trim() => Free();

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
        Free();
        GC.SuppressFinalize(this);
    }

    private static nint Addend(uint address, byte* hostPage) => (nint)hostPage - (nint)(address & ~0xFFFu);

    private Tables Get(View view) => views[(int)view] ??= new Tables();

    private Tables Fill(View view, uint address)
    {
        Tables tables = Get(view);
        uint page = address >> PageShift;
        if (tables.Read[page] == 0 && tables.Write[page] == 0 && tables.Execute[page] == null)
        {
            tables.Filled.Add(page);
        }

        return tables;
    }

    private void Flush(View view)
    {
        if (views[(int)view] is not { } tables)
        {
            return;
        }

        foreach (uint page in tables.Filled)
        {
            tables.Read[page] = 0;
            tables.Write[page] = 0;
            tables.Execute[page] = null;
        }

        tables.Filled.Clear();
    }

    private void Free()
    {
        foreach (Tables? tables in views)
        {
            tables?.Free();
        }

        Array.Clear(views);
    }

    private sealed class Tables
    {
        public readonly nint* Read = (nint*)NativeMemory.AllocZeroed(PageCount, (nuint)sizeof(nint));
        public readonly nint* Write = (nint*)NativeMemory.AllocZeroed(PageCount, (nuint)sizeof(nint));
        public readonly Slot** Execute = (Slot**)NativeMemory.AllocZeroed(PageCount, (nuint)sizeof(Slot*));

        /// <summary>The pages that have an entry in some table.</summary>
        public readonly List<uint> Filled = [];

        public void Free()
        {
            NativeMemory.Free(Read);
            NativeMemory.Free(Write);
            NativeMemory.Free(Execute);
        }
    }
}
