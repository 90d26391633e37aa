// TRNG: random words, one a read (BUF) or as a stream into a segment of the crypto engine's RAM. They come from the
// device's seed alone: the same seed gives the same words in the same order, another seed others.
// Facts: datasheet, TRNG; RTL of trng; the drivers of Xous and of the C SDK.
// - BUF is decoded at 0x20 to 0x3F; every access moves the buffer's address (SR 31:30) on.
// - AR 0x5A streams OPT.15:0 times 4 words into RNGA or (OPT.16) RNGB, sets FR.0 and stops. Without the segment's FIFO
//   all go to its first 4 words. Generation takes no time here.
// - A stream without a count does not end before AR 0xA5; here it fills its segment once and goes no further.
// Sources, filters, health test and the DRBG's inputs change nothing; BUF is always ready; no health error occurs.
//
// The generator is SplitMix64, whose state is a counter, so that words which a long stream overwrites need not be
// made. It is no secret: who knows the device's seed knows the words.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The random number generator.</summary>
public sealed class Trng : Peripheral
{
    private const uint CRSRC = 0x00;
    private const uint CRANA = 0x04;
    private const uint PP = 0x08;
    private const uint OPT = 0x0C;
    private const uint SR = 0x10;
    private const uint AR = 0x14;
    private const uint FR = 0x18;
    private const uint BUF_FIRST = 0x20;
    private const uint BUF_LAST = 0x3C;
    private const uint CHAIN0 = 0x40;
    private const uint CHAIN3 = 0x4C;

    private const uint AR_START = 0x5A;
    private const uint AR_STOP = 0xA5;
    private const uint AR_GENERATE = 0x55;
    private const uint SR_BUFREADY = 1 << 28;
    private const uint FR_DONE = 1 << 0;
    private const uint OPT_SEGMENT_B = 1 << 16;

    private const int WordsAtOnce = 4;
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private readonly SceRam ram;
    private readonly SceGlbsfr engine;
    private readonly uint[] chain = new uint[4];
    private ulong generator;
    private uint sources;
    private uint analog;
    private uint postProcessing;
    private uint options;
    private uint generated;
    private uint flags;
    private byte bufferAddress;

    public Trng(SystemOnChip soc, SceRam ram, SceGlbsfr engine)
        : base(soc, "TRNG")
    {
        this.ram = ram;
        this.engine = engine;
        generator = soc.Seed;
    }

    public override uint Read(uint offset)
    {
        switch (offset)
        {
            case CRSRC:
                return sources;
            case CRANA:
                return analog;
            case PP:
                return postProcessing;
            case OPT:
                return options;
            case SR:
                return Status();
            case AR:
                return 0;
            case FR:
                return flags;
            case >= BUF_FIRST and <= BUF_LAST:
                bufferAddress++;
                return NextWord();
            case >= CHAIN0 and <= CHAIN3:
                return chain[(offset - CHAIN0) / 4];
            default:
                return UnmodelledRead(offset);
        }
    }

    public override ulong SteadyUntil(uint offset) => offset is >= BUF_FIRST and <= BUF_LAST ? 0 : ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case CRSRC:
                sources = Merge(sources, value, lanes) & 0x1FFF;
                break;
            case CRANA:
                analog = Merge(analog, value, lanes) & 0xFFFF;
                break;
            case PP:
                postProcessing = Merge(postProcessing, value, lanes) & 0x1_FFFF;
                break;
            case OPT:
                options = Merge(options, value, lanes) & 0x1_FFFF;
                break;
            case AR when value == AR_START:
                Start();
                break;
            case AR when value == AR_STOP:
                engine.End(SceUnit.Trng, isDone: false);
                break;
            case AR when value == AR_GENERATE:
                break; // silicon raises no event for it either
            case AR or SR:
                break;
            case FR:
                flags &= ~value;
                break;
            case >= BUF_FIRST and <= BUF_LAST:
                bufferAddress++;
                break;
            case >= CHAIN0 and <= CHAIN3:
                ref uint enables = ref chain[(offset - CHAIN0) / 4];
                enables = Merge(enables, value, lanes);
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    // The words go on over every reset: a device that starts again must not repeat what it drew before.
    public override void Reset(ResetKind kind)
    {
        Array.Clear(chain);
        sources = analog = postProcessing = options = generated = flags = 0;
        bufferAddress = 0;
    }

    public override void State(StateStream state)
    {
        state.U32s(chain);
        state.U64(ref generator);
        state.U32(ref sources);
        state.U32(ref analog);
        state.U32(ref postProcessing);
        state.U32(ref options);
        state.U32(ref generated);
        state.U32(ref flags);
        state.U8(ref bufferAddress);
    }

    private uint Status()
    {
        uint address = bufferAddress & 7u;
        return (address >= 4 ? 1u << 31 : 0) | ((address & 3) != 0 ? 1u << 30 : 0) | SR_BUFREADY | (generated & 0xFFFF);
    }

    private void Start()
    {
        uint count = options & 0xFFFF;
        SceSegment segment = (options & OPT_SEGMENT_B) != 0 ? SceRam.Rngb : SceRam.Rnga;
        engine.Begin(SceUnit.Trng);
        generated = count;
        if (ram.IsFifo(segment))
        {
            Stream(segment, count == 0 ? segment.Words : count * WordsAtOnce);
        }
        else
        {
            Overwrite(segment, Math.Max(count, 1));
        }

        if (count != 0)
        {
            flags |= FR_DONE;
            engine.End(SceUnit.Trng, isDone: true);
        }
    }

    private void Stream(SceSegment segment, uint words)
    {
        uint kept = Math.Min(words, segment.Words);
        Span<uint> last = stackalloc uint[(int)kept];
        Draw(last, skipped: words - kept);
        ram.Stream(segment, words - kept, last);
    }

    private void Overwrite(SceSegment segment, uint times)
    {
        Span<uint> last = stackalloc uint[WordsAtOnce];
        Draw(last, skipped: (times - 1) * WordsAtOnce);
        ram.WriteBlock(segment, 0, last, swapped: false);
    }

    private void Draw(Span<uint> into, uint skipped)
    {
        generator += skipped * Step;
        foreach (ref uint word in into)
        {
            word = NextWord();
        }
    }

    private uint NextWord()
    {
        generator += Step;
        ulong mixed = (generator ^ (generator >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return (uint)((mixed ^ (mixed >> 31)) >> 32);
    }
}
