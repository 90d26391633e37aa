// The ELF file with its debug information, as the emulator, binutils and gdb read it.

using System.Text.RegularExpressions;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Link;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Compiler.Tests.Link;

public sealed partial class DebugInformationTests
{
    private const byte S0 = 8;

    [Fact]
    public void The_emulator_reads_segments_entry_and_names()
    {
        LinkedImage image = Program(MemoryMap.BareMetal);

        FirmwareImage read = FirmwareImage.Import([new FirmwareFile("image.elf", image.ToElf())]);

        Assert.Equal(image.Entry, read.EntryPoint);
        Assert.DoesNotContain(read.Report.Warnings, warning => warning.Code.StartsWith("elf", StringComparison.Ordinal));
        foreach (ImageSymbol symbol in image.Symbols.Where(symbol => symbol.Kind != ImageSymbolKind.Linker))
        {
            Assert.True(read.Symbols.TryFind(symbol.Name, out uint address), symbol.Name);
            Assert.Equal(symbol.Address, address);
        }
    }

    [Fact]
    public void The_emulator_places_the_same_from_the_elf_file_as_from_the_raw_one()
    {
        LinkedImage image = Program(MemoryMap.BareMetal);
        byte[] raw = image.ToRaw();

        FirmwareImage read = FirmwareImage.Import([new FirmwareFile("image.elf", image.ToElf())]);

        var placed = new byte[raw.Length];
        foreach (FirmwareSegment segment in read.Segments.Where(segment => segment.Address < 0x61000000))
        {
            segment.Bytes.Span.CopyTo(placed.AsSpan((int)(segment.Address - 0x60060000)));
        }

        Assert.Equal(raw, placed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Readers_find_nothing_to_warn_about(bool bareMetal)
    {
        byte[] elf = Program(bareMetal ? MemoryMap.BareMetal : MemoryMap.Ram).ToElf();

        // The reader of files fails on any output to standard error; some warnings go to standard output.
        string all = BinaryTools.Read("readelf", elf, "-a", "-W") + BinaryTools.Read("readelf", elf, "--debug-dump", "-W");
        BinaryTools.Read("objdump", elf, "-d", "-l", "--dwarf=decodedline");

        Assert.DoesNotContain("warning", all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("corrupt", all, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@"Flags: +0x1, RVC, soft-float ABI", all);
        Assert.Matches(@"Type: +EXEC", all);
        Assert.Matches(@"There are no relocations", all);
    }

    [Fact]
    public void Data_is_loaded_where_the_image_has_it()
    {
        LinkedImage image = Program(MemoryMap.BareMetal);

        string headers = BinaryTools.Read("readelf", image.ToElf(), "-l", "-W");

        Assert.Matches($"LOAD +0x[0-9a-f]+ 0x61000000 0x{image.AddressOf("__data_load"):x8} 0x00008 0x00008 RW", headers);
        Assert.Matches($"LOAD +0x[0-9a-f]+ 0x60060000 0x60060000 .* R E", headers);
    }

    [Fact]
    public void Every_instruction_has_the_line_of_its_position()
    {
        var random = new Random(5);
        string[] documents = ["/src/Kernel/Main.cs", "/src/Kernel/Trap.cs", "Plain.cs", "C:\\src\\Other.cs"];
        List<CodeBuilder> functions = [new("start")];
        for (int number = 0; number < 20; number++)
        {
            var function = new CodeBuilder($"f{number}");
            functions[0].Call(function.Symbol);
            functions.Add(function);
            for (int index = 0; index < 40; index++)
            {
                if (index == 0 || random.Next(3) == 0)
                {
                    function.At(documents[random.Next(documents.Length)], random.Next(random.Next(2) == 0 ? 30 : 100_000) + 1);
                }

                function.Add(MachineOp.Addi, 10, 10, imm: random.Next(100));
            }
        }

        LinkedImage image = CodeBuilder.Link([.. functions]);

        List<(uint Address, SourcePosition Position)> places = [];
        foreach (CodeBuilder function in functions.Skip(1))
        {
            uint address = image.AddressOf(function.Symbol.Name);
            foreach (MachineInstruction instruction in function.Function.Code)
            {
                places.Add((address, instruction.Position!));
                address += CompressedEncoder.Encode(instruction) != 0 ? 2u : 4;
            }
        }

        string[] lines = BinaryTools.Addr2Line(image.ToElf(), places.Select(place => place.Address));
        Assert.Equal(places.Count, lines.Length);
        for (int index = 0; index < lines.Length; index++)
        {
            SourcePosition position = places[index].Position;
            string name = position.Document[(position.Document.LastIndexOfAny(['/', '\\']) + 1)..];
            Assert.EndsWith($"{name}:{position.Line}", lines[index], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Frames_are_unwound_by_their_rules()
    {
        LinkedImage image = Program(MemoryMap.Ram);

        string frames = BinaryTools.Read("readelf", image.ToElf(), "--debug-dump=frames-interp", "-W");

        uint middle = image.AddressOf("Bench.Middle");
        string rows = frames[frames.IndexOf($"pc={middle:x8}", StringComparison.Ordinal)..];
        rows = rows[..rows.IndexOf("\n\n", StringComparison.Ordinal)];
        Assert.Equal(
            [
                $"{middle:x8} sp+0 u u",
                $"{middle + 2:x8} sp+16 u u",
                $"{middle + 6:x8} sp+16 c-4 c-8",
                $"{middle + 14:x8} sp+0 u u",
            ],
            rows.Split('\n').Skip(2).Select(row => Spaces().Replace(row.Trim(), " ")));
    }

    [Fact]
    public void The_caller_is_lost_at_the_entry_and_at_panics_of_functions_that_do_not_save_it()
    {
        var panic = new CodeBuilder("panic").Return();
        var leaf = new CodeBuilder("leaf").Return().Call(panic.Symbol, isPanicSite: true);
        var framed = new CodeBuilder("framed").Call(panic.Symbol, isPanicSite: true).Return();
        framed.Function.FrameRules.Add(new FrameRule(0, 16, [(CodeBuilder.Ra, -4)]));
        LinkedImage image = CodeBuilder.Link(new CodeBuilder("main").Call(leaf.Symbol).Call(framed.Symbol), leaf, framed, panic);

        string frames = BinaryTools.Read("readelf", image.ToElf(), "--debug-dump=frames", "-W");

        string Of(string name)
        {
            string text = frames[frames.IndexOf($"pc={image.AddressOf(name):x8}", StringComparison.Ordinal)..];
            return text[..text.IndexOf("\n\n", StringComparison.Ordinal)];
        }

        Assert.Contains("DW_CFA_undefined: r1 (ra)", Of("main"), StringComparison.Ordinal);
        Assert.Matches(@"DW_CFA_advance_loc: 2 [^\n]*\n  DW_CFA_undefined: r1 \(ra\)", Of("leaf"));
        Assert.DoesNotContain("undefined", Of("framed"), StringComparison.Ordinal);
        Assert.DoesNotContain("undefined", Of("panic"), StringComparison.Ordinal);
    }

    [Fact]
    public void Gdb_stops_at_lines_and_behind_prologues()
    {
        LinkedImage image = Program(MemoryMap.Ram);

        string output = BinaryTools.Debug(
            image.ToElf(), "break Main.cs:12", "break Bench.Middle", "break Bench.Leaf", "info line Leaf.cs:31", $"info symbol 0x{image.AddressOf("Bench.Data"):x}");

        uint middle = image.AddressOf("Bench.Middle");
        uint leaf = image.AddressOf("Bench.Leaf");
        Assert.Contains($"Breakpoint 1 at 0x{image.Entry:x}: file /src/Main.cs, line 12.", output, StringComparison.Ordinal);
        Assert.Contains($"Breakpoint 2 at 0x{middle + 6:x}: file /src/Middle.cs, line 20.", output, StringComparison.Ordinal);
        Assert.Contains($"Breakpoint 3 at 0x{leaf:x}: file /src/Leaf.cs, line 30.", output, StringComparison.Ordinal);
        Assert.Contains($"Line 31 of \"/src/Leaf.cs\" starts at address 0x{leaf + 4:x} <Bench.Leaf+4>", output, StringComparison.Ordinal);
        Assert.Contains("Bench.Data in section .data", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_programs_give_equal_files()
    {
        Assert.Equal(Program(MemoryMap.BareMetal).ToElf(), Program(MemoryMap.BareMetal).ToElf());
    }

    // start -> Middle, which has a frame -> Leaf, which has none.
    private static LinkedImage Program(MemoryMap map)
    {
        DataSymbol data = CodeBuilder.Data("Bench.Data", 8, content: [1, 2, 3, 4, 5, 6, 7, 8]);
        DataSymbol zero = CodeBuilder.Data("Bench.Zero", 32);
        DataSymbol constant = CodeBuilder.Data("Bench.Constant", 3, 1, [1, 2, 3], isReadOnly: true);
        var leaf = new CodeBuilder("Bench.Leaf").At("/src/Leaf.cs", 30)
            .Add(MachineOp.Addi, 10, 10, imm: 1).Add(MachineOp.Addi, 10, 10, imm: 2)
            .At("/src/Leaf.cs", 31).Add(MachineOp.Xor, 10, 10, 11).Return();
        var middle = new CodeBuilder("Bench.Middle").At("/src/Middle.cs", 18)
            .Add(MachineOp.Addi, CodeBuilder.Sp, CodeBuilder.Sp, imm: -16)
            .Add(MachineOp.Sw, rs1: CodeBuilder.Sp, rs2: CodeBuilder.Ra, imm: 12)
            .Add(MachineOp.Sw, rs1: CodeBuilder.Sp, rs2: S0, imm: 8)
            .At("/src/Middle.cs", 20).Call(leaf.Symbol)
            .At("/src/Middle.cs", 22).Add(MachineOp.Lw, CodeBuilder.Ra, CodeBuilder.Sp, imm: 12)
            .Add(MachineOp.Lw, S0, CodeBuilder.Sp, imm: 8)
            .Add(MachineOp.Addi, CodeBuilder.Sp, CodeBuilder.Sp, imm: 16)
            .Return();
        middle.Function.FrameSize = 16;
        middle.Function.FrameRules.AddRange(
        [
            new FrameRule(1, 16, []),
            new FrameRule(3, 16, [(CodeBuilder.Ra, -4), (S0, -8)]),
            new FrameRule(7, 0, []),
        ]);
        var start = new CodeBuilder("start").At("/src/Main.cs", 12).Call(middle.Symbol)
            .At("/src/Main.cs", 13).Address(10, data).Address(10, zero).Address(10, constant).Return();
        return CodeBuilder.Link(map, start, middle, leaf);
    }

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
