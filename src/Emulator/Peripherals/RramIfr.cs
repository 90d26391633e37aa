// RRAM_IFR: the information rows of RRAM, 32 lines that the factory writes: trims, where the die was, public keys,
// which regions are protected. Their content stands in FactoryPart. They are written like any line of RRAM, where a row
// is not locked; what they protect is taken over at a reset. Facts: RTL of rrc; boot code's use of them.

using System.Buffers.Binary;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The information rows.</summary>
public sealed class RramIfr(SystemOnChip soc) : Peripheral(soc, "RRAM_IFR")
{
    public const uint Base = 0x6040_0000;

    private const int RowLength = (int)RramLayout.LineLength;

    private readonly byte[] rows = FactoryPart.InformationRows(soc.Seed);
    private readonly byte[] latched = new byte[FactoryPart.InformationLength];

    /// <summary>Decides over loads and takes stores.</summary>
    internal Rrc Controller { get; set; } = null!;

    public override uint Read(uint offset) => offset >= FactoryPart.InformationLength ? UnmodelledRead(offset)
        : Controller.MayLoad(Base + offset) ? BinaryPrimitives.ReadUInt32LittleEndian(rows.AsSpan((int)offset))
        : 0;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (offset >= FactoryPart.InformationLength)
        {
            UnmodelledWrite(offset, value);
            return;
        }

        Controller.Store(Base + offset, value, lanes);
    }

    public override void Reset(ResetKind kind)
    {
        if (kind != ResetKind.Core)
        {
            rows.CopyTo(latched, 0);
        }
    }

    public override void State(StateStream state)
    {
        state.Bytes(rows);
        state.Bytes(latched);
    }

    /// <summary>A row as it stood at the last reset.</summary>
    internal ReadOnlySpan<byte> LatchedRow(int number) => latched.AsSpan(number * RowLength, RowLength);

    /// <summary>The bytes of the row at an address, for the controller to read and change.</summary>
    internal Span<byte> Row(uint address) =>
        rows.AsSpan((int)(address % FactoryPart.InformationLength) & -RowLength, RowLength);

    internal void Erase() => Array.Clear(rows);
}
