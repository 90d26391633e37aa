// The pages that devices have changed. After a fork, a page is held by both devices, and each copies it before it
// writes; whoever holds a page alone writes it in place. The last holder's page goes back to the system at once, so
// neither a long chain of forks nor the order in which they end keeps memory that nobody reads.
//
// Pages come from slabs whose first page counts the holders of the others. Slabs are aligned, so a page's count is
// found from its address. They are shared by all devices, whatever threads those run on: counts change atomically, and
// only a holder can add another, so a count of one stays one while its holder looks.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Memory;

/// <summary>Pages with a count of their holders.</summary>
internal static unsafe class HeldPages
{
    private const nuint PageSize = PhysicalMemory.PageSize;
    private const nuint SlabLength = PageSize * PageSize / sizeof(int); // the counts fill one page

    private static readonly Lock gate = new();
    private static nint[] free = new nint[PhysicalMemory.PageSize / sizeof(int)];
    private static int freeCount;

    /// <summary>A page with one holder. Its content is whatever it is.</summary>
    public static byte* Take()
    {
        byte* page;
        lock (gate)
        {
            if (freeCount == 0)
            {
                AddSlab();
            }

            page = (byte*)free[--freeCount];
        }

        Holders(page) = 1;
        return page;
    }

    /// <summary>One more holds a page. To be called by one that holds it.</summary>
    public static void Hold(byte* page) => Interlocked.Increment(ref Holders(page));

    /// <summary>Whether a page that one holds is held by nobody else, and may be written.</summary>
    public static bool IsHeldAlone(byte* page) => Volatile.Read(ref Holders(page)) == 1;

    /// <summary>Lets a page go.</summary>
    public static void Release(byte* page)
    {
        if (Interlocked.Decrement(ref Holders(page)) == 0)
        {
            GiveBack([(nint)page]);
        }
    }

    /// <summary>Lets many pages go. The list is cleared.</summary>
    public static void Release(List<nint> pages)
    {
        pages.RemoveAll(page => Interlocked.Decrement(ref Holders((byte*)page)) > 0);
        pages.Sort();
        GiveBack(CollectionsMarshal.AsSpan(pages));
        pages.Clear();
    }

    // Pages that follow each other are given back together. The first of them is taken next.
    private static void GiveBack(ReadOnlySpan<nint> sorted)
    {
        for (int end = sorted.Length, first; end > 0; end = first)
        {
            first = end - 1;
            while (first > 0 && sorted[first - 1] + (nint)PageSize == sorted[first])
            {
                first--;
            }

            SystemMemory.Discard((byte*)sorted[first], (nuint)(end - first) * PageSize);
        }

        lock (gate)
        {
            for (int index = sorted.Length - 1; index >= 0; index--)
            {
                Push(sorted[index]);
            }
        }
    }

    private static ref int Holders(byte* page) =>
        ref ((int*)((nuint)page & ~(SlabLength - 1)))[(nuint)page % SlabLength / PageSize];

    // Twice the length holds an aligned slab wherever it lies. What is around it is never touched and costs addresses.
    private static void AddSlab()
    {
        byte* slab = (byte*)(((nuint)SystemMemory.Map(2 * SlabLength) + SlabLength - 1) & ~(SlabLength - 1));
        for (nuint offset = SlabLength - PageSize; offset > 0; offset -= PageSize)
        {
            Push((nint)(slab + offset));
        }
    }

    private static void Push(nint page)
    {
        if (freeCount == free.Length)
        {
            Array.Resize(ref free, free.Length * 2);
        }

        free[freeCount++] = page;
    }
}
