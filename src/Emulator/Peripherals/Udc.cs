// UDC: the USB device controller. Software and controller talk through rings in IFRAM: the event ring
// (UdcEventRing), and a transfer ring for each direction of an endpoint (UdcTransferRing; endpoint 0 has one for both,
// UdcControlEndpoint). The registers are here, and the commands, and what a host does to the controller.
// Facts: datasheet, USB; boot1's and Xous's drivers; values read on real parts.
//
// - A DMA error stops the controller: SYSTEM_ERR, HALTED, off the bus.
// - The area of the PHY below the registers, the on-chip buffers' layout and the PM registers are storage.
// Not modelled: suspend and resume by software (PLS), MFINDEX, isochronous endpoints, command 3 and those above 9.
// USBSTS shows idle by endpoint 0 and the event ring alone. Times of commands and of the reset are estimates.

using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The USB device controller.</summary>
public sealed class Udc : Peripheral
{
    // The registers stand at 0x2400 of the block; below them is the area of the PHY.
    private const uint Phy = 0x2000;
    private const uint Registers = 0x2400;
    private const uint DEVCAP = Registers + 0x00;
    private const uint DEVCONFIG = Registers + 0x10;
    private const uint EVENTCONFIG = Registers + 0x14;
    private const uint USBCMD = Registers + 0x20;
    private const uint USBSTS = Registers + 0x24;
    private const uint DCBAPLO = Registers + 0x28;
    private const uint DCBAPHI = Registers + 0x2C;
    private const uint PORTSC = Registers + 0x30;
    private const uint U3PORTPMSC = Registers + 0x34;
    private const uint U2PORTPMSC = Registers + 0x38;
    private const uint DOORBELL = Registers + 0x40;
    private const uint EPENABLE = Registers + 0x60;
    private const uint EPRUNNING = Registers + 0x64;
    private const uint CMDPARA0 = Registers + 0x70;
    private const uint CMDPARA1 = Registers + 0x74;
    private const uint CMDCTRL = Registers + 0x78;
    private const uint ODB = Registers + 0x80; // to 0xBC: layout of the on-chip buffers, debug
    private const uint ODB_END = Registers + 0xC0;
    private const uint IMAN = Registers + 0x100;
    private const uint IMOD = Registers + 0x104;
    private const uint ERSTSZ = Registers + 0x108;
    private const uint ERSTBALO = Registers + 0x110;
    private const uint ERSTBAHI = Registers + 0x114;
    private const uint ERDPLO = Registers + 0x118;
    private const uint ERDPHI = Registers + 0x11C;

    private const uint DEVCAP_VALUE = 0x2001_4401; // 4 endpoints each way besides 0, one interrupter
    private const uint DEVCONFIG_RESET = 0x81;
    private const uint DEVCONFIG_MASK = 0xFF;
    private const uint DEVCONFIG_MAX_SPEED = 0xF;
    private const uint EVENTCONFIG_RESET = 0x0010_507B;
    private const uint EVENTCONFIG_SETUP_ENABLE = 1 << 16;
    private const uint EVENTCONFIG_STOPPED_EMPTY = 1 << 17;
    private const uint EVENTCONFIG_HALTED_EMPTY = 1 << 18;
    private const uint EVENTCONFIG_DISABLED = 1 << 20;
    private const uint USBCMD_RUN = 1 << 0;
    private const uint USBCMD_SOFT_RESET = 1 << 1;
    private const uint USBCMD_INT_ENABLE = 1 << 2;
    private const uint USBCMD_KEEP_CONNECT = 1 << 11;
    private const uint USBCMD_MASK = 0xC0D;
    private const uint USBSTS_HALTED = 1 << 0;
    private const uint USBSTS_SYSTEM_ERR = 1 << 2;
    private const uint USBSTS_EINT = 1 << 3;
    private const uint USBSTS_IDLE = 1 << 12;
    private const uint DOORBELL_TARGET = 0x1F;
    private const uint CMDCTRL_ACTIVE = 1 << 0;
    private const uint CMDCTRL_IOC = 1 << 1;
    private const uint CMDCTRL_MASK = 0xF3;
    private const uint ERDPLO_EHB = 1 << 3;

    private const ulong CommandNanoseconds = 1000;
    private const ulong ResetNanoseconds = 10_000;

    private readonly UdcDma dma;
    private readonly UdcEventRing events;
    private readonly UdcInterrupter interrupter;
    private readonly UdcPort port = new();
    private readonly UdcControlEndpoint control;
    private readonly UdcEndpoints endpoints;
    private readonly ScheduledEvent commandDone;
    private readonly ScheduledEvent resetDone;
    private readonly uint[] phy = new uint[(Registers - Phy) / 4];
    private readonly uint[] odb = new uint[(ODB_END - ODB) / 4];
    private uint deviceConfig;
    private uint eventConfig;
    private uint command;
    private bool running;
    private bool systemError;
    private uint contexts;
    private uint contextsHigh;
    private uint u3Pm;
    private uint u2Pm;
    private uint doorbell;
    private uint parameter0;
    private uint parameter1;
    private uint commandControl;
    private bool portEventOwed;
    private uint tableHigh;
    private uint dequeueHigh;
    private byte address;
    private byte nextAddress;

    public Udc(SystemOnChip soc)
        : base(soc, "UDC")
    {
        dma = new UdcDma(soc.Memory) { Failed = OnDmaError };
        events = new UdcEventRing(dma);
        interrupter = new UdcInterrupter(soc, events);
        control = new UdcControlEndpoint(this);
        endpoints = new UdcEndpoints(this, dma);
        commandDone = new ScheduledEvent(soc.Events, EventPriority.Device, OnCommandDone);
        resetDone = new ScheduledEvent(soc.Events, EventPriority.Device, OnResetDone);
    }

    private enum Command
    {
        InitializeEp0 = 0,
        UpdateEp0 = 1,
        SetAddress = 2,
        ConfigEp = 4,
        SetHalt = 5,
        ClearHalt = 6,
        ResetSeqnum = 7,
        StopEp = 8,
        SetTrDequeue = 9,
    }

    /// <summary>Called when the controller comes onto the bus or leaves it.</summary>
    internal Action? AttachmentChanged { get; set; }

    /// <summary>Called when an endpoint may have something to say that it did not have before.</summary>
    internal Action? Stirred { get; set; }

    /// <summary>Whether a host sees the controller: its pull-up is on.</summary>
    internal bool IsAttached => running || (!resetDone.IsScheduled && (command & USBCMD_KEEP_CONNECT) != 0);

    internal bool IsHighSpeed => port.IsHighSpeed;

    /// <summary>Whether software may be told of a setup packet now.</summary>
    internal bool TakesSetup => (eventConfig & EVENTCONFIG_SETUP_ENABLE) != 0;

    public override uint Read(uint offset)
    {
        switch (offset)
        {
            case DEVCAP:
                return DEVCAP_VALUE;
            case DEVCONFIG:
                return deviceConfig;
            case EVENTCONFIG:
                return eventConfig;
            case USBCMD:
                return command | (running ? USBCMD_RUN : 0) | (resetDone.IsScheduled ? USBCMD_SOFT_RESET : 0);
            case USBSTS:
                return (running ? 0 : USBSTS_HALTED) | (systemError ? USBSTS_SYSTEM_ERR : 0)
                    | (interrupter.EventInterrupt ? USBSTS_EINT : 0) | (IsIdle ? USBSTS_IDLE : 0);
            case DCBAPLO:
                return contexts;
            case DCBAPHI:
                return contextsHigh;
            case PORTSC:
                return port.Value;
            case U3PORTPMSC:
                return u3Pm;
            case U2PORTPMSC:
                return u2Pm;
            case DOORBELL:
                return doorbell;
            case EPENABLE:
                return endpoints.Enabled;
            case EPRUNNING:
                return endpoints.Running;
            case CMDPARA0:
                return parameter0;
            case CMDPARA1:
                return parameter1;
            case CMDCTRL:
                return commandControl | (commandDone.IsScheduled ? CMDCTRL_ACTIVE : 0);
            case IMAN:
                return interrupter.Management;
            case IMOD:
                return interrupter.Moderation;
            case ERSTSZ:
                return events.Segments;
            case ERSTBALO:
                return events.Table;
            case ERSTBAHI:
                return tableHigh;
            case ERDPLO:
                return events.Dequeue | (interrupter.HandlerBusy ? ERDPLO_EHB : 0);
            case ERDPHI:
                return dequeueHigh;
            case >= Phy and < Registers:
                return phy[(offset - Phy) / 4];
            case >= ODB and < ODB_END:
                return odb[(offset - ODB) / 4];
            default:
                return UnmodelledRead(offset);
        }
    }

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        switch (offset)
        {
            case DEVCONFIG:
                deviceConfig = Merge(deviceConfig, value, lanes) & DEVCONFIG_MASK;
                break;
            case EVENTCONFIG:
                eventConfig = Merge(eventConfig, value, lanes);
                control.Announce();
                Stirred?.Invoke();
                break;
            case USBCMD:
                WriteCommand(Merge(Read(USBCMD), value, lanes));
                break;
            case USBSTS:
                systemError &= (value & USBSTS_SYSTEM_ERR) == 0;
                if ((value & USBSTS_EINT) != 0)
                {
                    interrupter.ClearEventInterrupt();
                }

                break;
            case DCBAPLO:
                contexts = Merge(contexts, value, lanes) & ~0x3Fu;
                break;
            case DCBAPHI:
                contextsHigh = Merge(contextsHigh, value, lanes);
                break;
            case PORTSC:
                port.Write(value);
                break;
            case U3PORTPMSC:
                u3Pm = Merge(u3Pm, value, lanes);
                break;
            case U2PORTPMSC:
                u2Pm = Merge(u2Pm, value, lanes);
                break;
            case DOORBELL:
                doorbell = value & DOORBELL_TARGET;
                Ring((int)doorbell);
                break;
            case EPENABLE:
                foreach (UdcEndpoint endpoint in endpoints.In(value))
                {
                    endpoint.Disable();
                }

                break;
            case CMDPARA0:
                parameter0 = Merge(parameter0, value, lanes);
                break;
            case CMDPARA1:
                parameter1 = Merge(parameter1, value, lanes);
                break;
            case CMDCTRL:
                StartCommand(value);
                break;
            case IMAN:
                interrupter.Management = value;
                break;
            case IMOD:
                interrupter.Moderation = Merge(interrupter.Moderation, value, lanes);
                break;
            case ERSTSZ:
                events.Segments = value & 0xFFFF;
                break;
            case ERSTBALO:
                events.Table = Merge(events.Table, value, lanes) & ~0x3Fu;
                break;
            case ERSTBAHI:
                tableHigh = Merge(tableHigh, value, lanes);
                break;
            case ERDPLO:
                WriteDequeue(value);
                break;
            case ERDPHI:
                dequeueHigh = Merge(dequeueHigh, value, lanes);
                break;
            case DEVCAP or EPRUNNING:
                break; // read-only
            case >= Phy and < Registers:
                phy[(offset - Phy) / 4] = Merge(phy[(offset - Phy) / 4], value, lanes);
                break;
            case >= ODB and < ODB_END:
                odb[(offset - ODB) / 4] = Merge(odb[(offset - ODB) / 4], value, lanes);
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        Array.Clear(phy);
        resetDone.Cancel();
        ResetController(byChip: true);
    }

    public override void State(StateStream state)
    {
        events.State(state);
        interrupter.State(state);
        port.State(state);
        control.State(state);
        endpoints.State(state);
        state.Event(commandDone);
        state.Event(resetDone);
        state.U32s(phy);
        state.U32s(odb);
        state.U32(ref deviceConfig);
        state.U32(ref eventConfig);
        state.U32(ref command);
        state.Bool(ref running);
        state.Bool(ref systemError);
        state.U32(ref contexts);
        state.U32(ref contextsHigh);
        state.U32(ref u3Pm);
        state.U32(ref u2Pm);
        state.U32(ref doorbell);
        state.U32(ref parameter0);
        state.U32(ref parameter1);
        state.U32(ref commandControl);
        state.Bool(ref portEventOwed);
        state.U32(ref tableHigh);
        state.U32(ref dequeueHigh);
        state.U8(ref address);
        state.U8(ref nextAddress);
    }

    /// <summary>A host has found the controller.</summary>
    internal void Connect() => PortChanged(port.Connect());

    /// <summary>The host begins to reset the link: the address is 0 again, and what endpoint 0 did is over.</summary>
    internal void BeginBusReset()
    {
        LoseLink();
        port.BeginReset();
    }

    /// <summary>The host ends its reset.</summary>
    internal void EndBusReset() => PortChanged(port.EndReset(deviceConfig & DEVCONFIG_MAX_SPEED));

    /// <summary>The lines fall idle, as they do without a host.</summary>
    internal void Suspend() => port.Suspend();

    /// <summary>The host sends a setup packet of 8 bytes to endpoint 0.</summary>
    internal UsbHandshake HostSetup(int device, ReadOnlySpan<byte> packet)
    {
        if (!Hears(device))
        {
            return UsbHandshake.None;
        }

        control.Setup(packet);
        return running ? UsbHandshake.Ack : UsbHandshake.None;
    }

    /// <summary>The host reads a packet.</summary>
    /// <param name="device">The address that it asks.</param>
    /// <param name="endpoint">0 to 15.</param>
    /// <param name="packet">Room for the longest packet.</param>
    /// <param name="length">Bytes given, when they are.</param>
    internal UsbHandshake HostRead(int device, int endpoint, Span<byte> packet, out int length)
    {
        length = 0;
        return !Hears(device) ? UsbHandshake.None
            : endpoint == 0 ? control.Send(packet, out length)
            : endpoints.Find(endpoint, inbound: false)?.Send(packet, out length) ?? UsbHandshake.None;
    }

    /// <summary>The host writes a packet.</summary>
    internal UsbHandshake HostWrite(int device, int endpoint, ReadOnlySpan<byte> packet) =>
        !Hears(device) ? UsbHandshake.None
        : endpoint == 0 ? control.Receive(packet)
        : endpoints.Find(endpoint, inbound: true)?.Receive(packet) ?? UsbHandshake.None;

    /// <summary>A status stage with "set address" has ended.</summary>
    internal void TakeAddress() => address = nextAddress;

    internal bool HasRoomFor(int posted) => events.HasRoomFor(posted);

    /// <summary>Posts an event; without room it is lost.</summary>
    internal void Post(in Trb posted, bool interrupts = true)
    {
        if (events.TryPost(in posted) && interrupts)
        {
            interrupter.Owe();
        }
    }

    internal bool TryReadTrb(uint pointer, out Trb trb) => dma.TryRead(pointer, out trb);

    /// <summary>Reads from a TRB's buffer.</summary>
    internal bool TryRead(in Trb trb, uint offset, Span<byte> destination) =>
        dma.TryRead(BufferAddress(in trb, offset), destination);

    /// <summary>Writes into a TRB's buffer.</summary>
    internal bool TryWrite(in Trb trb, uint offset, ReadOnlySpan<byte> source) =>
        dma.TryWrite(BufferAddress(in trb, offset), source);

    internal void ReportEndlessRing() => UnmodelledWrite(DOORBELL, doorbell, "a transfer ring leads nowhere");

    internal void ReportOverrun() => UnmodelledWrite(EPRUNNING, 0, "a packet is longer than its buffer");

    // An address beyond 4 GiB is nowhere near IFRAM, and 0 is not either.
    private static uint BufferAddress(in Trb trb, uint offset) => trb.Word1 == 0 ? trb.Word0 + offset : 0;

    private bool IsIdle => running && !control.IsBusy && events.IsEmpty;

    private bool Hears(int device) => running && port.IsInUse && device == address;

    private void WriteCommand(uint value)
    {
        if (resetDone.IsScheduled)
        {
            return;
        }

        if ((value & USBCMD_SOFT_RESET) != 0)
        {
            command = 0;
            running = false;
            commandDone.Cancel();
            Soc.Schedule(resetDone, After(ResetNanoseconds));
            AttachmentChanged?.Invoke();
            return;
        }

        command = value & USBCMD_MASK & ~USBCMD_RUN;
        SetRunning((value & USBCMD_RUN) != 0 && !systemError);
        interrupter.Enable((value & USBCMD_INT_ENABLE) != 0);
        AttachmentChanged?.Invoke();
    }

    // Off the bus unless the controller keeps its pull-up.
    private void SetRunning(bool run)
    {
        bool ran = running;
        running = run;
        if (ran && !run && (command & USBCMD_KEEP_CONNECT) == 0)
        {
            LoseLink();
            PortChanged(port.Disconnect());
        }
    }

    private void LoseLink()
    {
        address = nextAddress = 0;
        eventConfig &= ~EVENTCONFIG_SETUP_ENABLE;
        control.Abandon();
        if ((eventConfig & EVENTCONFIG_DISABLED) != 0)
        {
            foreach (UdcEndpoint endpoint in endpoints.In(endpoints.Running))
            {
                endpoint.SayDisabled();
            }
        }
    }

    private void PortChanged(uint enables)
    {
        if ((eventConfig & enables) != 0)
        {
            portEventOwed = true;
            PostPortEvent();
        }
    }

    private void PostPortEvent()
    {
        if (portEventOwed && events.HasRoomFor(1))
        {
            portEventOwed = false;
            Post(Trb.PlainEvent(TrbType.PortStatusChangeEvent));
        }
    }

    private void Ring(int pei)
    {
        if (!running)
        {
            return;
        }

        if (pei == 0)
        {
            control.Ring();
        }

        endpoints.Ring(pei);
        Stirred?.Invoke();
    }

    private void StartCommand(uint value)
    {
        if (commandDone.IsScheduled || resetDone.IsScheduled)
        {
            return; // not while one is active
        }

        commandControl = value & CMDCTRL_MASK & ~CMDCTRL_ACTIVE;
        if ((value & CMDCTRL_ACTIVE) != 0)
        {
            Soc.Schedule(commandDone, After(CommandNanoseconds));
        }
    }

    private void OnCommandDone()
    {
        Execute((Command)(commandControl >> 4));
        if ((commandControl & CMDCTRL_IOC) != 0)
        {
            Post(Trb.PlainEvent(TrbType.CommandCompletionEvent));
        }

        Stirred?.Invoke();
    }

    private void Execute(Command executed)
    {
        switch (executed)
        {
            case Command.InitializeEp0:
                control.Initialize(parameter1 == 0 ? parameter0 : 0);
                break;
            case Command.UpdateEp0:
                control.SetPacketSize((int)(parameter0 >> 16));
                break;
            case Command.SetAddress:
                nextAddress = (byte)(parameter0 & 0x7F);
                break;
            case Command.ConfigEp:
                endpoints.Configure(parameter0, contextsHigh == 0 ? contexts : 0);
                break;
            case Command.SetHalt:
                foreach (UdcEndpoint endpoint in endpoints.In(parameter0))
                {
                    endpoint.Halt(tellsEmpty: (eventConfig & EVENTCONFIG_HALTED_EMPTY) != 0);
                }

                break;
            case Command.ClearHalt:
                foreach (UdcEndpoint endpoint in endpoints.In(parameter0))
                {
                    endpoint.ClearHalt();
                }

                break;
            case Command.ResetSeqnum:
                break; // packets are not numbered here
            case Command.StopEp:
                foreach (UdcEndpoint endpoint in endpoints.In(parameter0))
                {
                    endpoint.Stop(tellsEmpty: (eventConfig & EVENTCONFIG_STOPPED_EMPTY) != 0);
                }

                break;
            case Command.SetTrDequeue:
                endpoints.SetDequeue(parameter0, contextsHigh == 0 ? contexts : 0);
                break;
            default:
                UnmodelledWrite(CMDCTRL, commandControl, $"command {(int)executed}");
                break;
        }
    }

    private void WriteDequeue(uint value)
    {
        events.Dequeue = value;
        interrupter.Handled((value & ERDPLO_EHB) != 0);
        PostPortEvent();
        control.Announce();
        Stirred?.Invoke();
    }

    private void OnDmaError(uint failed)
    {
        UnmodelledWrite(USBSTS, failed, "DMA outside IFRAM");
        systemError = true;
        if (running)
        {
            SetRunning(false);
            AttachmentChanged?.Invoke();
        }
    }

    private void OnResetDone() => ResetController(byChip: false);

    private void ResetController(bool byChip)
    {
        events.Reset();
        interrupter.Reset();
        port.Reset();
        control.Reset(byChip);
        endpoints.Reset();
        commandDone.Cancel();
        Array.Clear(odb);
        deviceConfig = DEVCONFIG_RESET;
        eventConfig = EVENTCONFIG_RESET;
        command = contexts = contextsHigh = u3Pm = u2Pm = doorbell = 0;
        parameter0 = parameter1 = commandControl = tableHigh = dequeueHigh = 0;
        running = systemError = portEventOwed = false;
        address = nextAddress = 0;
        AttachmentChanged?.Invoke();
    }

    private ulong After(ulong nanoseconds) => Soc.Clocks.CycleAt(Soc.Clocks.NanosecondsAt(Soc.Now) + nanoseconds);
}
