// CSRTEST: two registers that let a program check its CSR accessors. Facts: generated core.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>RTEST reads WTEST plus a constant.</summary>
public sealed class CsrTest(SystemOnChip soc) : Peripheral(soc, "CSRTEST")
{
    private const uint WTEST = 0x00;
    private const uint RTEST = 0x04;

    private uint test;

    public override uint Read(uint offset) => offset switch
    {
        WTEST => test,
        RTEST => unchecked(test + 0x1000_0000),
        _ => UnmodelledRead(offset),
    };

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case WTEST:
                test = value;
                break;
            case RTEST:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind) => test = 0;

    public override void State(StateStream state) => state.U32(ref test);
}
