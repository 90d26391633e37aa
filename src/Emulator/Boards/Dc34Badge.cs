// The badge of DEF CON 34 ("baosec-lite"). On SPIM1: NOR flash at CS0, PSRAM at CS1 (PC7 to PC10 data, PC11 clock,
// PC12 and PC13 chip selects). Console on UART2 (PB13 in, PB14 out, 1 Mbaud). USB, which PF5 holds at SE0 while low.
// Facts: the badge's published schematics; the board file of Xous.

using XousCloud.Emulator.Boards.Parts;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Boards;

internal static class Dc34Badge
{
    public static Board Board { get; } = new(
        Id: "dc34-badge",
        Name: "DEF CON 34 badge",
        Console: ConsolePort.Uart2,
        Buttons: [])
    {
        Counters = [(81, 2)], // BoardType: Oem
        Memories = static () => [ChipMemories.SpiFlash(NorFlash.Length), ChipMemories.Psram(Psram.Length)],
        Solder = static soc =>
        {
            NorFlash flash = new(soc);
            Psram psram = new(soc);
            soc.Solder(SectionId.NorFlash, flash);
            soc.Solder(SectionId.Psram, psram);
            soc.Solder(SectionId.UsbHost, new UsbHost(soc, switchPad: Pin.Number('F', 5)));
            soc.Spims[1].Bus.Connect(chipSelect: 0, flash);
            soc.Spims[1].Bus.Connect(chipSelect: 1, psram);
        },
    };
}
