// Lets one Check do for several of the same length that follow each other with no effect in between: a[0], a[1] and a[2]
// need only the check of 2, if it comes first. The panic is the same; which of the accesses it names is not.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class CheckMerging
{
    /// <summary>How many open checks a new one is compared with.</summary>
    private const int MaximumOpen = 8;

    public static bool Run(Function function)
    {
        if (!function.Blocks.Exists(block => block.Body.Count(IsBoundsCheck) > 1))
        {
            return false;
        }

        Dominators dominators = new(function);
        Prover prover = new(new Facts(function, dominators), dominators);
        HashSet<Value> removed = [];
        Dictionary<Value, Value> strengthened = [];
        foreach (Block block in function.Blocks)
        {
            Merge(block, prover, strengthened, removed);
        }

        if (removed.Count == 0)
        {
            return false;
        }

        foreach (Block block in function.Blocks)
        {
            Rewrite(block, strengthened, removed);
        }

        return true;
    }

    /// <summary>A check of Origin + Offset against a length; the origin is null for 0.</summary>
    private readonly record struct Bounds(Value? Origin, int Offset, Value Length)
    {
        public bool IsComparable(Bounds other) => Length.SameLeaf(other.Length)
            && (Origin is null ? other.Origin is null : other.Origin is not null && Origin.SameLeaf(other.Origin));
    }

    private static bool IsBoundsCheck(Value value) => Read(value) is not null;

    private static Bounds? Read(Value value)
    {
        if (value.Op != Op.Check)
        {
            return null;
        }

        Value a = value.Inputs[0];
        Value b = value.Inputs[1];
        return value.Condition switch
        {
            // Below the constant: the one before it is no index. The canonical form for 0 is a comparison with 0.
            Condition.Equal when b.Is(0) => new Bounds(null, 0, a),
            Condition.LessUnsigned when b.IsConst => new Bounds(null, b.Imm - 1, a),
            Condition.GreaterOrEqualUnsigned when a.IsConst => new Bounds(null, a.Imm, b),
            Condition.GreaterOrEqualUnsigned when a.Op == Op.Add && a.Inputs[1].IsConst => new Bounds(a.Inputs[0], a.Inputs[1].Imm, b),
            Condition.GreaterOrEqualUnsigned => new Bounds(a, 0, b),
            _ => null,
        };
    }

    private static void Merge(Block block, Prover prover, Dictionary<Value, Value> strengthened, HashSet<Value> removed)
    {
        List<(Value Check, int Index)> open = [];
        for (int i = 0; i < block.Body.Count; i++)
        {
            Value value = block.Body[i];
            if (Read(value) is not { } bounds)
            {
                if (!value.IsPure && value is not { Op: Op.Load, Volatile: false })
                {
                    open.Clear();
                }

                continue;
            }

            if (open.Count > 0 && open[0].Check.Panic != value.Panic)
            {
                open.Clear();
            }

            Value? earlier = open.Find(one => Implies(value, bounds, one.Check, one.Index)).Check;
            if (earlier is not null)
            {
                strengthened[earlier] = value;
                removed.Add(value);
            }
            else if (open.Count < MaximumOpen)
            {
                open.Add((value, i));
            }
        }

        // Shown in front of the earlier check, because that will not have its own bounds any more.
        bool Implies(Value value, Bounds bounds, Value check, int index)
        {
            Value now = strengthened.GetValueOrDefault(check, check);
            Bounds weaker = Read(now)!.Value;
            return weaker.IsComparable(bounds) && (bounds.Origin is null
                ? weaker.Offset >= 0 && weaker.Offset < bounds.Offset
                : weaker.Offset < bounds.Offset && prover.IsNotAbove(now.Inputs[0], value.Inputs[0], new Place(block, index, null)));
        }
    }

    private static void Rewrite(Block block, Dictionary<Value, Value> strengthened, HashSet<Value> removed)
    {
        if (!block.Body.Exists(removed.Contains))
        {
            return;
        }

        List<Value> body = [];
        foreach (Value value in block.Body)
        {
            if (strengthened.TryGetValue(value, out Value? stronger))
            {
                Bounds bounds = Read(stronger)!.Value;
                Value index = new(Op.Add, bounds.Origin ?? Value.Const(0), Value.Const(bounds.Offset)) { Block = block, Position = value.Position };
                if (Folding.Simplify(index)?.Resolved() is { } same)
                {
                    index = same;
                }
                else
                {
                    body.Add(index);
                }

                value.Condition = Condition.GreaterOrEqualUnsigned;
                value.Inputs = [index, bounds.Length];
                Folding.SimplifyCondition(value);
            }

            if (!removed.Contains(value))
            {
                body.Add(value);
            }
        }

        block.Body = body;
    }
}
