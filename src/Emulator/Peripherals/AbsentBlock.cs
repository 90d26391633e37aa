// A block that the chip has and this machine has not: it reads 0, ignores writes, and every first touch of a
// register is reported by name, so that nothing is silently zero.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Stands in the memory map for a block that is not modelled.</summary>
public sealed class AbsentBlock(SystemOnChip soc, string name) : Peripheral(soc, name)
{
    public override uint Read(uint offset) => UnmodelledRead(offset);

    public override void Write(uint offset, uint value, uint lanes) => UnmodelledWrite(offset, value);

    public override void Reset(ResetKind kind)
    {
    }

    public override void State(StateStream state)
    {
    }
}
