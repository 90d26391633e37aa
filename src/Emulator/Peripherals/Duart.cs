// DUART: the debug UART, transmit only, on a pad of its own. Early boot text, panics, die patterns.
// Facts: datasheet, debug UART; RTL: a byte written while another is on its way is lost, one written while CR is
// 0 too. A bit lasts ETUC cycles of clksys, a frame 10 bits; with ETUC 0 no frame ever ends.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The debug UART.</summary>
public sealed class Duart : Peripheral
{
    private const uint TXD = 0x00;
    private const uint CR = 0x04;
    private const uint SR = 0x08;
    private const uint ETUC = 0x0C;

    private const uint ResetBitCycles = 32;
    private const uint FrameBits = 10;

    private readonly ScheduledEvent sent;
    private byte txd;
    private bool enable;
    private bool busy;
    private byte shiftRegister;
    private ushort bitCycles;

    public Duart(SystemOnChip soc)
        : base(soc, "DUART") => sent = new ScheduledEvent(soc.Events, EventPriority.Device, OnSent);

    public override uint Read(uint offset) => offset switch
    {
        TXD => txd,
        CR => enable ? 1u : 0,
        SR => busy ? 1u : 0,
        ETUC => bitCycles,
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case TXD:
                txd = (byte)Merge(txd, value, lanes);
                Send();
                break;
            case CR:
                enable = (Merge(enable ? 1u : 0, value, lanes) & 1) != 0;
                break;
            case ETUC:
                bitCycles = (ushort)Merge(bitCycles, value, lanes);
                break;
            case SR:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        txd = shiftRegister = 0;
        enable = true;
        busy = false;
        bitCycles = (ushort)ResetBitCycles;
        sent.Cancel();
    }

    public override void State(StateStream state)
    {
        state.U8(ref txd);
        state.Bool(ref enable);
        state.Bool(ref busy);
        state.U8(ref shiftRegister);
        state.U16(ref bitCycles);
        state.Event(sent);
    }

    private void Send()
    {
        if (!enable || busy)
        {
            return;
        }

        busy = true;
        shiftRegister = txd;
        if (bitCycles != 0)
        {
            Soc.Schedule(sent, Soc.Now + Soc.Clocks.CyclesOf(FrameBits * bitCycles, Soc.Clocks.Frequencies.Clksys));
        }
    }

    private void OnSent()
    {
        busy = false;
        Soc.ConsoleOutput(ConsolePort.Duart, shiftRegister);
    }
}
