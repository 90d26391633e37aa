// The memories of chip and board: which ranges there are, which page stands where, and the copy at the first write,
// of a page of the image as of one that is shared with a fork.
// All pointers into guest memory start here, and each is to a whole page of 4 KiB: an access is in bounds
// because it never crosses the page that was looked up.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Memory;

/// <summary>Told when memory changes under what was made from it.</summary>
internal unsafe interface IMemoryWatcher
{
    /// <summary>Bytes of a watched page were written.</summary>
    void Written(PageWatch watches, uint address, uint length);

    /// <summary>A page is not at this place of the host any more; its content is the same.</summary>
    void PageMoved(uint pageAddress, byte* oldPlace);

    /// <summary>Every page is shared from now on: none may be written before it was asked for again.</summary>
    void PagesShared();
}

/// <summary>All memory of one device.</summary>
public sealed unsafe class PhysicalMemory : IDisposable
{
    public const uint PageSize = 4096;
    private const uint PageMask = PageSize - 1;

    private static readonly byte* ZeroPage = BlankPage(0);
    private static readonly byte* OnesPage = BlankPage(0xFF);

    private readonly MemoryRegion[] regions;
    private readonly ImageMemory image;
    private bool disposed;

    /// <summary>Makes the memories, filled from an image.</summary>
    /// <param name="regions">The ranges, the most used first; whole pages, not overlapping.</param>
    /// <param name="image">Initial content, shared by every device of the image.</param>
    internal PhysicalMemory(MemoryRegion[] regions, ImageMemory image)
    {
        this.regions = regions;
        this.image = image;
        foreach (MemoryRegion region in regions)
        {
            for (int page = 0; page < region.Pages.Length; page++)
            {
                region.Pages[page] = BasePage(region, page);
            }
        }
    }

    // A fork's: every page that the other has is held by both.
    private PhysicalMemory(PhysicalMemory other)
    {
        image = other.image;
        regions = [.. other.regions.Select(region => new MemoryRegion(region))];
        foreach (MemoryRegion region in regions)
        {
            for (int page = 0; page < region.Pages.Length; page++)
            {
                if (region.Owned[page])
                {
                    HeldPages.Hold(region.Pages[page]);
                }
            }
        }
    }

    ~PhysicalMemory() => Free();

    public IReadOnlyList<MemoryRegion> Regions => regions;

    internal IMemoryWatcher? Watcher { get; set; }

    /// <summary>How many pages are neither the image's nor blank: the device's own, and those that it shares with forks.</summary>
    public int OwnedPages => regions.Sum(region => region.Owned.Count(owned => owned));

    /// <summary>The same memory for another device: no page is copied before one of the two writes it.</summary>
    internal PhysicalMemory Fork()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        PhysicalMemory fork = new(this);
        Watcher?.PagesShared();
        return fork;
    }

    /// <summary>The memory at an address, on the chip or beside it, or null where there is none.</summary>
    public MemoryRegion? Find(uint address)
    {
        foreach (MemoryRegion region in regions)
        {
            if (address - region.Base < region.Length)
            {
                return region;
            }
        }

        return null;
    }

    /// <summary>The memory that the core finds at an address, or null where there is none.</summary>
    internal MemoryRegion? FindOnBus(uint address) => Find(address) is { IsOnBus: true } region ? region : null;

    /// <summary>Copies memory out, as a debugger or a DMA engine reads it.</summary>
    /// <returns>False, and nothing is read, where any byte of the range is not memory.</returns>
    public bool TryRead(uint address, Span<byte> destination)
    {
        if (Find(address, destination.Length) is not { } region)
        {
            return false;
        }

        while (!destination.IsEmpty)
        {
            int length = (int)Math.Min((uint)destination.Length, PageSize - (address & PageMask));
            new ReadOnlySpan<byte>(region.Pages[PageIndex(region, address)] + (address & PageMask), length).CopyTo(destination);
            destination = destination[length..];
            address += (uint)length;
        }

        return true;
    }

    /// <summary>Copies into memory as DMA and the RRAM controller write it: at once, past every store protocol.</summary>
    /// <returns>False, and nothing is written, where any byte of the range is not memory.</returns>
    public bool TryWrite(uint address, ReadOnlySpan<byte> source)
    {
        if (Find(address, source.Length) is not { } region)
        {
            return false;
        }

        while (!source.IsEmpty)
        {
            int length = (int)Math.Min((uint)source.Length, PageSize - (address & PageMask));
            source[..length].CopyTo(new Span<byte>(PageForWrite(region, address) + (address & PageMask), length));
            TellWatcher(region, address, (uint)length);

            source = source[length..];
            address += (uint)length;
        }

        return true;
    }

    internal byte* PageForRead(uint address)
    {
        MemoryRegion? region = Find(address);
        return region is null ? null : region.Pages[PageIndex(region, address)];
    }

    /// <summary>The page of an address, made the device's own.</summary>
    internal byte* PageForWrite(MemoryRegion region, uint address)
    {
        int index = PageIndex(region, address);
        byte* page = region.Pages[index];
        bool held = region.Owned[index];
        if (held && HeldPages.IsHeldAlone(page))
        {
            return page;
        }

        ObjectDisposedException.ThrowIf(disposed, this);
        byte* copy = HeldPages.Take();
        NativeMemory.Copy(page, copy, PageSize);
        region.Owned[index] = true;
        Replace(region, index, copy, held);
        return copy;
    }

    /// <summary>Watches a page for one more purpose.</summary>
    /// <returns>Where the host has it.</returns>
    internal byte* Watch(uint pageAddress, PageWatch purpose)
    {
        MemoryRegion region = Find(pageAddress)!;
        int index = PageIndex(region, pageAddress);
        region.Watches[index] |= purpose;
        return region.Pages[index];
    }

    internal void Unwatch(uint pageAddress, PageWatch purpose)
    {
        MemoryRegion region = Find(pageAddress)!;
        region.Watches[PageIndex(region, pageAddress)] &= ~purpose;
    }

    /// <summary>Tells the watcher of a write, if the page is watched.</summary>
    internal void TellWatcher(MemoryRegion region, uint address, uint length)
    {
        PageWatch watches = region.Watches[PageIndex(region, address)];
        if (watches != PageWatch.None)
        {
            Watcher?.Written(watches, address, length);
        }
    }

    internal static int PageIndex(MemoryRegion region, uint address) => (int)((address - region.Base) / PageSize);

    /// <summary>The device's own pages whose content differs from what the image gives.</summary>
    internal List<(uint Address, byte[] Content)> ChangedPages()
    {
        List<(uint Address, byte[] Content)> changed = [];
        foreach (MemoryRegion region in regions)
        {
            for (int page = 0; page < region.Pages.Length; page++)
            {
                if (region.Owned[page] && !SameAsImage(region, page))
                {
                    changed.Add((region.Base + ((uint)page * PageSize), Content(region, page)));
                }
            }
        }

        return changed;
    }

    /// <summary>Visits every page that is not all zeros, in the order of addresses.</summary>
    internal void VisitContent(Action<uint, ReadOnlySpan<byte>> visit)
    {
        foreach (MemoryRegion region in regions.OrderBy(region => region.Base))
        {
            for (int page = 0; page < region.Pages.Length; page++)
            {
                ReadOnlySpan<byte> content = new(region.Pages[page], (int)PageSize);
                if (region.Pages[page] != ZeroPage && content.ContainsAnyExcept((byte)0))
                {
                    visit(region.Base + ((uint)page * PageSize), content);
                }
            }
        }
    }

    /// <summary>Gives a memory the content that it had before the device first ran.</summary>
    internal void Revert(MemoryRegion region)
    {
        for (int page = 0; page < region.Pages.Length; page++)
        {
            if (region.Owned[page])
            {
                RestoreBase(region, page);
            }
        }
    }

    /// <summary>Puts the image's content back where it has some, as loading it again would, and leaves the rest.</summary>
    internal void RestoreImage(MemoryRegion region)
    {
        for (int page = 0; page < region.Pages.Length; page++)
        {
            if (region.Owned[page] && BasePage(region, page) != Blank(region))
            {
                RestoreBase(region, page);
            }
        }
    }

    /// <summary>Gives the pages back. What is read afterwards is zeros; a write throws.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static byte[] Content(MemoryRegion region, int page) =>
        new ReadOnlySpan<byte>(region.Pages[page], (int)PageSize).ToArray();

    // A page that only this device holds stays where it is, so that nothing that leads there need be looked for.
    private void RestoreBase(MemoryRegion region, int index)
    {
        byte* page = region.Pages[index];
        if (HeldPages.IsHeldAlone(page))
        {
            NativeMemory.Copy(BasePage(region, index), page, PageSize);
        }
        else
        {
            region.Owned[index] = false;
            Replace(region, index, BasePage(region, index), held: true);
        }

        TellWatcher(region, region.Base + ((uint)index * PageSize), PageSize);
    }

    private void Replace(MemoryRegion region, int index, byte* page, bool held)
    {
        byte* old = region.Pages[index];
        region.Pages[index] = page;
        Watcher?.PageMoved(region.Base + ((uint)index * PageSize), old);
        if (held)
        {
            HeldPages.Release(old);
        }
    }

    private bool SameAsImage(MemoryRegion region, int page) =>
        new ReadOnlySpan<byte>(region.Pages[page], (int)PageSize)
            .SequenceEqual(new ReadOnlySpan<byte>(BasePage(region, page), (int)PageSize));

    private byte* BasePage(MemoryRegion region, int page)
    {
        byte* shared = image.Page(region.Base + ((uint)page * PageSize));
        return shared == null ? Blank(region) : shared;
    }

    private static byte* Blank(MemoryRegion region) => region.Blank == 0 ? ZeroPage : OnesPage;

    private static byte* BlankPage(byte value)
    {
        byte* page = (byte*)NativeMemory.AlignedAlloc(PageSize, PageSize);
        NativeMemory.Fill(page, PageSize, value);
        return page;
    }

    // The memory that a whole range is in.
    private MemoryRegion? Find(uint address, int length)
    {
        MemoryRegion? region = Find(address);
        return region is not null && (ulong)(address - region.Base) + (ulong)length <= region.Length ? region : null;
    }

    private void Free()
    {
        disposed = true;
        List<nint> held = [];
        foreach (MemoryRegion region in regions ?? [])
        {
            for (int page = 0; page < region.Pages.Length; page++)
            {
                if (region.Owned[page])
                {
                    held.Add((nint)region.Pages[page]);
                }

                region.Pages[page] = ZeroPage;
                region.Owned[page] = false;
            }
        }

        HeldPages.Release(held);
    }
}
