// The USB device controller's registers: reset, commands, the port, the interrupt and the event ring.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Usb;
using static XousCloud.Emulator.Tests.Peripherals.UdcBench;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class UdcTests : IDisposable
{
    private readonly UdcBench bench = new();

    private Chip Chip => bench.Chip;

    public void Dispose() => bench.Dispose();

    [Fact]
    public void The_controller_can_be_identified_and_is_halted_after_a_reset()
    {
        Assert.Equal(0x2001_4401u, Chip.Read(Base));
        Assert.Equal(0x81u, Chip.Read(DEVCONFIG));
        Assert.Equal(1u, bench.Status);
        Assert.Equal(4000u, Chip.Read(IMOD));
        Assert.Equal(0xA0u, bench.Port);
        Assert.Empty(Chip.Unmodelled);
    }

    [Fact]
    public void What_the_driver_writes_below_the_registers_is_kept()
    {
        Chip.Write(0x5020_20B8, 0x040A_8C0E);
        Assert.Equal(0x040A_8C0Eu, Chip.Read(0x5020_20B8));
        Chip.Write(Base + 0x90, 0x1234);
        Assert.Equal(0x1234u, Chip.Read(Base + 0x90));
        Assert.Empty(Chip.Unmodelled);
    }

    [Fact]
    public void A_soft_reset_takes_a_while_and_puts_the_registers_back()
    {
        bench.Start();
        Chip.Write(USBCMD, SoftReset);
        Assert.Equal(SoftReset, Chip.Read(USBCMD));
        Chip.Write(USBCMD, Run); // too early
        Chip.Pass(5 * Microsecond);
        Assert.Equal(SoftReset, Chip.Read(USBCMD));
        Chip.Pass(10 * Microsecond);
        Assert.Equal(0u, Chip.Read(USBCMD));
        Assert.Equal(0x81u, Chip.Read(DEVCONFIG));
        Assert.Equal(0u, Chip.Read(ERSTBALO));
    }

    [Fact]
    public void A_command_is_active_until_it_is_done_and_says_so_if_asked()
    {
        bench.Start();
        Chip.Write(CMDPARA0, 5);
        Chip.Write(CMDCTRL, (2 << 4) | 3);
        Assert.Equal(1u, Chip.Read(CMDCTRL) & 1);
        Assert.Empty(bench.TakeEvents());
        Chip.Pass(2 * Microsecond);
        Assert.Equal(0u, Chip.Read(CMDCTRL) & 0xF_0001);
        Assert.Equal(TrbType.CommandCompletionEvent, Assert.Single(bench.TakeEvents()).Type);
    }

    [Fact]
    public void A_command_that_does_not_exist_is_reported()
    {
        bench.Command(11, 0);
        Assert.Contains("command 11", Assert.Single(Chip.Unmodelled).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void The_port_tells_of_the_host_of_its_reset_and_of_a_link_that_sleeps()
    {
        bench.Start();
        bench.Udc.Connect();
        Assert.Equal(0x0012_0009u, bench.Port);
        Assert.Equal(TrbType.PortStatusChangeEvent, Assert.Single(bench.TakeEvents()).Type);
        Chip.Write(PORTSC, bench.Port);
        Assert.Equal(9u, bench.Port);

        bench.Udc.BeginBusReset();
        Assert.Equal(0x19u, bench.Port);
        Assert.Empty(bench.TakeEvents());
        bench.Udc.EndBusReset();
        Assert.Equal(0x0020_0C0Bu, bench.Port);
        Assert.Single(bench.TakeEvents());
        Chip.Write(PORTSC, bench.Port);
        Assert.Equal(0xC0Bu, bench.Port);

        bench.Udc.Suspend();
        Assert.Equal(0xC6Bu, bench.Port);
        Assert.Equal(UsbHandshake.None, bench.HostRead(0).Answer);
    }

    [Fact]
    public void The_port_is_of_full_speed_when_software_allows_no_more()
    {
        bench.Start();
        Chip.Write(DEVCONFIG, 0x81);
        bench.Connect();
        Assert.Equal(0x40Bu, bench.Port);
    }

    [Fact]
    public void Only_changes_that_software_asks_for_are_events()
    {
        bench.Start();
        Chip.Write(EVENTCONFIG, 1 << 4);
        bench.Udc.Connect();
        Assert.Empty(bench.TakeEvents());
        bench.Udc.BeginBusReset();
        bench.Udc.EndBusReset();
        Assert.Single(bench.TakeEvents());
    }

    [Fact]
    public void To_stop_is_to_leave_the_bus()
    {
        bench.Start().Connect();
        Assert.True(bench.Udc.IsAttached);
        Chip.Write(USBCMD, 0);
        Assert.False(bench.Udc.IsAttached);
        Assert.Equal(0x0002_00A8u, bench.Port);
        Assert.Equal(1u, bench.Status & 1);
        Assert.Equal(0u, Chip.Read(EVENTCONFIG) & (1 << 16));
    }

    [Fact]
    public void An_event_interrupts_by_both_banks_until_IP_is_cleared()
    {
        bench.Start();
        bench.Udc.Connect();
        Assert.True(bench.Interrupts);
        Assert.Equal(8u, bench.Status & 8);
        Assert.Equal(3u, Chip.Read(IMAN));
        Assert.Equal(8u, Chip.Read(ERDPLO) & 8);
        Chip.Write(IMAN, 3);
        Assert.False(bench.Interrupts);
        Chip.Write(USBSTS, 8);
        Assert.Equal(0u, bench.Status & 8);
    }

    [Theory]
    [InlineData(0u, InterruptEnable)]
    [InlineData(2u, 0u)]
    public void Either_enable_holds_the_interrupt_back_and_not_the_news(uint iman, uint usbcmd)
    {
        bench.Start();
        Chip.Write(IMAN, iman);
        Chip.Write(USBCMD, Run | usbcmd);
        bench.Udc.Connect();
        Assert.False(bench.Interrupts);
        Assert.Equal(1u, Chip.Read(IMAN) & 1);
        Assert.Equal(8u, bench.Status & 8);
    }

    [Fact]
    public void While_a_handler_is_busy_the_next_event_waits_for_the_dequeue_pointer()
    {
        bench.Start();
        bench.Udc.Connect();
        Chip.Write(USBSTS, 8);
        Chip.Write(IMAN, 3);
        bench.Udc.BeginBusReset();
        bench.Udc.EndBusReset();
        Assert.False(bench.Interrupts);
        Chip.Write(ERDPLO, (EventRing + 16) | 8); // the handler has seen the first event only
        Assert.True(bench.Interrupts);
        Assert.Equal(8u, bench.Status & 8);
    }

    [Fact]
    public void A_handler_that_has_seen_all_events_is_not_called_again()
    {
        bench.Start();
        bench.Udc.Connect();
        Chip.Write(USBSTS, 8);
        Chip.Write(IMAN, 3);
        bench.Udc.BeginBusReset();
        bench.Udc.EndBusReset();
        Chip.Write(ERDPLO, (EventRing + 32) | 8);
        Assert.False(bench.Interrupts);
    }

    [Fact]
    public void Moderation_spaces_interrupts()
    {
        bench.Start();
        Chip.Write(IMOD, 40); // 10 us
        bench.Udc.Connect();
        bench.TakeEvents();
        bench.Udc.BeginBusReset();
        bench.Udc.EndBusReset();
        Chip.Pass(9 * Microsecond);
        Assert.False(bench.Interrupts);
        Chip.Pass(2 * Microsecond);
        Assert.True(bench.Interrupts);
    }

    [Fact]
    public void The_event_ring_turns_its_cycle_bit_and_holds_back_what_has_no_room()
    {
        bench.Start().Connect();
        bench.Configure(2, 2, 512);
        bench.Doorbell(2);
        for (int i = 0; i < 20; i++)
        {
            bench.PutNormal(2, 4);
        }

        int sent = 0;
        while (bench.HostRead(1).Answer == UsbHandshake.Ack)
        {
            sent++;
        }

        Assert.Equal((int)Events - 1, sent);
        Assert.Equal(sent, bench.TakeEvents().Count);
        Assert.Equal(UsbHandshake.Ack, bench.HostRead(1).Answer);
        Assert.Single(bench.TakeEvents());
    }

    [Fact]
    public void A_port_event_that_finds_no_room_comes_later()
    {
        bench.Start().Connect();
        bench.Configure(2, 2, 512);
        for (int i = 0; i < 20; i++)
        {
            bench.PutNormal(2, 4);
        }

        while (bench.HostRead(1).Answer == UsbHandshake.Ack)
        {
        }

        bench.Udc.BeginBusReset();
        bench.Udc.EndBusReset();
        Assert.DoesNotContain(bench.TakeEvents(), taken => taken.Type == TrbType.PortStatusChangeEvent);
        Assert.Equal(TrbType.PortStatusChangeEvent, Assert.Single(bench.TakeEvents()).Type);
    }

    [Fact]
    public void An_event_ring_of_two_segments_goes_from_one_to_the_other()
    {
        bench.Start();
        uint second = 0x5000_1800;
        Chip.Store(Table + 8, 2);
        Chip.Store(Table + 16, second);
        Chip.Store(Table + 24, 2);
        Chip.Write(ERSTSZ, 2);
        Chip.Write(ERSTBALO, Table);
        for (int i = 0; i < 3; i++)
        {
            bench.Command(2, 0, flags: 2);
        }

        Assert.Equal(33u, (Chip.Load(EventRing + 16 + 12) >> 10) & 0x3F);
        Assert.Equal(33u, (Chip.Load(second + 12) >> 10) & 0x3F);
        Chip.Write(ERDPLO, second | 8);
        bench.Command(2, 0, flags: 2);
        bench.Command(2, 0, flags: 2);
        Assert.Equal(0u, Chip.Load(EventRing + 12) & 1); // the second time round
    }

    [Theory]
    [InlineData(0x6100_0000u)]
    [InlineData(0x5004_0000u)]
    [InlineData(0u)]
    public void A_ring_outside_IFRAM_stops_the_controller(uint ring)
    {
        bench.Start().Connect();
        Chip.Store(Contexts + 8, ring | 1);
        Chip.Store(Contexts + 4, 512 << 16);
        Chip.Store(Contexts, 1 << 3);
        bench.Command(4, 1 << 2);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        Assert.Equal(5u, bench.Status & 5);
        Assert.False(bench.Udc.IsAttached);
        Assert.Contains("DMA outside IFRAM", Assert.Single(Chip.Unmodelled).Name, StringComparison.Ordinal);

        // Software has to acknowledge the error before the controller runs again.
        Chip.Write(USBCMD, Run);
        Assert.Equal(1u, bench.Status & 1);
        Chip.Write(USBSTS, 4);
        Chip.Write(USBCMD, Run);
        Assert.Equal(0u, bench.Status & 5);
    }
}
