// What the machine tells whoever drives it, while it runs. Observing changes nothing: with or without an
// observer a run gives the same hash. Calls come on the thread that runs the machine.

namespace XousCloud.Emulator;

/// <summary>Receives what the machine shows to the outside.</summary>
public interface IMachineObserver
{
    /// <summary>A byte left on a console port, its last bit at <paramref name="cycle"/>.</summary>
    void ConsoleOutput(ConsolePort port, byte value, ulong cycle);

    /// <summary>The level of a pad changed.</summary>
    /// <param name="pin">Pad number, port × 16 + pin.</param>
    /// <param name="level">The new level.</param>
    /// <param name="cycle">When.</param>
    void PinChanged(int pin, bool level, ulong cycle);

    /// <summary>What the board's display shows may have changed.</summary>
    void DisplayChanged()
    {
    }

    /// <summary>The guest touched something that is not modelled. Reported once for each place and direction.</summary>
    void Unmodelled(UnmodelledAccess access);
}

/// <summary>An access to a register or block that this machine does not model.</summary>
/// <param name="Name">The datasheet's name of the block, and of the register where it has one.</param>
/// <param name="Address">Physical address.</param>
/// <param name="IsWrite">Write or read.</param>
/// <param name="Value">The value written; 0 for a read.</param>
/// <param name="Pc">The instruction's address.</param>
/// <param name="Cycle">When it happened first.</param>
public readonly record struct UnmodelledAccess(
    string Name, uint Address, bool IsWrite, uint Value, uint Pc, ulong Cycle);
