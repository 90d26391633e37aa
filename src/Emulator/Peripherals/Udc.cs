// UDC: the USB device controller. No bus is modelled: its registers read what they read after a reset, and a
// program that writes one is told that nothing comes of it. Facts: datasheet, USB; values read on real parts.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The USB device controller, as far as it can be identified.</summary>
public sealed class Udc(SystemOnChip soc) : Peripheral(soc, "UDC")
{
    // The registers stand at 0x2400 of the block; below them is the area of the PHY.
    private const uint Registers = 0x2400;
    private const uint DEVCAP = Registers + 0x00;
    private const uint DEVCONFIG = Registers + 0x10;
    private const uint USBCMD = Registers + 0x20;
    private const uint USBSTS = Registers + 0x24;
    private const uint DCBAPLO = Registers + 0x28;
    private const uint DCBAPHI = Registers + 0x2C;
    private const uint EPENABLE = Registers + 0x60;
    private const uint EPRUNNING = Registers + 0x64;
    private const uint CMDCTRL = Registers + 0x78;
    private const uint IMAN = Registers + 0x100;
    private const uint IMOD = Registers + 0x104;

    public override uint Read(uint offset) => offset switch
    {
        DEVCAP => 0x2001_4401,
        DEVCONFIG => 0x81,
        USBSTS => 1, // halted
        IMOD => 4000,
        USBCMD or DCBAPLO or DCBAPHI or EPENABLE or EPRUNNING or CMDCTRL or IMAN => 0,
        _ => UnmodelledRead(offset),
    };

    public override void Write(uint offset, uint value, uint lanes) => UnmodelledWrite(offset, value);

    public override void Reset(ResetKind kind)
    {
    }

    public override void State(StateStream state)
    {
    }
}
