// Runs a program to its end and says what CPU time it took, all its threads included. Wall time says little on a
// shared machine; the operating system's own accounting of a finished child is what can be compared.

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XousCloud.Bench;

/// <summary>A finished program.</summary>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record MeasuredProcess(double CpuSeconds, string Output, string Errors)
{
    private const int Children = -1;

    /// <summary>Runs a program; one at a time, since the system adds up all children that have ended.</summary>
    public static MeasuredProcess Run(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        double before = ChildrenCpuSeconds();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end within {limit.TotalSeconds:f0} s.");
        }

        process.WaitForExit();
        return new MeasuredProcess(ChildrenCpuSeconds() - before, output.Result, errors.Result);
    }

    /// <summary>User and system time of all children that have ended and were waited for.</summary>
    public static double ChildrenCpuSeconds()
    {
        Span<long> usage = stackalloc long[18]; // struct rusage of 64-bit Linux; user and system time come first
        if (GetResourceUsage(Children, usage) != 0)
        {
            throw new InvalidOperationException("getrusage failed.");
        }

        return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    private static unsafe int GetResourceUsage(int who, Span<long> usage)
    {
        fixed (long* pointer = usage)
        {
            return getrusage(who, pointer);
        }
    }

    [DllImport("libc")]
    private static extern unsafe int getrusage(int who, long* usage);
}
