// DKPC: the keypad controller. It drives four row pads (KPO0 to KPO3, PF6 to PF9) one after another, samples four
// column pads (KPI0 to KPI3, PF2 to PF5), filters each of the 16 nodes and queues the changes.
// Facts: RTL of dkpc and ao_top; drivers of Xous.
// - It has the pads while AO_IOX gives them; without, every column reads 1. A row at rest has level and enable
//   KPOPO0 and KPOOE0, a driven one KPOPO1 and KPOOE1, also while the controller is off (then all are at rest).
// - Its clock is the slow one. A tick is CFG_STEP + 1 periods; a row lasts CFG2's interval + 1 ticks, in which it is
//   driven from one tick to another and sampled at a third. After it is switched on, one row passes without a row.
// - A node follows its samples once CFG_FILTER of them repeated the one before. A change that CFG3 lets through is an
//   event: node number, 16 more for a fall, and the time since the last event in bits 31:16. The time counts CFG_CNT1MS
//   times 10 and one periods, has 8 bits to do so (a longer unit never ends), and stops at CFG4. Of several changes
//   by one sample the highest node alone is an event.
// - The queue keeps the newest events. Any read in 0x20 to 0x3F takes one, CFG4's own among them.
// - An event is a pulse of one slow period to the always-on domain. A column at the driven level is another source,
//   for as long as it lasts: with a key held, at each scan of its row, and before the filter.
// - With AUTOSLEEP, after CFG4 units without either, all rows are driven and the scan stands until a column answers.
// Simplified: a sample acts at once, silicon takes three periods more. While no key is closed and all nodes have settled,
// the rows are not driven, because nothing but the row pads could show it; the scan goes on where it then would be.

using System.Numerics;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Keypad controller.</summary>
public sealed class Dkpc : Peripheral
{
    private const uint CFG0 = 0x00;
    private const uint CFG1 = 0x04;
    private const uint CFG2 = 0x08;
    private const uint CFG3 = 0x0C;
    private const uint SR0 = 0x10;
    private const uint SR1 = 0x14;
    private const uint FIFO = 0x20;
    private const uint CFG4 = 0x30;
    private const uint FIFO_END = 0x40;

    private const uint CFG0_KPOPO0 = 1 << 0;
    private const uint CFG0_KPOPO1 = 1 << 1;
    private const uint CFG0_KPOOE0 = 1 << 2;
    private const uint CFG0_KPOOE1 = 1 << 3;
    private const uint CFG0_DKPCEN = 1 << 4;
    private const uint CFG0_AUTOSLEEP = 1 << 5;
    private const uint CFG0_MASK = 0x3F;
    private const uint CFG1_MASK = 0xFF_FFFF;
    private const uint CFG4_MASK = 0xFFFF;

    private const int Rows = 4;
    private const int Columns = 4;
    private const int Nodes = Rows * Columns;
    private const uint AllNodes = 0xFFFF;
    private const uint AllColumns = 0xF;
    private const int ColumnShift = 2; // KPI0 is PF2
    private const int RowShift = 6; // KPO0 is PF6
    private const uint Pads = 0x3FC;

    private const int QueueLength = 8;
    private const uint Queued = 1 << 8; // marks a place that is taken; bits 15:5 of an event are 0
    private const uint NeverAnEvent = 0xFFFF;
    private const uint LongestTimeUnit = 256;
    private const ulong LongestRow = 256 * 256;

    private readonly ScheduledEvent moment;
    private readonly ScheduledEvent pulseEnd;
    private readonly uint[] queue = new uint[QueueLength];
    private readonly byte[] repeats = new byte[Nodes];
    private uint cfg0;
    private uint cfg1;
    private uint cfg2;
    private uint cfg3;
    private uint cfg4;
    private bool hasPads;
    private byte row; // the scan's state: 1 to 4, or 0 in the first row time
    private ulong rowBegan; // in periods of the slow clock
    private uint tick; // the next one in the row that has not passed
    private bool driving;
    private bool asleep;
    private bool resting; // nothing is scheduled, because further scans would change nothing
    private bool columnActive;
    private uint samples;
    private uint nodes;
    private uint timeAtStart;
    private ulong timeBegan;
    private uint quietAtStart;
    private ulong quietBegan;

    public Dkpc(SystemOnChip soc)
        : base(soc, "DKPC")
    {
        moment = new ScheduledEvent(soc.Events, EventPriority.Device, OnMoment);
        pulseEnd = new ScheduledEvent(soc.Events, EventPriority.Device, () => EventChanged?.Invoke(false));
    }

    /// <summary>Called with the level of the event's pulse.</summary>
    internal Action<bool>? EventChanged { get; set; }

    /// <summary>Called with whether a column is at the driven level.</summary>
    internal Action<bool>? ColumnActiveChanged { get; set; }

    private bool IsOn => (cfg0 & CFG0_DKPCEN) != 0;

    private uint TickPeriods => (cfg1 & 0xFF) + 1;

    private uint Filter => (cfg1 >> 8) & 0xFF;

    private uint TimeUnit => ((cfg1 >> 16) * 10) + 1;

    private uint DriveTick => cfg2 & 0xFF;

    private uint SampleTick => (cfg2 >> 8) & 0xFF;

    private uint RestTick => (cfg2 >> 16) & 0xFF;

    private uint LastTick => cfg2 >> 24;

    private uint ColumnLevels
    {
        get
        {
            uint levels = 0;
            for (int column = 0; column < Columns; column++)
            {
                bool level = !hasPads || Soc.Iox.Level(Iox.PortFPad(column + ColumnShift));
                levels |= level ? 1u << column : 0;
            }

            return levels;
        }
    }

    // Whether further scans would change nothing.
    private bool HasSettled
    {
        get
        {
            uint same = ColumnLevels * 0x1111;
            return nodes == same && samples == same && !driving && (cfg0 & CFG0_AUTOSLEEP) == 0
                && !Soc.Iox.SwitchesTouchPortF(AllColumns << ColumnShift);
        }
    }

    private ulong Slow => Soc.Clocks.SlowAt(Soc.Now);

    public override uint Read(uint offset) => offset switch
    {
        CFG0 => cfg0,
        CFG1 => cfg1,
        CFG2 => cfg2,
        CFG3 => cfg3,
        SR0 => nodes | (ColumnLevels << Nodes),
        SR1 => queue[0] != 0 ? 1u : 0,
        >= FIFO and < FIFO_END => TakeEvent() | (offset == CFG4 ? cfg4 : 0),
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => offset is >= FIFO and < FIFO_END ? 0 : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        Resume();
        switch (offset)
        {
            case CFG0:
                Configure(Merge(cfg0, value, lanes) & CFG0_MASK);
                break;
            case CFG1:
                cfg1 = Merge(cfg1, value, lanes) & CFG1_MASK;
                BeginRow(Slow);
                break;
            case CFG2:
                cfg2 = Merge(cfg2, value, lanes);
                BeginRow(Slow);
                break;
            case CFG3:
                cfg3 = Merge(cfg3, value, lanes);
                break;
            case CFG4:
                cfg4 = Merge(cfg4, value, lanes) & CFG4_MASK;
                break;
            case SR0 or SR1 or (>= FIFO and < FIFO_END):
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }

        DrivePads();
        LookAtPads();
        Schedule();
    }

    public override void Reset(ResetKind kind)
    {
        if (kind != ResetKind.PowerOn)
        {
            return;
        }

        cfg0 = CFG0_KPOPO0 | CFG0_KPOOE0 | CFG0_KPOOE1;
        cfg1 = 0x1F_1010;
        cfg2 = 0xFF20_1810;
        cfg3 = 0xFFFF_FFFF;
        cfg4 = 500;
        hasPads = columnActive = false;
        Array.Clear(queue);
        Array.Clear(repeats);
        SwitchOff();
        pulseEnd.Cancel();
        DrivePads();
    }

    public override void State(StateStream state)
    {
        state.U32(ref cfg0);
        state.U32(ref cfg1);
        state.U32(ref cfg2);
        state.U32(ref cfg3);
        state.U32(ref cfg4);
        state.Bool(ref hasPads);
        state.U8(ref row);
        state.U64(ref rowBegan);
        state.U32(ref tick);
        state.Bool(ref driving);
        state.Bool(ref asleep);
        state.Bool(ref resting);
        state.Bool(ref columnActive);
        state.U32(ref samples);
        state.U32(ref nodes);
        state.Bytes(repeats);
        state.U32(ref timeAtStart);
        state.U64(ref timeBegan);
        state.U32(ref quietAtStart);
        state.U64(ref quietBegan);
        state.U32s(queue);
        state.Event(moment);
        state.Event(pulseEnd);
    }

    /// <summary>The always-on domain gives the pads to the keypad, or takes them back.</summary>
    internal void GivePads(bool given)
    {
        if (hasPads != given)
        {
            hasPads = given;
            DrivePads();
            LookAtPads();
        }
    }

    /// <summary>Looks at the columns after pads of port F may have changed.</summary>
    internal void LookAtPads()
    {
        bool active = IsOn && ColumnLevels != ((cfg0 & CFG0_KPOPO1) != 0 ? 0 : AllColumns);
        if (active != columnActive)
        {
            columnActive = active;
            ColumnActiveChanged?.Invoke(active);
            BeginQuiet(0);
            if (active && asleep)
            {
                asleep = false;
                BeginRow(Slow);
                Schedule();
                DrivePads();
            }
        }

        if (resting && !HasSettled)
        {
            Resume();
            DrivePads();
        }
    }

    private void Configure(uint value)
    {
        bool wasOn = IsOn;
        cfg0 = value;
        if (!IsOn)
        {
            SwitchOff();
        }
        else if (!wasOn)
        {
            timeAtStart = NeverAnEvent;
            timeBegan = Slow;
            BeginQuiet(NeverAnEvent);
            row = 0;
            BeginRow(Slow);
        }
    }

    private void SwitchOff()
    {
        samples = nodes = (cfg0 & CFG0_KPOPO0) != 0 ? AllNodes : 0;
        row = 0;
        driving = asleep = resting = false;
        moment.Cancel();
    }

    private void BeginRow(ulong when)
    {
        rowBegan = when;
        tick = 0;
    }

    private void BeginQuiet(uint start)
    {
        quietAtStart = start;
        quietBegan = Slow;
    }

    // Time units that have passed since a moment, from a start value to CFG4.
    private uint Time(uint start, ulong began)
    {
        ulong units = TimeUnit > LongestTimeUnit ? 0 : (Slow - began) / TimeUnit;
        return (start + (uint)Math.Min(units, (cfg4 - start) & CFG4_MASK)) & CFG4_MASK;
    }

    // The next tick of the row at which something happens.
    private uint NextTick()
    {
        uint next = LastTick;
        foreach (uint candidate in (ReadOnlySpan<uint>)[DriveTick, SampleTick, RestTick])
        {
            next = candidate >= tick ? Math.Min(next, candidate) : next;
        }

        return next;
    }

    private void Schedule()
    {
        if (!IsOn || asleep || resting)
        {
            return;
        }

        ulong due = rowBegan + ((NextTick() + 1) * TickPeriods);
        if (due + LongestRow < Slow || due > Slow + LongestRow)
        {
            BeginRow(Slow); // a damaged state must not hold time up
            due = rowBegan + ((NextTick() + 1) * TickPeriods);
        }

        Soc.Schedule(moment, Math.Max(Soc.Now + 1, Soc.Clocks.CycleAtSlow(due)));
    }

    private void OnMoment()
    {
        uint passing = NextTick();
        if (passing == SampleTick && row is >= 1 and <= Rows)
        {
            Sample(row - 1);
        }

        PassTick(passing);
        if (tick == 0)
        {
            asleep = (cfg0 & CFG0_AUTOSLEEP) != 0 && !columnActive && Time(quietAtStart, quietBegan) == cfg4;
            resting = HasSettled;
        }

        Schedule();
        DrivePads();
    }

    private void PassTick(uint passing)
    {
        driving = passing == DriveTick || (driving && passing != RestTick);
        tick = passing + 1;
        if (passing == LastTick)
        {
            row = row < Rows ? (byte)(row + 1) : (byte)1;
            BeginRow(rowBegan + ((LastTick + 1) * TickPeriods));
        }
    }

    // Goes on with a scan that rests, where it would be had it gone on all the time.
    private void Resume()
    {
        if (!resting)
        {
            return;
        }

        resting = false;
        ulong rowPeriods = (LastTick + 1) * TickPeriods;
        ulong rows = (Slow - rowBegan) / rowPeriods;
        row = (byte)(row == 0 && rows == 0 ? 0 : (((ulong)row + rows + Rows - 1) % Rows) + 1);
        BeginRow(rowBegan + (rows * rowPeriods));
        ulong position = (Slow - rowBegan) / TickPeriods;
        while (NextTick() < position)
        {
            PassTick(NextTick());
        }

        Schedule();
    }

    private void Sample(int driven)
    {
        uint levels = ColumnLevels;
        uint before = nodes;
        for (int column = 0; column < Columns; column++)
        {
            int node = (driven * Columns) + column;
            uint bit = 1u << node;
            bool level = (levels & (1u << column)) != 0;
            if (level != ((samples & bit) != 0))
            {
                samples ^= bit;
                repeats[node] = 0;
            }
            else if (repeats[node] != Filter)
            {
                repeats[node]++;
            }

            if (repeats[node] == Filter)
            {
                nodes = (nodes & ~bit) | (samples & bit);
            }
        }

        Report(rises: nodes & ~before & cfg3, falls: before & ~nodes & (cfg3 >> Nodes));
    }

    private void Report(uint rises, uint falls)
    {
        if ((rises | falls) == 0)
        {
            return;
        }

        int node = 31 - BitOperations.LeadingZeroCount(rises | falls);
        uint number = (uint)node + ((falls & (1u << node)) != 0 ? (uint)Nodes : 0);
        int place = Array.IndexOf(queue, 0u);
        if (place < 0)
        {
            TakeEvent();
            place = QueueLength - 1;
        }

        queue[place] = Queued | number | (Time(timeAtStart, timeBegan) << 16);
        timeAtStart = 0;
        timeBegan = Slow;
        BeginQuiet(0);
        EventChanged?.Invoke(true);
        Soc.Schedule(pulseEnd, Soc.Clocks.CycleAtSlow(Slow + 1));
    }

    private uint TakeEvent()
    {
        uint oldest = queue[0] & ~Queued;
        queue.AsSpan(1).CopyTo(queue);
        queue[^1] = 0;
        return oldest;
    }

    private void DrivePads()
    {
        uint outputs = 0;
        uint enables = 0;
        for (int pad = 0; pad < Rows; pad++)
        {
            bool driven = asleep || (driving && row == pad + 1);
            outputs |= (cfg0 & (driven ? CFG0_KPOPO1 : CFG0_KPOPO0)) != 0 ? 1u << (pad + RowShift) : 0;
            enables |= (cfg0 & (driven ? CFG0_KPOOE1 : CFG0_KPOOE0)) != 0 ? 1u << (pad + RowShift) : 0;
        }

        Soc.Iox.DriveKeypad(hasPads ? Pads : 0, outputs, enables);
    }
}
