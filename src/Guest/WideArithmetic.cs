// 64-bit division and variable shifts, which the processor does not have. The compiler calls these for the operators of
// long and ulong, so nothing here may use them: no operator / or %, and no shift by a variable, on 64 bits.
// Division by zero and overflow are checked by the caller; a divisor of 0 gives any result.

using System.Runtime.CompilerServices;

namespace XousCloud.Guest;

internal static class WideArithmetic
{
    [RuntimeHelper("udiv64")]
    public static ulong DivideUnsigned(ulong dividend, ulong divisor)
    {
        uint high = (uint)(dividend >> 32);
        uint low = (uint)dividend;
        uint divisorHigh = (uint)(divisor >> 32);
        uint divisorLow = (uint)divisor;
        if (divisorHigh == 0)
        {
            if (high == 0)
            {
                return low / divisorLow;
            }

            uint quotientHigh = high / divisorLow;
            return Wide(quotientHigh, DivideNarrow(high - (quotientHigh * divisorLow), low, divisorLow));
        }

        if (dividend < divisor)
        {
            return 0;
        }

        // The quotient is below 2^32. Dividing half the dividend by the divisor's upper 32 significant bits gives it, or
        // one more, after the scale is taken back (Warren, Hacker's Delight, 9-5).
        int zeros = LeadingZeros(divisorHigh);
        uint top = (divisorHigh << zeros) | (divisorLow >> 1 >> (31 - zeros));
        uint quotient = DivideNarrow(high >> 1, (uint)(dividend >> 1), top) >> (31 - zeros);
        if (quotient != 0)
        {
            quotient--;
        }

        return dividend - (quotient * divisor) >= divisor ? quotient + 1 : quotient;
    }

    [RuntimeHelper("urem64")]
    public static ulong RemainderUnsigned(ulong dividend, ulong divisor) => (uint)(dividend >> 32) == 0 && (uint)(divisor >> 32) == 0
        ? (uint)dividend % (uint)divisor
        : dividend - (DivideUnsigned(dividend, divisor) * divisor);

    [RuntimeHelper("div64")]
    public static long Divide(long dividend, long divisor)
    {
        ulong quotient = DivideUnsigned(Magnitude(dividend), Magnitude(divisor));
        return (dividend ^ divisor) < 0 ? -(long)quotient : (long)quotient;
    }

    [RuntimeHelper("rem64")]
    public static long Remainder(long dividend, long divisor)
    {
        ulong remainder = RemainderUnsigned(Magnitude(dividend), Magnitude(divisor));
        return dividend < 0 ? -(long)remainder : (long)remainder;
    }

    /// <summary>The count is taken modulo 64, here and in the other shifts.</summary>
    [RuntimeHelper("shl64")]
    public static ulong ShiftLeft(ulong value, int count)
    {
        uint low = (uint)value;
        return (count & 32) != 0
            ? Wide(low << count, 0)
            : Wide(((uint)(value >> 32) << count) | (low >> 1 >> ~count), low << count);
    }

    [RuntimeHelper("shr64")]
    public static ulong ShiftRight(ulong value, int count)
    {
        uint high = (uint)(value >> 32);
        return (count & 32) != 0
            ? high >> count
            : Wide(high >> count, ((uint)value >> count) | (high << 1 << ~count));
    }

    [RuntimeHelper("sar64")]
    public static long ShiftRightArithmetic(long value, int count)
    {
        int high = (int)(value >> 32);
        return (count & 32) != 0
            ? high >> count
            : (long)Wide((uint)(high >> count), ((uint)value >> count) | ((uint)high << 1 << ~count));
    }

    /// <summary>64 bits by 32 to 32 bits in two digits of 16; <paramref name="high"/> is below the divisor.</summary>
    private static uint DivideNarrow(uint high, uint low, uint divisor)
    {
        int zeros = LeadingZeros(divisor);
        divisor <<= zeros;
        high = (high << zeros) | (low >> 1 >> (31 - zeros));
        low <<= zeros;
        uint first = Digit(high, low >> 16, divisor);
        high = (high << 16) + (low >> 16) - (first * divisor);
        return (first << 16) + Digit(high, low & 0xFFFF, divisor);
    }

    /// <summary>The 16-bit quotient of (high, next 16 bits) by a divisor whose top bit is set (Knuth's algorithm D).</summary>
    private static uint Digit(uint high, uint next, uint divisor)
    {
        uint divisorHigh = divisor >> 16;
        uint digit = high / divisorHigh;
        uint rest = high - (digit * divisorHigh);
        while (digit > 0xFFFF || digit * (divisor & 0xFFFF) > (rest << 16) + next)
        {
            digit--;
            rest += divisorHigh;
            if (rest > 0xFFFF)
            {
                break;
            }
        }

        return digit;
    }

    /// <summary>Of a value that is not 0.</summary>
    private static int LeadingZeros(uint value)
    {
        int zeros = 0;
        for (int step = 16; step != 0; step >>= 1)
        {
            if (value >> (32 - step) == 0)
            {
                value <<= step;
                zeros += step;
            }
        }

        return zeros;
    }

    private static ulong Magnitude(long value) => value < 0 ? 0 - (ulong)value : (ulong)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Wide(uint high, uint low) => ((ulong)high << 32) | low;
}
