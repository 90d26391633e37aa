using XousCloud.Emulator.Firmware;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class Uf2Tests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1024).Select(value => (byte)((value * 7) ^ (value >> 8)))];

    [Fact]
    public void Blocks_become_one_segment_with_their_payloads_in_address_order()
    {
        FirmwareImage image = Import.One(Uf2.File(0x6006_0000, Content));

        FirmwareSegment segment = Assert.Single(image.Segments);
        Assert.Equal((FirmwareMemory.Rram, 0x6006_0000u, 0x6_0000u), (segment.Memory, segment.Address, segment.Offset));
        Assert.Equal(Content, segment.Bytes.ToArray());
        Assert.Equal(4, image.Report.Files[0].Blocks);
    }

    [Fact]
    public void Blocks_may_come_in_any_order()
    {
        byte[] sorted = Uf2.File(0x6006_0000, Content);
        byte[] shuffled = [.. sorted.Chunk(512).Reverse().SelectMany(block => block)];

        Assert.Equal(Import.One(sorted).Digest, Import.One(shuffled).Digest);
    }

    [Fact]
    public void A_set_of_files_becomes_one_image_whatever_their_order()
    {
        var loader = new FirmwareFile("loader.uf2", Uf2.File(0x6006_0000, Content));
        var kernel = new FirmwareFile("xous.uf2", Uf2.File(0x6009_FD00, Content));

        FirmwareImage image = Import.Of(loader, kernel);

        Assert.Equal([0x6006_0000u, 0x6009_FD00u], image.Segments.Select(segment => segment.Address));
        Assert.Equal(image.Digest, Import.Of(kernel, loader).Digest);
    }

    [Fact]
    public void Payloads_up_to_476_bytes_are_taken_and_longer_claims_refused()
    {
        byte[] payload = new byte[476];
        payload[475] = 0x5A;

        Assert.Equal(payload, Import.One(Uf2.Of(new Uf2Block(0x6006_0000, payload))).Segments[0].Bytes.ToArray());
        Import.Refused(
            "uf2_payload_too_long",
            () => Import.One(Uf2.Of(new Uf2Block(0x6006_0000, payload) { ClaimedLength = 477 })),
            "block 0", "477");
        Import.Refused(
            "uf2_payload_too_long",
            () => Import.One(Uf2.Of(new Uf2Block(0x6006_0000, payload) { ClaimedLength = uint.MaxValue })));
    }

    [Fact]
    public void A_truncated_block_is_refused_with_its_offset() =>
        Import.Refused(
            "uf2_truncated", () => Import.One(Uf2.File(0x6006_0000, Content)[..1300], "a.uf2"), "a.uf2", "block 2", "1300");

    [Fact]
    public void A_file_of_less_than_a_block_is_truncated() =>
        Import.Refused("uf2_truncated", () => Import.One(Uf2.File(0x6006_0000, Content)[..40]));

    [Theory]
    [InlineData(512, "1 of the 4", "number 1")]
    [InlineData(1536, "3 of the 4", "number 3")]
    public void A_file_cut_at_the_edge_of_a_block_is_seen_by_its_numbering(int length, string count, string missing) =>
        Import.Refused("uf2_truncated", () => Import.One(Uf2.File(0x6006_0000, Content)[..length]), count, missing);

    [Fact]
    public void A_block_missing_from_the_middle_is_named()
    {
        byte[] file = Uf2.File(0x6006_0000, Content);
        Import.Refused("uf2_truncated", () => Import.One([.. file[..512], .. file[1024..]]), "number 1");
    }

    [Fact]
    public void Several_files_in_a_row_are_each_held_to_their_own_count()
    {
        byte[] first = Uf2.File(0x6006_0000, Content);
        byte[] second = Uf2.File(0x6007_0000, Content[..512]);

        Assert.Equal(2, Import.One([.. first, .. second]).Segments.Count);
        Import.Refused("uf2_truncated", () => Import.One([.. first, .. second[..512]]), "1 of the 2");
    }

    [Theory]
    [InlineData(512 + 0)]
    [InlineData(512 + 4)]
    [InlineData(512 + 508)]
    public void A_damaged_magic_number_is_refused_with_its_block(int offset)
    {
        byte[] file = Uf2.File(0x6006_0000, Content);
        file[offset] ^= 1;
        Import.Refused("uf2_bad_magic", () => Import.One(file), "block 1", "offset 512");
    }

    [Fact]
    public void A_file_named_uf2_that_does_not_start_as_one_is_told_so()
    {
        byte[] file = Uf2.File(0x6006_0000, Content);
        file[0] ^= 1;
        Import.Refused("uf2_bad_magic", () => Import.One(file, "app.UF2"), "block 0");
        Import.Refused("uf2_bad_magic", () => Import.One([1], "app.uf2"));
    }

    [Fact]
    public void A_block_for_another_chip_is_refused_with_both_families() =>
        Import.Refused(
            "uf2_wrong_family",
            () => Import.One(Uf2.Of(
                new Uf2Block(0x6006_0000, [1]), new Uf2Block(0x1000_0000, [1]) { Family = 0xE48B_FF56 })),
            "block 1", "0xE48BFF56", "0xA7D76373");

    [Theory]
    [InlineData(0x0000_0000, 256)]
    [InlineData(0x5004_0000, 4)]
    [InlineData(0x5FFF_FFFF, 2)]
    [InlineData(0x603F_FFFF, 2)]
    [InlineData(0x6040_0000, 4)]
    [InlineData(0x6120_0000, 4)]
    [InlineData(0x7080_0000, 256)]
    [InlineData(0xFFFF_FFFF, 256)]
    public void An_address_outside_memory_is_refused_with_its_block(uint address, int length) =>
        Import.Refused(
            "address_outside_memory",
            () => Import.One(Uf2.Of(new Uf2Block(address, new byte[length]))),
            "block 0", $"0x{address:X8}");

    [Fact]
    public void The_last_byte_of_each_memory_can_be_written()
    {
        FirmwareImage image = Import.One(Uf2.Of(
            new Uf2Block(0x5003_FFFF, [1]), new Uf2Block(0x603F_FFFF, [2]),
            new Uf2Block(0x611F_FFFF, [3]), new Uf2Block(0x707F_FFFF, [4])), entry: 0x6006_0000);

        Assert.Equal(
            [FirmwareMemory.Ifram, FirmwareMemory.Rram, FirmwareMemory.Sram, FirmwareMemory.SpiFlash],
            image.Segments.Select(segment => segment.Memory));
        Assert.Equal([0x3_FFFFu, 0x3F_FFFFu, 0x1F_FFFFu, 0x7F_FFFFu], image.Segments.Select(segment => segment.Offset));
    }

    [Fact]
    public void Blocks_that_contradict_each_other_are_both_named()
    {
        byte[] file = Uf2.Of(
            new Uf2Block(0x6006_0000, [1, 2, 3, 4]), new Uf2Block(0x6006_0010, [0]), new Uf2Block(0x6006_0002, [3, 5]));

        Import.Refused("uf2_overlap", () => Import.One(file, "a.uf2"), "block 0 of a.uf2", "block 2 of a.uf2", "0x60060003");
    }

    [Fact]
    public void Files_that_contradict_each_other_are_both_named() =>
        Import.Refused(
            "uf2_overlap",
            () => Import.Of(
                new FirmwareFile("a.uf2", Uf2.File(0x6006_0000, Content)),
                new FirmwareFile("b.uf2", Uf2.File(0x6006_0100, Content))),
            "a.uf2", "b.uf2");

    [Fact]
    public void Equal_bytes_written_twice_are_a_warning()
    {
        byte[] file = Uf2.File(0x6006_0000, Content);
        FirmwareImage once = Import.One(file);
        FirmwareImage twice = Import.Of(new FirmwareFile("a.uf2", file), new FirmwareFile("b.uf2", file));

        Assert.Equal(once.Digest, twice.Digest);
        PreflightWarning warning = Assert.Single(twice.Report.Warnings, warning => warning.Code == "overlap_identical");
        Assert.Contains("a.uf2", warning.Message, StringComparison.Ordinal);
        Assert.Contains("b.uf2", warning.Message, StringComparison.Ordinal);
        Assert.False(once.Warns("overlap_identical"));
    }

    [Fact]
    public void What_boot1_would_not_take_is_a_warning()
    {
        Assert.False(Import.One(Uf2.File(0x6006_0000, Content)).Warns("refused_by_boot1"));
        Assert.False(Import.One(Uf2.Of(
            new Uf2Block(0x6006_0000, [1]), new Uf2Block(0x7000_0000, [1]))).Warns("refused_by_boot1"));
        Assert.True(Import.One(Uf2.File(0x6002_0000, Content)).Warns("refused_by_boot1"));
        Assert.True(Import.One(Uf2.File(0x6100_0000, Content)).Warns("refused_by_boot1"));
        Assert.True(Import.One(Uf2.File(0x603D_A000, Content)).Warns("refused_by_boot1"));
    }

    [Fact]
    public void A_file_with_only_empty_blocks_is_an_empty_image() =>
        Import.Refused("image_empty", () => Import.One(Uf2.Of(new Uf2Block(0x6006_0000, []))));
}
