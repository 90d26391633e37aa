using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using XousCloud.Api.Problems;

namespace XousCloud.Api.Streams;

/// <summary>Counts each tenant's open subscriptions.</summary>
internal sealed class StreamQuota(IOptions<LimitOptions> limits)
{
    private readonly ConcurrentDictionary<string, int> open = new();

    /// <summary>Takes a place; dispose of it to give it back.</summary>
    /// <exception cref="ProblemException">There is none left.</exception>
    public IDisposable Take(string tenant)
    {
        if (open.AddOrUpdate(tenant, 1, (_, count) => count + 1) > limits.Value.StreamsPerTenant)
        {
            GiveBack(tenant);
            throw Problem.Capacity(
                $"You have {limits.Value.StreamsPerTenant} subscriptions, the most there may be.",
                "Unsubscribe from devices that you no longer watch.", 5);
        }

        return new Place(this, tenant);
    }

    private void GiveBack(string tenant) => open.AddOrUpdate(tenant, 0, (_, count) => count - 1);

    private sealed class Place(StreamQuota quota, string tenant) : IDisposable
    {
        private int given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref given, 1) == 0)
            {
                quota.GiveBack(tenant);
            }
        }
    }
}
