// Marks blocks that only lead to a panic and lays them out behind all others; the order is otherwise kept.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class Layout
{
    public static void Run(Function function)
    {
        Dictionary<Block, int> warm = [];
        Stack<Block> cold = new();
        foreach (Block block in function.Blocks)
        {
            block.IsCold = false;
            warm[block] = block.Successors.Count;
            if (block.Terminator!.Op is Op.Panic or Op.Unreachable)
            {
                cold.Push(block);
            }
        }

        while (cold.TryPop(out Block? block))
        {
            block.IsCold = block != function.Entry;
            foreach (Block predecessor in block.Predecessors)
            {
                if (--warm[predecessor] == 0)
                {
                    cold.Push(predecessor);
                }
            }
        }

        function.Blocks = [.. function.Blocks.Where(b => !b.IsCold), .. function.Blocks.Where(b => b.IsCold)];
    }
}
