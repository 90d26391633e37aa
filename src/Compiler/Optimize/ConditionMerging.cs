// Makes one comparison of two that follow each other and lead to the same place: tests of bits of one word are tests of
// their union, and a test against both ends of a range is one unsigned comparison of the distance.

using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class ConditionMerging
{
    public static bool Run(Function function)
    {
        bool changed = false;
        int[] uses = new int[function.Number()];
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                foreach (Value input in value.Inputs)
                {
                    uses[input.Id]++;
                }
            }
        }

        foreach (Block block in function.Blocks)
        {
            while (Merge(block, uses))
            {
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>Going on requires that (Word &amp; Mask) is Bits, or with a null Mask that Word is between From and To - 1, read as signed or not.</summary>
    private readonly record struct Test(Value Word, int? Mask, int Bits, long From, long To, bool Signed);

    private static bool Merge(Block block, int[] uses)
    {
        if (block.Terminator!.Op != Op.Branch)
        {
            return false;
        }

        for (int going = 0; going < 2; going++)
        {
            Block second = block.Successors[going];
            Block away = block.Successors[1 - going];
            if (second.Terminator!.Op != Op.Branch || second.Predecessors.Count != 1 || second.Phis.Count > 0 || second == away
                || second.Successors[0] == second.Successors[1] || !second.Successors.Contains(away)
                || !IsOnlyForTheTest(second, uses)
                || !Edges.Agree(second, away, Edges.PhiInputs(block, away)))
            {
                continue;
            }

            int onward = second.Successors[0] == away ? 1 : 0;
            if (Read(block.Terminator, going == 0) is not { } first || Read(second.Terminator, onward == 0) is not { } then
                || Combine(first, then) is not { } both)
            {
                continue;
            }

            Apply(block, second, onward, both);
            return true;
        }

        return false;
    }

    private static void Apply(Block block, Block second, int onward, Test both)
    {
        Value branch = second.Terminator!;
        Block target = second.Successors[onward];
        Block away = second.Successors[1 - onward];
        (Value[] targetInputs, Value[] awayInputs) = (Edges.PhiInputs(second, target), Edges.PhiInputs(second, away));
        Value left;
        Value right;
        Condition condition;
        if (both.Mask is { } mask)
        {
            left = Emit(block, new Value(Op.And, both.Word, Value.Const(mask)), branch);
            right = Value.Const(both.Bits);
            condition = Condition.Equal;
        }
        else
        {
            left = Emit(block, new Value(Op.Add, both.Word, Value.Const(unchecked((int)-both.From))), branch);
            right = Value.Const(unchecked((int)(both.To - both.From)));
            condition = Condition.LessUnsigned;
        }

        // The second block keeps its own edges until it is found unreachable.
        Edges.RemoveAll(block);
        Edges.RemoveAll(second);
        Edges.SetTerminator(second, new Value(Op.Unreachable));
        second.Body.Clear();
        Edges.Add(block, target, targetInputs);
        Edges.Add(block, away, awayInputs);
        Value merged = new(Op.Branch, left, right) { Condition = condition, Position = branch.Position };
        Folding.SimplifyCondition(merged);
        Edges.SetTerminator(block, merged);
    }

    private static Value Emit(Block block, Value candidate, Value origin)
    {
        candidate.Position = origin.Position;
        if (Folding.Simplify(candidate)?.Resolved() is { } same)
        {
            return same;
        }

        // Past the numbers of the uses: such a value is not looked up again.
        return block.Add(candidate);
    }

    private static bool IsOnlyForTheTest(Block block, int[] uses) => block.Body.Count == 0
        || (block.Body.Count == 1 && block.Body[0] is { Op: Op.And } mask && mask == block.Terminator!.Inputs[0]
            && mask.Id >= 0 && uses[mask.Id] == 1);

    /// <summary>What must hold for the branch to go on.</summary>
    private static Test? Read(Value branch, bool whenTrue)
    {
        Condition condition = whenTrue ? branch.Condition : branch.Condition.Negate();
        Value a = branch.Inputs[0];
        Value b = branch.Inputs[1];
        if (a.Is(0) && condition is Condition.Less or Condition.GreaterOrEqual)
        {
            return condition == Condition.Less ? new Test(b, null, 0, 1, 1L << 31, true) : new Test(b, null, 0, int.MinValue, 1, true);
        }

        if (!b.IsConst || a.IsLeaf)
        {
            return null;
        }

        bool masks = a.Op == Op.And && a.Inputs[1].IsConst;
        int mask = masks ? a.Inputs[1].Imm : -1;
        Value word = masks ? a.Inputs[0] : a;
        switch (condition)
        {
            case Condition.Equal when masks:
                return new Test(word, mask, b.Imm, 0, 0, false);
            case Condition.NotEqual when masks && b.Imm == 0 && BitOperations.IsPow2((uint)mask):
                return new Test(word, mask, mask, 0, 0, false);
            case Condition.Less:
                return new Test(a, null, 0, int.MinValue, b.Imm, true);
            case Condition.GreaterOrEqual:
                return new Test(a, null, 0, b.Imm, 1L << 31, true);
            case Condition.LessUnsigned:
                return new Test(a, null, 0, 0, (uint)b.Imm, false);
            case Condition.GreaterOrEqualUnsigned:
                return new Test(a, null, 0, (uint)b.Imm, 1L << 32, false);
            default:
                return null;
        }
    }

    private static Test? Combine(Test first, Test second)
    {
        if (first.Word != second.Word || first.Mask is null != second.Mask is null)
        {
            return null;
        }

        if (first.Mask is { } firstMask && second.Mask is { } secondMask)
        {
            int shared = firstMask & secondMask;
            int mask = firstMask | secondMask;
            return (first.Bits & shared) == (second.Bits & shared) && mask is > 0 and <= 2047
                && (first.Bits & ~firstMask) == 0 && (second.Bits & ~secondMask) == 0
                ? first with { Mask = mask, Bits = first.Bits | second.Bits }
                : null;
        }

        // One end from each, and what is subtracted fits an addition's immediate or is the upper part of a word.
        long from = Math.Max(first.From, second.From);
        long to = Math.Min(first.To, second.To);
        bool twoEnds = (from == first.From && to == second.To) || (from == second.From && to == first.To);
        bool cheap = from is >= -2047 and <= 2048 || (from & 0xfff) == 0;
        return first.Signed == second.Signed && twoEnds && from < to && cheap && to - from < uint.MaxValue
            ? first with { From = from, To = to }
            : null;
    }
}
