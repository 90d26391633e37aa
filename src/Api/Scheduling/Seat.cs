namespace XousCloud.Api.Scheduling;

/// <summary>An occupant's place among all that share the worker threads.</summary>
internal sealed class Seat(Scheduler scheduler, IScheduled occupant)
{
    public IScheduled Occupant => occupant;

    // All that follows is the scheduler's, under its lock.

    /// <summary>What it has had of the workers' time.</summary>
    internal Share Share { get; } = new(occupant.Tenant);

    /// <summary>In the queue for ordinary turns.</summary>
    internal bool IsReady { get; set; }

    /// <summary>In the queue for short turns ahead of the ordinary ones.</summary>
    internal bool IsUrgent { get; set; }

    internal bool IsRunning { get; set; }

    internal bool WasWokenWhileRunning { get; set; }

    /// <summary>Only the timer with this number still means anything.</summary>
    internal long Timer { get; set; }

    /// <summary>Asks for a turn soon. From any thread, also during a turn.</summary>
    public void Wake() => scheduler.Wake(this);
}
