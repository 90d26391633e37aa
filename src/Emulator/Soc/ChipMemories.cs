// The memories of the Baochip-1x, and the addresses that stand for those of a board. Facts: datasheet, memories;
// UF2 targets of the boot loader (0x7000_0000 and up stands for the SPI flash).

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

    /// <summary>What firmware files write for offset 0 of a board's SPI flash; the core cannot address it.</summary>
    public const uint SpiFlashBase = 0x7000_0000;

    /// <summary>What debuggers write for offset 0 of a board's PSRAM; the core cannot address it.</summary>
    public const uint PsramBase = 0x7800_0000;

    private const byte ErasedFlash = 0xFF;

    /// <summary>What the memory at an address holds before anything is written to it.</summary>
    internal static byte BlankAt(uint address) => address is >= SpiFlashBase and < PsramBase ? ErasedFlash : (byte)0;

    /// <summary>A SPI flash of a board.</summary>
    /// <param name="length">Its size, whole pages.</param>
    internal static MemoryRegion SpiFlash(uint length) =>
        new("SPI flash", SpiFlashBase, length, executable: false, nonVolatile: true, blank: ErasedFlash, onBus: false);

    /// <summary>A PSRAM of a board.</summary>
    /// <param name="length">Its size, whole pages.</param>
    internal static MemoryRegion Psram(uint length) =>
        new("PSRAM", PsramBase, length, executable: false, onBus: false);

    // The order is that of look-up: what runs most comes first.
    internal static MemoryRegion[] Create() =>
    [
        new("SRAM", SramBase, SramLength, executable: true),
        new("RRAM", RramBase, RramLength, executable: true, nonVolatile: true),
        new("IFRAM", IframBase, IframLength, executable: false),
        new("AORAM", AoramBase, AoramLength, executable: false),
    ];
}
