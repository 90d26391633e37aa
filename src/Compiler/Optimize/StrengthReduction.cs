// Lets pointers move with the turns of a loop where it computes addresses from a counter, and lets the loop end by such
// a pointer where the counter is good for nothing else. Pays where it saves operations in each turn.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class StrengthReduction
{
    /// <summary>Pointers for one loop; each takes a register and an addition.</summary>
    private const int MaximumPointers = 3;

    private const int MaximumLoops = 400;

    /// <summary>Loops that are nested deeper are left alone.</summary>
    private const int MaximumDepth = 8;

    private readonly Function function;
    private readonly Dominators dominators;
    private readonly Prover prover;
    private readonly Dictionary<Value, List<Value>> users = [];

    private StrengthReduction(Function function)
    {
        this.function = function;
        dominators = new Dominators(function);
        prover = new Prover(new Facts(function, dominators), dominators);
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

    /// <summary>The addresses of a loop with the same base, counter and scale.</summary>
    private sealed class Group(Counter counter, int scale, Value origin)
    {
        public Counter Counter { get; } = counter;

        public int Scale { get; } = scale;

        public Value Base { get; } = origin;

        public List<(Value Value, int Offset)> Members { get; } = [];

        /// <summary>One of the addresses is accessed in every turn.</summary>
        public bool IsAlwaysAccessed { get; set; }

        public int FirstOffset => Members.Min(m => m.Offset);
    }

    public static bool Run(Function function)
    {
        Dominators dominators = new(function);
        int loops = new LoopNest(function, dominators).Loops.Count;
        if (loops is 0 or > MaximumLoops)
        {
            return false;
        }

        Preheaders.Insert(function);
        bool changed = false;
        HashSet<Block> done = [];
        for (int round = 0; round < loops; round++)
        {
            // What one loop gets moves positions, so each starts from fresh facts; inner loops first.
            LoopNest nest = new(function, new Dominators(function));
            Loop? loop = nest.Loops.FindLast(l => l.Depth <= MaximumDepth && !done.Contains(l.Header));
            if (loop is null)
            {
                break;
            }

            done.Add(loop.Header);
            if (loop.Latches.Count == 1 && Preheaders.Of(loop) is { } preheader && loop.Header.Phis.Count > 0)
            {
                changed |= new StrengthReduction(function).Reduce(loop, preheader);
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

        List<Group> groups = FindGroups(loop, linear);
        bool changed = false;
        foreach (Counter counter in linear.Counters)
        {
            List<Group> own = groups.FindAll(g => g.Counter == counter);
            if (own.Count is 0 or > MaximumPointers)
            {
                continue;
            }

            Value? test = FindReplaceableTest(loop, preheader, counter, linear, own);
            if (Gain(loop, own, linear) + (test is null ? 0 : 2) <= 0)
            {
                continue;
            }

            foreach (Group group in own)
            {
                (Value start, Value next) = AddPointer(loop, preheader, entry, group);
                if (test is not null && group.IsAlwaysAccessed)
                {
                    EndByPointer(loop, preheader, group, start, next, test);
                    test = null;
                }
            }

            changed = true;
        }

        function.Resolve();
        return changed;
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
                group.IsAlwaysAccessed |= users[value].Exists(user => user.Op is Op.Load or Op.Store && user.Inputs[0] == value
                    && dominators.Dominates(user.Block!, loop.Latches[0]));
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

    private static (Value Start, Value Next) AddPointer(Loop loop, Block preheader, int entry, Group group)
    {
        Counter counter = group.Counter;
        int first = group.FirstOffset;
        Value start = At(preheader, group, counter.Start, first);
        Value phi = loop.Header.AddPhi(new Value(Op.Phi) { Inputs = new Value[2], Position = counter.Phi.Position });
        Value next = new(Op.Add, phi, Value.Const(counter.Step * group.Scale)) { Position = counter.Next.Position };
        Block block = counter.Next.Block!;
        next.Block = block;
        block.Body.Insert(block.Body.IndexOf(counter.Next) + 1, next);
        phi.Inputs[entry] = start;
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

        return (start, next);
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

    /// <summary>
    /// The branch at the end of the loop, if the counter is used for nothing but the addresses and that branch, so that
    /// the pointer can take its place there: the counter meets its bound exactly.
    /// </summary>
    private Value? FindReplaceableTest(Loop loop, Block preheader, Counter counter, LinearValues linear, List<Group> groups)
    {
        Block latch = loop.Latches[0];
        Value test = latch.Terminator!;
        if (test.Op != Op.Branch || latch.Successors[0] == latch.Successors[1] || !groups.Exists(g => g.IsAlwaysAccessed)
            || ExitNumber(loop, counter, linear, test) is not { } exit)
        {
            return null;
        }

        // Every other use must vanish with the addresses.
        HashSet<Value> members = [.. groups.SelectMany(g => g.Members).Select(m => m.Value)];
        HashSet<Value> seen = [];
        Stack<Value> open = new([counter.Phi, counter.Next]);
        while (open.TryPop(out Value? value))
        {
            foreach (Value user in users.GetValueOrDefault(value) ?? [])
            {
                if (user == test || user == counter.Phi || user == counter.Next || members.Contains(user))
                {
                    continue;
                }

                if (linear.Of(user) is null)
                {
                    return null;
                }

                if (seen.Add(user))
                {
                    open.Push(user);
                }
            }
        }

        // In the first turn the counter is on the near side of its bound.
        Place before = new(preheader, int.MaxValue, null);
        Condition condition = ContinueCondition(loop, test);
        bool meets = condition switch
        {
            Condition.NotEqual => true,
            Condition.LessUnsigned => prover.Holds(Condition.LessUnsigned, counter.Start, exit, before),
            _ when counter.Step > 0 => prover.Holds(Condition.Less, counter.Start, exit, before),
            _ => prover.Holds(Condition.Less, exit, counter.Start, before),
        };
        return meets ? test : null;
    }

    private static Condition ContinueCondition(Loop loop, Value test) =>
        loop.Latches[0].Successors[0] == loop.Header ? test.Condition : test.Condition.Negate();

    /// <summary>The number that the counter, which moves by one, has behind the last turn; null if that is not certain.</summary>
    private static Value? ExitNumber(Loop loop, Counter counter, LinearValues linear, Value test)
    {
        Condition condition = ContinueCondition(loop, test);
        bool isLeft = test.Inputs[0] == counter.Next;
        Value bound = test.Inputs[isLeft ? 1 : 0];
        if ((!isLeft && test.Inputs[1] != counter.Next) || !linear.IsInvariant(bound))
        {
            return null;
        }

        return (counter.Step, condition) switch
        {
            (1 or -1, Condition.NotEqual) => bound,
            (1, Condition.Less or Condition.LessUnsigned) when isLeft => bound,
            (-1, Condition.Less) when !isLeft => bound,
            (-1, Condition.GreaterOrEqual) when isLeft && bound.IsConst && bound.Imm > int.MinValue => Value.Const(bound.Imm - 1),
            _ => null,
        };
    }

    private static void EndByPointer(Loop loop, Block preheader, Group group, Value start, Value next, Value test)
    {
        Counter counter = group.Counter;
        Value bound = test.Inputs[test.Inputs[0] == counter.Next ? 1 : 0];
        Value exit = ContinueCondition(loop, test) == Condition.GreaterOrEqual ? Value.Const(bound.Imm - 1) : bound;

        // From the first address on where that is nothing more than a constant away.
        Value end = counter.Start.IsConst && exit.IsConst
            ? Emit(preheader, new Value(Op.Add, start, Value.Const((exit.Imm - counter.Start.Imm) * group.Scale)), group)
            : At(preheader, group, exit, group.FirstOffset);
        test.Condition = loop.Latches[0].Successors[0] == loop.Header ? Condition.NotEqual : Condition.Equal;
        test.Inputs = [next, end];
    }
}
