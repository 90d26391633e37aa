// Static storage: fields of every width, tables from initializers and static constructors, constant data and volatile
// fields. Each case first sets the mutable statics that it uses, so it depends on its arguments only.
using System.Runtime.CompilerServices;

namespace XousCloud.Compiler.Cases;

public static class StaticFields
{
    private static sbyte tiny;
    private static byte octet;
    private static short half;
    private static ushort word;
    private static int number;
    private static uint bits;
    private static long wide;
    private static ulong wideBits;
    private static bool flag;
    private static char letter;
    private static int counter;
    private static int other;
    private static Shade shade;
    private static int @default;

    private enum Shade : sbyte
    {
        Dark = -100,
        Middle = 0,
        Light = 100,
    }

    private static int Count() => ++counter;

    private static int SetAndReturn(int value)
    {
        number = value;
        return value + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Disturb() => number = (number * 3) + 1;

    private static void AddTo(ref int target, int value)
    {
        target += value;
        number++;
        target += number;
    }

    private static int Walk(int depth)
    {
        counter += depth;
        if (depth == 0)
        {
            return counter;
        }

        int before = counter;
        return Walk(depth - 1) - before;
    }

    private static ref int Pick(bool first) => ref first ? ref number : ref other;

    public static int SByteFieldTruncatesAndSignExtends(int a)
    {
        tiny = (sbyte)a;
        return tiny;
    }

    public static int ByteFieldTruncatesAndZeroExtends(int a)
    {
        octet = (byte)a;
        return octet;
    }

    public static int ShortFieldTruncatesAndSignExtends(int a)
    {
        half = (short)a;
        return half;
    }

    public static int UShortFieldTruncatesAndZeroExtends(int a)
    {
        word = (ushort)a;
        return word;
    }

    public static int IntFieldRoundTrip(int a)
    {
        number = a;
        return number;
    }

    public static uint UIntFieldRoundTrip(uint a)
    {
        bits = a;
        return bits;
    }

    public static long LongFieldRoundTrip(long a)
    {
        wide = a;
        return wide;
    }

    public static ulong ULongFieldRoundTrip(ulong a)
    {
        wideBits = a;
        return wideBits;
    }

    public static bool BoolFieldFromComparison(int a, int b)
    {
        flag = a < b;
        return flag;
    }

    public static char CharFieldFromArithmetic(char a, int b)
    {
        letter = (char)(a + b);
        return letter;
    }

    public static int NeighbouringNarrowFieldsDoNotOverlap(sbyte a, byte b, short c, ushort d)
    {
        tiny = 0;
        octet = 0;
        half = 0;
        word = 0;
        tiny = a;
        half = c;
        octet = b;
        word = d;
        return tiny + (octet * 3) + (half * 5) + (word * 7);
    }

    public static long NeighbouringWideFieldsDoNotOverlap(long a, ulong b, int c, uint d)
    {
        wide = a;
        number = c;
        wideBits = b;
        bits = d;
        return wide ^ (long)wideBits ^ number ^ bits;
    }

    public static int SByteFieldIncrementWraps(sbyte a)
    {
        tiny = a;
        tiny++;
        tiny++;
        return tiny;
    }

    public static int ByteFieldCompoundWraps(byte a, byte b)
    {
        octet = a;
        octet += b;
        octet *= 3;
        octet >>= 1;
        return octet;
    }

    public static int ShortFieldDecrementWraps(short a)
    {
        half = a;
        half -= 2;
        return half--;
    }

    public static int UShortFieldPreDecrement(ushort a)
    {
        word = a;
        return --word;
    }

    public static long LongFieldIncrementCarries(long a)
    {
        wide = a;
        wide++;
        wide += 0xFFFF_FFFF;
        return wide;
    }

    public static ulong ULongFieldShiftsInPlace(ulong a, int n)
    {
        wideBits = a;
        wideBits <<= n;
        wideBits ^= wideBits >> 17;
        return wideBits;
    }

    public static bool BoolFieldToggles(bool a, byte n)
    {
        flag = a;
        for (int i = 0; i < (n & 7); i++)
        {
            flag = !flag;
        }

        return flag;
    }

    public static int EnumFieldIsSigned(int a)
    {
        shade = (Shade)a;
        return shade < Shade.Middle ? (int)shade * 2 : (int)shade;
    }

    public static int FieldNamedByKeyword(int a)
    {
        @default = a;
        return @default + 1;
    }

    public static int CheckedStoreThrowsAndOthersDoNot(int a)
    {
        octet = 1;
        octet = checked((byte)a);
        return octet;
    }

    public static int CountedCallsInArguments(int a)
    {
        counter = a;
        return Count() + (Count() * 10) + (Count() * 100);
    }

    public static int FieldReadBeforeCallKeepsOldValue(int a)
    {
        number = a;
        return number + SetAndReturn(a * 2) + number;
    }

    public static int FieldIsReloadedAfterCall(int a)
    {
        number = a;
        int before = number;
        Disturb();
        int after = number;
        Disturb();
        return before ^ after ^ number;
    }

    public static int FieldIsReloadedInLoop(int a, byte count)
    {
        number = a;
        int sum = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            sum += number;
            Disturb();
        }

        return sum;
    }

    public static int FieldAsLoopCounter(byte count)
    {
        int sum = 0;
        for (counter = 0; counter < (count & 31); counter++)
        {
            sum += counter;
            if ((sum & 7) == 5)
            {
                counter++;
            }
        }

        return (sum << 8) + counter;
    }

    public static int FieldAsLoopBoundChangesInBody(byte count)
    {
        number = count & 31;
        int n = 0;
        for (int i = 0; i < number; i++)
        {
            n++;
            if ((i & 1) != 0)
            {
                number--;
            }
        }

        return (n << 8) | number;
    }

    public static int FieldPassedByReferenceAliasesItself(int a, int b)
    {
        number = a;
        AddTo(ref number, b);
        return number;
    }

    public static int OtherFieldPassedByReference(int a, int b)
    {
        number = a;
        other = b;
        AddTo(ref other, a);
        return other - number;
    }

    public static int ReferenceLocalToField(int a)
    {
        number = a;
        ref int r = ref number;
        r += 5;
        int seen = number;
        number *= 2;
        return seen + r;
    }

    public static int ReferenceReturnedToField(bool first, int a)
    {
        number = 1;
        other = 2;
        Pick(first) = a;
        Pick(!first) += a;
        return (number * 3) - other;
    }

    public static int RecursionThroughField(byte depth)
    {
        counter = 0;
        return Walk(depth & 15);
    }

    public static int SwapOfFields(int a, int b)
    {
        number = a;
        other = b;
        (number, other) = (other, number);
        return (number * 3) - other;
    }

    public static int StoreBeforeExceptionalDivision(int a, int b)
    {
        number = 1;
        number = a / b;
        return number;
    }

    public static int DeadStoreIsOverwritten(int a, bool c)
    {
        number = a;
        if (c)
        {
            number = -a;
        }

        number ^= 1;
        return number;
    }

    public static int GeneratorStateInField(uint seed, byte count)
    {
        bits = seed;
        int sum = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            bits = (bits * 1103515245) + 12345;
            sum += (int)(bits >> 16) & 0x7FFF;
        }

        return sum;
    }

    public static unsafe int PointerToField(int a, byte b)
    {
        number = a;
        fixed (int* p = &number)
        {
            ((byte*)p)[2] = b;
        }

        return number;
    }

    public static long FieldOfNarrowTypeInLongArithmetic(int a, long b)
    {
        tiny = (sbyte)a;
        word = (ushort)a;
        return (tiny * b) + (word - b);
    }
}

public static class StaticInitializers
{
    private const int Answer = 42;
    private const long Big = 0x1234_5678_9ABC_DEF0;
    private const uint Mask = 0xFFFF_0000;
    private const sbyte Negative = -7;
    private const char Letter = 'q';

    private static readonly int First = Second + 1;
    private static readonly int Second = 10;
    private static readonly int Third = First + Second;
    private static readonly long Wide = Big * 3;
    private static readonly ulong WideUnsigned = ~(ulong)Second;
    private static readonly byte Narrow = (byte)(Second * 30);
    private static readonly sbyte Signed = (sbyte)(Second * 30);
    private static readonly bool Flag = Second > 5;
    private static readonly char Mark = (char)(Letter + Second);
    private static readonly int FromCall = SumTo(20);
    private static readonly int FromOtherType = Later.Value + 1;

    private static int SumTo(int n)
    {
        int sum = 0;
        for (int i = 1; i <= n; i++)
        {
            sum += i * i;
        }

        return sum;
    }

    private static class Later
    {
        internal static readonly int Value;
        internal static readonly short Half;

        static Later()
        {
            Value = SumTo(5) * 7;
            Half = (short)(Value * 100);
        }
    }

    private static class Chain
    {
        internal static readonly int Value = Later.Value * 2;
        internal static readonly uint Bits = (uint)-Value;
    }

    public static int TextualOrderOfInitializers(int a) => a + First + (Second * 100) + (Third * 10000);

    public static int ConstantIsInlined(int a) => a * Answer;

    public static long LongConstant(long a) => a ^ Big;

    public static uint UIntConstantMasks(uint a) => (a & Mask) | (~Mask & (a >> 1));

    public static int NarrowConstants(int a) => (a * Negative) + Letter;

    public static long LongReadonly(long a) => a + Wide;

    public static ulong ULongReadonly(ulong a) => a & WideUnsigned;

    public static int NarrowReadonlyWrapped(int a) => a + Narrow + (Signed * 1000);

    public static int BoolReadonly(int a) => Flag ? a : -a;

    public static char CharReadonly(byte a) => (char)(Mark + a);

    public static int ReadonlyFromLoop(int a) => a ^ FromCall;

    public static int ReadonlyFromOtherType(int a) => a - FromOtherType;

    public static int ReadonlyFromStaticConstructor(int a) => (a * Later.Value) + Later.Half;

    public static uint ReadonlyFromChainOfTypes(uint a) => a + Chain.Bits + (uint)Chain.Value;

    public static int DivisionByReadonly(int a) => a / Second;

    public static int ShiftByReadonly(int a) => a >> Second;
}

public static class StaticTables
{
    private static readonly uint[] CrcTable;
    private static readonly ushort[] Crc16Table;
    private static readonly byte[] BitCounts;
    private static readonly long[] Powers;
    private static readonly bool[] Composite;
    private static readonly int[] None;

    private static readonly int[] Primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];
    private static readonly sbyte[] Deltas = [-128, -64, -1, 0, 1, 63, 64, 127];
    private static readonly short[] Halves = [short.MinValue, -1, 0, 1, short.MaxValue];
    private static readonly ushort[] Words = [0, 1, 0x7FFF, 0x8000, 0xFFFF];
    private static readonly ulong[] WideBits =
        [0, 1, 0xFFFF_FFFF, 0x1_0000_0000, 0x8000_0000_0000_0000, ulong.MaxValue];
    private static readonly char[] Digits =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    private static readonly int[] One = [-5];
    private static readonly int[] Permutation = [3, 7, 1, 0, 6, 2, 5, 4];
    private static readonly byte[] Zeros = new byte[24];

    static StaticTables()
    {
        CrcTable = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int k = 0; k < 8; k++)
            {
                c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB8_8320u : c >> 1;
            }

            CrcTable[i] = c;
        }

        None = new int[CrcTable.Length - 256];
        Crc16Table = new ushort[256];
        for (int i = 0; i < 256; i++)
        {
            int c = i << 8;
            for (int k = 0; k < 8; k++)
            {
                c = (c & 0x8000) != 0 ? (c << 1) ^ 0x1021 : c << 1;
            }

            Crc16Table[i] = (ushort)c;
        }

        BitCounts = new byte[256];
        for (int i = 1; i < BitCounts.Length; i++)
        {
            BitCounts[i] = (byte)(BitCounts[i >> 1] + (i & 1));
        }

        Powers = new long[19];
        Powers[0] = 1;
        for (int i = 1; i < Powers.Length; i++)
        {
            Powers[i] = Powers[i - 1] * 10;
        }

        Composite = new bool[128];
        for (int i = 2; i < 12; i++)
        {
            for (int j = i * i; j < Composite.Length; j += i)
            {
                Composite[j] = true;
            }
        }
    }

    private static ReadOnlySpan<byte> SubstitutionBox =>
        [0x63, 0x7C, 0x77, 0x7B, 0xF2, 0x6B, 0x6F, 0xC5, 0x30, 0x01, 0x67, 0x2B, 0xFE, 0xD7, 0xAB, 0x76];

    private static ReadOnlySpan<sbyte> SignedData => [-1, -128, 127, 0, 1, -2, 100, -100];

    private static ReadOnlySpan<short> ShortData => [-1, 1, -32768, 32767];

    private static ReadOnlySpan<int> IntData => [1, -1, int.MaxValue, int.MinValue, 0x12345678];

    private static ReadOnlySpan<long> LongData => [1, -1, long.MaxValue, long.MinValue, 0x1_0000_0000];

    private static ReadOnlySpan<byte> Text => "Hello, RV32!"u8;

    public static uint Crc32OfWord(uint a)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < 4; i++)
        {
            crc = CrcTable[(byte)(crc ^ (a >> (8 * i)))] ^ (crc >> 8);
        }

        return ~crc;
    }

    public static uint Crc32OfLong(ulong a)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < 8; i++)
        {
            crc = CrcTable[(crc ^ (byte)(a >> (8 * i))) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    public static ushort Crc16OfWord(uint a)
    {
        ushort crc = 0xFFFF;
        for (int i = 24; i >= 0; i -= 8)
        {
            crc = (ushort)((crc << 8) ^ Crc16Table[(crc >> 8) ^ (byte)(a >> i)]);
        }

        return crc;
    }

    public static uint CrcTableEntryByByte(byte i) => CrcTable[i];

    public static int BitCountByTable(uint a) =>
        BitCounts[a & 255] + BitCounts[(a >> 8) & 255] + BitCounts[(a >> 16) & 255] + BitCounts[a >> 24];

    public static long PowerOfTenThrowsBeyondTable(int i) => Powers[i];

    public static int DecimalDigitsByTable(long a)
    {
        int n = 0;
        while (n < Powers.Length && a >= Powers[n])
        {
            n++;
        }

        return n;
    }

    public static bool SieveEntry(byte a) => !Composite[a & 127];

    public static int IndexOutOfRangeOfIntTable(int i) => Primes[i];

    public static int IndexByUIntIsUnsigned(uint i) => Primes[i];

    public static int IndexByLong(long i) => Primes[i % 40];

    public static int IndexByULong(ulong i) => Primes[i % 40];

    public static int IndexBySByteMayBeNegative(sbyte i) => Primes[i];

    public static int IndexMasked(int i) => Primes[i & 15];

    public static int IndexWrapsInArithmetic(int i) => Primes[(i + 1) & 15] - Primes[(i - 1) & 15];

    public static int IndexOfEmptyTableAlwaysThrows(int i) => i == -7 ? 0 : None[i];

    public static int IndexOfSingleElement(int i) => One[i & 1];

    public static int SByteElementsSignExtend(byte i) => Deltas[i & 7];

    public static int ShortElementsSignExtend(byte i) => Halves[i % 5];

    public static int UShortElementsZeroExtend(byte i) => Words[i % 5];

    public static ulong ULongElements(byte i, ulong a) => WideBits[i % 6] ^ a;

    public static int NarrowElementsInOneExpression(byte i) => (Deltas[i & 7] * Halves[i & 3]) + Words[i & 3];

    public static char HexDigitOfNibble(int a, int n) => Digits[(a >> (4 * (n & 7))) & 15];

    public static int LengthOfTables(int a) =>
        a + Primes.Length + (Deltas.Length * 100) + (None.Length * 10000) + CrcTable.Length;

    public static int ForeachOverTable(int a)
    {
        int sum = a;
        foreach (int p in Primes)
        {
            sum = (sum * 3) ^ p;
        }

        return sum;
    }

    public static int ForeachOverSignedBytes(int a)
    {
        int sum = a;
        foreach (sbyte d in Deltas)
        {
            sum += d * a;
        }

        return sum;
    }

    public static int BackwardOverTable(int a)
    {
        int sum = a;
        for (int i = Permutation.Length - 1; i >= 0; i--)
        {
            sum = (sum * 5) + Permutation[i];
        }

        return sum;
    }

    public static int LoopRunsOffTheEnd(int a)
    {
        int sum = 0;
        for (int i = 0; i <= (a & 16); i++)
        {
            sum += Primes[i];
        }

        return sum;
    }

    public static int PermutationFollowed(byte start, byte steps)
    {
        int at = start & 7;
        for (int i = 0; i < (steps & 15); i++)
        {
            at = Permutation[at];
        }

        return at;
    }

    public static int TableOfTableIndex(int i) => Primes[Permutation[i & 7] * 2];

    public static int LinearSearch(int a)
    {
        for (int i = 0; i < Primes.Length; i++)
        {
            if (Primes[i] == a)
            {
                return i;
            }
        }

        return -1;
    }

    public static int BinarySearch(int a)
    {
        int low = 0;
        int high = Primes.Length - 1;
        while (low <= high)
        {
            int mid = (low + high) / 2;
            if (Primes[mid] == a)
            {
                return mid;
            }

            if (Primes[mid] < a)
            {
                low = mid + 1;
            }
            else
            {
                high = mid - 1;
            }
        }

        return ~low;
    }

    public static int ZeroedTableStaysZero(byte i) => Zeros[i % 24] + Zeros.Length;

    public static int OutOfRangeBeforeDivisionByZero(int i, int a, int b) => Primes[i] + (a / b);

    public static int DivisionByZeroBeforeOutOfRange(int i, int a, int b) => (a / b) + Primes[i];

    public static int DeadElementLoadStillThrows(int i)
    {
        _ = Primes[i];
        return i;
    }

    public static int ReadOnlyDataOfBytes(int i) => SubstitutionBox[i & 15];

    public static int ReadOnlyDataOfBytesThrows(int i) => SubstitutionBox[i];

    public static int ReadOnlyDataOfSBytes(int i) => SignedData[i & 7] * 3;

    public static int ReadOnlyDataOfShorts(int i) => ShortData[i & 3];

    public static int ReadOnlyDataOfInts(byte i) => IntData[i % 5];

    public static long ReadOnlyDataOfLongs(byte i) => LongData[i % 5];

    public static int ReadOnlyDataSlicedThrows(byte from, byte i) => SubstitutionBox[(from & 15)..][i & 15];

    public static int ReadOnlyDataSummed(int a)
    {
        int sum = a;
        foreach (byte b in SubstitutionBox)
        {
            sum = (sum << 1) ^ b;
        }

        return sum;
    }

    public static int Utf8TextHashed(int a)
    {
        int hash = a;
        for (int i = 0; i < Text.Length; i++)
        {
            hash = (hash * 31) + Text[i];
        }

        return hash;
    }

    public static uint SubstituteNibbles(uint a)
    {
        uint r = 0;
        for (int i = 0; i < 32; i += 4)
        {
            r = (r << 4) | (SubstitutionBox[(int)(a >> i) & 15] & 15u);
        }

        return r;
    }
}

public static class VolatileFields
{
    private static volatile int number;
    private static volatile uint bits;
    private static volatile byte octet;
    private static volatile sbyte tiny;
    private static volatile short half;
    private static volatile ushort word;
    private static volatile bool ready;
    private static volatile char letter;
    private static int plain;
    private static long plainLong;

    private static void Publish(int value)
    {
        plain = value;
        ready = true;
    }

    public static int IntReadTwice(int a)
    {
        number = a;
        return number + (number * 2);
    }

    public static uint UIntCompound(uint a, uint b)
    {
        bits = a;
        bits += b;
        bits ^= a;
        return bits;
    }

    public static int ByteTruncates(int a)
    {
        octet = (byte)a;
        octet++;
        return octet;
    }

    public static int SByteSignExtends(int a)
    {
        tiny = (sbyte)a;
        tiny--;
        return tiny;
    }

    public static int ShortSignExtends(int a)
    {
        half = (short)a;
        return half;
    }

    public static int UShortZeroExtends(int a)
    {
        word = (ushort)a;
        return word;
    }

    public static int CharZeroExtends(int a)
    {
        letter = (char)a;
        return letter;
    }

    public static int StoresAreNotMerged(int a, int b)
    {
        number = a;
        int first = number;
        number = b;
        int second = number;
        number = 0;
        return first - second + number;
    }

    public static int PublishedByFlag(int a)
    {
        ready = false;
        plain = 0;
        int before = ready ? 1 : 2;
        Publish(a);
        return ready ? plain + before : -1;
    }

    public static int LoopUntilVolatileFlag(byte n)
    {
        ready = false;
        int i = 0;
        while (!ready)
        {
            i += 3;
            if (i >= (n & 63))
            {
                ready = true;
            }
        }

        return i;
    }

    public static int VolatileLoopCounter(byte n)
    {
        int sum = 0;
        for (number = 0; number < (n & 31); number++)
        {
            sum += number;
        }

        return sum;
    }

    public static int DeadVolatileReadHasNoEffect(int a)
    {
        number = a;
        _ = number;
        return a + 1;
    }

    public static long PlainLongBesideVolatile(long a, int b)
    {
        plainLong = a;
        number = b;
        plainLong += number;
        return plainLong;
    }
}

public static class StaticBuffers
{
    private static readonly byte[] Bytes = new byte[16];
    private static readonly int[] Ints = new int[8];
    private static readonly long[] Longs = new long[4];
    private static readonly sbyte[] SBytes = new sbyte[4];
    private static readonly ushort[] UShorts = [9, 8, 7, 6];

    private static void ClearAll()
    {
        for (int i = 0; i < Bytes.Length; i++)
        {
            Bytes[i] = 0;
        }

        for (int i = 0; i < Ints.Length; i++)
        {
            Ints[i] = 0;
        }
    }

    public static int ByteElementStoreTruncates(int a, int i)
    {
        ClearAll();
        Bytes[i & 15] = (byte)a;
        return Bytes[i & 15] + Bytes[(i + 1) & 15];
    }

    public static int SByteElementStoreSignExtendsBack(int a)
    {
        SBytes[2] = (sbyte)a;
        SBytes[3] = (sbyte)(a + 1);
        return SBytes[2] + (SBytes[3] * 1000);
    }

    public static int StoreOutOfRangeThrows(int i)
    {
        ClearAll();
        Ints[i] = 5;
        return Ints[0];
    }

    public static int CompoundElementAssignment(int a, int i)
    {
        ClearAll();
        Ints[i & 7] += a;
        Ints[i & 7]++;
        Ints[(i + 1) & 7] -= Ints[i & 7];
        return Ints[i & 7] ^ (Ints[(i + 1) & 7] * 3);
    }

    public static int IndexIsEvaluatedOnce(int a)
    {
        ClearAll();
        int i = a & 3;
        Ints[i++] += i;
        Ints[i++] = i * 10;
        return (Ints[a & 3] * 100) + Ints[(a & 3) + 1] + (i * 10000);
    }

    public static long LongElementStoresDoNotOverlap(long a, long b, int i)
    {
        Longs[0] = Longs[1] = Longs[2] = Longs[3] = -1;
        Longs[i & 3] = a;
        Longs[(i + 2) & 3] = b;
        return Longs[0] + (Longs[1] * 3) + (Longs[2] * 5) + (Longs[3] * 7);
    }

    public static int UShortElementsOverwriteInitialData(int a)
    {
        UShorts[0] = (ushort)a;
        UShorts[1] = 8;
        UShorts[2] = (ushort)(a >> 8);
        UShorts[3] = 6;
        return (UShorts[0] * UShorts[1]) + (UShorts[2] * UShorts[3]);
    }

    public static int ReferenceToElement(int a, int i)
    {
        ClearAll();
        ref int r = ref Ints[i & 7];
        r = a;
        r++;
        return Ints[i & 7] - Ints[(i + 1) & 7];
    }

    public static int ElementsAliasWhenIndicesMeet(int i, int j)
    {
        ClearAll();
        Ints[i & 7] = 10;
        Ints[j & 7] = 20;
        return Ints[i & 7];
    }

    public static int InsertionSortOfNibbles(uint a)
    {
        for (int i = 0; i < 8; i++)
        {
            int v = (int)(a >> (4 * i)) & 15;
            int j = i - 1;
            while (j >= 0 && Ints[j] > v)
            {
                Ints[j + 1] = Ints[j];
                j--;
            }

            Ints[j + 1] = v;
        }

        int r = 0;
        for (int i = 0; i < 8; i++)
        {
            r = (r << 4) | Ints[i];
        }

        return r;
    }

    public static uint SpanOverBuffer(uint a, int from)
    {
        ClearAll();
        Span<byte> part = new(Bytes, from & 7, 8);
        for (int i = 0; i < part.Length; i++)
        {
            part[i] = (byte)(a >> ((i & 3) * 8));
        }

        uint sum = 0;
        for (int i = 0; i < Bytes.Length; i++)
        {
            sum = (sum * 33) + Bytes[i];
        }

        return sum;
    }
}
