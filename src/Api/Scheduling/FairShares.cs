// Shares worker time out: between tenants in proportion to their weights, and between a tenant's seats evenly. One tenant
// with a hundred busy devices gets no more than a tenant of the same weight with one.
//
// Each seat has an account of the time that it has had, in which time counts the more, the more seats of its tenant want
// some now, and the less, the more its tenant weighs. Whoever has the least there is next; this is start-time fair
// queueing. Who was away goes on where the others are: time that nobody wanted is not owed. Who wants more than one
// thread can give, and is owed the rest, is owed no more than a second.

namespace XousCloud.Api.Scheduling;

/// <summary>A seat's account. The scheduler's, under its lock.</summary>
internal sealed class Share(string tenant)
{
    public string Tenant => tenant;

    /// <summary>The time that it has had, as it counts.</summary>
    public double Used { get; set; }

    /// <summary>Whether it wants time.</summary>
    public bool IsActive { get; set; }
}

/// <summary>All accounts. Not safe for use by two threads at once.</summary>
/// <param name="weights">Tenants' weights, above 0; 1 where there is none.</param>
internal sealed class FairShares(IReadOnlyDictionary<string, double> weights)
{
    /// <summary>The most that anybody is owed, in nanoseconds.</summary>
    public const long LargestDebt = 1_000_000_000;

    private readonly Dictionary<string, int> active = [];
    private double clock;

    /// <summary>Somebody wants time from now on.</summary>
    public void Enter(Share share)
    {
        if (!share.IsActive)
        {
            share.IsActive = true;
            share.Used = Math.Max(share.Used, clock);
            active[share.Tenant] = active.GetValueOrDefault(share.Tenant) + 1;
        }
    }

    /// <summary>Somebody is to get time: the one with the least.</summary>
    public void Serve(Share share) => clock = Math.Max(clock, share.Used);

    /// <summary>Somebody has had time.</summary>
    /// <param name="share">Who; it must be active.</param>
    /// <param name="cost">How much, in nanoseconds.</param>
    public void Charge(Share share, long cost)
    {
        double rate = active[share.Tenant] / weights.GetValueOrDefault(share.Tenant, 1);
        share.Used = Math.Max(share.Used + (cost * rate), clock - (LargestDebt * rate));
    }

    /// <summary>Somebody wants no more.</summary>
    public void Leave(Share share)
    {
        share.IsActive = false;
        if (--active[share.Tenant] == 0)
        {
            active.Remove(share.Tenant);
        }
    }
}
