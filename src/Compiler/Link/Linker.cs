// From functions and data to an image: what is reached, sizes and addresses, bytes.

using System.Buffers.Binary;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

public static class Linker
{
    private const ushort CompressedNop = 0x0001;

    /// <summary>Links a program. The same input gives the same image.</summary>
    /// <exception cref="CompileErrorException">
    /// The image does not fit its memory, something that is named has no code, or a jump is longer than the machine has.
    /// </exception>
    public static LinkedImage Link(LinkInput input)
    {
        var program = new LinkedProgram(input);
        var layout = new Layout(input, program);
        Capacity.CheckRam(input, layout);
        var relaxation = new Relaxation(layout, input.Compress, program.NamesGlobalPointer);
        relaxation.Run();
        Capacity.CheckImage(input, layout);
        List<ImageSection> sections = Sections(input, layout, relaxation);
        return new LinkedImage(input.Name, sections, Symbols(program, layout, sections), layout.Functions);
    }

    private static List<ImageSection> Sections(LinkInput input, Layout layout, Relaxation relaxation)
    {
        var code = new CodeWriter(layout, relaxation);
        ImageSection text = Section(layout, ".text", LinkerSymbols.TextStart, LinkerSymbols.TextEnd);
        ImageSection rodata = Section(layout, ".rodata", LinkerSymbols.RodataStart, LinkerSymbols.RodataEnd);
        ImageSection data = Section(layout, ".data", LinkerSymbols.DataStart, LinkerSymbols.DataEnd)
            with { LoadAddress = layout.AddressOf(LinkerSymbols.DataLoad) };
        ImageSection bss = Section(layout, ".bss", LinkerSymbols.BssStart, LinkerSymbols.BssEnd) with { Bytes = [] };
        uint previous = text.Address;
        foreach (PlacedFunction function in layout.Functions)
        {
            // Between functions there are 0 or 2 bytes, or more only where nothing is compressed.
            if (function.Address - previous == sizeof(ushort))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(text.Bytes.AsSpan((int)(previous - text.Address)), CompressedNop);
            }

            code.Write(function, text.Bytes.AsSpan((int)(function.Address - text.Address)));
            previous = function.Address + function.Size;
        }

        foreach (DataSymbol symbol in layout.Rodata)
        {
            Write(symbol, layout, rodata);
        }

        foreach (DataSymbol symbol in layout.Data)
        {
            Write(symbol, layout, data);
        }

        if (layout.PanicTable is { } panics)
        {
            Span<byte> target = rodata.Bytes.AsSpan((int)(layout.AddressOf(LinkerSymbols.PanicTableStart) - rodata.Address));
            panics.WriteRows(target, text.Address);
            panics.Files.CopyTo(target[(int)panics.RowsSize..]);
        }

        List<ImageSection> sections = [text, rodata, data, bss];
        if (input.Map.HasVendorHeader)
        {
            uint start = layout.AddressOf(LinkerSymbols.ImageStart);
            byte[] header = VendorHeader.Build((uint)layout.ImageSize - VendorHeader.Size);
            sections.Insert(0, new ImageSection(".header", start, start, header, VendorHeader.Size));
        }

        sections.RemoveAll(section => section.Size == 0);
        return sections;
    }

    private static ImageSection Section(Layout layout, string name, LinkerSymbol start, LinkerSymbol end)
    {
        uint address = layout.AddressOf(start);
        uint size = layout.AddressOf(end) - address;
        return new ImageSection(name, address, address, name == ".bss" ? [] : new byte[size], size);
    }

    private static void Write(DataSymbol symbol, Layout layout, ImageSection section)
    {
        Span<byte> target = section.Bytes.AsSpan((int)(layout.AddressOf(symbol) - section.Address));
        if (layout.FindJumpTable(symbol) is { } table)
        {
            foreach (uint address in table)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target, address);
                target = target[sizeof(uint)..];
            }

            return;
        }

        symbol.Content.CopyTo(target);
        foreach ((int offset, Symbol to, int addend) in symbol.Relocations)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[offset..], layout.AddressOf(to) + (uint)addend);
        }
    }

    private static List<ImageSymbol> Symbols(LinkedProgram program, Layout layout, List<ImageSection> sections)
    {
        Dictionary<uint, uint> sizes = [];
        foreach (PlacedFunction placed in layout.Functions)
        {
            sizes[placed.Address] = placed.Size;
        }

        List<ImageSymbol> symbols = [.. program.Functions.Concat(program.Merged).Select(Code)];
        symbols.AddRange(layout.Rodata.Select(symbol => Data(symbol, ".rodata")));
        symbols.AddRange(layout.Data.Select(symbol => Data(symbol, ".data")));
        symbols.AddRange(layout.Bss.Select(symbol => Data(symbol, ".bss")));
        symbols.AddRange(LinkerSymbols.All
            .Where(symbol => layout.PanicTable is not null || !LinkerSymbols.IsPanicTable(symbol))
            .Select(symbol => new ImageSymbol(
                symbol.Name,
                ImageSymbolKind.Linker,
                layout.AddressOf(symbol),
                0,
                sections.Find(section => section.Name == LinkerSymbols.SectionOf(symbol))?.Name,
                null,
                0)));
        return symbols;

        ImageSymbol Code(MachineFunction function)
        {
            uint address = layout.AddressOf(function.Symbol);
            return new(
                function.Symbol.Name,
                ImageSymbolKind.Function,
                address,
                sizes[address],
                ".text",
                function.Position,
                function.FrameSize);
        }

        ImageSymbol Data(DataSymbol symbol, string section) =>
            new(symbol.Name, ImageSymbolKind.Data, layout.AddressOf(symbol), layout.SizeOf(symbol), section, null, 0);
    }
}
