// Who owns each page: every page of RAM, and every page of the regions that the image's MREx tag names, has one owner
// or none. The kernel is process 1. Nothing is mapped that its process does not own, except while it is borrowed.

using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

public struct PageTracker
{
    public const int RamPageLimit = 512;
    public const int RegionLimit = 16;
    public const int ExtraPageLimit = 2048;

    public const byte Nobody = 0;

    private uint regionCount;
    private uint extraCount;
    private uint ramFirst;
    private uint ramCount;
    private uint next;

    public uint FreePages { get; private set; }

    private byte nowhere;
    private RamOwners ram;
    private Regions regions;
    private ExtraOwners extra;

    public readonly uint RamPages => ramCount;

    /// <summary>All of RAM is free afterwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More RAM than <see cref="RamPageLimit"/> pages.</exception>
    public void Initialize(uint firstPage, uint pageCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageCount, (uint)RamPageLimit);
        ramFirst = firstPage;
        ramCount = pageCount;
        FreePages = pageCount;
    }

    /// <summary>Pages outside RAM that processes may claim. False if there is no room for the region.</summary>
    public bool AddRegion(uint firstPage, uint pageCount)
    {
        if (regionCount == RegionLimit || pageCount > ExtraPageLimit - extraCount)
        {
            return false;
        }

        regions[(int)regionCount++] = new Region { FirstPage = firstPage, PageCount = pageCount, FirstOwner = extraCount };
        extraCount += pageCount;
        return true;
    }

    /// <summary>A free page of RAM, now owned by <paramref name="process"/>; its content is what it was. 0: none is left.</summary>
    public uint Allocate(uint process)
    {
        for (uint i = 0; i < ramCount; i++)
        {
            uint index = next;
            next = index + 1 == ramCount ? 0 : index + 1;
            if (ram[(int)index] == Nobody)
            {
                ram[(int)index] = (byte)process;
                FreePages--;
                return ramFirst + index;
            }
        }

        return 0;
    }

    /// <summary>The first page of <paramref name="count"/> neighbours, all owned by the process now. 0: no such run is free.</summary>
    public uint AllocateRun(uint process, uint count)
    {
        uint length = 0;
        for (uint index = 0; index < ramCount; index++)
        {
            length = ram[(int)index] == Nobody ? length + 1 : 0;
            if (length == count)
            {
                uint first = index + 1 - count;
                for (uint i = first; i <= index; i++)
                {
                    ram[(int)i] = (byte)process;
                }

                FreePages -= count;
                return ramFirst + first;
            }
        }

        return 0;
    }

    /// <summary>
    /// Makes the process the owner of a page that is free or its own already: <see cref="XousError.MemoryInUse"/> if it is
    /// another's, <see cref="XousError.BadAddress"/> if there is no such page.
    /// </summary>
    public XousError Claim(uint page, uint process)
    {
        ref byte owner = ref Place(page, out bool exists);
        if (!exists)
        {
            return XousError.BadAddress;
        }

        if (owner != Nobody && owner != process)
        {
            return XousError.MemoryInUse;
        }

        SetOwner(ref owner, page, process);
        return XousError.None;
    }

    /// <summary>The owner, or <see cref="Nobody"/>.</summary>
    public uint Owner(uint page) => Place(page, out _);

    /// <summary>True for a page of RAM and for one of a region.</summary>
    public bool Knows(uint page)
    {
        _ = Place(page, out bool exists);
        return exists;
    }

    /// <summary>Hands a page over, whoever had it. The page exists.</summary>
    public void Give(uint page, uint process)
    {
        ref byte owner = ref Place(page, out bool exists);
        if (exists)
        {
            SetOwner(ref owner, page, process);
        }
    }

    public void Release(uint page) => Give(page, Nobody);

    public void ReleaseAll(uint process)
    {
        for (uint i = 0; i < ramCount; i++)
        {
            if (ram[(int)i] == process)
            {
                ram[(int)i] = Nobody;
                FreePages++;
            }
        }

        for (uint i = 0; i < extraCount; i++)
        {
            if (extra[(int)i] == process)
            {
                extra[(int)i] = Nobody;
            }
        }
    }

    private void SetOwner(ref byte owner, uint page, uint process)
    {
        if (page - ramFirst < ramCount)
        {
            FreePages += (owner == Nobody ? 0u : 1u) - (process == Nobody ? 0u : 1u);
        }

        owner = (byte)process;
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref byte Place(uint page, out bool exists)
    {
        exists = true;
        uint index = page - ramFirst;
        if (index < ramCount)
        {
            return ref ram[(int)index];
        }

        for (int i = 0; i < (int)regionCount; i++)
        {
            ref Region region = ref regions[i];
            if (page - region.FirstPage < region.PageCount)
            {
                return ref extra[(int)(region.FirstOwner + page - region.FirstPage)];
            }
        }

        exists = false;
        return ref nowhere;
    }

    [InlineArray(RamPageLimit)]
    private struct RamOwners
    {
        private byte first;
    }

    [InlineArray(ExtraPageLimit)]
    private struct ExtraOwners
    {
        private byte first;
    }

    private struct Region
    {
        public uint FirstPage;
        public uint PageCount;
        public uint FirstOwner;
    }

    [InlineArray(RegionLimit)]
    private struct Regions
    {
        private Region first;
    }
}
