// The initial content of memory that a firmware image gives, as pages that all devices of the image share.
// The pages are written while this object is built and never again.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Memory;

/// <summary>Shared, read-only pages.</summary>
public sealed unsafe class ImageMemory
{
    private readonly Dictionary<uint, nint> pages = [];

    private readonly Func<uint, byte> blankAt;

    /// <summary>Lays pieces of content out as pages; where two meet in a page, both are kept.</summary>
    /// <param name="pieces">Physical addresses and what stands there.</param>
    /// <param name="blankAt">What the memory at an address holds where no piece does.</param>
    public ImageMemory(
        IEnumerable<(uint Address, ReadOnlyMemory<byte> Bytes)> pieces, Func<uint, byte> blankAt)
    {
        this.blankAt = blankAt;
        foreach ((uint address, ReadOnlyMemory<byte> bytes) in pieces)
        {
            Place(address, bytes.Span);
        }
    }

    // A device keeps a reference to its image for as long as it lives, so no page goes while it is used.
    ~ImageMemory()
    {
        foreach (nint page in pages.Values)
        {
            NativeMemory.AlignedFree((void*)page);
        }
    }

    internal byte* Page(uint pageAddress) => (byte*)pages.GetValueOrDefault(pageAddress);

    private void Place(uint address, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            uint offset = address % PhysicalMemory.PageSize;
            int length = (int)Math.Min((uint)bytes.Length, PhysicalMemory.PageSize - offset);
            ref nint page = ref CollectionsMarshal.GetValueRefOrAddDefault(pages, address - offset, out bool exists);
            if (!exists)
            {
                page = (nint)NativeMemory.AlignedAlloc(PhysicalMemory.PageSize, PhysicalMemory.PageSize);
                NativeMemory.Fill((void*)page, PhysicalMemory.PageSize, blankAt(address));
            }

            bytes[..length].CopyTo(new Span<byte>((byte*)page + offset, length));
            bytes = bytes[length..];
            address += (uint)length;
        }
    }
}
