// The compression functions of SHA-256 and SHA-512, which take a running state from the caller; the framework's
// classes do not. Facts: FIPS 180-4. SHA-256's constants and initial state are the upper halves of SHA-512's.

using static System.Numerics.BitOperations;

namespace XousCloud.Emulator.Peripherals;

/// <summary>SHA-2, block by block.</summary>
public static class Sha2
{
    private static readonly ulong[] Constants =
    [
        0x428A2F98D728AE22, 0x7137449123EF65CD, 0xB5C0FBCFEC4D3B2F, 0xE9B5DBA58189DBBC,
        0x3956C25BF348B538, 0x59F111F1B605D019, 0x923F82A4AF194F9B, 0xAB1C5ED5DA6D8118,
        0xD807AA98A3030242, 0x12835B0145706FBE, 0x243185BE4EE4B28C, 0x550C7DC3D5FFB4E2,
        0x72BE5D74F27B896F, 0x80DEB1FE3B1696B1, 0x9BDC06A725C71235, 0xC19BF174CF692694,
        0xE49B69C19EF14AD2, 0xEFBE4786384F25E3, 0x0FC19DC68B8CD5B5, 0x240CA1CC77AC9C65,
        0x2DE92C6F592B0275, 0x4A7484AA6EA6E483, 0x5CB0A9DCBD41FBD4, 0x76F988DA831153B5,
        0x983E5152EE66DFAB, 0xA831C66D2DB43210, 0xB00327C898FB213F, 0xBF597FC7BEEF0EE4,
        0xC6E00BF33DA88FC2, 0xD5A79147930AA725, 0x06CA6351E003826F, 0x142929670A0E6E70,
        0x27B70A8546D22FFC, 0x2E1B21385C26C926, 0x4D2C6DFC5AC42AED, 0x53380D139D95B3DF,
        0x650A73548BAF63DE, 0x766A0ABB3C77B2A8, 0x81C2C92E47EDAEE6, 0x92722C851482353B,
        0xA2BFE8A14CF10364, 0xA81A664BBC423001, 0xC24B8B70D0F89791, 0xC76C51A30654BE30,
        0xD192E819D6EF5218, 0xD69906245565A910, 0xF40E35855771202A, 0x106AA07032BBD1B8,
        0x19A4C116B8D2D0C8, 0x1E376C085141AB53, 0x2748774CDF8EEB99, 0x34B0BCB5E19B48A8,
        0x391C0CB3C5C95A63, 0x4ED8AA4AE3418ACB, 0x5B9CCA4F7763E373, 0x682E6FF3D6B2B8A3,
        0x748F82EE5DEFB2FC, 0x78A5636F43172F60, 0x84C87814A1F0AB72, 0x8CC702081A6439EC,
        0x90BEFFFA23631E28, 0xA4506CEBDE82BDE9, 0xBEF9A3F7B2C67915, 0xC67178F2E372532B,
        0xCA273ECEEA26619C, 0xD186B8C721C0C207, 0xEADA7DD6CDE0EB1E, 0xF57D4F7FEE6ED178,
        0x06F067AA72176FBA, 0x0A637DC5A2C898A6, 0x113F9804BEF90DAE, 0x1B710B35131C471B,
        0x28DB77F523047D84, 0x32CAAB7B40C72493, 0x3C9EBE0A15C9BEBC, 0x431D67C49C100D4C,
        0x4CC5D4BECB3E42B6, 0x597F299CFC657E2A, 0x5FCB6FAB3AD6FAEC, 0x6C44198C4A475817,
    ];

    private static readonly ulong[] Initial =
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ];

    /// <summary>Sets the initial state of SHA-256, 8 words.</summary>
    public static void Begin256(Span<uint> state)
    {
        for (int i = 0; i < 8; i++)
        {
            state[i] = (uint)(Initial[i] >> 32);
        }
    }

    /// <summary>Sets the initial state of SHA-512, 16 words, the upper half of each number first.</summary>
    public static void Begin512(Span<uint> state)
    {
        for (int i = 0; i < 8; i++)
        {
            state[2 * i] = (uint)(Initial[i] >> 32);
            state[(2 * i) + 1] = (uint)Initial[i];
        }
    }

    /// <summary>Takes one block of 16 words into a state of 8 words.</summary>
    public static void Compress256(Span<uint> state, ReadOnlySpan<uint> block)
    {
        Span<uint> w = stackalloc uint[64];
        block[..16].CopyTo(w);
        for (int i = 16; i < 64; i++)
        {
            uint x = w[i - 15];
            uint y = w[i - 2];
            w[i] = w[i - 16] + w[i - 7]
                + (RotateRight(x, 7) ^ RotateRight(x, 18) ^ (x >> 3))
                + (RotateRight(y, 17) ^ RotateRight(y, 19) ^ (y >> 10));
        }

        (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);
        (uint e, uint f, uint g, uint h) = (state[4], state[5], state[6], state[7]);
        for (int i = 0; i < 64; i++)
        {
            uint t1 = h + ((e & f) ^ (~e & g)) + (uint)(Constants[i] >> 32) + w[i]
                + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25));
            uint t2 = ((a & b) ^ (a & c) ^ (b & c))
                + (RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        ReadOnlySpan<uint> sums = [a, b, c, d, e, f, g, h];
        for (int i = 0; i < 8; i++)
        {
            state[i] += sums[i];
        }
    }

    /// <summary>Takes one block of 32 words into a state of 16 words, upper halves first.</summary>
    public static void Compress512(Span<uint> state, ReadOnlySpan<uint> block)
    {
        Span<ulong> w = stackalloc ulong[80];
        for (int i = 0; i < 16; i++)
        {
            w[i] = Join(block, i);
        }

        for (int i = 16; i < 80; i++)
        {
            ulong x = w[i - 15];
            ulong y = w[i - 2];
            w[i] = w[i - 16] + w[i - 7]
                + (RotateRight(x, 1) ^ RotateRight(x, 8) ^ (x >> 7))
                + (RotateRight(y, 19) ^ RotateRight(y, 61) ^ (y >> 6));
        }

        (ulong a, ulong b, ulong c, ulong d) = (Join(state, 0), Join(state, 1), Join(state, 2), Join(state, 3));
        (ulong e, ulong f, ulong g, ulong h) = (Join(state, 4), Join(state, 5), Join(state, 6), Join(state, 7));
        for (int i = 0; i < 80; i++)
        {
            ulong t1 = h + ((e & f) ^ (~e & g)) + Constants[i] + w[i]
                + (RotateRight(e, 14) ^ RotateRight(e, 18) ^ RotateRight(e, 41));
            ulong t2 = ((a & b) ^ (a & c) ^ (b & c))
                + (RotateRight(a, 28) ^ RotateRight(a, 34) ^ RotateRight(a, 39));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        ReadOnlySpan<ulong> sums = [a, b, c, d, e, f, g, h];
        for (int i = 0; i < 8; i++)
        {
            ulong sum = Join(state, i) + sums[i];
            state[2 * i] = (uint)(sum >> 32);
            state[(2 * i) + 1] = (uint)sum;
        }
    }

    private static ulong Join(ReadOnlySpan<uint> words, int index) =>
        ((ulong)words[2 * index] << 32) | words[(2 * index) + 1];
}
