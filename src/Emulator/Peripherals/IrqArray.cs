// IRQARRAY0 to IRQARRAY19: each gathers 16 event inputs into one CPU line. An input is a level held by a
// block, a one-cycle pulse from a block, or a software pulse (EV_SOFT). Pending latches whether or not the
// source is enabled; EV_ENABLE gates the CPU line only, so pending bits of disabled sources add up.
// Facts: datasheet, interrupt array; generated LiteX event manager.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>One interrupt bank.</summary>
public sealed class IrqArray(SystemOnChip soc, int bank) : Peripheral(soc, $"IRQARRAY{bank}")
{
    public const int BankCount = 20;

    private const uint EV_SOFT = 0x00;
    private const uint EV_EDGE_TRIGGERED = 0x04;
    private const uint EV_POLARITY = 0x08;
    private const uint EV_STATUS = 0x0C;
    private const uint EV_PENDING = 0x10;
    private const uint EV_ENABLE = 0x14;
    private const uint Sources = 0xFFFF;

    private uint soft;
    private uint edgeTriggered;
    private uint polarity;
    private uint levels;
    private uint pending;
    private uint enable;

    /// <summary>Called after software has written EV_PENDING or EV_ENABLE: a request may have been served.</summary>
    internal Action? Acknowledged { get; set; }

    /// <summary>Whether a source is pending and enabled, so that it holds the CPU line.</summary>
    public bool IsRequesting(int bit) => (pending & enable & (1u << bit)) != 0;

    /// <summary>Holds an input at a level.</summary>
    public void SetLevel(int bit, bool active)
    {
        uint before = levels;
        levels = active ? levels | (1u << bit) : levels & ~(1u << bit);
        if (levels != before)
        {
            Latch(before, levels);
        }
    }

    /// <summary>Pulses an input for one cycle.</summary>
    public void Pulse(int bit) => PulseAll(1u << bit);

    public override uint Read(uint offset) => offset switch
    {
        EV_SOFT => soft,
        EV_EDGE_TRIGGERED => edgeTriggered,
        EV_POLARITY => polarity,
        EV_STATUS => levels,
        EV_PENDING => pending,
        EV_ENABLE => enable,
        _ => 0, // unused offsets of a core page read 0
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case EV_SOFT:
                soft = value & Sources;
                PulseAll(soft);
                break;
            case EV_EDGE_TRIGGERED:
                edgeTriggered = value & Sources;
                Latch(levels, levels);
                break;
            case EV_POLARITY:
                polarity = value & Sources;
                break;
            case EV_PENDING:
                pending &= ~value;
                Latch(levels, levels);
                Acknowledged?.Invoke();
                break;
            case EV_ENABLE:
                enable = value & Sources;
                UpdateLine();
                Acknowledged?.Invoke();
                break;
            default:
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        soft = edgeTriggered = polarity = pending = enable = 0;
        UpdateLine();
    }

    public override void State(StateStream state)
    {
        state.U32(ref soft);
        state.U32(ref edgeTriggered);
        state.U32(ref polarity);
        state.U32(ref levels);
        state.U32(ref pending);
        state.U32(ref enable);
    }

    // A pulse is high for one cycle and low again: a rising and a falling edge, and a level in between.
    private void PulseAll(uint bits)
    {
        Latch(levels, levels | bits);
        Latch(levels | bits, levels);
    }

    private void Latch(uint before, uint after)
    {
        uint rising = after & ~before;
        uint falling = before & ~after;
        uint edges = (rising & polarity) | (falling & ~polarity);
        pending |= (edges & edgeTriggered) | (after & ~edgeTriggered);
        UpdateLine();
    }

    private void UpdateLine() => Soc.SetInterruptLine(bank, (pending & enable) != 0);
}
