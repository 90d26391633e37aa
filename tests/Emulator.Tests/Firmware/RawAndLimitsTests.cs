using XousCloud.Emulator.Firmware;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class RawAndLimitsTests
{
    [Fact]
    public void A_raw_binary_goes_where_it_is_told()
    {
        FirmwareImage image = Import.One([1, 2, 3, 4], "app.bin", 0x6100_1000);

        FirmwareSegment segment = Assert.Single(image.Segments);
        Assert.Equal((FirmwareMemory.Sram, 0x6100_1000u), (segment.Memory, segment.Address));
        Assert.Equal((0x6100_1000u, EntrySource.Raw), (image.EntryPoint, image.Report.EntrySource));
        Assert.Equal(FirmwareFormat.Raw, image.Report.Files[0].Format);
    }

    [Fact]
    public void A_raw_binary_without_an_address_is_refused() =>
        Import.Refused("raw_needs_address", () => Import.One([1, 2, 3, 4], "app.bin"), "app.bin");

    [Theory]
    [InlineData(1u, 0x6000_0000u)]
    [InlineData(2u, 0x6002_0000u)]
    [InlineData(4u, 0x6006_0000u)]
    [InlineData(5u, 0x6006_0000u)]
    [InlineData(6u, 0x6006_0000u)]
    [InlineData(0x100u, 0x6009_FD00u)]
    [InlineData(0x10_0000u, 0x602F_FD00u)]
    public void A_signed_stage_without_an_address_goes_where_its_function_belongs(uint function, uint address) =>
        Assert.Equal(address, Import.One(SignedStage.Of(function)).Segments[0].Address);

    [Fact]
    public void A_swap_image_without_an_address_goes_to_the_spi_flash()
    {
        byte[] swap = [.. new byte[0xD00], .. SignedStage.Of(0x8000)];
        FirmwareImage image = Import.Of(
            new FirmwareFile("swap.img", swap), new FirmwareFile("loader.img", SignedStage.Of(4)));

        Assert.Contains(image.Segments, segment => segment is { Memory: FirmwareMemory.SpiFlash, Offset: 0 });
    }

    [Theory]
    [InlineData(0x1234u)]
    [InlineData(0u)]
    public void A_signed_stage_of_an_unknown_function_needs_an_address(uint function) =>
        Import.Refused("raw_needs_address", () => Import.One(SignedStage.Of(function)));

    [Fact]
    public void A_given_address_wins_over_the_natural_one() =>
        Assert.Equal(0x6100_0000u, Import.One(SignedStage.Of(6), address: 0x6100_0000).Segments[0].Address);

    [Theory]
    [InlineData(0x4000_0000u)]
    [InlineData(0x603F_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void A_raw_binary_outside_memory_is_refused(uint address) =>
        Import.Refused("address_outside_memory", () => Import.One([1, 2], address: address), $"0x{address:X8}");

    [Fact]
    public void An_address_for_a_file_that_has_its_own_is_refused()
    {
        Import.Refused("address_not_allowed", () => Import.One(Uf2.File(0x6006_0000, [1]), address: 0x6006_0000), "UF2");
        Import.Refused(
            "address_not_allowed",
            () => Import.One(new ElfFile(new ElfSegment(0x6006_0000, [1])).ToBytes(), address: 0x6006_0000), "ELF");
    }

    [Theory]
    [InlineData("PK\u0003\u0004rest of it", "ZIP")]
    [InlineData(":020000046006", "Intel HEX")]
    [InlineData("S00600004844521B", "S-record")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "Git LFS")]
    public void A_container_is_named_rather_than_asked_for_an_address(string content, string what)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(content);
        Import.Refused("unknown_format", () => Import.One(bytes), what);
        Assert.Single(Import.One(bytes, address: 0x6010_0000).Segments);
    }

    [Fact]
    public void Files_of_different_formats_may_repeat_but_not_contradict_each_other()
    {
        byte[] uf2 = Uf2.File(0x6006_0000, [1, 2, 3, 4]);
        byte[] elf = new ElfFile(new ElfSegment(0x6006_0002, [3, 4, 5])) { Entry = 0x6006_0000 }.ToBytes();

        FirmwareImage image = Import.Of(new FirmwareFile("a.uf2", uf2), new FirmwareFile("a.elf", elf));
        Assert.Equal([1, 2, 3, 4, 5], Assert.Single(image.Segments).Bytes.ToArray());
        Assert.True(image.Warns("overlap_identical"));
        Import.Refused(
            "files_overlap",
            () => Import.Of(new FirmwareFile("a.uf2", uf2), new FirmwareFile("b.bin", new byte[1], 0x6006_0003)),
            "block 0 of a.uf2", "b.bin");
    }

    [Fact]
    public void Nothing_is_refused()
    {
        Import.Refused("image_empty", () => Import.Of());
        Import.Refused("image_empty", () => Import.One([], "empty.uf2"), "empty.uf2");
    }

    [Fact]
    public void Too_many_files_are_refused() =>
        Import.Refused(
            "image_too_many_files",
            () => FirmwareImage.Import([.. Enumerable.Range(0, 33).Select(index =>
                new FirmwareFile($"{index}", new byte[1], 0x6006_0000 + (uint)index))]));

    [Fact]
    public void Too_many_bytes_are_refused_before_they_are_read()
    {
        byte[] half = new byte[(FirmwareLimits.InputBytes / 2) + 1];
        Import.Refused(
            "image_too_large",
            () => Import.Of(new FirmwareFile("a", half, 0x6006_0000), new FirmwareFile("b", half, 0x6006_0000)));
    }

    [Fact]
    public void Headers_that_place_the_same_memory_again_and_again_are_refused()
    {
        // 64 headers of 2 MiB each, in a file of 2 KiB.
        ElfSegment zeros = new(0x6100_0000, []) { MemoryLength = 2 * 1024 * 1024 };
        Import.Refused("image_too_large", () => Import.One(new ElfFile([.. Enumerable.Repeat(zeros, 64)]).ToBytes()));
    }

    [Theory]
    [InlineData("firmware/built/loader.uf2", "loader.uf2")]
    [InlineData("..\\..\\windows\\app.bin", "app.bin")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("a\u0000b\u001b[31mc\u202Ed.bin", "ab[31mcd.bin")]
    [InlineData("..", "file 1")]
    [InlineData("", "file 1")]
    [InlineData("dir/", "file 1")]
    public void File_names_are_made_safe_and_the_change_is_a_warning(string given, string kept)
    {
        FirmwareImage image = Import.One(Uf2.File(0x6006_0000, [1]), given);
        Assert.Equal(kept, image.Report.Files[0].Name);
        Assert.True(image.Warns("file_name_changed"));
    }

    [Fact]
    public void A_long_file_name_is_cut_between_characters()
    {
        string given = new string('x', 127) + "\U0001F525" + ".uf2";
        Assert.Equal(new string('x', 127), Import.One(Uf2.File(0x6006_0000, [1]), given).Report.Files[0].Name);
    }

    [Fact]
    public void An_ordinary_file_name_is_kept()
    {
        FirmwareImage image = Import.One(Uf2.File(0x6006_0000, [1]), "mein Gerät (2).uf2");
        Assert.Equal("mein Gerät (2).uf2", image.Report.Files[0].Name);
        Assert.False(image.Warns("file_name_changed"));
    }

    [Fact]
    public void Files_of_one_name_are_told_apart()
    {
        FirmwareImage image = Import.Of(
            new FirmwareFile("a/x.bin", new byte[1], 0x6006_0000), new FirmwareFile("b/x.bin", new byte[1], 0x6007_0000));
        Assert.Equal(["x.bin", "x.bin (2)"], image.Report.Files.Select(file => file.Name));
    }
}
