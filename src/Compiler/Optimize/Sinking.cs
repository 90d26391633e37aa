// Moves an operation down to the one way that needs it: out of a block that branches, into the block that all uses are
// in or behind, if that is not in a deeper loop.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class Sinking
{
    /// <summary>With more uses, or uses further down the dominator tree, a value stays.</summary>
    private const int MaximumUses = 12;

    private const int MaximumClimb = 48;

    public static bool Run(Function function)
    {
        Dominators dominators = new(function);
        _ = new LoopNest(function, dominators);
        Dictionary<Value, List<Block>> usedIn = [];
        bool changed = false;

        // Backwards, so that what sinks takes along what only it used.
        for (int i = dominators.Preorder.Count - 1; i >= 0; i--)
        {
            Block block = dominators.Preorder[i];
            Enter(block);
        }

        for (int i = dominators.ReversePostorder.Count - 1; i >= 0; i--)
        {
            Block block = dominators.ReversePostorder[i];
            if (block.Successors.Count < 2)
            {
                continue;
            }

            for (int at = block.Body.Count - 1; at >= 0; at--)
            {
                Value value = block.Body[at];
                if (!value.IsPure || !usedIn.TryGetValue(value, out List<Block>? users)
                    || Destination(block, users, dominators) is not { } target)
                {
                    continue;
                }

                block.Body.RemoveAt(at);
                target.Body.Insert(0, value);
                value.Block = target;
                foreach (Value input in value.Inputs)
                {
                    if (usedIn.TryGetValue(input, out List<Block>? blocks))
                    {
                        blocks.Remove(block);
                        blocks.Add(target);
                    }
                }

                changed = true;
            }
        }

        return changed;

        void Enter(Block block)
        {
            foreach (Value user in block.All())
            {
                for (int i = 0; i < user.Inputs.Length; i++)
                {
                    Value input = user.Inputs[i];
                    if (input.IsPure)
                    {
                        if (!usedIn.TryGetValue(input, out List<Block>? users))
                        {
                            usedIn.Add(input, users = []);
                        }

                        users.Add(user.Op == Op.Phi ? block.Predecessors[i] : block);
                    }
                }
            }
        }
    }

    /// <summary>The deepest block that dominates all uses, if it lies behind one way out of the block and in no deeper loop.</summary>
    private static Block? Destination(Block block, List<Block> users, Dominators dominators)
    {
        if (users.Count > MaximumUses || users.Contains(block))
        {
            return null;
        }

        Block common = users[0];
        int climb = MaximumClimb;
        foreach (Block user in users)
        {
            while (!dominators.Dominates(common, user))
            {
                common = dominators.Parent(common)!;
                if (common == block || --climb < 0)
                {
                    return null;
                }
            }
        }

        // Up to a block that is entered from one side only and not oftener than the block itself.
        while (common != block && (common.LoopDepth > block.LoopDepth || common.Phis.Count > 0 || common.Predecessors.Count != 1))
        {
            common = dominators.Parent(common)!;
            if (--climb < 0)
            {
                return null;
            }
        }

        if (common == block)
        {
            return null;
        }

        // Directly behind a way out: further down the value would only live longer in other registers.
        for (Block up = common; up != block; up = dominators.Parent(up)!)
        {
            if (--climb < 0 || (dominators.Parent(up) == block && up.Predecessors.Count != 1))
            {
                return null;
            }
        }

        return common;
    }
}
