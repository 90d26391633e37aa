// RESETVALUE: tells the address that the core starts from after a reset. Facts: generated core.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The reset vector, read-only.</summary>
public sealed class ResetValue(SystemOnChip soc) : Peripheral(soc, "RESETVALUE")
{
    private const uint PC = 0x00;

    public override uint Read(uint offset) => offset == PC ? Soc.ResetVector : UnmodelledRead(offset);

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (offset != PC)
        {
            UnmodelledWrite(offset, value);
        }
    }

    public override void Reset(ResetKind kind)
    {
    }

    public override void State(StateStream state)
    {
    }
}
