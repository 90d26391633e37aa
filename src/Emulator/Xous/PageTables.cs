// Reads the page tables of an address space that need not be the current one: Sv32 with the two bits that Xous keeps
// in an entry. Facts: Xous's ABI, page tables.

using System.Runtime.InteropServices;
using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Xous;

internal static class PageTables
{
    private const uint Valid = 1 << 0;
    private const uint Permissions = 0b1110;
    private const uint LentOut = 1 << 8;
    private const uint SwappedOut = 1 << 9;
    private const uint RootPpn = 0x003F_FFFF;
    private const int Entries = 1024;

    // More tables than there are pages of RAM: only a guest that maps one table many times comes here.
    private const int TableLimit = 600;

    /// <summary>Where a virtual address of an address space is; superpages are not followed.</summary>
    public static bool TryTranslate(PhysicalMemory memory, uint satp, uint address, out uint physical)
    {
        physical = 0;
        Span<byte> entry = stackalloc byte[4];
        if (!memory.TryRead(Root(satp) + ((address >> 22) * 4), entry)
            || !memory.TryRead(Table(MemoryMarshal.Read<uint>(entry)) + (((address >> 12) & 0x3FF) * 4), entry))
        {
            return false;
        }

        uint leaf = MemoryMarshal.Read<uint>(entry);
        physical = Table(leaf) | (address & 0xFFF);
        return (leaf & Valid) != 0;
    }

    /// <summary>Counts the pages of an address space's user part.</summary>
    public static ProcessMemory Count(PhysicalMemory memory, uint satp, int? owned)
    {
        int mapped = 0, reserved = 0, lent = 0, swapped = 0, tables = 0;
        Span<uint> root = stackalloc uint[Entries];
        Span<uint> table = stackalloc uint[Entries];
        if (!memory.TryRead(Root(satp), MemoryMarshal.AsBytes(root)))
        {
            return new ProcessMemory(owned, 0, 0, 0, 0);
        }

        foreach (uint upper in root[..(int)(XousAbi.UserEnd >> 22)])
        {
            if ((upper & (Valid | Permissions)) != Valid || tables++ >= TableLimit
                || !memory.TryRead(Table(upper), MemoryMarshal.AsBytes(table)))
            {
                continue;
            }

            foreach (uint leaf in table)
            {
                switch (leaf & (Valid | LentOut | SwappedOut))
                {
                    case 0:
                        reserved += (leaf & Permissions) != 0 ? 1 : 0;
                        break;
                    case Valid:
                        mapped++;
                        break;
                    case LentOut:
                        lent++;
                        break;
                    default:
                        swapped++;
                        break;
                }
            }
        }

        return new ProcessMemory(owned, mapped, reserved, lent, swapped);
    }

    private static uint Root(uint satp) => (satp & RootPpn) << 12;

    private static uint Table(uint entry) => entry >> 10 << 12;
}
