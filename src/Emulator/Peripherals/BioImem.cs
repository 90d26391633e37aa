// BIO_IMEM: the memories of the BIO's cores, 4 KiB of code and data each, a page for each core. The host reaches one
// while its core is off; a write meanwhile is lost. A write is of a whole word, whatever was stored.
// Facts: RTL of bio_bdma. Simplified: while its core is on, a read gives what stands there, silicon the word that the
// core has fetched last.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The memories of the BIO's cores.</summary>
public sealed class BioImem(SystemOnChip soc, BioBdma bio) : Peripheral(soc, "BIO_IMEM")
{
    private const int WordsOfCore = 1024;

    private readonly uint[] words = new uint[BioBdma.Cores * WordsOfCore];

    public override uint Read(uint offset) => words[offset / 4];

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        uint word = offset / 4;
        if (!bio.IsRunning((int)(word / WordsOfCore)))
        {
            words[word] = value;
        }
    }

    public override void Reset(ResetKind kind)
    {
        if (kind == ResetKind.PowerOn)
        {
            Array.Clear(words);
        }
    }

    public override void State(StateStream state) => state.U32s(words);
}
