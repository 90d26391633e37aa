// The scalar AES instructions of Zkne and Zknd for RV32: one byte of a column through the S-box, and for the
// middle rounds through the column mix, xored into the accumulator. Facts: RISC-V scalar cryptography, FIPS 197.

using System.Numerics;

namespace XousCloud.Emulator.Cpu;

/// <summary>aes32esi, aes32esmi, aes32dsi and aes32dsmi.</summary>
internal static class AesRound
{
    private static readonly byte[] SubBytes = new byte[256];
    private static readonly byte[] InverseSubBytes = new byte[256];

    static AesRound()
    {
        // Walk the field's multiplicative group with a generator and its inverse side by side: q is always 1 / p.
        byte p = 1;
        byte q = 1;
        do
        {
            p = (byte)(p ^ Double(p));
            q = Multiply(q, 0xF6);
            byte s = (byte)(q ^ Rotate(q, 1) ^ Rotate(q, 2) ^ Rotate(q, 3) ^ Rotate(q, 4) ^ 0x63);
            SubBytes[p] = s;
            InverseSubBytes[s] = p;
        }
        while (p != 1);

        SubBytes[0] = 0x63;
        InverseSubBytes[0x63] = 0;
    }

    public static uint EncryptFinal(uint accumulator, uint column, int index) =>
        Insert(accumulator, SubBytes[Select(column, index)], index);

    public static uint EncryptMiddle(uint accumulator, uint column, int index)
    {
        byte s = SubBytes[Select(column, index)];
        return Insert(accumulator, Column(Multiply(s, 2), s, s, Multiply(s, 3)), index);
    }

    public static uint DecryptFinal(uint accumulator, uint column, int index) =>
        Insert(accumulator, InverseSubBytes[Select(column, index)], index);

    public static uint DecryptMiddle(uint accumulator, uint column, int index)
    {
        byte s = InverseSubBytes[Select(column, index)];
        return Insert(accumulator, Column(Multiply(s, 0xE), Multiply(s, 9), Multiply(s, 0xD), Multiply(s, 0xB)), index);
    }

    private static byte Select(uint column, int index) => (byte)(column >> (8 * index));

    private static uint Insert(uint accumulator, uint value, int index) =>
        accumulator ^ BitOperations.RotateLeft(value, 8 * index);

    private static uint Column(byte b0, byte b1, byte b2, byte b3) => b0 | ((uint)b1 << 8) | ((uint)b2 << 16) | ((uint)b3 << 24);

    private static byte Rotate(byte value, int count) => (byte)((value << count) | (value >> (8 - count)));

    private static byte Double(byte value) => (byte)((value << 1) ^ ((value & 0x80) != 0 ? 0x1B : 0));

    private static byte Multiply(byte left, byte right)
    {
        byte product = 0;
        for (; right != 0; right >>= 1, left = Double(left))
        {
            product ^= (right & 1) != 0 ? left : (byte)0;
        }

        return product;
    }
}
