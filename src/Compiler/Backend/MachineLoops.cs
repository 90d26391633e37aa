// Dominators (Cooper, Harvey and Kennedy's iteration), natural loops and the guess from them how often a block runs.

namespace XousCloud.Compiler.Backend;

internal static class MachineLoops
{
    private const double RunsPerLoop = 10;
    private const double ColdRuns = 0.01;
    private const double LeastFrequency = 1e-6;
    private const double GreatestFrequency = 1e12;

    /// <summary>Drops unreachable blocks and fills in predecessors, dominators, loops and frequencies of the rest.</summary>
    public static void Analyze(MachineBody body)
    {
        List<MachineBlock> order = ReversePostorder(body);
        HashSet<MachineBlock> reached = [.. order];
        body.Blocks.RemoveAll(block => !reached.Contains(block));
        body.LinkBlocks();
        int[] position = new int[order.Count];
        for (int i = 0; i < order.Count; i++)
        {
            position[order[i].Id] = i;
        }

        FindDominators(order, position);
        NumberDominatorTree(order);
        FindLoops(order);
        EstimateFrequencies(order, position);
    }

    /// <summary>Both ways of a branch are as likely, but loops are seldom left and panics never reached.</summary>
    private static void EstimateFrequencies(List<MachineBlock> order, int[] position)
    {
        double[] arriving = new double[order.Count];
        arriving[0] = 1;
        for (int i = 0; i < order.Count; i++)
        {
            MachineBlock block = order[i];
            bool isHeader = block.Loop == block;
            block.Frequency = Math.Clamp(arriving[i] * (isHeader ? RunsPerLoop : 1), LeastFrequency, GreatestFrequency);
            if (block.IsCold)
            {
                block.Frequency = Math.Min(block.Frequency, ColdRuns);
            }

            double total = block.Successors().Sum(Weight);
            foreach (MachineBlock successor in block.Successors())
            {
                if (position[successor.Id] > i)
                {
                    arriving[position[successor.Id]] += block.Frequency * Weight(successor) / total;
                }
            }

            double Weight(MachineBlock successor) => successor.IsCold ? ColdRuns : Leaves(block, successor) ? 1 / RunsPerLoop : 1;
        }
    }

    private static bool Leaves(MachineBlock block, MachineBlock successor) => successor.Depth < block.Depth;

    public static List<MachineBlock> ReversePostorder(MachineBody body)
    {
        List<MachineBlock> order = new(body.Blocks.Count);
        HashSet<MachineBlock> visited = [body.Blocks[0]];
        Stack<(MachineBlock Block, IEnumerator<MachineBlock> Following)> path = new();
        path.Push((body.Blocks[0], body.Blocks[0].Successors().GetEnumerator()));
        while (path.TryPeek(out (MachineBlock Block, IEnumerator<MachineBlock> Following) top))
        {
            if (!top.Following.MoveNext())
            {
                order.Add(top.Block);
                path.Pop();
            }
            else if (visited.Add(top.Following.Current))
            {
                path.Push((top.Following.Current, top.Following.Current.Successors().GetEnumerator()));
            }
        }

        order.Reverse();
        return order;
    }

    private static void FindDominators(List<MachineBlock> order, int[] position)
    {
        int[] dominator = new int[order.Count];
        Array.Fill(dominator, -1);
        dominator[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 1; i < order.Count; i++)
            {
                int common = -1;
                foreach (MachineBlock predecessor in order[i].Predecessors)
                {
                    int other = position[predecessor.Id];
                    if (dominator[other] >= 0)
                    {
                        common = common < 0 ? other : Intersect(dominator, common, other);
                    }
                }

                if (dominator[i] != common)
                {
                    dominator[i] = common;
                    changed = true;
                }
            }
        }

        order[0].Dominator = null;
        for (int i = 1; i < order.Count; i++)
        {
            order[i].Dominator = order[dominator[i]];
        }
    }

    private static int Intersect(int[] dominator, int a, int b)
    {
        while (a != b)
        {
            if (a > b)
            {
                a = dominator[a];
            }
            else
            {
                b = dominator[b];
            }
        }

        return a;
    }

    private static void NumberDominatorTree(List<MachineBlock> order)
    {
        // Sizes of subtrees first, children before parents; then every child takes its share of the parent's numbers.
        foreach (MachineBlock block in order)
        {
            block.DominatorLast = 1;
        }

        for (int i = order.Count - 1; i > 0; i--)
        {
            order[i].Dominator!.DominatorLast += order[i].DominatorLast;
        }

        int[] next = new int[order.Count];
        foreach (MachineBlock block in order)
        {
            int size = block.DominatorLast;
            if (block.Dominator is { } parent)
            {
                block.DominatorFirst = next[parent.Id];
                next[parent.Id] += size;
            }
            else
            {
                block.DominatorFirst = 0;
            }

            next[block.Id] = block.DominatorFirst + 1;
            block.DominatorLast = block.DominatorFirst + size - 1;
        }
    }

    private static void FindLoops(List<MachineBlock> order)
    {
        foreach (MachineBlock block in order)
        {
            block.Depth = 0;
            block.Loop = null;
        }

        // Headers outermost first, so that the innermost loop's entry is the last to be written.
        int[] seen = new int[order.Count];
        Stack<MachineBlock> work = new();
        for (int i = 0; i < order.Count; i++)
        {
            MachineBlock header = order[i];
            foreach (MachineBlock latch in header.Predecessors)
            {
                if (header.Dominates(latch))
                {
                    work.Push(latch);
                }
            }

            if (work.Count == 0)
            {
                continue;
            }

            seen[header.Id] = i + 1;
            header.Depth++;
            header.Loop = header;
            while (work.TryPop(out MachineBlock? block))
            {
                if (seen[block.Id] == i + 1)
                {
                    continue;
                }

                seen[block.Id] = i + 1;
                block.Depth++;
                block.Loop = header;
                foreach (MachineBlock predecessor in block.Predecessors)
                {
                    work.Push(predecessor);
                }
            }
        }
    }
}
