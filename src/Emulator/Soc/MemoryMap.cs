// The memory map: one line for each block. A block that is not modelled stands here too, so that a guest's
// touch is reported by name. Facts: datasheet, physical memory map.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Soc;

internal static class MemoryMap
{
    /// <summary>The ranges that hold blocks.</summary>
    public static readonly (uint Base, uint Length)[] Windows =
    [
        (0x5010_0000, 0x0020_0000), // IO subsystem
        (0xE000_0000, 0x0004_0000), // the core's own registers
        (0x4000_0000, 0x0010_0000), // AHB and APB blocks
        (0x6040_0000, 0x0000_1000), // RRAM's information rows
    ];

    private const uint Page = 0x1000;

    public static void Build(SystemOnChip soc)
    {
        Core(soc);
        System(soc);
        InputOutput(soc);
    }

    private static void Core(SystemOnChip soc)
    {
        TickTimer ticktimer = new(soc);
        soc.Map(0xE000_0000, Page, SectionId.D11cTime, new D11cTime(soc));
        soc.Map(0xE000_1000, Page, SectionId.Susres, new Susres(soc, ticktimer));
        soc.Map(0xE000_2000, Page, SectionId.CoreUser, new CoreUser(soc));
        soc.Map(0xE000_3000, Page, SectionId.CsrTest, new CsrTest(soc));

        // The generated core places its pages in alphabetical order of their names: 0, 1, 10 to 19, 2 to 9.
        uint address = 0xE000_4000;
        foreach (int bank in (int[])[0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 3, 4, 5, 6, 7, 8, 9])
        {
            soc.Irqs[bank] = new IrqArray(soc, bank);
            soc.Map(address, Page, SectionId.IrqArray + (uint)bank, soc.Irqs[bank]);
            address += Page;
        }

        Absent(soc, 0xE001_8000, Page, "MAILBOX");
        Absent(soc, 0xE001_9000, Page, "MB_CLIENT");
        soc.Map(0xE001_A000, Page, SectionId.ResetValue, new ResetValue(soc));
        soc.Map(0xE001_B000, Page, SectionId.TickTimer, ticktimer);
        soc.Map(0xE001_C000, Page, SectionId.Timer0, new Timer0(soc));
    }

    private static void System(SystemOnChip soc)
    {
        RramIfr ifr = new(soc);
        soc.Map(RramIfr.Base, Page, SectionId.RramIfr, ifr);
        Rrc rrc = new(soc, soc.Block<CoreUser>(), ifr);
        soc.Map(0x4000_0000, Page, SectionId.Rrc, rrc);
        MemoryRegion rram = soc.Memory.Find(ChipMemories.RramBase)!;
        rram.StoreTarget = rrc;
        rram.LoadGuard = rrc;
        Absent(soc, 0x4001_0000, Page, "QFC");
        Absent(soc, 0x4001_1000, Page, "PL230");
        Absent(soc, 0x4001_2000, Page, "MDMA");
        Absent(soc, 0x4001_3000, Page, "MBOX_APB");
        soc.Map(0x4001_4000, Page, SectionId.SramTrim, new SramTrim(soc));
        SceRam sceRam = new(soc);
        SceGlbsfr sce = new(soc, sceRam);
        Combohash hash = new(soc, sceRam, sce);
        SceAes aes = new(soc, sceRam, sce);
        Trng trng = new(soc, sceRam, sce);
        sce.Units = [hash, aes, trng];
        soc.Map(0x4002_0000, 3 * Page, SectionId.SceRam, sceRam);
        soc.Map(0x4002_8000, Page, SectionId.SceGlbsfr, sce);
        Absent(soc, 0x4002_9000, Page, "SCEDMA");
        soc.Map(0x4002_B000, Page, SectionId.Combohash, hash);
        Absent(soc, 0x4002_C000, Page, "PKE");
        soc.Map(0x4002_D000, Page, SectionId.SceAes, aes);
        soc.Map(0x4002_E000, Page, SectionId.Trng, trng);
        Absent(soc, 0x4002_F000, Page, "ALU");
        Rtc rtc = new(soc);
        Dkpc keypad = new(soc);
        AoSysCtrl ao = new(soc, rtc, keypad);
        soc.Map(0x4004_0000, Page, SectionId.SysCtrl, new SysCtrl(soc, ao));
        soc.Map(0x4004_1000, Page, SectionId.Watchdog, new Watchdog(soc));
        soc.Map(0x4004_2000, Page, SectionId.Duart, new Duart(soc));
        soc.Map(0x4004_3000, Page, SectionId.Atimer, new Atimer(soc));
        Absent(soc, 0x4004_4000, Page, "EVC");
        soc.Map(0x4004_5000, Page, SectionId.Rbist, new Rbist(soc));
        soc.Map(0x4005_2000, Page, SectionId.Mesh, new Mesh(soc));
        soc.Map(0x4005_3000, Page, SectionId.Sensorc, new Sensorc(soc));
        soc.Map(0x4005_4000, Page, SectionId.Gluechain, new Gluechain(soc));
        soc.Map(0x4006_0000, Page, SectionId.AoSysCtrl, ao);
        soc.Map(0x4006_1000, Page, SectionId.Rtc, rtc);
        soc.Map(0x4006_4000, Page, SectionId.Dkpc, keypad);
        soc.Map(0x4006_5000, Page, SectionId.AoBackup, new AoBackup(soc));
    }

    private static void InputOutput(SystemOnChip soc)
    {
        soc.Udma = new UdmaControl(soc);
        soc.Map(0x5010_0000, Page, SectionId.UdmaControl, soc.Udma);
        for (uint channel = 0; channel < 4; channel++)
        {
            soc.Uarts[channel] = new Uart(soc, (int)channel);
            soc.Map(0x5010_1000 + (channel * Page), Page, SectionId.Uart0 + channel, soc.Uarts[channel]);
            soc.Spims[channel] = new Spim(soc, (int)channel);
            soc.Map(0x5010_5000 + (channel * Page), Page, SectionId.Spim0 + channel, soc.Spims[channel]);
            soc.I2cs[channel] = new I2c(soc, (int)channel);
            soc.Map(0x5010_9000 + (channel * Page), Page, SectionId.I2c0 + channel, soc.I2cs[channel]);
        }

        Absent(soc, 0x5010_D000, Page, "UDMA_SDIO");
        Absent(soc, 0x5010_E000, Page, "UDMA_I2S");
        soc.Map(0x5010_F000, Page, SectionId.Camera, new Camera(soc));
        Absent(soc, 0x5011_0000, Page, "UDMA_FILTER");
        Absent(soc, 0x5011_1000, Page, "UDMA_SCIF");
        Absent(soc, 0x5011_2000, Page, "UDMA_SPIS0");
        Absent(soc, 0x5011_3000, Page, "UDMA_SPIS1");
        soc.Map(0x5011_4000, Page, SectionId.Adc, new Adc(soc));
        soc.Iox = new Iox(soc) { PortFUpdated = soc.Block<AoSysCtrl>().LookAtPads };
        soc.Map(0x5012_F000, Page, SectionId.Iox, soc.Iox);
        soc.Map(0x5012_0000, Page, SectionId.Pwm, new Pwm(soc));
        Absent(soc, 0x5012_1000, Page, "SDDC");
        Absent(soc, 0x5012_2000, Page, "APB_THRU");
        BioBdma bio = new(soc);
        soc.Map(0x5012_4000, Page, SectionId.BioBdma, bio);
        soc.Map(0x5012_5000, 4 * Page, SectionId.BioImem, new BioImem(soc, bio));
        soc.Map(0x5012_9000, 4 * Page, null, new BioFifo(soc, bio)); // the same FIFOs again
        Absent(soc, 0x5014_0000, Page, "SDDC_DATA");
        soc.Map(0x5020_0000, 16 * Page, SectionId.Udc, new Udc(soc));
    }

    private static void Absent(SystemOnChip soc, uint @base, uint length, string name) =>
        soc.Map(@base, length, null, new AbsentBlock(soc, name));
}
