// Gives every loop a block of its own before it: the only way into the loop, with nothing else behind it. What leaves
// the loop upwards goes there. Empty ones go with the next cleaning.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class Preheaders
{
    /// <summary>Adds the missing ones; whether there were any.</summary>
    public static bool Insert(Function function)
    {
        Dominators dominators = new(function);
        List<Loop> loops = new LoopNest(function, dominators).Loops;
        Dictionary<Block, List<Block>> behind = [];
        Dictionary<Block, List<Block>> before = [];
        foreach (Loop loop in loops)
        {
            if (Of(loop) is not null)
            {
                continue;
            }

            Block added = Split(loop);
            Block? last = null;
            foreach (Block block in function.Blocks)
            {
                if (block == loop.Header)
                {
                    break;
                }

                last = added.Predecessors.Contains(block) ? block : last;
            }

            Dictionary<Block, List<Block>> side = last is null ? before : behind;
            Block place = last ?? loop.Header;
            if (!side.TryGetValue(place, out List<Block>? list))
            {
                side.Add(place, list = []);
            }

            list.Add(added);
        }

        if (behind.Count == 0 && before.Count == 0)
        {
            return false;
        }

        List<Block> blocks = [];
        foreach (Block block in function.Blocks)
        {
            blocks.AddRange(before.GetValueOrDefault(block) ?? []);
            blocks.Add(block);
            blocks.AddRange(behind.GetValueOrDefault(block) ?? []);
        }

        function.Blocks = blocks;
        return true;
    }

    /// <summary>The loop's preheader, or null if it has none.</summary>
    public static Block? Of(Loop loop)
    {
        Block? only = null;
        foreach (Block predecessor in loop.Header.Predecessors)
        {
            if (!loop.Contains(predecessor))
            {
                if (only is not null || predecessor.Successors.Count != 1)
                {
                    return null;
                }

                only = predecessor;
            }
        }

        return only;
    }

    private static Block Split(Loop loop)
    {
        Block header = loop.Header;
        Block added = new();
        List<int> outside = [];
        List<int> inside = [];
        for (int i = 0; i < header.Predecessors.Count; i++)
        {
            (loop.Contains(header.Predecessors[i]) ? inside : outside).Add(i);
        }

        foreach (Value phi in header.Phis)
        {
            Value[] incoming = [.. outside.Select(i => phi.Inputs[i])];
            Value merged = incoming[0];
            if (!incoming.All(input => input.SameLeaf(incoming[0])))
            {
                merged = added.AddPhi(new Value(Op.Phi) { Inputs = incoming, Position = phi.Position });
            }

            phi.Inputs = [.. inside.Select(i => phi.Inputs[i]), merged];
        }

        foreach (int index in outside)
        {
            Block predecessor = header.Predecessors[index];
            added.Predecessors.Add(predecessor);
            for (int i = 0; i < predecessor.Successors.Count; i++)
            {
                if (predecessor.Successors[i] == header)
                {
                    predecessor.Successors[i] = added;
                }
            }
        }

        Block[] back = [.. inside.Select(i => header.Predecessors[i])];
        header.Predecessors.Clear();
        header.Predecessors.AddRange(back);
        added.End(new Value(Op.Jump) { Position = header.Terminator!.Position }, header);
        return added;
    }
}
