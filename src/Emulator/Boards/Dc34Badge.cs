// The badge of DEF CON 34 ("baosec-lite"). On SPIM1: NOR flash at CS0, PSRAM at CS1 (PC7 to PC10 data, PC11 clock,
// PC12 and PC13 chip selects). On I2C0: accelerometer and camera (PB11 clock, PB12 data). Console on UART2 (PB13 in,
// PB14 out, 1 Mbaud). USB, which PF5 holds at SE0 while low; it cannot while the keypad has port F.
// Keys: row PF6 is the jog dial, row PF7 three buttons, over columns PF2, PF3 and PF4. The accelerometer's INT1 works two
// transistors: one joins PF8 and PF3 like a key, one pulls PC15 low. The camera is in power-down while PA5 is high, and
// in reset while PA6 is. There is no PMIC: its regulators have no bus.
// Facts: the badge's published schematics and layout; the board file of Xous, which names the keys.

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
        Keys =
        [
            Key("Down", row: 6, column: 2, "ArrowDown"),
            Key("Select", row: 6, column: 3, "s"),
            Key("Up", row: 6, column: 4, "ArrowUp"),
            Key("Right", row: 7, column: 2, "ArrowRight"),
            Key("Left", row: 7, column: 3, "ArrowLeft"),
            Key("Center", row: 7, column: 4, "c"),
        ],
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
            Lis2dh12 accelerometer = new(soc, level =>
            {
                soc.Iox.SetSwitch(Pin.Number('F', 8), Pin.Number('F', 3), level);
                soc.Iox.Drive(Pin.Number('C', 15), level ? PinDrive.Low : PinDrive.Released);
            });
            Gc2145 camera = new(() => !soc.Iox.Level(Pin.Number('A', 5)) && !soc.Iox.Level(Pin.Number('A', 6)));
            soc.Solder(SectionId.Lis2dh12, accelerometer);
            soc.Solder(SectionId.Gc2145, camera);
            soc.I2cs[0].Bus.Connect(accelerometer);
            soc.I2cs[0].Bus.Connect(camera);
        },
    };

    private static BoardKey Key(string name, int row, int column, string shortcut) =>
        new(name, Pin.Number('F', row), Pin.Number('F', column), shortcut);
}
