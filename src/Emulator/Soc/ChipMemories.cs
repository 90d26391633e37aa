// The memories of the Baochip-1x. Facts: datasheet, memories.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Soc;

/// <summary>Where the chip's memories are.</summary>
public static class ChipMemories
{
    public const uint SramBase = 0x6100_0000;
    public const uint SramLength = 2 * 1024 * 1024;
    public const uint RramBase = 0x6000_0000;
    public const uint RramLength = 4 * 1024 * 1024;
    public const uint IframBase = 0x5000_0000;
    public const uint IframLength = 256 * 1024;
    public const uint AoramBase = 0x5030_0000;
    public const uint AoramLength = 16 * 1024;

    // The order is that of look-up: what runs most comes first.
    internal static MemoryRegion[] Create() =>
    [
        new("SRAM", SramBase, SramLength, executable: true),
        new("RRAM", RramBase, RramLength, executable: true, nonVolatile: true),
        new("IFRAM", IframBase, IframLength, executable: false),
        new("AORAM", AoramBase, AoramLength, executable: false),
    ];
}
