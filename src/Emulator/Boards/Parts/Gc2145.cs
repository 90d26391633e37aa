// GC2145, a camera sensor, as its I2C side alone: registers in four pages that keep what is written, and its identity.
// Facts: GalaxyCore's register list as Linux's and Zephyr's drivers use it; the driver of Xous.
// It answers while it is neither in power-down nor in reset; its registers survive power-down. It never sends a picture.

using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>A camera sensor that sees nothing.</summary>
/// <param name="isAwake">Whether its PWDN and RESETB pins let it work.</param>
public sealed class Gc2145(Func<bool> isAwake) : BoardPart("GC2145"), II2cDevice
{
    private const int Pages = 4;
    private const int RegistersInPage = 256;
    private const int FirstShared = 0xF0; // from here on all pages are one
    private const byte ID_HIGH = 0xF0;
    private const byte ID_LOW = 0xF1;
    private const byte PAGE_SELECT = 0xFE;
    private const byte PAGE_SELECT_SOFT_RESET = 1 << 7;
    private const byte PAGE_SELECT_PAGE = 3;

    private readonly byte[] registers = new byte[Pages * RegistersInPage];
    private byte register;
    private bool expectsRegister;

    public byte Address => 0x3C;

    public override void PowerOn()
    {
        Array.Clear(registers);
        registers[ID_HIGH] = 0x21;
        registers[ID_LOW] = 0x45;
        register = 0;
        expectsRegister = false;
    }

    public bool Call(bool reading)
    {
        expectsRegister = !reading;
        return isAwake();
    }

    public bool Write(byte value)
    {
        if (expectsRegister)
        {
            register = value;
            expectsRegister = false;
        }
        else if (register == PAGE_SELECT && (value & PAGE_SELECT_SOFT_RESET) != 0)
        {
            PowerOn();
        }
        else if (register is not (ID_HIGH or ID_LOW))
        {
            registers[Place] = value;
        }

        return true;
    }

    public byte Read() => registers[Place];

    public override void State(StateStream state)
    {
        state.Bytes(registers);
        state.U8(ref register);
        state.Bool(ref expectsRegister);
    }

    private int Place => register >= FirstShared
        ? register
        : ((registers[PAGE_SELECT] & PAGE_SELECT_PAGE) * RegistersInPage) + register;
}
