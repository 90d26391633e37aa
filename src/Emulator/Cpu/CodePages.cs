// Decoded instructions by physical page: one slot for each half-word. A page of code keeps its slots when the
// virtual address that it is seen at changes. A store into such a page clears exactly the slots that it
// overlaps, so firmware that keeps data beside its code does not decode for ever.

using System.Runtime.InteropServices;
using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>The decoded pages of one device.</summary>
internal sealed unsafe class CodePages(PhysicalMemory memory, TranslationCache cache) : ICodeCache
{
    public const int SlotsInPage = (int)PhysicalMemory.PageSize / 2;

    // 32 KiB each: what a guest that runs through all of its memory can make a device cost stays at 8 MiB.
    private const int Limit = 256;

    private readonly Dictionary<uint, nint> pages = [];

    ~CodePages() => Free();

    /// <summary>How many pages are decoded.</summary>
    public int Count => pages.Count;

    /// <summary>The slots of a page, made when it is first executed from.</summary>
    public Slot* Get(uint physical)
    {
        uint pageAddress = physical & ~(PhysicalMemory.PageSize - 1);
        if (pages.TryGetValue(pageAddress, out nint known))
        {
            return (Slot*)known;
        }

        if (pages.Count == Limit)
        {
            Drop();
        }

        Slot* slots = (Slot*)NativeMemory.Alloc(SlotsInPage + 1, (nuint)sizeof(Slot));
        Clear(slots, 0, SlotsInPage);
        slots[SlotsInPage] = ThreadedCode.EndOfPageSlot;
        pages.Add(pageAddress, (nint)slots);

        cache.ProtectPage(memory.Watch(pageAddress, PageWatch.Code));
        return slots;
    }

    public void Written(uint address, uint length)
    {
        uint pageAddress = address & ~(PhysicalMemory.PageSize - 1);
        if (pages.TryGetValue(pageAddress, out nint slots))
        {
            // A 4-byte instruction that starts one half-word earlier overlaps as well.
            int first = Math.Max(0, (int)((address - pageAddress) / 2) - 1);
            int last = (int)((address - pageAddress + length - 1) / 2);
            Clear((Slot*)slots, first, last - first + 1);
        }
    }

    // Decoded code does not depend on where the host has the page.
    public void PageMoved(uint pageAddress)
    {
    }

    /// <summary>Gives all decoded pages back; they are decoded again when they run.</summary>
    public void Drop()
    {
        cache.ForgetAll();
        foreach (uint address in pages.Keys)
        {
            memory.Unwatch(address, PageWatch.Code);
        }

        Free();
    }

    private static void Clear(Slot* slots, int first, int count)
    {
        Slot undecoded = ThreadedCode.UndecodedSlot;
        for (int i = 0; i < count; i++)
        {
            slots[first + i] = undecoded;
        }
    }

    private void Free()
    {
        foreach (nint slots in pages.Values)
        {
            NativeMemory.Free((void*)slots);
        }

        pages.Clear();
    }
}
