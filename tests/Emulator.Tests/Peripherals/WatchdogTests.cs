// The watchdog's two stages, its lock, and the reset that it ends in.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class WatchdogTests : IDisposable
{
    private const uint Wdg = 0x4004_1000;
    private const uint LOAD = Wdg + 0x00;
    private const uint VALUE = Wdg + 0x04;
    private const uint CTRL = Wdg + 0x08;
    private const uint INTCLR = Wdg + 0x0C;
    private const uint RIS = Wdg + 0x10;
    private const uint MIS = Wdg + 0x14;
    private const uint LOCK = Wdg + 0xC00;
    private const uint ITCR = Wdg + 0xF00;
    private const uint ITOP = Wdg + 0xF04;
    private const uint RCUSRCFR = 0x4004_0088;
    private const uint Bank2Status = 0xE001_000C;
    private const uint Interrupt = 1u << 13;

    private const ulong Pclk = 8; // in cycles, as boot1 leaves the clocks

    private readonly Chip chip = new(cold: false);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Out_of_reset_it_stands_at_its_highest_value()
    {
        chip.Pass(1_000_000);
        Assert.Equal((uint.MaxValue, uint.MaxValue), (chip.Read(LOAD), chip.Read(VALUE)));
        Assert.Equal((0u, 0u, 0u, 0u), (chip.Read(CTRL), chip.Read(RIS), chip.Read(MIS), chip.Read(LOCK)));
    }

    [Fact]
    public void It_counts_PCLK_down()
    {
        Start(0x1000_0000, control: 1);
        chip.Pass(350_000_000);
        Assert.Equal(0x1000_0000u - 43_750_000, chip.Read(VALUE));
    }

    [Fact]
    public void A_zero_raises_the_interrupt_and_the_count_starts_again()
    {
        Start(100, control: 1);
        chip.Pass((100 * Pclk) - 1);
        Assert.Equal((1u, 0u), (chip.Read(VALUE), chip.Read(RIS)));
        Assert.Equal(0u, chip.Read(Bank2Status));
        chip.Pass(1);
        Assert.Equal((0u, 1u, 1u), (chip.Read(VALUE), chip.Read(RIS), chip.Read(MIS)));
        Assert.Equal(Interrupt, chip.Read(Bank2Status));
        chip.Pass(Pclk);
        Assert.Equal(100u, chip.Read(VALUE));
    }

    [Fact]
    public void The_second_zero_with_the_interrupt_standing_resets_the_chip()
    {
        Start(100, control: 3);
        chip.Pass((201 * Pclk) - 1);
        Assert.Null(chip.Soc.RequestedReset);
        chip.Pass(1);
        Assert.Equal(ResetKind.Watchdog, chip.Soc.RequestedReset);
    }

    [Fact]
    public void Without_RESEN_no_zero_resets_the_chip_until_it_is_set()
    {
        Start(100, control: 1);
        chip.Pass(1000 * 101 * Pclk);
        Assert.Null(chip.Soc.RequestedReset);
        chip.Write(CTRL, 3);
        chip.Pass(101 * Pclk);
        Assert.Equal(ResetKind.Watchdog, chip.Soc.RequestedReset);
    }

    [Fact]
    public void Clearing_the_interrupt_in_time_keeps_the_chip_alive()
    {
        Start(100, control: 3);
        for (int i = 0; i < 50; i++)
        {
            chip.Pass(190 * Pclk);
            Assert.Equal(1u, chip.Read(RIS));
            chip.Write(INTCLR, 0);
            Assert.Equal((0u, 100u), (chip.Read(RIS), chip.Read(VALUE)));
            Assert.Equal(0u, chip.Read(Bank2Status));
        }

        Assert.Null(chip.Soc.RequestedReset);
    }

    [Fact]
    public void Writing_LOAD_starts_the_count_from_it()
    {
        Start(100, control: 3);
        chip.Pass(50 * Pclk);
        chip.Write(LOAD, 7);
        Assert.Equal(7u, chip.Read(VALUE));
        chip.Pass(7 * Pclk);
        Assert.Equal(1u, chip.Read(RIS));
    }

    [Fact]
    public void Switched_off_it_holds_its_value_and_switched_on_it_starts_from_LOAD()
    {
        Start(100, control: 1);
        chip.Pass(40 * Pclk);
        chip.Write(CTRL, 0);
        chip.Pass(1000 * Pclk);
        Assert.Equal((60u, 0u), (chip.Read(VALUE), chip.Read(RIS)));
        chip.Write(CTRL, 1);
        Assert.Equal(100u, chip.Read(VALUE));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(0x1ACE_E551u)] // as the datasheet misprints it
    public void Locked_it_ignores_every_write_but_the_key(uint word)
    {
        Start(100, control: 1);
        chip.Write(LOCK, word);
        Assert.Equal(1u, chip.Read(LOCK));
        chip.Write(LOAD, 5);
        chip.Write(CTRL, 0);
        chip.Pass(100 * Pclk);
        chip.Write(INTCLR, 1);
        Assert.Equal((100u, 1u, 1u), (chip.Read(LOAD), chip.Read(CTRL), chip.Read(RIS)));
        chip.Write(LOCK, 0x1ACC_E551);
        Assert.Equal(0u, chip.Read(LOCK));
        chip.Write(CTRL, 0);
        Assert.Equal(0u, chip.Read(CTRL));
    }

    [Fact]
    public void A_slower_PCLK_puts_the_zero_off()
    {
        Start(1000, control: 1);
        chip.Pass(500 * Pclk);
        chip.Write(0x4004_0024, 0x07); // PCLK halved
        chip.Write(0x4004_002C, 0x32);
        chip.Pass((500 * 2 * Pclk) - 1);
        Assert.Equal(0u, chip.Read(RIS));
        chip.Pass(1);
        Assert.Equal(Interrupt, chip.Read(Bank2Status));
    }

    [Fact]
    public void Its_reset_is_named_as_the_cause_and_leaves_it_stopped()
    {
        chip.Write(RCUSRCFR, uint.MaxValue);
        Start(100, control: 3);
        chip.Pass(100 * Pclk);
        chip.Reset(ResetKind.Watchdog);
        Assert.Equal(2u, chip.Read(RCUSRCFR));
        Assert.Equal((0u, 0u, uint.MaxValue), (chip.Read(CTRL), chip.Read(RIS), chip.Read(VALUE)));
        Assert.Equal(0u, chip.Read(Bank2Status));
        chip.Pass(10_000 * Pclk);
        Assert.Null(chip.Soc.RequestedReset);
    }

    [Fact]
    public void In_test_mode_ITOP_drives_interrupt_and_reset()
    {
        chip.Write(ITOP, 2);
        Assert.Equal(0u, chip.Read(Bank2Status));
        chip.Write(ITCR, 1);
        Assert.Equal(Interrupt, chip.Read(Bank2Status));
        chip.Write(ITOP, 1);
        Assert.Equal(0u, chip.Read(Bank2Status));
        Assert.Equal(ResetKind.Watchdog, chip.Soc.RequestedReset);
    }

    [Fact]
    public void Its_state_does_not_depend_on_who_looked_at_it()
    {
        using Chip watched = new(cold: false);
        foreach (Chip each in (Chip[])[chip, watched])
        {
            each.Write(LOAD, 12_345);
            each.Write(CTRL, 1);
        }

        for (int i = 0; i < 1000; i++)
        {
            watched.Pass(777);
            watched.Read(VALUE);
        }

        chip.Pass(777_000);
        Assert.Equal(watched.Machine.StateHash(), chip.Machine.StateHash());
    }

    private void Start(uint load, uint control)
    {
        chip.Write(LOAD, load);
        chip.Write(CTRL, control);
    }
}
