// LIS2DH12, an accelerometer on I2C: samples at its output data rate, two interrupt generators, a FIFO.
// Facts: ST's datasheet and application note of the part; the driver of Xous, whose use of generator 2 says that its
// 6D interrupt lasts while the position does.
// - The first byte written after a call is the register, its bit 7 lets the register move on with each byte.
// - Acceleration is what Accelerate last said, and each sample is that; at first 1 g along X, as a badge hangs.
//   Samples are counted, not stored: flags and FIFO levels follow from how many there were.
// - A generator compares at each sample. Its event must last DURATION samples more; it is over with the sample that
//   ends it, or, latched, with a read of its SRC.
// - The high-pass filter gives the difference to what was there when REFERENCE was last read, or CTRL_REG1 or 2 written.
//   It never decays.
// Missing: clicks, activity, self-test, the temperature (always that of its offset), INT2.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>An accelerometer.</summary>
public sealed class Lis2dh12 : BoardPart, II2cDevice
{
    private const byte STATUS_REG_AUX = 0x07;
    private const byte WHO_AM_I = 0x0F;
    private const byte CTRL_REG0 = 0x1E;
    private const byte TEMP_CFG_REG = 0x1F;
    private const byte CTRL_REG1 = 0x20;
    private const byte CTRL_REG2 = 0x21;
    private const byte CTRL_REG3 = 0x22;
    private const byte CTRL_REG4 = 0x23;
    private const byte CTRL_REG5 = 0x24;
    private const byte CTRL_REG6 = 0x25;
    private const byte REFERENCE = 0x26;
    private const byte STATUS_REG = 0x27;
    private const byte OUT_X_L = 0x28;
    private const byte OUT_Z_H = 0x2D;
    private const byte FIFO_CTRL_REG = 0x2E;
    private const byte FIFO_SRC_REG = 0x2F;
    private const byte INT1_CFG = 0x30;
    private const byte INT2_CFG = 0x34;
    private const byte CLICK_SRC = 0x39;
    private const byte ACT_DUR = 0x3F;
    private const int Registers = 0x40;

    private const byte Identity = 0x33;
    private const byte AutoIncrement = 0x80;
    private const byte STATUS_REG_AUX_TDA = 1 << 2;
    private const byte TEMP_CFG_REG_ENABLED = 0xC0;
    private const byte CTRL_REG1_LPEN = 1 << 3;
    private const byte CTRL_REG2_FDS = 1 << 3;
    private const byte CTRL_REG3_I1_IA1 = 1 << 6;
    private const byte CTRL_REG3_I1_IA2 = 1 << 5;
    private const byte CTRL_REG3_I1_ZYXDA = 1 << 4;
    private const byte CTRL_REG3_I1_WTM = 1 << 2;
    private const byte CTRL_REG3_I1_OVERRUN = 1 << 1;
    private const byte CTRL_REG3_BySample = CTRL_REG3_I1_ZYXDA | CTRL_REG3_I1_WTM | CTRL_REG3_I1_OVERRUN;
    private const byte CTRL_REG4_HR = 1 << 3;
    private const byte CTRL_REG5_BOOT = 1 << 7;
    private const byte CTRL_REG5_FIFO_EN = 1 << 6;
    private const byte CTRL_REG5_LIR_INT1 = 1 << 3;
    private const byte CTRL_REG5_LIR_INT2 = 1 << 1;
    private const byte CTRL_REG6_INT_POLARITY = 1 << 1;
    private const byte STATUS_ZYXDA = 1 << 3;
    private const byte FIFO_SRC_WTM = 1 << 7;
    private const byte FIFO_SRC_OVRN = 1 << 6;
    private const byte FIFO_SRC_EMPTY = 1 << 5;

    private const int Axes = 3;
    private const int FifoLength = 32;
    private const int OneG = 1000; // acceleration is in thousandths of g
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    // By CTRL_REG1's rate: in a second, in low-power mode and in the others.
    private static readonly (uint LowPower, uint Other)[] Rates =
        [(0, 0), (1, 1), (10, 10), (25, 25), (50, 50), (100, 100), (200, 200), (400, 400), (1620, 0), (5376, 1344)];

    // By full scale: a digit in 12-bit mode, and a threshold's.
    private static readonly (int Digit, int Threshold)[] Scales = [(1, 16), (2, 32), (4, 62), (12, 186)];

    private readonly SystemOnChip soc;
    private readonly Action<bool> int1Changed;
    private readonly ScheduledEvent sample;
    [Derived("never changes")]
    private readonly Generator[] generators =
    [
        new(INT1_CFG, CTRL_REG5_LIR_INT1, HighPass: 1 << 0),
        new(INT2_CFG, CTRL_REG5_LIR_INT2, HighPass: 1 << 1),
    ];

    private readonly byte[] registers = new byte[Registers];
    private readonly int[] acceleration = [OneG, 0, 0];
    private readonly int[] reference = new int[Axes];
    private readonly ulong[] seen = new ulong[Axes];
    private readonly ulong[] since = new ulong[2]; // by generator: the sample from which its condition holds, or 0
    private readonly byte[] sources = new byte[2];
    private ulong began; // nanosecond at which sampling began
    private ulong fifoBegan; // samples before those in the FIFO
    private ulong fifoTaken;
    private byte pointer;
    private bool expectsPointer;
    private bool int1;

    /// <param name="soc">The chip on the board, for its clock.</param>
    /// <param name="int1Changed">Called with the level of the INT1 pin whenever that changes.</param>
    public Lis2dh12(SystemOnChip soc, Action<bool> int1Changed)
        : base("LIS2DH12")
    {
        this.soc = soc;
        this.int1Changed = int1Changed;
        sample = new ScheduledEvent(soc.Events, EventPriority.Device, Update);
    }

    public byte Address => 0x19; // SA0 is tied high

    private uint Rate
    {
        get
        {
            int rate = registers[CTRL_REG1] >> 4;
            (uint lowPower, uint other) = rate < Rates.Length ? Rates[rate] : default;
            return IsLowPower ? lowPower : other;
        }
    }

    private bool IsLowPower => (registers[CTRL_REG1] & CTRL_REG1_LPEN) != 0;

    private (int Digit, int Threshold) Scale => Scales[(registers[CTRL_REG4] >> 4) & 3];

    // Samples since sampling began.
    private ulong Samples => (ulong)((UInt128)(Now - Math.Min(began, Now)) * Rate / NanosecondsPerSecond);

    private ulong Now => soc.Clocks.NanosecondsAt(soc.Now);

    private bool HasFifo => (registers[CTRL_REG5] & CTRL_REG5_FIFO_EN) != 0 && registers[FIFO_CTRL_REG] >> 6 != 0;

    private bool IsInt1Active
    {
        get
        {
            byte routed = registers[CTRL_REG3];
            return (sources[0] != 0 && (routed & CTRL_REG3_I1_IA1) != 0)
                || (sources[1] != 0 && (routed & CTRL_REG3_I1_IA2) != 0)
                || ((routed & CTRL_REG3_I1_ZYXDA) != 0 && (Status() & STATUS_ZYXDA) != 0)
                || ((routed & CTRL_REG3_I1_WTM) != 0 && (FifoSource() & FIFO_SRC_WTM) != 0)
                || ((routed & CTRL_REG3_I1_OVERRUN) != 0 && (FifoSource() & FIFO_SRC_OVRN) != 0);
        }
    }

    private int FifoLevel
    {
        get
        {
            ulong stored = HasFifo ? Math.Min(FifoLength, Samples - Math.Min(fifoBegan, Samples)) : 0;
            return (int)(stored - Math.Min(stored, fifoTaken));
        }
    }

    /// <summary>Moves the part: what it feels from now on, gravity included.</summary>
    /// <param name="x">Along its X axis, in thousandths of g.</param>
    /// <param name="y">Along its Y axis.</param>
    /// <param name="z">Along its Z axis.</param>
    public void Accelerate(short x, short y, short z)
    {
        (acceleration[0], acceleration[1], acceleration[2]) = (x, y, z);
        Update();
    }

    public override void PowerOn()
    {
        Array.Clear(registers);
        registers[WHO_AM_I] = Identity;
        registers[CTRL_REG0] = 0x10;
        registers[CTRL_REG1] = 0x07;
        Array.Clear(reference);
        Array.Clear(since);
        Array.Clear(sources);
        pointer = 0;
        expectsPointer = false;
        Restart();
    }

    public bool Call(bool reading)
    {
        expectsPointer = !reading;
        return true;
    }

    public bool Write(byte value)
    {
        if (expectsPointer)
        {
            expectsPointer = false;
            pointer = value;
        }
        else
        {
            WriteRegister(pointer & (Registers - 1), value);
            MoveOn();
        }

        return true;
    }

    public byte Read()
    {
        byte value = ReadRegister(pointer & (Registers - 1));
        MoveOn();
        return value;
    }

    public override void State(StateStream state)
    {
        state.Bytes(registers);
        for (int axis = 0; axis < Axes; axis++)
        {
            state.I32(ref acceleration[axis]);
            state.I32(ref reference[axis]);
            state.U64(ref seen[axis]);
        }

        for (int generator = 0; generator < generators.Length; generator++)
        {
            state.U64(ref since[generator]);
        }

        state.Bytes(sources);
        state.U64(ref began);
        state.U64(ref fifoBegan);
        state.U64(ref fifoTaken);
        state.U8(ref pointer);
        state.Bool(ref expectsPointer);
        state.Bool(ref int1);
        state.Event(sample);
    }

    private void MoveOn()
    {
        if ((pointer & AutoIncrement) != 0)
        {
            bool wraps = HasFifo && (pointer & ~AutoIncrement) == OUT_Z_H;
            pointer = (byte)(AutoIncrement | (wraps ? OUT_X_L : (pointer + 1) & ~AutoIncrement));
        }
    }

    private byte ReadRegister(int register)
    {
        switch (register)
        {
            case STATUS_REG_AUX:
                return (registers[TEMP_CFG_REG] & TEMP_CFG_REG_ENABLED) != 0 && Samples > 0 ? STATUS_REG_AUX_TDA : (byte)0;
            case REFERENCE:
                acceleration.CopyTo(reference, 0);
                Update();
                return registers[REFERENCE];
            case STATUS_REG:
                return Status();
            case >= OUT_X_L and <= OUT_Z_H:
                return ReadOutput(register - OUT_X_L);
            case FIFO_SRC_REG:
                return FifoSource();
            case INT1_CFG + 1 or INT2_CFG + 1:
                return ReadSource((register - INT1_CFG) / 4);
            default:
                return registers[register];
        }
    }

    private void WriteRegister(int register, byte value)
    {
        switch (register)
        {
            case CTRL_REG1:
                registers[CTRL_REG1] = value;
                acceleration.CopyTo(reference, 0);
                Restart();
                break;
            case CTRL_REG2:
                registers[CTRL_REG2] = value;
                acceleration.CopyTo(reference, 0);
                break;
            case CTRL_REG5:
                registers[CTRL_REG5] = (byte)(value & ~CTRL_REG5_BOOT); // the boot ends at once
                EmptyFifo();
                break;
            case FIFO_CTRL_REG:
                registers[FIFO_CTRL_REG] = value;
                EmptyFifo();
                break;
            case STATUS_REG or FIFO_SRC_REG or INT1_CFG + 1 or INT2_CFG + 1 or CLICK_SRC or (>= OUT_X_L and <= OUT_Z_H):
                break; // read-only
            case >= CTRL_REG0 and <= ACT_DUR:
                registers[register] = value;
                break;
            default:
                break; // reserved, or read-only
        }

        Update();
    }

    private void Restart()
    {
        began = Now;
        Array.Clear(seen);
        Array.Clear(since);
        EmptyFifo();
        Update();
    }

    private void EmptyFifo()
    {
        fifoBegan = Samples;
        fifoTaken = 0;
    }

    private byte Status()
    {
        ulong samples = Samples;
        byte status = 0;
        for (int axis = 0; axis < Axes; axis++)
        {
            status |= (byte)(samples > seen[axis] ? 1 << axis : 0);
            status |= (byte)(samples > seen[axis] + 1 ? 0x10 << axis : 0);
        }

        return (byte)(status | ((status & 0x07) == 0x07 ? STATUS_ZYXDA : 0) | ((status & 0x70) == 0x70 ? 0x80 : 0));
    }

    private byte FifoSource()
    {
        int level = FifoLevel;
        return (byte)((level > (registers[FIFO_CTRL_REG] & 0x1F) ? FIFO_SRC_WTM : 0)
            | (level == FifoLength ? FIFO_SRC_OVRN : 0)
            | (level == 0 ? FIFO_SRC_EMPTY : 0)
            | Math.Min(level, FifoLength - 1));
    }

    // Left-justified in 16 bits: 8, 10 or 12 of them are valid.
    private byte ReadOutput(int place)
    {
        int axis = place / 2;
        if ((registers[CTRL_REG1] & (1 << axis)) == 0)
        {
            return 0;
        }

        (int shift, int coarser) = IsLowPower ? (8, 16) : (registers[CTRL_REG4] & CTRL_REG4_HR) != 0 ? (4, 1) : (6, 4);
        int felt = Felt(axis, (registers[CTRL_REG2] & CTRL_REG2_FDS) != 0);
        int limit = (1 << (15 - shift)) - 1;
        int output = Math.Clamp(felt / (Scale.Digit * coarser), -limit - 1, limit) << shift;
        if (place % 2 == 0)
        {
            return (byte)output;
        }

        seen[axis] = Samples;
        if (HasFifo && axis == Axes - 1)
        {
            TakeFromFifo();
        }

        Update();
        return (byte)(output >> 8);
    }

    private void TakeFromFifo()
    {
        bool isStream = registers[FIFO_CTRL_REG] >> 6 != 1;
        if (FifoLevel > 0)
        {
            // A stream has dropped what no longer fitted; its oldest is taken.
            ulong dropped = Samples - fifoBegan > FifoLength && isStream ? Samples - fifoBegan - FifoLength : 0;
            fifoBegan += dropped + (isStream ? 1u : 0);
            fifoTaken += isStream ? 0u : 1;
        }
    }

    private int Felt(int axis, bool highPass) => acceleration[axis] - (highPass ? reference[axis] : 0);

    private byte ReadSource(int generator)
    {
        byte source = sources[generator];
        if ((registers[CTRL_REG5] & generators[generator].Latch) != 0)
        {
            sources[generator] = 0;
            since[generator] = 0;
            Update();
        }

        return source;
    }

    // The events of a generator that its CFG lets through, in the order of SRC.
    private byte Events(Generator generator)
    {
        byte cfg = registers[generator.Cfg];
        bool byDirection = (cfg & 0x40) != 0;
        int threshold = (registers[generator.Cfg + 2] & 0x7F) * Scale.Threshold;
        byte events = 0;
        for (int axis = 0; axis < Axes; axis++)
        {
            int felt = Felt(axis, (registers[CTRL_REG2] & generator.HighPass) != 0);
            bool high = byDirection ? felt > threshold : Math.Abs(felt) > threshold;
            bool low = byDirection ? felt < -threshold : Math.Abs(felt) < threshold;
            events |= (byte)((low ? 1 : 0) << (2 * axis));
            events |= (byte)((high ? 2 : 0) << (2 * axis));
        }

        events &= (byte)(cfg & 0x3F);
        bool needsAll = (cfg & 0xC0) == 0x80;
        return needsAll && events != (cfg & 0x3F) ? (byte)0 : events;
    }

    // Brings the generators and INT1 up to the present sample, and looks again when they may change by themselves.
    private void Update()
    {
        ulong samples = Samples;
        ulong next = ulong.MaxValue;
        for (int i = 0; i < generators.Length; i++)
        {
            byte events = Events(generators[i]);
            bool latched = (registers[CTRL_REG5] & generators[i].Latch) != 0;
            if (events == 0 || Rate == 0)
            {
                since[i] = 0;
                sources[i] = latched ? sources[i] : (byte)0;
                continue;
            }

            since[i] = since[i] == 0 ? samples + 1 : since[i];
            ulong raised = since[i] + (registers[generators[i].Cfg + 3] & 0x7Fu);
            if (samples >= raised)
            {
                sources[i] = latched && sources[i] != 0 ? sources[i] : (byte)(0x40 | events);
            }
            else
            {
                next = Math.Min(next, raised);
            }
        }

        bool active = IsInt1Active;
        SetInt1(active != ((registers[CTRL_REG6] & CTRL_REG6_INT_POLARITY) != 0));
        if (!active && (registers[CTRL_REG3] & CTRL_REG3_BySample) != 0)
        {
            next = samples + 1;
        }

        if (next == ulong.MaxValue || Rate == 0)
        {
            sample.Cancel();
        }
        else
        {
            UInt128 wait = (((UInt128)next * NanosecondsPerSecond) + Rate - 1) / Rate;
            soc.Schedule(sample, Math.Max(soc.Now + 1, soc.Clocks.CycleAt(began + (ulong)wait)));
        }
    }

    private void SetInt1(bool level)
    {
        if (level != int1)
        {
            int1 = level;
            int1Changed(level);
        }
    }

    private sealed record Generator(byte Cfg, byte Latch, byte HighPass);
}
