// The name of a server as the kernel knows it: 16 bytes, ASCII for the well-known ones and random for the rest.
// Facts: Xous's ABI, SID and well-known servers.

using System.Buffers.Binary;
using System.Text;

namespace XousCloud.Emulator.Xous;

/// <summary>A SID, as the four words in which calls carry it.</summary>
public readonly record struct ServerId(uint Word0, uint Word1, uint Word2, uint Word3)
{
    /// <summary>The SID of 16 bytes of ASCII.</summary>
    public static ServerId Of(ReadOnlySpan<byte> name) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(name),
        BinaryPrimitives.ReadUInt32LittleEndian(name[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(name[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(name[12..]));

    /// <summary>The 16 bytes where they are printable ASCII, else null. A blank at the end belongs to the SID.</summary>
    public string? Text
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Write(bytes);
            return bytes.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) ? null : Encoding.ASCII.GetString(bytes);
        }
    }

    /// <summary>The text, or the four words in hex.</summary>
    public override string ToString() => Text ?? $"{Word0:x8}-{Word1:x8}-{Word2:x8}-{Word3:x8}";

    private void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Word0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Word1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Word2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Word3);
    }
}
