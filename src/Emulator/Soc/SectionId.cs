// The sections of a snapshot. A number is for ever: new units get new ones, and those of units that are gone
// are not given out again. A reader skips sections that it does not know.

namespace XousCloud.Emulator.Soc;

/// <summary>Names the unit whose state a section holds.</summary>
public enum SectionId : uint
{
    Machine = 1,
    Hart = 2,
    Clocks = 3,
    Boot1 = 4,
    BootRecord = 5,

    IrqArray = 0x100, // 0x100 to 0x113: banks 0 to 19

    D11cTime = 0x120,
    Susres = 0x121,
    CoreUser = 0x122,
    CsrTest = 0x123,
    ResetValue = 0x124,
    TickTimer = 0x125,
    Timer0 = 0x126,

    Rrc = 0x200,
    SysCtrl = 0x201,
    Duart = 0x202,
    Watchdog = 0x203,
    Atimer = 0x204,
    SramTrim = 0x205,
    Mesh = 0x206,
    Sensorc = 0x207,
    Gluechain = 0x208,
    Rbist = 0x209,
    RramIfr = 0x20A,
    AoSysCtrl = 0x210,
    AoBackup = 0x211,
    Rtc = 0x212,
    Dkpc = 0x213,
    SceRam = 0x220,
    SceGlbsfr = 0x221,
    Combohash = 0x222,
    SceAes = 0x223,
    Trng = 0x224,

    UdmaControl = 0x300,
    Uart0 = 0x301, // 0x301 to 0x304: UART0 to UART3
    Iox = 0x310,
    Udc = 0x311,
    Spim0 = 0x320, // 0x320 to 0x323: SPIM0 to SPIM3
    I2c0 = 0x330, // 0x330 to 0x333: I2C0 to I2C3
    Pwm = 0x340,
    Camera = 0x341,
    BioBdma = 0x342,
    BioImem = 0x343,
    Adc = 0x345,

    NorFlash = 0x500,
    Psram = 0x501,
    Sh1107 = 0x502,
    Lis2dh12 = 0x503,
    Gc2145 = 0x504,
    UsbHost = 0x510,

    XousView = 0x600, // beside the machine's state, and not part of its hash
}
