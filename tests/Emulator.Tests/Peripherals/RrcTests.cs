// RRAM is written by the controller's line protocol and by nothing else, and it takes its time.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class RrcTests : IDisposable
{
    private const uint RRCCR = 0x4000_0000;
    private const uint RRCFD = 0x4000_0004;
    private const uint RRCSR = 0x4000_0008;
    private const uint RRCAR = 0x4000_00F0;
    private const uint Line = 0x6016_0000;
    private const uint Counter = 0x603D_A000 + (32 * 200);
    private const uint Slot500 = 0x603E_0000 + (32 * 500);
    private const uint Access500 = 0x603D_C000 + (4 * 500);
    private const uint ProgramOnly = 1 << 24;

    // The oscillator's 16 MHz, which a cold chip runs at.
    private const ulong Microsecond = 16;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Every_write_of_RRCCR_sets_bit_12()
    {
        Assert.Equal(0u, chip.Read(RRCCR));
        chip.Write(RRCCR, 0xFC00);
        Assert.Equal(0xFC00u, chip.Read(RRCCR));
        chip.Write(RRCCR, 2);
        Assert.Equal(0x1002u, chip.Read(RRCCR));
    }

    [Fact]
    public void The_divider_has_five_bits()
    {
        Assert.Equal(7u, chip.Read(RRCFD));
        chip.Write(RRCFD, 0xFF);
        Assert.Equal(0x1Fu, chip.Read(RRCFD));
    }

    [Fact]
    public void A_store_alone_changes_nothing()
    {
        chip.Store(Line, 1);
        Assert.Equal(0u, chip.Load(Line));
    }

    [Fact]
    public void LOAD_and_WRITE_commit_the_whole_line_at_once()
    {
        Fill(Line, 1, 2, 3, 4, 5, 6, 7, 8);
        Commit(Line);
        for (uint i = 0; i < 8; i++)
        {
            Assert.Equal(i + 1, chip.Load(Line + (i * 4)));
        }

        Assert.Equal(0u, chip.Load(Line + 32));
        Assert.Equal(0u, chip.Load(Line - 4));
    }

    [Fact]
    public void Words_that_were_not_filled_keep_what_the_last_line_left()
    {
        Fill(Line, 1, 2, 3, 4, 5, 6, 7, 8);
        Commit(Line);
        Fill(Line + 32, 9);
        Commit(Line + 32);
        Assert.Equal(9u, chip.Load(Line + 32));
        Assert.Equal(8u, chip.Load(Line + 60));
    }

    [Fact]
    public void One_WRITE_changes_every_line_of_its_page_that_was_loaded()
    {
        for (uint i = 0; i < 32; i++)
        {
            Fill(Line + (i * 32), 0x100 + i);
            chip.Write(RRCCR, 0xFC02);
            chip.Store(Line + (i * 32), 0x5200);
        }

        chip.Store(Line + (31 * 32), 0x9528);
        chip.PassWrite();
        for (uint i = 0; i < 32; i++)
        {
            Assert.Equal(0x100 + i, chip.Load(Line + (i * 32)));
        }
    }

    [Fact]
    public void WRITE_without_LOAD_changes_nothing()
    {
        Fill(Line, 1);
        Commit(Line);
        Fill(Line, 2);
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Line, 0x9528);
        chip.PassWrite();
        Assert.Equal(1u, chip.Load(Line));
    }

    [Fact]
    public void In_command_mode_other_words_do_nothing_and_do_not_fill()
    {
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Line, 0x1234);
        chip.Store(Line, 0x5200);
        chip.Store(Line, 0x9528);
        chip.PassWrite();
        Assert.Equal(0u, chip.Load(Line));
    }

    [Fact]
    public void A_command_to_an_odd_word_is_none()
    {
        Fill(Line, 1);
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Line + 4, 0x5200);
        chip.Store(Line + 4, 0x9528);
        chip.PassWrite();
        Assert.Equal(0u, chip.Load(Line));
        chip.Store(Line + 8, 0x5200);
        chip.Store(Line + 16, 0x9528);
        chip.PassWrite();
        Assert.Equal(1u, chip.Load(Line));
    }

    [Fact]
    public void Bytes_and_half_words_do_not_reach_the_buffer()
    {
        chip.Store(Line, 0xFF, lanes: 0xFF);
        Commit(Line);
        Assert.Equal(0u, chip.Load(Line));
    }

    [Fact]
    public void Any_store_to_a_one_way_counter_adds_one()
    {
        uint expected = 0;
        foreach (uint mode in (uint[])[0xFC00, 0xFC02])
        {
            chip.Write(RRCCR, mode);
            foreach ((uint offset, uint lanes) in ((uint, uint)[])[(0, uint.MaxValue), (28, uint.MaxValue), (4, 0xFF00)])
            {
                chip.Store(Counter + offset, 0x9528, lanes);
                chip.PassWrite();
                Assert.Equal(++expected, chip.Load(Counter));
            }
        }

        Assert.Equal(0u, chip.Load(Counter + 4));
        Assert.Equal(0u, chip.Load(Counter + 32));
        Assert.Equal(0u, chip.Load(Counter - 32));
    }

    [Fact]
    public void A_counter_is_one_number_of_256_bits()
    {
        using Chip full = new(factory: new FactorySettings([new(200, uint.MaxValue)]));
        full.Store(Counter, 0);
        full.PassWrite();
        Assert.Equal((0u, 1u), (full.Load(Counter), full.Load(Counter + 4)));
    }

    [Fact]
    public void A_program_only_slot_is_ORed_into_by_any_store_in_command_mode()
    {
        Fill(Slot500, 0x0F);
        Commit(Slot500);
        Fill(Slot500, 0xF0);
        Commit(Slot500);
        Assert.Equal(0xF0u, chip.Load(Slot500));

        Fill(Access500 & ~31u, ProgramOnly, ProgramOnly, ProgramOnly, ProgramOnly, ProgramOnly, ProgramOnly, ProgramOnly, ProgramOnly);
        Commit(Access500 & ~31u);
        Fill(Slot500, 0x03, 0, 0, 0, 0, 0, 0, 0);
        Commit(Slot500);
        Assert.Equal(0xF3u, chip.Load(Slot500));
        Assert.Equal(0u, chip.Load(Slot500 + 4));

        Fill(Slot500, 0x0C);
        Assert.Equal(0xF3u, chip.Load(Slot500));
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Slot500, 0);
        chip.PassWrite();
        Assert.Equal(0xFFu, chip.Load(Slot500));
    }

    [Theory]
    [InlineData(0u, 0xFFFFFFFFu, 1, 50)] // the documentation's mean times
    [InlineData(0xFFFFFFFFu, 0u, 1, 120)]
    [InlineData(0u, 0xFFFFFFFFu, 32, 794)]
    [InlineData(0xFFFFFFFFu, 0u, 32, 1515)]
    [InlineData(1u, 2u, 1, 170)] // both kinds of bit
    [InlineData(5u, 5u, 1, 0)]
    public void A_write_takes_the_time_of_the_bits_that_change_and_the_core_stands_still(
        uint before, uint after, uint lines, ulong microseconds)
    {
        Load(before, lines);
        chip.PassWrite();
        ulong start = chip.Now;
        Load(after, lines);
        Assert.Equal(1u, chip.Read(RRCSR));
        Assert.Equal(microseconds * Microsecond, Math.Max(chip.Soc.CoreStalledUntil, start) - start);
        if (microseconds > 0)
        {
            chip.Pass((microseconds * Microsecond) - 1);
            Assert.Equal(before, chip.Load(Line));
            chip.Pass(1);
        }

        chip.Pass(0);
        Assert.Equal(after, chip.Load(Line));
        Assert.Equal(0u, chip.Read(RRCSR));

        void Load(uint value, uint count)
        {
            Fill(Line, value, value, value, value, value, value, value, value);
            chip.Write(RRCCR, 0xFC02);
            for (uint i = 0; i < count; i++)
            {
                chip.Store(Line + (i * 32), 0x5200);
            }

            chip.Store(Line, 0x9528);
        }
    }

    [Fact]
    public void Power_that_goes_before_a_write_is_done_leaves_the_old_line_and_afterwards_the_new_one()
    {
        for (ulong cycle = 0; cycle <= (50 * Microsecond) + 1; cycle++)
        {
            using Chip part = new();
            for (uint i = 0; i < 8; i++)
            {
                part.Store(Line + (i * 4), 0x1000 + i);
            }

            part.Write(RRCCR, 2);
            part.Store(Line, 0x5200);
            part.Store(Line, 0x9528);
            part.Pass(cycle);
            part.Reset(ResetKind.PowerOn);
            bool isNew = cycle >= 50 * Microsecond;
            for (uint i = 0; i < 8; i++)
            {
                Assert.Equal(isNew ? 0x1000 + i : 0, part.Load(Line + (i * 4)));
            }

            part.Pass(100 * Microsecond);
            Assert.Equal(isNew ? 0x1000u : 0, part.Load(Line));
        }
    }

    [Fact]
    public void A_write_goes_on_after_saving_and_loading_in_the_middle()
    {
        Fill(Line, 7);
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Line, 0x5200);
        chip.Store(Line, 0x9528);
        chip.Pass(100);
        using Chip other = new();
        other.Machine.Load(chip.Machine.Save());
        Assert.Equal(chip.Soc.CoreStalledUntil, other.Soc.CoreStalledUntil);
        foreach (Chip part in (Chip[])[chip, other])
        {
            part.PassWrite();
            Assert.Equal(7u, part.Load(Line));
        }

        Assert.Equal(chip.Machine.StateHash(), other.Machine.StateHash());
    }

    [Fact]
    public void What_was_written_survives_the_loss_of_power_and_the_line_buffer_does_not()
    {
        Fill(Line, 1, 2);
        Commit(Line);
        chip.Reset(ResetKind.PowerOn);
        Assert.Equal(1u, chip.Load(Line));
        Commit(Line + 32);
        Assert.Equal(0u, chip.Load(Line + 36));
    }

    [Fact]
    public void RRCAR_erases_everything_from_the_top_down()
    {
        Fill(Line, 1);
        Commit(Line);
        chip.Write(RRCAR, 0x2469);
        Assert.Equal(0u, chip.Read(RRCSR));
        chip.Write(RRCAR, 0x2468);
        chip.Pass(500 * Microsecond);
        Assert.Equal(0u, chip.Load(0x603E_0080)); // public keys
        Assert.Equal(1u, chip.Load(Line));

        // Power goes in the middle: what is left is left.
        using Chip interrupted = new();
        interrupted.Machine.Load(chip.Machine.Save());
        interrupted.Soc.Memory.TryWrite(0x6000_0000, [1]);
        interrupted.Reset(ResetKind.PowerOn);
        interrupted.Pass(1_000_000 * Microsecond);
        Assert.Equal(1u, interrupted.Load(0x6000_0000));

        chip.PassUntil(() => chip.Read(RRCSR) == 0);
        Assert.Equal(0u, chip.Load(Line));
        Assert.Equal(chip.Now, chip.Soc.CoreStalledUntil);
        Assert.All(chip.Soc.Block<RramIfr>().Row(0x6040_01A0).ToArray(), value => Assert.Equal(0, value));
    }

    private void Fill(uint line, params uint[] words)
    {
        chip.Write(RRCCR, 0xFC00);
        for (uint i = 0; i < words.Length; i++)
        {
            chip.Store(line + (i * 4), words[i]);
        }
    }

    private void Commit(uint line)
    {
        chip.Write(RRCCR, 0xFC02);
        chip.Store(line, 0x5200);
        chip.Store(line, 0x9528);
        chip.Write(RRCCR, 0xFC00);
        chip.PassWrite();
    }
}
