// The BIO without its cores: memories, FIFOs, events and interrupts as the host sees them.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class BioTests : IDisposable
{
    private const uint Bio = 0x5012_4000;
    private const uint CTRL = Bio + 0x00;
    private const uint CFGINFO = Bio + 0x04;
    private const uint FLEVEL = Bio + 0x0C;
    private const uint TXF0 = Bio + 0x10;
    private const uint RXF0 = Bio + 0x20;
    private const uint ELEVEL = Bio + 0x30;
    private const uint ETYPE = Bio + 0x34;
    private const uint EVENT_SET = Bio + 0x38;
    private const uint EVENT_CLR = Bio + 0x3C;
    private const uint EVENT_STATUS = Bio + 0x40;
    private const uint FIFO_CLR = Bio + 0x48;
    private const uint IRQMASK_0 = Bio + 0x70;
    private const uint IRQ_EDGE = Bio + 0x80;
    private const uint Imem = 0x5012_5000;
    private const uint FifoPages = 0x5012_9000;
    private const uint Bank18 = 0xE000_E000;
    private const uint STATUS = 0x0C;
    private const uint PENDING = 0x10;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void The_block_says_what_it_is_and_starting_cores_is_done_when_it_is_written_and_reported()
    {
        Assert.Equal(0x1000_0408u, chip.Read(CFGINFO));
        chip.Write(CTRL, 0x555);
        Assert.Equal(5u, chip.Read(CTRL));
        Assert.Equal("BIO_BDMA+0x000 (the cores do not execute)", Assert.Single(chip.Unmodelled).Name);
        chip.Write(CTRL, 0);
        Assert.Equal(0u, chip.Read(CTRL));
    }

    [Fact]
    public void The_memory_of_a_core_is_the_host_s_while_the_core_is_off()
    {
        for (uint core = 0; core < 4; core++)
        {
            chip.Write(Imem + (core * 0x1000) + 0xFFC, 0xA001_A000 + core);
        }

        chip.Write(CTRL, 0x222);
        chip.Write(Imem + 0x0FFC, 7);
        chip.Write(Imem + 0x1FFC, 7);
        Assert.Equal((7u, 0xA001_A001u, 0xA001_A003u), (chip.Read(Imem + 0xFFC), chip.Read(Imem + 0x1FFC), chip.Read(Imem + 0x3FFC)));
    }

    [Fact]
    public void A_FIFO_holds_nine_words_and_gives_its_last_one_when_it_is_empty()
    {
        for (uint word = 1; word <= 10; word++)
        {
            chip.Write(TXF0 + 8, word);
        }

        Assert.Equal((0x0900u, 10u), (chip.Read(FLEVEL), chip.Read(TXF0 + 8)));
        for (uint word = 1; word <= 9; word++)
        {
            Assert.Equal(word, chip.Read(RXF0 + 8));
        }

        Assert.Equal((9u, 0u), (chip.Read(RXF0 + 8), chip.Read(FLEVEL)));
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void FIFOs_are_emptied_by_their_bit_and_by_a_restart_of_the_core_of_their_number()
    {
        Array.ForEach([TXF0, TXF0 + 4, TXF0 + 8, TXF0 + 12], fifo => chip.Write(fifo, 1));
        chip.Write(FIFO_CLR, 0b0010);
        Assert.Equal(0x1101u, chip.Read(FLEVEL));
        chip.Write(CTRL, 0x80);
        Assert.Equal(0x0101u, chip.Read(FLEVEL));
    }

    [Fact]
    public void What_is_sent_while_a_core_runs_is_taken_so_that_nobody_waits_for_room_for_ever()
    {
        chip.Write(CTRL, 0x111);
        for (uint word = 0; word < 20; word++)
        {
            chip.Write(TXF0 + 4, word);
            Assert.Equal(0u, chip.Read(FLEVEL));
        }
    }

    [Fact]
    public void The_pages_of_a_FIFO_show_that_one_and_the_events()
    {
        chip.Write(FifoPages + 0x1000 + 0x14, 0xF1);
        chip.Write(TXF0 + 12, 0xF3);
        Assert.Equal(0x1010u, chip.Read(FifoPages + 0x2000 + 0x0C));
        Assert.Equal(0xF3u, chip.Read(FifoPages + 0x3000 + 0x2C));
        Assert.Equal(0xF1u, chip.Read(RXF0 + 4));
        chip.Write(FifoPages + 0x38, 0x30);
        chip.Write(FifoPages + 0x3000 + 0x3C, 0x10);
        Assert.Equal((0x20u, 0x20u), (chip.Read(EVENT_STATUS), chip.Read(FifoPages + 0x40)));
        Assert.Empty(chip.Unmodelled);
        chip.Write(FifoPages + 0x10 + 4, 1);
        Assert.Equal("BIO_FIFO+0x014", Assert.Single(chip.Unmodelled).Name);
    }

    [Fact]
    public void FIFO_levels_are_events_by_less_equal_and_more()
    {
        chip.Write(ELEVEL, 0x0000_0222); // slots 0 and 1 look at FIFO 0, slot 2 at FIFO 1
        chip.Write(ETYPE, 0x02_04_01); // slot 0: less; slot 2: equal; slot 1: more
        Assert.Equal(0x0100_0000u, chip.Read(EVENT_STATUS));
        Push(TXF0, 2);
        Push(TXF0 + 4, 2);
        Assert.Equal(0x0400_0000u, chip.Read(EVENT_STATUS));
        Push(TXF0, 1);
        Assert.Equal(0x0600_0000u, chip.Read(EVENT_STATUS));
        chip.Read(RXF0 + 4);
        Assert.Equal(0x0200_0000u, chip.Read(EVENT_STATUS));
        chip.Write(EVENT_CLR, uint.MaxValue);
        Assert.Equal(0x0200_0000u, chip.Read(EVENT_STATUS));
    }

    [Fact]
    public void A_line_follows_the_events_of_its_mask()
    {
        chip.Write(IRQMASK_0 + 8, 0b110);
        chip.Write(EVENT_SET, 0b001);
        Assert.Equal(0u, chip.Read(Bank18 + STATUS));
        chip.Write(EVENT_SET, 0b010);
        Assert.Equal(0b100u, chip.Read(Bank18 + STATUS));
        foreach ((uint bank, int bit) in ((uint, int)[])[(0xE000_4000, 6), (0xE000_6000, 5), (0xE000_D000, 6), (0xE000_F000, 6)])
        {
            Assert.Equal(1u << bit, chip.Read(bank + STATUS) & (1u << bit));
        }

        chip.Write(EVENT_CLR, 0b010);
        Assert.Equal(0u, chip.Read(Bank18 + STATUS));
    }

    [Fact]
    public void In_edge_mode_line_0_pulses_and_another_holds_unless_line_0_is_active()
    {
        chip.Write(IRQMASK_0, 1);
        chip.Write(IRQMASK_0 + 4, 2);
        chip.Write(IRQ_EDGE, 3);
        chip.Write(EVENT_SET, 1);
        Assert.Equal((1u, 0u), (chip.Read(Bank18 + PENDING), chip.Read(Bank18 + STATUS)));
        chip.Write(Bank18 + PENDING, 0xF);
        chip.Write(EVENT_SET, 4);
        Assert.Equal(0u, chip.Read(Bank18 + PENDING));
        chip.Write(EVENT_SET, 2);
        Assert.Equal(0u, chip.Read(Bank18 + STATUS));
        chip.Write(EVENT_CLR, 1);
        Assert.Equal(2u, chip.Read(Bank18 + STATUS));
    }

    [Theory]
    [InlineData(0x08u, 0x3FFu)] // CONFIG
    [InlineData(0x44u, 0xFF_FFFFu)] // EXTCLOCK
    [InlineData(0x5Cu, uint.MaxValue)] // QDIV3
    [InlineData(0x6Cu, uint.MaxValue)] // IO_I_INV
    [InlineData(0x84u, 0u)] // DBG_PADOUT
    [InlineData(0xA0u, 0u)] // MEM_GUTTER
    [InlineData(0xC4u, uint.MaxValue)] // EVMAP5
    [InlineData(0xE0u, 0u)] // FILTER_BASE_0
    public void A_register_keeps_the_bits_that_it_has(uint offset, uint bits)
    {
        chip.Write(Bio + offset, uint.MaxValue);
        Assert.Equal(bits, chip.Read(Bio + offset));
        chip.Reset(ResetKind.Chip);
        Assert.Equal(0u, chip.Read(Bio + offset));
        Assert.Empty(chip.Unmodelled);
    }

    private void Push(uint fifo, int count)
    {
        for (int i = 0; i < count; i++)
        {
            chip.Write(fifo, 0);
        }
    }
}
