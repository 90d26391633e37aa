// Loader, kernel and two processes on the emulated chip.

using System.Buffers.Binary;
using System.Text.RegularExpressions;
using XousCloud.Kernel.Image;

namespace XousCloud.Kernel.Tests.Chip;

public class BootTests(ITestOutputHelper output)
{
    private const ulong TenthOfASecond = 35_000_000;

    [Fact]
    public void Two_processes_exchange_scalars_and_pages_and_survive_each_other()
    {
        using var run = new XousRun(XousRun.Build("talk", "echo"), TenthOfASecond);
        Assert.Equal(
            [
                "loader: 02 processes",
                "scalar: ok",
                "a thousand scalars: ok",
                "lent pages: ok",
                "a server's death: ok",
                "now the kernel",
            ],
            run.Text.Split("\r\n")[..6]);
        Assert.Matches("process 2 thread 2 ended: cause 13 at 0x000[0-9a-f]{5}, value 0xffd00000\r\n$", run.Text);
        Assert.True(run.IsWaiting, "The hart waits when nobody is left.");
        Assert.Null(run.Death);
    }

    [Fact]
    public void A_blocking_scalar_and_its_answer_take_at_most_1400_instructions()
    {
        // Neither process prints in between, and an instruction takes a cycle. The aim is 800.
        using var run = new XousRun(XousRun.Build("talk", "echo"), TenthOfASecond);
        double round = run.CyclesBetween("scalar: ok\r\n", "a thousand") / 1000.0;
        output.WriteLine($"{round:F1} cycles a round, the two processes' own instructions included");
        Assert.InRange(round, 100, 1400);
    }

    [Fact]
    public void A_process_that_calls_at_random_disturbs_nobody()
    {
        using var run = new XousRun(XousRun.Build("wild", "talk", "wild", "echo"), 20 * TenthOfASecond);
        output.WriteLine(run.Text);
        Assert.Equal(4, Regex.Count(run.Text, ": ok\r\n"));
        Assert.DoesNotContain("FAILED", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("kernel", run.Text.Replace("now the kernel", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(run.Text, "process [24] thread 2 ended: cause 15 at 0x[0-9a-f]{8}, value 0xdead0000"));
        Assert.True(run.IsWaiting, "Nobody is left, so the hart waits.");
    }

    [Fact]
    public void A_kernel_without_processes_waits()
    {
        using var run = new XousRun(XousRun.Build(), TenthOfASecond);
        Assert.Equal("loader: 00 processes\r\n", run.Text);
        Assert.True(run.IsWaiting);
    }

    [Fact]
    public void Tags_and_sections_that_are_malformed_end_in_a_message_of_the_loader()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] file = XousRun.Build("talk", "echo");
        int tags = file.AsSpan().IndexOf("XArg"u8);
        int words = (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(tags + 8));
        int stopped = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] broken = (byte[])file.Clone();
            int at = tags + (4 * random.Next(words));
            uint value = random.Next(3) switch
            {
                0 => (uint)random.NextInt64(1L << 32),
                1 => BinaryPrimitives.ReadUInt32LittleEndian(broken.AsSpan(at)) ^ (1u << random.Next(32)),
                _ => uint.MaxValue,
            };
            BinaryPrimitives.WriteUInt32LittleEndian(broken.AsSpan(at), value);
            using var run = new XousRun(broken, TenthOfASecond);
            Assert.True(run.Text.Length > 0, $"Word {(at - tags) / 4} as 0x{value:X}: silence.");
            stopped += run.Text.StartsWith("loader: ", StringComparison.Ordinal) && !run.Text.Contains("processes", StringComparison.Ordinal) ? 1 : 0;
        }

        output.WriteLine($"{stopped} of 60 images refused; the rest changed nothing that the loader reads");
        Assert.InRange(stopped, 5, 60);
    }

    [Fact]
    public void The_check_of_a_tag_is_that_of_X_25() => Assert.Equal(0x906E, KernelImage.Crc16("123456789"u8));
}
