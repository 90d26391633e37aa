// The one way in. Bytes, pin levels and resets reach the machine as inputs, each applied at a cycle; a
// snapshot and the inputs applied since replay bit for bit.

namespace XousCloud.Emulator;

/// <summary>The kinds of input. The numbers are stored; they are never reused.</summary>
public enum InputKind : byte
{
    /// <summary>Bytes sent to a console port.</summary>
    ConsoleBytes = 1,

    /// <summary>The outside drives a pad to a level, or lets it go.</summary>
    DrivePin = 2,

    /// <summary>A reset from outside: the reset button, or the power switch.</summary>
    Reset = 3,

    /// <summary>A switch between two pads closes or opens: a key of a matrix.</summary>
    SetSwitch = 4,
}

/// <summary>What the outside does to a pad.</summary>
public enum PinDrive : byte
{
    Low = 0,
    High = 1,

    /// <summary>Nothing drives the pad: pull-up or own output decide.</summary>
    Released = 2,
}

/// <summary>One input. Only the fields of its kind mean anything.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Port">Console port, for <see cref="InputKind.ConsoleBytes"/>.</param>
/// <param name="Bytes">The bytes, for <see cref="InputKind.ConsoleBytes"/>.</param>
/// <param name="Pin">
/// Pad number, port × 16 + pin, for <see cref="InputKind.DrivePin"/> and <see cref="InputKind.SetSwitch"/>.
/// </param>
/// <param name="Drive">The level, for <see cref="InputKind.DrivePin"/>.</param>
/// <param name="ResetKind">The reset, for <see cref="InputKind.Reset"/>.</param>
/// <param name="OtherPin">The pad at the switch's other end, for <see cref="InputKind.SetSwitch"/>.</param>
/// <param name="Closed">Whether the switch closes, for <see cref="InputKind.SetSwitch"/>.</param>
public readonly record struct MachineInput(
    InputKind Kind,
    ConsolePort Port = default,
    ReadOnlyMemory<byte> Bytes = default,
    byte Pin = 0,
    PinDrive Drive = default,
    ResetKind ResetKind = default,
    byte OtherPin = 0,
    bool Closed = false)
{
    public static MachineInput Send(ConsolePort port, ReadOnlyMemory<byte> bytes) =>
        new(InputKind.ConsoleBytes, Port: port, Bytes: bytes);

    public static MachineInput SetPin(byte pin, PinDrive drive) => new(InputKind.DrivePin, Pin: pin, Drive: drive);

    public static MachineInput SetSwitch(byte pin, byte otherPin, bool closed) =>
        new(InputKind.SetSwitch, Pin: pin, OtherPin: otherPin, Closed: closed);

    public static MachineInput PressReset(ResetKind kind) => new(InputKind.Reset, ResetKind: kind);

    /// <summary>The stored form: kind, then the kind's fields.</summary>
    public byte[] ToBytes() => Kind switch
    {
        InputKind.ConsoleBytes => [(byte)Kind, (byte)Port, .. Bytes.Span],
        InputKind.DrivePin => [(byte)Kind, Pin, (byte)Drive],
        InputKind.Reset => [(byte)Kind, (byte)ResetKind],
        InputKind.SetSwitch => [(byte)Kind, Pin, OtherPin, Closed ? (byte)1 : (byte)0],
        _ => throw new InvalidOperationException($"An input of kind {Kind} has no stored form."),
    };

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="SnapshotFormatException">The bytes are not an input.</exception>
    public static MachineInput FromBytes(ReadOnlySpan<byte> stored)
    {
        if (stored.Length >= 2 && stored[0] == (byte)InputKind.ConsoleBytes
            && Enum.IsDefined((ConsolePort)stored[1]))
        {
            return Send((ConsolePort)stored[1], stored[2..].ToArray());
        }

        if (stored.Length == 3 && stored[0] == (byte)InputKind.DrivePin
            && stored[1] < Boards.Pin.Count && stored[2] <= (byte)PinDrive.Released)
        {
            return SetPin(stored[1], (PinDrive)stored[2]);
        }

        if (stored.Length == 2 && stored[0] == (byte)InputKind.Reset && Enum.IsDefined((ResetKind)stored[1]))
        {
            return PressReset((ResetKind)stored[1]);
        }

        if (stored.Length == 4 && stored[0] == (byte)InputKind.SetSwitch
            && stored[1] < Boards.Pin.Count && stored[2] < Boards.Pin.Count && stored[1] != stored[2] && stored[3] <= 1)
        {
            return SetSwitch(stored[1], stored[2], stored[3] == 1);
        }

        throw new SnapshotFormatException("input_malformed", "A stored input is not in the form of any known kind.");
    }
}

/// <summary>An input and the cycle at which it applied.</summary>
public readonly record struct LoggedInput(ulong Cycle, MachineInput Input);
