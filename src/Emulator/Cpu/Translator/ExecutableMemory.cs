// Memory for code that is made at run time. The same pages are mapped twice: once to be written, once to be executed,
// so no page is ever writable and executable at one address, and no protection is ever changed. Beside the executable
// mapping lies plain data that the code reads at a distance of 32 bits.
//
// Not every host allows this (hardened kernels, containers with a policy, other systems and processors): then there is
// no such memory, and devices run on the threaded interpreter.

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Pages of code and pages of data next to each other.</summary>
internal sealed unsafe partial class ExecutableMemory : IDisposable
{
    private const int ProtNone = 0;
    private const int ProtReadWrite = 3;
    private const int ProtReadExecute = 5;
    private const int MapShared = 0x01;
    private const int MapSharedFixed = 0x11;
    private const int MapPrivateAnonymous = 0x4022; // without reserving swap
    private const int MapPrivateAnonymousFixed = 0x4032;
    private const int PopulateRead = 22;
    private const int PopulateWrite = 23;
    private const uint CloseOnExec = 0x01;
    private const uint Executes = 0x10; // kernels from 6.3 on want to be told

    private static readonly nint Failed = -1;

    private readonly nuint codeLength;
    private readonly nuint dataLength;
    private byte* writable;
    private byte* executable;

    private ExecutableMemory(byte* writable, byte* executable, nuint codeLength, nuint dataLength)
    {
        this.writable = writable;
        this.executable = executable;
        this.codeLength = codeLength;
        this.dataLength = dataLength;
    }

    ~ExecutableMemory() => Free();

    /// <summary>Whether this host's processor runs the translator's code and the system lets it be made.</summary>
    public static bool IsAllowed { get; } = OperatingSystem.IsLinux() && Bmi2.X64.IsSupported && Try();

    /// <summary>Where code is written.</summary>
    public byte* Writable => writable;

    /// <summary>Where the same bytes are executed.</summary>
    public byte* Executable => executable;

    /// <summary>The data.</summary>
    public byte* Data => executable + codeLength;

    public int CodeLength => (int)codeLength;

    public int DataLength => (int)dataLength;

    /// <summary>Maps memory that costs what is written of it.</summary>
    /// <param name="codeLength">Bytes, a multiple of the page size.</param>
    /// <param name="dataLength">Bytes, a multiple of the page size.</param>
    /// <returns>Null where the system does not allow it.</returns>
    public static ExecutableMemory? TryCreate(int codeLength, int dataLength)
    {
        int file = memfd_create("code", CloseOnExec | Executes);
        if (file < 0)
        {
            file = memfd_create("code", CloseOnExec);
        }

        if (file < 0)
        {
            return null;
        }

        byte* place = mmap(null, (nuint)codeLength + (nuint)dataLength, ProtNone, MapPrivateAnonymous, -1, 0);
        byte* written = ftruncate(file, codeLength) != 0
            ? (byte*)Failed
            : mmap(null, (nuint)codeLength, ProtReadWrite, MapShared, file, 0);
        bool mapped = (nint)place != Failed && (nint)written != Failed
            && (nint)mmap(place, (nuint)codeLength, ProtReadExecute, MapSharedFixed, file, 0) != Failed
            && (nint)mmap(place + codeLength, (nuint)dataLength, ProtReadWrite, MapPrivateAnonymousFixed, -1, 0) != Failed;
        _ = close(file);
        if (mapped)
        {
            return new ExecutableMemory(written, place, (nuint)codeLength, (nuint)dataLength);
        }

        Unmap(place, (nuint)codeLength + (nuint)dataLength);
        Unmap(written, (nuint)codeLength);
        return null;
    }

    /// <summary>Has the system make pages at once that are going to be written one by one; if it does not, they come so.</summary>
    public void PopulateCode(int start, int length)
    {
        length = Math.Min(length, CodeLength - start);
        _ = madvise(writable + start, (nuint)length, PopulateWrite);
        _ = madvise(executable + start, (nuint)length, PopulateRead);
    }

    /// <summary>The same for data.</summary>
    public void PopulateData(int start, int length) =>
        _ = madvise(Data + start, (nuint)Math.Min(length, DataLength - start), PopulateWrite);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Makes a function and calls it.
    private static bool Try()
    {
        using ExecutableMemory? memory = TryCreate(0x1000, 0x1000);
        if (memory is null)
        {
            return false;
        }

        Emitter emitter = new();
        emitter.Begin(memory.Writable, memory.Executable, memory.CodeLength);
        emitter.Lea(HostRegister.Rax, HostOperand.At(HostRegister.Rdi, 1));
        emitter.Ret();
        emitter.End();
        return ((delegate* unmanaged<int, int>)memory.Executable)(41) == 42;
    }

    private static void Unmap(byte* place, nuint length)
    {
        if ((nint)place != Failed)
        {
            _ = munmap(place, length);
        }
    }

    private void Free()
    {
        if (executable != null)
        {
            Unmap(writable, codeLength);
            Unmap(executable, codeLength + dataLength);
            writable = executable = null;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc")]
    private static partial int ftruncate(int file, nint length);

    [LibraryImport("libc")]
    private static partial int close(int file);

    [LibraryImport("libc")]
    private static partial byte* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
