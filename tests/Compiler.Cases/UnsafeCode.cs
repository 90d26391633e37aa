// Unsafe code: pointers over locals and stackalloc, Unsafe.*, sizes, function pointers, ref locals, ref returns and ref
// fields. Nothing here depends on the size of a pointer, and only Unsafe.Read/WriteUnaligned goes off its alignment.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Compiler.Cases;

public static unsafe class Pointers
{
    private struct Node
    {
        public byte Tag;
        public short Half;
        public int Word;
        public long Wide;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Frame
    {
        public uint Head;
        public fixed byte Body[12];
        public ushort Sum;
    }

    public static int WriteThroughAPointerToALocal(int a, int b)
    {
        int x = a;
        int* p = &x;
        *p += b;
        x ^= 5;
        return *p + x;
    }

    public static long PointersToLocalsOfEveryWidth(long a)
    {
        sbyte v8 = (sbyte)a;
        ushort v16 = (ushort)a;
        uint v32 = (uint)a;
        long v64 = a;
        bool flag = false;
        sbyte* p8 = &v8;
        ushort* p16 = &v16;
        uint* p32 = &v32;
        long* p64 = &v64;
        bool* pf = &flag;
        (*p8)++;
        *p16 -= 3;
        *p32 <<= 1;
        *p64 = -*p64;
        *pf = *p8 < 0;
        return v8 + (v16 * 3) + (v32 * 5) + (v64 * 7) + (flag ? 11 : 0);
    }

    public static int PointerToAParameter(int a, short b)
    {
        int* p = &a;
        short* q = &b;
        *p = *q;
        *q += 7;
        return a + (b * 3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Store(int* p, byte* q, int v)
    {
        *p = v;
        *q = (byte)v;
        return *p - *q;
    }

    public static int PointersPassedToACall(int a)
    {
        int x = 1;
        byte y = 2;
        int r = Store(&x, &y, a);
        return r + (x * 3) + (y * 5);
    }

    public static int ArithmeticIsScaledByTheElement(int a)
    {
        int* p = stackalloc int[8];
        for (int i = 0; i < 8; i++)
        {
            *(p + i) = a + (i * i);
        }

        int* q = p + 5;
        q--;
        q -= 2;
        return *q + q[1] + q[-2] + *(q + 3) + (int)(q - p);
    }

    public static long ArithmeticOnLongs(long a, int index)
    {
        long* p = stackalloc long[8];
        for (int i = 0; i < 8; i++)
        {
            p[i] = a * i;
        }

        long* q = p + (index & 3);
        q++;
        return *q + q[2] + (q - p);
    }

    public static int ArithmeticOnSixteenByteStructs(int a, int index)
    {
        Node* p = stackalloc Node[4];
        for (int i = 0; i < 4; i++)
        {
            p[i].Word = a + i;
            (p + i)->Half = (short)(a - i);
        }

        Node* q = p + (index & 1);
        Node* end = p + 4;
        int sum = 0;
        while (q < end)
        {
            sum = (sum * 3) + q->Word + q->Half;
            q++;
        }

        return sum + (int)(end - p);
    }

    public static int NegativeAndUnsignedIndexes(int a, byte back, uint forward)
    {
        short* p = stackalloc short[16];
        for (int i = 0; i < 16; i++)
        {
            p[i] = (short)(a * i);
        }

        short* middle = p + 8;
        int down = -(back & 7);
        return middle[down] + (middle[forward & 7] * 3) + (middle[(long)down] * 5) + (middle[(byte)(back & 3)] * 7);
    }

    public static uint PostIncrementWalk(uint a, int count)
    {
        byte* p = stackalloc byte[16];
        byte* w = p;
        for (int i = 0; i < (count & 15); i++)
        {
            *w++ = (byte)(a >> i);
        }

        uint h = (uint)(w - p);
        byte* r = p;
        while (r != w)
        {
            h = (h * 31) + *r++;
        }

        return h;
    }

    public static uint PreDecrementWalk(uint a)
    {
        ushort* p = stackalloc ushort[8];
        ushort* w = p + 8;
        do
        {
            *--w = (ushort)a;
            a = (a * 5) + 1;
        }
        while (w > p);
        return p[0] + (p[3] * 3u) + (p[7] * 5u);
    }

    public static int ComparisonsOfPointers(int i, int j)
    {
        int* p = stackalloc int[8];
        int* a = p + (i & 7);
        int* b = p + (j & 7);
        return (a < b ? 1 : 0) | (a <= b ? 2 : 0) | (a == b ? 4 : 0) | (a > b ? 8 : 0) | (a != null ? 16 : 0)
            | ((int)(a - b) << 8);
    }

    public static uint CastWordsToBytes(uint a, int index)
    {
        uint* p = stackalloc uint[2];
        p[0] = a;
        p[1] = ~a;
        byte* b = (byte*)p;
        b[index & 7]++;
        return p[0] + (p[1] * 3) + b[3];
    }

    public static uint CastBytesToWordsAtAlignedPlaces(uint a, int index)
    {
        ulong* storage = stackalloc ulong[2];
        byte* b = (byte*)storage;
        for (int i = 0; i < 16; i++)
        {
            b[i] = (byte)(a + (uint)i);
        }

        uint* w = (uint*)(b + ((index & 3) * 4));
        ushort* h = (ushort*)(b + ((index & 7) * 2));
        *h ^= 0x8080;
        return *w + *h;
    }

    public static int CastToSignedBytesSignExtends(ulong a, int index)
    {
        ulong x = a;
        sbyte* s = (sbyte*)&x;
        short* t = (short*)&x;
        int* u = (int*)&x;
        return s[index & 7] + (t[index & 3] * 3) + (u[index & 1] >> 4);
    }

    public static ulong HalvesOfALong(ulong a, uint b, bool high)
    {
        ulong x = a;
        ((uint*)&x)[high ? 1 : 0] = b;
        return x;
    }

    public static uint FieldsThroughACastPointer(uint a, int b)
    {
        uint* words = stackalloc uint[4];
        Node* n = (Node*)words;
        n->Tag = (byte)a;
        n->Half = (short)b;
        n->Word = b;
        n->Wide = (long)a << 16;
        return words[0] + (words[1] * 3) + (words[2] * 5) + (words[3] * 7);
    }

    public static int AddressOfAField(int a, short b)
    {
        Node n = default;
        int* w = &n.Word;
        short* h = &n.Half;
        Node* p = &n;
        *w = a;
        *h = b;
        p->Wide = *w * *h;
        (*p).Tag = (byte)n.Half;
        return n.Word + n.Half + (int)n.Wide + n.Tag;
    }

    public static int PointerToAPointer(int a, int b)
    {
        int x = a;
        int y = b;
        int* p = &x;
        int** pp = &p;
        **pp += 1;
        *pp = &y;
        *p *= 2;
        return (x * 3) + y + **pp;
    }

    public static int ArrayOfPointers(int a, int index)
    {
        int x = a;
        int y = a + 1;
        int z = a + 2;
        int** p = stackalloc int*[3];
        p[0] = &z;
        p[1] = &x;
        p[2] = &y;
        *p[index & 1] += 100;
        int* kept = p[0];
        p[0] = p[2];
        p[2] = kept;
        return *p[0] + (x * 3) + (y * 5) + (z * 7);
    }

    public static int LinkedNodesOverTheStack(int a, int count)
    {
        Link* links = stackalloc Link[8];
        Link* head = null;
        for (int i = 0; i < (count & 7); i++)
        {
            links[i].Value = a + i;
            links[i].Next = head;
            head = &links[i];
        }

        int sum = 0;
        for (Link* l = head; l != null; l = l->Next)
        {
            sum = (sum * 3) + l->Value;
        }

        return sum;
    }

    private struct Link
    {
        public Link* Next;
        public int Value;
    }

    public static int VoidPointerRoundTrip(int a)
    {
        int x = a;
        void* v = &x;
        *(int*)v += 3;
        return *(short*)v + x;
    }

    public static int FixedOverASpan(int a, int start)
    {
        Span<int> s = stackalloc int[6];
        Span<int> t = s[(start & 3)..];
        fixed (int* p = t)
        {
            p[0] = a;
            p[2] = a + 1;
        }

        return s[0] + (s[2] * 3) + (s[3] * 5) + (s[5] * 7);
    }

    public static bool FixedOverAnEmptySpanIsNull(int length)
    {
        Span<byte> s = stackalloc byte[3];
        s = (length & 3) == 0 ? default : s[..(length & 3)];
        fixed (byte* p = s)
        {
            return p == null;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ThroughFixed(ref int v)
    {
        fixed (int* p = &v)
        {
            *p += 5;
            return *p * 2;
        }
    }

    public static int FixedOverARef(int a)
    {
        int x = a;
        return ThroughFixed(ref x) + x;
    }

    public static uint FixedBufferByPointer(uint a, int index)
    {
        Frame f = default;
        f.Head = a;
        byte* p = f.Body;
        for (int i = 0; i < 12; i++)
        {
            p[i] = (byte)(a >> i);
            f.Sum += p[i];
        }

        Frame* q = &f;
        q->Body[index & 7] ^= 0xFF;
        return f.Head + f.Sum + (f.Body[0] * 3u) + (f.Body[7] * 5u) + p[11];
    }

    public static int SpanOverAPointer(int a, int length, int index)
    {
        index = (index & 7) - 1;
        int* p = stackalloc int[8];
        p[2] = a;
        Span<int> s = new(p + 1, length & 7);
        s[index]++;
        return p[1] + (p[2] * 3) + (p[3] * 5);
    }

    public static int SpanOverAPointerRefusesANegativeLength(int length)
    {
        int* p = stackalloc int[4];
        if (length > 4)
        {
            length = 4;
        }

        Span<byte> s = new(p, length);
        return s.Length;
    }

    public static int CopyOfAStructThroughPointers(int a, byte tag)
    {
        Node x = new() { Word = a, Tag = tag, Wide = ~a };
        Node y = default;
        Node* p = &x;
        Node* q = &y;
        *q = *p;
        p->Word = 0;
        q->Tag++;
        return y.Word + (y.Tag * 3) + x.Tag + (int)y.Wide;
    }

    public static uint BlockCopyAndFill(uint a, int from, int length)
    {
        byte* p = stackalloc byte[48];
        for (int i = 0; i < 24; i++)
        {
            p[i] = (byte)((a >> (i & 7)) + (uint)i);
        }

        Unsafe.CopyBlockUnaligned(p + 24, p + (from & 7), (uint)(length & 15));
        Unsafe.InitBlockUnaligned(p + 41, (byte)a, (uint)(from & 3));
        Buffer.MemoryCopy(p + 2, p + 4, 20, (length & 7) + 3);
        uint h = 1;
        for (int i = 0; i < 48; i++)
        {
            h = (h * 31) + p[i];
        }

        return h;
    }

    public static int SizesOfStructsWithoutPointers(int which) => (which & 7) switch
    {
        0 => sizeof(Node),
        1 => sizeof(Frame),
        2 => sizeof(Odd),
        3 => sizeof(Tail),
        4 => sizeof(Holder),
        5 => sizeof(Nothing),
        6 => sizeof(Wide4),
        _ => sizeof(Holder) + (sizeof(Tail) * 100) + (Unsafe.SizeOf<Odd>() * 10000),
    };

    private struct Nothing;

    private struct Wide4
    {
        public Tail A;
        public ushort B;
        public Holder C;
    }

    private struct Odd
    {
        public byte A;
        public byte B;
        public byte C;
    }

    private struct Tail
    {
        public long A;
        public byte B;
    }

    private struct Holder
    {
        public byte A;
        public Tail B;
        public Odd C;
        public char D;
        public Nothing E;
    }

    public static int OffsetsOfFieldsWithoutPointers(int which)
    {
        Holder h = default;
        h.D = 'x';
        h.C.B = (byte)which;
        byte* start = (byte*)&h;
        byte* at = (which & 3) switch
        {
            0 => (byte*)&h.B,
            1 => (byte*)&h.C,
            2 => (byte*)&h.D,
            _ => (byte*)&h.B.B,
        };
        Wide4 w = new() { A = h.B, B = h.D, C = h };
        return (int)(at - start) + h.C.B + (int)((byte*)&w.C.D - (byte*)&w) + w.C.C.B + (w.B * 3) + w.A.B;
    }
}

public static unsafe class UnsafeHelpers
{
    private struct Pair
    {
        public int A;
        public short B;
        public short C;
    }

    private struct Bytes8
    {
        public byte A;
        public byte B;
        public byte C;
        public byte D;
        public byte E;
        public byte F;
        public byte G;
        public byte H;
    }

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

    public static int AsReinterpretsAVariable(uint a)
    {
        uint x = a;
        ref int y = ref Unsafe.As<uint, int>(ref x);
        y >>= 3;
        return (int)(x >> 1) + y;
    }

    public static int AsReinterpretsAStruct(ulong a, byte b)
    {
        ulong x = a;
        ref Pair p = ref Unsafe.As<ulong, Pair>(ref x);
        p.C = b;
        p.A--;
        ref Bytes8 bytes = ref Unsafe.As<Pair, Bytes8>(ref p);
        bytes.E ^= b;
        return (int)(x >> 32) + (int)x + p.B + bytes.H;
    }

    public static uint BitCastOfEqualSizes(ulong a)
    {
        Bytes8 b = Unsafe.BitCast<ulong, Bytes8>(a);
        b.B ^= b.H;
        Pair p = Unsafe.BitCast<Bytes8, Pair>(b);
        return (uint)p.A + (uint)p.B + (uint)p.C + (uint)Unsafe.BitCast<uint, int>((uint)a)
            + (uint)Unsafe.BitCast<byte, sbyte>((byte)a);
    }

    public static int AddMovesByElements(int a, int index)
    {
        Span<int> s = stackalloc int[8];
        for (int i = 0; i < 8; i++)
        {
            s[i] = a + (i * i);
        }

        ref int middle = ref Unsafe.Add(ref s[0], 4);
        Unsafe.Add(ref middle, index & 3) *= 3;
        return Unsafe.Add(ref middle, -(index & 3)) + Unsafe.Subtract(ref middle, 2) + s[4] + s[6]
            + Unsafe.Add(ref s[0], (nuint)(index & 7));
    }

    public static uint AddByteOffsetMovesByBytes(ulong a, int index)
    {
        ulong x = a;
        ref byte b = ref Unsafe.As<ulong, byte>(ref x);
        Unsafe.AddByteOffset(ref b, index & 7) ^= 0x55;
        ref ushort h = ref Unsafe.AddByteOffset(ref Unsafe.As<ulong, ushort>(ref x), (index & 3) * 2);
        h++;
        return (uint)x + (uint)(x >> 32);
    }

    public static int ByteOffsetBetweenElements(int i, int j)
    {
        Span<Pair> s = stackalloc Pair[8];
        return (int)Unsafe.ByteOffset(ref s[i & 7], ref s[j & 7]);
    }

    public static int ComparisonsOfRefs(int i, int j)
    {
        Span<int> s = stackalloc int[8];
        ref int a = ref s[i & 7];
        ref int b = ref s[j & 7];
        return (Unsafe.AreSame(ref a, ref b) ? 1 : 0) | (Unsafe.IsAddressLessThan(ref a, ref b) ? 2 : 0)
            | (Unsafe.IsAddressGreaterThan(ref a, ref b) ? 4 : 0);
    }

    public static int NullRefIsRecognised(int a, bool has)
    {
        int x = a;
        scoped ref int r = ref Unsafe.NullRef<int>();
        if (has)
        {
            r = ref x;
        }

        return Unsafe.IsNullRef(ref r) ? -1 : r + 1;
    }

    public static long ReadUnalignedOfEveryWidth(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[24];
        Scramble(s, seed);
        ref byte at = ref s[offset & 15];
        return Unsafe.ReadUnaligned<short>(ref at) + (Unsafe.ReadUnaligned<ushort>(ref at) * 3)
            + (Unsafe.ReadUnaligned<int>(ref at) * 5L)
            + (Unsafe.ReadUnaligned<uint>(ref at) * 7L) + (Unsafe.ReadUnaligned<long>(ref at) * 11)
            + Unsafe.ReadUnaligned<sbyte>(ref at);
    }

    public static int ReadUnalignedOfAStruct(ulong seed, int offset)
    {
        Span<byte> s = stackalloc byte[16];
        Scramble(s, seed);
        Pair p = Unsafe.ReadUnaligned<Pair>(ref s[offset & 7]);
        return p.A + (p.B * 3) + (p.C * 5);
    }

    public static uint WriteUnalignedOfEveryWidth(ulong a, int offset)
    {
        Span<byte> s = stackalloc byte[40];
        ref byte at = ref s[offset & 7];
        Unsafe.WriteUnaligned(ref at, (ushort)a);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref at, 3), (uint)a);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref at, 9), a);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref at, 18), (byte)a);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref at, 19), new Pair { A = (int)a, B = 1, C = -1 });
        return HashOf(s);
    }

    public static uint UnalignedWritesOverlapInOrder(uint a, uint b, int offset)
    {
        Span<byte> s = stackalloc byte[12];
        Unsafe.WriteUnaligned(ref s[4], a);
        Unsafe.WriteUnaligned(ref s[(offset & 3) + 3], b);
        return Unsafe.ReadUnaligned<uint>(ref s[4]) + Unsafe.ReadUnaligned<ushort>(ref s[3]);
    }

    public static uint UnalignedThroughPointers(ulong seed, int offset)
    {
        byte* p = stackalloc byte[24];
        Scramble(new Span<byte>(p, 24), seed);
        uint v = Unsafe.ReadUnaligned<uint>(p + (offset & 7));
        Unsafe.WriteUnaligned(p + 9 + (offset & 3), v + 1);
        Unsafe.WriteUnaligned(p + 15, ((ulong)v << 20) | 7);
        return HashOf(new Span<byte>(p, 24)) ^ v;
    }

    public static int CopyAndReadThroughAPointer(int a, short b)
    {
        Pair p = new() { A = a, B = b };
        Pair q = Unsafe.Read<Pair>(&p);
        q.C = q.B;
        Unsafe.Write(&p, q);
        Unsafe.Copy(&q, ref p);
        q.A++;
        return p.A + (p.C * 3) + (q.A * 5);
    }

    public static int AsRefOfAReadonlyArgument(int a)
    {
        int x = a;
        Force(in x);
        return x;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Force(in int v) => Unsafe.AsRef(in v) += 9;
}

public static unsafe class FunctionPointers
{
    private struct Wide
    {
        public long A;
        public int B;
        public int C;
    }

    private readonly struct Handler(int key, delegate*<int, int, int> run)
    {
        public int Run(int a) => run(key, a);
    }

    private static int Add(int a, int b) => a + b;

    private static int Subtract(int a, int b) => a - b;

    private static int Multiply(int a, int b) => a * b;

    private static int Divide(int a, int b) => a / b;

    private static delegate*<int, int, int> Choose(int which) => (which & 3) switch
    {
        0 => &Add,
        1 => &Subtract,
        2 => &Multiply,
        _ => &Divide,
    };

    private static long Mixed(byte a, long b, short c, bool d) => d ? a + b : b - c;

    private static Wide Make(int a, long b) => new() { A = b, B = a, C = ~a };

    private static void Bump(ref int v, int by) => v += by;

    private static bool Even(ulong v) => (v & 1) == 0;

    private static T Twice<T>(T v)
        where T : System.Numerics.IAdditionOperators<T, T, T> => v + v;

    private static int Apply(delegate*<int, int> f, int v, int times)
    {
        for (int i = 0; i < times; i++)
        {
            v = f(v);
        }

        return v;
    }

    private static int Collatz(int v) => (v & 1) == 0 ? v >> 1 : (v * 3) + 1;

    private static sbyte Narrow(int v) => (sbyte)v;

    private static int Many(int a, int b, int c, int d, int e, int f, int g, int h, long i, byte j) =>
        a - b + c - d + e - f + g - h + (int)i - j;

    public static int CallThroughAChosenPointer(int which, int a, int b) => Choose(which)(a, b);

    public static int TableOfPointersOnTheStack(int which, int a, int b)
    {
        delegate*<int, int, int>* table = stackalloc delegate*<int, int, int>[4];
        table[0] = &Multiply;
        table[1] = &Subtract;
        table[2] = &Add;
        table[3] = table[1];
        return table[which & 3](a, b);
    }

    public static long PointerWithMixedWidths(byte a, long b, short c, bool d)
    {
        delegate*<byte, long, short, bool, long> f = &Mixed;
        return f(a, b, c, d) + f((byte)c, ~b, a, !d);
    }

    public static long PointerReturningALargeStruct(int a, long b)
    {
        delegate*<int, long, Wide> f = &Make;
        Wide w = f(a, b);
        w = f(w.C, w.A - w.B);
        return w.A + w.B + (w.C * 3L);
    }

    public static int PointerTakingARef(int a, int by)
    {
        delegate*<ref int, int, void> f = &Bump;
        int x = a;
        f(ref x, by);
        f(ref x, x);
        return x;
    }

    public static int PointersToGenericInstantiations(int a)
    {
        delegate*<byte, byte> f = &Twice<byte>;
        delegate*<long, long> g = &Twice<long>;
        return f((byte)a) + (int)(g(a) >> 1);
    }

    public static bool PointerReturningBool(ulong a)
    {
        delegate*<ulong, bool> f = &Even;
        return f(a) ^ f(a >> 33);
    }

    public static int PointerReturningANarrowSignedValue(int a)
    {
        delegate*<int, sbyte> f = &Narrow;
        return f(a) * 3;
    }

    public static int PointerAsAnArgumentCalledInALoop(int a, int times) => Apply(&Collatz, a, times & 31);

    public static int PointerInAStruct(int key, int a, int which)
    {
        Handler h = new(key, Choose(which % 3));
        Handler copy = h;
        return copy.Run(a);
    }

    public static int PointerCallWithStackArguments(int a, int b, long c, byte d)
    {
        delegate*<int, int, int, int, int, int, int, int, long, byte, int> f = &Many;
        return f(a, b, a + 1, b + 2, a * 3, b * 5, a ^ b, a & b, c, d);
    }

    public static int NullPointerIsRecognised(int a, bool has)
    {
        delegate*<int, int, int> f = has ? &Add : null;
        return f == null ? -1 : f(a, 1);
    }

    public static int ArgumentsAreEvaluatedBeforeThePointerIsReplaced(int a)
    {
        delegate*<int, int, int> f = &Add;
        return f(a, Replace(ref f)) + f(a, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Replace(ref delegate*<int, int, int> f)
    {
        f = &Subtract;
        return 100;
    }
}

public static class Refs
{
    private struct Cell
    {
        public int Value;
        public byte Mark;
        public long Wide;
    }

    private ref struct Cursor(ref int target)
    {
        public ref int Target = ref target;
        public int Steps = 0;

        public void Add(int v)
        {
            Target += v;
            Steps++;
        }
    }

    private ref struct Walker
    {
        private ref int current;
        private int left;

        public Walker(Span<int> s)
        {
            current = ref s[0];
            left = s.Length;
        }

        public bool Next(out int value)
        {
            if (left == 0)
            {
                value = 0;
                return false;
            }

            value = current;
            current = ref Unsafe.Add(ref current, 1);
            left--;
            return true;
        }
    }

    private readonly ref struct ReadOnlyView(ref readonly Cell cell)
    {
        private readonly ref readonly Cell cell = ref cell;

        public int Value => cell.Value;
    }

    private ref struct TwoCursors(ref int first, ref int second)
    {
        public Cursor First = new(ref first);
        public Cursor Second = new(ref second);

        public void Cross()
        {
            ref int t = ref First.Target;
            First.Target = ref Second.Target;
            Second.Target = ref t;
        }
    }

    private static int global;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ref int Larger(ref int a, ref int b)
    {
        if (a >= b)
        {
            return ref a;
        }

        return ref b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ref Cell Find(Span<Cell> cells, byte mark)
    {
        for (int i = 1; i < cells.Length; i++)
        {
            if (cells[i].Mark == mark)
            {
                return ref cells[i];
            }
        }

        return ref cells[0];
    }

    private static ref int Global() => ref global;

    private static ref readonly long WideOf(in Cell c) => ref c.Wide;

    public static int RefLocalFollowsItsVariable(int a)
    {
        int x = a;
        ref int r = ref x;
        x++;
        r *= 2;
        x -= 3;
        return r + (x * 5);
    }

    public static int RefLocalIsReassigned(int a, int b, bool swap)
    {
        int x = a;
        int y = b;
        ref int r = ref x;
        r++;
        if (swap)
        {
            r = ref y;
        }

        r += 10;
        return (x * 3) + y;
    }

    public static int RefReturnOfTheLarger(int a, int b)
    {
        Larger(ref a, ref b) = 0;
        Larger(ref a, ref b)--;
        return (a * 3) + b;
    }

    public static int RefReturnOfAnElement(byte mark, int value)
    {
        Span<Cell> cells = stackalloc Cell[4];
        for (int i = 0; i < 4; i++)
        {
            cells[i].Mark = (byte)(i * 2);
        }

        Find(cells, (byte)(mark & 7)).Value = value;
        ref Cell found = ref Find(cells, 4);
        found.Value += 3;
        found = new Cell { Value = found.Value * 2 };
        return cells[0].Value + (cells[1].Value * 3) + (cells[2].Value * 5) + (cells[3].Value * 7) + cells[2].Mark;
    }

    public static int RefReturnOfAStatic(int a)
    {
        global = a;
        ref int r = ref Global();
        Global() += 4;
        r++;
        return global + r;
    }

    public static long RefReadonlyReturn(long a, int v)
    {
        Cell c = new() { Wide = a, Value = v };
        ref readonly long w = ref WideOf(in c);
        c.Wide++;
        return w + WideOf(in c);
    }

    public static long RefsOfEveryWidth(long a)
    {
        byte v8 = (byte)a;
        short v16 = (short)a;
        uint v32 = (uint)a;
        long v64 = a;
        ref byte r8 = ref v8;
        ref short r16 = ref v16;
        ref uint r32 = ref v32;
        ref long r64 = ref v64;
        r8 += 200;
        r16 = (short)-r16;
        r32 >>= r8 & 7;
        r64 += r32;
        return v8 + (v16 * 3) + (v32 * 5) + (v64 * 7);
    }

    public static int RefFieldWritesThrough(int a, int by)
    {
        int x = a;
        Cursor c = new(ref x);
        c.Add(by);
        x *= 2;
        c.Add(1);
        return x + c.Target + c.Steps;
    }

    public static int RefFieldIsCopiedAsAReference(int a)
    {
        int x = a;
        int y = 5;
        Cursor c = new(ref x);
        Cursor d = c;
        d.Add(3);
        d.Target = ref y;
        d.Add(4);
        return (x * 3) + (y * 5) + c.Steps + (d.Steps * 7);
    }

    public static int RefFieldsAreCrossed(int a, int b)
    {
        int x = a;
        int y = b;
        TwoCursors t = new(ref x, ref y);
        t.First.Add(1);
        t.Cross();
        t.First.Add(10);
        t.Second.Add(100);
        return (x * 3) + y + t.First.Target;
    }

    public static int RefFieldWalksASpan(int a, int length)
    {
        Span<int> s = stackalloc int[8];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = a * i;
        }

        Walker w = new(s[..((length & 7) + 1)]);
        int sum = 0;
        while (w.Next(out int v))
        {
            sum = (sum * 3) + v;
        }

        return sum;
    }

    public static int ReadonlyRefFieldSeesWrites(int a)
    {
        Cell c = new() { Value = a };
        ReadOnlyView view = new(in c);
        int before = view.Value;
        c.Value += 7;
        return (before * 3) + view.Value;
    }

    public static int RefToAFieldOfAnElement(int a, int index)
    {
        index = (index & 7) - 1;
        Span<Cell> s = stackalloc Cell[4];
        ref int value = ref s[index].Value;
        ref byte mark = ref s[index].Mark;
        value = a;
        mark = (byte)value;
        s[index].Value++;
        return value + mark + s[3 - index].Value;
    }

    public static int RefWalkReassignedInALoop(int a, int target)
    {
        Span<int> s = stackalloc int[6];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = (a >> i) & 3;
        }

        ref int best = ref s[0];
        for (int i = 1; i < s.Length; i++)
        {
            if (s[i] > best)
            {
                best = ref s[i];
            }
        }

        best += target;
        int h = 0;
        foreach (int v in s)
        {
            h = (h * 5) + v;
        }

        return h;
    }
}
