// Who owns which page of main RAM: a table that the loader makes and the kernel keeps. Where there is a swap an entry is
// two words, a time stamp and the owner in the lowest byte of the other; else it is the owner alone.
// Facts: Xous's ABI, ownership tables.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Xous;

internal sealed class PageTracker
{
    private uint table;
    private uint pages;
    private bool hasSwap;

    /// <summary>Whether pages can be swapped out.</summary>
    public bool HasSwap => hasSwap;

    public void Begin(HandOver handOver) =>
        (table, pages, hasSwap) = (handOver.Tracker, handOver.RamPages, handOver.HasSwap);

    public void Clear() => (table, pages, hasSwap) = (0, 0, false);

    /// <summary>Pages by their owner, or null where no table can be read.</summary>
    /// <param name="memory">The chip's memory.</param>
    /// <param name="kernel">In whose address space the table stands.</param>
    public int[]? Count(PhysicalMemory memory, ProcessRecord? kernel)
    {
        if (pages == 0 || kernel is null)
        {
            return null;
        }

        int[] counts = new int[byte.MaxValue + 1];
        Span<byte> owner = stackalloc byte[1];
        for (uint page = 0; page < pages; page++)
        {
            uint address = hasSwap ? table + (page * 8) + 4 : table + page;
            if (!PageTables.TryTranslate(memory, kernel.Satp, address, out uint physical)
                || !memory.TryRead(physical, owner))
            {
                return null;
            }

            counts[owner[0]]++;
        }

        return counts;
    }

    public void State(StateStream state)
    {
        state.U32(ref table);
        state.U32(ref pages);
        state.Bool(ref hasSwap);
        pages = Math.Min(pages, HandOver.MaxTrackedPages);
    }
}
