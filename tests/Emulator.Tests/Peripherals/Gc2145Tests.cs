// The camera of the badge, as far as it is there: it can be found on its bus, and keeps its registers.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class Gc2145Tests : IDisposable
{
    private static readonly byte PowerDown = Pin.Number('A', 5);
    private static readonly byte Reset = Pin.Number('A', 6);

    private readonly Chip chip = new(board: "dc34-badge");

    private I2cBus Bus => chip.Soc.I2cs[0].Bus;

    public void Dispose() => chip.Dispose();

    [Fact]
    public void It_answers_only_while_it_is_neither_in_power_down_nor_in_reset()
    {
        Assert.False(Call());
        Drive(PowerDown, PinDrive.Low);
        Assert.False(Call());
        Drive(Reset, PinDrive.Low);
        Assert.True(Call());
        Drive(PowerDown, PinDrive.High);
        Assert.False(Call());
    }

    [Fact]
    public void It_says_what_it_is_and_keeps_its_pages_until_it_is_reset()
    {
        Drive(PowerDown, PinDrive.Low);
        Drive(Reset, PinDrive.Low);
        Write(0xF0, 0);
        Assert.Equal((0x21, 0x45), (Read(0xF0), Read(0xF1)));
        Write(0xFE, 0);
        Write(0x84, 0x12);
        Write(0xFE, 1);
        Write(0x84, 0x34);
        Assert.Equal(0x34, Read(0x84));
        Write(0xFE, 0);
        Assert.Equal(0x12, Read(0x84));
        Write(0xFE, 0xF0);
        Assert.Equal((0, 0x21), (Read(0x84), Read(0xF0)));
    }

    private bool Call()
    {
        Bus.Start();
        bool answers = Bus.Write(0x78);
        Bus.Stop();
        return answers;
    }

    private void Write(byte register, byte value)
    {
        Bus.Start();
        Assert.True(Bus.Write(0x78) && Bus.Write(register) && Bus.Write(value));
        Bus.Stop();
    }

    private int Read(byte register)
    {
        Bus.Start();
        Assert.True(Bus.Write(0x78) && Bus.Write(register));
        Bus.Stop();
        Bus.Start();
        Assert.True(Bus.Write(0x79));
        byte value = Bus.Read(acknowledge: false);
        Bus.Stop();
        return value;
    }

    private void Drive(byte pin, PinDrive drive) => chip.Machine.Apply(MachineInput.SetPin(pin, drive));
}
