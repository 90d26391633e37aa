// The crypto engine around its units: RAM, FIFOs and global registers.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class SceTests : IDisposable
{
    private const uint Ram = 0x4002_0000;
    private const uint Msg = Ram + 0x400;
    private const uint Rnga = Ram + 0x1F00;
    private const uint LastWord = Ram + 0x26FC;
    private const uint SCEMODE = 0x4002_8000;
    private const uint SUBEN = 0x4002_8004;
    private const uint AHBSOPT = 0x4002_8008;
    private const uint SRBUSY = 0x4002_8010;
    private const uint FRDONE = 0x4002_8014;
    private const uint AR = 0x4002_801C;
    private const uint FFEN = 0x4002_8030;
    private const uint FFCLR = 0x4002_8034;
    private const uint FFCNT1 = 0x4002_8044;
    private const uint CombohashOPT1 = 0x4002_B010;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Every_word_and_byte_of_the_RAM_keeps_what_was_written()
    {
        for (uint address = Ram; address <= LastWord; address += 4)
        {
            chip.Write(address, Pattern(address));
        }

        chip.Write16(Msg, 0x1234);
        Assert.Equal((Pattern(Msg) & 0xFFFF_0000) | 0x1234, chip.Read(Msg));
        for (uint address = Ram; address <= LastWord; address += 4)
        {
            if (address != Msg)
            {
                Assert.Equal(Pattern(address), chip.Read(address));
            }
        }

        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void Behind_the_last_segment_nothing_answers_and_the_touch_is_reported()
    {
        chip.Write(LastWord + 4, 1);
        Assert.Equal(0u, chip.Read(LastWord + 4));
        Assert.Equal([LastWord + 4, LastWord + 4], chip.Unmodelled.Select(access => access.Address));
    }

    [Fact]
    public void The_registers_come_out_of_reset_with_all_clocks_on_and_nothing_else()
    {
        Assert.Equal(0x1Fu, chip.Read(SUBEN));
        foreach (uint register in (uint[])[SCEMODE, AHBSOPT, SRBUSY, FRDONE, FFEN])
        {
            Assert.Equal(0u, chip.Read(register));
        }

        Assert.Equal(2u, chip.Read(FFCNT1)); // empty
    }

    [Fact]
    public void SUBEN_and_FFEN_have_as_many_bits_as_there_are_units_and_FIFOs()
    {
        chip.Write(SUBEN, 0xFF); // as the loader writes it
        chip.Write(FFEN, 0xFF);
        Assert.Equal(0x1Fu, chip.Read(SUBEN));
        Assert.Equal(0x3Fu, chip.Read(FFEN));
    }

    [Fact]
    public void A_secure_mode_is_reported_and_only_a_reset_leaves_it()
    {
        chip.Write(SCEMODE, 0);
        Assert.Empty(chip.Unmodelled);
        chip.Write(SCEMODE, 2);
        Assert.Equal(SCEMODE, Assert.Single(chip.Unmodelled).Address);
        chip.Write(SCEMODE, 0);
        Assert.Equal(2u, chip.Read(SCEMODE));
        chip.Write(AR, 0x5A);
        Assert.Equal(0u, chip.Read(SCEMODE));
    }

    [Fact]
    public void A_segment_that_is_a_FIFO_gives_words_in_order_from_wherever_it_is_touched()
    {
        chip.Write(FFEN, 1 << 1);
        for (uint i = 1; i <= 5; i++)
        {
            chip.Write(Msg + (i * 16), i);
        }

        Assert.Equal(5u << 4, chip.Read(FFCNT1));
        for (uint i = 1; i <= 5; i++)
        {
            Assert.Equal(i, chip.Read(Msg));
        }

        Assert.Equal(2u, chip.Read(FFCNT1));
        Assert.Equal(0u, chip.Read(Msg));
        chip.Write(FFEN, 0);
        Assert.Equal(1u, chip.Read(Msg));
        Assert.Equal(5u, chip.Read(Msg + 16));
    }

    [Theory]
    [InlineData(0, 0x002u)] // empty
    [InlineData(1, 0x010u)]
    [InlineData(2, 0x021u)] // nearly empty
    [InlineData(126, 0x7E4u)] // nearly full
    [InlineData(127, 0x7F0u)]
    [InlineData(128, 0x808u)] // full
    [InlineData(200, 0x808u)] // and takes no more
    public void The_status_of_a_FIFO_tells_its_count_and_how_full_it_is(int stores, uint status)
    {
        chip.Write(FFEN, 1 << 1);
        for (uint i = 0; i < stores; i++)
        {
            chip.Write(Msg, i + 1);
        }

        Assert.Equal(status, chip.Read(FFCNT1));
        Assert.Equal(stores == 0 ? 0u : 1u, chip.Read(Msg));
    }

    [Fact]
    public void FFCLR_empties_the_FIFO_that_it_names_and_no_other()
    {
        chip.Write(FFEN, 0x3F);
        chip.Write(Msg, 1);
        chip.Write(Ram, 1);
        chip.Write(FFCLR, 0xFF06);
        chip.Write(FFCLR, 1);
        Assert.Equal(0x10u, chip.Read(FFCNT1));
        chip.Write(FFCLR, 0xFF01);
        Assert.Equal(2u, chip.Read(FFCNT1));
        Assert.Equal(0x10u, chip.Read(FFCNT1 - 4));
    }

    [Fact]
    public void Clearing_the_RAM_spares_the_segments_of_the_TRNG_and_all_registers()
    {
        Fill();
        chip.Write(AR, 0xA5);
        Assert.Equal(0u, chip.Read(Ram));
        Assert.Equal(0u, chip.Read(Rnga - 4));
        Assert.Equal(7u, chip.Read(Rnga));
        Assert.Equal(7u, chip.Read(LastWord));
        Assert.Equal(3u, chip.Read(CombohashOPT1));
    }

    [Fact]
    public void A_reset_of_the_engine_clears_registers_and_RAM_but_not_the_FIFOs()
    {
        Fill();
        chip.Write(SUBEN, 0);
        chip.Write(FFEN, 1 << 1);
        chip.Write(Msg, 1);
        chip.Write(AR, 0x5A);
        Assert.Equal(0x1Fu, chip.Read(SUBEN));
        Assert.Equal(0u, chip.Read(CombohashOPT1));
        Assert.Equal(0u, chip.Read(Ram));
        Assert.Equal(2u, chip.Read(FFEN));
        Assert.Equal(0x10u, chip.Read(FFCNT1));
    }

    [Fact]
    public void What_the_TRNG_left_survives_every_reset_but_the_loss_of_power()
    {
        Fill();
        chip.Reset(ResetKind.Chip);
        Assert.Equal(0u, chip.Read(Ram));
        Assert.Equal(7u, chip.Read(Rnga));
        chip.Reset(ResetKind.PowerOn);
        Assert.Equal(0u, chip.Read(Rnga));
    }

    private static uint Pattern(uint address) => unchecked(address * 0x9E37_79B9);

    private void Fill()
    {
        foreach (uint address in (uint[])[Ram, Rnga - 4, Rnga, LastWord])
        {
            chip.Write(address, 7);
        }

        chip.Write(CombohashOPT1, 3);
    }
}
