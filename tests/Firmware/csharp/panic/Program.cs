// Indexes a span one behind its end.
//
// Shows:   a failed check; the library's panic handler, which finds file and line in the image.
// Proof:   "panic: index out of range at Program.cs:" and the line of the access, on the DUART; nothing behind it.

using System.Runtime.CompilerServices;
using XousCloud.Guest;

namespace Panic;

internal static class Program
{
    [EntryPoint]
    public static void Main()
    {
        Span<uint> numbers = stackalloc uint[4];
        Fill(numbers);
        Duart.Write("before\r\n"u8);
        Duart.Write((byte)Element(numbers, numbers.Length));
        Duart.Write("after\r\n"u8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(Span<uint> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (uint)i;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Element(Span<uint> numbers, int index)
    {
        return numbers[index]; // the line that fails
    }
}
