// Folding of comparisons: which are decided, and the canonical form of the others. A constant stands on the right,
// except that Branch and Check compare "greater than 0" and "0 or less" with the 0 on the left, as the machine does
// without a constant in a register.

using System.Numerics;

namespace XousCloud.Compiler.Ir;

public static partial class Folding
{
    /// <summary>Whether a condition holds between two values in every run (true), in none (false), or depends (null).</summary>
    public static bool? Decide(Condition condition, Value a, Value b)
    {
        if (Same(a, b))
        {
            return condition.HoldsForEqual();
        }

        if (condition is Condition.Equal or Condition.NotEqual && AreDistinct(a, b))
        {
            return condition == Condition.NotEqual;
        }

        (uint Minimum, uint Maximum) leftUnsigned = KnownBits.UnsignedRange(a);
        (uint Minimum, uint Maximum) rightUnsigned = KnownBits.UnsignedRange(b);
        (int Minimum, int Maximum) left = KnownBits.SignedRange(a);
        (int Minimum, int Maximum) right = KnownBits.SignedRange(b);
        switch (condition)
        {
            case Condition.Equal or Condition.NotEqual:
                bool apart = left.Maximum < right.Minimum || right.Maximum < left.Minimum
                    || leftUnsigned.Maximum < rightUnsigned.Minimum || rightUnsigned.Maximum < leftUnsigned.Minimum
                    || (b.IsConst && (b.Imm & ~KnownBits.PossibleOnes(a)) != 0);
                bool equal = left.Minimum == left.Maximum && left == right;
                return apart ? condition == Condition.NotEqual : equal ? condition == Condition.Equal : null;
            case Condition.Less or Condition.GreaterOrEqual:
                return left.Maximum < right.Minimum ? condition == Condition.Less
                    : left.Minimum >= right.Maximum ? condition == Condition.GreaterOrEqual : null;
            default:
                return leftUnsigned.Maximum < rightUnsigned.Minimum ? condition == Condition.LessUnsigned
                    : leftUnsigned.Minimum >= rightUnsigned.Maximum ? condition == Condition.GreaterOrEqualUnsigned : null;
        }
    }

    /// <summary>
    /// Brings the comparison of a Branch, Check or Set into its canonical form; whether something changed. Decided
    /// comparisons are left to <see cref="Decide"/>.
    /// </summary>
    public static bool SimplifyCondition(Value comparison)
    {
        bool changed = false;
        for (int round = 0; round < MaximumRounds && SimplifyConditionOnce(comparison); round++)
        {
            changed = true;
        }

        return changed;
    }

    private static Value? SimplifyBranch(Value branch)
    {
        SimplifyCondition(branch);
        return null;
    }

    private static Value? SimplifySet(Value set, ref bool changed)
    {
        if (Decide(set.Condition, set.Inputs[0], set.Inputs[1]) is { } decided)
        {
            return Value.Const(decided ? 1 : 0);
        }

        Value a = set.Inputs[0];
        Value b = set.Inputs[1];
        if (b.IsConst && KnownBits.PossibleOnes(a) == 1
            && (set.Condition == Condition.NotEqual ? b.Imm == 0 : set.Condition == Condition.Equal && b.Imm == 1))
        {
            return a;
        }

        if (b.Is(0) && set.Condition == Condition.Less)
        {
            changed = Rewrite(set, Op.ShiftRight, a, Value.Const(31));
            set.Condition = Condition.Equal;
            return null;
        }

        changed = SimplifyConditionOnce(set);
        return null;
    }

    private static bool SimplifyConditionOnce(Value comparison)
    {
        Value a = comparison.Inputs[0];
        Value b = comparison.Inputs[1];
        Condition condition = comparison.Condition;
        if (a.IsLeaf && !b.IsConst && (!b.IsLeaf || a.IsConst) && condition is Condition.Equal or Condition.NotEqual)
        {
            return Compare(comparison, condition, b, a);
        }

        if (a.IsConst && !b.IsConst)
        {
            return SimplifyConstantOnTheLeft(comparison, a.Imm, b);
        }

        if (!b.IsConst)
        {
            // x & (n - 1) and x % n are below n, unless n is 0.
            bool below = condition is Condition.LessUnsigned or Condition.GreaterOrEqualUnsigned
                && ((a.Op == Op.And && (IsOneLess(a.Inputs[0], b) || IsOneLess(a.Inputs[1], b)))
                    || (a.Op == Op.RemUnsigned && a.Inputs[1] == b));
            return below && Compare(
                comparison, condition == Condition.LessUnsigned ? Condition.NotEqual : Condition.Equal, b, Value.Const(0));
        }

        switch (condition)
        {
            case Condition.Equal or Condition.NotEqual:
                return SimplifyEquality(comparison, a, b.Imm);
            case Condition.LessUnsigned when b.Imm == 1:
                return Compare(comparison, Condition.Equal, a, Value.Const(0));
            case Condition.GreaterOrEqualUnsigned when b.Imm == 1:
                return Compare(comparison, Condition.NotEqual, a, Value.Const(0));
            case Condition.LessUnsigned when b.Imm == -1:
                return Compare(comparison, Condition.NotEqual, a, b);
            case Condition.GreaterOrEqualUnsigned when b.Imm == -1:
                return Compare(comparison, Condition.Equal, a, b);
            case Condition.LessUnsigned when b.Imm == int.MinValue:
                return Compare(comparison, Condition.GreaterOrEqual, a, Value.Const(0));
            case Condition.GreaterOrEqualUnsigned when b.Imm == int.MinValue:
                return Compare(comparison, Condition.Less, a, Value.Const(0));
            case Condition.GreaterOrEqual when b.Imm == 1:
                return Compare(comparison, Condition.Less, Value.Const(0), a);
            case Condition.Less when b.Imm == 1 && comparison.Op != Op.Set:
                return Compare(comparison, Condition.GreaterOrEqual, Value.Const(0), a);
            case Condition.Less or Condition.GreaterOrEqual when b.Imm == 0 && a.Op == Op.ShiftRightArithmetic:
                return a.Inputs[1].IsConst && Compare(comparison, condition, a.Inputs[0], b);
            default:
                return false;
        }
    }

    // c < x is x >= c + 1, and c >= x is x < c + 1, unless c is the greatest number.
    private static bool SimplifyConstantOnTheLeft(Value comparison, int constant, Value x)
    {
        switch (comparison.Condition)
        {
            case Condition.Less when constant == 0:
            case Condition.GreaterOrEqual when constant == 0 && comparison.Op != Op.Set:
                return false;
            case Condition.Less when constant != int.MaxValue:
                return Compare(comparison, Condition.GreaterOrEqual, x, Value.Const(constant + 1));
            case Condition.GreaterOrEqual when constant != int.MaxValue:
                return Compare(comparison, Condition.Less, x, Value.Const(constant + 1));
            case Condition.LessUnsigned when constant != -1:
                return Compare(comparison, Condition.GreaterOrEqualUnsigned, x, Value.Const(constant + 1));
            case Condition.GreaterOrEqualUnsigned when constant != -1:
                return Compare(comparison, Condition.LessUnsigned, x, Value.Const(constant + 1));
            default:
                return false;
        }
    }

    private static bool SimplifyEquality(Value comparison, Value a, int number)
    {
        Condition condition = comparison.Condition;
        bool equal = condition == Condition.Equal;
        if (a.Op == Op.Set && number is 0 or 1)
        {
            bool holds = equal == (number == 1);
            return Compare(comparison, holds ? a.Condition : a.Condition.Negate(), a.Inputs[0], a.Inputs[1]);
        }

        if (number != 0 && KnownBits.PossibleOnes(a) == (uint)number && BitOperations.IsPow2((uint)number))
        {
            return Compare(comparison, condition.Negate(), a, Value.Const(0));
        }

        switch (a.Op)
        {
            case Op.Sub when number == 0:
                return Compare(comparison, condition, a.Inputs[0], a.Inputs[1]);
            case Op.Xor when number == 0:
                return Compare(comparison, condition, a.Inputs[0], a.Inputs[1]);
            case Op.Xor when a.Inputs[1].IsConst:
                return Compare(comparison, condition, a.Inputs[0], Value.Const(a.Inputs[1].Imm ^ number));
            case Op.And when number == 0 && a.Inputs[1].Is(int.MinValue):
            case Op.ShiftRight when number == 0 && a.Inputs[1].Is(31):
            case Op.ShiftRightArithmetic when number == 0 && a.Inputs[1].Is(31):
                Condition sign = equal ? Condition.GreaterOrEqual : Condition.Less;
                return Compare(comparison, sign, a.Inputs[0], Value.Const(0));
            default:
                return false;
        }
    }

    private static bool IsOneLess(Value value, Value than) =>
        value.Op == Op.Add && value.Inputs[0] == than && value.Inputs[1].Is(-1);

    private static bool Compare(Value comparison, Condition condition, Value a, Value b)
    {
        comparison.Condition = condition;
        comparison.Inputs = [a, b];
        return true;
    }

    /// <summary>Whether two leaves are certainly different words: null and addresses, and addresses inside different data.</summary>
    private static bool AreDistinct(Value a, Value b)
    {
        if (b.IsConst)
        {
            return b.Imm == 0 && IsInside(a, 1);
        }

        if (a.IsConst)
        {
            return a.Imm == 0 && IsInside(b, 1);
        }

        return IsInside(a, 0) && IsInside(b, 0) && (a.Symbol != b.Symbol || a.Slot != b.Slot || a.Imm != b.Imm);
    }

    // One past the end is still no null, but may be the address of something else.
    private static bool IsInside(Value leaf, int past) => leaf.Op switch
    {
        Op.SlotAddress => leaf.Imm >= 0 && leaf.Imm < leaf.Slot!.Size + past,
        Op.SymbolAddress when leaf.Symbol is DataSymbol data => leaf.Imm >= 0 && leaf.Imm < data.Size + past,
        Op.SymbolAddress when leaf.Symbol is FunctionSymbol => past == 1 && leaf.Imm == 0,
        _ => false,
    };
}
