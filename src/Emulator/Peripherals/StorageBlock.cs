// A block of which programs see registers alone: what is written reads back, its status reads 0, and its actions do
// nothing here. A block is one file that lists its registers.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A block that keeps what is written to it.</summary>
public abstract class StorageBlock : Peripheral
{
    [Derived("never changes: it lists which registers the block has")]
    private readonly Register[] registers;

    private readonly uint[] values;

    /// <param name="soc">The chip that the block is part of.</param>
    /// <param name="name">The datasheet's name.</param>
    /// <param name="registers">All registers; an offset that is not among them is reported when it is touched.</param>
    protected StorageBlock(SystemOnChip soc, string name, params Register[] registers)
        : base(soc, name)
    {
        this.registers = registers;
        values = new uint[registers.Length];
    }

    public override uint Read(uint offset) => Find(offset) is >= 0 and int found ? values[found] : UnmodelledRead(offset);

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (Find(offset) is >= 0 and int found)
        {
            values[found] = (Merge(values[found], value, lanes) & registers[found].Mask)
                | (values[found] & ~registers[found].Mask);
        }
        else
        {
            UnmodelledWrite(offset, value);
        }
    }

    public override void Reset(ResetKind kind)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            values[i] = registers[i].Reset;
        }
    }

    public override void State(StateStream state) => state.U32s(values);

    private int Find(uint offset)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            if (registers[i].Offset == offset)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A register.</summary>
    /// <param name="Offset">Byte offset in the block.</param>
    /// <param name="Mask">The bits that software can change; 0 for status, flags that never stand, and actions.</param>
    /// <param name="Reset">The value after a reset.</param>
    protected readonly record struct Register(uint Offset, uint Mask, uint Reset = 0);
}
