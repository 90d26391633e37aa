// A process: an address space, threads, and connections to servers.

using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

public struct Process
{
    /// <summary>Process numbers are 1 (the kernel) to 64.</summary>
    public const int Limit = 64;

    public const uint ThreadLimit = 31;
    public const uint InterruptThread = 0;
    public const uint ExceptionThread = 1;
    public const uint FirstThread = 2;

    /// <summary>The page number of the root page table; 0 if there is no process here.</summary>
    public uint RootPage;

    /// <summary>The page number of thread contexts and waits.</summary>
    public uint ContextPage;

    /// <summary>One bit for each thread that exists.</summary>
    public uint Threads;

    /// <summary>One bit for each thread that could run, the running one included.</summary>
    public uint Ready;

    /// <summary>The thread that ran last; the next turn begins behind it.</summary>
    public byte LastThread;

    /// <summary>The number that a new thread gets, if it is free.</summary>
    public byte NextThread;

    /// <summary>The exception handler runs for this thread; no other thread of the process does meanwhile. 0: none.</summary>
    public byte ExceptionOf;

    public uint ExceptionHandler;
    public uint ExceptionStack;

    public uint HeapSize;
    public uint HeapLimit;

    /// <summary>Where the last search for free pages succeeded.</summary>
    public uint DefaultLast;
    public uint MessageLast;

    public Connections Connections;

    public readonly bool Exists => RootPage != 0;
}

/// <summary>Connection c of a process stands at index c - 2: free, dead, or the server's index + 2.</summary>
[InlineArray(Count)]
public struct Connections
{
    public const int Count = 32;
    public const uint FirstNumber = 2;
    public const byte Free = 0;
    public const byte Dead = 1;
    public const byte FirstServer = 2;

    private byte first;
}
