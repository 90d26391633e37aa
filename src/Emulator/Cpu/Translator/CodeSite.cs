// A place where generated code can be left, and what the engine needs to go on from there.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Why generated code is left at a site.</summary>
internal enum SiteKind : byte
{
    /// <summary>The budget does not suffice for the block that begins here.</summary>
    Budget,

    /// <summary>A load or LR whose page is not in the tables.</summary>
    Load,

    /// <summary>A store, SC or AMO whose page is not in the tables.</summary>
    Store,

    /// <summary>An instruction that generated code leaves to the stepper. The next one begins a block.</summary>
    Slow,

    /// <summary>An instruction that reaches into the next page; the stepper reads it whole.</summary>
    Straddling,
}

/// <summary>A site.</summary>
/// <param name="Instruction">The instruction there; none for a budget site.</param>
/// <param name="Pc">Its address.</param>
/// <param name="Kind">Why code is left.</param>
/// <param name="Remaining">Instructions, from this one on, that the block has taken from the budget.</param>
/// <param name="Retry">Where its code begins.</param>
/// <param name="Resume">Where the next instruction's code begins.</param>
internal readonly record struct CodeSite(
    Instruction Instruction, uint Pc, SiteKind Kind, int Remaining, nint Retry = 0, nint Resume = 0);
