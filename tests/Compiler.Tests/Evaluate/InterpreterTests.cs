// Functions at compile time: control flow, memory, addresses that become relocations, naked code, and the limits that
// hold whatever the program does.

using XousCloud.Compiler.Evaluate;
using XousCloud.Compiler.Ir;
using static XousCloud.Compiler.Ir.Value;

namespace XousCloud.Compiler.Tests.Evaluate;

public sealed class InterpreterTests
{
    private static readonly EvaluationLimits small = new() { Steps = 10_000, CallDepth = 100, NakedWords = 100 };

    private readonly EvaluationMemory memory = new(1 << 20);

    private Interpreter Interpreter => new(memory, small);

    /// <summary>Fibonacci numbers: the two phis of the loop are copied at once.</summary>
    [Fact]
    public void Phis_take_their_values_at_once()
    {
        var code = new FunctionBuilder("Fibonacci", 1);
        Block loop = code.NewBlock();
        Block end = code.NewBlock();
        Block start = code.Block;
        code.Jump(loop);
        code.Block = loop;
        var a = new Value(Op.Phi);
        var b = new Value(Op.Phi);
        var count = new Value(Op.Phi);
        loop.AddPhi(a);
        loop.AddPhi(b);
        loop.AddPhi(count);
        Value sum = code.Add(Op.Add, a, b);
        Value less = code.Add(Op.Sub, count, Const(1));
        code.Branch(Condition.NotEqual, less, Const(0), loop, end);
        Assert.Equal([start, loop], loop.Predecessors);
        a.Inputs = [Const(0), b];
        b.Inputs = [Const(1), sum];
        count.Inputs = [code.Parameters[0], less];
        code.Block = end;
        EvaluationResult result = Interpreter.Run(code.Return(sum, a), 10);

        Assert.Equal([89, 34], result.Words.Select(word => word.Bits));
    }

    [Fact]
    public void Slots_are_zero_and_each_calls_own()
    {
        var slot = new Slot(8, 4, "local");
        var inner = new FunctionBuilder("Inner", 1);
        Value old = inner.Load(AddressOf(slot, 4));
        inner.Store(AddressOf(slot, 4), inner.Parameters[0]);
        inner.Return(inner.Add(Op.Add, inner.Load(AddressOf(slot), 4), old));
        var outer = new FunctionBuilder("Outer");
        Value first = outer.Call(inner.Symbol, 1, Const(30));
        outer.Return(outer.Add(Op.Add, first, outer.Call(inner.Symbol, 1, Const(4))));

        Assert.Equal(34, Interpreter.Run(outer.Function).Words[0].Bits);
    }

    [Fact]
    public void Second_result_words_are_the_calls()
    {
        var pair = new FunctionBuilder("Pair", 1, 2);
        pair.Return(pair.Parameters[0], Const(5));
        var code = new FunctionBuilder("Code");
        Value call = code.Block.Add(new Value(Op.CallIndirect, AddressOf(pair.Symbol), Const(37)) { Imm = 2 });
        Value second = code.Block.Add(new Value(Op.Result, call) { Imm = 1 });

        Assert.Equal(42, Interpreter.Run(code.Return(code.Add(Op.Add, call, second))).Words[0].Bits);
    }

    [Fact]
    public void Sub_word_loads_and_stores_keep_the_other_bytes()
    {
        var data = new DataSymbol("data", 4, 4) { Content = [0x11, 0x22, 0x33, 0x44] };
        var code = new FunctionBuilder("Code");
        code.Store(AddressOf(data), Const(0x1FF), 1, 1);
        code.Store(AddressOf(data), Const(-2), 2, 2);
        Value sum = code.Add(Op.Add, code.Load(AddressOf(data), 1, 1, true), code.Load(AddressOf(data), 2, 2));

        Assert.Equal(0xFFFD, Interpreter.Run(code.Return(sum)).Words[0].Bits);
        Assert.Equal([data], memory.Commit());
        Assert.Equal([0x11, 0xFF, 0xFE, 0xFF], data.Content);
    }

    [Fact]
    public void Stored_addresses_become_relocations()
    {
        var target = new DataSymbol("target", 64, 16);
        var function = new FunctionSymbol("function");
        var data = new DataSymbol("data", 16, 4) { Content = new byte[16] };
        data.Relocations.Add((12, target, 60));
        var code = new FunctionBuilder("Code");
        code.Store(AddressOf(data), code.Add(Op.Sub, code.Add(Op.Add, AddressOf(target, 4), Const(40)), Const(12)));
        code.Store(AddressOf(data, 4), AddressOf(function));
        code.Store(AddressOf(data, 8), code.Add(Op.And, AddressOf(target, 7), Const(15)));
        Interpreter.Run(code.Return());
        memory.Commit();

        Assert.Equal([(0, target, 32), (4, function, 0), (12, target, 60)], data.Relocations);
        Assert.Equal(7, data.Content![8]);
    }

    [Fact]
    public void Copies_take_addresses_along()
    {
        var data = new DataSymbol("data", 8, 4);
        var slot = new Slot(8, 4, "local");
        var code = new FunctionBuilder("Code");
        code.Store(AddressOf(slot, 4), AddressOf(data, 3));
        code.Block.Add(new Value(Op.CopyMemory, AddressOf(data), AddressOf(slot)) { Imm = 8, Size = 4 });
        Interpreter.Run(code.Return());
        memory.Commit();

        Assert.Equal([(4, data, 3)], data.Relocations);
    }

    [Fact]
    public void An_allocation_is_new_data()
    {
        var data = new DataSymbol("data", 4, 4);
        var code = new FunctionBuilder("Code");
        Value block = code.Call(EvaluationCalls.Allocate, 1, Const(12), Const(4));
        code.Store(block, Const(-1), 8);
        code.Store(AddressOf(data), block);
        Interpreter.Run(code.Return());
        IReadOnlyList<DataSymbol> changed = memory.Commit();

        Assert.Equal(2, changed.Count);
        Assert.Equal((0, changed.First(symbol => symbol != data), 0), Assert.Single(data.Relocations));
        Assert.Equal(12, changed.First(symbol => symbol != data).Size);
    }

    [Theory]
    [InlineData(Op.Mul)]
    [InlineData(Op.ShiftRight)]
    [InlineData(Op.Xor)]
    public void A_number_made_of_an_address_cannot_stay(Op op)
    {
        var data = new DataSymbol("data", 4, 4);
        var code = new FunctionBuilder("Code");
        code.Store(AddressOf(data), code.Add(op, AddressOf(data), Const(3)));
        Interpreter.Run(code.Return());

        Assert.Equal(DiagnosticCode.StaticConstructor, Assert.Throws<CompileErrorException>(memory.Commit).Diagnostic.Code);
    }

    [Fact]
    public void The_address_of_a_local_cannot_stay()
    {
        var data = new DataSymbol("data", 4, 4);
        var code = new FunctionBuilder("Code");
        code.Store(AddressOf(data), AddressOf(new Slot(4, 4, "local")));
        Interpreter.Run(code.Return());

        Assert.Contains("local", Assert.Throws<CompileErrorException>(memory.Commit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_check_says_where()
    {
        var inner = new FunctionBuilder("Inner", 1);
        var place = new SourcePosition("A.cs", 7);
        inner.Block.Add(new Value(Op.Check, inner.Parameters[0], Const(4))
        {
            Condition = Condition.GreaterOrEqualUnsigned, Panic = PanicKind.IndexOutOfRange, Position = place,
        });
        inner.Return(Const(1));
        var outer = new FunctionBuilder("Outer", 1);
        outer.Return(outer.Call(inner.Symbol, 1, outer.Parameters[0]));

        Assert.Equal(1, Interpreter.Run(outer.Function, 3).Words[0].Bits);
        EvaluationResult result = Interpreter.Run(outer.Function, -1);
        Assert.Equal((PanicKind.IndexOutOfRange, place), (result.Panic, result.Position));
        Assert.Equal(["Inner", "Outer"], result.Frames);
    }

    [Fact]
    public void Naked_code_is_what_the_assembler_calls_say()
    {
        var handler = new FunctionSymbol("Handler");
        var code = new FunctionBuilder("Naked", results: 0);
        code.Call(EvaluationCalls.Emit, 0, Const(0x13));
        code.Call(EvaluationCalls.EmitAddress, 0, Const(0x6F), Const((int)NakedRelocation.Jal), AddressOf(handler));
        Value count = code.Call(EvaluationCalls.Count, 1);
        Value first = code.Call(EvaluationCalls.WordAt, 1, Const(0));
        code.Call(EvaluationCalls.Replace, 0, Const(0), code.Add(Op.Add, first, code.Add(Op.ShiftLeft, count, Const(8))));
        NakedCode naked = Interpreter.RunNaked(code.Return());

        Assert.Equal([0x213u, 0x6Fu], naked.Words);
        Assert.Equal([(1, NakedRelocation.Jal, handler, 0)], naked.Relocations);
    }

    [Fact]
    public void Atomics_return_the_old_content()
    {
        var data = new DataSymbol("data", 4, 4) { Content = [0xFE, 0xFF, 0xFF, 0xFF] };
        var code = new FunctionBuilder("Code");
        Value old = code.Block.Add(new Value(Op.AtomicAccess, AddressOf(data), Const(5)) { Atomic = AtomicOperation.MaximumUnsigned });
        Value seen = code.Add(Op.CompareExchange, AddressOf(data), Const(-2), Const(9));

        Assert.Equal([-2, -2], Interpreter.Run(code.Return(old, seen)).Words.Select(word => word.Bits));
        memory.Commit();
        Assert.Equal([9, 0, 0, 0], data.Content);
    }

    [Fact]
    public void Devices_are_errors()
    {
        var code = new FunctionBuilder("Code");

        AssertError(code.Return(code.Load(Const(0x4004_2008))), DiagnosticCode.StaticConstructor);
        var control = new FunctionBuilder("Code");
        AssertError(control.Return(control.Add(Op.CsrAccess, Const(0))), DiagnosticCode.StaticConstructor);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(-4)]
    [InlineData(1 << 20)]
    public void Nothing_behind_the_end_is_memory(int offset)
    {
        var data = new DataSymbol("data", 16, 4);
        var other = new DataSymbol("other", 16, 4);
        var code = new FunctionBuilder("Code");
        code.Store(AddressOf(other), Const(1));
        code.Store(AddressOf(data, offset), Const(1));

        AssertError(code.Return(), DiagnosticCode.StaticConstructor);
    }

    [Fact]
    public void An_endless_loop_is_an_error()
    {
        var code = new FunctionBuilder("Code");
        Block loop = code.NewBlock();
        code.Jump(loop);
        code.Block = loop;
        code.Jump(loop);

        AssertError(code.Function, DiagnosticCode.Limit);
    }

    [Fact]
    public void Endless_recursion_is_an_error()
    {
        var code = new FunctionBuilder("Code");
        AssertError(code.Return(code.Call(code.Symbol, 1)), DiagnosticCode.Limit);

        var deep = new FunctionBuilder("Deep");
        deep.Store(AddressOf(new Slot(500_000, 4, "large")), Const(1));
        AssertError(deep.Return(deep.Call(deep.Symbol, 1)), DiagnosticCode.Limit);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData((1 << 20) + 1)]
    public void Too_much_memory_is_an_error(int size)
    {
        var code = new FunctionBuilder("Code");
        AssertError(code.Return(code.Call(EvaluationCalls.Allocate, 1, Const(size), Const(4))), DiagnosticCode.Limit);
        var touch = new FunctionBuilder("Touch");
        AssertError(touch.Return(touch.Load(AddressOf(new DataSymbol("data", size, 4)))), DiagnosticCode.Limit);
    }

    [Fact]
    public void A_machine_answers_what_only_it_can()
    {
        var code = new FunctionBuilder("Code");
        Value call = code.Block.Add(new Value(Op.EnvironmentCall, Const(1), Const(2)) { Imm = 3 });
        Value third = code.Block.Add(new Value(Op.Result, call) { Imm = 2 });
        Value status = code.Block.Add(new Value(Op.CsrAccess, Const(8)) { Imm = 0x300, Csr = CsrOperation.ReadSet });
        var interpreter = new Interpreter(memory)
        {
            Machine = static (operation, operands, results) =>
            {
                results[0] = operation.Op == Op.CsrAccess ? operation.Imm : operands.Length;
                if (results.Length > 2)
                {
                    results[2] = 7;
                }
            },
        };

        EvaluationResult result = interpreter.Run(code.Return(code.Add(Op.Add, call, third), status));
        Assert.Equal([9, 0x300], result.Words.Select(word => word.Bits));
    }

    /// <summary>A symbol's content may be made when it is first touched, by another run in the same memory.</summary>
    [Fact]
    public void First_touches_run_what_makes_the_content()
    {
        var data = new DataSymbol("data", 4, 4);
        var constructor = new FunctionBuilder("Constructor");
        constructor.Store(AddressOf(data), Const(11));
        constructor.Return();
        Interpreter? interpreter = null;
        int touches = 0;
        var shared = new EvaluationMemory
        {
            FirstTouch = symbol =>
            {
                if (touches++ == 0)
                {
                    interpreter!.Run(constructor.Function);
                }
            },
        };
        interpreter = new Interpreter(shared);
        var code = new FunctionBuilder("Code");

        Assert.Equal(11, interpreter.Run(code.Return(code.Load(AddressOf(data)))).Words[0].Bits);
    }

    private void AssertError(Function function, DiagnosticCode expected) =>
        Assert.Equal(expected, Assert.Throws<CompileErrorException>(() => Interpreter.Run(function)).Diagnostic.Code);
}
