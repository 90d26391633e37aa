// Little-endian bytes, with the variable-length numbers of DWARF.

using System.Buffers.Binary;
using System.Text;

namespace XousCloud.Compiler.Link;

internal sealed class ByteWriter
{
    private byte[] bytes = new byte[256];

    public int Length { get; private set; }

    public void Byte(int number) => Take(1)[0] = (byte)number;

    public void Half(int number) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)number);

    public void Word(uint number) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), number);

    public void Word(int number) => Word((uint)number);

    public void Bytes(ReadOnlySpan<byte> content) => content.CopyTo(Take(content.Length));

    /// <summary>An unsigned number, 7 bits at a time.</summary>
    public void Uleb(uint number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            Byte((int)(number | 0x80));
        }

        Byte((int)number);
    }

    /// <summary>A signed number, 7 bits at a time.</summary>
    public void Sleb(int number)
    {
        for (; number is < -64 or > 63; number >>= 7)
        {
            Byte(number | 0x80);
        }

        Byte(number & 0x7F);
    }

    /// <summary>UTF-8 and a 0.</summary>
    public void Text(string text)
    {
        Encoding.UTF8.GetBytes(text.Replace('\0', '?'), Take(Encoding.UTF8.GetByteCount(text)));
        Byte(0);
    }

    /// <summary>Zeros up to a multiple of the alignment, plus a remainder.</summary>
    public void Align(int alignment, int remainder = 0)
    {
        while (Length % alignment != remainder % alignment)
        {
            Byte(0);
        }
    }

    /// <summary>Fills in a word that was written as a placeholder.</summary>
    public void Set(int offset, uint number) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset, 4), number);

    public byte[] ToArray() => bytes[..Length];

    private Span<byte> Take(int count)
    {
        if (Length + count > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + count));
        }

        Length += count;
        return bytes.AsSpan(Length - count, count);
    }
}
