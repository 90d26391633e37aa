// 64-bit arithmetic on a 32-bit target: carries and borrows, multiplication, division by variables and constants,
// comparisons across both halves, shifts and rotates, and longs mixed with narrower values.
using System.Buffers.Binary;
using System.Numerics;

namespace XousCloud.Compiler.Cases;

public static class WideArithmetic
{
    public static long SumCarries(long a, long b) => a + b;

    public static long DifferenceBorrows(long a, long b) => a - b;

    public static long ProductWraps(long a, long b) => a * b;

    public static ulong UnsignedSumCarries(ulong a, ulong b) => a + b;

    public static ulong UnsignedProductWraps(ulong a, ulong b) => a * b;

    public static long NegationBorrows(long a) => -a;

    public static long ComplementOfBothHalves(long a) => ~a;

    public static long And(long a, long b) => a & b;

    public static long Or(long a, long b) => a | b;

    public static long Xor(long a, long b) => a ^ b;

    public static ulong AndNot(ulong a, ulong b) => a & ~b;

    public static long IncrementCarriesAcrossHalves(long a)
    {
        a++;
        return a;
    }

    public static long DecrementBorrowsAcrossHalves(long a)
    {
        a--;
        return a;
    }

    public static ulong SumOfLowHalfMaxCarries(uint a, uint b) => (ulong)a + b;

    public static long AddSmallConstant(long a) => a + 2047;

    public static long AddLargerConstant(long a) => a + 2048;

    public static long AddNegativeConstant(long a) => a - 1000;

    public static long AddThirtyTwoBitUnsignedConstant(long a) => a + 0xFFFF_FFFFL;

    public static long AddConstantInUpperHalfOnly(long a) => a + 0x1_0000_0000L;

    public static long AddSixtyFourBitConstant(long a) => a + 0x7FFF_FFFF_8000_0001L;

    public static long ConstantMinusLong(long a) => 5 - a;

    public static long AndWithThirtyTwoBitMask(long a) => a & 0xFFFF_FFFFL;

    public static long AndWithUpperMask(long a) => a & unchecked((long)0xFFFF_FFFF_0000_0000UL);

    public static long AndWithSignExtendedMask(long a) => a & -256;

    public static ulong OrWithBit31DoesNotExtend(ulong a) => a | 0x8000_0000UL;

    public static long OrWithMinValueOfInt(long a) => a | int.MinValue;

    public static long XorWithMinusOne(long a) => a ^ -1L;

    public static long SumOfThreeCarriesTwice(long a, long b, long c) => a + b + c;

    public static long FourTermsMixedSigns(long a, long b, long c, long d) => a - b + c - d;

    public static long SumOfLongAndInt(long a, int b) => a + b;

    public static long DifferenceOfLongAndUInt(long a, uint b) => a - b;

    public static long LongTimesInt(long a, int b) => a * b;

    public static ulong ULongTimesUInt(ulong a, uint b) => a * b;

    public static long MultiplyByMinusOne(long a) => a * -1;

    public static long MultiplyByThree(long a) => a * 3;

    public static long MultiplyByPowerOfTwo(long a) => a * 1024;

    public static long MultiplyByTwoToThe32(long a) => a * 0x1_0000_0000L;

    public static long MultiplyByTwoToThe40(long a) => a * (1L << 40);

    public static long MultiplyByTen(long a) => a * 10;

    public static ulong MultiplyBySixtyFourBitConstant(ulong a) => a * 6364136223846793005UL;

    public static long Square(long a) => a * a;

    public static ulong FullProductOfUInts(uint a, uint b) => (ulong)a * b;

    public static long FullProductOfInts(int a, int b) => (long)a * b;

    public static long ProductOfIntAndUInt(int a, uint b) => (long)a * b;

    public static long ProductOfNarrowValues(short a, ushort b) => (long)a * b;

    public static long MultiplyAccumulate(long sum, int a, int b) => sum + ((long)a * b);

    public static ulong HighHalfByBigMul(ulong a, ulong b) => Math.BigMul(a, b, out _);

    public static ulong LowHalfByBigMul(ulong a, ulong b)
    {
        _ = Math.BigMul(a, b, out ulong low);
        return low;
    }

    public static long SignedHighHalfByBigMul(long a, long b) => Math.BigMul(a, b, out _);

    public static ulong HighHalfBySchoolbook(ulong a, ulong b)
    {
        uint al = (uint)a;
        uint ah = (uint)(a >> 32);
        uint bl = (uint)b;
        uint bh = (uint)(b >> 32);
        ulong low = (ulong)al * bl;
        ulong mid = ((ulong)ah * bl) + (low >> 32);
        ulong mid2 = ((ulong)al * bh) + (uint)mid;
        return ((ulong)ah * bh) + (mid >> 32) + (mid2 >> 32);
    }

    public static int LowHalf(long a) => (int)a;

    public static int HighHalf(long a) => (int)(a >> 32);

    public static ulong ComposeFromHalves(uint high, uint low) => ((ulong)high << 32) | low;

    public static long ComposeFromSignedHalves(int high, int low) => ((long)high << 32) | (uint)low;

    public static long ComposeForgettingToMask(int high, int low) => ((long)high << 32) + low;

    public static ulong SwapHalves(ulong a) => (a << 32) | (a >> 32);

    public static long CarryChainByHand(uint a, uint b, uint c, uint d)
    {
        uint low = a + b;
        uint carry = low < a ? 1u : 0u;
        uint high = c + d + carry;
        return ((long)high << 32) | low;
    }

    public static ulong AddWithCarryOutFolded(ulong a, ulong b)
    {
        ulong sum = a + b;
        return sum < a ? sum + 1 : sum;
    }

    public static ulong SubtractWithBorrowOutFolded(ulong a, ulong b)
    {
        ulong difference = a - b;
        return a < b ? difference - 1 : difference;
    }

    public static long MinOfLongs(long a, long b) => Math.Min(a, b);

    public static long MaxOfLongs(long a, long b) => Math.Max(a, b);

    public static ulong MinOfULongs(ulong a, ulong b) => Math.Min(a, b);

    public static ulong MaxOfULongs(ulong a, ulong b) => Math.Max(a, b);

    public static long ClampLong(long a) => Math.Clamp(a, -5_000_000_000L, 5_000_000_000L);

    public static long AbsThrowsAtMinValue(long a) => Math.Abs(a);

    public static int SignOfLong(long a) => Math.Sign(a);

    public static long AbsWithoutBranch(long a)
    {
        long mask = a >> 63;
        return (a ^ mask) - mask;
    }

    public static long SelectByTernary(bool c, long a, long b) => c ? a : b;

    public static long SelectByComparison(int a, int b, long c, long d) => a < b ? c : d;

    public static long AverageWithoutOverflow(long a, long b) => (a & b) + ((a ^ b) >> 1);

    public static ulong SaturatingAdd(ulong a, ulong b)
    {
        ulong sum = a + b;
        return sum < a ? ulong.MaxValue : sum;
    }

    public static long SaturatingSubtract(long a, long b)
    {
        long difference = a - b;
        return ((a ^ b) & (a ^ difference)) < 0 ? (a < 0 ? long.MinValue : long.MaxValue) : difference;
    }

    public static ulong LongConstants(byte a) => (a & 7) switch
    {
        0 => 0UL,
        1 => 0xFFFF_FFFFUL,
        2 => 0x1_0000_0000UL,
        3 => 0x8000_0000UL,
        4 => 0xFFFF_FFFF_8000_0000UL,
        5 => 0x8000_0000_0000_0000UL,
        6 => 0x0123_4567_89AB_CDEFUL,
        _ => ulong.MaxValue,
    };
}

public static class WideDivide
{
    public static long Quotient(long a, long b) => a / b;

    public static long Remainder(long a, long b) => a % b;

    public static ulong UnsignedQuotient(ulong a, ulong b) => a / b;

    public static ulong UnsignedRemainder(ulong a, ulong b) => a % b;

    public static long QuotientByMinusOneOverflowsAtMinValue(long a) => a / -1;

    public static long MinValueByVariable(long a) => long.MinValue / a;

    public static ulong MaxValueByVariable(ulong a) => ulong.MaxValue / a;

    public static long QuotientByInt(long a, int b) => a / b;

    public static long RemainderByInt(long a, int b) => a % b;

    public static ulong QuotientByUInt(ulong a, uint b) => a / b;

    public static ulong QuotientByNarrow(ulong a, byte b) => a / b;

    public static long IntByLong(int a, long b) => a / b;

    public static long QuotientAndRemainderRecompose(long a, long b) => (a / b * b) + (a % b) - a;

    public static long DivRemGivesBoth(long a, long b)
    {
        long quotient = Math.DivRem(a, b, out long remainder);
        return quotient ^ (remainder << 7);
    }

    public static ulong DivisorWithTopBitSet(ulong a, ulong b) => a / (b | 0x8000_0000_0000_0000UL);

    public static ulong DivisorJustAboveThirtyTwoBits(ulong a, byte b) => a / (0x1_0000_0000UL + b);

    public static ulong DivisorJustBelowThirtyTwoBits(ulong a, byte b) => a / (0xFFFF_FFFFUL - b);

    public static ulong DividendSmallerThanDivisor(uint a, ulong b) => a % (b | 0x1_0000_0000UL);

    public static ulong DivisorWithZeroLowHalf(ulong a, uint b) => a / ((ulong)(b | 1) << 32);

    public static long By2RoundsToZero(long a) => a / 2;

    public static long By3(long a) => a / 3;

    public static long By7(long a) => a / 7;

    public static long By10(long a) => a / 10;

    public static long By1000(long a) => a / 1000;

    public static long ByMinus10(long a) => a / -10;

    public static long ByMinus16(long a) => a / -16;

    public static long By4096(long a) => a / 4096;

    public static long ByTwoToThe32(long a) => a / 0x1_0000_0000L;

    public static long ByTwoToThe62(long a) => a / (1L << 62);

    public static long ByMinValue(long a) => a / long.MinValue;

    public static long ByMaxValue(long a) => a / long.MaxValue;

    public static long ByBillion(long a) => a / 1_000_000_000;

    public static long ByTenToThe18(long a) => a / 1_000_000_000_000_000_000;

    public static long Remainder2(long a) => a % 2;

    public static long Remainder10(long a) => a % 10;

    public static long Remainder16KeepsSign(long a) => a % 16;

    public static long RemainderMinus7(long a) => a % -7;

    public static long RemainderTwoToThe40(long a) => a % (1L << 40);

    public static long RemainderMinValue(long a) => a % long.MinValue;

    public static ulong UnsignedBy3(ulong a) => a / 3;

    public static ulong UnsignedBy5(ulong a) => a / 5;

    public static ulong UnsignedBy7(ulong a) => a / 7;

    public static ulong UnsignedBy10(ulong a) => a / 10;

    public static ulong UnsignedBy100(ulong a) => a / 100;

    public static ulong UnsignedBy641(ulong a) => a / 641;

    public static ulong UnsignedByTwoToThe33(ulong a) => a / (1UL << 33);

    public static ulong UnsignedByTopBit(ulong a) => a / (1UL << 63);

    public static ulong UnsignedByAboveTopBit(ulong a) => a / 0x8000_0000_0000_0001UL;

    public static ulong UnsignedByUIntMaxValue(ulong a) => a / uint.MaxValue;

    public static ulong UnsignedByMaxValue(ulong a) => a / ulong.MaxValue;

    public static ulong UnsignedRemainder10(ulong a) => a % 10;

    public static ulong UnsignedRemainder1000000007(ulong a) => a % 1_000_000_007;

    public static ulong UnsignedRemainderTwoToThe36IsMask(ulong a) => a % (1UL << 36);

    public static ulong UnsignedRemainderUIntMaxValue(ulong a) => a % uint.MaxValue;

    public static bool EvenTestOfNegatives(long a) => a % 2 == 0;

    public static bool DivisibleBy7(ulong a) => a % 7 == 0;

    public static int DecimalDigitSum(ulong a)
    {
        int sum = 0;
        while (a != 0)
        {
            sum += (int)(a % 10);
            a /= 10;
        }

        return sum;
    }

    public static ulong GreatestCommonDivisorSteps(ulong a, ulong b)
    {
        for (int i = 0; i < 100 && b != 0; i++)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    public static uint ModularMultiply(uint a, uint b, uint m) => (uint)((ulong)a * b % (m | 1));

    public static uint ModularPower(uint value, ushort exponent, uint modulus)
    {
        ulong m = modulus | 1;
        ulong result = 1;
        ulong power = value % m;
        for (int e = exponent; e != 0; e >>= 1)
        {
            if ((e & 1) != 0)
            {
                result = result * power % m;
            }

            power = power * power % m;
        }

        return (uint)result;
    }

    public static long TicksToMilliseconds(long ticks, int frequency)
    {
        long f = (frequency & 0xFFFFF) + 1;
        return (ticks / f * 1000) + (ticks % f * 1000 / f);
    }
}

public static class WideComparisons
{
    public static bool Less(long a, long b) => a < b;

    public static bool LessOrEqual(long a, long b) => a <= b;

    public static bool Greater(long a, long b) => a > b;

    public static bool GreaterOrEqual(long a, long b) => a >= b;

    public static bool Equal(long a, long b) => a == b;

    public static bool NotEqual(long a, long b) => a != b;

    public static bool UnsignedLess(ulong a, ulong b) => a < b;

    public static bool UnsignedLessOrEqual(ulong a, ulong b) => a <= b;

    public static bool UnsignedGreater(ulong a, ulong b) => a > b;

    public static bool UnsignedGreaterOrEqual(ulong a, ulong b) => a >= b;

    public static bool EqualHighHalvesCompareLowUnsigned(int high, uint low1, uint low2) =>
        (((long)high << 32) | low1) < (((long)high << 32) | low2);

    public static bool EqualLowHalvesCompareHighSigned(int high1, int high2, uint low) =>
        (((long)high1 << 32) | low) < (((long)high2 << 32) | low);

    public static bool EqualLowHalvesAreNotEqualValues(uint high1, uint high2, uint low) =>
        (((ulong)high1 << 32) | low) == (((ulong)high2 << 32) | low);

    public static int BranchesOnAllRelations(long a, long b)
    {
        int r = 0;
        if (a < b)
        {
            r |= 1;
        }

        if (a <= b)
        {
            r |= 2;
        }

        if (a > b)
        {
            r |= 4;
        }

        if (a >= b)
        {
            r |= 8;
        }

        if (a == b)
        {
            r |= 16;
        }

        if (a != b)
        {
            r |= 32;
        }

        return r;
    }

    public static int UnsignedBranchesOnAllRelations(ulong a, ulong b)
    {
        int r = 0;
        if (a < b)
        {
            r |= 1;
        }

        if (a <= b)
        {
            r |= 2;
        }

        if (a > b)
        {
            r |= 4;
        }

        if (a >= b)
        {
            r |= 8;
        }

        return r;
    }

    public static bool LessThanZeroLooksAtHighHalf(long a) => a < 0;

    public static bool GreaterThanZeroNeedsBothHalves(long a) => a > 0;

    public static bool LessOrEqualZeroNeedsBothHalves(long a) => a <= 0;

    public static bool EqualsZeroNeedsBothHalves(long a) => a == 0;

    public static bool EqualsMinusOneNeedsBothHalves(long a) => a == -1;

    public static bool AgainstIntMaxValue(long a) => a > int.MaxValue;

    public static bool AgainstIntMinValue(long a) => a >= int.MinValue;

    public static bool AgainstUIntMaxValue(long a) => a <= uint.MaxValue;

    public static bool AgainstTwoToThe32(ulong a) => a < 0x1_0000_0000UL;

    public static bool AgainstTopBit(ulong a) => a >= 0x8000_0000_0000_0000UL;

    public static bool AgainstSixtyFourBitConstant(long a) => a < -0x1234_5678_9ABCL;

    public static bool FitsInInt(long a) => a is >= int.MinValue and <= int.MaxValue;

    public static bool LongAgainstInt(long a, int b) => a < b;

    public static bool LongAgainstUInt(long a, uint b) => a < b;

    public static bool ULongAgainstByte(ulong a, byte b) => a > b;

    public static bool SignedCastOfUnsigned(ulong a, ulong b) => (long)a < (long)b;

    public static bool UnsignedCastOfSigned(long a, long b) => (ulong)a < (ulong)b;

    public static bool AndMaskAcrossHalvesIsZero(ulong a, ulong b) => (a & b) == 0;

    public static int ThreeWay(long a, long b) => (a > b ? 1 : 0) - (a < b ? 1 : 0);

    public static bool ComparisonResultsCombine(long a, long b, ulong c, ulong d) => (a < b) ^ (c < d);

    public static int SwitchOnLongWithConstantsAboveThirtyTwoBits(long a) => a switch
    {
        0 => 1,
        1 => 2,
        -1 => 3,
        0x1_0000_0000 => 4,
        0x1_0000_0001 => 5,
        uint.MaxValue => 6,
        long.MinValue => 7,
        long.MaxValue => 8,
        _ => 0,
    };

    public static int SwitchOnDenseLong(long a)
    {
        switch (a)
        {
            case 0:
                return 10;
            case 1:
                return 11;
            case 2:
                return 12;
            case 3:
                return 13;
            case 4:
                return 14;
            case 5:
                return 15;
            default:
                return -1;
        }
    }

    public static int RelationalPatternsOnULong(ulong a) => a switch
    {
        < 10 => 0,
        < 0x1_0000_0000 => 1,
        0x1_0000_0000 => 2,
        < 0x8000_0000_0000_0000 => 3,
        _ => 4,
    };
}

public static class WideShifts
{
    public static long LeftByVariable(long a, int n) => a << n;

    public static long ArithmeticRightByVariable(long a, int n) => a >> n;

    public static ulong LogicalRightByVariable(ulong a, int n) => a >> n;

    public static long UnsignedRightOfSignedByVariable(long a, int n) => a >>> n;

    public static long LeftByZeroIsIdentity(long a) => a << 0;

    public static long LeftBy1(long a) => a << 1;

    public static long LeftBy31(long a) => a << 31;

    public static long LeftBy32(long a) => a << 32;

    public static long LeftBy33(long a) => a << 33;

    public static long LeftBy63(long a) => a << 63;

    public static long LeftBy64IsIdentity(long a) => a << 64;

    public static long RightBy1(long a) => a >> 1;

    public static long RightBy31(long a) => a >> 31;

    public static long RightBy32(long a) => a >> 32;

    public static long RightBy33(long a) => a >> 33;

    public static long RightBy63IsSignMask(long a) => a >> 63;

    public static ulong UnsignedRightBy1(ulong a) => a >> 1;

    public static ulong UnsignedRightBy31(ulong a) => a >> 31;

    public static ulong UnsignedRightBy32(ulong a) => a >> 32;

    public static ulong UnsignedRightBy33(ulong a) => a >> 33;

    public static ulong UnsignedRightBy63(ulong a) => a >> 63;

    public static long CountFromByte(long a, byte n) => a >> n;

    public static ulong CountFromNegativeSByte(ulong a, sbyte n) => a << n;

    public static long CountMinusVariableMasks(long a, int n) => a << (64 - n);

    public static ulong CountKnownBelow32(ulong a, int n) => a >> (n & 31);

    public static ulong CountKnownAtLeast32(ulong a, int n) => a << (32 | (n & 31));

    public static long OfWidenedInt(int a, int n) => (long)a << n;

    public static ulong OfWidenedUInt(uint a, int n) => (ulong)a << n;

    public static int NarrowedAfterRight(long a, int n) => (int)(a >> n);

    public static byte ByteOfULong(ulong a, int n) => (byte)(a >> (8 * (n & 7)));

    public static bool BitOfULong(ulong a, int n) => ((a >> n) & 1) != 0;

    public static ulong SetBit(ulong a, int n) => a | (1UL << n);

    public static ulong ClearBit(ulong a, int n) => a & ~(1UL << n);

    public static ulong OneShiftedAsIntExtends(ulong a, int n) => a ^ (ulong)(1 << n);

    public static ulong RotateLeftIdiom(ulong a, int n) => (a << n) | (a >> (64 - n));

    public static ulong RotateRightMethod(ulong a, int n) => BitOperations.RotateRight(a, n);

    public static ulong RotateLeftMethod(ulong a, int n) => BitOperations.RotateLeft(a, n);

    public static ulong RotateBy1(ulong a) => BitOperations.RotateLeft(a, 1);

    public static ulong RotateBy32SwapsHalves(ulong a) => BitOperations.RotateLeft(a, 32);

    public static ulong RotateBy45(ulong a) => BitOperations.RotateLeft(a, 45);

    public static uint FunnelFromTwoWords(uint high, uint low, int n) =>
        (uint)(((((ulong)high << 32) | low) << (n & 31)) >> 32);

    public static long SignExtendFortyBits(long a) => a << 24 >> 24;

    public static ulong ExtractField(ulong a, int start, int length)
    {
        int width = (length & 31) + 1;
        return (a >> (start & 31)) & ((1UL << width) - 1);
    }

    public static ulong CompoundShiftsInPlace(ulong a, int n)
    {
        a <<= n;
        a >>= 3;
        a ^= a << 40;
        return a;
    }

    public static long CompoundUnsignedShiftOfSigned(long a, int n)
    {
        a >>>= n;
        a >>= 1;
        return a;
    }

    public static ulong DoublingInLoop(ulong a, byte count)
    {
        for (int i = 0; i < (count & 127); i++)
        {
            a = (a << 1) | (a >> 63);
        }

        return a;
    }

    public static ulong ShiftCountGrowsInLoop(ulong a)
    {
        ulong sum = 0;
        for (int n = 0; n < 70; n += 5)
        {
            sum ^= (a >> n) + (a << n);
        }

        return sum;
    }
}

public static class WideAlgorithms
{
    private static void AddTo(ref long target, int value) => target += value;

    private static long HalfOf(long value) => value / 2;

    public static int PopCount(ulong a) => BitOperations.PopCount(a);

    public static int LeadingZeroCount(ulong a) => BitOperations.LeadingZeroCount(a);

    public static int TrailingZeroCount(ulong a) => BitOperations.TrailingZeroCount(a);

    public static int TrailingZeroCountOfLong(long a) => BitOperations.TrailingZeroCount(a);

    public static int Log2(ulong a) => BitOperations.Log2(a);

    public static bool IsPow2OfULong(ulong a) => BitOperations.IsPow2(a);

    public static ulong ReverseEndianness(ulong a) => BinaryPrimitives.ReverseEndianness(a);

    public static int PopCountByLoop(ulong a)
    {
        int count = 0;
        for (; a != 0; a &= a - 1)
        {
            count++;
        }

        return count;
    }

    public static ulong ReverseBits(ulong a)
    {
        a = ((a >> 1) & 0x5555_5555_5555_5555UL) | ((a & 0x5555_5555_5555_5555UL) << 1);
        a = ((a >> 2) & 0x3333_3333_3333_3333UL) | ((a & 0x3333_3333_3333_3333UL) << 2);
        a = ((a >> 4) & 0x0F0F_0F0F_0F0F_0F0FUL) | ((a & 0x0F0F_0F0F_0F0F_0F0FUL) << 4);
        return BinaryPrimitives.ReverseEndianness(a);
    }

    public static ulong SplitMix64(ulong a)
    {
        ulong z = a + 0x9E37_79B9_7F4A_7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return z ^ (z >> 31);
    }

    public static ulong XorShift64Star(ulong a, byte count)
    {
        ulong x = a | 1;
        for (int i = 0; i < (count & 31); i++)
        {
            x ^= x >> 12;
            x ^= x << 25;
            x ^= x >> 27;
        }

        return x * 2685821657736338717UL;
    }

    public static uint PermutedCongruential(ulong state, byte count)
    {
        uint output = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            ulong old = state;
            state = (old * 6364136223846793005UL) + 1442695040888963407UL;
            uint shifted = (uint)(((old >> 18) ^ old) >> 27);
            int rotation = (int)(old >> 59);
            output ^= (shifted >> rotation) | (shifted << (-rotation & 31));
        }

        return output;
    }

    public static ulong FowlerNollVo64(ulong value)
    {
        ulong hash = 14695981039346656037UL;
        for (int i = 0; i < 64; i += 8)
        {
            hash ^= (value >> i) & 0xFF;
            hash *= 1099511628211UL;
        }

        return hash;
    }

    public static long FibonacciWraps(byte n)
    {
        long a = 0;
        long b = 1;
        for (int i = 0; i < (n & 127); i++)
        {
            long next = a + b;
            a = b;
            b = next;
        }

        return a;
    }

    public static ulong FactorialWraps(byte n)
    {
        ulong result = 1;
        for (ulong i = 2; i <= (ulong)(n & 31); i++)
        {
            result *= i;
        }

        return result;
    }

    public static ulong SquareRootByNewton(ulong a)
    {
        if (a < 2)
        {
            return a;
        }

        ulong x = 1UL << ((BitOperations.Log2(a) / 2) + 1);
        for (int i = 0; i < 12; i++)
        {
            ulong next = (x + (a / x)) >> 1;
            if (next >= x)
            {
                break;
            }

            x = next;
        }

        return x;
    }

    public static int LongLoopCounterCrossesThirtyTwoBits(uint start)
    {
        int n = 0;
        long first = 0xFFFF_FFF0L + (start & 7);
        for (long i = first; i < 0x1_0000_0010L; i += 3)
        {
            n += (int)i;
        }

        return n;
    }

    public static int LongLoopCounterDownThroughZero(byte start)
    {
        int n = 0;
        for (long i = start & 31; i >= 0; i--)
        {
            n = (n * 3) + (int)i;
        }

        return n;
    }

    public static ulong ULongLoopCounterWraps(byte start)
    {
        ulong sum = 0;
        for (ulong i = ulong.MaxValue - (start & 15u); i != 20; i++)
        {
            sum = (sum * 3) ^ i;
        }

        return sum;
    }

    public static long AccumulatesIntsIntoLong(int a, byte count)
    {
        long sum = 0;
        int x = a;
        for (int i = 0; i < (count & 31); i++)
        {
            sum += x;
            x = (x * 1103515245) + 12345;
        }

        return sum;
    }

    public static long DotProductAccumulates(int a, int b, byte count)
    {
        long sum = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            sum += (long)(a + i) * (b - i);
        }

        return sum;
    }

    public static long UpdatedThroughReference(long a, int b)
    {
        long x = a;
        AddTo(ref x, b);
        AddTo(ref x, b);
        return x;
    }

    public static long ValueLiveAcrossCall(long a, long b)
    {
        long sum = a + b;
        long half = HalfOf(a);
        return sum ^ half;
    }

    public static long ManyLongsLiveAtOnce(long a, long b, long c, long d)
    {
        long e = a + b;
        long f = b - c;
        long g = c ^ d;
        long h = d + a;
        long i = e * f;
        long j = g - h;
        long k = HalfOf(i + j);
        return (a ^ b) + (c ^ d) + (e ^ f) + (g ^ h) + (i ^ j) + k;
    }

    public static long SwapsThroughTuple(long a, long b, int n)
    {
        for (int i = 0; i < (n & 7); i++)
        {
            (a, b) = (b + i, a - i);
        }

        return a - (b * 2);
    }

    public static unsafe int PointerToHalvesOfLocal(long a)
    {
        int* halves = (int*)&a;
        return halves[0] ^ (halves[1] + 1);
    }

    public static ulong CarrylessMultiply(uint a, uint b)
    {
        ulong result = 0;
        for (int i = 0; i < 32; i++)
        {
            if (((b >> i) & 1) != 0)
            {
                result ^= (ulong)a << i;
            }
        }

        return result;
    }

    public static ulong LongDivisionByBits(ulong a, uint b)
    {
        ulong divisor = b | 1u;
        ulong quotient = 0;
        ulong rest = 0;
        for (int i = 63; i >= 0; i--)
        {
            rest = (rest << 1) | ((a >> i) & 1);
            if (rest >= divisor)
            {
                rest -= divisor;
                quotient |= 1UL << i;
            }
        }

        return quotient;
    }

    public static long FixedPoint32Dot32Multiply(long a, int b)
    {
        long high = (a >> 32) * b;
        long low = (long)(((ulong)(uint)a * (uint)b) >> 32);
        return high + low;
    }

    public static ulong XteaRoundsOnHalves(ulong block, uint key)
    {
        uint left = (uint)block;
        uint right = (uint)(block >> 32);
        uint sum = 0;
        for (int i = 0; i < 16; i++)
        {
            left += (((right << 4) ^ (right >> 5)) + right) ^ (sum + key);
            sum += 0x9E37_79B9u;
            right += (((left << 4) ^ (left >> 5)) + left) ^ (sum + (key ^ 0x5A5A_5A5Au));
        }

        return ((ulong)right << 32) | left;
    }
}
