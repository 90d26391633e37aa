// The ELF file of an image. Facts: System V ABI (ELF header, sections, program headers, symbols); RISC-V ELF psABI
// (machine number, flags).

namespace XousCloud.Compiler.Link;

internal static class ElfWriter
{
    private const int HeaderLength = 52;
    private const int ProgramHeaderLength = 32;
    private const int SectionHeaderLength = 40;
    private const int SymbolLength = 16;
    private const int SectionTableField = 32;
    private const int SegmentAlignment = 16;

    private const int TypeExecutable = 2;
    private const int MachineRiscV = 243;
    private const uint FlagCompressed = 1; // EF_RISCV_RVC; no float ABI flag is soft float

    private const uint LoadSegment = 1;
    private const uint SegmentExecute = 1;
    private const uint SegmentWrite = 2;
    private const uint SegmentRead = 4;

    private const uint ProgramBits = 1;
    private const uint SymbolTable = 2;
    private const uint StringTable = 3;
    private const uint NoBits = 8;

    private const uint SectionWrite = 1;
    private const uint SectionAllocate = 2;
    private const uint SectionExecute = 4;

    private const int GlobalSymbol = 1 << 4;
    private const ushort AbsoluteSymbol = 0xFFF1;

    // The psABI's name of the global pointer, by which tools explain gp-relative addresses.
    private const string GlobalPointerName = "__global_pointer$";

    private sealed record Section(string Name, uint Type, byte[] Content)
    {
        public uint Flags { get; init; }

        public uint Address { get; init; }

        public uint Size { get; init; } = (uint)Content.Length;

        public uint Alignment { get; init; } = 1;

        public uint Link { get; init; }

        public uint Info { get; init; }

        public uint EntrySize { get; init; }

        /// <summary>Where the file has the content.</summary>
        public uint Offset { get; set; }
    }

    public static byte[] Write(LinkedImage image)
    {
        List<Section> sections = [new("", 0, []), .. image.Sections.Select(Loaded), .. DebugSections(image)];
        AddSymbols(image, sections);
        var names = new ByteWriter();
        uint[] nameOffsets = new uint[sections.Count + 1];
        for (int index = 0; index < sections.Count; index++)
        {
            nameOffsets[index] = (uint)names.Length;
            names.Text(sections[index].Name);
        }

        nameOffsets[^1] = (uint)names.Length;
        names.Text(".shstrtab");
        sections.Add(new Section(".shstrtab", StringTable, names.ToArray()));

        IReadOnlyList<ImageSegment> segments = image.Segments;
        var file = new ByteWriter();
        WriteHeader(file, image.Entry, segments.Count, sections.Count);
        int programHeaders = file.Length;
        file.Bytes(new byte[segments.Count * ProgramHeaderLength]);
        WriteContents(file, sections);
        WriteProgramHeaders(file, programHeaders, segments, sections);
        file.Align(4);
        file.Set(SectionTableField, (uint)file.Length);
        WriteSectionHeaders(file, sections, nameOffsets);
        return file.ToArray();
    }

    private static Section Loaded(ImageSection section) => new(
        section.Name, section.Bytes.Length > 0 ? ProgramBits : NoBits, section.Bytes)
    {
        Address = section.Address,
        Size = section.Size,
        Alignment = LargestAlignment(section.Address),
        Flags = SectionAllocate | section.Name switch
        {
            ".text" => SectionExecute,
            ".data" or ".bss" => SectionWrite,
            _ => 0,
        },
    };

    // The file claims no more than the section's start shows.
    private static uint LargestAlignment(uint address) =>
        address == 0 ? SegmentAlignment : Math.Min(SegmentAlignment, address & (~address + 1));

    private static IEnumerable<Section> DebugSections(LinkedImage image) =>
        Dwarf.Write(image).Select(section => new Section(section.Name, ProgramBits, section.Content));

    private static void AddSymbols(LinkedImage image, List<Section> sections)
    {
        Dictionary<string, int> numbers = [];
        for (int index = 1; index < sections.Count; index++)
        {
            numbers.Add(sections[index].Name, index);
        }

        var table = new ByteWriter();
        var names = new ByteWriter();
        names.Byte(0);
        table.Bytes(new byte[SymbolLength]);
        foreach (ImageSymbol symbol in image.Symbols)
        {
            Add(symbol, symbol.Name);
            if (symbol.Name == LinkerSymbols.GlobalPointer.Name)
            {
                Add(symbol, GlobalPointerName);
            }
        }

        sections.Add(new Section(".symtab", SymbolTable, table.ToArray())
        {
            Alignment = 4, Link = (uint)sections.Count + 1, Info = 1, EntrySize = SymbolLength,
        });
        sections.Add(new Section(".strtab", StringTable, names.ToArray()));

        void Add(ImageSymbol symbol, string name)
        {
            table.Word(names.Length);
            table.Word(symbol.Address);
            table.Word(symbol.Size);
            table.Byte(GlobalSymbol | symbol.Kind switch
            {
                ImageSymbolKind.Function => 2,
                ImageSymbolKind.Data => 1,
                _ => 0,
            });
            table.Byte(0);
            table.Half(symbol.Section is { } section ? numbers[section] : AbsoluteSymbol);
            names.Text(name);
        }
    }

    private static void WriteHeader(ByteWriter file, uint entry, int segments, int sections)
    {
        file.Bytes([0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1]); // 32-bit, little-endian, version 1
        file.Align(16);
        file.Half(TypeExecutable);
        file.Half(MachineRiscV);
        file.Word(1);
        file.Word(entry);
        file.Word(HeaderLength);
        file.Word(0); // the section table's offset, once it is known
        file.Word(FlagCompressed);
        file.Half(HeaderLength);
        file.Half(ProgramHeaderLength);
        file.Half(segments);
        file.Half(SectionHeaderLength);
        file.Half(sections);
        file.Half(sections - 1);
    }

    private static void WriteContents(ByteWriter file, List<Section> sections)
    {
        // The file has the loaded sections as far apart as memory has them, as they share a segment.
        Section? previous = null;
        foreach (Section section in sections.Skip(1))
        {
            bool continues = previous is { Flags: not 0 } && (previous.Flags & SectionWrite) == 0
                && section.Flags != 0 && (section.Flags & SectionWrite) == 0;
            if (continues)
            {
                file.Bytes(new byte[section.Address - previous!.Address - previous.Size]);
            }
            else if (section.Flags != 0)
            {
                file.Align(SegmentAlignment, (int)(section.Address % SegmentAlignment));
            }
            else
            {
                file.Align((int)section.Alignment);
            }

            section.Offset = (uint)file.Length;
            file.Bytes(section.Content);
            previous = section;
        }
    }

    private static void WriteProgramHeaders(
        ByteWriter file, int offset, IReadOnlyList<ImageSegment> segments, List<Section> sections)
    {
        foreach (ImageSegment segment in segments)
        {
            Section first = sections.First(section => section.Flags != 0 && section.Address == segment.Address);
            foreach (uint word in (ReadOnlySpan<uint>)
                [
                    LoadSegment,
                    first.Offset,
                    segment.Address,
                    segment.LoadAddress,
                    (uint)segment.Bytes.Length,
                    segment.Size,
                    SegmentRead | (segment.IsWritable ? SegmentWrite : SegmentExecute),
                    SegmentAlignment,
                ])
            {
                file.Set(offset, word);
                offset += sizeof(uint);
            }
        }
    }

    private static void WriteSectionHeaders(ByteWriter file, List<Section> sections, uint[] nameOffsets)
    {
        for (int index = 0; index < sections.Count; index++)
        {
            Section section = sections[index];
            file.Word(nameOffsets[index]);
            file.Word(section.Type);
            file.Word(section.Flags);
            file.Word(section.Address);
            file.Word(section.Offset);
            file.Word(section.Size);
            file.Word(section.Link);
            file.Word(section.Info);
            file.Word(index == 0 ? 0 : section.Alignment);
            file.Word(section.EntrySize);
        }
    }
}
