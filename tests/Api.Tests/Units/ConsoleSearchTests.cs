using System.Text;
using System.Text.RegularExpressions;
using XousCloud.Api.Console;

namespace XousCloud.Api.Tests.Units;

/// <summary>Searching output as it comes.</summary>
public sealed class ConsoleSearchTests
{
    [Fact]
    public void A_match_is_found_wherever_the_output_is_cut_into_portions()
    {
        const string Output = "booting\r\nlogin: user\r\n";
        for (int cut = 0; cut <= Output.Length; cut++)
        {
            ConsoleSearch search = ConsoleSearch.Begin("login: [a-z]ser", 0);
            ConsoleMatch? match = search.Add(Bytes(Output[..cut])) ?? search.Add(Bytes(Output[cut..]));
            Assert.Equal(("9", 11, "login: user"), (match!.Offset, match.Length, match.Text));
        }
    }

    [Fact]
    public void It_finds_what_the_whole_output_contains_and_nothing_else()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        string[] expressions = ["abc", "a[bc]{3,9}a", "b(a|c)+b\\b", "(?m)^ab", "c\\nc", "\\bab\\b"];
        for (int round = 0; round < 60; round++)
        {
            string output = new([.. Enumerable.Range(0, 60_000).Select(_ => "ddddddddabc\n "[random.Next(13)])]);
            string expression = expressions[random.Next(expressions.Length)];
            ConsoleSearch search = ConsoleSearch.Begin(expression, 1000);
            ConsoleMatch? found = null;
            int come = 0;
            while (come < output.Length && found is null)
            {
                int length = Math.Min(random.Next(1, 3000), output.Length - come);
                found = search.Add(Bytes(output.Substring(come, length)));
                come += length;
            }

            // Output that comes live is searched as far as it has come: its end is a boundary until more comes.
            Match wanted = Regex.Match(output[..come], expression);
            Assert.Equal(wanted.Success ? (wanted.Index + 1000).ToString() : null, found?.Offset);
        }
    }

    [Fact]
    public void The_start_anchor_means_the_offset_where_the_search_began()
    {
        ConsoleSearch search = ConsoleSearch.Begin("^x", 0);
        Assert.Null(search.Add(Bytes(new string('a', 50_000))));
        for (int portion = 0; portion < 10; portion++)
        {
            Assert.Null(search.Add(Bytes("x" + new string('a', 5000))));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_found_as_Latin_1()
    {
        ConsoleSearch search = ConsoleSearch.Begin("\\xff\\x00\\xfe", 0);
        Assert.Equal("1", search.Add([0x80, 0xff, 0x00, 0xfe])!.Offset);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
