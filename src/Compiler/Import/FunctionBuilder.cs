// Builds the IR of one function, together with everything that is inlined into it: the current block, the current source
// position, and values that fold as they are made.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Import;

internal sealed class FunctionBuilder(Function function)
{
    private const int MostValues = 400_000;

    private readonly List<(Block Block, int[] Key, int Order)> blocks = [];
    private int values;

    public Function Function { get; } = function;

    /// <summary>The block that values go to; null while the code is unreachable.</summary>
    public Block? Current { get; set; }

    public SourcePosition? Position { get; set; }

    /// <summary>Bytes of IL that were inlined so far.</summary>
    public int InlinedBytes { get; set; }

    /// <summary>A new block whose place in the layout is given by the path of IL offsets that leads to it.</summary>
    public Block NewBlock(int[] key)
    {
        Block block = new();
        blocks.Add((block, key, blocks.Count));
        return block;
    }

    /// <summary>Puts the blocks that were ended in the order of their keys.</summary>
    public void Finish()
    {
        blocks.Sort((a, b) =>
        {
            int order = a.Key.AsSpan().SequenceCompareTo(b.Key);
            return order != 0 ? order : a.Order.CompareTo(b.Order);
        });
        Function.Blocks = [.. blocks.Where(entry => entry.Block.Terminator is not null).Select(entry => entry.Block)];
        int entry = Function.Blocks.FindIndex(block => block == blocks.MinBy(candidate => candidate.Order).Block);
        if (entry > 0)
        {
            Block first = Function.Blocks[entry];
            Function.Blocks.RemoveAt(entry);
            Function.Blocks.Insert(0, first);
        }
    }

    /// <summary>Places a value, or returns what it folds to.</summary>
    public Value Emit(Value value)
    {
        if (Current is null)
        {
            return Value.Const(0); // Behind a check that always fails.
        }

        if (value.IsPure || value.Op == Op.Load)
        {
            if (Folding.Simplify(value) is { } simpler)
            {
                return simpler.Resolved();
            }
        }

        if (++values > MostValues)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"{Function.Name} becomes too large with what is inlined into it.", Position);
        }

        value.Position = Position;
        return Current.Add(value);
    }

    public Value Binary(Op op, Value a, Value b) => Emit(new Value(op, a, b));

    public Value Add(Value a, Value b) => Binary(Op.Add, a, b);

    public Value Add(Value a, int offset) => offset == 0 ? a : Binary(Op.Add, a, Value.Const(offset));

    public Value Sub(Value a, Value b) => Binary(Op.Sub, a, b);

    public Value And(Value a, int mask) => Binary(Op.And, a, Value.Const(mask));

    public Value Unary(Op op, Value a) => Emit(new Value(op, a));

    public Value Set(Condition condition, Value a, Value b)
    {
        if (Folding.Decide(condition, a, b) is { } decided)
        {
            return Value.Const(decided ? 1 : 0);
        }

        return Emit(new Value(Op.Set, a, b) { Condition = condition });
    }

    public Value Load(Value address, int offset, int size, bool signed, bool isVolatile = false)
    {
        Fold(ref address, ref offset);
        return Emit(new Value(Op.Load, address) { Imm = offset, Size = (byte)size, Signed = signed, Volatile = isVolatile });
    }

    public void Store(Value address, int offset, int size, Value value, bool isVolatile = false)
    {
        Fold(ref address, ref offset);
        Emit(new Value(Op.Store, address, value) { Imm = offset, Size = (byte)size, Volatile = isVolatile });
    }

    public void Copy(Value target, Value source, int count, int alignment)
    {
        if (count > 0)
        {
            Emit(new Value(Op.CopyMemory, target, source) { Imm = count, Size = (byte)Math.Min(4, alignment) });
        }
    }

    public void Clear(Value target, int count, int alignment)
    {
        if (count > 0)
        {
            Emit(new Value(Op.ClearMemory, target) { Imm = count, Size = (byte)Math.Min(4, alignment) });
        }
    }

    // Addresses with a displacement are one leaf.
    private static void Fold(ref Value address, ref int offset)
    {
        if (address.Op is Op.SlotAddress && offset != 0)
        {
            address = Value.AddressOf(address.Slot!, address.Imm + offset);
            offset = 0;
        }
        else if (address.Op is Op.SymbolAddress && offset != 0)
        {
            address = Value.AddressOf(address.Symbol!, address.Imm + offset);
            offset = 0;
        }
    }

    /// <summary>Panics if the condition holds.</summary>
    public void Check(Condition condition, Value a, Value b, PanicKind kind)
    {
        switch (Folding.Decide(condition, a, b))
        {
            case false:
                return;
            case true:
                Panic(kind);
                return;
        }

        Emit(new Value(Op.Check, a, b) { Condition = condition, Panic = kind });
    }

    /// <summary>Ends the block in a panic; what follows is unreachable.</summary>
    public void Panic(PanicKind kind) => End(new Value(Op.Panic) { Panic = kind });

    public void Jump(Block target) => End(new Value(Op.Jump), target);

    public void Branch(Condition condition, Value a, Value b, Block taken, Block otherwise)
    {
        if (Folding.Decide(condition, a, b) is { } decided)
        {
            Jump(decided ? taken : otherwise);
            return;
        }

        End(new Value(Op.Branch, a, b) { Condition = condition }, taken, otherwise);
    }

    public void End(Value terminator, params ReadOnlySpan<Block> successors)
    {
        if (Current is null)
        {
            return;
        }

        terminator.Position = Position;
        Current.End(terminator, successors);
        Current = null;
    }

    /// <summary>Something outside the subset: an error if the code is still reachable in the end.</summary>
    public void Unsupported(DiagnosticCode code, string text)
    {
        if (Current is not null)
        {
            Emit(new Value(Op.Unsupported) { Diagnostic = new Diagnostic(code, text, Position) });
            End(new Value(Op.Unreachable));
        }
    }

    public Slot NewSlot(int size, int alignment, string name) => new(Math.Max(1, size), Math.Clamp(alignment, 1, 16), name);
}
