// One memory of the chip as pages. A page starts as a shared one (the image's, or the page of zeros) and
// becomes the device's own at its first write, so an idle device costs the pages that it has changed.

namespace XousCloud.Emulator.Memory;

/// <summary>Takes CPU stores to a memory that is not written like one (RRAM).</summary>
public interface IStoreTarget
{
    /// <summary>A CPU store of 1, 2 or 4 bytes.</summary>
    /// <param name="address">Physical address, a multiple of 4.</param>
    /// <param name="value">The value in its byte lanes.</param>
    /// <param name="lanes">The bits that are written.</param>
    void Store(uint address, uint value, uint lanes);
}

/// <summary>What somebody has made from the content of a page.</summary>
[Flags]
internal enum PageWatch : byte
{
    None = 0,

    /// <summary>Decoded or translated instructions.</summary>
    Code = 1,

    /// <summary>Cached address translations.</summary>
    PageTable = 2,
}

/// <summary>What the core may load from an address of a memory with a <see cref="ILoadGuard"/>.</summary>
public enum LoadRight
{
    /// <summary>The page is everybody's at all times: its address may be cached.</summary>
    Everybody,

    /// <summary>This load gets what stands there.</summary>
    Granted,

    /// <summary>This load gets 0.</summary>
    Denied,
}

/// <summary>Decides over CPU loads from a memory of which parts are not everybody's (RRAM).</summary>
public interface ILoadGuard
{
    /// <summary>Asked before a load, at least once for each page that loads go to.</summary>
    LoadRight CheckLoad(uint address);
}

/// <summary>A range of physical memory.</summary>
public sealed unsafe class MemoryRegion
{
    internal MemoryRegion(
        string name, uint @base, uint length, bool executable, bool nonVolatile = false, byte blank = 0, bool onBus = true)
    {
        Name = name;
        Base = @base;
        Length = length;
        Executable = executable;
        IsNonVolatile = nonVolatile;
        Blank = blank;
        IsOnBus = onBus;
        int pages = (int)(length / PhysicalMemory.PageSize);
        Pages = new byte*[pages];
        Owned = new bool[pages];
        Watches = new PageWatch[pages];
    }

    /// <summary>The same range with the same pages, for another device. Who takes stores and loads is not copied.</summary>
    internal MemoryRegion(MemoryRegion other)
        : this(other.Name, other.Base, other.Length, other.Executable, other.IsNonVolatile, other.Blank, other.IsOnBus)
    {
        Array.Copy(other.Pages, Pages, Pages.Length);
        other.Owned.CopyTo(Owned, 0);
    }

    public string Name { get; }

    public uint Base { get; }

    public uint Length { get; }

    /// <summary>Whether the instruction bus reaches it.</summary>
    public bool Executable { get; }

    /// <summary>Whether its content survives the loss of power.</summary>
    public bool IsNonVolatile { get; }

    /// <summary>What its bytes are before anything is written: 0xFF for a flash.</summary>
    public byte Blank { get; }

    /// <summary>Whether the core can address it. A board's memories have addresses for debuggers and files alone.</summary>
    public bool IsOnBus { get; }

    /// <summary>Who takes CPU stores; null for plain RAM.</summary>
    public IStoreTarget? StoreTarget { get; set; }

    /// <summary>Who decides over CPU loads; null where all of it is everybody's. Fetching is never asked about.</summary>
    public ILoadGuard? LoadGuard { get; set; }

    internal byte*[] Pages { get; }

    /// <summary>Which pages are among the <see cref="HeldPages"/>; the rest are the image's, or blank.</summary>
    internal bool[] Owned { get; }

    /// <summary>What pages are watched for: a write to one must be told.</summary>
    internal PageWatch[] Watches { get; }
}
