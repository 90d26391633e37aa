// The host at the other end of the cable, and a program that is a device of its own (usb_cdc.c).

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Tests.MachineFrame;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Tests.Usb;

public class UsbHostTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 350_000;

    private static readonly byte Prog = Pin.Number('C', 13);

    [Fact]
    public void The_host_finds_out_what_the_device_is()
    {
        using Guest guest = Configured();
        UsbHost host = guest.Machine.Usb!;
        Assert.Equal((UsbHostState.Configured, 1, true, true), (host.Status, host.Address, host.IsHighSpeed, host.HasConsole));
        Assert.Null(host.FailedAt);
        UsbDescription device = host.Device!;
        Assert.Equal((0x1209, 0x0001, 0x0201, 0x0123), (device.VendorId, device.ProductId, device.UsbVersion, device.DeviceVersion));
        Assert.Equal(("XousCloud", "Echo", "0001"), (device.Manufacturer, device.Product, device.SerialNumber));
        Assert.Equal((1, 0xC0, 100), (device.ConfigurationValue, device.Attributes, device.MaxPowerMilliamps));
        Assert.Equal([(2, "Serial"), (10, null), (3, "Keyboard")], device.Interfaces.Select(found => ((int)found.Class, found.Name)));
        Assert.Equal(
            [
                new UsbEndpoint(0x82, UsbTransfer.Interrupt, 16, 9), new UsbEndpoint(0x81, UsbTransfer.Bulk, 512, 0),
                new UsbEndpoint(0x01, UsbTransfer.Bulk, 512, 0), new UsbEndpoint(0x83, UsbTransfer.Interrupt, 8, 4),
            ],
            device.Interfaces.SelectMany(found => found.Endpoints));
        Assert.Equal(device.Interfaces[2].ReportLength, device.Interfaces[2].Report.Length);
        Assert.Empty(guest.UnmodelledAccesses);
    }

    [Fact]
    public void The_device_sees_a_link_reset_twice_then_address_configuration_and_an_open_port()
    {
        using Guest guest = Configured();
        Assert.True(guest.RunUntil("usb: key taken\r\n"));
        Assert.Equal(
            "usb: ready\r\nusb: host\r\nusb: high speed\r\nusb: high speed\r\nusb: address 1\r\nusb: configured\r\n"
                + "usb: 115200 baud\r\nusb: DTR\r\nusb: key taken\r\n",
            guest.Console);
    }

    [Fact]
    public void What_is_typed_comes_back()
    {
        using Guest guest = Configured();
        guest.Send("hello\r", ConsolePort.Usb);
        Assert.True(guest.RunUntil("HELLO\r", seconds: 0.1, port: ConsolePort.Usb));
    }

    [Fact]
    public void What_is_typed_before_there_is_a_port_waits_for_it()
    {
        using Guest guest = new("usb_cdc");
        guest.Send("early\r", ConsolePort.Usb);
        Assert.True(guest.RunUntil("EARLY\r", seconds: 0.5, port: ConsolePort.Usb));
    }

    [Fact]
    public void A_long_text_comes_back_whole_and_does_not_come_at_once()
    {
        using Guest guest = Configured();
        string text = string.Concat(Enumerable.Range(0, 3000).Select(i => (char)('a' + (i % 26))));
        ulong start = guest.Machine.Cycle;
        guest.Send(text, ConsolePort.Usb);
        Assert.True(guest.RunUntil(text.ToUpperInvariant(), seconds: 1, port: ConsolePort.Usb));
        Assert.InRange(guest.Machine.Cycle - start, 45 * Millisecond, 60 * Millisecond);
    }

    [Fact]
    public void More_than_the_queue_holds_is_refused_whole()
    {
        using Guest guest = new("usb_cdc");
        byte[] full = new byte[UsbHost.QueueCapacity];
        Assert.True(guest.Machine.Apply(MachineInput.Send(ConsolePort.Usb, full)));
        Assert.False(guest.Machine.Apply(MachineInput.Send(ConsolePort.Usb, new byte[1])));
    }

    [Fact]
    public void A_device_that_has_nothing_to_say_costs_no_events()
    {
        using Guest guest = Configured();
        guest.Machine.Run(100 * Millisecond);
        Assert.Null(guest.Machine.NextEvent);
        Assert.True(guest.Machine.IsWaiting);
    }

    [Fact]
    public void PROG_pulls_the_cable_and_puts_it_back()
    {
        using Guest guest = Configured();
        UsbHost host = guest.Machine.Usb!;
        guest.Machine.Apply(MachineInput.SetPin(Prog, PinDrive.Low));
        Assert.Equal(UsbHostState.Detached, host.Status);
        Assert.Null(host.Device);
        guest.Send("meanwhile\r", ConsolePort.Usb);
        guest.Machine.Run(300 * Millisecond);
        Assert.Equal("", guest.Said(ConsolePort.Usb));
        guest.Machine.Apply(MachineInput.SetPin(Prog, PinDrive.Released));
        Assert.Equal(UsbHostState.Enumerating, host.Status);
        Assert.True(guest.RunUntil("MEANWHILE\r", seconds: 0.5, port: ConsolePort.Usb));
    }

    [Fact]
    public void A_contact_that_bounces_is_one_connection()
    {
        using Guest guest = new("usb_cdc");
        Assert.True(guest.RunUntil("ready"));
        for (int i = 0; i < 5; i++)
        {
            guest.Machine.Apply(MachineInput.SetPin(Prog, PinDrive.Low));
            guest.Machine.Run(10 * Millisecond);
            guest.Machine.Apply(MachineInput.SetPin(Prog, PinDrive.Released));
            guest.Machine.Run(50 * Millisecond);
        }

        Assert.DoesNotContain("host", guest.Console, StringComparison.Ordinal);
        Assert.True(guest.RunUntil("usb: DTR"));
        Assert.Single(guest.Console.Split("usb: host").Skip(1));
    }

    [Theory]
    [InlineData(ResetKind.Pad)]
    [InlineData(ResetKind.PowerOn)]
    public void After_a_reset_of_the_chip_the_device_is_found_again(ResetKind kind)
    {
        using Guest guest = Configured();
        guest.Machine.Apply(MachineInput.PressReset(kind));
        Assert.Equal(UsbHostState.Detached, guest.Machine.Usb!.Status);
        guest.Machine.Run(400 * Millisecond);
        Assert.Equal(UsbHostState.Configured, guest.Machine.Usb!.Status);
    }

    [Fact]
    public void A_device_that_never_answers_is_given_up_and_left_alone()
    {
        using Guest guest = Silent();
        guest.Machine.Run(1000 * Millisecond);
        Assert.Equal(UsbHostState.Enumerating, guest.Machine.Usb!.Status);
        guest.Machine.Run(16_000 * Millisecond);
        Assert.Equal(UsbHostState.Failed, guest.Machine.Usb!.Status);
        Assert.Equal("GET_DESCRIPTOR (device)", guest.Machine.Usb!.FailedAt);
        Assert.Null(guest.Machine.NextEvent);
    }

    [Fact]
    public void Two_runs_end_alike_on_either_engine_and_however_they_are_cut()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using Guest whole = new("usb_cdc");
        using Guest pieces = new("usb_cdc", EngineKind.Stepper);
        foreach (Guest guest in (Guest[])[whole, pieces])
        {
            guest.Send("hello\r", ConsolePort.Usb);
        }

        ulong end = 300 * Millisecond;
        whole.Machine.Run(end);
        while (pieces.Machine.Cycle < end)
        {
            pieces.Machine.Run(Math.Min(end - pieces.Machine.Cycle, (ulong)random.NextInt64(1, 5 * (long)Millisecond)));
        }

        Assert.Equal(whole.Machine.StateHash(), pieces.Machine.StateHash());
        Assert.Equal("HELLO\r", pieces.Said(ConsolePort.Usb));
    }

    [Fact]
    public void A_machine_that_is_saved_at_any_point_of_the_enumeration_goes_on_as_before()
    {
        MachineImage image = Guest.LoadImage("usb_cdc");
        using Guest saved = new(image);
        saved.Send("hello\r", ConsolePort.Usb);
        for (int i = 0; i < 60; i++)
        {
            saved.Machine.Run(i < 10 ? 20 * Millisecond : Millisecond);
            using Guest restored = new(image);
            restored.Machine.Load(saved.Machine.Save());
            Assert.Equal(saved.Machine.StateHash(), restored.Machine.StateHash());
            restored.Machine.Run(100 * Millisecond);
            using Guest reference = new(image);
            reference.Machine.Load(saved.Machine.Save());
            reference.Machine.Run(100 * Millisecond);
            Assert.Equal(reference.Machine.StateHash(), restored.Machine.StateHash());
        }
    }

    [Fact]
    public void A_damaged_state_neither_throws_nor_hangs()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        MachineImage image = Guest.LoadImage("usb_cdc");
        using Guest guest = new(image);
        for (int i = 0; i < 100; i++)
        {
            guest.Machine.Run((ulong)random.NextInt64(8 * (long)Millisecond));
            StateWriter writer = new();
            guest.Machine.Usb!.State(writer);
            byte[] damaged = writer.Written.ToArray();
            for (int flips = random.Next(1, 20); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)random.Next(256);
            }

            using Guest loaded = new(image);
            loaded.Machine.Load(guest.Machine.Save());
            try
            {
                loaded.Machine.Usb!.State(new StateReader(damaged));
            }
            catch (SnapshotFormatException)
            {
                continue;
            }

            loaded.Machine.Run(200 * Millisecond);
            loaded.Machine.Apply(MachineInput.PressReset(ResetKind.Pad));
            loaded.Machine.Run(10 * Millisecond);
        }
    }

    // The device of usb_cdc.c, in use.
    private static Guest Configured()
    {
        Guest guest = new("usb_cdc");
        Assert.True(guest.RunUntil("usb: DTR\r\n", seconds: 0.5), guest.Console);
        guest.Machine.Run(Millisecond);
        return guest;
    }

    // A program that lets the host see the controller, and waits for ever.
    private static Guest Silent()
    {
        uint[] code =
        [
            0x5020_22B7, // lui t0, 0x50202
            0x0010_0313, // li t1, 1
            0x4262_A023, // sw t1, 0x420(t0)
            0x1050_0073, // wfi
            0x0000_006F, // j .
        ];
        byte[] bytes = [.. code.SelectMany(BitConverter.GetBytes)];
        return new Guest(new MachineImage("silent", 0x6006_0300, [(0x6006_0300, bytes)]));
    }
}
