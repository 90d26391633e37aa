// A large range of zeros that costs nothing until it is written, and nothing again after it is reset: what the flat
// page tables need.

namespace XousCloud.Emulator.Memory;

/// <summary>Zeroed memory that the system backs page by page.</summary>
internal sealed unsafe class SparseMemory : IDisposable
{
    private readonly nuint length;
    private byte* start;

    /// <param name="length">Bytes, a multiple of the page size.</param>
    public SparseMemory(nuint length)
    {
        this.length = length;
        start = SystemMemory.Map(length);
    }

    ~SparseMemory() => Free();

    public byte* Start => start;

    /// <summary>Makes everything zero again and gives the pages back.</summary>
    public void Reset() => SystemMemory.Discard(start, length);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (start != null)
        {
            SystemMemory.Unmap(start, length);
            start = null;
        }
    }
}
