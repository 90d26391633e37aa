// What is soldered onto a board besides the chip, and has a state of its own: a flash, a sensor, a display.
// A part is one file; its board's file says which lines of the chip it hangs on.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards;

/// <summary>A part where a board has it.</summary>
/// <param name="Section">What its state is kept under.</param>
/// <param name="Part">The part.</param>
public sealed record SolderedPart(SectionId Section, BoardPart Part);

/// <summary>A part on a board. Resets of the chip do not reach it, unless its board wires them to it.</summary>
/// <param name="name">Its maker's name for it.</param>
public abstract class BoardPart(string name)
{
    public string Name { get; } = name;

    /// <summary>Power comes on, at the start and after it was off: whatever the part keeps without power stays.</summary>
    public abstract void PowerOn();

    /// <summary>Visits every field that matters to the future, in a fixed order.</summary>
    public abstract void State(StateStream state);
}
