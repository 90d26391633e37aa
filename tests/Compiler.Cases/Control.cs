// Control flow: branches and their fall-through, loops whose counters wrap or sit at the edges of their type, dense and
// sparse switches, goto, short circuits, switch expressions and patterns over integers and enums.
namespace XousCloud.Compiler.Cases;

public static class Branches
{
    private static int Bump(ref int counter, int result)
    {
        counter = (counter * 10) + 1;
        return result;
    }

    private static bool Mark(ref int trace, int bit, bool result)
    {
        trace |= bit;
        return result;
    }

    public static int IfWithoutElse(int a, int b)
    {
        if (a > b)
        {
            a = b;
        }

        return a;
    }

    public static int IfElseAssignsBothWays(int a, int b)
    {
        int r;
        if (a == b)
        {
            r = 1;
        }
        else
        {
            r = a - b;
        }

        return r;
    }

    public static int ElseIfChainTakesFirstMatch(int a)
    {
        if (a < 0)
        {
            return 1;
        }
        else if (a < 10)
        {
            return 2;
        }
        else if (a < 100)
        {
            return 3;
        }
        else if (a == 100)
        {
            return 4;
        }

        return 5;
    }

    public static int EarlyReturnSkipsRest(int a, int b)
    {
        if (b == 0)
        {
            return -1;
        }

        int q = (int)((uint)a % (uint)b);
        if (q == 0)
        {
            return 0;
        }

        return q + 1;
    }

    public static int EmptyThenBranch(int a)
    {
        if (a > 5)
        {
        }
        else
        {
            a += 3;
        }

        return a;
    }

    public static int NestedIfs(int a, int b, int c)
    {
        int r = 0;
        if (a > 0)
        {
            if (b > 0)
            {
                r = c > 0 ? 7 : 6;
            }
            else if (c > 0)
            {
                r = 5;
            }
        }
        else if (b > 0 == c > 0)
        {
            r = 3;
        }

        return r;
    }

    public static int AssignmentInBothBranchesSwaps(int a, int b)
    {
        int x;
        int y;
        if (a < b)
        {
            x = a;
            y = b;
        }
        else
        {
            x = b;
            y = a;
        }

        return (x * 3) - y;
    }

    public static int TernaryValues(int a, int b) => a > b ? a : b;

    public static int NestedTernary(int a) => a < 0 ? -1 : a == 0 ? 0 : a < 100 ? 1 : 2;

    public static int TernaryInsideArguments(int a, int b) => Math.Max(a < b ? a : b, a == b ? 0 : -5);

    public static int TernaryOnStackWithOtherOperands(int a, int b, int c) =>
        a + (b > c ? b * 2 : c - 1) - (a > c ? 3 : a);

    public static long TernaryOfLongsOnStack(int a, long b, long c) => b + (a > 0 ? b : c) + (a < 10 ? 1 : c);

    public static int TernaryOfBoolResult(bool a, bool b, int c) => (a ? b : c > 0) ? c : ~c;

    public static bool ShortCircuitAndSkipsDivision(int a, int b) => b != 0 && (uint)a / (uint)b > 2;

    public static bool ShortCircuitOrSkipsDivision(int a, int b) => b == 0 || (uint)a % (uint)b == 1;

    public static int ShortCircuitAndEvaluatesLeftToRight(int a, int b)
    {
        int counter = 0;
        bool r = Bump(ref counter, a) > 0 && Bump(ref counter, b) > 0 && Bump(ref counter, a - b) > 0;
        return r ? -counter : counter;
    }

    public static int ShortCircuitOrStopsAtFirstTrue(int a, int b)
    {
        int counter = 0;
        bool r = Bump(ref counter, a) > 0 || Bump(ref counter, b) > 0 || Bump(ref counter, a ^ b) > 0;
        return r ? -counter : counter;
    }

    public static int MixedShortCircuits(bool a, bool b, bool c, bool d)
    {
        int trace = 0;
        bool r = (Mark(ref trace, 1, a) && Mark(ref trace, 2, b)) || (Mark(ref trace, 4, c) && !Mark(ref trace, 8, d));
        return r ? trace | 16 : trace;
    }

    public static int NonShortCircuitEvaluatesBoth(bool a, bool b)
    {
        int trace = 0;
        bool r = Mark(ref trace, 1, a) & Mark(ref trace, 2, b);
        bool s = Mark(ref trace, 4, b) | Mark(ref trace, 8, a);
        return trace + (r ? 100 : 0) + (s ? 200 : 0);
    }

    public static bool NegatedAndByDeMorgan(int a, int b) => !(a > 0 && b > 0) == (a <= 0 || b <= 0);

    public static bool LongConditionChain(int a, int b, int c, int d) =>
        (a < b && b < c && c < d) || (a > b && b > c && c > d) || (a == b && (c == d || a != c));

    public static int ConditionStoredThenUsedTwice(int a, int b)
    {
        bool less = a < b;
        int r = less ? 1 : 2;
        a = b;
        return less && a == b ? r + 10 : r;
    }

    public static int ConditionUsedAfterOperandsChange(uint a, uint b)
    {
        bool carry = a + b < a;
        a += b;
        b ^= a;
        return carry ? (int)a : (int)b;
    }

    public static int ComparisonOfConstantsFolds(int a)
    {
        int zero = a & 0;
        return zero == 0 && zero < 1 ? a : -a;
    }

    public static int BranchOnSignOfNarrowSum(sbyte a, sbyte b)
    {
        if ((sbyte)(a + b) < 0)
        {
            return -1;
        }

        return a + b < 0 ? -2 : 1;
    }

    public static int BranchOnLowBits(int a)
    {
        if ((a & 1) == 0)
        {
            return (a & 2) != 0 ? 2 : 0;
        }

        return (a & 3) == 3 ? 3 : 1;
    }

    public static int FarBranchOverLargeBody(int a, int b)
    {
        int x = a;
        if (b != 0)
        {
            x = (x * 31) + 0x12345678;
            x ^= x >> 7;
            x = (x * 37) + 0x23456789;
            x ^= x >> 9;
            x = (x * 41) + 0x3456789A;
            x ^= x >> 11;
            x = (x * 43) + 0x456789AB;
            x ^= x >> 13;
            x = (x * 47) + 0x56789ABC;
            x ^= x >> 15;
            x = (x * 53) + 0x6789ABCD;
            x ^= x >> 17;
            x = (x * 59) + 0x789ABCDE;
            x ^= x >> 19;
            x = (x * 61) + 0x12345678;
            x ^= x >> 21;
        }

        return x;
    }

    public static int GotoForward(int a)
    {
        int r = 1;
        if (a > 0)
        {
            goto Done;
        }

        r = 2;
    Done:
        return r + a;
    }

    public static int GotoBackwardMakesLoop(int a)
    {
        int i = a & 15;
        int r = 0;
    Again:
        r += i;
        i--;
        if (i > 0)
        {
            goto Again;
        }

        return r;
    }

    public static int GotoOutOfNestedLoops(int target)
    {
        int steps = 0;
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 12; j++)
            {
                steps++;
                if (i * j == (target & 63))
                {
                    goto Found;
                }
            }
        }

        steps = -steps;
    Found:
        return steps;
    }

    public static int GotoBetweenTwoLabelsIsIrreducible(int a, int b)
    {
        int n = a & 15;
        int r = 0;
        if ((b & 1) != 0)
        {
            goto Middle;
        }

    Top:
        r = (r * 3) + 1;
    Middle:
        r ^= n;
        if (--n > 0)
        {
            goto Top;
        }

        return r;
    }

    public static int GotoStateMachine(uint input)
    {
        int ones = 0;
        int bits = 0;
    Zero:
        if (bits == 32)
        {
            goto End;
        }

        if (((input >> bits++) & 1) == 0)
        {
            goto Zero;
        }

    One:
        ones++;
        if (bits == 32)
        {
            goto End;
        }

        if (((input >> bits++) & 1) == 0)
        {
            ones += 100;
            goto Zero;
        }

        goto One;
    End:
        return ones;
    }
}

public static class Loops
{
    private static int Advance(ref int i) => i++;

    public static int ForCountsUp(byte count)
    {
        int sum = 0;
        for (int i = 0; i < (count & 63); i++)
        {
            sum += i;
        }

        return sum;
    }

    public static int ForCountsDown(byte count)
    {
        int sum = 0;
        for (int i = count & 63; i > 0; i--)
        {
            sum = (sum * 2) ^ i;
        }

        return sum;
    }

    public static int ForWithEmptyRange(int from, int to)
    {
        int sum = 0;
        for (int i = from & 31; i < (to & 31); i++)
        {
            sum += i + 1;
        }

        return sum;
    }

    public static int WhileTestsBeforeBody(int a)
    {
        int n = a & 31;
        int r = 0;
        while (n > 3)
        {
            r += n;
            n -= 3;
        }

        return (r << 8) | n;
    }

    public static int DoWhileRunsAtLeastOnce(int a)
    {
        int n = a & 15;
        int r = 0;
        do
        {
            r += 10;
            n--;
        }
        while (n > 0);
        return r + n;
    }

    public static int WhileTrueWithBreak(int a)
    {
        int n = a & 0xFFFF;
        int r = 0;
        while (true)
        {
            if (n < 10)
            {
                break;
            }

            n /= 10;
            r++;
        }

        return (r * 100) + n;
    }

    public static int ContinueSkipsToIncrement(byte count, int mask)
    {
        int sum = 0;
        for (int i = 0; i < (count & 63); i++)
        {
            if ((i & mask) != 0)
            {
                continue;
            }

            sum += i;
        }

        return sum;
    }

    public static int ContinueInWhileSkipsToTest(int a)
    {
        int n = a & 63;
        int r = 0;
        while (n-- > 0)
        {
            if (n % 3 == 0)
            {
                continue;
            }

            r += n;
        }

        return (r * 10) + n;
    }

    public static int ContinueInDoWhileSkipsToTest(int a)
    {
        int n = a & 31;
        int r = 0;
        do
        {
            n--;
            if ((n & 1) == 0)
            {
                continue;
            }

            r += n;
        }
        while (n > 0);
        return r;
    }

    public static int BreakLeavesInnerLoopOnly(byte a)
    {
        int r = 0;
        for (int i = 0; i < (a & 15); i++)
        {
            for (int j = 0; j < 10; j++)
            {
                if (j > i)
                {
                    break;
                }

                r += j;
            }

            r += 100;
        }

        return r;
    }

    public static int TripleNestedLoops(byte a, byte b, byte c)
    {
        int r = 0;
        for (int i = 0; i < (a & 7); i++)
        {
            for (int j = i; j < (b & 7); j++)
            {
                for (int k = j; k >= (c & 7) - 7; k -= 2)
                {
                    r += (i * j) - k;
                }
            }
        }

        return r;
    }

    public static int TwoInductionVariables(byte count, int step)
    {
        int r = 0;
        for (int i = 0, j = 100; i < (count & 31); i++, j -= step)
        {
            r += i * j;
        }

        return r;
    }

    public static int InductionVariableMultipliedInBody(byte count, int factor)
    {
        int r = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            r ^= i * factor;
        }

        return r;
    }

    public static int MultipliedInductionVariableWraps(byte count)
    {
        int r = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            r ^= (i * 0x10000001) + (i << 28);
        }

        return r;
    }

    public static int InductionVariableChangedInBody(byte count)
    {
        int r = 0;
        for (int i = 0; i < count; i++)
        {
            r = (r * 5) + i;
            i += r & 7;
        }

        return r;
    }

    public static int InductionVariableChangedThroughReference(byte count)
    {
        int r = 0;
        int i = 0;
        while (i < (count & 31))
        {
            r += Advance(ref i);
        }

        return r + i;
    }

    public static int BoundChangesInBody(byte count)
    {
        int n = count & 31;
        int r = 0;
        for (int i = 0; i < n; i++)
        {
            r += n;
            if ((r & 1) != 0)
            {
                n--;
            }
        }

        return (r << 8) | n;
    }

    public static int CounterUsedAfterLoop(byte count)
    {
        int i;
        for (i = 0; i < (count & 63); i += 7)
        {
        }

        return i;
    }

    public static int IntCounterNearMaxValueStopsByEquality(byte start)
    {
        int r = 0;
        for (int i = int.MaxValue - (start & 15); ; i++)
        {
            r = (r * 3) + i;
            if (i == int.MaxValue)
            {
                break;
            }
        }

        return r;
    }

    public static int IntCounterWrapsToMinValue(byte start)
    {
        int n = 0;
        for (int i = int.MaxValue - (start & 15); i > 0; i++)
        {
            n++;
        }

        return n;
    }

    public static int IntCounterWithStepOverMaxValue(byte start)
    {
        int n = 0;
        for (int i = int.MaxValue - (start & 63); i >= 0; i += 7)
        {
            n = (n * 2) + (i & 3);
        }

        return n;
    }

    public static int LessOrEqualMaxValueLessOneTerminates(byte start)
    {
        int n = 0;
        for (int i = int.MaxValue - 1 - (start & 15); i <= int.MaxValue - 1; i++)
        {
            n++;
        }

        return n;
    }

    public static int CountsDownToMinValue(byte start)
    {
        int n = 0;
        for (int i = int.MinValue + (start & 15); i < 0; i--)
        {
            n++;
        }

        return n;
    }

    public static uint UIntCountsDownThroughZero(byte start)
    {
        uint r = 0;
        for (uint i = start & 31u; i < 32; i--)
        {
            r = (r * 3) + i;
        }

        return r;
    }

    public static uint UIntCounterWrapsAtMaxValue(byte start)
    {
        uint r = 0;
        for (uint i = uint.MaxValue - (start & 15u); i != 0; i++)
        {
            r ^= i << (int)(i & 7);
        }

        return r;
    }

    public static uint UIntCounterAcrossSignBit(byte start)
    {
        uint n = 0;
        for (uint i = 0x7FFF_FFF0u + (start & 7u); i < 0x8000_0010u; i += 3)
        {
            n += i;
        }

        return n;
    }

    public static int ByteCounterWraps(byte start)
    {
        int n = 0;
        int sum = 0;
        for (byte i = start; i != (byte)(start - 1); i += 17)
        {
            n++;
            if (n > 300)
            {
                break;
            }

            sum += i;
        }

        return (n * 10000) + sum;
    }

    public static int ByteCounterGoesAllTheWayRound(byte start)
    {
        byte i = start;
        int n = 0;
        do
        {
            n = (n * 3) ^ i;
            i++;
        }
        while (i != start);
        return n;
    }

    public static int SByteCounterWrapsToNegative(sbyte start)
    {
        int n = 0;
        for (sbyte i = (sbyte)(start | 64); i > 0; i++)
        {
            n++;
        }

        return n;
    }

    public static int ShortCounterNearMaxValue(byte start)
    {
        int n = 0;
        for (short i = (short)(short.MaxValue - (start & 15)); i > 0; i++)
        {
            n += i;
        }

        return n;
    }

    public static int UShortCounterBelowConstantBeyondRange(byte start)
    {
        int n = 0;
        for (ushort i = (ushort)(65535 - (start & 15)); i > 100; i++)
        {
            n += i;
        }

        return n;
    }

    public static int CharCounterOverLetters(char stop)
    {
        int n = 0;
        for (char c = 'a'; c <= 'z' && c != stop; c++)
        {
            n = (n * 2) + c;
        }

        return n;
    }

    public static int NonUnitStepMissesBound(byte bound)
    {
        int r = 0;
        for (int i = 1; i < bound; i += 5)
        {
            r = i;
        }

        return r;
    }

    public static int DoublingCounterOverflowsToZero(byte start)
    {
        int n = 0;
        for (int i = start + 1; i != 0; i <<= 1)
        {
            n++;
        }

        return n;
    }

    public static int HalvingCounter(int a)
    {
        int n = 0;
        for (int i = a; i != 0 && i != -1; i >>= 1)
        {
            n++;
        }

        return n;
    }

    public static int InvariantDivisionInLoop(int a, int b, byte count)
    {
        int r = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            r += (a / b) + i;
        }

        return r;
    }

    public static int InvariantExpressionIsRecomputedWhenOperandChanges(int a, int b, byte count)
    {
        int r = 0;
        for (int i = 0; i < (count & 15); i++)
        {
            r += (a * b) ^ i;
            if ((i & 3) == 2)
            {
                b++;
            }
        }

        return r;
    }

    public static int LoopCarriedSwap(int a, int b, byte count)
    {
        for (int i = 0; i < (count & 15); i++)
        {
            int t = a;
            a = b;
            b = t;
        }

        return (a * 3) + b;
    }

    public static int LoopCarriedRotationOfThree(int a, int b, int c, byte count)
    {
        for (int i = 0; i < (count & 15); i++)
        {
            (a, b, c) = (b, c, a + i);
        }

        return (a * 5) + (b * 3) + c;
    }

    public static int ValueOfPreviousIteration(int a, byte count)
    {
        int previous = a;
        int current = 1;
        int r = 0;
        for (int i = 0; i < (count & 31); i++)
        {
            r ^= previous - current;
            previous = current;
            current = (current * 7) + i;
        }

        return r;
    }

    public static int ReductionWithConditionalUpdate(uint seed, byte count)
    {
        int max = int.MinValue;
        int min = int.MaxValue;
        for (int i = 0; i < (count & 31); i++)
        {
            seed = (seed * 1664525) + 1013904223;
            int v = (int)seed;
            if (v > max)
            {
                max = v;
            }
            else if (v < min)
            {
                min = v;
            }
        }

        return max ^ min;
    }

    public static int ReturnFromInsideLoop(uint a)
    {
        for (int i = 0; i < 32; i++)
        {
            if ((a & (1u << i)) != 0)
            {
                return i;
            }
        }

        return 32;
    }

    public static int ConditionWithSideEffect(int a)
    {
        int n = a & 31;
        int r = 0;
        while ((n -= 3) > 0)
        {
            r += n;
        }

        return (r * 100) + n;
    }

    public static int PostDecrementInCondition(uint a)
    {
        uint n = a & 31;
        int r = 0;
        while (n-- != 0)
        {
            r++;
        }

        return r + (int)n;
    }

    public static int ManyLiveValuesInLoop(int a, int b, int c, byte count)
    {
        int d = a + b;
        int e = b ^ c;
        int f = c - a;
        int g = a * 3;
        int h = b * 5;
        int i = c * 7;
        int j = d - e;
        int k = e - f;
        int l = f - g;
        int m = g - h;
        for (int n = 0; n < (count & 15); n++)
        {
            a += m;
            b ^= a;
            c -= b;
            d += c;
            e ^= d;
            f -= e;
            g += f;
            h ^= g;
            i -= h;
            j += i;
            k ^= j;
            l -= k;
            m += l;
        }

        return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m;
    }

    public static int LoopWithBreakAndContinueAndElsePath(int a, byte count)
    {
        int r = a;
        int i = 0;
        while (true)
        {
            if (i++ >= (count & 31))
            {
                break;
            }

            if ((r & 1) == 0)
            {
                r >>= 1;
                continue;
            }

            if (r == 1)
            {
                break;
            }

            r = (r * 3) + 1;
        }

        return r ^ (i << 20);
    }

    public static int PrimesBelowByTrialDivision(byte limit)
    {
        int count = 0;
        for (int n = 2; n < (limit & 127); n++)
        {
            bool prime = true;
            for (int d = 2; d * d <= n; d++)
            {
                if (n % d == 0)
                {
                    prime = false;
                    break;
                }
            }

            if (prime)
            {
                count++;
            }
        }

        return count;
    }

    public static int BinarySearchOfSquare(uint a)
    {
        uint target = a & 0x3FFF_FFFF;
        uint low = 0;
        uint high = 32768;
        while (low < high)
        {
            uint mid = low + ((high - low) / 2);
            if (mid * mid < target)
            {
                low = mid + 1;
            }
            else
            {
                high = mid;
            }
        }

        return (int)low;
    }
}

public static class Switches
{
    public static int Dense(int a)
    {
        switch (a)
        {
            case 0:
                return 5;
            case 1:
                return 17;
            case 2:
                return -3;
            case 3:
                return 44;
            case 4:
                return 0;
            case 5:
                return 9;
            case 6:
                return 21;
            default:
                return 1000;
        }
    }

    public static int DenseOfMaskedValueHitsEveryCase(int a)
    {
        switch (a & 15)
        {
            case 0:
                return 3;
            case 1:
                return 1;
            case 2:
                return 4;
            case 3:
                return 15;
            case 4:
                return 92;
            case 5:
                return 65;
            case 6:
                return 35;
            case 7:
                return 89;
            case 8:
                return 79;
            case 9:
                return 32;
            case 10:
                return 38;
            case 11:
                return 46;
            case 12:
                return 26;
            case 13:
                return 43;
            case 14:
                return 38;
            default:
                return 327;
        }
    }

    public static int DenseWithOffset(int a)
    {
        switch (a)
        {
            case 100:
                return 1;
            case 101:
                return 2;
            case 102:
                return 3;
            case 103:
                return 4;
            case 104:
                return 5;
            default:
                return -1;
        }
    }

    public static int DenseAroundZero(int a)
    {
        switch (a)
        {
            case -3:
                return 1;
            case -2:
                return 2;
            case -1:
                return 3;
            case 0:
                return 4;
            case 1:
                return 5;
            case 2:
                return 6;
            case 3:
                return 7;
            default:
                return 0;
        }
    }

    public static int DenseWithHolesGoesToDefault(int a)
    {
        switch (a & 31)
        {
            case 1:
                return 10;
            case 2:
                return 20;
            case 4:
                return 40;
            case 5:
                return 50;
            case 7:
                return 70;
            case 8:
                return 80;
            default:
                return 0;
        }
    }

    public static int NearMinValueSubtractionWraps(int a)
    {
        switch (a)
        {
            case int.MinValue:
                return 1;
            case int.MinValue + 1:
                return 2;
            case int.MinValue + 2:
                return 3;
            case int.MinValue + 3:
                return 4;
            case int.MinValue + 4:
                return 5;
            default:
                return 0;
        }
    }

    public static int NearMaxValue(int a)
    {
        switch (a)
        {
            case int.MaxValue - 3:
                return 4;
            case int.MaxValue - 2:
                return 3;
            case int.MaxValue - 1:
                return 2;
            case int.MaxValue:
                return 1;
            default:
                return 0;
        }
    }

    public static int OfUIntAboveSignBit(uint a)
    {
        switch (a)
        {
            case 0x8000_0000:
                return 1;
            case 0x8000_0001:
                return 2;
            case 0x8000_0002:
                return 3;
            case 0x8000_0003:
                return 4;
            case uint.MaxValue:
                return 5;
            default:
                return 0;
        }
    }

    public static int SparseBecomesComparisons(int a)
    {
        switch (a)
        {
            case 1:
                return 1;
            case 10:
                return 2;
            case 100:
                return 3;
            case 1000:
                return 4;
            case 10000:
                return 5;
            case 100000:
                return 6;
            case -1:
                return 7;
            case -1000000:
                return 8;
            case int.MinValue:
                return 9;
            case int.MaxValue:
                return 10;
            case 65535:
                return 11;
            case 65536:
                return 12;
            default:
                return 0;
        }
    }

    public static int TwoDenseClusters(int a)
    {
        switch (a)
        {
            case 0:
            case 1:
            case 2:
            case 3:
                return 100 + a;
            case 1000:
            case 1001:
            case 1002:
            case 1003:
                return a * 2;
            case 2047:
            case 2048:
                return -a;
            default:
                return -1;
        }
    }

    public static int SharedBodies(int a)
    {
        switch (a & 7)
        {
            case 0:
            case 2:
            case 4:
                return 1;
            case 1:
            case 3:
                return 2;
            case 5:
                return 3;
            default:
                return 4;
        }
    }

    public static int WithoutDefaultFallsPast(int a)
    {
        int r = 7;
        switch (a)
        {
            case 1:
                r = 10;
                break;
            case 2:
                r += 20;
                break;
            case 3:
                r *= 30;
                break;
        }

        return r;
    }

    public static int DefaultInTheMiddle(int a)
    {
        switch (a & 3)
        {
            case 0:
                return 11;
            default:
                return 22;
            case 2:
                return 33;
        }
    }

    public static int OnlyDefault(int a)
    {
        switch (a)
        {
            default:
                return a + 1;
        }
    }

    public static int GotoCaseChains(int a)
    {
        int r = 0;
        switch (a & 3)
        {
            case 0:
                r += 1;
                goto case 2;
            case 1:
                r += 10;
                goto default;
            case 2:
                r += 100;
                break;
            default:
                r += 1000;
                goto case 2;
        }

        return r;
    }

    public static int InLoopContinueAndBreak(uint program)
    {
        int r = 0;
        for (int i = 0; i < 16; i++)
        {
            switch ((program >> (2 * i)) & 3)
            {
                case 0:
                    continue;
                case 1:
                    r++;
                    break;
                case 2:
                    r *= 3;
                    break;
                default:
                    return r;
            }

            r ^= i;
        }

        return r;
    }

    public static int InterpreterOfNibbles(uint program, int x)
    {
        int acc = 0;
        for (int pc = 0, steps = 0; pc < 8 && steps < 40; pc++, steps++)
        {
            switch ((program >> (4 * pc)) & 15)
            {
                case 0:
                    return acc;
                case 1:
                    acc += x;
                    break;
                case 2:
                    acc -= x;
                    break;
                case 3:
                    acc *= 3;
                    break;
                case 4:
                    acc ^= x;
                    break;
                case 5:
                    acc >>= 1;
                    break;
                case 6:
                    acc = -acc;
                    break;
                case 7:
                    if (acc < 0)
                    {
                        pc++;
                    }

                    break;
                case 8:
                    pc = -1;
                    x++;
                    program &= ~(8u << (4 * (steps & 7)));
                    break;
                case 9:
                    x = acc;
                    break;
                default:
                    acc++;
                    break;
            }
        }

        return acc;
    }

    public static int NestedSwitches(int a, int b)
    {
        switch (a & 3)
        {
            case 0:
                switch (b & 3)
                {
                    case 0:
                        return 1;
                    case 1:
                        return 2;
                    default:
                        break;
                }

                return 3;
            case 1:
                return b > 0 ? 4 : 5;
            case 2:
                switch (b)
                {
                    case 7:
                        return 6;
                }

                break;
        }

        return 7;
    }

    public static int OfByte(byte a)
    {
        switch (a)
        {
            case 0:
                return 1;
            case 127:
                return 2;
            case 128:
                return 3;
            case 255:
                return 4;
            default:
                return 0;
        }
    }

    public static int OfSByteIsSigned(sbyte a)
    {
        switch (a)
        {
            case -128:
                return 1;
            case -127:
                return 2;
            case -126:
                return 3;
            case -1:
                return 4;
            case 127:
                return 5;
            default:
                return 0;
        }
    }

    public static int OfSByteSumIsTruncatedFirst(sbyte a, sbyte b)
    {
        switch ((sbyte)(a + b))
        {
            case -2:
                return 1;
            case -1:
                return 2;
            case 0:
                return 3;
            case 1:
                return 4;
            case 2:
                return 5;
            default:
                return 0;
        }
    }

    public static int OfChar(char c)
    {
        switch (c)
        {
            case ' ':
            case '\t':
            case '\n':
                return 0;
            case '+':
                return 1;
            case '-':
                return 2;
            case '*':
                return 3;
            case '/':
                return 4;
            case '\uFFFF':
                return 5;
            case >= '0' and <= '9':
                return 100 + c - '0';
            default:
                return -1;
        }
    }

    public static int OfBool(bool a)
    {
        switch (a)
        {
            case true:
                return 31;
            case false:
                return 41;
        }
    }

    public static int WithGuards(int a, int b)
    {
        switch (a & 3)
        {
            case 0 when b > 0:
                return 1;
            case 0:
                return 2;
            case 1 when b == 1:
            case 2 when b == 2:
                return 3;
            case int n when n > 1 && b < 0:
                return n * 4;
            default:
                return 5;
        }
    }

    public static int LargeTableOfDays(int a, bool leap)
    {
        switch (a)
        {
            case 1:
            case 3:
            case 5:
            case 7:
            case 8:
            case 10:
            case 12:
                return 31;
            case 4:
            case 6:
            case 9:
            case 11:
                return 30;
            case 2:
                return leap ? 29 : 28;
            default:
                return 0;
        }
    }

    public static long ResultsOfDifferentWidths(int a, long b, int c)
    {
        switch (a & 3)
        {
            case 0:
                return b;
            case 1:
                return c;
            case 2:
                return (uint)c;
            default:
                return (byte)c;
        }
    }
}

public static class Patterns
{
    private enum Colour
    {
        Red,
        Green,
        Blue,
        Black = 100,
        White = -1,
    }

    private enum Level : byte
    {
        Off,
        Low = 10,
        High = 200,
        Full = 255,
    }

    private enum Wide : long
    {
        Zero,
        Negative = -5_000_000_000,
        Positive = 5_000_000_000,
    }

    public static int SwitchExpressionOfConstants(int a) => (a & 7) switch
    {
        0 => 7,
        1 => 5,
        2 => 3,
        3 => 2,
        4 => 11,
        _ => 0,
    };

    public static int SwitchExpressionOfComputedArms(int a, int b) => (a & 3) switch
    {
        0 => a + b,
        1 => a - b,
        2 => a * b,
        _ => a ^ b,
    };

    public static int SwitchExpressionOnlyEvaluatesItsArm(int a, int b) => (b & 3) switch
    {
        0 => a / (b | 1),
        1 => a / 7,
        2 => a % (b & 4),
        _ => a,
    };

    public static int RelationalPatterns(int a) => a switch
    {
        < -1000 => 0,
        < 0 => 1,
        0 => 2,
        <= 9 => 3,
        < 1000 => 4,
        int.MaxValue => 5,
        _ => 6,
    };

    public static int RelationalPatternsOfUInt(uint a) => a switch
    {
        0 => 0,
        < 0x7FFF_FFFF => 1,
        0x7FFF_FFFF => 2,
        < 0xFFFF_FFFF => 3,
        _ => 4,
    };

    public static int RelationalPatternsOfSByte(sbyte a) => a switch
    {
        < -100 => 0,
        < 0 => 1,
        > 100 => 2,
        _ => 3,
    };

    public static int RelationalPatternsOfLong(long a) => a switch
    {
        < -0x1_0000_0000 => 0,
        < 0 => 1,
        <= 0xFFFF_FFFF => 2,
        _ => 3,
    };

    public static bool IsWithAndOrNot(int a) => a is (> 10 and < 20) or 100 or (> 200 and not 250);

    public static bool IsNotConstant(int a) => a is not 5;

    public static bool IsOneOfSmallSetBecomesBitTest(int a) =>
        a is 1 or 3 or 5 or 7 or 11 or 13 or 17 or 19 or 23 or 29 or 31;

    public static bool IsOneOfSetBeyondThirtyTwo(int a) => a is 0 or 2 or 31 or 32 or 33 or 63 or 64;

    public static bool CharClassPattern(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    public static int SwitchExpressionWithGuards(int a, int b) => a switch
    {
        > 0 when b > 0 => 1,
        > 0 => 2,
        0 when b == 0 => 3,
        < 0 when b % 2 == 0 => 4,
        _ => 5,
    };

    public static int TuplePatternOfBools(bool a, bool b, bool c) => (a, b, c) switch
    {
        (true, true, _) => 1,
        (true, false, true) => 2,
        (false, _, true) => 3,
        (_, _, false) => 4,
    };

    public static int TuplePatternOfRelations(int a, int b) => (a, b) switch
    {
        (0, 0) => 0,
        ( > 0, > 0) => 1,
        ( < 0, > 0) => 2,
        ( < 0, < 0) => 3,
        ( > 0, < 0) => 4,
        _ => 5,
    };

    public static int VarPatternBindsValue(int a, int b) => (a - b) switch
    {
        0 => 0,
        var d when d < 0 => -d,
        var d => d * 2,
    };

    public static int EnumSwitchStatement(int a)
    {
        switch ((Colour)a)
        {
            case Colour.Red:
                return 1;
            case Colour.Green:
                return 2;
            case Colour.Blue:
                return 3;
            case Colour.Black:
                return 4;
            case Colour.White:
                return 5;
            default:
                return 6;
        }
    }

    public static int EnumSwitchExpressionOfByteEnum(int a) => (Level)a switch
    {
        Level.Off => 0,
        Level.Low => 1,
        Level.High => 2,
        Level.Full => 3,
        > Level.High => 4,
        _ => 5,
    };

    public static int EnumOfLongSwitches(long a) => (Wide)a switch
    {
        Wide.Zero => 1,
        Wide.Negative => 2,
        Wide.Positive => 3,
        < Wide.Negative => 4,
        _ => 5,
    };

    public static bool EnumIsPattern(int a) => (Colour)(a & 3) is Colour.Red or Colour.Blue;

    public static int EnumDerivedByArithmetic(int a)
    {
        Colour c = (Colour)((uint)a % 3);
        c = c == Colour.Blue ? Colour.Red : c + 1;
        return (int)c;
    }

    public static int SwitchExpressionNested(int a, int b) => (a & 1) switch
    {
        0 => (b & 1) switch
        {
            0 => 1,
            _ => 2,
        },
        _ => b switch
        {
            < 0 => 3,
            0 => 4,
            _ => 5,
        },
    };

    public static int SwitchExpressionAsOperand(int a, int b) => (a * 10) + (b & 3) switch
    {
        0 => 1,
        1 => a,
        2 => b,
        _ => a - b,
    } - b;

    public static long SwitchExpressionMixingWidths(int a, long b) => (a & 3) switch
    {
        0 => b,
        1 => a,
        2 => (uint)a,
        _ => (sbyte)a,
    };

    public static byte SwitchExpressionOfBytes(byte a) => a switch
    {
        < 16 => (byte)(a << 4),
        < 128 => (byte)(a + 200),
        _ => (byte)~a,
    };
}
