// Aliasing: two names for one place. Values kept in registers too long, loads hoisted out of loops, stores dropped or
// reordered, and copies whose source and target overlap all show here.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Compiler.Cases;

public static class AliasingRefs
{
    private struct Cell
    {
        public int A;
        public int B;
        public byte C;
        public long D;
    }

    private struct Box
    {
        public Cell First;
        public Cell Second;

        public int ReadWhileWriting(ref int other)
        {
            int before = First.A;
            other += 3;
            return (before * 5) + First.A;
        }

        public void Absorb(ref Box other)
        {
            First.A += 10;
            Second = other.First;
            other.Second.B += Second.A;
            First.B = other.Second.B;
        }
    }

    private static int global;
    private static Cell globalCell;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int TwoRefs(ref int a, ref int b)
    {
        a = 1;
        b = 2;
        int first = a;
        b += first;
        a *= 10;
        return a + b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void XorSwap(ref int a, ref int b)
    {
        a ^= b;
        b ^= a;
        a ^= b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PlainSwap<T>(ref T a, ref T b)
    {
        T t = a;
        a = b;
        b = t;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTimes(ref int sum, ref int step, ref int count)
    {
        for (int i = 0; i < count && i < 20; i++)
        {
            sum += step;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Copy(ref Cell to, in Cell from)
    {
        to.A = from.B;
        to.B = from.A;
        to.D = from.A;
        to.C = from.C;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Bump(ref int v) => v++;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Opaque() => global += 7;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ReadGlobalAround(ref int r)
    {
        int a = global;
        r = a + 1;
        int b = global;
        global = b * 3;
        return a + (b * 5) + (r * 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int OutBeforeRead(int value, out int result, ref int other)
    {
        result = value;
        other++;
        result += other;
        return result;
    }

    public static int TwoRefsToOneVariable(int a, bool same)
    {
        int x = a;
        int y = a + 1;
        int r = TwoRefs(ref x, ref same ? ref x : ref y);
        return (r * 7) + (x * 3) + y;
    }

    public static int SwapWithItself(int a, int b, bool same)
    {
        PlainSwap(ref a, ref same ? ref a : ref b);
        return (a * 3) + b;
    }

    public static int XorSwapWithItselfGivesZero(int a, int b, bool same)
    {
        XorSwap(ref a, ref same ? ref a : ref b);
        return (a * 3) + b;
    }

    public static int TupleSwapThroughRefs(int a, int b, int i, int j)
    {
        Span<int> s = [a, b, a ^ b];
        ref int x = ref s[(i & 0xFF) % 3];
        ref int y = ref s[(j & 0xFF) % 3];
        (x, y) = (y, x + 1);
        return s[0] + (s[1] * 3) + (s[2] * 5);
    }

    public static int LoopStepIsTheSumItself(int a, byte count)
    {
        int n = count & 15;
        AddTimes(ref a, ref a, ref n);
        return a;
    }

    public static int LoopBoundIsChangedByTheLoop(int step, byte count)
    {
        int n = count & 7;
        AddTimes(ref n, ref step, ref n);
        return n;
    }

    public static int LoopStepAndBoundAreOneVariable(int a, byte count)
    {
        int n = count & 15;
        AddTimes(ref a, ref n, ref n);
        AddTimes(ref n, ref n, ref n);
        return a + n;
    }

    public static long FieldwiseCopyOntoItself(int a, int b, bool same)
    {
        Cell x = new() { A = a, B = b, C = 7 };
        Cell y = new() { A = 1, B = 2, C = 3, D = 4 };
        Copy(ref same ? ref x : ref y, in x);
        return x.A + (x.B * 3) + (x.D * 5) + (y.A * 7) + (y.B * 11) + (y.D * 13) + y.C;
    }

    public static long StructAssignedToItselfThroughRefs(int a, int b, bool same)
    {
        Cell x = new() { A = a, B = b, D = (long)a << 20 };
        Cell y = default;
        ref Cell to = ref same ? ref x : ref y;
        to = x;
        to.A++;
        x = to;
        return x.A + (x.B * 3) + x.D + (y.A * 5) + y.D;
    }

    public static int InnerValueBecomesTheOuterOnesNeighbour(int a)
    {
        Box x = default;
        x.First = new Cell { A = a, B = 2, C = 3 };
        x.Second = x.First;
        x.First.A = 5;
        x.First = x.Second;
        x.Second.B = x.First.A;
        return x.First.A + (x.Second.B * 3) + x.Second.A + x.First.C;
    }

    public static int MethodOnAStructWithARefIntoIt(int a, bool inside)
    {
        Box x = default;
        x.First.A = a;
        int y = 1;
        return x.ReadWhileWriting(ref inside ? ref x.First.A : ref y) + y;
    }

    public static int MethodTakesItsOwnStructByRef(int a, int b, bool same)
    {
        Box x = default;
        Box y = default;
        x.First.A = a;
        y.First.A = b;
        x.Absorb(ref same ? ref x : ref y);
        return x.First.A + (x.First.B * 3) + (x.Second.A * 5) + (x.Second.B * 7) + (y.Second.B * 11);
    }

    public static int LocalIsChangedByACallBetweenReads(int a)
    {
        int x = a;
        int before = x;
        Bump(ref x);
        int after = x;
        Bump(ref x);
        return before + (after * 3) + (x * 5);
    }

    public static int LocalReadBeforeTheCallInOneExpression(int a)
    {
        int x = a;
        return x + Bumped(ref x) + (x * 3) + Bumped(ref x) + x;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Bumped(ref int v) => v += 10;

    public static int LoopConditionReadsAChangedLocal(int start)
    {
        int x = start & 15;
        int steps = 0;
        while (x < 20)
        {
            Bump(ref x);
            steps += x;
        }

        return steps;
    }

    public static int StaticIsChangedByACall(int a)
    {
        global = a;
        int before = global;
        Opaque();
        int sum = before + global;
        for (int i = 0; i < 3; i++)
        {
            Opaque();
            sum = (sum * 3) + global;
        }

        return sum;
    }

    public static int RefToAStaticAndTheStatic(int a, bool same)
    {
        global = a;
        int local = 2;
        return ReadGlobalAround(ref same ? ref global : ref local) + global + local;
    }

    public static long RefToAStaticField(int a)
    {
        globalCell = new Cell { A = a, B = 1 };
        ref int r = ref globalCell.A;
        ref Cell whole = ref globalCell;
        r += 2;
        whole.D = globalCell.A;
        globalCell = new Cell { A = 5, D = whole.D };
        return r + whole.D + globalCell.B;
    }

    public static int OutArgumentIsAlsoAnotherArgument(int a, int b, bool same)
    {
        int other = b;
        int result = same ? 0 : 1;
        int r = same ? OutBeforeRead(a, out result, ref result) : OutBeforeRead(a, out result, ref other);
        return r + (result * 3) + (other * 5);
    }

    public static int CompoundAssignmentReadsTheLeftSideFirst(int a)
    {
        int x = a;
        x += Set(ref x, 100);
        int y = a;
        y = Set(ref y, 50) + y;
        return (x * 3) + y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Set(ref int v, int to)
    {
        v = to;
        return to + 1;
    }

    public static int CompoundAssignmentOfAnElementReadsFirst(int a, int index)
    {
        index &= 3;
        Span<int> s = [a, a + 1, a + 2];
        s[index] += Set(ref s[index], 9);
        s[0] -= s[1] = s[2] += 4;
        return s[0] + (s[1] * 3) + (s[2] * 5);
    }

    public static int IndexIsReadBeforeTheRightSideChangesIt(int a)
    {
        Span<int> s = [1, 2, 3, 4];
        int i = a & 1;
        s[i] = i = 2;
        s[i] = s[i++] + i;
        s[i - 1] += s[i] = i--;
        return s[0] + (s[1] * 10) + (s[2] * 100) + (s[3] * 1000) + i;
    }

    public static int RefIsTakenBeforeItsIndexChanges(int a, int b)
    {
        Span<int> s = [a, b, 7];
        int i = 0;
        ref int r = ref s[i];
        i = 2;
        r += s[i];
        s[i] = r;
        return s[0] + (s[1] * 3) + (s[2] * 5);
    }

    public static int DeadLookingStoreIsReadThroughARef(int a, int b)
    {
        int x = a;
        ref int r = ref x;
        x = b;
        int y = r;
        x = 3;
        r = y + x;
        x += 1;
        return r;
    }

    public static int StoreInOneArmOnly(int a, bool flag)
    {
        int x = a;
        ref int r = ref x;
        if (flag)
        {
            r = 5;
        }

        int y = x;
        if (!flag)
        {
            x = y * 2;
        }

        return r + y;
    }
}

public static unsafe class AliasingPointers
{
    private struct Pair
    {
        public int A;
        public int B;
    }

    private struct Device
    {
        public uint Status;
        public uint Data;
        public ushort Count;
        public byte Flag;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ReadAroundAWrite(Pair* p, int* q)
    {
        int before = p->A;
        *q = before + 5;
        int after = p->A;
        p->B = after;
        return before + (after * 3) + (*q * 5);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int BytesOfAWord(uint* word, byte* b, int count)
    {
        int sum = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            sum += (int)(*word >> 3);
            *b += 17;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Poll(Device* d, uint* shadow, int limit)
    {
        uint spins = 0;
        while ((d->Status & 1) == 0 && spins < (uint)(limit & 31))
        {
            *shadow += 0x11;
            spins++;
        }

        return spins + d->Status;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Scale(int* to, int* from, int* factor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = from[i] * *factor;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Halves(long* whole, int* half)
    {
        long before = *whole;
        half[1] = (int)before;
        *whole += 1;
        half[0] ^= half[1];
        return before + *whole;
    }

    public static int FieldReadAroundAWriteThroughAnotherPointer(int a, bool alias)
    {
        Pair p = new() { A = a, B = 1 };
        int other = 3;
        int r = ReadAroundAWrite(&p, alias ? &p.A : &other);
        return r + (p.A * 7) + (p.B * 11) + other;
    }

    public static int FieldReadAroundAWriteToItsNeighbour(int a)
    {
        Pair p = new() { A = a, B = 1 };
        return ReadAroundAWrite(&p, &p.B) + (p.A * 7) + (p.B * 11);
    }

    public static int PointerIsOneElementOff(int a)
    {
        int* w = stackalloc int[4];
        w[0] = a;
        w[1] = a + 1;
        w[2] = a + 2;
        return ReadAroundAWrite((Pair*)(w + 1), w + 2) + (w[0] * 7) + (w[1] * 11) + (w[2] * 13);
    }

    public static int WordReadWhileItsBytesChange(uint a, int which, int count)
    {
        uint* w = stackalloc uint[2];
        w[0] = a;
        return BytesOfAWord(w, (byte*)w + (which & 7), count) + (int)w[0] + (int)w[1];
    }

    public static uint PollingLoopSeesTheWrite(uint status, int limit, bool alias)
    {
        Device d = new() { Status = status & ~1u, Data = 4 };
        uint shadow = 0;
        uint r = Poll(&d, alias ? &d.Status : &shadow, limit);
        return (r * 3) + d.Data + shadow;
    }

    public static int FactorIsInsideTheTarget(int a, int factor, int at)
    {
        int* w = stackalloc int[6];
        for (int i = 0; i < 6; i++)
        {
            w[i] = a + i;
        }

        w[at & 3] = factor;
        Scale(w, w + 1, w + (at & 3), 5);
        return w[0] + (w[1] * 3) + (w[2] * 5) + (w[3] * 7) + (w[4] * 11);
    }

    public static int TargetFollowsTheSource(int a, int factor)
    {
        int* w = stackalloc int[6];
        w[0] = a;
        Scale(w + 1, w, &factor, 5);
        return w[0] + (w[2] * 3) + (w[5] * 5);
    }

    public static int FactorIsTheLoopsOwnArgument(int a, int b)
    {
        int* w = stackalloc int[2];
        w[0] = a;
        w[1] = b;
        Scale(w, w, w, 2);
        return w[0] + (w[1] * 3);
    }

    public static long LongAndItsHalves(long a)
    {
        long x = a;
        return Halves(&x, (int*)&x) + (x * 3);
    }

    public static uint MixedWidthStoresThenAWideLoad(uint a, ushort b, byte c)
    {
        uint x = a;
        byte* p = (byte*)&x;
        *(ushort*)(p + 2) = b;
        p[1] = c;
        uint y = x;
        *p = (byte)(y >> 24);
        return x ^ (y * 3);
    }

    public static uint WideStoreThenNarrowLoads(uint a, int index)
    {
        uint x = 1;
        byte* p = (byte*)&x;
        byte before = p[index & 3];
        x = a;
        byte after = p[index & 3];
        *(ushort*)p = 0x1234;
        return before + (after * 256u) + (x & 0xFFFF) + ((x >> 16) * 3);
    }

    public static int LocalWithItsAddressInAPointerVariable(int a, int count)
    {
        int x = a;
        int y = 1;
        int* p = &x;
        int* q = &y;
        for (int i = 0; i < (count & 7); i++)
        {
            *p += x + y;
            int* t = p;
            p = q;
            q = t;
        }

        return (x * 3) + y;
    }

    public static int ParameterThroughItsAddress(int a, int b)
    {
        int* p = &a;
        int before = a;
        *p = b;
        int* q = p;
        p = &b;
        *p += a;
        *q += *p;
        return before + (a * 3) + (b * 5);
    }

    public static uint RegisterLikeWritesKeepTheirOrder(uint a, uint b)
    {
        uint* log = stackalloc uint[8];
        uint* at = log;
        Device d = default;
        Device* p = &d;
        p->Data = a;
        *at++ = p->Data;
        p->Data = b;
        *at++ = p->Data;
        p->Status = p->Data ^ a;
        p->Data = p->Status;
        *at++ = d.Data;
        d.Flag = (byte)p->Data;
        p->Count = d.Flag;
        *at = (uint)(d.Count + p->Flag);
        return log[0] + (log[1] * 3) + (log[2] * 5) + (log[3] * 7);
    }

    public static int PointerStoredInWhatItPointsTo(int a)
    {
        Chain* c = stackalloc Chain[2];
        c[0].Value = a;
        c[0].Next = &c[1];
        c[1].Value = 3;
        c[1].Next = c;
        c->Next->Next->Value += c->Next->Value;
        c->Next = c->Next->Next;
        c->Next->Value *= 2;
        return c[0].Value + c[1].Value;
    }

    private struct Chain
    {
        public Chain* Next;
        public int Value;
    }
}

public static class AliasingSpans
{
    private struct Entry
    {
        public int Key;
        public byte Mark;
        public short Value;
    }

    private static void Count(Span<byte> s, byte first)
    {
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = (byte)(first + (i * 3));
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PrefixSums(Span<int> to, ReadOnlySpan<int> from)
    {
        int sum = 0;
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = sum;
            sum += from[i];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FirstElementInTheLoop(Span<int> s, ReadOnlySpan<int> view)
    {
        int sum = 0;
        for (int i = 0; i < s.Length; i++)
        {
            s[i] += view[0];
            sum = (sum * 3) + s[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NaiveCopy(Span<byte> to, ReadOnlySpan<byte> from)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = from[i];
        }
    }

    public static uint OverlappingCopyTo(byte a, int from, int to, int length)
    {
        Span<byte> s = stackalloc byte[48];
        Count(s, a);
        s.Slice(from & 15, length & 31).CopyTo(s[(to & 15)..]);
        return HashOf(s);
    }

    public static uint OverlappingCopyOfWords(uint a, int from, int to)
    {
        Span<uint> s = stackalloc uint[12];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = a * (uint)i;
        }

        s.Slice(from & 3, 8).CopyTo(s.Slice(to & 3, 8));
        return HashOf(MemoryMarshal.AsBytes(s));
    }

    public static uint OverlappingCopyOfStructs(int a, int from, int to)
    {
        Span<Entry> s = stackalloc Entry[9];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = new Entry { Key = a + i, Mark = (byte)i, Value = (short)~i };
        }

        s.Slice(from & 3, 5).CopyTo(s.Slice(to & 3, 5));
        uint h = 1;
        foreach (Entry e in s)
        {
            h = (h * 31) + (uint)(e.Key + e.Mark - e.Value);
        }

        return h;
    }

    public static uint NaiveForwardCopyRepeatsAPattern(byte a, int distance)
    {
        Span<byte> s = stackalloc byte[40];
        Count(s[..8], a);
        NaiveCopy(s.Slice((distance & 7) + 1, 30), s[..30]);
        return HashOf(s);
    }

    public static int PrefixSumsInPlaceAndShifted(int a, bool shifted)
    {
        Span<int> s = stackalloc int[8];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = a + i;
        }

        PrefixSums(shifted ? s[1..] : s, s[..7]);
        int h = 0;
        foreach (int v in s)
        {
            h = (h * 5) + v;
        }

        return h;
    }

    public static int FirstElementChangesInTheLoop(int a, int start)
    {
        Span<int> s = stackalloc int[6];
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = a + i;
        }

        return FirstElementInTheLoop(s, s[(start & 3)..]);
    }

    public static int TwoViewsOfOneBuffer(int a, int i, int j)
    {
        i &= 7;
        j &= 3;
        Span<int> s = stackalloc int[6];
        Span<int> t = s[2..];
        s[i] = a;
        t[j] = a + 1;
        int x = s[i];
        t[j]++;
        s[i] <<= 1;
        return x + (s[i] * 3) + (t[j] * 5);
    }

    public static uint ByteAndWordViewsInterleaved(uint a, int index)
    {
        index &= 7;
        Span<uint> w = stackalloc uint[2];
        Span<byte> b = MemoryMarshal.AsBytes(w);
        w[0] = a;
        b[index] = 0x7F;
        uint x = w[0];
        w[1] = x + 1;
        b[7 - index] += (byte)w[1];
        w[0] += b[5];
        return x + (w[0] * 3) + (w[1] * 5);
    }

    public static int ElementCopyThenOriginalChanges(int a, int i, int j)
    {
        i &= 3;
        j &= 3;
        Span<Entry> s = stackalloc Entry[4];
        s[i].Key = a;
        s[j].Mark = 9;
        Entry e = s[i];
        s[j].Key++;
        s[i].Mark++;
        s[j] = e;
        e.Key = 1000;
        return s[i].Key + (s[j].Key * 3) + (s[i].Mark * 5) + s[j].Mark + e.Key;
    }

    public static int SwapOfElementsByIndex(int a, int i, int j)
    {
        i &= 3;
        j &= 3;
        Span<Entry> s = stackalloc Entry[4];
        for (int k = 0; k < 4; k++)
        {
            s[k] = new Entry { Key = a + k, Value = (short)k };
        }

        (s[i], s[j]) = (s[j], s[i]);
        (s[i].Key, s[j].Value) = (s[j].Value, (short)s[i].Key);
        return s[0].Key + (s[1].Key * 3) + (s[2].Key * 5) + (s[3].Key * 7) + s[0].Value + (s[2].Value * 11);
    }

    public static uint ReverseWithinAReverse(byte a, int start, int length)
    {
        Span<byte> s = stackalloc byte[24];
        Count(s, a);
        Span<byte> t = s.Slice(start & 7, length & 15);
        s.Reverse();
        t.Reverse();
        return HashOf(s) ^ (HashOf(t) * 3);
    }

    public static uint ClearBetweenReads(uint a, int start)
    {
        Span<uint> s = stackalloc uint[5];
        s.Fill(a);
        uint before = s[2];
        s.Slice(start & 3, 2).Clear();
        uint after = s[2];
        s[(start & 3)..].Fill(after + 1);
        return before + (after * 3) + (s[2] * 5) + (s[4] * 7);
    }

    public static int SpanOverALocalBetweenReads(int a, int b)
    {
        int x = a;
        Span<int> s = new(ref x);
        int before = x;
        s[0] = b;
        int after = x;
        s.Clear();
        x++;
        return before + (after * 3) + (s[0] * 5);
    }

    public static int SpanOverAFieldBetweenReads(int a, byte m)
    {
        Entry e = new() { Key = a, Mark = m };
        Span<byte> s = new(ref e.Mark);
        s.Fill((byte)(m + 1));
        int x = e.Mark;
        e.Mark ^= 0xFF;
        s[0]++;
        e = new Entry { Key = e.Key + s[0], Mark = (byte)(e.Mark + s[0]) };
        return x + (s[0] * 3) + e.Key;
    }

    public static int LengthIsNotReadAgainFromAChangedVariable(int a)
    {
        Span<int> s = stackalloc int[6];
        s.Fill(a);
        int sum = 0;
        foreach (int v in s)
        {
            s = s.Length > 2 ? s[1..] : s;
            s[0] += 1;
            sum = (sum * 3) + v;
        }

        return sum + s.Length;
    }
}
