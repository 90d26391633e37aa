using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Evaluate;

/// <summary>Functions of IR written by hand.</summary>
internal sealed class FunctionBuilder
{
    public FunctionBuilder(string name, int parameters = 0, int results = 1)
    {
        Symbol = new FunctionSymbol(name);
        Function = new Function(Symbol) { ParameterWords = parameters, ResultWords = results };
        Symbol.Function = Function;
        Block = NewBlock();
        Parameters = [.. Enumerable.Range(0, parameters).Select(index => Block.Add(new Value(Op.Parameter) { Imm = index }))];
    }

    public FunctionSymbol Symbol { get; }

    public Function Function { get; }

    /// <summary>The block that operations are added to.</summary>
    public Block Block { get; set; }

    public Value[] Parameters { get; }

    public Block NewBlock()
    {
        var block = new Block();
        Function.Blocks.Add(block);
        return block;
    }

    public Value Add(Op op, params Value[] inputs) => Block.Add(new Value(op, inputs));

    public Value Load(Value address, int offset = 0, byte size = 4, bool signed = false) =>
        Block.Add(new Value(Op.Load, address) { Imm = offset, Size = size, Signed = signed });

    public void Store(Value address, Value value, int offset = 0, byte size = 4) =>
        Block.Add(new Value(Op.Store, address, value) { Imm = offset, Size = size });

    public Value Call(Symbol symbol, int results, params Value[] arguments) =>
        Block.Add(new Value(Op.Call, arguments) { Symbol = symbol, Imm = results });

    public void Jump(Block target) => Block.End(new Value(Op.Jump), target);

    public void Branch(Condition condition, Value a, Value b, Block yes, Block no) =>
        Block.End(new Value(Op.Branch, a, b) { Condition = condition }, yes, no);

    public Function Return(params Value[] values)
    {
        Block.End(new Value(Op.Return, values));
        return Function;
    }
}
