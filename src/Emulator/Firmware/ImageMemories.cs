// Which addresses firmware files may name, and the memory behind each.
// Facts: datasheet, memories; UF2 targets of the boot loader (0x7000_0000 and up stands for the SPI flash).

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Firmware;

internal static class ImageMemories
{
    /// <summary>What files write for offset 0 of the SPI flash.</summary>
    public const uint SpiFlashBase = ChipMemories.SpiFlashBase;

    /// <summary>The size of the part that the vendor's boards carry.</summary>
    public const uint SpiFlashLength = 8 * 1024 * 1024;

    private static readonly (FirmwareMemory Memory, uint Base, uint Length, bool Executable, string Name)[] all =
    [
        (FirmwareMemory.Rram, ChipMemories.RramBase, ChipMemories.RramLength, true, "RRAM"),
        (FirmwareMemory.Sram, ChipMemories.SramBase, ChipMemories.SramLength, true, "SRAM"),
        (FirmwareMemory.Ifram, ChipMemories.IframBase, ChipMemories.IframLength, false, "IFRAM"),
        (FirmwareMemory.SpiFlash, SpiFlashBase, SpiFlashLength, false, "SPI flash"),
    ];

    public static uint BaseOf(FirmwareMemory memory) => all[(int)memory].Base;

    /// <summary>The memory of an address that was already checked.</summary>
    public static FirmwareMemory Of(uint address) =>
        TryFind(address, 1, out FirmwareMemory memory)
            ? memory
            : throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:X8} is in no memory");

    /// <summary>Whether the core can fetch instructions from an address.</summary>
    public static bool IsExecutable(uint address) =>
        TryFind(address, 1, out FirmwareMemory memory) && all[(int)memory].Executable;

    /// <summary>The memory that holds all of a range.</summary>
    public static bool TryFind(uint address, uint length, out FirmwareMemory memory)
    {
        foreach ((FirmwareMemory candidate, uint start, uint size, _, _) in all)
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

    /// <summary>Refuses a range that is not inside one memory.</summary>
    public static FirmwareMemory Require(ImportedFile file, string part, uint address, uint length)
    {
        if (TryFind(address, length, out FirmwareMemory memory))
        {
            return memory;
        }

        throw file.Mistake(
            "address_outside_memory",
            $"{part} goes to 0x{address:X8} with {length} bytes, which is not inside any memory that firmware can be placed in",
            $"Link or address it for one of: {Ranges()}.");
    }

    private static string Ranges() => string.Join(
        ", ", all.Select(entry => $"{entry.Name} 0x{entry.Base:X8}..0x{entry.Base + entry.Length:X8}"));
}
