// What is told about a process and its threads. Facts behind the names: Xous's ABI, scheduling, threads, processes.

namespace XousCloud.Emulator.Xous;

/// <summary>A process's state as the syscall boundary shows it.</summary>
public enum XousProcessState : byte
{
    /// <summary>At least one thread could run.</summary>
    Ready,

    /// <summary>The core is in one of its threads.</summary>
    Running,

    /// <summary>All threads wait.</summary>
    Sleeping,

    /// <summary>It ended; its number has not been given out again.</summary>
    Terminated,
}

/// <summary>A process.</summary>
/// <param name="Pid">1 to 64; 1 is the kernel.</param>
/// <param name="Name">The name that the image gives it, or null where it gives none.</param>
/// <param name="State">What it does.</param>
/// <param name="Satp">Its address space: mode, ASID (the PID) and root page.</param>
/// <param name="Memory">Its pages.</param>
/// <param name="Connections">How many of its 32 connections are taken, those to servers that are gone included.</param>
/// <param name="Threads">In the order of their numbers. The kernel's are not seen.</param>
/// <param name="Calls">How often it made each call.</param>
/// <param name="End">Why and when it ended, or null while it lives.</param>
public sealed record XousProcess(
    int Pid,
    string? Name,
    XousProcessState State,
    uint Satp,
    ProcessMemory Memory,
    int Connections,
    IReadOnlyList<XousThread> Threads,
    IReadOnlyDictionary<Syscall, uint> Calls,
    ProcessEnd? End);

/// <summary>A process's memory in pages of 4 KiB.</summary>
/// <param name="Owned">
/// Pages of main RAM that are its own by the kernel's page tracker, page tables included; null where there is no tracker.
/// </param>
/// <param name="Mapped">Pages in its user space that it can touch now: RAM, flash or registers.</param>
/// <param name="Reserved">Pages that it gets at the first touch.</param>
/// <param name="Lent">Pages that it has lent to a server.</param>
/// <param name="Swapped">Pages that are swapped out, or stand in flash and were not fetched yet.</param>
public sealed record ProcessMemory(int? Owned, int Mapped, int Reserved, int Lent, int Swapped);

/// <summary>A process's end.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Cycle">When.</param>
public sealed record ProcessEnd(string Reason, ulong Cycle);

public enum XousThreadState : byte
{
    /// <summary>It could run.</summary>
    Ready,

    /// <summary>The core is in it.</summary>
    Running,

    /// <summary>It waits in a call; see <see cref="XousThread.Call"/>.</summary>
    Waiting,
}

/// <summary>A thread.</summary>
/// <param name="Tid">
/// 0 an interrupt handler, 1 an exception handler, 2 the initial thread, 3 to 30 created ones. Null for a created
/// thread whose creator has not come back from the call that tells the number.
/// </param>
/// <param name="State">What it does.</param>
/// <param name="Pc">Where it runs, or goes on.</param>
/// <param name="Call">The call that it is in, or null.</param>
public sealed record XousThread(int? Tid, XousThreadState State, uint Pc, PendingCall? Call);

/// <summary>A call that has not come back.</summary>
/// <param name="Number">Which.</param>
/// <param name="Since">The cycle of the call; of the first attempt where the kernel has it made again and again.</param>
/// <param name="Server">The server that is received from, sent to, or waited for until it exists; else null.</param>
/// <param name="Message">The message that an answer is awaited of: the sequence number of its sending; else null.</param>
/// <param name="Thread">The thread whose end is awaited; else null.</param>
public sealed record PendingCall(Syscall Number, ulong Since, ServerId? Server, ulong? Message, int? Thread);
