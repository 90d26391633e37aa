// Shares a few worker threads between all devices. A device that waits for nothing but a caller is in no queue
// and costs nothing; one that waits for a point in time costs an entry in a priority queue. Who is next is decided by
// what each has had (FairShares). A device that somebody wants an answer from gets a short turn ahead of those that only
// compute, but at most every other turn is such a one.

using System.Diagnostics;

namespace XousCloud.Api.Scheduling;

/// <summary>Gives turns.</summary>
internal sealed class Scheduler : IDisposable
{
    private readonly object gate = new();
    private readonly FairShares shares;
    private readonly Func<long> time;
    private readonly PriorityQueue<Seat, (double Used, long Order)> ready = new();
    private readonly PriorityQueue<Seat, (double Used, long Order)> urgent = new();
    private readonly PriorityQueue<(Seat Seat, long Timer), long> timers = new();
    private readonly ILogger<Scheduler> log;
    private readonly Thread[] workers;
    private int sleeping;
    private bool stopping;
    private bool lastWasUrgent;
    private long order;

    /// <param name="options">How many threads, and the tenants' weights.</param>
    /// <param name="log">Told when an occupant fails, which is our bug.</param>
    /// <param name="time">What turns cost is measured by, in nanoseconds; the thread's CPU time where null.</param>
    /// <exception cref="InvalidOperationException">A weight is none.</exception>
    public Scheduler(ExecutionOptions options, ILogger<Scheduler> log, Func<long>? time = null)
    {
        if (options.TenantWeights.FirstOrDefault(entry => !(entry.Value is > 0 and <= ExecutionOptions.LargestWeight)) is
            { Key: not null } wrong)
        {
            throw new InvalidOperationException(
                $"Execution:TenantWeights:{wrong.Key} is {wrong.Value}; a weight is above 0 and at most {ExecutionOptions.LargestWeight}.");
        }

        this.log = log;
        this.time = time ?? ThreadTime.Nanoseconds;
        shares = new FairShares(options.TenantWeights);
        int workers = options.Workers;
        this.workers = new Thread[workers > 0 ? workers : Environment.ProcessorCount];
        for (int index = 0; index < this.workers.Length; index++)
        {
            this.workers[index] = new Thread(Work) { IsBackground = true, Name = $"devices {index}" };
            this.workers[index].Start();
        }
    }

    /// <summary>Gives a newcomer its place; it gets no turn before it is woken.</summary>
    public Seat Add(IScheduled occupant) => new(this, occupant);

    /// <summary>Ends the threads, each after the turn that it is giving.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }
    }

    internal void Wake(Seat seat)
    {
        lock (gate)
        {
            if (seat.IsRunning)
            {
                seat.WasWokenWhileRunning = true;
            }
            else
            {
                MakeUrgent(seat);
            }
        }
    }

    private void Work()
    {
        while (Next(out bool urgentOnly) is { } seat)
        {
            Wake next = Scheduling.Wake.WhenWoken;
            long start = time();
            try
            {
                next = seat.Occupant.Turn(urgentOnly);
            }
            catch (Exception bug)
            {
                // An occupant deals with its own failures; one that does not must not take the thread with it.
                log.LogError(bug, "A turn failed; its device rests until it is woken");
            }

            Return(seat, next, time() - start);
        }
    }

    private Seat? Next(out bool urgentOnly)
    {
        lock (gate)
        {
            while (!stopping)
            {
                long now = Stopwatch.GetTimestamp();
                FireTimers(now);
                bool takeUrgent = urgent.Count > 0 && (ready.Count == 0 || !lastWasUrgent);
                if ((takeUrgent ? urgent : ready).TryDequeue(out Seat? seat, out _))
                {
                    lastWasUrgent = takeUrgent;
                    if (Seated(seat, takeUrgent))
                    {
                        shares.Serve(seat.Share);
                        urgentOnly = takeUrgent && ready.Count > 0;
                        return seat;
                    }
                }
                else
                {
                    Sleep(now);
                }
            }
        }

        urgentOnly = false;
        return null;
    }

    private void Sleep(long now)
    {
        sleeping++;
        if (timers.TryPeek(out _, out long due))
        {
            double milliseconds = (due - now) * 1000.0 / Stopwatch.Frequency;
            Monitor.Wait(gate, (int)Math.Clamp(Math.Ceiling(milliseconds), 1, 60_000));
        }
        else
        {
            Monitor.Wait(gate);
        }

        sleeping--;
    }

    // To wake a thread costs more than a short turn, so it is done only when one sleeps.
    private void WakeOne()
    {
        if (sleeping > 0)
        {
            Monitor.Pulse(gate);
        }
    }

    // Another worker may be giving the seat a turn already, from the other queue.
    private static bool Seated(Seat seat, bool fromUrgent)
    {
        if (fromUrgent)
        {
            seat.IsUrgent = false;
            seat.WasWokenWhileRunning |= seat.IsRunning;
        }
        else
        {
            seat.IsReady = false;
        }

        if (seat.IsRunning)
        {
            return false;
        }

        seat.IsRunning = true;
        return true;
    }

    private void FireTimers(long now)
    {
        while (timers.TryPeek(out (Seat Seat, long Timer) timer, out long due) && due <= now)
        {
            timers.Dequeue();
            if (timer.Seat.Timer == timer.Timer && !timer.Seat.IsRunning)
            {
                MakeReady(timer.Seat);
            }
        }
    }

    private void Return(Seat seat, Wake next, long cost)
    {
        lock (gate)
        {
            seat.IsRunning = false;
            shares.Charge(seat.Share, cost);
            seat.Timer++;
            if (seat.WasWokenWhileRunning)
            {
                seat.WasWokenWhileRunning = false;
                MakeUrgent(seat);
            }

            if (next == Scheduling.Wake.Again)
            {
                MakeReady(seat);
            }
            else if (next != Scheduling.Wake.WhenWoken)
            {
                // Whoever sleeps until a later time would sleep for too long.
                bool earliest = !timers.TryPeek(out _, out long due) || next.At < due;
                timers.Enqueue((seat, seat.Timer), next.At);
                if (earliest)
                {
                    WakeOne();
                }
            }

            if (!seat.IsReady && !seat.IsUrgent)
            {
                shares.Leave(seat.Share);
            }
        }
    }

    private void MakeReady(Seat seat)
    {
        if (!seat.IsReady)
        {
            seat.IsReady = true;
            shares.Enter(seat.Share);
            ready.Enqueue(seat, (seat.Share.Used, order++));
            WakeOne();
        }
    }

    private void MakeUrgent(Seat seat)
    {
        if (!seat.IsUrgent)
        {
            seat.IsUrgent = true;
            shares.Enter(seat.Share);
            urgent.Enqueue(seat, (seat.Share.Used, order++));
            WakeOne();
        }
    }
}
