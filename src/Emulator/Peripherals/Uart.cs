// UART0 to UART3 of the uDMA subsystem: a transmit and a receive channel, a divider, and a polling register.
// Facts: datasheet, uDMA UART; RTL of udma_uart; the drivers of Xous and the public SDKs.
//
// Sending. The shift register takes a byte out of the channel when it is free, and the byte is on the wire one
// frame later. So the channel ends (SADDR 0, event) while its last byte is still on its way; STATUS tells when
// that has left, too. With divider 0 no frame ever ends.
//
// Receiving. The outside is a sender that waits for the receiver: bytes stand in a queue, and the next one is
// presented not before
// - a frame time has passed since the last,
// - the receiver is on and has a place for it: DATA has been read (polling or interrupt mode) or a receive
//   transfer runs (otherwise), and
// - the last receive interrupt has been served: while EV_ENABLE lets it through, EV_PENDING must be clear again.
//   A handler that takes one byte an interrupt and clears EV_PENDING at its end (Xous) would else lose bytes.
// So no byte is lost on its way in, and there is no overflow.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>One UART.</summary>
public sealed class Uart : Peripheral, IUdmaBlock
{
    public const int Count = 4;

    /// <summary>How many bytes from outside wait for the receiver at most.</summary>
    public const int QueueCapacity = 64 * 1024;

    private const uint RX = 0x00;
    private const uint TX = 0x10;
    private const uint STATUS = 0x20;
    private const uint SETUP = 0x24;
    private const uint ERROR = 0x28;
    private const uint IRQ_EN = 0x2C;
    private const uint VALID = 0x30;
    private const uint DATA = 0x34;

    private const uint STATUS_TX_BUSY = 1 << 0;
    private const uint STATUS_RX_BUSY = 1 << 1;

    private const uint SETUP_PARITY = 1 << 0;
    private const uint SETUP_TWO_STOP_BITS = 1 << 3;
    private const uint SETUP_POLLING = 1 << 4;
    private const uint SETUP_CLEAN_RX_FIFO = 1 << 5;
    private const uint SETUP_TX_ENABLE = 1 << 8;
    private const uint SETUP_RX_ENABLE = 1 << 9;
    private const uint SETUP_MASK = 0xFFFF_033F;

    private const uint IRQ_EN_RX = 1 << 0;
    private const uint IRQ_EN_MASK = 3;

    private const int EventBank = 5;
    private const int DuplicateBank = 14; // UART2 and UART3 again, for another process to own
    private const int EventsPerUart = 4;
    private const int FirstDuplicated = 2;

    private readonly int number;
    private readonly UdmaChannel rx;
    private readonly UdmaChannel tx;
    private readonly ScheduledEvent sent;
    private readonly ScheduledEvent arrival;
    private readonly ByteQueue waiting = new(QueueCapacity);
    private uint setup;
    private uint irqEnable;
    private bool heldInReset;
    private bool shifting;
    private byte shiftRegister;
    private bool valid;
    private byte data;
    private ulong nextArrival;

    /// <param name="soc">The chip, its interrupt banks already in place.</param>
    /// <param name="number">0 to 3.</param>
    public Uart(SystemOnChip soc, int number)
        : base(soc, $"UDMA_UART{number}")
    {
        this.number = number;
        rx = new UdmaChannel(soc.Memory, () => Pulse(Event.Rx));
        tx = new UdmaChannel(soc.Memory, () => Pulse(Event.Tx));
        sent = new ScheduledEvent(soc.Events, EventPriority.Device, OnSent);
        arrival = new ScheduledEvent(soc.Events, EventPriority.Device, PresentNext);
        soc.Irqs[EventBank].Acknowledged += PresentNext;
    }

    private enum Event
    {
        Rx = 0,
        Tx = 1,
        RxChar = 2,
    }

    private uint Divider => setup >> 16;

    private int DataBits => 5 + (int)((setup >> 1) & 3);

    // Both modes hand the byte over in DATA; without them it only goes through the channel.
    private bool UsesDataRegister => (setup & SETUP_POLLING) != 0 || (irqEnable & IRQ_EN_RX) != 0;

    private int RxEventBit => (number * EventsPerUart) + (int)Event.Rx;

    private bool CanPresent =>
        (setup & (SETUP_RX_ENABLE | SETUP_CLEAN_RX_FIFO)) == SETUP_RX_ENABLE
        && Divider != 0
        && !heldInReset
        && (UsesDataRegister ? !valid : rx.IsRunning)
        && !Soc.Irqs[EventBank].IsRequesting(RxEventBit);

    /// <summary>Queues bytes that arrive from outside; they reach the receiver one frame time after another.</summary>
    /// <returns>False when the queue has no room for all of them; none is taken then.</returns>
    public bool Receive(ReadOnlySpan<byte> bytes)
    {
        bool first = waiting.Count == 0;
        if (!waiting.TryEnqueue(bytes))
        {
            return false;
        }

        if (first && !bytes.IsEmpty)
        {
            nextArrival = Math.Max(nextArrival, Soc.Now + FrameCycles());
            PresentNext();
        }

        return true;
    }

    public override uint Read(uint offset)
    {
        switch (offset)
        {
            case >= RX and < RX + 0x10:
                return rx.Read(offset - RX);
            case >= TX and < TX + 0x10:
                return tx.Read(offset - TX);
            case STATUS:
                return (shifting ? STATUS_TX_BUSY : 0) | (arrival.IsScheduled ? STATUS_RX_BUSY : 0);
            case SETUP:
                return setup;
            case ERROR:
                return 0; // neither overflow nor parity error can happen
            case IRQ_EN:
                return irqEnable;
            case VALID:
                return valid ? 1u : 0;
            case DATA:
                byte value = data;
                valid = false;
                PresentNext();
                return value;
            default:
                return UnmodelledRead(offset);
        }
    }

    public override ulong SteadyUntil(uint offset) => offset == DATA ? 0 : ScheduledEvent.Never;

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
                PresentNext();
                break;
            case >= TX and < TX + 0x10:
                tx.Write(offset - TX, value, lanes);
                SendNext();
                break;
            case SETUP:
                Setup(Merge(setup, value, lanes) & SETUP_MASK);
                break;
            case IRQ_EN:
                irqEnable = Merge(irqEnable, value, lanes) & IRQ_EN_MASK;
                PresentNext();
                break;
            case STATUS or ERROR or VALID or DATA:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public void HoldInReset(bool held)
    {
        if (held)
        {
            ResetRegisters();
        }

        heldInReset = held;
        PresentNext();
    }

    public override void Reset(ResetKind kind)
    {
        ResetRegisters();
        heldInReset = false;
        nextArrival = 0;
        if (kind == ResetKind.PowerOn)
        {
            waiting.Clear();
        }
    }

    public override void State(StateStream state)
    {
        rx.State(state);
        tx.State(state);
        state.U32(ref setup);
        state.U32(ref irqEnable);
        state.Bool(ref heldInReset);
        state.Bool(ref shifting);
        state.U8(ref shiftRegister);
        state.Event(sent);
        state.Bool(ref valid);
        state.U8(ref data);
        state.U64(ref nextArrival);
        state.Event(arrival);
        waiting.State(state);
    }

    private void Setup(uint value)
    {
        setup = value;
        if ((setup & SETUP_CLEAN_RX_FIFO) != 0)
        {
            valid = false;
        }

        if ((setup & SETUP_TX_ENABLE) == 0)
        {
            shifting = false; // the frame breaks off and its byte is lost
            sent.Cancel();
        }
        else if (shifting && !sent.IsScheduled)
        {
            StartFrame();
        }

        SendNext();
        PresentNext();
    }

    private void SendNext()
    {
        if (!shifting && (setup & SETUP_TX_ENABLE) != 0 && tx.TryTake(out shiftRegister))
        {
            shifting = true;
            StartFrame();
        }
    }

    private void StartFrame()
    {
        if (Divider != 0)
        {
            Soc.Schedule(sent, Soc.Now + FrameCycles());
        }
    }

    private void OnSent()
    {
        shifting = false;
        Soc.ConsoleOutput((ConsolePort)number, (byte)(shiftRegister & ((1 << DataBits) - 1)));
        SendNext();
    }

    private void PresentNext()
    {
        arrival.Cancel();
        if (waiting.Count == 0 || !CanPresent)
        {
            return;
        }

        if (Soc.Now < nextArrival)
        {
            Soc.Schedule(arrival, nextArrival);
            return;
        }

        Present(waiting.Dequeue());
        nextArrival = Soc.Now + FrameCycles();
        if (waiting.Count > 0 && CanPresent)
        {
            Soc.Schedule(arrival, nextArrival);
        }
    }

    private void Present(byte value)
    {
        if (UsesDataRegister)
        {
            data = (byte)(value & ((1 << DataBits) - 1));
            valid = true;
        }

        rx.TryPut(value);
        if ((irqEnable & IRQ_EN_RX) != 0 && (setup & SETUP_POLLING) == 0)
        {
            Pulse(Event.RxChar);
        }
    }

    private ulong FrameCycles()
    {
        int bits = 1 + DataBits
            + ((setup & SETUP_PARITY) != 0 ? 1 : 0)
            + ((setup & SETUP_TWO_STOP_BITS) != 0 ? 2 : 1);
        return Soc.Clocks.CyclesOf((ulong)bits * Divider, Soc.Clocks.Frequencies.Perclk);
    }

    private void Pulse(Event happened)
    {
        int bit = (number * EventsPerUart) + (int)happened;
        Soc.Irqs[EventBank].Pulse(bit);
        if (number >= FirstDuplicated)
        {
            Soc.Irqs[DuplicateBank].Pulse(bit - (FirstDuplicated * EventsPerUart));
        }

        Soc.Udma.Happened(bit);
    }

    private void ResetRegisters()
    {
        rx.Reset();
        tx.Reset();
        setup = irqEnable = 0;
        shifting = valid = false;
        shiftRegister = data = 0;
        sent.Cancel();
        arrival.Cancel();
    }
}
