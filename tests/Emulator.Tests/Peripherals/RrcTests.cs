// RRAM is written by the controller's line protocol and by nothing else.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class RrcTests : IDisposable
{
    private const uint RRCCR = 0x4000_0000;
    private const uint Line = 0x6016_0000;
    private const uint Counter = 0x603D_A000 + (32 * 200);
    private const uint Slot5 = 0x603E_0000 + (32 * 5);
    private const uint Access5 = 0x603D_C000 + (4 * 5);

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Bit_12_of_RRCCR_is_always_set()
    {
        Assert.Equal(0x1000u, chip.Read(RRCCR));
        chip.Write(RRCCR, 0xFC00);
        Assert.Equal(0xFC00u, chip.Read(RRCCR));
        chip.Write(RRCCR, 2);
        Assert.Equal(0x1002u, chip.Read(RRCCR));
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
    public void WRITE_without_LOAD_writes_what_was_loaded_before()
    {
        Fill(Line, 1);
        Commit(Line);
        Fill(Line, 2);
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Line, 0x9528);
        Assert.Equal(1u, chip.Load(Line));
    }

    [Fact]
    public void In_command_mode_other_words_do_nothing_and_do_not_fill()
    {
        chip.Write(RRCCR, 0xFC02);
        chip.Store(Line, 0x1234);
        chip.Store(Line, 0x5200);
        chip.Store(Line, 0x9528);
        Assert.Equal(0u, chip.Load(Line));
    }

    [Fact]
    public void Bytes_and_half_words_do_not_reach_the_buffer()
    {
        chip.Store(Line, 0xFF, lanes: 0xFF);
        Commit(Line);
        Assert.Equal(0u, chip.Load(Line));
    }

    [Fact]
    public void A_plain_store_to_a_one_way_counter_adds_one_as_firmware_does_it()
    {
        chip.Write(RRCCR, 0xFC00);
        for (uint i = 1; i <= 3; i++)
        {
            chip.Store(Counter, 0);
            Assert.Equal(i, chip.Load(Counter));
        }

        Assert.Equal(0u, chip.Load(Counter + 32));
        Assert.Equal(0u, chip.Load(Counter - 32));
    }

    [Fact]
    public void A_commit_to_a_one_way_counter_adds_one_whatever_was_filled()
    {
        Fill(Counter, 77, 77, 77, 77, 77, 77, 77, 77);
        Commit(Counter);
        Assert.Equal(1u, chip.Load(Counter));
        Commit(Counter); // without any fill
        Assert.Equal(2u, chip.Load(Counter));
        Assert.Equal(0u, chip.Load(Counter + 4));
    }

    [Fact]
    public void A_slot_marked_write_once_is_ORed_into()
    {
        Fill(Slot5, 0x0F);
        Commit(Slot5);
        Fill(Slot5, 0xF0);
        Commit(Slot5);
        Assert.Equal(0xF0u, chip.Load(Slot5));

        Assert.True(chip.Soc.Memory.TryWrite(Access5, BitConverter.GetBytes(1u << 24)));
        Fill(Slot5, 0x03);
        Commit(Slot5);
        Assert.Equal(0xF3u, chip.Load(Slot5));
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
    }
}
