// Removes values that no effect depends on.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class DeadCode
{
    public static bool Run(Function function)
    {
        HashSet<Value> live = [];
        Stack<Value> open = new();
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                if (value.HasEffect && !ChangesNothing(value))
                {
                    open.Push(value);
                }
            }
        }

        while (open.TryPop(out Value? value))
        {
            if (!value.IsLeaf && live.Add(value))
            {
                foreach (Value input in value.Inputs)
                {
                    open.Push(input);
                }
            }
        }

        int removed = 0;
        foreach (Block block in function.Blocks)
        {
            removed += block.Phis.RemoveAll(phi => !live.Contains(phi));
            removed += block.Body.RemoveAll(value => !live.Contains(value) && value.Op != Op.Result);
            removed += block.Body.RemoveAll(value => value.Op == Op.Result && !live.Contains(value.Inputs[0]));
        }

        return removed > 0;
    }

    /// <summary>A store of any number leaves the number that is there; copying a range to itself or no bytes does nothing.</summary>
    private static bool ChangesNothing(Value value) => value.Op switch
    {
        Op.Store => !value.Volatile && value.Inputs[1].Op == Op.Undefined,
        Op.CopyMemory => value.Imm == 0 || value.Inputs[0].SameLeaf(value.Inputs[1]),
        Op.ClearMemory => value.Imm == 0,
        _ => false,
    };
}
