// RTC: a 32-bit counter of ticks that goes on through every reset but power-on. boot1 sets AO_SYSCTRL's CLK1HZFD so
// that a tick is 1/1024 s.
// Facts: ARM PrimeCell PL031; datasheet, RTC: CR starts the count, and writing it once more sets the count to 0;
// the interrupt is raised by the tick that makes the count equal to MR.
// The slow clock has its nominal 32768 Hz, that of real chips is some 27 % slow. A new divider starts a new tick;
// LR is taken at once, silicon takes it with the next tick.
//
// Nothing happens per tick: the count is computed when somebody looks, and one event marks the match while its
// interrupt is enabled.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The real-time clock.</summary>
public sealed class Rtc : Peripheral
{
    private const uint DR = 0x00;
    private const uint MR = 0x04;
    private const uint LR = 0x08;
    private const uint CR = 0x0C;
    private const uint IMSC = 0x10;
    private const uint RIS = 0x14;
    private const uint MIS = 0x18;
    private const uint ICR = 0x1C;
    private const uint PeriphID0 = 0xFE0;

    private const ulong Wrap = 1ul << 32;

    // PeriphID0 to 3 and PCellID0 to 3.
    private static readonly byte[] Identification = [0x31, 0x10, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1];

    private readonly ScheduledEvent matched;
    private uint count;
    private uint match;
    private uint load;
    private bool running;
    private bool enable;
    private bool raised;
    private uint slowPeriodsInTick = 1;
    private ulong tickBegan; // in periods of the slow clock

    public Rtc(SystemOnChip soc)
        : base(soc, "RTC")
    {
        matched = new ScheduledEvent(soc.Events, EventPriority.Timer, Update);
        soc.Clocks.Changed += Update;
    }

    /// <summary>Called with the level of the interrupt.</summary>
    internal Action<bool>? InterruptChanged { get; set; }

    /// <summary>Whether software has started the count since power-on.</summary>
    public bool IsRunning => running;

    // Ticks until the count has come to MR.
    private ulong ToMatch => match == count ? Wrap : match - count;

    public override uint Read(uint offset)
    {
        Advance();
        return offset switch
        {
            DR => count,
            MR => match,
            LR => load,
            CR => running ? 1u : 0,
            IMSC => enable ? 1u : 0,
            RIS => raised ? 1u : 0,
            MIS => raised && enable ? 1u : 0,
            ICR => 0,
            >= PeriphID0 => Identification[(offset - PeriphID0) / 4],
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset)
    {
        Advance();
        return offset switch
        {
            DR when running => Soc.Clocks.CycleAtSlow(tickBegan + slowPeriodsInTick),
            RIS or MIS when running && !raised => MatchCycle(),
            _ => ScheduledEvent.Never,
        };
    }

    public override void Write(uint offset, uint value, uint lanes)
    {
        Advance();
        switch (offset)
        {
            case MR:
                match = Merge(match, value, lanes);
                break;
            case LR:
                count = load = Merge(load, value, lanes);
                break;
            case CR when (value & 1) != 0:
                count = running ? 0 : count;
                running = true;
                break;
            case IMSC:
                enable = (Merge(enable ? 1u : 0, value, lanes) & 1) != 0;
                break;
            case ICR:
                raised &= (value & 1) == 0;
                break;
            case CR or DR or RIS or MIS or >= PeriphID0:
                break; // nothing stops the count; read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        if (kind == ResetKind.PowerOn)
        {
            count = match = load = 0;
            running = enable = raised = false;
            tickBegan = Soc.Clocks.SlowAt(Soc.Now);
            Update();
        }
    }

    public override void State(StateStream state)
    {
        if (!state.IsLoading)
        {
            Advance(); // the state at a cycle must not depend on who looked at the count before
        }

        state.U32(ref count);
        state.U32(ref match);
        state.U32(ref load);
        state.Bool(ref running);
        state.Bool(ref enable);
        state.Bool(ref raised);
        state.U32(ref slowPeriodsInTick);
        state.U64(ref tickBegan);
        state.Event(matched);
        slowPeriodsInTick = Math.Max(1, slowPeriodsInTick);
    }

    /// <summary>Sets how many periods of the slow clock a tick lasts, from 1 up, and starts a new tick.</summary>
    internal void Divide(uint slowPeriods)
    {
        Advance();
        slowPeriodsInTick = slowPeriods;
        tickBegan = Soc.Clocks.SlowAt(Soc.Now);
        Update();
    }

    // Brings the count to the current cycle.
    private void Advance()
    {
        ulong now = Soc.Clocks.SlowAt(Soc.Now);
        if (now < tickBegan + slowPeriodsInTick)
        {
            return;
        }

        ulong ticks = (now - tickBegan) / slowPeriodsInTick;
        tickBegan += ticks * slowPeriodsInTick;
        if (running)
        {
            raised |= ticks >= ToMatch;
            count += (uint)ticks;
        }
    }

    private ulong MatchCycle() => Soc.Clocks.CycleAtSlow(tickBegan + (ToMatch * slowPeriodsInTick));

    private void Update()
    {
        Advance();
        InterruptChanged?.Invoke(raised && enable);
        matched.Cancel();
        if (running && enable && !raised)
        {
            Soc.Schedule(matched, Math.Max(Soc.Now + 1, MatchCycle())); // damaged clocks must not hold time up
        }
    }
}
