// The fidelity ledger is complete and says nothing that is not so.

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed partial class FidelityLedgerTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    private static readonly string[] Grades = ["exact", "functional", "storage", "absent"];

    private readonly List<Row> rows = [.. Rows()];

    private readonly List<Row> partRows = [.. PartRows()];

    private IEnumerable<Row> AllRows => rows.Concat(partRows);

    [Fact]
    public void Every_memory_and_block_of_the_chip_has_one_row_and_no_other_has()
    {
        using Chip chip = new();
        IEnumerable<string> there = chip.Soc.Memory.Regions.Select(region => region.Name)
            .Concat(chip.Soc.Bus.Blocks.Select(block => block.Peripheral.Name));
        Assert.Equal(there.Order(), rows.Select(row => row.Block).Order());
    }

    [Fact]
    public void Every_part_of_every_board_has_one_row_with_its_boards_and_no_other_has()
    {
        List<string> there = [];
        foreach (Board board in Board.All)
        {
            using Chip chip = new(board: board.Id);
            there.AddRange(chip.Soc.Parts.Select(soldered => $"{soldered.Part.Name} on {board.Id}"));
        }

        IEnumerable<string> listed = partRows.SelectMany(
            row => row.Boards.Select(board => $"{row.Block} on {board}"));
        Assert.Equal(there.Order(), listed.Order());
        Assert.All(partRows, row => Assert.Contains(row.Grade, Grades));
    }

    [Fact]
    public void Every_row_has_a_grade_and_the_first_address_of_its_block()
    {
        using Chip chip = new();
        foreach (IGrouping<string, Row> family in rows.GroupBy(row => row.Family))
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
        foreach (Row row in AllRows.Where(row => row.Grade != "absent"))
        {
            Assert.NotEmpty(row.Tests);
            Assert.Empty(row.Tests.Except(known));
        }
    }

    [Fact]
    public void Only_a_block_graded_exact_needs_no_word_about_what_differs()
    {
        Assert.All(
            AllRows.Where(row => row.Grade is "functional" or "storage"), row => Assert.NotEqual(string.Empty, row.Remarks));
        Assert.All(AllRows.Where(row => row.Grade == "exact"), row => Assert.Equal(string.Empty, row.Remarks));
    }

    private static uint Base(Chip chip, string block)
    {
        MemoryRegion? region = chip.Soc.Memory.Regions.FirstOrDefault(region => region.Name == block);
        MappedBlock? mapped = chip.Soc.Bus.Blocks.FirstOrDefault(mapped => mapped.Peripheral.Name == block);
        return region?.Base ?? mapped?.Base ?? throw new ArgumentException($"The chip has no {block}.");
    }

    private static IEnumerable<Row> Rows()
    {
        foreach (string[] cells in Cells().Where(cells => cells[2].StartsWith("0x", StringComparison.Ordinal)))
        {
            uint address = uint.Parse(cells[2][2..].Replace("_", "", StringComparison.Ordinal), NumberStyles.HexNumber);
            foreach (string block in Family(cells[1]))
            {
                yield return new Row(block, cells[3], cells[4], List(cells[5])) { Address = address, Family = cells[1] };
            }
        }
    }

    // A part has its boards where a block has its address.
    private static IEnumerable<Row> PartRows() =>
        from cells in Cells()
        let boards = List(cells[2])
        where boards.Count > 0 && boards.All(board => Board.Find(board) is not null)
        select new Row(cells[1], cells[3], cells[4], List(cells[5])) { Boards = boards };

    private static IEnumerable<string[]> Cells() => File.ReadLines(Path.Combine(Repository, "docs/fidelity.md"))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length == 7);

    private static List<string> List(string cell) =>
        [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

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

    private sealed record Row(string Block, string Grade, string Remarks, IReadOnlyList<string> Tests)
    {
        public string Family { get; init; } = "";

        public uint Address { get; init; }

        public IReadOnlyList<string> Boards { get; init; } = [];
    }
}
