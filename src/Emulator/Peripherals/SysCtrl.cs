// SYSCTRL: clock generation (CGU), resets (RCU) and control of oscillator and PLL (IPC).
// Facts: datasheet, clock generation; RTL of sysctrl; the clock set-up of Xous.
//   clksys = CGUSEL1 ? 48 MHz crystal : 32 MHz oscillator             at once
//   pll0   = clksys / M × N / ((Q0 + 1) (Q1 + 1))                     IPCARIPFLOW = 0x32 commits PLLMN, PLLF, PLLQ
//   clktop = CGUSEL0 ? pll0 : clksys                                  CGUSET = 0x32 commits CGUSEL0, CGUFD, FDPER
//   fclk, aclk, hclk, iclk, pclk = clktop × (fd + 1) / 256            fd: bits 7:0 of the five CGUFD
//   perclk = clktop × (fd + 1) / 512                                  fd: bits 7:0 of FDPER
// There is no lock to wait for. A PLL that cannot run (M or N of 0) leaves clktop on clksys; silicon would stop.
// Kept and without effect: clock cipher, low-power dividers and modes, sub-gates, PLL power-down, PLL1's own
// dividers (its meter shows a quarter of PLL0, which is how firmware sets it).
// Every reset returns the registers to their reset values but CGUSEL1, which is lost only with power or by
// RCURST0. RCUSRCFR collects the causes until software clears them.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Clocks and resets.</summary>
public sealed class SysCtrl(SystemOnChip soc, AoSysCtrl ao) : Peripheral(soc, "SYSCTRL")
{
    private const uint SEEDAR = 0x0C;
    private const uint CGUSEL0 = 0x10;
    private const uint CGUFD = 0x14; // five of them: f, a, h, i, p
    private const uint CGUSET = 0x2C;
    private const uint CGUSEL1 = 0x30;
    private const uint FDPKE = 0x34;
    private const uint FDPER = 0x3C;
    private const uint METER_FCLK_PKE = 0x40;
    private const uint METER_AO_AORAM = 0x44;
    private const uint METER_OSC_XTAL = 0x48;
    private const uint METER_PLL0_PLL1 = 0x4C;
    private const uint FSVLD = 0x50;
    private const uint RCURST0 = 0x80;
    private const uint RCURST1 = 0x84;
    private const uint RCUSRCFR = 0x88;
    private const uint IPCARIPFLOW = 0x90;
    private const uint PLLMN = 0xA0;
    private const uint PLLF = 0xA4;
    private const uint PLLQ = 0xA8;

    private const uint CGUSET_COMMIT = 0x32;
    private const uint IPCARIPFLOW_COMMIT_PLL = 0x32;
    private const uint IPCARIPFLOW_APPLY_PMU = 0x57;
    private const uint RCURST_MAGIC = 0x55AA;
    private const uint PLLF_ENABLE = 1 << 24;
    private const int FractionBits = 24;
    private const int DividedClocks = 5;

    private const uint OscillatorHertz = 32_000_000;
    private const uint CrystalHertz = 48_000_000;
    private const uint Megahertz = 1_000_000;
    private const uint SlowClocksMegahertz = 2; // the always-on clocks, as the meters show them

    private const uint CAUSE_CHIP = 1 << 8;
    private const uint CAUSE_RCURST0 = 1 << 5;
    private const uint CAUSE_PAD = 1 << 4;
    private const uint CAUSE_WATCHDOG = 1 << 1;
    private const uint CAUSE_RCURST1 = 1 << 0;

    // The registers that are plain storage: which bits exist, and their value after a reset.
    private static readonly (uint Offset, uint Mask, uint Reset)[] Registers =
    [
        (0x00, 0x0000_FFFF, 0x8000), // CGUSEC
        (0x04, 0x0000_FFFF, 0), // CGULP
        (0x08, 0xFFFF_FFFF, 0), // SEED
        (CGUSEL0, 0x0000_0003, 0),
        (CGUFD + 0x00, 0xFFFF_FFFF, 0x0F7F),
        (CGUFD + 0x04, 0xFFFF_FFFF, 0x0F7F),
        (CGUFD + 0x08, 0xFFFF_FFFF, 0x0F7F),
        (CGUFD + 0x0C, 0xFFFF_FFFF, 0x0F7F),
        (CGUFD + 0x10, 0xFFFF_FFFF, 0x0F7F),
        (0x28, 0xFFFF_FFFF, 0x0F0F_0F0F), // CGUFDAO
        (CGUSEL1, 0x0000_0001, 0),
        (FDPKE, 0x0000_00FF, 0xFF),
        (0x38, 0x0000_FFFF, 0x0F0F), // FDAORAM
        (FDPER, 0xFFFF_FFFF, 0x00FF_FFFF),
        (0x54, 0x0000_FFFF, 48), // FSCR
        (0x60, 0x0000_00FF, 0xFF), // ACLKGR
        (0x64, 0x0000_00FF, 0xFF), // HCLKGR
        (0x68, 0x0000_00FF, 0xFF), // ICLKGR
        (0x6C, 0x0000_00FF, 0xFF), // PCLKGR
        (0x94, 0x0000_FFFF, 1), // IPCEN
        (0x98, 0x0000_FFFF, 1), // IPCLPEN
        (0x9C, 0x0000_007F, 0x26), // IPCOSC
        (PLLMN, 0x0001_FFFF, 0),
        (PLLF, 0x01FF_FFFF, 0xFF),
        (PLLQ, 0x0000_7FFF, 0),
        (0xAC, 0x0000_FFFF, 0x53), // IPCCR
        (0xC0, 0xFFFF_FFFF, 0), // OWR
    ];

    private readonly uint[] values = new uint[Registers.Length];

    // What the last commits put into force.
    private readonly uint[] appliedDividers = new uint[DividedClocks];
    private bool appliedTopIsPll;
    private uint appliedPeripheralDivider;
    private uint appliedPllMultiplier;
    private uint appliedPllFraction;
    private uint appliedPllOutput;
    private uint causes;

    private uint Clksys => Value(CGUSEL1) != 0 ? CrystalHertz : OscillatorHertz;

    public override uint Read(uint offset)
    {
        int register = Find(offset);
        if (register >= 0)
        {
            return values[register];
        }

        uint pll0 = Pll0() / Megahertz;
        return offset switch
        {
            SEEDAR or CGUSET or RCURST0 or RCURST1 or IPCARIPFLOW => 0, // action registers
            METER_FCLK_PKE => Meters(
                Soc.Clocks.Frequencies.Fclk / Megahertz, pll0 / 4 * (Value(FDPKE) + 1) / 256),
            METER_AO_AORAM => Meters(SlowClocksMegahertz, SlowClocksMegahertz),
            METER_OSC_XTAL => Meters(OscillatorHertz / Megahertz, CrystalHertz / Megahertz),
            METER_PLL0_PLL1 => Meters(pll0, pll0 / 4),
            FSVLD => 0xFF,
            RCUSRCFR => causes,
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        int register = Find(offset);
        if (register >= 0)
        {
            values[register] = Merge(values[register], value, lanes) & Registers[register].Mask;
            if (offset == CGUSEL1)
            {
                SetClocks();
            }

            return;
        }

        switch (offset)
        {
            case CGUSET when value == CGUSET_COMMIT:
                ApplyDividers();
                SetClocks();
                break;
            case IPCARIPFLOW when value == IPCARIPFLOW_COMMIT_PLL:
                ApplyPll();
                SetClocks();
                break;
            case IPCARIPFLOW when value == IPCARIPFLOW_APPLY_PMU:
                ao.ApplyPmu();
                break;
            case RCURST0 when value == RCURST_MAGIC:
                Soc.RequestReset(ResetKind.Chip);
                break;
            case RCURST1 when value == RCURST_MAGIC:
                Soc.RequestReset(ResetKind.Core);
                break;
            case RCUSRCFR:
                causes &= ~value;
                break;
            case SEEDAR or CGUSET or RCURST0 or RCURST1 or IPCARIPFLOW:
                break; // an action that this model has no use for, or a word that means none
            case >= METER_FCLK_PKE and <= FSVLD:
                break; // read-only
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        uint oscillator = kind is ResetKind.PowerOn or ResetKind.Chip ? 0 : Value(CGUSEL1);
        for (int i = 0; i < Registers.Length; i++)
        {
            values[i] = Registers[i].Offset == CGUSEL1 ? oscillator : Registers[i].Reset;
        }

        uint cause = kind switch
        {
            ResetKind.Chip => CAUSE_RCURST0,
            ResetKind.Pad => CAUSE_PAD,
            ResetKind.Watchdog => CAUSE_WATCHDOG,
            ResetKind.Core => CAUSE_RCURST1,
            _ => CAUSE_CHIP,
        };
        causes = kind == ResetKind.PowerOn ? cause : causes | cause;
        ApplyDividers();
        ApplyPll();
        SetClocks();
    }

    public override void State(StateStream state)
    {
        state.U32s(values);
        state.U32s(appliedDividers);
        state.Bool(ref appliedTopIsPll);
        state.U32(ref appliedPeripheralDivider);
        state.U32(ref appliedPllMultiplier);
        state.U32(ref appliedPllFraction);
        state.U32(ref appliedPllOutput);
        state.U32(ref causes);
    }

    private static uint Meters(uint high, uint low) => (Math.Min(high, 0xFFFF) << 16) | Math.Min(low, 0xFFFF);

    private static int Find(uint offset)
    {
        for (int i = 0; i < Registers.Length; i++)
        {
            if (Registers[i].Offset == offset)
            {
                return i;
            }
        }

        return -1;
    }

    private uint Value(uint offset) => values[Find(offset)];

    private void ApplyDividers()
    {
        appliedTopIsPll = (Value(CGUSEL0) & 1) != 0;
        appliedPeripheralDivider = Value(FDPER) & 0xFF;
        for (uint clock = 0; clock < DividedClocks; clock++)
        {
            appliedDividers[clock] = Value(CGUFD + (clock * 4)) & 0xFF;
        }
    }

    private void ApplyPll()
    {
        appliedPllMultiplier = Value(PLLMN);
        appliedPllFraction = Value(PLLF);
        appliedPllOutput = Value(PLLQ);
    }

    // In hertz; 0 while the PLL cannot run.
    private uint Pll0()
    {
        uint m = (appliedPllMultiplier >> 12) & 0x1F;
        uint n = appliedPllMultiplier & 0xFFF;
        if (m == 0 || n == 0)
        {
            return 0;
        }

        uint fraction = (appliedPllFraction & PLLF_ENABLE) != 0 ? appliedPllFraction & (PLLF_ENABLE - 1) : 0;
        uint q = ((appliedPllOutput & 7) + 1) * (((appliedPllOutput >> 4) & 7) + 1);
        UInt128 hertz = (UInt128)Clksys * (((ulong)n << FractionBits) | fraction) / ((ulong)m * q << FractionBits);
        return (uint)UInt128.Min(hertz, uint.MaxValue);
    }

    private void SetClocks()
    {
        uint pll0 = Pll0();
        ulong top = appliedTopIsPll && pll0 != 0 ? pll0 : Clksys;
        uint Divided(int clock) => (uint)(top * (appliedDividers[clock] + 1ul) / 256);
        Soc.Clocks.Set(Soc.Now, new ClockFrequencies(
            Fclk: Divided(0),
            Aclk: Divided(1),
            Hclk: Divided(2),
            Iclk: Divided(3),
            Pclk: Divided(4),
            Perclk: (uint)(top * (appliedPeripheralDivider + 1ul) / 512),
            Clksys: Clksys));
    }
}
