// A block that only selects by phis where to go (the value of "a && b", or the result of an inlined predicate) is
// skipped: a predecessor whose values decide the branch goes on to the decided successor, and a predecessor that brings
// a comparison branches on it itself. Loop headers stay, so that no loop gets a second entry.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class BranchThreading
{
    public static bool Run(Function function)
    {
        List<Block> candidates = function.Blocks.FindAll(
            b => b.Phis.Count > 0 && b.Body.Count == 0 && b.Terminator!.Op == Op.Branch && b.Successors[0] != b.Successors[1]
            && (b.Phis.Contains(b.Terminator.Inputs[0]) || b.Phis.Contains(b.Terminator.Inputs[1])));
        if (candidates.Count == 0)
        {
            return false;
        }

        int[] uses = new int[function.Number()];
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                foreach (Value input in value.Inputs)
                {
                    uses[input.Id]++;
                }
            }
        }

        Dominators dominators = new(function);
        HashSet<Block> touched = [];
        bool changed = false;
        foreach (Block block in candidates)
        {
            bool fresh = !touched.Contains(block) && !block.Successors.Exists(touched.Contains)
                && !block.Predecessors.Exists(touched.Contains);
            if (fresh && !block.Predecessors.Exists(p => dominators.Dominates(block, p)) && IsUsedOnlyToLeave(block, uses)
                && Thread(block, uses))
            {
                touched.Add(block);
                touched.UnionWith(block.Successors);
                touched.UnionWith(block.Predecessors);
                changed = true;
            }
        }

        return changed;
    }

    // Only the terminator and the phis behind it use the block's phis, so a predecessor can take over both.
    private static bool IsUsedOnlyToLeave(Block block, int[] uses)
    {
        foreach (Value phi in block.Phis)
        {
            int seen = block.Terminator!.Inputs.Count(input => input == phi);
            foreach (Block successor in block.Successors)
            {
                int index = successor.Predecessors.IndexOf(block);
                seen += successor.Phis.Count(other => other.Inputs[index] == phi);
            }

            if (seen != uses[phi.Id])
            {
                return false;
            }
        }

        return true;
    }

    private static bool Thread(Block block, int[] uses)
    {
        bool changed = false;
        Value branch = block.Terminator!;
        for (int index = block.Predecessors.Count - 1; index >= 0; index--)
        {
            Block predecessor = block.Predecessors[index];
            if (predecessor.Successors.Count(s => s == block) != 1)
            {
                continue;
            }

            Value a = Over(branch.Inputs[0], index);
            Value b = Over(branch.Inputs[1], index);
            if (Folding.Decide(branch.Condition, a, b) is { } holds)
            {
                Block target = block.Successors[holds ? 0 : 1];
                Value[] phiInputs = Inputs(target, index);
                if (Edges.Agree(predecessor, target, phiInputs))
                {
                    Edges.Redirect(predecessor, predecessor.Successors.IndexOf(block), target, phiInputs);
                    changed = true;
                }
            }
            else if (predecessor.Terminator!.Op == Op.Jump && (IsLoneSet(a) || IsLoneSet(b)))
            {
                Value copy = new(Op.Branch, a, b) { Condition = branch.Condition, Position = branch.Position };
                Folding.SimplifyCondition(copy);
                (Block first, Block second) = (block.Successors[0], block.Successors[1]);
                (Value[] firstInputs, Value[] secondInputs) = (Inputs(first, index), Inputs(second, index));
                Edges.Redirect(predecessor, 0, first, firstInputs);
                Edges.Add(predecessor, second, secondInputs);
                Edges.SetTerminator(predecessor, copy);
                changed = true;
            }
        }

        return changed;

        Value Over(Value value, int index) => value.Op == Op.Phi && value.Block == block ? value.Inputs[index] : value;

        bool IsLoneSet(Value value) => value.Op == Op.Set && uses[value.Id] == 1;

        Value[] Inputs(Block target, int index) => [.. Edges.PhiInputs(block, target).Select(input => Over(input, index))];
    }
}
