// The addresses that only the linker knows. A program names one by LinkerSymbols.Find, or by a symbol of its own with
// the same name.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

public static class LinkerSymbols
{
    /// <summary>The image's first byte: its header if it has one, else the entry point.</summary>
    public static LinkerSymbol ImageStart { get; } = new("__image_start");

    /// <summary>The entry point.</summary>
    public static LinkerSymbol TextStart { get; } = new("__text_start");

    public static LinkerSymbol TextEnd { get; } = new("__text_end");

    public static LinkerSymbol RodataStart { get; } = new("__rodata_start");

    public static LinkerSymbol RodataEnd { get; } = new("__rodata_end");

    /// <summary>Where the initial content of .data lies; a multiple of 4.</summary>
    public static LinkerSymbol DataLoad { get; } = new("__data_load");

    /// <summary>Start and end of .data and .bss are multiples of 4.</summary>
    public static LinkerSymbol DataStart { get; } = new("__data_start");

    public static LinkerSymbol DataEnd { get; } = new("__data_end");

    public static LinkerSymbol BssStart { get; } = new("__bss_start");

    public static LinkerSymbol BssEnd { get; } = new("__bss_end");

    /// <summary>The end of RAM, a multiple of 16: where the stack starts.</summary>
    public static LinkerSymbol RamEnd { get; } = new("__ram_end");

    /// <summary>
    /// What gp must hold. Small statics are addressed from it only if the program names this symbol, and the
    /// instructions that load it are left as they are. Code that runs before must be naked, or have no statics.
    /// </summary>
    public static LinkerSymbol GlobalPointer { get; } = new("__global_pointer");

    /// <summary>The panic table (see PanicTable) is in the image only if one of its three symbols is named.</summary>
    public static LinkerSymbol PanicTableStart { get; } = new("__panic_table_start");

    public static LinkerSymbol PanicTableEnd { get; } = new("__panic_table_end");

    public static LinkerSymbol PanicFiles { get; } = new("__panic_files");

    public static IReadOnlyList<LinkerSymbol> All { get; } =
    [
        ImageStart, TextStart, TextEnd, RodataStart, RodataEnd, DataLoad, DataStart, DataEnd, BssStart, BssEnd, RamEnd,
        GlobalPointer, PanicTableStart, PanicTableEnd, PanicFiles,
    ];

    private static readonly Dictionary<string, LinkerSymbol> byName = All.ToDictionary(symbol => symbol.Name);

    /// <summary>The symbol of that name, or null.</summary>
    public static LinkerSymbol? Find(string name) => byName.GetValueOrDefault(name);

    internal static bool IsPanicTable(LinkerSymbol symbol) =>
        symbol == PanicTableStart || symbol == PanicTableEnd || symbol == PanicFiles;

    /// <summary>The section that the address starts or ends, or null.</summary>
    internal static string? SectionOf(LinkerSymbol symbol) =>
        symbol == TextStart || symbol == TextEnd ? ".text"
        : symbol == RodataStart || symbol == RodataEnd || IsPanicTable(symbol) ? ".rodata"
        : symbol == DataStart || symbol == DataEnd ? ".data"
        : symbol == BssStart || symbol == BssEnd ? ".bss"
        : null;
}
