// What the kernels of the compiler's code-quality benchmark share: the scratch memory and the drivers' test data.
// Each kernel F has a driver RunF here and the same two, statement by statement, in the C file of the same theme;
// a harness compares checksums, executed instructions and the size of F with gcc's. C's spans have no checks.

namespace XousCloud.Bench;

public static unsafe partial class Kernels
{
    /// <summary>64 KiB, aligned to 8 bytes or more, that the harness gives before it calls a driver.</summary>
#pragma warning disable CA2211 // The harness sets it.
    public static byte* Memory;
#pragma warning restore CA2211

    private static uint RotateLeft(uint value, int count) => (value << count) | (value >> (32 - count));

    private static uint RotateRight(uint value, int count) => (value >> count) | (value << (32 - count));

    // Words that look random, from a linear congruential generator.
    private static void Fill(Span<uint> words, uint seed)
    {
        uint state = seed;
        for (int i = 0; i < words.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            words[i] = state ^ (state >> 16);
        }
    }

    private static uint Checksum(ReadOnlySpan<uint> words)
    {
        uint sum = 0;
        for (int i = 0; i < words.Length; i++)
        {
            sum = (sum * 31) + words[i];
        }

        return sum;
    }
}
