// Proves comparisons from facts: I(x) - I(y) <= c, where I reads a word as a signed or unsigned number and the difference
// is that of whole numbers, not of words. What may wrap around is not taken for granted: x + 1 is above x only if x
// is shown to be below the greatest number, and so on. A bound of a phi is shown for all its inputs at the ends of their
// predecessors; where that leads back to the same phi, the bound may be assumed (it was shown for the phi's value before,
// so this is induction over time), provided that it is not stricter than what is to be shown and that the other side
// does not change in between. A search that grows too long fails, which is always safe.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class Prover(Facts facts, Dominators dominators)
{
    /// <summary>Steps of one proof; in functions with very many facts fewer.</summary>
    private const int MaximumSteps = 300;

    private const int MinimumSteps = 24;

    /// <summary>Facts times steps.</summary>
    private const int MaximumWork = 400_000;

    private const int MaximumDepth = 28;

    /// <summary>Of many facts about one value, the latest are tried.</summary>
    private const int MaximumFacts = 24;

    private readonly List<Claim> assumed = [];
    private readonly Dictionary<(Value?, Value?, bool, Place), long> tried = [];
    private readonly int stepsOfProof = Math.Clamp(MaximumWork / Math.Max(1, facts.Count), MinimumSteps, MaximumSteps);
    private int steps;

    /// <summary>I(X) - I(Y) is at most Bound; null stands for the number 0.</summary>
    private readonly record struct Claim(Value? X, Value? Y, bool Signed, long Bound);

    private enum Relation
    {
        AtMost,
        AtLeast,
        Different,
    }

    /// <summary>Whether a condition holds at a place in every run (true), in none (false), or may depend (null).</summary>
    public bool? Decide(Condition condition, Value a, Value b, Place place)
    {
        if (Folding.Decide(condition, a, b) is { } simple)
        {
            return simple;
        }

        return Holds(condition, a, b, place) ? true : Holds(condition.Negate(), a, b, place) ? false : null;
    }

    /// <summary>Whether the first is certainly not above the second, both read as unsigned.</summary>
    public bool IsNotAbove(Value a, Value b, Place place) => Prove(a, b, 0, false, place);

    public bool IsNonNegative(Value value, Place place)
    {
        Start();
        return IsNonNegative(value, place, 0);
    }

    /// <summary>Whether the condition certainly holds.</summary>
    public bool Holds(Condition condition, Value a, Value b, Place place)
    {
        switch (condition)
        {
            case Condition.Less:
                return Prove(a, b, -1, true, place);
            case Condition.GreaterOrEqual:
                return Prove(b, a, 0, true, place);
            case Condition.LessUnsigned:
                return Prove(a, b, -1, false, place) || (IsNonNegative(a, place) && Prove(a, b, -1, true, place));
            case Condition.GreaterOrEqualUnsigned:
                return Prove(b, a, 0, false, place) || (IsNonNegative(b, place) && Prove(b, a, 0, true, place));
            case Condition.Equal:
                return (Prove(a, b, 0, true, place) && Prove(b, a, 0, true, place))
                    || (Prove(a, b, 0, false, place) && Prove(b, a, 0, false, place));
            default:
                return IsKnownDifferent(a, b, place)
                    || Prove(a, b, -1, true, place) || Prove(b, a, -1, true, place)
                    || Prove(a, b, -1, false, place) || Prove(b, a, -1, false, place);
        }
    }

    private void Start()
    {
        steps = stepsOfProof;
        assumed.Clear();
        tried.Clear();
    }

    private bool Prove(Value? x, Value? y, long bound, bool signed, Place place)
    {
        Start();
        return Prove(x, y, bound, signed, place, 0);
    }

    private bool IsKnownDifferent(Value a, Value b, Place place)
    {
        Value subject = a.IsLeaf ? b : a;
        return facts.About(subject, place).Take(MaximumFacts).Any(fact => fact.Condition == Condition.NotEqual
            && ((fact.A.SameLeaf(a) && fact.B.SameLeaf(b)) || (fact.A.SameLeaf(b) && fact.B.SameLeaf(a))));
    }

    private bool IsNonNegative(Value value, Place place, int depth) => Prove(null, value, 0, true, place, depth + 1);

    private bool Prove(Value? x, Value? y, long bound, bool signed, Place place, int depth)
    {
        if (x is { IsConst: true })
        {
            bound -= signed ? x.Imm : (uint)x.Imm;
            x = null;
        }

        if (y is { IsConst: true })
        {
            bound += signed ? y.Imm : (uint)y.Imm;
            y = null;
        }

        if (x is { Op: Op.Undefined } || y is { Op: Op.Undefined })
        {
            return false;
        }

        if (ReferenceEquals(x, y) || (x is not null && y is not null && x.SameLeaf(y)))
        {
            return bound >= 0;
        }

        if (Greatest(x, signed) - Least(y, signed) <= bound)
        {
            return true;
        }

        if (Least(x, signed) - Greatest(y, signed) > bound)
        {
            return false;
        }

        foreach (Claim claim in assumed)
        {
            if (claim.X == x && claim.Y == y && claim.Signed == signed && claim.Bound <= bound)
            {
                return true;
            }
        }

        if (--steps < 0 || depth > MaximumDepth
            || (tried.TryGetValue((x, y, signed, place), out long before) && before >= bound))
        {
            return false;
        }

        // While it is being tried, and if it fails, a stricter bound is out of reach. What holds may hold by assumption only.
        tried[(x, y, signed, place)] = bound;
        bool holds = (x is not null && ProveByFacts(x, y, bound, signed, place, depth, true))
            || (y is not null && ProveByFacts(y, x, bound, signed, place, depth, false))
            || (x is not null && ProveAbove(x, y, bound, signed, place, depth))
            || (y is not null && ProveBelow(x, y, bound, signed, place, depth))
            || (x is { Op: Op.Phi } && ProvePhi(x, x, y, bound, signed, depth))
            || (y is { Op: Op.Phi } && ProvePhi(y, x, y, bound, signed, depth));
        if (holds)
        {
            tried.Remove((x, y, signed, place));
        }

        return holds;
    }

    private static long Greatest(Value? value, bool signed) => value is null ? 0
        : signed ? KnownBits.SignedRange(value).Maximum : KnownBits.UnsignedRange(value).Maximum;

    private static long Least(Value? value, bool signed) => value is null ? 0
        : signed ? KnownBits.SignedRange(value).Minimum : KnownBits.UnsignedRange(value).Minimum;

    /// <summary>
    /// Goes from <paramref name="subject"/>, which is x if <paramref name="isX"/> and else y, over what it is known to be
    /// at most (at least), to the other side.
    /// </summary>
    private bool ProveByFacts(Value subject, Value? other, long bound, bool signed, Place place, int depth, bool isX)
    {
        int left = MaximumFacts;
        foreach (Fact fact in facts.About(subject, place))
        {
            if (--left < 0)
            {
                return false;
            }

            Value partner = fact.A == subject ? fact.B : fact.A;
            if (partner == subject)
            {
                continue;
            }

            (Relation relation, bool factSigned, int offset) = Read(fact, fact.A == subject);
            if (fact.Condition is Condition.Equal
                || (relation == (isX ? Relation.AtMost : Relation.AtLeast)
                    && (factSigned == signed || MayChangeSign(relation, subject, partner, signed, place, depth))))
            {
                // I(x) <= I(partner) + offset, or I(y) >= I(partner) + offset.
                long rest = isX ? bound - offset : bound + offset;
                if (isX ? Prove(partner, other, rest, signed, place, depth + 1) : Prove(other, partner, rest, signed, place, depth + 1))
                {
                    return true;
                }
            }
            else if (relation == Relation.Different && IsNext(partner, other, bound, signed, isX)
                && (isX ? Prove(subject, other, bound + 1, signed, place, depth + 1) : Prove(other, subject, bound + 1, signed, place, depth + 1)))
            {
                return true;
            }
            else if (!isX && other is null && signed && !factSigned && bound >= 0 && relation == Relation.AtMost
                && IsNonNegative(partner, place, depth))
            {
                // Below a number that is not negative, read as unsigned: not negative itself.
                return true;
            }
        }

        return false;
    }

    private static (Relation Relation, bool Signed, int Offset) Read(Fact fact, bool isLeft) => fact.Condition switch
    {
        Condition.Equal => (Relation.AtMost, true, 0),
        Condition.NotEqual => (Relation.Different, true, 0),
        Condition.Less or Condition.LessUnsigned =>
            (isLeft ? Relation.AtMost : Relation.AtLeast, fact.Condition == Condition.Less, isLeft ? -1 : 1),
        _ => (isLeft ? Relation.AtLeast : Relation.AtMost, fact.Condition == Condition.GreaterOrEqual, 0),
    };

    /// <summary>
    /// Whether a fact about signed numbers holds for the unsigned ones, or the other way round. The greater side of
    /// an unsigned comparison must not be negative, of a signed one the lesser side: then both are not.
    /// </summary>
    private bool MayChangeSign(Relation relation, Value subject, Value partner, bool toSigned, Place place, int depth)
    {
        Value greater = relation == Relation.AtMost ? partner : subject;
        Value lesser = relation == Relation.AtMost ? subject : partner;
        return IsNonNegative(toSigned ? greater : lesser, place, depth);
    }

    /// <summary>Whether "different from partner" is all that is missing for the bound to be one less.</summary>
    private static bool IsNext(Value partner, Value? other, long bound, bool signed, bool isX)
    {
        if (!partner.IsConst)
        {
            return other is not null && partner.SameLeaf(other) && bound == -1;
        }

        long number = signed ? partner.Imm : (uint)partner.Imm;
        return other is null && number == (isX ? bound + 1 : -bound - 1);
    }

    /// <summary>Shows the bound from what makes x: x is at most something else.</summary>
    private bool ProveAbove(Value x, Value? y, long bound, bool signed, Place place, int depth)
    {
        bool Operand(int index, long less = 0) => Prove(x.Inputs[index], y, bound - less, signed, place, depth + 1);
        bool NonNegative(int index) => IsNonNegative(x.Inputs[index], place, depth);
        switch (x.Op)
        {
            case Op.Add when x.Inputs[1].IsConst:
                int added = x.Inputs[1].Imm;
                return (added > 0 || AddsExactly(x, signed, place, depth)) && Operand(0, added);
            case Op.ShiftLeft when y is null && bound >= 0 && ShiftsExactly(x, signed, place, depth):
                return Prove(x.Inputs[0], null, bound >> (x.Inputs[1].Imm & 31), signed, place, depth + 1);
            case Op.Sub when signed && y is null && NonNegative(0) && NonNegative(1):
                return Prove(x.Inputs[0], x.Inputs[1], bound, true, place, depth + 1);
            case Op.Sub when signed ? NonNegative(0) && NonNegative(1) : Prove(x.Inputs[1], x.Inputs[0], 0, false, place, depth + 1):
                return Operand(0);
            case Op.And:
                return ((!signed || NonNegative(0)) && Operand(0)) || ((!signed || NonNegative(1)) && Operand(1));
            case Op.ShiftRight when IsMiddle(x, place, depth):
                return Prove(x.Inputs[0].Inputs[0], y, bound, signed, place, depth + 1)
                    && Prove(x.Inputs[0].Inputs[1], y, bound, signed, place, depth + 1);
            case Op.ShiftRight or Op.DivUnsigned when x.Inputs[1].IsConst && x.Inputs[1].Imm != 0:
                return (!signed || NonNegative(0)) && Operand(0);
            case Op.ShiftRightArithmetic or Op.Div when signed && x.Inputs[1].IsConst && x.Inputs[1].Imm > 0:
                return NonNegative(0) && Operand(0);
            case Op.RemUnsigned when Prove(null, x.Inputs[1], -1, false, place, depth + 1):
                return (!signed || NonNegative(1)) && Operand(1, -1);
            case Op.Rem when signed && NonNegative(0) && Prove(null, x.Inputs[1], -1, true, place, depth + 1):
                return Operand(1, -1);
            default:
                return false;
        }
    }

    /// <summary>Shows the bound from what makes y: y is at least something else.</summary>
    private bool ProveBelow(Value? x, Value y, long bound, bool signed, Place place, int depth)
    {
        switch (y.Op)
        {
            case Op.Add when y.Inputs[1].IsConst:
                int added = y.Inputs[1].Imm;
                return (added < 0 || AddsExactly(y, signed, place, depth))
                    && Prove(x, y.Inputs[0], bound + added, signed, place, depth + 1);
            case Op.ShiftLeft when x is null && ShiftsExactly(y, signed, place, depth):
                int count = y.Inputs[1].Imm & 31;
                return Prove(null, y.Inputs[0], -((-bound + (1L << count) - 1) >> count), signed, place, depth + 1);
            case Op.Sub when signed && x is null:
                return IsNonNegative(y.Inputs[0], place, depth) && IsNonNegative(y.Inputs[1], place, depth)
                    && Prove(y.Inputs[1], y.Inputs[0], bound, true, place, depth + 1);
            case Op.ShiftRight when IsMiddle(y, place, depth):
                return Prove(x, y.Inputs[0].Inputs[0], bound, signed, place, depth + 1)
                    && Prove(x, y.Inputs[0].Inputs[1], bound, signed, place, depth + 1);
            case Op.ShiftRightArithmetic or Op.And or Op.Div when signed && x is null && bound >= 0:
                // Not negative, if the dividend or one side of the mask is not.
                return (y.Op != Op.Div || (y.Inputs[1].IsConst && y.Inputs[1].Imm > 0))
                    && (IsNonNegative(y.Inputs[0], place, depth) || (y.Op == Op.And && IsNonNegative(y.Inputs[1], place, depth)));
            case Op.RemUnsigned or Op.Rem when signed && x is null && bound >= 0:
                return IsNonNegative(y.Inputs[0], place, depth);
            default:
                return false;
        }
    }

    /// <summary>Half the sum of two numbers that are not negative, so that the sum fits 32 bits.</summary>
    private bool IsMiddle(Value value, Place place, int depth) => value.Inputs[1].Is(1) && value.Inputs[0].Op == Op.Add
        && IsNonNegative(value.Inputs[0].Inputs[0], place, depth) && IsNonNegative(value.Inputs[0].Inputs[1], place, depth);

    /// <summary>Whether adding a constant does not leave the range of the words.</summary>
    private bool AddsExactly(Value sum, bool signed, Place place, int depth)
    {
        Value term = sum.Inputs[0];
        int added = sum.Inputs[1].Imm;
        long greatest = signed ? int.MaxValue : uint.MaxValue;
        long least = signed ? int.MinValue : 0;
        return added > 0
            ? Prove(term, null, greatest - added, signed, place, depth + 1)
            : Prove(null, term, -(least - added), signed, place, depth + 1);
    }

    /// <summary>Whether shifting by a constant only multiplies: no bit is lost, and the sign stays.</summary>
    private bool ShiftsExactly(Value shifted, bool signed, Place place, int depth)
    {
        Value number = shifted.Inputs[0];
        return shifted.Inputs[1].IsConst
            && Prove(number, null, (signed ? int.MaxValue : uint.MaxValue) >> (shifted.Inputs[1].Imm & 31), signed, place, depth + 1)
            && (!signed || IsNonNegative(number, place, depth));
    }

    private bool ProvePhi(Value phi, Value? x, Value? y, long bound, bool signed, int depth)
    {
        // The other side must be the same number at the ends of the predecessors.
        Value? other = phi == x ? y : x;
        if (other is { IsLeaf: false }
            && (other.Block is not { } home || home == phi.Block || !dominators.Dominates(home, phi.Block!)))
        {
            return false;
        }

        assumed.Add(new Claim(x, y, signed, bound));
        bool holds = true;
        for (int i = 0; i < phi.Inputs.Length && holds; i++)
        {
            Block predecessor = phi.Block!.Predecessors[i];
            Place end = new(predecessor, int.MaxValue, phi.Block);
            Value input = phi.Inputs[i];
            holds = phi == x ? Prove(input, y, bound, signed, end, depth + 1) : Prove(x, input, bound, signed, end, depth + 1);
        }

        assumed.RemoveAt(assumed.Count - 1);
        return holds;
    }
}
