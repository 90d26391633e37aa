// Lets pointers move with the turns of a loop where it computes addresses from a counter, and takes the counter out where
// it is good for nothing else then. Pays where it saves operations in each turn.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class StrengthReduction
{
    /// <summary>Pointers for one loop; each takes a register and an addition.</summary>
    private const int MaximumPointers = 3;

    private const int MaximumLoops = 256;

    /// <summary>Loops that are nested deeper are left alone.</summary>
    private const int MaximumDepth = 8;

    private readonly Function function;
    private readonly Dominators dominators;
    private readonly Prover prover;
    private Dictionary<Value, List<Value>> users = [];

    private StrengthReduction(Function function)
    {
        this.function = function;
        dominators = new Dominators(function);
        prover = new Prover(new Facts(function, dominators), dominators);
    }

    /// <summary>The addresses of a loop with the same base, counter and scale.</summary>
    private sealed class Group(Counter counter, int scale, Value origin)
    {
        public Counter Counter { get; } = counter;

        public int Scale { get; } = scale;

        public Value Base { get; } = origin;

        public List<(Value Value, int Offset)> Members { get; } = [];

        public int FirstOffset => Members.Min(m => m.Offset);
    }

    public static bool Run(Function function)
    {
        Dominators dominators = new(function);
        if (new LoopNest(function, dominators).Loops.Count is 0 or > MaximumLoops)
        {
            return false;
        }

        Preheaders.Insert(function);
        return new StrengthReduction(function).Run();
    }

    // Blocks and edges stay as they are, and facts are only asked for at the ends of blocks, so both serve for all loops.
    private bool Run()
    {
        bool changed = false;
        List<Loop> loops = new LoopNest(function, dominators).Loops;
        for (int i = loops.Count - 1; i >= 0; i--)
        {
            Loop loop = loops[i];
            if (loop.Depth <= MaximumDepth && loop.Latches.Count == 1 && loop.Header.Phis.Count > 0
                && Preheaders.Of(loop) is { } preheader)
            {
                changed |= Reduce(loop, preheader);
            }
        }

        return changed;
    }

    private bool Reduce(Loop loop, Block preheader)
    {
        int entry = loop.Header.Predecessors.IndexOf(preheader);
        LinearValues linear = new(loop, entry);
        if (linear.Counters.Count == 0)
        {
            return false;
        }

        FindUsers();
        List<Group> groups = FindGroups(loop, linear);
        CounterRemoval removal = new(loop, preheader, linear, users, dominators, prover);
        bool changed = false;
        foreach (Counter counter in linear.Counters)
        {
            List<Group> own = groups.FindAll(g => g.Counter == counter);
            if (own.Count is 0 or > MaximumPointers)
            {
                continue;
            }

            bool vanishes = removal.CanRemove(counter, own.SelectMany(g => g.Members).Select(m => m.Value).ToHashSet());
            if (Gain(loop, own, linear) + (vanishes ? 2 : 0) > 0)
            {
                own.ForEach(group => AddPointer(loop, preheader, entry, group));
                changed = true;
            }
        }

        if (changed)
        {
            function.Resolve();
            FindUsers();
        }

        return changed | RemoveCounters(loop, preheader, entry);
    }

    private bool RemoveCounters(Loop loop, Block preheader, int entry)
    {
        LinearValues linear = new(loop, entry);
        CounterRemoval removal = new(loop, preheader, linear, users, dominators, prover);
        foreach (Counter counter in linear.Counters)
        {
            if (removal.FindCompanion(counter) is { } pointer && removal.CanRemove(counter, new HashSet<Value>()))
            {
                removal.Remove(counter, pointer);
                return true;
            }
        }

        return false;
    }

    private void FindUsers()
    {
        users = [];
        foreach (Block block in function.Blocks)
        {
            foreach (Value user in block.All())
            {
                foreach (Value input in user.Inputs)
                {
                    if (!input.IsLeaf)
                    {
                        if (!users.TryGetValue(input, out List<Value>? list))
                        {
                            users.Add(input, list = []);
                        }

                        list.Add(user);
                    }
                }
            }
        }
    }

    private List<Group> FindGroups(Loop loop, LinearValues linear)
    {
        List<Group> groups = [];
        foreach (Block block in loop.Blocks)
        {
            foreach (Value value in block.Body)
            {
                if (value.Op != Op.Add || linear.Of(value) is not { Base: { } origin } line
                    || users.GetValueOrDefault(value)?.Exists(user => linear.Of(user) is not { Base: not null }) != true)
                {
                    continue;
                }

                Group? group = groups.Find(g => g.Counter == line.Counter && g.Scale == line.Scale && g.Base.SameLeaf(origin)
                    && Math.Abs((long)g.Members[0].Offset - line.Offset) < 1024);
                if (group is null)
                {
                    groups.Add(group = new Group(line.Counter, line.Scale, origin));
                }

                group.Members.Add((value, line.Offset));
            }
        }

        return groups;
    }

    /// <summary>Twice the operations that a turn saves: those that die, less an addition for each pointer.</summary>
    private int Gain(Loop loop, List<Group> groups, LinearValues linear)
    {
        HashSet<Value> replaced = [.. groups.SelectMany(g => g.Members).Select(m => m.Value)];
        HashSet<Value> dead = [];
        int gain = 0;
        Stack<Value> open = new(replaced);
        while (open.TryPop(out Value? value))
        {
            if (!replaced.Contains(value) && !users[value].TrueForAll(dead.Contains))
            {
                continue;
            }

            if (dead.Add(value))
            {
                // An addition of a constant is part of the access or becomes one of the pointer.
                bool free = replaced.Contains(value) && value.Inputs[1].IsConst;
                gain += free ? 0 : dominators.Dominates(value.Block!, loop.Latches[0]) ? 2 : 1;
                foreach (Value input in value.Inputs)
                {
                    if (!linear.IsInvariant(input) && input.Op != Op.Phi && linear.Of(input) is not null)
                    {
                        open.Push(input);
                    }
                }
            }
        }

        return gain - (2 * groups.Count);
    }

    private static void AddPointer(Loop loop, Block preheader, int entry, Group group)
    {
        Counter counter = group.Counter;
        int first = group.FirstOffset;
        Value phi = loop.Header.AddPhi(new Value(Op.Phi) { Inputs = new Value[2], Position = counter.Phi.Position });
        Value next = new(Op.Add, phi, Value.Const(counter.Step * group.Scale)) { Position = counter.Next.Position };
        Block block = counter.Next.Block!;
        next.Block = block;
        block.Body.Insert(block.Body.IndexOf(counter.Next) + 1, next);
        phi.Inputs[entry] = At(preheader, group, counter.Start, first);
        phi.Inputs[1 - entry] = next;
        foreach ((Value value, int offset) in group.Members)
        {
            if (offset == first)
            {
                value.Become(phi);
            }
            else
            {
                value.Inputs = [phi, Value.Const(offset - first)];
            }
        }
    }

    /// <summary>The address of the group in front of the loop for a number of the counter.</summary>
    private static Value At(Block preheader, Group group, Value number, int offset)
    {
        Value scaled = Emit(preheader, new Value(Op.Mul, number, Value.Const(group.Scale)), group);
        Value sum = Emit(preheader, new Value(Op.Add, group.Base, scaled), group);
        return Emit(preheader, new Value(Op.Add, sum, Value.Const(offset)), group);
    }

    private static Value Emit(Block block, Value candidate, Group group)
    {
        candidate.Position = group.Counter.Next.Position;
        return Folding.Simplify(candidate)?.Resolved() ?? block.Add(candidate);
    }
}
