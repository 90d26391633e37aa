// What a machine is made of. Everything but the engine is part of what determines a run.

using XousCloud.Emulator.Boards;

namespace XousCloud.Emulator;

/// <summary>How instructions are executed. The choice changes speed and nothing else.</summary>
public enum EngineKind
{
    /// <summary>The fastest that this host allows: the translator, or the threaded interpreter.</summary>
    Auto,

    /// <summary>The reference: one instruction at a time, complete.</summary>
    Stepper,

    /// <summary>Predecoded instructions, each jumping to the next.</summary>
    Threaded,

    /// <summary>Translation to the host's code; where the host does not allow that, the threaded interpreter.</summary>
    Translator,
}

/// <summary>The parts of a new machine.</summary>
public sealed record MachineOptions
{
    public required MachineImage Image { get; init; }

    public required Board Board { get; init; }

    /// <summary>Where all of the device's randomness comes from.</summary>
    public ulong Seed { get; init; }

    /// <summary>How the chip was set when the device was made.</summary>
    public FactorySettings Factory { get; init; } = FactorySettings.None;

    public EngineKind Engine { get; init; }

    /// <summary>Whether code may be translated; if not, the threaded interpreter takes the translator's place.</summary>
    public bool MayTranslate { get; init; } = true;

    /// <summary>Start at the reset vector as silicon does, and not at the image's entry in boot1's final state.</summary>
    public bool Cold { get; init; }

    /// <summary>Follow what a Xous kernel does: <see cref="Machine.Xous"/>. It costs some speed and changes nothing.</summary>
    public bool WatchOs { get; init; }
}

/// <summary>Why <see cref="Machine.Run"/> came back.</summary>
public enum RunStop
{
    /// <summary>All the cycles were used.</summary>
    CyclesUsed,

    /// <summary><see cref="Machine.RequestStop"/> was called, by an observer or a watched write.</summary>
    Requested,

    /// <summary>Nothing can run any more; see <see cref="Machine.Death"/> and <see cref="Machine.Refusal"/>.</summary>
    Dead,
}

/// <summary>How a guest came to its end: from here no instruction can change anything but a reset.</summary>
/// <param name="Pc">The instruction that could not go on.</param>
/// <param name="Cause">The exception's code (mcause).</param>
/// <param name="Value">The exception's value (mtval).</param>
/// <param name="Reason">In words, with the handler that failed too.</param>
/// <param name="Cycle">When.</param>
public sealed record GuestDeath(uint Pc, uint Cause, uint Value, string Reason, ulong Cycle);
