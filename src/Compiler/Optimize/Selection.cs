// Replaces a branch that only selects between two constants by arithmetic on the comparison, where that takes no more
// than two instructions: c ? 1 : 0, c ? 5 : 4, c ? 8 : 0.

using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class Selection
{
    public static bool Run(Function function)
    {
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            changed |= Select(block);
        }

        if (changed)
        {
            function.Resolve();
        }

        return changed;
    }

    private static bool Select(Block block)
    {
        Value branch = block.Terminator!;
        if (branch.Op != Op.Branch || block.Successors[0] == block.Successors[1])
        {
            return false;
        }

        // Either side goes to the join, over an empty block or not.
        Block[] sides = [.. block.Successors];
        Block?[] joins = [.. sides.Select(side => IsEmptyOnTheWay(side) ? side.Successors[0] : null)];
        Block? join = joins[0] is not null && joins[0] == joins[1] ? joins[0]
            : joins[0] == sides[1] ? sides[1] : joins[1] == sides[0] ? sides[0] : null;
        if (join is null || join.Phis.Count != 1 || join == block)
        {
            return false;
        }

        Value phi = join.Phis[0];
        Value whenTrue = phi.Inputs[join.Predecessors.IndexOf(sides[0] == join ? block : sides[0])];
        Value whenFalse = phi.Inputs[join.Predecessors.IndexOf(sides[1] == join ? block : sides[1])];
        if (!whenTrue.IsConst || !whenFalse.IsConst
            || Expression(block, branch, whenTrue.Imm, whenFalse.Imm) is not { } result)
        {
            return false;
        }

        // The block takes over both ways; the empty blocks become unreachable.
        Value[] inputs = [result];
        Edges.RemoveAll(block);
        foreach (Block side in sides)
        {
            if (side != join)
            {
                Edges.RemoveAll(side);
                Edges.SetTerminator(side, new Value(Op.Unreachable));
            }
        }

        Edges.Add(block, join, inputs);
        Edges.SetTerminator(block, new Value(Op.Jump));
        return true;
    }

    private static bool IsEmptyOnTheWay(Block block) => block.Body.Count == 0 && block.Phis.Count == 0
        && block.Predecessors.Count == 1 && block.Terminator!.Op == Op.Jump;

    private static Value? Expression(Block block, Value branch, int whenTrue, int whenFalse)
    {
        if (whenTrue == whenFalse)
        {
            return Value.Const(whenTrue);
        }

        int difference = unchecked(whenTrue - whenFalse);
        bool negates = difference == -1 || (whenTrue == 0 && BitOperations.IsPow2(whenFalse));
        int low = negates ? whenTrue : whenFalse;
        int step = negates ? unchecked(whenFalse - whenTrue) : difference;
        Value set = new(Op.Set, branch.Inputs[0], branch.Inputs[1])
        {
            Condition = negates ? branch.Condition.Negate() : branch.Condition,
            Position = branch.Position,
        };
        Folding.SimplifyCondition(set);

        // slt and sltu give the result at once; others take a second instruction.
        int cost = set.Condition is Condition.Less or Condition.LessUnsigned || set.Inputs[1].Is(0) ? 1 : 2;
        cost += (step != 1 ? 1 : 0) + (low != 0 ? 1 : 0);
        if (cost > 2 || step < 1 || !BitOperations.IsPow2(step))
        {
            return null;
        }

        Value result = Folding.Simplify(set) ?? block.Add(set);
        if (step != 1)
        {
            Value shifted = new(Op.ShiftLeft, result, Value.Const(BitOperations.Log2((uint)step))) { Position = branch.Position };
            result = Folding.Simplify(shifted) ?? block.Add(shifted);
        }

        if (low != 0)
        {
            Value sum = new(Op.Add, result, Value.Const(low)) { Position = branch.Position };
            result = Folding.Simplify(sum) ?? block.Add(sum);
        }

        return result;
    }
}
