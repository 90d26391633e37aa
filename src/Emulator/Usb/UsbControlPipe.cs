// The host's side of endpoint 0: one request at a time, one transaction a step. Facts: USB 2.0, 8.5.3 and 9.3.

using System.Buffers.Binary;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Usb;

/// <summary>A request to a device.</summary>
/// <param name="Type">bmRequestType; bit 7 where the host reads.</param>
/// <param name="Code">bRequest.</param>
/// <param name="Value">wValue.</param>
/// <param name="Index">wIndex.</param>
/// <param name="Length">wLength.</param>
internal readonly record struct UsbRequest(byte Type, byte Code, ushort Value, ushort Index, ushort Length)
{
    private const byte ToHost = 0x80;

    public bool Reads => (Type & ToHost) != 0;

    public static UsbRequest GetDescriptor(DescriptorType type, byte index, int length, ushort language = 0) =>
        new(ToHost, 6, (ushort)(((int)type << 8) | index), language, (ushort)length);
}

/// <summary>What became of a step.</summary>
internal enum ControlStep
{
    /// <summary>The device is not ready; another step before it stirs would find the same.</summary>
    Waits,

    /// <summary>A packet was exchanged; there is more to do.</summary>
    GoesOn,
    Done,

    /// <summary>The device does not support the request.</summary>
    Stalled,

    /// <summary>The device does not answer, or sends more than it was asked for.</summary>
    Failed,
}

/// <summary>The control pipe.</summary>
internal sealed class UsbControlPipe(Udc device)
{
    private const int SetupLength = 8;

    [Derived("means something only while a packet is moved")]
    private readonly byte[] packet = new byte[UdcTransferRing.LongestPacket];
    private readonly byte[] setup = new byte[SetupLength];
    private readonly byte[] data = new byte[UsbDescriptors.Longest];
    private Stage stage;
    private int moved;

    private enum Stage : byte
    {
        Idle,
        Setup,
        Data,
        Status,
    }

    public bool IsBusy => stage != Stage.Idle;

    /// <summary>What the device has sent for the request that is done.</summary>
    public ReadOnlySpan<byte> Received => data.AsSpan(0, Moved);

    private int Length => Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(setup.AsSpan(6)), data.Length);

    private int Moved => Math.Clamp(moved, 0, data.Length);

    private bool Reads => (setup[0] & 0x80) != 0;

    /// <summary>Begins a request.</summary>
    /// <param name="request">It; at most <see cref="UsbDescriptors.Longest"/> bytes long.</param>
    /// <param name="sent">The bytes of a request that writes.</param>
    public void Begin(in UsbRequest request, ReadOnlySpan<byte> sent = default)
    {
        setup[0] = request.Type;
        setup[1] = request.Code;
        BinaryPrimitives.WriteUInt16LittleEndian(setup.AsSpan(2), request.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(setup.AsSpan(4), request.Index);
        BinaryPrimitives.WriteUInt16LittleEndian(setup.AsSpan(6), request.Length);
        sent.CopyTo(data);
        stage = Stage.Setup;
        moved = 0;
    }

    public void Abandon() => stage = Stage.Idle;

    /// <summary>Does the next transaction of the request.</summary>
    /// <param name="address">The device's address.</param>
    /// <param name="packetSize">The longest packet of its endpoint 0.</param>
    public ControlStep Step(int address, int packetSize)
    {
        ControlStep step = stage switch
        {
            Stage.Setup => After(device.HostSetup(address, setup), Length > 0 ? Stage.Data : Stage.Status),
            Stage.Data when Reads => Read(address, packetSize),
            Stage.Data => Write(address, packetSize),
            Stage.Status when Reads && Length > 0 => After(device.HostWrite(address, 0, []), Stage.Idle),
            Stage.Status => After(device.HostRead(address, 0, packet, out _), Stage.Idle),
            _ => ControlStep.Done,
        };
        if (step is ControlStep.Stalled or ControlStep.Failed)
        {
            stage = Stage.Idle;
        }

        return step;
    }

    public void State(StateStream state)
    {
        state.Bytes(setup);
        state.Bytes(data);
        state.Enum(ref stage);
        state.I32(ref moved);
    }

    private ControlStep Read(int address, int packetSize)
    {
        UsbHandshake answer = device.HostRead(address, 0, packet, out int length);
        if (answer != UsbHandshake.Ack)
        {
            return After(answer, Stage.Data);
        }

        if (length > Length - Moved)
        {
            return ControlStep.Failed;
        }

        packet.AsSpan(0, length).CopyTo(data.AsSpan(Moved));
        moved = Moved + length;
        return After(answer, length < packetSize || moved == Length ? Stage.Status : Stage.Data);
    }

    private ControlStep Write(int address, int packetSize)
    {
        int length = Math.Clamp(Length - Moved, 0, packetSize);
        UsbHandshake answer = device.HostWrite(address, 0, data.AsSpan(Moved, length));
        if (answer == UsbHandshake.Ack)
        {
            moved = Moved + length;
        }

        return After(answer, moved >= Length ? Stage.Status : Stage.Data);
    }

    private ControlStep After(UsbHandshake answer, Stage next)
    {
        switch (answer)
        {
            case UsbHandshake.Ack:
                stage = next;
                return next == Stage.Idle ? ControlStep.Done : ControlStep.GoesOn;
            case UsbHandshake.Nak:
                return ControlStep.Waits;
            case UsbHandshake.Stall:
                return ControlStep.Stalled;
            default:
                return ControlStep.Failed;
        }
    }
}
