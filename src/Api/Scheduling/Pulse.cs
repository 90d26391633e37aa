namespace XousCloud.Api.Scheduling;

/// <summary>Wakes everybody who waits for a change.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Fire"/>. Take it before looking at what may have changed.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Fire() => Interlocked.Exchange(
        ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
