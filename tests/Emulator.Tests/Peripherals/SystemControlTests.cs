// SYSCTRL, DUART, COREUSER, CSRTEST and RESETVALUE.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class SystemControlTests : IDisposable
{
    private const uint Cgu = 0x4004_0000;
    private const uint RCURST0 = Cgu + 0x80;
    private const uint RCURST1 = Cgu + 0x84;
    private const uint RCUSRCFR = Cgu + 0x88;
    private const uint DUART_TXD = 0x4004_2000;
    private const uint DUART_CR = 0x4004_2004;
    private const uint DUART_SR = 0x4004_2008;
    private const uint DUART_ETUC = 0x4004_200C;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Out_of_reset_the_chip_runs_from_its_oscillator_at_half_speed()
    {
        ClockFrequencies clocks = chip.Soc.Clocks.Frequencies;
        Assert.Equal(16_000_000u, clocks.Fclk);
        Assert.Equal(16_000_000u, clocks.Aclk);
        Assert.Equal(16_000_000u, clocks.Perclk);
        Assert.Equal(32_000_000u, clocks.Clksys);
    }

    [Fact]
    public void Boot0_s_settings_give_the_clocks_that_boot0_has()
    {
        uint[] dividers = [0x7F, 0x7F, 0x3F, 0x1F, 0x0F];
        for (uint i = 0; i < 5; i++)
        {
            chip.Write(Cgu + 0x14 + (i * 4), dividers[i]);
        }

        chip.Write(Cgu + 0x30, 1);
        chip.Write(Cgu + 0xA0, 0x3057);
        chip.Write(Cgu + 0xA8, 0x3311);
        chip.Write(Cgu + 0x90, 0x32);
        chip.Write(Cgu + 0x10, 1);
        chip.Write(Cgu + 0x2C, 0x32);
        ClockFrequencies clocks = chip.Soc.Clocks.Frequencies;
        Assert.Equal(174_000_000u, clocks.Aclk);
        Assert.Equal(87_000_000u, clocks.Hclk);
        Assert.Equal(43_500_000u, clocks.Iclk);
        Assert.Equal(21_750_000u, clocks.Pclk);
    }

    [Fact]
    public void Nothing_changes_before_the_magic_word_and_no_other_word_is_one()
    {
        chip.Write(Cgu + 0x18, 0x0F);
        chip.Write(Cgu + 0x2C, 0x33);
        chip.Write(Cgu + 0x2C, 0x0100_0032);
        Assert.Equal(16_000_000u, chip.Soc.Clocks.Frequencies.Aclk);
        chip.Write(Cgu + 0x2C, 0x32);
        Assert.Equal(2_000_000u, chip.Soc.Clocks.Frequencies.Aclk);
        Assert.Equal(0u, chip.Read(Cgu + 0x2C));
    }

    [Fact]
    public void The_slowest_settings_and_a_PLL_that_cannot_run_still_leave_a_clock()
    {
        for (uint offset = 0x14; offset <= 0x24; offset += 4)
        {
            chip.Write(Cgu + offset, 0);
        }

        chip.Write(Cgu + 0x3C, 0);
        chip.Write(Cgu + 0x10, 1);
        chip.Write(Cgu + 0x90, 0x32);
        chip.Write(Cgu + 0x2C, 0x32);
        Assert.Equal(125_000u, chip.Soc.Clocks.Frequencies.Aclk);
        Assert.Equal(62_500u, chip.Soc.Clocks.Frequencies.Perclk);
    }

    [Fact]
    public void The_meters_show_what_is_set()
    {
        using Chip booted = new(cold: false);
        Assert.Equal((700u << 16) | 175, booted.Read(Cgu + 0x40));
        Assert.Equal((2u << 16) | 2, booted.Read(Cgu + 0x44));
        Assert.Equal((32u << 16) | 48, booted.Read(Cgu + 0x48));
        Assert.Equal((700u << 16) | 175, booted.Read(Cgu + 0x4C));
        Assert.Equal(0xFFu, booted.Read(Cgu + 0x50));
    }

    [Fact]
    public void Virtual_time_goes_on_at_the_new_rate_when_the_clock_changes()
    {
        chip.Pass(16_000_000);
        Assert.Equal(1_000_000_000ul, chip.Machine.Nanoseconds);
        chip.Write(Cgu + 0x18, 0xFF);
        chip.Write(Cgu + 0x2C, 0x32);
        chip.Pass(32_000_000);
        Assert.Equal(2_000_000_000ul, chip.Machine.Nanoseconds);
    }

    [Theory]
    [InlineData(RCURST0, ResetKind.Chip)]
    [InlineData(RCURST1, ResetKind.Core)]
    public void The_magic_word_and_only_it_asks_for_a_reset(uint register, ResetKind kind)
    {
        chip.Write(register, 0x55AB);
        chip.Write16(register, 0xAA);
        Assert.Null(chip.Soc.RequestedReset);
        chip.Write(register, 0x55AA);
        Assert.Equal(kind, chip.Soc.RequestedReset);
    }

    [Fact]
    public void The_causes_of_resets_add_up_until_they_are_cleared()
    {
        Assert.Equal(1u << 8, chip.Read(RCUSRCFR));
        chip.Reset(ResetKind.Chip);
        chip.Reset(ResetKind.Pad);
        Assert.Equal(0x130u, chip.Read(RCUSRCFR));
        chip.Write(RCUSRCFR, 0x130);
        Assert.Equal(0u, chip.Read(RCUSRCFR));
        chip.Reset(ResetKind.Watchdog);
        chip.Reset(ResetKind.Core);
        Assert.Equal(3u, chip.Read(RCUSRCFR));
        chip.Reset(ResetKind.PowerOn);
        Assert.Equal(1u << 8, chip.Read(RCUSRCFR));
    }

    [Theory]
    [InlineData(ResetKind.Core, 1u)]
    [InlineData(ResetKind.Pad, 1u)]
    [InlineData(ResetKind.Watchdog, 1u)]
    [InlineData(ResetKind.Chip, 0u)]
    [InlineData(ResetKind.PowerOn, 0u)]
    public void The_crystal_stays_selected_over_a_core_reset_and_the_rest_goes(ResetKind kind, uint selected)
    {
        chip.Write(Cgu + 0x30, 1);
        chip.Write(Cgu + 0x10, 1);
        chip.Reset(kind);
        Assert.Equal(selected, chip.Read(Cgu + 0x30));
        Assert.Equal(0u, chip.Read(Cgu + 0x10));
        Assert.Equal(selected == 0 ? 16_000_000u : 24_000_000u, chip.Soc.Clocks.Frequencies.Aclk);
    }

    [Fact]
    public void DUART_sends_a_byte_in_ten_bit_times_and_is_busy_meanwhile()
    {
        chip.Write(DUART_TXD, 'X');
        Assert.Equal(1u, chip.Read(DUART_SR));
        chip.Write(DUART_TXD, 'Y'); // lost: nobody waited
        chip.Pass(159);
        Assert.Empty(chip.Output);
        chip.Pass(1); // 10 bits of 32 cycles at 32 MHz, at 16 MHz
        Assert.Equal((ConsolePort.Duart, (byte)'X', 160ul), chip.Output.Single());
        Assert.Equal(0u, chip.Read(DUART_SR));
        chip.Pass(10_000);
        Assert.Single(chip.Output);
    }

    [Fact]
    public void DUART_with_ETUC_0_stays_busy_for_ever()
    {
        chip.Write(DUART_ETUC, 0);
        chip.Write(DUART_TXD, 'X');
        chip.Pass(1_000_000_000);
        Assert.Equal(1u, chip.Read(DUART_SR));
        Assert.Empty(chip.Output);
    }

    [Fact]
    public void DUART_that_is_off_takes_no_byte()
    {
        chip.Write(DUART_CR, 0);
        chip.Write(DUART_TXD, 'X');
        Assert.Equal(0u, chip.Read(DUART_SR));
        chip.Pass(1000);
        Assert.Empty(chip.Output);
    }

    [Fact]
    public void CSRTEST_reads_back_with_a_constant_added_and_wraps()
    {
        chip.Write(0xE000_3000, 0xF000_0001);
        Assert.Equal(0xF000_0001u, chip.Read(0xE000_3000));
        Assert.Equal(1u, chip.Read(0xE000_3004));
    }

    [Fact]
    public void RESETVALUE_is_the_reset_vector_and_cannot_be_written()
    {
        chip.Write(0xE001_A000, 1);
        Assert.Equal(0x6000_0000u, chip.Read(0xE001_A000));
    }

    [Fact]
    public void A_register_that_does_not_exist_reads_0_and_is_reported_once()
    {
        Assert.Equal(0u, chip.Read(0x4004_2040));
        chip.Read(0x4004_2040);
        UnmodelledAccess access = Assert.Single(chip.Unmodelled);
        Assert.Equal(("DUART+0x040", 0x4004_2040u, false), (access.Name, access.Address, access.IsWrite));
    }
}
