// Where phis are needed for a variable with several definitions: the iterated dominance frontier of the defining
// blocks, by the levels of the dominator tree, as far as the variable is still read there (pruned form).

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class PhiPlacement
{
    /// <param name="dominators">Of the function as it is.</param>
    /// <param name="definitions">Blocks that define the variable.</param>
    /// <param name="reads">Blocks that read it before they define it, or at whose end it is read without a definition.</param>
    public static List<Block> Find(Dominators dominators, IReadOnlyCollection<Block> definitions, IEnumerable<Block> reads)
    {
        HashSet<Block> defined = [.. definitions];
        HashSet<Block> liveIn = [];
        Stack<Block> open = new(reads);
        while (open.TryPop(out Block? block))
        {
            if (liveIn.Add(block))
            {
                foreach (Block predecessor in block.Predecessors)
                {
                    if (!defined.Contains(predecessor))
                    {
                        open.Push(predecessor);
                    }
                }
            }
        }

        // Definitions from the deepest level up: whatever their subtrees reach at their level or above is a frontier.
        PriorityQueue<Block, int> roots = new();
        foreach (Block block in definitions)
        {
            roots.Enqueue(block, -dominators.Depth(block));
        }

        List<Block> placed = [];
        HashSet<Block> isPlaced = [];
        HashSet<Block> visited = [];
        Stack<Block> subtree = new();
        while (roots.TryDequeue(out Block? root, out _))
        {
            int level = dominators.Depth(root);
            if (visited.Add(root))
            {
                subtree.Push(root);
            }

            while (subtree.TryPop(out Block? block))
            {
                foreach (Block successor in block.Successors)
                {
                    if (dominators.Depth(successor) <= level && liveIn.Contains(successor) && isPlaced.Add(successor))
                    {
                        placed.Add(successor);
                        if (!defined.Contains(successor))
                        {
                            roots.Enqueue(successor, -dominators.Depth(successor));
                        }
                    }
                }

                foreach (Block child in dominators.Children(block))
                {
                    if (visited.Add(child))
                    {
                        subtree.Push(child);
                    }
                }
            }
        }

        return placed;
    }
}
