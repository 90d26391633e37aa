// One device: the only thing that touches its machine, in turns that never overlap. Everybody else asks
// through the mailbox, which is answered between strides of execution.
//
// An answer, and any output, leaves here only when the journal holds what is needed to bring the device to the
// same state again: the inputs, and a progress mark at or beyond the cycle that is shown. Whoever asks while a
// commit is on its way waits for it; a device that nobody looks at writes nothing.

using System.Collections.Concurrent;
using System.Diagnostics;
using XousCloud.Api.Console;
using XousCloud.Api.Problems;
using XousCloud.Api.Scheduling;
using XousCloud.Api.Snapshots;
using XousCloud.Api.Storage;
using XousCloud.Emulator;

namespace XousCloud.Api.Devices;

/// <summary>A device that runs here.</summary>
internal sealed class DeviceActor : IScheduled, IDisposable
{
    // Only a database that does not answer, or a long recovery after a restart, keeps anybody waiting so long.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    private readonly Journal journal;
    private readonly ILogger log;
    private readonly Seat seat;
    private readonly Checkpoints checkpoints;
    private readonly Parking parking;
    private readonly ConcurrentQueue<Action> mailbox = new();
    private readonly List<Action> replies = [];
    private readonly List<Expectation> expectations = [];
    private readonly DeviceOutput output;
    private readonly CancellationTokenSource gone = new();

    private DeviceRecovery? recovery;
    private MachineRunner? runner;
    private Steps? steps;
    private long sequence;
    private ulong marked;
    private Task lastWrite = Task.CompletedTask;
    private bool changed;
    private bool publishing;
    private bool wantsRun;
    private bool ended;
    private int watchers;

    public DeviceActor(
        DeviceIdentity identity,
        string name,
        DevicePace pace,
        Scheduler scheduler,
        Journal journal,
        Checkpoints checkpoints,
        Parking parking,
        int consoleRetained,
        ILogger log)
    {
        Identity = identity;
        Name = name;
        Pace = pace;
        this.journal = journal;
        this.checkpoints = checkpoints;
        this.parking = parking;
        this.log = log;
        output = new DeviceOutput(consoleRetained);
        Gone = gone.Token;
        seat = scheduler.Add(this);
    }

    public DeviceIdentity Identity { get; }

    public string Tenant => Identity.Tenant;

    /// <summary>Each port's released output; may be read by anyone.</summary>
    public IReadOnlyList<ConsoleBuffer> Ports => output.Ports;

    /// <summary>Fires whenever output was released or the state changed.</summary>
    public Pulse Released { get; } = new();

    /// <summary>Cancelled when the device is deleted.</summary>
    public CancellationToken Gone { get; }

    // What follows belongs to the device's turns: reach it through AskAsync only.

    public string Name { get; set; }

    public DevicePace Pace { get; private set; }

    public Machine Machine => runner?.Machine ?? throw new InvalidOperationException("The device is not restored yet.");

    public RunStatistics Statistics => runner!.Statistics;

    public TypedBatches Typed { get; } = new();

    public IReadOnlyList<UnmodelledAccess> Unmodelled => output.Unmodelled;

    public DeviceState State => steps is not null && !HasEnded ? DeviceState.Running : StateAfterSteps;

    /// <summary>What the device does when the steps that it executes are done.</summary>
    public DeviceState StateAfterSteps => HasEnded ? DeviceState.Dead
        : wantsRun ? DeviceState.Running
        : DeviceState.Paused;

    /// <summary>Nothing runs any more: the guest died, boot1 refused it, or our own emulator failed.</summary>
    public bool HasEnded => HostFailure is not null || Machine.HasEnded;

    /// <summary>The emulator itself failed on this device: our bug, shown as such and not as the guest's.</summary>
    public GuestDeath? HostFailure { get; private set; }

    /// <summary>Gives the device its machine; it answers from its next turn on.</summary>
    public void Begin(Machine machine, RestorePlan plan)
    {
        machine.Observer = output;
        recovery = new DeviceRecovery(machine, plan, output);
        seat.Wake();
    }

    /// <summary>Gives the device back the machine that an earlier process stored.</summary>
    /// <param name="machine">As new.</param>
    /// <param name="plan">How it becomes what it was.</param>
    /// <param name="contents">What its stored state is made of.</param>
    public void BeginStored(Machine machine, RestorePlan plan, IEnumerable<ContentHash> contents)
    {
        checkpoints.Stored(contents);
        Begin(machine, plan);
    }

    /// <summary>Says that the stored state cannot be used.</summary>
    public void BeginUnusable(Machine machine, string reason)
    {
        machine.Observer = output;
        runner = new MachineRunner(machine);
        HostFailure = new GuestDeath(0, 0, 0, reason, 0);
        seat.Wake();
    }

    /// <summary>Does something between strides, on the device's turn.</summary>
    /// <returns>Its result, once everything that the result shows is durable.</returns>
    public async Task<T> AskAsync<T>(Func<DeviceActor, T> question)
    {
        TaskCompletionSource<T> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        mailbox.Enqueue(() =>
        {
            try
            {
                if (ended)
                {
                    throw Problem.NotFound("device", Identity.Id);
                }

                T answer = question(this);
                replies.Add(() => reply.TrySetResult(answer));
            }
            catch (Exception refusal)
            {
                reply.TrySetException(refusal);
            }
        });
        seat.Wake();
        try
        {
            return await reply.Task.WaitAsync(AnswerPatience);
        }
        catch (TimeoutException)
        {
            throw Problem.StorageUnavailable();
        }
    }

    /// <summary>While anyone watches, output is released as it comes and not only when it is asked for.</summary>
    public IDisposable Watch()
    {
        Interlocked.Increment(ref watchers);
        mailbox.Enqueue(() => changed = true);
        seat.Wake();
        return new Watcher(this);
    }

    /// <summary>Applies an input now, and remembers it.</summary>
    /// <returns>False when the machine cannot take it; nothing has changed then.</returns>
    public bool Apply(MachineInput input)
    {
        if (!Machine.Apply(input))
        {
            return false;
        }

        runner!.Disturb();
        if (input.Kind == InputKind.Reset && wantsRun)
        {
            runner.Start(Pace);
        }

        sequence++;
        lastWrite = journal.AppendAsync(Identity.Id, sequence, Machine.Cycle, input.ToBytes());
        checkpoints.CountInput();
        changed = true;
        return true;
    }

    public void Run()
    {
        if (!wantsRun)
        {
            wantsRun = true;
            runner!.Start(Pace);
            changed = true;
        }
    }

    public void Pause()
    {
        if (wantsRun)
        {
            wantsRun = false;
            changed = true;
            Checkpoint();
        }
    }

    /// <summary>Executes instructions one by one, over as many turns as it takes.</summary>
    public void Step(int count, Action done)
    {
        steps = new Steps(count, done);
        changed = true;
    }

    public void SetPace(DevicePace pace)
    {
        Pace = pace;
        changed = true;
        if (wantsRun)
        {
            runner!.Start(pace);
        }
    }

    /// <summary>Starts over with a new machine, after our own failure left the old one unusable.</summary>
    public void Replace(Machine machine)
    {
        Machine.Dispose();
        machine.Observer = output;
        runner = new MachineRunner(machine);
        HostFailure = null;
        marked = 0;
        changed = true;
        lastWrite = checkpoints.TakeAsync(this, sequence, runner.Busy, startsOver: true);
    }

    /// <summary>Waits for something to become true of the device.</summary>
    /// <param name="expectation">Looked at after every turn until it is met or withdrawn.</param>
    public void Expect(Expectation expectation) => expectations.Add(expectation);

    public void Withdraw(Expectation expectation) => expectations.Remove(expectation);

    /// <summary>Answers once the result of what was done so far is durable.</summary>
    public void Reply(Action reply) => replies.Add(reply);

    /// <summary>Takes the whole state, for a snapshot or checkpoint.</summary>
    public StateCapture Capture()
    {
        (IReadOnlyList<CapturedConsole> consoles, HostState host) = CaptureBeside();
        return new StateCapture(Machine.Save(), consoles, host);
    }

    /// <summary>Takes the whole state as a machine of its own, which is quicker: its pages are still this one's.</summary>
    public (Machine Machine, IReadOnlyList<CapturedConsole> Consoles, HostState Host) Fork()
    {
        (IReadOnlyList<CapturedConsole> consoles, HostState host) = CaptureBeside();
        return (Machine.Fork(), consoles, host);
    }

    /// <summary>Pauses, saves, and says when that is done.</summary>
    public async Task StopAsync()
    {
        await (await AskAsync(actor =>
        {
            actor.wantsRun = false;
            actor.steps = null;
            return actor.Checkpoint();
        }));
    }

    /// <summary>Ends the device. Whoever still asks is told that there is none.</summary>
    public async Task EndAsync()
    {
        await AskAsync(actor =>
        {
            actor.wantsRun = false;
            actor.steps = null;
            actor.ended = true;
            actor.Machine.Dispose();
            return true;
        });
        await gone.CancelAsync();
        await checkpoints.FinishAsync();
        Released.Fire();
    }

    public void Dispose() => gone.Dispose();

    /// <inheritdoc/>
    public Wake Turn(bool urgentOnly)
    {
        if (runner is null && !Recover())
        {
            return recovery is null ? Wake.WhenWoken : Wake.Again;
        }

        Wake next = Wake.WhenWoken;
        try
        {
            if (!mailbox.IsEmpty)
            {
                if (State == DeviceState.Running)
                {
                    runner!.CatchUp();
                }

                Answer();
            }

            next = urgentOnly ? Wake.Again : Work();
        }
        catch (Exception bug)
        {
            log.LogError(bug, "The emulator failed on device {Device}", Identity.Id);
            Fail("The emulator failed; this is our bug, and the server's log has the details.");
        }

        if (ended)
        {
            replies.ForEach(reply => reply());
            replies.Clear();
            return Wake.WhenWoken;
        }

        Publish();
        return parking.Next(Machine, State == DeviceState.Running ? next : Wake.WhenWoken, Stopwatch.GetTimestamp());
    }

    // What there is to a device beside its machine.
    private (IReadOnlyList<CapturedConsole> Consoles, HostState Host) CaptureBeside()
    {
        changed |= output.Flush();
        List<CapturedConsole> consoles = [];
        foreach (ConsolePort port in Enum.GetValues<ConsolePort>())
        {
            (ulong first, byte[] retained) = output.Ports[(int)port].Capture();
            if (first > 0 || retained.Length > 0)
            {
                consoles.Add(new CapturedConsole(port, first, retained));
            }
        }

        return (consoles, new HostState([.. output.Unmodelled], HasEnded && wantsRun));
    }

    private bool Recover()
    {
        if (recovery is null)
        {
            return false;
        }

        try
        {
            if (!recovery.Turn())
            {
                return false;
            }

            runner = recovery.Runner;
            wantsRun = recovery.ResumeAfterReset;
        }
        catch (Exception failure)
        {
            log.LogError(failure, "Device {Device} cannot be brought back to its last state", Identity.Id);
            runner = recovery.Runner;
            Fail(failure is SnapshotFormatException format
                ? $"The stored state cannot be used: {format.Message}"
                : "The stored state cannot be used; the server's log has the details.");
        }

        sequence = recovery.Sequence;
        output.Flush();
        output.Release(output.Lengths());
        marked = Machine.Cycle;
        recovery = null;
        return true;
    }

    private void Fail(string reason)
    {
        HostFailure = new GuestDeath(0, 0, 0, reason, 0);
        wantsRun = false;
        steps?.Done();
        steps = null;
        changed = true;
    }

    private void Answer()
    {
        while (mailbox.TryDequeue(out Action? message))
        {
            message();
        }
    }

    private Wake Work()
    {
        if (ended || HasEnded)
        {
            return Wake.WhenWoken;
        }

        Wake next;
        if (steps is not null)
        {
            next = Wake.Again;
            if (steps.Turn(Machine))
            {
                steps.Done();
                steps = null;
                changed = true;
            }
        }
        else if (wantsRun)
        {
            next = runner!.Turn(() => !mailbox.IsEmpty, Alarm());
        }
        else
        {
            return Wake.WhenWoken;
        }

        if (Machine.HasEnded)
        {
            changed = true;
            steps?.Done();
            steps = null;
            Checkpoint();
        }
        else if (checkpoints.IsDue(runner!.Busy))
        {
            Checkpoint();
        }

        return next;
    }

    private ulong? Alarm()
    {
        ulong? earliest = null;
        foreach (Expectation expectation in expectations)
        {
            if (expectation.Nanoseconds is { } nanoseconds && !(earliest <= nanoseconds))
            {
                earliest = nanoseconds;
            }
        }

        return earliest;
    }

    // A state that our own failure left behind is not worth keeping; the last good one is.
    private Task Checkpoint() => HostFailure is null
        ? checkpoints.TakeAsync(this, sequence, runner!.Busy)
        : Task.CompletedTask;

    private void Publish()
    {
        for (int index = expectations.Count - 1; index >= 0; index--)
        {
            if (expectations[index].IsMet(this))
            {
                expectations[index].Met(this);
                expectations.RemoveAt(index);
            }
        }

        changed |= output.Flush();
        bool forWatchers = changed && Volatile.Read(ref watchers) > 0 && !publishing;
        if (replies.Count == 0 && !forWatchers)
        {
            return;
        }

        bool news = changed;
        changed = false;
        ulong cycle = Machine.Cycle;
        if (cycle > marked)
        {
            marked = cycle;
            lastWrite = journal.MarkAsync(Identity.Id, cycle);
        }

        Action[] answered = [.. replies];
        replies.Clear();
        ulong[] lengths = output.Lengths();
        publishing = true;
        _ = ReleaseAsync(lastWrite, lengths, answered, news);
    }

    private async Task ReleaseAsync(Task durable, ulong[] lengths, Action[] answered, bool news)
    {
        try
        {
            await durable.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch (Exception failure)
        {
            // The server is stopping: nothing more is promised, so nothing more is shown.
            log.LogDebug(failure, "Answers of device {Device} are withheld", Identity.Id);
            return;
        }

        output.Release(lengths);
        foreach (Action reply in answered)
        {
            reply();
        }

        // An answer alone is no news: those who watch would ask, and wake each other for ever.
        if (news)
        {
            Released.Fire();
        }

        mailbox.Enqueue(() => publishing = false);
        seat.Wake();
    }

    private sealed class Watcher(DeviceActor actor) : IDisposable
    {
        private DeviceActor? watched = actor;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref watched, null) is { } device)
            {
                Interlocked.Decrement(ref device.watchers);
            }
        }
    }
}
