// Who may load from and store to which part of RRAM. The rules are the RTL's, so each case says what the controller
// looks at, and not what an application would wish for.

using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class RramAccessTests : IDisposable
{
    private const uint RRCCR = 0x4000_0000;
    private const uint RRCFR = 0x4000_000C;
    private const uint EV_STATUS_2 = 0xE001_000C;
    private const uint EV_STATUS_13 = 0xE000_900C;
    private const uint CONTROL = 0xE000_2000;
    private const uint USERVALUE = 0xE000_2010;

    private const uint KEY = 1 << 0;
    private const uint DATA = 1 << 1;
    private const uint CODE = 1 << 2;
    private const uint CFG = 1 << 3;
    private const uint INFO = 1 << 4;

    private const uint Slot = 0x603E_0000 + (32 * 500);
    private const uint Word = 0x603D_C000 + (4 * 500);
    private const uint Boot0 = 0x6001_0000;
    private const uint Boot1 = 0x6002_0000;
    private const uint Storage = 0x6016_0000;
    private const uint Counter = 0x603D_A000 + (32 * 200);
    private const uint Ifr = 0x6040_0000;

    private readonly Chip chip = new();

    public RramAccessTests()
    {
        chip.Write(RRCCR, 0xFC00);
        RunAs(0);
    }

    public void Dispose() => chip.Dispose();

    [Theory]
    [InlineData(0x00F0_0000u, 0, true, true)] // everybody an owner
    [InlineData(0x0010_0000u, 0, true, true)] // boot0
    [InlineData(0x0010_0000u, 1, false, false)]
    [InlineData(0x0020_0000u, 1, true, true)] // boot1
    [InlineData(0x0040_0000u, 2, true, true)] // fw0
    [InlineData(0x0080_0000u, 3, true, true)] // fw1
    [InlineData(0x0080_0000u, 2, false, false)]
    [InlineData(0x00F0_0001u, 3, false, true)] // read disable
    [InlineData(0x00F0_0002u, 3, true, false)] // write disable
    [InlineData(0x0000_0003u, 3, true, true)] // without owners the rest does not count
    public void A_slot_is_its_owners_within_what_its_word_leaves_them(uint word, int user, bool loads, bool stores)
    {
        Store(Slot, 0x1111);
        SetWord(word);
        RunAs(user);
        Assert.Equal(loads ? 0x1111u : 0, chip.CpuLoad(Slot));
        Assert.Equal(loads ? 0 : DATA, TakeFlags());
        Store(Slot, 0x2222);
        Assert.Equal(stores ? 0 : DATA, TakeFlags());
        Assert.Equal(stores ? 0x2222u : 0x1111, chip.Load(Slot));
    }

    [Theory]
    [InlineData(0x00F0_0000u, false)]
    [InlineData(0u, true)]
    public void A_slot_with_owners_asks_for_privilege(uint word, bool isOpen)
    {
        Store(Slot, 0x1111);
        SetWord(word);
        RunAs(0, Privilege.User);
        Assert.Equal(isOpen ? 0x1111u : 0, chip.CpuLoad(Slot));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Access_words_are_boot0_s_and_boot1_s(int user, bool allowed)
    {
        SetWord(0x00F0_0002);
        RunAs(user);
        Assert.Equal(allowed ? 0x00F0_0002u : 0, chip.CpuLoad(Word));
        Assert.Equal(allowed ? 0 : CFG, TakeFlags());
        Store(Word, 0);
        Assert.Equal(allowed ? 0u : 0x00F0_0002, chip.Load(Word));
        RunAs(user, Privilege.User);
        Assert.Equal(0u, chip.CpuLoad(Word));
    }

    [Fact]
    public void The_access_words_of_the_first_eight_slots_are_written_by_nobody()
    {
        const uint PublicKeyWord = 0x603D_C000 + (4 * 4);
        Store(PublicKeyWord, 0);
        Assert.Equal(0x00F0_0002u, chip.Load(PublicKeyWord));
        Assert.Equal(CFG, TakeFlags());
        Assert.Equal(0x00F0_0002u, chip.CpuLoad(PublicKeyWord));

        // The row that says so acts on the other half of the table as well.
        Store(0x603D_E000, 1);
        Assert.Equal(CFG, TakeFlags());
    }

    [Fact]
    public void A_public_key_is_read_by_everybody_with_privilege_and_written_by_nobody()
    {
        const uint PublicKey = 0x603E_0000 + (32 * 4);
        for (int user = 0; user < 4; user++)
        {
            RunAs(user);
            Assert.Equal(0x985F_7AA8u, chip.CpuLoad(PublicKey));
            Store(PublicKey, 0);
            Assert.Equal(0x985F_7AA8u, chip.Load(PublicKey));
        }
    }

    [Fact]
    public void A_denied_commit_to_access_words_opens_the_slot_until_the_next_reset()
    {
        // As on silicon: the working copy takes the buffer without asking.
        Store(Slot, 0x1111);
        SetWord(0x0040_0000);
        RunAs(3);
        Assert.Equal(0u, chip.CpuLoad(Slot));
        Store(Word & ~31u, 0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal(0x1111u, chip.CpuLoad(Slot));
        Assert.Equal(0x0040_0000u, chip.Load(Word));
        chip.Reset(ResetKind.Pad);
        RunAs(3);
        Assert.Equal(0u, chip.CpuLoad(Slot));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Boot0_s_region_is_written_by_boot0_alone(int user, bool allowed)
    {
        RunAs(user);
        Store(Boot0, 0x1111);
        Assert.Equal(allowed ? 0 : CODE, TakeFlags());
        Assert.Equal(allowed ? 0x1111u : 0, chip.Load(Boot0));
        Store(Boot1, 0x2222);
        Store(Storage, 0x3333);
        Assert.Equal((0x2222u, 0x3333u, 0u), (chip.Load(Boot1), chip.Load(Storage), TakeFlags()));
    }

    [Fact]
    public void Code_regions_are_unprotected_until_RRCCR_is_first_written()
    {
        chip.Reset(ResetKind.Pad);
        RunAs(3);
        Assert.Equal(0u, chip.Read(RRCCR));
        chip.Store(Boot0, 0x1111);
        Assert.Equal(0u, TakeFlags());
        chip.Write(RRCCR, 0);
        chip.Store(Boot0, 0x1111);
        Assert.Equal(CODE, TakeFlags());
    }

    [Fact]
    public void A_region_that_a_row_of_IFR_hides_is_hidden_from_the_next_reset_on()
    {
        Store(Boot1, 0x1111);
        Store(Ifr + (21 * 32) + 12, 0xFF00); // boot1's region: every bit set
        RunAs(3);
        Assert.Equal(0x1111u, chip.CpuLoad(Boot1));
        chip.Reset(ResetKind.Pad);
        chip.Write(RRCCR, 0);
        RunAs(3);
        Assert.Equal(0u, chip.CpuLoad(Boot1));
        Assert.Equal(CODE, TakeFlags());
        RunAs(1);
        Assert.Equal(0x1111u, chip.CpuLoad(Boot1));
    }

    [Fact]
    public void Counters_are_everybody_s()
    {
        RunAs(3, Privilege.User);
        chip.Store(Counter, 0);
        chip.PassWrite();
        Assert.Equal(1u, chip.CpuLoad(Counter));
        Assert.Equal(0u, TakeFlags());
    }

    [Fact]
    public void IFR_is_read_with_privilege_and_a_locked_row_is_not_written()
    {
        Assert.Equal(0x985F_7AA8u, chip.CpuLoad(Ifr + 0x1A0));
        Store(Ifr + 0x1A0, 0);
        Assert.Equal(INFO, TakeFlags());
        Assert.Equal(0x985F_7AA8u, chip.CpuLoad(Ifr + 0x1A0));
        Store(Ifr + 0xE0, 0x1234); // an open row
        Assert.Equal(0u, TakeFlags());
        Assert.Equal(0x1234u, chip.CpuLoad(Ifr + 0xE0));

        RunAs(0, Privilege.User);
        Assert.Equal(0u, chip.CpuLoad(Ifr + 0x1A0));
        Assert.Equal(INFO, TakeFlags());
    }

    [Fact]
    public void A_former_key_slot_with_an_owner_is_closed_but_for_the_first_two()
    {
        foreach ((uint number, bool isOpen) in ((uint, bool)[])[(1, true), (2, false)])
        {
            uint slot = 0x603F_0000 + (32 * number);
            Store(slot, 0x1111);
            Store(0x603D_E000 + 32, 0); // any line: fills the buffer with zeros
            chip.Soc.Memory.TryWrite(0x603D_E000 + (4 * number), BitConverter.GetBytes(0x00F0_0000));
            chip.Soc.Block<Emulator.Peripherals.Rrc>().LatchAccessWords();
            TakeFlags();
            Assert.Equal(isOpen ? 0x1111u : 0, chip.CpuLoad(slot));
            Assert.Equal(isOpen ? 0 : KEY, TakeFlags());
        }
    }

    [Fact]
    public void A_flag_interrupts_until_it_is_cleared_and_is_an_error_where_RRCCR_asks_for_it()
    {
        RunAs(3);
        chip.CpuLoad(Word);
        Assert.Equal(CFG, chip.Read(RRCFR));
        Assert.Equal(1u << 6, chip.Read(EV_STATUS_2) & (1 << 6));
        Assert.Equal(1u, chip.Read(EV_STATUS_13) & 1);
        chip.Write(RRCCR, 0);
        Assert.Equal(0u, chip.Read(EV_STATUS_13) & 1);
        chip.Write(RRCFR, ~CFG);
        Assert.Equal(CFG, chip.Read(RRCFR));
        chip.Write(RRCFR, CFG);
        Assert.Equal(0u, chip.Read(EV_STATUS_2) & (1 << 6));
    }

    [Fact]
    public void Flags_and_the_copy_of_the_access_words_survive_saving_and_loading()
    {
        Store(Slot, 0x1111);
        SetWord(0x0040_0000);
        RunAs(3);
        chip.CpuLoad(Word);
        using Chip other = new();
        other.Machine.Load(chip.Machine.Save());
        Assert.Equal(CFG, other.Read(RRCFR));
        other.Soc.AddressSpace = chip.Soc.AddressSpace;
        Assert.Equal(0u, other.CpuLoad(Slot));
        Assert.Equal(CFG | DATA, other.Read(RRCFR));
    }

    private void RunAs(int user, Privilege privilege = Privilege.Machine)
    {
        chip.Write(USERVALUE, (uint)user * 0x1_5555); // every entry
        chip.Write(CONTROL, 1);
        chip.Soc.Privilege = () => privilege;
    }

    private void SetWord(uint word)
    {
        Store(Word & ~31u, word, word, word, word, word, word, word, word);
        Assert.Equal(word, chip.Load(Word));
    }

    private uint TakeFlags()
    {
        uint flags = chip.Read(RRCFR);
        chip.Write(RRCFR, flags);
        return flags;
    }

    // A whole commit, by the book.
    private void Store(uint address, params uint[] words)
    {
        chip.Write(RRCCR, 0xFC00);
        for (uint i = 0; i < words.Length; i++)
        {
            chip.Store(address + (i * 4), words[i]);
        }

        chip.Write(RRCCR, 0xFC02);
        chip.Store(address & ~31u, 0x5200);
        chip.Store(address & ~31u, 0x9528);
        chip.Write(RRCCR, 0xFC00);
        chip.PassWrite();
    }
}
