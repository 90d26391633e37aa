// Spans: bounds at both ends, slicing, the library's searches and copies, stackalloc, literals, MemoryMarshal and
// BinaryPrimitives.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Compiler.Cases;

public static class SpanBasics
{
    private struct Point
    {
        public int X;
        public short Y;
    }

    private readonly ref struct Window(Span<int> data, int offset)
    {
        private readonly Span<int> data = data;

        public int Length => data.Length - offset;

        public ref int this[int index] => ref data[index + offset];
    }

    private static void Count(Span<int> s, int first)
    {
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = first + i;
        }
    }

    private static uint HashOf<T>(ReadOnlySpan<T> s)
        where T : unmanaged
    {
        uint h = (uint)s.Length + 2166136261;
        foreach (byte b in MemoryMarshal.AsBytes(s))
        {
            h = (h ^ b) * 16777619;
        }

        return h;
    }

    public static int IndexIsCheckedAtBothEnds(int a, int index)
    {
        Span<int> s = stackalloc int[5];
        Count(s, a);
        return s[index];
    }

    public static int StoreIsCheckedAtBothEnds(int a, int index)
    {
        Span<int> s = stackalloc int[5];
        s[index] = a;
        return s[0] + (s[2] * 3) + (s[4] * 5);
    }

    public static long IndexOfWideElementsIsScaled(long a, int index)
    {
        Span<long> s = stackalloc long[4];
        s[0] = a;
        s[1] = a << 1;
        s[2] = ~a;
        s[3] = 7;
        return s[index] - s[3 - index];
    }

    public static int ByteIndexComputedInSixteenBits(ushort a, ushort b)
    {
        Span<byte> s = stackalloc byte[16];
        s[3] = 30;
        s[15] = 150;
        return s[(ushort)(a + b) & 0x1F] + s[(a ^ b) & 15];
    }

    public static int NegativeIndexIsNotWrapped(int a)
    {
        Span<short> s = stackalloc short[8];
        s.Fill(3);
        return s[(a & 3) - 2];
    }

    public static int HugeIndexIsNotScaledIntoRange(uint a, bool huge)
    {
        Span<int> s = stackalloc int[4];
        s.Fill(5);
        return s[(int)((a & 3) | (huge ? 0x4000_0000u : 0))] + (int)a;
    }

    public static int IndexFromTheEnd(int a, int back)
    {
        Span<int> s = stackalloc int[6];
        Count(s, a);
        return s[^back];
    }

    public static int IndexValueFromEitherEnd(int a, int value, bool fromEnd)
    {
        Span<int> s = stackalloc int[6];
        Count(s, a);
        Index index = new(value & 7, fromEnd);
        return s[index];
    }

    public static uint SliceOfStartIsChecked(int a, int start)
    {
        Span<int> s = stackalloc int[6];
        Count(s, a);
        return HashOf<int>(s.Slice(start));
    }

    public static uint SliceOfStartAndLengthIsChecked(int a, int start, int length)
    {
        Span<int> s = stackalloc int[6];
        Count(s, a);
        return HashOf<int>(s.Slice(start, length));
    }

    public static uint SliceOfSmallStartAndLength(int a, int start, int length)
    {
        Span<int> s = stackalloc int[6];
        Count(s, a);
        return HashOf<int>(s.Slice((start & 7) - 1, (length & 7) - 1));
    }

    public static uint SliceStartPlusLengthMayNotOverflow(int start, bool huge)
    {
        Span<int> s = stackalloc int[6];
        Count(s, 1);
        return HashOf<int>(s.Slice(start & 3, huge ? int.MaxValue : 3));
    }

    public static uint RangeIsChecked(int a, int start, int end)
    {
        start &= 7;
        end &= 7;
        Span<int> s = stackalloc int[6];
        Count(s, a);
        return HashOf<int>(s[start..end]);
    }

    public static uint RangeFromTheEndIsChecked(int a, int start, int end)
    {
        start &= 7;
        end &= 7;
        Span<int> s = stackalloc int[6];
        Count(s, a);
        return HashOf<int>(s[^start..^end]);
    }

    public static int EmptySliceAtTheEndIsAllowed(int a)
    {
        Span<int> s = stackalloc int[3];
        Span<int> end = s[3..];
        Span<int> middle = s.Slice(a & 3, 0);
        return end.Length + (end.IsEmpty ? 1 : 0) + (middle.IsEmpty ? 2 : 0) + (a & 4);
    }

    public static int IndexIntoAnEmptySpanFails(int index)
    {
        Span<int> s = default;
        if (index > 100)
        {
            return s.Length;
        }

        return s[index & 1];
    }

    public static int SliceOfASliceKeepsItsOwnBounds(int a, int index)
    {
        Span<int> s = stackalloc int[10];
        Count(s, a);
        Span<int> t = s[2..8][1..4];
        return t[index];
    }

    public static uint WritesThroughASliceAreSeen(int a, int start)
    {
        Span<int> s = stackalloc int[8];
        Count(s, 0);
        Span<int> t = s.Slice(start & 3, 4);
        t[0] = a;
        t[^1] = ~a;
        s[4] += t[1];
        t[2] ^= s[5];
        return HashOf<int>(s);
    }

    public static int ForeachByRef(int a)
    {
        Span<int> s = stackalloc int[7];
        foreach (ref int v in s)
        {
            v = a;
            a = (a * 3) + 1;
        }

        int sum = 0;
        foreach (int v in s)
        {
            sum = (sum * 5) + v;
        }

        return sum;
    }

    public static int ForeachOverAnEmptySpan(int a)
    {
        int sum = a;
        foreach (int v in Span<int>.Empty)
        {
            sum += v + 100;
        }

        return sum;
    }

    public static int LoopCountedDownToZero(int a)
    {
        Span<int> s = stackalloc int[6];
        Count(s, a);
        int sum = 0;
        for (int i = s.Length - 1; i >= 0; i--)
        {
            sum = (sum * 3) + s[i];
        }

        return sum;
    }

    public static int LoopRunsOnePastTheEndOnDemand(int a, bool inclusive)
    {
        Span<int> s = stackalloc int[5];
        Count(s, a);
        int sum = 0;
        for (int i = 0; inclusive ? i <= s.Length : i < s.Length; i++)
        {
            sum += s[i];
        }

        return sum;
    }

    public static int LoopOverTwoSpansOfDifferentLengths(int a, int length)
    {
        Span<int> s = stackalloc int[8];
        Span<int> t = s[..(length & 7)];
        Count(s, a);
        int sum = 0;
        for (int i = 0; i < s.Length - 3; i++)
        {
            sum += s[i] * t[i];
        }

        return sum;
    }

    public static int CheckBeforeTheLoopDoesNotCoverALongerSpan(int a, int length)
    {
        Span<int> s = stackalloc int[8];
        Count(s, a);
        Span<int> t = s.Slice(0, length & 15);
        int sum = 0;
        if (t.Length > 2)
        {
            t = t[1..];
            for (int i = 0; i < 5; i++)
            {
                sum = (sum * 3) + t[i];
            }
        }

        return sum;
    }

    public static int SpanVariableReassignedInALoop(int a, int step)
    {
        Span<int> s = stackalloc int[16];
        Count(s, a);
        ReadOnlySpan<int> rest = s;
        int sum = 0;
        step = (step & 3) + 1;
        while (rest.Length >= step)
        {
            sum = (sum * 3) + rest[step - 1];
            rest = rest[step..];
        }

        return sum + (rest.Length * 1000);
    }

    public static int SpanOfStructsFieldAccess(int a, short b, int index)
    {
        index &= 3;
        Span<Point> s = stackalloc Point[3];
        s[index].X = a;
        s[index].Y = b;
        s[2 - index].Y += 3;
        return s[0].X + (s[1].X * 3) + (s[2].X * 5) + s[0].Y + (s[1].Y * 7) + (s[2].Y * 11);
    }

    public static int SpanOverASingleVariable(int a)
    {
        int x = a;
        Span<int> s = new(ref x);
        s[0]++;
        x *= 3;
        return s[0] + s.Length;
    }

    public static int SpanOverASingleVariableHasOneElement(int a, int index)
    {
        int x = a;
        int y = ~a;
        ReadOnlySpan<int> s = new(in x);
        return s[index] + y;
    }

    public static int SpanInARefStruct(int a, int index)
    {
        index &= 7;
        Span<int> s = stackalloc int[8];
        Count(s, a);
        Window w = new(s, 2);
        w[1] += 100;
        return w[index] + w.Length + s[3];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<int> Tail(Span<int> s, int count) => s[^count..];

    public static int SpanReturnedFromACall(int a, int count)
    {
        count &= 7;
        Span<int> s = stackalloc int[6];
        Count(s, a);
        Span<int> t = Tail(Tail(s, 5), count);
        return t.Length + t[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Mixed(byte a, ReadOnlySpan<byte> x, long b, Span<int> y, ReadOnlySpan<short> z, int c) =>
        a + x[0] + (int)b + (y[^1] * 3) + (z[1] * 5) + (c * 7) + x.Length + y.Length + z.Length;

    public static int SpansBetweenOtherArguments(byte a, long b, int c)
    {
        Span<byte> x = stackalloc byte[3];
        Span<int> y = stackalloc int[2];
        Span<short> z = stackalloc short[4];
        x[0] = a;
        y[1] = c;
        z[1] = (short)b;
        return Mixed(a, x, b, y, z, c);
    }

    public static bool SpanEqualityIsByPlaceAndLength(int start, int length)
    {
        Span<int> s = stackalloc int[8];
        return s.Slice(start & 3, length & 3) == s[1..3] || s[2..] != s.Slice(2, 6);
    }

    public static bool OverlapsIsExact(int start, int length)
    {
        Span<int> s = stackalloc int[16];
        return s.Slice(start & 7, length & 7).Overlaps(s[6..9]);
    }

    public static int ConditionalPicksASpan(bool flag, int a, int index)
    {
        index &= 7;
        Span<int> s = stackalloc int[3];
        Span<int> t = stackalloc int[5];
        Count(s, a);
        Count(t, -a);
        Span<int> u = flag ? s : t;
        u[1] = 1000;
        return u[index] + s[1] + (t[1] * 3);
    }

    public static int IncrementsThroughAnIndexEvaluateItOnce(int a)
    {
        Span<int> s = stackalloc int[4];
        Count(s, a);
        int i = 0;
        s[i++] += 10;
        s[i++]++;
        s[i++] <<= i;
        return s[0] + (s[1] * 3) + (s[2] * 5) + (s[3] * 7) + i;
    }

    public static int RightSideIsEvaluatedAfterTheIndexCheck(int index, int divisor)
    {
        Span<int> s = stackalloc int[2];
        s[index] = 100 / divisor;
        return s[0] - s[1];
    }

    public static int SpanFieldOfAnElementAfterFailureFreeBranch(int a, int index)
    {
        Span<int> s = stackalloc int[4];
        Count(s, a);
        return (uint)index < (uint)s.Length ? s[index] : -1;
    }

    public static uint ReadOnlyViewSeesWrites(int a, int index)
    {
        Span<int> s = stackalloc int[4];
        ReadOnlySpan<int> view = s;
        Count(s, a);
        s[index & 3] = 9;
        return HashOf(view);
    }
}

public static class SpanLibrary
{
    private struct Point(int x, byte y) : IEquatable<Point>
    {
        public int X = x;
        public int Y = y;

        public readonly bool Equals(Point other) => X == other.X && (byte)Y == (byte)other.Y;

        public override readonly bool Equals(object? obj) => obj is Point p && Equals(p);

        public override readonly int GetHashCode() => X;
    }

    private readonly struct Nearest(int target) : IComparable<int>
    {
        public int CompareTo(int other) => target > other ? 1 : target < other ? -1 : 0;
    }

    private static uint HashOf<T>(ReadOnlySpan<T> s)
        where T : unmanaged
    {
        uint h = (uint)s.Length + 2166136261;
        foreach (byte b in MemoryMarshal.AsBytes(s))
        {
            h = (h ^ b) * 16777619;
        }

        return h;
    }

    private static void Scramble(Span<byte> s, uint seed)
    {
        foreach (ref byte b in s)
        {
            seed = (seed * 1664525) + 1013904223;
            b = (byte)(seed >> 24);
        }
    }

    public static uint FillOfEveryWidth(long a, int start, int length)
    {
        Span<ulong> words = stackalloc ulong[6];
        Span<byte> bytes = MemoryMarshal.AsBytes(words);
        bytes.Fill((byte)a);
        MemoryMarshal.Cast<byte, ushort>(bytes[8..20]).Fill((ushort)a);
        MemoryMarshal.Cast<byte, uint>(bytes[24..36]).Fill((uint)a);
        words[5..].Fill((ulong)a);
        bytes.Slice(start & 15, length & 15).Fill(0x5A);
        return HashOf<ulong>(words);
    }

    public static uint FillOfStructs(int x, byte y, int start)
    {
        Span<Point> s = stackalloc Point[5];
        s.Slice(start & 3, 2).Fill(new Point(x, y));
        return HashOf<Point>(s);
    }

    public static uint ClearOfAnyRange(uint seed, int start, int length)
    {
        Span<byte> s = stackalloc byte[40];
        Scramble(s, seed);
        s.Slice(start & 15, length & 31).Clear();
        return HashOf<byte>(s[..39]);
    }

    public static uint ClearOfLongs(ulong a, int start, int length)
    {
        Span<ulong> s = stackalloc ulong[8];
        s.Fill(a);
        s.Slice(start & 3, length & 3).Clear();
        return HashOf<ulong>(s);
    }

    public static uint CopyToOfAnyLengthAndAlignment(uint seed, int from, int to, int length)
    {
        Span<byte> s = stackalloc byte[48];
        Span<byte> t = stackalloc byte[48];
        Scramble(s, seed);
        Scramble(t, ~seed);
        s.Slice(from & 15, length & 31).CopyTo(t.Slice(to & 15, 33));
        return HashOf<byte>(t);
    }

    public static uint CopyToOfStructs(int a, int from, int to)
    {
        Span<Point> s = stackalloc Point[6];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = new Point(a + i, (byte)(a >> i));
        }

        s.Slice(from & 3, 2).CopyTo(s[(to & 3)..]);
        return HashOf<Point>(s);
    }

    public static int TryCopyToRefusesAShortTarget(int a, int length)
    {
        Span<int> s = stackalloc int[8];
        Span<int> t = stackalloc int[4];
        s.Fill(a);
        bool copied = s[..(length & 7)].TryCopyTo(t);
        return (copied ? 1 : 0) + (t[0] * 3) + (t[3] * 5);
    }

    public static uint ReverseOfEveryLength(uint seed, int length)
    {
        Span<byte> s = stackalloc byte[64];
        Scramble(s, seed);
        s.Slice(3, length & 31).Reverse();
        return HashOf<byte>(s);
    }

    public static uint ReverseOfWiderElements(ulong seed, int length)
    {
        Span<ushort> a = stackalloc ushort[20];
        Span<uint> b = stackalloc uint[20];
        Span<ulong> c = stackalloc ulong[20];
        for (int i = 0; i < 20; i++)
        {
            a[i] = (ushort)(seed >> i);
            b[i] = (uint)(seed >> i);
            c[i] = seed << i;
        }

        length %= 20;
        length = length < 0 ? -length : length;
        a[..length].Reverse();
        b[..length].Reverse();
        c[..length].Reverse();
        return HashOf<ushort>(a) ^ (HashOf<uint>(b) * 3) ^ (HashOf<ulong>(c) * 5);
    }

    public static uint ReverseOfStructs(int a, int length)
    {
        Span<Point> s = stackalloc Point[5];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = new Point(a ^ i, (byte)i);
        }

        s[..(length & 3)].Reverse();
        return HashOf<Point>(s);
    }

    public static bool SequenceEqualOfAnyLengthAndAlignment(uint seed, int start, int length, int flip)
    {
        Span<byte> s = stackalloc byte[40];
        Span<byte> t = stackalloc byte[40];
        Scramble(s, seed);
        s.CopyTo(t);
        t[flip & 31] ^= 1;
        return s.Slice(start & 7, length & 31).SequenceEqual(t.Slice(start & 7, length & 31));
    }

    public static bool SequenceEqualOfDifferentLengths(int length, int other)
    {
        Span<int> s = stackalloc int[16];
        return s[..(length & 15)].SequenceEqual(s[..(other & 15)]);
    }

    public static bool SequenceEqualOfStructsUsesTheirEquals(int a, int high)
    {
        Span<Point> s = stackalloc Point[2];
        Span<Point> t = stackalloc Point[2];
        s[0] = t[0] = new Point(a, 1);
        s[1].Y = 7;
        t[1].Y = 7 + (high << 8);
        t[1].X = (a & 1) * (high & 1);
        return s.SequenceEqual(t);
    }

    public static int SequenceCompareToComparesUnsignedBytes(uint seed, int flip, byte with)
    {
        Span<byte> s = stackalloc byte[24];
        Span<byte> t = stackalloc byte[24];
        Scramble(s, seed);
        s.CopyTo(t);
        t[flip % 24 & 15] = with;
        int order = s.SequenceCompareTo(t);
        int shorter = s[..5].SequenceCompareTo(s);
        return (order < 0 ? -1 : order > 0 ? 1 : 0) + (shorter < 0 ? 10 : 20);
    }

    public static int IndexOfByte(uint seed, byte value, int length)
    {
        Span<byte> s = stackalloc byte[64];
        Scramble(s, seed);
        s[(int)(seed & 63)] = value;
        return s[..(length & 63)].IndexOf(value);
    }

    public static int IndexOfSByteAndShort(int a, sbyte value)
    {
        Span<sbyte> s = stackalloc sbyte[20];
        Span<short> t = stackalloc short[20];
        for (int i = 0; i < 20; i++)
        {
            s[i] = (sbyte)(a + (i * 13));
            t[i] = (short)((a + (i * 13)) & 0xFF);
        }

        return s.IndexOf(value) + (t.IndexOf(value) * 100);
    }

    public static int IndexOfInt(int a, int value)
    {
        Span<int> s = stackalloc int[23];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = i * a;
        }

        return s.IndexOf(value) + (s.IndexOf(a * 17) * 100);
    }

    public static int IndexOfLongComparesBothHalves(long a, int at)
    {
        Span<long> s = stackalloc long[9];
        s.Fill(a ^ 1);
        s[2] = a ^ (1L << 40);
        s[at & 7] = a;
        return s.IndexOf(a);
    }

    public static int IndexOfChar(char value, int a)
    {
        Span<char> s = stackalloc char[30];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = (char)(a + (i * 259));
        }

        s[29] = value;
        return s.IndexOf(value);
    }

    public static int IndexOfStructUsesItsEquals(int a, byte b)
    {
        Span<Point> s = stackalloc Point[6];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = new Point(a + (i & 1), (byte)(b + i));
            s[i].Y += i << 8;
        }

        return s.IndexOf(new Point(a + (b & 1), (byte)(b + 3)));
    }

    public static int IndexOfASequence(uint seed, int start, int length)
    {
        Span<byte> s = stackalloc byte[40];
        Scramble(s, seed);
        for (int i = 0; i < s.Length; i++)
        {
            s[i] &= 1;
        }

        return s.IndexOf((ReadOnlySpan<byte>)s.Slice(start & 31, length & 7));
    }

    public static int LastIndexOfByte(uint seed, byte value, int length)
    {
        Span<byte> s = stackalloc byte[50];
        Scramble(s, seed);
        s[(int)(seed % 50)] = value;
        return s[..(length & 31)].LastIndexOf(value);
    }

    public static int LastIndexOfInt(int a, int value)
    {
        Span<int> s = stackalloc int[12];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = (a >> i) & 3;
        }

        return s.LastIndexOf(value & 3);
    }

    public static int IndexOfAnyOfTwoAndThree(uint seed, byte a, byte b, byte c)
    {
        Span<byte> s = stackalloc byte[40];
        Scramble(s, seed);
        s[30] = b;
        return s.IndexOfAny(a, b) + (s[5..].IndexOfAny(a, b, c) * 100);
    }

    public static bool ContainsInt(int a, int value)
    {
        Span<int> s = stackalloc int[10];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = a + (i * i);
        }

        return s.Contains(value);
    }

    public static int StartsWithAndEndsWith(uint seed, int length, int start)
    {
        Span<byte> s = stackalloc byte[16];
        Scramble(s, seed);
        foreach (ref byte b in s)
        {
            b &= 1;
        }

        ReadOnlySpan<byte> part = s.Slice(start & 7, length & 7);
        return (s.StartsWith(part) ? 1 : 0) | (s.EndsWith(part) ? 2 : 0) | (s[..4].StartsWith(part) ? 4 : 0);
    }

    public static int StartsWithAnEmptySequence(int a)
    {
        Span<int> s = stackalloc int[2];
        s.Fill(a);
        return (s.StartsWith(Span<int>.Empty) ? 1 : 0) | (Span<int>.Empty.StartsWith(s) ? 2 : 0)
            | (Span<int>.Empty.EndsWith(ReadOnlySpan<int>.Empty) ? 4 : 0) | (a & 8);
    }

    public static int BinarySearchGivesTheComplementOfTheGap(int a, int value, int length)
    {
        Span<int> s = stackalloc int[16];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = ((a & 0xFF) * 3) + (i * 7);
        }

        return s[..(length & 15)].BinarySearch<int, int>(value & 0x3FF)
            ^ (s.BinarySearch<int, int>(s[length & 15]) << 16);
    }

    public static int BinarySearchByAStructComparable(int step, int target)
    {
        Span<int> s = stackalloc int[11];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = (i - 5) * ((step & 0xFFFF) + 1);
        }

        return s.BinarySearch(new Nearest(target));
    }

    public static int BinarySearchOfUnsignedOrdersHighBitsLast(uint value)
    {
        Span<uint> s = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE];
        return s.BinarySearch<uint, uint>(value);
    }

    public static int CountOfAValue(uint seed, byte value)
    {
        Span<byte> s = stackalloc byte[37];
        Scramble(s, seed);
        foreach (ref byte b in s)
        {
            b &= 3;
        }

        return s.Count((byte)(value & 3));
    }

    public static uint ReplaceOfAValue(uint seed, byte from, byte to)
    {
        Span<byte> s = stackalloc byte[37];
        Scramble(s, seed);
        foreach (ref byte b in s)
        {
            b &= 7;
        }

        s[1..36].Replace((byte)(from & 7), to);
        return HashOf<byte>(s);
    }

    public static int TrimOfAValue(int left, int right)
    {
        Span<byte> s = stackalloc byte[12];
        s[(left & 7)..(8 + (right & 3))].Fill(1);
        s[left & 7] = 2;
        ReadOnlySpan<byte> t = s;
        ReadOnlySpan<byte> u = t.Trim((byte)0);
        return u.Length + (t.TrimStart((byte)0).Length * 100) + (t.TrimEnd((byte)0).Length * 10000);
    }
}

public static class SpanStackAndLiterals
{
    private static ReadOnlySpan<byte> Primes => [2, 3, 5, 7, 11, 13, 17, 19, 23, 251];

    private static ReadOnlySpan<int> Signed => [0, -1, int.MinValue, int.MaxValue, 1 << 20, -65536];

    private static ReadOnlySpan<ushort> Halves => [0, 1, 0x8000, 0xFFFF, 0x1234];

    private static ReadOnlySpan<long> Longs => [long.MinValue, -1, 0x1234_5678_9ABC_DEF0, long.MaxValue];

    private static ReadOnlySpan<char> Letters => ['a', 'ß', '€', '\uFFFF'];

    private static ReadOnlySpan<bool> Truths => [true, false, false, true, true];

    private static ReadOnlySpan<sbyte> Small => [-128, -1, 0, 127];

    public static int StackallocIsZeroed(int a, int index)
    {
        Dirty(a);
        Span<int> s = stackalloc int[24];
        s[0] = a;
        int any = 0;
        for (int i = 1; i < s.Length; i++)
        {
            any |= s[i];
        }

        return any + s[index & 15];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Dirty(int a)
    {
        Span<int> s = stackalloc int[64];
        s.Fill(a | 1);
        return s[a & 63];
    }

    public static int StackallocWithAnInitialiser(int a, int index)
    {
        index &= 7;
        Span<int> s = stackalloc int[] { 1, a, 3, a * a, 5 };
        return s[index] * s[3];
    }

    public static int StackallocOfConstants(int index)
    {
        index &= 3;
        ReadOnlySpan<byte> b = stackalloc byte[] { 200, 100, 50, 25 };
        ReadOnlySpan<short> s = stackalloc short[] { -1, 300, -300, 32767 };
        ReadOnlySpan<int> i = stackalloc int[] { 1, 1 << 30, -5, 70000 };
        return b[index] + (s[index] * 3) + (i[index] * 5);
    }

    public static long StackallocsDoNotOverlap(long a)
    {
        Span<byte> x = stackalloc byte[5];
        Span<long> y = stackalloc long[2];
        Span<ushort> z = stackalloc ushort[3];
        Span<byte> w = stackalloc byte[1];
        x.Fill((byte)a);
        y.Fill(a);
        z.Fill((ushort)(a >> 8));
        w.Fill(9);
        return x[4] + y[0] + (y[1] * 3) + (z[0] * 5) + (z[2] * 7) + (w[0] * 11) + x[0];
    }

    public static int StackallocInEachRecursionIsItsOwn(int a, int depth) => Descend(a, depth & 7);

    private static int Descend(int a, int depth)
    {
        Span<int> s = stackalloc int[4];
        s[depth & 3] = a;
        int below = depth == 0 ? 0 : Descend(a + depth, depth - 1);
        return (below * 3) + s[0] + s[1] + s[2] + s[3];
    }

    public static int StackallocInABranch(int a, bool flag)
    {
        Span<int> s = default;
        if (flag)
        {
            Span<int> t = stackalloc int[3];
            t[2] = a;
            a = t[2] + t[1];
        }

        return a + s.Length;
    }

    public static int ByteLiteral(int index) => Primes[index & 15];

    public static int IntLiteral(int index) => Signed[index & 7];

    public static int UShortLiteral(int index) => Halves[index & 7];

    public static long LongLiteral(int index) => Longs[index & 7];

    public static char CharLiteral(int index) => Letters[index & 7];

    public static bool BoolLiteral(int index) => Truths[index & 7];

    public static int SByteLiteralSignExtends(int index) => Small[(index & 7) - 1];

    public static int Utf8Literal(int index)
    {
        index &= 31;
        ReadOnlySpan<byte> s = "Grüße, 世界! \0\u0001"u8;
        return s[index] + (s.Length << 8);
    }

    public static bool Utf8LiteralsAreCompared(int start)
    {
        ReadOnlySpan<byte> s = "xous-core"u8;
        return s[(start & 7)..].StartsWith("-co"u8) || s[..(start & 7)].SequenceEqual("xou"u8);
    }

    public static int KeywordsMatchedInTurn(int which, int cut)
    {
        ReadOnlySpan<byte> all = "getsetputdel"u8;
        ReadOnlySpan<byte> word = all.Slice((which & 3) * 3, 3 - ((cut >> 30) & 1));
        return word.SequenceEqual("get"u8) ? 1 : word.SequenceEqual("set"u8) ? 2 : word.SequenceEqual("put"u8) ? 3
            : word is [(byte)'d', _, var last] ? last : -word[^1];
    }

    public static int ListPatterns(int a, int b, int length)
    {
        Span<int> s = stackalloc int[4];
        s[0] = a;
        s[1] = b;
        s[3] = 9;
        return s[..(length & 3)] switch
        {
            [] => 1,
            [0] => 2,
            [var x] => x,
            [> 0, .. var rest] => rest.Length + rest[0],
            [.., < 0] => 4,
            [_, var y, ..] => y,
        };
    }

    public static int CollectionExpressionOfVariables(int a, int b, int index)
    {
        index &= 7;
        Span<int> s = [a, b, a + b, a - b, 7];
        s[index & 3]++;
        ReadOnlySpan<int> t = [s[4], s[1], s[0], s[index]];
        return t[0] + (t[1] * 3) + (t[2] * 5) + (t[3] * 7);
    }

    private static int SumAll(params ReadOnlySpan<int> values)
    {
        int sum = values.Length;
        foreach (int v in values)
        {
            sum = (sum * 3) + v;
        }

        return sum;
    }

    public static int ParamsSpan(int a, int b, int c) => SumAll(a, b) + SumAll() + SumAll(a, SumAll(c), b, a);
}

public static class SpanMarshal
{
    private struct Header
    {
        public ushort Magic;
        public byte Version;
        public sbyte Flags;
        public uint Length;
    }

    private static void Scramble(Span<byte> s, ulong seed)
    {
        foreach (ref byte b in s)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            b = (byte)(seed >> 56);
        }
    }

    public static uint CastBytesToWords(ulong seed, int index)
    {
        index &= 7;
        Span<uint> storage = stackalloc uint[6];
        Span<byte> bytes = MemoryMarshal.AsBytes(storage);
        Scramble(bytes, seed);
        return MemoryMarshal.Cast<byte, uint>(bytes[4..20])[index];
    }

    public static int CastDropsAPartialElement(int length)
    {
        Span<ulong> storage = stackalloc ulong[4];
        Span<byte> bytes = MemoryMarshal.AsBytes(storage)[..(length & 31)];
        return MemoryMarshal.Cast<byte, ushort>(bytes).Length + (MemoryMarshal.Cast<byte, uint>(bytes).Length * 100)
            + (MemoryMarshal.Cast<byte, ulong>(bytes).Length * 10000);
    }

    public static uint CastWordsToHalvesAndBack(uint a, ushort b, int index)
    {
        index &= 7;
        Span<uint> words = stackalloc uint[3];
        words.Fill(a);
        Span<ushort> halves = MemoryMarshal.Cast<uint, ushort>(words);
        halves[index] = b;
        halves[5]++;
        Span<uint> again = MemoryMarshal.Cast<ushort, uint>(halves);
        return words[0] ^ (again[1] * 3) ^ (words[2] * 5);
    }

    public static int CastToSignedReinterprets(uint a)
    {
        Span<uint> words = stackalloc uint[1];
        words[0] = a;
        Span<sbyte> s = MemoryMarshal.Cast<uint, sbyte>(words);
        Span<short> t = MemoryMarshal.Cast<uint, short>(words);
        return s[0] + (s[3] * 3) + (t[1] * 5);
    }

    public static uint CastToStructs(ulong seed, int index)
    {
        index &= 3;
        Span<uint> words = stackalloc uint[8];
        Scramble(MemoryMarshal.AsBytes(words), seed);
        Span<Header> headers = MemoryMarshal.Cast<uint, Header>(words[..7]);
        ref Header h = ref headers[index];
        h.Version++;
        return h.Magic + ((uint)h.Flags * 3) + (h.Length * 5) + words[(index * 2) & 6];
    }

    public static uint AsBytesOfStructs(ushort magic, byte version, sbyte flags, uint length)
    {
        Span<Header> s = stackalloc Header[1];
        s[0] = new Header { Magic = magic, Version = version, Flags = flags, Length = length };
        uint h = 1;
        foreach (byte b in MemoryMarshal.AsBytes(s))
        {
            h = (h * 31) + b;
        }

        return h;
    }

    public static uint ReadAtAnyOffsetIsChecked(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[12];
        Scramble(s, seed);
        return MemoryMarshal.Read<uint>(s[offset..]);
    }

    public static ulong ReadOfEveryWidth(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[24];
        Scramble(s, seed);
        ReadOnlySpan<byte> at = s[(offset & 15)..];
        return MemoryMarshal.Read<ulong>(at) + (MemoryMarshal.Read<ushort>(at) * 3u)
            + (ulong)MemoryMarshal.Read<short>(at[1..]) + MemoryMarshal.Read<byte>(at);
    }

    public static uint ReadOfAStructAtAnyOffset(ulong seed, int offset)
    {
        offset &= 7;
        Span<byte> s = stackalloc byte[15];
        Scramble(s, seed);
        Header h = MemoryMarshal.Read<Header>(s[(offset & 15)..]);
        return h.Magic + ((uint)h.Flags * 3) + (h.Length * 5) + h.Version;
    }

    public static uint WriteAtAnyOffsetIsChecked(uint a, int offset)
    {
        Span<byte> s = stackalloc byte[12];
        MemoryMarshal.Write(s[offset..], in a);
        uint h = 1;
        foreach (byte b in s)
        {
            h = (h * 31) + b;
        }

        return h;
    }

    public static uint WriteOfAStructAtAnyOffset(uint a, int offset)
    {
        Span<byte> s = stackalloc byte[16];
        s.Fill(0xEE);
        Header header = new() { Magic = (ushort)a, Version = 1, Flags = -1, Length = ~a };
        MemoryMarshal.Write(s[(offset & 7)..], in header);
        uint h = 1;
        foreach (byte b in s)
        {
            h = (h * 31) + b;
        }

        return h;
    }

    public static int AsRefPointsIntoTheSpan(int a, int index)
    {
        Span<int> words = stackalloc int[4];
        ref int r = ref MemoryMarshal.AsRef<int>(MemoryMarshal.AsBytes(words)[((index & 3) * 4)..]);
        r = a;
        words[index & 3]++;
        return r + words[0] + (words[3] * 3);
    }

    public static int GetReferenceAndCreateSpan(int a, int index)
    {
        index &= 3;
        Span<int> words = stackalloc int[5];
        ref int first = ref MemoryMarshal.GetReference(words[1..]);
        Span<int> three = MemoryMarshal.CreateSpan(ref first, 3);
        three[index] = a;
        return words[0] + (words[1] * 3) + (words[2] * 5) + (words[3] * 7) + words[4];
    }

    public static ulong BytesOfALocalVariable(ulong a, int index)
    {
        index = (index & 15) - 1;
        ulong v = a;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref v));
        bytes[index] ^= 0xFF;
        return v;
    }
}

public static class SpanBinaryPrimitives
{
    private static void Scramble(Span<byte> s, ulong seed)
    {
        foreach (ref byte b in s)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            b = (byte)(seed >> 56);
        }
    }

    private static uint HashOf(ReadOnlySpan<byte> s)
    {
        uint h = 1;
        foreach (byte b in s)
        {
            h = (h * 31) + b;
        }

        return h;
    }

    public static int Read16BothEndsIsChecked(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[9];
        Scramble(s, seed);
        ReadOnlySpan<byte> at = s[offset..];
        return BinaryPrimitives.ReadInt16LittleEndian(at) + (BinaryPrimitives.ReadInt16BigEndian(at) * 3)
            + (BinaryPrimitives.ReadUInt16BigEndian(at) * 5);
    }

    public static uint Read32BothEndsIsChecked(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[9];
        Scramble(s, seed);
        ReadOnlySpan<byte> at = s[offset..];
        return BinaryPrimitives.ReadUInt32LittleEndian(at) + (BinaryPrimitives.ReadUInt32BigEndian(at) * 3)
            + (uint)(BinaryPrimitives.ReadInt32BigEndian(at) >> 5);
    }

    public static ulong Read64BothEndsIsChecked(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[11];
        Scramble(s, seed);
        ReadOnlySpan<byte> at = s[offset..];
        return BinaryPrimitives.ReadUInt64LittleEndian(at) + (BinaryPrimitives.ReadUInt64BigEndian(at) * 3)
            + (ulong)(BinaryPrimitives.ReadInt64BigEndian(at) >> 7);
    }

    public static uint Write16BothEndsIsChecked(short a, int offset)
    {
        Span<byte> s = stackalloc byte[8];
        BinaryPrimitives.WriteInt16LittleEndian(s[offset..], a);
        BinaryPrimitives.WriteUInt16BigEndian(s[(offset ^ 4)..], (ushort)(a + 1));
        return HashOf(s);
    }

    public static uint Write32BothEndsIsChecked(int a, int offset)
    {
        Span<byte> s = stackalloc byte[13];
        BinaryPrimitives.WriteInt32LittleEndian(s[offset..], a);
        BinaryPrimitives.WriteInt32BigEndian(s[(offset + 5)..], a);
        return HashOf(s);
    }

    public static uint Write64BothEndsIsChecked(long a, int offset)
    {
        Span<byte> s = stackalloc byte[19];
        BinaryPrimitives.WriteUInt64BigEndian(s[offset..], (ulong)a);
        BinaryPrimitives.WriteInt64LittleEndian(s[(offset + 9)..], a);
        return HashOf(s);
    }

    public static int TryReadRefusesAShortSpan(ulong seed, int length)
    {
        Span<byte> s = stackalloc byte[8];
        Scramble(s, seed);
        bool read = BinaryPrimitives.TryReadInt32BigEndian(s[..(length & 7)], out int v);
        bool half = BinaryPrimitives.TryReadUInt16LittleEndian(s[..(length & 3)], out ushort w);
        return v + (read ? 1 : 0) + w + (half ? 2 : 0);
    }

    public static uint TryWriteRefusesAShortSpan(uint a, int length)
    {
        Span<byte> s = stackalloc byte[8];
        bool wrote = BinaryPrimitives.TryWriteUInt32BigEndian(s[..(length & 7)], a);
        return HashOf(s) + (wrote ? 1u : 0);
    }

    public static ulong ReverseEndiannessOfEveryWidth(ulong a) =>
        BinaryPrimitives.ReverseEndianness(a) ^ BinaryPrimitives.ReverseEndianness((uint)a)
        ^ BinaryPrimitives.ReverseEndianness((ushort)(a >> 7))
        ^ (ulong)BinaryPrimitives.ReverseEndianness((short)a)
        ^ (ulong)BinaryPrimitives.ReverseEndianness((int)(a >> 3));

    public static uint ParseABigEndianRecord(ulong seed, int at)
    {
        Span<byte> s = stackalloc byte[32];
        Scramble(s, seed);
        ReadOnlySpan<byte> rest = s[(at & 15)..];
        ushort tag = BinaryPrimitives.ReadUInt16BigEndian(rest);
        int length = rest[2] & 7;
        ReadOnlySpan<byte> body = rest.Slice(3, length);
        rest = rest[(3 + length)..];
        return tag + HashOf(body) + BinaryPrimitives.ReadUInt32BigEndian(rest);
    }
}
