// Where an image's parts go: the bare-metal slot of RRAM, a plain block of RAM, or the virtual addresses of Xous.

namespace XousCloud.Compiler.Link;

/// <summary>The addresses that an image is linked for; sizes in bytes.</summary>
public sealed record MemoryMap
{
    /// <summary>Where the image starts: its header if it has one, else the entry point.</summary>
    public required uint TextOrigin { get; init; }

    public required uint TextLength { get; init; }

    /// <summary>Where .data and .bss live. The initial content of .data follows .rodata in the image.</summary>
    public required uint RamOrigin { get; init; }

    public required uint RamLength { get; init; }

    /// <summary>The 768-byte signature header of the vendor's images stands in front of the code.</summary>
    public bool HasVendorHeader { get; init; }

    /// <summary>.data needs no copy at the start: the image's own segment lies at its run address.</summary>
    public bool LoadsDataInPlace { get; init; }

    /// <summary>Header and code in the bare-metal slot at 0x60060000, data and stack in the 2 MiB SRAM (soc.md).</summary>
    public static MemoryMap BareMetal { get; } = new()
    {
        TextOrigin = 0x60060000,
        TextLength = 0x3FD00,
        RamOrigin = 0x61000000,
        RamLength = 0x1FF000,
        HasVendorHeader = true,
    };

    /// <summary>Everything in SRAM, code first: what tests load directly.</summary>
    public static MemoryMap Ram { get; } = new()
    {
        TextOrigin = 0x61000000,
        TextLength = 0x100000,
        RamOrigin = 0x61100000,
        RamLength = 0xFF000,
        LoadsDataInPlace = true,
    };

    /// <summary>The kernel of a Xous, at its virtual addresses (xous-abi 1.1); its loader places code, data and stack.</summary>
    public static MemoryMap Kernel { get; } = new()
    {
        TextOrigin = 0xFFD0_0000,
        TextLength = 0x8_0000,
        RamOrigin = 0xFFD8_0000,
        RamLength = 0x8_0000,
        LoadsDataInPlace = true,
    };

    /// <summary>A process of a Xous, at its virtual addresses; its loader places code, data and stack.</summary>
    public static MemoryMap Process { get; } = new()
    {
        TextOrigin = 0x0001_0000,
        TextLength = 0x10_0000,
        RamOrigin = 0x1000_0000,
        RamLength = 0x10_0000,
        LoadsDataInPlace = true,
    };

    /// <summary>The map of a name, as the tool and the build target take it, or null.</summary>
    public static MemoryMap? Named(string name) => name switch
    {
        "bare-metal" => BareMetal,
        "ram" => Ram,
        "kernel" => Kernel,
        "process" => Process,
        _ => null,
    };
}
