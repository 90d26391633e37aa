// Copying, filling and comparing memory, in words where both addresses allow it: the processor has no misaligned
// accesses. They stand in for the core library's versions, which are made for wide registers.

using System.Runtime.CompilerServices;

namespace XousCloud.Guest;

internal static unsafe class MemoryBlocks
{
    /// <summary>The blocks may overlap.</summary>
    [RuntimeHelper("memmove")]
    public static void Move(byte* target, byte* source, nuint count)
    {
        // Below the source, or behind its end: no byte is overwritten before it was read.
        if ((nuint)target - (nuint)source >= count)
        {
            Copy(target, source, count);
            return;
        }

        byte* sourceEnd = source + count;
        byte* targetEnd = target + count;
        if ((((uint)source ^ (uint)target) & 3) == 0)
        {
            while (((uint)targetEnd & 3) != 0 && targetEnd != target)
            {
                *--targetEnd = *--sourceEnd;
            }

            while ((nuint)targetEnd - (nuint)target >= 4)
            {
                targetEnd -= 4;
                sourceEnd -= 4;
                *(uint*)targetEnd = *(uint*)sourceEnd;
            }
        }

        while (targetEnd != target)
        {
            *--targetEnd = *--sourceEnd;
        }
    }

    /// <summary>The blocks are apart or the same, or the target is the lower one.</summary>
    [RuntimeHelper("memcpy")]
    public static void Copy(byte* target, byte* source, nuint count)
    {
        byte* end = target + count;
        if ((((uint)source ^ (uint)target) & 3) == 0)
        {
            while (((uint)target & 3) != 0 && target != end)
            {
                *target++ = *source++;
            }

            while ((nuint)end - (nuint)target >= 4)
            {
                *(uint*)target = *(uint*)source;
                target += 4;
                source += 4;
            }
        }

        while (target != end)
        {
            *target++ = *source++;
        }
    }

    /// <summary>Sets each byte to the low 8 bits of <paramref name="value"/>.</summary>
    [RuntimeHelper("memset")]
    public static void Set(byte* target, uint value, nuint count)
    {
        byte* end = target + count;
        while (((uint)target & 3) != 0 && target != end)
        {
            *target++ = (byte)value;
        }

        value = (value & 0xFF) * 0x0101_0101;
        while ((nuint)end - (nuint)target >= 4)
        {
            *(uint*)target = value;
            target += 4;
        }

        while (target != end)
        {
            *target++ = (byte)value;
        }
    }

    [Replaces("System.SpanHelpers", "Memmove")]
    internal static void Move(ref byte target, ref byte source, nuint count) =>
        Move((byte*)Unsafe.AsPointer(ref target), (byte*)Unsafe.AsPointer(ref source), count);

    [Replaces("System.SpanHelpers", "ClearWithoutReferences")]
    internal static void Clear(ref byte target, nuint count) => Set((byte*)Unsafe.AsPointer(ref target), 0, count);

    [Replaces("System.SpanHelpers", "Fill")]
    internal static void Fill<T>(ref T target, nuint count, T value)
    {
        for (nuint i = 0; i < count; i++)
        {
            Unsafe.Add(ref target, i) = value;
        }
    }

    [Replaces("System.SpanHelpers", "SequenceEqual")]
    internal static bool AreEqual(ref byte first, ref byte second, nuint count)
    {
        nuint i = 0;
        if (((uint)((nuint)Unsafe.AsPointer(ref first) | (nuint)Unsafe.AsPointer(ref second)) & 3) == 0)
        {
            for (; count - i >= 4; i += 4)
            {
                if (Unsafe.As<byte, uint>(ref Unsafe.Add(ref first, i)) != Unsafe.As<byte, uint>(ref Unsafe.Add(ref second, i)))
                {
                    return false;
                }
            }
        }

        for (; i < count; i++)
        {
            if (Unsafe.Add(ref first, i) != Unsafe.Add(ref second, i))
            {
                return false;
            }
        }

        return true;
    }
}
