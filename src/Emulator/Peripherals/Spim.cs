// SPIM0 to SPIM3 of the uDMA subsystem: SPI masters that execute a list of commands. Three channels: commands,
// data to send, and data received.
// Facts: datasheet, uDMA SPIM; RTL of udma_qspi; the drivers of Xous.
//
// - A FIFO stands between each channel and the bus: ten commands, ten data to send, eight received. Commands and
//   data are fetched as far ahead as these reach, so a channel has ended (SADDR 0, event) while the last that it
//   fetched is still to be sent.
// - Commands are executed in order. One that sends waits for data, its clock standing still; one that receives
//   waits for room where the receive channel's CFG asks for it (backpressure), else what finds none is lost.
// - A bit takes 2 × divider periods of perclk, one period with divider 0; of four data lines each bit is a fourth.
//   A command takes a few more bits' time to decode. A quad word whose length is no multiple of 4 never ends.
// - SETUP_UCA and SETUP_UCS act when they are fetched.
// A long transfer moves in chunks, each one event: SADDR moves on, and memory is touched, at the end of a chunk.

using System.Numerics;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>One SPI master.</summary>
public sealed class Spim : Peripheral, IUdmaBlock
{
    public const int Count = 4;

    private const uint RX = 0x00;
    private const uint TX = 0x10;
    private const uint CMD = 0x20;
    private const uint STATUS = 0x30;

    private const uint RX_CFG = 0x08;
    private const uint RX_CFG_BACKPRESSURE = 1 << 7;

    private const uint QPI = 1 << 27;
    private const uint LSB_FIRST = 1 << 26;
    private const uint TO_TX = 1 << 27;
    private const int DATASIZE_SHIFT = 25;
    private const uint NoCommand = 3u << 28; // drivers call it SEND_ADDR; the block passes over it
    private const uint EOT_EVENT = 1 << 0;
    private const uint EOT_KEEP_CS = 1 << 1;

    private const int FetchedAhead = 10;
    private const int ReceivedBehind = 8;
    private const uint ChunkLimit = 512; // data

    private const int EventBank = 6;
    private const int DuplicateBank = 16; // SPIM1 and SPIM2 again, for another process to own
    private const int EventsPerSpim = 4;
    private const int FirstEvent = 16; // the block's first in the uDMA's numbering of events

    private readonly int number;
    private readonly UdmaChannel rx;
    private readonly UdmaChannel tx;
    private readonly UdmaChannel cmd;
    private readonly WordFifo received = new(ReceivedBehind);
    private readonly WordFifo toSend = new(FetchedAhead);
    private readonly WordFifo commands = new(FetchedAhead);
    private readonly SpimLoop loop = new();
    private readonly ScheduledEvent step;
    private bool heldInReset;
    private bool backpressure;
    private uint divider;
    private ulong freeAt; // the cycle at which the last command is over that has no effect at its end
    private Phase phase;
    private uint command;
    private uint wordsLeft; // of a data command, and
    private uint chunk; // those of them that end with the event
    private uint sendRegister;
    private uint receiveRegister;
    private uint wordsOfDatumSent;
    private uint wordsOfDatumReceived;

    /// <param name="soc">The chip, its interrupt banks already in place.</param>
    /// <param name="number">0 to 3.</param>
    public Spim(SystemOnChip soc, int number)
        : base(soc, $"UDMA_SPIM{number}")
    {
        this.number = number;
        rx = new UdmaChannel(soc.Memory, () => Pulse(Event.Rx), UdmaData.Chosen);
        tx = new UdmaChannel(soc.Memory, () => Pulse(Event.Tx), UdmaData.ChosenUnseen);
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
        Cfg = 0,
        Sot = 1,
        SendCmd = 2,
        Dummy = 4,
        Wait = 5,
        TxData = 6,
        RxData = 7,
        Rpt = 8,
        Eot = 9,
        RptEnd = 10,
        RxCheck = 11,
        FullDuplex = 12,
        SetupUca = 13,
        SetupUcs = 14,
    }

    private enum Phase : byte
    {
        Idle,

        /// <summary>The command ends, or its next chunk does, with the event.</summary>
        Timed,

        /// <summary>For data to send or for room to receive.</summary>
        WaitsForChannel,

        /// <summary>For one of the four events that UDMA_CTRL routes.</summary>
        WaitsForEvent,

        /// <summary>For a reset.</summary>
        Stuck,
    }

    /// <summary>The board's side.</summary>
    public SpiBus Bus { get; } = new();

    private Command Code => (Command)(command >> 28);

    private bool IsQuad => (command & QPI) != 0 && Code != Command.FullDuplex;

    private int Bits => 1 + (int)((command >> 16) & (Code == Command.RxCheck ? 0xFu : 0x1F));

    private int ClocksOfWord => IsQuad ? Bits / 4 : Bits;

    private uint WordsInDatum => ((command >> 21) & 3) switch
    {
        1 => 2,
        2 => 4,
        _ => 1,
    };

    private bool Sends => Code is Command.TxData or Command.FullDuplex;

    private bool Receives => Code is Command.RxData or Command.FullDuplex;

    private SpiLines Lines => !IsQuad ? SpiLines.Single
        : Code is Command.TxData or Command.SendCmd ? SpiLines.QuadOut : SpiLines.QuadIn;

    public override uint Read(uint offset) => offset switch
    {
        RX_CFG => rx.Read(RX_CFG) | (backpressure ? RX_CFG_BACKPRESSURE : 0),
        >= RX and < RX + 0x10 => rx.Read(offset - RX),
        >= TX and < TX + 0x10 => tx.Read(offset - TX),
        >= CMD and < CMD + 0x10 => cmd.Read(offset - CMD),
        STATUS => loop.Status,
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
                if (offset == RX_CFG)
                {
                    backpressure = (value & RX_CFG_BACKPRESSURE) != 0;
                }

                rx.Write(offset - RX, value, lanes);
                break;
            case >= TX and < TX + 0x10:
                tx.Write(offset - TX, value, lanes);
                break;
            case >= CMD and < CMD + 0x10:
                cmd.Write(offset - CMD, value, lanes);
                break;
            case STATUS:
                break; // read-only
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
        if (phase == Phase.WaitsForEvent && (int)(command & 3) == channel)
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
        received.State(state);
        toSend.State(state);
        commands.State(state);
        loop.State(state);
        Bus.State(state);
        state.Event(step);
        state.Bool(ref heldInReset);
        state.Bool(ref backpressure);
        state.U32(ref divider);
        state.U64(ref freeAt);
        state.Enum(ref phase);
        state.U32(ref command);
        state.U32(ref wordsLeft);
        state.U32(ref chunk);
        state.U32(ref sendRegister);
        state.U32(ref receiveRegister);
        state.U32(ref wordsOfDatumSent);
        state.U32(ref wordsOfDatumReceived);
    }

    // Goes on after a channel has been written.
    private void Continue()
    {
        FetchCommands();
        FetchData();
        StoreReceived();
        if (phase == Phase.WaitsForChannel)
        {
            StartChunk();
        }
        else if (phase == Phase.Idle)
        {
            StartNext();
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
                    target.Start(word, word >> DATASIZE_SHIFT);
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
        if (Soc.Now < freeAt)
        {
            if (loop.IsReplaying || commands.Count > 0)
            {
                command = NoCommand;
                EndAt(freeAt);
            }

            return;
        }

        if (loop.IsReplaying)
        {
            phase = loop.TryNext(out command) ? Phase.Idle : Phase.Stuck;
        }
        else if (!commands.TryPop(out command))
        {
            return;
        }

        FetchCommands();
        FetchData();
        if (phase != Phase.Stuck)
        {
            Start();
        }
    }

    private void Start()
    {
        if (loop.IsRecording)
        {
            if (Code == Command.RptEnd)
            {
                loop.Replay();
            }
            else
            {
                loop.Record(command);
            }

            Take(1);
            return;
        }

        switch (Code)
        {
            case Command.Cfg:
                divider = command & 0xFF;
                Take(3);
                break;
            case Command.Sot:
                Bus.Select((int)(command & 3));
                Take(2 + ((command >> 8) & 0xFF));
                break;
            case Command.SendCmd or Command.Dummy or Command.RxCheck:
                TakeWords(1, words: 1);
                break;
            case Command.TxData or Command.RxData or Command.FullDuplex:
                wordsLeft = 1 + (command & 0xFFFF);
                wordsOfDatumSent = wordsOfDatumReceived = 0;
                StartChunk();
                break;
            case Command.Wait:
                Wait();
                break;
            case Command.Rpt:
                loop.Begin(command & 0xFFFF);
                Take(1);
                break;
            case Command.Eot:
                EndTransaction();
                break;
            default:
                Take(1);
                break;
        }
    }

    private void Wait()
    {
        switch ((command >> 8) & 3)
        {
            case 0:
                phase = Phase.WaitsForEvent;
                break;
            case 1:
                Take(2 + (command & 0xFF));
                break;
            default:
                Take(1);
                break;
        }
    }

    private void EndTransaction()
    {
        if ((command & EOT_KEEP_CS) == 0)
        {
            Bus.DeselectAll();
        }

        if ((command & EOT_EVENT) != 0)
        {
            Pulse(Event.Eot);
        }

        Take(2);
    }

    private void StartChunk()
    {
        uint data = ChunkLimit;
        if (Sends)
        {
            data = Math.Min(data, tx.IsRunning ? tx.DataLeft : (uint)toSend.Count);
        }

        if (Receives && (rx.IsRunning || backpressure))
        {
            data = Math.Min(data, rx.IsRunning ? rx.DataLeft : (uint)received.Free);
        }

        chunk = Math.Min(wordsLeft, data * WordsInDatum);
        if (chunk == 0)
        {
            phase = Phase.WaitsForChannel;
        }
        else
        {
            TakeWords(2, chunk);
        }
    }

    // Ends with an event, at which the words are clocked.
    private void TakeWords(uint clocks, uint words)
    {
        if (IsQuad && Bits % 4 != 0)
        {
            phase = Phase.Stuck;
        }
        else
        {
            EndAt(After(clocks + (words * (uint)ClocksOfWord)));
        }
    }

    // Ends without an event, unless the next command is there already.
    private void Take(uint clocks)
    {
        freeAt = After(clocks);
        phase = Phase.Idle;
        StartNext();
    }

    private void EndAt(ulong cycle)
    {
        phase = Phase.Timed;
        Soc.Schedule(step, cycle);
    }

    private ulong After(uint clocks)
    {
        ulong periods = (ulong)clocks * (divider == 0 ? 1 : 2 * divider);
        return Soc.Now + Soc.Clocks.CyclesOf(periods, Soc.Clocks.Frequencies.Perclk);
    }

    private void OnStep()
    {
        phase = Phase.Idle;
        switch (Code)
        {
            case Command.SendCmd:
                Bus.Transfer(Lines, command & 0xFFFF, Bits, lsbFirst: false);
                break;
            case Command.Dummy:
                Bus.Transfer(Lines, 0, Bits, lsbFirst: false);
                break;
            case Command.RxCheck:
                Check();
                break;
            case Command.TxData or Command.RxData or Command.FullDuplex:
                MoveChunk();
                if (wordsLeft > 0)
                {
                    StartChunk();
                    return;
                }

                break;
            default:
                break;
        }

        StartNext();
    }

    private void MoveChunk()
    {
        for (chunk = Math.Min(chunk, ChunkLimit * 4); chunk > 0 && wordsLeft > 0; chunk--)
        {
            uint word = 0;
            if (Sends && !TryNextWord(out word))
            {
                break; // the channel was cleared meanwhile
            }

            wordsLeft--;
            word = Bus.Transfer(Lines, word, Bits, (command & LSB_FIRST) != 0);
            if (Receives)
            {
                Receive(word);
            }
        }
    }

    private bool TryNextWord(out uint word)
    {
        word = 0;
        if (wordsOfDatumSent == 0)
        {
            if (!toSend.TryPop(out sendRegister))
            {
                return false;
            }

            FetchData();
        }

        word = BitOperations.RotateRight(sendRegister, PlaceInDatum(wordsOfDatumSent));
        wordsOfDatumSent = (wordsOfDatumSent + 1) % WordsInDatum;
        return true;
    }

    private void Receive(uint word)
    {
        Shift(word, PlaceInDatum(wordsOfDatumReceived));
        wordsOfDatumReceived = (wordsOfDatumReceived + 1) % WordsInDatum;
        if (wordsOfDatumReceived == 0)
        {
            received.Push(receiveRegister);
            StoreReceived();
        }
    }

    // Bits that a short word does not reach keep what an earlier one left.
    private void Shift(uint word, int place)
    {
        uint mask = BitOperations.RotateLeft(uint.MaxValue >> (32 - Bits), place);
        receiveRegister = (receiveRegister & ~mask) | (BitOperations.RotateLeft(word, place) & mask);
    }

    private int PlaceInDatum(uint index) => (int)index * (WordsInDatum == 4 ? 8 : 16);

    private void Check()
    {
        Shift(Bus.Transfer(Lines, 0, Bits, (command & LSB_FIRST) != 0), 0);
        ushort data = (ushort)receiveRegister;
        ushort expected = (ushort)command;
        loop.Check(((command >> 24) & 3) switch
        {
            0 => data == expected,
            1 => (data & expected) == expected,
            2 => (data | expected) == expected,
            _ => (data & expected) != expected,
        });
    }

    private void Pulse(Event happened)
    {
        int bit = (number * EventsPerSpim) + (int)happened;
        Soc.Irqs[EventBank].Pulse(bit);
        if (number is 1 or 2)
        {
            Soc.Irqs[DuplicateBank].Pulse(bit);
        }

        Soc.Udma.Happened(FirstEvent + bit);
    }

    private void Reset()
    {
        rx.Reset();
        tx.Reset();
        cmd.Reset();
        received.Clear();
        toSend.Clear();
        commands.Clear();
        loop.Reset();
        Bus.DeselectAll();
        step.Cancel();
        backpressure = false;
        phase = Phase.Idle;
        freeAt = 0;
        divider = command = wordsLeft = chunk = 0;
        sendRegister = receiveRegister = wordsOfDatumSent = wordsOfDatumReceived = 0;
    }
}
