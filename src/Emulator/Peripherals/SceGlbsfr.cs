// SCE_GLBSFR: what the units of the crypto engine have in common: clocks, resets, busy and done flags, FIFOs.
// Facts: datasheet, SCE; RTL of sce_glbsfr and sce_sec.
// - FRDONE is set by a unit's done pulse and cleared by writing 1; the same pulse goes to irqarrays 3 and 4, and
//   the TRNG's to irqarray 14, too.
// - AR 0x5A resets the engine: registers of all units and the RAM, but neither FFEN nor the FIFOs. 0xA5 clears the RAM.
// - SCEMODE can be written while it is 0 only.
// The clocks of SUBEN gate nothing. Not modelled, and reported: the secure modes of SCEMODE, byte swaps and XOR of CPU
// accesses (AHBSOPT), the trust state. The tick counter reads 0, and nothing ever fails (FRERR, FRACERR).

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A unit of the crypto engine; the number is its bit in SRBUSY, FRDONE and the interrupt banks.</summary>
public enum SceUnit
{
    Trng = 0,
    Aes = 1,
    Hash = 3,
}

/// <summary>Global registers of the crypto engine.</summary>
public sealed class SceGlbsfr(SystemOnChip soc, SceRam ram) : Peripheral(soc, "SCE_GLBSFR")
{
    private const uint SCEMODE = 0x00;
    private const uint SUBEN = 0x04;
    private const uint AHBSOPT = 0x08;
    private const uint SRBUSY = 0x10;
    private const uint FRDONE = 0x14;
    private const uint FRERR = 0x18;
    private const uint AR = 0x1C;
    private const uint TICKCYC = 0x20;
    private const uint TICKCNT = 0x24;
    private const uint FFEN = 0x30;
    private const uint FFCLR = 0x34;
    private const uint FFCNT0 = 0x40;
    private const uint FFCNT5 = 0x54;
    private const uint FRACERR = 0x60;

    private const uint AR_RESET = 0x5A;
    private const uint AR_CLEAR_RAM = 0xA5;
    private const uint ClearFifo0 = 0xFF00;
    private const uint AllClocks = 0x1F;

    private const int DoneBank = 3;
    private const int DoneBankCopy = 4;
    private const int TrngBank = 14;
    private const int TrngSource = 8;

    private uint mode;
    private uint clocks;
    private uint accessOptions;
    private uint busy;
    private uint done;
    private uint tickCycles;

    /// <summary>The blocks that a reset of the engine reaches.</summary>
    public IReadOnlyList<Peripheral> Units { get; internal set; } = [];

    /// <summary>A unit has started.</summary>
    public void Begin(SceUnit unit) => busy |= 1u << (int)unit;

    /// <summary>A unit has ended, and is done or was stopped.</summary>
    public void End(SceUnit unit, bool isDone)
    {
        busy &= ~(1u << (int)unit);
        if (!isDone)
        {
            return;
        }

        done |= 1u << (int)unit;
        Soc.Irqs[DoneBank].Pulse((int)unit);
        Soc.Irqs[DoneBankCopy].Pulse((int)unit);
        if (unit == SceUnit.Trng)
        {
            Soc.Irqs[TrngBank].Pulse(TrngSource);
        }
    }

    public override uint Read(uint offset) => offset switch
    {
        SCEMODE => mode,
        SUBEN => clocks,
        AHBSOPT => accessOptions,
        SRBUSY => busy,
        FRDONE => done,
        FRERR or AR or TICKCNT or FFCLR or FRACERR => 0,
        TICKCYC => tickCycles,
        FFEN => ram.FifoEnable,
        >= FFCNT0 and <= FFCNT5 => ram.FifoStatus((int)(offset - FFCNT0) / 4),
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case SCEMODE:
                mode = mode == 0 ? value & 3 : mode;
                ReportUnlessZero(offset, mode);
                break;
            case SUBEN:
                clocks = Merge(clocks, value, lanes) & AllClocks;
                break;
            case AHBSOPT:
                accessOptions = Merge(accessOptions, value, lanes) & 0x1F;
                ReportUnlessZero(offset, accessOptions);
                break;
            case FRDONE:
                done &= ~value;
                break;
            case AR when value == AR_RESET:
                ResetEngine();
                break;
            case AR when value == AR_CLEAR_RAM:
                ram.Clear();
                break;
            case TICKCYC:
                tickCycles = Merge(tickCycles, value, lanes) & 0xFF;
                break;
            case FFEN:
                ram.FifoEnable = Merge(ram.FifoEnable, value, lanes);
                break;
            case FFCLR when value - ClearFifo0 < SceRam.FifoCount:
                ram.ClearFifo((int)(value - ClearFifo0));
                break;
            case AR or FFCLR or SRBUSY or FRERR or TICKCNT or FRACERR or (>= FFCNT0 and <= FFCNT5):
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        mode = accessOptions = busy = done = tickCycles = 0;
        clocks = AllClocks;
    }

    public override void State(StateStream state)
    {
        state.U32(ref mode);
        state.U32(ref clocks);
        state.U32(ref accessOptions);
        state.U32(ref busy);
        state.U32(ref done);
        state.U32(ref tickCycles);
    }

    private void ResetEngine()
    {
        Reset(ResetKind.Core);
        ram.Clear();
        foreach (Peripheral unit in Units)
        {
            unit.Reset(ResetKind.Core);
        }
    }

    private void ReportUnlessZero(uint offset, uint value)
    {
        if (value != 0)
        {
            UnmodelledWrite(offset, value);
        }
    }
}
