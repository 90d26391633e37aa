// What a block of the SoC is to the bus: read a register, write a register, reset, and describe its state.
// A block is one file: a head comment that says what it does and which facts it rests on, the registers with
// the datasheet's names, its state, and these four methods.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A memory-mapped block.</summary>
/// <param name="soc">The chip that the block is part of.</param>
/// <param name="name">The datasheet's name.</param>
public abstract class Peripheral(SystemOnChip soc, string name)
{
    public string Name { get; } = name;

    protected SystemOnChip Soc { get; } = soc;

    /// <summary>Reads a register.</summary>
    /// <param name="offset">Byte offset in the block, a multiple of 4.</param>
    public abstract uint Read(uint offset);

    /// <summary>
    /// Until when a register that was just read goes on reading the same, as long as no event happens and nothing is
    /// written. It lets a loop that polls the register pass at once.
    /// </summary>
    /// <returns>
    /// The first cycle at which it may differ: <see cref="ScheduledEvent.Never"/> where only events and writes change
    /// it, 0 where reading has an effect or nothing is known.
    /// </returns>
    public virtual ulong SteadyUntil(uint offset) => 0;

    /// <summary>Writes a register.</summary>
    /// <param name="offset">Byte offset in the block, a multiple of 4.</param>
    /// <param name="value">The value, its bytes in their lanes; lanes that are not written are 0.</param>
    /// <param name="lanes">The bits that are written: all ones for a word, fewer for a byte or half-word.</param>
    public abstract void Write(uint offset, uint value, uint lanes);

    /// <summary>Puts the block into the state that a reset leaves; a block that the reset does not reach does nothing.</summary>
    public abstract void Reset(ResetKind kind);

    /// <summary>Visits every field that matters to the future, in a fixed order.</summary>
    public abstract void State(StateStream state);

    /// <summary>The new value of a plain read/write register: only the written lanes change.</summary>
    protected static uint Merge(uint old, uint value, uint lanes) => (old & ~lanes) | (value & lanes);

    /// <summary>Reports a read of a register that this model does not have, and gives what the bus gives: 0.</summary>
    protected uint UnmodelledRead(uint offset)
    {
        Soc.ReportUnmodelled(this, offset, isWrite: false, value: 0);
        return 0;
    }

    /// <summary>Reports a write to a register that this model does not have.</summary>
    protected void UnmodelledWrite(uint offset, uint value) =>
        Soc.ReportUnmodelled(this, offset, isWrite: true, value);

    /// <summary>Reports by name what a write asks for and this model does not do.</summary>
    protected void UnmodelledWrite(uint offset, uint value, string what) =>
        Soc.ReportUnmodelled(this, offset, isWrite: true, value, what);
}
