// The badge of DEF CON 34 ("baosec-lite").
//
// SPIM1  PC7 to PC10 data, PC11 clock: NOR flash at CS0 (PC12), PSRAM at CS1 (PC13)
// SPIM2  PC0 clock, PC1 data: OLED at CS0 (PC3); its A0 is PC2, and PC4 switches its panel's supply
// I2C0   PB11 clock, PB12 data: accelerometer and camera
// UART2  PB13 in, PB14 out: console at 1 Mbaud
// USB    held at SE0 while PF5 is low; it cannot be while the keypad has port F
// Keys   row PF6 the jog dial, row PF7 three buttons, over columns PF2, PF3 and PF4
// PA4    high: the USB cable is in, which it is
// PA5    high: camera in power-down
// PA6    high: OLED and camera in reset
// PA7    the batteries, divided, for the ADC
// PC5, PC6 and PC14 read 1, 0, 1: the body that the module is plugged into is an attendee's ("Human"). Let PC6 go, and
//        it is on none; its release, when it is new, then formats its database without being reset by the watchdog
// PF0    high: the core's supply goes off
//
// The accelerometer's INT1 works two transistors: one joins PF8 and PF3 like a key, one pulls PC15 low. There is no
// PMIC: the regulators have no bus.
// Facts: the badge's published schematics and layout; the board files of boot1 and Xous; what its release takes the
// keys for, and by which pads it tells bodies apart.

using XousCloud.Emulator.Boards.Parts;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Boards;

internal static class Dc34Badge
{
    // 3 V of two full cells, behind their divider, in millivolts.
    private const uint BatteriesAtInput = 956;

    private static readonly byte UsbCable = Pin.Number('A', 4);
    private static readonly byte CameraPowerDown = Pin.Number('A', 5);
    private static readonly byte PeripheralReset = Pin.Number('A', 6);
    private static readonly byte BodyOfAttendee = Pin.Number('C', 6);
    private static readonly byte DisplayData = Pin.Number('C', 2);
    private static readonly byte DisplayPower = Pin.Number('C', 4);
    private static readonly byte CoreOff = Pin.Number('F', 0);
    private static readonly byte UsbSwitch = Pin.Number('F', 5);

    public static Board Board { get; } = new(
        Id: "dc34-badge",
        Name: "DEF CON 34 badge",
        Console: ConsolePort.Uart2,
        Buttons: [])
    {
        Counters = [new CounterValue(OneWayCounter.BoardType, 2)], // another maker's
        Boot1Outputs = [(CoreOff, false), (PeripheralReset, false), (DisplayPower, true)],
        Keys =
        [
            Key("Down", row: 6, column: 2, "ArrowDown"),
            Key("Select", row: 6, column: 3, "s"),
            Key("Up", row: 6, column: 4, "ArrowUp"),
            Key("Left", row: 7, column: 2, "ArrowLeft"),
            Key("Right", row: 7, column: 3, "ArrowRight"),
            Key("Center", row: 7, column: 4, "c"),
        ],
        Memories = static () => [ChipMemories.SpiFlash(NorFlash.Length), ChipMemories.Psram(Psram.Length)],
        Solder = static soc =>
        {
            SolderMemories(soc);
            SolderDisplay(soc);
            SolderSensors(soc);
            soc.Solder(SectionId.UsbHost, new UsbHost(soc, UsbSwitch));
        },
    };

    private static BoardKey Key(string name, int row, int column, string shortcut) =>
        new(name, Pin.Number('F', row), Pin.Number('F', column), shortcut);

    private static void SolderMemories(SystemOnChip soc)
    {
        NorFlash flash = new(soc);
        Psram psram = new(soc);
        soc.Solder(SectionId.NorFlash, flash);
        soc.Solder(SectionId.Psram, psram);
        soc.Spims[1].Bus.Connect(chipSelect: 0, flash);
        soc.Spims[1].Bus.Connect(chipSelect: 1, psram);
    }

    private static void SolderDisplay(SystemOnChip soc)
    {
        Sh1107 display = new(soc, DisplayData, PeripheralReset, DisplayPower);
        soc.Solder(SectionId.Sh1107, display);
        soc.Spims[2].Bus.Connect(chipSelect: 0, display);
    }

    private static void SolderSensors(SystemOnChip soc)
    {
        Lis2dh12 accelerometer = new(soc, level =>
        {
            soc.Iox.SetSwitch(Pin.Number('F', 8), Pin.Number('F', 3), level);
            soc.Iox.Drive(Pin.Number('C', 15), level ? PinDrive.Low : PinDrive.Released);
        });
        Gc2145 camera = new(() => !soc.Iox.Level(CameraPowerDown) && !soc.Iox.Level(PeripheralReset));
        soc.Block<Adc>().Connect(input: 3, BatteriesAtInput);
        soc.Iox.Drive(UsbCable, PinDrive.High);
        soc.Iox.Drive(BodyOfAttendee, PinDrive.Low);
        soc.Solder(SectionId.Lis2dh12, accelerometer);
        soc.Solder(SectionId.Gc2145, camera);
        soc.I2cs[0].Bus.Connect(accelerometer);
        soc.I2cs[0].Bus.Connect(camera);
    }
}
