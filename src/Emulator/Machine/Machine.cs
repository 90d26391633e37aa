// A device's machine: chip, board and firmware, driven from outside in runs of cycles.
//
// One run goes round this loop:
//   1. events that are due happen;
//   2. a reset that was asked for happens;
//   3. while boot1 has the core, time jumps to the next event;
//   4. a core that a write of RRAM holds jumps to its end;
//   5. an interrupt that is pending and enabled is taken, or ends a wait;
//   6. a waiting core jumps to the next event;
//   7. otherwise the engine executes up to the next event.
// The state at a cycle is the state after all events due at it, however the run was cut into pieces, so a
// pause at any point changes nothing.

using System.Security.Cryptography;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boot;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Usb;
using XousCloud.Emulator.Xous;

namespace XousCloud.Emulator;

/// <summary>A Baochip-1x on a board. Not safe for use by two threads at once.</summary>
public sealed class Machine : IDisposable
{
    private readonly MachineOptions options;
    private readonly Boot1Check boot1;
    private IEngine? engine; // made when it executes for the first time, and after each Trim
    private ulong skippedBefore;
    private bool stopRequested;
    private ulong retiredBefore;
    private bool disposed;

    /// <summary>Makes the machine and switches its power on.</summary>
    public Machine(MachineOptions options)
        : this(options, NewMemory(options)) => Reset(ResetKind.PowerOn);

    private Machine(MachineOptions options, PhysicalMemory memory)
    {
        this.options = options;
        Soc = new SystemOnChip(options.Seed, memory);
        options.Board.Solder(Soc);
        Display = Soc.Parts.Select(soldered => soldered.Part).OfType<IDisplay>().FirstOrDefault();
        Usb = Soc.Parts.Select(soldered => soldered.Part).OfType<UsbHost>().FirstOrDefault();
        boot1 = new Boot1Check(Soc);
        Hart = new Hart(Soc);
        if (options.WatchOs)
        {
            Xous = new XousView(Hart, Soc);
            Hart.Watcher = Xous;
        }
    }

    public Board Board => options.Board;

    public MachineImage Image => options.Image;

    public ulong Seed => options.Seed;

    public FactorySettings Factory => options.Factory;

    /// <summary>The chip, for whoever looks into it.</summary>
    public SystemOnChip Soc { get; }

    /// <summary>The CPU, for whoever looks into it.</summary>
    public Hart Hart { get; }

    /// <summary>What the Xous kernel on this machine does; null where it is not followed.</summary>
    public XousView? Xous { get; }

    /// <summary>Cycles of the CPU clock since power-on.</summary>
    public ulong Cycle => Soc.Now;

    /// <summary>
    /// Of the retired instructions, those that were not executed, because they were rounds of a loop that only waits.
    /// It counts since this object was made and says how fast the engine is; it is not part of the state.
    /// </summary>
    public ulong InstructionsSkipped => skippedBefore + (engine?.Skipped ?? 0);

    /// <summary>Instructions executed since this object was made: what speed is measured by.</summary>
    public ulong InstructionsExecuted => Hart.InstructionsRetired - retiredBefore - InstructionsSkipped;

    /// <summary>Virtual time since power-on, in nanoseconds.</summary>
    public ulong Nanoseconds => Soc.Clocks.NanosecondsAt(Soc.Now);

    /// <summary>Whether the core waits: for an interrupt, or for boot1 to let it go.</summary>
    public bool IsWaiting => boot1.HoldsCore || Hart.IsWaiting;

    /// <summary>The cycle of the next event, or null where none is scheduled.</summary>
    public ulong? NextEvent => Soc.Events.NextDue == ScheduledEvent.Never ? null : Soc.Events.NextDue;

    /// <summary>The guest's end, or null while it lives.</summary>
    public GuestDeath? Death => Hart.Death;

    /// <summary>Whether boot1 has the core: it checks the image, or has refused it.</summary>
    public bool IsInBoot1 => boot1.HoldsCore;

    /// <summary>Why boot1 does not start the image; none where it does.</summary>
    public BootGuard Refusal => boot1.Refusal;

    /// <summary>Nothing but a reset can change anything any more: the guest is dead, or boot1 has given up.</summary>
    public bool HasEnded => Hart.IsDead || boot1.HasHalted;

    /// <summary>A Xous loader has given up for good: it has cleared all memory and spins, and only a reset will help.</summary>
    public bool HasGivenUp => Soc.BootRecord.HasGivenUp && SignatureHeaders.IsLoader(Soc.Memory);

    /// <summary>The board's display, or null where it has none.</summary>
    public IDisplay? Display { get; }

    public IMachineObserver? Observer
    {
        get => Soc.Observer;
        set => Soc.Observer = value;
    }

    /// <summary>Runs for a number of cycles, fewer when a stop is requested or the guest dies.</summary>
    /// <param name="cycles">At most this many; the run never goes beyond.</param>
    public RunStop Run(ulong cycles)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ulong target = Math.Min(Soc.Now + cycles, ScheduledEvent.Never - 1);
        while (true)
        {
            Soc.Events.RunDue(Soc.Now);
            if (Soc.RequestedReset is { } kind)
            {
                Reset(kind);
            }

            if (stopRequested)
            {
                stopRequested = false;
                return RunStop.Requested;
            }

            if (HasEnded)
            {
                return RunStop.Dead;
            }

            if (Soc.Now >= target)
            {
                return RunStop.CyclesUsed;
            }

            Soc.Attention = false;
            ulong horizon = Math.Min(target, Soc.Events.NextDue);
            if (boot1.HoldsCore)
            {
                Hart.SkipTo(horizon);
                continue;
            }

            if (Soc.CoreStalledUntil > Soc.Now)
            {
                Hart.SkipTo(Math.Min(horizon, Soc.CoreStalledUntil));
                continue;
            }

            Hart.TakePendingInterrupt();
            if (Hart.IsWaiting)
            {
                Hart.SkipTo(horizon);
            }
            else
            {
                (engine ??= Engines.Create(options.Engine, options.MayTranslate, Hart, options.Image.Code)).Run(horizon);
            }
        }
    }

    /// <summary>Executes one instruction, whatever breakpoint it has, or goes to the next event when the core waits.</summary>
    public RunStop Step()
    {
        Hart.Debug?.Pass(Hart.Pc);
        return Run(
            Soc.CoreStalledUntil > Soc.Now ? Soc.CoreStalledUntil - Soc.Now + 1
            : IsWaiting && NextEvent is { } next ? Math.Max(1, next - Soc.Now)
            : 1);
    }

    /// <summary>Makes <see cref="Run"/> return at the next instruction boundary. For observers.</summary>
    public void RequestStop()
    {
        stopRequested = true;
        Soc.Attention = true;
    }

    /// <summary>Stops the run after a store to this virtual or physical word, as the core addresses it.</summary>
    public void StopOnWrite(uint address) => Debug.AddWatchpoint(new Watchpoint(address & ~3u, 4, WatchedAccesses.Stores));

    /// <summary>
    /// Breakpoints and watchpoints. <see cref="Run"/> returns <see cref="RunStop.Requested"/> at them;
    /// <see cref="Step"/> gets beyond a breakpoint.
    /// </summary>
    public DebugStops Debug => Hart.Debug ??= new DebugStops(Hart, RequestStop);

    /// <summary>Applies an input at the current cycle.</summary>
    /// <returns>False when the machine cannot take it now (a full receive queue); nothing has changed then.</returns>
    public bool Apply(MachineInput input)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        bool taken = true;
        switch (input.Kind)
        {
            case InputKind.ConsoleBytes:
                taken = Receive(input.Port, input.Bytes.Span);
                break;
            case InputKind.DrivePin:
                Soc.Iox.Drive(input.Pin, input.Drive);
                break;
            case InputKind.Reset:
                Reset(input.ResetKind);
                break;
            case InputKind.SetSwitch:
                taken = Soc.Iox.SetSwitch(input.Pin, input.OtherPin, input.Closed);
                break;
            default:
                throw new ArgumentException($"There is no input of kind {input.Kind}.", nameof(input));
        }

        Soc.Events.RunDue(Soc.Now);
        return taken;
    }

    /// <summary>The level of a pad: what the outside drives, what the chip drives, or the pull-up.</summary>
    public bool PinLevel(int pin) => Soc.Iox.Level(pin);

    /// <summary>What the outside does to a pad.</summary>
    public PinDrive PinDriven(int pin) => Soc.Iox.Driven(pin);

    /// <summary>Whether the chip drives a pad (GPIO output enabled).</summary>
    public bool PinIsOutput(int pin) => Soc.Iox.IsOutput(pin);

    /// <summary>Whether a key or button of the board is held.</summary>
    public bool IsPressed(BoardSwitch held) => held switch
    {
        BoardKey key => Soc.Iox.IsClosed(key.Row, key.Column),
        BoardButton button => Soc.Iox.Driven(button.Pin) == button.Pressed,
        _ => throw new ArgumentException($"A board has no {held.GetType().Name}.", nameof(held)),
    };

    /// <summary>The computer at the other end of the board's USB cable, or null where the board has no USB.</summary>
    public UsbHost? Usb { get; }

    /// <summary>The machine's whole state as a document.</summary>
    public MachineSnapshot Save() => new(
        Image.Digest, Board.Id, Seed, Factory, SaveUnits(UnitsAndViews()), Soc.Memory.ChangedPages());

    /// <summary>Puts a saved state into this machine, which must be of the same image, board, seed and settings.</summary>
    /// <exception cref="SnapshotFormatException">The snapshot is damaged or of another machine.</exception>
    public void Load(MachineSnapshot snapshot)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ulong executed = InstructionsExecuted;
        if (snapshot.ImageDigest != Image.Digest || snapshot.BoardId != Board.Id || snapshot.Seed != Seed
            || !snapshot.Factory.Equals(Factory))
        {
            throw new SnapshotFormatException(
                "snapshot_of_another_machine",
                "The snapshot was taken of another image, board or seed, or with other factory settings.");
        }

        IReadOnlyDictionary<SectionId, ReadOnlyMemory<byte>> sections = SnapshotSections.Read(snapshot.Units);
        foreach ((uint address, byte[] content) in snapshot.Pages)
        {
            if (content.Length != PhysicalMemory.PageSize || address % PhysicalMemory.PageSize != 0
                || Soc.Memory.Find(address) is null)
            {
                throw new SnapshotFormatException("snapshot_page", $"There is no page at 0x{address:x8}.");
            }
        }

        foreach (MemoryRegion region in Soc.Memory.Regions)
        {
            Soc.Memory.Revert(region);
        }

        foreach ((uint address, byte[] content) in snapshot.Pages)
        {
            Soc.Memory.TryWrite(address, content);
        }

        Xous?.Reset();
        boot1.Leave();
        Soc.BootRecord.Reset(ResetKind.PowerOn);
        foreach ((SectionId id, Action<StateStream> visit) in UnitsAndViews())
        {
            if (sections.TryGetValue(id, out ReadOnlyMemory<byte> section))
            {
                visit(new StateReader(section));
            }
        }

        Soc.AfterLoad();
        Hart.AfterLoad();
        retiredBefore = Hart.InstructionsRetired - InstructionsSkipped - executed;
    }

    /// <summary>
    /// Makes a second machine of the same parts in the same state. It shares all memory with this one, and each copies a
    /// page when it next writes it; they may run on different threads, and end in any order. Who observes this machine,
    /// and what it was told to stop on, is not taken over.
    /// </summary>
    public Machine Fork()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Machine fork = new(options, Soc.Memory.Fork());
        using StateTransfer transfer = new();
        foreach (((_, Action<StateStream> from), (_, Action<StateStream> to)) in UnitsAndViews().Zip(fork.UnitsAndViews()))
        {
            transfer.Take(from, to);
        }

        fork.Soc.AfterLoad();
        fork.Hart.AfterLoad();
        if (Soc.RequestedReset is { } kind)
        {
            fork.Soc.RequestReset(kind);
        }

        fork.retiredBefore = fork.Hart.InstructionsRetired;
        return fork;
    }

    /// <summary>Identifies the machine's state: SHA-256 over every unit's state and all memory, in lower-case hex.</summary>
    public string StateHash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SaveUnits(Units()));
        Soc.Memory.VisitContent((start, content) =>
        {
            hash.AppendData(BitConverter.GetBytes(start));
            hash.AppendData(content);
        });
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Gives back memory that can be made again, for a machine that will not run for a while.</summary>
    public void Trim()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Hart.Trim();
        Hart.Code = null;
        skippedBefore = InstructionsSkipped;
        engine = null;
    }

    public void Dispose()
    {
        disposed = true;
        Hart.Dispose();
        Soc.Memory.Dispose();
    }

    private static PhysicalMemory NewMemory(MachineOptions options)
    {
        PhysicalMemory memory = new([.. ChipMemories.Create(), .. options.Board.Memories()], options.Image.Memory);
        FactoryPart.Fill(memory, options);
        return memory;
    }

    private bool Receive(ConsolePort port, ReadOnlySpan<byte> bytes) => port switch
    {
        ConsolePort.Duart => false,
        ConsolePort.Usb => Usb?.Receive(bytes) ?? false,
        _ => Soc.Uarts[(int)port].Receive(bytes),
    };

    private static byte[] SaveUnits(IEnumerable<(SectionId Id, Action<StateStream> Visit)> units)
    {
        SnapshotSections.Writer writer = new();
        foreach ((SectionId id, Action<StateStream> visit) in units)
        {
            writer.Add(id, visit);
        }

        return writer.ToBytes();
    }

    private IEnumerable<(SectionId Id, Action<StateStream> Visit)> Units()
    {
        yield return (SectionId.Machine, Soc.State);
        yield return (SectionId.Clocks, Soc.Clocks.State);
        yield return (SectionId.Boot1, boot1.State);
        foreach (MappedBlock block in Soc.Bus.Blocks)
        {
            if (block.Section is { } section)
            {
                yield return (section, block.Peripheral.State);
            }
        }

        foreach ((SectionId section, BoardPart part) in Soc.Parts)
        {
            yield return (section, part.State);
        }

        yield return (SectionId.Hart, Hart.Visit);
    }

    // What only looks on is kept with the state, and no part of what identifies it.
    private IEnumerable<(SectionId Id, Action<StateStream> Visit)> UnitsAndViews()
    {
        foreach ((SectionId Id, Action<StateStream> Visit) unit in Units())
        {
            yield return unit;
        }

        yield return (SectionId.BootRecord, Soc.BootRecord.State);
        if (Xous is not null)
        {
            yield return (SectionId.XousView, Xous.State);
        }
    }

    private void Reset(ResetKind kind)
    {
        Soc.ClearRequestedReset();
        foreach (MemoryRegion region in Soc.Memory.Regions.Where(region => !region.IsNonVolatile))
        {
            if (kind == ResetKind.PowerOn)
            {
                Soc.Memory.Revert(region);
            }
            else
            {
                Soc.Memory.RestoreImage(region);
            }
        }

        Soc.Reset(kind);
        Hart.Reset(Soc.ResetVector);
        if (!options.Cold)
        {
            Boot1.LeaveState(Soc, Hart, options.Image.EntryPoint, Board.Boot1Outputs);
            boot1.Begin(options.Image.EntryPoint);
        }

        Xous?.Reset();

        Soc.Attention = true;
    }
}
