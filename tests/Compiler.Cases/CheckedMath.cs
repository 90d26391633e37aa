// Checked arithmetic and checked conversions: exactly the inputs that do not fit must overflow, and nothing else.
namespace XousCloud.Compiler.Cases;

public static class CheckedArithmetic
{
    public static int IntAdd(int a, int b) => checked(a + b);

    public static int IntSubtract(int a, int b) => checked(a - b);

    public static int IntMultiply(int a, int b) => checked(a * b);

    public static int IntNegate(int a) => checked(-a);

    public static int IntDivideStillOverflows(int a, int b) => checked(a / b);

    public static uint UIntAdd(uint a, uint b) => checked(a + b);

    public static uint UIntSubtractThrowsBelowZero(uint a, uint b) => checked(a - b);

    public static uint UIntMultiply(uint a, uint b) => checked(a * b);

    public static long LongAdd(long a, long b) => checked(a + b);

    public static long LongSubtract(long a, long b) => checked(a - b);

    public static long LongMultiply(long a, long b) => checked(a * b);

    public static long LongNegate(long a) => checked(-a);

    public static ulong ULongAdd(ulong a, ulong b) => checked(a + b);

    public static ulong ULongSubtractThrowsBelowZero(ulong a, ulong b) => checked(a - b);

    public static ulong ULongMultiply(ulong a, ulong b) => checked(a * b);

    public static long NegatedUIntNeverThrows(uint a) => checked(-a);

    public static long IntPlusUIntIsLongAndNeverThrows(int a, uint b) => checked(a + b);

    public static int IntAddOne(int a) => checked(a + 1);

    public static int IntAddMinusOne(int a) => checked(a + -1);

    public static int IntSubtractOne(int a) => checked(a - 1);

    public static int IntAddMaxValue(int a) => checked(a + int.MaxValue);

    public static int IntSubtractMinValue(int a) => checked(a - int.MinValue);

    public static int IntAddZeroNeverThrows(int a) => checked(a + 0);

    public static int ConstantMinusInt(int a) => checked(-2 - a);

    public static int IntMultiplyByZeroNeverThrows(int a, int b) => checked(a * (b & 0));

    public static int IntMultiplyByTwo(int a) => checked(a * 2);

    public static int IntMultiplyByMinusOne(int a) => checked(a * -1);

    public static int IntMultiplyByMinusTwoKeepsMinValue(int a) => checked(a * -2);

    public static int IntMultiplyByTen(int a) => checked(a * 10);

    public static int IntMultiplyByMinValue(int a) => checked(a * int.MinValue);

    public static int IntSquareThrowsAbove46340(int a) => checked(a * a);

    public static uint UIntAddOne(uint a) => checked(a + 1);

    public static uint UIntSubtractOne(uint a) => checked(a - 1);

    public static uint UIntMultiplyByThree(uint a) => checked(a * 3);

    public static uint UIntMultiplyByTopBit(uint a) => checked(a * 0x8000_0000u);

    public static uint UIntSquareThrowsAbove65535(uint a) => checked(a * a);

    public static uint UIntConstantMinus(uint a) => checked(0x8000_0000u - a);

    public static long LongAddOne(long a) => checked(a + 1);

    public static long LongSubtractOne(long a) => checked(a - 1);

    public static long LongAddOfNegativeLowHalf(long a) => checked(a + -1);

    public static long LongMultiplyByMinusOne(long a) => checked(a * -1);

    public static long LongMultiplyByTen(long a) => checked(a * 10);

    public static long LongMultiplyByTwoToThe32(long a) => checked(a * 0x1_0000_0000L);

    public static long LongMultiplyByMinValue(long a) => checked(a * long.MinValue);

    public static long LongProductOfIntsNeverThrows(int a, int b) => checked((long)a * b);

    public static ulong ULongProductOfUIntsNeverThrows(uint a, uint b) => checked((ulong)a * b);

    public static long LongSquare(long a) => checked(a * a);

    public static ulong ULongAddOne(ulong a) => checked(a + 1);

    public static ulong ULongSubtractOne(ulong a) => checked(a - 1);

    public static ulong ULongMultiplyByThree(ulong a) => checked(a * 3);

    public static ulong ULongSquareThrowsAbove32Bits(ulong a) => checked(a * a);

    public static ulong ULongMultiplyOfUInts(uint a, uint b, uint c) => checked((ulong)a * b * c);

    public static ulong ULongMultiplyNearLimit(uint a, uint b) => checked((0x1_0000_0000UL | a) * b);

    public static int IntOperandsFromNarrow(short a, short b) => checked(a * b);

    public static int UShortProductThrowsAboveIntMax(ushort a, ushort b) => checked(a * b);

    public static long LongPlusInt(long a, int b) => checked(a + b);

    public static ulong ULongMinusByte(ulong a, byte b) => checked(a - b);
}

public static class CheckedNarrow
{
    public static int SByteAdd(sbyte a, sbyte b) => checked((sbyte)(a + b));

    public static int SByteMultiply(sbyte a, sbyte b) => checked((sbyte)(a * b));

    public static int SByteNegate(sbyte a) => checked((sbyte)-a);

    public static int SByteDivideByMinusOne(sbyte a, sbyte b) => checked((sbyte)(a / b));

    public static int ByteAdd(byte a, byte b) => checked((byte)(a + b));

    public static int ByteSubtract(byte a, byte b) => checked((byte)(a - b));

    public static int ByteMultiply(byte a, byte b) => checked((byte)(a * b));

    public static int ByteComplementAlwaysNegative(byte a, bool b) => checked((byte)(b ? ~a : a));

    public static int ShortAdd(short a, short b) => checked((short)(a + b));

    public static int ShortSubtract(short a, short b) => checked((short)(a - b));

    public static int ShortMultiply(short a, short b) => checked((short)(a * b));

    public static int UShortAdd(ushort a, ushort b) => checked((ushort)(a + b));

    public static int UShortSubtract(ushort a, ushort b) => checked((ushort)(a - b));

    public static int UShortMultiplyThrowsOnce(ushort a, ushort b) => checked((ushort)(a * b));

    public static char CharAdd(char a, byte b) => checked((char)(a + b));

    public static int SByteIncrement(sbyte a)
    {
        checked
        {
            a++;
        }

        return a;
    }

    public static int ByteDecrement(byte a)
    {
        checked
        {
            a--;
        }

        return a;
    }

    public static int ShortDecrement(short a)
    {
        checked
        {
            --a;
        }

        return a;
    }

    public static int UShortIncrement(ushort a)
    {
        checked
        {
            ++a;
        }

        return a;
    }

    public static char CharIncrement(char a)
    {
        checked
        {
            a++;
        }

        return a;
    }

    public static int IntIncrement(int a)
    {
        checked
        {
            a++;
        }

        return a;
    }

    public static uint UIntDecrement(uint a)
    {
        checked
        {
            a--;
        }

        return a;
    }

    public static long LongIncrement(long a)
    {
        checked
        {
            a++;
        }

        return a;
    }

    public static ulong ULongDecrement(ulong a)
    {
        checked
        {
            a--;
        }

        return a;
    }

    public static int ByteCompoundAdd(byte a, byte b)
    {
        checked
        {
            a += b;
            a += 1;
        }

        return a;
    }

    public static int SByteCompoundMultiply(sbyte a, sbyte b)
    {
        checked
        {
            a *= b;
        }

        return a;
    }

    public static int ShortCompoundLeftShiftOverflowsOnNarrowing(short a)
    {
        checked
        {
            a <<= 1;
        }

        return a;
    }

    public static uint UIntCompoundSubtract(uint a, uint b)
    {
        checked
        {
            a -= b;
        }

        return a;
    }
}

public static class CheckedConversions
{
    public static byte SByteToByteThrowsWhenNegative(sbyte a) => checked((byte)a);

    public static ushort SByteToUShortThrowsWhenNegative(sbyte a) => checked((ushort)a);

    public static char SByteToCharThrowsWhenNegative(sbyte a) => checked((char)a);

    public static uint SByteToUIntThrowsWhenNegative(sbyte a) => checked((uint)a);

    public static ulong SByteToULongThrowsWhenNegative(sbyte a) => checked((ulong)a);

    public static sbyte ByteToSByteThrowsAboveMax(byte a) => checked((sbyte)a);

    public static sbyte ShortToSByteThrowsOutOfRange(short a) => checked((sbyte)a);

    public static byte ShortToByteThrowsOutOfRange(short a) => checked((byte)a);

    public static ushort ShortToUShortThrowsWhenNegative(short a) => checked((ushort)a);

    public static char ShortToCharThrowsWhenNegative(short a) => checked((char)a);

    public static uint ShortToUIntThrowsWhenNegative(short a) => checked((uint)a);

    public static ulong ShortToULongThrowsWhenNegative(short a) => checked((ulong)a);

    public static sbyte UShortToSByteThrowsAboveMax(ushort a) => checked((sbyte)a);

    public static byte UShortToByteThrowsAboveMax(ushort a) => checked((byte)a);

    public static short UShortToShortThrowsAboveMax(ushort a) => checked((short)a);

    public static sbyte CharToSByteThrowsAboveMax(char a) => checked((sbyte)a);

    public static byte CharToByteThrowsAboveMax(char a) => checked((byte)a);

    public static short CharToShortThrowsAboveMax(char a) => checked((short)a);

    public static sbyte IntToSByteThrowsOutOfRange(int a) => checked((sbyte)a);

    public static byte IntToByteThrowsOutOfRange(int a) => checked((byte)a);

    public static short IntToShortThrowsOutOfRange(int a) => checked((short)a);

    public static ushort IntToUShortThrowsOutOfRange(int a) => checked((ushort)a);

    public static char IntToCharThrowsOutOfRange(int a) => checked((char)a);

    public static uint IntToUIntThrowsWhenNegative(int a) => checked((uint)a);

    public static ulong IntToULongThrowsWhenNegative(int a) => checked((ulong)a);

    public static sbyte UIntToSByteThrowsAboveMax(uint a) => checked((sbyte)a);

    public static byte UIntToByteThrowsAboveMax(uint a) => checked((byte)a);

    public static short UIntToShortThrowsAboveMax(uint a) => checked((short)a);

    public static ushort UIntToUShortThrowsAboveMax(uint a) => checked((ushort)a);

    public static char UIntToCharThrowsAboveMax(uint a) => checked((char)a);

    public static int UIntToIntThrowsAboveMax(uint a) => checked((int)a);

    public static sbyte LongToSByteThrowsOutOfRange(long a) => checked((sbyte)a);

    public static byte LongToByteThrowsOutOfRange(long a) => checked((byte)a);

    public static short LongToShortThrowsOutOfRange(long a) => checked((short)a);

    public static ushort LongToUShortThrowsOutOfRange(long a) => checked((ushort)a);

    public static char LongToCharThrowsOutOfRange(long a) => checked((char)a);

    public static int LongToIntThrowsOutOfRange(long a) => checked((int)a);

    public static uint LongToUIntThrowsOutOfRange(long a) => checked((uint)a);

    public static ulong LongToULongThrowsWhenNegative(long a) => checked((ulong)a);

    public static sbyte ULongToSByteThrowsAboveMax(ulong a) => checked((sbyte)a);

    public static byte ULongToByteThrowsAboveMax(ulong a) => checked((byte)a);

    public static short ULongToShortThrowsAboveMax(ulong a) => checked((short)a);

    public static ushort ULongToUShortThrowsAboveMax(ulong a) => checked((ushort)a);

    public static char ULongToCharThrowsAboveMax(ulong a) => checked((char)a);

    public static int ULongToIntThrowsAboveMax(ulong a) => checked((int)a);

    public static uint ULongToUIntThrowsAboveMax(ulong a) => checked((uint)a);

    public static long ULongToLongThrowsAboveMax(ulong a) => checked((long)a);
}

public static class CheckedMixed
{
    private static int AddUnchecked(int a, int b) => a + b;

    private static int AddChecked(int a, int b) => checked(a + b);

    public static int IntOfSumOfLongs(long a, long b) => checked((int)(a + b));

    public static int IntOfUncheckedSumOfLongs(long a, long b) => checked((int)unchecked(a + b));

    public static int SumThatOverflowsOnlyInBetween(int a, int b, int c) => checked(a + b - c);

    public static int CheckedDoesNotReachIntoCalls(int a, int b) => checked(AddUnchecked(a, b) + 0);

    public static int UncheckedDoesNotReachIntoCalls(int a, int b) => unchecked(AddChecked(a, b) + int.MaxValue);

    public static int UncheckedInsideChecked(int a, int b) => checked(unchecked(a * b) / 2 + 1);

    public static int CheckedInsideUnchecked(int a, int b) => unchecked(checked(a + b) * 65536);

    public static int ShiftNeverThrows(int a, int n) => checked(a << n);

    public static int ComplementNeverThrows(int a) => checked(~a);

    public static int DivisionByZeroBeforeOverflow(int a, int b) => checked((a / b) + (a * 2));

    public static int OverflowBeforeDivisionByZero(int a, int b) => checked((a * 2) + (a / b));

    public static int DeadCheckedSumStillThrows(int a, int b)
    {
        _ = checked(a + b);
        return a ^ b;
    }

    public static int DeadCheckedConversionStillThrows(long a)
    {
        _ = checked((int)a);
        return 1;
    }

    public static int UntakenCheckedDoesNotThrow(int a, int b, bool c)
    {
        int r = a;
        if (c)
        {
            r = checked(a + b);
        }

        return r;
    }

    public static int GuardedCheckedAddNeverThrows(int a, int b) =>
        b >= 0 ? (a <= int.MaxValue - b ? checked(a + b) : -1) : (a >= int.MinValue - b ? checked(a + b) : -2);

    public static int SumInLoopThrowsAtSomePoint(int a, byte count)
    {
        int sum = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            sum = checked(sum + a);
        }

        return sum;
    }

    public static int ProductInLoopThrowsAtSomePoint(byte a, byte count)
    {
        int product = 1;
        for (int i = 0; i < (count & 15); i++)
        {
            checked
            {
                product *= a;
            }
        }

        return product;
    }

    public static long FactorialThrowsAbove20(byte n)
    {
        long product = 1;
        for (int i = 2; i <= (n & 31); i++)
        {
            product = checked(product * i);
        }

        return product;
    }

    public static int ParseDigitsThrowsOnOverflow(ulong digits)
    {
        int value = 0;
        for (int i = 60; i >= 0; i -= 4)
        {
            int digit = (int)(digits >> i) & 15;
            if (digit < 10)
            {
                value = checked((value * 10) + digit);
            }
        }

        return value;
    }

    public static byte LoopCounterThrowsInsteadOfWrapping(byte start, byte count)
    {
        byte i = start;
        for (int n = 0; n < (count & 63); n++)
        {
            checked
            {
                i++;
            }
        }

        return i;
    }

    public static uint IntToUIntOfDifference(int a, int b) => checked((uint)(a - b));

    public static int ULongQuotientToInt(ulong a, uint b) => checked((int)(a / (b | 1)));

    public static sbyte LongRemainderToSByte(long a) => checked((sbyte)(a % 200));

    public static ulong AbsoluteDifference(long a, long b) => checked((ulong)(a > b ? a - b : b - a));

    public static int MidpointThrowsWhereShiftWouldNot(int low, int high) => checked((low + high) / 2);

    public static int DoubleConversionThrowsAtFirst(long a) => checked((sbyte)(uint)a);

    public static int DoubleConversionNarrowThenWide(int a) => checked((int)(uint)(ushort)a);

    public static int UncheckedInnerCheckedOuterConversion(long a) => checked((short)unchecked((int)a));

    public static long CheckedSumOfProducts(int a, int b, int c, int d) => checked(((long)a * b) + ((long)c * d));
}
