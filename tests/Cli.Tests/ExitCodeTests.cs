// Each exit code by a run that ends that way.

using System.Diagnostics;

namespace XousCloud.Cli.Tests;

public class ExitCodeTests
{
    [Fact]
    public void A_match_ends_the_run_with_0()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("idle"), "--until", "ready").Expect(0);

        Assert.Contains("met: the console matched 'ready'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_was_waited_for_ends_the_run_with_0()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("tick"), "--stop-on-write", "ticks").Expect(0);

        Assert.Contains("<ticks+0x0> was written", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_comes_before_the_match_ends_the_run_with_1()
    {
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("tick"), "--stop-on-write", "ticks", "--until", "tick 100 at").Expect(1);

        Assert.Contains("the console has not matched 'tick 100 at'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jump_into_nothing_ends_the_run_with_3_and_says_where_and_why()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("crash_jump"), "--until", "never").Expect(3);

        Assert.Equal("jumping\r\n", result.Text);
        Assert.Contains("guest died at pc 0x10000000 because an instruction access fault", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trap_handler_that_is_not_there_ends_the_run_with_3_and_names_the_handler()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("crash_handler"), "--until", "not reached").Expect(3);

        Assert.Contains("handler at 0x10000000", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_boot1_refuses_ends_the_run_with_3_and_names_the_check_unless_its_entry_is_given()
    {
        // A guest program is not signed; with one byte of a signature it is one that no key signed.
        using ScratchFolder folder = new();
        byte[] program = File.ReadAllBytes(Guests.Binary("hello"));
        program[4] = 1;
        string file = folder.File("hello.bin", program);

        CliResult refused = Xous.Cloud("run", file, "--until", "Hello").Expect(3);
        Assert.Contains("No valid pubkeys found or signature invalid", refused.Text, StringComparison.Ordinal);
        Assert.Contains("stopped in boot1: the signature of the image at 0x60060000", refused.Error, StringComparison.Ordinal);
        Assert.Contains("(image_signature)", refused.Error, StringComparison.Ordinal);
        Xous.Cloud("run", file, "--entry", "0x60060300", "--until", "Hello").Expect(0);
    }

    [Fact]
    public void A_loader_that_gives_up_ends_the_run_with_3_and_names_the_check()
    {
        using ScratchFolder folder = new();
        byte[] program = File.ReadAllBytes(Guests.Binary("loader_dies"));
        program[0x94] = 4; // the function code of a loader

        CliResult result = Xous.Cloud("run", folder.File("loader.bin", program), "--until", "never").Expect(3);
        Assert.Contains("stopped in loader: the kernel's header or signature", result.Error, StringComparison.Ordinal);
        Assert.Contains("(kernel_signature)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_comes_after_a_guard_fired_names_the_guard_too()
    {
        // Not a loader by its header, so its last marks end nothing.
        CliResult result = Xous.Cloud(
            "run", Guests.Elf("loader_dies"), "--until", "never", "--max-time", "50ms").Expect(4);
        Assert.Contains("virtual time ran out", result.Error, StringComparison.Ordinal);
        Assert.Contains("the boot stopped in loader: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_of_virtual_time_ends_the_run_with_4_at_exactly_that_cycle()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("hello"), "--until", "never", "--max-time", "123457c").Expect(4);

        Assert.Contains("virtual time ran out at cycle 123457,", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_waits_for_ever_gets_to_the_limit_at_once()
    {
        // Eleven virtual days: at the pace of a guest that computes this test would not end.
        CliResult result = Xous.Cloud("run", Guests.Elf("idle"), "--until", "never", "--max-time", "1000000s").Expect(4);

        Assert.Contains("1000000 s", result.Error, StringComparison.Ordinal);
        Assert.Contains("its last line is 'ready'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_of_wall_time_ends_the_run_with_5()
    {
        Xous.Cloud("run", Guests.Elf("hello"), "--until", "never", "--max-time", "1000000s", "--max-wall-time", "1us")
            .Expect(5);
    }

    [Fact]
    public void A_full_disk_ends_with_5()
    {
        using FullDisk disk = new();
        using StringWriter error = new();

        ExitCode code = CommandLine.Run(["run", Guests.Elf("idle"), "--until", "ready"], new Streams(disk, error));

        Assert.Equal(ExitCode.HostLimit, code);
        Assert.Contains("No space left", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_ours_ends_with_6_and_asks_for_a_report()
    {
        using BrokenStream broken = new();
        using StringWriter error = new();

        ExitCode code = CommandLine.Run(["boards"], new Streams(broken, error));

        Assert.Equal(ExitCode.Internal, code);
        Assert.StartsWith("internal error: ", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-INT", 1, "interrupted at cycle")]
    [InlineData("-TERM", 5, "terminated at cycle")]
    public void A_signal_ends_the_run_in_order(string signal, int exitCode, string message)
    {
        Process process = Xous.Start(
            "run", Guests.Elf("hello"), "--until", "never", "--max-time", "1000000s", "--max-wall-time", "120s", "--hash");
        Assert.Equal("Hello, world! (i=0)", process.StandardOutput.ReadLine());

        using (Process kill = Process.Start("kill", [signal, $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        CliResult result = Xous.Finish(process).Expect(exitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{64}$", result.LastErrorLine);
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new InvalidOperationException("broken on purpose");
    }
}
