// AO_SYSCTRL, RTC and AOBUREG: what they do, and that only the loss of power ends it.

using XousCloud.Emulator.Boards;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class AlwaysOnTests : IDisposable
{
    private const uint Ao = 0x4006_0000;
    private const uint CLK1HZFD = Ao + 0x04;
    private const uint WKUPMASK = Ao + 0x08;
    private const uint PMUCR = Ao + 0x10;
    private const uint AOFR = Ao + 0x40;
    private const uint AOPERI_CLR = Ao + 0x50;
    private const uint Rtc = 0x4006_1000;
    private const uint DR = Rtc + 0x00;
    private const uint MR = Rtc + 0x04;
    private const uint LR = Rtc + 0x08;
    private const uint CR = Rtc + 0x0C;
    private const uint IMSC = Rtc + 0x10;
    private const uint RIS = Rtc + 0x14;
    private const uint MIS = Rtc + 0x18;
    private const uint ICR = Rtc + 0x1C;
    private const uint Backup = 0x4006_5000;
    private const uint IPCARIPFLOW = 0x4004_0090;
    private const uint Bank2Status = 0xE001_000C;
    private const uint AoInterrupt = 1u << 14;
    private const uint WakeInterrupt = 1u << 15;

    private const ulong Second = 16_000_000; // in cycles, out of reset
    private const ulong Tick = Second / 1024;

    private readonly Chip chip = new();

    public static TheoryData<ResetKind> SoftResets() => [ResetKind.Pad, ResetKind.Chip, ResetKind.Core, ResetKind.Watchdog];

    public void Dispose() => chip.Dispose();

    [Theory]
    [MemberData(nameof(SoftResets))]
    public void The_always_on_domain_survives_every_reset_but_power_on(ResetKind kind)
    {
        for (uint i = 0; i < 8; i++)
        {
            chip.Write(Backup + (4 * i), 0xB0B0_0000 + i);
        }

        chip.Write(WKUPMASK, 0x3FF02);
        chip.Write(PMUCR, 0x55);
        chip.Write(IPCARIPFLOW, 0x57);
        Start(load: 1000);
        chip.Write(MR, 5000);
        chip.Write(IMSC, 1);
        chip.Pass(2 * Second);
        chip.Reset(kind);
        chip.Pass(Second);
        Assert.Equal(1000u + (3 * 1024), chip.Read(DR));
        Assert.Equal(0xB0B0_0007u, chip.Read(Backup + 28));
        Assert.Equal((0x3FF02u, 0x55u, 15u), (chip.Read(WKUPMASK), chip.Read(PMUCR), chip.Read(CLK1HZFD)));
        Assert.Equal((5000u, 1u), (chip.Read(MR), chip.Read(IMSC)));

        chip.Reset(ResetKind.PowerOn);
        chip.Pass(Second);
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(0u, chip.Read(Backup + (4 * (uint)i))));
        Assert.Equal((0u, 0x7Cu, 0x3FFFu), (chip.Read(WKUPMASK), chip.Read(PMUCR), chip.Read(CLK1HZFD)));
        Assert.Equal((0u, 0u, 0u, 0u), (chip.Read(DR), chip.Read(CR), chip.Read(MR), chip.Read(IMSC)));
    }

    [Fact]
    public void A_backup_word_keeps_the_bytes_that_a_narrow_store_leaves_alone()
    {
        chip.Write(Backup + 8, 0x1122_3344);
        chip.Write16(Backup + 10, 0xABCD);
        Assert.Equal(0xABCD_3344u, chip.Read(Backup + 8));
        Assert.Equal(0u, chip.Read(Backup + 32));
        Assert.Equal("AOBUREG+0x020", Assert.Single(chip.Unmodelled).Name);
    }

    [Theory]
    [InlineData(0x10u, 0x7Cu, 0x55u)] // PMUCR
    [InlineData(0x1Cu, 2u, 0x15u)] // PMUDFT
    [InlineData(0x20u, 0x0842_1080u, 0x0842_1290u)] // PMUTRM0
    [InlineData(0x24u, 2u, 1u)] // PMUTRM1
    public void A_PMU_setting_reads_back_once_it_is_applied(uint offset, uint before, uint written)
    {
        chip.Write(Ao + offset, written);
        Assert.Equal(before, chip.Read(Ao + offset));
        chip.Write(IPCARIPFLOW, 0x32);
        Assert.Equal(before, chip.Read(Ao + offset));
        chip.Write(IPCARIPFLOW, 0x57);
        Assert.Equal(written, chip.Read(Ao + offset));
    }

    [Theory]
    [InlineData(0x00u, 6u, 0x7u)]
    [InlineData(0x04u, 0x3FFFu, 0x3FFFu)]
    [InlineData(0x08u, 0u, 0x3_FFFFu)]
    [InlineData(0x0Cu, 0x1Fu, 0x1Fu)]
    [InlineData(0x14u, 0x7Cu, 0xFFu)]
    [InlineData(0x18u, 0x7Cu, 0xFFu)]
    [InlineData(0x28u, 0x0842_1080u, 0xFFFF_FFFFu)]
    [InlineData(0x2Cu, 2u, 3u)]
    [InlineData(0x34u, 0x0001_4D4Du, 0x0001_FFFFu)]
    [InlineData(0x60u, 0u, 1u)]
    [InlineData(0x64u, 0x3FFu, 0x3FFu)]
    public void A_control_register_has_its_reset_value_and_its_bits(uint offset, uint reset, uint bits)
    {
        Assert.Equal(reset, chip.Read(Ao + offset));
        chip.Write(Ao + offset, uint.MaxValue);
        Assert.Equal(bits, chip.Read(Ao + offset));
    }

    [Fact]
    public void All_supplies_are_ready_and_power_down_is_reported_as_missing()
    {
        Assert.Equal(0x1Fu, chip.Read(Ao + 0x38));
        Assert.Equal(0u, chip.Read(Ao + 0x3C));
        Assert.Empty(chip.Unmodelled);
        chip.Write(Ao + 0x44, 0x5A);
        Assert.Equal("AO_SYSCTRL+0x044", Assert.Single(chip.Unmodelled).Name);
    }

    [Theory]
    [InlineData(15u, 1024u)]
    [InlineData(0x3FFFu, 1u)]
    [InlineData(0u, 16384u)]
    [InlineData(0x4000_000Fu, 1024u)] // 14 bits
    public void RTC_counts_at_the_rate_that_CLK1HZFD_gives(uint divider, uint hertz)
    {
        chip.Write(CLK1HZFD, divider);
        chip.Pass(3 * Second);
        Assert.Equal(0u, chip.Read(DR)); // not started
        chip.Write(CLK1HZFD, divider);
        chip.Write(LR, 0xFFFF_FFFF);
        chip.Write(CR, 1);
        chip.Pass(10 * Second);
        Assert.Equal((10 * hertz) - 1, chip.Read(DR));
        Assert.Equal(0xFFFF_FFFFu, chip.Read(LR));
    }

    [Fact]
    public void RTC_goes_on_at_its_rate_whatever_the_CPU_s_clock_does()
    {
        Start(load: 0);
        chip.Write(MR, 3 * 1024);
        chip.Write(IMSC, 1);
        chip.Pass(Second);
        SetCpuDivider(0x0F); // 2 MHz
        chip.Pass(Second / 8);
        Assert.InRange(chip.Read(DR), (2 * 1024) - 1u, 2 * 1024u);
        SetCpuDivider(0xFF); // 32 MHz
        chip.PassUntil(() => chip.Read(MIS) == 1);
        Assert.InRange(chip.Machine.Nanoseconds, 2_999_999_990u, 3_000_000_010u);
        Assert.Equal(3 * 1024u, chip.Read(DR));
    }

    [Fact]
    public void RTC_s_interrupt_comes_with_the_tick_that_reaches_MR_and_stands_until_it_is_cleared()
    {
        chip.Write(WKUPMASK, 1 << 1);
        Start(load: 99);
        chip.Write(MR, 103);
        chip.Write(IMSC, 1);
        chip.Pass((4 * Tick) - 1);
        Assert.Equal((102u, 0u, 0u, 0u), (chip.Read(DR), chip.Read(RIS), chip.Read(MIS), chip.Read(AOFR)));
        Assert.Equal(0u, chip.Read(Bank2Status));
        chip.Pass(1);
        Assert.Equal((103u, 1u, 1u, 2u), (chip.Read(DR), chip.Read(RIS), chip.Read(MIS), chip.Read(AOFR)));
        Assert.Equal(AoInterrupt | WakeInterrupt, chip.Read(Bank2Status));

        chip.Write(AOFR, 2);
        chip.Write(AOPERI_CLR, 0xAA);
        Assert.Equal(2u, chip.Read(AOFR)); // its source still stands
        Assert.Equal(AoInterrupt | WakeInterrupt, chip.Read(Bank2Status));
        chip.Write(ICR, 1);
        Assert.Equal(WakeInterrupt, chip.Read(Bank2Status));
        chip.Write(AOFR, 2);
        chip.Write(AOPERI_CLR, 0xAB);
        Assert.Equal((0u, WakeInterrupt), (chip.Read(AOFR), chip.Read(Bank2Status)));
        chip.Write(AOPERI_CLR, 0xAA);
        Assert.Equal(0u, chip.Read(Bank2Status));
        chip.Pass(Second);
        Assert.Equal(0u, chip.Read(RIS));
    }

    [Fact]
    public void A_match_is_seen_while_its_interrupt_is_masked()
    {
        Start(load: uint.MaxValue - 1);
        chip.Write(MR, 0);
        chip.Pass(2 * Tick);
        Assert.Equal((0u, 1u, 0u), (chip.Read(DR), chip.Read(RIS), chip.Read(MIS)));
        Assert.Equal(0u, chip.Read(AOFR));
        chip.Write(IMSC, 1);
        Assert.Equal((1u, 2u), (chip.Read(MIS), chip.Read(AOFR)));
    }

    [Fact]
    public void RTC_starts_again_at_0_when_CR_is_written_while_it_runs_and_nothing_stops_it()
    {
        Start(load: 777);
        chip.Pass(Second);
        chip.Write(CR, 0);
        Assert.Equal((777u + 1024, 1u), (chip.Read(DR), chip.Read(CR)));
        chip.Write(CR, 1);
        Assert.Equal(0u, chip.Read(DR));
        chip.Pass(Second);
        Assert.Equal(1024u, chip.Read(DR));
    }

    [Fact]
    public void RTC_says_that_it_is_a_PL031()
    {
        uint[] parts = [.. Enumerable.Range(0, 8).Select(i => chip.Read(Rtc + 0xFE0 + (4 * (uint)i)))];
        Assert.Equal([0x31u, 0x10u], parts[..2]);
        Assert.Equal([0x0Du, 0xF0u, 0x05u, 0xB1u], parts[4..]);
    }

    [Fact]
    public void RTC_s_state_does_not_depend_on_who_looked_at_it()
    {
        using Chip watched = new();
        foreach (Chip each in (Chip[])[chip, watched])
        {
            each.Write(CLK1HZFD, 7);
            each.Write(CR, 1);
        }

        for (int i = 0; i < 1000; i++)
        {
            watched.Pass(77_777);
            watched.Read(DR);
        }

        chip.Pass(77_777_000);
        Assert.Equal(watched.Machine.StateHash(), chip.Machine.StateHash());
    }

    [Fact]
    public void PF0_and_PF1_wake_while_they_are_low()
    {
        chip.Machine.Apply(MachineInput.SetPin(Pin.Number('F', 2), PinDrive.Low));
        Assert.Equal(0u, chip.Read(AOFR));
        chip.Machine.Apply(MachineInput.SetPin(Pin.Number('F', 1), PinDrive.Low));
        Assert.Equal((0x100u, WakeInterrupt), (chip.Read(AOFR), chip.Read(Bank2Status)));
        chip.Machine.Apply(MachineInput.SetPin(Pin.Number('F', 1), PinDrive.Released));
        chip.Write(AOFR, 0x3FF);
        chip.Write(AOPERI_CLR, 0xAA);
        Assert.Equal((0u, 0u), (chip.Read(AOFR), chip.Read(Bank2Status)));

        chip.Write(WKUPMASK, 0x2_0000); // masks PF0 alone
        chip.Machine.Apply(MachineInput.SetPin(Pin.Number('F', 0), PinDrive.Low));
        Assert.Equal((0x200u, 0u), (chip.Read(AOFR), chip.Read(Bank2Status)));
    }

    private void Start(uint load)
    {
        chip.Write(CLK1HZFD, 15);
        chip.Write(LR, load);
        chip.Write(CR, 1);
    }

    private void SetCpuDivider(uint divider)
    {
        chip.Write(0x4004_0018, divider);
        chip.Write(0x4004_002C, 0x32);
    }
}
