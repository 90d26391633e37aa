// The script by which the host gets to know a device, in the order of a PC's: descriptors, address, configuration,
// strings, then what a class wants before it is used: HID reports, and a serial port's line coding, DTR and RTS.
// Facts: USB 2.0, 9.1.2 and 9.4; HID 1.11, 7.2; USB CDC PSTN 1.2, 6.3.

using System.Buffers.Binary;

namespace XousCloud.Emulator.Usb;

/// <summary>What the host does after a request.</summary>
internal enum EnumerationVerdict
{
    GoesOn,

    /// <summary>The device is given time to take its address.</summary>
    Rests,

    /// <summary>The host resets the link once more, now that it knows how long the packets of endpoint 0 are.</summary>
    ResetsLink,

    /// <summary>The device failed at something that it must be able to do.</summary>
    GivesUp,
}

/// <summary>Where the host is in the script.</summary>
internal sealed class UsbEnumeration(UsbDescriptors descriptors)
{
    /// <summary>The address that the host gives.</summary>
    public const byte Address = 1;

    private const int FirstLength = 64;
    private const int BosHeaderLength = 5;
    private const int LongestString = 255;
    private const int BosSince = 0x0201;

    private const byte SET_ADDRESS = 5;
    private const byte SET_CONFIGURATION = 9;
    private const byte GET_DESCRIPTOR = 6;
    private const byte SET_IDLE = 10;
    private const byte SET_LINE_CODING = 0x20;
    private const byte SET_CONTROL_LINE_STATE = 0x22;
    private const byte ToInterfaceByClass = 0x21;
    private const byte FromInterface = 0x81;
    private const ushort DtrAndRts = 3;

    // 115 200 bit/s, one stop bit, no parity, 8 bits; nothing depends on them.
    private static readonly byte[] LineCoding = [0x00, 0xC2, 0x01, 0x00, 0, 0, 8];

    private Task task;
    private ushort item; // of the strings or interfaces that a task goes through
    private ushort language;

    // The numbers are stored.
    private enum Task : byte
    {
        DeviceAtAddress0 = 0,
        SetAddress = 1,
        Device = 2,
        BosHeader = 3,
        Bos = 4,
        ConfigurationHeader = 5,
        Configuration = 6,
        Languages = 7,
        Strings = 8,
        SetConfiguration = 9,
        HidIdle = 10,
        HidReports = 11,
        SetLineCoding = 12,
        SetControlLines = 13,
        Done = 14,
    }

    /// <summary>Names what the host does, for people.</summary>
    public string Doing => task switch
    {
        Task.DeviceAtAddress0 or Task.Device => "GET_DESCRIPTOR (device)",
        Task.SetAddress => "SET_ADDRESS",
        Task.BosHeader or Task.Bos => "GET_DESCRIPTOR (BOS)",
        Task.ConfigurationHeader or Task.Configuration => "GET_DESCRIPTOR (configuration)",
        Task.Languages or Task.Strings => "GET_DESCRIPTOR (string)",
        Task.SetConfiguration => "SET_CONFIGURATION",
        Task.HidIdle => "SET_IDLE",
        Task.HidReports => "GET_DESCRIPTOR (HID report)",
        Task.SetLineCoding => "SET_LINE_CODING",
        Task.SetControlLines => "SET_CONTROL_LINE_STATE",
        _ => "nothing",
    };

    /// <summary>The address at which the device is asked.</summary>
    public byte DeviceAddress => task > Task.SetAddress ? Address : (byte)0;

    public void Restart()
    {
        task = Task.DeviceAtAddress0;
        item = 0;
        language = 0;
        descriptors.Clear();
    }

    /// <summary>Begins the next request.</summary>
    /// <returns>False when all has been asked.</returns>
    public bool TryBegin(UsbControlPipe pipe)
    {
        for (; task < Task.Done; Move())
        {
            if (Next() is { } request)
            {
                pipe.Begin(in request, task == Task.SetLineCoding ? LineCoding : []);
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the answer of the request that was begun last.</summary>
    /// <param name="succeeded">The device did it.</param>
    /// <param name="received">What the device sent.</param>
    public EnumerationVerdict Take(bool succeeded, ReadOnlySpan<byte> received)
    {
        Task done = task;
        if (IsRequired(done) && !(succeeded && Keep(received)))
        {
            return EnumerationVerdict.GivesUp;
        }

        if (succeeded && !IsRequired(done))
        {
            Keep(received);
        }

        Move();
        return done switch
        {
            Task.DeviceAtAddress0 => EnumerationVerdict.ResetsLink,
            Task.SetAddress => EnumerationVerdict.Rests,
            _ => EnumerationVerdict.GoesOn,
        };
    }

    public void State(StateStream state)
    {
        state.Enum(ref task);
        state.U16(ref item);
        state.U16(ref language);
    }

    private static bool IsRequired(Task asked) => asked is Task.DeviceAtAddress0 or Task.SetAddress or Task.Device
        or Task.ConfigurationHeader or Task.Configuration or Task.SetConfiguration;

    // The request of the task and item at hand; null where there is none.
    private UsbRequest? Next()
    {
        switch (task)
        {
            case Task.DeviceAtAddress0:
                return UsbRequest.GetDescriptor(DescriptorType.Device, 0, FirstLength);
            case Task.SetAddress:
                return new UsbRequest(0, SET_ADDRESS, Address, 0, 0);
            case Task.Device:
                return UsbRequest.GetDescriptor(DescriptorType.Device, 0, UsbDescription.DeviceLength);
            case Task.BosHeader:
                return Word(DescriptorType.Device, 2) >= BosSince
                    ? UsbRequest.GetDescriptor(DescriptorType.Bos, 0, BosHeaderLength)
                    : null;
            case Task.Bos:
                return Whole(DescriptorType.Bos, BosHeaderLength);
            case Task.ConfigurationHeader:
                return UsbRequest.GetDescriptor(DescriptorType.Configuration, 0, UsbDescription.ConfigurationHeaderLength);
            case Task.Configuration:
                return Whole(DescriptorType.Configuration, UsbDescription.ConfigurationHeaderLength);
            case Task.Languages:
                return Strings().Count > 0 ? UsbRequest.GetDescriptor(DescriptorType.String, 0, LongestString) : null;
            case Task.Strings:
                return String() is { } index
                    ? UsbRequest.GetDescriptor(DescriptorType.String, index, LongestString, language)
                    : null;
            case Task.SetConfiguration:
                return new UsbRequest(0, SET_CONFIGURATION, (byte)(Word(DescriptorType.Configuration, 4) >> 8), 0, 0);
            case Task.HidIdle:
                return Hid() is { } idle ? new UsbRequest(ToInterfaceByClass, SET_IDLE, 0, idle.Number, 0) : null;
            case Task.HidReports:
                return Hid() is { ReportLength: > 0 and <= UsbDescriptors.Longest } hid
                    ? new UsbRequest(
                        FromInterface, GET_DESCRIPTOR, (ushort)((int)DescriptorType.HidReport << 8), hid.Number, hid.ReportLength)
                    : null;
            case Task.SetLineCoding:
                return Serial() is { } port
                    ? new UsbRequest(ToInterfaceByClass, SET_LINE_CODING, 0, port.Number, (ushort)LineCoding.Length)
                    : null;
            case Task.SetControlLines:
                return Serial() is { } lines
                    ? new UsbRequest(ToInterfaceByClass, SET_CONTROL_LINE_STATE, DtrAndRts, lines.Number, 0)
                    : null;
            default:
                return null;
        }
    }

    // Whether what was received is what was asked for; it is kept then.
    private bool Keep(ReadOnlySpan<byte> received)
    {
        switch (task)
        {
            case Task.DeviceAtAddress0:
                return received.Length >= 8;
            case Task.Device:
                return Keep(DescriptorType.Device, 0, received, UsbDescription.DeviceLength);
            case Task.BosHeader or Task.Bos:
                return Keep(DescriptorType.Bos, 0, received, BosHeaderLength);
            case Task.ConfigurationHeader or Task.Configuration:
                return Keep(DescriptorType.Configuration, 0, received, UsbDescription.ConfigurationHeaderLength);
            case Task.Languages when Keep(DescriptorType.String, 0, received, 4):
                language = BinaryPrimitives.ReadUInt16LittleEndian(received[2..]);
                return true;
            case Task.Strings when String() is { } index:
                return Keep(DescriptorType.String, index, received, 2);
            case Task.HidReports when Hid() is { } hid:
                descriptors.Keep(DescriptorType.HidReport, hid.Number, received);
                return true;
            default:
                return true;
        }
    }

    private bool Keep(DescriptorType type, byte index, ReadOnlySpan<byte> received, int least)
    {
        if (received.Length < least || received[1] != (byte)type)
        {
            return false;
        }

        descriptors.Keep(type, index, received);
        return true;
    }

    // To the next item of the task, or to the next task.
    private void Move()
    {
        if (task is Task.Strings && item + 1 < Strings().Count)
        {
            item++;
        }
        else if (task is Task.HidIdle or Task.HidReports && item + 1 < HidInterfaces().Length)
        {
            item++;
        }
        else
        {
            task++;
            item = 0;
        }
    }

    private IReadOnlyList<byte> Strings() => UsbDescription.StringIndexes(descriptors);

    private byte? String() => language != 0 && Strings() is var indexes && item < indexes.Count ? indexes[item] : null;

    private UsbInterface[] HidInterfaces() =>
        [.. Interfaces().Where(known => known is { Class: UsbInterface.HidClass, Alternate: 0 })];

    private UsbInterface? Hid() => HidInterfaces().ElementAtOrDefault(item);

    private UsbInterface? Serial() => Interfaces().FirstOrDefault(known => known.IsSerialPort);

    private IEnumerable<UsbInterface> Interfaces() => UsbDescription.Of(descriptors)?.Interfaces ?? [];

    private UsbRequest? Whole(DescriptorType type, int header)
    {
        int length = Word(type, 2);
        return length > header ? UsbRequest.GetDescriptor(type, 0, Math.Min(length, UsbDescriptors.Longest)) : null;
    }

    private ushort Word(DescriptorType type, int offset)
    {
        ReadOnlySpan<byte> bytes = descriptors[type].Span;
        return bytes.Length >= offset + 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]) : (ushort)0;
    }
}
