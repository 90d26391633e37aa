// The fidelity ledger is complete and says nothing that is not so.

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed partial class FidelityLedgerTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    private static readonly string[] Grades = ["exact", "functional", "storage", "absent"];

    private readonly List<Row> rows = [.. Rows()];

    [Fact]
    public void Every_memory_and_block_of_the_chip_has_one_row_and_no_other_has()
    {
        using Chip chip = new();
        IEnumerable<string> there = chip.Soc.Memory.Regions.Select(region => region.Name)
            .Concat(chip.Soc.Bus.Blocks.Select(block => block.Peripheral.Name));
        Assert.Equal(there.Order(), rows.Select(row => row.Block).Order());
    }

    [Fact]
    public void Every_row_has_a_grade_and_the_first_address_of_its_block()
    {
        using Chip chip = new();
        foreach (IGrouping<string, Row> family in rows.GroupBy(row => row.Line))
        {
            Row row = family.First();
            Assert.Contains(row.Grade, Grades);
            Assert.Equal(Base(chip, row.Block), row.Address);
        }
    }

    [Fact]
    public void A_block_is_graded_absent_exactly_when_it_is()
    {
        using Chip chip = new();
        IEnumerable<string> absent = chip.Soc.Bus.Blocks
            .Select(block => block.Peripheral).OfType<AbsentBlock>().Select(block => block.Name);
        Assert.Equal(absent.Order(), rows.Where(row => row.Grade == "absent").Select(row => row.Block).Order());
    }

    [Fact]
    public void What_is_modelled_names_tests_that_exist()
    {
        HashSet<string> known =
        [
            .. typeof(FidelityLedgerTests).Assembly.GetTypes().Select(type => type.Name),
            .. Directory.GetFiles(Path.Combine(Repository, "tests/Firmware"), "*.c").Select(file => Path.GetFileName(file)),
        ];
        foreach (Row row in rows.Where(row => row.Grade != "absent"))
        {
            Assert.NotEmpty(row.Tests);
            Assert.Empty(row.Tests.Except(known));
        }
    }

    [Fact]
    public void Only_a_block_graded_exact_needs_no_word_about_what_differs()
    {
        Assert.All(
            rows.Where(row => row.Grade is "functional" or "storage"), row => Assert.NotEqual(string.Empty, row.Remarks));
        Assert.All(rows.Where(row => row.Grade == "exact"), row => Assert.Equal(string.Empty, row.Remarks));
    }

    private static uint Base(Chip chip, string block)
    {
        MemoryRegion? region = chip.Soc.Memory.Regions.FirstOrDefault(region => region.Name == block);
        MappedBlock? mapped = chip.Soc.Bus.Blocks.FirstOrDefault(mapped => mapped.Peripheral.Name == block);
        return region?.Base ?? mapped?.Base ?? throw new ArgumentException($"The chip has no {block}.");
    }

    private static IEnumerable<Row> Rows()
    {
        foreach (string line in File.ReadLines(Path.Combine(Repository, "docs/fidelity.md")))
        {
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            if (cells.Length != 7 || !cells[2].StartsWith("0x", StringComparison.Ordinal))
            {
                continue;
            }

            uint address = uint.Parse(cells[2][2..].Replace("_", "", StringComparison.Ordinal), NumberStyles.HexNumber);
            string[] tests = cells[5].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (string block in Family(cells[1]))
            {
                yield return new Row(line, block, address, cells[3], cells[4], tests);
            }
        }
    }

    // "UART0..3" stands for UART0, UART1, UART2 and UART3.
    private static IEnumerable<string> Family(string name)
    {
        Match range = Range().Match(name);
        if (!range.Success)
        {
            return [name];
        }

        int first = int.Parse(range.Groups[2].Value);
        int last = int.Parse(range.Groups[3].Value);
        return Enumerable.Range(first, last - first + 1).Select(number => $"{range.Groups[1].Value}{number}");
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^(.*?)(\d+)\.\.(\d+)$")]
    private static partial Regex Range();

    private sealed record Row(
        string Line, string Block, uint Address, string Grade, string Remarks, IReadOnlyList<string> Tests);
}
