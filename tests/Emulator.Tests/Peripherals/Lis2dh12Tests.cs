// The accelerometer of the badge: what its registers say, when there is a sample, and what its interrupt does.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boards.Parts;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class Lis2dh12Tests : IDisposable
{
    private const byte WHO_AM_I = 0x0F;
    private const byte CTRL_REG1 = 0x20;
    private const byte CTRL_REG2 = 0x21;
    private const byte CTRL_REG3 = 0x22;
    private const byte CTRL_REG4 = 0x23;
    private const byte CTRL_REG5 = 0x24;
    private const byte CTRL_REG6 = 0x25;
    private const byte REFERENCE = 0x26;
    private const byte STATUS_REG = 0x27;
    private const byte OUT_X_L = 0x28;
    private const byte FIFO_CTRL_REG = 0x2E;
    private const byte FIFO_SRC_REG = 0x2F;
    private const byte INT1_CFG = 0x30;
    private const byte INT1_SRC = 0x31;
    private const byte INT1_THS = 0x32;
    private const byte INT1_DURATION = 0x33;
    private const byte INT2_CFG = 0x34;
    private const byte INT2_SRC = 0x35;
    private const byte INT2_THS = 0x36;
    private const byte AutoIncrement = 0x80;

    private const byte Every10Milliseconds = 0x57;
    private const ulong Millisecond = 350_000;

    private static readonly byte PC15 = Pin.Number('C', 15);

    private readonly Chip chip = new(cold: false, board: "dc34-badge");

    private I2cBus Bus => chip.Soc.I2cs[0].Bus;

    private Lis2dh12 Part => chip.Soc.Parts.Select(soldered => soldered.Part).OfType<Lis2dh12>().Single();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void It_says_what_it_is_and_its_registers_have_their_reset_values()
    {
        Assert.Equal(0x33, Read(WHO_AM_I));
        Assert.Equal((0x10, 0x07, 0x20), (Read(0x1E), Read(CTRL_REG1), Read(FIFO_SRC_REG)));
        Write(WHO_AM_I, 0);
        Assert.Equal(0x33, Read(WHO_AM_I));
    }

    [Fact]
    public void Registers_follow_each_other_where_bit_7_asks_for_it()
    {
        Write(0x32 | AutoIncrement, 1, 2);
        Assert.Equal([1, 2], ReadMany(0x32 | AutoIncrement, 2));
        Assert.Equal([1, 1], ReadMany(0x32, 2));
    }

    [Fact]
    public void A_sample_is_ready_once_a_period_and_taken_by_reading_it()
    {
        chip.Pass(50 * Millisecond);
        Assert.Equal(0, Read(STATUS_REG)); // power-down
        Write(CTRL_REG1, Every10Milliseconds);
        chip.Pass((10 * Millisecond) - 1000);
        Assert.Equal(0, Read(STATUS_REG));
        chip.Pass(1000);
        Assert.Equal(0x0F, Read(STATUS_REG));
        ReadMany(OUT_X_L | AutoIncrement, 6);
        Assert.Equal(0, Read(STATUS_REG));
        chip.Pass(20 * Millisecond);
        Assert.Equal(0xFF, Read(STATUS_REG)); // one was missed
    }

    [Theory]
    [InlineData(0x57, 0x00, 250 << 6, -123 << 6, 2 << 6)] // normal, 10 bits, 4 mg
    [InlineData(0x57, 0x08, 1000 << 4, -492 << 4, 8 << 4)] // high resolution, 12 bits, 1 mg
    [InlineData(0x5F, 0x00, 62 << 8, -30 << 8, 0)] // low power, 8 bits, 16 mg
    [InlineData(0x57, 0x38, 83 << 4, -41 << 4, 0)] // 16 g, 12 mg
    [InlineData(0x55, 0x00, 250 << 6, 0, 2 << 6)] // without the Y axis
    public void Acceleration_is_given_in_the_scale_and_width_that_are_set(byte ctrl1, byte ctrl4, int x, int y, int z)
    {
        Part.Accelerate(1000, -492, 8);
        Write(CTRL_REG1, ctrl1);
        Write(CTRL_REG4, ctrl4);
        chip.Pass(20 * Millisecond);
        byte[] read = ReadMany(OUT_X_L | AutoIncrement, 6);
        Assert.Equal((x, y, z), (Axis(read, 0), Axis(read, 1), Axis(read, 2)));
    }

    [Fact]
    public void More_than_the_scale_holds_is_cut_off()
    {
        Part.Accelerate(5000, -5000, 0);
        Write(CTRL_REG1, Every10Milliseconds);
        Assert.Equal((511 << 6, -512 << 6), (Axis(ReadMany(OUT_X_L | AutoIncrement, 6), 0), Axis(ReadMany(OUT_X_L | AutoIncrement, 6), 1)));
    }

    [Fact]
    public void A_motion_that_lasts_raises_a_latched_interrupt_until_its_source_is_read()
    {
        WatchMotion(duration: 3);
        chip.Pass(1000 * Millisecond);
        Assert.True(Level(PC15)); // gravity is no motion
        Part.Accelerate(1000, 400, 0);
        chip.Pass(39 * Millisecond);
        Assert.True(Level(PC15));
        chip.Pass(2 * Millisecond);
        Assert.False(Level(PC15));
        Part.Accelerate(1000, 0, 0);
        chip.Pass(100 * Millisecond);
        Assert.False(Level(PC15));
        Assert.Equal(0x48, Read(INT1_SRC)); // YH
        Assert.True(Level(PC15));
        Assert.Equal(0, Read(INT1_SRC));
    }

    [Fact]
    public void A_motion_that_ends_too_soon_raises_nothing()
    {
        WatchMotion(duration: 3);
        Part.Accelerate(1000, 400, 0);
        chip.Pass(25 * Millisecond);
        Part.Accelerate(1000, 0, 0);
        chip.Pass(1000 * Millisecond);
        Assert.True(Level(PC15));
        Assert.Equal(0, Read(INT1_SRC));
    }

    [Fact]
    public void A_position_is_told_by_direction_while_it_lasts_and_with_the_filter_s_reference_taken_anew_is_none()
    {
        Write(CTRL_REG1, Every10Milliseconds);
        Write(CTRL_REG3, 1 << 5);
        Write(INT2_THS, 0x30); // 768 mg
        Write(INT2_CFG, 0x7F);
        chip.Pass(11 * Millisecond);
        Assert.Equal(0x42, Read(INT2_SRC)); // XH
        Assert.False(Level(PC15));
        Write(INT2_CFG, 0x7D);
        Assert.Equal(0, Read(INT2_SRC));
        Assert.True(Level(PC15));
        Part.Accelerate(0, 0, -1000);
        chip.Pass(11 * Millisecond);
        Assert.Equal(0x50, Read(INT2_SRC)); // ZL
        Write(CTRL_REG2, 1 << 1);
        Read(REFERENCE);
        Assert.Equal(0, Read(INT2_SRC));
    }

    [Fact]
    public void The_interrupt_is_a_key_of_the_badge_and_the_polarity_turns_it()
    {
        BoardKey key = new("INT1", Pin.Number('F', 8), Pin.Number('F', 3), "");
        Assert.False(chip.Machine.IsPressed(key));
        Write(CTRL_REG6, 1 << 1);
        Assert.True(chip.Machine.IsPressed(key));
        Assert.False(Level(PC15));
        chip.Reset(ResetKind.PowerOn);
        Assert.False(chip.Machine.IsPressed(key));
    }

    [Fact]
    public void A_sample_that_is_ready_reaches_the_pin_where_it_is_routed()
    {
        Write(CTRL_REG1, Every10Milliseconds);
        Write(CTRL_REG3, 1 << 4);
        chip.Pass(11 * Millisecond);
        Assert.False(Level(PC15));
        ReadMany(OUT_X_L | AutoIncrement, 6);
        Assert.True(Level(PC15));
        chip.Pass(10 * Millisecond);
        Assert.False(Level(PC15));
    }

    [Theory]
    [InlineData(0x40, 32)] // FIFO: stops when it is full
    [InlineData(0x80, 32)] // stream
    public void The_FIFO_counts_samples_up_to_32_and_down_as_they_are_read(byte mode, int most)
    {
        Write(CTRL_REG1, Every10Milliseconds);
        Write(CTRL_REG5, 1 << 6);
        Write(FIFO_CTRL_REG, (byte)(mode | 4));
        chip.Pass(41 * Millisecond);
        Assert.Equal(4, Read(FIFO_SRC_REG));
        chip.Pass(10 * Millisecond);
        Assert.Equal(0x85, Read(FIFO_SRC_REG));
        ReadMany(OUT_X_L | AutoIncrement, 12);
        Assert.Equal(3, Read(FIFO_SRC_REG));
        chip.Pass(1000 * Millisecond);
        int read = 0;
        for (; (Read(FIFO_SRC_REG) & 0x20) == 0; read++)
        {
            ReadMany(OUT_X_L | AutoIncrement, 6);
        }

        Assert.Equal(mode == 0x40 ? most - 2 : most, read);
    }

    private static short Axis(byte[] read, int axis) => BitConverter.ToInt16(read, axis * 2);

    private bool Level(byte pin) => chip.Machine.PinLevel(pin);

    private void WatchMotion(byte duration)
    {
        Write(CTRL_REG1, Every10Milliseconds);
        Write(CTRL_REG2, 1); // generator 1 sees what the high-pass filter leaves
        Write(CTRL_REG3, 1 << 6);
        Write(CTRL_REG5, 1 << 3);
        Write(INT1_THS, 18); // 288 mg
        Write(INT1_DURATION, duration);
        Write(INT1_CFG, 0x2A); // high on any axis
        Read(INT1_SRC);
    }

    private void Write(int register, params byte[] values)
    {
        Bus.Start();
        Assert.True(Bus.Write(0x32));
        Assert.True(Bus.Write((byte)register));
        Assert.All(values, value => Assert.True(Bus.Write(value)));
        Bus.Stop();
    }

    private int Read(int register) => ReadMany(register, 1)[0];

    private byte[] ReadMany(int register, int count)
    {
        Bus.Start();
        Assert.True(Bus.Write(0x32));
        Assert.True(Bus.Write((byte)register));
        Bus.Start();
        Assert.True(Bus.Write(0x33));
        byte[] read = [.. Enumerable.Range(1, count).Select(i => Bus.Read(acknowledge: i < count))];
        Bus.Stop();
        return read;
    }
}
