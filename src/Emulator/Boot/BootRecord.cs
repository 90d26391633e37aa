// What a boot has shown since the last reset: the end of what it printed, and the guard that fired. It looks on and
// changes nothing; it is kept with the machine's state, and no part of what identifies that.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boot;

/// <summary>Reads along on the ports that boot code and kernel print to.</summary>
internal sealed class BootRecord(SystemOnChip soc)
{
    // Boot code that gives up for good clears all memory, prints this so often on DUART, and spins.
    private const byte DeathMark = (byte)'X';
    private const int DeathMarks = 256;

    private const uint CGUSEL0 = 0x4004_0010;
    private const uint CGUSEL0_PLL = 1;
    private const ulong QuickNanoseconds = 2_000_000_000;

    private readonly ConsoleTail duart = new();
    private readonly ConsoleTail uart2 = new();
    private BootGuard guard;
    private ulong guardAt;
    private ushort marks;
    private uint resets;
    private uint quickResets;
    private ulong resetAt;
    private ResetKind lastReset;

    /// <summary>The weightiest guard that fired since the last reset from outside.</summary>
    public BootGuard Guard => guard;

    /// <summary>The cycle at which it fired.</summary>
    public ulong GuardAt => guardAt;

    /// <summary>Boot code has given up for good.</summary>
    public bool HasGivenUp => marks >= DeathMarks;

    /// <summary>Resets that the guest or its watchdog made since the last one from outside.</summary>
    public uint Resets => resets;

    /// <summary>How many of the latest resets came within 2 s of the one before.</summary>
    public uint QuickResets => soc.Clocks.NanosecondsAt(soc.Now) - resetAt < QuickNanoseconds ? quickResets : 0;

    public ResetKind LastReset => lastReset;

    /// <summary>The end of what a port has printed since the last reset from outside.</summary>
    public ConsoleTail Duart => duart;

    /// <inheritdoc cref="Duart"/>
    public ConsoleTail Uart2 => uart2;

    /// <summary>A byte left on a console port.</summary>
    public void Take(ConsolePort port, byte value)
    {
        if (port is not (ConsolePort.Duart or ConsolePort.Uart2))
        {
            return;
        }

        ConsoleTail tail = port == ConsolePort.Duart ? duart : uart2;
        tail.Add(value);
        foreach (BootMarker marker in BootMarkers.All)
        {
            if (marker.Text[^1] == value && (marker.Port ?? port) == port && tail.EndsWith(marker.Text))
            {
                Fire(marker.Guard);
            }
        }

        if (port == ConsolePort.Duart)
        {
            marks = value != DeathMark ? (ushort)0 : (ushort)Math.Min(marks + 1, DeathMarks);
            if (marks == DeathMarks)
            {
                Fire(RunsFromPll ? BootGuard.SecurityCheck : BootGuard.PllOff);
            }
        }
    }

    /// <summary>The chip was reset. What the guest does by itself it may do again and again, so that is remembered.</summary>
    public void Reset(ResetKind kind)
    {
        ulong now = soc.Clocks.NanosecondsAt(soc.Now);
        bool fromOutside = kind is ResetKind.PowerOn or ResetKind.Pad;
        marks = 0;
        resets = fromOutside ? 0 : resets + 1;
        quickResets = fromOutside || now - resetAt >= QuickNanoseconds ? 0 : quickResets + 1;
        (resetAt, lastReset) = (now, kind);
        if (fromOutside)
        {
            (guard, guardAt) = (BootGuard.None, 0);
            duart.Clear();
            uart2.Clear();
        }
        else if (guard != BootGuard.BoardTypeChanged)
        {
            (guard, guardAt) = (BootGuard.None, 0);
        }
    }

    public void State(StateStream state)
    {
        duart.State(state);
        uart2.State(state);
        state.Enum(ref guard);
        state.U64(ref guardAt);
        state.U16(ref marks);
        state.U32(ref resets);
        state.U32(ref quickResets);
        state.U64(ref resetAt);
        state.Enum(ref lastReset);
        guard = Enum.IsDefined(guard) ? guard : BootGuard.None;
        lastReset = Enum.IsDefined(lastReset) ? lastReset : ResetKind.PowerOn;
    }

    private bool RunsFromPll => soc.Bus.Find(CGUSEL0) is { } block
        && (block.Peripheral.Read(CGUSEL0 - block.Base) & CGUSEL0_PLL) != 0;

    private void Fire(BootGuard fired)
    {
        if (BootGuards.Weight(fired) > BootGuards.Weight(guard))
        {
            (guard, guardAt) = (fired, soc.Now);
        }
    }
}
