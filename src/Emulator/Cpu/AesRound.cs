// The scalar AES instructions of Zkne and Zknd for RV32: one byte of a column through the S-box, and for the
// middle rounds through the column mix, xored into the accumulator. What a byte adds is looked up: a table for each
// operation and place of the byte, so that the engines need no more than a load. Facts: RISC-V scalar cryptography,
// FIPS 197.

using System.Numerics;
using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Cpu;

/// <summary>aes32esi, aes32esmi, aes32dsi and aes32dsmi.</summary>
internal static unsafe class AesRound
{
    private const int Bytes = 256;
    private const int Places = 4;

    private static readonly byte[] SubBytes = new byte[Bytes];
    private static readonly byte[] InverseSubBytes = new byte[Bytes];

    // Never freed: translated code has its address.
    private static readonly uint* Tables = (uint*)NativeMemory.Alloc(4 * Places * Bytes, sizeof(uint));

    static AesRound()
    {
        FillBoxes();
        for (int place = 0; place < Places; place++)
        {
            for (int value = 0; value < Bytes; value++)
            {
                byte s = SubBytes[value];
                byte t = InverseSubBytes[value];
                Table(Operation.Aes32esi, place)[value] = Turn(s, place);
                Table(Operation.Aes32esmi, place)[value] = Turn(Column(Multiply(s, 2), s, s, Multiply(s, 3)), place);
                Table(Operation.Aes32dsi, place)[value] = Turn(t, place);
                Table(Operation.Aes32dsmi, place)[value] =
                    Turn(Column(Multiply(t, 0xE), Multiply(t, 9), Multiply(t, 0xD), Multiply(t, 0xB)), place);
            }
        }
    }

    /// <summary>What each of 256 bytes adds to the accumulator.</summary>
    /// <param name="operation">One of the four.</param>
    /// <param name="place">Which byte of the column it is: 0 to 3.</param>
    public static uint* Table(Operation operation, int place) =>
        Tables + (((operation - Operation.Aes32esi) * Places) + place) * Bytes;

    /// <summary>Executes one of the four.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="accumulator">rs1.</param>
    /// <param name="column">rs2.</param>
    /// <param name="place">Which byte of the column: 0 to 3.</param>
    public static uint Apply(Operation operation, uint accumulator, uint column, int place) =>
        accumulator ^ Table(operation, place)[(byte)(column >> (8 * place))];

    private static void FillBoxes()
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

    private static uint Turn(uint value, int place) => BitOperations.RotateLeft(value, 8 * place);

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
