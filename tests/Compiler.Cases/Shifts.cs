// 32-bit and narrow shifts and rotates: counts at and beyond the width, negative counts, arithmetic against logical,
// rotates written as idioms, and bit fields.
using System.Numerics;

namespace XousCloud.Compiler.Cases;

public static class Shifts
{
    public static int LeftByVariableMasksCount(int a, int n) => a << n;

    public static int RightByVariableIsArithmetic(int a, int n) => a >> n;

    public static uint UnsignedRightByVariableIsLogical(uint a, int n) => a >> n;

    public static int UnsignedRightOfSignedIsLogical(int a, int n) => a >>> n;

    public static uint UnsignedLeftByVariable(uint a, int n) => a << n;

    public static int LeftByZero(int a) => a << 0;

    public static int LeftBy1(int a) => a << 1;

    public static int LeftBy31(int a) => a << 31;

    public static int LeftBy32IsIdentity(int a) => a << 32;

    public static int LeftBy33IsLeftBy1(int a) => a << 33;

    public static int LeftByMinusOneIsLeftBy31(int a) => a << -1;

    public static int RightBy1OfNegativeRoundsDown(int a) => a >> 1;

    public static int RightBy31IsSignMask(int a) => a >> 31;

    public static int RightBy32IsIdentity(int a) => a >> 32;

    public static int LogicalRightBy31IsSignBit(int a) => a >>> 31;

    public static uint UnsignedRightBy31(uint a) => a >> 31;

    public static uint UnsignedRightBy32IsIdentity(uint a) => a >> 32;

    public static int CountFromByte(int a, byte n) => a << n;

    public static int CountFromSByte(int a, sbyte n) => a >> n;

    public static uint CountFromChar(uint a, char n) => a >> n;

    public static int CountFromTruncatedLong(int a, long n) => a << (int)n;

    public static int CountPlus32IsSameShift(int a, int n) => a << (n + 32);

    public static int CountNegated(int a, int n) => a >> -n;

    public static int Count32MinusVariable(int a, int n) => a << (32 - n);

    public static int CountMaskedByHand(int a, int n) => a << (n & 31);

    public static int CountMaskedWiderByHand(int a, int n) => a << (n & 63);

    public static int CountMaskedNarrowerByHand(int a, int n) => a << (n & 15);

    public static int CountComplementIs31Minus(int a, int n) => a << ~n;

    public static int TwoShiftsAreNotOneBeyondWidth(int a) => a << 20 << 20;

    public static uint TwoRightShiftsAreNotOneBeyondWidth(uint a) => a >> 20 >> 20;

    public static int TwoArithmeticShiftsSaturate(int a) => a >> 20 >> 20;

    public static int LeftThenArithmeticRight(int a) => a << 7 >> 7;

    public static uint LeftThenLogicalRight(uint a) => a << 7 >> 7;

    public static int ArithmeticRightThenLeft(int a) => a >> 5 << 5;

    public static int LeftThenRightByVariable(int a, int n) => a << n >> n;

    public static int OneShiftedByVariable(int n) => 1 << n;

    public static uint OneUnsignedShiftedByVariable(int n) => 1u << n;

    public static int MinusOneShiftedByVariable(int n) => -1 << n;

    public static int MinValueShiftedRight(int n) => int.MinValue >> n;

    public static uint MaxValueShiftedRight(int n) => uint.MaxValue >> n;

    public static uint LowMaskOfWidth(int n) => (1u << n) - 1;

    public static int ShiftBindsLooserThanAdd(int a, int b) => a << b + 1;

    public static int CompoundLeft(int a, int n)
    {
        a <<= n;
        a <<= 1;
        return a;
    }

    public static int CompoundRight(int a, int n)
    {
        a >>= n;
        a >>>= 1;
        return a;
    }

    public static int ShiftAndAddMultipliesByTen(int a) => (a << 3) + (a << 1);

    public static int ShiftAndSubtractMultipliesBySeven(int a) => (a << 3) - a;

    public static int SignOfDifferenceByShift(int a, int b) => (a - b) >> 31;

    public static int RoundingShift(int a, int n)
    {
        int by = (n & 15) + 1;
        return (a + (1 << (by - 1))) >> by;
    }

    public static int DivisionByShiftWithBias(int a, int n)
    {
        int by = n & 15;
        int bias = (a >> 31) & ((1 << by) - 1);
        return (a + bias) >> by;
    }

    public static int CountInLoopExceedsWidth(int a)
    {
        int sum = 0;
        for (int n = 0; n < 70; n += 3)
        {
            sum ^= (a << n) + (a >> n);
        }

        return sum;
    }

    public static uint SerialRegisterOfFeedback(uint a, byte count)
    {
        for (int i = 0; i < (count & 63); i++)
        {
            uint bit = (a ^ (a >> 2) ^ (a >> 3) ^ (a >> 5)) & 1;
            a = (a >> 1) | (bit << 31);
        }

        return a;
    }
}

public static class NarrowShifts
{
    public static int SByteLeftIsTruncated(sbyte a, int n) => (sbyte)(a << n);

    public static int SByteLeftInIntIsNotTruncated(sbyte a) => a << 4;

    public static int SByteRightIsArithmetic(sbyte a, int n) => a >> n;

    public static int SByteLogicalRightPromotesFirst(sbyte a) => a >>> 4;

    public static int SByteLogicalRightTruncatedBack(sbyte a) => (sbyte)(a >>> 4);

    public static int ByteLeftIsTruncated(byte a, int n) => (byte)(a << n);

    public static int ByteRightIsLogical(byte a, int n) => a >> n;

    public static int ByteShiftCountAboveWidthIsNotMaskedTo8(byte a) => (byte)(a << 9);

    public static int ByteLeftKeepsBit8InInt(byte a) => a << 1;

    public static int ShortLeftIsTruncated(short a, int n) => (short)(a << n);

    public static int ShortRightIsArithmetic(short a) => a >> 15;

    public static int UShortLeftIntoSignBit(ushort a) => a << 16;

    public static int UShortLeftThenRight(ushort a) => a << 16 >> 16;

    public static int CharRightIsLogical(char a, int n) => a >> n;

    public static int SByteCompoundLeftWraps(sbyte a)
    {
        a <<= 3;
        return a;
    }

    public static int SByteCompoundRightKeepsSign(sbyte a)
    {
        a >>= 2;
        return a;
    }

    public static int SByteCompoundLogicalRight(sbyte a)
    {
        a >>>= 2;
        return a;
    }

    public static int ByteCompoundShifts(byte a, int n)
    {
        a <<= n & 7;
        a >>= 1;
        return a;
    }

    public static int ShortCompoundShiftsByVariable(short a, int n)
    {
        a <<= n;
        a >>= n;
        return a;
    }

    public static int SwapNibbles(byte a) => (byte)((a << 4) | (a >> 4));

    public static int SwapBytesOfUShort(ushort a) => (ushort)((a << 8) | (a >> 8));

    public static int SwapBytesOfShortSmearsSign(short a) => (short)((a << 8) | (a >> 8));

    public static int SwapBytesOfShortThroughUShort(short a) => (short)(((ushort)a << 8) | ((ushort)a >> 8));

    public static int RotateByteLeft(byte a, int n) => (byte)((a << (n & 7)) | (a >> (8 - (n & 7))));

    public static int RotateUShortRight(ushort a, int n) => (ushort)((a >> (n & 15)) | (a << (16 - (n & 15))));

    public static int ByteFromWordWithShift(uint a, byte n) => (byte)(a >> (n & 24));

    public static int SByteFromWordWithShift(uint a, byte n) => (sbyte)(a >> (n & 24));

    public static uint AssembleBytes(byte a, byte b, byte c, byte d) => (uint)((a << 24) | (b << 16) | (c << 8) | d);

    public static long AssembleBytesSignExtends(byte a, byte b, byte c, byte d) => (a << 24) | (b << 16) | (c << 8) | d;

    public static int AssembleSignedShort(byte high, byte low) => (short)((high << 8) | low);
}

public static class Rotates
{
    public static uint LeftIdiom(uint a, int n) => (a << n) | (a >> (32 - n));

    public static uint RightIdiom(uint a, int n) => (a >> n) | (a << (32 - n));

    public static uint LeftIdiomWithNegatedCount(uint a, int n) => (a << n) | (a >> -n);

    public static uint LeftIdiomWithMaskedCounts(uint a, int n) => (a << (n & 31)) | (a >> (-n & 31));

    public static uint LeftIdiomWithAdd(uint a, int n) => (a << (n & 31)) + (a >> ((32 - n) & 31));

    // Not for a count of 0: the JIT of .NET 10 makes a rotation of it, which does not cancel there.
    public static uint LeftIdiomWithXor(uint a, int n) => (a << (n | 1)) ^ (a >> (32 - (n | 1)));

    public static uint LeftMethod(uint a, int n) => BitOperations.RotateLeft(a, n);

    public static uint RightMethod(uint a, int n) => BitOperations.RotateRight(a, n);

    public static uint LeftByZeroMethod(uint a) => BitOperations.RotateLeft(a, 0);

    public static uint LeftBy1Method(uint a) => BitOperations.RotateLeft(a, 1);

    public static uint LeftBy16SwapsHalves(uint a) => BitOperations.RotateLeft(a, 16);

    public static uint LeftBy31IsRightBy1(uint a) => BitOperations.RotateLeft(a, 31);

    public static uint RightBy7Idiom(uint a) => (a >> 7) | (a << 25);

    public static int SignedIdiomSmearsSign(int a, int n) => (a << n) | (a >> (32 - n));

    public static int SignedIdiomWithLogicalRight(int a, int n) => (a << n) | (a >>> (32 - n));

    public static uint AlmostRotateWithWrongTotal(uint a) => (a << 5) | (a >> 26);

    public static uint AlmostRotateOfTwoValues(uint a, uint b, int n) => (a << n) | (b >> (32 - n));

    public static uint Sha256SmallSigma(uint a) =>
        BitOperations.RotateRight(a, 7) ^ BitOperations.RotateRight(a, 18) ^ (a >> 3);

    public static uint Sha256BigSigma(uint a) =>
        ((a >> 2) | (a << 30)) ^ ((a >> 13) | (a << 19)) ^ ((a >> 22) | (a << 10));

    public static uint ChaChaQuarterRound(uint a, uint b, uint c, uint d)
    {
        a += b;
        d = BitOperations.RotateLeft(d ^ a, 16);
        c += d;
        b = BitOperations.RotateLeft(b ^ c, 12);
        a += b;
        d = BitOperations.RotateLeft(d ^ a, 8);
        c += d;
        b = BitOperations.RotateLeft(b ^ c, 7);
        return a ^ b ^ c ^ d;
    }

    public static uint AccumulatedRotation(uint a, byte count)
    {
        uint hash = a;
        for (int i = 0; i < (count & 63); i++)
        {
            hash = BitOperations.RotateLeft(hash, i) ^ 0x9E37_79B9u;
        }

        return hash;
    }

    public static uint CrcByBits(uint a)
    {
        uint crc = ~a;
        for (int i = 0; i < 32; i++)
        {
            crc = (crc >> 1) ^ (0xEDB8_8320u & (0u - (crc & 1)));
        }

        return ~crc;
    }

    public static ushort Crc16CcittByBits(ushort a)
    {
        int crc = 0xFFFF ^ a;
        for (int i = 0; i < 16; i++)
        {
            crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        }

        return (ushort)crc;
    }
}

public static class BitFields
{
    public static bool TestBitByVariable(uint a, int n) => (a & (1u << n)) != 0;

    public static bool TestBitByShiftDown(int a, int n) => ((a >> n) & 1) == 1;

    public static bool TestSignBit(int a) => (a & int.MinValue) != 0;

    public static bool TestBit11NeedsNoImmediate(int a) => (a & (1 << 11)) != 0;

    public static uint SetBitByVariable(uint a, int n) => a | (1u << n);

    public static uint ClearBitByVariable(uint a, int n) => a & ~(1u << n);

    public static uint ToggleBitByVariable(uint a, int n) => a ^ (1u << n);

    public static uint WriteBitFromBool(uint a, int n, bool value) => (a & ~(1u << n)) | ((value ? 1u : 0u) << n);

    public static uint ExtractUnsignedField(uint a) => (a >> 5) & 0x3FF;

    public static int ExtractSignedField(int a) => a << 17 >> 22;

    public static uint ExtractFieldByVariable(uint a, int start, int width) =>
        (a >> start) & ((1u << (width & 31)) - 1);

    public static uint InsertField(uint a, uint value) => (a & ~(0x3FFu << 5)) | ((value & 0x3FF) << 5);

    public static uint InsertFieldByVariable(uint a, uint value, int start, int width)
    {
        uint mask = ((1u << (width & 15)) - 1) << start;
        return (a & ~mask) | ((value << start) & mask);
    }

    public static uint SpreadBitsForMorton(ushort a)
    {
        uint x = a;
        x = (x | (x << 8)) & 0x00FF_00FFu;
        x = (x | (x << 4)) & 0x0F0F_0F0Fu;
        x = (x | (x << 2)) & 0x3333_3333u;
        return (x | (x << 1)) & 0x5555_5555u;
    }

    public static uint PixelFrom565(ushort a)
    {
        uint r = (uint)(a >> 11) & 31;
        uint g = (uint)(a >> 5) & 63;
        uint b = (uint)a & 31;
        return (((r << 3) | (r >> 2)) << 16) | (((g << 2) | (g >> 4)) << 8) | (b << 3) | (b >> 2);
    }

    public static int BranchImmediateOfRiscV(uint a)
    {
        int sign = (int)a >> 31 << 12;
        int middle = (int)((a >> 25) & 0x3F) << 5;
        int low = (int)((a >> 8) & 0xF) << 1;
        int bit11 = (int)((a >> 7) & 1) << 11;
        return sign | bit11 | middle | low;
    }

    public static int HighestSetBitByHalving(uint a)
    {
        int n = -1;
        if (a != 0)
        {
            n = 0;
            for (int step = 16; step != 0; step >>= 1)
            {
                if (a >> step != 0)
                {
                    a >>= step;
                    n += step;
                }
            }
        }

        return n;
    }
}
