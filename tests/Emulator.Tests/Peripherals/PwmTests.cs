// PWM: how its timers count, and when what is written to them acts.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class PwmTests : IDisposable
{
    private const uint Timer1 = 0x5012_0040;
    private const uint CMD = Timer1 + 0x00;
    private const uint CFG = Timer1 + 0x04;
    private const uint TH = Timer1 + 0x08;
    private const uint CH0_TH = Timer1 + 0x0C;
    private const uint CH3_LUT = Timer1 + 0x28;
    private const uint COUNTER = Timer1 + 0x2C;
    private const uint EVENT_CFG = 0x5012_0100;
    private const uint CH_EN = 0x5012_0104;
    private const uint PREFD3 = 0x5012_014C;

    private const uint START = 1;
    private const uint STOP = 2;
    private const uint UPDATE = 4;
    private const uint RESET = 8;
    private const uint SAW = 1 << 12;

    private const ulong PclkCycles = 8; // of 350 MHz in a period of 43.75 MHz

    private readonly Chip chip = new(cold: false);

    public PwmTests() => chip.Write(CH_EN, 0xF);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void A_sawtooth_counts_PCLK_up_from_the_low_half_of_TH_to_the_high_one_and_over_again()
    {
        Start(SAW, low: 10, high: 19);
        Assert.Equal(10u, chip.Read(COUNTER));
        PassPeriods(9);
        Assert.Equal(19u, chip.Read(COUNTER));
        PassPeriods(1);
        Assert.Equal(10u, chip.Read(COUNTER));
        PassPeriods(1_000_003);
        Assert.Equal(13u, chip.Read(COUNTER));
    }

    [Fact]
    public void Without_sawtooth_it_counts_up_and_down()
    {
        Start(0, low: 2, high: 5);
        List<uint> counts = [];
        for (int i = 0; i < 9; i++)
        {
            counts.Add(chip.Read(COUNTER));
            PassPeriods(1);
        }

        Assert.Equal([2u, 3u, 4u, 5u, 4u, 3u, 2u, 3u, 4u], counts);
    }

    [Fact]
    public void The_prescaler_makes_a_count_longer()
    {
        Start(SAW | (9 << 16), low: 0, high: 0xFFFF);
        PassPeriods(99);
        Assert.Equal(9u, chip.Read(COUNTER));
        PassPeriods(1);
        Assert.Equal(10u, chip.Read(COUNTER));
    }

    [Fact]
    public void A_stopped_timer_keeps_its_count_and_a_start_begins_anew()
    {
        Start(SAW, low: 0, high: 999);
        PassPeriods(100);
        chip.Write(CMD, STOP);
        PassPeriods(100);
        Assert.Equal(100u, chip.Read(COUNTER));
        chip.Write(CMD, START);
        Assert.Equal(0u, chip.Read(COUNTER));
        PassPeriods(50);
        chip.Write(CMD, START); // is running already
        Assert.Equal(50u, chip.Read(COUNTER));
        chip.Write(CMD, RESET);
        Assert.Equal(0u, chip.Read(COUNTER));
    }

    [Fact]
    public void A_new_range_acts_with_an_update_at_the_end_of_the_period()
    {
        Start(SAW, low: 0, high: 99);
        chip.Write(TH, 9 << 16);
        PassPeriods(50);
        Assert.Equal(50u, chip.Read(COUNTER));
        chip.Write(CMD, UPDATE);
        PassPeriods(49);
        Assert.Equal(99u, chip.Read(COUNTER));
        PassPeriods(25);
        Assert.Equal(4u, chip.Read(COUNTER));
    }

    [Fact]
    public void Without_its_clock_a_timer_stands_and_hears_nothing()
    {
        chip.Write(CH_EN, 0xD);
        Start(SAW, low: 0, high: 999);
        PassPeriods(100);
        Assert.Equal(0u, chip.Read(COUNTER));
        chip.Write(CH_EN, 0xF);
        chip.Write(CMD, START);
        PassPeriods(100);
        chip.Write(CH_EN, 0);
        PassPeriods(100);
        Assert.Equal(100u, chip.Read(COUNTER));
    }

    [Fact]
    public void The_state_does_not_depend_on_who_looked_at_the_count()
    {
        using Chip watched = new(cold: false);
        watched.Write(CH_EN, 0xF);
        foreach (Chip each in (Chip[])[chip, watched])
        {
            each.Write(TH, 77 << 16);
            each.Write(CFG, SAW | (3 << 16));
            each.Write(CMD, START);
        }

        for (int i = 0; i < 100; i++)
        {
            watched.Pass(777);
            watched.Read(COUNTER);
        }

        chip.Pass(77_700);
        Assert.Equal(watched.Machine.StateHash(), chip.Machine.StateHash());
    }

    [Theory]
    [InlineData(CFG, SAW, 0x00FF_1FFFu)]
    [InlineData(TH, 0u, uint.MaxValue)]
    [InlineData(CH0_TH, 0u, 0x7_FFFFu)]
    [InlineData(CH3_LUT, 0u, 0x3_FFFFu)]
    [InlineData(CH_EN, 0u, 0xFu)]
    [InlineData(PREFD3, 0u, 0x3FFu)]
    public void A_register_has_its_reset_value_and_its_bits(uint address, uint reset, uint bits)
    {
        chip.Write(address, uint.MaxValue);
        Assert.Equal(bits, chip.Read(address));
        chip.Reset(ResetKind.Chip);
        Assert.Equal(reset, chip.Read(address));
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void What_is_missing_is_reported_when_it_is_asked_for()
    {
        chip.Write(EVENT_CFG, 0x1_0000);
        Assert.Equal("PWM+0x100 (events of channels)", chip.Unmodelled[0].Name);
        Start(SAW | (1 << 11), low: 0, high: 99);
        Assert.Equal("PWM+0x040 (a timer that does not count PCLK)", chip.Unmodelled[1].Name);
        PassPeriods(10);
        Assert.Equal(0u, chip.Read(COUNTER));
    }

    private void Start(uint cfg, uint low, uint high)
    {
        chip.Write(CFG, cfg);
        chip.Write(TH, low | (high << 16));
        chip.Write(CMD, START);
    }

    private void PassPeriods(ulong count) => chip.Pass(count * PclkCycles);
}
