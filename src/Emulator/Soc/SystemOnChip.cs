// The chip without its CPU's inner workings: memories, bus, clocks, event queue, interrupt lines and blocks.
// Blocks reach each other only through what is public here.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boot;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Soc;

/// <summary>The Baochip-1x around the CPU.</summary>
public sealed class SystemOnChip
{
    /// <summary>How many distinct unmodelled accesses are reported; a guest that scans the map stops there.</summary>
    public const int UnmodelledReportLimit = 256;

    // Cycles are added without a check for overflow; at 350 MHz this one is 400 years away.
    private const ulong LastCycle = 1ul << 62;

    private readonly List<SolderedPart> parts = [];
    private HashSet<(uint Address, bool IsWrite)>? reported;

    internal SystemOnChip(ulong seed, PhysicalMemory memory)
        : this(seed, memory, new Bus(MemoryMap.Windows), MemoryMap.Build)
    {
    }

    /// <summary>A chip of other blocks around the same core, as the comparison with other emulators needs.</summary>
    internal SystemOnChip(ulong seed, PhysicalMemory memory, Bus bus, Action<SystemOnChip> map)
    {
        Bus = bus;
        BootRecord = new BootRecord(this);
        Seed = seed;
        Memory = memory;
        Irqs = new IrqArray[IrqArray.BankCount];
        Uarts = new Uart[Uart.Count];
        Spims = new Spim[Spim.Count];
        I2cs = new I2c[I2c.Count];
        map(this);
    }

    /// <summary>What the boot has shown.</summary>
    internal BootRecord BootRecord { get; }

    /// <summary>The device's seed; a block that needs randomness derives its own stream from it.</summary>
    public ulong Seed { get; }

    /// <summary>The current cycle. Blocks may read it in any call; the engines bring it up to date before.</summary>
    public ulong Now { get; internal set; }

    public EventQueue Events { get; } = new();

    public Clocks Clocks { get; } = new();

    public PhysicalMemory Memory { get; }

    public Bus Bus { get; }

    /// <summary>The interrupt banks; the datasheet's event e is bank e / 16, bit e % 16.</summary>
    public IrqArray[] Irqs { get; }

    public Uart[] Uarts { get; }

    public Spim[] Spims { get; }

    public I2c[] I2cs { get; }

    /// <summary>Global control of the uDMA blocks.</summary>
    public UdmaControl Udma { get; internal set; } = null!;

    /// <summary>What the board has around the chip.</summary>
    public IReadOnlyList<SolderedPart> Parts => parts;

    /// <summary>Pin mux and GPIO.</summary>
    public Iox Iox { get; internal set; } = null!;

    /// <summary>The 32 lines into the CPU.</summary>
    public uint InterruptLines { get; private set; }

    /// <summary>Set when the engine must look at interrupts, events or requests before the next instruction.</summary>
    public bool Attention { get; internal set; }

    /// <summary>The core executes nothing before this cycle.</summary>
    public ulong CoreStalledUntil { get; private set; }

    /// <summary>A reset that a block has asked for; it happens before the next instruction.</summary>
    public ResetKind? RequestedReset { get; private set; }

    /// <summary>Who watches the machine; null while nobody does.</summary>
    public IMachineObserver? Observer { get; set; }

    /// <summary>The address of the instruction that is executing, for reports.</summary>
    internal Func<uint> CurrentPc { get; set; } = () => 0;

    /// <summary>satp.ASID.</summary>
    internal Func<uint> AddressSpace { get; set; } = () => 0;

    /// <summary>What the core runs at.</summary>
    internal Func<Privilege> Privilege { get; set; } = () => Cpu.Privilege.Machine;

    /// <summary>The address that the core starts from after a reset (RESETVALUE).</summary>
    public uint ResetVector { get; internal set; } = 0x6000_0000;

    /// <summary>Sets one of the CPU's interrupt lines.</summary>
    public void SetInterruptLine(int line, bool active)
    {
        uint lines = active ? InterruptLines | (1u << line) : InterruptLines & ~(1u << line);
        if (lines != InterruptLines)
        {
            InterruptLines = lines;
            Attention = true;
        }
    }

    /// <summary>Schedules an event and makes the engine notice that its horizon may have moved.</summary>
    public void Schedule(ScheduledEvent scheduled, ulong cycle)
    {
        scheduled.At(cycle);
        Attention = true;
    }

    /// <summary>Holds the core before its next instruction, as a bus does that takes no further access.</summary>
    /// <param name="cycle">When it goes on.</param>
    public void StallCore(ulong cycle)
    {
        CoreStalledUntil = Math.Max(CoreStalledUntil, cycle);
        Attention = true;
    }

    /// <summary>Asks for a reset, as the guest's software or the watchdog does.</summary>
    public void RequestReset(ResetKind kind)
    {
        RequestedReset = kind;
        Attention = true;
    }

    /// <summary>Sends one byte out of a console port.</summary>
    public void ConsoleOutput(ConsolePort port, byte value)
    {
        BootRecord.Take(port, value);
        Observer?.ConsoleOutput(port, value, Now);
    }

    /// <summary>The block of a type at its only place in the map.</summary>
    public T Block<T>()
        where T : Peripheral => Bus.Blocks.Select(block => block.Peripheral).OfType<T>().Single();

    internal void Map(uint @base, uint length, SectionId? section, Peripheral peripheral) =>
        Bus.Map(new MappedBlock(@base, length, section, peripheral));

    internal void Solder(SectionId section, BoardPart part) => parts.Add(new SolderedPart(section, part));

    internal void ClearRequestedReset() => RequestedReset = null;

    internal void ReportUnmodelled(Peripheral block, uint offset, bool isWrite, uint value, string? what = null)
    {
        MappedBlock mapped = Bus.Blocks.First(candidate => candidate.Peripheral == block);
        string name = $"{block.Name}+0x{offset:x3}";
        ReportUnmodelled(what is null ? name : $"{name} ({what})", mapped.Base + offset, isWrite, value);
    }

    internal void ReportUnmodelled(string name, uint address, bool isWrite, uint value)
    {
        reported ??= [];
        if (reported.Count < UnmodelledReportLimit && reported.Add((address, isWrite)))
        {
            Observer?.Unmodelled(new UnmodelledAccess(name, address, isWrite, value, CurrentPc(), Now));
        }
    }

    internal void State(StateStream state)
    {
        ulong now = Now;
        ulong stalled = CoreStalledUntil;
        uint lines = InterruptLines;
        state.U64(ref now);
        state.U32(ref lines);
        Events.State(state);
        state.U64(ref stalled);
        if (now > LastCycle)
        {
            throw new SnapshotFormatException("snapshot_cycle", $"No machine ever reaches cycle {now}.");
        }

        Now = now;
        CoreStalledUntil = Math.Min(stalled, LastCycle);
        InterruptLines = lines;
    }

    internal void AfterLoad()
    {
        RequestedReset = null;
        Attention = true;
    }

    internal void Reset(ResetKind kind)
    {
        CoreStalledUntil = 0;
        BootRecord.Reset(kind);
        if (kind == ResetKind.PowerOn)
        {
            foreach ((_, BoardPart part) in parts)
            {
                part.PowerOn();
            }
        }

        foreach (MappedBlock block in Bus.Blocks)
        {
            block.Peripheral.Reset(kind);
        }
    }
}
