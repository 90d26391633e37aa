// Where failed checks stand in the sources. The linker writes the table, and only for programs that use this reader:
// from __panic_table_start to __panic_table_end rows of three 16-bit words, sorted by address:
//
//   word 0             the low 16 bits of (return address - __text_start) / 2
//   word 1, bits 0-3   the high 4 bits of it
//   word 1, bits 4-15  the number of the file
//   word 2             the line, 0 if it is not known
//
// and at __panic_files the files' names in the order of their numbers, each behind a byte with its length.

namespace XousCloud.Guest;

/// <summary>A line of a source file.</summary>
public readonly ref struct PanicPlace(ReadOnlySpan<byte> file, uint line)
{
    /// <summary>The name without its folders, in UTF-8.</summary>
    public ReadOnlySpan<byte> File { get; } = file;

    /// <summary>From 1 on, or 0.</summary>
    public uint Line { get; } = line;
}

public static unsafe class PanicTable
{
    private const int RowWords = 3;

    /// <summary>Finds the place of the check that a panic handler was called for.</summary>
    public static bool TryFind(uint returnAddress, out PanicPlace place) => TryFind(
        (ushort*)LinkerSymbols.PanicTableStart(),
        (ushort*)LinkerSymbols.PanicTableEnd(),
        LinkerSymbols.PanicFiles(),
        (returnAddress - (uint)LinkerSymbols.TextStart()) >> 1,
        out place);

    /// <summary>The same in a given table, for an offset in halfwords.</summary>
    internal static bool TryFind(ushort* row, ushort* end, byte* files, uint offset, out PanicPlace place)
    {
        for (; row < end; row += RowWords)
        {
            if ((row[0] | ((row[1] & 0xFu) << 16)) == offset)
            {
                for (uint file = (uint)row[1] >> 4; file != 0; file--)
                {
                    files += 1 + *files;
                }

                place = new PanicPlace(new ReadOnlySpan<byte>(files + 1, *files), row[2]);
                return true;
            }
        }

        place = default;
        return false;
    }
}
