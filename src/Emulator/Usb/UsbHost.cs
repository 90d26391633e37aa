// The computer at the other end of the board's USB cable. It waits for the device's pull-up, resets the link,
// enumerates what is there (UsbEnumeration), and then uses it as a PC would: a serial port becomes a console,
// interrupt endpoints are read and what they say is dropped, all else is only listed.
// Facts: USB 2.0, 7.1.7.3 (debounce), 7.1.7.5 and 9.2.6 (times of reset, recovery, requests), 5.7.4 and 5.8 (polling).
//
// An endpoint that is not ready is asked again when the controller stirs (a doorbell, a command, a moved dequeue
// pointer) and not before: on the bus it would answer the same until then. So a link on which nothing happens costs
// nothing. It is asked soon after that, and again after the time of a full packet: the controller fetches what it sends
// right at the doorbell, and firmware that has one buffer for all of it (Xous) writes the next text some 10 us later.
//
// What is typed is sent in packets of at most 64 bytes and not more than one a millisecond, the pace of a UART of
// half a megabaud, because the consoles of this chip's firmware keep no more than one packet.
//
// The board's switch: while its pad is low the lines are held at SE0, which is a cable that is pulled.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Usb;

/// <summary>What the host makes of the device.</summary>
public enum UsbHostState
{
    /// <summary>There is nobody on the bus.</summary>
    Detached,

    /// <summary>The host is getting to know the device.</summary>
    Enumerating,

    /// <summary>The device is in use.</summary>
    Configured,

    /// <summary>The host has given up, until the device leaves the bus and comes back.</summary>
    Failed,
}

/// <summary>A USB host.</summary>
public sealed class UsbHost : BoardPart
{
    /// <summary>How many typed bytes wait for the device at most.</summary>
    public const int QueueCapacity = 64 * 1024;

    private const ulong Millisecond = 1_000_000;
    private const ulong Microframe = 125_000;
    private const ulong Latency = 4_000;
    private const ulong Transaction = 10_000;
    private const ulong Debounce = 100 * Millisecond;
    private const ulong LinkReset = 50 * Millisecond;
    private const ulong Recovery = 10 * Millisecond;
    private const ulong AddressRecovery = 2 * Millisecond;
    private const ulong RequestPatience = 5000 * Millisecond;
    private const int Attempts = 3;

    private const int TypedPacket = 64;
    private const ulong TypedInterval = Millisecond;
    private const int EndpointNumbers = 16;

    private readonly SystemOnChip soc;
    private readonly Udc device;
    private readonly int switchPad;
    private readonly UsbDescriptors descriptors = new();
    private readonly UsbEnumeration enumeration;
    private readonly UsbControlPipe control;
    private readonly ByteQueue typed = new(QueueCapacity);
    private readonly ScheduledEvent step;
    private readonly ScheduledEvent round;
    private readonly ulong[] nextRead = new ulong[EndpointNumbers]; // nanosecond, by endpoint number
    [Derived("means something only while a packet is moved")]
    private readonly byte[] packet = new byte[UdcTransferRing.LongestPacket];
    [Derived("follow from the descriptors")]
    private readonly List<UsbEndpoint> polled = [];
    [Derived("follows from the descriptors")]
    private UsbEndpoint? consoleIn;
    [Derived("follows from the descriptors")]
    private UsbEndpoint? consoleOut;
    private Phase phase;
    private byte failedAttempts;
    private uint unready; // endpoints that said so since the controller last stirred: IN in bits 15:0, OUT above
    private ulong nextWrite;

    /// <param name="soc">The chip.</param>
    /// <param name="switchPad">The pad of the board's USB switch: low holds the lines at SE0.</param>
    public UsbHost(SystemOnChip soc, int switchPad)
        : base("USB host")
    {
        this.soc = soc;
        this.switchPad = switchPad;
        device = soc.Block<Udc>();
        enumeration = new UsbEnumeration(descriptors);
        control = new UsbControlPipe(device);
        step = new ScheduledEvent(soc.Events, EventPriority.Device, OnStep);
        round = new ScheduledEvent(soc.Events, EventPriority.Device, OnRound);
        device.AttachmentChanged += LookAtCable;
        device.Stirred += OnStirred;
        soc.Iox.PadChanged += pin =>
        {
            if (pin == switchPad)
            {
                LookAtCable();
            }
        };
    }

    // The numbers are stored.
    private enum Phase : byte
    {
        Detached = 0,
        Debouncing = 1,
        Resetting = 2,
        Resting = 3,
        Requesting = 4,
        Configured = 5,
        Failed = 6,
    }

    public UsbHostState Status => phase switch
    {
        Phase.Detached => UsbHostState.Detached,
        Phase.Configured => UsbHostState.Configured,
        Phase.Failed => UsbHostState.Failed,
        _ => UsbHostState.Enumerating,
    };

    /// <summary>The request at which the host gave up, or null.</summary>
    public string? FailedAt => phase == Phase.Failed ? enumeration.Doing : null;

    /// <summary>What the device says of itself, as far as the host has read it; null before that.</summary>
    public UsbDescription? Device => UsbDescription.Of(descriptors);

    /// <summary>The descriptors as the device has sent them.</summary>
    internal UsbDescriptors Descriptors => descriptors;

    /// <summary>The device's address on the bus; 0 while it has none.</summary>
    public int Address => phase == Phase.Detached ? 0 : enumeration.DeviceAddress;

    /// <summary>High speed, 480 Mbit/s; full speed otherwise.</summary>
    public bool IsHighSpeed => device.IsHighSpeed;

    /// <summary>The device has a serial port, and the host has opened it.</summary>
    public bool HasConsole => phase == Phase.Configured && consoleIn is not null && consoleOut is not null;

    /// <summary>Queues what is typed into the device's serial port; it waits until there is one.</summary>
    /// <returns>False when the queue has no room for all of it; nothing is taken then.</returns>
    public bool Receive(ReadOnlySpan<byte> bytes)
    {
        bool taken = typed.TryEnqueue(bytes);
        Schedule();
        return taken;
    }

    public override void PowerOn()
    {
        typed.Clear();
        Leave();
    }

    public override void State(StateStream state)
    {
        descriptors.State(state);
        enumeration.State(state);
        control.State(state);
        typed.State(state);
        state.Event(step);
        state.Event(round);
        foreach (ref ulong nanosecond in nextRead.AsSpan())
        {
            state.U64(ref nanosecond);
        }

        state.Enum(ref phase);
        state.U8(ref failedAttempts);
        state.U32(ref unready);
        state.U64(ref nextWrite);
        if (state.IsLoading)
        {
            OpenPipes();
        }
    }

    private void LookAtCable()
    {
        bool plugged = device.IsAttached && soc.Iox.Level(switchPad);
        if (plugged && phase == Phase.Detached)
        {
            phase = Phase.Debouncing;
            failedAttempts = 0;
            In(Debounce);
        }
        else if (!plugged && phase != Phase.Detached)
        {
            Leave();
            device.Suspend();
        }
    }

    private void Leave()
    {
        phase = Phase.Detached;
        step.Cancel();
        round.Cancel();
        control.Abandon();
        enumeration.Restart();
        OpenPipes();
    }

    // What was to happen after a time: the next phase, or the end of patience with a request.
    private void OnStep()
    {
        switch (phase)
        {
            case Phase.Debouncing:
                device.Connect();
                enumeration.Restart();
                ResetLink();
                break;
            case Phase.Resetting:
                device.EndBusReset();
                phase = Phase.Resting;
                In(Recovery);
                break;
            case Phase.Resting:
                NextRequest();
                break;
            case Phase.Requesting:
                control.Abandon();
                Answered(succeeded: false);
                break;
            default:
                break;
        }
    }

    private void ResetLink()
    {
        phase = Phase.Resetting;
        device.BeginBusReset();
        In(LinkReset);
    }

    private void NextRequest()
    {
        if (enumeration.TryBegin(control))
        {
            phase = Phase.Requesting;
            In(RequestPatience);
        }
        else
        {
            phase = Phase.Configured;
            step.Cancel();
            OpenPipes();
        }

        unready = 0;
        Schedule();
    }

    private void Answered(bool succeeded)
    {
        switch (enumeration.Take(succeeded, control.Received))
        {
            case EnumerationVerdict.GoesOn:
                NextRequest();
                break;
            case EnumerationVerdict.Rests:
                phase = Phase.Resting;
                In(AddressRecovery);
                break;
            case EnumerationVerdict.ResetsLink:
                ResetLink();
                break;
            case EnumerationVerdict.GivesUp when ++failedAttempts < Attempts:
                enumeration.Restart();
                ResetLink();
                break;
            default:
                phase = Phase.Failed;
                step.Cancel();
                break;
        }
    }

    private void OnStirred()
    {
        unready = 0;
        if (phase is Phase.Requesting or Phase.Configured)
        {
            Schedule();
        }
    }

    private void OnRound()
    {
        ulong now = Now;
        if (phase == Phase.Requesting)
        {
            StepRequest();
        }
        else if (phase == Phase.Configured)
        {
            foreach (UsbEndpoint endpoint in polled)
            {
                if (IsReady(endpoint) && now >= nextRead[endpoint.Number])
                {
                    Read(endpoint, now);
                }
            }

            if (WantsToWrite && now >= nextWrite)
            {
                Write(consoleOut!, now);
            }
        }

        Schedule();
    }

    private void StepRequest()
    {
        ControlStep done = control.Step(enumeration.DeviceAddress, ControlPacketSize);
        switch (done)
        {
            case ControlStep.Waits:
                unready |= 1;
                break;
            case ControlStep.GoesOn:
                break;
            default:
                Answered(done == ControlStep.Done);
                break;
        }
    }

    private void Read(UsbEndpoint endpoint, ulong now)
    {
        if (device.HostRead(enumeration.DeviceAddress, endpoint.Number, packet, out int length) != UsbHandshake.Ack)
        {
            unready |= Bit(endpoint);
            return;
        }

        nextRead[endpoint.Number] = now + Interval(endpoint);
        if (endpoint == consoleIn && length <= endpoint.MaxPacketSize)
        {
            foreach (byte value in packet.AsSpan(0, length))
            {
                soc.ConsoleOutput(ConsolePort.Usb, value);
            }
        }
    }

    private void Write(UsbEndpoint endpoint, ulong now)
    {
        int length = Math.Min(typed.Count, Math.Min(endpoint.MaxPacketSize, TypedPacket));
        typed.Peek(packet.AsSpan(0, length));
        if (device.HostWrite(enumeration.DeviceAddress, endpoint.Number, packet.AsSpan(0, length)) != UsbHandshake.Ack)
        {
            unready |= Bit(endpoint);
            return;
        }

        typed.Skip(length);
        nextWrite = now + TypedInterval;
    }

    // Looks for the next moment at which an endpoint that is ready may be used.
    private void Schedule()
    {
        ulong soonest = Now + Latency;
        ulong due = phase == Phase.Requesting && (unready & 1) == 0 ? soonest : ScheduledEvent.Never;
        if (phase == Phase.Configured)
        {
            foreach (UsbEndpoint endpoint in polled)
            {
                if (IsReady(endpoint))
                {
                    due = Math.Min(due, Math.Max(soonest, nextRead[endpoint.Number]));
                }
            }

            if (WantsToWrite)
            {
                due = Math.Min(due, Math.Max(soonest, nextWrite));
            }
        }

        ulong cycle = due == ScheduledEvent.Never ? due : soc.Clocks.CycleAt(due);
        if (cycle == ScheduledEvent.Never || cycle < round.Due)
        {
            soc.Schedule(round, cycle);
        }
    }

    private bool WantsToWrite => consoleOut is { } endpoint && typed.Count > 0 && IsReady(endpoint);

    private ulong Now => soc.Clocks.NanosecondsAt(soc.Now);

    private int ControlPacketSize => descriptors[DescriptorType.Device].Span is { Length: UsbDescription.DeviceLength } known
        && known[7] is 8 or 16 or 32 or 64 ? known[7] : 64;

    private bool IsReady(UsbEndpoint endpoint) => (unready & Bit(endpoint)) == 0;

    private static uint Bit(UsbEndpoint endpoint) => 1u << (endpoint.Number + (endpoint.IsIn ? 0 : EndpointNumbers));

    // How long after a packet the next one is asked for.
    private ulong Interval(UsbEndpoint endpoint) => endpoint.Transfer != UsbTransfer.Interrupt ? Transaction
        : IsHighSpeed ? Microframe << (Math.Clamp((int)endpoint.Interval, 1, 16) - 1)
        : Millisecond * (ulong)Math.Max((int)endpoint.Interval, 1);

    private void OpenPipes()
    {
        polled.Clear();
        consoleIn = consoleOut = null;
        if (phase != Phase.Configured || Device is not { } known)
        {
            return;
        }

        UsbInterface[] used = [.. known.Interfaces.Where(candidate => candidate.Alternate == 0)];
        UsbInterface? serial = used.FirstOrDefault(candidate => candidate.IsSerialPort);
        UsbInterface? data = serial is null ? null : used.FirstOrDefault(
            candidate => candidate.Number == serial.DataInterface && candidate.Class == UsbInterface.CdcDataClass);
        consoleIn = data?.Endpoints.FirstOrDefault(endpoint => endpoint is { Transfer: UsbTransfer.Bulk, IsIn: true });
        consoleOut = data?.Endpoints.FirstOrDefault(
            endpoint => endpoint is { Transfer: UsbTransfer.Bulk, IsIn: false, MaxPacketSize: > 0 });
        polled.AddRange(used.SelectMany(candidate => candidate.Endpoints)
            .Where(endpoint => endpoint == consoleIn || endpoint is { Transfer: UsbTransfer.Interrupt, IsIn: true })
            .Where(endpoint => endpoint.Number > 0)
            .DistinctBy(endpoint => endpoint.Number));
    }

    private void In(ulong nanoseconds) =>
        soc.Schedule(step, soc.Clocks.CycleAt(Now + nanoseconds));
}
