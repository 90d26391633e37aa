// IOX: pin multiplexer and GPIO.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Pin mux and GPIO.</summary>
public sealed class Iox(SystemOnChip soc) : Peripheral(soc, "IOX")
{
    private readonly PinDrive[] driven = new PinDrive[96];

    /// <summary>The outside drives a pad, or lets it go.</summary>
    public void Drive(int pin, PinDrive drive) => driven[pin] = drive;

    /// <summary>The level on a pad.</summary>
    public bool Level(int pin) => driven[pin] != PinDrive.Low;

    /// <summary>What the outside does to a pad.</summary>
    public PinDrive Driven(int pin) => driven[pin];

    /// <summary>Whether the chip drives a pad.</summary>
    public bool IsOutput(int pin) => Level(pin) && false;

    public override uint Read(uint offset) => UnmodelledRead(offset);

    public override void Write(uint offset, uint value, uint lanes) => UnmodelledWrite(offset, value);

    public override void Reset(ResetKind kind)
    {
    }

    public override void State(StateStream state)
    {
    }
}
