// What an operation equals, seen from itself and the few operations before it: constants, identities, and the canonical
// form that the other passes rely on (a constant stands on the right, displacements are collected in leaves and in the
// Imm of memory accesses). Nothing here looks at control flow or at who else uses a value, and no value is added to a
// block: a candidate becomes a leaf, an existing value, or another operation on existing values.

using System.Numerics;

namespace XousCloud.Compiler.Ir;

public static partial class Folding
{
    /// <summary>Rewrites of one candidate; each makes it smaller, the limit is a guard.</summary>
    private const int MaximumRounds = 16;

    /// <summary>
    /// The constant, leaf or existing value that a value with resolved inputs equals; null if it is an operation of its
    /// own, which may have been rewritten in place into its canonical form.
    /// </summary>
    public static Value? Simplify(Value candidate)
    {
        for (int round = 0; round < MaximumRounds; round++)
        {
            bool changed = false;
            Value? result = candidate.Op switch
            {
                Op.Phi => SimplifyPhi(candidate),
                >= Op.Add and <= Op.ShiftRightArithmetic => SimplifyBinary(candidate, ref changed),
                Op.Set => SimplifySet(candidate, ref changed),
                Op.SignExtend8 or Op.SignExtend16 or Op.ZeroExtend16 => SimplifyExtension(candidate, ref changed),
                Op.Load => SimplifyLoad(candidate),
                Op.Store => SimplifyStore(candidate),
                Op.Branch or Op.Check => SimplifyBranch(candidate),
                _ => null,
            };
            if (result is not null)
            {
                return result;
            }

            if (!changed)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The result of an operation on two constants, as RV32IM computes it.</summary>
    public static int Compute(Op op, int a, int b) => op switch
    {
        Op.Add => a + b,
        Op.Sub => a - b,
        Op.Mul => a * b,
        Op.MulHigh => (int)(((long)a * b) >> 32),
        Op.MulHighUnsigned => (int)(((ulong)(uint)a * (uint)b) >> 32),
        Op.Div => b == 0 ? -1 : b == -1 ? -a : a / b,
        Op.DivUnsigned => b == 0 ? -1 : (int)((uint)a / (uint)b),
        Op.Rem => b == 0 ? a : b == -1 ? 0 : a % b,
        Op.RemUnsigned => b == 0 ? a : (int)((uint)a % (uint)b),
        Op.And => a & b,
        Op.Or => a | b,
        Op.Xor => a ^ b,
        Op.ShiftLeft => a << b,
        Op.ShiftRight => (int)((uint)a >> b),
        Op.ShiftRightArithmetic => a >> b,
        _ => throw new ArgumentOutOfRangeException(nameof(op)),
    };

    public static bool IsCommutative(Op op) =>
        op is Op.Add or Op.Mul or Op.MulHigh or Op.MulHighUnsigned or Op.And or Op.Or or Op.Xor;

    private static Value? SimplifyPhi(Value phi)
    {
        Value? same = null;
        foreach (Value input in phi.Inputs)
        {
            if (input == phi)
            {
                continue;
            }

            if (same is null)
            {
                same = input;
            }
            else if (!same.SameLeaf(input))
            {
                return null;
            }
        }

        return same;
    }

    private static Value? SimplifyBinary(Value value, ref bool changed)
    {
        Value a = value.Inputs[0];
        Value b = value.Inputs[1];
        if (a.IsConst && b.IsConst)
        {
            return Value.Const(Compute(value.Op, a.Imm, b.Imm));
        }

        if (a.IsLeaf && !b.IsConst && IsCommutative(value.Op) && (!b.IsLeaf || a.IsConst))
        {
            (a, b) = (b, a);
            value.Inputs = [a, b];
        }

        return value.Op switch
        {
            Op.Add => SimplifyAdd(value, a, b, ref changed),
            Op.Sub => SimplifySub(value, a, b, ref changed),
            Op.Mul or Op.MulHigh or Op.MulHighUnsigned => SimplifyMultiplication(value, a, b, ref changed),
            Op.Div or Op.DivUnsigned or Op.Rem or Op.RemUnsigned => SimplifyDivision(value, a, b, ref changed),
            Op.And => SimplifyAnd(value, a, b, ref changed),
            Op.Or or Op.Xor => SimplifyOr(value, a, b, ref changed),
            _ => SimplifyShift(value, a, b, ref changed),
        };
    }

    private static Value? SimplifyAdd(Value value, Value a, Value b, ref bool changed)
    {
        if (b.IsConst)
        {
            if (b.Imm == 0)
            {
                return a;
            }

            if (Displaced(a, b.Imm) is { } leaf)
            {
                return leaf;
            }

            if (a.Op == Op.Add && a.Inputs[1].IsConst)
            {
                changed = Rewrite(value, Op.Add, a.Inputs[0], Value.Const(a.Inputs[1].Imm + b.Imm));
            }
            else if (a.Op == Op.Sub && a.Inputs[0].IsConst)
            {
                changed = Rewrite(value, Op.Sub, Value.Const(a.Inputs[0].Imm + b.Imm), a.Inputs[1]);
            }

            return null;
        }

        if (a.Op == Op.Sub && Same(a.Inputs[1], b))
        {
            return a.Inputs[0];
        }

        if (b.Op == Op.Sub && Same(b.Inputs[1], a))
        {
            return b.Inputs[0];
        }

        if (b.Op == Op.Sub && b.Inputs[0].Is(0))
        {
            changed = Rewrite(value, Op.Sub, a, b.Inputs[1]);
        }
        else if (a.Op == Op.Sub && a.Inputs[0].Is(0))
        {
            changed = Rewrite(value, Op.Sub, b, a.Inputs[1]);
        }

        return null;
    }

    private static Value? SimplifySub(Value value, Value a, Value b, ref bool changed)
    {
        if (b.IsConst)
        {
            changed = Rewrite(value, Op.Add, a, Value.Const(-b.Imm));
            return null;
        }

        (Value Base, int Offset) left = Split(a);
        (Value Base, int Offset) right = Split(b);
        if (Same(left.Base, right.Base))
        {
            return Value.Const(left.Offset - right.Offset);
        }

        // (x + y) - x and x - (x - y).
        if (a.Op == Op.Add && (Same(a.Inputs[0], b) || Same(a.Inputs[1], b)))
        {
            return a.Inputs[Same(a.Inputs[0], b) ? 1 : 0];
        }

        if (b.Op == Op.Sub && Same(b.Inputs[0], a))
        {
            return b.Inputs[1];
        }

        if (a.IsConst && b.Op == Op.Add && b.Inputs[1].IsConst)
        {
            changed = Rewrite(value, Op.Sub, Value.Const(a.Imm - b.Inputs[1].Imm), b.Inputs[0]);
        }
        else if (a.IsConst && b.Op == Op.Sub && b.Inputs[0].IsConst)
        {
            changed = Rewrite(value, Op.Add, b.Inputs[1], Value.Const(a.Imm - b.Inputs[0].Imm));
        }
        else if (b.Op == Op.Sub && b.Inputs[0].Is(0))
        {
            changed = Rewrite(value, Op.Add, a, b.Inputs[1]);
        }

        return null;
    }

    private static Value? SimplifyMultiplication(Value value, Value a, Value b, ref bool changed)
    {
        if (!b.IsConst)
        {
            return null;
        }

        int number = b.Imm;
        bool power = number != 0 && BitOperations.IsPow2((uint)number);
        int log = BitOperations.Log2((uint)number);
        if (number == 0)
        {
            return b;
        }

        switch (value.Op)
        {
            case Op.Mul when number == 1:
                return a;
            case Op.Mul when number == -1:
                changed = Rewrite(value, Op.Sub, Value.Const(0), a);
                return null;
            case Op.Mul when power:
                changed = Rewrite(value, Op.ShiftLeft, a, Value.Const(log));
                return null;
            case Op.Mul when a.Op == Op.Mul && a.Inputs[1].IsConst:
                changed = Rewrite(value, Op.Mul, a.Inputs[0], Value.Const(a.Inputs[1].Imm * number));
                return null;
            case Op.Mul when a.Op == Op.ShiftLeft && a.Inputs[1].IsConst:
                changed = Rewrite(value, Op.Mul, a.Inputs[0], Value.Const(number << a.Inputs[1].Imm));
                return null;
            case Op.MulHighUnsigned when number == 1:
                return Value.Const(0);
            case Op.MulHighUnsigned when power:
                changed = Rewrite(value, Op.ShiftRight, a, Value.Const(32 - log));
                return null;
            case Op.MulHigh when power && number > 0:
                changed = Rewrite(value, Op.ShiftRightArithmetic, a, Value.Const(number == 1 ? 31 : 32 - log));
                return null;
            default:
                return null;
        }
    }

    private static Value? SimplifyDivision(Value value, Value a, Value b, ref bool changed)
    {
        if (!b.IsConst || b.Imm == 0)
        {
            return null;
        }

        int number = b.Imm;
        bool division = value.Op is Op.Div or Op.DivUnsigned;
        if (number == 1)
        {
            return division ? a : Value.Const(0);
        }

        bool signed = value.Op is Op.Div or Op.Rem;
        if (signed && number == -1)
        {
            if (!division)
            {
                return Value.Const(0);
            }

            changed = Rewrite(value, Op.Sub, Value.Const(0), a);
            return null;
        }

        if (signed && number > 0 && KnownBits.SignedRange(a).Minimum >= 0)
        {
            changed = Rewrite(value, division ? Op.DivUnsigned : Op.RemUnsigned, a, b);
            return null;
        }

        if (!signed && KnownBits.UnsignedRange(a).Maximum < (uint)number)
        {
            return division ? Value.Const(0) : a;
        }

        if (!signed && BitOperations.IsPow2((uint)number))
        {
            changed = division
                ? Rewrite(value, Op.ShiftRight, a, Value.Const(BitOperations.Log2((uint)number)))
                : Rewrite(value, Op.And, a, Value.Const(number - 1));
        }

        return null;
    }

    /// <summary>A leaf address, or a constant, moved by a number of bytes; null for everything else.</summary>
    private static Value? Displaced(Value leaf, int offset) => leaf.Op switch
    {
        Op.Const => Value.Const(leaf.Imm + offset),
        Op.SymbolAddress => Value.AddressOf(leaf.Symbol!, leaf.Imm + offset),
        Op.SlotAddress => Value.AddressOf(leaf.Slot!, leaf.Imm + offset),
        _ => null,
    };

    /// <summary>A value as another one plus a constant; two addresses in one symbol or slot get equal bases.</summary>
    private static (Value Base, int Offset) Split(Value value) => value.Op switch
    {
        Op.Add when value.Inputs[1].IsConst => (value.Inputs[0], value.Inputs[1].Imm),
        Op.SymbolAddress when value.Imm != 0 => (Value.AddressOf(value.Symbol!), value.Imm),
        Op.SlotAddress when value.Imm != 0 => (Value.AddressOf(value.Slot!), value.Imm),
        _ => (value, 0),
    };

    private static bool Same(Value a, Value b) => a.SameLeaf(b);

    private static bool Rewrite(Value value, Op op, Value a, Value b)
    {
        value.Op = op;
        value.Inputs = [a, b];
        return true;
    }
}
