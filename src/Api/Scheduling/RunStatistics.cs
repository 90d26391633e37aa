// How fast a device has been over about the last second.

using System.Diagnostics;

namespace XousCloud.Api.Scheduling;

/// <summary>Averages over a sliding second.</summary>
internal sealed class RunStatistics
{
    private const int Samples = 5;
    private static readonly long SampleInterval = Stopwatch.Frequency / 4;

    private readonly (long Timestamp, ulong Instructions, ulong Nanoseconds)[] samples = new (long, ulong, ulong)[Samples];
    private int count;

    public void Clear() => count = 0;

    /// <summary>Takes a sample when the last one is old enough.</summary>
    public void Sample(long now, ulong instructions, ulong nanoseconds)
    {
        if (count > 0 && now - samples[(count - 1) % Samples].Timestamp < SampleInterval)
        {
            return;
        }

        samples[count % Samples] = (now, instructions, nanoseconds);
        count++;
    }

    /// <summary>Millions of instructions in a second of the wall, and seconds of virtual time in a second of the wall.</summary>
    public (double Mips, double RealTimeRatio) Rates(long now, ulong instructions, ulong nanoseconds)
    {
        if (count == 0)
        {
            return (0, 0);
        }

        (long timestamp, ulong pastInstructions, ulong pastNanoseconds) = samples[count > Samples ? count % Samples : 0];
        double seconds = (now - timestamp) / (double)Stopwatch.Frequency;
        return seconds < 0.001
            ? (0, 0)
            : ((instructions - pastInstructions) / seconds / 1e6, (nanoseconds - pastNanoseconds) / seconds / 1e9);
    }
}
