// Dabao, the Baochip-1x evaluation board: 48 MHz crystal, PROG button from PC13 to ground, console on UART2
// (PB13 in, PB14 out, 1 Mbaud), USB through a switch that PC13 holds at SE0 while it is low, no flash, no display.
// Facts: board schematic, boot1's board file.

using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Boards;

internal static class Dabao
{
    public static Board Board { get; } = new(
        Id: "dabao",
        Name: "Dabao",
        Console: ConsolePort.Uart2,
        Buttons: [new BoardButton("PROG", Pin.Number('C', 13), PinDrive.Low)])
    {
        Solder = soc => soc.Solder(SectionId.UsbHost, new UsbHost(soc, switchPad: Pin.Number('C', 13))),
        Counters = [new CounterValue(OneWayCounter.BootWait, 1)],
    };
}
