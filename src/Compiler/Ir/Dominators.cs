// The dominator tree of a function (Lengauer and Tarjan, with path compression) and the order in which to visit blocks
// so that dominators come first. Building it numbers the blocks. Nothing recurses: blocks may nest as deep as they like.

namespace XousCloud.Compiler.Ir;

public sealed class Dominators
{
    private readonly Block?[] parents;
    private readonly List<Block>[] children;
    private readonly int[] first;
    private readonly int[] last;
    private readonly int[] depths;
    private readonly List<Block> order = [];
    private readonly List<Block> preorder = [];

    public Dominators(Function function)
    {
        int count = function.Blocks.Count;
        for (int i = 0; i < count; i++)
        {
            function.Blocks[i].Id = i;
        }

        parents = new Block?[count];
        children = new List<Block>[count];
        first = new int[count];
        last = new int[count];
        depths = new int[count];
        Array.Fill(first, -1);
        for (int i = 0; i < count; i++)
        {
            children[i] = [];
        }

        VisitDepthFirst(function.Entry, count);
        NumberTree(function.Entry);
    }

    /// <summary>The reachable blocks in reverse postorder: every block after all that dominate it.</summary>
    public IReadOnlyList<Block> ReversePostorder => order;

    /// <summary>The reachable blocks in preorder of the dominator tree.</summary>
    public IReadOnlyList<Block> Preorder => preorder;

    public bool IsReachable(Block block) => first[block.Id] >= 0;

    /// <summary>The immediate dominator; null for the entry and for unreachable blocks.</summary>
    public Block? Parent(Block block) => parents[block.Id];

    public IReadOnlyList<Block> Children(Block block) => children[block.Id];

    /// <summary>The distance from the entry in the tree.</summary>
    public int Depth(Block block) => depths[block.Id];

    /// <summary>Whether every path from the entry to <paramref name="b"/> goes through <paramref name="a"/>, itself included.</summary>
    public bool Dominates(Block a, Block b) => first[a.Id] <= first[b.Id] && last[b.Id] <= last[a.Id] && first[a.Id] >= 0;

    private void VisitDepthFirst(Block entry, int count)
    {
        // Numbers from here on are those of the depth-first visit.
        int[] number = new int[count];
        Array.Fill(number, -1);
        List<Block> vertices = [];
        List<int> spanning = [];
        Stack<(Block Block, int Next)> stack = new();
        void Enter(Block block, int from)
        {
            number[block.Id] = vertices.Count;
            vertices.Add(block);
            spanning.Add(from);
            stack.Push((block, 0));
        }

        Enter(entry, 0);
        while (stack.Count > 0)
        {
            (Block block, int next) = stack.Pop();
            if (next == block.Successors.Count)
            {
                order.Add(block);
                continue;
            }

            stack.Push((block, next + 1));

            // Successors backwards, so that the reverse postorder follows the layout.
            Block successor = block.Successors[block.Successors.Count - 1 - next];
            if (number[successor.Id] < 0)
            {
                Enter(successor, number[block.Id]);
            }
        }

        order.Reverse();
        int[] immediate = FindDominators(vertices, spanning, number);
        for (int i = 1; i < vertices.Count; i++)
        {
            parents[vertices[i].Id] = vertices[immediate[i]];
        }

        foreach (Block block in order)
        {
            if (parents[block.Id] is { } parent)
            {
                children[parent.Id].Add(block);
            }
        }
    }

    private static int[] FindDominators(List<Block> vertices, List<int> spanning, int[] number)
    {
        int count = vertices.Count;
        int[] semi = new int[count];
        int[] label = new int[count];
        int[] ancestor = new int[count];
        int[] dominator = new int[count];
        List<int>[] buckets = new List<int>[count];
        for (int i = 0; i < count; i++)
        {
            semi[i] = label[i] = i;
            ancestor[i] = -1;
            buckets[i] = [];
        }

        List<int> path = [];
        int Evaluate(int vertex)
        {
            if (ancestor[vertex] < 0)
            {
                return vertex;
            }

            path.Clear();
            for (int at = vertex; ancestor[ancestor[at]] >= 0; at = ancestor[at])
            {
                path.Add(at);
            }

            for (int i = path.Count - 1; i >= 0; i--)
            {
                int at = path[i];
                int above = ancestor[at];
                if (semi[label[above]] < semi[label[at]])
                {
                    label[at] = label[above];
                }

                ancestor[at] = ancestor[above];
            }

            return label[vertex];
        }

        for (int w = count - 1; w > 0; w--)
        {
            foreach (Block predecessor in vertices[w].Predecessors)
            {
                if (number[predecessor.Id] >= 0)
                {
                    semi[w] = Math.Min(semi[w], semi[Evaluate(number[predecessor.Id])]);
                }
            }

            buckets[semi[w]].Add(w);
            int parent = spanning[w];
            ancestor[w] = parent;
            foreach (int v in buckets[parent])
            {
                int u = Evaluate(v);
                dominator[v] = semi[u] < semi[v] ? u : parent;
            }

            buckets[parent].Clear();
        }

        for (int w = 1; w < count; w++)
        {
            if (dominator[w] != semi[w])
            {
                dominator[w] = dominator[dominator[w]];
            }
        }

        return dominator;
    }

    private void NumberTree(Block entry)
    {
        int clock = 0;
        Stack<(Block Block, int Next)> stack = new();
        stack.Push((entry, 0));
        while (stack.Count > 0)
        {
            (Block block, int next) = stack.Pop();
            if (next == 0)
            {
                first[block.Id] = clock++;
                preorder.Add(block);
                depths[block.Id] = stack.Count;
            }

            if (next == children[block.Id].Count)
            {
                last[block.Id] = clock++;
                continue;
            }

            stack.Push((block, next + 1));
            stack.Push((children[block.Id][next], 0));
        }
    }
}
