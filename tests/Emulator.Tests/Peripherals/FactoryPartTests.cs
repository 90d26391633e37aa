// What a part holds before its firmware runs for the first time.

using System.Security.Cryptography;
using System.Text;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class FactoryPartTests
{
    private const uint Ifr = 0x6040_0000;
    private const uint Counters = 0x603D_A000;
    private const uint Access = 0x603D_C000;
    private const uint Slots = 0x603E_0000;

    [Theory]
    [InlineData(0x0C0, "0000ff18180800" + "00ff1818080017ff00")] // reset vector and regions
    [InlineData(0x180, "00000000828c426a0000000000000000")] // what boot1 compares before it starts anything
    [InlineData(0x1A0, "a87a5f98daabfb512fc3c2e5749b3beb192388d20160a7dd5888fb9da409523a")]
    [InlineData(0x1C0, "79135dc667aff4f7d352b90328788ebf92c786782138b377370b15194e31283a")]
    [InlineData(0x1E0, "80979929edd04e40124b52cae9ae54b24bdff72a7b8a004c41065bd14020783a")]
    [InlineData(0x200, "1c9beae32aeac87507c18094387eff1c74614282affd8152d871352edf3f583a")]
    [InlineData(0x240, "3a88a7bb")] // the keys' last bytes
    [InlineData(0x280, "00000000000000000000000000a80000")] // boot0's region is not written by later users
    [InlineData(0x340, "01000000")] // access words of slots 0 to 7 are not written
    public void The_information_rows_are_those_of_a_part_from_the_factory(uint offset, string content)
    {
        using Chip chip = new();
        Assert.Equal(content, Convert.ToHexStringLower(Rows(chip).AsSpan((int)offset, content.Length / 2)));
    }

    [Fact]
    public void The_public_keys_stand_in_slots_4_to_7_readable_for_everybody_and_written_by_nobody()
    {
        using Chip chip = new();
        Assert.Equal("a87a5f98daabfb512fc3c2e5749b3beb192388d20160a7dd5888fb9da409523a", Slot(chip, 4));
        Assert.Equal("1c9beae32aeac87507c18094387eff1c74614282affd8152d871352edf3f58bb", Slot(chip, 7));
        for (uint slot = 4; slot < 8; slot++)
        {
            Assert.Equal(0x00F0_0002u, chip.Load(Access + (slot * 4)));
        }
    }

    [Fact]
    public void A_part_that_starts_cold_has_not_been_booted()
    {
        using Chip chip = new(cold: true);
        Assert.Equal(0u, Counter(chip, 83));
        foreach (int slot in (int[])[0, 1, 2, 3, 261, 265])
        {
            Assert.Equal(new string('0', 64), Slot(chip, slot));
        }

        Assert.Equal(0u, chip.Load(Access + (256 * 4)));
    }

    [Fact]
    public void Boot1_gives_a_part_its_identifiers_and_locks_the_key_slots_at_its_first_start()
    {
        using Chip chip = new(cold: false);
        Assert.Equal(1u, Counter(chip, 83));
        Assert.NotEqual(new string('0', 64), Slot(chip, 0));
        Assert.NotEqual(Slot(chip, 0), Slot(chip, 1));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Rows(chip))), Slot(chip, 2));
        Assert.Equal(Convert.ToHexStringLower(Rows(chip).AsSpan(0xA0, 32)), Slot(chip, 3));
        Assert.Matches("^[0-9]{8}M[0-9]{2}T", Encoding.ASCII.GetString(Rows(chip).AsSpan(0xA0, 12)));
        Assert.Equal(string.Concat(Enumerable.Repeat("03", 32)), Slot(chip, 264)); // collateral
        Assert.Equal(Slot(chip, 6), Slot(chip, 267)); // receipt for boot1's third key

        foreach ((int slot, uint word) in ((int, uint)[])
            [(0, 0), (7, 0x00F0_0002), (8, 0x0040_0000), (260, 0x0040_0000), (261, 0), (1919, 0), (1920, 0x0040_0000), (2047, 0x0040_0000)])
        {
            Assert.Equal(word, chip.Load(Access + ((uint)slot * 4)));
        }
    }

    [Fact]
    public void The_keys_that_boot1_accepts_stand_in_its_signature_block_where_loaders_look_for_them()
    {
        using Chip chip = new(cold: false);
        byte[] block = new byte[768];
        chip.Soc.Memory.TryRead(0x6002_0000, block);
        Assert.Equal("ymuy3oaB", Encoding.ASCII.GetString(block.AsSpan(0x88, 8)));
        Assert.Equal(Slot(chip, 4), Convert.ToHexStringLower(block.AsSpan(0xBC, 32)));
        Assert.Equal("bao1bao2betadev ", string.Concat(
            Enumerable.Range(0, 4).Select(key => Encoding.ASCII.GetString(block.AsSpan(0xDC + (key * 36), 4)))));
    }

    [Fact]
    public void Parts_of_different_seeds_differ_in_what_identifies_them_and_in_nothing_else()
    {
        using Chip one = new(cold: false, seed: 1);
        using Chip same = new(cold: false, seed: 1);
        using Chip other = new(cold: false, seed: 2);
        Assert.Equal(Rows(one), Rows(same));
        foreach (int slot in (int[])[0, 1, 2, 3])
        {
            Assert.Equal(Slot(one, slot), Slot(same, slot));
            Assert.NotEqual(Slot(one, slot), Slot(other, slot));
        }

        Assert.Equal(Slot(one, 4), Slot(other, 4));
        Assert.Equal(Rows(one)[0xC0..], Rows(other)[0xC0..]);
    }

    [Fact]
    public void Counters_are_those_of_the_board_but_where_the_device_was_made_otherwise()
    {
        using Chip shipped = new(cold: false);
        Assert.Equal(1u, Counter(shipped, OneWayCounter.BootWait));
        using Chip set = new(cold: false, factory: Settings((OneWayCounter.BootWait, 0), (200, uint.MaxValue)));
        Assert.Equal(0u, Counter(set, OneWayCounter.BootWait));
        Assert.Equal(uint.MaxValue, Counter(set, 200));
        Assert.Equal(1u, Counter(set, OneWayCounter.FirstBootDone));
    }

    [Fact]
    public void A_page_of_counters_or_slots_that_the_image_brings_is_the_image_s_alone()
    {
        byte[] serial = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];
        using Chip chip = new(
            cold: false,
            factory: Settings((100, 9)),
            image: [(Slots, serial), (Counters + (81 * 32), new byte[] { 5 })]);
        Assert.Equal(Convert.ToHexStringLower(serial), Slot(chip, 0));
        Assert.Equal(new string('0', 64), Slot(chip, 4)); // in the same page
        Assert.NotEqual(new string('0', 64), Slot(chip, 265)); // in another
        Assert.Equal(5u, Counter(chip, 81));
        Assert.Equal(0u, Counter(chip, OneWayCounter.BootWait));
        Assert.Equal(9u, Counter(chip, 100)); // asked for
    }

    [Fact]
    public void In_developer_mode_boot1_erases_the_keys_and_leaves_the_proof_for_the_loader()
    {
        string erased = string.Concat(Enumerable.Repeat("03", 32));
        using Chip chip = new(cold: false, factory: Settings((OneWayCounter.DeveloperMode, 1)));
        foreach (int slot in (int[])[8, 255, 260, 1920, 2047])
        {
            Assert.Equal(erased, Slot(chip, slot));
            Assert.Equal(0u, chip.Load(Access + ((uint)slot * 4)));
        }

        Assert.Equal(new string('0', 64), Slot(chip, 384));
        Assert.Equal(0x0303_0303u, chip.Load(0x5030_0000));
        Assert.Equal(0x0303_0303u, chip.Load(0x5030_001C));
        Assert.Equal(0u, chip.Load(0x5030_0020));

        // The loader wipes it; the next start leaves it again.
        chip.Soc.Memory.TryWrite(0x5030_0000, new byte[32]);
        chip.Reset(ResetKind.Chip);
        Assert.Equal(0x0303_0303u, chip.Load(0x5030_0000));

        using Chip other = new(cold: false);
        Assert.Equal(0u, other.Load(0x5030_0000));
    }

    [Fact]
    public void Settings_read_back_from_their_stored_form_are_equal()
    {
        FactorySettings settings = Settings((255, uint.MaxValue), (80, 0));
        Assert.Equal("80=0,255=4294967295", settings.ToString());
        Assert.Equal(settings, FactorySettings.Parse(settings.ToString()));
        Assert.Equal(FactorySettings.None, FactorySettings.Parse(""));
        Assert.NotEqual(FactorySettings.None, settings);
        Assert.Throws<ArgumentOutOfRangeException>(() => Settings((256, 1)));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("80=1,80=1")]
    [InlineData("256=1")]
    [InlineData("80=-1")]
    [InlineData("80=4294967296")]
    public void A_stored_form_that_is_none_is_refused(string stored) =>
        Assert.Throws<SnapshotFormatException>(() => FactorySettings.Parse(stored));

    [Fact]
    public void A_state_goes_only_into_a_machine_of_the_same_settings()
    {
        using Chip saved = new(factory: Settings((85, 1)));
        using Chip same = new(factory: Settings((85, 1)));
        using Chip other = new();
        MachineSnapshot snapshot = saved.Machine.Save();
        same.Machine.Load(snapshot);
        Assert.Equal(saved.Machine.StateHash(), same.Machine.StateHash());
        Assert.Throws<SnapshotFormatException>(() => other.Machine.Load(snapshot));
        Assert.NotEqual(saved.Machine.StateHash(), other.Machine.StateHash());
    }

    private static FactorySettings Settings(params (int Number, uint Value)[] counters) =>
        new(counters.Select(counter => KeyValuePair.Create(counter.Number, counter.Value)));

    private static byte[] Rows(Chip chip) =>
        [.. Enumerable.Range(0, 32).SelectMany(row => chip.Soc.Block<RramIfr>().Row(Ifr + ((uint)row * 32)).ToArray())];

    private static uint Counter(Chip chip, int number) => chip.Load(Counters + ((uint)number * 32));

    private static string Slot(Chip chip, int number)
    {
        byte[] content = new byte[32];
        Assert.True(chip.Soc.Memory.TryRead(Slots + ((uint)number * 32), content));
        return Convert.ToHexStringLower(content);
    }
}
