// 32-bit and sub-word arithmetic: wrapping, sign and zero extension of narrow results, comparisons, immediates at the
// edges of the RISC-V fields, division by constants, and small integer algorithms built from them.
using System.Numerics;

namespace XousCloud.Compiler.Cases;

public static class Arithmetic
{
    public static int IntSumWraps(int a, int b) => a + b;

    public static int IntDifferenceWraps(int a, int b) => a - b;

    public static int IntProductWraps(int a, int b) => a * b;

    public static int IntQuotientRoundsToZero(int a, int b) => a / b;

    public static int IntRemainderHasSignOfDividend(int a, int b) => a % b;

    public static uint UIntSumWraps(uint a, uint b) => a + b;

    public static uint UIntDifferenceWraps(uint a, uint b) => a - b;

    public static uint UIntProductWraps(uint a, uint b) => a * b;

    public static uint UIntQuotientIsUnsigned(uint a, uint b) => a / b;

    public static uint UIntRemainderIsUnsigned(uint a, uint b) => a % b;

    public static int NegationOfMinValueIsItself(int a) => -a;

    public static int ComplementIsNegativeLessOne(int a) => ~a - (-a - 1);

    public static uint UIntNegationByTwosComplement(uint a) => 0u - a;

    public static int DivisionByMinusOneOverflowsOnlyAtMinValue(int a) => a / -1;

    public static int MinValueDividedByVariable(int a) => int.MinValue / a;

    public static int MinValueRemainderByPositive(int a) => int.MinValue % ((a & 0xFFFF) + 1);

    public static uint MaxValueDividedByVariable(uint a) => uint.MaxValue / a;

    public static int DeadDivisionStillThrows(int a, int b)
    {
        _ = a / b;
        return a;
    }

    public static int DivisionInUntakenBranchDoesNotThrow(int a, int b) => b == 0 ? -1 : (int)((uint)a / (uint)b);

    public static int DivisionIsNotHoistedAboveGuard(int a, int b, int count)
    {
        int sum = 0;
        for (int i = 0; i < (count & 7); i++)
        {
            if (b != 0)
            {
                sum += (int)((long)a / b) + i;
            }
        }

        return sum;
    }

    public static int QuotientAndRemainderRecompose(int a, int b)
    {
        int quotient = a / b;
        int remainder = a % b;
        return (quotient * b) + remainder - a;
    }

    public static uint UnsignedQuotientAndRemainderTogether(uint a, uint b) => (a / b * 31) ^ (a % b);

    public static int MathDivRemGivesBoth(int a, int b)
    {
        int quotient = Math.DivRem(a, b, out int remainder);
        return quotient ^ (remainder * 65599);
    }

    public static uint MathDivRemTupleGivesBoth(uint a, uint b)
    {
        (uint quotient, uint remainder) = Math.DivRem(a, b);
        return quotient ^ (remainder * 65599);
    }

    public static int FloorModFromRemainder(int a, int b)
    {
        int divisor = (b & 0xFFF) + 1;
        int remainder = a % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }

    public static int CeilingDivision(int a, int b)
    {
        int divisor = (b & 0x7FFF) + 2;
        int quotient = a / divisor;
        return a % divisor > 0 ? quotient + 1 : quotient;
    }
}

public static class NarrowArithmetic
{
    public static sbyte SByteSumIsSignExtended(sbyte a, sbyte b) => (sbyte)(a + b);

    public static int SByteSumIsSignExtendedWhenWidened(sbyte a, sbyte b) => (sbyte)(a + b);

    public static int SByteSumInIntDoesNotWrap(sbyte a, sbyte b) => a + b;

    public static int SByteDifferenceIsSignExtended(sbyte a, sbyte b) => (sbyte)(a - b);

    public static int SByteProductIsSignExtended(sbyte a, sbyte b) => (sbyte)(a * b);

    public static int SByteNegationOfMinValueWraps(sbyte a) => (sbyte)-a;

    public static int SByteNegationInIntDoesNotWrap(sbyte a) => -a;

    public static int SByteQuotientOverflowsOnlyWhenNarrowed(sbyte a, sbyte b) => (sbyte)(a / b);

    public static int SByteQuotientInInt(sbyte a, sbyte b) => a / b;

    public static int SByteRemainder(sbyte a, sbyte b) => a % b;

    public static int ByteSumIsZeroExtendedWhenWidened(byte a, byte b) => (byte)(a + b);

    public static int ByteSumInIntDoesNotWrap(byte a, byte b) => a + b;

    public static int ByteDifferenceIsZeroExtended(byte a, byte b) => (byte)(a - b);

    public static int ByteDifferenceInIntIsSigned(byte a, byte b) => a - b;

    public static int ByteProductIsZeroExtended(byte a, byte b) => (byte)(a * b);

    public static int ByteComplementIsMasked(byte a) => (byte)~a;

    public static int ByteComplementInIntIsNegative(byte a) => ~a;

    public static int ByteNegationIsMasked(byte a) => (byte)-a;

    public static byte ByteQuotient(byte a, byte b) => (byte)(a / b);

    public static byte ByteRemainder(byte a, byte b) => (byte)(a % b);

    public static int ShortSumIsSignExtendedWhenWidened(short a, short b) => (short)(a + b);

    public static int ShortProductIsSignExtended(short a, short b) => (short)(a * b);

    public static int ShortProductInIntFits(short a, short b) => a * b;

    public static int ShortQuotientByMinusOneWraps(short a, short b) => (short)(a / b);

    public static int UShortSumIsZeroExtendedWhenWidened(ushort a, ushort b) => (ushort)(a + b);

    public static int UShortProductOverflowsIntoSign(ushort a, ushort b) => a * b;

    public static uint UShortProductAsUInt(ushort a, ushort b) => (uint)a * b;

    public static int UShortDifferenceIsZeroExtended(ushort a, ushort b) => (ushort)(a - b);

    public static int CharSumIsZeroExtendedWhenWidened(char a, char b) => (char)(a + b);

    public static int CharDifferenceIsSigned(char a, char b) => a - b;

    public static char CharIncrementWraps(char a) => ++a;

    public static int SByteIncrementWraps(sbyte a)
    {
        a++;
        return a;
    }

    public static int SByteDecrementWraps(sbyte a)
    {
        a--;
        return a;
    }

    public static int ByteIncrementWraps(byte a)
    {
        a++;
        return a;
    }

    public static int ByteDecrementWraps(byte a)
    {
        a--;
        return a;
    }

    public static int ShortIncrementWraps(short a)
    {
        a++;
        return a;
    }

    public static int UShortDecrementWraps(ushort a)
    {
        a--;
        return a;
    }

    public static int PostIncrementYieldsOldNarrowValue(byte a)
    {
        int old = a++;
        return (old << 8) | a;
    }

    public static int PreIncrementYieldsNewNarrowValue(sbyte a)
    {
        int fresh = ++a;
        return (fresh * 1000) + a;
    }

    public static int SByteCompoundAddWraps(sbyte a, int b)
    {
        a += (sbyte)b;
        a += 100;
        return a;
    }

    public static int ByteCompoundMultiplyWraps(byte a, byte b)
    {
        a *= b;
        a *= 3;
        return a;
    }

    public static int ShortCompoundSubtractWraps(short a, short b)
    {
        a -= b;
        a -= 30000;
        return a;
    }

    public static int UShortCompoundDivideAfterWrap(ushort a, ushort b)
    {
        a += 60000;
        a /= (ushort)(b | 1);
        return a;
    }

    public static int SByteCompoundRemainder(sbyte a, sbyte b)
    {
        a -= 77;
        a %= (sbyte)(b | 1);
        return a;
    }

    public static int ByteCompoundBitwise(byte a, byte b)
    {
        a ^= b;
        a |= 0x81;
        a &= 0xE7;
        return a;
    }

    public static bool SByteComparesAfterWrap(sbyte a, sbyte b) => (sbyte)(a + b) < a;

    public static bool ByteComparesAfterWrap(byte a, byte b) => (byte)(a + b) < a;

    public static bool UShortComparesAfterWrap(ushort a, ushort b) => (ushort)(a - b) > a;

    public static bool NarrowEqualityAfterWrap(sbyte a, byte b) => (sbyte)(a * 3) == (sbyte)b;

    public static int MixedSByteAndByteSum(sbyte a, byte b) => a + b;

    public static int MixedShortAndUShortCompare(short a, ushort b) => a < b ? -1 : a > b ? 1 : 0;

    public static int SByteAverageRoundsToZero(sbyte a, sbyte b) => (sbyte)((a + b) / 2);

    public static int ByteAverageKeepsCarry(byte a, byte b) => (byte)((a + b) >> 1);

    public static int SByteLocalIsTruncatedEachIteration(sbyte start, sbyte step, int count)
    {
        sbyte x = start;
        for (int i = 0; i < (count & 31); i++)
        {
            x += step;
            if (x < 0)
            {
                x ^= 0x55;
            }
        }

        return x;
    }

    public static int ByteAccumulatorFeedsDivision(byte a, byte b, int count)
    {
        byte x = a;
        int sum = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            x = (byte)((x * 5) + b);
            sum += x / 3;
        }

        return sum;
    }

    public static int TruncationIsNotLostThroughTernary(int a, int b, bool c)
    {
        sbyte x = c ? (sbyte)a : (sbyte)b;
        return x * 2;
    }

    public static int UpperBitsOfIntParameterAreDropped(int a)
    {
        ushort low = (ushort)a;
        ushort high = (ushort)(a >>> 16);
        return low - high;
    }

    public static bool BoolNegation(bool a) => !a;

    public static bool BoolXorIsZeroOrOne(bool a, bool b) => a ^ b;

    public static bool BoolNonShortCircuitAnd(bool a, bool b, bool c) => (a & b) | (!b & c);

    public static int BoolCountsByTernary(bool a, bool b, bool c, bool d) =>
        (a ? 1 : 0) + (b ? 2 : 0) + (c ? 4 : 0) + (d ? 8 : 0);

    public static bool BoolEqualityOfComparisons(int a, int b, int c, int d) => (a < b) == (c < d);

    public static bool BoolInequalityOfMixedComparisons(int a, int b, uint c, uint d) => (a <= b) != (c <= d);

    public static int BoolCompoundOperators(bool a, bool b, int c)
    {
        bool x = a;
        x &= c > 0;
        x |= b;
        x ^= c == 7;
        return x ? 1 : 0;
    }
}

public static class Comparisons
{
    public static bool IntLess(int a, int b) => a < b;

    public static bool IntLessOrEqual(int a, int b) => a <= b;

    public static bool IntGreater(int a, int b) => a > b;

    public static bool IntGreaterOrEqual(int a, int b) => a >= b;

    public static bool IntEqual(int a, int b) => a == b;

    public static bool IntNotEqual(int a, int b) => a != b;

    public static bool UIntLess(uint a, uint b) => a < b;

    public static bool UIntLessOrEqual(uint a, uint b) => a <= b;

    public static bool UIntGreater(uint a, uint b) => a > b;

    public static bool UIntGreaterOrEqual(uint a, uint b) => a >= b;

    public static int IntBranchesOnAllRelations(int a, int b)
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

    public static int UIntBranchesOnAllRelations(uint a, uint b)
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

    public static bool MixedIntAndUIntComparesAsLong(int a, uint b) => a < b;

    public static bool IntCastToUIntCompares(int a, int b) => (uint)a < (uint)b;

    public static bool RangeCheckByUnsignedCompare(int a) => (uint)(a - 10) <= 20u;

    public static bool RangeCheckBySignedPair(int a) => a >= 10 && a <= 30;

    public static bool UIntAgainstConstantAboveIntMax(uint a) => a > 0x8000_0000u;

    public static bool UIntAgainstMaxValueLessOne(uint a) => a >= 0xFFFF_FFFEu;

    public static bool UIntLessThanOneIsZeroTest(uint a) => a < 1;

    public static bool UIntGreaterThanZeroIsNonZeroTest(uint a) => a > 0;

    public static bool IntLessThanZero(int a) => a < 0;

    public static bool IntGreaterThanMinusOne(int a) => a > -1;

    public static bool IntLessThan2047(int a) => a < 2047;

    public static bool IntLessOrEqual2047(int a) => a <= 2047;

    public static bool IntLessThan2048(int a) => a < 2048;

    public static bool IntLessThanMinus2048(int a) => a < -2048;

    public static bool IntLessOrEqualMinus2049(int a) => a <= -2049;

    public static bool IntLessThanMaxValue(int a) => a < int.MaxValue;

    public static bool IntGreaterThanMinValue(int a) => a > int.MinValue;

    public static bool UIntLessThan2048(uint a) => a < 2048;

    public static bool UIntLessThanSignExtendedImmediate(uint a) => a < 0xFFFF_F800u;

    public static bool UIntLessThanJustBelowSignExtendedImmediate(uint a) => a < 0xFFFF_F7FFu;

    public static bool SubtractionIsNotUsedForCompare(int a, int b) => a - b < 0 == a < b;

    public static bool SumOverflowIsNotSimplifiedAway(int a) => a + 1 > a;

    public static bool ScaledCompareIsNotSimplified(int a, int b) => a * 2 < b * 2;

    public static bool UnsignedDifferenceCompare(uint a, uint b) => a - b < 100u;

    public static int ThreeWayCompareFromTwoBools(int a, int b) => (a > b ? 1 : 0) - (a < b ? 1 : 0);

    public static int SignOfInt(int a) => Math.Sign(a);

    public static int MinOfInts(int a, int b) => Math.Min(a, b);

    public static int MaxOfInts(int a, int b) => Math.Max(a, b);

    public static uint MinOfUInts(uint a, uint b) => Math.Min(a, b);

    public static uint MaxOfUInts(uint a, uint b) => Math.Max(a, b);

    public static sbyte MinOfSBytes(sbyte a, sbyte b) => Math.Min(a, b);

    public static byte MaxOfBytes(byte a, byte b) => Math.Max(a, b);

    public static short MaxOfShorts(short a, short b) => Math.Max(a, b);

    public static ushort MinOfUShorts(ushort a, ushort b) => Math.Min(a, b);

    public static int ClampIntToByteRange(int a) => Math.Clamp(a, 0, 255);

    public static uint ClampUIntAboveIntMax(uint a) => Math.Clamp(a, 5u, 0x9000_0000u);

    public static int AbsOfIntThrowsAtMinValue(int a) => Math.Abs(a);

    public static sbyte AbsOfSByteThrowsAtMinValue(sbyte a) => Math.Abs(a);

    public static short AbsOfShortThrowsAtMinValue(short a) => Math.Abs(a);

    public static bool AndMaskEqualsZero(uint a, uint b) => (a & b) == 0;

    public static bool NegatedCompoundCondition(int a, int b) => !(a < b && b != 0) || a == -1;
}

public static class Immediates
{
    public static int Add2047(int a) => a + 2047;

    public static int Add2048(int a) => a + 2048;

    public static int Subtract2048(int a) => a - 2048;

    public static int Subtract2049(int a) => a - 2049;

    public static int Add4096(int a) => a + 4096;

    public static int AddConstantWithNegativeLowPart(int a) => a + 0x12345FFF;

    public static int AddConstantWhoseHighPartRollsOver(int a) => a + 0x7FFFF800;

    public static uint AddConstantWhoseHighPartWrapsToZero(uint a) => a + 0xFFFF_F800u;

    public static uint AddJustBelowSmallestNegativeImmediate(uint a) => a + 0xFFFF_F7FFu;

    public static int AndWith2047(int a) => a & 2047;

    public static int AndWith2048(int a) => a & 2048;

    public static int AndWithSignExtendedMask(int a) => a & -2048;

    public static uint AndWithUnsignedUpperMask(uint a) => a & 0xFFFF_F000u;

    public static int OrWithFFF(int a) => a | 0xFFF;

    public static int OrWith7FF(int a) => a | 0x7FF;

    public static int OrWithMinus2048(int a) => a | -2048;

    public static int XorWithMinusOneIsComplement(int a) => a ^ -1;

    public static int XorWith800(int a) => a ^ 0x800;

    public static uint XorWithAlternatingBits(uint a) => a ^ 0xAAAA_5555u;

    public static int ConstantMinusVariable(int a) => 1000 - a;

    public static int MinValueMinusVariable(int a) => int.MinValue - a;

    public static int SumOfConstantsReassociates(int a) => a + int.MaxValue + 1 + 5;

    public static int MaxValueConstant(bool a) => a ? int.MaxValue : int.MinValue;

    public static uint UpperOnlyConstant(bool a) => a ? 0x8000_0000u : 0x0000_0800u;

    public static uint ConstantsAtLuiEdges(byte a) => (a & 7) switch
    {
        0 => 0x0000_07FFu,
        1 => 0x0000_0800u,
        2 => 0x0000_0FFFu,
        3 => 0x0000_1000u,
        4 => 0x7FFF_F7FFu,
        5 => 0x7FFF_F800u,
        6 => 0xFFFF_F7FFu,
        _ => 0xFFFF_F800u,
    };
}

public static class ConstantMultiply
{
    public static int ByZero(int a) => a * 0;

    public static int ByMinusOne(int a) => a * -1;

    public static int ByTwo(int a) => a * 2;

    public static int ByThree(int a) => a * 3;

    public static int ByFive(int a) => a * 5;

    public static int BySeven(int a) => a * 7;

    public static int ByMinusEight(int a) => a * -8;

    public static int ByTen(int a) => a * 10;

    public static int By255(int a) => a * 255;

    public static int By65537(int a) => a * 65537;

    public static int ByMinValue(int a) => a * int.MinValue;

    public static int ByMaxValue(int a) => a * int.MaxValue;

    public static uint ByLargeOdd(uint a) => a * 2654435761u;

    public static int OfNarrowOperand(sbyte a) => a * 300;

    public static int FactoredSumKeepsWrapping(int a, int b) => (a * 12) + (b * 12) - ((a + b) * 12);

    public static int MultiplyThenDivideIsNotCancelled(int a) => a * 6 / 6;

    public static uint UnsignedMultiplyThenDivideIsNotCancelled(uint a) => a * 10 / 10;

    public static int DivideThenMultiplyIsNotCancelled(int a) => a / 6 * 6;

    public static int MultiplyByPowerThenRemainder(int a) => a * 16 % 48;

    public static int Polynomial(int x) => (((((3 * x) + 7) * x) - 11) * x) + 13;
}

public static class ConstantDivide
{
    public static int By1(int a) => a / 1;

    public static int By2RoundsToZero(int a) => a / 2;

    public static int By3(int a) => a / 3;

    public static int By4RoundsToZero(int a) => a / 4;

    public static int By5(int a) => a / 5;

    public static int By6(int a) => a / 6;

    public static int By7NeedsAddedDividend(int a) => a / 7;

    public static int By9(int a) => a / 9;

    public static int By10(int a) => a / 10;

    public static int By11(int a) => a / 11;

    public static int By13(int a) => a / 13;

    public static int By25(int a) => a / 25;

    public static int By100(int a) => a / 100;

    public static int By125(int a) => a / 125;

    public static int By641(int a) => a / 641;

    public static int By1000(int a) => a / 1000;

    public static int By4096(int a) => a / 4096;

    public static int By1000000007(int a) => a / 1000000007;

    public static int ByHalfRange(int a) => a / (1 << 30);

    public static int ByMaxValue(int a) => a / int.MaxValue;

    public static int ByMinValue(int a) => a / int.MinValue;

    public static int ByMinus2(int a) => a / -2;

    public static int ByMinus3(int a) => a / -3;

    public static int ByMinus7(int a) => a / -7;

    public static int ByMinus8(int a) => a / -8;

    public static int ByMinus10(int a) => a / -10;

    public static int ByMinusMaxValue(int a) => a / -int.MaxValue;

    public static int Remainder2KeepsSign(int a) => a % 2;

    public static int Remainder3(int a) => a % 3;

    public static int Remainder7(int a) => a % 7;

    public static int Remainder8KeepsSign(int a) => a % 8;

    public static int Remainder10(int a) => a % 10;

    public static int Remainder1000(int a) => a % 1000;

    public static int RemainderMinus8IgnoresDivisorSign(int a) => a % -8;

    public static int RemainderMinus10(int a) => a % -10;

    public static int RemainderMinValue(int a) => a % int.MinValue;

    public static int RemainderMaxValue(int a) => a % int.MaxValue;

    public static bool RemainderOddTestOfNegatives(int a) => a % 2 == 1;

    public static bool RemainderEvenTest(int a) => a % 2 == 0;

    public static bool RemainderDivisibilityBy5(int a) => a % 5 == 0;

    public static uint Unsigned1(uint a) => a / 1;

    public static uint Unsigned2(uint a) => a / 2;

    public static uint Unsigned3(uint a) => a / 3;

    public static uint Unsigned5(uint a) => a / 5;

    public static uint Unsigned6(uint a) => a / 6;

    public static uint Unsigned7NeedsThirtyThreeBitMagic(uint a) => a / 7;

    public static uint Unsigned9(uint a) => a / 9;

    public static uint Unsigned10(uint a) => a / 10;

    public static uint Unsigned11(uint a) => a / 11;

    public static uint Unsigned12(uint a) => a / 12;

    public static uint Unsigned14NeedsPreShift(uint a) => a / 14;

    public static uint Unsigned25(uint a) => a / 25;

    public static uint Unsigned28NeedsPreShift(uint a) => a / 28;

    public static uint Unsigned100(uint a) => a / 100;

    public static uint Unsigned641(uint a) => a / 641;

    public static uint Unsigned1000(uint a) => a / 1000;

    public static uint Unsigned1000000000(uint a) => a / 1000000000;

    public static uint UnsignedIntMaxValue(uint a) => a / 0x7FFF_FFFFu;

    public static uint UnsignedTopBit(uint a) => a / 0x8000_0000u;

    public static uint UnsignedJustAboveTopBit(uint a) => a / 0x8000_0001u;

    public static uint UnsignedMaxValueLessOne(uint a) => a / 0xFFFF_FFFEu;

    public static uint UnsignedMaxValue(uint a) => a / 0xFFFF_FFFFu;

    public static uint UnsignedRemainder3(uint a) => a % 3;

    public static uint UnsignedRemainder7(uint a) => a % 7;

    public static uint UnsignedRemainder10(uint a) => a % 10;

    public static uint UnsignedRemainder16IsMask(uint a) => a % 16;

    public static uint UnsignedRemainder60(uint a) => a % 60;

    public static uint UnsignedRemainderTopBit(uint a) => a % 0x8000_0000u;

    public static uint UnsignedRemainderMaxValue(uint a) => a % 0xFFFF_FFFFu;

    public static int NarrowSByteBy10(sbyte a) => a / 10;

    public static int NarrowByteRemainder10(byte a) => a % 10;

    public static int NarrowShortByMinus3(short a) => a / -3;

    public static int NarrowUShortBy7(ushort a) => a / 7;

    public static int DivisionThenDivisionCombines(int a) => a / 10 / 100;

    public static int DivisionOfShiftedValue(int a) => (a << 2) / 4;

    public static int AverageByDivisionVersusShift(int a, int b) => ((a + b) / 2) - ((a + b) >> 1);

    public static int TimeFieldsFromSeconds(uint seconds)
    {
        uint s = seconds % 60;
        uint m = seconds / 60 % 60;
        uint h = seconds / 3600 % 24;
        return (int)((h * 10000) + (m * 100) + s);
    }
}

public static class IntegerAlgorithms
{
    public static int AverageWithoutOverflow(int a, int b) => (a & b) + ((a ^ b) >> 1);

    public static int AbsWithoutBranch(int a)
    {
        int mask = a >> 31;
        return (a ^ mask) - mask;
    }

    public static int MinWithoutBranch(int a, int b) => b ^ ((a ^ b) & -(a < b ? 1 : 0));

    public static uint SelectBitsByMask(uint a, uint b, uint mask) => (a & mask) | (b & ~mask);

    public static int SaturatingAddSigned(int a, int b)
    {
        int sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? int.MinValue : int.MaxValue) : sum;
    }

    public static uint SaturatingAddUnsigned(uint a, uint b)
    {
        uint sum = a + b;
        return sum < a ? uint.MaxValue : sum;
    }

    public static byte SaturatingSubtractByte(byte a, byte b) => (byte)(a > b ? a - b : 0);

    public static int PopCountByMasks(uint a)
    {
        a -= (a >> 1) & 0x5555_5555u;
        a = (a & 0x3333_3333u) + ((a >> 2) & 0x3333_3333u);
        a = (a + (a >> 4)) & 0x0F0F_0F0Fu;
        return (int)((a * 0x0101_0101u) >> 24);
    }

    public static int PopCountByClearingLowestBit(uint a)
    {
        int count = 0;
        while (a != 0)
        {
            a &= a - 1;
            count++;
        }

        return count;
    }

    public static int BitOperationsPopCount(uint a) => BitOperations.PopCount(a);

    public static int BitOperationsLeadingZeroCount(uint a) => BitOperations.LeadingZeroCount(a);

    public static int BitOperationsTrailingZeroCount(uint a) => BitOperations.TrailingZeroCount(a);

    public static int BitOperationsTrailingZeroCountOfInt(int a) => BitOperations.TrailingZeroCount(a);

    public static int BitOperationsLog2(uint a) => BitOperations.Log2(a);

    public static bool BitOperationsIsPow2OfInt(int a) => BitOperations.IsPow2(a);

    public static uint BitOperationsRoundUpToPowerOf2(uint a) => BitOperations.RoundUpToPowerOf2(a);

    public static uint ReverseBits(uint a)
    {
        a = ((a >> 1) & 0x5555_5555u) | ((a & 0x5555_5555u) << 1);
        a = ((a >> 2) & 0x3333_3333u) | ((a & 0x3333_3333u) << 2);
        a = ((a >> 4) & 0x0F0F_0F0Fu) | ((a & 0x0F0F_0F0Fu) << 4);
        a = ((a >> 8) & 0x00FF_00FFu) | ((a & 0x00FF_00FFu) << 8);
        return (a >> 16) | (a << 16);
    }

    public static uint ReverseBytes(uint a) =>
        (a << 24) | ((a & 0xFF00u) << 8) | ((a >> 8) & 0xFF00u) | (a >> 24);

    public static uint LowestSetBit(uint a) => a & (0u - a);

    public static int LowestSetBitOfInt(int a) => a & -a;

    public static bool IsPowerOfTwo(uint a) => a != 0 && (a & (a - 1)) == 0;

    public static bool Parity(uint a)
    {
        a ^= a >> 16;
        a ^= a >> 8;
        a ^= a >> 4;
        return ((0x6996 >> (int)(a & 15)) & 1) != 0;
    }

    public static uint GreatestCommonDivisor(uint a, uint b)
    {
        while (b != 0)
        {
            uint rest = a % b;
            a = b;
            b = rest;
        }

        return a;
    }

    public static uint SquareRootByBits(uint a)
    {
        uint root = 0;
        uint bit = 1u << 30;
        while (bit > a)
        {
            bit >>= 2;
        }

        while (bit != 0)
        {
            if (a >= root + bit)
            {
                a -= root + bit;
                root = (root >> 1) + bit;
            }
            else
            {
                root >>= 1;
            }

            bit >>= 2;
        }

        return root;
    }

    public static uint LinearCongruential(uint seed, byte count)
    {
        for (int i = 0; i < (count & 63); i++)
        {
            seed = (seed * 1664525u) + 1013904223u;
        }

        return seed;
    }

    public static uint XorShift32(uint seed, byte count)
    {
        uint x = seed | 1;
        for (int i = 0; i < (count & 63); i++)
        {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
        }

        return x;
    }

    public static uint FowlerNollVoOverBytes(uint value)
    {
        uint hash = 2166136261u;
        for (int i = 0; i < 4; i++)
        {
            hash ^= (byte)(value >> (8 * i));
            hash *= 16777619u;
        }

        return hash;
    }

    public static uint MurmurFinalizer(uint h)
    {
        h ^= h >> 16;
        h *= 0x85EB_CA6Bu;
        h ^= h >> 13;
        h *= 0xC2B2_AE35u;
        return h ^ (h >> 16);
    }

    public static uint PowerWraps(uint value, byte exponent)
    {
        uint result = 1;
        uint power = value;
        for (int e = exponent; e != 0; e >>= 1)
        {
            if ((e & 1) != 0)
            {
                result *= power;
            }

            power *= power;
        }

        return result;
    }

    public static int CollatzSteps(ushort start)
    {
        uint n = start + 1u;
        int steps = 0;
        while (n != 1 && steps < 200)
        {
            n = (n & 1) == 0 ? n / 2 : (3 * n) + 1;
            steps++;
        }

        return steps;
    }

    public static int DecimalDigitSum(int a)
    {
        int sum = 0;
        while (a != 0)
        {
            sum += a % 10;
            a /= 10;
        }

        return sum;
    }

    public static uint ToBinaryCodedDecimal(uint a)
    {
        uint n = a % 100000000;
        uint bcd = 0;
        for (int shift = 0; n != 0; shift += 4)
        {
            bcd |= n % 10 << shift;
            n /= 10;
        }

        return bcd;
    }

    public static uint GrayCodeRoundTrip(uint a)
    {
        uint gray = a ^ (a >> 1);
        uint back = gray;
        for (int shift = 1; shift < 32; shift <<= 1)
        {
            back ^= back >> shift;
        }

        return gray ^ (back * 3);
    }

    public static uint ModularInverseByNewton(uint a)
    {
        uint odd = a | 1;
        uint x = odd;
        for (int i = 0; i < 5; i++)
        {
            x *= 2 - (odd * x);
        }

        return x * odd ^ x;
    }

    public static int FibonacciWraps(byte n)
    {
        int a = 0;
        int b = 1;
        for (int i = 0; i < (n & 127); i++)
        {
            (a, b) = (b, a + b);
        }

        return a;
    }

    public static int DaysFromCivil(ushort year, byte month, byte day)
    {
        int m = (month % 12) + 1;
        int d = (day % 28) + 1;
        int y = year - (m <= 2 ? 1 : 0);
        int era = (y >= 0 ? y : y - 399) / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = (((153 * (m + (m > 2 ? -3 : 9))) + 2) / 5) + d - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146097) + dayOfEra - 719468;
    }

    public static int FixedPointMultiply(int a, int b) => (int)(((long)a * b) >> 16);

    public static int HighWordOfSignedProduct(int a, int b) => (int)(((long)a * b) >> 32);

    public static uint HighWordOfUnsignedProduct(uint a, uint b) => (uint)(((ulong)a * b) >> 32);

    public static int HighWordOfMixedProduct(int a, uint b) => (int)((a * (long)b) >> 32);

    public static uint HighWordByBigMul(uint a, uint b) => (uint)(Math.BigMul(a, b) >> 32);

    public static int HighWordOfSignedBigMul(int a, int b) => (int)(Math.BigMul(a, b) >> 32);

    public static uint HighWordBySixteenBitParts(uint a, uint b)
    {
        uint al = a & 0xFFFF;
        uint ah = a >> 16;
        uint bl = b & 0xFFFF;
        uint bh = b >> 16;
        uint low = al * bl;
        uint mid = (ah * bl) + (low >> 16);
        uint mid2 = (al * bh) + (mid & 0xFFFF);
        return (ah * bh) + (mid >> 16) + (mid2 >> 16);
    }
}
