// The interrupter of the USB device controller: when events become an interrupt. Facts: datasheet, USB (IMAN, IMOD,
// EINT, EHB); the order in which the drivers of Xous and boot1 acknowledge.
//
// An event sets IP, and with it EINT and EHB, unless its TRB blocks that; but not before the handler of the last
// interrupt has moved ERDP on (EHB is 0 again) and IMOD's interval since IP was cleared has passed. A handler that has
// read all events by then is not called again. The line is IP and IE and INT_ENABLE.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The one interrupter.</summary>
internal sealed class UdcInterrupter
{
    private const uint IMAN_IP = 1 << 0;
    private const uint IMAN_IE = 1 << 1;
    private const uint IMOD_RESET = 4000;
    private const uint IMOD_INTERVAL = 0xFFFF;
    private const ulong IntervalNanoseconds = 250;

    private static readonly (int Bank, int Bit)[] Lines = [(1, 0), (10, 1)];

    private readonly SystemOnChip soc;
    private readonly UdcEventRing events;
    private readonly ScheduledEvent intervalOver;
    private bool pending;
    private bool enabled;
    private bool allEnabled;
    private bool eventInterrupt;
    private bool handlerBusy;
    private bool owed;
    private uint moderation = IMOD_RESET;

    /// <param name="soc">The chip, its interrupt banks already in place.</param>
    /// <param name="events">The ring that it tells of.</param>
    public UdcInterrupter(SystemOnChip soc, UdcEventRing events)
    {
        this.soc = soc;
        this.events = events;
        intervalOver = new ScheduledEvent(soc.Events, EventPriority.Device, Signal);
    }

    /// <summary>USBSTS.EINT.</summary>
    public bool EventInterrupt => eventInterrupt;

    /// <summary>ERDP.EHB.</summary>
    public bool HandlerBusy => handlerBusy;

    /// <summary>IMAN. Writing 1 to IP clears it.</summary>
    public uint Management
    {
        get => (pending ? IMAN_IP : 0) | (enabled ? IMAN_IE : 0);
        set
        {
            enabled = (value & IMAN_IE) != 0;
            if (pending && (value & IMAN_IP) != 0)
            {
                pending = false;
                if (moderation > 0)
                {
                    ulong over = soc.Clocks.NanosecondsAt(soc.Now) + (moderation * IntervalNanoseconds);
                    soc.Schedule(intervalOver, soc.Clocks.CycleAt(over));
                }
            }

            Signal();
        }
    }

    /// <summary>IMOD: the least time between two interrupts, in units of 250 ns.</summary>
    public uint Moderation
    {
        get => moderation;
        set => moderation = value & IMOD_INTERVAL;
    }

    /// <summary>USBCMD.INT_ENABLE.</summary>
    public void Enable(bool enable)
    {
        allEnabled = enable;
        UpdateLine();
    }

    public void ClearEventInterrupt() => eventInterrupt = false;

    /// <summary>An event has been posted.</summary>
    public void Owe()
    {
        owed = true;
        Signal();
    }

    /// <summary>The handler has moved ERDP.</summary>
    /// <param name="done">It is done, too.</param>
    public void Handled(bool done)
    {
        handlerBusy &= !done;
        owed &= !events.IsEmpty;
        Signal();
    }

    public void Reset()
    {
        intervalOver.Cancel();
        pending = enabled = allEnabled = eventInterrupt = handlerBusy = owed = false;
        moderation = IMOD_RESET;
        UpdateLine();
    }

    public void State(StateStream state)
    {
        state.Event(intervalOver);
        state.Bool(ref pending);
        state.Bool(ref enabled);
        state.Bool(ref allEnabled);
        state.Bool(ref eventInterrupt);
        state.Bool(ref handlerBusy);
        state.Bool(ref owed);
        state.U32(ref moderation);
    }

    private void Signal()
    {
        if (owed && !pending && !handlerBusy && !intervalOver.IsScheduled)
        {
            owed = false;
            pending = handlerBusy = eventInterrupt = true;
        }

        UpdateLine();
    }

    private void UpdateLine()
    {
        foreach ((int bank, int bit) in Lines)
        {
            soc.Irqs[bank].SetLevel(bit, pending && enabled && allEnabled);
        }
    }
}
