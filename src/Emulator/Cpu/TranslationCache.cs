// The TLB: flat tables (FlatTables) for each address space and privilege, filled from page walks. Changing privilege
// or satp changes pointers.
//
// An entry always says what a walk would say now. Every page of the guest's tables that an entry rests on is watched
// (WatchedTables), and a store into it takes away exactly the entries made from what was stored over. So there is
// nothing to flush: the guest may switch between address spaces, and write sfence.vma, as often as it likes, and the
// engines, of which the stepper walks at every access, cannot differ.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>A way in which the core looks at memory.</summary>
internal enum View
{
    /// <summary>M mode, which uses physical addresses.</summary>
    Machine,

    /// <summary>S and U mode while translation is off. Each has its own code.</summary>
    BareSupervisor,
    BareUser,

    // Through page tables from here on.
    User,
    Supervisor,

    /// <summary>Supervisor with sstatus.SUM.</summary>
    SupervisorWithUser,
}

/// <summary>The page tables that the fast paths use.</summary>
internal sealed unsafe class TranslationCache : IDisposable
{
    // At most 12 KiB each; a guest that spreads over more starts anew.
    private const int TouchedLimit = 1024;

    private const int SpaceLimit = 128;

    private readonly AddressSpace physical = new(root: 0);
    private readonly Dictionary<uint, AddressSpace> spaces = [];
    private readonly WatchedTables watched;
    private AddressSpace? translated;
    private FlatTables current;
    private bool translates;
    private int touched;

    public TranslationCache(PhysicalMemory memory)
    {
        watched = new WatchedTables(memory, this);
        current = physical.Get(View.Machine, forData: true);
    }

    /// <summary>Changes whenever execution somewhere may have become something else.</summary>
    public uint Epoch { get; private set; }

    /// <summary>How many address spaces are kept.</summary>
    public int Spaces => spaces.Count;

    /// <summary>Looks through a view from now on.</summary>
    /// <param name="root">Physical address of the root page table; not used by views of physical addresses.</param>
    /// <param name="view">The view.</param>
    /// <param name="forData">Whether loads and stores look like fetches; if not, each takes the complete path.</param>
    /// <param name="state">Gets the tables.</param>
    public void Select(uint root, View view, bool forData, HartState* state)
    {
        translates = view >= View.User;
        if (translates && translated?.Root != root)
        {
            translated = Find(root);
        }

        current = (translates ? translated! : physical).Get(view, forData);
        state->Tables = current.Start;
        state->Read = current.Read;
        state->Write = current.Write;
        state->Execute = current.Execute;
    }

    /// <summary>Enters a page for loads.</summary>
    /// <param name="address">An address of the page.</param>
    /// <param name="leaf">
    /// The second-level table that it was translated by, <see cref="AddressTranslation.NoTable"/> for a superpage.
    /// </param>
    /// <param name="hostPage">Where the page is.</param>
    public void FillRead(uint address, uint leaf, byte* hostPage)
    {
        uint page = Note(address, leaf);
        current.Read[page] = FlatTables.Addend(page, hostPage);
    }

    /// <summary>Enters a page for stores.</summary>
    /// <param name="address">An address of the page.</param>
    /// <param name="leaf">As for loads.</param>
    /// <param name="region">The memory that the page is in.</param>
    /// <param name="physical">Its physical address. The page must be the device's own.</param>
    /// <returns>False where stores to the page must be seen.</returns>
    public bool TryFillWrite(uint address, uint leaf, MemoryRegion region, uint physical)
    {
        // First: the page may be one of the tables that it is translated by, and is watched from now on.
        uint page = Note(address, leaf);
        int index = PhysicalMemory.PageIndex(region, physical);
        if (region.Watches[index] != PageWatch.None)
        {
            return false;
        }

        current.Write[page] = FlatTables.Addend(page, region.Pages[index]);
        return true;
    }

    /// <summary>Enters a page for execution.</summary>
    public void FillExecute(uint address, uint leaf, void* code)
    {
        uint page = Note(address, leaf);
        current.Execute[page] = code;
    }

    /// <summary>Notes that a page of device registers is kept elsewhere: <see cref="Epoch"/> changes when it must go.</summary>
    public void NoteDevice(uint address, uint leaf) => Note(address, leaf);

    /// <summary>Forgets everything.</summary>
    public void ForgetAll()
    {
        Epoch++;
        watched.Drop();
        physical.ForgetAll();
        foreach (AddressSpace known in spaces.Values)
        {
            known.ForgetAll();
        }
    }

    /// <summary>Forgets everything and gives the tables' memory back. <see cref="Select"/> must follow.</summary>
    public void Trim()
    {
        Epoch++;
        watched.Drop();
        physical.Dispose();
        DropSpaces();
        touched = 0;
    }

    /// <summary>Takes the right to store from every mapping of a page, so that stores to it are seen.</summary>
    public void ProtectPage(byte* hostPage)
    {
        physical.ForgetWrites(hostPage);
        foreach (AddressSpace known in spaces.Values)
        {
            known.ForgetWrites(hostPage);
        }
    }

    /// <summary>Takes the right to store from every mapping of every page.</summary>
    public void ForgetWrites()
    {
        Epoch++;
        physical.ForgetWrites();
        foreach (AddressSpace known in spaces.Values)
        {
            known.ForgetWrites();
        }
    }

    /// <summary>A page is not at this place of the host any more.</summary>
    public void PageMoved(byte* oldHostPage)
    {
        physical.ForgetReads(oldHostPage);
        foreach (AddressSpace known in spaces.Values)
        {
            known.ForgetReads(oldHostPage);
        }
    }

    /// <summary>A page seen at an address does not have this code any more.</summary>
    public void ForgetCode(uint address, void* code)
    {
        uint page = address >> FlatTables.PageShift;
        physical.ForgetCode(page, code);
        foreach (AddressSpace known in spaces.Values)
        {
            known.ForgetCode(page, code);
        }
    }

    /// <summary>Bytes of a page that is watched for being a page table were written.</summary>
    public void TableWritten(uint address, uint length) => watched.Written(address, length);

    /// <summary>Entries that a page table has made are gone.</summary>
    public void NoteForgotten() => Epoch++;

    public void Dispose()
    {
        physical.Dispose();
        DropSpaces();
    }

    private uint Note(uint address, uint leaf)
    {
        uint page = address >> FlatTables.PageShift;
        if (translates)
        {
            watched.Note(translated!, address >> 22, leaf);
        }

        if (current.Note(page) && ++touched > TouchedLimit)
        {
            Release();
            return Note(address, leaf);
        }

        return page;
    }

    // The tables in use stay where they are, empty.
    private void Release()
    {
        Epoch++;
        watched.Drop();
        physical.Release();
        foreach (AddressSpace known in spaces.Values)
        {
            known.Release();
        }

        touched = 0;
    }

    private AddressSpace Find(uint root)
    {
        if (!spaces.TryGetValue(root, out AddressSpace? known))
        {
            if (spaces.Count == SpaceLimit)
            {
                Epoch++;
                watched.Drop();
                DropSpaces();
            }

            known = new AddressSpace(root);
            spaces.Add(root, known);
        }

        return known;
    }

    private void DropSpaces()
    {
        foreach (AddressSpace known in spaces.Values)
        {
            known.Dispose();
        }

        spaces.Clear();
        translated = null;
    }
}
