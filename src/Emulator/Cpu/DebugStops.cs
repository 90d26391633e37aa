// Where a debugger wants the machine to stop: before the instruction at an address, or behind one that loads from or stores
// to some bytes. All addresses are virtual, in whatever address space runs; those of watchpoints may be physical as well.
//
// It costs nothing where it is not used: pages with a breakpoint have no entry in the tables that the fast engines execute
// from, pages with a watchpoint none in those that they load or store by. What happens there comes to the stepper's way,
// which asks here; everything else runs as fast as before. Memory is not changed, so breakpoints hold in RRAM, too.

namespace XousCloud.Emulator.Cpu;

/// <summary>Accesses that a watchpoint is about.</summary>
[Flags]
public enum WatchedAccesses
{
    Loads = 1,
    Stores = 2,
}

/// <summary>Bytes that are watched.</summary>
/// <param name="Address">The first, virtual or physical.</param>
/// <param name="Length">How many, at least 1.</param>
/// <param name="Accesses">What stops the machine.</param>
public sealed record Watchpoint(uint Address, uint Length, WatchedAccesses Accesses);

/// <summary>Why the machine stopped.</summary>
/// <param name="Address">Of the instruction that would be next, or the address that was accessed.</param>
/// <param name="Watchpoint">What was hit; null for a breakpoint.</param>
public sealed record DebugHit(uint Address, Watchpoint? Watchpoint);

/// <summary>The breakpoints and watchpoints of one machine. They are no part of its state.</summary>
public sealed class DebugStops
{
    private const int PageShift = 12;

    private readonly Hart hart;
    private readonly Action stop;
    private readonly HashSet<uint> breakpoints = [];
    private readonly List<Watchpoint> watchpoints = [];
    private uint? passing;

    internal DebugStops(Hart hart, Action stop)
    {
        this.hart = hart;
        this.stop = stop;
    }

    /// <summary>What stopped the machine last, until <see cref="ClearHit"/>.</summary>
    public DebugHit? Hit { get; private set; }

    internal bool HasWatchpoints => watchpoints.Count > 0;

    public void ClearHit() => Hit = null;

    /// <summary>Stops the machine before the instruction at an address, each time; setting it twice is setting it once.</summary>
    public void AddBreakpoint(uint address)
    {
        breakpoints.Add(address & ~1u);
        hart.Cache.ForgetAll();
    }

    /// <returns>False where there was none.</returns>
    public bool RemoveBreakpoint(uint address)
    {
        hart.Cache.ForgetAll();
        return breakpoints.Remove(address & ~1u);
    }

    /// <summary>Stops the machine behind every instruction that accesses watched bytes.</summary>
    public void AddWatchpoint(Watchpoint watchpoint)
    {
        watchpoints.Add(watchpoint);
        hart.Cache.ForgetAll();
    }

    /// <returns>False where there was none.</returns>
    public bool RemoveWatchpoint(Watchpoint watchpoint)
    {
        hart.Cache.ForgetAll();
        return watchpoints.Remove(watchpoint);
    }

    /// <summary>Takes all of them away.</summary>
    public void Clear()
    {
        breakpoints.Clear();
        watchpoints.Clear();
        passing = null;
        Hit = null;
        hart.Cache.ForgetAll();
    }

    /// <summary>The breakpoint at an address, if any, does not stop the core when it comes there next: it stands there.</summary>
    internal void Pass(uint pc) => passing = breakpoints.Contains(pc) ? pc : null;

    internal bool HasBreakpointInPage(uint pc)
    {
        foreach (uint breakpoint in breakpoints)
        {
            if (breakpoint >> PageShift == pc >> PageShift)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asked before an instruction is executed.</summary>
    /// <returns>Whether the machine is to stop instead; it was told so.</returns>
    internal bool StopsBefore(uint pc)
    {
        if (!breakpoints.Contains(pc))
        {
            return false;
        }

        if (passing == pc)
        {
            passing = null;
            return false;
        }

        Hit = new DebugHit(pc, null);
        stop();
        return true;
    }

    internal bool WatchesPage(uint address, uint physical, WatchedAccesses accesses)
    {
        foreach (Watchpoint watched in watchpoints)
        {
            if ((watched.Accesses & accesses) != 0 && (TouchesPage(watched, address) || TouchesPage(watched, physical)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Told of every access that may be watched, when it is done.</summary>
    internal void Accessed(uint address, uint physical, uint size, WatchedAccesses access)
    {
        foreach (Watchpoint watched in watchpoints)
        {
            if ((watched.Accesses & access) != 0 && (Touches(watched, address, size) || Touches(watched, physical, size)))
            {
                Hit = new DebugHit(address, watched);
                stop();
                return;
            }
        }
    }

    private static bool Touches(Watchpoint watched, ulong address, ulong size) =>
        address < (ulong)watched.Address + watched.Length && watched.Address < address + size;

    private static bool TouchesPage(Watchpoint watched, uint address) =>
        Touches(watched, address >> PageShift << PageShift, 1u << PageShift);
}
