// A linked program: bytes at addresses, and the names of those addresses. ElfWriter, Dwarf and MapWriter show it.

namespace XousCloud.Compiler.Link;

/// <summary>A section that takes room in the target's memory. .bss has a size but no bytes.</summary>
/// <param name="Name">.header, .text, .rodata, .data or .bss.</param>
/// <param name="Address">Where the program finds it.</param>
/// <param name="LoadAddress">Where the image has its bytes.</param>
/// <param name="Bytes">The content; empty for .bss.</param>
/// <param name="Size">Bytes in memory.</param>
public sealed record ImageSection(string Name, uint Address, uint LoadAddress, byte[] Bytes, uint Size);

/// <summary>What a loader places: bytes, then zeros up to Size.</summary>
/// <param name="Address">Where the program finds it.</param>
/// <param name="LoadAddress">Where the image has its bytes.</param>
/// <param name="Bytes">The content.</param>
/// <param name="Size">Bytes in memory.</param>
/// <param name="IsWritable">Data; otherwise code and constants.</param>
public sealed record ImageSegment(uint Address, uint LoadAddress, byte[] Bytes, uint Size, bool IsWritable);

/// <summary>What a symbol stands for.</summary>
public enum ImageSymbolKind : byte
{
    Function,
    Data,

    /// <summary>An address that the linker made; its size is 0.</summary>
    Linker,
}

/// <summary>A name in the image.</summary>
/// <param name="Name">As the program has it.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Address">Where the program finds it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Section">The name of the section that it is in, or null for an address outside of all.</param>
/// <param name="Position">Where a function is declared, if known.</param>
/// <param name="FrameSize">Bytes of stack that a function itself takes.</param>
public sealed record ImageSymbol(
    string Name, ImageSymbolKind Kind, uint Address, uint Size, string? Section, SourcePosition? Position, int FrameSize);

public sealed class LinkedImage
{
    private readonly Dictionary<string, ImageSymbol> byName = [];

    internal LinkedImage(
        string name,
        IReadOnlyList<ImageSection> sections,
        IReadOnlyList<ImageSymbol> symbols,
        IReadOnlyList<PlacedFunction> functions)
    {
        Name = name;
        Sections = sections;
        Symbols = symbols;
        Functions = functions;
        foreach (ImageSymbol symbol in symbols)
        {
            byName.TryAdd(symbol.Name, symbol);
        }

        Entry = functions[0].Address;
    }

    public string Name { get; }

    /// <summary>The address of the first function.</summary>
    public uint Entry { get; }

    /// <summary>In the order of their addresses; empty ones are left out.</summary>
    public IReadOnlyList<ImageSection> Sections { get; }

    /// <summary>
    /// Functions in the order of their addresses, those that were merged into others behind them, then data in the order
    /// of addresses, then the linker's symbols.
    /// </summary>
    public IReadOnlyList<ImageSymbol> Symbols { get; }

    internal IReadOnlyList<PlacedFunction> Functions { get; }

    /// <summary>
    /// Up to three: header, code and constants in one, then .data, then .bss. Where .data is loaded in place, .bss is the end of its
    /// segment: loaders of Xous take one segment that is written.
    /// </summary>
    public IReadOnlyList<ImageSegment> Segments
    {
        get
        {
            List<ImageSegment> segments = [];
            ImageSection[] constant = [.. Sections.Where(section => !IsWritable(section))];
            segments.Add(new ImageSegment(
                constant[0].Address, constant[0].Address, Join(constant), EndOf(constant[^1]) - constant[0].Address, false));
            foreach (ImageSection section in Sections.Where(IsWritable))
            {
                ImageSegment last = segments[^1];
                if (last.IsWritable && last.LoadAddress == last.Address && section.Bytes.Length == 0)
                {
                    segments[^1] = last with { Size = section.Address + section.Size - last.Address };
                }
                else
                {
                    segments.Add(new ImageSegment(section.Address, section.LoadAddress, section.Bytes, section.Size, true));
                }
            }

            return segments;
        }
    }

    /// <summary>The address of a function, of data or of the linker's symbol.</summary>
    /// <exception cref="KeyNotFoundException">The image has no such name.</exception>
    public uint AddressOf(string name) => byName[name].Address;

    public bool TryFind(string name, out ImageSymbol? symbol) => byName.TryGetValue(name, out symbol);

    /// <summary>A 32-bit RISC-V executable with symbols and debug information.</summary>
    public byte[] ToElf() => ElfWriter.Write(this);

    /// <summary>Sections and names with addresses, sizes, stack frames and source lines, as text.</summary>
    public string ToMap() => MapWriter.Write(this);

    /// <summary>The image as a flat file that starts at <c>__image_start</c>; gaps are zeros.</summary>
    public byte[] ToRaw() => Join([.. Sections.Where(section => section.Bytes.Length > 0)]);

    internal static bool IsWritable(ImageSection section) => section.Name is ".data" or ".bss";

    private static uint EndOf(ImageSection section) => section.LoadAddress + (uint)section.Bytes.Length;

    private static byte[] Join(ImageSection[] sections)
    {
        uint start = sections[0].LoadAddress;
        var bytes = new byte[EndOf(sections[^1]) - start];
        foreach (ImageSection section in sections)
        {
            section.Bytes.CopyTo(bytes, (int)(section.LoadAddress - start));
        }

        return bytes;
    }
}
