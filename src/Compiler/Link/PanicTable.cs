// Where the program can panic: for each panic site its return address, file and line. It is in .rodata if the program
// names one of its symbols.
//
// From __panic_table_start to __panic_table_end there are rows of three 16-bit words, sorted by address:
//
//   word 0             the low 16 bits of (return address - __text_start) / 2
//   word 1, bits 0-3   the high 4 bits of it
//   word 1, bits 4-15  the number of the file
//   word 2             the line, 0 if it is beyond 65535
//
// At __panic_files the files' names follow one another in the order of their numbers: one byte that is the length, and
// so many bytes of UTF-8; the folders are left out. To find an address: binary search over the 20 bits, then step over
// as many names as the file's number says.

using System.Buffers.Binary;
using System.Text;

namespace XousCloud.Compiler.Link;

internal sealed class PanicTable
{
    public const uint Alignment = 2;
    private const uint RowSize = 6;
    private const int LargestName = 255;
    private const int FileLimit = 1 << 12;
    private const uint OffsetLimit = 1 << 20;

    private readonly List<(PlacedFunction Function, int Index, ushort File, ushort Line)> rows = [];

    /// <exception cref="CompileErrorException">There are more files than a row can number.</exception>
    public PanicTable(IReadOnlyList<PlacedFunction> functions)
    {
        Dictionary<string, ushort> numbers = [];
        using var names = new MemoryStream();
        foreach (PlacedFunction function in functions)
        {
            for (int index = 0; index < function.Function.Code.Count; index++)
            {
                if (function.Function.Code[index] is { IsPanicSite: true, Position: { } position })
                {
                    ushort file = Number(position.Document, numbers, names);
                    rows.Add((function, index, file, (ushort)(position.Line is > 0 and <= ushort.MaxValue ? position.Line : 0)));
                }
            }
        }

        Files = names.ToArray();
    }

    public uint RowsSize => RowSize * (uint)rows.Count;

    /// <summary>The files' names as they stand in the image.</summary>
    public byte[] Files { get; }

    /// <summary>Writes the rows, once addresses are known.</summary>
    /// <exception cref="CompileErrorException">The code is larger than a row can address.</exception>
    public void WriteRows(Span<byte> target, uint textStart)
    {
        foreach ((PlacedFunction function, int index, ushort file, ushort line) in rows)
        {
            uint offset = (function.AddressOf(index + 1) - textStart) / 2;
            if (offset >= OffsetLimit)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, "The panic table addresses at most 2 MiB of code.");
            }

            BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)offset);
            BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)((offset >> 16) | ((uint)file << 4)));
            BinaryPrimitives.WriteUInt16LittleEndian(target[4..], line);
            target = target[(int)RowSize..];
        }
    }

    private static ushort Number(string document, Dictionary<string, ushort> numbers, MemoryStream names)
    {
        string name = document[(document.LastIndexOfAny(['/', '\\']) + 1)..];
        if (!numbers.TryGetValue(name, out ushort number))
        {
            if (numbers.Count == FileLimit)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, $"The panic table names at most {FileLimit} files.");
            }

            number = (ushort)numbers.Count;
            numbers.Add(name, number);
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            int length = Math.Min(bytes.Length, LargestName);
            names.WriteByte((byte)length);
            names.Write(bytes, 0, length);
        }

        return number;
    }
}
