// BIO_BDMA: the host's registers of the BIO, an I/O coprocessor of four small cores that share four FIFOs and 24
// events. Facts: RTL of bio_bdma; datasheet, BIO; the drivers of Xous.
//
// - CTRL: bits 3:0 run the cores; those above restart cores and dividers, and have done so when they are written. A
//   restart of core n also empties FIFO n.
// - A FIFO holds nine words. A write to a full one is lost; a read of an empty one gives the last word once more.
// - An event is set and cleared by its bit. Bits 31:24 are FIFO levels against ELEVEL: slot n looks at FIFO n / 2, and
//   ETYPE says whether less, equal or more counts.
// - A line holds its interrupt while an event of its IRQMASK stands. In edge mode (IRQ_EDGE) it is not the line's own
//   past but line 0's that is compared: so line 0 gives a pulse, and another holds unless line 0 does.
// - TXF, EVENT_SET, EVENT_CLR and FIFO_CLR read back what was written; filter and gutters read 0.
//
// Missing: the cores do not execute, and that is reported when one is started. Meanwhile what is sent to any FIFO is
// taken at once, as by a program that keeps up; no answer comes and no pad moves. Events of the chip do not arrive.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The BIO's registers.</summary>
public sealed class BioBdma : Peripheral
{
    public const int Cores = 4;

    internal const uint CTRL = 0x00;
    internal const uint FLEVEL = 0x0C;
    internal const uint TXF0 = 0x10;
    internal const uint RXF0 = 0x20;
    internal const uint EVENT_SET = 0x38;
    internal const uint EVENT_CLR = 0x3C;
    internal const uint EVENT_STATUS = 0x40;

    private const uint CFGINFO = 0x04;
    private const uint ELEVEL = 0x30;
    private const uint ETYPE = 0x34;
    private const uint FIFO_CLR = 0x48;
    private const uint IRQMASK_0 = 0x70;
    private const uint IRQ_EDGE = 0x80;

    private const uint CFGINFO_VALUE = 0x1000_0408; // 4096 bytes a core, 4 cores, version 8
    private const uint CTRL_EN = 0xF;
    private const int CTRL_RESTART_SHIFT = 4;
    private const uint EventsMask = 0xFF_FFFF;
    private const int FirstLevelEvent = 24;
    private const int LevelSlots = 8;
    private const int Lines = 4;
    private const int FifoLength = 9;

    // The bank and first bit of the four interrupts, wherever they stand again.
    private static readonly (int Bank, int Bit)[] Events = [(0, 4), (10, 3), (17, 4), (18, 0), (19, 4)];

    // The registers that are kept; 0 stands for those that read 0 whatever is written.
    private static readonly (uint Offset, uint Mask)[] Registers =
    [
        (0x08, 0x3FF), // CONFIG
        (TXF0, uint.MaxValue), (TXF0 + 4, uint.MaxValue), (TXF0 + 8, uint.MaxValue), (TXF0 + 12, uint.MaxValue),
        (ELEVEL, uint.MaxValue),
        (ETYPE, 0xFF_FFFF),
        (EVENT_SET, EventsMask),
        (EVENT_CLR, EventsMask),
        (0x44, 0xFF_FFFF), // EXTCLOCK
        (FIFO_CLR, 0xF),
        (0x50, uint.MaxValue), (0x54, uint.MaxValue), (0x58, uint.MaxValue), (0x5C, uint.MaxValue), // QDIV0 to QDIV3
        (0x60, uint.MaxValue), // SYNC_BYPASS
        (0x64, uint.MaxValue), (0x68, uint.MaxValue), (0x6C, uint.MaxValue), // IO_OE_INV, IO_O_INV, IO_I_INV
        (IRQMASK_0, uint.MaxValue), (0x74, uint.MaxValue), (0x78, uint.MaxValue), (0x7C, uint.MaxValue),
        (IRQ_EDGE, 0xF),
        (0x84, 0), (0x88, 0), // DBG_PADOUT, DBG_PADOE
        (0x90, 0), (0x94, 0), (0x98, 0), (0x9C, 0), // DBG0 to DBG3
        (0xA0, 0), (0xA4, 0), // MEM_GUTTER, PERI_GUTTER
        (0xB0, uint.MaxValue), (0xB4, uint.MaxValue), (0xB8, uint.MaxValue), // EVMAP0 to EVMAP2
        (0xBC, uint.MaxValue), (0xC0, uint.MaxValue), (0xC4, uint.MaxValue), // EVMAP3 to EVMAP5
        (0xC8, 0), (0xCC, 0), (0xD0, 0), (0xD4, 0), (0xD8, 0), (0xDC, 0), // EVSTAT0 to EVSTAT5
        (0xE0, 0), (0xE4, 0), (0xE8, 0), (0xEC, 0), (0xF0, 0), (0xF4, 0), (0xF8, 0), (0xFC, 0), // FILTER_BASE, _BOUNDS
    ];

    private readonly uint[] values = new uint[Registers.Length];
    private readonly WordFifo fifo0 = new(FifoLength);
    private readonly WordFifo fifo1 = new(FifoLength);
    private readonly WordFifo fifo2 = new(FifoLength);
    private readonly WordFifo fifo3 = new(FifoLength);
    private readonly uint[] lastRead = new uint[Cores];
    private uint running;
    private uint events;
    private bool line0;

    public BioBdma(SystemOnChip soc)
        : base(soc, "BIO_BDMA")
    {
    }

    /// <summary>Whether a core is switched on.</summary>
    public bool IsRunning(int core) => (running & (1u << core)) != 0;

    private uint Levels => (uint)(fifo0.Count | (fifo1.Count << 4) | (fifo2.Count << 8) | (fifo3.Count << 12));

    public override uint Read(uint offset)
    {
        switch (offset)
        {
            case CTRL:
                return running;
            case CFGINFO:
                return CFGINFO_VALUE;
            case FLEVEL:
                return Levels;
            case >= RXF0 and < RXF0 + (4 * Cores):
                return Pop((int)(offset - RXF0) / 4);
            case EVENT_STATUS:
                return Status();
            default:
                int register = Find(offset);
                return register < 0 ? UnmodelledRead(offset) : values[register];
        }
    }

    public override ulong SteadyUntil(uint offset) =>
        offset is >= RXF0 and < RXF0 + (4 * Cores) ? 0 : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case CTRL:
                Control(value);
                break;
            case CFGINFO or FLEVEL or EVENT_STATUS or (>= RXF0 and < RXF0 + (4 * Cores)):
                break; // read-only
            default:
                if (Find(offset) is < 0)
                {
                    UnmodelledWrite(offset, value);
                    return;
                }

                ref uint register = ref values[Find(offset)];
                register = Merge(register, value, lanes) & Registers[Find(offset)].Mask;
                Act(offset, register);
                break;
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        Array.Clear(values);
        Array.Clear(lastRead);
        running = events = 0;
        line0 = false;
        EmptyFifos(0xF);
        Update();
    }

    public override void State(StateStream state)
    {
        state.U32s(values);
        fifo0.State(state);
        fifo1.State(state);
        fifo2.State(state);
        fifo3.State(state);
        state.U32s(lastRead);
        state.U32(ref running);
        state.U32(ref events);
        state.Bool(ref line0);
    }

    private static int Find(uint offset)
    {
        for (int i = 0; i < Registers.Length; i++)
        {
            if (Registers[i].Offset == offset)
            {
                return i;
            }
        }

        return -1;
    }

    private uint Value(uint offset) => values[Find(offset)];

    private WordFifo Fifo(int number) => number switch
    {
        0 => fifo0,
        1 => fifo1,
        2 => fifo2,
        _ => fifo3,
    };

    private void Control(uint value)
    {
        running = value & CTRL_EN;
        EmptyFifos((value >> CTRL_RESTART_SHIFT) & CTRL_EN);
        if (running != 0)
        {
            UnmodelledWrite(CTRL, value, "the cores do not execute");
            EmptyFifos(0xF);
        }
    }

    // What a write does besides being kept.
    private void Act(uint offset, uint value)
    {
        switch (offset)
        {
            case >= TXF0 and < TXF0 + (4 * Cores):
                if (running == 0)
                {
                    Fifo((int)(offset - TXF0) / 4).Push(value);
                }

                break;
            case EVENT_SET:
                events |= value;
                break;
            case EVENT_CLR:
                events &= ~value;
                break;
            case FIFO_CLR:
                EmptyFifos(value);
                break;
            default:
                break;
        }
    }

    private void EmptyFifos(uint which)
    {
        for (int fifo = 0; fifo < Cores; fifo++)
        {
            if ((which & (1u << fifo)) != 0)
            {
                Fifo(fifo).Clear();
            }
        }
    }

    private uint Pop(int number)
    {
        if (Fifo(number).TryPop(out uint word))
        {
            lastRead[number] = word;
            Update();
        }

        return lastRead[number];
    }

    private uint Status()
    {
        uint status = events;
        uint types = Value(ETYPE);
        for (int slot = 0; slot < LevelSlots; slot++)
        {
            uint level = (Levels >> (slot / 2 * 4)) & 0xF;
            uint threshold = (Value(ELEVEL) >> (slot * 4)) & 0xF;
            int type = level < threshold ? 0 : level == threshold ? LevelSlots : 2 * LevelSlots;
            status |= ((types >> (type + slot)) & 1) << (FirstLevelEvent + slot);
        }

        return status;
    }

    private void Update()
    {
        uint status = Status();
        uint edge = Value(IRQ_EDGE);
        bool before = line0;
        line0 = (status & Value(IRQMASK_0)) != 0;
        for (int line = 0; line < Lines; line++)
        {
            bool active = (status & Value(IRQMASK_0 + (4 * (uint)line))) != 0;
            bool isEdge = (edge & (1u << line)) != 0;
            bool pulse = isEdge && active && line0 && !before;
            foreach ((int bank, int bit) in Events)
            {
                Soc.Irqs[bank].SetLevel(bit + line, active && !(isEdge && line0));
                if (pulse)
                {
                    Soc.Irqs[bank].Pulse(bit + line);
                }
            }
        }
    }
}
