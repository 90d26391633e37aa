using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator.Usb;

namespace XousCloud.Api.Devices;

/// <summary>What the host at the other end of the USB cable sees.</summary>
/// <param name="State">"detached", "enumerating", "configured" or "failed".</param>
/// <param name="FailedAt">The request at which the host gave up; null unless it did.</param>
/// <param name="Speed">"high" or "full"; null while nobody is on the bus.</param>
/// <param name="Address">The device's address; 0 while it has none.</param>
/// <param name="Console">The device has a serial port, and the host has opened it: it is the console port "usb".</param>
/// <param name="Device">What the device says of itself, as far as the host has read it; null before that.</param>
internal sealed record UsbResource(
    string State, string? FailedAt, string? Speed, int Address, bool Console, UsbDeviceResource? Device)
{
    public static UsbResource Of(UsbHost host) => new(
        host.Status.ToString().ToLowerInvariant(),
        host.FailedAt,
        host.Status == UsbHostState.Detached ? null : host.IsHighSpeed ? "high" : "full",
        host.Address,
        host.HasConsole,
        host.Device is { } device ? UsbDeviceResource.Of(device) : null);
}

/// <summary>A USB device by its descriptors. Ids and classes are hexadecimal, as lsusb writes them.</summary>
/// <param name="VendorId">"1d50"</param>
/// <param name="ProductId">"6198"</param>
/// <param name="UsbVersion">"2.10"</param>
/// <param name="DeviceVersion">"0.10"</param>
/// <param name="Class">Class, subclass and protocol: "ef/02/01".</param>
/// <param name="MaxPacketSize0">Bytes of a packet of endpoint 0.</param>
/// <param name="Manufacturer">A string, if it has one.</param>
/// <param name="Product">A string, if it has one.</param>
/// <param name="SerialNumber">A string, if it has one.</param>
/// <param name="Configuration">The number of its first configuration.</param>
/// <param name="SelfPowered">Whether it needs nothing from the bus.</param>
/// <param name="MaxPowerMilliamps">What it may draw from the bus.</param>
/// <param name="Interfaces">In the order of the configuration.</param>
internal sealed record UsbDeviceResource(
    string VendorId,
    string ProductId,
    string UsbVersion,
    string DeviceVersion,
    string Class,
    int MaxPacketSize0,
    string? Manufacturer,
    string? Product,
    string? SerialNumber,
    int Configuration,
    bool SelfPowered,
    int MaxPowerMilliamps,
    IReadOnlyList<UsbInterfaceResource> Interfaces)
{
    private const int SelfPoweredBit = 0x40;

    public static UsbDeviceResource Of(UsbDescription device) => new(
        $"{device.VendorId:x4}",
        $"{device.ProductId:x4}",
        Version(device.UsbVersion),
        Version(device.DeviceVersion),
        UsbInterfaceResource.ClassName(device.Class, device.Subclass, device.Protocol),
        device.MaxPacketSize0,
        device.Manufacturer,
        device.Product,
        device.SerialNumber,
        device.ConfigurationValue,
        (device.Attributes & SelfPoweredBit) != 0,
        device.MaxPowerMilliamps,
        [.. device.Interfaces.Select(UsbInterfaceResource.Of)]);

    // Binary coded decimal: 0x0210 is 2.10.
    private static string Version(ushort bcd) => $"{bcd >> 8:x}.{bcd & 0xFF:x2}";
}

/// <summary>An interface of a USB device.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Alternate">The alternate setting.</param>
/// <param name="Class">Class, subclass and protocol: "03/01/01" is a keyboard.</param>
/// <param name="Name">Its string, if it has one.</param>
/// <param name="HidReport">Of a HID interface: its report descriptor, as base64.</param>
/// <param name="Endpoints">Its endpoints.</param>
internal sealed record UsbInterfaceResource(
    int Number, int Alternate, string Class, string? Name, byte[]? HidReport, IReadOnlyList<UsbEndpointResource> Endpoints)
{
    public static UsbInterfaceResource Of(UsbInterface found) => new(
        found.Number,
        found.Alternate,
        ClassName(found.Class, found.Subclass, found.Protocol),
        found.Name,
        found.Report.IsEmpty ? null : found.Report.ToArray(),
        [.. found.Endpoints.Select(endpoint => new UsbEndpointResource(
            $"{endpoint.Address:x2}", endpoint.Transfer.ToString().ToLowerInvariant(), endpoint.MaxPacketSize, endpoint.Interval))]);

    public static string ClassName(byte type, byte subtype, byte protocol) => $"{type:x2}/{subtype:x2}/{protocol:x2}";
}

/// <summary>An endpoint.</summary>
/// <param name="Address">"81" is endpoint 1 from the device to the host.</param>
/// <param name="Transfer">"bulk", "interrupt", "isochronous" or "control".</param>
/// <param name="MaxPacketSize">Bytes.</param>
/// <param name="Interval">bInterval, as the device gives it.</param>
internal sealed record UsbEndpointResource(string Address, string Transfer, int MaxPacketSize, int Interval);

/// <summary>/v1/devices/{id}/usb</summary>
internal static class UsbRoutes
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/devices/{id}/usb", Get)
        .WithTags("Inspection")
        .WithSummary("What a host at the other end of the USB cable sees: the device's descriptors, and whether its serial port is open.")
        .WithDescription("""
            curl .../v1/devices/{id}/usb
            The host enumerates whatever the firmware presents. A serial port (CDC-ACM) is the console port `usb`.
            A board without USB: 404 no_usb.
            """);

    private static async Task<Ok<UsbResource>> Get(ClaimsPrincipal user, DeviceFleet fleet, string id)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        return TypedResults.Ok(await device.AskAsync(actor => actor.Machine.Usb is { } host
            ? UsbResource.Of(host)
            : throw new ProblemException(
                StatusCodes.Status404NotFound, "no_usb", $"The board '{device.Identity.Board.Id}' has no USB.",
                "Make the device of a board that has it.")));
    }
}
