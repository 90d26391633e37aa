// Numbers of Xous's ABI that are neither calls nor results. Facts: Xous's ABI, address space, identifiers and limits,
// threads, interrupts, loader.

namespace XousCloud.Emulator.Xous;

internal static class XousAbi
{
    /// <summary>The largest PID. A PID is the ASID of its address space; 0 is none, 1 the kernel.</summary>
    public const int LastPid = 64;

    public const int KernelPid = 1;

    /// <summary>Where there is a swap: the process that moves pages.</summary>
    public const int SwapperPid = 2;

    /// <summary>Threads that a process can have: TIDs 0 to 30.</summary>
    public const int Threads = 31;

    public const byte InterruptTid = 0;
    public const byte ExceptionTid = 1;
    public const byte InitialTid = 2;

    /// <summary>The largest number of a connection; the first is 2.</summary>
    public const int LastConnection = 33;

    public const int Servers = 128;
    public const int Interrupts = 32;

    // Return addresses that are never mapped: jumping there tells the kernel that a handler or a thread ended.
    public const uint ReturnFromInterrupt = 0xFF80_2000;
    public const uint ExitThread = 0xFF80_3000;
    public const uint ReturnFromException = 0xFF80_4000;
    public const uint ReturnFromSwapper = 0xFF80_8000;

    /// <summary>The end of what a process may map; above are its page tables, its context and the kernel.</summary>
    public const uint UserEnd = 0xFF00_0000;

    /// <summary>Where the loader maps what it hands over, and the most that there is of it.</summary>
    public const uint Arguments = 0xFFC0_0000;
    public const uint ArgumentsLength = 0xD000;

    public const uint PageSize = 4096;

    public static uint PidOf(uint satp) => (satp >> 22) & 0x1FF;
}
