// Drives one machine in turns of a few milliseconds, at the wall's pace or as fast as it goes. A stretch of
// executing is cut into strides of about a millisecond, so that the turn's length and the mailbox are looked
// at often enough whatever the guest does; a waiting core costs no strides, it jumps.
//
// Whether a core really rests is only known after it was given one more cycle: an event at the very cycle where
// a run ended may have raised an interrupt that the next instruction boundary takes.

using System.Diagnostics;
using XousCloud.Api.Devices;
using XousCloud.Emulator;

namespace XousCloud.Api.Scheduling;

/// <summary>Runs a machine by the clock.</summary>
internal sealed class MachineRunner(Machine machine)
{
    private const ulong SmallestStride = 20_000;
    private const ulong LargestStride = 5_000_000;
    private const ulong Unbounded = ulong.MaxValue / 2;

    private static readonly long TurnLength = Milliseconds(5);
    private static readonly long StrideLength = Milliseconds(1);

    // A core that works at the wall's pace is resumed this often.
    private static readonly long WorkingInterval = Milliseconds(2);

    // A resting core is resumed at multiples of this only: its events may be this late, but one turn serves several
    // of them, and one waking of a thread serves many devices.
    private static readonly long RestingInterval = Milliseconds(5);

    private readonly WallClock clock = new();
    private ulong stride = SmallestStride;
    private DevicePace pace;

    /// <summary>The machine that is run.</summary>
    public Machine Machine => machine;

    /// <summary>Averages for those who look on.</summary>
    public RunStatistics Statistics { get; } = new();

    /// <summary>Wall time that running has taken so far, in Stopwatch ticks.</summary>
    public long Busy { get; private set; }

    /// <summary>The core waits, and nothing is pending that would end the wait before the next event.</summary>
    public bool IsResting { get; private set; }

    private static long Milliseconds(int count) => Stopwatch.Frequency * count / 1000;

    /// <summary>Starts, or goes on at another pace.</summary>
    public void Start(DevicePace atPace)
    {
        pace = atPace;
        IsResting = false;
        clock.Anchor(Stopwatch.GetTimestamp(), machine.Nanoseconds);
        Statistics.Clear();
    }

    /// <summary>To be called after each input: what was known about rest holds no longer.</summary>
    public void Disturb() => IsResting = false;

    /// <summary>Brings a resting core to the wall's time, so that an input meets it there.</summary>
    public void CatchUp()
    {
        if (IsResting && pace == DevicePace.Real)
        {
            _ = Turn(static () => false, alarm: null);
        }
    }

    /// <summary>Runs for one turn.</summary>
    /// <param name="interrupted">Asked after each stride: whether something else should be done first.</param>
    /// <param name="alarm">Virtual time in nanoseconds that somebody waits for.</param>
    /// <returns>When to go on. A guest that died wants no more turns.</returns>
    public Wake Turn(Func<bool> interrupted, ulong? alarm)
    {
        long start = Stopwatch.GetTimestamp();
        long now = start;
        while (true)
        {
            ulong target = Target(now, alarm);
            if (machine.Cycle < target)
            {
                if (Advance(target) == RunStop.Dead)
                {
                    Busy += Stopwatch.GetTimestamp() - start;
                    return Wake.WhenWoken;
                }

                now = Stopwatch.GetTimestamp();
            }

            bool reached = machine.Cycle >= target;
            if (reached || now - start >= TurnLength || interrupted())
            {
                Busy += now - start;
                Statistics.Sample(now, machine.InstructionsExecuted, machine.Nanoseconds);
                if (!reached && pace == DevicePace.Real)
                {
                    clock.LimitLag(now, machine.Nanoseconds);
                }

                return reached ? Sleep(now, alarm) : Wake.Again;
            }
        }
    }

    /// <summary>Runs to a cycle that was reached before, for one turn at most.</summary>
    /// <returns>True when it is reached, or can never be.</returns>
    public bool Replay(ulong cycle)
    {
        long start = Stopwatch.GetTimestamp();
        while (machine.Cycle < cycle)
        {
            if (Advance(cycle) == RunStop.Dead)
            {
                return true;
            }

            if (Stopwatch.GetTimestamp() - start >= TurnLength)
            {
                break;
            }
        }

        Busy += Stopwatch.GetTimestamp() - start;
        return machine.Cycle >= cycle;
    }

    private ulong Target(long now, ulong? alarm)
    {
        if (pace == DevicePace.Real)
        {
            return machine.Soc.Clocks.CycleAt(clock.NanosecondsAt(now));
        }

        // Nothing will ever happen by itself: stay here, or go where somebody waits.
        return IsResting && machine.NextEvent is null
            ? Math.Max(machine.Cycle, alarm is { } nanoseconds ? machine.Soc.Clocks.CycleAt(nanoseconds) : 0)
            : Unbounded;
    }

    private RunStop Advance(ulong target)
    {
        ulong cycle = machine.Cycle;
        if (machine.IsWaiting)
        {
            ulong next = machine.NextEvent ?? target;
            if (IsResting)
            {
                IsResting = machine.NextEvent is not { } due || due > target;
                return machine.Run(Math.Min(next, target) - cycle);
            }

            if (next > cycle + 1)
            {
                RunStop stop = machine.Run(1);
                IsResting = machine.IsWaiting && machine.Cycle == cycle + 1 && (machine.NextEvent ?? target) == next;
                return stop;
            }
        }

        // The target's last cycle is left for the question above: a core that rests there needs no other turn to
        // find that out.
        IsResting = false;
        return Execute(Math.Min(stride, Math.Max(1, target - cycle - 1)));
    }

    private RunStop Execute(ulong cycles)
    {
        ulong instructions = machine.InstructionsExecuted;
        long start = Stopwatch.GetTimestamp();
        RunStop stop = machine.Run(cycles);
        long elapsed = Stopwatch.GetTimestamp() - start;
        ulong executed = machine.InstructionsExecuted - instructions;
        if (executed >= SmallestStride / 2 && elapsed > 0)
        {
            // Half way towards what the last stride says, so that one odd stride does not decide.
            ulong wanted = (ulong)(executed * (double)StrideLength / elapsed);
            stride = Math.Clamp((stride + wanted) / 2, SmallestStride, LargestStride);
        }

        return stop;
    }

    private Wake Sleep(long now, ulong? alarm)
    {
        if (pace == DevicePace.Fast)
        {
            return Wake.WhenWoken;
        }

        if (!IsResting)
        {
            return new Wake(now + WorkingInterval);
        }

        ulong next = machine.NextEvent is { } cycle ? machine.Soc.Clocks.NanosecondsAt(cycle) : ulong.MaxValue;
        next = Math.Min(next, alarm ?? ulong.MaxValue);
        return next == ulong.MaxValue
            ? Wake.WhenWoken
            : new Wake((Math.Max(clock.TimestampAt(next), now) / RestingInterval * RestingInterval) + RestingInterval);
    }
}
