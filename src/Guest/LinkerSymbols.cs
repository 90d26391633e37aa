// Addresses that the linker decides. They are in a type of their own, which no host can load.

namespace XousCloud.Guest;

public static unsafe class LinkerSymbols
{
    /// <summary>The first byte of the image: its header if it has one.</summary>
    [LinkerSymbol("__image_start")]
    public static extern byte* ImageStart();

    [LinkerSymbol("__text_start")]
    public static extern byte* TextStart();

    [LinkerSymbol("__text_end")]
    public static extern byte* TextEnd();

    [LinkerSymbol("__rodata_start")]
    public static extern byte* ReadOnlyDataStart();

    [LinkerSymbol("__rodata_end")]
    public static extern byte* ReadOnlyDataEnd();

    /// <summary>Where the image holds the initial content of .data; a multiple of 4.</summary>
    [LinkerSymbol("__data_load")]
    public static extern uint* DataLoad();

    /// <summary>Where .data runs; a multiple of 4.</summary>
    [LinkerSymbol("__data_start")]
    public static extern uint* DataStart();

    [LinkerSymbol("__data_end")]
    public static extern uint* DataEnd();

    [LinkerSymbol("__bss_start")]
    public static extern uint* BssStart();

    [LinkerSymbol("__bss_end")]
    public static extern uint* BssEnd();

    /// <summary>The end of the memory for data: where the stack starts.</summary>
    [LinkerSymbol("__ram_end")]
    public static extern byte* RamEnd();

    /// <summary>What gp must hold.</summary>
    [LinkerSymbol("__global_pointer")]
    public static extern byte* GlobalPointer();

    /// <summary>The method that is marked <see cref="EntryPointAttribute"/>.</summary>
    [LinkerSymbol("__entry_point")]
    public static extern delegate*<void> EntryPoint();

    /// <summary>The places of the failed checks: PanicTable reads them.</summary>
    [LinkerSymbol("__panic_table_start")]
    internal static extern byte* PanicTableStart();

    [LinkerSymbol("__panic_table_end")]
    internal static extern byte* PanicTableEnd();

    [LinkerSymbol("__panic_files")]
    internal static extern byte* PanicFiles();
}
