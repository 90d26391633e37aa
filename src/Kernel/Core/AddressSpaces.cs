// Page tables of processes. A process's entry is the only place that says what a virtual page is: free (0), reserved,
// present or lent (PageTableEntry). Tables are pages of RAM that belong to the process; the kernel reaches them through
// physical memory.

namespace XousCloud.Kernel;

public partial struct Kernel
{
    /// <summary>A page that exists for entries of addresses that have no table: it is always 0.</summary>
    internal uint EntryAt(uint process, uint address)
    {
        uint table = TableOf(processes[(int)process].RootPage, address);
        return table == 0 ? 0 : memory.Word(table, address >> 12);
    }

    private void SetEntry(uint process, uint address, uint entry)
    {
        uint table = TableOf(processes[(int)process].RootPage, address);
        memory.Word(table, address >> 12) = entry;
        IsTranslationStale = true;
    }

    /// <summary>
    /// The page behind this one, or behind everything that has no table with it: a walk over a range is as long as the process's
    /// tables, not as long as the range.
    /// </summary>
    private uint NextPage(uint process, uint address)
    {
        const uint TableSpan = 1u << 22;
        return TableOf(processes[(int)process].RootPage, address) == 0
            ? (address & ~(TableSpan - 1)) + TableSpan
            : address + AddressMap.PageSize;
    }

    private uint TableOf(uint root, uint address)
    {
        uint entry = memory.Word(root, address >> 22);
        return (entry & PageTableEntry.Valid) == 0 ? 0 : PageTableEntry.Page(entry);
    }

    /// <summary>
    /// Sees to it that every page of a range of user addresses has an entry. False, and nothing is taken, if there is not
    /// enough RAM for the tables.
    /// </summary>
    private bool MakeTables(uint process, uint address, uint pages)
    {
        uint root = processes[(int)process].RootPage;
        uint last = address + ((pages - 1) * AddressMap.PageSize);
        uint missing = 0;
        for (uint index = address >> 22; index <= last >> 22; index++)
        {
            missing += (memory.Word(root, index) & PageTableEntry.Valid) == 0 ? 1u : 0u;
        }

        if (missing > tracker.FreePages)
        {
            return false;
        }

        for (uint index = address >> 22; index <= last >> 22; index++)
        {
            ref uint entry = ref memory.Word(root, index);
            if ((entry & PageTableEntry.Valid) == 0)
            {
                uint table = AllocateZeroed(process);
                if (table == 0)
                {
                    return false;
                }

                entry = PageTableEntry.Of(table, PageTableEntry.Valid);
            }
        }

        return true;
    }

    private uint AllocateZeroed(uint process)
    {
        uint page = tracker.Allocate(process);
        if (page != 0)
        {
            memory.Words(page).Clear();
        }

        return page;
    }

    /// <summary>True if the range is not empty and lies below what a process may name.</summary>
    private static bool IsUserRange(uint address, uint length) =>
        length != 0 && address < AddressMap.UserEnd && length <= AddressMap.UserEnd - address;

    /// <summary>
    /// The first run of free pages in a window, searched from <paramref name="last"/>, where the search before this one
    /// succeeded. 0: there is none.
    /// </summary>
    private uint FindFree(uint process, uint windowStart, uint windowLength, uint last, uint pages)
    {
        uint count = windowLength / AddressMap.PageSize;
        uint start = (last - windowStart) / AddressMap.PageSize;
        if (start >= count)
        {
            start = 0;
        }

        uint found = FindFreeBetween(process, windowStart, start, count, pages);
        return found != 0 ? found : FindFreeBetween(process, windowStart, 0, Math.Min(count, start + pages), pages);
    }

    private uint FindFreeBetween(uint process, uint windowStart, uint from, uint to, uint pages)
    {
        uint root = processes[(int)process].RootPage;
        uint length = 0;
        uint index = from;
        while (index < to)
        {
            uint address = windowStart + (index * AddressMap.PageSize);
            uint table = TableOf(root, address);
            if (table == 0)
            {
                uint rest = Math.Min(1024 - ((address >> 12) & 1023), to - index);
                length += rest;
                index += rest;
            }
            else
            {
                length = memory.Word(table, address >> 12) == 0 ? length + 1 : 0;
                index++;
            }

            if (length >= pages)
            {
                return windowStart + ((index - length) * AddressMap.PageSize);
            }
        }

        return 0;
    }

    /// <summary>Gives a reserved page its memory, zeroed. False if it is nothing of the kind, or RAM is used up.</summary>
    private XousError MakePresent(uint process, uint address)
    {
        uint entry = EntryAt(process, address);
        if (PageTableEntry.IsPresent(entry))
        {
            return XousError.None;
        }

        if (!PageTableEntry.IsReserved(entry))
        {
            return XousError.BadAddress;
        }

        uint page = AllocateZeroed(process);
        if (page == 0)
        {
            return XousError.OutOfMemory;
        }

        SetEntry(process, address, PageTableEntry.Of(page, (entry & PageTableEntry.Permissions) | PageTableEntry.Present));
        return XousError.None;
    }
}
