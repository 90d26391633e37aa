// Numbers to text and back, comparison of texts, and UTF-8.

using System.Runtime.CompilerServices;

namespace XousCloud.Bench;

public static unsafe partial class Kernels
{
    private const uint Replacement = 0xfffd;

    private static ReadOnlySpan<byte> Numbers =>
        "4294967295,1234567890,0,77,4000000000,987654321,4294967296,10,2147483648,65536,99999999999,314159265,5"u8;

    // One to four bytes each; then a continuation alone, one that is missing, an overlong form, a surrogate, too great,
    // a byte that is never used, and a text that ends too early.
    private static ReadOnlySpan<byte> Utf8Text =>
    [
        0x58, 0x6f, 0x75, 0x73, 0x20, 0xc3, 0xa9, 0xc3, 0xbc, 0xd0, 0xb6, 0xe2, 0x82, 0xac, 0xe6, 0xbc,
        0xa2, 0xe5, 0xad, 0x97, 0xf0, 0x9f, 0x98, 0x80, 0xf4, 0x8f, 0xbf, 0xbf, 0x6b, 0x65, 0x72, 0x6e,
        0x65, 0x6c, 0x20, 0xe0, 0xa4, 0x95, 0xef, 0xbf, 0xbd, 0x80, 0x41, 0xe2, 0x82, 0x41, 0xc0, 0xaf,
        0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xff, 0x7a, 0xc2, 0x80, 0xdf, 0xbf, 0xf0, 0x9f, 0x98,
    ];

    // How many digits there are, or 0 where there is no room for them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int FormatDecimal(uint value, Span<byte> target)
    {
        int length = 1;
        for (uint rest = value; rest >= 10; rest /= 10)
        {
            length++;
        }

        if (length > target.Length)
        {
            return 0;
        }

        for (int i = length - 1; i >= 0; i--)
        {
            target[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        return length;
    }

    public static uint RunFormatDecimal()
    {
        Fill(new Span<uint>(Memory, 8), 171);
        Span<byte> target = new Span<byte>(Memory, 32);
        uint sum = 0;
        uint value = 4294967295;
        for (int i = 0; i < 300; i++)
        {
            int length = FormatDecimal(value, target);
            sum = (sum * 31) + target[length >> 1];
            value -= value >> 5;
        }

        sum = (sum * 31) + (uint)FormatDecimal(1234567890, target.Slice(8, 9));
        return sum + Checksum(new ReadOnlySpan<uint>(Memory, 8));
    }

    // That many digits, and zeros before them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FormatHex(uint value, int digits, Span<byte> target)
    {
        for (int i = digits - 1; i >= 0; i--)
        {
            uint digit = value & 15;
            target[i] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            value >>= 4;
        }
    }

    public static uint RunFormatHex()
    {
        Span<byte> target = new Span<byte>(Memory, 32);
        uint sum = 0;
        uint value = 1;
        Fill(new Span<uint>(Memory, 8), 181);
        for (int i = 0; i < 400; i++)
        {
            FormatHex(value, 5 + (i & 3), target);
            sum = (sum * 31) + target[i & 7];
            value += 0x9e3779b9;
        }

        return sum + Checksum(new ReadOnlySpan<uint>(Memory, 8));
    }

    // How many digits the number at the start of the text has; 0 if none, or if it is too great.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int ParseDecimal(ReadOnlySpan<byte> text, out uint value)
    {
        uint number = 0;
        int length = 0;
        value = 0;
        while (length < text.Length)
        {
            uint digit = (uint)text[length] - '0';
            if (digit > 9)
            {
                break;
            }

            if (number > 429496729 || (number == 429496729 && digit > 5))
            {
                return 0;
            }

            number = (number * 10) + digit;
            length++;
        }

        value = number;
        return length;
    }

    public static uint RunParseDecimal()
    {
        ReadOnlySpan<byte> text = Numbers;
        uint sum = 0;
        for (int round = 0; round < 24; round++)
        {
            int at = 0;
            while (at < text.Length)
            {
                int length = ParseDecimal(text.Slice(at), out uint value);
                sum = (sum * 31) + value;
                at += length + 1;
            }
        }

        return sum;
    }

    // Negative, 0 or positive, in the order of the bytes and then of the lengths.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int CompareBytes(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int count = left.Length < right.Length ? left.Length : right.Length;
        for (int i = 0; i < count; i++)
        {
            int difference = left[i] - right[i];
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }

    public static uint RunCompareBytes()
    {
        Fill(new Span<uint>(Memory, 64), 111);
        Fill(new Span<uint>(Memory + 4096, 64), 111);
        Span<byte> left = new Span<byte>(Memory, 256);
        Span<byte> right = new Span<byte>(Memory + 4096, 256);
        uint sum = 0;
        for (int i = 0; i < 50; i++)
        {
            int at = (i * 67) & 255;
            right[at] ^= (byte)(i + 1);
            sum = (sum * 31) + (uint)CompareBytes(left, right);
            right[at] = left[at];
            sum = (sum * 31) + (uint)CompareBytes(left.Slice(i), right.Slice(i, 30 + i));
        }

        return sum;
    }

    // How many code points there are; what is not well formed becomes the replacement character.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int DecodeUtf8(ReadOnlySpan<byte> text, Span<uint> codePoints)
    {
        int count = 0;
        int at = 0;
        while (at < text.Length && count < codePoints.Length)
        {
            uint first = text[at];
            at++;
            uint value;
            uint minimum;
            int more;
            if (first < 0x80)
            {
                value = first;
                minimum = 0;
                more = 0;
            }
            else if (first < 0xc0)
            {
                value = Replacement;
                minimum = 0;
                more = 0;
            }
            else if (first < 0xe0)
            {
                value = first & 0x1f;
                minimum = 0x80;
                more = 1;
            }
            else if (first < 0xf0)
            {
                value = first & 0x0f;
                minimum = 0x800;
                more = 2;
            }
            else if (first < 0xf8)
            {
                value = first & 0x07;
                minimum = 0x10000;
                more = 3;
            }
            else
            {
                value = Replacement;
                minimum = 0;
                more = 0;
            }

            while (more > 0)
            {
                if (at >= text.Length || (text[at] & 0xc0) != 0x80)
                {
                    value = Replacement;
                    break;
                }

                value = (value << 6) | (text[at] & 0x3fu);
                at++;
                more--;
            }

            if (value < minimum || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
            {
                value = Replacement;
            }

            codePoints[count] = value;
            count++;
        }

        return count;
    }

    public static uint RunDecodeUtf8()
    {
        ReadOnlySpan<byte> text = Utf8Text;
        Span<uint> codePoints = new Span<uint>(Memory, 64);
        Fill(codePoints, 121);
        uint sum = 0;
        for (int i = 0; i < 64; i++)
        {
            int count = DecodeUtf8(text.Slice(i & 31), codePoints.Slice(i & 7, 48 - (i >> 1)));
            sum = (sum * 31) + (uint)count;
            sum = (sum * 31) + codePoints[i & 31];
        }

        return sum + Checksum(codePoints);
    }
}
