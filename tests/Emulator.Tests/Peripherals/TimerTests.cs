// TICKTIMER, TIMER0, D11CTIME and SUSRES against the cycle counts of the generated core.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class TimerTests : IDisposable
{
    private const uint Heartbeat = 0xE000_0000;
    private const uint Susres = 0xE000_1000;
    private const uint TickTimer = 0xE001_B000;
    private const uint Timer0 = 0xE001_C000;

    private const uint TIME0 = TickTimer + 0x08;
    private const uint TARGET1 = TickTimer + 0x0C;
    private const uint TARGET0 = TickTimer + 0x10;
    private const uint TICK_PENDING = TickTimer + 0x18;
    private const uint TICK_ENABLE = TickTimer + 0x1C;
    private const uint CLOCKS_PER_TICK = TickTimer + 0x20;

    private const uint LOAD = Timer0 + 0x00;
    private const uint RELOAD = Timer0 + 0x04;
    private const uint EN = Timer0 + 0x08;
    private const uint UPDATE_VALUE = Timer0 + 0x0C;
    private const uint VALUE = Timer0 + 0x10;
    private const uint STATUS = Timer0 + 0x14;
    private const uint PENDING = Timer0 + 0x18;
    private const uint ENABLE = Timer0 + 0x1C;

    private const uint TickLine = 1u << 20;
    private const uint SusresLine = 1u << 21;
    private const uint Timer0Line = 1u << 30;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Timer0_reads_pending_once_after_a_reset()
    {
        Assert.Equal(1u, chip.Read(PENDING));
        chip.Write(PENDING, 1);
        Assert.Equal(1u, chip.Read(PENDING)); // in the cycle of the edge the set wins
        chip.Pass(1);
        chip.Write(PENDING, 1);
        Assert.Equal(0u, chip.Read(PENDING));
        chip.Pass(1000);
        Assert.Equal(0u, chip.Read(PENDING));
        Assert.Equal(1u, chip.Read(STATUS));
    }

    [Fact]
    public void Timer0_with_LOAD_0_and_RELOAD_N_fires_after_N_plus_1_cycles_and_again_every_N_plus_1()
    {
        StartTimer0(load: 0, reload: 99, enable: 1);
        ulong start = chip.Now;
        for (ulong round = 1; round <= 3; round++)
        {
            chip.Pass(start + (round * 100) - 1 - chip.Now);
            Assert.Equal(0u, chip.Lines & Timer0Line);
            chip.Pass(1);
            Assert.Equal(Timer0Line, chip.Lines & Timer0Line);
            chip.Write(PENDING, 1);
            Assert.Equal(Timer0Line, chip.Lines & Timer0Line); // the edge is in this very cycle
            chip.Pass(1);
            chip.Write(PENDING, 1);
            Assert.Equal(0u, chip.Lines & Timer0Line);
        }
    }

    [Fact]
    public void Timer0_with_RELOAD_0_fires_once_after_LOAD_cycles()
    {
        StartTimer0(load: 700_000_000, reload: 0, enable: 1);
        chip.Pass(699_999_999);
        Assert.Equal(0u, chip.Lines & Timer0Line);
        chip.Pass(1);
        Assert.Equal(Timer0Line, chip.Lines & Timer0Line);
        chip.Pass(1);
        chip.Write(PENDING, 1);
        chip.Pass(5_000_000_000);
        Assert.Equal(0u, chip.Lines & Timer0Line);
        Assert.Equal(0u, chip.Read(PENDING));
    }

    [Fact]
    public void Timer0_latches_pending_while_its_interrupt_is_disabled()
    {
        StartTimer0(load: 50, reload: 0, enable: 0);
        chip.Pass(49);
        Assert.Equal(0u, chip.Read(PENDING));
        chip.Pass(1);
        Assert.Equal(1u, chip.Read(PENDING));
        Assert.Equal(0u, chip.Lines & Timer0Line);
        chip.Write(ENABLE, 1);
        Assert.Equal(Timer0Line, chip.Lines & Timer0Line);
    }

    [Fact]
    public void Timer0_shows_its_value_when_it_was_latched()
    {
        StartTimer0(load: 10, reload: 4, enable: 0);
        uint[] expected = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 4, 3];
        foreach (uint value in expected)
        {
            chip.Write(UPDATE_VALUE, 1);
            Assert.Equal(value, chip.Read(VALUE));
            chip.Pass(1);
            Assert.Equal(value, chip.Read(VALUE));
        }
    }

    [Fact]
    public void Timer0_counts_the_same_however_often_it_is_looked_at()
    {
        using Chip watched = new();
        foreach (Chip each in (Chip[])[chip, watched])
        {
            each.Write(LOAD, 1234);
            each.Write(RELOAD, 777);
            each.Write(EN, 1);
        }

        for (int i = 0; i < 5000; i++)
        {
            watched.Read(STATUS);
            watched.Pass(1);
        }

        chip.Pass(5000);
        foreach (Chip each in (Chip[])[chip, watched])
        {
            each.Write(UPDATE_VALUE, 1);
        }

        Assert.Equal(watched.Read(VALUE), chip.Read(VALUE));
    }

    [Fact]
    public void Timer0_follows_LOAD_while_it_is_off()
    {
        StartTimer0(load: 10, reload: 0, enable: 0);
        chip.Pass(3);
        chip.Write(EN, 0);
        chip.Write(UPDATE_VALUE, 1);
        Assert.Equal(10u, chip.Read(VALUE));
        Assert.Equal(0u, chip.Read(PENDING));
        chip.Write(LOAD, 0);
        Assert.Equal(1u, chip.Read(PENDING)); // an edge to 0 like any other
    }

    [Fact]
    public void A_tick_lasts_CLOCKS_PER_TICK_plus_1_cycles()
    {
        StartTicks(350_000);
        chip.Pass(350_000);
        Assert.Equal(0u, chip.Read(TIME0));
        chip.Pass(1);
        Assert.Equal(1u, chip.Read(TIME0));
        chip.Pass(350_001 * 999);
        Assert.Equal(1000u, chip.Read(TIME0));
    }

    [Fact]
    public void A_new_tick_length_is_taken_when_the_running_tick_ends()
    {
        StartTicks(999);
        chip.Pass(500);
        chip.Write(CLOCKS_PER_TICK, 99);
        chip.Pass(499);
        Assert.Equal(0u, chip.Read(TIME0));
        chip.Pass(1);
        Assert.Equal(1u, chip.Read(TIME0));
        chip.Pass(100);
        Assert.Equal(2u, chip.Read(TIME0));
    }

    [Fact]
    public void The_alarm_is_a_level_that_only_a_later_target_ends()
    {
        StartTicks(99);
        SetAlarm(5);
        chip.Write(TICK_ENABLE, 1);
        chip.Pass(499);
        Assert.Equal(0u, chip.Lines & TickLine);
        chip.Pass(1);
        Assert.Equal(TickLine, chip.Lines & TickLine);
        Assert.Equal(1u, chip.Read(TICK_PENDING));

        chip.Write(TICK_PENDING, 1);
        Assert.Equal(1u, chip.Read(TICK_PENDING));
        Assert.Equal(TickLine, chip.Lines & TickLine);

        SetAlarm(6);
        Assert.Equal(0u, chip.Read(TICK_PENDING));
        Assert.Equal(0u, chip.Lines & TickLine);
        chip.Pass(100);
        Assert.Equal(TickLine, chip.Lines & TickLine);

        chip.Write(TICK_ENABLE, 0);
        Assert.Equal(0u, chip.Lines & TickLine);
        Assert.Equal(1u, chip.Read(TICK_PENDING));
    }

    [Fact]
    public void An_alarm_in_the_far_future_is_no_event()
    {
        chip.Write(TARGET1, 0xFFFF_FFFF);
        chip.Write(TARGET0, 0xFFFF_FFFF);
        chip.Write(TICK_ENABLE, 1);
        Assert.Equal(0u, chip.Lines & TickLine);
        Assert.Null(chip.Machine.NextEvent);
    }

    [Fact]
    public void An_idle_timer_schedules_nothing()
    {
        StartTicks(1);
        StartTimer0(load: 1, reload: 1, enable: 0);
        chip.Write(Heartbeat, 1);
        Assert.Null(chip.Machine.NextEvent);
    }

    [Fact]
    public void CONTROL_holds_the_count_at_zero()
    {
        StartTicks(99);
        chip.Pass(1000);
        chip.Write(TickTimer, 1);
        chip.Pass(1000);
        Assert.Equal(0u, chip.Read(TIME0));
        chip.Write(TickTimer, 0);
        chip.Pass(99);
        Assert.Equal(0u, chip.Read(TIME0));
        chip.Pass(1);
        Assert.Equal(1u, chip.Read(TIME0));
    }

    [Fact]
    public void A_pause_takes_hold_at_the_end_of_the_running_tick()
    {
        StartTicks(99);
        chip.Pass(250);
        chip.Write(Susres, 1);
        Assert.Equal(0u, chip.Read(Susres + 0x14));
        chip.Pass(50);
        Assert.Equal(1u, chip.Read(Susres + 0x14));
        chip.Pass(1000);
        Assert.Equal(2u, chip.Read(Susres + 0x10));

        chip.Write(Susres, 0);
        Assert.Equal(1u, chip.Read(Susres + 0x14));
        chip.Pass(100);
        Assert.Equal(0u, chip.Read(Susres + 0x14));
        Assert.Equal(3u, chip.Read(TIME0));
    }

    [Fact]
    public void A_load_sets_the_count_and_can_set_off_the_alarm()
    {
        StartTicks(99);
        chip.Write(TARGET1, 1);
        chip.Write(TARGET0, 0);
        chip.Write(TICK_ENABLE, 1);
        chip.Write(Susres + 0x04, 1);
        chip.Write(Susres + 0x08, 7);
        Assert.Equal(0u, chip.Lines & TickLine);
        chip.Write(Susres, 2);
        Assert.Equal(TickLine, chip.Lines & TickLine);
        Assert.Equal(1u, chip.Read(TickTimer + 0x04));
        Assert.Equal(7u, chip.Read(TIME0));
        chip.Pass(100);
        Assert.Equal(8u, chip.Read(TIME0));
    }

    [Fact]
    public void Software_raises_line_21_through_SUSRES()
    {
        chip.Write(Susres + 0x28, 1);
        chip.Write(Susres + 0x1C, 1);
        Assert.Equal(SusresLine, chip.Lines & SusresLine);
        chip.Write(Susres + 0x24, 1);
        Assert.Equal(0u, chip.Lines & SusresLine);
    }

    [Fact]
    public void The_heartbeat_flips_every_CONTROL_plus_1_cycles_and_takes_a_new_one_at_the_next_flip()
    {
        Assert.Equal(400_000u, chip.Read(Heartbeat));
        chip.Write(Heartbeat, 999);
        chip.Pass(400_000);
        Assert.Equal(0u, chip.Read(Heartbeat + 4));
        chip.Pass(1);
        Assert.Equal(1u, chip.Read(Heartbeat + 4));
        chip.Pass(999);
        Assert.Equal(1u, chip.Read(Heartbeat + 4));
        chip.Pass(1);
        Assert.Equal(0u, chip.Read(Heartbeat + 4));
        chip.Pass(3000);
        Assert.Equal(1u, chip.Read(Heartbeat + 4));
    }

    private void StartTicks(uint clocksPerTick)
    {
        chip.Write(CLOCKS_PER_TICK, clocksPerTick);
        chip.Write(TickTimer, 1);
        chip.Write(TickTimer, 0);
    }

    private void SetAlarm(ulong target)
    {
        chip.Write(TARGET1, (uint)(target >> 32));
        chip.Write(TARGET0, (uint)target);
        chip.Write(TICK_PENDING, 1);
    }

    // As the drivers do it; a cycle passes so that what the change of LOAD sets can be cleared.
    private void StartTimer0(uint load, uint reload, uint enable)
    {
        chip.Write(EN, 0);
        chip.Write(LOAD, load);
        chip.Write(RELOAD, reload);
        chip.Pass(1);
        chip.Write(PENDING, 1);
        chip.Write(ENABLE, enable);
        chip.Write(EN, 1);
    }
}
