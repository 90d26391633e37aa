// Round robin between tenants, and between each tenant's own: one tenant with a hundred busy devices gets no
// more turns than a tenant with one.

namespace XousCloud.Api.Scheduling;

/// <summary>Who is next. Not safe for use by two threads at once.</summary>
internal sealed class FairQueue<T>
    where T : class
{
    private readonly Dictionary<string, Queue<T>> waiting = [];
    private readonly Queue<string> tenants = new();

    public bool IsEmpty => tenants.Count == 0;

    public void Enqueue(string tenant, T item)
    {
        if (!waiting.TryGetValue(tenant, out Queue<T>? queue))
        {
            waiting.Add(tenant, queue = new Queue<T>());
            tenants.Enqueue(tenant);
        }

        queue.Enqueue(item);
    }

    /// <summary>The next, or null when nobody waits.</summary>
    public T? Dequeue()
    {
        if (!tenants.TryDequeue(out string? tenant))
        {
            return null;
        }

        Queue<T> queue = waiting[tenant];
        T item = queue.Dequeue();
        if (queue.Count > 0)
        {
            tenants.Enqueue(tenant);
        }
        else
        {
            waiting.Remove(tenant);
        }

        return item;
    }
}
