// TICKTIMER: a 64-bit count of ticks with an alarm; the time base of Xous and of the SDKs.
// Facts: generated LiteX core. A prescaler counts CLOCKS_PER_TICK down to 0 and reloads, so a tick lasts
// CLOCKS_PER_TICK + 1 cycles; a new value is taken at the next reload. The alarm is a level, target <= time:
// EV_PENDING mirrors it and cannot be cleared while it holds. Reset, load and pause restart or stop the count.
// Not modelled: the few cycles for which a newly written target is still on its way to the comparator.
//
// Nothing happens per tick: the count is computed when somebody looks, and one event marks the alarm.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The tick counter and its alarm.</summary>
public sealed class TickTimer : Peripheral
{
    private const uint CONTROL = 0x00;
    private const uint TIME1 = 0x04;
    private const uint TIME0 = 0x08;
    private const uint MSLEEP_TARGET1 = 0x0C;
    private const uint MSLEEP_TARGET0 = 0x10;
    private const uint EV_STATUS = 0x14;
    private const uint EV_PENDING = 0x18;
    private const uint EV_ENABLE = 0x1C;
    private const uint CLOCKS_PER_TICK = 0x20;

    private const uint ResetClocksPerTick = 800_000;
    private const int Line = 20;

    private readonly ScheduledEvent alarm;
    private bool held;
    private bool enable;
    private uint clocksPerTick;
    private ulong target;
    private ulong ticks;
    private ulong tickEnds;
    private bool pause;
    private bool wasPaused;
    private ulong pauseSettles;

    public TickTimer(SystemOnChip soc)
        : base(soc, "TICKTIMER") => alarm = new ScheduledEvent(soc.Events, EventPriority.Timer, Update);

    /// <summary>The count of ticks at this moment.</summary>
    public ulong Time
    {
        get
        {
            Advance();
            return ticks;
        }
    }

    /// <summary>Whether the count has stopped: it follows a pause, and its end, at the end of the running tick.</summary>
    public bool IsPaused => Soc.Now >= pauseSettles ? pause : wasPaused;

    private ulong Period => clocksPerTick + 1ul;

    private bool AlarmHolds => target <= Time;

    /// <summary>Stops or goes on counting (SUSRES).</summary>
    public void Pause(bool stop)
    {
        Advance();
        if (stop != pause)
        {
            wasPaused = IsPaused;
            pause = stop;
            pauseSettles = tickEnds;
            Update();
        }
    }

    /// <summary>Sets the count and starts a new tick (SUSRES).</summary>
    public void Load(ulong time)
    {
        Restart(time);
        Update();
    }

    public override uint Read(uint offset) => offset switch
    {
        CONTROL => held ? 1u : 0,
        TIME1 => (uint)(Time >> 32),
        TIME0 => (uint)Time,
        MSLEEP_TARGET1 => (uint)(target >> 32),
        MSLEEP_TARGET0 => (uint)target,
        EV_STATUS or EV_PENDING => AlarmHolds ? 1u : 0,
        EV_ENABLE => enable ? 1u : 0,
        CLOCKS_PER_TICK => clocksPerTick,
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => held || (pause && IsPaused) ? ScheduledEvent.Never : tickEnds;

    public override void Write(uint offset, uint value, uint lanes)
    {
        Advance();
        switch (offset)
        {
            case CONTROL:
                Hold((value & 1) != 0);
                break;
            case MSLEEP_TARGET1:
                target = (target & uint.MaxValue) | ((ulong)value << 32);
                break;
            case MSLEEP_TARGET0:
                target = (target & ~(ulong)uint.MaxValue) | value;
                break;
            case EV_ENABLE:
                enable = (value & 1) != 0;
                break;
            case CLOCKS_PER_TICK:
                clocksPerTick = value;
                break;
            case TIME1 or TIME0 or EV_STATUS or EV_PENDING:
                break; // read-only, or mirrors a level
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        held = enable = pause = wasPaused = false;
        clocksPerTick = ResetClocksPerTick;
        target = pauseSettles = 0;
        Restart(0);
        Update();
    }

    public override void State(StateStream state)
    {
        if (!state.IsLoading)
        {
            Advance(); // the state at a cycle must not depend on who looked at the count before
        }

        state.Bool(ref held);
        state.Bool(ref enable);
        state.U32(ref clocksPerTick);
        state.U64(ref target);
        state.U64(ref ticks);
        state.U64(ref tickEnds);
        state.Bool(ref pause);
        state.Bool(ref wasPaused);
        state.U64(ref pauseSettles);
        state.Event(alarm);
    }

    private void Hold(bool hold)
    {
        if (hold || held)
        {
            Restart(0);
        }

        held = hold;
    }

    private void Restart(ulong time)
    {
        ticks = time;
        tickEnds = Soc.Now + Period;
    }

    // Brings the count to the current cycle.
    private void Advance()
    {
        if (held || Soc.Now < tickEnds)
        {
            return;
        }

        ulong ended = 1 + ((Soc.Now - tickEnds) / Period);
        tickEnds += ended * Period;
        if (!pause)
        {
            ticks += ended;
        }
    }

    private void Update()
    {
        bool holds = AlarmHolds;
        Soc.SetInterruptLine(Line, holds && enable);
        alarm.Cancel();
        if (!holds && enable && !held && !pause)
        {
            UInt128 due = tickEnds + ((UInt128)(target - ticks - 1) * Period);
            if (due < ScheduledEvent.Never)
            {
                Soc.Schedule(alarm, (ulong)due);
            }
        }
    }
}
