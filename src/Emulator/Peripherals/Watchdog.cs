// WDG: the watchdog, a 32-bit down counter of PCLK in two stages.
// Facts: ARM CMSDK watchdog; datasheet, watchdog timer.
// - CTRL.INTEN starts the count from LOAD, and so does a write to LOAD or INTCLR. After 0 comes LOAD again, so the
//   zeros are LOAD + 1 periods apart.
// - The first zero raises the interrupt (bank 2, bit 13); a zero that finds it raised resets the chip if CTRL.RESEN
//   is set.
// - While LOCK is not 0x1ACCE551 every other write is ignored.
// - ITCR.0 takes interrupt and reset from ITOP, for tests of the wiring.
// Every reset stops it.
//
// Nothing happens per period: the count is computed when somebody looks, and one event marks the next zero.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The watchdog.</summary>
public sealed class Watchdog : Peripheral
{
    private const uint LOAD = 0x000;
    private const uint VALUE = 0x004;
    private const uint CTRL = 0x008;
    private const uint INTCLR = 0x00C;
    private const uint RIS = 0x010;
    private const uint MIS = 0x014;
    private const uint LOCK = 0xC00;
    private const uint ITCR = 0xF00;
    private const uint ITOP = 0xF04;

    private const uint CTRL_INTEN = 1 << 0;
    private const uint CTRL_RESEN = 1 << 1;
    private const uint ITOP_RESET = 1 << 0;
    private const uint ITOP_INTERRUPT = 1 << 1;
    private const uint LOCK_KEY = 0x1ACC_E551;

    private const int Bank = 2;
    private const int InterruptBit = 13;

    private readonly ScheduledEvent zero;
    private uint load;
    private uint value;
    private ulong valueAt; // in periods of PCLK
    private uint control;
    private bool raised;
    private bool locked;
    private bool testing;
    private uint testOutput;

    public Watchdog(SystemOnChip soc)
        : base(soc, "WDG")
    {
        zero = new ScheduledEvent(soc.Events, EventPriority.Timer, Update);
        soc.Clocks.Changed += Update;
    }

    private bool Runs => (control & CTRL_INTEN) != 0;

    private bool Interrupts => testing ? (testOutput & ITOP_INTERRUPT) != 0 : raised && Runs;

    // Periods from valueAt to the next zero.
    private ulong ToZero => value != 0 ? value : load + 1ul;

    public override uint Read(uint offset)
    {
        Advance();
        return offset switch
        {
            LOAD => load,
            VALUE => value,
            CTRL => control,
            INTCLR => 0,
            RIS => raised ? 1u : 0,
            MIS => raised && Runs ? 1u : 0,
            LOCK => locked ? 1u : 0,
            ITCR => testing ? 1u : 0,
            ITOP => testOutput,
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset) =>
        offset == VALUE && Runs ? Soc.Clocks.CycleAtPclk(Soc.Clocks.PclkAt(Soc.Now) + 1) : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        Advance();
        if (offset == LOCK)
        {
            locked = value != LOCK_KEY;
        }
        else if (!locked)
        {
            WriteUnlocked(offset, value, lanes);
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        load = value = uint.MaxValue;
        valueAt = Soc.Clocks.PclkAt(Soc.Now);
        control = testOutput = 0;
        raised = locked = testing = false;
        Update();
    }

    public override void State(StateStream state)
    {
        if (!state.IsLoading)
        {
            Advance(); // the state at a cycle must not depend on who looked at the count before
        }

        state.U32(ref load);
        state.U32(ref value);
        state.U64(ref valueAt);
        state.U32(ref control);
        state.Bool(ref raised);
        state.Bool(ref locked);
        state.Bool(ref testing);
        state.U32(ref testOutput);
        state.Event(zero);
    }

    private void WriteUnlocked(uint offset, uint written, uint lanes)
    {
        switch (offset)
        {
            case LOAD:
                load = value = Merge(load, written, lanes);
                break;
            case CTRL:
                bool ran = Runs;
                control = Merge(control, written, lanes) & (CTRL_INTEN | CTRL_RESEN);
                value = Runs && !ran ? load : value;
                break;
            case INTCLR:
                raised = false;
                value = load;
                break;
            case ITCR:
                testing = (Merge(testing ? 1u : 0, written, lanes) & 1) != 0;
                break;
            case ITOP:
                testOutput = Merge(testOutput, written, lanes) & (ITOP_INTERRUPT | ITOP_RESET);
                break;
            case VALUE or RIS or MIS:
                break; // read-only
            default:
                UnmodelledWrite(offset, written);
                break;
        }

        if (testing && (testOutput & ITOP_RESET) != 0)
        {
            Soc.RequestReset(ResetKind.Watchdog);
        }
    }

    // Brings the count to the current cycle.
    private void Advance()
    {
        ulong now = Soc.Clocks.PclkAt(Soc.Now);
        ulong elapsed = now - valueAt;
        valueAt = now;
        if (!Runs || elapsed == 0)
        {
            return;
        }

        if (elapsed < ToZero)
        {
            value = (uint)(ToZero - elapsed);
            return;
        }

        ulong period = load + 1ul;
        ulong sinceFirst = elapsed - ToZero;
        if ((raised || sinceFirst >= period) && (control & CTRL_RESEN) != 0)
        {
            Soc.RequestReset(ResetKind.Watchdog);
        }

        raised = true;
        ulong sinceZero = sinceFirst % period;
        value = sinceZero == 0 ? 0 : (uint)(period - sinceZero);
    }

    private void Update()
    {
        Advance();
        Soc.Irqs[Bank].SetLevel(InterruptBit, Interrupts);
        zero.Cancel();
        if (Runs && (!raised || (control & CTRL_RESEN) != 0))
        {
            // Later than now whatever a damaged snapshot says of the clocks.
            Soc.Schedule(zero, Math.Max(Soc.Now + 1, Soc.Clocks.CycleAtPclk(valueAt + ToZero)));
        }
    }
}
