// The commands that run nothing.

using System.Text.Json;

namespace XousCloud.Cli.Tests;

public class OtherCommandTests
{
    [Fact]
    public void Inspect_says_what_a_file_would_write_and_where_it_starts()
    {
        string text = Xous.Cloud("inspect", Guests.Binary("hello") + "@0x60060000").Expect(0).Text;

        Assert.Contains("hello.bin: raw binary, ", text, StringComparison.Ordinal);
        Assert.Contains("writes 0x60060000 to 0x6006", text, StringComparison.Ordinal);
        Assert.Contains("function 6", text, StringComparison.Ordinal);
        Assert.Contains("entry 0x60060000: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_gives_the_report_as_JSON()
    {
        CliResult result = Xous.Cloud("inspect", Guests.Elf("hello"), "--json").Expect(0);

        using JsonDocument report = JsonDocument.Parse(result.Output);
        Assert.Equal("elf", report.RootElement.GetProperty("files")[0].GetProperty("format").GetString());
        Assert.Equal(64, report.RootElement.GetProperty("digest").GetString()!.Length);
        Assert.True(report.RootElement.GetProperty("symbols").GetInt32() > 0);
    }

    [Fact]
    public void Disassembly_starts_where_it_is_told_and_names_symbols()
    {
        string[] lines = Xous.Cloud("disassemble", Guests.Elf("hello"), "--at", "main", "--count", "3").Expect(0)
            .Text.TrimEnd('\n').Split('\n');

        Assert.Equal("main:", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.All(lines[1..], line => Assert.Matches("^6006[0-9a-f]{4}:  [0-9a-f]{4}([0-9a-f]{4}|    )  [a-z]", line));
    }

    [Fact]
    public void Boards_lists_console_and_buttons() =>
        Assert.Equal(
            "dabao: Dabao; console uart2; buttons PROG on PC13\n",
            string.Concat(Xous.Cloud("boards").Expect(0).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line.StartsWith("dabao:", StringComparison.Ordinal)).Select(line => line + "\n")));

    [Fact]
    public void Help_goes_to_standard_output_and_names_every_option()
    {
        string help = Xous.Cloud("run", "--help").Expect(0).Text;

        foreach (string option in new[]
        {
            "--board", "--console", "--until", "--send", "--after", "--max-time", "--real", "--engine", "--entry",
            "--cold", "--hash", "--stats", "--stop-on-write", "--dump", "--seed",
        })
        {
            Assert.Contains(option, help, StringComparison.Ordinal);
        }
    }
}
