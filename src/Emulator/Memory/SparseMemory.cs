// A large range of zeros that costs nothing until it is written, and nothing again after it is reset. The flat
// page tables need this; malloc does not promise it, since it keeps and clears what was freed.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Memory;

/// <summary>Zeroed memory that the system backs page by page.</summary>
internal sealed unsafe partial class SparseMemory : IDisposable
{
    private const int ProtReadWrite = 3;
    private const int MapPrivateAnonymousNoReserve = 0x4022;
    private const int MadvDontNeed = 4;
    private const int MadvNoHugePage = 15;

    private readonly nuint length;
    private byte* start;

    /// <param name="length">Bytes, a multiple of the page size.</param>
    public SparseMemory(nuint length)
    {
        this.length = length;
        start = Allocate(length);
    }

    ~SparseMemory() => Free();

    public byte* Start => start;

    /// <summary>Makes everything zero again and gives the pages back.</summary>
    public void Reset()
    {
        if (OperatingSystem.IsLinux())
        {
            if (madvise(start, length, MadvDontNeed) != 0)
            {
                throw new InvalidOperationException("madvise failed on memory of our own.");
            }
        }
        else
        {
            NativeMemory.Clear(start, length);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static byte* Allocate(nuint length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (byte*)NativeMemory.AllocZeroed(length);
        }

        byte* mapped = mmap(null, length, ProtReadWrite, MapPrivateAnonymousNoReserve, -1, 0);
        if ((nint)mapped == -1)
        {
            throw new InsufficientMemoryException("No address space for page tables.");
        }

        // A huge page for one entry would be 512 times the memory. An error means that there are none anyway.
        _ = madvise(mapped, length, MadvNoHugePage);
        return mapped;
    }

    private void Free()
    {
        if (start == null)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = munmap(start, length);
        }
        else
        {
            NativeMemory.Free(start);
        }

        start = null;
    }

    [LibraryImport("libc")]
    private static partial byte* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
