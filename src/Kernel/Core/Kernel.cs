// The kernel's state and the way through it. The supervisor's trap entry calls one of three methods, with interrupts off:
// SystemCall, Fault or Interrupt. Each leaves in CurrentProcess and CurrentThread who runs next.
//
// Principles, which every file here keeps:
//   - A call is checked in full before it changes anything: an error leaves the world as it was.
//   - A thread that waits says for what (Wait), so the end of anything finds who waits for it.
//   - Every page has one owner (PageTracker). A page that is lent can be reached by the borrower alone.
//   - There is no heap, and no loop without a bound that the tables give.
//   - What a process does wrong is an XousError or its death. A failed check in here is the kernel's own fault: a panic.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

/// <summary>About 11 KiB; there is one, and it is never copied.</summary>
public partial struct Kernel
{
    /// <summary>The process that all RAM of the kernel belongs to, and the parent of every other.</summary>
    public const uint KernelProcess = 1;

    // The order is that of the addresses: what is small and often used lies within reach of an instruction's offset.
    private PhysicalMemory memory;

    /// <summary>The kernel's root page table, whose entries for the kernel's addresses every process shares.</summary>
    private uint kernelRoot;

    /// <summary>The process whose turn it is, whoever runs in it by way of messages.</summary>
    private uint turn;

    /// <summary>The processes that have a ready thread: bit n - 1 of the two words is process n.</summary>
    private uint readyLow;
    private uint readyHigh;

    private DeathReport lastDeath;

    private uint claimedLines;
    private uint interruptedProcess;
    private uint interruptedThread;

    /// <summary>The interrupt handler has asked for the end of the interrupted turn.</summary>
    private bool endsTurn;

    public bool IsInInterrupt { get; private set; }

    /// <summary>Who runs. Process 0: nobody can, and the hart waits for an interrupt.</summary>
    public uint CurrentProcess { get; private set; }

    public uint CurrentThread { get; private set; }

    /// <summary>A page table has changed since the processor's copies were dropped; the supervisor drops them and resets this.</summary>
    public bool IsTranslationStale { get; set; }

    /// <summary>Four words that cannot be guessed, for the calls of which <see cref="NeedsRandom"/> is true.</summary>
    public ServerId Random { get; set; }

    /// <summary>What killed a process, for the supervisor to report and reset.</summary>
    [UnscopedRef]
    public ref DeathReport LastDeath => ref lastDeath;

    private Processes processes;
    private Servers servers;
    private InterruptLines lines;
    private PageTracker tracker;

    [UnscopedRef]
    public readonly ref readonly PageTracker Tracker => ref tracker;

    [UnscopedRef]
    public ref PageTracker Pages => ref tracker;

    /// <summary>Nothing runs, and all RAM is free but what the caller claims for itself afterwards.</summary>
    public void Initialize(PhysicalMemory ram, uint rootOfKernel)
    {
        memory = ram;
        kernelRoot = rootOfKernel;
        tracker.Initialize(ram.FirstPage, ram.PageCount);
    }

    /// <summary>The registers of the thread that runs next.</summary>
    [UnscopedRef]
    public ref ThreadContext CurrentContext => ref Context(CurrentProcess, CurrentThread);

    /// <summary>The page number of the root page table of the process that runs next.</summary>
    public uint CurrentRoot => CurrentProcess == 0 ? kernelRoot : processes[(int)CurrentProcess].RootPage;

    public static bool NeedsRandom(uint number) => (SystemCallNumber)number
        is SystemCallNumber.CreateServer or SystemCallNumber.CreateServerId or SystemCallNumber.RawTrng or SystemCallNumber.CreateProcess;

    [UnscopedRef]
    internal ref Process ProcessOf(uint process) => ref processes[(int)process];

    [UnscopedRef]
    internal ref Server ServerAt(uint server) => ref servers[(int)server];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ThreadContext Context(uint process, uint thread) => ref memory.Context(processes[(int)process].ContextPage, thread);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref MessageSlot Slot(uint server, uint slot) => ref memory.Slot(servers[(int)server].QueuePage, slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Wait WaitOf(uint process, uint thread) => ref memory.WaitOf(processes[(int)process].ContextPage, thread);

    [InlineArray(Process.Limit + 1)]
    private struct Processes
    {
        private Process first;
    }

    [InlineArray(Server.Limit)]
    private struct Servers
    {
        private Server first;
    }
}

/// <param name="Process">0: no process has died.</param>
/// <param name="Thread">The thread that did it.</param>
/// <param name="Cause">The exception's code, as in scause.</param>
/// <param name="Pc">Where.</param>
/// <param name="Value">The address or the instruction, as in stval.</param>
public readonly record struct DeathReport(uint Process, uint Thread, uint Cause, uint Pc, uint Value);
