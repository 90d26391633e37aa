// What the linker takes.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

/// <summary>The code of a program and where it goes. Data comes in by the relocations that name it.</summary>
public sealed record LinkInput
{
    /// <summary>The functions, the entry first; the others keep their order, and those that nothing reaches are left out.</summary>
    public required IReadOnlyList<MachineFunction> Functions { get; init; }

    public required MemoryMap Map { get; init; }

    /// <summary>What stays in the image although no code names it.</summary>
    public IReadOnlyList<Symbol> Roots { get; init; } = [];

    /// <summary>Uses the 2-byte forms of the C extension.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Functions start at any instruction boundary instead of a multiple of 4 bytes.</summary>
    public bool OptimizeSize { get; init; }

    /// <summary>Functions with equal code share one address.</summary>
    public bool MergeIdenticalCode { get; init; }

    /// <summary>Bytes of RAM behind .bss that must stay free, for the stack.</summary>
    public uint StackSize { get; init; }

    /// <summary>The program's name in the debug information and the map.</summary>
    public string Name { get; init; } = "image";
}
