// BIO_FIFO: the BIO's FIFOs once more, a page for each, so that a process can own one of them. A page shows levels,
// events and its own FIFO at the offsets that they have in BIO_BDMA. Facts: RTL of bio_bdma.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Pages of one FIFO each.</summary>
public sealed class BioFifo(SystemOnChip soc, BioBdma bio) : Peripheral(soc, "BIO_FIFO")
{
    private const uint Page = 0x1000;

    public override uint Read(uint offset) =>
        IsShown(offset) ? bio.Read(offset % Page) : UnmodelledRead(offset);

    public override ulong SteadyUntil(uint offset) => bio.SteadyUntil(offset % Page);

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (IsShown(offset))
        {
            bio.Write(offset % Page, value, lanes);
        }
        else
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

    private static bool IsShown(uint offset)
    {
        uint fifo = offset / Page * 4;
        uint register = offset % Page;
        return register is BioBdma.FLEVEL or BioBdma.EVENT_SET or BioBdma.EVENT_CLR or BioBdma.EVENT_STATUS
            || register == BioBdma.TXF0 + fifo || register == BioBdma.RXF0 + fifo;
    }
}
