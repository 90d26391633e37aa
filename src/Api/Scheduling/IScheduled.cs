namespace XousCloud.Api.Scheduling;

/// <summary>Something that takes turns on the worker threads, never two at once.</summary>
internal interface IScheduled
{
    /// <summary>Time is shared out between tenants first.</summary>
    string Tenant { get; }

    /// <summary>Does a few milliseconds of work.</summary>
    /// <param name="urgentOnly">Answer what waits in the mailbox and leave the rest for an ordinary turn.</param>
    Wake Turn(bool urgentOnly);
}

/// <summary>When something wants its next turn.</summary>
/// <param name="At">A <see cref="System.Diagnostics.Stopwatch"/> timestamp: 0 for as soon as the others had theirs,
/// <see cref="long.MaxValue"/> for only when it is woken.</param>
internal readonly record struct Wake(long At)
{
    public static readonly Wake Again = new(0);

    public static readonly Wake WhenWoken = new(long.MaxValue);
}
