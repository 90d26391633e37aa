// Calls: arguments beyond the eight registers with ints and longs mixed, evaluation order, recursion, by-reference
// parameters and aliasing, default and named arguments, local functions, and function pointers.
using System.Runtime.CompilerServices;

namespace XousCloud.Compiler.Cases;

public static class ManyArguments
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Eight(int a, int b, int c, int d, int e, int f, int g, int h) =>
        a + (b * 2) + (c * 3) + (d * 4) + (e * 5) + (f * 6) + (g * 7) + (h * 8);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Nine(int a, int b, int c, int d, int e, int f, int g, int h, int i) =>
        (a + (b * 2) + (c * 3) + (d * 4) + (e * 5) + (f * 6) + (g * 7) + (h * 8)) ^ (i * 9);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Twelve(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) =>
        (a - b) + ((c - d) * 3) + ((e - f) * 5) + ((g - h) * 7) + ((i - j) * 11) + ((k - l) * 13);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long FourLongs(long a, long b, long c, long d) => a + (b * 3) + (c * 5) + (d * 7);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SixLongs(long a, long b, long c, long d, long e, long f) =>
        (a - b) ^ ((c - d) * 3) ^ ((e - f) * 5);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long LongSplitOverLastRegister(int a, int b, int c, int d, int e, int f, int g, long h) =>
        a + b + c + d + e + f + g + (h * 3);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long LongSplitThenMore(int a, long b, long c, long d, long e, int f, long g) =>
        a + (b * 3) + (c * 5) + (d * 7) + (e * 11) + (f * 13) + (g * 17);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Alternating(int a, long b, int c, long d, int e, long f, int g, long h) =>
        (a * 2) + (b * 3) + (c * 5) + (d * 7) + (e * 11) + (f * 13) + (g * 17) + (h * 19);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long OddWords(int a, long b, int c, long d, int e, int f, long g, int h) =>
        a ^ b ^ (c * 3) ^ (d << 1) ^ (e * 5) ^ (f * 7) ^ (g << 2) ^ h;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int NarrowOnStack(
        int a, int b, int c, int d, int e, int f, int g, int h, sbyte i, byte j, short k, ushort l) =>
        a + b + c + d + e + f + g + h + (i * 3) + (j * 5) + (k * 7) + (l * 11);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int NarrowInRegisters(sbyte a, byte b, short c, ushort d, char e, bool f) =>
        a + (b * 3) + (c * 5) + (d * 7) + (e * 11) + (f ? 1 : 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int BoolsAndChars(bool a, char b, bool c, char d, bool e, char f, bool g, char h, bool i, char j) =>
        (a ? 1 : 0) + (c ? 2 : 0) + (e ? 4 : 0) + (g ? 8 : 0) + (i ? 16 : 0) + ((b + d + f + h + j) << 5);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AssignsItsStackArguments(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j)
    {
        i += a;
        j -= i;
        h ^= j;
        return h + g + f + e + d + c + b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int TakesAddressOfStackArgument(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j)
    {
        ref int r = ref i;
        r += a + b + c + d + e + f + g + h;
        Bump(ref j);
        return (i * 3) + j;
    }

    private static void Bump(ref int x) => x = (x * 5) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PassesStackArgumentsOn(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) =>
        Twelve(j, i, h, g, f, e, d, c, b, a, i + 1, j + 1) - Nine(b, a, d, c, f, e, h, g, j);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long RecursesWithManyArguments(int n, long a, int b, long c, int d, long e, int f, long g)
    {
        if (n == 0)
        {
            return a + b + c + d + e + f + g;
        }

        return RecursesWithManyArguments(n - 1, g, f, e, d + 1, c, b, a * 3);
    }

    public static int EightInts(int a, int b, int c, int d) => Eight(a, b, c, d, a + b, c + d, a - c, b - d);

    public static int NineIntsPutOneOnStack(int a, int b, int c, int d) => Nine(a, b, c, d, ~a, ~b, ~c, ~d, a ^ d);

    public static int TwelveInts(int a, int b, int c, int d) =>
        Twelve(a, b, c, d, a + 1, b + 2, c + 3, d + 4, a - 5, b - 6, c - 7, d - 8);

    public static long FourLongsFillRegisters(long a, long b, long c, long d) => FourLongs(a, b, c, d);

    public static long FourLongsPermuted(long a, long b, long c, long d) => FourLongs(d, a, b, c);

    public static long SixLongsPutTwoOnStack(long a, long b, long c, long d) => SixLongs(a, b, c, d, a + b, c - d);

    public static long LongSplitBetweenRegisterAndStack(int a, int b, int c, long d) =>
        LongSplitOverLastRegister(a, b, c, a + 1, b + 1, c + 1, a ^ b, d);

    public static long LongSplitFollowedByOthers(int a, long b, long c, int d) =>
        LongSplitThenMore(a, b, c, b + 1, c - 1, d, b ^ c);

    public static long IntsAndLongsAlternate(int a, long b, int c, long d) =>
        Alternating(a, b, c, d, c, d + 1, a, b - 1);

    public static long IntsAndLongsInOddPositions(int a, long b, int c, long d) =>
        OddWords(c, d, a, b, a - c, a + c, d - b, c);

    public static int NarrowArgumentsOnStack(sbyte a, byte b, short c, ushort d) =>
        NarrowOnStack(a, b, c, d, 1, 2, 3, 4, (sbyte)(a + 1), (byte)(b + 1), (short)(c + 1), (ushort)(d + 1));

    public static int NarrowArgumentsFromInts(int a, int b, int c, int d) =>
        NarrowOnStack(a, b, c, d, 0, 0, 0, 0, (sbyte)a, (byte)b, (short)c, (ushort)d);

    public static int NarrowArgumentsFromOneInt(int a) =>
        NarrowInRegisters((sbyte)a, (byte)a, (short)a, (ushort)a, (char)a, a != 0);

    public static int BoolAndCharArguments(bool a, char b, bool c, char d) =>
        BoolsAndChars(a, b, c, d, !a, d, a ^ c, b, a & c, d);

    public static int CalleeAssignsStackArguments(int a, int b, int c, int d) =>
        AssignsItsStackArguments(a, b, c, d, a, b, c, d, a + d, b + c);

    public static int CalleeTakesAddressOfStackArgument(int a, int b, int c, int d) =>
        TakesAddressOfStackArgument(a, b, c, d, d, c, b, a, a * b, c * d);

    public static int StackArgumentsPassedOn(int a, int b, int c, int d) =>
        PassesStackArgumentsOn(a, b, c, d, d, c, b, a, a * 7, d * 9);

    public static int CallsNestedInArguments(int a, int b, int c) =>
        Nine(
            Eight(a, b, c, 1, 2, 3, 4, 5),
            a,
            Eight(c, b, a, 5, 4, 3, 2, 1),
            b,
            c,
            Nine(1, 2, 3, a, b, c, 7, 8, 9),
            a,
            b,
            c);

    public static long RecursionWithManyArguments(byte n, long a, int b, long c) =>
        RecursesWithManyArguments(n & 7, a, b, c, b + 1, a - c, b - 1, a ^ c);

    public static long ReturnedLongUsedAsArguments(long a, long b) =>
        FourLongs(FourLongs(a, b, a, b), FourLongs(b, a, b, a), FourLongs(a, a, b, b), 1);
}

public static class EvaluationOrder
{
    private static int Next(ref int state)
    {
        state = (state * 3) + 1;
        return state;
    }

    private static int Combine(int a, int b, int c, int d = 5) => (((((a * 7) + b) * 7) + c) * 7) + d;

    private static int Difference(int first, int second) => (first * 2) - second;

    private static int WithRef(int before, ref int x, int after)
    {
        x += 100;
        return before + (x * 3) + after;
    }

    public static int ArgumentsLeftToRight(int seed)
    {
        int s = seed;
        return Combine(Next(ref s), Next(ref s), Next(ref s), Next(ref s));
    }

    public static int OperandsLeftToRight(int seed)
    {
        int s = seed;
        return Next(ref s) - (Next(ref s) * 3) - (Next(ref s) ^ s);
    }

    public static int NamedArgumentsInWrittenOrder(int seed)
    {
        int s = seed;
        return Combine(c: Next(ref s), a: Next(ref s), d: Next(ref s), b: Next(ref s));
    }

    public static int NamedArgumentsWithDefault(int a, int b) => Combine(b: a, a: b, c: a ^ b);

    public static int OldValueOfVariableIsReadBeforeCall(int a)
    {
        int s = a;
        return s + Next(ref s) + s;
    }

    public static int IncrementInsideArguments(int a)
    {
        int i = a;
        return Combine(i++, i, ++i, i--) + i;
    }

    public static int AssignmentInsideArguments(int a, int b)
    {
        int x = a;
        return Difference(x, x = b) + x;
    }

    public static int ReferenceArgumentSeesLaterChange(int a)
    {
        int x = a;
        return WithRef(x, ref x, x++) + x;
    }

    public static int CompoundAssignmentReadsLeftFirst(int a)
    {
        int x = a;
        x += Next(ref x);
        return x;
    }

    public static int ChainedAssignment(int a)
    {
        int x;
        byte y;
        x = y = (byte)a;
        return x + y + 1;
    }

    public static int DivisionByZeroBeforeLaterCall(int a, int b)
    {
        int s = 1;
        return (a / b) + Next(ref s);
    }

    public static int CallBeforeDivisionByZero(int a, int b, uint c)
    {
        int s = a;
        int r = Next(ref s);
        return r + (s / (b & 1)) + (int)c;
    }
}

public static class Recursion
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Fact(int n) => n <= 1 ? 1 : n * Fact(n - 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long FactLong(long n) => n <= 1 ? 1 : n * FactLong(n - 1);

    private static uint Gcd(uint a, uint b) => b == 0 ? a : Gcd(b, a % b);

    private static int Ackermann(int m, int n) =>
        m == 0 ? n + 1 : n == 0 ? Ackermann(m - 1, 1) : Ackermann(m - 1, Ackermann(m, n - 1));

    private static bool Even(int n) => n == 0 || Odd(n - 1);

    private static bool Odd(int n) => n != 0 && Even(n - 1);

    private static int Female(int n) => n == 0 ? 1 : n - Male(Female(n - 1));

    private static int Male(int n) => n == 0 ? 0 : n - Female(Male(n - 1));

    private static int Hanoi(int n, int from, int to, int via) =>
        n == 0 ? 0 : (Hanoi(n - 1, from, via, to) * 3) + (from * 5) + to + Hanoi(n - 1, via, to, from);

    private static int Depth(int n, ref int deepest)
    {
        int here = n * 2;
        if (n > deepest)
        {
            deepest = n;
        }

        return n >= 20 ? here : here + Depth(n + 1, ref deepest);
    }

    private static long Power(long value, int exponent)
    {
        if (exponent == 0)
        {
            return 1;
        }

        long half = Power(value, exponent / 2);
        return (exponent & 1) != 0 ? half * half * value : half * half;
    }

    private static int TailSum(int n, int sum) => n == 0 ? sum : TailSum(n - 1, sum + n);

    private static int TailSwap(int n, int a, int b) => n == 0 ? (a * 3) - b : TailSwap(n - 1, b, a + 1);

    private static int Collatz(uint n, int fuel) =>
        n <= 1 || fuel == 0 ? 0 : 1 + Collatz((n & 1) == 0 ? n >> 1 : (n * 3) + 1, fuel - 1);

    private static int LocalsPerFrame(int n, int a)
    {
        int x = a + n;
        int y = a ^ n;
        int below = n == 0 ? 0 : LocalsPerFrame(n - 1, x - y);
        return below + (x * 3) - y;
    }

    private static int AddressedLocalPerFrame(int n, ref int outer)
    {
        int mine = outer + n;
        if (n > 0)
        {
            outer += AddressedLocalPerFrame(n - 1, ref mine);
        }

        return mine + outer;
    }

    private static int Binomial(int n, int k) => k == 0 || k == n ? 1 : Binomial(n - 1, k - 1) + Binomial(n - 1, k);

    private static sbyte NarrowRecursion(sbyte a, int n) => n == 0 ? a : NarrowRecursion((sbyte)(a * 3), n - 1);

    public static int Fibonacci(byte n) => Fib(n % 10);

    public static int Factorial(byte n) => Fact(n & 31);

    public static long FactorialOfLongs(byte n) => FactLong(n & 31);

    public static uint GreatestCommonDivisor(uint a, uint b) => Gcd(a, b);

    public static int AckermannSmall(byte m, byte n) => Ackermann(m % 3, n & 3);

    public static bool MutualEvenOdd(byte n) => Even(n & 127);

    public static int HofstadterFemaleAndMale(byte n) => (Female(n & 7) * 10) + Male(n & 7);

    public static int TowersOfHanoi(byte n) => Hanoi(n % 7, 1, 3, 2);

    public static int RecursionUpdatesThroughReference(byte start)
    {
        int deepest = -1;
        int sum = Depth(start % 25, ref deepest);
        return (sum * 100) + deepest;
    }

    public static long PowerBySquaring(long value, byte exponent) => Power(value, exponent);

    public static int TailRecursiveSum(byte n, int start) => TailSum(n & 127, start);

    public static int TailRecursionSwapsArguments(byte n, int a, int b) => TailSwap(n & 31, a, b);

    public static int CollatzRecursive(ushort n) => Collatz(n, 100);

    public static int LocalsAreSeparatePerFrame(byte n, int a) => LocalsPerFrame(n & 15, a);

    public static int AddressedLocalsAreSeparatePerFrame(byte n, int a)
    {
        int outer = a;
        return AddressedLocalPerFrame(n & 15, ref outer) ^ outer;
    }

    public static int BinomialCoefficient(byte n, byte k)
    {
        int top = n & 7;
        return Binomial(top, k % (top + 1));
    }

    public static int NarrowValueThroughRecursion(sbyte a, byte n) => NarrowRecursion(a, n & 15);
}

public static class ByReference
{
    private static void Swap(ref int a, ref int b) => (a, b) = (b, a);

    private static void SwapByXor(ref int a, ref int b)
    {
        a ^= b;
        b ^= a;
        a ^= b;
    }

    private static void SwapLongs(ref long a, ref long b)
    {
        long t = a;
        a = b;
        b = t;
    }

    private static void AddBoth(ref int a, ref int b, int value)
    {
        a += value;
        b += a;
    }

    private static int ReadWriteRead(ref int a, ref int b)
    {
        int before = a;
        b = 7;
        return before + (a * 10);
    }

    private static int InParameterCanChange(in int a, ref int b)
    {
        int before = a;
        b++;
        return (before * 100) + a;
    }

    private static bool TryDivide(int a, int b, out int quotient, out int remainder)
    {
        if (b == 0)
        {
            quotient = -1;
            remainder = a;
            return false;
        }

        quotient = (int)((long)a / b);
        remainder = (int)((long)a % b);
        return true;
    }

    private static void Narrow(int value, out sbyte s, out byte u, out short h, out ushort w)
    {
        s = (sbyte)value;
        u = (byte)value;
        h = (short)value;
        w = (ushort)value;
    }

    private static void SplitLong(long value, out int high, out uint low)
    {
        high = (int)(value >> 32);
        low = (uint)value;
    }

    private static ref int Larger(ref int a, ref int b) => ref a > b ? ref a : ref b;

    private static ref int SameReference(ref int a) => ref a;

    private static long SumOfIn(in long a, in int b, in sbyte c) => a + b + c;

    private static void WritesOutTwice(out int a, out int b)
    {
        a = 1;
        b = 2;
        a = 3;
    }

    private static void Toggle(ref bool a) => a = !a;

    private static void Advance(ref char c, ref byte count)
    {
        c++;
        count--;
    }

    private static int NestedReference(ref int a, int depth)
    {
        if (depth > 0)
        {
            a += depth;
            return NestedReference(ref a, depth - 1) + 1;
        }

        return a;
    }

    public static int SwapTwoLocals(int a, int b)
    {
        Swap(ref a, ref b);
        return (a * 3) - b;
    }

    public static int SwapWithItself(int a)
    {
        Swap(ref a, ref a);
        return a;
    }

    public static int XorSwapWithItselfGivesZero(int a)
    {
        SwapByXor(ref a, ref a);
        return a;
    }

    public static int XorSwapOfTwo(int a, int b)
    {
        SwapByXor(ref a, ref b);
        return (a * 3) - b;
    }

    public static long SwapOfLongs(long a, long b)
    {
        SwapLongs(ref a, ref b);
        return (a * 3) - b;
    }

    public static int AliasedReferencesAddTwice(int a, int v)
    {
        AddBoth(ref a, ref a, v);
        return a;
    }

    public static int AliasedStoreIsSeenByLoad(int a)
    {
        int x = a;
        return ReadWriteRead(ref x, ref x);
    }

    public static int UnaliasedStoreIsNotSeen(int a, int b)
    {
        int x = a;
        int y = b;
        return ReadWriteRead(ref x, ref y) + y;
    }

    public static int InParameterAliasesRef(int a)
    {
        int x = a;
        return InParameterCanChange(in x, ref x);
    }

    public static int InParameterOfTemporary(int a, int b)
    {
        int y = b;
        return InParameterCanChange(a + b, ref y) + y;
    }

    public static int OutParametersOfBothPaths(int a, int b)
    {
        bool ok = TryDivide(a, b, out int q, out int r);
        return ok ? q ^ (r << 3) : q - r;
    }

    public static int OutParameterDiscarded(int a, int b) => TryDivide(a, b, out _, out int r) ? r : 5;

    public static int OutParametersShareOneVariable(int a)
    {
        int x = a;
        WritesOutTwice(out x, out x);
        return x;
    }

    public static long NarrowOutParameters(int a)
    {
        Narrow(a, out sbyte s, out byte u, out short h, out ushort w);
        return s + (u * 1000L) + (h * 1000000L) + (w * 1000000000L);
    }

    public static long HalvesThroughOutParameters(long a)
    {
        SplitLong(a, out int high, out uint low);
        return high + ((long)low << 8);
    }

    public static int ReferenceReturnIsAssigned(int a, int b)
    {
        int x = a;
        int y = b;
        Larger(ref x, ref y) = 0;
        return x - y;
    }

    public static int ReferenceReturnIsIncremented(int a, int b)
    {
        int x = a;
        int y = b;
        Larger(ref x, ref y)++;
        Larger(ref x, ref y) -= 5;
        return x ^ (y * 3);
    }

    public static int ReferenceTernary(bool c, int a, int b)
    {
        int x = a;
        int y = b;
        ref int r = ref c ? ref x : ref y;
        r += 1000;
        return (x * 3) - y;
    }

    public static int ReferenceLocalReassigned(int a, int b)
    {
        int x = a;
        int y = b;
        ref int r = ref x;
        r++;
        r = ref y;
        r--;
        return x ^ (y << 1);
    }

    public static int LocalCachedInRegisterSeesStoreThroughReference(int a)
    {
        int x = a;
        ref int r = ref SameReference(ref x);
        int first = x + 1;
        r = first * 2;
        int second = x + 1;
        x = 5;
        return (first ^ second) + r;
    }

    public static long InParametersOfDifferentWidths(long a, int b, sbyte c) =>
        SumOfIn(in a, in b, in c) + SumOfIn(a, b, (sbyte)(c + 1));

    public static bool BoolThroughReference(bool a, byte n)
    {
        bool x = a;
        for (int i = 0; i < (n & 7); i++)
        {
            Toggle(ref x);
        }

        return x;
    }

    public static int CharAndByteThroughReference(char c, byte n)
    {
        Advance(ref c, ref n);
        Advance(ref c, ref n);
        return (c << 8) | n;
    }

    public static int ParameterPassedOnByReference(int a, byte depth) => NestedReference(ref a, depth & 7) ^ a;

    public static int AddressTakenOnlyOnOnePath(int a, bool c)
    {
        int x = a;
        if (c)
        {
            Toggle(ref c);
            Swap(ref x, ref a);
            x++;
        }

        return x + (c ? 10 : 0);
    }

    public static int AddressedLoopCounter(byte count)
    {
        int sum = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            int before = i;
            AddBoth(ref i, ref sum, 1);
            sum += before;
        }

        return sum;
    }

    public static unsafe int PointersMayAlias(int a, int b, bool same)
    {
        int x = a;
        int y = b;
        int* p = &x;
        int* q = same ? &x : &y;
        *p = 1;
        *q = 2;
        return (*p * 100) + (x * 10) + y;
    }

    public static unsafe int PointerOfDifferentWidthAliases(int a, byte b)
    {
        int x = a;
        byte* p = (byte*)&x;
        int before = x;
        p[0] = b;
        return before ^ x;
    }

    public static int UnsafeAsNarrowsInPlace(int a, short b)
    {
        int x = a;
        Unsafe.As<int, short>(ref x) = b;
        return x;
    }
}

public static class DefaultsAndLocals
{
    private static int Defaults(int a, int b = -1, sbyte c = -128, ushort d = 65535, bool e = true) =>
        a + (b * 3) + (c * 5) + (d * 7) + (e ? 11 : 13);

    private static long LongDefaults(int a, long b = long.MinValue, ulong c = 0xFFFF_FFFF, char d = 'x') =>
        a ^ b ^ (long)c ^ d;

    private static int Overloaded(int a) => a + 1;

    private static int Overloaded(long a) => (int)(a >> 32) + 2;

    private static int Overloaded(uint a) => (int)(a >> 1) + 3;

    private static int Overloaded(byte a) => a + 4;

    private static int Overloaded(sbyte a) => a + 5;

    private static int Overloaded(char a) => a + 6;

    private static int Overloaded(int a, int b) => a - b + 7;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Opaque(int a) => (a * 3) ^ (a >> 5);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long OpaqueLong(long a) => (a * 3) ^ (a >> 5);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Nothing()
    {
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void IgnoresArguments(int a, long b, sbyte c)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int InlinedWithEarlyReturn(int a)
    {
        if (a < 0)
        {
            return -a;
        }

        a++;
        return a * 2;
    }

    private static int ModifiesItsParameter(int a)
    {
        a *= 2;
        a += 1;
        return a;
    }

    public static int AllDefaults(int a) => Defaults(a);

    public static int SomeDefaults(int a, int b) => Defaults(a, b, d: 7);

    public static long DefaultsOfLongs(int a) => LongDefaults(a) + LongDefaults(a, d: 'z') + LongDefaults(a, 5);

    public static int OverloadsByWidth(int a) =>
        Overloaded(a) + Overloaded((long)a) + Overloaded((uint)a) + Overloaded((byte)a) + Overloaded((sbyte)a)
        + Overloaded((char)a) + Overloaded(a, 3);

    public static int LocalFunction(int a, int b)
    {
        return Twice(a) - Twice(b);

        static int Twice(int x) => x * 2;
    }

    public static int LocalFunctionRecurses(byte n, int start)
    {
        return Sum(n & 31, start);

        static int Sum(int n, int acc) => n == 0 ? acc : Sum(n - 1, (acc * 2) + n);
    }

    public static long LocalFunctionsCallEachOther(byte n, long a)
    {
        return Ping(n & 15, a);

        static long Ping(int n, long a) => n == 0 ? a : Pong(n - 1, a + n);

        static long Pong(int n, long a) => n == 0 ? -a : Ping(n - 1, a * n);
    }

    public static int LocalFunctionWithReference(int a, int b)
    {
        Add(ref a, b);
        Add(ref b, a);
        return a ^ b;

        static void Add(ref int x, int y) => x += y;
    }

    public static int LocalFunctionWithOut(uint a)
    {
        Split(a, out int high, out int low);
        return high - low;

        static void Split(uint x, out int high, out int low)
        {
            high = (int)(x >> 16);
            low = (int)(x & 0xFFFF);
        }
    }

    public static int ManyValuesLiveAcrossCall(int a, int b, int c, int d)
    {
        int e = a + b;
        int f = b + c;
        int g = c + d;
        int h = d + a;
        int i = a ^ b;
        int j = b ^ c;
        int k = c ^ d;
        int l = d ^ a;
        int m = a * b;
        int n = b * c;
        int o = c * d;
        int p = d * a;
        int called = Opaque(a);
        return called + (a ^ e ^ i ^ m) + (b ^ f ^ j ^ n) + (c ^ g ^ k ^ o) + (d ^ h ^ l ^ p);
    }

    public static int ValuesLiveAcrossCallInLoop(int a, int b, byte count)
    {
        int sum = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            sum += Opaque(a + i) + b;
            b ^= sum;
        }

        return sum + a;
    }

    public static long LongAndIntLiveAcrossCalls(long a, int b)
    {
        int c = Opaque(b);
        long d = OpaqueLong(a);
        int e = Opaque(c + b);
        return a + b + c + d + e;
    }

    public static int CallWithoutArgumentsOrResult(int a)
    {
        Nothing();
        IgnoresArguments(a, a, (sbyte)a);
        return a;
    }

    public static int ResultIgnored(int a)
    {
        _ = Opaque(a);
        return a + 1;
    }

    public static int InlinedFunctionWithEarlyReturn(int a, int b) =>
        InlinedWithEarlyReturn(a) + InlinedWithEarlyReturn(b);

    public static int CalleesParameterIsACopy(int a) => ModifiesItsParameter(a) + a;

    public static int ParameterReassignedBeforeUse(int a, int b)
    {
        a = b;
        b = a + 1;
        return Opaque(a) - b;
    }

    public static int CallResultInComparison(int a, int b) => Opaque(a) < Opaque(b) ? Opaque(a - b) : -1;

    public static int CallsInBothTernaryArms(bool c, int a, int b) => c ? Opaque(a) + b : Opaque(b) + a;
}

public static unsafe class PointerCalls
{
    private static int Double(int a) => a * 2;

    private static int Negate(int a) => -a;

    private static int Square(int a) => a * a;

    private static int Halve(int a) => a / 2;

    private static int Add(int a, int b) => a + b;

    private static int Subtract(int a, int b) => a - b;

    private static long AddLongs(long a, int b, long c) => a + b - c;

    private static sbyte ToSByte(int a) => (sbyte)a;

    private static ushort ToUShort(long a) => (ushort)a;

    private static void Increment(ref int a) => a++;

    private static void Clear(ref int a) => a = 0;

    private static bool Less(int a, int b) => a < b;

    private static bool Greater(int a, int b) => a > b;

    private static int Apply(delegate*<int, int> f, int a) => f(a);

    private static int ApplyTwice(delegate*<int, int> f, delegate*<int, int> g, int a) => g(f(a)) + f(g(a));

    private static int ManyArguments(int a, int b, int c, int d, int e, long f, int g, long h, int i) =>
        a + (b * 2) + (c * 3) + (d * 4) + (e * 5) + (int)(f * 6) + (g * 7) + (int)(h >> 32) + (i * 9);

    private static delegate*<int, int> Choose(int which) => (which & 3) switch
    {
        0 => &Double,
        1 => &Negate,
        2 => &Square,
        _ => &Halve,
    };

    private static int Countdown(delegate*<int, int> step, int n, int a) =>
        n == 0 ? a : Countdown(step, n - 1, step(a) + n);

    public static int CallsThroughLocal(int a)
    {
        delegate*<int, int> f = &Double;
        return f(a) + f(1);
    }

    public static int PassedAsArgument(int a) => Apply(&Double, a) + Apply(&Square, a);

    public static int ChosenByCondition(bool c, int a, int b)
    {
        delegate*<int, int, int> f = c ? &Add : &Subtract;
        return f(a, b);
    }

    public static int ReturnedFromFunction(int which, int a) => Choose(which)(a);

    public static int ReassignedInLoop(int a, byte count)
    {
        delegate*<int, int> f = &Negate;
        for (int i = 0; i < (count & 15); i++)
        {
            a = f(a) + i;
            f = Choose(a + i);
        }

        return a;
    }

    public static int Composed(int a) => ApplyTwice(&Double, &Negate, a) ^ ApplyTwice(&Square, &Halve, a);

    public static long WithLongArgumentsAndResult(long a, int b, long c)
    {
        delegate*<long, int, long, long> f = &AddLongs;
        return f(a, b, c) ^ f(c, b, a);
    }

    public static int NarrowResultIsExtended(int a, long b)
    {
        delegate*<int, sbyte> f = &ToSByte;
        delegate*<long, ushort> g = &ToUShort;
        return f(a) + g(b);
    }

    public static int WithReferenceParameter(int a, bool c)
    {
        delegate*<ref int, void> f = c ? &Increment : &Clear;
        int x = a;
        f(ref x);
        f(ref x);
        return x;
    }

    public static bool WithBoolResult(int a, int b, bool c)
    {
        delegate*<int, int, bool> f = c ? &Less : &Greater;
        return !f(a, b);
    }

    public static int WithArgumentsOnStack(int a, long b, int c, long d)
    {
        delegate*<int, int, int, int, int, long, int, long, int, int> f = &ManyArguments;
        return f(a, c, a, c, a, b, c, d, a ^ c);
    }

    public static int ArgumentsContainIndirectCalls(int a, int b)
    {
        delegate*<int, int> f = &Square;
        delegate*<int, int, int> g = &Subtract;
        return g(f(a), g(f(b), f(a - b)));
    }

    public static int KeptAcrossRecursion(byte n, int a) => Countdown(&Halve, n & 15, a) - Countdown(&Negate, n & 7, a);

    public static int NullIsTested(bool c, int a)
    {
        delegate*<int, int> f = c ? &Double : null;
        return f != null ? f(a) : -1;
    }

    public static int SortingNetworkWithComparer(int a, int b, int c, bool descending)
    {
        delegate*<int, int, bool> before = descending ? &Greater : &Less;
        if (before(b, a))
        {
            (a, b) = (b, a);
        }

        if (before(c, b))
        {
            (b, c) = (c, b);
        }

        if (before(b, a))
        {
            (a, b) = (b, a);
        }

        return (a * 5) + (b * 3) + c;
    }
}
