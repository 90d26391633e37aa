// UDMA_ADC: a converter of ten bits that measures the chip's temperature, or the voltage on one of four pads.
// Facts: datasheet, ADC; RTL of udma_adc.
// - While a receive transfer runs and CR has the converter, its bandgap and its reset switched on, it converts: a sample
//   each 8 to 32 clocks (CR 12:8, and one) of 16 MHz / (CR 23:16 + 1), a word each in memory.
// - 1023 is 1.208 V. The temperature is 25 °C.
// Simplified: the time that bandgap and buffers take to settle, noise, buffers that are not switched on.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The analog-to-digital converter.</summary>
public sealed class Adc : Peripheral, IUdmaBlock
{
    private const uint RX = 0x00;
    private const uint CR = 0x10;

    private const uint CHANNEL_CFG = 0x8;
    private const uint CFG_CLR = 1 << 6;
    private const uint CFG_CLR_OF_ADC = 1 << 5; // where the other blocks have it one bit higher
    private const uint CR_MASK = 0x3FFF_FFFF;
    private const uint CR_ON = 0xE000; // bandgap, converter, reset released
    private const uint CR_SEL_PAD = 1;

    private const uint HertzBase = 16_000_000;
    private const uint FullScale = 1023;
    private const uint FullScaleMillivolts = 1208;
    private const uint At25Degrees = 516;
    private const int Inputs = 4;

    private static readonly (int Bank, int Bit)[] Events = [(8, 9), (17, 9)];

    private readonly UdmaChannel rx;
    private readonly ScheduledEvent converted;
    [Derived("never changes: the board's wiring")]
    private readonly uint[] millivolts = new uint[Inputs];
    private uint cr;
    private bool heldInReset;

    public Adc(SystemOnChip soc)
        : base(soc, "UDMA_ADC")
    {
        rx = new UdmaChannel(
            soc.Memory, () => Array.ForEach(Events, place => Soc.Irqs[place.Bank].Pulse(place.Bit)), UdmaData.Word);
        converted = new ScheduledEvent(soc.Events, EventPriority.Device, OnConverted);
    }

    private bool Converts => rx.IsRunning && (cr & CR_ON) == CR_ON;

    /// <summary>Says what the board has on an input.</summary>
    /// <param name="input">0 to 3, PA4 to PA7.</param>
    /// <param name="level">In millivolts.</param>
    public void Connect(int input, uint level) => millivolts[input] = level;

    public override uint Read(uint offset) => offset switch
    {
        >= RX and < RX + 0x10 => rx.Read(offset - RX),
        CR => cr,
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (heldInReset)
        {
            return;
        }

        switch (offset)
        {
            case CHANNEL_CFG:
                uint clear = (value & CFG_CLR_OF_ADC) != 0 ? CFG_CLR : 0;
                rx.Write(offset, (value & ~CFG_CLR) | clear, lanes);
                break;
            case >= RX and < RX + 0x10:
                rx.Write(offset - RX, value, lanes);
                break;
            case CR:
                cr = Merge(cr, value, lanes) & CR_MASK;
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Continue();
    }

    public void HoldInReset(bool held)
    {
        if (held)
        {
            rx.Reset();
            cr = 0;
            converted.Cancel();
        }

        heldInReset = held;
    }

    public override void Reset(ResetKind kind)
    {
        HoldInReset(true);
        heldInReset = false;
    }

    public override void State(StateStream state)
    {
        rx.State(state);
        state.U32(ref cr);
        state.Bool(ref heldInReset);
        state.Event(converted);
    }

    private void Continue()
    {
        if (!Converts)
        {
            converted.Cancel();
        }
        else if (!converted.IsScheduled)
        {
            uint clocks = ((cr >> 8) & 0x1F) + 1;
            uint divider = ((cr >> 16) & 0xFF) + 1;
            Soc.Schedule(converted, Soc.Now + Soc.Clocks.CyclesOf(clocks * divider, HertzBase));
        }
    }

    private void OnConverted()
    {
        uint input = (cr >> 26) & (Inputs - 1);
        rx.TryPut(((cr >> 24) & 3) == CR_SEL_PAD
            ? Math.Min(FullScale, millivolts[input] * FullScale / FullScaleMillivolts)
            : At25Degrees);
        Continue();
    }
}
