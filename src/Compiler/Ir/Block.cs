// A basic block: phis, operations, one terminator. Edges are kept in both directions, and a block may occur twice among
// the successors of another (a switch); the phi inputs then stand twice, too.

namespace XousCloud.Compiler.Ir;

public sealed class Block
{
    public int Id { get; set; } = -1;

    public List<Value> Phis { get; } = [];

    public List<Value> Body { get; set; } = [];

    /// <summary>The operation that ends the block; null only while the block is being built.</summary>
    public Value? Terminator { get; set; }

    public List<Block> Successors { get; } = [];

    public List<Block> Predecessors { get; } = [];

    /// <summary>How many loops the block is in; set by <see cref="LoopNest"/>.</summary>
    public int LoopDepth { get; set; }

    /// <summary>The block ends in a panic, or only leads to one: it is laid out last.</summary>
    public bool IsCold { get; set; }

    public Value Add(Value value)
    {
        value.Block = this;
        Body.Add(value);
        return value;
    }

    public Value AddPhi(Value phi)
    {
        phi.Block = this;
        Phis.Add(phi);
        return phi;
    }

    /// <summary>Ends the block and enters the edges.</summary>
    public void End(Value terminator, params ReadOnlySpan<Block> successors)
    {
        terminator.Block = this;
        Terminator = terminator;
        foreach (Block successor in successors)
        {
            Successors.Add(successor);
            successor.Predecessors.Add(this);
        }
    }

    /// <summary>Removes edge number <paramref name="index"/> of the successors, with the phi inputs that came over it.</summary>
    public void RemoveSuccessor(int index)
    {
        Block target = Successors[index];
        Successors.RemoveAt(index);
        target.RemovePredecessor(target.Predecessors.IndexOf(this));
    }

    /// <summary>Leads edge number <paramref name="index"/> to another block, which must have no phis.</summary>
    public void RedirectSuccessor(int index, Block target)
    {
        Block old = Successors[index];
        Successors[index] = target;
        target.Predecessors.Add(this);
        old.RemovePredecessor(old.Predecessors.IndexOf(this));
    }

    public void RemovePredecessor(int index)
    {
        Predecessors.RemoveAt(index);
        foreach (Value phi in Phis)
        {
            phi.Inputs = [.. phi.Inputs[..index], .. phi.Inputs[(index + 1)..]];
        }
    }

    public override string ToString() => $"b{Id}";
}
