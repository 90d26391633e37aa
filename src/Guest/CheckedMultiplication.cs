// 64-bit products that must fit: what `checked` multiplication of long and ulong calls. The chip multiplies 32 by 32 bits.

namespace XousCloud.Guest;

internal static class CheckedMultiplication
{
    /// <summary>The product of two unsigned numbers.</summary>
    /// <exception cref="OverflowException">It does not fit in 64 bits.</exception>
    [RuntimeHelper("umulchecked64")]
    public static ulong MultiplyUnsigned(ulong left, ulong right)
    {
        uint leftHigh = (uint)(left >> 32);
        uint rightHigh = (uint)(right >> 32);
        if (leftHigh != 0 && rightHigh != 0)
        {
            throw new OverflowException();
        }

        // One of the two cross products is zero.
        ulong cross = ((ulong)leftHigh * (uint)right) + ((ulong)rightHigh * (uint)left);
        ulong low = (ulong)(uint)left * (uint)right;
        ulong high = cross + (low >> 32);
        return (uint)(high >> 32) == 0 ? (high << 32) | (uint)low : throw new OverflowException();
    }

    /// <summary>The product of two signed numbers.</summary>
    /// <exception cref="OverflowException">It does not fit in 64 bits.</exception>
    [RuntimeHelper("mulchecked64")]
    public static long Multiply(long left, long right)
    {
        bool isNegative = (left < 0) != (right < 0);
        ulong magnitude = MultiplyUnsigned(Magnitude(left), Magnitude(right));
        if (magnitude > (isNegative ? 1UL << 63 : long.MaxValue))
        {
            throw new OverflowException();
        }

        return isNegative ? (long)(0 - magnitude) : (long)magnitude;
    }

    private static ulong Magnitude(long number) => number < 0 ? 0 - (ulong)number : (ulong)number;
}
