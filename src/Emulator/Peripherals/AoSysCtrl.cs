// AO_SYSCTRL: the always-on domain's control: PMU settings, the divider of RTC's clock, wake-up and its interrupts.
// Facts: datasheet, PMU and system control; RTL of ao_sysctrl.
// - What is written to PMUCR, PMUDFT and PMUTRM0/1 is in force, and is read, once SYSCTRL's IPCARIPFLOW has had 0x57.
// - AOFR collects the sources: RTC, keypad (its event, and a column that answers), and PF0 or PF1 low. A source that
//   lasts sets its flag again after a clear.
// - aoint is the level of the sources that WKUPMASK enables; aowkupint stands from an unmasked source until
//   AOPERI_CLR, and longer while the source lasts.
// - RTC's clock is the slow clock / (2 (CLK1HZFD + 1)).
// - AO_PADPU are the pull-ups of PF0 to PF9; AO_IOX gives PF2 to PF9 to the keypad.
// Every register survives all resets but power-on.
// Kept and without effect: PMU, trims, oscillator, reset masks.
// Missing, and reported when touched: power-down (PMUPDAR).

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The always-on domain's control.</summary>
public sealed class AoSysCtrl : Peripheral
{
    private const uint CLK1HZFD = 0x04;
    private const uint WKUPMASK = 0x08;
    private const uint PMUCR = 0x10;
    private const uint PMUDFT = 0x1C;
    private const uint PMUTRM0 = 0x20;
    private const uint PMUTRM1 = 0x24;
    private const uint PMUSR = 0x38;
    private const uint PMUFR = 0x3C;
    private const uint AOFR = 0x40;
    private const uint AOPERI_CLR = 0x50;
    private const uint AO_IOX = 0x60;
    private const uint AO_PADPU = 0x64;

    private const uint AOPERI_CLR_MAGIC = 0xAA;
    private const uint PMUSR_ALL_READY = 0x1F;
    private const uint WKUPMASK_INTERRUPTS = 0xFF;
    private const int WKUPMASK_MASKS_SHIFT = 8;

    private const uint SOURCE_RTC = 1 << 1;
    private const uint SOURCE_KEYPAD_EVENT = 1 << 4;
    private const uint SOURCE_KEYPAD_COLUMN = 1 << 5;
    private const uint SOURCE_PF1 = 1 << 8;
    private const uint SOURCE_PF0 = 1 << 9;

    private const int Bank = 2;
    private const int InterruptBit = 14;
    private const int WakeBit = 15;

    // The registers that read back what was written: which bits exist, and their value at power-on.
    private static readonly (uint Offset, uint Mask, uint Reset)[] Registers =
    [
        (0x00, 0x0000_0007, 6), // CR
        (CLK1HZFD, 0x0000_3FFF, 0x3FFF),
        (WKUPMASK, 0x0003_FFFF, 0),
        (0x0C, 0x0000_001F, 0x1F), // RSTCRMASK
        (0x14, 0x0000_00FF, 0x7C), // PMUCRLP
        (0x18, 0x0000_00FF, 0x7C), // PMUCRPD
        (0x28, 0xFFFF_FFFF, 0x0842_1080), // PMUTRMLP0
        (0x2C, 0x0000_0003, 2), // PMUTRMLP1
        (0x34, 0x0001_FFFF, 0x0001_4D4D), // OSCCR
        (AO_IOX, 0x0000_0001, 0),
        (AO_PADPU, 0x0000_03FF, 0x3FF),
    ];

    // Those that read what was applied.
    private static readonly (uint Offset, uint Mask, uint Reset)[] PmuRegisters =
    [
        (PMUCR, 0x0000_00FF, 0x7C),
        (PMUDFT, 0x0000_003F, 2),
        (PMUTRM0, 0xFFFF_FFFF, 0x0842_1080),
        (PMUTRM1, 0x0000_0003, 2),
    ];

    // Of the sixteen bits of port F these ten have pads; the others read 1.
    private const uint PadsOfPortF = 0x3FF;

    private readonly Rtc rtc;
    private readonly Dkpc keypad;
    private readonly uint[] values = new uint[Registers.Length];
    private readonly uint[] pmuWritten = new uint[PmuRegisters.Length];
    private readonly uint[] pmuApplied = new uint[PmuRegisters.Length];
    private uint sources;
    private uint flags;
    private bool wake;

    public AoSysCtrl(SystemOnChip soc, Rtc rtc, Dkpc keypad)
        : base(soc, "AO_SYSCTRL")
    {
        this.rtc = rtc;
        this.keypad = keypad;
        keypad.EventChanged = level => SetSource(SOURCE_KEYPAD_EVENT, level);
        keypad.ColumnActiveChanged = level => SetSource(SOURCE_KEYPAD_COLUMN, level);
        rtc.InterruptChanged = level => SetSource(SOURCE_RTC, level);
    }

    public override uint Read(uint offset)
    {
        if (Find(Registers, offset) is >= 0 and int register)
        {
            return values[register];
        }

        if (Find(PmuRegisters, offset) is >= 0 and int applied)
        {
            return pmuApplied[applied];
        }

        return offset switch
        {
            PMUSR => PMUSR_ALL_READY,
            PMUFR => 0,
            AOFR => flags,
            AOPERI_CLR => 0, // action register
            _ => UnmodelledRead(offset),
        };
    }

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (Find(Registers, offset) is >= 0 and int register)
        {
            values[register] = Merge(values[register], value, lanes) & Registers[register].Mask;
            Apply(offset);
        }
        else if (Find(PmuRegisters, offset) is >= 0 and int pmu)
        {
            pmuWritten[pmu] = Merge(pmuWritten[pmu], value, lanes) & PmuRegisters[pmu].Mask;
        }
        else
        {
            switch (offset)
            {
                case AOFR:
                    flags &= ~value;
                    break;
                case AOPERI_CLR when value == AOPERI_CLR_MAGIC:
                    wake = false;
                    break;
                case AOPERI_CLR or PMUSR or PMUFR:
                    break; // a word that means nothing, or read-only, or a flag that never stands
                default:
                    UnmodelledWrite(offset, value);
                    break;
            }
        }

        Update();
    }

    public override void Reset(ResetKind kind)
    {
        if (kind != ResetKind.PowerOn)
        {
            return;
        }

        for (int i = 0; i < Registers.Length; i++)
        {
            values[i] = Registers[i].Reset;
        }

        for (int i = 0; i < PmuRegisters.Length; i++)
        {
            pmuWritten[i] = pmuApplied[i] = PmuRegisters[i].Reset;
        }

        sources = flags = 0;
        wake = false;
        Apply(CLK1HZFD);
        Apply(AO_IOX);
        Apply(AO_PADPU);
        Update();
    }

    public override void State(StateStream state)
    {
        state.U32s(values);
        state.U32s(pmuWritten);
        state.U32s(pmuApplied);
        state.U32(ref sources);
        state.U32(ref flags);
        state.Bool(ref wake);
    }

    /// <summary>Puts the PMU settings that were written into force.</summary>
    internal void ApplyPmu() => pmuWritten.CopyTo(pmuApplied, 0);

    /// <summary>Looks at the pads that wake the chip, and at those of the keypad.</summary>
    internal void LookAtPads()
    {
        SetSource(SOURCE_PF0, !Soc.Iox.Level(Iox.PortFPad(0)));
        SetSource(SOURCE_PF1, !Soc.Iox.Level(Iox.PortFPad(1)));
        keypad.LookAtPads();
    }

    private static int Find((uint Offset, uint Mask, uint Reset)[] registers, uint offset)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            if (registers[i].Offset == offset)
            {
                return i;
            }
        }

        return -1;
    }

    private uint Value(uint offset) => values[Find(Registers, offset)];

    private void Apply(uint offset)
    {
        switch (offset)
        {
            case CLK1HZFD:
                rtc.Divide(2 * (Value(CLK1HZFD) + 1));
                break;
            case AO_IOX:
                keypad.GivePads(Value(AO_IOX) != 0);
                break;
            case AO_PADPU:
                Soc.Iox.PullPortF(Value(AO_PADPU) | ~PadsOfPortF);
                break;
        }
    }

    private void SetSource(uint source, bool level)
    {
        uint after = level ? sources | source : sources & ~source;
        if (after != sources)
        {
            sources = after;
            Update();
        }
    }

    private void Update()
    {
        uint wkupmask = Value(WKUPMASK);
        flags |= sources;
        wake |= (sources & ~(wkupmask >> WKUPMASK_MASKS_SHIFT)) != 0;
        Soc.Irqs[Bank].SetLevel(InterruptBit, (sources & wkupmask & WKUPMASK_INTERRUPTS) != 0);
        Soc.Irqs[Bank].SetLevel(WakeBit, wake);
    }
}
