using XousCloud.Emulator.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class ElfTests
{
    private static readonly ElfSegment Code = new(0x6006_0300, [1, 2, 3, 4]);

    [Fact]
    public void Segments_go_to_their_physical_addresses()
    {
        FirmwareImage image = Import.One(new ElfFile(
            Code, new ElfSegment(0x6006_0304, [5, 6]) { VirtualAddress = 0x6100_0000 }) { Entry = 0x6006_0300 }.ToBytes());

        FirmwareSegment segment = Assert.Single(image.Segments);
        Assert.Equal(0x6006_0300u, segment.Address);
        Assert.Equal([1, 2, 3, 4, 5, 6], segment.Bytes.ToArray());
        Assert.Equal((0x6006_0300u, EntrySource.Elf), (image.EntryPoint, image.Report.EntrySource));
        Assert.Equal((FirmwareFormat.Elf, 2), (image.Report.Files[0].Format, image.Report.Files[0].Blocks));
    }

    [Fact]
    public void Zeros_after_a_segment_in_ram_are_placed_and_in_flash_they_are_not()
    {
        FirmwareImage image = Import.One(new ElfFile(
            Code with { MemoryLength = 100 },
            new ElfSegment(0x6006_2000, []) { VirtualAddress = 0x6100_8000, MemoryLength = 64 },
            new ElfSegment(0x6100_0000, [7]) { MemoryLength = 16 },
            new ElfSegment(0x6110_0000, []) { MemoryLength = 4 }).ToBytes());

        Assert.Equal([0x6006_0300u, 0x6100_0000u, 0x6110_0000u], image.Segments.Select(segment => segment.Address));
        Assert.Equal([4, 16, 4], image.Segments.Select(segment => segment.Bytes.Length));
        Assert.Equal([7, 0, 0, 0], image.Segments[1].Bytes[..4].ToArray());
    }

    [Fact]
    public void Other_program_headers_are_not_loaded()
    {
        byte[] file = new ElfFile(Code, new ElfSegment(0, [9]) { Type = 4 }).ToBytes();
        Assert.Equal(4, Assert.Single(Import.One(file).Segments).Bytes.Length);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void Another_word_size_or_byte_order_is_refused(byte wordSize, byte byteOrder) =>
        Import.Refused(
            "elf_not_32_bit_little_endian",
            () => Import.One(new ElfFile(Code) { Class = wordSize, Data = byteOrder }.ToBytes()));

    [Fact]
    public void Another_machine_is_refused_with_its_number() =>
        Import.Refused("elf_wrong_machine", () => Import.One(new ElfFile(Code) { Machine = 40 }.ToBytes()), "40", "243");

    [Fact]
    public void An_object_file_is_refused() =>
        Import.Refused("elf_not_executable", () => Import.One(new ElfFile(Code) { Type = 1 }.ToBytes()));

    [Fact]
    public void A_file_cut_inside_its_header_is_refused_with_the_offset() =>
        Import.Refused("elf_header_out_of_range", () => Import.One(new ElfFile(Code).ToBytes()[..30]), "30");

    [Theory]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(57)]
    public void Program_headers_beyond_the_file_are_refused(uint offset) =>
        Import.Refused(
            "elf_header_out_of_range",
            () => Import.One(new ElfFile(Code) { ProgramHeaderOffset = offset }.ToBytes()), $"{offset}");

    [Fact]
    public void A_huge_count_of_program_headers_is_refused() =>
        Import.Refused(
            "elf_too_many_headers",
            () => Import.One(new ElfFile(Code) { ProgramHeaderCount = 0xFFFF }.ToBytes()), "65535");

    [Fact]
    public void Program_headers_that_are_the_file_itself_over_and_over_are_read_once_each()
    {
        // All headers describe the same bytes: a table that a naive reader would follow in circles.
        byte[] file = new ElfFile([.. Enumerable.Repeat(new ElfSegment(0x6006_0000, []) { Offset = 0, FileLength = 52, MemoryLength = 52 }, 64)]).ToBytes();
        FirmwareImage image = Import.One(file);

        Assert.Equal(52, Assert.Single(image.Segments).Bytes.Length);
        Assert.Single(image.Report.Warnings, warning => warning.Code == "overlap_identical");
    }

    [Fact]
    public void Program_headers_of_another_size_are_refused() =>
        Import.Refused("elf_bad_header", () => Import.One(new ElfFile(Code) { ProgramHeaderLength = 56 }.ToBytes()), "56");

    [Fact]
    public void A_segment_with_more_bytes_in_the_file_than_in_memory_is_refused() =>
        Import.Refused("elf_bad_segment", () => Import.One(new ElfFile(Code with { MemoryLength = 3 }).ToBytes()));

    [Theory]
    [InlineData(0xFFFF_FFF0, 4)]
    [InlineData(84, 5)]
    public void A_segment_beyond_the_file_is_refused(uint offset, uint length) =>
        Import.Refused(
            "elf_segment_out_of_range",
            () => Import.One(new ElfFile(Code with { Offset = offset, FileLength = length, MemoryLength = length }).ToBytes()),
            "segment 0");

    [Fact]
    public void A_segment_outside_memory_is_refused() =>
        Import.Refused(
            "address_outside_memory",
            () => Import.One(new ElfFile(Code, new ElfSegment(0x8000_0000, [1])).ToBytes()), "segment 1", "0x80000000");

    [Fact]
    public void Zeros_that_reach_beyond_ram_are_refused() =>
        Import.Refused(
            "address_outside_memory",
            () => Import.One(new ElfFile(new ElfSegment(0x6100_0000, [1]) { MemoryLength = 0xFFFF_FFFF }).ToBytes()));

    [Fact]
    public void A_reservation_outside_memory_places_nothing_and_is_a_warning()
    {
        FirmwareImage image = Import.One(new ElfFile(Code, new ElfSegment(0x2000_0000, []) { MemoryLength = 8 }).ToBytes());
        Assert.True(image.Warns("elf_segment_not_placed"));
        Assert.Single(image.Segments);
    }

    [Fact]
    public void Segments_that_contradict_each_other_are_refused() =>
        Import.Refused(
            "elf_segments_overlap",
            () => Import.One(new ElfFile(Code, new ElfSegment(0x6006_0302, [3, 5])).ToBytes(), "a.elf"),
            "segment 0 of a.elf", "segment 1 of a.elf", "0x60060303");

    [Fact]
    public void A_segments_zeros_contradict_content_too() =>
        Import.Refused(
            "elf_segments_overlap",
            () => Import.One(new ElfFile(
                new ElfSegment(0x6100_0000, [1]) { MemoryLength = 8 }, new ElfSegment(0x6100_0004, [0, 9])).ToBytes()),
            "0x61000005");

    [Fact]
    public void A_file_with_nothing_to_load_is_refused() =>
        Import.Refused("elf_nothing_to_load", () => Import.One(new ElfFile().ToBytes()));

    [Fact]
    public void A_floating_point_abi_is_a_warning()
    {
        Assert.True(Import.One(new ElfFile(Code) { Flags = 0x3 }.ToBytes()).Warns("elf_needs_float"));
        Assert.False(Import.One(new ElfFile(Code).ToBytes()).Warns("elf_needs_float"));
    }

    [Fact]
    public void Symbols_are_found_by_name_and_by_address()
    {
        SymbolTable symbols = Import.One(new ElfFile(Code)
        {
            Symbols =
            [
                new("label", 0x6006_0300, Info: 0),
                new("main", 0x6006_0300, 4),
                new("counter", 0x6100_0000, Info: 0x11),
                new("local", 0x6006_0302, 2, Info: 0x02),
                new("$x", 0x6006_0301, Info: 0),
                new(".L1", 0x6006_0301, Info: 0),
                new("bad\u0001name", 0x6006_0301),
                new("undefined", 0, Section: 0),
                new("file.c", 0, Info: 4),
            ],
        }.ToBytes()).Symbols;

        Assert.True(symbols.TryFind("counter", out uint address));
        Assert.Equal(0x6100_0000u, address);
        Assert.True(symbols.TryFind("label", out _));
        Assert.False(symbols.TryFind("undefined", out _));
        Assert.Equal(["main", "local", "counter"], symbols.All.Select(symbol => symbol.Name));

        Assert.True(symbols.TryFind(0x6006_0301, out string? name, out uint offset));
        Assert.Equal(("main", 1u), (name, offset));
        Assert.True(symbols.TryFind(0x6100_0010, out name, out offset));
        Assert.Equal(("counter", 0x10u), (name, offset));
        Assert.False(symbols.TryFind(0x6006_0304, out _, out _));
        Assert.False(symbols.TryFind(0x6000_0000, out _, out _));
    }

    [Fact]
    public void A_damaged_symbol_table_is_a_warning_and_the_program_loads()
    {
        byte[] sound = new ElfFile(Code) { Symbols = [new("main", 0x6006_0300)] }.ToBytes();
        int sections = BitConverter.ToInt32(sound, 32);
        (int Offset, uint Value)[] damages =
        [
            (32, 0xFFFF_FFFF), // section headers beyond the file
            (46, 0xFFFF_0030), // header size and a count over the limit
            (sections + 80 + 16, 0xFFFF_FFF0), // symbols beyond the file
            (sections + 80 + 20, 0xFFFF_FFF0), // more symbols than bytes
            (sections + 80 + 24, 2), // names in the symbol table itself
            (sections + 80 + 24, 99), // names in a section that is not there
        ];
        foreach ((int offset, uint value) in damages)
        {
            byte[] damaged = [.. sound];
            Words.Put(damaged, offset, value);
            FirmwareImage image = Import.One(damaged);

            Assert.True(image.Warns("elf_symbols_unreadable"), $"offset {offset}");
            Assert.Equal(0, image.Symbols.Count);
            Assert.Single(image.Segments);
        }
    }

    [Fact]
    public void Names_without_an_end_are_cut_at_the_end_of_their_section()
    {
        byte[] file = new ElfFile(Code) { Symbols = [new("main", 0x6006_0300)] }.ToBytes();
        int sections = BitConverter.ToInt32(file, 32);
        Words.Put(file, sections + 120 + 20, 4); // the section of names now ends inside "main"
        Assert.True(Import.One(file).Symbols.TryFind("mai", out _));
    }

    // The oracle is binutils: objcopy made the .bin and the compiler the symbols.
    [Theory]
    [InlineData("hello")]
    [InlineData("mmu")]
    public void A_linked_program_is_placed_as_objcopy_places_it(string program)
    {
        FirmwareImage elf = Import.One(GuestPrograms.Elf(program), program + ".elf");
        byte[] binary = GuestPrograms.Binary(program);

        FirmwareSegment flash = Assert.Single(elf.Segments, segment => segment.Memory == FirmwareMemory.Rram);
        Assert.Equal(0x6006_0000u, flash.Address);
        Assert.Equal(binary, flash.Bytes.ToArray());
        Assert.True(elf.Symbols.TryFind("main", out uint main));
        Assert.True(elf.Symbols.TryFind(main, out string? name, out uint offset));
        Assert.Equal(("main", 0u), (name, offset));
        SignatureHeader header = Assert.Single(elf.Report.Headers);
        Assert.Equal(("baremetal", "0.1.0", true), (header.FunctionName, header.Semver, header.SignedBytesPresent));
        Assert.Equal(["bao1", "bao2", "beta", "dev"], header.NextStageKeys.Select(key => key.Tag));
        Assert.All(header.NextStageKeys, key => Assert.True(key.Published));

        FirmwareImage raw = Import.One(binary, program + ".bin");
        Assert.Equal((0x6006_0000u, EntrySource.NextStage), (raw.EntryPoint, raw.Report.EntrySource));
        Assert.Equal(binary, Assert.Single(raw.Segments).Bytes.ToArray());
    }
}
