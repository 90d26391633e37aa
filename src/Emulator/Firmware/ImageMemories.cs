// Which addresses firmware files may name, and the memory behind each.
// Facts: datasheet, memories; UF2 targets of the boot loader (0x7000_0000 and up stands for the SPI flash).

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Firmware;

internal static class ImageMemories
{
    /// <summary>What files write for offset 0 of the SPI flash.</summary>
    public const uint SpiFlashBase = 0x7000_0000;

    /// <summary>The size of the part that the vendor's boards carry.</summary>
    public const uint SpiFlashLength = 8 * 1024 * 1024;

    private static readonly (FirmwareMemory Memory, uint Base, uint Length, bool Executable)[] all =
    [
        (FirmwareMemory.Rram, ChipMemories.RramBase, ChipMemories.RramLength, true),
        (FirmwareMemory.Sram, ChipMemories.SramBase, ChipMemories.SramLength, true),
        (FirmwareMemory.Ifram, ChipMemories.IframBase, ChipMemories.IframLength, false),
        (FirmwareMemory.SpiFlash, SpiFlashBase, SpiFlashLength, false),
    ];

    public static uint BaseOf(FirmwareMemory memory) => all[(int)memory].Base;

    /// <summary>Whether the core can fetch instructions from an address.</summary>
    public static bool IsExecutable(uint address) =>
        TryFind(address, 1, out FirmwareMemory memory) && all[(int)memory].Executable;

    /// <summary>The memory that holds all of a range.</summary>
    public static bool TryFind(uint address, uint length, out FirmwareMemory memory)
    {
        foreach ((FirmwareMemory candidate, uint start, uint size, _) in all)
        {
            if (address >= start && address - start <= size && length <= size - (address - start))
            {
                memory = candidate;
                return true;
            }
        }

        memory = default;
        return false;
    }
}
