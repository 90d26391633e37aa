// Random words: fresh for the guest, and a function of the device's seed.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class TrngTests : IDisposable
{
    private const uint Rnga = 0x4002_1F00;
    private const uint Rngb = 0x4002_2300;
    private const uint FRDONE = 0x4002_8014;
    private const uint FFEN = 0x4002_8030;
    private const uint FFCLR = 0x4002_8034;
    private const uint FFCNT4 = 0x4002_8050;
    private const uint FFCNT5 = 0x4002_8054;
    private const uint CRSRC = 0x4002_E000;
    private const uint CRANA = 0x4002_E004;
    private const uint PP = 0x4002_E008;
    private const uint OPT = 0x4002_E00C;
    private const uint SR = 0x4002_E010;
    private const uint AR = 0x4002_E014;
    private const uint FR = 0x4002_E018;
    private const uint BUF = 0x4002_E030;
    private const uint CHAIN0 = 0x4002_E040;
    private const uint Irqarray3Pending = 0xE001_1010;
    private const uint Irqarray4Pending = 0xE001_2010;
    private const uint Irqarray14Pending = 0xE000_A010;

    private const uint SegmentB = 1 << 16;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void The_buffer_is_always_ready_and_never_repeats_a_word_within_thousands()
    {
        HashSet<uint> seen = [];
        int repeated = 0;
        for (int i = 0; i < 4000; i++)
        {
            Assert.NotEqual(0u, chip.Read(SR) & (1u << 28));
            repeated += seen.Add(chip.Read(BUF)) ? 0 : 1;
        }

        Assert.InRange(repeated, 0, 1); // one pair of equal words has a chance of 1 in 500
    }

    [Fact]
    public void Each_bit_is_set_in_about_half_of_the_words()
    {
        const int count = 20_000;
        int[] set = new int[32];
        for (int i = 0; i < count; i++)
        {
            uint word = chip.Read(BUF);
            for (int bit = 0; bit < 32; bit++)
            {
                set[bit] += (int)(word >> bit) & 1;
            }
        }

        Assert.All(set, ones => Assert.InRange(ones, (count / 2) - 500, (count / 2) + 500)); // 7 sigma
    }

    [Fact]
    public void The_same_seed_gives_the_same_words_and_another_seed_gives_others()
    {
        using Chip same = new();
        using Chip other = new(seed: 1);
        uint[] words = Words(chip);
        Assert.Equal(words, Words(same));
        Assert.Empty(words.Intersect(Words(other)));
    }

    [Theory]
    [InlineData(ResetKind.Core)]
    [InlineData(ResetKind.PowerOn)]
    public void A_device_that_starts_again_does_not_draw_the_same_words_again(ResetKind kind)
    {
        uint[] before = Words(chip);
        chip.Reset(kind);
        Assert.Empty(before.Intersect(Words(chip)));
    }

    [Fact]
    public void The_buffer_answers_in_its_whole_window_and_its_address_counts_to_eight()
    {
        HashSet<uint> words = [];
        List<uint> addresses = [];
        for (uint offset = 0x20; offset < 0x40; offset += 4)
        {
            addresses.Add(chip.Read(SR) >> 30);
            words.Add(chip.Read(CRSRC + offset));
        }

        Assert.Equal(8, words.Count);
        Assert.Equal([0u, 1, 1, 1, 2, 3, 3, 3], addresses);
        Assert.Equal(0u, chip.Read(SR) >> 30);
        chip.Write(0x4002_E024, 5); // an input of the DRBG
        Assert.Equal(1u, chip.Read(SR) >> 30);
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void Registers_keep_the_bits_that_exist()
    {
        foreach ((uint register, uint bits) in ((uint, uint)[])
            [(CRSRC, 0x1FFF), (CRANA, 0xFFFF), (PP, 0x1_FFFF), (OPT, 0x1_FFFF), (CHAIN0 + 12, 0xFFFF_FFFF)])
        {
            Assert.Equal(0u, chip.Read(register));
            chip.Write(register, 0xFFFF_FFFF);
            Assert.Equal(bits, chip.Read(register));
        }

        chip.Reset(ResetKind.Chip);
        Assert.Equal(0u, chip.Read(PP));
    }

    [Fact]
    public void The_C_SDK_gets_256_words_through_FIFO_5()
    {
        chip.Write(FFEN, 0x20);
        chip.Write(FFCLR, 0xFF05);
        chip.Write(OPT, SegmentB | 0x40);
        chip.Write(AR, 0x5A);
        Assert.Equal(256u, (chip.Read(FFCNT5) >> 4) & 0xFFF);
        Assert.Equal(2u, chip.Read(FFCNT4));
        HashSet<uint> words = [];
        for (uint i = 0; i < 256; i++)
        {
            words.Add(chip.Read(Rngb + (i * 4)));
        }

        Assert.Equal(256, words.Count);
        Assert.Equal(2u, chip.Read(FFCNT5));
        Assert.Equal(0x40u, chip.Read(SR) & 0xFFFF);
    }

    [Fact]
    public void A_stream_is_the_words_that_single_reads_would_have_given()
    {
        using Chip single = new();
        chip.Write(FFEN, 0x10);
        chip.Write(OPT, 2);
        chip.Write(AR, 0x5A);
        Assert.Equal(Words(single, 8), Enumerable.Range(0, 8).Select(_ => chip.Read(Rnga)));
        Assert.Equal(Words(single), Words(chip)); // and both go on alike
    }

    [Fact]
    public void A_stream_longer_than_its_segment_leaves_its_last_words_and_counts_on()
    {
        using Chip single = new();
        chip.Write(FFEN, 0x10);
        chip.Write(OPT, 65);
        chip.Write(AR, 0x5A);
        chip.Write(FFEN, 0);
        uint[] all = Words(single, 260);
        Assert.Equal(260u, chip.Read(FFCNT4) >> 4);
        Assert.Equal(all[256..], Enumerable.Range(0, 4).Select(i => chip.Read(Rnga + ((uint)i * 4))));
        Assert.Equal(all[4..256], Enumerable.Range(4, 252).Select(i => chip.Read(Rnga + ((uint)i * 4))));
    }

    [Fact]
    public void Without_its_FIFO_a_stream_stays_in_the_first_four_words()
    {
        using Chip single = new();
        chip.Write(OPT, SegmentB | 3);
        chip.Write(AR, 0x5A);
        Assert.Equal(Words(single, 12)[8..], Enumerable.Range(0, 4).Select(i => chip.Read(Rngb + ((uint)i * 4))));
        Assert.Equal(0u, chip.Read(Rngb + 16));
        Assert.Equal(2u, chip.Read(FFCNT5));
    }

    [Fact]
    public void The_end_of_a_stream_sets_its_flags_and_pulses_its_input_of_three_interrupt_banks()
    {
        chip.Write(OPT, 1);
        chip.Write(AR, 0x5A);
        Assert.Equal(1u, chip.Read(FR));
        Assert.Equal(1u, chip.Read(FRDONE));
        Assert.Equal(1u, chip.Read(Irqarray3Pending));
        Assert.Equal(1u, chip.Read(Irqarray4Pending));
        Assert.Equal(0x100u, chip.Read(Irqarray14Pending));
        chip.Write(FR, 1);
        Assert.Equal(0u, chip.Read(FR));
    }

    [Fact]
    public void A_stream_without_a_count_is_busy_until_it_is_stopped()
    {
        chip.Write(OPT, 0);
        chip.Write(AR, 0x5A);
        Assert.Equal(1u, chip.Read(0x4002_8010));
        Assert.Equal(0u, chip.Read(FR));
        chip.Write(AR, 0xA5);
        Assert.Equal(0u, chip.Read(0x4002_8010));
        Assert.Equal(0u, chip.Read(FRDONE));
    }

    private static uint[] Words(Chip from, int count = 50) =>
        [.. Enumerable.Range(0, count).Select(_ => from.Read(BUF))];
}
