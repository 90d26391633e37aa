// Gives memory back after a peak. The collector keeps what a flood of requests made it reserve until something
// allocates again, which on a quiet server may be never; so when it has become quiet, one thorough collection
// returns it to the host.

namespace XousCloud.Api.Limits;

/// <summary>Collects once after each peak.</summary>
internal sealed class MemoryTrim(TimeProvider time) : BackgroundService
{
    private const long PeakBytes = 64 * 1024 * 1024;
    private const long QuietBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        long trimmed = Committed();
        long allocated = GC.GetTotalAllocatedBytes();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            long now = GC.GetTotalAllocatedBytes();
            bool quiet = now - allocated < QuietBytes;
            allocated = now;
            if (quiet && Committed() > trimmed + PeakBytes)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                trimmed = Committed();
            }
        }
    }

    // The last collection's word on what is reserved, and what was allocated since, whichever is larger.
    private static long Committed() => Math.Max(GC.GetGCMemoryInfo().TotalCommittedBytes, GC.GetTotalMemory(false));
}
