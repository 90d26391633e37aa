// A firmware image made ready for machines: its bytes laid out as pages that all its devices share, and the code that
// its devices have generated from them.

using XousCloud.Emulator.Cpu.Translator;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator;

/// <summary>What a machine boots from.</summary>
public sealed class MachineImage
{
    /// <summary>Lays an image out.</summary>
    /// <param name="digest">Identifies the content; a snapshot can only be loaded into a machine of the same image.</param>
    /// <param name="entryPoint">The address that direct boot jumps to.</param>
    /// <param name="pieces">Physical addresses and what stands there.</param>
    public MachineImage(
        string digest, uint entryPoint, IEnumerable<(uint Address, ReadOnlyMemory<byte> Bytes)> pieces)
    {
        Digest = digest;
        EntryPoint = entryPoint;
        Memory = new ImageMemory(pieces, ChipMemories.BlankAt);
    }

    public string Digest { get; }

    public uint EntryPoint { get; }

    internal ImageMemory Memory { get; }

    internal SharedCode Code { get; } = new();
}
