// UART2 as firmware uses it. The registers' addresses are written out, so that a test reads like a program.

using System.Text;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class UartTests : IDisposable
{
    private const uint RX_SADDR = 0x5010_3000;
    private const uint RX_SIZE = 0x5010_3004;
    private const uint RX_CFG = 0x5010_3008;
    private const uint TX_SADDR = 0x5010_3010;
    private const uint TX_SIZE = 0x5010_3014;
    private const uint TX_CFG = 0x5010_3018;
    private const uint STATUS = 0x5010_3020;
    private const uint SETUP = 0x5010_3024;
    private const uint IRQ_EN = 0x5010_302C;
    private const uint VALID = 0x5010_3030;
    private const uint DATA = 0x5010_3034;
    private const uint UDMA_RST = 0x5010_0008;
    private const uint IRQARRAY5_PENDING = 0xE001_3010;
    private const uint IRQARRAY5_ENABLE = 0xE001_3014;
    private const uint IRQARRAY14_PENDING = 0xE000_A010;
    private const uint RxEvent = 1 << 8;
    private const uint TxEvent = 1 << 9;
    private const uint RxCharEvent = 1 << 10;
    private const uint EN = 0x10;
    private const uint CONT = 1;
    private const uint CLR = 0x40;
    private const uint PENDING = 0x20;
    private const uint Ifram = 0x5000_0000;

    // 10 bits of 99 perclk cycles of 99 804 687 Hz, in cycles of 350 MHz, rounded up.
    private const ulong Frame = 3472;

    private readonly Chip chip = new(cold: false);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Bytes_leave_one_frame_time_after_another()
    {
        Send(0x1F000, "Hi!");
        chip.Pass(3 * Frame);
        Assert.Equal("Hi!", chip.Text);
        Assert.All(chip.Output, output => Assert.Equal(ConsolePort.Uart2, output.Port));
        Assert.Equal([Frame, 2 * Frame, 3 * Frame], chip.Output.Select(output => output.Cycle));
    }

    [Theory]
    [InlineData(0x0064_0316u, 3507ul)] // 1 Mbaud from 100 MHz
    [InlineData(0x0362_0316u, 30370ul)] // 115200
    [InlineData(0x0064_0317u, 3858ul)] // parity
    [InlineData(0x0064_031Eu, 3858ul)] // two stop bits
    [InlineData(0x0064_0310u, 2455ul)] // five bits
    public void A_frame_lasts_its_bits_times_the_divider_in_perclk_cycles(uint setup, ulong expected)
    {
        chip.Write(SETUP, setup);
        Send(0x1F000, "x");
        chip.Pass(1_000_000);
        Assert.Equal(expected, chip.Output.Single().Cycle);
    }

    [Fact]
    public void The_channel_ends_when_its_last_byte_is_taken_and_status_when_it_has_left()
    {
        Send(0x1F000, "ab");
        Assert.Equal(0x1F001u, chip.Read(TX_SADDR));
        Assert.Equal(1u, chip.Read(TX_SIZE));
        Assert.Equal(EN, chip.Read(TX_CFG));
        Assert.Equal(0u, chip.Read(IRQARRAY5_PENDING));

        chip.Pass(Frame);
        Assert.Equal(0u, chip.Read(TX_SADDR));
        Assert.Equal(0u, chip.Read(TX_CFG));
        Assert.Equal(TxEvent, chip.Read(IRQARRAY5_PENDING));
        Assert.Equal(1u, chip.Read(STATUS));

        chip.Pass(Frame);
        Assert.Equal(0u, chip.Read(STATUS));
    }

    [Fact]
    public void With_divider_zero_nothing_ever_leaves()
    {
        chip.Write(SETUP, 0x0000_0316);
        Send(0x1F000, "ab");
        chip.Pass(1_000_000_000);
        Assert.Empty(chip.Output);
        Assert.Equal(1u, chip.Read(STATUS));
        Assert.NotEqual(0u, chip.Read(TX_SADDR));

        chip.Write(SETUP, 0x0063_0316);
        chip.Pass(2 * Frame);
        Assert.Equal("ab", chip.Text);
    }

    [Fact]
    public void With_the_transmitter_off_nothing_leaves_and_a_frame_under_way_is_lost()
    {
        Send(0x1F000, "abc");
        chip.Pass(Frame + 10);
        chip.Write(SETUP, 0x0063_0216);
        chip.Pass(100 * Frame);
        Assert.Equal("a", chip.Text);
        chip.Write(SETUP, 0x0063_0316);
        chip.Pass(100 * Frame);
        Assert.Equal("ac", chip.Text);
    }

    [Fact]
    public void One_more_transfer_waits_behind_the_running_one_and_no_second()
    {
        Send(0x1F000, "one ");
        Send(0x1F100, "two ");
        Assert.Equal(EN | PENDING, chip.Read(TX_CFG));
        Send(0x1F200, "three");
        chip.Pass(1_000_000);
        Assert.Equal("one three", chip.Text);
    }

    [Fact]
    public void A_block_at_offset_zero_reads_as_done_at_once_and_is_sent_all_the_same()
    {
        Send(0x80, "1");
        Send(0x0, "2");
        chip.Pass(Frame / 2);
        Assert.Equal(0u, chip.Read(TX_SADDR));
        Assert.Equal(EN, chip.Read(TX_CFG));
        Send(0x80, "3");
        chip.Pass(3 * Frame);
        Assert.Equal("123", chip.Text);
    }

    [Fact]
    public void Bytes_are_read_when_they_are_sent_not_when_they_are_queued()
    {
        Send(0x1F000, "ab");
        chip.Soc.Memory.TryWrite(Ifram + 0x1F001, "z"u8);
        chip.Pass(2 * Frame);
        Assert.Equal("az", chip.Text);
    }

    [Fact]
    public void A_transfer_with_CONT_starts_again_until_cleared()
    {
        Send(0x1F000, "ab", EN | CONT);
        chip.Pass((5 * Frame) + 10);
        Assert.Equal("ababa", chip.Text);
        chip.Write(TX_CFG, CLR);
        chip.Pass(10 * Frame);
        Assert.Equal("ababab", chip.Text); // the byte in the shift register still leaves
        Assert.Equal(0u, chip.Read(TX_CFG));
        Assert.Equal(0u, chip.Read(TX_SADDR));
    }

    [Fact]
    public void Addresses_keep_18_bits()
    {
        chip.Soc.Memory.TryWrite(Ifram + 0x3FFFF, "y"u8);
        chip.Soc.Memory.TryWrite(Ifram, "z"u8);
        chip.Write(TX_SADDR, 0x5003_FFFF);
        chip.Write(TX_SIZE, 2);
        chip.Write(TX_CFG, EN);
        chip.Pass(2 * Frame);
        Assert.Equal("yz", chip.Text);
    }

    [Fact]
    public void UART2_and_UART3_raise_their_events_in_bank_14_too()
    {
        Send(0x1F000, "x");
        Assert.Equal(1u << 1, chip.Read(IRQARRAY14_PENDING));
        Assert.Equal(TxEvent, chip.Read(IRQARRAY5_PENDING));
    }

    [Fact]
    public void A_received_byte_shows_in_VALID_and_DATA_a_frame_later()
    {
        Assert.True(chip.Soc.Uarts[2].Receive("A"u8));
        chip.Pass(Frame - 1);
        Assert.Equal(0u, chip.Read(VALID));
        Assert.Equal(2u, chip.Read(STATUS));
        chip.Pass(1);
        Assert.Equal(1u, chip.Read(VALID));
        Assert.Equal(0u, chip.Read(STATUS));
        Assert.Equal((uint)'A', chip.Read(DATA));
        Assert.Equal(0u, chip.Read(VALID));
    }

    [Fact]
    public void Received_bytes_are_at_least_a_frame_apart_and_wait_until_the_last_was_read()
    {
        chip.Soc.Uarts[2].Receive("abc"u8);
        chip.Pass(10 * Frame);
        Assert.Equal((uint)'a', chip.Read(DATA));
        Assert.Equal(1u, chip.Read(VALID)); // the next one stood at the door
        Assert.Equal((uint)'b', chip.Read(DATA));
        Assert.Equal(0u, chip.Read(VALID));
        chip.Pass(Frame - 1);
        Assert.Equal(0u, chip.Read(VALID));
        chip.Pass(1);
        Assert.Equal((uint)'c', chip.Read(DATA));
    }

    [Fact]
    public void With_a_continuous_transfer_each_byte_is_one_event_held_back_until_the_last_is_acknowledged()
    {
        ListenForBytes();
        chip.Write(IRQARRAY5_ENABLE, RxEvent);
        chip.Soc.Uarts[2].Receive("xy"u8);
        chip.Pass(Frame);
        Assert.Equal(1u << 5, chip.Lines);
        Assert.Equal((uint)'x', chip.Read(DATA));
        chip.Pass(10 * Frame);
        Assert.Equal(0u, chip.Read(VALID));
        Assert.Equal(RxEvent, chip.Read(IRQARRAY5_PENDING));

        chip.Write(IRQARRAY5_PENDING, RxEvent);
        Assert.Equal(RxEvent, chip.Read(IRQARRAY5_PENDING)); // of the second byte
        Assert.Equal((uint)'y', chip.Read(DATA));
        chip.Write(IRQARRAY5_PENDING, RxEvent);
        Assert.Equal(0u, chip.Lines);
        Assert.Equal((byte)'y', (byte)chip.Load(Ifram + 0x1F800));
    }

    [Fact]
    public void A_pending_bit_that_nobody_will_serve_holds_nothing_back()
    {
        ListenForBytes();
        chip.Soc.Uarts[2].Receive("xy"u8);
        chip.Pass(Frame);
        Assert.Equal((uint)'x', chip.Read(DATA));
        Assert.Equal(RxEvent, chip.Read(IRQARRAY5_PENDING));
        chip.Pass(Frame);
        Assert.Equal((uint)'y', chip.Read(DATA));
    }

    [Fact]
    public void Without_polling_bytes_go_to_memory_alone()
    {
        chip.Write(SETUP, 0x0063_0306);
        chip.Write(RX_SADDR, 0x1F800);
        chip.Write(RX_SIZE, 4);
        chip.Write(RX_CFG, EN);
        chip.Soc.Uarts[2].Receive("12345"u8);
        chip.Pass(3 * Frame);
        Assert.Equal(0x1F803u, chip.Read(RX_SADDR));
        Assert.Equal(1u, chip.Read(RX_SIZE));
        Assert.Equal(0u, chip.Read(IRQARRAY5_PENDING));
        chip.Pass(100 * Frame);
        Assert.Equal(BitConverter.ToUInt32("1234"u8), chip.Load(Ifram + 0x1F800));
        Assert.Equal(0u, chip.Read(RX_CFG));
        Assert.Equal(RxEvent, chip.Read(IRQARRAY5_PENDING));
        Assert.Equal(0u, chip.Read(VALID));

        chip.Write(RX_CFG, EN); // the fifth byte waited for this
        Assert.Equal(3u, chip.Read(RX_SIZE));
    }

    [Fact]
    public void The_character_event_is_raised_only_when_asked_for_and_not_in_polling_mode()
    {
        chip.Write(IRQ_EN, 1);
        chip.Soc.Uarts[2].Receive("a"u8);
        chip.Pass(Frame);
        Assert.Equal(0u, chip.Read(IRQARRAY5_PENDING));
        Assert.Equal((uint)'a', chip.Read(DATA));

        chip.Write(SETUP, 0x0063_0306);
        chip.Soc.Uarts[2].Receive("b"u8);
        chip.Pass(Frame);
        Assert.Equal(RxCharEvent, chip.Read(IRQARRAY5_PENDING));
        Assert.Equal((uint)'b', chip.Read(DATA));
    }

    [Fact]
    public void Bytes_for_a_receiver_that_is_off_wait_for_it()
    {
        chip.Write(SETUP, 0x0063_0116);
        chip.Soc.Uarts[2].Receive("a"u8);
        chip.Pass(100 * Frame);
        Assert.Equal(0u, chip.Read(VALID));
        chip.Write(SETUP, 0x0063_0316);
        Assert.Equal((uint)'a', chip.Read(DATA));
    }

    [Fact]
    public void A_full_queue_takes_all_of_a_message_or_nothing()
    {
        Assert.True(chip.Soc.Uarts[2].Receive(new byte[64 * 1024]));
        Assert.False(chip.Soc.Uarts[2].Receive(new byte[2]));
        Assert.False(chip.Machine.Apply(MachineInput.Send(ConsolePort.Uart2, new byte[2])));
        chip.Pass(Frame);
        chip.Read(DATA);
        Assert.True(chip.Soc.Uarts[2].Receive(new byte[1]));
        Assert.False(chip.Soc.Uarts[2].Receive(new byte[1]));
    }

    [Fact]
    public void A_long_message_comes_through_whole_and_in_order()
    {
        byte[] message = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];
        List<byte> received = [];
        for (int sent = 0; received.Count < message.Length;)
        {
            int part = Math.Min(333, message.Length - sent);
            chip.Soc.Uarts[2].Receive(message.AsSpan(sent, part));
            sent += part;
            for (int i = 0; i < 250; i++)
            {
                chip.Pass(Frame);
                if (chip.Read(VALID) != 0)
                {
                    received.Add((byte)chip.Read(DATA));
                }
            }
        }

        Assert.Equal(message, received);
    }

    [Fact]
    public void RST_holds_the_block_in_reset()
    {
        Send(0x1F000, "ab");
        chip.Write(UDMA_RST, 1 << 2);
        Assert.Equal(0u, chip.Read(SETUP));
        Assert.Equal(0u, chip.Read(TX_CFG));
        chip.Write(SETUP, 0x0063_0316);
        Assert.Equal(0u, chip.Read(SETUP));
        chip.Write(UDMA_RST, 0);
        chip.Write(SETUP, 0x0063_0316);
        Assert.Equal(0x0063_0316u, chip.Read(SETUP));
        chip.Pass(10 * Frame);
        Assert.Empty(chip.Output);
    }

    [Fact]
    public void A_reset_switches_the_uart_off()
    {
        using Chip cold = new();
        Assert.Equal(0u, cold.Read(SETUP));
        cold.Write(SETUP, 0x0063_0316);
        cold.Reset(ResetKind.Pad);
        Assert.Equal(0u, cold.Read(SETUP));
    }

    private void ListenForBytes()
    {
        chip.Write(RX_SADDR, 0x1F800);
        chip.Write(RX_SIZE, 1);
        chip.Write(RX_CFG, EN | CONT | 0x80);
        chip.Write(IRQARRAY5_PENDING, 0xFFFF);
    }

    private void Send(uint offset, string text, uint config = EN)
    {
        chip.Soc.Memory.TryWrite(Ifram + offset, Encoding.Latin1.GetBytes(text));
        chip.Write(TX_SADDR, offset);
        chip.Write(TX_SIZE, (uint)text.Length);
        chip.Write(TX_CFG, config);
    }
}
