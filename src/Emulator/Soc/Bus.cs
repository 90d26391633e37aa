// Routes a physical address to a peripheral. The chip's blocks start at multiples of 4 KiB, so one table
// entry for each page of a few windows decides. Facts: datasheet, memory map and routing of the data bus.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Soc;

/// <summary>A block at its place in the memory map.</summary>
public sealed record MappedBlock(uint Base, uint Length, SectionId? Section, Peripheral Peripheral);

/// <summary>The peripheral side of the data bus.</summary>
public sealed class Bus
{
    private const int PageShift = 12;

    private readonly Window[] windows;
    private readonly List<MappedBlock> blocks = [];

    /// <summary>A bus that decodes some ranges of whole pages; the most used first.</summary>
    internal Bus(IEnumerable<(uint Base, uint Length)> ranges) =>
        windows = [.. ranges.Select(range => new Window(range.Base, range.Length))];

    public IReadOnlyList<MappedBlock> Blocks => blocks;

    /// <summary>Puts a block into the map.</summary>
    /// <exception cref="ArgumentException">The range is not of whole pages, is taken, or lies outside every window.</exception>
    public void Map(MappedBlock block)
    {
        if ((block.Base | block.Length) % (1u << PageShift) != 0)
        {
            throw new ArgumentException($"{block.Peripheral.Name} is not mapped in whole pages.");
        }

        for (uint address = block.Base; address < block.Base + block.Length; address += 1u << PageShift)
        {
            ref MappedBlock? entry = ref Entry(address, out bool inWindow);
            if (!inWindow || entry is not null)
            {
                throw new ArgumentException($"{block.Peripheral.Name} cannot be mapped at 0x{address:x8}.");
            }

            entry = block;
        }

        blocks.Add(block);
    }

    /// <summary>The block at an address, or null where the chip has none.</summary>
    public MappedBlock? Find(uint address) => Entry(address, out _);

    private ref MappedBlock? Entry(uint address, out bool inWindow)
    {
        foreach (Window window in windows)
        {
            uint offset = address - window.Base;
            if (offset < window.Length)
            {
                inWindow = true;
                return ref window.Pages[offset >> PageShift];
            }
        }

        inWindow = false;
        return ref Window.Nothing;
    }

    private sealed class Window(uint @base, uint length)
    {
        private static MappedBlock? nothing;

        public static ref MappedBlock? Nothing => ref nothing;

        public uint Base { get; } = @base;

        public uint Length { get; } = length;

        public MappedBlock?[] Pages { get; } = new MappedBlock?[length >> PageShift];
    }
}
