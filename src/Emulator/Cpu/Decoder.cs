// Finds the row of an encoding. Decoding is a pure function of the bits, so a small direct-mapped cache of
// results never goes stale; it is what makes the one-instruction-at-a-time stepper bearable.

namespace XousCloud.Emulator.Cpu;

/// <summary>Turns encodings into instructions.</summary>
internal sealed class Decoder
{
    private const int CacheBits = 12;

    // The half-word of zeros, which no row may take for an addi.
    private const uint DefinedIllegal = 0;

    // Rows by the bits that tell most of them apart: the major opcode with funct3, or quadrant with funct3.
    private static readonly InstructionPattern[][] FullRows = Index(
        InstructionTable.Full, 8, key => ((key & 0x1F) << 2) | ((key & 0xE0) << 7));
    private static readonly InstructionPattern[][] CompressedRows = Index(
        InstructionTable.Compressed, 5, key => (key & 3) | ((key & 0x1C) << 11));

    private readonly Entry[] cache = new Entry[1 << CacheBits];

    public Decoder() => cache[0] = new Entry(1, default); // encoding 0 must not look cached

    /// <summary>Whether an instruction that starts with this half-word is 4 bytes long.</summary>
    public static bool IsFull(uint firstHalf) => (firstHalf & 3) == 3;

    /// <summary>Decodes through the cache.</summary>
    /// <param name="encoding">The 32-bit encoding, or a 16-bit one with the upper half 0.</param>
    public Instruction Decode(uint encoding)
    {
        ref Entry entry = ref cache[(encoding * 0x9E37_79B1) >> (32 - CacheBits)];
        if (entry.Encoding != encoding)
        {
            entry = new Entry(encoding, DecodeUncached(encoding));
        }

        return entry.Instruction;
    }

    /// <summary>Decodes by the table alone.</summary>
    public static Instruction DecodeUncached(uint encoding)
    {
        bool full = IsFull(encoding);
        InstructionPattern[] rows = encoding == DefinedIllegal ? []
            : full ? FullRows[FullIndex(encoding)]
            : CompressedRows[CompressedIndex(encoding)];
        foreach (InstructionPattern row in rows)
        {
            if (row.TryDecode(encoding, out Instruction instruction))
            {
                return instruction;
            }
        }

        // An illegal compressed instruction expands to zeros, and that is what xtval shows. Facts: RTL, expansion.
        return new Instruction(Operation.Illegal, 0, 0, 0, (byte)(full ? 4 : 2), 0, full ? encoding : 0);
    }

    private static uint FullIndex(uint encoding) => ((encoding >> 2) & 0x1F) | ((encoding >> 7) & 0xE0);

    private static uint CompressedIndex(uint encoding) => (encoding & 3) | ((encoding >> 11) & 0x1C);

    // A row belongs to a key when no fixed bit of the row contradicts the key's bits.
    private static InstructionPattern[][] Index(InstructionPattern[] rows, int bits, Func<uint, uint> encodingOf)
    {
        InstructionPattern[][] indexed = new InstructionPattern[1 << bits][];
        uint sampled = encodingOf(uint.MaxValue);
        for (uint key = 0; key < indexed.Length; key++)
        {
            uint sample = encodingOf(key);
            indexed[key] = [.. rows.Where(row => (row.Match & sampled) == (sample & row.Mask))];
        }

        return indexed;
    }

    private readonly record struct Entry(uint Encoding, Instruction Instruction);
}
