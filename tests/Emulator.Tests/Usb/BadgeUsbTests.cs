// The vendor's release on the USB cable, compared with what a real badge showed to a real host.

using XousCloud.Emulator.Tests.MachineFrame;
using XousCloud.Emulator.Usb;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Usb;

public class BadgeUsbTests
{
    private const ulong Millisecond = 350_000;

    [Fact]
    public void The_release_presents_the_descriptors_of_a_real_badge()
    {
        LsusbCapture real = LsusbCapture.Read(BadgeRelease.Capture("usb-descriptors.txt"));
        Assert.Equal((18, 139, 2), (real.Device.Length, real.Configuration.Length, real.HidReports.Count));
        using Guest badge = Booted();
        UsbHost host = badge.Machine.Usb!;
        Assert.Equal(real.Device, host.Descriptors[DescriptorType.Device].ToArray());
        Assert.Equal(real.Configuration, host.Descriptors[DescriptorType.Configuration].ToArray());
        for (int number = 0; number < real.HidReports.Count; number++)
        {
            Assert.Equal(real.HidReports[number], host.Descriptors[DescriptorType.HidReport, (byte)number].ToArray());
        }

        Assert.Equal(("Baochip", "Baosec-lite"), (host.Device!.Manufacturer, host.Device.Product));
        Assert.Matches("^[A-DFGHJ-NP-TV-Z][0-9A-DFGHJ-NP-TV-Z]{5}$", host.Device.SerialNumber);
        Assert.True(host.HasConsole);
        Assert.DoesNotContain(badge.UnmodelledAccesses, access => access.Name.StartsWith("UDC", StringComparison.Ordinal));
    }

    [Fact]
    public void The_prompt_answers_over_USB_once_the_first_start_is_over()
    {
        using Guest badge = Booted();
        Assert.True(badge.RunUntil("SWAP.ENCRYPTED", seconds: 150), badge.Console);
        badge.Machine.Run(1000 * Millisecond);
        badge.Send("help\r", ConsolePort.Usb);
        Assert.True(badge.RunUntil("Commands: echo, ver, test, image, bio", seconds: 3, port: ConsolePort.Usb));
        Assert.Contains("[console] help", badge.Said(ConsolePort.Usb), StringComparison.Ordinal);
    }

    // The release, until the host has configured it.
    private static Guest Booted()
    {
        Guest badge = Guest.WithBadgeRelease();
        for (int i = 0; i < 200 && badge.Machine.Usb!.Status != UsbHostState.Configured; i++)
        {
            badge.Machine.Run(50 * Millisecond);
        }

        return badge;
    }
}
