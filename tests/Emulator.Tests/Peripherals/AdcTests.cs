// UDMA ADC: what it measures, and when.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class AdcTests : IDisposable
{
    private const uint RX = 0x5011_4000;
    private const uint SIZE = RX + 4;
    private const uint CFG = RX + 8;
    private const uint CR = RX + 0x10;
    private const uint UdmaReset = 0x5010_0008;
    private const uint Bank8Pending = 0xE001_6010;
    private const uint Bank17Pending = 0xE000_D010;
    private const uint AdcRx = 1 << 9;
    private const uint EN = 1 << 4;
    private const uint CLR = 1 << 5;

    private const uint On = 0xE000;
    private const uint Pad = 1 << 24;
    private const uint FifteenClocksOfOneMegahertz = (15 << 16) | (14 << 8);

    private const ulong Microsecond = 350; // in cycles

    private readonly Chip chip = new(cold: false);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void The_temperature_is_25_degrees_a_word_a_sample()
    {
        chip.Write(CR, On | FifteenClocksOfOneMegahertz);
        Enqueue(0x1000, 8);
        chip.Pass(29 * Microsecond);
        Assert.Equal((4u, 0u), (chip.Read(SIZE), chip.Read(Bank8Pending) & AdcRx));
        chip.Pass(2 * Microsecond);
        Assert.Equal((0u, 0u), (chip.Read(RX), chip.Read(SIZE)));
        Assert.Equal((516u, 516u), (chip.Load(0x5000_1000), chip.Load(0x5000_1004)));
        Assert.Equal((AdcRx, AdcRx), (chip.Read(Bank8Pending) & AdcRx, chip.Read(Bank17Pending) & AdcRx));
        Assert.Empty(chip.Unmodelled);
    }

    [Theory]
    [InlineData(0u, 0u, 0u)]
    [InlineData(1u, 604u, 511u)]
    [InlineData(2u, 1208u, 1023u)]
    [InlineData(3u, 3300u, 1023u)]
    public void A_pad_s_voltage_is_measured_against_1_208_V(uint input, uint millivolts, uint expected)
    {
        chip.Soc.Block<Adc>().Connect((int)input, millivolts);
        chip.Write(CR, On | FifteenClocksOfOneMegahertz | Pad | (input << 26));
        Enqueue(0x1000, 4);
        chip.Pass(100 * Microsecond);
        Assert.Equal(expected, chip.Load(0x5000_1000));
    }

    [Fact]
    public void The_badge_measures_its_batteries()
    {
        using Chip badge = new(cold: false, board: "dc34-badge");
        badge.Write(CR, On | FifteenClocksOfOneMegahertz | Pad | (3 << 26));
        badge.Write(RX, 0x1000);
        badge.Write(SIZE, 4);
        badge.Write(CFG, EN);
        badge.Pass(100 * Microsecond);
        Assert.Equal(809u, badge.Load(0x5000_1000)); // 3 V through the divider
    }

    [Fact]
    public void Nothing_is_converted_until_all_of_it_is_switched_on()
    {
        Enqueue(0x1000, 4);
        chip.Write(CR, 0xC000);
        chip.Pass(1000 * Microsecond);
        Assert.Equal(4u, chip.Read(SIZE));
        chip.Write(CR, On);
        chip.Pass(1000 * Microsecond);
        Assert.Equal(0u, chip.Read(SIZE));
    }

    [Fact]
    public void CLR_is_bit_5_here_and_the_uDMA_s_reset_ends_it_all()
    {
        Enqueue(0x1000, 4);
        chip.Write(CFG, CLR << 1);
        Assert.Equal(4u, chip.Read(SIZE));
        chip.Write(CFG, CLR);
        Assert.Equal(0u, chip.Read(SIZE));
        chip.Write(CR, On);
        chip.Write(UdmaReset, 1 << 19);
        Assert.Equal(0u, chip.Read(CR));
        chip.Write(CR, On);
        Assert.Equal(0u, chip.Read(CR));
        chip.Write(UdmaReset, 0);
        chip.Write(CR, uint.MaxValue);
        Assert.Equal(0x3FFF_FFFFu, chip.Read(CR));
    }

    private void Enqueue(uint address, uint size)
    {
        chip.Write(RX, address);
        chip.Write(SIZE, size);
        chip.Write(CFG, EN);
    }
}
