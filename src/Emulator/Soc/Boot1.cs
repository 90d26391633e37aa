// The state that boot1 leaves for what it starts, as the writes that boot1 itself would have made: clocks at
// 350 MHz, UART2 set up for 1 Mbaud on PB13/PB14, users sealed, interrupts off. A device without boot0 and
// boot1 in its image starts here. What boot1 leaves in RRAM at its first start stands in FactoryPart.
// Where the part's bootwait counter makes boot1 wait for a command, the device goes on as if it had come.
// Facts: boot1's sources (state left for the next stage; clock set-up; coreuser map). Left out: what touches
// blocks that are not modelled (mesh, TRNG), and the backup words with their hash of AORAM.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Soc;

internal static class Boot1
{
    private static readonly (uint Address, uint Value)[] Writes =
    [
        // Clocks: dividers and gates, crystal, PLL of 2100 MHz / 3 = 700 MHz, and over to it.
        (0x4004_0014, 0x0700_01FF), // CGUFD fclk: 700 MHz
        (0x4004_0018, 0x0F00_0F7F), // aclk: 350 MHz
        (0x4004_001C, 0x1F00_073F), // hclk: 175 MHz
        (0x4004_0020, 0x3F00_031F), // iclk: 87.5 MHz
        (0x4004_0024, 0x7F00_010F), // pclk: 43.75 MHz
        (0x4004_003C, 0x0000_4848), // FDPER: perclk 99.8 MHz
        (0x4004_0060, 0x00), // ACLKGR
        (0x4004_0064, 0x02), // HCLKGR
        (0x4004_0068, 0x90), // ICLKGR
        (0x4004_006C, 0x80), // PCLKGR
        (0x4004_0030, 1), // CGUSEL1: crystal
        (0x4004_0054, 48), // FSCR
        (0x4004_00A0, 0x40AF), // PLLMN: M 4, N 175
        (0x4004_00A4, 0), // PLLF
        (0x4004_00A8, 0x0802), // PLLQ: Q0 + 1 = 3
        (0x4004_00AC, 0x53), // IPCCR
        (0x4004_0090, 0x32), // IPCARIPFLOW: commit the PLL
        (0x4004_0010, 1), // CGUSEL0: PLL
        (0x4004_002C, 0x32), // CGUSET: commit the dividers

        // Always-on domain: trims of the PMU, and RTC ticks of 1/1024 s.
        (0x4006_0020, 0x0842_1290), // PMUTRM0
        (0x4004_0090, 0x57), // IPCARIPFLOW: apply the PMU settings

        // Consoles.
        (0x4004_200C, 48), // DUART ETUC: 1 Mbaud from the crystal
        (0x5010_0000, 0x000F_FFFF), // UDMA CG: every gate open, as boot0 leaves them
        (0x5010_3024, 0x0063_0316), // UART2 SETUP: 1 Mbaud, 8N1, both directions, polling
        (0x5012_F00C, 0x1400), // AFSEL of PB8 to PB15: PB13 and PB14 are AF1

        // Who is who, sealed; and RRAM's security modes.
        (0xE000_2008, 0x0403_0201), // COREUSER MAP_LO: ASIDs 1 to 4
        (0xE000_200C, 0x0007_0605), // MAP_HI: 5, 6, 7 and 0
        (0xE000_2010, 0x0003_FFEF), // USERVALUE: fw1, but fw0 for ASID 3
        (0xE000_2000, 3), // CONTROL: enable, invert_priv
        (0xE000_2014, 1), // PROTECT
        (0x4000_0000, 0xFC00), // RRCCR
    ];

    // On the first boot after power-on; at any other RTC counts already.
    private static readonly (uint Address, uint Value)[] FirstWrites =
    [
        (0x4006_0004, 15), // CLK1HZFD
        (0x4006_1008, 0xFFFE_2000), // RTC LR
        (0x4006_100C, 1), // RTC CR: start
    ];

    /// <param name="soc">The chip.</param>
    /// <param name="hart">Its CPU.</param>
    /// <param name="entryPoint">Where the next stage starts.</param>
    /// <param name="outputs">The pads that boot1 drives on the board.</param>
    public static void LeaveState(
        SystemOnChip soc, Hart hart, uint entryPoint, IReadOnlyList<(byte Pin, bool High)> outputs)
    {
        Write(soc, Writes);
        foreach ((byte pin, bool high) in outputs)
        {
            soc.Iox.DriveOut(pin, high);
        }

        if (!soc.Block<Rtc>().IsRunning)
        {
            Write(soc, FirstWrites);
        }

        FactoryPart.EraseKeysInDeveloperMode(soc);

        hart.EnterFromBoot1(entryPoint);
    }

    private static void Write(SystemOnChip soc, (uint Address, uint Value)[] writes)
    {
        foreach ((uint address, uint value) in writes)
        {
            MappedBlock block = soc.Bus.Find(address)
                ?? throw new InvalidOperationException($"There is no block at 0x{address:x8}.");
            block.Peripheral.Write(address - block.Base, value, uint.MaxValue);
        }
    }
}
