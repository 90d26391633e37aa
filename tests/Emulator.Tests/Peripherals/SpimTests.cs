// SPIM2 as firmware uses it, with recorders behind its chip selects.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class SpimTests : IDisposable
{
    private const uint RX = 0x5010_7000;
    private const uint TX = 0x5010_7010;
    private const uint CMD = 0x5010_7020;
    private const uint SADDR = 0;
    private const uint SIZE = 4;
    private const uint CFG = 8;
    private const uint STATUS = 0x5010_7030;
    private const uint UDMA_CFG_EVT = 0x5010_0004;
    private const uint UDMA_RST = 0x5010_0008;
    private const uint IRQARRAY6_PENDING = 0xE001_4010;
    private const uint IRQARRAY16_PENDING = 0xE000_C010;
    private const uint RxEvent = 1 << 8;
    private const uint TxEvent = 1 << 9;
    private const uint CmdEvent = 1 << 10;
    private const uint EotEvent = 1 << 11;
    private const uint EN = 0x10;
    private const uint CLR = 0x40;
    private const uint BACKPRESSURE = 0x80;
    private const uint Halves = 2;
    private const uint Words = 4;
    private const uint Ifram = 0x5000_0000;

    private const uint QPI = 1u << 27;
    private const uint LSB_FIRST = 1u << 26;
    private const uint TWO_IN_DATUM = 1u << 21;
    private const uint FOUR_IN_DATUM = 2u << 21;
    private const uint EOT = 9u << 28;
    private const uint EOT_WITH_EVENT = EOT | 1;
    private const uint EOT_KEEP_CS = EOT | 2;
    private const uint RPT_END = 10u << 28;

    // A bit with divider 2: four perclk cycles of 99 804 687 Hz, in cycles of 350 MHz.
    private const double Bit = 4 * 350_000_000.0 / 99_804_687;

    private readonly Chip chip = new(cold: false);
    private readonly Recorder first = new();
    private readonly Recorder second = new();

    public SpimTests()
    {
        chip.Soc.Spims[2].Bus.Connect(0, first);
        chip.Soc.Spims[2].Bus.Connect(1, second);
        Run(Config(2));
        chip.Write(IRQARRAY6_PENDING, uint.MaxValue);
        chip.Write(IRQARRAY16_PENDING, uint.MaxValue);
    }

    public void Dispose() => chip.Dispose();

    [Fact]
    public void A_list_of_commands_is_one_transaction()
    {
        Answer(0, 0xC2, 0x20, 0x18);
        Receive(0x2000, 3);
        Run(Sot(0), SendCmd(0x9F), RxData(3), EOT_WITH_EVENT);
        Assert.Equal(["select", "Single 9f/8", "Single 0/8", "Single 0/8", "Single 0/8", "deselect"], first.Seen);
        Assert.Empty(second.Seen);
        Assert.Equal(0x0018_20C2u, chip.Load(Ifram + 0x2000));
        Assert.Equal(RxEvent | CmdEvent | EotEvent, chip.Read(IRQARRAY6_PENDING));
        Assert.Equal(RxEvent | CmdEvent | EotEvent, chip.Read(IRQARRAY16_PENDING));
        Assert.Equal(0u, chip.Read(RX + SADDR));
        Assert.Empty(chip.Unmodelled);
    }

    [Theory]
    [InlineData(2u, 4)]
    [InlineData(25u, 50)]
    [InlineData(1u, 2)]
    [InlineData(0u, 1)]
    public void A_bit_takes_twice_the_divider_in_perclk_cycles(uint divider, int perclk)
    {
        Run(Config(divider));
        ulong start = chip.Now;
        Receive(0x2000, 1000);
        Queue(Sot(0), RxData(1000));
        chip.PassUntil(() => chip.Read(RX + SADDR) == 0);
        double bits = (chip.Now - start) * (99_804_687 / 350_000_000.0) / perclk;
        Assert.InRange(bits, 8000, 8020);
    }

    [Fact]
    public void Four_lines_are_four_times_as_fast()
    {
        ulong start = chip.Now;
        Receive(0x2000, 1000);
        Queue(Sot(0), RxData(1000) | QPI);
        chip.PassUntil(() => chip.Read(RX + SADDR) == 0);
        Assert.InRange((chip.Now - start) / Bit, 2000, 2020);
    }

    [Fact]
    public void Quad_words_go_out_and_in_over_four_lines()
    {
        Answer(0x12, 0x34);
        Fill(0x1000, [0xAB, 0xCD]);
        Send(0x1000, 2);
        Receive(0x2000, 2);
        Run(Sot(0), SendCmd(0xEB) | QPI, TxData(2) | QPI, RxData(2) | QPI, EOT);
        Assert.Equal(
            ["select", "QuadOut eb/8", "QuadOut ab/8", "QuadOut cd/8", "QuadIn 0/8", "QuadIn 0/8", "deselect"], first.Seen);
        Assert.Equal(0x3412u, chip.Load(Ifram + 0x2000));
    }

    [Fact]
    public void A_quad_word_that_is_no_multiple_of_four_bits_never_ends()
    {
        Run(Sot(0), SendCmd(0, bits: 6) | QPI, EOT);
        Assert.Equal(["select"], first.Seen);
    }

    [Theory]
    [InlineData(0u, 0x2Cu)]
    [InlineData(LSB_FIRST, 0x34u)]
    [InlineData(QPI, 0x2Cu)]
    [InlineData(QPI | LSB_FIRST, 0xC2u)]
    public void The_lowest_bit_goes_first_where_it_is_asked_for(uint flags, uint onTheWire)
    {
        Answer(onTheWire, onTheWire);
        Fill(0x1000, [0x2C]);
        Send(0x1000, 1);
        Receive(0x2000, 1);
        Run(Sot(0), TxData(1) | flags, RxData(1) | flags);
        Assert.EndsWith($" {onTheWire:x}/8", first.Seen[1], StringComparison.Ordinal);
        Assert.Equal(0x2Cu, chip.Load(Ifram + 0x2000));
    }

    [Fact]
    public void A_datum_can_hold_two_or_four_words()
    {
        Fill(0x1000, [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
        Answer(0, 0, 0, 0, 0, 0, 0x1111, 0x2222, 0xA, 0xB, 0xC, 0xD);
        Send(0x1000, 8, Words);
        Receive(0x2000, 8, Words);
        Run(Sot(0),
            TxData(2, bits: 16) | TWO_IN_DATUM, TxData(4) | FOUR_IN_DATUM,
            RxData(2, bits: 16) | TWO_IN_DATUM, RxData(4) | FOUR_IN_DATUM);
        Assert.Equal(
            ["Single 2211/16", "Single 4433/16", "Single 55/8", "Single 66/8", "Single 77/8", "Single 88/8"],
            first.Seen[1..7]);
        Assert.Equal(0x2222_1111u, chip.Load(Ifram + 0x2000));
        Assert.Equal(0x0D0C_0B0Au, chip.Load(Ifram + 0x2004));
    }

    [Fact]
    public void A_channel_of_half_words_moves_half_words_and_of_the_last_what_is_left()
    {
        chip.Store(Ifram + 0x2000, uint.MaxValue);
        Answer(0x1234, 0x5678);
        Receive(0x2000, 3, Halves);
        Run(Sot(0), RxData(2, bits: 16));
        Assert.Equal(0xFF78_1234u, chip.Load(Ifram + 0x2000));
        Assert.Equal(0u, chip.Read(RX + SADDR));
    }

    [Fact]
    public void Full_duplex_receives_while_it_sends()
    {
        Answer(0xA1, 0xA2, 0xA3);
        Fill(0x1000, [1, 2, 3]);
        Send(0x1000, 3);
        Receive(0x2000, 3);
        Run(Sot(0), FullDuplex(3), EOT);
        Assert.Equal(["select", "Single 1/8", "Single 2/8", "Single 3/8", "deselect"], first.Seen);
        Assert.Equal(0x00A3_A2A1u, chip.Load(Ifram + 0x2000));
    }

    [Fact]
    public void The_send_channel_has_ended_while_its_last_ten_data_are_still_to_be_sent()
    {
        Queue(Sot(0), TxData(100), EOT);
        Send(0x1000, 100);
        Assert.Equal(0x1000u + 10, chip.Read(TX + SADDR));
        Assert.Equal(90u, chip.Read(TX + SIZE));
        chip.PassUntil(() => chip.Read(TX + SADDR) == 0);
        Assert.Equal(TxEvent | CmdEvent, chip.Read(IRQARRAY6_PENDING));
        Assert.Equal(90, first.Seen.Count(seen => seen.StartsWith("Single", StringComparison.Ordinal)));
        chip.PassUntil(() => first.Seen[^1] == "deselect");
        Assert.Equal(100, first.Seen.Count(seen => seen.StartsWith("Single", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_long_transfer_moves_on_while_it_lasts()
    {
        Receive(0x2000, 3000);
        Queue(Sot(0), RxData(3000));
        uint before = chip.Read(RX + SADDR);
        for (int quarter = 0; quarter < 3; quarter++)
        {
            chip.Pass((ulong)(750 * 8 * Bit));
            Assert.NotEqual(0u, chip.Read(RX + SADDR));
            Assert.True(chip.Read(RX + SADDR) > before);
            before = chip.Read(RX + SADDR);
        }
    }

    [Fact]
    public void Commands_are_fetched_ten_ahead()
    {
        uint[] list = [Sot(0), TxData(1), .. Enumerable.Repeat(SendCmd(0x55), 12)];
        Queue(list);
        chip.Pass(100_000); // TX_DATA waits for its data
        Assert.Equal(2u * 4, chip.Read(CMD + SIZE));
        Assert.Equal(0x14u, chip.Read(CMD + CFG));
        Assert.Equal(0u, chip.Read(IRQARRAY6_PENDING) & CmdEvent);
        Send(0x1000, 1);
        chip.Pass(100_000);
        Assert.Equal(0u, chip.Read(CMD + SADDR));
        Assert.Equal(CmdEvent, chip.Read(IRQARRAY6_PENDING) & CmdEvent);
        Assert.Equal(1 + 1 + 12, first.Seen.Count);
    }

    [Fact]
    public void Sending_waits_for_data()
    {
        Run(Sot(0), TxData(2), EOT);
        Assert.Equal(["select"], first.Seen);
        Fill(0x1000, [0x77, 0x88]);
        Send(0x1000, 1);
        chip.Pass(100_000);
        Assert.Equal(["select", "Single 77/8"], first.Seen);
        Send(0x1001, 1);
        chip.Pass(100_000);
        Assert.Equal(["select", "Single 77/8", "Single 88/8", "deselect"], first.Seen);
    }

    [Fact]
    public void Receiving_waits_for_a_channel_when_eight_data_have_come_and_backpressure_is_on()
    {
        chip.Write(RX + CFG, BACKPRESSURE);
        Assert.Equal(BACKPRESSURE, chip.Read(RX + CFG));
        Answer([.. Enumerable.Range(1, 20).Select(i => (uint)i)]);
        Run(Sot(0), RxData(12), EOT);
        Assert.Equal(1 + 8, first.Seen.Count);
        Receive(0x2000, 12);
        chip.Pass(100_000);
        Assert.Equal(1 + 12 + 1, first.Seen.Count);
        Assert.Equal(0x0C0B_0A09u, chip.Load(Ifram + 0x2008));
    }

    [Fact]
    public void Without_backpressure_what_finds_no_room_is_lost()
    {
        Answer([.. Enumerable.Range(1, 20).Select(i => (uint)i)]);
        Run(Sot(0), RxData(12), EOT);
        Assert.Equal(1 + 12 + 1, first.Seen.Count);
        Receive(0x2000, 12);
        Assert.Equal(4u, chip.Read(RX + SIZE));
        Assert.Equal(0x0807_0605u, chip.Load(Ifram + 0x2004));
    }

    [Fact]
    public void Chip_selects_go_low_by_SOT_and_high_by_EOT_unless_it_keeps_them()
    {
        Run(Sot(1), SendCmd(1), EOT_KEEP_CS, SendCmd(2), EOT, SendCmd(3));
        Assert.Equal(["select", "Single 1/8", "Single 2/8", "deselect"], second.Seen);
        Assert.Empty(first.Seen);
    }

    [Fact]
    public void A_dummy_is_clocks_whose_answer_goes_nowhere()
    {
        Receive(0x2000, 1);
        Answer(0xFF, 0x42);
        Run(Sot(0), (4u << 28) | (7 << 16), RxData(1));
        Assert.Equal(0x42u, chip.Load(Ifram + 0x2000));
    }

    [Fact]
    public void A_wait_lasts_its_cycles()
    {
        ulong start = chip.Now;
        Queue(Sot(0), (5u << 28) | 0x1C8, EOT);
        chip.PassUntil(() => first.Seen.Contains("deselect"));
        Assert.InRange((chip.Now - start) / Bit, 200, 206);
    }

    [Fact]
    public void A_wait_for_an_event_ends_with_the_event_that_the_channel_is_set_to()
    {
        chip.Write(UDMA_CFG_EVT, ((4 * (4 + 1)) + 3) << 16); // channel 2: the end of a transaction of SPIM1
        Run(Sot(0), (5u << 28) | 2, SendCmd(1), EOT);
        Assert.Equal(["select"], first.Seen);
        RunOn(0x5010_6020, EOT_WITH_EVENT);
        chip.Pass(100_000);
        Assert.Equal(["select", "Single 1/8", "deselect"], first.Seen);
    }

    [Fact]
    public void A_loop_repeats_its_body_and_its_first_command_once_more()
    {
        Run(Sot(0), Rpt(2), SendCmd(1), SendCmd(2), RPT_END, SendCmd(3), EOT);
        Assert.Equal(
            ["1/8", "2/8", "1/8", "2/8", "1/8", "3/8"],
            first.Seen.Where(seen => seen.Contains('/')).Select(seen => seen.Split(' ')[1]));
        Assert.Equal(2u, chip.Read(STATUS));
    }

    [Fact]
    public void A_match_ends_a_loop()
    {
        Answer(0, 3, 0, 3, 0, 2); // RDSR until WIP is 0
        uint check = (11u << 28) | (3u << 24) | (7 << 16) | 1;
        Run(Sot(0), Rpt(100), SendCmd(5), check, RPT_END, EOT);
        Assert.Equal(1u, chip.Read(STATUS));
        Assert.Equal("deselect", first.Seen[^1]);
        Assert.Equal(1 + 6 + 1 + 1, first.Seen.Count);
    }

    [Fact]
    public void Channels_can_be_set_up_by_commands()
    {
        Fill(0x1000, [0x5A]);
        Answer(0, 0x99);
        Run(
            Sot(0),
            (13u << 28) | (1 << 27) | 0x1000, (14u << 28) | (1 << 27) | 1,
            (13u << 28) | 0x2000, (14u << 28) | 1,
            TxData(1), RxData(1), EOT);
        Assert.Contains("Single 5a/8", first.Seen);
        Assert.Equal(0x99u, chip.Load(Ifram + 0x2000));
    }

    [Fact]
    public void Clearing_the_send_channel_stops_a_transfer_where_its_data_end()
    {
        Queue(Sot(0), TxData(100), EOT);
        Send(0x1000, 100);
        chip.Write(TX + CFG, CLR);
        Assert.Equal(0u, chip.Read(TX + SADDR));
        chip.Pass(1_000_000);
        Assert.Equal(1 + 10, first.Seen.Count);
        Send(0x1000, 90);
        chip.Pass(1_000_000);
        Assert.Equal(1 + 100 + 1, first.Seen.Count);
    }

    [Fact]
    public void RST_breaks_off_and_holds_the_block()
    {
        Send(0x1000, 100);
        Queue(Sot(0), TxData(100), EOT);
        chip.Pass(100);
        chip.Write(UDMA_RST, 1 << 6);
        Assert.Equal(["select", "deselect"], first.Seen);
        Assert.Equal(0u, chip.Read(TX + SADDR));
        Run(Sot(0));
        Assert.Equal(2, first.Seen.Count);
        chip.Write(UDMA_RST, 0);
        Run(Sot(0));
        Assert.Equal("select", first.Seen[^1]);
    }

    [Fact]
    public void A_chip_reset_lets_the_chip_selects_go()
    {
        Run(Sot(0));
        chip.Reset(ResetKind.Chip);
        Assert.Equal(["select", "deselect"], first.Seen);
    }

    private static uint Config(uint divider) => divider;

    private static uint Sot(uint chipSelect) => (1u << 28) | chipSelect;

    private static uint SendCmd(uint value, int bits = 8) => (2u << 28) | ((uint)(bits - 1) << 16) | value;

    private static uint TxData(uint words, int bits = 8) => (6u << 28) | ((uint)(bits - 1) << 16) | (words - 1);

    private static uint RxData(uint words, int bits = 8) => (7u << 28) | ((uint)(bits - 1) << 16) | (words - 1);

    private static uint FullDuplex(uint words) => (12u << 28) | (7 << 16) | (words - 1);

    private static uint Rpt(uint count) => (8u << 28) | count;

    // One for each word that is not sent over four lines.
    private void Answer(params uint[] words)
    {
        foreach (uint word in words)
        {
            first.Answers.Enqueue(word);
        }
    }

    private void Run(params uint[] commands)
    {
        Queue(commands);
        chip.Pass(1_000_000);
    }

    private void Queue(params uint[] commands) => RunOn(CMD, commands);

    private void RunOn(uint channel, params uint[] commands)
    {
        for (int i = 0; i < commands.Length; i++)
        {
            chip.Store(Ifram + 0x3000 + (uint)(i * 4), commands[i]);
        }

        chip.Write(channel + SADDR, Ifram + 0x3000);
        chip.Write(channel + SIZE, (uint)commands.Length * 4);
        chip.Write(channel + CFG, EN | Words);
    }

    private void Fill(uint offset, byte[] bytes) => chip.Soc.Memory.TryWrite(Ifram + offset, bytes);

    private void Send(uint offset, uint length, uint width = 0) => Start(TX, offset, length, EN | width);

    private void Receive(uint offset, uint length, uint width = 0) => Start(RX, offset, length, EN | BACKPRESSURE | width);

    private void Start(uint channel, uint offset, uint length, uint config)
    {
        chip.Write(channel + SADDR, Ifram + offset);
        chip.Write(channel + SIZE, length);
        chip.Write(channel + CFG, config);
    }

    /// <summary>Writes down what happens to it, and drives the answers that it was told, then zeros.</summary>
    private sealed class Recorder : ISpiDevice
    {
        public List<string> Seen { get; } = [];

        public Queue<uint> Answers { get; } = [];

        public void Select() => Seen.Add("select");

        public void Deselect() => Seen.Add("deselect");

        public uint Transfer(SpiLines lines, uint sent, int bits)
        {
            Seen.Add($"{lines} {sent & (uint.MaxValue >> (32 - bits)):x}/{bits}");
            return lines == SpiLines.QuadOut ? uint.MaxValue : Answers.TryDequeue(out uint answer) ? answer : 0;
        }
    }
}
