// The natural loops of a function: an edge to a block that dominates its source closes a loop. Cycles that are entered
// in several places have no such edge and are not loops here; passes then merely miss something.

namespace XousCloud.Compiler.Ir;

/// <summary>All blocks from which a back edge to the header can be reached without passing the header.</summary>
public sealed class Loop(Block header)
{
    public Block Header { get; } = header;

    public Loop? Parent { get; internal set; }

    /// <summary>1 for an outermost loop.</summary>
    public int Depth { get; internal set; }

    /// <summary>The sources of the edges back to the header.</summary>
    public List<Block> Latches { get; } = [];

    /// <summary>The blocks of the loop and of the loops in it, in layout order.</summary>
    public List<Block> Blocks { get; } = [];

    public bool Contains(Block block)
    {
        return Members.Contains(block);
    }

    internal HashSet<Block> Members { get; } = [];
}

public sealed class LoopNest
{
    private readonly Dictionary<Block, Loop> innermost = [];

    public LoopNest(Function function, Dominators dominators)
    {
        Dictionary<Block, Loop> byHeader = [];
        foreach (Block block in dominators.ReversePostorder)
        {
            foreach (Block predecessor in block.Predecessors)
            {
                if (dominators.IsReachable(predecessor) && dominators.Dominates(block, predecessor))
                {
                    if (!byHeader.TryGetValue(block, out Loop? loop))
                    {
                        byHeader.Add(block, loop = new Loop(block));
                        Loops.Add(loop);
                    }

                    if (!loop.Latches.Contains(predecessor))
                    {
                        loop.Latches.Add(predecessor);
                    }
                }
            }
        }

        // Inner loops come later in the order, so going backwards every loop finds the loops in it complete.
        for (int i = Loops.Count - 1; i >= 0; i--)
        {
            Collect(Loops[i], dominators);
        }

        foreach (Loop loop in Loops)
        {
            loop.Depth = loop.Parent is { } parent ? parent.Depth + 1 : 1;
        }

        foreach (Block block in function.Blocks)
        {
            block.LoopDepth = 0;
            for (Loop? loop = Of(block); loop is not null; loop = loop.Parent)
            {
                block.LoopDepth = Math.Max(block.LoopDepth, loop.Depth);
                loop.Blocks.Add(block);
                loop.Members.Add(block);
            }
        }
    }

    /// <summary>Outer loops before the loops in them.</summary>
    public List<Loop> Loops { get; } = [];

    /// <summary>The innermost loop that a block is in, or null.</summary>
    public Loop? Of(Block block) => innermost.GetValueOrDefault(block);

    private void Collect(Loop loop, Dominators dominators)
    {
        innermost.TryAdd(loop.Header, loop);
        Stack<Block> open = new(loop.Latches);
        while (open.Count > 0)
        {
            Block block = open.Pop();
            Block start = block;
            if (innermost.TryGetValue(block, out Loop? inner))
            {
                while (inner != loop && inner.Parent is { } outer)
                {
                    inner = outer;
                }

                if (inner == loop)
                {
                    continue;
                }

                inner.Parent = loop;
                start = inner.Header;
            }
            else
            {
                innermost.Add(block, loop);
            }

            foreach (Block predecessor in start.Predecessors)
            {
                if (dominators.IsReachable(predecessor))
                {
                    open.Push(predecessor);
                }
            }
        }
    }
}
