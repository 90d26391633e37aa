// UF2 files: 512-byte blocks, each with its own address. Facts: UF2 file format; boot1's UF2 rules (family, payload
// length, SPI flash alias; flags are not looked at and blocks may come in any order).

using System.Buffers.Binary;

namespace XousCloud.Emulator.Firmware;

internal static class Uf2Reader
{
    public const uint Family = 0xA7D7_6373;
    public const int BlockLength = 512;
    public const int MaxPayload = 476;

    private const int PayloadOffset = 32;
    private const uint FirstMagic = 0x0A32_4655;
    private const uint SecondMagic = 0x9E5D_5157;
    private const uint LastMagic = 0x0AB1_6F30;

    public static bool Recognises(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == FirstMagic;

    public static void Read(ImportedFile file)
    {
        ReadOnlyMemory<byte> bytes = file.Bytes;
        int blocks = bytes.Length / BlockLength;
        file.Pieces.Capacity = blocks;
        ulong[] numbers = new ulong[blocks];
        for (int block = 0; block < blocks; block++)
        {
            numbers[block] = ReadBlock(file, block, bytes.Slice(block * BlockLength, BlockLength));
        }

        if (bytes.Length % BlockLength != 0)
        {
            throw file.Mistake(
                "uf2_truncated",
                $"ends inside block {blocks}, at offset {bytes.Length}; UF2 files are whole blocks of {BlockLength} bytes",
                "The file was cut short. Download or build it again.");
        }

        CheckComplete(file, numbers);
    }

    /// <returns>The count of blocks that the block claims (high half) and its own number (low half).</returns>
    private static ulong ReadBlock(ImportedFile file, int block, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        if (Word(span, 0) != FirstMagic || Word(span, 4) != SecondMagic || Word(span, 508) != LastMagic)
        {
            throw file.Mistake(
                "uf2_bad_magic",
                $"block {block} at offset {block * BlockLength} is not a UF2 block: its magic numbers are "
                + $"0x{Word(span, 0):X8}, 0x{Word(span, 4):X8}, 0x{Word(span, 508):X8}",
                "The file is damaged or is not UF2. Download or build it again.");
        }

        uint length = Word(span, 16);
        if (length > MaxPayload)
        {
            throw file.Mistake(
                "uf2_payload_too_long",
                $"block {block} at offset {block * BlockLength} claims {length} bytes; a block holds at most {MaxPayload}",
                "The file is damaged. Download or build it again.");
        }

        uint family = Word(span, 28);
        if (family != Family)
        {
            throw file.Mistake(
                "uf2_wrong_family",
                $"block {block} at offset {block * BlockLength} is for family 0x{family:X8}; the Baochip-1x is 0x{Family:X8}",
                "The file is for another chip. Build it for the Baochip-1x.");
        }

        if (length > 0)
        {
            uint address = Word(span, 12);
            ImageMemories.Require(file, $"block {block}", address, length);
            file.Pieces.Add(new Piece(file, block, address, length, bytes.Slice(PayloadOffset, (int)length)));
        }

        return ((ulong)Word(span, 24) << 32) | Word(span, 20);
    }

    // A file cut at a block's edge is only seen by its numbering. Files that are several UF2 files in a row have
    // several counts, and each is held to its own. A count of 0 claims nothing.
    private static void CheckComplete(ImportedFile file, ulong[] numbers)
    {
        Array.Sort(numbers);
        int next = 0;
        while (next < numbers.Length)
        {
            uint count = (uint)(numbers[next] >> 32);
            uint present = 0;
            uint? missing = null;
            for (; next < numbers.Length && (uint)(numbers[next] >> 32) == count; next++)
            {
                uint number = (uint)numbers[next];
                bool repeated = next > 0 && numbers[next] == numbers[next - 1];
                if (repeated || number >= count)
                {
                    continue;
                }

                if (number != present)
                {
                    missing ??= present;
                }

                present++;
            }

            if (present < count)
            {
                throw file.Mistake(
                    "uf2_truncated",
                    $"holds {present} of the {count} blocks it announces; the first one missing is number {missing ?? present}",
                    "The file was cut short. Download or build it again.");
            }
        }
    }

    private static uint Word(ReadOnlySpan<byte> block, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[offset..]);
}
