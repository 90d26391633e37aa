// The memory calls (xous-abi 2.3 and 2.5). Pages are promised first and given when touched. No page is writable and
// executable: a request for both gets a page that is writable.

namespace XousCloud.Kernel;

public partial struct Kernel
{
    private const uint FlagRead = 2;
    private const uint FlagWrite = 4;
    private const uint FlagExecute = 8;
    private const uint FlagDevice = 0x10;
    private const uint AllFlags = 0x3F;
    private const uint PageMask = AddressMap.PageSize - 1;

    /// <summary>The flags of a call as the permission bits of an entry, which have the same places.</summary>
    private static uint PermissionsOf(uint flags)
    {
        uint permissions = flags & (FlagRead | FlagWrite | FlagExecute);
        return (permissions & FlagWrite) != 0 ? permissions & ~FlagExecute : permissions;
    }

    private void MapMemory(ref ThreadContext context)
    {
        uint physical = context.A1;
        uint address = context.A2;
        uint length = context.A3;
        uint flags = context.A4;
        if (length == 0 || (flags & ~AllFlags) != 0)
        {
            context.Answer(XousError.UnhandledSyscall);
            return;
        }

        if (((physical | address | length) & PageMask) != 0)
        {
            context.Answer(XousError.BadAlignment);
            return;
        }

        uint pages = length / AddressMap.PageSize;
        ref Process process = ref processes[(int)CurrentProcess];
        bool isChosen = address == 0;
        if (isChosen)
        {
            address = FindFree(CurrentProcess, AddressMap.DefaultBase, AddressMap.DefaultLength, process.DefaultLast, pages);
        }

        XousError error = IsUserRange(address, length) ? XousError.None : XousError.BadAddress;
        bool isReal = physical != 0 || (flags & FlagDevice) != 0;
        if (error == XousError.None)
        {
            error = CheckMappable(address, pages, isReal);
        }

        uint firstPage = physical / AddressMap.PageSize;
        if (error == XousError.None && !MakeTables(CurrentProcess, address, pages))
        {
            error = XousError.OutOfMemory;
        }

        // Behind the tables, which may have taken the very page that is asked for.
        if (error == XousError.None && physical != 0)
        {
            error = CheckClaim(firstPage, pages);
        }

        if (error == XousError.None && isReal && physical == 0)
        {
            firstPage = tracker.AllocateRun(CurrentProcess, pages);
            error = firstPage == 0 ? XousError.OutOfMemory : XousError.None;
        }

        if (error != XousError.None)
        {
            context.Answer(error);
            return;
        }

        if (isChosen)
        {
            process.DefaultLast = address;
        }

        uint permissions = PermissionsOf(flags);
        for (uint i = 0; i < pages; i++)
        {
            uint at = address + (i * AddressMap.PageSize);
            if (isReal)
            {
                MapPage(at, firstPage + i, permissions);
            }
            else if (!PageTableEntry.IsPresent(EntryAt(CurrentProcess, at)))
            {
                SetEntry(CurrentProcess, at, permissions);
            }
        }

        context.Answer(ResultTag.MemoryRange, address, length);
    }

    private void MapPage(uint address, uint page, uint permissions)
    {
        _ = tracker.Claim(page, CurrentProcess);
        if (memory.Holds(page))
        {
            memory.Words(page).Clear();
        }

        SetEntry(CurrentProcess, address, PageTableEntry.Of(page, permissions | PageTableEntry.Present));
    }

    /// <summary>A promise may lie over promises and pages; a page only where nothing is. Nothing lies over a page that is away.</summary>
    private XousError CheckMappable(uint address, uint pages, bool isReal)
    {
        uint end = address + (pages * AddressMap.PageSize);
        for (uint at = address; at < end; at = NextPage(CurrentProcess, at))
        {
            uint entry = EntryAt(CurrentProcess, at);
            if (PageTableEntry.IsLent(entry) || (isReal && PageTableEntry.IsPresent(entry)))
            {
                return XousError.MemoryInUse;
            }
        }

        return XousError.None;
    }

    /// <summary>
    /// RAM can be claimed only while it is free: what a process owns there may be a page table, or lent. Device pages it may map
    /// more than once.
    /// </summary>
    private XousError CheckClaim(uint firstPage, uint pages)
    {
        for (uint page = firstPage; page < firstPage + pages; page++)
        {
            if (!tracker.Knows(page))
            {
                return XousError.BadAddress;
            }

            uint owner = tracker.Owner(page);
            if (owner != PageTracker.Nobody && (owner != CurrentProcess || memory.Holds(page)))
            {
                return XousError.MemoryInUse;
            }
        }

        return XousError.None;
    }

    private void UnmapMemory(ref ThreadContext context)
    {
        uint address = context.A1;
        uint length = context.A2;
        if (length == 0)
        {
            context.Answer(XousError.UnhandledSyscall);
        }
        else if (((address | length) & PageMask) != 0)
        {
            context.Answer(XousError.BadAlignment);
        }
        else if (!IsUserRange(address, length))
        {
            context.Answer(XousError.BadAddress);
        }
        else
        {
            XousError first = XousError.None;
            for (uint at = address; at < address + length; at = NextPage(CurrentProcess, at))
            {
                XousError error = Unmap(at);
                first = first == XousError.None ? error : first;
            }

            context.Answer(first);
        }
    }

    /// <summary>A page that is lent or borrowed stays: somebody else counts on it.</summary>
    private XousError Unmap(uint address)
    {
        uint entry = EntryAt(CurrentProcess, address);
        uint page = PageTableEntry.Page(entry);
        if (entry == 0)
        {
            return XousError.BadAddress;
        }

        bool isPresent = PageTableEntry.IsPresent(entry);
        if (PageTableEntry.IsLent(entry) || (isPresent && tracker.Owner(page) != CurrentProcess))
        {
            return XousError.ShareViolation;
        }

        SetEntry(CurrentProcess, address, 0);
        if (isPresent && (memory.Holds(page) || !IsMapped(CurrentProcess, page)))
        {
            tracker.Release(page);
        }

        return XousError.None;
    }

    /// <summary>Searches the whole address space, or what of it is away: for pages of devices alone, which are few.</summary>
    private bool IsMapped(uint process, uint page)
    {
        uint root = processes[(int)process].RootPage;
        for (uint index = 0; index < AddressMap.UserEnd >> 22; index++)
        {
            uint table = TableOf(root, index << 22);
            for (uint i = 0; table != 0 && i < 1024; i++)
            {
                uint entry = memory.Word(table, i);
                if ((entry & (PageTableEntry.Valid | PageTableEntry.Lent)) != 0 && PageTableEntry.Page(entry) == page)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void UpdateMemoryFlags(ref ThreadContext context)
    {
        uint address = context.A1;
        uint length = context.A2;
        uint permissions = PermissionsOf(context.A3);
        if (context.A4 != 0)
        {
            context.Answer(XousError.ProcessNotChild);
            return;
        }

        if (((address | length) & PageMask) != 0)
        {
            context.Answer(XousError.BadAlignment);
            return;
        }

        if (!IsUserRange(address, length) || permissions == 0)
        {
            context.Answer(XousError.MemoryInUse);
            return;
        }

        for (uint offset = 0; offset < length; offset += AddressMap.PageSize)
        {
            uint entry = EntryAt(CurrentProcess, address + offset);
            bool isThere = PageTableEntry.IsPresent(entry) || PageTableEntry.IsReserved(entry);
            if (!isThere || (permissions & ~entry & PageTableEntry.Permissions) != 0)
            {
                context.Answer(XousError.MemoryInUse);
                return;
            }
        }

        for (uint offset = 0; offset < length; offset += AddressMap.PageSize)
        {
            uint entry = EntryAt(CurrentProcess, address + offset);
            SetEntry(CurrentProcess, address + offset, (entry & ~PageTableEntry.Permissions) | permissions);
        }

        context.Answer(XousError.None);
    }

    private void IncreaseHeap(ref ThreadContext context)
    {
        uint length = context.A1;
        uint permissions = PermissionsOf(context.A2);
        ref Process process = ref processes[(int)CurrentProcess];
        if ((length & PageMask) != 0)
        {
            context.Answer(XousError.BadAlignment);
        }
        else if (length == 0)
        {
            context.Answer(ResultTag.MemoryRange, AddressMap.HeapBase, Math.Max(process.HeapSize, AddressMap.PageSize));
        }
        else if (process.HeapSize > process.HeapLimit || length > process.HeapLimit - process.HeapSize
            || !MakeTables(CurrentProcess, AddressMap.HeapBase + process.HeapSize, length / AddressMap.PageSize))
        {
            context.Answer(XousError.OutOfMemory);
        }
        else
        {
            uint start = AddressMap.HeapBase + process.HeapSize;
            for (uint offset = 0; offset < length; offset += AddressMap.PageSize)
            {
                // What a MapMemory with a fixed address has put there stays.
                if (EntryAt(CurrentProcess, start + offset) == 0)
                {
                    SetEntry(CurrentProcess, start + offset, permissions);
                }
            }

            process.HeapSize += length;
            context.Answer(ResultTag.MemoryRange, start, length);
        }
    }

    private void DecreaseHeap(ref ThreadContext context)
    {
        uint length = context.A1;
        ref Process process = ref processes[(int)CurrentProcess];
        if ((length & PageMask) != 0)
        {
            context.Answer(XousError.BadAlignment);
        }
        else if (length > process.HeapSize)
        {
            context.Answer(XousError.OutOfMemory);
        }
        else
        {
            for (uint offset = process.HeapSize - length; offset < process.HeapSize; offset += AddressMap.PageSize)
            {
                uint entry = EntryAt(CurrentProcess, AddressMap.HeapBase + offset);
                if (PageTableEntry.IsLent(entry))
                {
                    context.Answer(XousError.ShareViolation);
                    return;
                }
            }

            for (uint offset = process.HeapSize - length; offset < process.HeapSize; offset += AddressMap.PageSize)
            {
                _ = Unmap(AddressMap.HeapBase + offset);
            }

            process.HeapSize -= length;
            context.Answer(ResultTag.MemoryRange, AddressMap.HeapBase, process.HeapSize);
        }
    }

    private void AdjustProcessLimit(ref ThreadContext context)
    {
        const uint HeapMaximum = 1;
        const uint HeapSize = 2;
        ref Process process = ref processes[(int)CurrentProcess];
        uint expected = context.A2;
        uint wanted = context.A3;
        switch (context.A1)
        {
            case HeapMaximum:
                if (process.HeapLimit == expected && (wanted & PageMask) == 0)
                {
                    process.HeapLimit = Math.Min(wanted, AddressMap.MessageBase - AddressMap.HeapBase);
                }

                context.Answer(ResultTag.Scalar2, HeapMaximum, process.HeapLimit);
                break;
            case HeapSize:
                if (process.HeapSize == expected && wanted < process.HeapLimit && (wanted & PageMask) == 0)
                {
                    process.HeapSize = wanted;
                }

                context.Answer(ResultTag.Scalar2, HeapSize, process.HeapSize);
                break;
            default:
                context.Answer(XousError.InvalidLimit);
                break;
        }
    }

    private void VirtToPhys(ref ThreadContext context)
    {
        uint entry = context.A1 < AddressMap.UserEnd ? EntryAt(CurrentProcess, context.A1) : 0;
        if (PageTableEntry.IsPresent(entry))
        {
            context.Answer(ResultTag.Scalar1, (PageTableEntry.Page(entry) << 12) | (context.A1 & PageMask));
        }
        else
        {
            context.Answer(XousError.BadAddress);
        }
    }
}
