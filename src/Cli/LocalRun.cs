// One run of a machine on this computer, from power-on to whatever ends it.
//
// The machine runs in slices of cycles. Between slices, and only there, the host's side of things happens: output
// is written, the wall clock and Ctrl+C are looked at. What changes the machine (text that is sent) or ends a
// run for the guest's own reasons happens at a cycle that the guest alone determines, so the same run gives the same
// hash whatever the host does.

using System.Diagnostics;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Boot;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

/// <summary>Why a run ended.</summary>
/// <param name="Code">For the caller of the program.</param>
/// <param name="Message">For people.</param>
internal sealed record RunEnd(ExitCode Code, string Message);

/// <summary>What a pad did during a run.</summary>
internal sealed class PinActivity(int pin)
{
    /// <summary>The pad's number.</summary>
    public int Pin { get; } = pin;

    /// <summary>How often its level changed.</summary>
    public ulong Changes { get; set; }

    /// <summary>When it last did, in nanoseconds since power-on.</summary>
    public ulong LastAt { get; set; }

    /// <summary>Its level since then.</summary>
    public bool Level { get; set; }
}

/// <summary>Runs a machine as a <see cref="RunRequest"/> asks.</summary>
internal sealed class LocalRun : IMachineObserver, IDisposable
{
    private const ulong SliceCycles = 3_500_000; // 10 ms at 350 MHz
    private const int SendChunk = 256;
    private const ulong SendRetryCycles = 350_000;
    private const ulong PressNanoseconds = 100_000_000;

    private readonly RunRequest request;
    private readonly Streams streams;
    private readonly RunScript script;
    private readonly MemoryStream output = new();
    private readonly ulong[] printed = new ulong[Enum.GetValues<ConsolePort>().Length];
    private readonly Stopwatch wall = new();
    private readonly PinActivity?[] pins = new PinActivity?[Pin.Count];
    private readonly TextWriter? ipcOutput;
    private readonly IpcTrace? ipc;
    private readonly List<VirtualTime> powerCuts;

    // The step that is under way: what is still to be sent, or a button or key to let go; and when to go on with it.
    private ReadOnlyMemory<byte> unsent;
    private BoardSwitch? held;
    private ulong resumeAt;

    public LocalRun(RunRequest request, Streams streams)
    {
        this.request = request;
        this.streams = streams;
        script = new RunScript(request.Steps, request.Until);
        powerCuts = [.. request.PowerCuts];
        FirmwareImage image = request.Image;
        Machine = new Machine(new MachineOptions
        {
            Image = new MachineImage(
                image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = request.Board,
            Seed = request.Seed,
            Factory = request.Factory,
            Engine = request.Engine,
            Cold = request.Cold,
            WatchOs = request.ShowOs || request.IpcFile is not null,
        })
        {
            Observer = this,
        };
        if (request.StopOnWrite is { } address)
        {
            Machine.StopOnWrite(address);
        }

        if (request.IpcFile is not null)
        {
            ipcOutput = OpenIpc(request.IpcFile);
            ipc = new IpcTrace(Machine.Xous!, ipcOutput);
        }
    }

    public Machine Machine { get; }

    /// <summary>Time of the host that the run took.</summary>
    public TimeSpan WallTime => wall.Elapsed;

    /// <summary>Bytes that left each port.</summary>
    public IReadOnlyList<ulong> Printed => printed;

    /// <summary>The pads that changed their level, in the order of numbers.</summary>
    public IEnumerable<PinActivity> Pins => pins.OfType<PinActivity>();

    /// <summary>Runs to the end.</summary>
    public RunEnd Run(StopSignals signals) => RunFor(signals, () => false)!;

    /// <summary>Runs until the end, or until it is to stop; that is asked between slices.</summary>
    /// <returns>Null where it stopped before the end.</returns>
    public RunEnd? RunFor(StopSignals signals, Func<bool> stops)
    {
        wall.Start();
        RunEnd? end = null;
        while (end is null && !stops())
        {
            end = Prepare() ?? Slice(signals);
            WriteOutput();
        }

        wall.Stop();
        return end is null || end.Code == ExitCode.Met || HasStopped ? end : end with { Message = end.Message + Boot() };
    }

    public RunEnd EndByDebugger() =>
        new(script.Awaited is null ? ExitCode.Met : ExitCode.NotMet, $"ended by the debugger {Now}{Missing()}");

    /// <summary>One instruction for a debugger, or to the next event where the core waits.</summary>
    public void StepByDebugger()
    {
        if (!HasStopped)
        {
            Machine.Step();
            WriteOutput();
        }
    }

    void IMachineObserver.ConsoleOutput(ConsolePort port, byte value, ulong cycle)
    {
        printed[(int)port]++;
        if (Machine.HasGivenUp)
        {
            Machine.RequestStop();
        }

        if (port == request.Console)
        {
            output.WriteByte(value);
            if (script.Add(value))
            {
                Machine.RequestStop();
            }
        }
    }

    void IMachineObserver.PinChanged(int pin, bool level, ulong cycle)
    {
        PinActivity activity = pins[pin] ??= new PinActivity(pin);
        activity.Changes++;
        activity.LastAt = Machine.Nanoseconds;
        activity.Level = level;
    }

    void IMachineObserver.Unmodelled(UnmodelledAccess access)
    {
        string what = access.IsWrite ? $"write of {Numbers.Hex(access.Value)} to" : "read of";
        streams.Error.WriteLine(
            $"not modelled: {what} {access.Name} at {Numbers.Hex(access.Address)}, "
            + $"pc {Place(access.Pc)}, cycle {access.Cycle}");
    }

    public void Dispose()
    {
        Machine.Dispose();
        if (ipcOutput != streams.Error)
        {
            ipcOutput?.Dispose();
        }
    }

    private TextWriter OpenIpc(string file)
    {
        try
        {
            return file == "-" ? streams.Error : new StreamWriter(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException(
                "ipc_file_invalid", $"--ipc: '{file}' cannot be written.", "Give a file name in a folder that exists, or -.");
        }
    }

    // What is due at this cycle before the machine goes on.
    private RunEnd? Prepare()
    {
        if (script.IsMet)
        {
            return new RunEnd(ExitCode.Met, $"met: the console matched '{request.Until!.Text}' {Now}");
        }

        if (powerCuts.RemoveAll(cut => CycleOf(cut) <= Machine.Cycle) > 0)
        {
            Machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        }

        bool finished = FinishStep();
        while (finished && script.HasStep)
        {
            Begin(script.TakeStep());
            finished = FinishStep();
        }

        return script.IsMet ? Prepare() : null;
    }

    private RunEnd? Slice(StopSignals signals)
    {
        if (HostEnd(signals) is { } hostEnd)
        {
            return hostEnd;
        }

        ulong limit = CycleOf(request.MaxTime);
        if (Machine.Cycle >= limit)
        {
            return new RunEnd(ExitCode.VirtualTimeRanOut, $"virtual time ran out {Now}{Missing()}");
        }

        // A guest that waits for what cannot come gets to the limit in one go.
        bool waitsForEver = Machine.IsWaiting && Machine.NextEvent is null && !request.RealTime && request.GdbPort is null;
        ulong target = waitsForEver ? limit : Math.Min(limit, Machine.Cycle + SliceCycles);
        if (StepIsUnderWay)
        {
            target = Math.Min(target, resumeAt);
        }

        if (powerCuts.Count > 0)
        {
            target = Math.Min(target, powerCuts.Min(CycleOf));
        }

        RunStop stop = Machine.Run(target - Machine.Cycle);
        if (request.RealTime)
        {
            WaitForTheWall(signals);
        }

        return stop switch
        {
            RunStop.Dead => Machine.Death is { } death ? Death(death) : Stopped(),
            RunStop.Requested when Machine.HasGivenUp && !script.IsMet => Stopped(),
            RunStop.Requested when request.StopOnWrite is { } watched && !script.IsMet && !script.HasStep => Written(watched),
            _ => null,
        };
    }

    private ulong CycleOf(VirtualTime time) =>
        time.Cycles ?? Machine.Soc.Clocks.CycleAt(time.Nanoseconds.GetValueOrDefault());

    private bool StepIsUnderWay => !unsent.IsEmpty || held is not null;

    private void Begin(ScriptStep step)
    {
        resumeAt = Machine.Cycle;
        switch (step)
        {
            case SendText send:
                unsent = send.Bytes;
                break;
            case Press press:
                held = press.Switch;
                resumeAt = Machine.Soc.Clocks.CycleAt(Machine.Nanoseconds + PressNanoseconds);
                Machine.Apply(held.Hold(true));
                break;
        }
    }

    // Goes on with the step that is under way as far as this cycle allows; true when it is done.
    private bool FinishStep()
    {
        if (Machine.Cycle < resumeAt)
        {
            return !StepIsUnderWay;
        }

        if (held is not null)
        {
            Machine.Apply(held.Hold(false));
            held = null;
        }

        // The receiver takes a chunk or nothing; what it does not take is offered again a fixed time later.
        while (!unsent.IsEmpty)
        {
            ReadOnlyMemory<byte> chunk = unsent[..Math.Min(SendChunk, unsent.Length)];
            if (!Machine.Apply(MachineInput.Send(request.Console, chunk)))
            {
                resumeAt = Machine.Cycle + SendRetryCycles;
                return false;
            }

            unsent = unsent[chunk.Length..];
        }

        return true;
    }

    /// <summary>The end that the host wants, by a signal or the wall clock; null as long as it wants none.</summary>
    public RunEnd? HostEnd(StopSignals signals)
    {
        if (signals.Interrupted)
        {
            return new RunEnd(ExitCode.NotMet, $"interrupted {Now}{Missing()}");
        }

        if (signals.Terminated)
        {
            return new RunEnd(ExitCode.HostLimit, $"terminated {Now}{Missing()}");
        }

        return wall.Elapsed >= request.MaxWallTime
            ? new RunEnd(ExitCode.HostLimit, $"the wall clock ran out after {wall.Elapsed.TotalSeconds:0.#} s {Now}{Missing()}")
            : null;
    }

    // Whether the end itself says what became of the boot.
    private bool HasStopped => Machine.HasEnded || Machine.HasGivenUp;

    private RunEnd Stopped()
    {
        BootGuardText guard = BootReport.Of(Machine).Guard!;
        return new RunEnd(
            ExitCode.GuestDied,
            $"stopped in {guard.Stage}: {guard.Meaning} ({guard.Code}) {Now}{Missing()}\n{guard.Advice}");
    }

    private string Boot() => BootReport.Of(Machine).Guard is { } guard
        ? $"\n{(guard.Ends ? "the boot stopped" : "noticed")} in {guard.Stage}: {guard.Meaning} ({guard.Code})\n{guard.Advice}"
        : "";

    private RunEnd Death(GuestDeath death) => new(
        ExitCode.GuestDied,
        $"guest died at pc {Place(death.Pc)} because {death.Reason} "
        + $"(cause {death.Cause}, value {Numbers.Hex(death.Value)}) {Now}{Missing()}");

    private RunEnd Written(uint address)
    {
        ExitCode code = script.Awaited is null ? ExitCode.Met : ExitCode.NotMet;
        return new RunEnd(
            code,
            $"stopped: {Place(address)} was written, pc {Place(Machine.Hart.Pc)}, {Now}{Missing()}");
    }

    private string Now => $"at cycle {Machine.Cycle}, {VirtualTime.Text(Machine.Nanoseconds)}";

    private string Missing() => script.Awaited is { } awaited
        ? $"; the console has not matched '{awaited.Text}', its last line is '{script.Tail}'"
        : "";

    private string Place(uint address) => request.Image.Symbols.TryFind(address, out string? name, out uint offset)
        ? $"{Numbers.Hex(address)} <{name}+0x{offset:x}>"
        : Numbers.Hex(address);

    private void WaitForTheWall(StopSignals signals)
    {
        WriteOutput();
        TimeSpan ahead = TimeSpan.FromMicroseconds(Machine.Nanoseconds / 1e3) - wall.Elapsed;
        if (ahead > TimeSpan.Zero)
        {
            signals.Wait(ahead);
        }
    }

    private void WriteOutput()
    {
        if (output.Length > 0)
        {
            output.WriteTo(streams.Output);
            streams.Output.Flush();
            output.SetLength(0);
        }

        ipc?.Pull();
    }
}
