// The loadable segments of a 32-bit ELF that our compiler has written.

using System.Buffers.Binary;

namespace XousCloud.Kernel.Image;

/// <param name="Address">Where it runs.</param>
/// <param name="Content">What the file has of it.</param>
/// <param name="Size">Its size in memory: what is behind the content is zero.</param>
/// <param name="IsWritable">It may be written.</param>
/// <param name="IsExecutable">It has code.</param>
public sealed record Segment(uint Address, byte[] Content, uint Size, bool IsWritable, bool IsExecutable);

public sealed record ElfFile(uint EntryPoint, IReadOnlyList<Segment> Segments)
{
    private const int HeaderSize = 52;
    private const int ProgramHeaderSize = 32;

    /// <summary>A file that is flashed as it is, and starts with its first word.</summary>
    public static ElfFile Raw(uint address, byte[] content) =>
        new(address, [new Segment(address, content, (uint)content.Length, false, true)]);

    public static bool IsElf(ReadOnlySpan<byte> file) => file.StartsWith("\u007fELF"u8);

    /// <exception cref="InvalidDataException">The file is no 32-bit RISC-V ELF, or a segment lies outside it.</exception>
    public static ElfFile Read(byte[] file)
    {
        ReadOnlySpan<byte> bytes = file;
        if (bytes.Length < HeaderSize || !bytes.StartsWith("\u007fELF\u0001\u0001"u8) || Half(bytes, 18) != 243)
        {
            throw new InvalidDataException("This is no 32-bit RISC-V ELF file.");
        }

        var segments = new List<Segment>();
        uint table = Word(bytes, 28);
        int count = Half(bytes, 44);
        if (table > bytes.Length || count * ProgramHeaderSize > bytes.Length - table)
        {
            throw new InvalidDataException("The program headers lie outside the file.");
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = bytes.Slice((int)table + (i * ProgramHeaderSize), ProgramHeaderSize);
            const uint Load = 1;
            uint offset = Word(header, 4);
            uint stored = Word(header, 16);
            uint size = Word(header, 20);
            uint flags = Word(header, 24);
            if (Word(header, 0) != Load || size == 0)
            {
                continue;
            }

            if (offset > bytes.Length || stored > bytes.Length - offset || stored > size)
            {
                throw new InvalidDataException("A segment lies outside the file.");
            }

            // Bit 1 is writable and bit 0 executable.
            segments.Add(new Segment(Word(header, 12), bytes.Slice((int)offset, (int)stored).ToArray(), size, (flags & 2) != 0, (flags & 1) != 0));
        }

        return new ElfFile(Word(bytes, 24), segments);
    }

    /// <summary>An ELF file that is nothing but segments.</summary>
    public byte[] Write()
    {
        int content = HeaderSize + (Segments.Count * ProgramHeaderSize);
        byte[] file = new byte[content + Segments.Sum(segment => segment.Content.Length)];
        Span<byte> bytes = file;
        "\u007fELF\u0001\u0001\u0001"u8.CopyTo(bytes);
        Put(bytes, 16, 2 | (243 << 16));
        Put(bytes, 20, 1);
        Put(bytes, 24, EntryPoint);
        Put(bytes, 28, HeaderSize);
        Put(bytes, 36, 1); // flags: compressed instructions
        Put(bytes, 40, HeaderSize | (ProgramHeaderSize << 16));
        Put(bytes, 44, (uint)Segments.Count);
        for (int i = 0; i < Segments.Count; i++)
        {
            Segment segment = Segments[i];
            Span<byte> header = bytes[(HeaderSize + (i * ProgramHeaderSize))..];
            Put(header, 0, 1);
            Put(header, 4, (uint)content);
            Put(header, 8, segment.Address);
            Put(header, 12, segment.Address);
            Put(header, 16, (uint)segment.Content.Length);
            Put(header, 20, segment.Size);
            Put(header, 24, 4u | (segment.IsWritable ? 2u : 0) | (segment.IsExecutable ? 1u : 0));
            Put(header, 28, 4);
            segment.Content.CopyTo(bytes[content..]);
            content += segment.Content.Length;
        }

        return file;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ushort Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static void Put(Span<byte> bytes, int at, uint word) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], word);
}
