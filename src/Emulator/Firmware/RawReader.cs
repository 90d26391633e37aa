// Raw binaries: bytes without an address of their own, except that a signed stage names its place by its function.

using System.Buffers.Binary;

namespace XousCloud.Emulator.Firmware;

internal static class RawReader
{
    // Files that users bring by mistake and that would be nonsense as raw memory content.
    private static readonly (byte[] Start, string What, string Advice)[] containers =
    [
        ("PK\x03\x04"u8.ToArray(), "a ZIP archive", "Unpack it and bring the files in it."),
        ([0x1F, 0x8B], "a gzip archive", "Unpack it and bring the files in it."),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "an xz archive", "Unpack it and bring the files in it."),
        (":02000004"u8.ToArray(), "an Intel HEX file", "Convert it with objcopy -I ihex -O binary and give an address."),
        (":10"u8.ToArray(), "an Intel HEX file", "Convert it with objcopy -I ihex -O binary and give an address."),
        ("S0"u8.ToArray(), "an S-record file", "Convert it with objcopy -I srec -O binary and give an address."),
        ("version https://git-lfs"u8.ToArray(), "a Git LFS pointer, not the file it stands for", "Run git lfs pull."),
    ];

    public static void Read(ImportedFile file, uint? address)
    {
        uint target = address ?? NaturalAddress(file);
        uint length = (uint)file.Bytes.Length;
        ImageMemories.Require(file, "content", target, length);
        file.Pieces.Add(new Piece(file, 0, target, length, file.Bytes));
    }

    private static uint NaturalAddress(ImportedFile file)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        if (SignatureHeaders.NaturalAddress(bytes) is uint place)
        {
            return place;
        }

        foreach ((byte[] start, string what, string advice) in containers)
        {
            if (bytes.StartsWith(start))
            {
                throw file.Mistake("unknown_format", $"is {what}", advice);
            }
        }

        if (file.Name.EndsWith(".uf2", StringComparison.OrdinalIgnoreCase))
        {
            throw file.Mistake(
                "uf2_bad_magic",
                bytes.Length < 4
                    ? $"is not UF2: it has {bytes.Length} bytes"
                    : $"block 0 at offset 0 is not a UF2 block: it starts with 0x{BinaryPrimitives.ReadUInt32LittleEndian(bytes):X8}",
                "The file is damaged or is not UF2. Download or build it again.");
        }

        throw file.Mistake(
            "raw_needs_address",
            "is neither UF2 nor ELF nor a signed stage, so it is a raw binary, and nothing says where it goes",
            "Give the address it is linked for, such as 0x60060000.");
    }
}
