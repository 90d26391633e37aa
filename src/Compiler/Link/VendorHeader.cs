// The vendor's signature header: 768 bytes in front of an image in the boot chain, all fields set but the signature.
// Facts: signature header layout; the four public keys stand in every shipped image (tests/Firmware/common/header.S).

using System.Buffers.Binary;
using System.Text;

namespace XousCloud.Compiler.Link;

internal static class VendorHeader
{
    public const uint Size = 768;

    private const uint JumpOverHeader = 0x3000006F; // jal x0, 768
    private const int VersionOffset = 0x84;
    private const int MagicOffset = 0x88;
    private const int SignedLengthOffset = 0x90;
    private const int FunctionCodeOffset = 0x94;
    private const int AntiRollbackOffset = 0x98;
    private const int SemanticVersionOffset = 0xAC;
    private const int KeysOffset = 0xBC;

    private const uint RecordVersion = 0x100;
    private const uint BareMetal = 6;
    private const uint AntiRollback = 1;

    // Public keys for the next stage, each with its tag.
    private static readonly (string Key, string Tag)[] keys =
    [
        ("a87a5f98daabfb512fc3c2e5749b3beb192388d20160a7dd5888fb9da409523a", "bao1"),
        ("79135dc667aff4f7d352b90328788ebf92c786782138b377370b15194e312888", "bao2"),
        ("80979929edd04e40124b52cae9ae54b24bdff72a7b8a004c41065bd1402078a7", "beta"),
        ("1c9beae32aeac87507c18094387eff1c74614282affd8152d871352edf3f58bb", "dev "),
    ];

    /// <summary>The header of an unsigned image whose payload behind the header has so many bytes.</summary>
    public static byte[] Build(uint payloadLength)
    {
        var header = new byte[Size];
        Word(header, 0, JumpOverHeader);
        Word(header, VersionOffset, RecordVersion);
        "ymuy3oaB"u8.CopyTo(header.AsSpan(MagicOffset));
        Word(header, SignedLengthOffset, Size - VersionOffset + payloadLength);
        Word(header, FunctionCodeOffset, BareMetal);
        Word(header, AntiRollbackOffset, AntiRollback);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(SemanticVersionOffset + 2), 1); // 0.1.0
        int offset = KeysOffset;
        foreach ((string key, string tag) in keys)
        {
            byte[] bytes = Convert.FromHexString(key);
            bytes.CopyTo(header, offset);
            offset += bytes.Length;
            offset += Encoding.ASCII.GetBytes(tag, header.AsSpan(offset));
        }

        return header;
    }

    private static void Word(byte[] header, int offset, uint word) =>
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(offset), word);
}
