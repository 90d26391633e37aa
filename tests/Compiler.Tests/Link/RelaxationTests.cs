// Branches, jumps and calls at every class of distance, as objdump reads them.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Link;

public sealed class RelaxationTests
{
    private static readonly MemoryMap farMap = MemoryMap.Ram with { TextLength = 1 << 22, RamOrigin = 0x61800000 };

    // Bytes from the branch's end to its target, forwards; the largest that each form has, and the next.
    [Theory]
    [InlineData(252, 2)]
    [InlineData(256, 4)]
    [InlineData(4088, 4)]
    [InlineData(4092, 6)]
    [InlineData(0xFFFF0, 6)]
    public void A_test_for_zero_takes_what_its_distance_needs(int fill, int size) => CheckForward(MachineOp.Beq, 10, 0, fill, size);

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4088, 4)]
    [InlineData(4092, 8)]
    [InlineData(0xFFFF0, 8)]
    public void A_comparison_takes_what_its_distance_needs(int fill, int size) => CheckForward(MachineOp.Bltu, 10, 11, fill, size);

    [Theory]
    [InlineData(256, 2)]
    [InlineData(260, 4)]
    [InlineData(4096, 4)]
    [InlineData(4100, 6)]
    [InlineData(0xFFFF8, 6)]
    public void A_loop_takes_what_its_distance_needs(int fill, int size)
    {
        var code = new CodeBuilder("main");
        int top = code.NewLabel();
        code.Mark(top).Fill(fill / 4).Branch(MachineOp.Bne, 8, 0, top).Return();

        LinkedImage image = CodeBuilder.Link(code);

        List<DisassembledInstruction> read = Disassembly.Of(image);
        uint start = image.Entry;
        uint place = start + (uint)fill;
        Assert.Equal(place + size, read[^1].Address);
        Assert.Contains(read, instruction => instruction.Address >= place && instruction.Text.EndsWith($" @{start:x}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2044, 2)]
    [InlineData(2048, 4)]
    [InlineData(0xFFFF0, 4)]
    public void A_jump_takes_what_its_distance_needs(int fill, int size)
    {
        var code = new CodeBuilder("main");
        int end = code.NewLabel();
        code.Jump(end).Fill(fill / 4).Mark(end).Return();

        List<DisassembledInstruction> read = Disassembly.Of(CodeBuilder.Link(code));

        Assert.Equal(size, read[0].Size);
        Assert.Equal($"jal x0 @{read[^1].Address:x}", read[0].Text);
    }

    [Theory]
    [InlineData(2040, 2)]
    [InlineData(2044, 4)]
    [InlineData(0xFFFF4, 4)]
    public void A_call_takes_what_its_distance_needs(int fill, int size)
    {
        var callee = new CodeBuilder("callee");
        var main = new CodeBuilder("main").Call(callee.Symbol).Return().Fill(fill / 4);

        LinkedImage image = CodeBuilder.Link(farMap, main, callee.Return());

        DisassembledInstruction call = Disassembly.Of(image)[0];
        Assert.Equal(size, call.Size);
        Assert.Equal($"jal x1 @{image.AddressOf("callee"):x}", call.Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_call_beyond_a_mebibyte_goes_through_its_link_register(int rd)
    {
        var callee = new CodeBuilder("callee");
        var main = new CodeBuilder("main").Call(callee.Symbol, rd).Return().Fill(1 << 18);

        LinkedImage image = CodeBuilder.Link(farMap, main, callee.Return());

        List<DisassembledInstruction> read = Disassembly.Of(image);
        string[] second = read[1].Text.Split(' ');
        uint upper = uint.Parse(read[0].Text.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
        int lower = int.Parse(second[2], System.Globalization.CultureInfo.InvariantCulture);
        Assert.StartsWith($"auipc x{rd} ", read[0].Text, StringComparison.Ordinal);
        Assert.Equal(["jalr", $"x{rd}", $"x{rd}"], [second[0], second[1], second[3]]);
        Assert.Equal(image.AddressOf("callee"), read[0].Address + (upper << 12) + (uint)lower);
    }

    [Fact]
    public void A_jump_beyond_a_mebibyte_is_a_limit()
    {
        var jump = new CodeBuilder("jump");
        int end = jump.NewLabel();
        jump.Jump(end).Fill(1 << 18).Mark(end).Return();
        var branch = new CodeBuilder("branch");
        end = branch.NewLabel();
        branch.Branch(MachineOp.Beq, 1, 2, end).Fill(1 << 18).Mark(end).Return();

        foreach (CodeBuilder code in (CodeBuilder[])[jump, branch])
        {
            CompileErrorException error = Assert.Throws<CompileErrorException>(
                () => CodeBuilder.Link(farMap, code));
            Assert.Equal(DiagnosticCode.Limit, error.Diagnostic.Code);
            Assert.Contains(code.Symbol.Name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_compression_everything_has_four_bytes()
    {
        var callee = new CodeBuilder("callee").Add(MachineOp.Addi, 10, 10, imm: 1).Return();
        var main = new CodeBuilder("main");
        int end = main.NewLabel();
        main.Branch(MachineOp.Beq, 10, 0, end).Call(callee.Symbol).Mark(end).Return();

        LinkedImage image = Linker.Link(new LinkInput
        {
            Functions = [main.Function, callee.Function], Map = MemoryMap.Ram, Compress = false, OptimizeSize = true,
        });

        Assert.All(Disassembly.Of(image), instruction => Assert.Equal(4, instruction.Size));
    }

    [Fact]
    public void A_chain_in_which_each_branch_lengthens_the_next_ends_in_time()
    {
        // Every branch is just within its short reach until one behind it grows, and the last one does.
        const int Count = 20_000;
        var code = new CodeBuilder("main");
        int[] labels = [.. Enumerable.Range(0, Count + 1).Select(_ => code.NewLabel())];
        for (int index = 0; index < Count; index++)
        {
            code.Mark(labels[index]).Branch(MachineOp.Beq, 10, 0, labels[Math.Min(index + 127, Count)]).Add(MachineOp.Nop);
        }

        code.Add(MachineOp.Mul, 10, 10, 10).Mark(labels[Count]).Return();

        List<DisassembledInstruction> read = Disassembly.Of(CodeBuilder.Link(code));

        Assert.Equal("jalr x0 0 x1", read[^1].Text);
        Assert.Equal(4, read[Count / 2].Size);
    }

    private static void CheckForward(MachineOp op, int rs1, int rs2, int fill, int size)
    {
        var code = new CodeBuilder("main");
        int end = code.NewLabel();
        code.Branch(op, rs1, rs2, end).Fill(fill / 4).Mark(end).Return();

        List<DisassembledInstruction> read = Disassembly.Of(CodeBuilder.Link(code));

        uint target = read[^1].Address;
        Assert.Equal(read[0].Address + (uint)(size + fill), target);
        if (size <= 4)
        {
            Assert.Equal(size, read[0].Size);
            Assert.EndsWith($" @{target:x}", read[0].Text, StringComparison.Ordinal);
        }
        else
        {
            Assert.EndsWith($" @{read[0].Address + (uint)size:x}", read[0].Text, StringComparison.Ordinal);
            Assert.StartsWith(op == MachineOp.Beq ? "bne" : "bgeu", read[0].Text, StringComparison.Ordinal);
            Assert.Equal($"jal x0 @{target:x}", read[1].Text);
        }
    }
}
