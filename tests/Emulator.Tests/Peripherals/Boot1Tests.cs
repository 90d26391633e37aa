// What a program that boot1 starts finds in the chip's registers.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class Boot1Tests : IDisposable
{
    private readonly Chip chip = new(cold: false);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void The_clocks_are_those_that_boot1_announces()
    {
        Soc.ClockFrequencies clocks = chip.Soc.Clocks.Frequencies;
        Assert.Equal(700_000_000u, clocks.Fclk);
        Assert.Equal(350_000_000u, clocks.Aclk);
        Assert.Equal(175_000_000u, clocks.Hclk);
        Assert.Equal(87_500_000u, clocks.Iclk);
        Assert.Equal(43_750_000u, clocks.Pclk);
        Assert.Equal(99_804_687u, clocks.Perclk);
        Assert.Equal(48_000_000u, clocks.Clksys);
    }

    [Theory]
    [InlineData(0x5010_3024u, 0x0063_0316u)] // UART2 SETUP, from which the C SDK takes perclk
    [InlineData(0x4004_0010u, 1u)] // CGUSEL0
    [InlineData(0x4004_0030u, 1u)] // CGUSEL1
    [InlineData(0x4004_00A0u, 0x40AFu)] // PLLMN
    [InlineData(0x4004_003Cu, 0x0000_4848u)] // FDPER
    [InlineData(0x4004_200Cu, 48u)] // DUART ETUC
    [InlineData(0x4000_0000u, 0xFC00u)] // RRCCR
    [InlineData(0x5012_F00Cu, 0x1400u)] // PB13 and PB14 are AF1
    [InlineData(0x5010_0000u, 0x000F_FFFFu)] // UDMA CG
    [InlineData(0xE000_2014u, 1u)] // COREUSER PROTECT
    [InlineData(0xE001_A000u, 0x6000_0000u)] // RESETVALUE
    [InlineData(0x4006_0004u, 15u)] // CLK1HZFD
    [InlineData(0x4006_0020u, 0x0842_1290u)] // PMUTRM0, applied
    [InlineData(0x4006_1000u, 0xFFFE_2000u)] // RTC DR
    [InlineData(0x4006_100Cu, 1u)] // RTC CR
    [InlineData(0x5012_F180u, 0xFFFFu)] // IN of port C: PROG is not pressed
    public void A_register_reads_what_boot1_left(uint address, uint expected) =>
        Assert.Equal(expected, chip.Read(address));

    [Fact]
    public void Nothing_that_boot1_writes_is_unmodelled() => Assert.Empty(chip.Unmodelled);

    [Theory]
    [InlineData(ResetKind.Pad)]
    [InlineData(ResetKind.Chip)]
    [InlineData(ResetKind.Core)]
    [InlineData(ResetKind.Watchdog)]
    [InlineData(ResetKind.PowerOn)]
    public void After_every_reset_the_state_is_there_again(ResetKind kind)
    {
        chip.Write(0x5010_3024, 0);
        chip.Write(0x4004_0010, 0);
        chip.Write(0x4004_002C, 0x32);
        chip.Reset(kind);
        Assert.Equal(0x0063_0316u, chip.Read(0x5010_3024));
        Assert.Equal(350_000_000u, chip.Soc.Clocks.Frequencies.Aclk);
    }
}
