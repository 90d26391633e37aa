// Builds small functions for tests, with the locals in slots, as the importer does.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Optimize;

/// <summary>Parameters 0 and 1 are a span of words, 2 and 3 another one; further ones are numbers.</summary>
internal sealed class Code
{
    private readonly Value[] parameters;
    private Block block = new();

    public Code(int parameterWords = 6, int resultWords = 1)
    {
        Function = new Function(new FunctionSymbol("test")) { ParameterWords = parameterWords, ResultWords = resultWords };
        Function.Blocks.Add(block);
        parameters = [.. Enumerable.Range(0, parameterWords)
            .Select(i => block.Add(new Value(Op.Parameter) { Imm = i, IsNonNegative = i is 1 or 3 }))];
        Sum = Local(0);
    }

    public Function Function { get; }

    public Slot Sum { get; }

    public Value Length => parameters[1];

    public Value OtherLength => parameters[3];

    public Value Parameter(int index) => parameters[index];

    public Slot Local(Value start)
    {
        Slot slot = new(4, 4, "local");
        Set(slot, start);
        return slot;
    }

    public Slot Local(int start) => Local(Value.Const(start));

    public Value Get(Slot slot) => block.Add(new Value(Op.Load, Value.AddressOf(slot)) { Size = 4 });

    public void Set(Slot slot, Value value) => block.Add(new Value(Op.Store, Value.AddressOf(slot), value) { Size = 4 });

    public Value Do(Op op, Value a, Value b) => block.Add(new Value(op, a, b));

    public void Emit(Value value) => block.Add(value);

    public Value Add(Value a, int b) => Do(Op.Add, a, Value.Const(b));

    /// <summary>The checked address of an element of the first or the second span.</summary>
    public Value Element(Value index, bool other = false)
    {
        block.Add(new Value(Op.Check, index, parameters[other ? 3 : 1])
        {
            Condition = Condition.GreaterOrEqualUnsigned,
            Panic = PanicKind.IndexOutOfRange,
        });
        return Do(Op.Add, parameters[other ? 2 : 0], Do(Op.ShiftLeft, index, Value.Const(2)));
    }

    public Value Read(Value index, bool other = false) => block.Add(new Value(Op.Load, Element(index, other)) { Size = 4 });

    public void Write(Value index, Value value, bool other = false) =>
        block.Add(new Value(Op.Store, Element(index, other), value) { Size = 4 });

    /// <summary>Adds an element to the sum.</summary>
    public void Use(Value index, bool other = false) => Set(Sum, Do(Op.Add, Get(Sum), Read(index, other)));

    public void Call() => block.Add(new Value(Op.Call) { Symbol = new FunctionSymbol("callee") });

    public void If(Value a, Condition condition, Value b, Action then)
    {
        Block inside = new();
        Block after = new();
        block.End(new Value(Op.Branch, a, b) { Condition = condition }, inside, after);
        Start(inside);
        then();
        block.End(new Value(Op.Jump), after);
        Start(after);
    }

    /// <summary>A loop with its test at the bottom, entered at the test.</summary>
    public void While(Func<(Value A, Condition Condition, Value B)> test, Action body)
    {
        Block inside = new();
        Block testing = new();
        Block after = new();
        block.End(new Value(Op.Jump), testing);
        Start(inside);
        body();
        block.End(new Value(Op.Jump), testing);
        Start(testing);
        (Value a, Condition condition, Value b) = test();
        block.End(new Value(Op.Branch, a, b) { Condition = condition }, inside, after);
        Start(after);
    }

    public void For(Value start, Condition condition, Value bound, int step, Action<Value> body)
    {
        Slot counter = Local(start);
        While(
            () => (Get(counter), condition, bound),
            () =>
            {
                body(Get(counter));
                Set(counter, Add(Get(counter), step));
            });
    }

    public void Panic(Value a, Condition condition, Value b) =>
        block.Add(new Value(Op.Check, a, b) { Condition = condition, Panic = PanicKind.Argument });

    /// <summary>Returns the sum, optimizes, and gives the finished function.</summary>
    public Function Optimized(OptimizerOptions? options = null, bool verify = true)
    {
        block.End(new Value(Op.Return, Function.ResultWords == 0 ? [] : [Get(Sum)]));
        Verifier.Verify(Function, "test");
        Optimizer.Run(Function, (options ?? OptimizerOptions.Default) with { Verify = verify });
        return Function;
    }

    private void Start(Block next)
    {
        Function.Blocks.Add(next);
        block = next;
    }
}
