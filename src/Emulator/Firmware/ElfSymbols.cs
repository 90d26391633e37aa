// The symbol table of an ELF file. It only serves look-ups, so a damaged one is a warning and the program still loads.
// Facts: System V ABI (section header, symbol table); RISC-V ELF psABI (mapping symbols).

using System.Buffers.Binary;
using System.Text;

namespace XousCloud.Emulator.Firmware;

/// <summary>Gathers the symbols of all files within the limits.</summary>
internal sealed class SymbolCollector
{
    private int characters;

    public List<FirmwareSymbol> Symbols { get; } = [];

    /// <returns>False when the limits are reached.</returns>
    public bool TryAdd(FirmwareSymbol symbol)
    {
        if (Symbols.Count == FirmwareLimits.Symbols
            || characters + symbol.Name.Length > FirmwareLimits.SymbolCharacters)
        {
            return false;
        }

        characters += symbol.Name.Length;
        Symbols.Add(symbol);
        return true;
    }
}

internal static class ElfSymbols
{
    private const int SectionHeaderLength = 40;
    private const int SymbolLength = 16;
    private const uint SymbolTableSection = 2;
    private const uint StringTableSection = 3;
    private const ushort Undefined = 0;
    private const ushort Absolute = 0xFFF1;

    private enum Kind
    {
        Untyped = 0,
        Object = 1,
        Function = 2,
    }

    public static void Read(ImportedFile file, SymbolCollector collector)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        ulong tableOffset = Word(bytes, 32);
        int count = Half(bytes, 48);
        if (tableOffset == 0 || count == 0)
        {
            return;
        }

        if (count > FirmwareLimits.ElfSectionHeaders
            || Half(bytes, 46) != SectionHeaderLength
            || tableOffset + ((ulong)count * SectionHeaderLength) > (ulong)bytes.Length)
        {
            Unreadable(file, $"{count} section headers at offset {tableOffset}");
            return;
        }

        ReadOnlySpan<byte> sections = bytes.Slice((int)tableOffset, count * SectionHeaderLength);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> section = sections.Slice(index * SectionHeaderLength, SectionHeaderLength);
            if (Word(section, 4) != SymbolTableSection)
            {
                continue;
            }

            uint link = Word(section, 24);
            if (link < count
                && TrySection(bytes, section, SymbolTableSection, out ReadOnlySpan<byte> symbols)
                && TrySection(
                    bytes,
                    sections.Slice((int)link * SectionHeaderLength, SectionHeaderLength),
                    StringTableSection,
                    out ReadOnlySpan<byte> names))
            {
                ReadTable(file, symbols, names, collector);
            }
            else
            {
                Unreadable(file, $"symbol table in section {index}");
            }

            return;
        }
    }

    // Functions first, then objects, then bare labels, and in each the global ones first: where several names stand
    // for one address or several addresses have one name, the first is the one shown.
    private static void ReadTable(
        ImportedFile file, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> names, SymbolCollector collector)
    {
        foreach (Kind kind in (ReadOnlySpan<Kind>)[Kind.Function, Kind.Object, Kind.Untyped])
        {
            foreach (bool global in (ReadOnlySpan<bool>)[true, false])
            {
                if (!ReadKind(symbols, names, collector, kind, global))
                {
                    file.Warn(
                        "elf_symbols_cut", $"has more symbols than are kept ({FirmwareLimits.Symbols} in all, {FirmwareLimits.SymbolCharacters} characters)");
                    return;
                }
            }
        }
    }

    private static bool ReadKind(
        ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> names, SymbolCollector collector, Kind kind, bool global)
    {
        for (; symbols.Length >= SymbolLength; symbols = symbols[SymbolLength..])
        {
            byte info = symbols[12];
            ushort section = Half(symbols, 14);
            if ((info & 0xF) != (int)kind || (info >> 4 != 0) != global || section is Undefined
                || (section == Absolute && kind == Kind.Untyped)
                || ReadName(names, Word(symbols, 0)) is not string name)
            {
                continue;
            }

            if (!collector.TryAdd(new FirmwareSymbol(name, Word(symbols, 4), Word(symbols, 8))))
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>Null for what is no name for people: empty, unprintable, or the assembler's own ($x, .L).</returns>
    private static string? ReadName(ReadOnlySpan<byte> names, uint offset)
    {
        if (offset >= names.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> name = names[(int)offset..];
        name = name[..Math.Min(name.Length, FirmwareLimits.SymbolNameCharacters)];
        int end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        return name.IsEmpty || name[0] == '$' || name.StartsWith(".L"u8) || name.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            ? null
            : Encoding.ASCII.GetString(name);
    }

    private static bool TrySection(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> section, uint type, out ReadOnlySpan<byte> content)
    {
        uint offset = Word(section, 16);
        uint length = Word(section, 20);
        if (Word(section, 4) != type || offset + (ulong)length > (ulong)bytes.Length)
        {
            content = default;
            return false;
        }

        content = bytes.Slice((int)offset, (int)length);
        return true;
    }

    private static void Unreadable(ImportedFile file, string what) =>
        file.Warn("elf_symbols_unreadable", $"{what} cannot be read; the program is loaded without names");

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ushort Half(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
