// Whether the program fits its memory, and what is large in it if it does not.

using System.Globalization;

namespace XousCloud.Compiler.Link;

internal static class Capacity
{
    private const int Largest = 10;

    /// <exception cref="CompileErrorException">.data, .bss and the stack are larger than RAM.</exception>
    public static void CheckRam(LinkInput input, Layout layout)
    {
        ulong needed = layout.RamSize + input.StackSize;
        string what = input.StackSize == 0
            ? "The program's data"
            : $"The program's data and its stack of {input.StackSize} bytes";
        Check(what, needed, input.Map.RamOrigin, input.Map.RamLength, layout.Data.Concat(layout.Bss)
            .Select(symbol => (symbol.Name, layout.SizeOf(symbol))));
    }

    /// <exception cref="CompileErrorException">Code, constants and the initial content of data are larger than their memory.</exception>
    public static void CheckImage(LinkInput input, Layout layout) =>
        Check("The image", layout.ImageSize, input.Map.TextOrigin, input.Map.TextLength, layout.Functions
            .Select(function => (function.Function.Symbol.Name, function.Size))
            .Concat(layout.Rodata.Concat(input.Map.LoadsDataInPlace ? [] : layout.Data)
                .Select(symbol => (symbol.Name, layout.SizeOf(symbol)))));

    private static void Check(string what, ulong needed, uint origin, uint length, IEnumerable<(string Name, uint Size)> symbols)
    {
        // An image never wraps around the end of the address space.
        ulong available = Math.Min(length, (1ul << 32) - origin);
        if (needed <= available)
        {
            return;
        }

        IEnumerable<string> largest = symbols.OrderByDescending(symbol => symbol.Size).Take(Largest)
            .Select(symbol => string.Create(CultureInfo.InvariantCulture, $"{symbol.Name} {symbol.Size}"));
        throw new CompileErrorException(
            DiagnosticCode.Image,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what} needs {needed} bytes, {needed - available} more than the {available} at 0x{origin:X8}. ")
            + $"The largest: {string.Join(", ", largest)}.");
    }
}
