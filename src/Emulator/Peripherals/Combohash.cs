// COMBOHASH: the hash unit. Every signature check of the boot chain goes through its SHA-512.
// Facts: datasheet, combohash; RTL of combohash and of its DMA channels.
// - A run takes the running state from HOUT (SEGPTR HOUT), or starts afresh where OPT2 has ifstart; hashes
//   OPT1 + 1 blocks from MSG; and writes the state to HOUT, with ifsob to SOB as well, both at SEGPTR HOUT2. It
//   pads nothing.
// - Words of the RAM are numbers; OPT3 reverses their bytes: bit 4 what comes from MSG, bit 5 the state from HOUT,
//   bit 7 the result. So 0xB0 means: message and digest lie in memory as bytes in standard order.
// - The first block starts at SEGPTR MSG; each later one at SEGPTR MSG plus where the one before ended, which is
//   right behind it only where SEGPTR MSG is 0.
// - FR flags are set at the end and stay until 1 is written: 0 all done, 1 hashed, 2 written, 3 read.
// - Function 0xFF loads the tables of all functions from the start of the RAM; here those of SHA-2 are built in, and
//   what it loads does not matter.
// Time: 8 cycles of the engine's clock a round and 4 a word that is moved, at half of the CPU's clock, as boot1
// leaves it: an estimate. Memory changes at the end of a run.
// Not modelled, reported when started, and never done: RIPEMD, BLAKE2, BLAKE3, SHA-3, HMAC, the Schnorr tweak, and MSG
// as a FIFO.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The hash unit of the crypto engine.</summary>
public sealed class Combohash : Peripheral
{
    private const uint CRFUNC = 0x00;
    private const uint AR = 0x04;
    private const uint SRMFSM = 0x08;
    private const uint FR = 0x0C;
    private const uint OPT1 = 0x10;
    private const uint OPT2 = 0x14;
    private const uint OPT3 = 0x18;
    private const uint BLKT0 = 0x1C;
    private const uint SEGPTR0 = 0x20;
    private const uint SEGPTR7 = 0x3C;
    private const uint KEYIDX = 0x60;

    private const uint SHA256 = 0x00;
    private const uint SHA512 = 0x01;
    private const uint INIT = 0xFF;

    private const uint AR_START = 0x5A;
    private const uint SRMFSM_HASHING = 0x20;
    private const uint FR_READ = 1 << 3;
    private const uint FR_ALL = 0x0F;
    private const uint FR_MFSM_DONE = 1 << 0;
    private const uint OPT2_IFSOB = 1 << 1;
    private const uint OPT2_IFSTART = 1 << 2;
    private const uint OPT2_SCHNORR = 3 << 3;
    private const uint OPT2_IFSKEY = 1 << 6;

    // Segments have a pointer and a bit of OPT3 each; 7 stands for results.
    private const int MSG = 4;
    private const int HOUT = 5;
    private const int HOUT2 = 7;

    private const uint TableWords = 428;
    private const ulong CyclesPerRound = 2 * 8;
    private const ulong CyclesPerWord = 2 * 4;

    private readonly SceRam ram;
    private readonly SceGlbsfr engine;
    private readonly ScheduledEvent finish;
    private readonly uint[] pointers = new uint[8];
    private uint function;
    private uint flags;
    private uint lastBlock;
    private uint options;
    private uint swaps;
    private uint blakeLength;
    private uint keyIndex;

    public Combohash(SystemOnChip soc, SceRam ram, SceGlbsfr engine)
        : base(soc, "COMBOHASH")
    {
        this.ram = ram;
        this.engine = engine;
        finish = new ScheduledEvent(soc.Events, EventPriority.Device, Finish);
    }

    public override uint Read(uint offset) => offset switch
    {
        CRFUNC => function,
        AR => 0,
        SRMFSM => finish.IsScheduled ? SRMFSM_HASHING : 0,
        FR => flags,
        OPT1 => lastBlock,
        OPT2 => options,
        OPT3 => swaps,
        BLKT0 => blakeLength,
        >= SEGPTR0 and <= SEGPTR7 => pointers[(offset - SEGPTR0) / 4],
        KEYIDX => keyIndex,
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (offset == FR)
        {
            flags &= ~value;
            return;
        }

        if (finish.IsScheduled)
        {
            return; // registers are locked during a run
        }

        switch (offset)
        {
            case CRFUNC:
                function = Merge(function, value, lanes) & 0xFF;
                break;
            case AR when value == AR_START:
                Start();
                break;
            case AR or SRMFSM:
                break;
            case OPT1:
                lastBlock = Merge(lastBlock, value, lanes) & 0xFFFF;
                break;
            case OPT2:
                options = Merge(options, value, lanes) & 0x7F;
                break;
            case OPT3:
                swaps = Merge(swaps, value, lanes) & 0xFF;
                break;
            case BLKT0:
                blakeLength = Merge(blakeLength, value, lanes) & 0xFF;
                break;
            case >= SEGPTR0 and <= SEGPTR7:
                ref uint pointer = ref pointers[(offset - SEGPTR0) / 4];
                pointer = Merge(pointer, value, lanes) & 0xFFF;
                break;
            case KEYIDX:
                keyIndex = Merge(keyIndex, value, lanes) & 0x3FF;
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        finish.Cancel();
        Array.Clear(pointers);
        function = flags = lastBlock = options = swaps = keyIndex = 0;
        blakeLength = 0x40;
    }

    public override void State(StateStream state)
    {
        state.U32s(pointers);
        state.U32(ref function);
        state.U32(ref flags);
        state.U32(ref lastBlock);
        state.U32(ref options);
        state.U32(ref swaps);
        state.U32(ref blakeLength);
        state.U32(ref keyIndex);
        state.Event(finish);
    }

    private static string? NameOf(uint function) => function switch
    {
        SHA256 or SHA512 or INIT => null,
        2 => "RIPEMD",
        3 => "BLAKE2s",
        4 => "BLAKE2b",
        5 => "BLAKE3",
        6 => "SHA-3",
        0x40 or 0x50 or 0x60 => "HMAC-SHA-256",
        0x41 or 0x51 or 0x61 => "HMAC-SHA-512",
        _ => "unknown function",
    };

    private void Start()
    {
        string? missing = NameOf(function)
            ?? (function == INIT ? null
                : (options & OPT2_SCHNORR) != 0 ? "Schnorr tweak"
                : ram.IsFifo(SceRam.Msg) ? "MSG FIFO"
                : null);
        if (missing is not null)
        {
            UnmodelledWrite(AR, AR_START, missing);
            return;
        }

        engine.Begin(SceUnit.Hash);
        Soc.Schedule(finish, Soc.Now + Duration());
    }

    private ulong Duration()
    {
        if (function == INIT)
        {
            return TableWords * CyclesPerWord;
        }

        (ulong rounds, ulong words) = function == SHA512 ? (80ul, 32ul) : (64ul, 16ul);
        return ((lastBlock & 0xFFFF) + 1) * ((rounds * CyclesPerRound) + (words * CyclesPerWord));
    }

    private void Finish()
    {
        if (function == INIT)
        {
            flags |= FR_MFSM_DONE | FR_READ;
        }
        else
        {
            Hash();
            flags |= FR_ALL;
        }

        engine.End(SceUnit.Hash, isDone: true);
    }

    private void Hash()
    {
        bool is512 = function == SHA512;
        Span<uint> state = stackalloc uint[is512 ? 16 : 8];
        Span<uint> block = stackalloc uint[is512 ? 32 : 16];
        if ((options & OPT2_IFSTART) == 0)
        {
            ram.ReadBlock(SceRam.Hout, pointers[HOUT], state, IsSwapped(HOUT));
        }
        else if (is512)
        {
            Sha2.Begin512(state);
        }
        else
        {
            Sha2.Begin256(state);
        }

        uint ended = 0;
        for (uint i = 0; i <= (lastBlock & 0xFFFF); i++)
        {
            ended = ram.ReadBlock(SceRam.Msg, pointers[MSG] + ended, block, IsSwapped(MSG));
            if (is512)
            {
                Sha2.Compress512(state, block);
            }
            else
            {
                Sha2.Compress256(state, block);
            }
        }

        ram.WriteBlock(SceRam.Hout, pointers[HOUT2], state, IsSwapped(HOUT2));
        if ((options & (OPT2_IFSOB | OPT2_IFSKEY)) == OPT2_IFSOB)
        {
            ram.WriteBlock(SceRam.Sob, pointers[HOUT2], state, IsSwapped(HOUT2));
        }
    }

    private bool IsSwapped(int segment) => (swaps & (1u << segment)) != 0;
}
