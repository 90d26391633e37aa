// Generics: constrained calls without boxing, static abstract members, generic structs, nested instantiations, and one
// copy of the code for each type argument.
using System.Numerics;
using System.Runtime.CompilerServices;

namespace XousCloud.Compiler.Cases;

public static class GenericCalls
{
    private interface IShape
    {
        int Area { get; }

        int Scale(int by);
    }

    private interface ICounter
    {
        int Next();

        int Current { get; set; }
    }

    private interface INamed : IShape
    {
        int Name();
    }

    private interface IConvert<TTo>
    {
        TTo Convert();
    }

    private interface IVisitor
    {
        void Visit<T>(T item, int depth)
            where T : struct, IShape;
    }

    private interface IStore
    {
        int this[int index] { get; set; }

        int Count { get; }
    }

    private struct Square(int side) : IShape
    {
        private int side = side;

        public readonly int Area => side * side;

        public int Scale(int by) => side *= by;
    }

    private struct Rectangle(short width, long height) : INamed
    {
        private short width = width;
        private long height = height;

        public readonly int Area => (int)(width * height);

        public int Scale(int by)
        {
            width += (short)by;
            height -= by;
            return (int)height ^ width;
        }

        readonly int INamed.Name() => width;
    }

    private struct Up : ICounter
    {
        public int Current { get; set; }

        public int Next() => ++Current;
    }

    private struct ByteUp : ICounter
    {
        private byte value;

        public int Current
        {
            readonly get => value;
            set => this.value = (byte)value;
        }

        public int Next() => ++value;
    }

    private struct Both : IConvert<int>, IConvert<long>, IConvert<(byte, short)>
    {
        public int Raw;

        public readonly int Convert() => Raw + 1;

        readonly long IConvert<long>.Convert() => (long)Raw << 20;

        readonly (byte, short) IConvert<(byte, short)>.Convert() => ((byte)Raw, (short)~Raw);
    }

    private struct Summing : IVisitor
    {
        public int Sum;

        public void Visit<T>(T item, int depth)
            where T : struct, IShape
        {
            Sum = (Sum * 3) + item.Area + item.Scale(depth) + item.Area;
            if (depth > 0)
            {
                Visit(item, depth - 1);
            }
        }
    }

    private struct TwoSlots : IStore
    {
        private int a;
        private short b;

        public int this[int index]
        {
            readonly get => index == 0 ? a : b;
            set
            {
                if (index == 0)
                {
                    a = value;
                }
                else
                {
                    b = (short)value;
                }
            }
        }

        public readonly int Count => 2;
    }

    private readonly ref struct View(Span<int> data) : IStore
    {
        private readonly Span<int> data = data;

        public int this[int index]
        {
            get => data[index];
            set => data[index] = value;
        }

        public int Count => data.Length;
    }

    private static int AreaOf<T>(T shape)
        where T : IShape => shape.Area;

    private static int ScaledByValue<T>(T shape, int by)
        where T : IShape => shape.Scale(by) + shape.Area;

    private static int ScaledByRef<T>(ref T shape, int by)
        where T : IShape => shape.Scale(by) + shape.Area;

    private static int ScaledByIn<T>(in T shape, int by)
        where T : struct, IShape => shape.Scale(by) + shape.Area;

    public static int ConstrainedPropertyOnTwoStructs(int a, short b, long c) =>
        AreaOf(new Square(a)) + (AreaOf(new Rectangle(b, c)) * 3);

    public static int MutationOfAValueArgumentStaysInside(int a, int by)
    {
        Square s = new(a);
        int r = ScaledByValue(s, by);
        return (r * 3) + s.Area;
    }

    public static int MutationThroughARefReachesTheVariable(int a, int by)
    {
        Square s = new(a);
        Rectangle t = new((short)a, by);
        int r = ScaledByRef(ref s, by) + ScaledByRef(ref t, by);
        return (r * 3) + s.Area + t.Area;
    }

    public static int MutationThroughAnInArgumentIsOnACopy(int a, int by)
    {
        Square s = new(a);
        return (ScaledByIn(in s, by) * 3) + s.Area;
    }

    private static int Twice<T>(ref T counter)
        where T : struct, ICounter
    {
        counter.Current += 3;
        return (counter.Next() * 1000) + counter.Next();
    }

    public static int CountersOfTwoWidths(int start)
    {
        Up up = new() { Current = start };
        ByteUp narrow = new() { Current = start };
        return Twice(ref up) + (Twice(ref narrow) * 3) + up.Current + narrow.Current;
    }

    private static int BaseAndDerived<T>(T item)
        where T : INamed => item.Name() + item.Area;

    public static int ExplicitImplementationThroughAConstraint(short a, long b) => BaseAndDerived(new Rectangle(a, b));

    private static TTo To<TFrom, TTo>(TFrom from)
        where TFrom : IConvert<TTo> => from.Convert();

    public static long OneInterfaceAtThreeTypeArguments(int a)
    {
        Both b = new() { Raw = a };
        (byte x, short y) = To<Both, (byte, short)>(b);
        return To<Both, int>(b) + To<Both, long>(b) + x + (y * 3);
    }

    private static void Walk<TVisitor, T>(ref TVisitor visitor, T item, int depth)
        where TVisitor : struct, IVisitor
        where T : struct, IShape
    {
        visitor.Visit(item, depth);
        visitor.Visit(new Square(depth), 1);
    }

    public static int GenericMethodOfAConstrainedInterface(int a, int depth)
    {
        Summing visitor = default;
        Walk(ref visitor, new Square(a), depth & 3);
        Walk(ref visitor, new Rectangle((short)a, 5), depth & 1);
        return visitor.Sum;
    }

    private static int Rotate<T>(T store, int by)
        where T : struct, IStore, allows ref struct
    {
        int kept = store[0];
        for (int i = 1; i < store.Count; i++)
        {
            store[i - 1] = store[i] + by;
        }

        store[store.Count - 1] = kept;
        return store[0] + (store[1] * 3);
    }

    public static int ConstrainedCallOnARefStruct(int a, int by)
    {
        Span<int> data = [a, by, 3, 4];
        TwoSlots two = default;
        two[0] = by;
        two[1] = a;
        return Rotate(new View(data), by) + (data[3] * 5) + Rotate(two, a) + two[1];
    }

    private static int CallsThroughASpan<T>(Span<T> items)
        where T : struct, ICounter
    {
        int sum = 0;
        for (int i = 0; i < items.Length; i++)
        {
            items[i].Current += i;
            sum = (sum * 3) + items[i].Next();
        }

        foreach (T item in items)
        {
            sum += item.Next();
        }

        return sum + items[0].Current;
    }

    public static int ConstrainedCallsOnSpanElements(int a)
    {
        Span<Up> wide = stackalloc Up[3];
        Span<ByteUp> narrow = stackalloc ByteUp[3];
        wide[1].Current = a;
        narrow[2].Current = a;
        return CallsThroughASpan(wide) + (CallsThroughASpan(narrow) * 7) + wide[1].Current + narrow[2].Current;
    }

    private static int Compare<T>(T a, T b)
        where T : IComparable<T>
    {
        int order = a.CompareTo(b);
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }

    public static int CompareToOfEveryWidth(long a, long b) =>
        Compare(a, b) + (3 * Compare((int)a, (int)b)) + (9 * Compare((uint)a, (uint)b))
        + (27 * Compare((sbyte)a, (sbyte)b))
        + (81 * Compare((byte)a, (byte)b)) + (243 * Compare((ulong)a, (ulong)b)) + (729 * Compare((char)a, (char)b))
        + (2187 * Compare(a < 0, b < 0));

    private static bool Same<T>(T a, T b)
        where T : IEquatable<T> => a.Equals(b) && b.Equals(a);

    public static int EqualsOfEveryWidth(long a, long b) =>
        (Same(a, b) ? 1 : 0) | (Same((int)a, (int)b) ? 2 : 0) | (Same((byte)a, (byte)b) ? 4 : 0)
        | (Same((short)a, (short)b) ? 8 : 0)
        | (Same((ulong)a, (ulong)b) ? 16 : 0) | (Same((char)a, (char)b) ? 32 : 0) | (Same(a < b, b < a) ? 64 : 0);
}

public static class GenericStatics
{
    private interface IRing<TSelf>
        where TSelf : struct, IRing<TSelf>
    {
        static abstract TSelf Zero { get; }

        static abstract TSelf One { get; }

        static abstract int Bits { get; }

        static abstract TSelf operator +(TSelf a, TSelf b);

        static abstract TSelf operator -(TSelf a);

        static abstract TSelf operator *(TSelf a, TSelf b);

        static abstract bool operator ==(TSelf a, TSelf b);

        static abstract bool operator !=(TSelf a, TSelf b);

        static abstract explicit operator uint(TSelf a);

        static abstract TSelf From(int v);
    }

    private interface ICodec
    {
        static abstract int Size { get; }

        static abstract uint Decode(ReadOnlySpan<byte> s);
    }

    private struct Mod251 : IRing<Mod251>
    {
        private byte v;

        public static Mod251 Zero => default;

        public static Mod251 One => new() { v = 1 };

        public static int Bits => 8;

        public static Mod251 operator +(Mod251 a, Mod251 b) => new() { v = (byte)((a.v + b.v) % 251) };

        public static Mod251 operator -(Mod251 a) => new() { v = (byte)((251 - a.v) % 251) };

        public static Mod251 operator *(Mod251 a, Mod251 b) => new() { v = (byte)(a.v * b.v % 251) };

        public static bool operator ==(Mod251 a, Mod251 b) => a.v == b.v;

        public static bool operator !=(Mod251 a, Mod251 b) => a.v != b.v;

        public static explicit operator uint(Mod251 a) => a.v;

        public static Mod251 From(int v) => new() { v = (byte)(((v % 251) + 251) % 251) };

        public override readonly bool Equals(object? obj) => obj is Mod251 m && m == this;

        public override readonly int GetHashCode() => v;
    }

    private struct Word : IRing<Word>
    {
        private int v;

        public static Word Zero => default;

        public static Word One => From(1);

        public static int Bits => 32;

        public static Word operator +(Word a, Word b) => From(a.v + b.v);

        public static Word operator -(Word a) => From(-a.v);

        public static Word operator *(Word a, Word b) => From(a.v * b.v);

        public static bool operator ==(Word a, Word b) => a.v == b.v;

        public static bool operator !=(Word a, Word b) => a.v != b.v;

        public static explicit operator uint(Word a) => (uint)a.v;

        public static Word From(int v) => new() { v = v };

        public override readonly bool Equals(object? obj) => obj is Word w && w == this;

        public override readonly int GetHashCode() => v;
    }

    private struct Gauss : IRing<Gauss>
    {
        private long re;
        private long im;

        public static Gauss Zero => default;

        public static Gauss One => new() { re = 1 };

        public static int Bits => 128;

        public static Gauss operator +(Gauss a, Gauss b) => new() { re = a.re + b.re, im = a.im + b.im };

        public static Gauss operator -(Gauss a) => new() { re = -a.re, im = -a.im };

        public static Gauss operator *(Gauss a, Gauss b) =>
            new() { re = (a.re * b.re) - (a.im * b.im), im = (a.re * b.im) + (a.im * b.re) };

        public static bool operator ==(Gauss a, Gauss b) => a.re == b.re && a.im == b.im;

        public static bool operator !=(Gauss a, Gauss b) => !(a == b);

        public static explicit operator uint(Gauss a) => (uint)(a.re ^ (a.im >> 32) ^ (a.im * 3));

        public static Gauss From(int v) => new() { re = v, im = ~v };

        public override readonly bool Equals(object? obj) => obj is Gauss g && g == this;

        public override readonly int GetHashCode() => (int)re;
    }

    private struct Matrix<T> : IRing<Matrix<T>>
        where T : struct, IRing<T>
    {
        private T a;
        private T b;
        private T c;
        private T d;

        public static Matrix<T> Zero => default;

        public static Matrix<T> One => new() { a = T.One, d = T.One };

        public static int Bits => 4 * T.Bits;

        public static Matrix<T> operator +(Matrix<T> x, Matrix<T> y) =>
            new() { a = x.a + y.a, b = x.b + y.b, c = x.c + y.c, d = x.d + y.d };

        public static Matrix<T> operator -(Matrix<T> x) => new() { a = -x.a, b = -x.b, c = -x.c, d = -x.d };

        public static Matrix<T> operator *(Matrix<T> x, Matrix<T> y) => new()
        {
            a = (x.a * y.a) + (x.b * y.c),
            b = (x.a * y.b) + (x.b * y.d),
            c = (x.c * y.a) + (x.d * y.c),
            d = (x.c * y.b) + (x.d * y.d),
        };

        public static bool operator ==(Matrix<T> x, Matrix<T> y) =>
            x.a == y.a && x.b == y.b && x.c == y.c && x.d == y.d;

        public static bool operator !=(Matrix<T> x, Matrix<T> y) => !(x == y);

        public static explicit operator uint(Matrix<T> x) =>
            (uint)x.a + ((uint)x.b * 3) + ((uint)x.c * 5) + ((uint)x.d * 7);

        public static Matrix<T> From(int v) => new() { a = T.One, b = T.From(v), c = T.One, d = T.Zero };

        public override readonly bool Equals(object? obj) => obj is Matrix<T> m && m == this;

        public override readonly int GetHashCode() => T.Bits;
    }

    private struct BigHalf : ICodec
    {
        public static int Size => 2;

        public static uint Decode(ReadOnlySpan<byte> s) => (uint)((s[0] << 8) | s[1]);
    }

    private struct LittleThree : ICodec
    {
        public static int Size => 3;

        public static uint Decode(ReadOnlySpan<byte> s) => (uint)(s[0] | (s[1] << 8) | (s[2] << 16));
    }

    private struct Sequence<TFirst, TSecond> : ICodec
        where TFirst : ICodec
        where TSecond : ICodec
    {
        public static int Size => TFirst.Size + TSecond.Size;

        public static uint Decode(ReadOnlySpan<byte> s) => (TFirst.Decode(s) * 31) ^ TSecond.Decode(s[TFirst.Size..]);
    }

    private static class Slot<T>
    {
        public static int Value;
        public static T? Last;
    }

    private static T Power<T>(T x, int exponent)
        where T : struct, IRing<T>
    {
        T result = T.One;
        for (int e = exponent & 31; e != 0; e >>= 1)
        {
            if ((e & 1) != 0)
            {
                result *= x;
            }

            x *= x;
        }

        return result;
    }

    private static T Horner<T>(ReadOnlySpan<int> coefficients, T x)
        where T : struct, IRing<T>
    {
        T sum = T.Zero;
        foreach (int c in coefficients)
        {
            sum = (sum * x) + T.From(c);
        }

        return sum;
    }

    public static uint PowerInAByteRing(int x, int exponent) => (uint)Power(Mod251.From(x), exponent);

    public static uint PowerInAWordRing(int x, int exponent) => (uint)Power(Word.From(x), exponent);

    public static uint PowerInASixteenByteRing(int x, int exponent) => (uint)Power(Gauss.From(x), exponent);

    public static uint PowerInMatricesOfWords(int x, int exponent) => (uint)Power(Matrix<Word>.From(x), exponent);

    public static uint PowerInMatricesOfMatricesOfBytes(int x, int exponent) =>
        (uint)Power(Matrix<Matrix<Mod251>>.From(x), exponent & 7);

    public static uint PolynomialOverThreeRings(int a, int b, int c, int x)
    {
        ReadOnlySpan<int> p = [a, b, c, a ^ b];
        return (uint)Horner(p, Mod251.From(x)) + ((uint)Horner(p, Word.From(x)) * 3)
            + ((uint)Horner(p, Gauss.From(x)) * 5);
    }

    public static bool RingLawsHold(int a, int b, int c) =>
        Distributes<Mod251>(a, b, c) && Distributes<Word>(a, b, c) && Distributes<Gauss>(a, b, c) && a != b;

    private static bool Distributes<T>(int a, int b, int c)
        where T : struct, IRing<T>
    {
        T x = T.From(a);
        T y = T.From(b);
        T z = T.From(c);
        return x * (y + z) == (x * y) + (x * z) && x + -x == T.Zero && x * T.One == x;
    }

    public static int StaticPropertiesOfNestedArguments(bool flag) =>
        flag ? Matrix<Matrix<Gauss>>.Bits + Width<Mod251>() : Width<Matrix<Word>>();

    private static int Width<T>()
        where T : struct, IRing<T> => T.Bits;

    public static uint CodecsComposedByTypeArguments(ulong seed, int start)
    {
        Span<byte> s = stackalloc byte[12];
        foreach (ref byte b in s)
        {
            b = (byte)seed;
            seed = (seed >> 5) | (seed << 59);
        }

        return Decoded<Sequence<BigHalf, LittleThree>>(s, start)
            + Decoded<Sequence<Sequence<LittleThree, BigHalf>, BigHalf>>(s, start & 3);
    }

    private static uint Decoded<T>(ReadOnlySpan<byte> s, int start)
        where T : ICodec => T.Decode(s.Slice(start, T.Size)) + (uint)T.Size;

    public static int StaticFieldsAreSeparateForEachArgument(int a, int b)
    {
        Slot<int>.Value = a;
        Slot<uint>.Value = b;
        Slot<Matrix<Word>>.Value = a ^ b;
        Slot<int>.Last = b;
        Slot<byte>.Last = (byte)a;
        Slot<int>.Value++;
        return Slot<int>.Value + (Slot<uint>.Value * 3) + (Slot<Matrix<Word>>.Value * 5) + (Slot<int>.Last * 7)
            + Slot<byte>.Last;
    }

    private static T SumOf<T>(ReadOnlySpan<T> s)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        T sum = T.AdditiveIdentity;
        foreach (T v in s)
        {
            sum += v;
        }

        return sum;
    }

    public static long LibraryOperatorInterfacesWrapAtTheirWidth(long a, int b)
    {
        ReadOnlySpan<byte> bytes = [(byte)a, (byte)b, 200];
        ReadOnlySpan<short> shorts = [(short)a, (short)b, 30000];
        ReadOnlySpan<int> ints = [(int)a, b, int.MaxValue];
        ReadOnlySpan<long> longs = [a, b, long.MaxValue];
        return SumOf(bytes) + (SumOf(shorts) * 3) + (SumOf(ints) * 5L) + SumOf(longs);
    }

    private static T MixBits<T>(T x, int shift)
        where T : IBitwiseOperators<T, T, T>, IShiftOperators<T, int, T>, IMultiplyOperators<T, T, T> =>
        (x << shift) ^ (x >>> 3) ^ ((~x >> 2) * x);

    public static ulong LibraryShiftInterfacesMaskTheCountAtTheirWidth(ulong a, int shift) =>
        MixBits(a, shift) + MixBits((uint)a, shift) + (ulong)MixBits((int)a, shift) + MixBits((byte)a, shift)
        + (ulong)MixBits((short)a, shift);
}

public static class GenericStructs
{
    private interface IOrder<T>
    {
        static abstract bool Before(T a, T b);
    }

    private interface IFold<T, TSum>
    {
        TSum Step(TSum sum, T item);
    }

    private struct Pair<TA, TB>
    {
        public TA A;
        public TB B;

        public readonly Pair<TB, TA> Swapped => new() { A = B, B = A };
    }

    private struct Option<T>
        where T : struct
    {
        private bool some;
        private T value;

        public static Option<T> None => default;

        public static Option<T> Some(T value) => new() { some = true, value = value };

        public readonly T Or(T other) => some ? value : other;

        public readonly Option<TTo> Map<TMap, TTo>(TMap map)
            where TMap : struct, IFold<T, TTo>
            where TTo : struct => some ? Option<TTo>.Some(map.Step(default, value)) : Option<TTo>.None;
    }

    private struct Wrap<T>
    {
        public byte Tag;
        public T Inner;
    }

    private ref struct Stack<T>(Span<T> storage)
    {
        private readonly Span<T> storage = storage;
        private int count;

        public readonly int Count => count;

        public void Push(T item) => storage[count++] = item;

        public T Pop() => storage[--count];

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public readonly ref T Top => ref storage[count - 1];
    }

    private struct Ascending : IOrder<int>, IOrder<byte>
    {
        public static bool Before(int a, int b) => a < b;

        public static bool Before(byte a, byte b) => a < b;
    }

    private struct Reversed<T, TOrder> : IOrder<T>
        where TOrder : IOrder<T>
    {
        public static bool Before(T a, T b) => TOrder.Before(b, a);
    }

    private struct ByFirst<TA, TB, TOrder> : IOrder<Pair<TA, TB>>
        where TOrder : IOrder<TA>
    {
        public static bool Before(Pair<TA, TB> a, Pair<TA, TB> b) => TOrder.Before(a.A, b.A);
    }

    private readonly struct Affine(int factor) : IFold<int, long>, IFold<byte, int>, IFold<long, short>
    {
        public long Step(long sum, int item) => (sum * factor) + item;

        public int Step(int sum, byte item) => (sum * factor) - item;

        public short Step(short sum, long item) => (short)((sum * factor) ^ item);
    }

    private static TSum Fold<T, TSum, TFold>(ReadOnlySpan<T> s, TSum sum, TFold fold)
        where TFold : struct, IFold<T, TSum>
    {
        foreach (T item in s)
        {
            sum = fold.Step(sum, item);
        }

        return sum;
    }

    private static void InsertionSort<T, TOrder>(Span<T> s)
        where TOrder : IOrder<T>
    {
        for (int i = 1; i < s.Length; i++)
        {
            T item = s[i];
            int j = i;
            for (; j > 0 && TOrder.Before(item, s[j - 1]); j--)
            {
                s[j] = s[j - 1];
            }

            s[j] = item;
        }
    }

    private static void Swap<T>(ref T a, ref T b) => (a, b) = (b, a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Identity<T>(T value) => value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Second<T, TOther>(TOther first, T second, TOther third) => second;

    private static int SizeOf<T>()
        where T : unmanaged
    {
        unsafe
        {
            return sizeof(T);
        }
    }

    private static int KindOf<T>()
    {
        if (typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte))
        {
            return 1;
        }

        if (typeof(T) == typeof(int))
        {
            return 2;
        }

        return typeof(T) == typeof(Pair<int, long>) ? 3 : 4;
    }

    private static int SumDefault<T>(Span<T> s, T value)
        where T : struct, IEquatable<T>
    {
        s[1] = value;
        int zeros = 0;
        foreach (T item in s)
        {
            if (item.Equals(default))
            {
                zeros++;
            }
        }

        return zeros;
    }

    public static long PairOfMixedWidths(byte a, long b)
    {
        Pair<byte, long> p = new() { A = a, B = b };
        Pair<long, byte> q = p.Swapped;
        q.B++;
        q.A ^= q.B;
        return p.A + (p.B * 3) + (q.A * 5) + (q.B * 7);
    }

    public static long PairOfPairs(short a, long b, byte c)
    {
        Pair<Pair<byte, long>, Pair<short, Pair<byte, int>>> p = default;
        p.A.A = c;
        p.A.B = b;
        p.B.A = a;
        p.B.B.A = (byte)~c;
        p.B.B.B = a * c;
        Pair<Pair<short, Pair<byte, int>>, Pair<byte, long>> q = p.Swapped;
        q.A.B.B--;
        return q.A.A + (q.A.B.A * 3) + (q.A.B.B * 5) + (q.B.A * 7) + (q.B.B * 11) + p.B.B.B;
    }

    public static int OptionOfSeveralTypes(int a, bool some)
    {
        Option<int> o = some ? Option<int>.Some(a) : Option<int>.None;
        Option<long> p = o.Map<Affine, long>(new Affine(3));
        Option<short> q = p.Map<Affine, short>(new Affine(5));
        return o.Or(-1) + (int)p.Or(-2) + q.Or(-3);
    }

    public static int WrapperNestedFourDeep(int a, byte tag)
    {
        Wrap<Wrap<Wrap<Wrap<int>>>> w = default;
        w.Tag = tag;
        w.Inner.Tag = 1;
        w.Inner.Inner.Tag = 2;
        w.Inner.Inner.Inner = new Wrap<int> { Tag = 3, Inner = a };
        Wrap<Wrap<int>> inner = w.Inner.Inner;
        inner.Inner.Inner++;
        return w.Tag + (w.Inner.Inner.Inner.Inner * 3) + inner.Inner.Inner + inner.Tag + inner.Inner.Tag;
    }

    public static int WrapperOfNarrowTypesKeepsTheSign(sbyte a, short b)
    {
        Wrap<sbyte> x = new() { Tag = 255, Inner = a };
        Wrap<Wrap<short>> y = new() { Inner = new Wrap<short> { Inner = b } };
        return (x.Inner * 3) + y.Inner.Inner + Identity(x).Inner + Identity(y).Inner.Inner;
    }

    public static int StackOverASpanChecksItsBounds(int a, int pushes, int pops)
    {
        Span<int> storage = stackalloc int[6];
        Stack<int> s = new(storage);
        for (int i = 0; i < (pushes & 7); i++)
        {
            s.Push(a + i);
        }

        int sum = 0;
        for (int i = 0; i < (pops & 7); i++)
        {
            s.Top += i;
            sum = (sum * 3) + s.Pop();
        }

        return sum + s.Count;
    }

    public static long StackOfStructs(int a, long b)
    {
        Span<Pair<byte, long>> storage = stackalloc Pair<byte, long>[4];
        Stack<Pair<byte, long>> s = new(storage);
        s.Push(new Pair<byte, long> { A = (byte)a, B = b });
        s.Push(s.Top);
        s.Top.B++;
        s.Top.A--;
        Pair<byte, long> p = s.Pop();
        return p.A + (p.B * 3) + (s.Pop().B * 5);
    }

    public static int SortInTwoOrders(uint seed, int probe)
    {
        Span<int> s = stackalloc int[9];
        for (int i = 0; i < s.Length; i++)
        {
            seed = (seed * 1664525) + 1013904223;
            s[i] = (int)seed;
        }

        InsertionSort<int, Ascending>(s);
        int low = s[probe & 7];
        InsertionSort<int, Reversed<int, Ascending>>(s);
        return (low * 3) + s[probe & 7];
    }

    public static int SortOfPairsIsStable(uint seed)
    {
        Span<Pair<byte, int>> s = stackalloc Pair<byte, int>[8];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = new Pair<byte, int> { A = (byte)((seed >> (i * 4)) & 3), B = i };
        }

        InsertionSort<Pair<byte, int>, ByFirst<byte, int, Reversed<byte, Ascending>>>(s);
        int h = 0;
        foreach (Pair<byte, int> p in s)
        {
            h = (h * 9) + p.B + p.A;
        }

        return h;
    }

    public static long FoldWithAStatefulStruct(int a, byte b, long c, int factor)
    {
        Span<int> ints = [a, a + 1, ~a];
        Span<byte> bytes = [b, 200, (byte)a];
        Span<long> longs = [c, c >> 7];
        Affine f = new(factor);
        return Fold<int, long, Affine>(ints, 1, f) + Fold<byte, int, Affine>(bytes, 2, f)
            + Fold<long, short, Affine>(longs, 3, f);
    }

    public static long SwapOfEveryWidth(long a, long b)
    {
        byte a8 = (byte)a, b8 = (byte)b;
        short a16 = (short)a, b16 = (short)b;
        int a32 = (int)a, b32 = (int)b;
        Pair<short, long> p = new() { A = a16, B = a };
        Pair<short, long> q = new() { A = b16, B = b };
        Swap(ref a8, ref b8);
        Swap(ref a16, ref b16);
        Swap(ref a32, ref b32);
        Swap(ref a, ref b);
        Swap(ref p, ref q);
        return a8 + (b8 * 3) + (a16 * 5) + (b16 * 7) + (a32 * 11L) + (b32 * 13L) + (a * 17) + (b * 19) + (p.A * 23)
            + (q.B * 29);
    }

    public static long IdentityOfEveryWidth(long a) =>
        Identity((sbyte)a) + (Identity((byte)a) * 3) + (Identity((short)a) * 5) + (Identity((ushort)a) * 7)
        + (Identity((int)a) * 11L)
        + (Identity((uint)a) * 13L) + (Identity(a) * 17) + (Identity((char)a) * 19) + (Identity(a < 0) ? 23 : 29)
        + Identity((a, (byte)a)).Item2;

    public static long ArgumentsOfDependentWidths(long a, byte b) =>
        Second(b, a, b) + Second(a, b, a) + Second<short, (long, byte)>((a, b), (short)a, default)
        + Second<(byte, long), int>(1, (b, a), 2).Item2;

    public static int SizeOfTypeArguments(bool flag) => flag
        ? SizeOf<Pair<byte, int>>() + (SizeOf<Pair<byte, byte>>() * 100) + (SizeOf<Wrap<short>>() * 10000)
        : SizeOf<Pair<byte, long>>() + (SizeOf<bool>() * 100) + (SizeOf<Wrap<Wrap<byte>>>() * 10000);

    public static int TypeTestsAreDecidedForEachArgument(int a) =>
        (KindOf<byte>() * a) + (KindOf<int>() * 10) + (KindOf<Pair<int, long>>() * 100) + (KindOf<long>() * 1000)
        + KindOf<sbyte>();

    public static int DefaultOfTypeArguments(long a)
    {
        Span<byte> x = stackalloc byte[3];
        Span<long> y = stackalloc long[3];
        Span<char> z = stackalloc char[3];
        return SumDefault(x, (byte)a) + (SumDefault(y, a) * 10) + (SumDefault(z, (char)a) * 100);
    }

    private static int Depth<T>(T value, int levels)
        where T : struct =>
        levels <= 0 ? SumBytes(value)
        : levels == 1 ? Depth1(new Wrap<T> { Tag = 1, Inner = value })
        : Depth1(new Wrap<Wrap<T>> { Tag = 2, Inner = new Wrap<T> { Inner = value } });

    private static int Depth1<T>(T value)
        where T : struct => SumBytes(value) * 3;

    private static int SumBytes<T>(T value)
        where T : struct
    {
        int size = Unsafe.SizeOf<T>();
        ref byte first = ref Unsafe.As<T, byte>(ref value);
        return first + (size << 8) + Unsafe.Add(ref first, size - 1);
    }

    public static int GenericCallsBuildNewArguments(int a, int levels) =>
        Depth(a, levels & 3) + Depth((byte)a, levels & 1);
}
