// The guest programs of tests/Firmware/csharp, built by the target that any guest project imports, on the emulated board.

using XousCloud.Emulator;

namespace XousCloud.Compiler.Tests.Programs;

public sealed class GuestProgramTests
{
    private const ulong Cycles = 35_000_000; // 100 ms
    private const int VendorHeader = 768;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hello_greets_on_both_consoles(bool asBinary)
    {
        using GuestRun run = GuestRun.Of("hello", Cycles, asBinary);

        Assert.Equal("Hello from C#, on the DUART\r\n", run.Text(ConsolePort.Duart));
        Assert.Equal("Hello from C#, on UART2\r\n", run.Text(ConsolePort.Uart2));
        Assert.Null(run.Death);
        Assert.True(run.IsWaiting);
        Assert.Empty(run.NotModelled);
    }

    /// <summary>Code, constants and start code; the largest that a smallest program may be is 1 KiB, and it is well below.</summary>
    [Fact]
    public void Hello_is_small()
    {
        long size = new FileInfo(Path.Combine(GuestRun.Folder("hello"), "hello.bin")).Length - VendorHeader;

        Assert.InRange(size, 1, 448);
    }

    [Fact]
    public void Traps_are_taken_in_CSharp()
    {
        using GuestRun run = GuestRun.Of("traps", Cycles);
        string[] lines = run.Text(ConsolePort.Duart).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.NotEmpty(lines);
        Assert.All(lines[..^1], line => Assert.EndsWith(": ok", line, StringComparison.Ordinal));
        Assert.Equal("done", lines[^1]);
        Assert.Equal(24, lines.Length);
        Assert.Null(run.Death);
    }

    [Fact]
    public void A_failed_check_names_its_line()
    {
        string[] source = File.ReadAllLines(GuestRun.SourceOf("panic"));
        int line = Array.FindIndex(source, text => text.Contains("// the line that fails", StringComparison.Ordinal)) + 1;
        using GuestRun run = GuestRun.Of("panic", Cycles);

        Assert.Equal($"before\r\npanic: index out of range at Program.cs:{line}\r\n", run.Text(ConsolePort.Duart));
        Assert.True(run.IsWaiting);
    }
}
