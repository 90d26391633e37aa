// Runs the command line: in this process for most tests, and as the real program where the process itself matters.

using System.Diagnostics;
using System.Text;

namespace XousCloud.Cli.Tests;

/// <summary>What one call of <c>xouscloud</c> did.</summary>
internal sealed record CliResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>Standard output, one character a byte.</summary>
    public string Text => Encoding.Latin1.GetString(Output);

    /// <summary>The last line of standard error.</summary>
    public string LastErrorLine => Error.TrimEnd('\n').Split('\n')[^1];

    /// <summary>Fails with everything that was printed unless the code is as expected.</summary>
    public CliResult Expect(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"exit code {ExitCode}, not {exitCode}\nstdout:\n{Text}\nstderr:\n{Error}");
        return this;
    }

    /// <summary>Fails unless it is a refusal with this code that says what to do.</summary>
    public void ExpectBadInput(string code)
    {
        Expect(2);
        Assert.Empty(Output);
        string[] lines = Error.TrimEnd('\n').Split('\n');
        Assert.StartsWith($"error {code}: ", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length == 2 && lines[1].Length > 0, "There is no line of advice:\n" + Error);
    }
}

internal static class Xous
{
    /// <summary>Calls the command line in this process.</summary>
    public static CliResult Cloud(params string[] arguments)
    {
        using MemoryStream output = new();
        using StringWriter error = new() { NewLine = "\n" };
        ExitCode code = CommandLine.Run(arguments, new Streams(output, error));
        return new CliResult((int)code, output.ToArray(), error.ToString());
    }

    /// <summary>Starts the real program.</summary>
    public static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "xouscloud"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
        };
        return Process.Start(start)!;
    }

    /// <summary>Waits for the real program's end.</summary>
    public static CliResult Finish(Process process)
    {
        using (process)
        {
            Task<string> error = process.StandardError.ReadToEndAsync();
            using MemoryStream output = new();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return new CliResult(process.ExitCode, output.ToArray(), error.GetAwaiter().GetResult());
        }
    }
}

/// <summary>A folder of its own for a test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("xouscloud-cli-").FullName;

    public string Path(string name) => System.IO.Path.Combine(path, name);

    /// <summary>Writes a file and gives its path.</summary>
    public string File(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(Path(name), content);
        return Path(name);
    }

    public void Dispose() => Directory.Delete(path, recursive: true);
}
