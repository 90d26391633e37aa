// Loads, stores and fetches with full semantics: alignment, translation, routing to memory or a block, and
// what an error means. The fast paths fill their tables from here and come here for all that is rare.
// Facts: datasheet, memory access rules: a load from nowhere faults, a store to nowhere vanishes, instructions
// come from RRAM and SRAM only.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>The complete path between core and bus.</summary>
internal sealed unsafe class MemoryAccess(Hart hart, SystemOnChip soc)
{
    private const uint NullBase = 0x5004_0000;
    private const uint NullLength = 0x1_0000;
    private const uint XipBase = 0x7000_0000;
    private const uint XipLength = 0x0400_0000;

    // AMOs load by the tables for stores.
    private const WatchedAccesses ByWriteTable = WatchedAccesses.Loads | WatchedAccesses.Stores;

    private readonly DevicePages devices = new(hart);

    /// <summary>Where reads and stores are noted while a round of a loop is watched; null otherwise.</summary>
    public RoundTrace? Trace { get; set; }

    /// <summary>Enters the page of an address into the tables for loads.</summary>
    /// <returns>False where a load must take the complete path; nothing has happened then.</returns>
    public bool TryFillRead(uint address)
    {
        if (!hart.DataIsCached || hart.State->Read[address >> FlatTables.PageShift] != 0 // misaligned
            || !TryTranslate(address, Access.Load, out uint physical)
            || soc.Memory.FindOnBus(physical) is not { LoadGuard: null } region
            || IsWatched(address, physical, WatchedAccesses.Loads))
        {
            return false;
        }

        hart.Cache.FillRead(address, hart.Translation.Leaf, region.Pages[PhysicalMemory.PageIndex(region, physical)]);
        return true;
    }

    /// <summary>Enters the page of an address into the tables for stores.</summary>
    /// <returns>False where a store must take the complete path; nothing has happened then.</returns>
    public bool TryFillWrite(uint address)
    {
        if (!hart.DataIsCached || hart.State->Write[address >> FlatTables.PageShift] != 0 // misaligned
            || !TryTranslate(address, Access.Store, out uint physical)
            || soc.Memory.FindOnBus(physical) is not { StoreTarget: null } region
            || region.Watches[PhysicalMemory.PageIndex(region, physical)] != PageWatch.None
            || IsWatched(address, physical, ByWriteTable))
        {
            return false;
        }

        soc.Memory.PageForWrite(region, physical);
        return hart.Cache.TryFillWrite(address, hart.Translation.Leaf, region, physical);
    }

    /// <summary>The block at an address, if a register of its page was loaded from (or stored to) before.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="store">Whether it is to be written.</param>
    /// <param name="offset">Byte offset in the block.</param>
    public MappedBlock? FindDevice(uint address, bool store, out uint offset)
    {
        MappedBlock? device = devices.Find(address, store, out offset);
        return hart.Debug is { HasWatchpoints: true } ? null : device;
    }

    /// <summary>Loads from a register of a device that was found; zero-extended.</summary>
    /// <returns>False where the load is misaligned; nothing has happened then.</returns>
    public static bool TryLoad(MappedBlock device, uint offset, uint size, out uint value)
    {
        bool aligned = (offset & (size - 1)) == 0;
        value = aligned ? Narrow(device.Peripheral.Read(offset & ~3u), offset, size) : 0;
        return aligned;
    }

    /// <summary>Stores to a register of a device that was found.</summary>
    /// <returns>False where the store is misaligned; nothing has happened then.</returns>
    public bool TryStore(MappedBlock device, uint offset, uint size, uint value)
    {
        bool aligned = (offset & (size - 1)) == 0;
        if (aligned)
        {
            hart.State->Reservation = 0;
            (uint lanes, int shift) = Lanes(offset, size);
            device.Peripheral.Write(offset & ~3u, (value << shift) & lanes, lanes);
        }

        return aligned;
    }

    /// <summary>Loads 1, 2 or 4 bytes, zero-extended; raises the exception and returns false if there is one.</summary>
    public bool TryLoad(uint address, uint size, out uint value)
    {
        value = 0;
        if ((address & (size - 1)) != 0)
        {
            hart.Raise(ExceptionCause.LoadMisaligned, address);
            return false;
        }

        if (!TryTranslate(address, Access.Load, out uint physical))
        {
            hart.Raise(ExceptionCause.LoadPage, address);
            return false;
        }

        if (!TryReadPhysical(address, physical, size, out value))
        {
            hart.Raise(ExceptionCause.LoadAccess, address);
            return false;
        }

        return true;
    }

    /// <summary>Stores 1, 2 or 4 bytes; raises the exception and returns false if there is one.</summary>
    public bool TryStore(uint address, uint size, uint value)
    {
        if (!TryTranslateStore(address, size, out uint physical))
        {
            return false;
        }

        Store(address, physical, size, value);
        return true;
    }

    /// <summary>The checks of a store or AMO, without the store.</summary>
    public bool TryTranslateStore(uint address, uint size, out uint physical)
    {
        physical = 0;
        if ((address & (size - 1)) != 0)
        {
            hart.Raise(ExceptionCause.StoreMisaligned, address);
            return false;
        }

        if (!TryTranslate(address, Access.Store, out physical))
        {
            hart.Raise(ExceptionCause.StorePage, address);
            return false;
        }

        return true;
    }

    /// <summary>The load of an AMO, after <see cref="TryTranslateStore"/>.</summary>
    public bool TryLoadForUpdate(uint address, uint physical, out uint value)
    {
        if (!TryReadPhysical(address, physical, 4, out value))
        {
            hart.Raise(ExceptionCause.LoadAccess, address);
            return false;
        }

        return true;
    }

    /// <summary>Stores to a physical address. Nothing goes wrong: an error on the bus is dropped.</summary>
    public void Store(uint address, uint physical, uint size, uint value)
    {
        hart.State->Reservation = 0;
        (uint lanes, int shift) = Lanes(physical, size);
        MemoryRegion? region = soc.Memory.FindOnBus(physical);
        Trace?.NoteStore(physical, isRam: region is { StoreTarget: null });
        if (region is null)
        {
            StoreToBlock(address, physical, value << shift, lanes);
        }
        else if (region.StoreTarget is { } target)
        {
            target.Store(physical & ~3u, (value << shift) & lanes, lanes);
        }
        else
        {
            StoreToRam(address, region, physical, size, value);
        }

        hart.Debug?.Accessed(address, physical, size, WatchedAccesses.Stores);
    }

    /// <summary>
    /// Fetches the half-words of the instruction at an address; raises the exception and returns false if there is one.
    /// </summary>
    public bool TryFetch(uint pc, out uint encoding)
    {
        if (!TryFetchHalf(pc, pc & ~3u, out encoding))
        {
            return false;
        }

        if (Decoder.IsFull(encoding))
        {
            if (!TryFetchHalf(pc + 2, (pc + 2) & ~3u, out uint upper))
            {
                return false;
            }

            encoding |= upper << 16;
        }

        return true;
    }

    /// <summary>Finds the page to execute from, for an engine that keeps decoded pages.</summary>
    /// <returns>False where fetching faults, and where a breakpoint leaves the page to the stepper; nothing is raised.</returns>
    public bool TryFindCode(uint pc, out uint physical)
    {
        physical = pc;
        return hart.Debug?.HasBreakpointInPage(pc) != true
            && (!hart.Translation.IsOn(hart.Privilege)
                || hart.Translation.TryWalk(pc, Access.Fetch, hart.Privilege, out physical))
            && soc.Memory.FindOnBus(physical) is { Executable: true };
    }

    private bool TryFetchHalf(uint address, uint word, out uint half)
    {
        half = 0;
        uint physical = address;
        if (hart.Translation.IsOn(hart.Privilege)
            && !hart.Translation.TryWalk(address, Access.Fetch, hart.Privilege, out physical))
        {
            hart.Raise(ExceptionCause.InstructionPage, word);
            return false;
        }

        MemoryRegion? region = soc.Memory.FindOnBus(physical);
        if (region is not { Executable: true })
        {
            hart.Raise(ExceptionCause.InstructionAccess, word);
            return false;
        }

        half = *(ushort*)(region.Pages[PhysicalMemory.PageIndex(region, physical)] + (physical & 0xFFE));
        return true;
    }

    private bool TryTranslate(uint address, Access access, out uint physical)
    {
        Privilege effective = hart.DataPrivilege;
        physical = address;
        return !hart.Translation.IsOn(effective)
            || hart.Translation.TryWalk(address, access, hart.Privilege, out physical);
    }

    private bool TryReadPhysical(uint address, uint physical, uint size, out uint value)
    {
        bool answered = TryReadBus(address, physical, size, out value);
        if (answered)
        {
            hart.Debug?.Accessed(address, physical, size, WatchedAccesses.Loads);
        }

        return answered;
    }

    private bool TryReadBus(uint address, uint physical, uint size, out uint value)
    {
        MemoryRegion? region = soc.Memory.FindOnBus(physical);
        if (region is not null)
        {
            LoadRight right = region.LoadGuard?.CheckLoad(physical) ?? LoadRight.Everybody;
            byte* page = region.Pages[PhysicalMemory.PageIndex(region, physical)];
            byte* place = page + (physical & 0xFFF);
            value = right == LoadRight.Denied ? 0 : size == 4 ? *(uint*)place : size == 2 ? *(ushort*)place : *place;
            if (hart.DataIsCached && right == LoadRight.Everybody && !IsWatched(address, physical, WatchedAccesses.Loads))
            {
                hart.Cache.FillRead(address, hart.Translation.Leaf, page);
            }

            return true;
        }

        bool answered = TryReadBlock(address, physical & ~3u, out uint word);
        value = Narrow(word, physical, size);
        return answered;
    }

    // The bytes of a word that an access of a size at an address gets.
    private static uint Narrow(uint word, uint address, uint size)
    {
        word >>= (int)(address & 3) * 8;
        return size == 4 ? word : word & ((1u << (int)(size * 8)) - 1);
    }

    private static (uint Lanes, int Shift) Lanes(uint address, uint size)
    {
        int shift = (int)(address & 3) * 8;
        return ((size == 4 ? uint.MaxValue : (1u << (int)(size * 8)) - 1) << shift, shift);
    }

    private bool TryReadBlock(uint address, uint physical, out uint value)
    {
        value = 0;
        if (soc.Bus.Find(physical) is { } mapped)
        {
            if (hart.DataIsCached)
            {
                devices.Enter(address, store: false, physical, mapped);
            }

            value = mapped.Peripheral.Read(physical - mapped.Base);
            Trace?.NoteRead(mapped.Peripheral.SteadyUntil(physical - mapped.Base));
            return true;
        }

        if (physical - NullBase < NullLength)
        {
            return true;
        }

        if (NameOfHole(physical) is { } name)
        {
            soc.ReportUnmodelled(name, physical, isWrite: false, value: 0);
            return true;
        }

        return false;
    }

    private void StoreToBlock(uint address, uint physical, uint value, uint lanes)
    {
        if (soc.Bus.Find(physical) is { } mapped)
        {
            if (hart.DataIsCached)
            {
                devices.Enter(address, store: true, physical, mapped);
            }

            mapped.Peripheral.Write((physical & ~3u) - mapped.Base, value & lanes, lanes);
        }
        else if (physical - NullBase >= NullLength)
        {
            soc.ReportUnmodelled(
                NameOfHole(physical) ?? "no memory and no block", physical, isWrite: true, value & lanes);
        }
    }

    private void StoreToRam(uint address, MemoryRegion region, uint physical, uint size, uint value)
    {
        byte* page = soc.Memory.PageForWrite(region, physical);
        byte* place = page + (physical & 0xFFF);
        switch (size)
        {
            case 4:
                *(uint*)place = value;
                break;
            case 2:
                *(ushort*)place = (ushort)value;
                break;
            default:
                *place = (byte)value;
                break;
        }

        if (region.Watches[PhysicalMemory.PageIndex(region, physical)] != PageWatch.None)
        {
            soc.Memory.TellWatcher(region, physical, size);
        }
        else if (hart.DataIsCached && !IsWatched(address, physical, ByWriteTable))
        {
            hart.Cache.TryFillWrite(address, hart.Translation.Leaf, region, physical);
        }
    }

    private bool IsWatched(uint address, uint physical, WatchedAccesses accesses) =>
        hart.Debug?.WatchesPage(address, physical, accesses) == true;

    // Where the bus answers although no block is there: the peripheral windows, the flash that is not bonded out,
    // and the core's window. Everywhere else a load faults.
    private static string? NameOfHole(uint physical) => (physical >> 28) switch
    {
        0x4 or 0x5 => "no block",
        0xE => "no core register",
        0x7 when physical - XipBase < XipLength => "XIP flash (not bonded out)",
        _ => null,
    };
}
