// The script of a run without a machine: what is found, and at which byte.

using System.Text;
using System.Text.RegularExpressions;

namespace XousCloud.Cli.Tests;

public class RunScriptTests
{
    [Fact]
    public void A_pattern_is_found_at_the_very_byte_at_which_a_search_of_everything_finds_it()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        string[] patterns =
        [
            "ab", "a.b", "^a", "(?m)^b", "a$", @"\bb\b", "[^a]b", @"a\s+b", "(?s)a.{3,9}b", "a|bb", @"\.\\", "(?:ab)+ ", "b\na", "(?i)AB", "",
        ];
        for (int round = 0; round < 2000; round++)
        {
            string pattern = patterns[random.Next(patterns.Length)];
            string text = string.Concat(Enumerable.Range(0, 60).Select(_ => "ab \n.\\"[random.Next(6)]));
            Regex whole = new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            int expected = Enumerable.Range(0, text.Length + 1).FirstOrDefault(end => whole.IsMatch(text[..end]), -1);

            Assert.True(
                expected == FirstMatch(pattern, text),
                $"seed {seed}: /{pattern}/ in {Regex.Escape(text)}: {FirstMatch(pattern, text)}, not {expected}");
        }
    }

    [Fact]
    public void A_match_is_found_after_much_output_whatever_part_of_it_was_dropped()
    {
        string flood = string.Concat(Enumerable.Repeat("the same line again and again\r\n", 10_000));

        Assert.Equal(flood.Length + 4, FirstMatch("done", flood + "done"));
        Assert.Equal(flood.Length + 4, FirstMatch(@"again\s+done", flood + "done"));
        Assert.Equal(-1, FirstMatch("^done", flood + "done"));
    }

    [Fact]
    public void A_line_without_end_is_searched_too()
    {
        string line = new('x', 300_000);

        Assert.Equal(line.Length + 1, FirstMatch("x{8}y", line + "y"));
    }

    [Fact]
    public void Text_beyond_ASCII_matches_its_UTF8_bytes()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("temperature 21 °C");

        Assert.Equal(bytes.Length, FirstMatch("°C", Encoding.Latin1.GetString(bytes)));
    }

    [Fact]
    public void Each_step_looks_only_at_what_came_after_the_step_before()
    {
        RunScript script = new([Send("a", "> "), Send("b", "> ")], Pattern("> "));

        Assert.False(script.HasStep);
        Feed(script, "> ");
        Assert.True(script.HasStep);
        Assert.Equal("a", Taken(script));
        Assert.False(script.HasStep);
        Feed(script, "ok\n> ");
        Assert.Equal("b", Taken(script));
        Assert.False(script.IsMet);
        Feed(script, "ok\n>");
        Assert.False(script.IsMet);
        Feed(script, " ");
        Assert.True(script.IsMet);
    }

    [Fact]
    public void A_step_that_waits_for_nothing_is_due_at_once()
    {
        RunScript script = new([Send("a", null), Send("b", null), Send("c", "x")], null);

        Assert.True(script.HasStep);
        Assert.Equal("a", Taken(script));
        Assert.True(script.HasStep);
        Assert.Equal("b", Taken(script));
        Assert.False(script.HasStep);
        Feed(script, "x");
        Assert.Equal("c", Taken(script));
        Assert.Null(script.Awaited);
        Assert.False(script.IsMet);
    }

    [Fact]
    public void Escapes_become_their_bytes_and_everything_else_its_UTF8()
    {
        Assert.Equal(
            [(byte)'a', 13, 10, 9, 27, 0, (byte)'\\', 0xFF, 0xC2, 0xB0],
            EscapedText.ToBytes(@"a\r\n\t\e\0\\\xfF°", "--send"));
    }

    [Theory]
    [InlineData("10s", 10_000_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData("500ms", 500_000_000)]
    [InlineData("250us", 250_000)]
    [InlineData("40ns", 40)]
    public void Virtual_time_is_read_with_its_unit(string text, ulong nanoseconds)
    {
        Assert.True(VirtualTime.TryParse(text, out VirtualTime? time));
        Assert.Equal(new VirtualTime(nanoseconds, null), time);
    }

    [Fact]
    public void Virtual_time_may_be_counted_in_cycles()
    {
        Assert.True(VirtualTime.TryParse("1000c", out VirtualTime? time));
        Assert.Equal(new VirtualTime(null, 1000), time);
    }

    private static int FirstMatch(string pattern, string text)
    {
        RunScript script = new([], Pattern(pattern));
        for (int i = 0; i < text.Length; i++)
        {
            if (script.IsMet)
            {
                return i;
            }

            script.Add((byte)text[i]);
        }

        return script.IsMet ? text.Length : -1;
    }

    private static void Feed(RunScript script, string text)
    {
        foreach (char c in text)
        {
            script.Add((byte)c);
        }
    }

    private static ConsolePattern Pattern(string pattern) => new(pattern, "--until");

    private static SendText Send(string text, string? after) =>
        new(Encoding.ASCII.GetBytes(text), after is null ? null : Pattern(after));

    private static string Taken(RunScript script) =>
        Encoding.ASCII.GetString(Assert.IsType<SendText>(script.TakeStep()).Bytes.Span);
}
