// Which instructions come out of single operations and small functions.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

public class InstructionTests
{
    private readonly Function function = new(new FunctionSymbol("f"));
    private readonly Block entry = new();

    public InstructionTests() => function.Blocks.Add(entry);

    [Fact]
    public void AnAdditionOfTwoArgumentsIsALeafWithoutAFrame()
    {
        Return(Add(Op.Add, Parameter(0), Parameter(1)));
        Expect("add a0, a0, a1", "ret");
    }

    [Theory]
    [InlineData(Op.And, 0xFF, "andi a0, a0, 255")]
    [InlineData(Op.And, 0xFFFFF, "slli a0, a0, 12", "srli a0, a0, 12")]
    [InlineData(Op.And, -4096, "srli a0, a0, 12", "slli a0, a0, 12")]
    [InlineData(Op.Sub, 5, "addi a0, a0, -5")]
    [InlineData(Op.Add, 3000, "addi a0, a0, 2047", "addi a0, a0, 953")]
    [InlineData(Op.Mul, 10, "li a6, 10", "mul a0, a0, a6")]
    [InlineData(Op.Mul, 31, "slli a5, a0, 5", "sub a0, a5, a0")]
    [InlineData(Op.Xor, -1, "xori a0, a0, -1")]
    public void ConstantsAreFolded(Op op, int number, params string[] code)
    {
        Return(Add(op, Parameter(0), Value.Const(number)));
        Expect([.. code, "ret"]);
    }

    [Theory]
    [InlineData(Condition.Less, 5, "slti a0, a0, 5")]
    [InlineData(Condition.LessUnsigned, 1, "sltiu a0, a0, 1")]
    [InlineData(Condition.Equal, 0, "sltiu a0, a0, 1")]
    [InlineData(Condition.NotEqual, 0, "sltu a0, zero, a0")]
    [InlineData(Condition.NotEqual, 7, "addi a0, a0, -7", "sltu a0, zero, a0")]
    [InlineData(Condition.GreaterOrEqual, 1, "slt a0, zero, a0")]
    [InlineData(Condition.GreaterOrEqualUnsigned, 1, "sltu a0, zero, a0")]
    public void ComparisonsBecomeNumbers(Condition condition, int number, params string[] code)
    {
        Value set = Add(Op.Set, Parameter(0), Value.Const(number));
        set.Condition = condition;
        Return(set);
        Expect([.. code, "ret"]);
    }

    [Fact]
    public void ALongRotationNegatesItsCount()
    {
        Value word = Parameter(0);
        Value count = Parameter(1);
        Value left = Add(Op.ShiftLeft, word, count);
        Value right = Add(Op.ShiftRight, word, Add(Op.Sub, Value.Const(32), count));
        Return(Add(Op.Or, left, right));
        Expect("sll a4, a0, a1", "sub a5, zero, a1", "srl a0, a0, a5", "or a0, a4, a0", "ret");
    }

    [Fact]
    public void AddressesAreFolded()
    {
        Value place = Add(Op.Add, Parameter(0), Value.Const(8));
        Value load = entry.Add(new Value(Op.Load, place) { Size = 4, Imm = 4 });
        DataSymbol counter = new("counter", 4, 4);
        entry.Add(new Value(Op.Store, Value.AddressOf(counter), load) { Size = 4 });
        entry.Add(new Value(Op.Store, Value.Const(0x40001000), Value.Const(0)) { Size = 4, Imm = 8 });
        Return();
        Expect("lw a5, 12(a0)", "lui a6, %hi(\"counter\")", "sw a5, %lo(\"counter\")(a6)", "lui a5, 262145", "sw zero, 8(a5)", "ret");
    }

    [Fact]
    public void ACheckIsABranchToACallOfTheStub()
    {
        entry.Add(new Value(Op.Check, Parameter(0), Parameter(1)) { Condition = Condition.GreaterOrEqualUnsigned, Panic = PanicKind.IndexOutOfRange });
        Return(Parameter(0));
        MachineFunction code = Expect("bgeu a0, a1, .1", "ret", "call \"panic.IndexOutOfRange\"");
        Assert.True(code.Code[^1].IsPanicSite);
        Assert.Equal(0, code.FrameSize);
    }

    [Fact]
    public void ChecksOfOneKindShareAJump()
    {
        for (int i = 0; i < 3; i++)
        {
            entry.Add(new Value(Op.Check, Parameter(i), Parameter(i + 1)) { Condition = Condition.LessUnsigned, Panic = PanicKind.Overflow });
        }

        Return();
        Expect("bltu a0, a1, .1", "bltu a1, a2, .2", "bltu a2, a3, .3", "ret", "call .4", "call .4", "call .4", "j \"panic.Overflow\"");
    }

    [Fact]
    public void ACallInTheEndIsAJump()
    {
        Value call = entry.Add(new Value(Op.Call, Parameter(1), Parameter(0)) { Symbol = new FunctionSymbol("g"), Imm = 1 });
        Return(call);
        Expect("mv t0, a1", "mv a1, a0", "mv a0, t0", "j \"g\"");
    }

    [Fact]
    public void ACallThatTakesTheAddressOfALocalIsNoJump()
    {
        Value call = entry.Add(new Value(Op.Call, Value.AddressOf(new Slot(8, 4, "local"))) { Symbol = new FunctionSymbol("g"), Imm = 1 });
        Return(call);
        MachineFunction code = Expect(
            "addi sp, sp, -16", "sw ra, 0(sp)", "addi a0, sp, 4", "call \"g\"", "lw ra, 0(sp)", "addi sp, sp, 16", "ret");
        Assert.Equal(16, code.FrameSize);
        Assert.Equal([1, 2, 6], code.FrameRules.Select(rule => rule.Index));
        Assert.Equal([16, 16, 0], code.FrameRules.Select(rule => rule.CfaOffset));
        Assert.Equal([(1, -16)], code.FrameRules[1].Saved);
    }

    [Fact]
    public void ControlRegistersHaveTheirForms()
    {
        entry.Add(new Value(Op.CsrAccess, Parameter(0)) { Csr = CsrOperation.ReadWrite, Imm = 0x300 });
        entry.Add(new Value(Op.CsrAccess, Value.Const(8)) { Csr = CsrOperation.ReadSet, Imm = 0x300 });
        Value old = entry.Add(new Value(Op.CsrAccess, Value.Const(0)) { Csr = CsrOperation.ReadSet, Imm = 0x342 });
        entry.Add(new Value(Op.Instruction) { Imm = 0x10500073 });
        entry.Add(new Value(Op.FenceVirtualMemory, Value.Const(0), Parameter(1)));
        Return(old);
        Expect("csrrw zero, 768, a0", "csrrsi zero, 768, 8", "csrrs a0, 834, zero", ".word 0x10500073", "sfence.vma zero, a1", "ret");
    }

    [Fact]
    public void AnEnvironmentCallTakesAndReturnsEightWords()
    {
        Value call = entry.Add(new Value(Op.EnvironmentCall, Value.Const(5), Parameter(1), Parameter(0)) { Imm = 8 });
        List<Value> results = [call];
        for (int i = 1; i < 8; i++)
        {
            results.Add(entry.Add(new Value(Op.Result, call) { Imm = i }));
        }

        Return(results[7], results[0]);
        Expect("mv a2, a0", "li a0, 5", ".word 0x00000073", "mv a1, a0", "mv a0, a7", "ret");
    }

    [Fact]
    public void AtomicsAreInstructionsOrALoop()
    {
        Value old = entry.Add(new Value(Op.AtomicAccess, Parameter(0), Parameter(1)) { Atomic = AtomicOperation.Add });
        entry.Add(new Value(Op.AtomicAccess, Parameter(0), old) { Atomic = AtomicOperation.MaximumUnsigned });
        Return(entry.Add(new Value(Op.CompareExchange, Parameter(0), Parameter(1), Parameter(2))));
        Expect("mv a6, a0", "amoadd.w.aqrl a7, a1, (a6)", "amomaxu.w.aqrl zero, a7, (a6)", "lr.w.aqrl a0, (a6)", "bne a0, a1, .2",
            "sc.w.aqrl a7, a2, (a6)", "bne a7, zero, .1", "ret");
    }

    [Fact]
    public void LargeBlocksAreCopiedInALoop()
    {
        entry.Add(new Value(Op.CopyMemory, Parameter(0), Parameter(1)) { Imm = 168, Size = 4 });
        Return();
        string[] lines = Lines(CodeGenerator.Generate(Prepared(), new PanicSymbols()));
        Assert.InRange(lines.Length, 15, 20);
        Assert.Single(lines, line => line.StartsWith("bne", StringComparison.Ordinal));
    }

    [Fact]
    public void ASwitchOfManyArmsIsATable()
    {
        List<Block> arms = [.. Enumerable.Range(0, 12).Select(_ => new Block())];
        function.Blocks.AddRange(arms);
        entry.End(new Value(Op.Switch, Parameter(0)), [.. arms]);
        for (int i = 0; i < arms.Count; i++)
        {
            arms[i].End(new Value(Op.Return, Value.Const(i * i)));
        }

        MachineFunction code = CodeGenerator.Generate(Prepared(), new PanicSymbols());
        Assert.Equal(11, Assert.Single(code.JumpTables).Labels.Count);
        Assert.Equal("f.switch0", code.JumpTables[0].Symbol.Name);
    }

    [Fact]
    public void StubsPassKindAndPlace()
    {
        PanicSymbols panics = new();
        _ = panics.For(PanicKind.Overflow);
        MachineFunction stub = Assert.Single(panics.Stubs(new FunctionSymbol("handler")));
        Assert.Equal(["li a0, 5", "mv a1, ra", "j \"handler\""], Lines(stub));
    }

    private Value Parameter(int index)
    {
        Value? known = entry.Body.Find(value => value.Op == Op.Parameter && value.Imm == index);
        function.ParameterWords = Math.Max(function.ParameterWords, index + 1);
        if (known is not null)
        {
            return known;
        }

        Value parameter = new(Op.Parameter) { Imm = index, Block = entry };
        entry.Body.Insert(0, parameter);
        return parameter;
    }

    private Value Add(Op op, params Value[] inputs) => entry.Add(new Value(op, inputs));

    private void Return(params Value[] values) => entry.End(new Value(Op.Return, values));

    private Function Prepared()
    {
        function.ResultWords = function.Blocks.Max(block => block.Terminator!.Op == Op.Return ? block.Terminator.Inputs.Length : 0);
        return function;
    }

    private MachineFunction Expect(params string[] lines)
    {
        MachineFunction code = CodeGenerator.Generate(Prepared(), new PanicSymbols());
        Assert.Equal(lines, Lines(code));
        return code;
    }

    private static string[] Lines(MachineFunction code) =>
        [.. code.Code.Select(instruction => Listing.Text(code, instruction).Replace($"\".L{code.Symbol.Name}.", ".", StringComparison.Ordinal)
            .Replace(".\"", ".", StringComparison.Ordinal)).Select(Unquoted)];

    // Labels stand without quotes: .1 instead of ".Lf.1".
    private static string Unquoted(string line)
    {
        int label = line.LastIndexOf(" .", StringComparison.Ordinal);
        return label >= 0 && line.EndsWith('"') && !line.Contains("panic", StringComparison.Ordinal) ? line[..^1] : line;
    }
}
