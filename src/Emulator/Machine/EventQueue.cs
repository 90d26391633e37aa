// Everything that happens later is one event on one queue, ordered by (cycle, priority, insertion).
// The explicit priority and the insertion number give events of one cycle a single order; without them
// determinism would be an accident of list order. The events are few (tens), so a sorted intrusive list
// is both the simplest and the fastest structure: scheduling allocates nothing.

namespace XousCloud.Emulator;

/// <summary>What runs first when several events fall on one cycle.</summary>
public enum EventPriority : byte
{
    /// <summary>Timers: software must see the time that a device's event reports.</summary>
    Timer = 0,

    /// <summary>Data arriving from or leaving to the outside.</summary>
    Device = 1,

    /// <summary>Resets, after all that the same cycle still had to do.</summary>
    Reset = 2,
}

/// <summary>One thing that can be due once. Its owner creates it at start-up and keeps it for ever.</summary>
public sealed class ScheduledEvent(EventQueue queue, EventPriority priority, Action action)
{
    /// <summary>The value of <see cref="Due"/> while nothing is scheduled.</summary>
    public const ulong Never = ulong.MaxValue;

    internal ScheduledEvent? Next { get; set; }

    internal EventPriority Priority => priority;

    /// <summary>Insertion number: the later of two equals runs later.</summary>
    internal ulong Order { get; private set; }

    /// <summary>The cycle at which the event runs, or <see cref="Never"/>.</summary>
    public ulong Due { get; private set; } = Never;

    public bool IsScheduled => Due != Never;

    /// <summary>Schedules the event, replacing an earlier schedule.</summary>
    /// <param name="cycle">
    /// Absolute cycle; one that has passed means at once, and <see cref="Never"/> is as good as not at all.
    /// </param>
    public void At(ulong cycle)
    {
        if (cycle == Never)
        {
            Cancel();
            return;
        }

        queue.Remove(this);
        Due = cycle;
        Order = queue.NextOrder();
        queue.Insert(this);
    }

    public void Cancel()
    {
        queue.Remove(this);
        Due = Never;
    }

    internal void Run()
    {
        Due = Never;
        action();
    }

    internal void Restore(ulong due, ulong order)
    {
        queue.Remove(this);
        Due = due;
        Order = order;
        if (due != Never)
        {
            queue.Insert(this);
        }
    }
}

/// <summary>The machine's future.</summary>
public sealed class EventQueue
{
    private ScheduledEvent? head;
    private ulong insertions;

    /// <summary>The cycle of the next event, or <see cref="ScheduledEvent.Never"/>.</summary>
    public ulong NextDue => head?.Due ?? ScheduledEvent.Never;

    internal ulong NextOrder() => insertions++;

    /// <summary>Runs every event due at or before <paramref name="cycle"/>, those that they schedule included.</summary>
    public void RunDue(ulong cycle)
    {
        while (head is { } first && first.Due <= cycle)
        {
            head = first.Next;
            first.Next = null;
            first.Run();
        }
    }

    internal void Insert(ScheduledEvent added)
    {
        if (head is null || Before(added, head))
        {
            added.Next = head;
            head = added;
            return;
        }

        ScheduledEvent previous = head;
        while (previous.Next is { } next && !Before(added, next))
        {
            previous = next;
        }

        added.Next = previous.Next;
        previous.Next = added;
    }

    internal void Remove(ScheduledEvent removed)
    {
        if (!removed.IsScheduled || head is null)
        {
            return;
        }

        if (head == removed)
        {
            head = removed.Next;
        }
        else
        {
            ScheduledEvent? previous = head;
            while (previous is not null && previous.Next != removed)
            {
                previous = previous.Next;
            }

            if (previous is not null)
            {
                previous.Next = removed.Next;
            }
        }

        removed.Next = null;
    }

    internal void State(StateStream state) => state.U64(ref insertions);

    private static bool Before(ScheduledEvent left, ScheduledEvent right) =>
        left.Due != right.Due ? left.Due < right.Due
        : left.Priority != right.Priority ? left.Priority < right.Priority
        : left.Order < right.Order;
}
