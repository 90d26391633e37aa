// What a part holds before its firmware runs for the first time.

using System.Security.Cryptography;
using System.Text;

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

    private static byte[] Rows(Chip chip) =>
        [.. Enumerable.Range(0, 256).SelectMany(word => BitConverter.GetBytes(chip.Read(Ifr + ((uint)word * 4))))];

    private static uint Counter(Chip chip, int number) => chip.Load(Counters + ((uint)number * 32));

    private static string Slot(Chip chip, int number)
    {
        byte[] content = new byte[32];
        Assert.True(chip.Soc.Memory.TryRead(Slots + ((uint)number * 32), content));
        return Convert.ToHexStringLower(content);
    }
}
