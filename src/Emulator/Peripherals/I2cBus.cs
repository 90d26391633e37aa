// The two wires of one I2C master, and what hangs on them. What nobody drives is high by its pull-up: a byte that
// nobody sends is 0xFF, and one that nobody takes is not acknowledged.

namespace XousCloud.Emulator.Peripherals;

/// <summary>A part on an I2C bus.</summary>
public interface II2cDevice
{
    /// <summary>Its address, 7 bits.</summary>
    byte Address { get; }

    /// <summary>The master has called its address.</summary>
    /// <param name="reading">Whether the part is to send.</param>
    /// <returns>Whether it acknowledges.</returns>
    bool Call(bool reading);

    /// <summary>Takes a byte.</summary>
    /// <returns>Whether it acknowledges.</returns>
    bool Write(byte value);

    /// <summary>Gives the next byte.</summary>
    byte Read();
}

/// <summary>Connects an I2C master with the parts of the board.</summary>
public sealed class I2cBus
{
    private const byte Undriven = 0xFF;

    private readonly List<II2cDevice> devices = [];

    private Phase phase;
    private byte called; // the address

    private enum Phase : byte
    {
        /// <summary>Nobody listens.</summary>
        Idle,

        /// <summary>The next byte is an address.</summary>
        Address,

        Writing,
        Reading,
    }

    private II2cDevice? Called => devices.Find(device => device.Address == called);

    /// <summary>Connects a part.</summary>
    public void Connect(II2cDevice device) => devices.Add(device);

    /// <summary>A start condition, the first or a repeated one.</summary>
    public void Start() => phase = Phase.Address;

    /// <summary>A stop condition.</summary>
    public void Stop() => phase = Phase.Idle;

    /// <summary>Sends a byte; the first after a start calls a part.</summary>
    /// <returns>Whether it was acknowledged.</returns>
    public bool Write(byte value)
    {
        switch (phase)
        {
            case Phase.Address:
                called = (byte)(value >> 1);
                bool reading = (value & 1) != 0;
                bool answers = Called?.Call(reading) ?? false;
                phase = !answers ? Phase.Idle : reading ? Phase.Reading : Phase.Writing;
                return answers;
            case Phase.Writing:
                return Called?.Write(value) ?? false;
            default:
                return false;
        }
    }

    /// <summary>Receives a byte.</summary>
    /// <param name="acknowledge">Whether the master wants more; without, the part lets the bus go.</param>
    public byte Read(bool acknowledge)
    {
        byte value = phase == Phase.Reading ? Called?.Read() ?? Undriven : Undriven;
        phase = acknowledge ? phase : Phase.Idle;
        return value;
    }

    public void State(StateStream state)
    {
        state.Enum(ref phase);
        state.U8(ref called);
    }
}
