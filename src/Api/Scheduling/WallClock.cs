// Paces a device by the wall's clock: virtual time is never ahead of the wall. A device that fell behind (the
// host was busy, or the guest asks for more than the host can do) catches up at most a bounded amount; beyond
// that the lost time is given up, because a burst of stale time helps nobody.

using System.Diagnostics;

namespace XousCloud.Api.Scheduling;

/// <summary>Where virtual time should be by now.</summary>
internal sealed class WallClock
{
    /// <summary>The most that is caught up, in nanoseconds.</summary>
    public const ulong LargestLag = 100_000_000;

    private long anchorTimestamp;
    private ulong anchorNanoseconds;

    /// <summary>Says that virtual time is at <paramref name="nanoseconds"/> now.</summary>
    public void Anchor(long now, ulong nanoseconds)
    {
        anchorTimestamp = now;
        anchorNanoseconds = nanoseconds;
    }

    /// <summary>Virtual time that the wall allows at a timestamp, in nanoseconds.</summary>
    public ulong NanosecondsAt(long now) => anchorNanoseconds
        + (ulong)((UInt128)(ulong)Math.Max(0, now - anchorTimestamp) * 1_000_000_000 / (ulong)Stopwatch.Frequency);

    /// <summary>The timestamp at which the wall allows a virtual time.</summary>
    public long TimestampAt(ulong nanoseconds) => nanoseconds <= anchorNanoseconds
        ? anchorTimestamp
        : anchorTimestamp + (long)UInt128.Min(
            (UInt128)(nanoseconds - anchorNanoseconds) * (ulong)Stopwatch.Frequency / 1_000_000_000,
            long.MaxValue / 2);

    /// <summary>Gives up what cannot be caught up any more.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="nanoseconds">Where virtual time is.</param>
    public void LimitLag(long now, ulong nanoseconds)
    {
        if (NanosecondsAt(now) > nanoseconds + LargestLag)
        {
            Anchor(now, nanoseconds + LargestLag);
        }
    }
}
