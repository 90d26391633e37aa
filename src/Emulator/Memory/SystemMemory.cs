// Memory as the system gives it: zeroed when it is first touched, and the system's again once it is discarded.
// malloc promises neither. Where the system is not Linux, what is discarded is cleared and stays.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Memory;

/// <summary>Ranges of whole host pages.</summary>
internal static unsafe partial class SystemMemory
{
    private const int ProtReadWrite = 3;
    private const int MapPrivateAnonymousNoReserve = 0x4022;
    private const int MadvDontNeed = 4;
    private const int MadvNoHugePage = 15;

    /// <summary>Takes zeroed memory that costs nothing until it is written.</summary>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    /// <exception cref="InsufficientMemoryException">The system has no more address space.</exception>
    public static byte* Map(nuint length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (byte*)NativeMemory.AllocZeroed(length);
        }

        byte* mapped = mmap(null, length, ProtReadWrite, MapPrivateAnonymousNoReserve, -1, 0);
        if ((nint)mapped == -1)
        {
            throw new InsufficientMemoryException("The system gives no more address space.");
        }

        // A huge page for one entry of a table would be 512 times the memory. An error means that there are none anyway.
        _ = madvise(mapped, length, MadvNoHugePage);
        return mapped;
    }

    /// <summary>Makes pages zero and gives back what is behind them.</summary>
    public static void Discard(byte* start, nuint length)
    {
        if (!OperatingSystem.IsLinux())
        {
            NativeMemory.Clear(start, length);
        }
        else if (madvise(start, length, MadvDontNeed) != 0)
        {
            throw new InvalidOperationException("madvise failed on memory of our own.");
        }
    }

    /// <summary>Gives a whole mapping back.</summary>
    public static void Unmap(byte* start, nuint length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = munmap(start, length);
        }
        else
        {
            NativeMemory.Free(start);
        }
    }

    [LibraryImport("libc")]
    private static partial byte* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
