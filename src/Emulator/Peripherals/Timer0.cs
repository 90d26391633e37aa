// TIMER0: a 32-bit down counter of CPU cycles; delays of the boot stages, preemption tick of Xous.
// Facts: generated LiteX timer.
// - EN=0: the value follows LOAD. EN=1: it counts down, and at 0 takes RELOAD in the next cycle; so with
//   RELOAD=N the zeros are N+1 cycles apart, and with RELOAD=0 the value stays 0 (one shot).
// - EV_PENDING is set on the edge to 0 whether or not EV_ENABLE lets it through to the CPU, and cleared by
//   writing 1; where both fall on one cycle the set wins. The value is 0 after reset: pending reads 1 once.
//
// Nothing happens per cycle: value and pending are computed when somebody looks, and one event marks the next
// edge while its interrupt is enabled.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The LiteX timer.</summary>
public sealed class Timer0 : Peripheral
{
    private const uint LOAD = 0x00;
    private const uint RELOAD = 0x04;
    private const uint EN = 0x08;
    private const uint UPDATE_VALUE = 0x0C;
    private const uint VALUE = 0x10;
    private const uint EV_STATUS = 0x14;
    private const uint EV_PENDING = 0x18;
    private const uint EV_ENABLE = 0x1C;

    private const int Line = 30;

    private readonly ScheduledEvent zero;
    private uint load;
    private uint reload;
    private bool running;
    private uint latched;
    private bool pending;
    private bool enable;
    private uint value;
    private ulong valueAt;
    private ulong lastZero;

    public Timer0(SystemOnChip soc)
        : base(soc, "TIMER0") => zero = new ScheduledEvent(soc.Events, EventPriority.Timer, Update);

    public override uint Read(uint offset)
    {
        Advance();
        return offset switch
        {
            LOAD => load,
            RELOAD => reload,
            EN => running ? 1u : 0,
            UPDATE_VALUE => 0,
            VALUE => latched,
            EV_STATUS => value == 0 ? 1u : 0,
            EV_PENDING => pending ? 1u : 0,
            EV_ENABLE => enable ? 1u : 0,
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset) => offset switch
    {
        EV_PENDING when running && !pending && ToZero() is { } cycles => Soc.Now + cycles,
        EV_STATUS when running => 0,
        _ => ScheduledEvent.Never,
    };

    public override void Write(uint offset, uint value, uint lanes)
    {
        Advance();
        switch (offset)
        {
            case LOAD:
                load = value;
                FollowLoad();
                break;
            case RELOAD:
                reload = value;
                break;
            case EN:
                running = (value & 1) != 0;
                FollowLoad();
                break;
            case UPDATE_VALUE:
                latched = this.value;
                break;
            case EV_PENDING:
                pending &= (value & 1) == 0 || lastZero == Soc.Now;
                break;
            case EV_ENABLE:
                enable = (value & 1) != 0;
                break;
            case VALUE or EV_STATUS:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        load = reload = latched = value = 0;
        running = enable = false;
        pending = true;
        valueAt = lastZero = Soc.Now;
        Update();
    }

    public override void State(StateStream state)
    {
        if (!state.IsLoading)
        {
            Advance(); // the state at a cycle must not depend on who looked at the count before
        }

        state.U32(ref load);
        state.U32(ref reload);
        state.Bool(ref running);
        state.U32(ref latched);
        state.Bool(ref pending);
        state.Bool(ref enable);
        state.U32(ref value);
        state.U64(ref valueAt);
        state.U64(ref lastZero);
        state.Event(zero);
    }

    // Cycles from valueAt to the next edge to 0, or null where there is none.
    private ulong? ToZero() => value != 0 ? value : reload != 0 ? reload + 1ul : null;

    // Brings value and pending to the current cycle.
    private void Advance()
    {
        ulong elapsed = Soc.Now - valueAt;
        valueAt = Soc.Now;
        if (!running || elapsed == 0)
        {
            return;
        }

        if (ToZero() is not { } first || elapsed < first)
        {
            value = value != 0 ? (uint)(value - elapsed)
                : reload != 0 ? (uint)(reload + 1 - elapsed)
                : 0;
            return;
        }

        ulong period = reload + 1ul;
        ulong sinceZero = reload == 0 ? elapsed - first : (elapsed - first) % period;
        lastZero = Soc.Now - sinceZero;
        pending = true;
        value = reload == 0 || sinceZero == 0 ? 0 : (uint)(period - sinceZero);
    }

    private void FollowLoad()
    {
        if (running)
        {
            return;
        }

        if (value != 0 && load == 0)
        {
            pending = true;
            lastZero = Soc.Now;
        }

        value = load;
    }

    private void Update()
    {
        Advance();
        Soc.SetInterruptLine(Line, pending && enable);
        zero.Cancel();
        if (running && enable && !pending && ToZero() is { } cycles)
        {
            Soc.Schedule(zero, Soc.Now + cycles);
        }
    }
}
