// What is in an image and where: sections, data, addresses, the global pointer, the panic table, the vendor's header.

using System.Buffers.Binary;
using System.Text;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Link;

public sealed class ImageTests
{
    [Fact]
    public void Only_what_is_reached_is_linked()
    {
        DataSymbol far = CodeBuilder.Data("far", 4, content: [1, 2, 3, 4]);
        DataSymbol table = CodeBuilder.Data("table", 8, content: new byte[8], isReadOnly: true);
        var pointed = new CodeBuilder("pointed").Return();
        var kept = new CodeBuilder("kept").Return();
        var dropped = new CodeBuilder("dropped").Address(10, CodeBuilder.Data("droppedData", 4)).Return();
        table.Relocations.Add((0, far, 2));
        table.Relocations.Add((4, pointed.Symbol, 0));
        var main = new CodeBuilder("main").Address(10, table).Return();

        LinkedImage image = Linker.Link(new LinkInput
        {
            Functions = [main.Function, dropped.Function, kept.Function, pointed.Function],
            Map = MemoryMap.Ram,
            Roots = [kept.Symbol],
        });

        Assert.Equal(
            ["main", "kept", "pointed", "table", "far"],
            image.Symbols.Where(symbol => symbol.Kind != ImageSymbolKind.Linker).Select(symbol => symbol.Name));
        Assert.Equal(image.AddressOf("far") + 2, Word(image, image.AddressOf("table")));
        Assert.Equal(image.AddressOf("pointed"), Word(image, image.AddressOf("table") + 4));
        Assert.Equal(image.AddressOf("main"), image.Entry);
        Assert.Throws<KeyNotFoundException>(() => image.AddressOf("dropped"));
    }

    [Fact]
    public void Data_is_where_its_kind_belongs()
    {
        DataSymbol constant = CodeBuilder.Data("constant", 5, 1, [1, 2, 3, 4, 5], isReadOnly: true);
        DataSymbol page = CodeBuilder.Data("page", 4096, 4096);
        DataSymbol value = CodeBuilder.Data("value", 8, 8, [9, 0, 0, 0, 0, 0, 0, 7]);
        DataSymbol zero = CodeBuilder.Data("zero", 4, 4, new byte[4]);
        DataSymbol odd = CodeBuilder.Data("odd", 1, 1, [3]);
        var main = new CodeBuilder("main");
        foreach (DataSymbol symbol in (DataSymbol[])[constant, page, value, zero, odd])
        {
            main.Address(10, symbol);
        }

        LinkedImage image = CodeBuilder.Link(MemoryMap.BareMetal, main.Return());

        Assert.Equal([".header", ".text", ".rodata", ".data", ".bss"], image.Sections.Select(section => section.Name));
        Assert.Equal(
            [".rodata", ".bss", ".data", ".bss", ".data"],
            new[] { "constant", "page", "value", "zero", "odd" }.Select(name => Find(image, name).Section));
        Assert.Equal(0u, image.AddressOf("page") % 4096);
        Assert.Equal(0u, image.AddressOf("value") % 8);
        foreach (string name in new[] { "__data_load", "__data_start", "__data_end", "__bss_start", "__bss_end" })
        {
            Assert.Equal(0u, image.AddressOf(name) % 4);
        }

        Assert.Equal(0x60060000u, image.AddressOf("__image_start"));
        Assert.Equal(0x60060300u, image.AddressOf("__text_start"));
        Assert.Equal(0x60060300u, image.Entry);
        Assert.Equal(0x61000000u, image.AddressOf("__data_start"));
        Assert.Equal(image.AddressOf("__data_end"), image.AddressOf("__bss_start"));
        Assert.Equal(0x611FF000u, image.AddressOf("__ram_end"));
        byte[] raw = image.ToRaw();
        uint load = image.AddressOf("__data_load") - image.AddressOf("__image_start");
        Assert.Equal(load + image.AddressOf("__data_end") - image.AddressOf("__data_start"), (uint)raw.Length);
        Assert.Equal(9, raw[load + image.AddressOf("value") - image.AddressOf("__data_start")]);
        Assert.Equal([1, 2, 3, 4, 5], raw.AsSpan((int)(image.AddressOf("constant") - 0x60060000), 5).ToArray());
    }

    [Theory]
    [InlineData("kernel", 0xFFD0_0000, 0xFFD8_0000)]
    [InlineData("process", 0x0001_0000, 0x1000_0000)]
    public void A_program_of_Xous_is_one_segment_of_code_and_one_that_is_written_and_ends_in_zeros(string map, uint text, uint data)
    {
        DataSymbol value = CodeBuilder.Data("value", 4, 4, [9, 0, 0, 7]);
        DataSymbol zero = CodeBuilder.Data("zero", 5000, 8);
        LinkedImage image = CodeBuilder.Link(
            MemoryMap.Named(map)!, new CodeBuilder("main").Address(10, value).Address(10, zero).Return());

        Assert.Equal([(text, false), (data, true)], image.Segments.Select(segment => (segment.Address, segment.IsWritable)));
        Assert.Equal([9, 0, 0, 7], image.Segments[1].Bytes);
        Assert.Equal(image.AddressOf("__bss_end") - data, image.Segments[1].Size);
        Assert.All(image.Segments, segment => Assert.Equal(segment.Address, segment.LoadAddress));
        Assert.Equal(text, image.Entry);
    }

    [Fact]
    public void A_jump_table_has_the_addresses_of_its_labels()
    {
        var main = new CodeBuilder("main");
        int first = main.NewLabel();
        int second = main.NewLabel();
        DataSymbol table = CodeBuilder.Data("main.switch", 0);
        main.Function.JumpTables.Add(new JumpTable(table, [second, first, second]));
        main.Address(10, table).Mark(first).Add(MachineOp.Addi, 10, 10, imm: 1).Mark(second).Return();

        LinkedImage image = CodeBuilder.Link(main);

        uint address = image.AddressOf("main.switch");
        uint last = image.AddressOf("__text_end") - 2;
        Assert.Equal([last, last - 2, last], new uint[] { 0, 4, 8 }.Select(offset => Word(image, address + offset)));
        Assert.Equal(12u, Find(image, "main.switch").Size);
        Assert.Equal(".rodata", Find(image, "main.switch").Section);
    }

    [Fact]
    public void Small_statics_are_addressed_from_gp_and_large_ones_by_lui()
    {
        DataSymbol large = CodeBuilder.Data("large", 6000);
        DataSymbol small = CodeBuilder.Data("small", 8);
        DataSymbol filled = CodeBuilder.Data("filled", 4, 4, [1, 2, 3, 4]);
        var main = new CodeBuilder("main").Address(CodeBuilder.Gp, LinkerSymbols.GlobalPointer)
            .High(10, large, 4096).Low(MachineOp.Lw, 11, 10, large, 4096)
            .High(10, small, 4).Low(MachineOp.Lw, 11, 10, small, 4).Low(MachineOp.Sw, 11, 10, small, 4)
            .High(10, filled).Low(MachineOp.Addi, 12, 10, filled)
            .High(10, large, 5999).Low(MachineOp.Lbu, 11, 10, large, 5999)
            .Return();

        LinkedImage image = CodeBuilder.Link(MemoryMap.BareMetal, main);

        uint gp = image.AddressOf("__global_pointer");
        int smallOffset = (int)(image.AddressOf("small") + 4 - gp);
        int filledOffset = (int)(image.AddressOf("filled") - gp);
        List<string> code = [.. Disassembly.Of(image).Select(instruction => instruction.Text)];
        Assert.Equal($"lui x3 {(gp + 0x800) >> 12}", code[0]);
        Assert.Equal($"addi x3 x3 {(int)gp << 20 >> 20}", code[1]);
        Assert.StartsWith("lui x10", code[2], StringComparison.Ordinal);
        Assert.StartsWith("lw x11", code[3], StringComparison.Ordinal);
        Assert.Equal([$"lw x11 {smallOffset} x3", $"sw x11 {smallOffset} x3", $"addi x12 x3 {filledOffset}"], code[4..7]);
        Assert.StartsWith("lui x10", code[7], StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_does_not_load_gp_does_not_use_it()
    {
        var main = new CodeBuilder("main").Address(10, CodeBuilder.Data("small", 8)).Return();

        Assert.StartsWith("lui x10", Disassembly.Of(CodeBuilder.Link(main))[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFFFF_F000u)]
    public void Addresses_around_zero_need_no_base(uint ramOrigin)
    {
        DataSymbol low = CodeBuilder.Data("low", 16);
        var main = new CodeBuilder("main").High(10, low, 8).Low(MachineOp.Sw, 11, 10, low, 8).Address(12, low).Return();

        LinkedImage image = CodeBuilder.Link(
            MemoryMap.Ram with { RamOrigin = ramOrigin + (ramOrigin >> 31 << 11), RamLength = 0x400 }, main);

        var address = (int)image.AddressOf("low");
        Assert.Equal([$"sw x11 {address + 8} x0", $"addi x12 x0 {address}", "jalr x0 0 x1"], Disassembly.Of(image).Select(read => read.Text));
    }

    [Fact]
    public void Naked_code_has_its_addresses_filled_in()
    {
        DataSymbol data = CodeBuilder.Data("data", 0x1804);
        var callee = new CodeBuilder("callee").Return();
        MachineFunction naked = CodeBuilder.Naked(
            "vector", 0x00000537, 0x00052583, 0x00B52023, 0x000000EF, 0x0000006F, 0xFFFFFFFF, 0x00008067);
        naked.Naked!.Relocations.AddRange(
        [
            (0, NakedRelocation.High, data, 0x1800),
            (1, NakedRelocation.Low, data, 0x1800),
            (2, NakedRelocation.Low, data, 0x1800),
            (3, NakedRelocation.Jal, callee.Symbol, 0),
            (4, NakedRelocation.Jal, naked.Symbol, 0),
            (5, NakedRelocation.Word, data, 3),
        ]);
        var main = new CodeBuilder("main").Add(MachineOp.Addi, 10, 10, imm: 1).Call(naked.Symbol).Return();

        LinkedImage image = Linker.Link(new LinkInput
        {
            Functions = [main.Function, naked, callee.Function], Map = MemoryMap.Ram, OptimizeSize = true,
        });

        uint vector = image.AddressOf("vector");
        uint target = image.AddressOf("data") + 0x1800;
        List<DisassembledInstruction> code = [.. Disassembly.Of(image).Where(instruction => instruction.Address >= vector)];
        Assert.Equal(0u, vector % 4);
        Assert.Equal(
            [
                $"lui x10 {(target + 0x800) >> 12}", $"lw x11 {(int)target << 20 >> 20} x10", $"sw x11 {(int)target << 20 >> 20} x10",
                $"jal x1 @{image.AddressOf("callee"):x}", $"jal x0 @{vector:x}",
            ],
            code.Take(5).Select(instruction => instruction.Text));
        Assert.Equal(image.AddressOf("data") + 3, Word(image, vector + 20));
    }

    [Fact]
    public void The_panic_table_is_linked_if_it_is_named_and_finds_its_sites()
    {
        var panic = new CodeBuilder("panic").Add(MachineOp.Raw, imm: 0x10500073);
        CodeBuilder Site(string name, params (string File, int Line)[] sites)
        {
            var code = new CodeBuilder(name);
            foreach ((string file, int line) in sites)
            {
                code.At(file, line).Call(panic.Symbol, isPanicSite: true);
            }

            return code;
        }

        CodeBuilder other = Site("other", ("/a/Größe.cs", 7), ("/b/Main.cs", 70000));
        CodeBuilder main = Site("main", ("C:\\b\\Main.cs", 12), ("/a/Größe.cs", 65535)).Call(other.Symbol);
        LinkedImage without = CodeBuilder.Link(main, other, panic);
        main.Address(10, LinkerSymbols.PanicTableStart).Address(11, new LinkerSymbol("__panic_files"));
        LinkedImage image = CodeBuilder.Link(main, other, panic);

        Assert.False(without.TryFind("__panic_table_start", out _));
        List<DisassembledInstruction> calls = [.. Disassembly.Of(image)
            .Where(instruction => instruction.Text == $"jal x1 @{image.AddressOf("panic"):x}")];
        Assert.Equal(4, calls.Count);
        Assert.Equal(
            [("Main.cs", 12), ("Größe.cs", 65535), ("Größe.cs", 7), ("Main.cs", 0)],
            calls.Select(call => FindPanic(image, call.Address + (uint)call.Size)));
        Assert.Null(FindPanic(image, calls[0].Address));
    }

    [Fact]
    public void The_vendors_header_is_that_of_the_firmware_tests()
    {
        string source = File.ReadAllText(Path.Combine(BinaryTools.SourceFolder(), "../../Firmware/common/header.S"));
        byte[] expected = BinaryTools.Assemble(source, ".header");
        DataSymbol data = CodeBuilder.Data("data", 4, 4, [1, 2, 3, 4]);

        byte[] raw = CodeBuilder.Link(MemoryMap.BareMetal, new CodeBuilder("main").Address(10, data).Return()).ToRaw();

        Assert.Equal((uint)raw.Length - 768 + 636, BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(0x90)));
        raw.AsSpan(0x90, 4).Clear(); // the linker script's symbol in the other
        Assert.Equal(expected, raw[..768]);
    }

    [Fact]
    public void What_does_not_fit_is_said_with_the_largest_names()
    {
        DataSymbol big = CodeBuilder.Data("big", 5000);
        DataSymbol small = CodeBuilder.Data("small", 8);
        var main = new CodeBuilder("main").Address(10, big).Address(10, small).Fill(300).Return();
        MemoryMap map = MemoryMap.Ram with { RamLength = 5000 };

        string data = Refusal(map);
        string code = Refusal(map with { RamLength = 8192, TextLength = 1000 });
        string stack = Refusal(map with { RamLength = 5100 }, 100);

        Assert.Contains("5008 bytes, 8 more than the 5000 at 0x61100000. The largest: big 5000, small 8.", data, StringComparison.Ordinal);
        Assert.Contains("more than the 1000 at 0x61000000. The largest: main 12", code, StringComparison.Ordinal);
        Assert.Contains("stack of 100 bytes needs 5108 bytes, 8 more", stack, StringComparison.Ordinal);

        string Refusal(MemoryMap memory, uint stackSize = 0)
        {
            var error = Assert.Throws<CompileErrorException>(() => Linker.Link(
                new LinkInput { Functions = [main.Function], Map = memory, StackSize = stackSize }));
            Assert.Equal(DiagnosticCode.Image, error.Diagnostic.Code);
            return error.Message;
        }
    }

    [Fact]
    public void Damaged_programs_are_refused()
    {
        DataSymbol outside = CodeBuilder.Data("outside", 4, content: new byte[4]);
        outside.Relocations.Add((1, outside, 0));
        Action[] programs =
        [
            () => CodeBuilder.Link(),
            () => CodeBuilder.Link(new CodeBuilder("empty")),
            () => CodeBuilder.Link(new CodeBuilder("main").Call(new FunctionSymbol("missing"))),
            () => CodeBuilder.Link(new CodeBuilder("main").Address(10, outside)),
            () => CodeBuilder.Link(new CodeBuilder("main").Address(10, CodeBuilder.Data("long", 1, content: [1, 2]))),
            () => CodeBuilder.Link(new CodeBuilder("main").Address(10, CodeBuilder.Data("odd", 4, 3))),
            () => CodeBuilder.Link(new CodeBuilder("main")
                .Address(10, CodeBuilder.Data("a", int.MaxValue)).Address(10, CodeBuilder.Data("b", int.MaxValue))
                .Address(10, CodeBuilder.Data("c", int.MaxValue))),
            () => CodeBuilder.Link(new CodeBuilder("main")
                .Address(10, CodeBuilder.Data("a", int.MaxValue, isReadOnly: true))
                .Address(10, CodeBuilder.Data("b", int.MaxValue, isReadOnly: true))),
        ];

        Assert.All(programs, program => Assert.Equal(
            DiagnosticCode.Image, Assert.Throws<CompileErrorException>(program).Diagnostic.Code));
    }

    [Fact]
    public void Equal_functions_become_one_where_that_is_wanted()
    {
        DataSymbol one = CodeBuilder.Data("one", 4);
        DataSymbol two = CodeBuilder.Data("two", 4);
        CodeBuilder Leaf(string name, DataSymbol data) => new CodeBuilder(name).Address(10, data).Return();
        CodeBuilder[] leaves = [Leaf("a", one), Leaf("b", one), Leaf("c", two)];
        CodeBuilder[] callers = [.. leaves.Select(leaf => new CodeBuilder("call." + leaf.Symbol.Name).Call(leaf.Symbol, 0))];
        var main = new CodeBuilder("main");
        foreach (CodeBuilder caller in callers)
        {
            main.Call(caller.Symbol);
        }

        LinkedImage Link(bool merge) => Linker.Link(new LinkInput
        {
            Functions = [main.Function, .. callers.Concat(leaves).Select(function => function.Function)],
            Map = MemoryMap.Ram,
            MergeIdenticalCode = merge,
        });

        LinkedImage image = Link(true);
        Assert.Equal(image.AddressOf("a"), image.AddressOf("b"));
        Assert.Equal(image.AddressOf("call.a"), image.AddressOf("call.b"));
        Assert.NotEqual(image.AddressOf("a"), image.AddressOf("c"));
        Assert.NotEqual(image.AddressOf("call.a"), image.AddressOf("call.c"));
        Assert.Equal($"jal x1 @{image.AddressOf("call.a"):x}", Disassembly.Of(image)[1].Text);
        Assert.Equal(7, Link(false).Symbols.Where(symbol => symbol.Kind == ImageSymbolKind.Function).DistinctBy(symbol => symbol.Address).Count());
    }

    [Fact]
    public void The_map_names_everything_with_its_size()
    {
        DataSymbol data = CodeBuilder.Data("Kernel.Ticks", 8, 8);
        var main = new CodeBuilder("Kernel.Main").At("/src/Kernel.cs", 12).Address(10, data).Return();
        main.Function.FrameSize = 48;

        string map = CodeBuilder.Link(main).ToMap();

        Assert.Contains("\n0x61000000      6     48  .text     Kernel.Main  /src/Kernel.cs:12\n", map, StringComparison.Ordinal);
        Assert.Contains("\n0x61100000      8         .bss      Kernel.Ticks\n", map, StringComparison.Ordinal);
        Assert.Contains("\n.text      0x61000000  0x61000000       6      1\n", map, StringComparison.Ordinal);
    }

    private static ImageSymbol Find(LinkedImage image, string name) =>
        image.TryFind(name, out ImageSymbol? symbol) ? symbol! : throw new KeyNotFoundException(name);

    private static byte[] Read(LinkedImage image, uint address, int count)
    {
        ImageSection section = image.Sections.First(section =>
            address >= section.Address && address - section.Address + count <= section.Bytes.Length);
        return section.Bytes.AsSpan((int)(address - section.Address), count).ToArray();
    }

    private static uint Word(LinkedImage image, uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Read(image, address, 4));

    // As a guest searches the table.
    private static (string File, int Line)? FindPanic(LinkedImage image, uint returnAddress)
    {
        uint start = image.AddressOf("__panic_table_start");
        uint low = 0;
        uint high = (image.AddressOf("__panic_table_end") - start) / 6;
        uint wanted = (returnAddress - image.AddressOf("__text_start")) / 2;
        while (low < high)
        {
            uint middle = (low + high) / 2;
            uint row = Half(start + (6 * middle)) | ((Half(start + (6 * middle) + 2) & 0xF) << 16);
            if (row < wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        uint place = start + (6 * low);
        if (place == image.AddressOf("__panic_table_end") || (Half(place) | ((Half(place + 2) & 0xF) << 16)) != wanted)
        {
            return null;
        }

        uint name = image.AddressOf("__panic_files");
        for (uint file = Half(place + 2) >> 4; file > 0; file--)
        {
            name += 1u + Read(image, name, 1)[0];
        }

        return (Encoding.UTF8.GetString(Read(image, name + 1, Read(image, name, 1)[0])), (int)Half(place + 4));

        uint Half(uint address) => BinaryPrimitives.ReadUInt16LittleEndian(Read(image, address, 2));
    }
}
