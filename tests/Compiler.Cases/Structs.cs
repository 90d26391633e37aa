// Structs: fields of every width, copies, passing and returning, unions, inline arrays, fixed buffers, members,
// operators, tuples, nullables and record structs.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Compiler.Cases;

file static class Hash
{
    public static uint Mix(uint hash, int value) => Mix(hash, (uint)value);

    public static uint Mix(uint hash, uint value)
    {
        hash = (hash ^ value) * 16777619;
        return hash ^ (hash >> 15);
    }

    public static uint Mix(uint hash, long value) => Mix(hash, (ulong)value);

    public static uint Mix(uint hash, ulong value) => Mix(Mix(hash, (uint)value), (uint)(value >> 32));
}

public static class StructFields
{
    private struct Widths
    {
        public sbyte I8;
        public byte U8;
        public short I16;
        public ushort U16;
        public int I32;
        public uint U32;
        public long I64;
        public ulong U64;
        public bool Flag;
        public char Letter;
    }

    private struct Quad
    {
        public byte A;
        public byte B;
        public byte C;
        public byte D;

        public readonly uint Packed => A | ((uint)B << 8) | ((uint)C << 16) | ((uint)D << 24);
    }

    private struct Empty;

    private struct AroundEmpty
    {
        public byte Before;
        public Empty Nothing;
        public byte After;
    }

    private struct Leaf
    {
        public short X;
        public int Y;
    }

    private struct Branch
    {
        public byte Tag;
        public Leaf Left;
        public Leaf Right;
    }

    private struct Tree
    {
        public Branch First;
        public long Weight;
        public Branch Second;
    }

    private enum Colour : sbyte
    {
        Red = -1,
        Green,
        Blue = 100,
    }

    private enum Big : ulong
    {
        None,
        Top = 0x8000_0000_0000_0000,
    }

    private struct Painted
    {
        public Colour Colour;
        public Big Size;
        public Colour Rim;
    }

    public static int SByteFieldSignExtendsOnLoad(int value)
    {
        Widths w = default;
        w.I8 = (sbyte)value;
        return w.I8;
    }

    public static int ByteFieldZeroExtendsOnLoad(int value)
    {
        Widths w = default;
        w.U8 = (byte)value;
        return w.U8;
    }

    public static int ShortFieldSignExtendsOnLoad(int value)
    {
        Widths w = default;
        w.I16 = (short)value;
        return w.I16;
    }

    public static int UShortFieldZeroExtendsOnLoad(int value)
    {
        Widths w = default;
        w.U16 = (ushort)value;
        return w.U16;
    }

    public static long IntFieldWidensWithItsSign(long value)
    {
        Widths w = default;
        w.I32 = (int)value;
        return w.I32;
    }

    public static long UIntFieldWidensWithZeros(long value)
    {
        Widths w = default;
        w.U32 = (uint)value;
        return w.U32;
    }

    public static long LongFieldKeepsBothHalves(long value)
    {
        Widths w = default;
        w.I64 = value;
        w.U64 = ~(ulong)value;
        return w.I64 ^ (long)(w.U64 << 1);
    }

    public static char CharFieldTruncates(int value)
    {
        Widths w = default;
        w.Letter = (char)(value + 1);
        return w.Letter;
    }

    public static bool BoolFieldHoldsAComparison(int a, uint b)
    {
        Widths w = default;
        w.Flag = (uint)a < b;
        w.Flag = !w.Flag;
        return w.Flag;
    }

    public static uint EveryWidthKeepsItsOwnValue(ulong seed)
    {
        Widths w;
        w.I8 = (sbyte)seed;
        w.U8 = (byte)(seed >> 3);
        w.I16 = (short)(seed >> 5);
        w.U16 = (ushort)(seed >> 7);
        w.I32 = (int)(seed >> 11);
        w.U32 = (uint)(seed >> 13);
        w.I64 = (long)(seed * 3);
        w.U64 = seed * 5;
        w.Flag = (seed & 1) != 0;
        w.Letter = (char)(seed >> 17);
        return HashOf(ref w);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint HashOf(ref Widths w)
    {
        uint h = Hash.Mix(2166136261, w.I8);
        h = Hash.Mix(h, w.U8);
        h = Hash.Mix(h, w.I16);
        h = Hash.Mix(h, w.U16);
        h = Hash.Mix(h, w.I32);
        h = Hash.Mix(h, w.U32);
        h = Hash.Mix(h, w.I64);
        h = Hash.Mix(h, w.U64);
        h = Hash.Mix(h, w.Flag ? 1 : 2);
        return Hash.Mix(h, w.Letter);
    }

    public static uint ByteStoreLeavesNeighbours(uint all, byte value)
    {
        Quad q;
        q.A = (byte)all;
        q.B = (byte)(all >> 8);
        q.C = (byte)(all >> 16);
        q.D = (byte)(all >> 24);
        q.B = value;
        return q.Packed;
    }

    public static uint ByteStoreThroughRefLeavesNeighbours(uint all, int wide)
    {
        Quad q = new() { A = (byte)all, B = (byte)(all >> 8), C = (byte)(all >> 16), D = (byte)(all >> 24) };
        StoreC(ref q, wide);
        return q.Packed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreC(ref Quad q, int wide) => q.C = (byte)wide;

    public static uint DefaultIsZeroOnADirtyStack(ulong dirt)
    {
        uint h = Dirty(dirt) == 0 ? 1u : 0u;
        Tree tree = default;
        Widths w = new();
        h |= HashOf(ref w) ^ 1;
        h = Hash.Mix(h, tree.First.Right.Y | tree.Second.Tag | (int)tree.Weight);
        return Hash.Mix(h, tree.Second.Left.X ^ tree.First.Tag);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Dirty(ulong dirt)
    {
        Span<ulong> stack = stackalloc ulong[32];
        stack.Fill(dirt | 1);
        return stack[(int)(dirt & 31)];
    }

    public static long NestedFieldsThreeDeep(int a, short b, byte c, long d)
    {
        Tree t = default;
        t.First.Tag = c;
        t.First.Left.X = b;
        t.First.Left.Y = a;
        t.First.Right.X = (short)~b;
        t.First.Right.Y = -a;
        t.Second = t.First;
        t.Second.Left.Y ^= 0x55;
        t.Weight = d;
        t.First.Right = t.Second.Left;
        return t.First.Right.Y + (t.Second.Right.X * 3L) + t.Weight + t.Second.Tag + t.First.Left.Y - t.Second.Right.Y;
    }

    public static uint CompoundAssignmentWrapsAtTheFieldWidth(byte start, int add)
    {
        Widths w = default;
        w.U8 = start;
        w.U8 += (byte)add;
        w.U8 <<= 1;
        w.I8 = (sbyte)start;
        w.I8 -= (sbyte)add;
        w.I8 >>= 1;
        w.I16 = (short)(start * 300);
        w.I16 *= (short)add;
        w.U16 = (ushort)add;
        w.U16 ^= 0xF0F0;
        return Hash.Mix(Hash.Mix(Hash.Mix(Hash.Mix(7, w.U8), w.I8), w.I16), w.U16);
    }

    public static int PostIncrementOfAFieldGivesTheOldValue(sbyte start)
    {
        Widths w = default;
        w.I8 = start;
        int old = w.I8++;
        int fresh = ++w.I8;
        return (old * 1000) + fresh;
    }

    public static int EmptyStructBetweenFields(byte a, byte b)
    {
        AroundEmpty e;
        e.Before = a;
        e.Nothing = default;
        e.After = b;
        e.Nothing = new Empty();
        return (e.Before << 8) | e.After;
    }

    public static long EnumFieldsKeepTheirUnderlyingWidth(sbyte a, ulong b)
    {
        Painted p = new() { Colour = (Colour)a, Size = (Big)b | Big.Top, Rim = Colour.Blue };
        p.Rim = p.Colour == Colour.Red ? Colour.Green : p.Rim;
        p.Colour++;
        return ((long)p.Size >> 8) + (int)p.Colour + (int)p.Rim;
    }

    public static int FieldReadAfterTheStructWasReassigned(int a, int b)
    {
        Leaf leaf = new() { X = 1, Y = a };
        int before = leaf.Y;
        leaf = new Leaf { X = 2, Y = b };
        return (before * 31) + leaf.Y + leaf.X;
    }

    public static int ObjectInitialiserReadsTheOldValueFirst(int a)
    {
        Leaf leaf = new() { X = (short)a, Y = a };
        leaf = new Leaf { X = (short)(leaf.X + 1), Y = leaf.X + leaf.Y };
        leaf = new Leaf { Y = leaf.X, X = (short)leaf.Y };
        return (leaf.X << 16) ^ leaf.Y;
    }
}

public static class StructCopies
{
    private struct Three
    {
        public byte A;
        public byte B;
        public byte C;
    }

    private struct Five
    {
        public byte A;
        public byte B;
        public byte C;
        public byte D;
        public byte E;
    }

    private struct Six
    {
        public ushort A;
        public ushort B;
        public ushort C;
    }

    private struct Twelve
    {
        public int A;
        public int B;
        public int C;
    }

    private struct Large
    {
        public long A;
        public Twelve B;
        public Five C;
        public ulong D;
        public Twelve E;
    }

    private static Large MakeLarge(int seed) => new()
    {
        A = seed * 3L,
        B = new Twelve { A = seed, B = seed + 1, C = seed + 2 },
        C = new Five { A = (byte)seed, E = (byte)(seed >> 8) },
        D = (ulong)seed * 0x1_0000_0001,
        E = new Twelve { A = ~seed, B = -seed, C = seed << 3 },
    };

    private static uint HashOf(in Large l)
    {
        uint h = Hash.Mix(1, l.A);
        h = Hash.Mix(Hash.Mix(Hash.Mix(h, l.B.A), l.B.B), l.B.C);
        h = Hash.Mix(Hash.Mix(h, l.C.A), l.C.E);
        h = Hash.Mix(h, l.D);
        return Hash.Mix(Hash.Mix(Hash.Mix(h, l.E.A), l.E.B), l.E.C);
    }

    public static int AssignmentCopiesTheValue(int a)
    {
        Twelve x = new() { A = a, B = a + 1, C = a + 2 };
        Twelve y = x;
        x.B = 1000;
        y.C ^= x.B;
        return (x.C * 7) + (y.B * 3) + y.C;
    }

    public static uint AssignmentCopiesALargeValue(int a, int b)
    {
        Large x = MakeLarge(a);
        Large y = x;
        x.B.C = b;
        y.E.A += b;
        return HashOf(x) ^ (HashOf(y) * 3);
    }

    public static ulong ThreeByteElementCopyLeavesNeighbours(uint seed, int from, int to)
    {
        Span<Three> s = stackalloc Three[4];
        for (int i = 0; i < 4; i++)
        {
            s[i] = new Three { A = (byte)(seed >> i), B = (byte)(seed >> (i + 8)), C = (byte)(seed >> (i + 16)) };
        }

        s[to & 3] = s[from & 3];
        uint h = 5;
        foreach (Three t in s)
        {
            h = Hash.Mix(h, t.A | (t.B << 8) | (t.C << 16));
        }

        return h;
    }

    public static uint FiveByteElementCopyLeavesNeighbours(uint seed, int from, int to)
    {
        Span<Five> s = stackalloc Five[5];
        for (int i = 0; i < s.Length; i++)
        {
            s[i].A = (byte)(seed + i);
            s[i].B = (byte)(seed >> 3);
            s[i].C = (byte)(i * 17);
            s[i].D = (byte)(seed >> 11);
            s[i].E = (byte)(seed >> (i + 16));
        }

        Five kept = s[(to & 3) + 1];
        s[(to & 3) + 1] = s[from & 3];
        s[0] = kept;
        uint h = 5;
        foreach (Five f in s)
        {
            h = Hash.Mix(Hash.Mix(h, f.A | (f.B << 8) | (f.C << 16) | (f.D << 24)), f.E);
        }

        return h;
    }

    public static uint SixByteElementCopyLeavesNeighbours(ulong seed, int from, int to)
    {
        Span<Six> s = stackalloc Six[3];
        s[0] = new Six { A = (ushort)seed, B = (ushort)(seed >> 16), C = (ushort)(seed >> 32) };
        s[1] = new Six { A = s[0].C, B = s[0].A, C = (ushort)(seed >> 48) };
        s[2] = s[1];
        s[2].B++;
        s[(to & 1) + 1] = s[from & 1];
        uint h = 5;
        foreach (Six x in s)
        {
            h = Hash.Mix(Hash.Mix(Hash.Mix(h, x.A), x.B), x.C);
        }

        return h;
    }

    public static int NestedValueIsCopiedOut(int a)
    {
        Large l = MakeLarge(a);
        Twelve inner = l.E;
        inner.A = 5;
        l.E.B = 6;
        return (inner.A * 100) + inner.B + (l.E.A * 3) + l.E.B;
    }

    public static uint ChainedAssignmentStoresEverywhere(int a)
    {
        Large x, y, z;
        x = y = z = MakeLarge(a);
        y.A++;
        z.D--;
        return HashOf(x) + (3 * HashOf(y)) + (5 * HashOf(z));
    }

    public static uint DeconstructionSwapsLargeValues(int a, int b)
    {
        Large x = MakeLarge(a);
        Large y = MakeLarge(b);
        (x, y) = (y, x);
        return HashOf(x) - (HashOf(y) * 7);
    }

    public static int DeconstructionRotatesFieldsOfOneValue(int a, int b, int c)
    {
        Twelve t = new() { A = a, B = b, C = c };
        (t.A, t.B, t.C) = (t.C, t.A, t.B);
        return (t.A * 3) + (t.B * 5) + (t.C * 7);
    }

    public static uint ConditionalPicksOneOfTwoValues(bool flag, int a, int b)
    {
        Large x = MakeLarge(a);
        Large y = MakeLarge(b);
        Large z = flag ? x : y;
        x.A = y.A = 0;
        return HashOf(z);
    }

    public static int ConditionalRefWritesOneOfTwoValues(bool flag, int a, int b)
    {
        Twelve x = new() { A = a, B = 1 };
        Twelve y = new() { A = b, B = 2 };
        (flag ? ref x : ref y) = new Twelve { A = 9, B = a ^ b };
        (flag ? ref y.B : ref x.B) += 50;
        return (x.A * 3) + (x.B * 5) + (y.A * 7) + (y.B * 11);
    }

    public static int PreviousAndCurrentAcrossIterations(int a, int count)
    {
        Twelve previous = default;
        Twelve current = new() { A = a, B = 1, C = 2 };
        for (int i = 0; i < (count & 15); i++)
        {
            Twelve next = new() { A = current.B + previous.C, B = previous.A ^ i, C = current.A - i };
            previous = current;
            current = next;
        }

        return current.A + (current.B * 3) + (previous.C * 5);
    }

    public static int ThreeValuesRotateInALoop(int a, int count)
    {
        Twelve x = new() { A = a };
        Twelve y = new() { A = a + 1 };
        Twelve z = new() { A = a + 2 };
        for (int i = 0; i < (count & 31); i++)
        {
            Twelve t = x;
            x = y;
            y = z;
            z = t;
            z.B += i;
        }

        return (x.A * 3) + (y.A * 5) + (z.A * 7) + (x.B * 11) + (y.B * 13) + (z.B * 17);
    }

    public static int ForeachVariableIsACopy(int a)
    {
        Span<Twelve> s = stackalloc Twelve[3];
        for (int i = 0; i < 3; i++)
        {
            s[i].A = a + i;
        }

        int sum = 0;
        foreach (Twelve each in s)
        {
            s[2].A = 77;
            s[0].A++;
            sum = (sum * 31) + each.A;
        }

        return sum + s[0].A;
    }

    public static int ForeachByRefWritesThrough(int a)
    {
        Span<Twelve> s = stackalloc Twelve[3];
        foreach (ref Twelve each in s)
        {
            each.A = a++;
            each.C = each.A * each.B;
            each.B = a;
        }

        return (s[0].A * 3) + (s[1].B * 5) + (s[2].A * 7) + s[2].C;
    }

    public static uint ResetToDefaultClearsEverything(int a, bool reset)
    {
        Large l = MakeLarge(a);
        if (reset)
        {
            l = default;
        }

        l.B.B++;
        return HashOf(l);
    }

    public static uint PartialResetClearsOnlyTheInnerValue(int a)
    {
        Large l = MakeLarge(a);
        l.B = default;
        l.C = new Five { B = 1, E = 2 };
        return HashOf(l);
    }
}

public static class StructPassing
{
    private struct One
    {
        public sbyte V;
    }

    private struct ByteInt
    {
        public byte B;
        public int I;
    }

    private struct Shorts
    {
        public short Lo;
        public short Hi;
    }

    private struct JustLong
    {
        public long V;
    }

    private struct Three
    {
        public byte A;
        public byte B;
        public byte C;
    }

    private struct Seven
    {
        public byte A;
        public byte B;
        public byte C;
        public byte D;
        public byte E;
        public byte F;
        public byte G;
    }

    private struct IntLong
    {
        public int I;
        public long L;
    }

    private struct Vec
    {
        public int X;
        public int Y;
        public int Z;
        public int W;
    }

    private struct Flags
    {
        public bool A;
        public char C;
        public bool B;
    }

    private static int counter;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static One MakeOne(int v) => new() { V = (sbyte)v };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ByteInt MakeByteInt(byte b, int i) => new() { B = b, I = i };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Shorts MakeShorts(int v) => new() { Lo = (short)v, Hi = (short)(v >> 16) };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static JustLong MakeLong(long v) => new() { V = v };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Three MakeThree(int v) => new() { A = (byte)v, B = (byte)(v >> 8), C = (byte)(v >> 16) };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Seven MakeSeven(long v) => new()
    {
        A = (byte)v,
        B = (byte)(v >> 8),
        C = (byte)(v >> 16),
        D = (byte)(v >> 24),
        E = (byte)(v >> 32),
        F = (byte)(v >> 40),
        G = (byte)(v >> 48),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IntLong MakeIntLong(int i, long l) => new() { I = i, L = l };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vec MakeVec(int x, int y, int z, int w) => new() { X = x, Y = y, Z = z, W = w };

    public static int OneByteReturnedSignExtends(int v) => MakeOne(v).V;

    public static int ByteAndIntReturned(byte b, int i)
    {
        ByteInt r = MakeByteInt(b, i);
        return r.I - r.B;
    }

    public static int TwoShortsReturnedInOneWord(int v)
    {
        Shorts s = MakeShorts(v);
        return (s.Lo * 3) + s.Hi;
    }

    public static long LongWrapperReturned(long v) => MakeLong(v).V - (MakeLong(~v).V * 3);

    public static int ThreeBytesReturned(int v)
    {
        Three t = MakeThree(v);
        return t.A - (t.B << 9) + (t.C << 17);
    }

    public static long SevenBytesReturned(long v)
    {
        Seven s = MakeSeven(v);
        return s.A + ((long)s.B << 9) + ((long)s.D << 20) + ((long)s.E << 33) + ((long)s.G << 55) + s.C + s.F;
    }

    public static long PaddedSixteenBytesReturned(int i, long l)
    {
        IntLong r = MakeIntLong(i, l);
        return r.L - r.I;
    }

    public static int OneFieldOfAReturnedTemporary(int a, int b) =>
        MakeVec(a, b, a ^ b, a & b).Z + MakeVec(b, a, 1, 2).Y;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Fold(One a, ByteInt b, Shorts c, Three d) =>
        a.V + (b.B * 3) + (b.I * 5) + (c.Lo * 7) + (c.Hi * 11) + d.C;

    public static int SmallValuesAsArguments(int a, byte b, int c) =>
        Fold(MakeOne(a), MakeByteInt(b, c), MakeShorts(a * 3), MakeThree(c));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Spill(int a, long b, Vec c, JustLong d, byte e, IntLong f, Shorts g, long h, Seven i, int j) =>
        a + (b * 3) + c.X + (c.W * 5L) + (d.V * 7) + e + f.I + (f.L * 11) + g.Lo - g.Hi + (h * 13) + i.G + (i.A * 17)
        + (j * 19L);

    public static long TenMixedArgumentsSpillToTheStack(int a, long b, int c, byte d) =>
        Spill(a, b, MakeVec(a, c, d, c ^ a), MakeLong(b * 2), d, MakeIntLong(c, b ^ 5), MakeShorts(c), ~b,
        MakeSeven(b >> 3), a + c);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ChangesItsCopy(Vec v)
    {
        v.X++;
        v.W = v.X * v.Y;
        return v.W + v.Z;
    }

    public static int CalleeChangesOnlyItsCopy(int a, int b)
    {
        Vec v = MakeVec(a, b, 3, 4);
        int r = ChangesItsCopy(v);
        return r + (v.X * 3) + (v.W * 5) + ChangesItsCopy(v);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static short ChangesItsSmallCopy(Shorts s)
    {
        s.Lo += 5;
        s.Hi -= s.Lo;
        return s.Hi;
    }

    public static int CalleeChangesOnlyItsSmallCopy(int a)
    {
        Shorts s = MakeShorts(a);
        int r = ChangesItsSmallCopy(s);
        return (r * 3) + s.Lo + (s.Hi * 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vec Mirror(in Vec v) => new() { X = v.W, Y = v.Z, Z = v.Y, W = v.X };

    public static int ResultAssignedToItsInArgument(int a, int b, int c, int d)
    {
        Vec v = MakeVec(a, b, c, d);
        v = Mirror(v);
        return (v.X * 3) + (v.Y * 5) + (v.Z * 7) + (v.W * 11);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vec Rotate(Vec v) => new() { X = v.Y, Y = v.Z, Z = v.W, W = v.X };

    public static int ResultAssignedToItsValueArgument(int a, int b, int c, int d)
    {
        Vec v = MakeVec(a, b, c, d);
        v = Rotate(Rotate(v));
        v = Rotate(v);
        return (v.X * 3) + (v.Y * 5) + (v.Z * 7) + (v.W * 11);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vec HalfWritten(ref Vec other, int x)
    {
        Vec r = default;
        r.X = x;
        r.Y = other.X;
        other.X = 100;
        r.Z = other.X;
        r.W = other.Y;
        return r;
    }

    public static int ResultAssignedToItsRefArgument(int a, int b)
    {
        Vec v = MakeVec(a, b, 1, 2);
        v = HalfWritten(ref v, a ^ b);
        return (v.X * 3) + (v.Y * 5) + (v.Z * 7) + (v.W * 11);
    }

    public static int ResultStoredInASpanElement(int a, int index)
    {
        Span<Vec> s = stackalloc Vec[2];
        s[index & 1] = MakeVec(a, 2, 3, 4);
        s[~index & 1] = Rotate(s[index & 1]);
        return (s[0].X * 3) + (s[0].W * 5) + (s[1].X * 7) + (s[1].W * 11);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ReadsTwice(in Vec v, ref int alias)
    {
        int before = v.X;
        alias += 10;
        return (before * 100) + v.X;
    }

    public static int InArgumentSeesLaterWrites(int a)
    {
        Vec v = MakeVec(a, 0, 0, 0);
        return ReadsTwice(in v, ref v.X);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Split(int v, out Shorts parts, out int sum)
    {
        parts = default;
        parts.Lo = (short)v;
        sum = parts.Lo;
        parts.Hi = (short)(v >> 16);
        sum += parts.Hi;
        return sum > 0;
    }

    public static int OutArgumentsOfTwoKinds(int v)
    {
        bool positive = Split(v, out Shorts parts, out int sum);
        return (positive ? 1 : -1) * (parts.Lo + (parts.Hi * 3) + (sum * 5));
    }

    public static int OutArgumentIsAFieldOfTheSameValue(int v)
    {
        Vec r = MakeVec(1, 2, 3, 4);
        Split(v, out _, out r.Z);
        return r.X + r.Y + r.Z + r.W;
    }

    private static void AddAt3(ref int target, int v) => target += v;

    private static void AddAt2(ref ByteInt target, int v)
    {
        AddAt3(ref target.I, v);
        target.B++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddAt1(ref ByteInt target, int v)
    {
        AddAt2(ref target, v);
        AddAt2(ref target, v * 2);
    }

    public static int RefsPassThroughThreeLevels(byte b, int v)
    {
        ByteInt t = MakeByteInt(b, 7);
        AddAt1(ref t, v);
        return (t.B << 24) ^ t.I;
    }

    private static Vec Descend(Vec v, int depth)
    {
        if (depth == 0)
        {
            return v;
        }

        Vec next = v;
        next.X += v.Y;
        next.Y ^= depth;
        next.W = v.X;
        Vec r = Descend(next, depth - 1);
        r.Z += v.X;
        return r;
    }

    public static int RecursionByValueKeepsEachFrame(int a, int depth)
    {
        Vec r = Descend(MakeVec(a, 1, 0, 0), depth & 15);
        return r.X + (r.Y * 3) + (r.Z * 5) + (r.W * 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Flags Crossed(Flags f) => new() { A = f.B, B = !f.A, C = (char)(f.C + 1) };

    public static int BoolsAndCharsInAStruct(bool a, bool b, char c)
    {
        Flags f = Crossed(Crossed(Crossed(new Flags { A = a, B = b, C = c })));
        return (f.A ? 1 : 0) | (f.B ? 2 : 0) | (f.C << 2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ref int Pick(ref Vec v, int index)
    {
        switch (index & 3)
        {
            case 0: return ref v.X;
            case 1: return ref v.Y;
            case 2: return ref v.Z;
            default: return ref v.W;
        }
    }

    public static int RefReturnOfAField(int a, int index)
    {
        Vec v = MakeVec(a, a + 1, a + 2, a + 3);
        Pick(ref v, index) *= 3;
        Pick(ref v, index + 1)--;
        ref int kept = ref Pick(ref v, index + 2);
        kept = Pick(ref v, index);
        return (v.X * 3) + (v.Y * 5) + (v.Z * 7) + (v.W * 11);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Next() => ++counter;

    public static int ArgumentsAreEvaluatedLeftToRight(int start)
    {
        counter = start;
        Vec v = MakeVec(Next(), Next() * 2, counter, Next());
        return v.X + (v.Y * 3) + (v.Z * 5) + (v.W * 7);
    }

    public static int ArgumentCopyIsTakenBeforeALaterArgumentChangesIt(int a)
    {
        Vec v = MakeVec(a, 2, 3, 4);
        return Sum(v, v.X = 1000, v);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Sum(Vec first, int middle, Vec last) => (first.X * 3) + (middle * 5) + (last.X * 7) + last.W;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WithDefault(int a, Vec v = default, IntLong l = default) => a + v.X + v.W + (int)l.L + l.I;

    public static int OmittedStructArgumentIsZero(int a) => WithDefault(a) + WithDefault(1, MakeVec(a, 0, 0, 9));

    public static int NamedArgumentsKeepSourceOrderOfEvaluation(int start)
    {
        counter = start;
        Vec v = MakeVec(w: Next(), x: Next(), z: Next() * 3, y: Next());
        return v.X + (v.Y * 3) + (v.Z * 5) + (v.W * 7);
    }
}

public static unsafe class StructLayouts
{
    [StructLayout(LayoutKind.Explicit)]
    private struct WordUnion
    {
        [FieldOffset(0)]
        public uint Word;
        [FieldOffset(0)]
        public ushort Low;
        [FieldOffset(2)]
        public ushort High;
        [FieldOffset(0)]
        public byte B0;
        [FieldOffset(1)]
        public byte B1;
        [FieldOffset(2)]
        public sbyte B2;
        [FieldOffset(3)]
        public sbyte B3;
    }

    private struct Point
    {
        public int X;
        public int Y;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct LongUnion
    {
        [FieldOffset(0)]
        public long Whole;
        [FieldOffset(0)]
        public Point Point;
        [FieldOffset(0)]
        public WordUnion First;
        [FieldOffset(4)]
        public WordUnion Second;
    }

    [StructLayout(LayoutKind.Explicit, Size = 32)]
    private struct Registers
    {
        [FieldOffset(0)]
        public byte Status;
        [FieldOffset(4)]
        public uint Control;
        [FieldOffset(16)]
        public ushort Data;
        [FieldOffset(24)]
        public ulong Stamp;
    }

    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct Oversized
    {
        public int V;
    }

    [InlineArray(5)]
    private struct Words
    {
        private uint element;
    }

    [InlineArray(3)]
    private struct Narrow
    {
        private sbyte element;
    }

    [InlineArray(4)]
    private struct Longs
    {
        private long element;
    }

    [InlineArray(3)]
    private struct Points
    {
        private Point element;
    }

    [InlineArray(4)]
    private struct Four<T>
    {
        private T element;
    }

    private struct WithInline
    {
        public byte Before;
        public Narrow Middle;
        public ushort After;
        public Words Tail;
    }

    private struct Packet
    {
        public uint Head;
        public fixed byte Bytes[8];
        public ushort Check;
        public fixed ushort Halves[3];
        public fixed ulong Longs[2];
        public fixed int Ints[2];
    }

    public static uint UnionWriteBytesReadWord(byte a, byte b, sbyte c, sbyte d)
    {
        WordUnion u = default;
        u.B0 = a;
        u.B1 = b;
        u.B2 = c;
        u.B3 = d;
        return u.Word;
    }

    public static int UnionWriteWordReadParts(uint word)
    {
        WordUnion u = default;
        u.Word = word;
        return u.Low + (u.High * 3) + (u.B1 * 5) + (u.B2 * 7) + (u.B3 * 11);
    }

    public static uint UnionWritesOverlapInOrder(uint word, ushort half, byte b)
    {
        WordUnion u = default;
        u.Word = word;
        u.High = half;
        u.B1 = b;
        u.B2++;
        u.Low ^= 0x8001;
        return u.Word;
    }

    public static uint UnionStoreLoadIsNotForwardedPastAnOverlap(uint word, byte b)
    {
        WordUnion u = default;
        u.Word = word;
        uint before = u.Word;
        u.B0 = b;
        uint after = u.Word;
        u.Word = before;
        return after ^ (u.B0 * 0x01010101u);
    }

    public static long UnionOfALongAndItsHalves(int x, int y)
    {
        LongUnion u = default;
        u.Point.X = x;
        u.Point.Y = y;
        return u.Whole;
    }

    public static uint UnionNestedInAUnion(long whole, byte b)
    {
        LongUnion u = default;
        u.Whole = whole;
        u.Second.B1 = b;
        u.First.High++;
        u.Whole = -u.Whole;
        return (uint)u.Point.Y ^ u.First.Word;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LongUnion Flip(LongUnion u)
    {
        (u.First, u.Second) = (u.Second, u.First);
        return u;
    }

    public static long UnionPassedAndReturnedByValue(long whole)
    {
        LongUnion u = default;
        u.Whole = whole;
        u = Flip(u);
        return u.Whole - u.Point.X;
    }

    public static uint ExplicitLayoutWithGaps(uint a, ulong b)
    {
        Registers r = default;
        r.Status = (byte)a;
        r.Control = a * 3;
        r.Data = (ushort)b;
        r.Stamp = b * 7;
        Registers s = r;
        r.Control = 0;
        r.Stamp = 0;
        return Hash.Mix(Hash.Mix(Hash.Mix(Hash.Mix((uint)sizeof(Registers), s.Status), s.Control), s.Data), s.Stamp)
            + r.Status;
    }

    public static int OversizedElementsKeepTheirStride(int a, int index)
    {
        Oversized* p = stackalloc Oversized[4];
        for (int i = 0; i < 4; i++)
        {
            p[i].V = a + i;
        }

        p[index & 3].V *= 5;
        return p[0].V + (p[1].V * 3) + (p[2].V * 7) + (p[3].V * 11) + sizeof(Oversized);
    }

    public static uint InlineArrayElementsByConstantIndex(uint a, uint b)
    {
        Words w = default;
        w[0] = a;
        w[4] = b;
        w[2] = w[0] ^ w[4];
        w[2] += w[1];
        return w[0] + (w[2] * 3) + (w[4] * 5);
    }

    public static uint InlineArrayIndexIsChecked(uint a, int index)
    {
        Words w = default;
        w[3] = a;
        w[index] = 7;
        return w[3] + w[index];
    }

    public static int InlineArrayOfSByteSignExtends(int a, int index)
    {
        Narrow n = default;
        for (int i = 0; i < 3; i++)
        {
            n[i] = (sbyte)(a >> (i * 8));
        }

        return n[index & 1] * n[2];
    }

    public static uint InlineArrayForeach(uint a)
    {
        Words w = default;
        for (int i = 0; i < 5; i++)
        {
            w[i] = a * (uint)(i + 1);
        }

        uint h = 1;
        foreach (uint each in w)
        {
            h = Hash.Mix(h, each);
        }

        return h;
    }

    public static uint InlineArrayIsCopiedByValue(uint a)
    {
        Words w = default;
        w[1] = a;
        Words copy = w;
        w[1]++;
        copy[2] = w[1];
        return (w[1] * 3) + (w[2] * 5) + (copy[1] * 7) + (copy[2] * 11);
    }

    public static uint InlineArraySlice(uint a, int start, int end)
    {
        start &= 7;
        end &= 7;
        Words w = default;
        w[1] = a;
        w[3] = a * 3;
        Span<uint> part = w[start..end];
        uint sum = (uint)part.Length * 1000;
        foreach (uint v in part)
        {
            sum += v;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint SumOf(ReadOnlySpan<uint> s)
    {
        uint sum = 0;
        for (int i = 0; i < s.Length; i++)
        {
            sum = (sum * 31) + s[i];
        }

        return sum;
    }

    public static uint InlineArrayAsASpanArgument(uint a)
    {
        Words w = default;
        Span<uint> s = w;
        s.Fill(a);
        s[4] = 1;
        return SumOf(w) + w[3];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Longs Doubled(Longs l)
    {
        for (int i = 0; i < 4; i++)
        {
            l[i] *= 2;
        }

        return l;
    }

    public static long InlineArrayPassedAndReturnedByValue(long a)
    {
        Longs l = default;
        l[0] = a;
        l[3] = ~a;
        Longs d = Doubled(l);
        return d[0] + (d[3] * 3) + (l[0] * 5) + (l[3] * 7);
    }

    public static int InlineArrayOfStructs(int a, int index)
    {
        index &= 3;
        Points p = default;
        p[0].X = a;
        p[1] = new Point { X = a + 1, Y = 2 };
        p[2] = p[1];
        p[index].Y = 100;
        return (p[0].X * 3) + (p[0].Y * 5) + (p[1].X * 7) + (p[1].Y * 11) + (p[2].X * 13) + (p[2].Y * 17);
    }

    public static long GenericInlineArrayOfSeveralTypes(byte a, long b, int index)
    {
        Four<byte> bytes = default;
        Four<long> longs = default;
        Four<Point> points = default;
        bytes[index & 3] = a;
        longs[index & 3] = b;
        points[index & 3].Y = a;
        bytes[0]--;
        longs[1]++;
        return bytes[0] + (bytes[2] * 3) + (longs[1] * 5) + (longs[3] * 7) + (points[3].Y * 11) + points[0].Y;
    }

    public static uint InlineArrayInsideAStructKeepsItsNeighbours(uint a)
    {
        WithInline w = default;
        w.Before = 0xAA;
        w.After = 0xBBBB;
        for (int i = 0; i < 3; i++)
        {
            w.Middle[i] = (sbyte)(a + (uint)i);
        }

        Span<uint> tail = w.Tail;
        tail.Fill(a);
        uint h = Hash.Mix(Hash.Mix(3, w.Before), w.After);
        return Hash.Mix(Hash.Mix(Hash.Mix(h, w.Middle[0]), w.Middle[2]), w.Tail[4]);
    }

    public static uint FixedBuffersOfEveryWidth(uint a, ulong b)
    {
        Packet p = default;
        p.Head = a;
        p.Check = (ushort)b;
        for (int i = 0; i < 8; i++)
        {
            p.Bytes[i] = (byte)(b >> (i * 8));
        }

        for (int i = 0; i < 3; i++)
        {
            p.Halves[i] = (ushort)(a >> i);
        }

        p.Longs[0] = b;
        p.Longs[1] = ~b;
        p.Ints[1] = (int)a;
        p.Ints[0] = p.Bytes[7] - p.Halves[2];
        uint h = Hash.Mix(Hash.Mix(9, p.Head), p.Check);
        h = Hash.Mix(Hash.Mix(Hash.Mix(h, p.Longs[0]), p.Longs[1]), p.Ints[0]);
        return Hash.Mix(Hash.Mix(Hash.Mix(h, p.Ints[1]), p.Halves[1]), p.Bytes[3]);
    }

    public static int FixedBufferIsCopiedWithItsStruct(byte a, int index)
    {
        Packet p = default;
        p.Bytes[index & 7] = a;
        Packet q = p;
        p.Bytes[index & 7]++;
        q.Bytes[7 - (index & 7)] = 3;
        return (p.Bytes[0] << 24) | (p.Bytes[7] << 16) | (q.Bytes[0] << 8) | q.Bytes[7];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Stamp(ref Packet p, int index, byte v)
    {
        p.Bytes[index & 7] = v;
        p.Halves[1] = (ushort)(v << 4);
    }

    public static int FixedBufferThroughARef(byte a, int index)
    {
        Packet p = default;
        Stamp(ref p, index, a);
        Stamp(ref p, index + 1, (byte)~a);
        int sum = p.Halves[1];
        for (int i = 0; i < 8; i++)
        {
            sum = (sum * 3) + p.Bytes[i];
        }

        return sum;
    }
}

public static class StructMembers
{
    private struct Counter
    {
        public int Value;
        private byte ticks;

        public int Next()
        {
            ticks++;
            return ++Value;
        }

        public readonly int Peek() => Value + ticks;

        public void Reset(int v) => this = new Counter { Value = v };

        public Counter Chained(int v)
        {
            Value += v;
            return this;
        }
    }

    private struct Meter
    {
        private int raw;
        private long total;

        public Meter(int raw)
            : this(raw, 5)
        {
            total++;
        }

        public Meter(int raw, long total)
        {
            this.raw = raw;
            this.total = total;
        }

        public int Raw
        {
            readonly get => raw;
            set
            {
                total += value - raw;
                raw = value;
            }
        }

        public byte Clamped
        {
            readonly get => (byte)raw;
            set => raw = value & 0x7F;
        }

        public readonly long Total => total;

        public long Auto { get; set; }

        public int Initialised { get; init; } = 12;
    }

    private struct Bits
    {
        private uint value;

        public bool this[int index]
        {
            readonly get => ((value >> index) & 1) != 0;
            set => this.value = value ? this.value | (1u << index) : this.value & ~(1u << index);
        }

        public readonly uint Value => value;
    }

    private struct Row
    {
        public int A;
        public int B;
        public int C;

        [UnscopedRef]
        public ref int this[int index]
        {
            get
            {
                if (index == 0)
                {
                    return ref A;
                }

                return ref index == 1 ? ref B : ref C;
            }
        }

        [UnscopedRef]
        public ref Row Self => ref this;
    }

    private struct Fix : IEquatable<Fix>
    {
        public int Raw;

        public static Fix operator +(Fix a, Fix b) => new() { Raw = a.Raw + b.Raw };

        public static Fix operator -(Fix a) => new() { Raw = -a.Raw };

        public static Fix operator *(Fix a, Fix b) => new() { Raw = (int)(((long)a.Raw * b.Raw) >> 16) };

        public static Fix operator ++(Fix a) => new() { Raw = a.Raw + 65536 };

        public static bool operator <(Fix a, Fix b) => a.Raw < b.Raw;

        public static bool operator >(Fix a, Fix b) => a.Raw > b.Raw;

        public static bool operator ==(Fix a, Fix b) => a.Raw == b.Raw;

        public static bool operator !=(Fix a, Fix b) => !(a == b);

        public static bool operator true(Fix a) => a.Raw != 0;

        public static bool operator false(Fix a) => a.Raw == 0;

        public static Fix operator &(Fix a, Fix b) => new() { Raw = a.Raw & b.Raw };

        public static implicit operator Fix(short v) => new() { Raw = v << 16 };

        public static explicit operator int(Fix v) => v.Raw >> 16;

        public static explicit operator byte(Fix v) => (byte)(v.Raw >> 8);

        public readonly bool Equals(Fix other) => Raw == other.Raw;

        public override readonly bool Equals(object? obj) => obj is Fix other && Equals(other);

        public override readonly int GetHashCode() => Raw;
    }

    private struct Tally
    {
        public int Sum;
        public short Steps;

        public void operator +=(int v)
        {
            Sum += v;
            Steps++;
        }

        public void operator ++()
        {
            Sum *= 2;
            Steps--;
        }
    }

    private readonly struct Frozen(int a, ushort b)
    {
        private readonly Counter counter = new() { Value = a };

        public int A => a;

        public ushort B => b;

        public int NextOfACopy() => counter.Next() + counter.Next();

        public Frozen With(int delta) => new(a + delta, (ushort)(b ^ delta));
    }

    private struct Holder
    {
        public Counter Inner;
        public Row Row;
    }

    public static int MutatingMethodChangesTheVariable(int start)
    {
        Counter c = new() { Value = start };
        int first = c.Next();
        int second = c.Next();
        return (first * 3) + (second * 5) + c.Peek();
    }

    public static int AssignmentToThisReplacesEveryField(int start, int v)
    {
        Counter c = new() { Value = start };
        c.Next();
        c.Next();
        c.Reset(v);
        return c.Peek();
    }

    public static int MethodOfAReturnedCopyDoesNotTouchTheVariable(int start)
    {
        Counter c = new() { Value = start };
        int chained = c.Chained(1).Chained(10).Chained(100).Value;
        return (chained * 3) + c.Value;
    }

    private static int NextThroughIn(in Counter c) => c.Next() + c.Next() + c.Peek();

    public static int InParameterIsDefensivelyCopied(int start)
    {
        Counter c = new() { Value = start };
        return (NextThroughIn(in c) * 3) + c.Peek();
    }

    public static int ReadonlyFieldIsDefensivelyCopied(int a, ushort b)
    {
        Frozen f = new(a, b);
        return f.NextOfACopy() + f.NextOfACopy() + f.B;
    }

    public static int ReadonlyStructIsRebuilt(int a, ushort b, int delta)
    {
        Frozen f = new Frozen(a, b).With(delta).With(-1);
        Frozen g = f.With(f.A);
        return (f.A * 3) + f.B + (g.A * 5) + g.B;
    }

    public static int MethodOnANestedFieldChangesIt(int a)
    {
        Holder h = default;
        h.Inner.Value = a;
        h.Inner.Next();
        h.Inner.Next();
        h.Row[1] = h.Inner.Next();
        return h.Inner.Peek() + (h.Row.B * 3);
    }

    public static int MethodOnASpanElementChangesIt(int a, int index)
    {
        index &= 3;
        Span<Counter> s = stackalloc Counter[3];
        s[0].Value = a;
        s[index].Next();
        s[index].Next();
        Counter copy = s[index];
        copy.Next();
        return s[0].Peek() + (s[1].Peek() * 3) + (s[2].Peek() * 5) + (copy.Peek() * 7);
    }

    public static long PropertySetterRunsOnTheVariable(int a, int b)
    {
        Meter m = new(a);
        m.Raw = b;
        m.Raw += 3;
        m.Raw++;
        m.Auto = m.Raw;
        m.Auto <<= 33;
        return m.Total + m.Raw + m.Auto + m.Initialised;
    }

    public static int NarrowPropertyTruncates(int a)
    {
        Meter m = new(a, 0) { Initialised = 1 };
        m.Clamped++;
        m.Clamped = (byte)(m.Clamped * 3);
        return m.Raw + m.Clamped + m.Initialised;
    }

    public static long DefaultSkipsFieldInitialisers(int a)
    {
        Meter m = default;
        Meter n = new(a, a);
        return m.Initialised + n.Initialised + m.Total + n.Total;
    }

    public static uint IndexerOverBits(uint seed, int index)
    {
        Bits b = default;
        for (int i = 0; i < 32; i++)
        {
            b[i] = (seed & (uint)i) != 0;
        }

        b[index & 31] = !b[index & 31];
        b[3] |= b[5];
        b[7] &= false;
        return b.Value;
    }

    public static int RefReturningIndexer(int a, int index)
    {
        Row r = default;
        r[0] = a;
        r[index] += 5;
        r[1] -= r[0];
        ref int kept = ref r[2];
        r.C = 9;
        kept++;
        return r.A + (r.B * 3) + (r.C * 5);
    }

    public static int RefReturnOfThis(int a)
    {
        Row r = new() { A = a };
        r.Self.Self.B = r.A++;
        ref Row alias = ref r.Self;
        alias = new Row { A = alias.B, C = alias.A };
        return r.A + (r.B * 3) + (r.C * 5);
    }

    public static int OperatorsOnFixedPoint(int a, int b)
    {
        Fix x = new() { Raw = a };
        Fix y = new() { Raw = b };
        Fix z = (x + y) * -y;
        z += x++;
        z *= ++y;
        return z.Raw ^ x.Raw ^ y.Raw;
    }

    public static int ComparisonsOnFixedPoint(int a, int b)
    {
        Fix x = new() { Raw = a };
        Fix y = new() { Raw = b };
        return (x < y ? 1 : 0) | (x > y ? 2 : 0) | (x == y ? 4 : 0) | (x != y ? 8 : 0) | (x.Equals(y) ? 16 : 0);
    }

    public static int ConversionOperators(short a, int b)
    {
        Fix x = a;
        Fix y = new() { Raw = b };
        return (int)(x + y) + (byte)y + (int)(Fix)(short)b;
    }

    public static int TrueAndFalseOperatorsShortCircuit(int a, int b)
    {
        Fix x = new() { Raw = a & 3 };
        Fix y = new() { Raw = b & 3 };
        if (x && y++)
        {
            return y.Raw;
        }

        return y ? -1 : -2;
    }

    public static int InstanceCompoundOperators(int a, int b)
    {
        Tally t = new() { Sum = a };
        t += b;
        t += t.Steps;
        ++t;
        Span<Tally> s = stackalloc Tally[2];
        s[1] += a;
        s[1] += s[1].Sum;
        return (t.Sum * 3) + t.Steps + (s[1].Sum * 5) + s[0].Steps + s[1].Steps;
    }

    private static void Grow(this ref Row row, int by)
    {
        row.A += by;
        row.C = row.A;
    }

    private static int Total(this in Row row) => row.A + row.B + row.C;

    public static int ExtensionMethodsByRefAndIn(int a)
    {
        Row r = default;
        r.Grow(a);
        r.Grow(r.Total());
        return r.Total();
    }
}

public static class StructNullables
{
    private struct Pair
    {
        public int X;
        public long Y;

        public readonly int Twice => X * 2;
    }

    private struct Optional
    {
        public byte Before;
        public long? Middle;
        public short? Small;
    }

    private static int? Some(int v, bool has) => has ? v : null;

    public static int CoalesceTakesTheDefault(int a, bool has) => Some(a, has) ?? -7;

    public static int HasValueAndGetValueOrDefault(int a, bool has)
    {
        int? n = Some(a, has);
        return (n.HasValue ? 1000 : 0) + n.GetValueOrDefault() + n.GetValueOrDefault(5);
    }

    public static int LiftedAdditionIsNullIfEitherIs(int a, int b, bool hasA, bool hasB) =>
        (Some(a, hasA) + Some(b, hasB)) ?? int.MinValue;

    public static int LiftedComparisonsWithNullAreFalse(int a, int b, bool hasA, bool hasB)
    {
        int? x = Some(a, hasA);
        int? y = Some(b, hasB);
        return (x < y ? 1 : 0) | (x >= y ? 2 : 0) | (x == y ? 4 : 0) | (x != y ? 8 : 0) | (x > 0 ? 16 : 0)
            | (y == null ? 32 : 0);
    }

    private static bool? ThreeValued(int v) => (v % 3) switch
    {
        0 => false,
        1 or -1 => true,
        _ => null,
    };

    private static int Code(bool? v) => v switch
    {
        true => 1,
        false => 2,
        null => 3,
    };

    public static int ThreeValuedLogic(int a, int b)
    {
        bool? x = ThreeValued(a);
        bool? y = ThreeValued(b);
        return Code(x & y) | (Code(x | y) << 2) | (Code(x ^ y) << 4) | (Code(!x) << 6);
    }

    public static long ConditionalAccessOnANullableStruct(int a, long b, bool has)
    {
        Pair? p = has ? new Pair { X = a, Y = b } : null;
        return (p?.Y ?? 3) + (p?.Twice ?? 4);
    }

    public static int PatternMatchUnwraps(int a, bool has)
    {
        int? n = Some(a, has);
        return n switch
        {
            > 100 => 1,
            int v and < 0 => -v,
            0 => 3,
            int v => v * 2,
            null => 5,
        };
    }

    public static long NullableFieldsAreCopiedWithTheirStruct(long a, short b, bool has)
    {
        Optional o = new() { Before = 200, Middle = a };
        o.Small = has ? b : null;
        Optional p = o;
        o.Middle = null;
        p.Small ??= 33;
        return p.Before + (p.Middle ?? 0) + (o.Middle ?? 1) + (o.Small ?? 2) + p.Small.Value;
    }

    public static int NullableNarrowValueWrapsThenWidens(byte a, bool has)
    {
        byte? n = has ? a : null;
        n++;
        sbyte? s = (sbyte?)n;
        int? wide = s;
        return wide ?? 999;
    }

    public static int NullableIsZeroedByDefault(int a)
    {
        Span<int?> s = stackalloc int?[3];
        s[a & 1] = a;
        return (s[0] ?? -1) + ((s[1] ?? -2) * 3) + ((s[2] ?? -3) * 5);
    }

    public static bool NullableEqualityOfStructsWithOperators(int a, int b, bool has)
    {
        (int, byte)? x = (a, (byte)b);
        (int, byte)? y = has ? (b, (byte)a) : null;
        return x.HasValue && y.HasValue && x.GetValueOrDefault() == y.GetValueOrDefault();
    }
}

public static class StructTuplesAndRecords
{
    private record struct Point(int X, int Y);

    private readonly record struct Key(byte Kind, long Id, Point At);

    private record struct Mutable
    {
        public short A { get; set; }

        public uint B;
    }

    private record struct Cell<T>(T Value, int Version)
        where T : struct;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (int Quotient, int Remainder) DivRem(int a, int b) => (a / b, a % b);

    public static int TupleReturned(int a, int b)
    {
        (int q, int r) = DivRem(a, b);
        return (q * 3) ^ r;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (byte, long, (short, bool), char) Nested(long v) =>
        ((byte)v, v >> 8, ((short)(v >> 16), v < 0), (char)(v >> 24));

    public static long NestedTupleOfMixedWidths(long v)
    {
        (byte a, long b, (short c, bool d), char e) = Nested(v);
        return a + (b * 3) + (c * 5) + (d ? 7 : 0) + (e * 11);
    }

    public static int TupleSwapOfThree(int a, int b, int c)
    {
        (a, b, c) = (b, c, a);
        (a, c) = (c, a + 1);
        return (a * 3) + (b * 5) + (c * 7);
    }

    public static long NineElementTupleUsesTheRest(int a, long b)
    {
        (int, int, int, long, byte, int, int, long, short) t = (a, a + 1, a + 2, b, (byte)a, 6, 7, ~b, (short)b);
        t.Item9++;
        t.Item8 -= t.Item4;
        return t.Item1 + (t.Item3 * 3L) + (t.Item5 * 5) + (t.Item7 * 7) + (t.Item8 * 11) + (t.Item9 * 13);
    }

    public static bool TupleEqualityComparesElementwise(int a, byte b, int c, byte d) => (a, b, a + b) == (c, d, c + d);

    public static bool TupleInequalityWidensElements(sbyte a, long b) => (a, (byte)a) != (b, b);

    public static int TupleMembersAreVariables(int a)
    {
        (int X, (byte Y, int Z) In) t = (a, ((byte)a, 3));
        t.In.Y += 250;
        t.X = t.In.Y;
        ref int z = ref t.In.Z;
        z = t.X * 2;
        return t.X + t.In.Z;
    }

    public static bool RecordEqualityComparesEveryField(int a, int b)
    {
        Point p = new(a, b);
        Point q = new(b, a);
        return p == q || p != new Point(a, b) || p.Equals(q);
    }

    public static int RecordEqualityOfMixedWidths(byte kind, long id, int x)
    {
        Key k = new(kind, id, new Point(x, 1));
        Key l = k with { Id = id & 0xFFFF_FFFF };
        Key m = k with { At = k.At with { X = x & 0xFF } };
        Key n = k with { Kind = (byte)(kind & 0x7F) };
        return (k == l ? 1 : 0) | (k == m ? 2 : 0) | (k == n ? 4 : 0) | (l != n ? 8 : 0);
    }

    public static long WithExpressionLeavesTheSource(byte kind, long id, int x)
    {
        Key k = new(kind, id, new Point(x, ~x));
        Key l = k with { Id = k.Id + 1, At = k.At with { Y = 4 } };
        k = k with { Kind = l.Kind };
        return k.Id + (l.Id * 3) + (k.At.Y * 5) + (l.At.Y * 7) + (l.At.X * 11) + k.Kind;
    }

    public static int RecordDeconstruction(int x, int y)
    {
        Point p = new(x, y);
        (int a, int b) = p;
        p.X += b;
        (p.X, p.Y) = p;
        return (a * 3) + b + (p.X * 5) + (p.Y * 7);
    }

    public static int RecordPropertyPatterns(int x, int y)
    {
        Point p = new(x, y);
        return p switch
        {
            (0, 0) => 1,
            { X: < 0, Y: > 0 } => 2,
            { X: var a, Y: var b } when a == b => a,
            (_, > 1000 or < -1000) => 3,
            _ => 4,
        };
    }

    public static long MutableRecordWithAFieldAndAProperty(short a, uint b)
    {
        Mutable m = new() { A = a, B = b };
        m.A++;
        m.B += (uint)m.A;
        Mutable n = m with { A = (short)-m.A };
        return (m.A * 3) + (n.A * 5L) + (m.B * 7L) + (m == n ? 1 : 0);
    }

    public static int GenericRecordOfSeveralTypes(int a, byte b)
    {
        Cell<int> c = new(a, 1);
        Cell<byte> d = new(b, 2);
        Cell<Point> e = new(new Point(a, b), 3);
        Cell<Cell<byte>> f = new(d with { Version = a }, 4);
        f.Version += f.Value.Version;
        return c.Value + d.Value + e.Value.Y + f.Version + (c == new Cell<int>(b, 1) ? 50 : 0)
            + (e == e with { Version = 3 } ? 100 : 0);
    }

    public static int RecordHashCodeOfIntegers(int x, int y) => new Point(x, y).GetHashCode();
}
