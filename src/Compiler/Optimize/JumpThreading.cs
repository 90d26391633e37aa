// Leads a way into a block on to where the block's branch goes on that way, if the values of that way decide the branch:
// flags and small numbers that one branch sets and the next one tests cost nothing then. The block's values get copies
// for that way, and phis where the ways meet again. Loop headers stay as they are, so every loop keeps its one entry.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class JumpThreading
{
    /// <summary>How many blocks are copied in a function; every copy costs a walk over it.</summary>
    private const int MaximumCopies = 32;

    /// <summary>Larger functions get few copies.</summary>
    private const int ManyBlocks = 1000;

    /// <summary>So many operations of a block are repeated on the new way.</summary>
    private const int MaximumBody = 2;

    private const int MaximumPredecessors = 16;

    public static bool Run(Function function)
    {
        int left = function.Blocks.Count > ManyBlocks ? MaximumCopies / 8 : MaximumCopies;
        bool changed = false;
        while (left-- > 0 && RunOnce(function))
        {
            changed = true;
        }

        return changed;
    }

    private static bool RunOnce(Function function)
    {
        List<Block> candidates = function.Blocks.FindAll(IsCandidate);
        if (candidates.Count == 0)
        {
            return false;
        }

        Dominators dominators = new(function);
        foreach (Block block in candidates)
        {
            if (block.Predecessors.Exists(p => dominators.Dominates(block, p)))
            {
                continue;
            }

            for (int target = 0; target < 2; target++)
            {
                List<Block> ways = [];
                for (int i = 0; i < block.Predecessors.Count; i++)
                {
                    if (Decide(block, i) == (target == 0))
                    {
                        ways.Add(block.Predecessors[i]);
                    }
                }

                // If all ways go there, the branch is decided, and other passes see to it.
                if (ways.Count > 0 && ways.Count < block.Predecessors.Count)
                {
                    Copy(function, block, ways, target);
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsCandidate(Block block) =>
        block.Terminator!.Op == Op.Branch && block.Phis.Count > 0
        && block.Body.Count <= MaximumBody && block.Body.TrueForAll(value => value.IsPure)
        && block.Predecessors.Count is > 1 and <= MaximumPredecessors
        && block.Successors[0] != block.Successors[1] && !block.Successors.Contains(block)
        && block.Predecessors.Distinct().Count() == block.Predecessors.Count;

    private static bool? Decide(Block block, int way)
    {
        Value branch = block.Terminator!;
        Value a = Over(branch.Inputs[0], block, way, 0);
        Value b = Over(branch.Inputs[1], block, way, 0);
        bool depends = a != branch.Inputs[0] || b != branch.Inputs[1];
        return depends ? Folding.Decide(branch.Condition, a, b) : null;
    }

    /// <summary>What a value of the block is when it is entered on one way, without placing anything.</summary>
    private static Value Over(Value value, Block block, int way, int depth)
    {
        if (value.Block != block || depth > MaximumBody)
        {
            return value;
        }

        if (value.Op == Op.Phi)
        {
            return value.Inputs[way];
        }

        Value copy = new(value.Op) { Inputs = [.. value.Inputs.Select(input => Over(input, block, way, depth + 1))], Condition = value.Condition };
        return Folding.Simplify(copy) ?? copy;
    }

    private static void Copy(Function function, Block block, List<Block> ways, int target)
    {
        Block copy = new();
        List<(Value Original, Value Copy)> copies = [];
        Dictionary<Value, Value> map = [];
        int[] indices = [.. ways.Select(way => block.Predecessors.IndexOf(way))];
        foreach (Value phi in block.Phis)
        {
            Value[] inputs = [.. indices.Select(i => phi.Inputs[i])];
            Value result = inputs.All(input => input.SameLeaf(inputs[0]))
                ? inputs[0]
                : copy.AddPhi(new Value(Op.Phi) { Inputs = inputs, Position = phi.Position });
            copies.Add((phi, result));
            map.Add(phi, result);
        }

        Value Mapped(Value value) => map.GetValueOrDefault(value, value);

        foreach (Value value in block.Body)
        {
            Value repeated = new(value.Op)
            {
                Inputs = [.. value.Inputs.Select(Mapped)],
                Condition = value.Condition,
                Position = value.Position,
            };
            Value result = Folding.Simplify(repeated)?.Resolved() ?? copy.Add(repeated);
            copies.Add((value, result));
            map.Add(value, result);
        }

        Block destination = block.Successors[target];
        Value[] phiInputs = [.. Edges.PhiInputs(block, destination).Select(Mapped)];
        foreach (Block way in ways)
        {
            way.Successors[way.Successors.IndexOf(block)] = copy;
            copy.Predecessors.Add(way);
            block.RemovePredecessor(block.Predecessors.IndexOf(way));
        }

        copy.Terminator = new Value(Op.Jump) { Block = copy, Position = block.Terminator!.Position };
        Edges.Add(copy, destination, phiInputs);
        function.Blocks.Insert(function.Blocks.IndexOf(block), copy);
        SsaRepair.Run(function, block, copy, copies);
    }
}
