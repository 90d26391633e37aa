// Global value numbering over the dominator tree, with memory: an operation that a dominating one has already computed
// is replaced, and so is a load of what was loaded or stored before, if nothing on any way in between may have written
// there. A store of what the memory holds already goes, too.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class ValueNumbering
{
    /// <summary>More known memory than this is forgotten, the oldest first.</summary>
    private const int MaximumKnown = 48;

    /// <summary>More blocks or writes than this between a block and its dominator are taken to write everything.</summary>
    private const int MaximumRegion = 64;

    private const int MaximumWrites = 48;

    private const int MaximumJoined = 8;

    private readonly Function function;
    private readonly Dominators dominators;
    private readonly Aliasing aliasing;
    private readonly Dictionary<Key, Value> table = [];
    private readonly List<Known>[] atEnd;
    private readonly List<Value>?[] writes;
    private bool changed;

    private ValueNumbering(Function function)
    {
        this.function = function;
        function.Number();
        dominators = new Dominators(function);
        aliasing = new Aliasing(function);
        atEnd = new List<Known>[function.Blocks.Count];
        writes = new List<Value>?[function.Blocks.Count];
    }

    private readonly record struct Key(Op Op, Condition Condition, Value A, Value? B);

    /// <summary>What a load there would give. A stored word may have other upper bits than the load.</summary>
    private readonly record struct Known(Location Location, Value Word, bool IsStored, bool IsSigned);

    public static bool Run(Function function) => new ValueNumbering(function).Run();

    private bool Run()
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.Body)
            {
                if (Aliasing.Writes(value))
                {
                    (writes[block.Id] ??= []).Add(value);
                }
            }
        }

        foreach (Block block in dominators.Preorder)
        {
            MergeEqualPhis(block);
            List<Known> known = AtStart(block);
            List<Value> body = [];
            foreach (Value value in block.Body)
            {
                Visit(block, body, value, known);
            }

            block.Body = body;
            VisitInputs(block.Terminator!);
            Folding.Simplify(block.Terminator!);
            atEnd[block.Id] = known;
        }

        foreach (Block block in dominators.ReversePostorder)
        {
            if (block.Predecessors.Count is > 1 and <= MaximumJoined)
            {
                JoinLoads(block);
            }
        }

        function.Resolve();
        return changed;
    }

    /// <summary>
    /// Replaces loads at the start of a block whose word is known at the end of each predecessor, or of all but one, which
    /// then loads it: no way loads oftener than before, and most do not any more.
    /// </summary>
    private void JoinLoads(Block block)
    {
        bool unguarded = true;
        foreach (Value value in block.Body.ToArray())
        {
            if (Aliasing.Writes(value))
            {
                return;
            }

            // What stands behind a Check may only be loaded by others if the Check holds.
            unguarded &= value.Op != Op.Check;
            if (value is not { Op: Op.Load, Volatile: false, Forward: null })
            {
                continue;
            }

            Location location = aliasing.Locate(value);
            if (location.Base is { IsLeaf: false } origin && origin.Block == block)
            {
                continue;
            }

            Value?[] words = [.. block.Predecessors.Select(p => atEnd[p.Id].FindLast(k => k.Location == location && !k.IsStored
                && (value.Size == 4 || k.IsSigned == value.Signed)).Word?.Resolved())];
            int missing = Array.IndexOf(words, null);
            if (missing >= 0)
            {
                Block predecessor = block.Predecessors[missing];
                if (words.Count(word => word is null) > 1 || !unguarded || predecessor.Terminator!.Op != Op.Jump
                    || words.All(word => word is null || word == value))
                {
                    continue;
                }

                Value load = predecessor.Add(new Value(Op.Load, location.Base)
                {
                    Imm = location.Offset,
                    Size = value.Size,
                    Signed = value.Signed,
                    IsNonNegative = value.IsNonNegative,
                    Maximum = value.Maximum,
                    Position = value.Position,
                });
                Folding.Simplify(load);
                words[missing] = load;
                Remember(atEnd[predecessor.Id], new Known(location, load, false, value.Signed));
            }

            Value phi = block.AddPhi(new Value(Op.Phi) { Inputs = words!, Position = value.Position });
            block.Body.Remove(value);
            Replace(value, phi);
        }
    }

    private void Visit(Block block, List<Value> body, Value value, List<Known> known)
    {
        VisitInputs(value);
        if (Folding.Simplify(value)?.Resolved() is { } same)
        {
            Replace(value, same);
            return;
        }

        // Simplification may have brought new leaves.
        VisitInputs(value);
        if (value.IsPure)
        {
            Key key = KeyOf(value);
            if (table.TryGetValue(key, out Value? earlier) && dominators.Dominates(earlier.Block!, block))
            {
                Replace(value, earlier);
                return;
            }

            table[key] = value;
        }
        else if (value is { Op: Op.Load, Volatile: false })
        {
            Location location = aliasing.Locate(value);
            int index = known.FindLastIndex(k => k.Location == location && (k.IsStored || value.Size == 4 || k.IsSigned == value.Signed));
            if (index >= 0)
            {
                Replace(value, Loaded(block, body, value, known[index]));
                return;
            }

            Remember(known, new Known(location, value, false, value.Signed));
        }
        else if (value.Op == Op.Store)
        {
            Location location = aliasing.Locate(value);
            Value word = value.Inputs[1];
            if (!value.Volatile && known.Exists(k => k.Location == location && k.Word.SameLeaf(word)))
            {
                changed = true;
                return;
            }

            known.RemoveAll(k => aliasing.MayWrite(value, k.Location));
            if (!value.Volatile)
            {
                Remember(known, new Known(location, word, value.Size < 4, false));
            }
        }
        else if (Aliasing.Writes(value))
        {
            known.RemoveAll(k => aliasing.MayWrite(value, k.Location));
        }

        body.Add(value);
    }

    /// <summary>The word that a load gives, given what is known of the memory: a stored part of a word is extended first.</summary>
    private static Value Loaded(Block block, List<Value> body, Value load, Known known)
    {
        if (!known.IsStored)
        {
            return known.Word;
        }

        Value extended = (load.Size, load.Signed) switch
        {
            (1, true) => new Value(Op.SignExtend8, known.Word),
            (2, true) => new Value(Op.SignExtend16, known.Word),
            (1, false) => new Value(Op.And, known.Word, Value.Const(0xff)),
            _ => new Value(Op.ZeroExtend16, known.Word),
        };
        if (Folding.Simplify(extended)?.Resolved() is { } same)
        {
            return same;
        }

        extended.Block = block;
        extended.Id = load.Id;
        extended.Position = load.Position;
        body.Add(extended);
        return extended;
    }

    private static void Remember(List<Known> known, Known one)
    {
        if (known.Count == MaximumKnown)
        {
            known.RemoveAt(0);
        }

        known.Add(one);
    }

    private void Replace(Value value, Value same)
    {
        value.Become(same);
        changed = true;
    }

    private void VisitInputs(Value value)
    {
        Value[] inputs = value.Inputs;
        for (int i = 0; i < inputs.Length; i++)
        {
            Value input = inputs[i].Resolved();
            inputs[i] = input.IsLeaf ? aliasing.Intern(input) : input;
        }
    }

    private static Key KeyOf(Value value)
    {
        Value a = value.Inputs[0];
        Value? b = value.Inputs.Length > 1 ? value.Inputs[1] : null;
        bool swaps = Folding.IsCommutative(value.Op)
            || (value.Op == Op.Set && value.Condition is Condition.Equal or Condition.NotEqual);
        return swaps && b!.Id < a.Id ? new Key(value.Op, value.Condition, b, a) : new Key(value.Op, value.Condition, a, b);
    }

    private void MergeEqualPhis(Block block)
    {
        Dictionary<int, List<Value>> seen = [];
        foreach (Value phi in block.Phis)
        {
            VisitInputs(phi);
            if (Folding.Simplify(phi)?.Resolved() is { } same && same != phi)
            {
                Replace(phi, same);
                continue;
            }

            HashCode hash = default;
            foreach (Value input in phi.Inputs)
            {
                hash.Add(input);
            }

            if (!seen.TryGetValue(hash.ToHashCode(), out List<Value>? others))
            {
                seen.Add(hash.ToHashCode(), others = []);
            }

            Value? equal = others.Find(other => other.Inputs.AsSpan().SequenceEqual(phi.Inputs));
            if (equal is not null)
            {
                Replace(phi, equal);
            }
            else
            {
                others.Add(phi);
            }
        }
    }

    /// <summary>What the dominator knows, without what may be written on the ways from there.</summary>
    private List<Known> AtStart(Block block)
    {
        if (dominators.Parent(block) is not { } parent)
        {
            return [];
        }

        List<Known> known = [.. atEnd[parent.Id]];
        if (known.Count == 0 || (block.Predecessors.Count == 1 && block.Predecessors[0] == parent))
        {
            return known;
        }

        HashSet<Block> region = [];
        Stack<Block> open = new(block.Predecessors);
        List<Value> between = [];
        while (open.TryPop(out Block? one))
        {
            if (one == parent || !region.Add(one))
            {
                continue;
            }

            between.AddRange(writes[one.Id] ?? []);
            if (region.Count > MaximumRegion || between.Count > MaximumWrites)
            {
                known.RemoveAll(k => !Aliasing.IsConstant(k.Location));
                return known;
            }

            foreach (Block predecessor in one.Predecessors)
            {
                open.Push(predecessor);
            }
        }

        known.RemoveAll(k => between.Exists(write => aliasing.MayWrite(write, k.Location)));
        return known;
    }
}
