// A leaf of an Sv32 page table as this kernel uses it (xous-abi 2.1). The software bit Lent is set exactly while a page
// is away: the entry then keeps page and permissions, but is not valid, for neither reading nor writing.

namespace XousCloud.Kernel;

public static class PageTableEntry
{
    public const uint Valid = 1 << 0;
    public const uint Read = 1 << 1;
    public const uint Write = 1 << 2;
    public const uint Execute = 1 << 3;
    public const uint User = 1 << 4;
    public const uint Accessed = 1 << 6;
    public const uint Dirty = 1 << 7;
    public const uint Lent = 1 << 8;

    public const uint Permissions = Read | Write | Execute;

    /// <summary>What every present page of a process has.</summary>
    public const uint Present = Valid | User | Accessed | Dirty;

    public static uint Page(uint entry) => entry >> 10;

    public static uint Of(uint page, uint bits) => (page << 10) | bits;

    public static bool IsPresent(uint entry) => (entry & (Valid | User)) == (Valid | User);

    public static bool IsLent(uint entry) => (entry & Lent) != 0;

    /// <summary>Promised, and without a page until it is touched.</summary>
    public static bool IsReserved(uint entry) => (entry & (Valid | Lent)) == 0 && (entry & Permissions) != 0;
}
