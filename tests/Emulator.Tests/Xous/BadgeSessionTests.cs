// The vendor's badge release from power-on to its shell and beyond, against what a real badge printed (GitHub
// vmfunc/dc34-badge, hw/badge-state.txt). The files are not in the repository; see BadgeRelease.
//
// That badge ran an earlier build, so addresses of handlers differ, and processes may have a connection more. How much of a
// process is in RAM is the swapper's choice of the moment: only the kernel and the swapper itself can be expected to agree
// exactly, the sum and most others within a few pages. The vault's program is in swap altogether.

using System.Globalization;
using System.Text.RegularExpressions;
using XousCloud.Emulator.Boards;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Xous;

/// <summary>A badge whose shell has started, saved once for all tests.</summary>
public sealed class StartedBadge
{
    private readonly Lazy<(MachineImage Image, MachineSnapshot State)> started = new(static () =>
    {
        MachineImage image = BadgeRun.Image();
        using BadgeRun badge = new(image);
        badge.RunToShell(isNew: true);
        return (image, badge.Machine.Save());
    });

    internal BadgeRun Fork()
    {
        BadgeRun badge = new(started.Value.Image);
        badge.Machine.Load(started.Value.State);
        return badge;
    }
}

public sealed partial class BadgeSessionTests(StartedBadge started, ITestOutputHelper output) : IClassFixture<StartedBadge>
{
    private const string InSwap = "dc34-vault";
    private const int FewPages = 20 * 4; // KiB
    private const int ManyPages = 40 * 4;

    [Fact]
    public void The_shell_answers_on_UART2_as_on_a_real_badge()
    {
        string[] capture = BadgeRelease.Capture("badge-state.txt");
        using BadgeRun badge = started.Fork();
        Assert.Contains("[console]", badge.Command(""), StringComparison.Ordinal);
        foreach (string command in (string[])["help", "ver"])
        {
            string[] expected = [.. Section(capture, command).Where(line => line.Length > 0)];
            Assert.Equal(expected, Lines(badge.Command(command)).SkipWhile(line => line != expected[0]).Take(expected.Length));
        }

        CheckProcesses(capture, badge);
        CheckMemory(capture, badge);
        CheckInterrupts(capture, badge);
    }

    [Fact]
    public void The_shell_answers_on_USB()
    {
        using BadgeRun badge = started.Fork();
        Assert.Contains("Commands: echo, ver, test, image, bio", badge.Command("help", ConsolePort.Usb), StringComparison.Ordinal);
    }

    [Fact]
    public void The_display_shows_the_badge_s_own_screen()
    {
        using BadgeRun badge = started.Fork();
        IDisplay display = badge.Machine.Display!;
        byte[] pixels = new byte[display.Width * display.Height];
        display.Read(pixels);
        Assert.True(display.IsOn);
        Assert.InRange(pixels.Count(pixel => pixel != 0), 200, pixels.Length - 200);
    }

    [Fact]
    public void What_the_guest_stored_is_there_after_a_loss_of_power()
    {
        using BadgeRun badge = started.Fork();
        badge.Clear();
        badge.Machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        badge.RunToShell(isNew: false);
        string said = badge.Text(ConsolePort.Uart2);
        Assert.DoesNotContain("not formatted", said, StringComparison.Ordinal);
        Assert.DoesNotContain("KEYSTORE.INITDONE", said, StringComparison.Ordinal);
        Assert.Contains("PDDB.MOUNTED", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_determines_the_run_whichever_engine_runs_it()
    {
        MachineImage image = BadgeRun.Image();
        string[] translated = Hashes(image, seed: 7, EngineKind.Translator);
        Assert.Equal(translated, Hashes(image, seed: 7, EngineKind.Threaded));
        string[] other = Hashes(image, seed: 8, EngineKind.Translator);
        Assert.All(translated.Zip(other), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    private static string[] Hashes(MachineImage image, ulong seed, EngineKind engine)
    {
        using BadgeRun badge = new(image, seed, engine);
        return [.. ((double[])[1, 5, 20]).Select(seconds =>
        {
            badge.RunTo(seconds);
            return badge.Machine.StateHash();
        })];
    }

    // The same processes; and as many connections as the view from outside counts.
    private static void CheckProcesses(string[] capture, BadgeRun badge)
    {
        string[] printed = Lines(badge.Command("test proc"));
        (int Pid, string Name, int Connections)[] expected = Processes(Section(capture, "test proc"));
        (int Pid, string Name, int Connections)[] actual = Processes(printed);
        Assert.Equal(13, expected.Length);
        Assert.Equal(expected.Select(process => (process.Pid, process.Name)), actual.Select(process => (process.Pid, process.Name)));
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second.Connections, pair.First.Connections, pair.First.Connections + 2));
        Assert.Equal(
            badge.Machine.Xous!.Processes().Select(process => (process.Pid, process.Name!, process.Connections)), actual);
    }

    private void CheckMemory(string[] capture, BadgeRun badge)
    {
        Dictionary<string, int> expected = Memory(Section(capture, "test freemem"));
        Dictionary<string, int> actual = Memory(Lines(badge.Command("test freemem")));
        foreach (string name in expected.Keys)
        {
            output.WriteLine($"{name}: {expected[name]} k on the real badge, {actual[name]} k here");
        }

        Assert.Equal(expected.Keys, actual.Keys);
        Assert.Equal((expected["kernel"], expected["xous-swapper"]), (actual["kernel"], actual["xous-swapper"]));
        Assert.All(expected.Keys, name =>
        {
            int pages = name == InSwap ? ManyPages : FewPages;
            Assert.InRange(actual[name], expected[name] - pages, expected[name] + pages);
        });
    }

    // The same lines and processes; and the handlers and arguments that the view from outside saw being claimed.
    private static void CheckInterrupts(string[] capture, BadgeRun badge)
    {
        (int Line, string Name, string Handler, string Argument)[] expected = Interrupts(Section(capture, "test interrupts"));
        (int Line, string Name, string Handler, string Argument)[] actual = Interrupts(Lines(badge.Command("test interrupts")));
        Assert.Equal(8, expected.Length);
        Assert.Equal(expected.Select(claim => (claim.Line, claim.Name)), actual.Select(claim => (claim.Line, claim.Name)));
        Dictionary<int, string> names = badge.Machine.Xous!.Processes().ToDictionary(process => process.Pid, process => process.Name!);
        Assert.Equal(
            badge.Machine.Xous.Interrupts().Select(claim =>
                (claim.Line, names[claim.Pid], claim.Handler.ToString("x", null), claim.Argument.ToString("x", null))),
            actual);
    }

    private static string[] Section(string[] capture, string name) =>
        [.. capture.SkipWhile(line => line != $"===== {name} =====").Skip(1).TakeWhile(line => !line.StartsWith("=====", StringComparison.Ordinal))];

    private static string[] Lines(string text) => text.Split('\n');

    private static (int Pid, string Name, int Connections)[] Processes(IEnumerable<string> lines) =>
        [.. lines.Select(line => ProcessLine().Match(line)).Where(match => match.Success)
            .Select(match => (Number(match, 1), match.Groups[3].Value, Number(match, 2)))];

    private static Dictionary<string, int> Memory(IEnumerable<string> lines) =>
        lines.Select(line => MemoryLine().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups[2].Value, match => Number(match, 1));

    private static (int Line, string Name, string Handler, string Argument)[] Interrupts(IEnumerable<string> lines) =>
        [.. lines.Select(line => InterruptLine().Match(line)).Where(match => match.Success)
            .Select(match => (Number(match, 1), match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value))];

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Process (\d+) state: .* conns:(\d+)/32 (\S+)")]
    private static partial Regex ProcessLine();

    [GeneratedRegex(@" (\d+) k (\S+)")]
    private static partial Regex MemoryLine();

    [GeneratedRegex(@" (\d+):  (\S+) @ ([0-9a-f]+) Some\(([0-9a-f]+)\)")]
    private static partial Regex InterruptLine();
}
