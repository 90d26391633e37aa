// What a device's descriptors say, for people and for the host that uses it. Facts: USB 2.0, chapter 9; USB CDC 1.2
// (union descriptor); HID 1.11.

using System.Buffers.Binary;

namespace XousCloud.Emulator.Usb;

/// <summary>How an endpoint moves data.</summary>
public enum UsbTransfer
{
    Control = 0,
    Isochronous = 1,
    Bulk = 2,
    Interrupt = 3,
}

/// <summary>An endpoint of an interface.</summary>
/// <param name="Address">Number, and bit 7 where the host reads.</param>
/// <param name="Transfer">How it moves data.</param>
/// <param name="MaxPacketSize">Bytes.</param>
/// <param name="Interval">bInterval as the device gives it.</param>
public sealed record UsbEndpoint(byte Address, UsbTransfer Transfer, int MaxPacketSize, byte Interval)
{
    private const byte ToHost = 0x80;

    public int Number => Address & 0xF;

    /// <summary>Whether the host reads from it.</summary>
    public bool IsIn => (Address & ToHost) != 0;
}

/// <summary>An interface, one alternate setting of it.</summary>
/// <param name="Number">bInterfaceNumber.</param>
/// <param name="Alternate">bAlternateSetting.</param>
/// <param name="Class">bInterfaceClass.</param>
/// <param name="Subclass">bInterfaceSubClass.</param>
/// <param name="Protocol">bInterfaceProtocol.</param>
/// <param name="Name">Its string, if it has one.</param>
/// <param name="Endpoints">Its endpoints, without endpoint 0.</param>
/// <param name="DataInterface">Of a CDC control interface: the interface that carries its data.</param>
/// <param name="ReportLength">Of a HID interface: bytes of its report descriptor, else 0.</param>
/// <param name="Report">Of a HID interface: the report descriptor, as far as the host has read it.</param>
public sealed record UsbInterface(
    byte Number,
    byte Alternate,
    byte Class,
    byte Subclass,
    byte Protocol,
    string? Name,
    IReadOnlyList<UsbEndpoint> Endpoints,
    byte? DataInterface,
    ushort ReportLength,
    ReadOnlyMemory<byte> Report)
{
    public const byte CommunicationsClass = 2;
    public const byte HidClass = 3;
    public const byte CdcDataClass = 10;

    private const byte AbstractControlModel = 2;

    /// <summary>Whether it controls a serial port (CDC-ACM).</summary>
    public bool IsSerialPort => Class == CommunicationsClass && Subclass == AbstractControlModel;
}

/// <summary>A device as its descriptors describe it.</summary>
/// <param name="VendorId">idVendor.</param>
/// <param name="ProductId">idProduct.</param>
/// <param name="UsbVersion">bcdUSB, such as 0x0210.</param>
/// <param name="DeviceVersion">bcdDevice.</param>
/// <param name="Class">bDeviceClass.</param>
/// <param name="Subclass">bDeviceSubClass.</param>
/// <param name="Protocol">bDeviceProtocol.</param>
/// <param name="MaxPacketSize0">Bytes of a packet of endpoint 0.</param>
/// <param name="Manufacturer">A string, if it has one.</param>
/// <param name="Product">A string, if it has one.</param>
/// <param name="SerialNumber">A string, if it has one.</param>
/// <param name="ConfigurationValue">bConfigurationValue of its first configuration.</param>
/// <param name="Attributes">bmAttributes of it: bit 6 self powered, bit 5 remote wake-up.</param>
/// <param name="MaxPowerMilliamps">What it may draw from the bus.</param>
/// <param name="Interfaces">In the order of the configuration.</param>
public sealed record UsbDescription(
    ushort VendorId,
    ushort ProductId,
    ushort UsbVersion,
    ushort DeviceVersion,
    byte Class,
    byte Subclass,
    byte Protocol,
    byte MaxPacketSize0,
    string? Manufacturer,
    string? Product,
    string? SerialNumber,
    byte ConfigurationValue,
    byte Attributes,
    int MaxPowerMilliamps,
    IReadOnlyList<UsbInterface> Interfaces)
{
    internal const int DeviceLength = 18;
    internal const int ConfigurationHeaderLength = 9;

    private const int InterfaceLength = 9;
    private const int EndpointLength = 7;
    private const int HidLength = 9;
    private const int MilliampsPerUnit = 2;
    private const byte UnionSubtype = 6;

    /// <summary>Puts together what the host has read so far, or gives null while it has no device descriptor.</summary>
    internal static UsbDescription? Of(UsbDescriptors descriptors)
    {
        ReadOnlySpan<byte> device = descriptors[DescriptorType.Device].Span;
        if (device.Length < DeviceLength)
        {
            return null;
        }

        ReadOnlySpan<byte> configuration = descriptors[DescriptorType.Configuration].Span;
        bool configured = configuration.Length >= ConfigurationHeaderLength;
        return new UsbDescription(
            VendorId: Word(device, 8),
            ProductId: Word(device, 10),
            UsbVersion: Word(device, 2),
            DeviceVersion: Word(device, 12),
            Class: device[4],
            Subclass: device[5],
            Protocol: device[6],
            MaxPacketSize0: device[7],
            Manufacturer: descriptors.Text(device[14]),
            Product: descriptors.Text(device[15]),
            SerialNumber: descriptors.Text(device[16]),
            ConfigurationValue: configured ? configuration[5] : (byte)0,
            Attributes: configured ? configuration[7] : (byte)0,
            MaxPowerMilliamps: configured ? configuration[8] * MilliampsPerUnit : 0,
            Interfaces: ReadInterfaces(configuration, descriptors));
    }

    /// <summary>The strings that the descriptors refer to, each once.</summary>
    internal static IReadOnlyList<byte> StringIndexes(UsbDescriptors descriptors)
    {
        ReadOnlySpan<byte> device = descriptors[DescriptorType.Device].Span;
        List<byte> indexes = device.Length < DeviceLength ? [] : [device[14], device[15], device[16]];
        ReadOnlySpan<byte> rest = descriptors[DescriptorType.Configuration].Span;
        while (TryNext(ref rest, out ReadOnlySpan<byte> descriptor))
        {
            if (descriptor[1] == (byte)DescriptorType.Interface && descriptor.Length >= InterfaceLength)
            {
                indexes.Add(descriptor[8]);
            }
        }

        return [.. indexes.Where(index => index != 0).Distinct()];
    }

    private static List<UsbInterface> ReadInterfaces(ReadOnlySpan<byte> rest, UsbDescriptors descriptors)
    {
        List<UsbInterface> interfaces = [];
        List<UsbEndpoint> endpoints = [];
        while (TryNext(ref rest, out ReadOnlySpan<byte> descriptor))
        {
            switch ((DescriptorType)descriptor[1])
            {
                case DescriptorType.Interface when descriptor.Length >= InterfaceLength:
                    endpoints = [];
                    interfaces.Add(new UsbInterface(
                        Number: descriptor[2],
                        Alternate: descriptor[3],
                        Class: descriptor[5],
                        Subclass: descriptor[6],
                        Protocol: descriptor[7],
                        Name: descriptors.Text(descriptor[8]),
                        Endpoints: endpoints,
                        DataInterface: null,
                        ReportLength: 0,
                        Report: descriptors[DescriptorType.HidReport, descriptor[2]]));
                    break;
                case DescriptorType.Endpoint when descriptor.Length >= EndpointLength:
                    endpoints.Add(new UsbEndpoint(
                        descriptor[2], (UsbTransfer)(descriptor[3] & 3), Word(descriptor, 4) & 0x7FF, descriptor[6]));
                    break;
                case DescriptorType.Hid when descriptor.Length >= HidLength && interfaces.Count > 0:
                    interfaces[^1] = interfaces[^1] with { ReportLength = Word(descriptor, 7) };
                    break;
                case DescriptorType.ClassInterface
                    when descriptor.Length >= 5 && descriptor[2] == UnionSubtype
                        && interfaces is [.., { Class: UsbInterface.CommunicationsClass }]:
                    interfaces[^1] = interfaces[^1] with { DataInterface = descriptor[4] };
                    break;
                default:
                    break;
            }
        }

        return interfaces;
    }

    // A descriptor says its own length; one that says less than its header, or more than there is, ends the list.
    private static bool TryNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> descriptor)
    {
        descriptor = default;
        if (rest.Length < 2 || rest[0] < 2 || rest[0] > rest.Length)
        {
            return false;
        }

        descriptor = rest[..rest[0]];
        rest = rest[rest[0]..];
        return true;
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
