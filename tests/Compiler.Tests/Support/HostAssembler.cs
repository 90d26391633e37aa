using System.Runtime.InteropServices;
using XousCloud.Guest;

namespace XousCloud.Compiler.Tests;

/// <summary>The guest's assembler on the host, one user at a time.</summary>
internal static class HostAssembler
{
    private static readonly Lock one = new();

    /// <summary>The words that an action writes by <see cref="Assembler"/>.</summary>
    public static uint[] Words(Action write)
    {
        lock (one)
        {
            AssemblerOutput.TakeHostWords();
            write();
            return AssemblerOutput.TakeHostWords();
        }
    }

    public static byte[] Assemble(Action write) => MemoryMarshal.AsBytes(Words(write).AsSpan()).ToArray();
}
