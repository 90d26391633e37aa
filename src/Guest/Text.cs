// Text of bytes in a buffer of the caller's: what does not fit is left out.

using System.Runtime.InteropServices;

namespace XousCloud.Guest;

public ref struct Text(Span<byte> buffer)
{
    private readonly Span<byte> buffer = buffer;
    private int length;

    /// <summary>What was appended so far.</summary>
    public readonly ReadOnlySpan<byte> Written => MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetReference(buffer), length);

    public void Clear() => length = 0;

    public void Append(byte value)
    {
        if ((uint)length < (uint)buffer.Length)
        {
            buffer[length++] = value;
        }
    }

    public void Append(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            Append(value);
        }
    }

    /// <summary>Subtracts powers of ten, which takes less than the processor's divisions.</summary>
    public void AppendDecimal(uint value)
    {
        bool isLeading = true;
        for (uint scale = 1_000_000_000; scale != 0; scale /= 10)
        {
            byte digit = (byte)'0';
            while (value >= scale)
            {
                value -= scale;
                digit++;
            }

            if (digit != '0' || scale == 1 || !isLeading)
            {
                isLeading = false;
                Append(digit);
            }
        }
    }

    public void AppendDecimal(int value)
    {
        if (value < 0)
        {
            Append((byte)'-');
        }

        AppendDecimal(value < 0 ? 0 - (uint)value : (uint)value);
    }

    /// <summary>The lowest <paramref name="digits"/> digits, 1 to 8, in lower case.</summary>
    public void AppendHexadecimal(uint value, int digits = 8)
    {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        {
            uint digit = (value >> shift) & 15;
            Append((byte)(digit < 10 ? '0' + digit : 'a' - 10 + digit));
        }
    }
}
