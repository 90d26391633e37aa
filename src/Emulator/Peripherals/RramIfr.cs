// RRAM_IFR: the information rows of RRAM, 32 lines that the factory writes and locks: trims, where the die was, public
// keys, which regions are protected. Their content stands in FactoryPart. Facts: RTL of rrc; boot code's use of them.

using System.Buffers.Binary;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The information rows.</summary>
public sealed class RramIfr(SystemOnChip soc) : Peripheral(soc, "RRAM_IFR")
{
    private readonly byte[] rows = FactoryPart.InformationRows(soc.Seed);

    public override uint Read(uint offset) => offset < FactoryPart.InformationLength
        ? BinaryPrimitives.ReadUInt32LittleEndian(rows.AsSpan((int)offset))
        : UnmodelledRead(offset);

    public override void Write(uint offset, uint value, uint lanes) => UnmodelledWrite(offset, value);

    public override void Reset(ResetKind kind)
    {
        // Kept without power.
    }

    public override void State(StateStream state) => state.Bytes(rows);
}
