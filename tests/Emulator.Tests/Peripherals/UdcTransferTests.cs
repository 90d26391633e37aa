// What the USB device controller moves: requests over endpoint 0, and packets of other endpoints.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Usb;
using static XousCloud.Emulator.Tests.Peripherals.UdcBench;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class UdcTransferTests : IDisposable
{
    private const int In = 2; // PEI of endpoint 1, and the next
    private const int Out = 3;
    private const byte ToHost = 0x80;
    private const byte GetDescriptor = 6;

    private readonly UdcBench bench = new UdcBench().Start().Connect();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_setup_packet_becomes_an_event_with_a_new_tag_each_time()
    {
        uint first = bench.Setup(ToHost, GetDescriptor, length: 18);
        uint second = bench.Setup(ToHost, GetDescriptor, length: 18);
        Assert.NotEqual(0u, first);
        Assert.Equal((first + 1) & 3, second);
    }

    [Fact]
    public void Of_setup_packets_that_software_does_not_want_yet_only_the_last_is_told()
    {
        bench.Chip.Write(EVENTCONFIG, 0x7B);
        Assert.Equal(UsbHandshake.Ack, bench.Udc.HostSetup(0, [ToHost, 1, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(UsbHandshake.Ack, bench.Udc.HostSetup(0, [ToHost, 2, 0, 0, 0, 0, 0, 0]));
        Assert.Empty(bench.TakeEvents());
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
        bench.Chip.Write(EVENTCONFIG, 0x1_007B);
        Assert.Equal(0x0280u, Assert.Single(bench.TakeEvents()).Word0);
    }

    [Fact]
    public void A_request_that_reads_goes_through_data_and_status()
    {
        uint tag = bench.Setup(ToHost, GetDescriptor, length: 100);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
        byte[] answer = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        bench.Fill(Data, answer);
        uint data = bench.PutData(tag, 100);
        uint status = bench.PutStatus(tag, Completion | Inbound);
        bench.Doorbell(0);
        Assert.Equal(answer[..64], bench.HostRead(0).Bytes);
        Assert.Empty(bench.TakeEvents());
        Assert.Equal(answer[64..], bench.HostRead(0).Bytes);
        Expect(bench.TakeEvents(), (data, 0, CompletionCode.Success));
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(0, []));
        Expect(bench.TakeEvents(), (status, 0, CompletionCode.Success));
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
    }

    [Fact]
    public void Data_may_come_as_one_TRB_a_packet_each_when_the_last_is_gone()
    {
        uint tag = bench.Setup(ToHost, GetDescriptor, length: 139);
        for (int packet = 0; packet < 2; packet++)
        {
            bench.PutData(tag, 64);
            bench.Doorbell(0);
            Assert.Equal(64, bench.HostRead(0).Bytes.Length);
            Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
        }

        bench.PutData(tag, 11);
        bench.PutStatus(tag);
        bench.Doorbell(0);
        Assert.Equal(11, bench.HostRead(0).Bytes.Length);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(0, []));
    }

    [Fact]
    public void A_request_that_writes_fills_its_buffer_and_ends()
    {
        uint tag = bench.Setup(0x21, 0x20, length: 7);
        bench.PutData(tag, 7, Inbound);
        uint status = bench.PutStatus(tag);
        bench.Doorbell(0);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(0, [1, 2, 3, 4, 5, 6, 7]));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], bench.Memory(Data, 7));
        Assert.Equal(UsbHandshake.Ack, bench.HostRead(0).Answer);
        Expect(bench.TakeEvents(), (status, 0, CompletionCode.Success));
    }

    [Fact]
    public void A_status_stage_that_stalls_does_so_until_the_next_request()
    {
        uint tag = bench.Setup(ToHost, GetDescriptor, length: 10);
        uint status = bench.PutStatus(tag, Completion | Stall);
        bench.Doorbell(0);
        Assert.Equal(UsbHandshake.Stall, bench.HostRead(0).Answer);
        Expect(bench.TakeEvents(), (status, 0, CompletionCode.ProtocolStall));
        Assert.Equal(UsbHandshake.Stall, bench.HostRead(0).Answer);
        Assert.Equal(UsbHandshake.Stall, bench.HostWrite(0, []));
        bench.Setup(ToHost, GetDescriptor, length: 10);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
    }

    [Fact]
    public void An_address_is_taken_when_its_status_stage_ends_and_asks_for_it()
    {
        uint tag = bench.Setup(0, 5, value: 9);
        bench.Command(2, 9);
        bench.PutStatus(tag, Completion | SetsAddress);
        bench.Doorbell(0);
        Assert.Equal(UsbHandshake.None, bench.HostRead(0, address: 9).Answer);
        Assert.Equal(UsbHandshake.Ack, bench.HostRead(0).Answer);
        Assert.Equal(UsbHandshake.None, bench.HostRead(0).Answer);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0, address: 9).Answer);
        bench.Udc.BeginBusReset();
        bench.Udc.EndBusReset();
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
    }

    [Fact]
    public void An_address_is_not_taken_when_the_status_stage_does_not_ask_for_it()
    {
        uint tag = bench.Setup(0, 5, value: 9);
        bench.Command(2, 9);
        bench.PutStatus(tag);
        Assert.Equal(UsbHandshake.Ack, bench.HostRead(0).Answer);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(0).Answer);
    }

    [Fact]
    public void What_was_queued_before_any_request_ends_with_a_mismatch_ahead_of_the_setup_event()
    {
        uint spurious = bench.PutStatus(0, Completion | SetsAddress);
        bench.Doorbell(0);
        Assert.Empty(bench.TakeEvents());
        Assert.Equal(UsbHandshake.Ack, bench.Udc.HostSetup(0, [ToHost, GetDescriptor, 0, 1, 0, 0, 18, 0]));
        List<Trb> events = bench.TakeEvents();
        Assert.Equal([TrbType.TransferEvent, TrbType.SetupEvent], events.Select(taken => taken.Type));
        Assert.Equal((spurious, (uint)CompletionCode.SetupTagMismatch), (events[0].Word0, events[0].Word2 >> 24));
    }

    [Fact]
    public void What_is_queued_for_an_old_request_ends_at_the_doorbell()
    {
        uint old = bench.Setup(ToHost, GetDescriptor, length: 18);
        bench.Setup(ToHost, GetDescriptor, length: 18);
        uint late = bench.PutData(old, 18);
        bench.Doorbell(0);
        Expect(bench.TakeEvents(), (late, 18, CompletionCode.SetupTagMismatch));
    }

    [Fact]
    public void A_host_that_asks_for_less_gets_to_the_status_stage_all_the_same()
    {
        uint tag = bench.Setup(ToHost, GetDescriptor, length: 64);
        uint data = bench.PutData(tag, 128);
        uint status = bench.PutStatus(tag);
        Assert.Equal(64, bench.HostRead(0).Bytes.Length);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(0, []));
        Expect(bench.TakeEvents(), (data, 64, CompletionCode.ShortPacket), (status, 0, CompletionCode.Success));
    }

    [Theory]
    [InlineData(2, 6)]
    [InlineData(6, 6)] // Xous writes "inbound" into the contexts of both directions
    public void A_bulk_endpoint_moves_packets_whatever_direction_its_context_says(uint typeIn, uint typeOut)
    {
        bench.Configure(In, typeIn, 512);
        bench.Configure(Out, typeOut, 512);
        Assert.Equal(0xCu, bench.Chip.Read(EPENABLE));
        Assert.Equal(0xCu, bench.Chip.Read(EPRUNNING));
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        Assert.Equal(UsbHandshake.Nak, bench.HostWrite(1, [1]));

        bench.Fill(Data, "hello"u8.ToArray());
        uint sent = bench.PutNormal(In, 5);
        Assert.Equal("hello"u8.ToArray(), bench.HostRead(1).Bytes);
        uint received = bench.PutNormal(Out, 512, buffer: Data + 512);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(1, "help\r"u8.ToArray()));
        Assert.Equal("help\r"u8.ToArray(), bench.Memory(Data + 512, 5));
        Expect(bench.TakeEvents(), (sent, 0, CompletionCode.Success), (received, 507, CompletionCode.ShortPacket));
    }

    [Fact]
    public void Chained_buffers_are_one_stream_of_full_packets()
    {
        bench.Configure(In, 2, 512);
        byte[] bytes = [.. Enumerable.Range(0, 1536).Select(i => (byte)(i * 7))];
        bench.Fill(Data, bytes);
        bench.PutNormal(In, 1000, Chain);
        uint last = bench.PutNormal(In, 536, Chain | Completion, Data + 1000); // boot1 leaves the chain open
        Assert.Equal(bytes[..512], bench.HostRead(1).Bytes);
        Assert.Equal(bytes[512..1024], bench.HostRead(1).Bytes);
        Assert.Empty(bench.TakeEvents());
        Assert.Equal(bytes[1024..], bench.HostRead(1).Bytes);
        Expect(bench.TakeEvents(), (last, 0, CompletionCode.Success));
    }

    [Fact]
    public void A_packet_waits_for_the_rest_of_its_chain()
    {
        bench.Configure(In, 2, 512);
        bench.PutNormal(In, 100, Chain);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        bench.PutNormal(In, 100);
        Assert.Equal(200, bench.HostRead(1).Bytes.Length);
    }

    [Fact]
    public void An_empty_buffer_is_an_empty_packet_and_one_may_be_asked_for_after_a_full_one()
    {
        bench.Configure(In, 2, 64);
        bench.PutNormal(In, 0);
        bench.PutNormal(In, 64, Completion | (1 << 7));
        bench.PutNormal(In, 1);
        Assert.Equal([0, 64, 0, 1], Enumerable.Range(0, 4).Select(_ => bench.HostRead(1).Bytes.Length));
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
    }

    [Fact]
    public void A_buffer_takes_full_packets_until_it_is_full()
    {
        bench.Configure(Out, 6, 64);
        uint buffer = bench.PutNormal(Out, 128);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(1, [.. Enumerable.Repeat((byte)1, 64)]));
        Assert.Empty(bench.TakeEvents());
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(1, [.. Enumerable.Repeat((byte)2, 64)]));
        Expect(bench.TakeEvents(), (buffer, 0, CompletionCode.Success));
        Assert.Equal(2, bench.Memory(Data, 128)[64]);
    }

    [Fact]
    public void A_short_packet_ends_the_whole_chain()
    {
        bench.Configure(Out, 6, 64);
        uint first = bench.PutNormal(Out, 128, Chain | Completion);
        uint second = bench.PutNormal(Out, 128, Completion, Data + 128);
        uint third = bench.PutNormal(Out, 128, Completion, Data + 256);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(1, [1, 2, 3]));
        Expect(bench.TakeEvents(), (first, 125, CompletionCode.ShortPacket), (second, 128, CompletionCode.Success));
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(1, [4]));
        Expect(bench.TakeEvents(), (third, 127, CompletionCode.ShortPacket));
        Assert.Equal(4, bench.Memory(Data + 256, 1)[0]);
    }

    [Fact]
    public void A_packet_that_is_longer_than_its_buffer_is_an_error_and_reported()
    {
        bench.Configure(Out, 6, 512);
        uint buffer = bench.PutNormal(Out, 31);
        Assert.Equal(UsbHandshake.Ack, bench.HostWrite(1, new byte[40]));
        Expect(bench.TakeEvents(), (buffer, 0, CompletionCode.TransactionError));
        Assert.Contains("longer than its buffer", Assert.Single(bench.Chip.Unmodelled).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_goes_on_where_its_link_points_and_turns_its_cycle_bit()
    {
        bench.Configure(In, 2, 64);
        bench.PutNormal(In, 1);
        bench.Put(In, 6, bench.Ring(In), flags: 2);
        Assert.Single(bench.HostRead(1).Bytes);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        bench.Chip.Store(bench.Ring(In) + 8, 3);
        bench.Chip.Store(bench.Ring(In) + 12, 1 << 10);
        Assert.Equal(3, bench.HostRead(1).Bytes.Length);
    }

    [Fact]
    public void A_ring_that_leads_nowhere_never_answers_and_is_reported()
    {
        bench.Configure(In, 2, 64);
        bench.Put(In, 6, bench.Ring(In), flags: 0);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        Assert.Contains("leads nowhere", Assert.Single(bench.Chip.Unmodelled).Name, StringComparison.Ordinal);

        bench.Configure(Out, 6, 64);
        bench.PutNormal(Out, 0, Chain);
        bench.Put(Out, 6, bench.Ring(Out), flags: 0);
        Assert.Equal(UsbHandshake.Nak, bench.HostWrite(1, [1]));
    }

    [Fact]
    public void A_halted_endpoint_stalls_and_says_what_it_left()
    {
        bench.Configure(In, 2, 64);
        uint left = bench.PutNormal(In, 5);
        bench.Command(5, 1 << In);
        Expect(bench.TakeEvents(), (left, 5, CompletionCode.Halted));
        Assert.Equal(UsbHandshake.Stall, bench.HostRead(1).Answer);
        Assert.Equal(0u, bench.Chip.Read(EPRUNNING));
        bench.Command(6, 1 << In);
        Assert.Equal(1u << In, bench.Chip.Read(EPRUNNING));
        Assert.Equal(5, bench.HostRead(1).Bytes.Length);
    }

    [Fact]
    public void A_stopped_endpoint_goes_on_at_the_doorbell_or_with_another_ring()
    {
        bench.Configure(In, 2, 64);
        uint left = bench.PutNormal(In, 5);
        bench.Command(8, 1 << In);
        Expect(bench.TakeEvents(), (left, 5, CompletionCode.Stopped));
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        bench.PutNormal(In, 6);
        bench.Chip.Store(Contexts + 8, (bench.Ring(In) + 16) | 1);
        bench.Command(9, 1 << In);
        Assert.Equal(UsbHandshake.Nak, bench.HostRead(1).Answer);
        bench.Doorbell(In);
        Assert.Equal(6, bench.HostRead(1).Bytes.Length);
    }

    [Fact]
    public void Software_that_wants_to_know_hears_of_an_empty_ring_too()
    {
        bench.Chip.Write(EVENTCONFIG, 0x7_007B);
        bench.Configure(In, 2, 64);
        bench.Configure(Out, 6, 64);
        bench.Command(8, 1 << In);
        bench.Command(5, 1 << Out);
        Assert.Equal(
            [(uint)CompletionCode.StoppedLengthInvalid, (uint)CompletionCode.HaltedLengthInvalid],
            bench.TakeEvents().Select(taken => taken.Word2 >> 24));
    }

    [Fact]
    public void A_disabled_endpoint_is_not_there()
    {
        bench.Configure(In, 2, 64);
        bench.PutNormal(In, 5);
        bench.Chip.Write(EPENABLE, 1 << In);
        Assert.Equal(0u, bench.Chip.Read(EPENABLE));
        Assert.Equal(UsbHandshake.None, bench.HostRead(1).Answer);
    }

    [Fact]
    public void A_link_that_is_lost_ends_what_is_queued_if_software_wants_to_know()
    {
        bench.Configure(In, 2, 64);
        uint left = bench.PutNormal(In, 5);
        bench.Chip.Write(EVENTCONFIG, bench.Chip.Read(EVENTCONFIG) | (1 << 20));
        bench.Udc.BeginBusReset();
        Expect(bench.TakeEvents(), (left, 5, CompletionCode.Disabled));
    }

    [Fact]
    public void A_TRB_may_end_without_an_interrupt()
    {
        bench.Configure(In, 2, 64);
        bench.PutNormal(In, 5, Completion | (1 << 9));
        Assert.Equal(5, bench.HostRead(1).Bytes.Length);
        Assert.False(bench.Interrupts);
        Assert.Single(bench.TakeEvents());
    }

    [Theory]
    [InlineData(0x6100_0000u, 0u)]
    [InlineData(0x5003_FFFEu, 0u)]
    [InlineData(Data, 1u)]
    public void A_buffer_outside_IFRAM_stops_the_controller(uint buffer, uint high)
    {
        bench.Configure(In, 2, 64);
        uint trb = bench.PutNormal(In, 5, buffer: buffer);
        bench.Chip.Store(trb + 4, high);
        Assert.Equal(UsbHandshake.None, bench.HostRead(1).Answer);
        Assert.Equal(5u, bench.Status & 5);
    }

    private static void Expect(List<Trb> events, params (uint Pointer, uint Residual, CompletionCode Code)[] expected) =>
        Assert.Equal(expected, events.Select(taken => (taken.Word0, taken.Length, (CompletionCode)(taken.Word2 >> 24))));
}
