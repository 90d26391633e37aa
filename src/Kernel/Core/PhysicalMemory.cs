// SRAM, as pages. The one file of the kernel's logic with pointers. Its argument: every reference it gives out lies in
// the page that was asked for, and a page number outside the RAM that the constructor was told of is a failed check,
// not an access. What the pages are used for (page tables, thread contexts, message queues) is the page tracker's
// business.

using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

public readonly unsafe struct PhysicalMemory
{
    private readonly byte* start;

    /// <param name="start">Where the processor sees the first page: the direct map, or an array that a test pinned.</param>
    /// <param name="firstPage">The page number of <paramref name="start"/>: physical address / 4096.</param>
    /// <param name="pageCount">How many pages there are.</param>
    public PhysicalMemory(byte* start, uint firstPage, uint pageCount)
    {
        this.start = start;
        FirstPage = firstPage;
        PageCount = pageCount;
    }

    public uint FirstPage { get; }

    public uint PageCount { get; }

    public bool Holds(uint page) => page - FirstPage < PageCount;

    public Span<uint> Words(uint page) => new(Address(page), (int)AddressMap.PageSize / sizeof(uint));

    /// <summary>An entry of a page table.</summary>
    public ref uint Word(uint page, uint index) => ref ((uint*)Address(page))[index & 1023];

    /// <summary>The registers of a thread, in its process's context page: 31 of 128 bytes, behind the waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ThreadContext Context(uint page, uint thread) => ref ((ThreadContext*)Address(page))[(1 + thread) & 31];

    /// <summary>What a thread waits for: the first 128 bytes of the context page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Wait WaitOf(uint page, uint thread) => ref ((Wait*)Address(page))[thread & 31];

    /// <summary>A slot of a server's queue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref MessageSlot Slot(uint page, uint index) => ref ((MessageSlot*)Address(page))[index % Server.SlotCount];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Address(uint page)
    {
        if (page - FirstPage >= PageCount)
        {
            throw new ArgumentOutOfRangeException(nameof(page));
        }

        return start + ((page - FirstPage) * AddressMap.PageSize);
    }
}
