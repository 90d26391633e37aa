// Runs a program of the host that a test compares with (QEMU, objdump), and skips the test visibly where the host
// does not have it.

using System.ComponentModel;
using System.Diagnostics;

namespace XousCloud.Emulator.Tests.Cpu;

internal static class ExternalTool
{
    /// <summary>Runs a tool to its end.</summary>
    /// <param name="name">The program's name, looked up in PATH.</param>
    /// <param name="timeout">After this long the tool is killed and the test fails.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote to standard output.</returns>
    public static string Run(string name, TimeSpan timeout, params string[] arguments)
    {
        using Process process = Start(name, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(timeout))
        {
            process.Kill();
            process.WaitForExit();
            Assert.Fail($"{name} did not end within {timeout.TotalSeconds} s: {errors.Result}");
        }

        Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}: {errors.Result}");
        return output.Result;
    }

    private static Process Start(string name, string[] arguments)
    {
        ProcessStartInfo start = new(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{name} is not installed on this machine.");
            throw;
        }
    }
}
