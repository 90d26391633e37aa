// UDMA_CAMERA: takes pictures from a parallel camera port into memory. Registers keep what is written, and a receive
// transfer waits for a picture that never comes: no camera sends one. Facts: RTL of udma_camera.
// CFG_GLOB's enable, bit 31, shows whether a transfer runs.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The camera port.</summary>
public sealed class Camera : Peripheral, IUdmaBlock
{
    private const uint RX = 0x00;
    private const uint CFG_GLOB = 0x20;
    private const uint CFG_FILTER = 0x30;
    private const uint VSYNC_POLARITY = 0x34;

    private const uint CFG_GLOB_EN = 1u << 31;
    private const uint VSYNC_POLARITY_MASK = 3; // and HSYNC's
    private const int Registers = 6; // from CFG_GLOB on

    private static readonly (int Bank, int Bit)[] Events = [(8, 8), (16, 0), (18, 15)];

    private readonly UdmaChannel rx;
    private readonly uint[] values = new uint[Registers];
    private bool heldInReset;

    public Camera(SystemOnChip soc)
        : base(soc, "UDMA_CAMERA") =>
        rx = new UdmaChannel(soc.Memory, () => Array.ForEach(Events, place => Soc.Irqs[place.Bank].Pulse(place.Bit)), UdmaData.Chosen);

    public override uint Read(uint offset) => offset switch
    {
        >= RX and < RX + 0x10 => rx.Read(offset - RX),
        CFG_GLOB => (values[0] & ~CFG_GLOB_EN) | (rx.IsRunning ? CFG_GLOB_EN : 0),
        > CFG_GLOB and <= VSYNC_POLARITY => values[(offset - CFG_GLOB) / 4],
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
            case >= RX and < RX + 0x10:
                rx.Write(offset - RX, value, lanes);
                break;
            case >= CFG_GLOB and <= CFG_FILTER:
                ref uint register = ref values[(offset - CFG_GLOB) / 4];
                register = Merge(register, value, lanes);
                break;
            case VSYNC_POLARITY:
                values[^1] = Merge(values[^1], value, lanes) & VSYNC_POLARITY_MASK;
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public void HoldInReset(bool held)
    {
        if (held)
        {
            rx.Reset();
            Array.Clear(values);
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
        state.U32s(values);
        state.Bool(ref heldInReset);
    }
}
