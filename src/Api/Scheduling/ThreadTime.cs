// What a worker's turn has cost. The wall says little where the host runs other things as well: whoever was interrupted
// would be charged for it. So it is the thread's own CPU time, where the system tells it.

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XousCloud.Api.Scheduling;

/// <summary>CPU time of the calling thread.</summary>
internal static class ThreadTime
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Nanoseconds since some moment; the wall's where the system has no other.</summary>
    public static long Nanoseconds() => OperatingSystem.IsLinux() && clock_gettime(ThreadCpuTime, out Timespec time) == 0
        ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
        : (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
