// `xouscloud run --os` and `--ipc`, on the stand-in Xous kernel of tests/Firmware/xous_calls.c.

namespace XousCloud.Cli.Tests;

public class OsTests
{
    [Fact]
    public void The_operating_systems_processes_servers_and_interrupt_lines_are_told_at_the_end()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("xous_calls"), "--until", "nothing can go on", "--os").Expect(0);

        Assert.Matches(@"\n4 +worker +Sleeping .* 2:WaitEvent\n", result.Error);
        Assert.Matches(@"\n6 +brief +ended: it called TerminateProcess ", result.Error);
        Assert.Matches(@"\nticktimer-server +ticktimer-server +2 +clock +0 +0 +2:2\n", result.Error);
        Assert.Matches(@"\n11 +2 +clock +0x000[0-9a-f]{5} +0x000[0-9a-f]{5} +1\n", result.Error);
    }

    [Fact]
    public void Messages_go_to_a_file_and_change_nothing()
    {
        using ScratchFolder folder = new();
        string[] run = ["run", Guests.Elf("xous_calls"), "--until", "nothing can go on", "--hash"];
        string hash = Xous.Cloud(run).Expect(0).LastErrorLine;

        Assert.Equal(hash, Xous.Cloud([.. run, "--ipc", folder.Path("ipc.txt")]).Expect(0).LastErrorLine);
        string[] lines = File.ReadAllLines(folder.Path("ipc.txt"));
        Assert.EndsWith("#1 sent     5:2 > ticktimer-server  BlockingScalar 0 (0x1, 0x2, 0x3, 0x4)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("#1 answered 5:2 > ticktimer-server  by 2:2  Scalar2 (0x4d2, 0x0)", lines[2], StringComparison.Ordinal);

        string error = Xous.Cloud([.. run, "--ipc", "-"]).Expect(0).Error;
        Assert.StartsWith(string.Join('\n', lines) + "\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_no_Xous_that_is_said()
    {
        CliResult result = Xous.Cloud("run", Guests.Elf("hello"), "--max-time", "1ms", "--os").Expect(4);

        Assert.Equal("no Xous seen", result.LastErrorLine);
    }
}
