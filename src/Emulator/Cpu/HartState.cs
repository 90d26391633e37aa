// The part of the core's state that generated and threaded code works on: registers, the page tables that act
// as TLB, and why the fast path was left. It lives in a pinned array, so its address never moves.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Cpu;

/// <summary>Why the threaded interpreter came back.</summary>
internal enum FastExit : uint
{
    /// <summary>The budget does not reach to the next check.</summary>
    Budget,

    /// <summary>The slot at pc is not decoded.</summary>
    Undecoded,

    /// <summary>The instruction at pc needs the stepper.</summary>
    Slow,

    /// <summary>The instruction at pc is on a page without an entry in the execute table.</summary>
    Page,
}

/// <summary>Registers and tables of the hot path.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HartState
{
    /// <summary>Where writes to x0 go.</summary>
    public const int Sink = 32;

    /// <summary>x0 to x31, then the sink.</summary>
    public fixed uint X[33];

    public uint Pc;

    /// <summary>The LR/SC flag: set by LR, cleared by any store.</summary>
    public uint Reservation;

    public FastExit Exit;

    /// <summary>Instructions left when the fast path was left.</summary>
    public long Budget;

    /// <summary>Where generated code was left, and the address of the access that was to be made there.</summary>
    public uint Site;
    public uint Address;

    /// <summary>For generated code, within one instruction.</summary>
    public ulong Scratch;

    /// <summary>What mcycle and minstret read when the budget is used up.</summary>
    public ulong CycleAtEnd;
    public ulong RetiredAtEnd;

    // The CSRs that generated code reads or writes; the rest are the register file's.
    public uint Mstatus;
    public uint Satp;
    public uint Mtvec;
    public uint Mscratch;
    public uint Mepc;
    public uint Mcause;
    public uint Mtval;
    public uint Stvec;
    public uint Sscratch;
    public uint Sepc;
    public uint Scause;
    public uint Stval;

    /// <summary>Virtual address of the page that is executing.</summary>
    public uint PageAddress;

    /// <summary>First slot of the page that is executing.</summary>
    public Slot* Page;

    /// <summary>The tables that the core looks through, and in them those for loads, stores and execution.</summary>
    public byte* Tables;
    public nint* Read;
    public nint* Write;
    public void** Execute;
}

/// <summary>One predecoded instruction. A page has one for each half-word, and one more that leaves the page.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Slot
{
    /// <summary>Executes the instruction and jumps on: (slot, registers, state, budget).</summary>
    public delegate*<Slot*, uint*, HartState*, long, void> Handler;
    public int Immediate;
    public byte Rd;
    public byte Rs1;
    public byte Rs2;

    /// <summary>Index of the handler, for slots whose <see cref="Handler"/> is the budget check.</summary>
    public byte Code;
}
