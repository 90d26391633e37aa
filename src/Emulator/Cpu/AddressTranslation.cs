// Sv32 as this core does it: two levels, A and D neither looked at nor written, G and ASID ignored, and the
// SUM rule applied to instruction fetch as well. Facts: datasheet, MMU.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>What a translation is for.</summary>
internal enum Access
{
    Fetch,
    Load,
    Store,
}

/// <summary>Walks page tables.</summary>
internal sealed unsafe class AddressTranslation(PhysicalMemory memory, ControlRegisterFile registers)
{
    private const uint Valid = 1 << 0;
    private const uint Readable = 1 << 1;
    private const uint Writable = 1 << 2;
    private const uint Executable = 1 << 3;
    private const uint UserPage = 1 << 4;

    /// <summary>Stands for a second-level table where a superpage has none: the address of no page.</summary>
    public const uint NoTable = 1;

    private const uint ModeSv32 = 0x8000_0000;
    private const uint RootPpn = 0x003F_FFFF;

    /// <summary>Physical address of the root table.</summary>
    public uint Root => (registers.Satp & RootPpn) << 12;

    /// <summary>The second-level table of the latest walk that succeeded, or <see cref="NoTable"/>.</summary>
    public uint Leaf { get; private set; } = NoTable;

    /// <summary>Whether an access of a privilege goes through page tables.</summary>
    public bool IsOn(Privilege effective) => effective != Privilege.Machine && (registers.Satp & ModeSv32) != 0;

    /// <summary>Translates an address.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="access">What for.</param>
    /// <param name="mode">The privilege that the core runs at; M only with MPRV, which skips the check of U pages.</param>
    /// <param name="physical">The 32-bit physical address.</param>
    /// <returns>False for a page fault.</returns>
    public bool TryWalk(uint address, Access access, Privilege mode, out uint physical)
    {
        physical = 0;
        uint leaf = NoTable;
        if (!TryReadEntry(Root + ((address >> 22) * 4), out uint entry))
        {
            return false;
        }

        uint offsetBits = 0x003F_FFFF;
        if ((entry & (Readable | Executable)) == 0)
        {
            leaf = (entry >> 10) << 12;
            if (!TryReadEntry(leaf + (((address >> 12) & 0x3FF) * 4), out entry)
                || (entry & (Readable | Executable)) == 0)
            {
                return false;
            }

            offsetBits = 0xFFF;
        }
        else if (((entry >> 10) & 0x3FF) != 0)
        {
            return false; // a superpage must start at a multiple of 4 MiB
        }

        if (!IsAllowed(entry, access, mode))
        {
            return false;
        }

        Leaf = leaf;
        physical = (((entry >> 10) << 12) & ~offsetBits) | (address & offsetBits);
        return true;
    }

    private bool TryReadEntry(uint address, out uint entry)
    {
        MemoryRegion? region = memory.FindOnBus(address);
        entry = region is null ? 0 : *(uint*)(region.Pages[PhysicalMemory.PageIndex(region, address)] + (address & 0xFFC));
        return (entry & Valid) != 0 && (entry & (Readable | Writable)) != Writable;
    }

    private bool IsAllowed(uint entry, Access access, Privilege mode)
    {
        bool user = (entry & UserPage) != 0;
        bool visible = mode switch
        {
            Privilege.User => user,
            Privilege.Supervisor => !user || (registers.Mstatus & ControlRegisterFile.Sum) != 0,
            _ => true,
        };
        bool permitted = access switch
        {
            Access.Fetch => (entry & Executable) != 0,
            Access.Store => (entry & Writable) != 0,
            _ => (entry & Readable) != 0
                || ((entry & Executable) != 0 && (registers.Mstatus & ControlRegisterFile.Mxr) != 0),
        };
        return visible && permitted;
    }
}
