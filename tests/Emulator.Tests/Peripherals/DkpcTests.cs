// DKPC: which events a held key makes, when, and who hears of them. Set up as Xous's keyboard service sets it up: a
// scan of the four rows lasts 24 ms, a node follows its third equal sample, keys pull down.

using XousCloud.Emulator.Boards;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class DkpcTests : IDisposable
{
    private const uint Dkpc = 0x4006_4000;
    private const uint CFG0 = Dkpc + 0x00;
    private const uint CFG1 = Dkpc + 0x04;
    private const uint CFG2 = Dkpc + 0x08;
    private const uint CFG3 = Dkpc + 0x0C;
    private const uint SR0 = Dkpc + 0x10;
    private const uint SR1 = Dkpc + 0x14;
    private const uint FIFO = Dkpc + 0x20;
    private const uint CFG4 = Dkpc + 0x30;
    private const uint WKUPMASK = 0x4006_0008;
    private const uint AOFR = 0x4006_0040;
    private const uint AO_IOX = 0x4006_0060;
    private const uint AO_PADPU = 0x4006_0064;
    private const uint PortFIn = 0x5012_F178 + 20;
    private const uint PortFOe = 0x5012_F148 + 20;
    private const uint Bank2 = 0xE001_0000;
    private const uint AoInterrupt = 1u << 14;

    private const uint ON = 1 << 4;
    private const uint AUTOSLEEP = 1 << 5;
    private const uint PullDownWhenDriven = 0b1001; // KPOPO0 and KPOOE1
    private const uint ScanTiming = 0x40_05_03_01;

    private const ulong Millisecond = 16_000; // in cycles, out of reset
    private const ulong Scan = 24 * Millisecond;
    private const ulong FilterTime = 3 * Scan;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    public static TheoryData<int, int> Keys() => new MatrixTheoryData<int, int>([0, 1, 2, 3], [0, 1, 2, 3]);

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_held_key_reads_0_in_its_node_and_makes_one_event_with_its_number(int row, int column)
    {
        SetUp();
        Hold(row, column);
        chip.Pass(FilterTime);
        uint node = (uint)((row * 4) + column);
        Assert.Equal(0xFFFF & ~(1u << (int)node), chip.Read(SR0) & 0xFFFF);
        Assert.Equal(1u, chip.Read(SR1));
        Assert.Equal(16 + node, chip.Read(FIFO) & 0xFFFF);
        Assert.Equal(0u, chip.Read(SR1));
        LetGo(row, column);
        chip.Pass(FilterTime);
        Assert.Equal(0xFFFFu, chip.Read(SR0) & 0xFFFF);
        Assert.Equal(0u, chip.Read(SR1)); // rises are not asked for
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void A_key_let_go_is_an_event_where_CFG3_asks_for_rises()
    {
        SetUp();
        chip.Write(CFG3, 0x0000_0004);
        Hold(0, 2);
        chip.Pass(FilterTime);
        Assert.Equal(0u, chip.Read(SR1));
        LetGo(0, 2);
        chip.Pass(FilterTime);
        Assert.Equal(2u, chip.Read(FIFO) & 0xFFFF);
    }

    [Fact]
    public void What_is_shorter_than_the_filter_is_no_event()
    {
        SetUp();
        Hold(1, 0);
        chip.Pass(2 * Scan);
        LetGo(1, 0);
        chip.Pass(10 * Scan);
        Assert.Equal(0u, chip.Read(SR1));
        Assert.Equal(0xF_FFFFu, chip.Read(SR0));
    }

    [Fact]
    public void Two_keys_of_a_row_at_once_are_both_seen_and_one_event()
    {
        SetUp();
        Hold(0, 0);
        Hold(0, 2);
        chip.Pass(FilterTime);
        Assert.Equal(0xFFFAu, chip.Read(SR0) & 0xFFFF);
        Assert.Equal(0x12u, chip.Read(FIFO) & 0xFFFF);
        Assert.Equal(0u, chip.Read(SR1));
    }

    [Fact]
    public void An_event_tells_the_time_since_the_one_before_in_units_of_CFG1_up_to_CFG4()
    {
        SetUp();
        Press(0, 0);
        Assert.Equal(0x10u, chip.Read(FIFO) & 0xFF);
        chip.Pass((200 * Millisecond) - (2 * FilterTime));
        Press(0, 0);
        Assert.InRange(chip.Read(FIFO) >> 16, 160u - 20, 160u + 20); // 41 slow periods are 1.25 ms
        chip.Pass(1000 * Millisecond);
        Press(0, 0);
        Assert.Equal(256u, chip.Read(FIFO) >> 16);
    }

    [Fact]
    public void The_queue_keeps_the_newest_events()
    {
        SetUp();
        chip.Write(CFG3, 0xFFFF_FFFF);
        for (int press = 0; press < 6; press++)
        {
            Press(press / 3, press % 3);
        }

        uint[] kept = [.. Enumerable.Range(0, 8).Select(_ => chip.Read(FIFO) & 0xFF)];
        Assert.Equal([0x12u, 0x02u, 0x14u, 0x04u, 0x15u, 0x05u, 0x16u, 0x06u], kept);
        Assert.Equal(0u, chip.Read(SR1));
    }

    [Fact]
    public void A_read_of_CFG4_takes_an_event_like_any_in_the_queue_s_window()
    {
        SetUp();
        Press(0, 1);
        Assert.Equal(0x11u, chip.Read(CFG4) & 0x11);
        Assert.Equal(0u, chip.Read(SR1));
        Assert.Equal(256u, chip.Read(CFG4));
    }

    [Fact]
    public void The_always_on_interrupt_comes_with_each_scan_of_a_held_key_and_with_its_event()
    {
        SetUp();
        chip.Write(WKUPMASK, 0x3F);
        chip.Write(Bank2 + 0x04, AoInterrupt); // by edge,
        chip.Write(Bank2 + 0x08, AoInterrupt); // a rising one
        Hold(0, 1);
        chip.PassUntil(() => (chip.Read(Bank2 + 0x10) & AoInterrupt) != 0);
        Assert.Equal(1u << 5, chip.Read(AOFR) & 0x3F);
        Assert.Equal(0u, chip.Read(SR1));
        int scans = 0;
        while (chip.Read(SR1) == 0)
        {
            chip.Write(Bank2 + 0x10, AoInterrupt);
            chip.PassUntil(() => (chip.Read(Bank2 + 0x10) & AoInterrupt) != 0);
            scans++;
        }

        Assert.InRange(scans, 2, 3);
        chip.Pass(Millisecond);
        Assert.Equal((1u << 5) | (1u << 4), chip.Read(AOFR) & 0x3F);
        chip.Write(AOFR, 0x3F);
        Assert.Equal(0u, chip.Read(AOFR) & 0x3F);
        LetGo(0, 1);
        chip.Pass(FilterTime);
        chip.Write(Bank2 + 0x10, AoInterrupt);
        chip.Pass(10 * Scan);
        Assert.Equal(0u, chip.Read(Bank2 + 0x10) & AoInterrupt);
    }

    [Fact]
    public void The_event_s_interrupt_lasts_a_period_of_the_slow_clock()
    {
        SetUp();
        chip.Write(WKUPMASK, 1 << 4);
        Hold(0, 1);
        chip.PassUntil(() => (chip.Read(Bank2 + 0x0C) & AoInterrupt) != 0);
        ulong began = chip.Now;
        chip.PassUntil(() => (chip.Read(Bank2 + 0x0C) & AoInterrupt) == 0);
        Assert.InRange(chip.Now - began, 488ul, 489ul);
    }

    [Fact]
    public void Without_the_pads_every_column_reads_1_and_the_rows_stay_GPIO()
    {
        SetUp();
        Hold(0, 0);
        chip.Write(AO_IOX, 0);
        chip.Pass(FilterTime);
        Assert.Equal(0xF_FFFFu, chip.Read(SR0));
        chip.Write16(PortFOe, 1 << 6);
        Assert.Equal(0u, chip.Read(PortFIn) & 0x44); // the row is driven low as GPIO, and the key brings it over
        chip.Write(AO_IOX, 1);
        Assert.Equal(0x44u, chip.Read(PortFIn) & 0x44);
    }

    [Fact]
    public void A_controller_that_is_off_drives_its_rows_to_the_level_at_rest()
    {
        chip.Write(AO_IOX, 1); // out of reset: rows at rest are driven high
        Assert.True(chip.Machine.PinIsOutput(Pin.Number('F', 6)));
        Assert.True(chip.Machine.PinLevel(Pin.Number('F', 6)));
        chip.Write(CFG0, 0b1100);
        Assert.False(chip.Machine.PinLevel(Pin.Number('F', 9)));
        chip.Write(CFG0, 0);
        Assert.False(chip.Machine.PinIsOutput(Pin.Number('F', 6)));
    }

    [Fact]
    public void Only_one_row_is_driven_at_a_time()
    {
        SetUp();
        Hold(0, 0);
        Hold(1, 0);
        chip.PinChanges.Clear();
        chip.Pass(4 * Scan);
        int low = 0;
        HashSet<int> rows = [];
        foreach ((int pin, bool level, _) in chip.PinChanges.Where(change => change.Pin >= Pin.Number('F', 8)))
        {
            low += level ? -1 : 1;
            Assert.InRange(low, 0, 1);
            rows.Add(pin);
        }

        Assert.Equal([Pin.Number('F', 8), Pin.Number('F', 9)], rows.Order());
    }

    [Fact]
    public void A_scan_without_any_key_costs_no_events_and_answers_at_the_time_at_which_it_would_have()
    {
        SetUp();
        chip.Pass(10 * Scan);
        Assert.Equal(ScheduledEvent.Never, chip.Soc.Events.NextDue);

        using Chip scanning = new();
        SetUp(scanning);
        scanning.Write(CFG3, 0x00FF_0000);
        scanning.Machine.Apply(Key(3, 3, held: true)); // is seen and never an event, and keeps the scan going
        scanning.Pass(10 * Scan);
        Assert.NotEqual(ScheduledEvent.Never, scanning.Soc.Events.NextDue);

        for (int press = 0; press < 20; press++)
        {
            foreach (Chip each in (Chip[])[chip, scanning])
            {
                each.Pass((ulong)press * 12_345);
                each.Machine.Apply(Key(press % 2, press % 3, held: true));
                each.PassUntil(() => each.Read(SR1) != 0);
            }

            Assert.Equal(scanning.Now, chip.Now);
            Assert.Equal(scanning.Read(FIFO), chip.Read(FIFO));
            foreach (Chip each in (Chip[])[chip, scanning])
            {
                each.Machine.Apply(Key(press % 2, press % 3, held: false));
                each.Pass(FilterTime + (Scan / 7));
            }
        }
    }

    [Fact]
    public void A_quiet_keypad_goes_to_sleep_and_a_key_wakes_it()
    {
        SetUp();
        chip.Write(CFG0, PullDownWhenDriven | ON | AUTOSLEEP);
        chip.Pass(300 * Millisecond); // 256 units are 320 ms
        Assert.NotEqual(ScheduledEvent.Never, chip.Soc.Events.NextDue);
        chip.Pass(100 * Millisecond);
        Assert.Equal(ScheduledEvent.Never, chip.Soc.Events.NextDue);
        Assert.Equal(0u, chip.Read(PortFIn) & 0x3C0); // all rows are driven
        Hold(1, 2);
        Assert.Equal(1u << 5, chip.Read(AOFR) & (1u << 5));
        chip.Pass(FilterTime);
        Assert.Equal(0x16u, chip.Read(FIFO) & 0xFFFF);
    }

    [Theory]
    [InlineData(ResetKind.Pad)]
    [InlineData(ResetKind.Chip)]
    public void The_keypad_goes_on_over_a_reset_of_the_chip(ResetKind kind)
    {
        SetUp();
        Hold(0, 0);
        chip.Pass(Scan);
        chip.Reset(kind);
        chip.Pass(FilterTime);
        Assert.Equal(0x10u, chip.Read(FIFO) & 0xFFFF);
        chip.Reset(ResetKind.PowerOn);
        Assert.Equal((0xDu, 0x1F_1010u, 0xFF20_1810u), (chip.Read(CFG0), chip.Read(CFG1), chip.Read(CFG2)));
        Assert.Equal((uint.MaxValue, 500u, 0u), (chip.Read(CFG3), chip.Read(CFG4), chip.Read(SR1)));
    }

    [Fact]
    public void A_column_without_its_pull_up_is_low()
    {
        SetUp();
        chip.Write(AO_PADPU, 0x3FF & ~(1u << 3));
        chip.Pass(FilterTime);
        Assert.Equal(0xDDDDu, chip.Read(SR0) & 0xFFFF);
        Assert.Equal(0xDu, chip.Read(SR0) >> 16);
    }

    private static void SetUp(Chip chip)
    {
        chip.Write(AO_IOX, 1);
        chip.Write(CFG0, PullDownWhenDriven | ON);
        chip.Write(CFG1, 0x04_02_02);
        chip.Write(CFG2, ScanTiming);
        chip.Write(CFG3, 0xFFFF_0000);
        chip.Write(CFG4, 256);
    }

    private static MachineInput Key(int row, int column, bool held) =>
        MachineInput.SetSwitch(Pin.Number('F', 6 + row), Pin.Number('F', 2 + column), held);

    private void SetUp() => SetUp(chip);

    private void Hold(int row, int column) => chip.Machine.Apply(Key(row, column, held: true));

    private void LetGo(int row, int column) => chip.Machine.Apply(Key(row, column, held: false));

    private void Press(int row, int column)
    {
        Hold(row, column);
        chip.Pass(FilterTime);
        LetGo(row, column);
        chip.Pass(FilterTime);
    }
}
