// I2C0 to I2C3 of the uDMA subsystem: I2C masters that execute a list of commands. Three channels: commands, bytes
// to send, and bytes received.
// Facts: datasheet, uDMA I2C; RTL of udma_i2c; the drivers of Xous and the public C SDK.
//
// - A small FIFO stands between each channel and the bus, so the command channel has ended (CMD_SIZE 0) while the
//   last commands that it fetched are still to be executed.
// - STATUS shows busy from a start to a stop condition, and while a channel has bytes left.
// - A condition takes a bit's time and a byte nine, WAIT one more than it says. A bit is four phases of divider + 1
//   periods of perclk, and what the filter of SCL needs to see that the line has risen.
// - A byte that is not acknowledged raises nack and stands in ACK until that is read; the list goes on. Each rise
//   of the bus's busy raises err. CLR in a channel's CFG does nothing; the block's bit in UDMA_CTRL's RST does it all.
// - SETUP_UCA and SETUP_UCS act when they are fetched. RPT with a low byte of 0 passes over the next command.
// - There is one master, and no part stretches the clock: arbitration is never lost.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>One I2C master.</summary>
public sealed class I2c : Peripheral, IUdmaBlock
{
    public const int Count = 4;

    private const uint RX = 0x00;
    private const uint TX = 0x10;
    private const uint CMD = 0x20;
    private const uint STATUS = 0x30;
    private const uint SETUP = 0x34; // not in this version of the block
    private const uint ACK = 0x38;

    private const uint CHANNEL_SIZE = 0x4;
    private const uint CHANNEL_CFG = 0x8;
    private const uint CFG_CLR = 1 << 6;
    private const uint STATUS_BUSY = 1 << 0;
    private const uint ACK_NACK = 1 << 0;

    private const uint TO_TX = 1 << 27;
    private const uint ResetDivider = 0x100;
    private const int FifoLength = 4;
    private const uint ByteBits = 9;

    private const int EventBank = 7;
    private const int EventsPerI2c = 4;
    private const int FirstEvent = 32; // the block's first in the uDMA's numbering of events
    private const int ErrorBank = 12;
    private const int FirstNack = 8;
    private const int FirstError = 12;

    // The same events again, for another process to own.
    private static readonly (int Bank, int FirstBit)[] Duplicates = [(16, 12), (17, 0), (18, 4)];

    private const int DuplicateErrorBank = 18;
    private const int FirstDuplicateNack = 8;
    private const int FirstDuplicateError = 11;

    private readonly int number;
    private readonly UdmaChannel rx;
    private readonly UdmaChannel tx;
    private readonly UdmaChannel cmd;
    private readonly WordFifo commands = new(FifoLength);
    private readonly WordFifo toSend = new(FifoLength);
    private readonly WordFifo received = new(FifoLength);
    private readonly ScheduledEvent step;
    private bool heldInReset;
    private uint divider;
    private Phase phase;
    private uint command;
    private uint repeats;
    private bool skipsNext;
    private byte data;
    private bool busIsBusy;
    private bool nack;

    /// <param name="soc">The chip, its interrupt banks already in place.</param>
    /// <param name="number">0 to 3.</param>
    public I2c(SystemOnChip soc, int number)
        : base(soc, $"UDMA_I2C{number}")
    {
        this.number = number;
        rx = new UdmaChannel(soc.Memory, () => Pulse(Event.Rx));
        tx = new UdmaChannel(soc.Memory, () => Pulse(Event.Tx));
        cmd = new UdmaChannel(soc.Memory, () => Pulse(Event.Cmd), UdmaData.Word);
        step = new ScheduledEvent(soc.Events, EventPriority.Device, OnStep);
    }

    private enum Event
    {
        Rx = 0,
        Tx = 1,
        Cmd = 2,
        Eot = 3,
    }

    private enum Command : uint
    {
        Start = 0,
        WaitEvent = 1,
        Stop = 2,
        SetupUca = 3,
        ReadAck = 4,
        SetupUcs = 5,
        ReadNack = 6,
        WriteByte = 7,
        Write = 8,
        Eot = 9,
        Wait = 10,
        Repeat = 12,
        Configure = 14,
    }

    private enum Phase : byte
    {
        Idle,

        /// <summary>The command, or its next byte, ends with the event.</summary>
        Timed,

        /// <summary>For a byte to send.</summary>
        WaitsForData,

        /// <summary>For a place to put the byte that was received.</summary>
        WaitsForRoom,

        /// <summary>For one of the four events that UDMA_CTRL routes.</summary>
        WaitsForEvent,
    }

    /// <summary>The board's side.</summary>
    public I2cBus Bus { get; } = new();

    private Command Code => (Command)(command >> 28);

    private bool HasBytesLeft => (rx.Read(CHANNEL_SIZE) | tx.Read(CHANNEL_SIZE) | cmd.Read(CHANNEL_SIZE)) != 0;

    private uint BitPeriods
    {
        get
        {
            uint filter = (divider >> 2) + 1;
            return (4 * (divider + 1)) + (filter * 3 / 2) + 3;
        }
    }

    public override uint Read(uint offset)
    {
        switch (offset)
        {
            case >= RX and < RX + 0x10:
                return rx.Read(offset - RX);
            case >= TX and < TX + 0x10:
                return tx.Read(offset - TX);
            case >= CMD and < CMD + 0x10:
                return cmd.Read(offset - CMD);
            case STATUS:
                return busIsBusy || HasBytesLeft ? STATUS_BUSY : 0;
            case SETUP:
                return 0;
            case ACK:
                uint ack = nack ? ACK_NACK : 0;
                nack = false;
                return ack;
            default:
                return UnmodelledRead(offset);
        }
    }

    public override ulong SteadyUntil(uint offset) => offset == ACK ? 0 : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (heldInReset)
        {
            return;
        }

        switch (offset)
        {
            case >= RX and < RX + 0x10:
                Write(rx, offset - RX, value, lanes);
                break;
            case >= TX and < TX + 0x10:
                Write(tx, offset - TX, value, lanes);
                break;
            case >= CMD and < CMD + 0x10:
                Write(cmd, offset - CMD, value, lanes);
                break;
            case STATUS or SETUP or ACK:
                break; // read-only, or not there
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        Continue();
    }

    /// <summary>One of the events that UDMA_CTRL routes has happened.</summary>
    /// <param name="channel">0 to 3.</param>
    public void Trigger(int channel)
    {
        if (phase == Phase.WaitsForEvent && (int)((command >> 24) & 3) == channel)
        {
            Take(1);
        }
    }

    public void HoldInReset(bool held)
    {
        if (held)
        {
            Reset();
        }

        heldInReset = held;
    }

    public override void Reset(ResetKind kind)
    {
        Reset();
        heldInReset = false;
    }

    public override void State(StateStream state)
    {
        rx.State(state);
        tx.State(state);
        cmd.State(state);
        commands.State(state);
        toSend.State(state);
        received.State(state);
        Bus.State(state);
        state.Event(step);
        state.Bool(ref heldInReset);
        state.U32(ref divider);
        state.Enum(ref phase);
        state.U32(ref command);
        state.U32(ref repeats);
        state.Bool(ref skipsNext);
        state.U8(ref data);
        state.Bool(ref busIsBusy);
        state.Bool(ref nack);
    }

    private static void Write(UdmaChannel channel, uint offset, uint value, uint lanes) =>
        channel.Write(offset, offset == CHANNEL_CFG ? value & ~CFG_CLR : value, lanes);

    // Goes on after a channel has been written.
    private void Continue()
    {
        FetchCommands();
        FetchData();
        StoreReceived();
        switch (phase)
        {
            case Phase.Idle:
                StartNext();
                break;
            case Phase.WaitsForData:
                SendNext();
                break;
            case Phase.WaitsForRoom:
                Receive();
                break;
            default:
                break;
        }
    }

    private void FetchCommands()
    {
        while (commands.Free > 0 && cmd.TryTake(out uint word))
        {
            commands.Push(word);
            UdmaChannel target = (word & TO_TX) != 0 ? tx : rx;
            switch ((Command)(word >> 28))
            {
                case Command.SetupUca:
                    target.LoadAddress(word);
                    break;
                case Command.SetupUcs:
                    target.Start(word, width: 0);
                    break;
                default:
                    break;
            }
        }
    }

    private void FetchData()
    {
        while (toSend.Free > 0 && tx.TryTake(out uint datum))
        {
            toSend.Push(datum);
        }
    }

    private void StoreReceived()
    {
        while (rx.IsRunning && received.TryPop(out uint datum))
        {
            rx.TryPut(datum);
        }
    }

    private void StartNext()
    {
        phase = Phase.Idle;
        if (!commands.TryPop(out command))
        {
            return;
        }

        FetchCommands();
        FetchData();
        if (skipsNext)
        {
            skipsNext = false;
            Take(1);
            command = (uint)Command.SetupUca << 28; // a command that does nothing when it ends
            return;
        }

        Start();
    }

    private void Start()
    {
        switch (Code)
        {
            case Command.Start or Command.Stop:
                TakeBits(1);
                break;
            case Command.ReadAck or Command.ReadNack:
                TakeBits(ByteBits);
                break;
            case Command.WriteByte:
                data = (byte)command;
                TakeBits(ByteBits);
                break;
            case Command.Write:
                SendNext();
                break;
            case Command.Wait:
                TakeBits(1 + (command & 0xFF));
                break;
            case Command.WaitEvent:
                phase = Phase.WaitsForEvent;
                break;
            default:
                Take(2);
                break;
        }
    }

    private void OnStep()
    {
        switch (Code)
        {
            case Command.Start:
                Bus.Start();
                if (!busIsBusy)
                {
                    busIsBusy = true;
                    RaiseError(FirstError, FirstDuplicateError);
                }

                break;
            case Command.Stop:
                Bus.Stop();
                busIsBusy = false;
                break;
            case Command.ReadAck or Command.ReadNack:
                data = Bus.Read(acknowledge: Code == Command.ReadAck);
                Receive();
                return;
            case Command.WriteByte or Command.Write:
                if (!Bus.Write(data))
                {
                    nack = true;
                    RaiseError(FirstNack, FirstDuplicateNack);
                }

                if (TakeRepeat())
                {
                    command = (uint)Command.Write << 28; // of a repeated byte only the first is in the command
                    SendNext();
                    return;
                }

                break;
            case Command.Eot:
                Pulse(Event.Eot);
                break;
            case Command.Repeat:
                skipsNext = (command & 0xFF) == 0;
                repeats = skipsNext ? 0 : (command & 0xFFFF) - 1;
                break;
            case Command.Configure:
                divider = command & 0xFFFF;
                break;
            default:
                break;
        }

        StartNext();
    }

    private void SendNext()
    {
        if (!toSend.TryPop(out uint next))
        {
            phase = Phase.WaitsForData;
            return;
        }

        FetchData();
        data = (byte)next;
        TakeBits(ByteBits);
    }

    private void Receive()
    {
        if (received.Free == 0)
        {
            phase = Phase.WaitsForRoom;
            return;
        }

        received.Push(data);
        StoreReceived();
        if (TakeRepeat())
        {
            TakeBits(ByteBits);
        }
        else
        {
            StartNext();
        }
    }

    private bool TakeRepeat()
    {
        if (repeats == 0)
        {
            return false;
        }

        repeats--;
        return true;
    }

    private void TakeBits(uint bits) => Take((ulong)bits * BitPeriods);

    private void Take(ulong periods)
    {
        phase = Phase.Timed;
        Soc.Schedule(step, Soc.Now + Soc.Clocks.CyclesOf(periods, Soc.Clocks.Frequencies.Perclk));
    }

    private void Pulse(Event happened)
    {
        int bit = (number * EventsPerI2c) + (int)happened;
        Soc.Irqs[EventBank].Pulse(bit);
        if (number < Duplicates.Length)
        {
            (int bank, int firstBit) = Duplicates[number];
            Soc.Irqs[bank].Pulse(firstBit + (int)happened);
        }

        Soc.Udma.Happened(FirstEvent + bit);
    }

    private void RaiseError(int first, int firstDuplicate)
    {
        Soc.Irqs[ErrorBank].Pulse(first + number);
        if (number < Duplicates.Length)
        {
            Soc.Irqs[DuplicateErrorBank].Pulse(firstDuplicate + number);
        }
    }

    private void Reset()
    {
        rx.Reset();
        tx.Reset();
        cmd.Reset();
        commands.Clear();
        toSend.Clear();
        received.Clear();
        Bus.Stop();
        step.Cancel();
        divider = ResetDivider;
        phase = Phase.Idle;
        command = repeats = 0;
        skipsNext = busIsBusy = nack = false;
        data = 0;
    }
}
