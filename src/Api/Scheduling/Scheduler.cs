// Shares a few worker threads between all devices. A device that waits for nothing but a caller is in no queue
// and costs nothing; one that waits for a point in time costs an entry in a priority queue. A device that
// somebody wants an answer from gets a short turn ahead of those that only compute, but at most every other
// turn is such a one.

using System.Diagnostics;

namespace XousCloud.Api.Scheduling;

/// <summary>Gives turns.</summary>
internal sealed class Scheduler : IDisposable
{
    private readonly object gate = new();
    private readonly FairQueue<Seat> ready = new();
    private readonly FairQueue<Seat> urgent = new();
    private readonly PriorityQueue<(Seat Seat, long Timer), long> timers = new();
    private readonly ILogger<Scheduler> log;
    private readonly Thread[] workers;
    private int sleeping;
    private bool stopping;
    private bool lastWasUrgent;

    /// <param name="workers">Threads; 0 means one for each processor.</param>
    /// <param name="log">Told when an occupant fails, which is our bug.</param>
    public Scheduler(int workers, ILogger<Scheduler> log)
    {
        this.log = log;
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
            try
            {
                next = seat.Occupant.Turn(urgentOnly);
            }
            catch (Exception bug)
            {
                // An occupant deals with its own failures; one that does not must not take the thread with it.
                log.LogError(bug, "A turn failed; its device rests until it is woken");
            }

            Return(seat, next);
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
                bool takeUrgent = !urgent.IsEmpty && (ready.IsEmpty || !lastWasUrgent);
                if ((takeUrgent ? urgent.Dequeue() : ready.Dequeue()) is { } seat)
                {
                    lastWasUrgent = takeUrgent;
                    if (Seated(seat, takeUrgent))
                    {
                        urgentOnly = takeUrgent && !ready.IsEmpty;
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

    private void Return(Seat seat, Wake next)
    {
        lock (gate)
        {
            seat.IsRunning = false;
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
        }
    }

    private void MakeReady(Seat seat)
    {
        if (!seat.IsReady)
        {
            seat.IsReady = true;
            ready.Enqueue(seat.Occupant.Tenant, seat);
            WakeOne();
        }
    }

    private void MakeUrgent(Seat seat)
    {
        if (!seat.IsUrgent)
        {
            seat.IsUrgent = true;
            urgent.Enqueue(seat.Occupant.Tenant, seat);
            WakeOne();
        }
    }
}
