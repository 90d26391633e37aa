// Virtual addresses of a process and of the kernel (xous-abi 1.1). Ours differs from the original above 0xFF00_0000,
// which no program can see: one megapage maps all of SRAM for the kernel, so no page table maps itself.

namespace XousCloud.Kernel;

public static class AddressMap
{
    public const uint PageSize = 4096;

    public const uint HeapBase = 0x2000_0000;
    public const uint MessageBase = 0x4000_0000;
    public const uint MessageLength = 0x0040_0000;
    public const uint DefaultBase = 0x6000_0000;
    public const uint DefaultLength = 0x1000_0000;
    public const uint StackTop = 0x8000_0000;

    /// <summary>A process's heap may grow to this many bytes until it raises the limit itself.</summary>
    public const uint HeapLimit = 512 * 1024;

    /// <summary>The first address that a process may not name.</summary>
    public const uint UserEnd = 0xFF00_0000;

    /// <summary>SRAM as the kernel sees it.</summary>
    public const uint DirectMap = 0xFF00_0000;

    /// <summary>Return addresses that are never mapped: jumping there says to the kernel what has ended.</summary>
    public const uint ReturnFromInterrupt = 0xFF80_2000;

    public const uint ExitThread = 0xFF80_3000;

    public const uint ReturnFromException = 0xFF80_4000;
}
