// The USB device controller on a bench: a test is its software, through registers and IFRAM, and its host, packet by
// packet. The board's own host sees the pull-up only after a tenth of a second, and no test waits so long.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Tests.Peripherals;

internal sealed class UdcBench : IDisposable
{
    public const uint Base = 0x5020_2400;
    public const uint DEVCONFIG = Base + 0x10;
    public const uint EVENTCONFIG = Base + 0x14;
    public const uint USBCMD = Base + 0x20;
    public const uint USBSTS = Base + 0x24;
    public const uint DCBAPLO = Base + 0x28;
    public const uint PORTSC = Base + 0x30;
    public const uint DOORBELL = Base + 0x40;
    public const uint EPENABLE = Base + 0x60;
    public const uint EPRUNNING = Base + 0x64;
    public const uint CMDPARA0 = Base + 0x70;
    public const uint CMDCTRL = Base + 0x78;
    public const uint IMAN = Base + 0x100;
    public const uint IMOD = Base + 0x104;
    public const uint ERSTSZ = Base + 0x108;
    public const uint ERSTBALO = Base + 0x110;
    public const uint ERDPLO = Base + 0x118;

    public const uint Run = 1;
    public const uint SoftReset = 2;
    public const uint InterruptEnable = 4;
    public const uint Microsecond = 350;

    public const uint Contexts = 0x5000_1000;
    public const uint Table = 0x5000_1100;
    public const uint EventRing = 0x5000_1200;
    public const uint Events = 8;
    public const uint Data = 0x5000_8000;

    // Flags of a TRB.
    public const uint Chain = 1 << 4;
    public const uint Completion = 1 << 5;
    public const uint Inbound = 1 << 16;
    public const uint Stall = 1 << 19;
    public const uint SetsAddress = 1 << 20;

    private const uint RingTrbs = 32; // the last is a link back to the first

    private readonly Dictionary<int, (uint Next, uint Cycle)> enqueue = [];
    private uint dequeue = EventRing;
    private bool cycle = true;

    public Chip Chip { get; } = new(cold: false);

    public Udc Udc => Chip.Soc.Block<Udc>();

    public uint Port => Chip.Read(PORTSC);

    public uint Status => Chip.Read(USBSTS);

    /// <summary>Interrupt lines of the two banks that carry the controller.</summary>
    public bool Interrupts => (Chip.Read(0xE000_5000 + 0x0C) & 1) != 0 && (Chip.Read(0xE000_6000 + 0x0C) & 2) != 0;

    /// <summary>A ring for events and one for endpoint 0, and the controller runs.</summary>
    public UdcBench Start()
    {
        Fill(EventRing, new byte[Events * 16]);
        dequeue = EventRing;
        cycle = true;
        Chip.Store(Table, EventRing);
        Chip.Store(Table + 4, 0);
        Chip.Store(Table + 8, Events);
        Chip.Write(ERSTSZ, 1);
        Chip.Write(ERSTBALO, Table);
        Chip.Write(ERDPLO, EventRing | 8);
        Chip.Write(IMOD, 0);
        Chip.Write(IMAN, 3);
        Chip.Write(DEVCONFIG, 0x83);
        Chip.Write(DCBAPLO, Contexts);
        NewRing(0);
        Command(0, Ring(0) | 1);
        Chip.Write(USBCMD, Run | InterruptEnable);
        return this;
    }

    /// <summary>A host appears, resets the link, and software welcomes setup packets.</summary>
    public UdcBench Connect()
    {
        Udc.Connect();
        Udc.BeginBusReset();
        Udc.EndBusReset();
        Chip.Write(PORTSC, Port);
        Command(1, 64u << 16);
        Chip.Write(EVENTCONFIG, Chip.Read(EVENTCONFIG) | (1 << 16));
        TakeEvents();
        return this;
    }

    public uint Ring(int pei) => 0x5000_2000 + ((uint)pei * 0x200);

    /// <summary>Issues a command and waits for it.</summary>
    public void Command(uint type, uint parameter, uint flags = 0)
    {
        Chip.Write(CMDPARA0, parameter);
        Chip.Write(CMDPARA0 + 4, 0);
        Chip.Write(CMDCTRL, (type << 4) | flags | 1);
        Chip.Pass(2 * Microsecond);
        Assert.Equal(0u, Chip.Read(CMDCTRL) & 1);
    }

    /// <summary>Configures an endpoint of the context's type, with an empty ring.</summary>
    public void Configure(int pei, uint type, uint packetSize)
    {
        NewRing(pei);
        uint context = Contexts + (uint)((pei - 2) * 16);
        Chip.Store(context, (uint)(pei / 2) << 3);
        Chip.Store(context + 4, (packetSize << 16) | (type << 3));
        Chip.Store(context + 8, Ring(pei) | 1);
        Chip.Store(context + 12, 0);
        Command(4, 1u << pei);
    }

    /// <summary>Puts a TRB on a ring.</summary>
    /// <returns>Where it stands.</returns>
    public uint Put(int pei, uint type, uint buffer = Data, uint length = 0, uint flags = Completion)
    {
        (uint at, uint cycleBit) = enqueue[pei];
        Store(at, buffer, length, (type << 10) | flags | cycleBit);
        enqueue[pei] = (at + 16, cycleBit);
        if (at + 16 == Ring(pei) + ((RingTrbs - 1) * 16))
        {
            Store(at + 16, Ring(pei), 0, (6 << 10) | 2 | cycleBit);
            enqueue[pei] = (Ring(pei), cycleBit ^ 1);
        }

        return at;
    }

    public uint PutNormal(int pei, uint length, uint flags = Completion, uint buffer = Data) =>
        Put(pei, 1, buffer, length, flags);

    public uint PutData(uint tag, uint length, uint flags = Completion, uint buffer = Data) =>
        Put(0, 3, buffer, length, flags | (tag << 17));

    public uint PutStatus(uint tag, uint flags = Completion) => Put(0, 4, 0, 0, flags | (tag << 17));

    public void Doorbell(int pei) => Chip.Write(DOORBELL, (uint)pei);

    /// <summary>Takes the events that are there, as software does, and moves the dequeue pointer.</summary>
    public List<Trb> TakeEvents()
    {
        List<Trb> taken = [];
        Span<byte> bytes = stackalloc byte[16];
        while (true)
        {
            Assert.True(Chip.Soc.Memory.TryRead(dequeue, bytes));
            Trb trb = Trb.Read(bytes);
            if (trb.Cycle != cycle)
            {
                break;
            }

            taken.Add(trb);
            dequeue += 16;
            if (dequeue == EventRing + (Events * 16))
            {
                dequeue = EventRing;
                cycle = !cycle;
            }
        }

        Chip.Write(USBSTS, 8);
        Chip.Write(IMAN, 3);
        Chip.Write(ERDPLO, dequeue | 8);
        return taken;
    }

    /// <summary>The host's setup packet.</summary>
    /// <returns>The tag that its event carries.</returns>
    public uint Setup(byte type, byte request, ushort value = 0, ushort index = 0, ushort length = 0, int address = 0)
    {
        byte[] packet =
        [
            type, request, (byte)value, (byte)(value >> 8), (byte)index, (byte)(index >> 8), (byte)length, (byte)(length >> 8),
        ];
        Assert.Equal(UsbHandshake.Ack, Udc.HostSetup(address, packet));
        Trb setup = TakeEvents().Single(trb => trb.Type == TrbType.SetupEvent);
        return (setup.Word3 >> 21) & 3;
    }

    public (UsbHandshake Answer, byte[] Bytes) HostRead(int endpoint, int address = 0)
    {
        byte[] packet = new byte[UdcTransferRing.LongestPacket];
        UsbHandshake answer = Udc.HostRead(address, endpoint, packet, out int length);
        return (answer, packet[..length]);
    }

    public UsbHandshake HostWrite(int endpoint, byte[] bytes, int address = 0) => Udc.HostWrite(address, endpoint, bytes);

    public void Fill(uint address, byte[] bytes) => Assert.True(Chip.Soc.Memory.TryWrite(address, bytes));

    public byte[] Memory(uint address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.True(Chip.Soc.Memory.TryRead(address, bytes));
        return bytes;
    }

    public void Dispose() => Chip.Dispose();

    private void Store(uint at, uint word0, uint word2, uint word3)
    {
        Chip.Store(at, word0);
        Chip.Store(at + 4, 0);
        Chip.Store(at + 8, word2);
        Chip.Store(at + 12, word3);
    }

    private void NewRing(int pei)
    {
        enqueue[pei] = (Ring(pei), 1);
        Fill(Ring(pei), new byte[0x200]);
    }
}
