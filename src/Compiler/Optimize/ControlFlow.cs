// Cleans the graph of blocks: decided branches and checks, blocks that nobody reaches, empty blocks, straight lines in
// several blocks, and branches to a block that only panics, which become Checks.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class ControlFlow
{
    private const int MaximumRounds = 8;

    /// <summary>What all passes rely on: no unreachable blocks, and an entry that nothing jumps back to.</summary>
    public static void Prepare(Function function)
    {
        RemoveUnreachable(function);
        Block old = function.Entry;
        if (old.Predecessors.Count > 0)
        {
            Block entry = new();
            foreach (Value parameter in old.Body.Where(v => v.Op == Op.Parameter))
            {
                entry.Add(parameter);
            }

            old.Body.RemoveAll(v => v.Op == Op.Parameter);
            entry.End(new Value(Op.Jump), old);
            function.Blocks.Insert(0, entry);
        }
    }

    public static bool Clean(Function function)
    {
        bool changed = false;
        for (int round = 0; round < MaximumRounds; round++)
        {
            bool again = false;
            foreach (Block block in function.Blocks)
            {
                again |= CutBody(block) | DecideTerminator(block);
            }

            again |= RemoveUnreachable(function);
            foreach (Block block in function.Blocks)
            {
                again |= PanicInstead(block);
            }

            again |= BranchThreading.Run(function);
            again |= SkipEmpty(function);
            again |= RemoveUnreachable(function);
            again |= MergeLines(function);
            changed |= again;
            if (!again)
            {
                break;
            }
        }

        return changed;
    }

    public static bool RemoveUnreachable(Function function)
    {
        HashSet<Block> reached = [];
        Stack<Block> open = new([function.Entry]);
        while (open.TryPop(out Block? block))
        {
            if (reached.Add(block))
            {
                foreach (Block successor in block.Successors)
                {
                    open.Push(successor);
                }
            }
        }

        if (reached.Count == function.Blocks.Count)
        {
            return false;
        }

        foreach (Block block in function.Blocks)
        {
            if (!reached.Contains(block))
            {
                for (int i = block.Successors.Count - 1; i >= 0; i--)
                {
                    if (reached.Contains(block.Successors[i]))
                    {
                        block.RemoveSuccessor(i);
                    }
                }
            }
        }

        function.Blocks.RemoveAll(block => !reached.Contains(block));
        return true;
    }

    /// <summary>Removes checks that never fail, and everything behind one that always fails or a call that never returns.</summary>
    private static bool CutBody(Block block)
    {
        bool changed = false;
        List<Value> body = block.Body;
        for (int i = 0; i < body.Count; i++)
        {
            Value value = body[i];
            bool? fails = value.Op == Op.Check ? Folding.Decide(value.Condition, value.Inputs[0], value.Inputs[1]) : null;
            if (fails == false)
            {
                continue;
            }

            bool ends = fails == true || value is { Op: Op.Call, Symbol: FunctionSymbol { NeverReturns: true } };
            if (ends && (fails == true || i < body.Count - 1 || block.Terminator!.Op != Op.Unreachable))
            {
                Edges.RemoveAll(block);
                Edges.SetTerminator(block, fails == true
                    ? new Value(Op.Panic) { Panic = value.Panic, Position = value.Position }
                    : new Value(Op.Unreachable) { Position = value.Position });
                body.RemoveRange(fails == true ? i : i + 1, body.Count - i - (fails == true ? 0 : 1));
                changed = true;
                break;
            }
        }

        return body.RemoveAll(v => v.Op == Op.Check
            && Folding.Decide(v.Condition, v.Inputs[0], v.Inputs[1]) == false) > 0 || changed;
    }

    private static bool DecideTerminator(Block block)
    {
        Value terminator = block.Terminator!;
        List<Block> successors = block.Successors;
        switch (terminator.Op)
        {
            case Op.Branch:
                if (successors[0] == successors[1])
                {
                    Edges.JumpOver(block, 0);
                    return true;
                }

                if (Folding.Decide(terminator.Condition, terminator.Inputs[0], terminator.Inputs[1]) is { } holds)
                {
                    Edges.JumpOver(block, holds ? 0 : 1);
                    return true;
                }

                for (int i = 0; i < 2; i++)
                {
                    if (IsNeverReached(successors[i]))
                    {
                        Edges.JumpOver(block, 1 - i);
                        return true;
                    }
                }

                return false;
            case Op.Switch:
                Value selector = terminator.Inputs[0];
                if (selector.IsConst)
                {
                    Edges.JumpOver(block, (int)Math.Min((uint)selector.Imm, (uint)successors.Count - 1));
                    return true;
                }

                if (successors.TrueForAll(s => s == successors[0]))
                {
                    Edges.JumpOver(block, 0);
                    return true;
                }

                // The last cases are those of the default.
                int last = successors.Count - 1;
                if (successors[last - 1] == successors[last])
                {
                    block.RemoveSuccessor(last - 1);
                    return true;
                }

                if (successors.Count == 2)
                {
                    Edges.SetTerminator(block, new Value(Op.Branch, selector, Value.Const(0)) { Condition = Condition.Equal });
                    return true;
                }

                return false;
            default:
                return false;
        }
    }

    private static bool IsNeverReached(Block block) =>
        block.Terminator!.Op == Op.Unreachable && block.Body.Count == 0 && block.Phis.Count == 0;

    private static bool IsPanicOnly(Block block) =>
        block.Terminator!.Op == Op.Panic && block.Body.Count == 0 && block.Phis.Count == 0;

    private static bool PanicInstead(Block block)
    {
        if (block.Terminator!.Op == Op.Jump && IsPanicOnly(block.Successors[0]))
        {
            Value panic = block.Successors[0].Terminator!;
            Edges.RemoveAll(block);
            Edges.SetTerminator(block, new Value(Op.Panic) { Panic = panic.Panic, Position = panic.Position });
            return true;
        }

        if (block.Terminator.Op != Op.Branch || block.Successors[0] == block.Successors[1])
        {
            return false;
        }

        for (int i = 0; i < 2; i++)
        {
            if (IsPanicOnly(block.Successors[i]))
            {
                Value branch = block.Terminator;
                Value panic = block.Successors[i].Terminator!;
                Value check = new(Op.Check, branch.Inputs[0], branch.Inputs[1])
                {
                    Condition = i == 0 ? branch.Condition : branch.Condition.Negate(),
                    Panic = panic.Panic,
                    Position = panic.Position ?? branch.Position,
                };
                Folding.SimplifyCondition(check);
                block.Add(check);
                Edges.JumpOver(block, 1 - i);
                return true;
            }
        }

        return false;
    }

    /// <summary>Leads edges to empty blocks on to where those jump.</summary>
    private static bool SkipEmpty(Function function)
    {
        Dictionary<Block, Block> lasts = [];
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            if (block != function.Entry && IsEmpty(block))
            {
                continue;
            }

            for (int i = 0; i < block.Successors.Count; i++)
            {
                Block first = block.Successors[i];
                if (!IsEmpty(first))
                {
                    continue;
                }

                Block last = LastEmpty(first, lasts);
                Block target = last.Successors[0];
                if (target.Phis.Count > 0 && block.Successors.Count > 1)
                {
                    // An edge that takes values to phis keeps a block, which the copies go into, if it is one of several.
                    target = last;
                }

                if (target != first && !IsEmpty(target) | target == last)
                {
                    Edges.Redirect(block, i, target, target == last ? [] : Edges.PhiInputs(last, target));
                    changed = true;
                }
            }
        }

        return changed;
    }

    private static bool IsEmpty(Block block) =>
        block.Terminator!.Op == Op.Jump && block.Body.Count == 0 && block.Phis.Count == 0 && block.Successors[0] != block;

    /// <summary>The last of the empty blocks that jump to each other; in a circle of them, any.</summary>
    private static Block LastEmpty(Block start, Dictionary<Block, Block> lasts)
    {
        List<Block> path = [];
        Block block = start;
        while (!lasts.TryGetValue(block, out Block? known))
        {
            path.Add(block);
            lasts.Add(block, block);
            if (!IsEmpty(block.Successors[0]))
            {
                break;
            }

            block = block.Successors[0];
        }

        Block last = lasts[block];
        foreach (Block on in path)
        {
            lasts[on] = last;
        }

        return last;
    }

    /// <summary>Appends to a block its only successor, if it is that one's only predecessor.</summary>
    private static bool MergeLines(Function function)
    {
        HashSet<Block> merged = [];
        bool replaced = false;
        foreach (Block block in function.Blocks)
        {
            if (merged.Contains(block))
            {
                continue;
            }

            while (block.Terminator!.Op == Op.Jump && block.Successors[0] is { Predecessors.Count: 1 } next && next != block
                && next != function.Entry)
            {
                foreach (Value phi in next.Phis)
                {
                    phi.Become(phi.Inputs[0]);
                    replaced = true;
                }

                foreach (Value value in next.Body)
                {
                    block.Add(value);
                }

                block.Successors.Clear();
                foreach (Block successor in next.Successors)
                {
                    block.Successors.Add(successor);
                    successor.Predecessors[successor.Predecessors.IndexOf(next)] = block;
                }

                Edges.SetTerminator(block, next.Terminator!);
                merged.Add(next);
            }
        }

        function.Blocks.RemoveAll(merged.Contains);
        if (replaced)
        {
            function.Resolve();
        }

        return merged.Count > 0;
    }
}
