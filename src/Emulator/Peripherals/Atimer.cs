// ATIMER: two 32-bit up counters, or one of 64 bits, with compare, for PCLK or the slow clock.
// Facts: PULP APB timer unit; its RTL.
// - CFG: 0 enable, 1 reset (clears itself), 2 interrupt, 4 clear on match, 5 one shot, 6 prescaler, 7 slow clock,
//   15:8 prescaler, 31 (of the low one) both as one counter, with the low one's settings.
// - The prescaler lets every (prescaler + 1)th PCLK through, of the slow clock every (prescaler)th.
// - A match lasts while the count equals CMP. Clear and one shot act one PCLK later, so without prescaler the count
//   runs from 0 to CMP and starts again after CMP + 1 periods; a one shot that does not clear ends at CMP + 1.
// - The interrupt (bank 2, bits 11 and 12) is the match itself, there is nothing to clear but the array's flag.
// Not modelled: the few PCLK that an edge of the slow clock takes to be seen, and the event inputs.
//
// Nothing happens per count: it is computed when somebody looks, and one event marks the next edge of an interrupt.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The general-purpose timer.</summary>
public sealed class Atimer : Peripheral
{
    private const int Timers = 2;

    // Each register stands twice, low and high.
    private const uint CFG = 0x00;
    private const uint CNT = 0x08;
    private const uint CMP = 0x10;
    private const uint START = 0x18;
    private const uint RESET = 0x20;
    private const uint End = 0x28;

    private const uint CFG_ENABLE = 1 << 0;
    private const uint CFG_RESET = 1 << 1;
    private const uint CFG_INTERRUPT = 1 << 2;
    private const uint CFG_CLEAR_ON_MATCH = 1 << 4;
    private const uint CFG_ONE_SHOT = 1 << 5;
    private const uint CFG_PRESCALE = 1 << 6;
    private const uint CFG_SLOW_CLOCK = 1 << 7;
    private const int CFG_PRESCALER_SHIFT = 8;
    private const uint CFG_64_BITS = 1u << 31;

    private const int Bank = 2;
    private const int FirstInterruptBit = 11;

    private readonly ScheduledEvent edge;
    private readonly uint[] config = new uint[Timers];
    private readonly uint[] counts = new uint[Timers];
    private readonly uint[] compares = new uint[Timers];
    private readonly uint[] phases = new uint[Timers]; // periods since the last count
    private readonly ulong[] countedAt = new ulong[Timers]; // in periods of the timer's clock

    public Atimer(SystemOnChip soc)
        : base(soc, "ATIMER")
    {
        edge = new ScheduledEvent(soc.Events, EventPriority.Timer, Update);
        soc.Clocks.Changed += Update;
    }

    private bool Is64Bits => (config[0] & CFG_64_BITS) != 0;

    public override uint Read(uint offset)
    {
        AdvanceBoth();
        int timer = (int)(offset / 4 % Timers);
        return (offset & ~7u) switch
        {
            CFG => config[timer],
            CNT => counts[timer],
            CMP => compares[timer],
            START or RESET => 0, // write-only
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset)
    {
        AdvanceBoth();
        int timer = Is64Bits ? 0 : (int)(offset / 4 % Timers);
        return (offset & ~7u) switch
        {
            CNT when Runs(timer) => CycleAfter(timer, MatchEnds(timer) && Count(timer) == Target(timer) ? 1 : ToCount(timer)),
            CFG when Has(timer, CFG_ONE_SHOT) => 0,
            _ => ScheduledEvent.Never,
        };
    }

    public override void Write(uint offset, uint value, uint lanes)
    {
        AdvanceBoth();
        int timer = (int)(offset / 4 % Timers);
        switch (offset & ~7u)
        {
            case CFG:
                config[timer] = Merge(config[timer], value, lanes);
                if (Has(timer, CFG_RESET))
                {
                    config[timer] &= ~CFG_RESET;
                    counts[timer] = phases[timer] = 0;
                }

                break;
            case CNT:
                counts[timer] = Merge(counts[timer], value, lanes);
                break;
            case CMP:
                compares[timer] = Merge(compares[timer], value, lanes);
                break;
            case START:
                config[timer] |= CFG_ENABLE;
                break;
            case RESET:
                counts[timer] = phases[timer] = 0;
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Anchor();
        Update();
    }

    public override void Reset(ResetKind kind)
    {
        config.AsSpan().Clear();
        counts.AsSpan().Clear();
        compares.AsSpan().Clear();
        phases.AsSpan().Clear();
        Anchor();
        Update();
    }

    public override void State(StateStream state)
    {
        if (!state.IsLoading)
        {
            AdvanceBoth(); // the state at a cycle must not depend on who looked at the count before
        }

        state.U32s(config);
        state.U32s(counts);
        state.U32s(compares);
        state.U32s(phases);
        state.U64(ref countedAt[0]);
        state.U64(ref countedAt[1]);
        state.Event(edge);
    }

    private bool Has(int timer, uint bit) => (config[timer] & bit) != 0;

    private bool Runs(int timer) => Has(timer, CFG_ENABLE) && (timer == 0 || !Is64Bits);

    private bool MatchEnds(int timer) => Has(timer, CFG_CLEAR_ON_MATCH) || Has(timer, CFG_ONE_SHOT);

    // Periods of the timer's clock in one count.
    private uint Divisor(int timer)
    {
        uint prescaler = (config[timer] >> CFG_PRESCALER_SHIFT) & 0xFF;
        return !Has(timer, CFG_PRESCALE) ? 1
            : Has(timer, CFG_SLOW_CLOCK) ? Math.Max(1, prescaler)
            : prescaler + 1;
    }

    private ulong Count(int timer) => Is64Bits ? ((ulong)counts[1] << 32) | counts[0] : counts[timer];

    private ulong Target(int timer) => Is64Bits ? ((ulong)compares[1] << 32) | compares[0] : compares[timer];

    private void SetCount(int timer, ulong count)
    {
        counts[timer] = (uint)count;
        if (Is64Bits)
        {
            counts[1] = (uint)(count >> 32);
        }
    }

    private ulong Periods(int timer) =>
        Has(timer, CFG_SLOW_CLOCK) ? Soc.Clocks.SlowAt(Soc.Now) : Soc.Clocks.PclkAt(Soc.Now);

    private ulong CycleAfter(int timer, ulong periods)
    {
        ulong due = countedAt[timer] + periods;
        return Has(timer, CFG_SLOW_CLOCK) ? Soc.Clocks.CycleAtSlow(due) : Soc.Clocks.CycleAtPclk(due);
    }

    private ulong ToCount(int timer) => Divisor(timer) - phases[timer];

    // Periods until the count comes to CMP, which it is not at.
    private UInt128 ToMatch(int timer)
    {
        ulong counts = Target(timer) - Count(timer);
        return ((UInt128)(Is64Bits ? counts : (uint)counts) * Divisor(timer)) - phases[timer];
    }

    // After a register was written: the clock and the divisor may be others.
    private void Anchor()
    {
        for (int timer = 0; timer < Timers; timer++)
        {
            countedAt[timer] = Periods(timer);
            phases[timer] %= Divisor(timer);
        }
    }

    private void AdvanceBoth()
    {
        Advance(0);
        Advance(1);
    }

    // Brings a count to the current cycle.
    private void Advance(int timer)
    {
        ulong elapsed = Periods(timer) - countedAt[timer];
        countedAt[timer] += elapsed;
        phases[timer] %= Divisor(timer);
        if (!Runs(timer) || elapsed == 0)
        {
            return;
        }

        if (!MatchEnds(timer))
        {
            Pass(timer, elapsed);
            return;
        }

        if (Count(timer) == Target(timer) && EndMatch(timer, ref elapsed))
        {
            return;
        }

        if (elapsed < ToMatch(timer))
        {
            Pass(timer, elapsed);
            return;
        }

        elapsed -= (ulong)ToMatch(timer);
        phases[timer] = 0;
        SetCount(timer, Target(timer));
        if (!Has(timer, CFG_ONE_SHOT))
        {
            elapsed = (ulong)(elapsed % Period(timer));
        }

        if (elapsed != 0 && !EndMatch(timer, ref elapsed))
        {
            Pass(timer, elapsed);
        }
    }

    private UInt128 Period(int timer) => Divisor(timer) == 1
        ? (UInt128)Target(timer) + 1
        : UInt128.Max(1, (UInt128)Target(timer) * Divisor(timer));

    private void Pass(int timer, ulong periods)
    {
        ulong passed = phases[timer] + periods;
        SetCount(timer, Count(timer) + (passed / Divisor(timer)));
        phases[timer] = (uint)(passed % Divisor(timer));
    }

    // One period after a match: clears the count, stops a one shot. True where nothing more can happen.
    private bool EndMatch(int timer, ref ulong elapsed)
    {
        elapsed--;
        Pass(timer, 1);
        if (Has(timer, CFG_CLEAR_ON_MATCH))
        {
            SetCount(timer, 0);
        }

        if (Has(timer, CFG_ONE_SHOT))
        {
            config[timer] &= ~CFG_ENABLE;
            config[1] &= Is64Bits ? ~CFG_ENABLE : uint.MaxValue;
            return true;
        }

        if (Target(timer) == 0)
        {
            phases[timer] = (uint)((phases[timer] + elapsed) % Divisor(timer)); // cleared again and again
            return true;
        }

        return elapsed == 0;
    }

    private void Update()
    {
        AdvanceBoth();
        UInt128 next = ScheduledEvent.Never;
        for (int timer = 0; timer < Timers; timer++)
        {
            bool interrupts = Runs(timer) && Has(timer, CFG_INTERRUPT);
            bool matches = Count(timer) == Target(timer);
            Soc.Irqs[Bank].SetLevel(FirstInterruptBit + timer, interrupts && matches);
            bool forEver = matches && Target(timer) == 0
                && Has(timer, CFG_CLEAR_ON_MATCH) && !Has(timer, CFG_ONE_SHOT);
            if (interrupts && !forEver)
            {
                UInt128 periods = !matches ? ToMatch(timer) : MatchEnds(timer) ? 1 : ToCount(timer);
                next = UInt128.Min(next, periods > long.MaxValue ? ScheduledEvent.Never : CycleAfter(timer, (ulong)periods));
            }
        }

        edge.Cancel();
        if (next < ScheduledEvent.Never)
        {
            Soc.Schedule(edge, Math.Max(Soc.Now + 1, (ulong)next)); // damaged clocks must not hold time up
        }
    }
}
