// AOBUREG: eight words that keep their content while there is power. boot1 keeps a hash of AORAM there, and Xous
// a flag and a key. Facts: datasheet, backup registers.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The backup registers.</summary>
public sealed class AoBackup(SystemOnChip soc) : Peripheral(soc, "AOBUREG")
{
    private readonly uint[] words = new uint[8];

    public override uint Read(uint offset) =>
        offset / 4 < words.Length ? words[offset / 4] : UnmodelledRead(offset);

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (offset / 4 < words.Length)
        {
            words[offset / 4] = Merge(words[offset / 4], value, lanes);
        }
        else
        {
            UnmodelledWrite(offset, value);
        }
    }

    public override void Reset(ResetKind kind)
    {
        if (kind == ResetKind.PowerOn)
        {
            words.AsSpan().Clear();
        }
    }

    public override void State(StateStream state) => state.U32s(words);
}
