// The interrupt banks' latching rules, driven by software events and by PC13 through IOX.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class IrqArrayTests : IDisposable
{
    private const uint Bank1 = 0xE000_5000;
    private const uint Bank10 = 0xE000_6000;
    private const uint EV_SOFT = 0x00;
    private const uint EV_EDGE_TRIGGERED = 0x04;
    private const uint EV_POLARITY = 0x08;
    private const uint EV_STATUS = 0x0C;
    private const uint EV_PENDING = 0x10;
    private const uint EV_ENABLE = 0x14;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Theory]
    [InlineData(0, 0xE000_4000u)]
    [InlineData(1, 0xE000_5000u)]
    [InlineData(2, 0xE001_0000u)]
    [InlineData(5, 0xE001_3000u)]
    [InlineData(9, 0xE001_7000u)]
    [InlineData(10, 0xE000_6000u)]
    [InlineData(19, 0xE000_F000u)]
    public void A_bank_stands_where_the_alphabet_puts_its_name_and_drives_its_own_line(int bank, uint address)
    {
        chip.Write(address + EV_ENABLE, 1);
        chip.Write(address + EV_SOFT, 1);
        Assert.Equal(1u << bank, chip.Lines);
    }

    [Fact]
    public void A_software_event_is_a_pulse_each_time_it_is_written()
    {
        chip.Write(Bank1 + EV_SOFT, 1);
        Assert.Equal(1u, chip.Read(Bank1 + EV_PENDING));
        Assert.Equal(0u, chip.Read(Bank1 + EV_STATUS));
        Assert.Equal(1u, chip.Read(Bank1 + EV_SOFT));
        chip.Write(Bank1 + EV_PENDING, 1);
        Assert.Equal(0u, chip.Read(Bank1 + EV_PENDING));
        chip.Write(Bank1 + EV_SOFT, 1);
        Assert.Equal(1u, chip.Read(Bank1 + EV_PENDING));
    }

    [Fact]
    public void Pending_bits_add_up_while_disabled_and_show_on_the_line_once_enabled()
    {
        chip.Write(Bank1 + EV_SOFT, 0x8001);
        chip.Write(Bank1 + EV_SOFT, 0x0010);
        Assert.Equal(0x8011u, chip.Read(Bank1 + EV_PENDING));
        Assert.Equal(0u, chip.Lines);
        chip.Write(Bank1 + EV_ENABLE, 0x10);
        Assert.Equal(1u << 1, chip.Lines);
        chip.Write(Bank1 + EV_PENDING, 0x10);
        Assert.Equal(0u, chip.Lines);
        Assert.Equal(0x8001u, chip.Read(Bank1 + EV_PENDING));
    }

    [Fact]
    public void A_held_level_latches_again_after_every_clear()
    {
        chip.Soc.Irqs[1].SetLevel(3, true);
        chip.Write(Bank1 + EV_PENDING, 8);
        Assert.Equal(8u, chip.Read(Bank1 + EV_PENDING));
        Assert.Equal(8u, chip.Read(Bank1 + EV_STATUS));
        chip.Soc.Irqs[1].SetLevel(3, false);
        Assert.Equal(8u, chip.Read(Bank1 + EV_PENDING));
        chip.Write(Bank1 + EV_PENDING, 8);
        Assert.Equal(0u, chip.Read(Bank1 + EV_PENDING));
    }

    [Theory]
    [InlineData(1u, true)]
    [InlineData(0u, false)]
    public void In_edge_mode_only_the_chosen_edge_latches(uint polarity, bool rising)
    {
        chip.Write(Bank1 + EV_EDGE_TRIGGERED, 1);
        chip.Write(Bank1 + EV_POLARITY, polarity);
        chip.Soc.Irqs[1].SetLevel(0, true);
        Assert.Equal(rising ? 1u : 0, chip.Read(Bank1 + EV_PENDING));
        chip.Write(Bank1 + EV_PENDING, 1);
        Assert.Equal(0u, chip.Read(Bank1 + EV_PENDING));
        chip.Soc.Irqs[1].SetLevel(0, false);
        Assert.Equal(rising ? 0 : 1u, chip.Read(Bank1 + EV_PENDING));
    }

    [Fact]
    public void A_pulse_has_both_edges()
    {
        chip.Write(Bank10 + EV_EDGE_TRIGGERED, 3);
        chip.Write(Bank10 + EV_POLARITY, 1);
        chip.Write(Bank10 + EV_SOFT, 3);
        Assert.Equal(3u, chip.Read(Bank10 + EV_PENDING));
    }

    [Fact]
    public void Only_16_sources_exist()
    {
        chip.Write(Bank1 + EV_SOFT, 0xFFFF_FFFF);
        chip.Write(Bank1 + EV_ENABLE, 0xFFFF_FFFF);
        Assert.Equal(0xFFFFu, chip.Read(Bank1 + EV_PENDING));
        Assert.Equal(0xFFFFu, chip.Read(Bank1 + EV_ENABLE));
    }

    [Fact]
    public void A_reset_clears_the_bank_and_its_line()
    {
        chip.Write(Bank1 + EV_ENABLE, 1);
        chip.Write(Bank1 + EV_SOFT, 1);
        chip.Reset(ResetKind.Pad);
        Assert.Equal(0u, chip.Lines);
        Assert.Equal(0u, chip.Read(Bank1 + EV_PENDING));
    }
}
