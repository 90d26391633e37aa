// Pads: what they are at, who hears of a change, and when an interrupt comes of it.

using XousCloud.Emulator.Boards;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class IoxTests : IDisposable
{
    private const uint Iox = 0x5012_F000;
    private const uint INTFR = Iox + 0x120;
    private const uint IRQARRAY10_PENDING = 0xE000_6010;
    private const uint IRQARRAY10_ENABLE = 0xE000_6014;
    private const uint IRQARRAY17_PENDING = 0xE000_D010;
    private const uint IRQARRAY18_PENDING = 0xE000_E010;
    private const int PortB = 1;
    private const int PortC = 2;
    private const uint RISE = 0 << 7;
    private const uint FALL = 1 << 7;
    private const uint HIGH = 2 << 7;
    private const uint LOW = 3 << 7;
    private const uint ENABLED = 1 << 9;

    private static readonly byte PB1 = Pin.Number('B', 1);
    private static readonly byte PC13 = Pin.Number('C', 13);

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void An_undriven_pad_is_high_by_its_pull_up_and_low_without()
    {
        for (uint port = 0; port < 6; port++)
        {
            Assert.Equal(0xFFFFu, chip.Read(In(port)));
        }

        chip.Write16(Pu(PortC), 0xDFFF);
        Assert.Equal(0xDFFFu, chip.Read(In(PortC)));
        Assert.False(chip.Machine.PinLevel(PC13));
    }

    [Fact]
    public void An_own_output_wins_over_the_outside_and_the_outside_over_the_pull_up()
    {
        Drive(PB1, PinDrive.Low);
        Assert.Equal(0xFFFDu, chip.Read(In(PortB)));
        chip.Write16(Out(PortB), 2);
        chip.Write16(Oe(PortB), 2);
        Assert.Equal(0xFFFFu, chip.Read(In(PortB)));
        Assert.True(chip.Machine.PinIsOutput(PB1));
        Assert.Equal(PinDrive.Low, chip.Machine.PinDriven(PB1));
        chip.Write16(Oe(PortB), 0);
        Assert.Equal(0xFFFDu, chip.Read(In(PortB)));
        Drive(PB1, PinDrive.Released);
        Assert.Equal(0xFFFFu, chip.Read(In(PortB)));
        Assert.Equal(PinDrive.Released, chip.Machine.PinDriven(PB1));
    }

    [Fact]
    public void A_pad_with_another_function_is_not_driven_by_OUT()
    {
        chip.Write16(Oe(PortB), 0x4000);
        Assert.False(chip.Machine.PinLevel(Pin.Number('B', 14)));
        chip.Write16(Iox + 0x0C, 1 << 12);
        Assert.True(chip.Machine.PinLevel(Pin.Number('B', 14)));
        Assert.False(chip.Machine.PinIsOutput(Pin.Number('B', 14)));
    }

    [Fact]
    public void A_pad_given_to_the_BIO_is_not_driven_by_OUT()
    {
        chip.Write16(Oe(PortC), 1);
        Assert.False(chip.Machine.PinLevel(Pin.Number('C', 0)));
        chip.Write(Iox + 0x200, 1 << 16);
        Assert.True(chip.Machine.PinLevel(Pin.Number('C', 0)));
    }

    [Fact]
    public void Half_word_stores_change_their_own_register_alone()
    {
        chip.Write16(Out(PortB), 0x1234);
        chip.Write16(Out(PortC), 0x5678);
        chip.Write16(Out(PortB) + 2, 0xFFFF); // the upper half does not exist
        Assert.Equal(0x1234u, chip.Read(Out(PortB)));
        Assert.Equal(0x5678u, chip.Read(Out(PortC)));
    }

    [Fact]
    public void Every_change_of_a_level_is_told_once_with_its_cycle_and_nothing_else_is()
    {
        chip.Write16(Oe(PortB), 2);
        chip.Pass(100);
        chip.Write16(Out(PortB), 2);
        chip.Write16(Out(PortB), 2);
        chip.Write16(Out(PortB), 0xFFF2); // the other pads are no outputs
        Drive(PC13, PinDrive.High);
        Drive(PC13, PinDrive.Low);
        Drive(PC13, PinDrive.Low);
        Assert.Equal([(PB1, false, 0ul), (PB1, true, 100), (PC13, false, 100)], chip.PinChanges);
    }

    [Theory]
    [InlineData(RISE, false, true)]
    [InlineData(FALL, true, false)]
    public void An_edge_sets_its_flag_once_and_pulses_the_interrupt_array(uint mode, bool before, bool after)
    {
        Drive(PC13, before ? PinDrive.High : PinDrive.Low);
        Detect(0, PC13, mode);
        Assert.Equal(0u, chip.Read(INTFR));
        Drive(PC13, after ? PinDrive.High : PinDrive.Low);
        Assert.Equal(1u << 7, chip.Read(INTFR));
        Assert.Equal(1u, chip.Read(IRQARRAY10_PENDING));
        Assert.Equal(1u << 10, chip.Read(IRQARRAY17_PENDING));
        Assert.Equal(1u << 14, chip.Read(IRQARRAY18_PENDING));

        // Xous clears the array first and the flag later, from another process.
        chip.Write(IRQARRAY10_PENDING, 1);
        Assert.Equal(0u, chip.Read(IRQARRAY10_PENDING));
        Assert.Equal(1u << 7, chip.Read(INTFR));
        chip.Write16(INTFR, 1 << 7);
        Assert.Equal(0u, chip.Read(INTFR));

        Drive(PC13, before ? PinDrive.High : PinDrive.Low);
        Assert.Equal(0u, chip.Read(INTFR));
    }

    [Theory]
    [InlineData(HIGH, PinDrive.High, PinDrive.Low)]
    [InlineData(LOW, PinDrive.Low, PinDrive.High)]
    public void A_level_sets_its_flag_and_holds_the_interrupt_array_while_it_lasts(
        uint mode, PinDrive active, PinDrive inactive)
    {
        Drive(PC13, inactive);
        Detect(7, PC13, mode);
        Assert.Equal(0u, chip.Read(INTFR));
        Drive(PC13, active);
        Assert.Equal(1u, chip.Read(INTFR));
        chip.Write16(INTFR, 1);
        chip.Write(IRQARRAY10_PENDING, 1);
        Assert.Equal(1u, chip.Read(INTFR));
        Assert.Equal(1u, chip.Read(IRQARRAY10_PENDING));
        Drive(PC13, inactive);
        chip.Write16(INTFR, 1);
        chip.Write(IRQARRAY10_PENDING, 1);
        Assert.Equal(0u, chip.Read(INTFR));
        Assert.Equal(0u, chip.Read(IRQARRAY10_PENDING));
    }

    [Fact]
    public void INTFR_stands_in_reverse_order()
    {
        for (int detector = 0; detector < 8; detector++)
        {
            Detect(detector, PC13, LOW);
            Drive(PC13, PinDrive.Low);
            Assert.Equal(1u << (7 - detector), chip.Read(INTFR));
            Drive(PC13, PinDrive.Released);
            chip.Write16(Iox + 0x100 + ((uint)detector * 4), 0);
            chip.Write16(INTFR, 0xFF);
        }
    }

    [Fact]
    public void A_disabled_detector_and_one_of_no_pad_set_no_flag()
    {
        chip.Write16(Iox + 0x100, (ushort)(PC13 | LOW));
        Detect(1, 127, LOW);
        Drive(PC13, PinDrive.Low);
        Assert.Equal(0u, chip.Read(INTFR));
    }

    [Fact]
    public void An_enabled_detector_reaches_the_CPU_on_line_10()
    {
        chip.Write(IRQARRAY10_ENABLE, 1);
        Detect(0, PC13, FALL);
        Drive(PC13, PinDrive.Low);
        Assert.Equal(1u << 10, chip.Lines);
    }

    [Fact]
    public void A_reset_lets_go_of_the_outputs_and_leaves_the_outside_as_it_is()
    {
        Drive(PC13, PinDrive.Low);
        chip.Write16(Oe(PortB), 2);
        Detect(0, PC13, LOW);
        chip.PinChanges.Clear();
        chip.Reset(ResetKind.Pad);
        Assert.Equal((PB1, true, 0ul), Assert.Single(chip.PinChanges));
        Assert.False(chip.Machine.PinLevel(PC13));
        Assert.Equal(0u, chip.Read(INTFR));
        Assert.Equal(0u, chip.Read(IRQARRAY10_PENDING));
    }

    private static uint Out(uint port) => Iox + 0x130 + (port * 4);

    private static uint Oe(uint port) => Iox + 0x148 + (port * 4);

    private static uint Pu(uint port) => Iox + 0x160 + (port * 4);

    private static uint In(uint port) => Iox + 0x178 + (port * 4);

    private void Drive(byte pin, PinDrive drive) => chip.Machine.Apply(MachineInput.SetPin(pin, drive));

    private void Detect(int detector, byte pin, uint mode) =>
        chip.Write16(Iox + 0x100 + ((uint)detector * 4), (ushort)(pin | mode | ENABLED));
}
