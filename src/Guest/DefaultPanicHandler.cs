// What a program does about a failed check if it has no handler of its own: it says on the DUART what happened and
// where, and waits for ever. Nothing here can fail a check itself.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XousCloud.Guest;

public static unsafe class DefaultPanicHandler
{
    // In the order of the kinds' numbers; a NUL ends each.
    private static ReadOnlySpan<byte> Names =>
        "thrown\0index out of range\0null reference\0divide by zero\0overflow\0argument out of range\0invalid cast\0"u8
        + "array type mismatch\0out of memory\0invalid operation\0argument\0"u8;

    /// <summary>A kind in words.</summary>
    public static ReadOnlySpan<byte> NameOf(PanicKind kind)
    {
        ReadOnlySpan<byte> names = Names;
        int before = (int)kind - (int)PanicKind.Thrown;
        int start = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] == 0)
            {
                if (before == 0)
                {
                    return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetReference(names), start), i - start);
                }

                before--;
                start = i + 1;
            }
        }

        return "unknown"u8;
    }

    /// <summary>Writes "panic: index out of range at File.cs:12", or the address where the place is not known.</summary>
    [PanicHandler]
    [DoesNotReturn]
    public static void Panic(PanicKind kind, uint returnAddress)
    {
        byte* digits = stackalloc byte[16];
        var number = new Text(new Span<byte>(digits, 16));
        Duart.Write("panic: "u8);
        Duart.Write(NameOf(kind));
        Duart.Write(" at "u8);
        if (PanicTable.TryFind(returnAddress, out PanicPlace place))
        {
            Duart.Write(place.File);
            number.Append((byte)':');
            number.AppendDecimal(place.Line);
        }
        else
        {
            number.Append("0x"u8);
            number.AppendHexadecimal(returnAddress);
        }

        number.Append("\r\n"u8);
        Duart.Write(number.Written);
        Riscv.Halt();
    }
}
