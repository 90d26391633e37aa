// Unchecked casts between every pair of integer types, each widened afterwards so that a missing sign or zero
// extension shows, and chains of casts, promotions, enums and stores through narrow references.
using System.Runtime.CompilerServices;

namespace XousCloud.Compiler.Cases;

public static class CastPairs
{
    public static int SByteToByteKeepsBits(sbyte a) => (byte)a;

    public static int SByteToShortSignExtends(sbyte a) => (short)a;

    public static int SByteToUShortSignExtends(sbyte a) => (ushort)a;

    public static int SByteToCharSignExtends(sbyte a) => (char)a;

    public static long SByteToIntSignExtends(sbyte a) => (int)a;

    public static long SByteToUIntSignExtends(sbyte a) => (uint)a;

    public static long SByteToLongSignExtends(sbyte a) => (long)a;

    public static ulong SByteToULongSignExtends(sbyte a) => (ulong)a;

    public static int ByteToSByteKeepsBits(byte a) => (sbyte)a;

    public static int ByteToShortZeroExtends(byte a) => (short)a;

    public static int ByteToUShortZeroExtends(byte a) => (ushort)a;

    public static int ByteToCharZeroExtends(byte a) => (char)a;

    public static long ByteToIntZeroExtends(byte a) => (int)a;

    public static long ByteToUIntZeroExtends(byte a) => (uint)a;

    public static long ByteToLongZeroExtends(byte a) => (long)a;

    public static ulong ByteToULongZeroExtends(byte a) => (ulong)a;

    public static int ShortToSByteTruncates(short a) => (sbyte)a;

    public static int ShortToByteTruncates(short a) => (byte)a;

    public static int ShortToUShortKeepsBits(short a) => (ushort)a;

    public static int ShortToCharKeepsBits(short a) => (char)a;

    public static long ShortToIntSignExtends(short a) => (int)a;

    public static long ShortToUIntSignExtends(short a) => (uint)a;

    public static long ShortToLongSignExtends(short a) => (long)a;

    public static ulong ShortToULongSignExtends(short a) => (ulong)a;

    public static int UShortToSByteTruncates(ushort a) => (sbyte)a;

    public static int UShortToByteTruncates(ushort a) => (byte)a;

    public static int UShortToShortKeepsBits(ushort a) => (short)a;

    public static int UShortToCharKeepsBits(ushort a) => (char)a;

    public static long UShortToIntZeroExtends(ushort a) => (int)a;

    public static long UShortToUIntZeroExtends(ushort a) => (uint)a;

    public static long UShortToLongZeroExtends(ushort a) => (long)a;

    public static ulong UShortToULongZeroExtends(ushort a) => (ulong)a;

    public static int CharToSByteTruncates(char a) => (sbyte)a;

    public static int CharToByteTruncates(char a) => (byte)a;

    public static int CharToShortKeepsBits(char a) => (short)a;

    public static int CharToUShortKeepsBits(char a) => (ushort)a;

    public static long CharToIntZeroExtends(char a) => (int)a;

    public static long CharToUIntZeroExtends(char a) => (uint)a;

    public static long CharToLongZeroExtends(char a) => (long)a;

    public static ulong CharToULongZeroExtends(char a) => (ulong)a;

    public static int IntToSByteTruncates(int a) => (sbyte)a;

    public static int IntToByteTruncates(int a) => (byte)a;

    public static int IntToShortTruncates(int a) => (short)a;

    public static int IntToUShortTruncates(int a) => (ushort)a;

    public static int IntToCharTruncates(int a) => (char)a;

    public static long IntToUIntKeepsBits(int a) => (uint)a;

    public static long IntToLongSignExtends(int a) => (long)a;

    public static ulong IntToULongSignExtends(int a) => (ulong)a;

    public static int UIntToSByteTruncates(uint a) => (sbyte)a;

    public static int UIntToByteTruncates(uint a) => (byte)a;

    public static int UIntToShortTruncates(uint a) => (short)a;

    public static int UIntToUShortTruncates(uint a) => (ushort)a;

    public static int UIntToCharTruncates(uint a) => (char)a;

    public static long UIntToIntKeepsBits(uint a) => (int)a;

    public static long UIntToLongZeroExtends(uint a) => (long)a;

    public static ulong UIntToULongZeroExtends(uint a) => (ulong)a;

    public static int LongToSByteTruncates(long a) => (sbyte)a;

    public static int LongToByteTruncates(long a) => (byte)a;

    public static int LongToShortTruncates(long a) => (short)a;

    public static int LongToUShortTruncates(long a) => (ushort)a;

    public static int LongToCharTruncates(long a) => (char)a;

    public static long LongToIntTruncates(long a) => (int)a;

    public static long LongToUIntTruncates(long a) => (uint)a;

    public static ulong LongToULongKeepsBits(long a) => (ulong)a;

    public static int ULongToSByteTruncates(ulong a) => (sbyte)a;

    public static int ULongToByteTruncates(ulong a) => (byte)a;

    public static int ULongToShortTruncates(ulong a) => (short)a;

    public static int ULongToUShortTruncates(ulong a) => (ushort)a;

    public static int ULongToCharTruncates(ulong a) => (char)a;

    public static long ULongToIntTruncates(ulong a) => (int)a;

    public static long ULongToUIntTruncates(ulong a) => (uint)a;

    public static long ULongToLongKeepsBits(ulong a) => (long)a;
}

public static class CastChains
{
    public static int IntThroughByteThenSByte(int a) => (sbyte)(byte)a;

    public static int IntThroughSByteThenByte(int a) => (byte)(sbyte)a;

    public static int IntThroughShortThenUShort(int a) => (ushort)(short)a;

    public static uint SByteThroughByteToUInt(sbyte a) => (byte)a;

    public static uint SByteDirectlyToUInt(sbyte a) => (uint)a;

    public static ulong SByteThroughUIntToULong(sbyte a) => (uint)a;

    public static ulong SByteThroughLongToULong(sbyte a) => (ulong)(long)a;

    public static ulong SByteThroughUShortToULong(sbyte a) => (ushort)a;

    public static long ByteThroughSByteToLong(byte a) => (sbyte)a;

    public static long CharThroughShortToLong(char a) => (short)a;

    public static ulong ShortThroughCharToULong(short a) => (char)a;

    public static long IntThroughUIntToLong(int a) => (uint)a;

    public static ulong UIntThroughIntToULong(uint a) => (ulong)(int)a;

    public static long LongThroughIntAndBack(long a) => (int)a;

    public static long LongThroughUIntAndBack(long a) => (uint)a;

    public static long LongThroughSByteAndBack(long a) => (sbyte)a;

    public static ulong ULongThroughUShortAndBack(ulong a) => (ushort)a;

    public static ulong ULongThroughShortAndBack(ulong a) => (ulong)(short)a;

    public static int HighHalfOfLongToShort(long a) => (short)(a >> 32);

    public static int TopByteOfULongToSByte(ulong a) => (sbyte)(a >> 56);

    public static int MiddleByteOfULong(ulong a) => (byte)(a >> 28);

    public static long SumNarrowedThenWidened(int a, int b) => (short)(a + b);

    public static long ProductOfIntsWidenedAfter(int a, int b) => a * b;

    public static long ProductOfIntsWidenedBefore(int a, int b) => (long)a * b;

    public static ulong ProductOfUIntsWidenedAfter(uint a, uint b) => a * b;

    public static ulong ProductOfUIntsWidenedBefore(uint a, uint b) => (ulong)a * b;

    public static long DifferenceOfUIntsWidenedAfter(uint a, uint b) => a - b;

    public static long DifferenceOfUIntsWidenedBefore(uint a, uint b) => (long)a - b;

    public static long NegatedUIntIsLong(uint a) => -a;

    public static long IntPlusUIntIsLong(int a, uint b) => a + b;

    public static long IntTimesUIntIsLong(int a, uint b) => a * b;

    public static long LongPlusSByteExtends(long a, sbyte b) => a + b;

    public static ulong ULongPlusByteExtends(ulong a, byte b) => a + b;

    public static ulong ULongXorNegativeConstantCast(ulong a) => a ^ unchecked((ulong)-2);

    public static long UIntComplementStaysThirtyTwoBits(uint a) => ~a;

    public static long IntComplementWidens(int a) => ~a;

    public static ulong UShortComplementThroughUInt(ushort a) => (uint)~a;

    public static int ShiftPairSignExtendsByte(int a) => (a << 24 >> 24) - (sbyte)a;

    public static uint ShiftPairZeroExtendsShort(uint a) => (a << 16 >> 16) - (ushort)a;

    public static int MaskThenSignExtend(int a) => (sbyte)(a & 0xFF);

    public static int MaskWiderThanCastIsRedundant(int a) => (byte)(a & 0x1FF);

    public static int MaskNarrowerThanCastIsKept(int a) => (sbyte)(a & 0x7F);

    public static int SignExtendTwelveBits(int a) => (a & 0x7FF) - (a & 0x800);

    public static int SignExtendByXorTrick(int a) => ((a & 0x1FFF) ^ 0x1000) - 0x1000;

    public static bool SByteEqualsByteComparesAsInt(sbyte a, byte b) => a == b;

    public static bool ShortLessThanUShortComparesAsInt(short a, ushort b) => a < b;

    public static bool ShortAgainstCastUShort(short a, ushort b) => (ushort)a == b;

    public static bool SByteAgainstUIntComparesAsLong(sbyte a, uint b) => a < b;

    public static bool SByteCastToUIntCompares(sbyte a, uint b) => (uint)a < b;

    public static bool LongAgainstIntSignExtends(long a, int b) => a == b;

    public static bool LongAgainstUIntZeroExtends(long a, uint b) => a == b;

    public static bool NarrowedEqualsOriginalTellsFit(int a) => (sbyte)a == a;

    public static bool NarrowedLongEqualsOriginalTellsFit(long a) => (int)a == a;

    public static bool NarrowedULongEqualsOriginalTellsFit(ulong a) => (ushort)a == a;

    public static int TernaryOfSByteAndByteIsInt(bool c, sbyte a, byte b) => c ? a : b;

    public static long TernaryOfIntAndUIntIsLong(bool c, int a, uint b) => c ? a : (long)b;

    public static long TernaryOfNarrowConvertedLate(bool c, short a, int b) => c ? a : b;

    public static uint CompoundAssignMixesWidths(uint a, sbyte b)
    {
        a += (uint)b;
        a ^= (byte)b;
        return a;
    }

    public static long CompoundAssignLongWithUInt(long a, uint b, int c)
    {
        a -= b;
        a += c;
        a |= b;
        return a;
    }

    public static int ByteFromLongArithmetic(long a, long b) => (byte)(a - b);

    public static int SByteFromLongProduct(long a, long b) => (sbyte)(a * b);

    public static int ShortFromULongQuotient(ulong a, ulong b) => (short)(a / (b | 1));

    public static int IntFromLongRemainder(long a) => (int)(a % 1000003);

    public static char CharArithmeticRotatesLetters(char c, byte by)
    {
        int letter = (c - 'a') % 26;
        letter = letter < 0 ? letter + 26 : letter;
        return (char)('a' + ((letter + by) % 26));
    }

    public static char DigitToChar(byte a) => (char)('0' + (a % 10));

    public static int HexDigitValue(char c) =>
        c is >= '0' and <= '9' ? c - '0' : (c | 0x20) is >= 'a' and <= 'f' ? (c | 0x20) - 'a' + 10 : -1;

    public static char UpperCaseOfAscii(char c) => c is >= 'a' and <= 'z' ? (char)(c & ~0x20) : c;

    public static bool IntToBool(int a) => a != 0;

    public static bool LongToBoolLooksAtBothHalves(long a) => a != 0;

    public static bool NarrowToBoolLooksAtLowBitsOnly(int a) => (byte)a != 0;

    public static int BoolToIntByReinterpretation(int a, int b)
    {
        bool less = a < b;
        return Unsafe.As<bool, byte>(ref less);
    }

    public static int SameVariableSeenWithTwoTypes(int a)
    {
        byte u = (byte)a;
        sbyte s = (sbyte)u;
        u += 1;
        s += 1;
        return (u << 8) + s;
    }

    public static long SameBitsSignedAndUnsignedInOneSum(int a) => (long)a + (uint)a + (short)a + (ushort)a;

    public static int RepeatedNarrowingInLoop(int a, byte count)
    {
        int x = a;
        for (int i = 0; i < (count & 31); i++)
        {
            x = (short)(x * 3) + (byte)i;
        }

        return x;
    }

    public static long LoopCarriedIntWidenedAtExit(int a, byte count)
    {
        int x = a;
        for (byte i = 0; i < (count & 31); i++)
        {
            x += x;
            x ^= 0x1234567;
        }

        return x;
    }
}

public static class NarrowStores
{
    private static void StoreSByte(ref sbyte target, int value) => target = (sbyte)value;

    private static void StoreUShort(ref ushort target, long value) => target = (ushort)value;

    private static sbyte LowSByte(int value) => (sbyte)value;

    private static byte LowByte(int value) => (byte)value;

    private static short LowShort(long value) => (short)value;

    private static ushort LowUShort(long value) => (ushort)value;

    private static bool IsOdd(int value) => (value & 1) != 0;

    private static int TakeSByte(sbyte value) => value;

    private static int TakeByte(byte value) => value;

    private static int TakeShort(short value) => value;

    private static int TakeUShort(ushort value) => value;

    private static int TakeChar(char value) => value;

    public static int StoreThroughSByteReferenceTruncates(int a)
    {
        sbyte x = 0;
        StoreSByte(ref x, a);
        return x;
    }

    public static int StoreThroughUShortReferenceTruncates(long a)
    {
        ushort x = 0xFFFF;
        StoreUShort(ref x, a);
        return x;
    }

    public static int IncrementThroughByteReferenceWraps(byte a)
    {
        byte x = a;
        ref byte r = ref x;
        r++;
        r += 200;
        return x;
    }

    public static int DecrementThroughShortReferenceWraps(short a)
    {
        short x = a;
        ref short r = ref x;
        r--;
        r -= 32000;
        return x;
    }

    public static int SByteResultOfCallIsExtended(int a) => LowSByte(a) * 3;

    public static int ByteResultOfCallIsExtended(int a) => LowByte(a) - 256;

    public static int ShortResultOfCallIsExtended(long a) => LowShort(a) / 3;

    public static int UShortResultOfCallIsExtended(long a) => LowUShort(a) / 3;

    public static int BoolResultOfCallIsZeroOrOne(int a) => IsOdd(a) == true ? 10 : 20;

    public static int SByteArgumentIsTruncatedByCaller(int a) => TakeSByte((sbyte)a);

    public static int ByteArgumentIsTruncatedByCaller(int a) => TakeByte((byte)(a + 1));

    public static int ShortArgumentIsTruncatedByCaller(int a) => TakeShort((short)(a * 5));

    public static int UShortArgumentIsTruncatedByCaller(long a) => TakeUShort((ushort)(a >> 3));

    public static int CharArgumentIsTruncatedByCaller(int a) => TakeChar((char)(a - 1));

    public static unsafe int PointerReadsOfIntAsBytes(int a)
    {
        byte* p = (byte*)&a;
        return p[0] - p[3];
    }

    public static unsafe int PointerReadsOfIntAsSBytes(int a)
    {
        sbyte* p = (sbyte*)&a;
        return (p[1] * 1000) + p[2];
    }

    public static unsafe int PointerReadsOfLongAsShorts(long a)
    {
        short* p = (short*)&a;
        return p[0] + p[1] + p[2] + p[3];
    }

    public static unsafe uint PointerReadsOfLongAsUShorts(long a)
    {
        ushort* p = (ushort*)&a;
        return (uint)(p[0] + p[1] + p[2]) * p[3];
    }

    public static unsafe ulong PointerWritesOfBytesIntoLong(long a, int b)
    {
        byte* p = (byte*)&a;
        p[1] = (byte)b;
        p[6] = (byte)(b >> 5);
        return (ulong)a;
    }

    public static unsafe int PointerWriteOfShortKeepsNeighbours(int a, int b)
    {
        *((short*)&a + 1) = (short)b;
        return a;
    }

    public static unsafe long PointerWriteOfIntIntoUpperHalf(long a, int b)
    {
        ((int*)&a)[1] = b;
        return a;
    }
}

public static class EnumConversions
{
    private enum Tiny : byte
    {
        None,
        One,
        High = 0x80,
        All = 0xFF,
    }

    private enum Signed : sbyte
    {
        Low = -128,
        Minus = -1,
        Zero = 0,
        High = 127,
    }

    private enum Half : ushort
    {
        Zero,
        Top = 0x8000,
    }

    [Flags]
    private enum Huge : ulong
    {
        None,
        Low = 1,
        Bit31 = 1UL << 31,
        Bit32 = 1UL << 32,
        Top = 1UL << 63,
    }

    private enum Plain
    {
        A,
        B,
        C,
    }

    public static int ByteEnumTruncatesAndZeroExtends(int a) => (int)(Tiny)a;

    public static int SByteEnumTruncatesAndSignExtends(int a) => (int)(Signed)a;

    public static long UShortEnumTruncatesLong(long a) => (long)(Half)a;

    public static int ByteEnumAddWraps(byte a, byte b) => (int)((Tiny)a + b);

    public static int ByteEnumSubtractWraps(byte a, byte b) => (Tiny)a - (Tiny)b;

    public static int SByteEnumIncrementWraps(sbyte a)
    {
        Signed x = (Signed)a;
        x++;
        return (int)x;
    }

    public static bool ByteEnumCompares(byte a) => (Tiny)a >= Tiny.High;

    public static bool SByteEnumCompares(sbyte a) => (Signed)a < Signed.Zero;

    public static bool UShortEnumEqualsTop(int a) => (Half)a == Half.Top;

    public static ulong ULongEnumFlagsCombine(ulong a, bool top) =>
        (ulong)((Huge)a & (Huge.Bit32 | Huge.Bit31) | (top ? Huge.Top : Huge.None));

    public static bool ULongEnumTestsFlagAboveThirtyTwoBits(ulong a) => ((Huge)a & Huge.Bit32) != 0;

    public static bool ULongEnumComplementClearsFlag(ulong a) => ((Huge)a & ~Huge.Low) == (Huge)a;

    public static int ByteEnumComplementWidens(byte a) => (int)~(Tiny)a;

    public static int PlainEnumOutsideItsMembers(int a) => (int)(Plain)a + (int)Plain.C;

    public static int EnumSwitchWithUnknownMembers(int a) => (Plain)(a & 3) switch
    {
        Plain.A => 100,
        Plain.B => 200,
        Plain.C => 300,
        _ => -1,
    };
}
