// Folds every value with the rules of Ir/Folding until nothing changes: a value is looked at again when one of its
// inputs was replaced or rewritten. The number of looks is bounded by a multiple of the function's size.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class Fold
{
    private const int LooksPerValue = 12;

    public static bool Run(Function function)
    {
        int count = function.Number();
        List<Value>?[] users = new List<Value>?[count];
        Queue<Value> open = new();
        bool[] isOpen = new bool[count];
        foreach (Block block in new Dominators(function).ReversePostorder)
        {
            foreach (Value value in block.All())
            {
                EnterUses(users, value);
                open.Enqueue(value);
                isOpen[value.Id] = true;
            }
        }

        bool changed = false;
        for (long looks = (long)count * LooksPerValue; looks > 0 && open.TryDequeue(out Value? value); looks--)
        {
            isOpen[value.Id] = false;
            if (value.Forward is not null)
            {
                continue;
            }

            ResolveInputs(value);
            (Op op, Value[] inputs, Condition condition) = (value.Op, value.Inputs, value.Condition);
            Value? same = Folding.Simplify(value)?.Resolved();
            List<Value> affected = users[value.Id] ?? [];
            if (same is not null && same != value)
            {
                value.Become(same);
                if (!same.IsLeaf)
                {
                    (users[same.Id] ??= []).AddRange(affected);
                }
            }
            else if (op != value.Op || inputs != value.Inputs || condition != value.Condition)
            {
                ResolveInputs(value);
                EnterUses(users, value);
            }
            else
            {
                continue;
            }

            changed = true;
            foreach (Value user in affected)
            {
                if (!isOpen[user.Id])
                {
                    isOpen[user.Id] = true;
                    open.Enqueue(user);
                }
            }
        }

        function.Resolve();
        return changed;
    }

    private static void ResolveInputs(Value value)
    {
        for (int i = 0; i < value.Inputs.Length; i++)
        {
            value.Inputs[i] = value.Inputs[i].Resolved();
        }
    }

    private static void EnterUses(List<Value>?[] users, Value value)
    {
        foreach (Value input in value.Inputs)
        {
            if (!input.IsLeaf)
            {
                (users[input.Id] ??= []).Add(value);
            }
        }
    }
}
