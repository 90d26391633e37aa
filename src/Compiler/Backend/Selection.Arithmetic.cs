// Selection of arithmetic and comparisons: constants go into immediates, wide masks into pairs of shifts,
// multiplications by constants into shifts and additions where that is no longer.

using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

internal sealed partial class Selection
{
    private void SelectValue(Value value, List<Value> values, int index)
    {
        switch (value.Op)
        {
            case Op.Add:
                SelectAdd(Result(value), value.Inputs[0], value.Inputs[1]);
                break;
            case Op.Sub:
                SelectSubtract(Result(value), value.Inputs[0], value.Inputs[1]);
                break;
            case Op.Mul:
                SelectMultiply(Result(value), value.Inputs[0], value.Inputs[1]);
                break;
            case Op.And:
                SelectAnd(Result(value), value.Inputs[0], value.Inputs[1]);
                break;
            case Op.Or:
                SelectLogical(MachineOp.Or, MachineOp.Ori, value);
                break;
            case Op.Xor:
                SelectLogical(MachineOp.Xor, MachineOp.Xori, value);
                break;
            case Op.ShiftLeft or Op.ShiftRight or Op.ShiftRightArithmetic:
                SelectShift(value);
                break;
            case Op.SignExtend8:
                ShiftTwice(Result(value), value.Inputs[0], 24, MachineOp.Srai, 24);
                break;
            case Op.SignExtend16:
                ShiftTwice(Result(value), value.Inputs[0], 16, MachineOp.Srai, 16);
                break;
            case Op.ZeroExtend16:
                ShiftTwice(Result(value), value.Inputs[0], 16, MachineOp.Srli, 16);
                break;
            case Op.Set:
                SelectSet(Result(value), value.Condition, value.Inputs[0], value.Inputs[1]);
                break;
            case Op.MulHigh or Op.MulHighUnsigned or Op.Div or Op.DivUnsigned or Op.Rem or Op.RemUnsigned:
                Add(PlainOp(value.Op), Result(value), Register(value.Inputs[0]), Register(value.Inputs[1]));
                break;
            case Op.Call or Op.CallIndirect:
                SelectCall(value, values, index);
                break;
            case Op.EnvironmentCall:
                SelectEnvironmentCall(value, values, index);
                break;
            case Op.Check:
                Instruction check = Compare(value.Condition, value.Inputs[0], value.Inputs[1]);
                check.Panic = value.Panic;
                output.Add(check);
                break;
            case Op.Unsupported:
                throw new CompileErrorException(value.Diagnostic
                    ?? new Diagnostic(DiagnosticCode.Construct, $"{function.Name} uses something that is not supported.", value.Position));
            default:
                SelectAccess(value);
                break;
        }
    }

    private static MachineOp PlainOp(Op op) => op switch
    {
        Op.MulHigh => MachineOp.Mulh,
        Op.MulHighUnsigned => MachineOp.Mulhu,
        Op.Div => MachineOp.Div,
        Op.DivUnsigned => MachineOp.Divu,
        Op.Rem => MachineOp.Rem,
        _ => MachineOp.Remu,
    };

    private void SelectAdd(int rd, Value a, Value b)
    {
        if (a.IsConst)
        {
            (a, b) = (b, a);
        }

        if (!b.IsConst)
        {
            Add(MachineOp.Add, rd, Register(a), Register(b));
        }
        else if (FitsImmediate(b.Imm))
        {
            AddImmediate(MachineOp.Addi, rd, Register(a), b.Imm);
        }
        else if (b.Imm is >= -4096 and <= 4094 && !IsInLoop)
        {
            int half = b.Imm > 0 ? 2047 : -2048;
            AddImmediate(MachineOp.Addi, rd, Register(a), half);
            AddImmediate(MachineOp.Addi, rd, rd, b.Imm - half);
        }
        else
        {
            Add(MachineOp.Add, rd, Register(a), Register(b));
        }
    }

    private void SelectSubtract(int rd, Value a, Value b)
    {
        if (b.IsConst)
        {
            SelectAdd(rd, a, Value.Const(-b.Imm));
        }
        else if (a.Is(-1))
        {
            AddImmediate(MachineOp.Xori, rd, Register(b), -1);
        }
        else
        {
            Add(MachineOp.Sub, rd, Register(a), Register(b));
        }
    }

    private void SelectMultiply(int rd, Value a, Value b)
    {
        if (a.IsConst)
        {
            (a, b) = (b, a);
        }

        // In a loop the constant waits in a register, so that one instruction is enough.
        if (!b.IsConst || IsInLoop || !MultiplyByShifts(rd, a, b.Imm))
        {
            Add(MachineOp.Mul, rd, Register(a), Register(b));
        }
    }

    /// <summary>Multiplies with two or three instructions, if the constant and a mul take as many.</summary>
    private bool MultiplyByShifts(int rd, Value a, int factor)
    {
        int limit = IsCheap(factor) ? 2 : 3;
        uint magnitude = (uint)Math.Abs((long)factor);
        if (magnitude == 0)
        {
            return false;
        }

        int low = BitOperations.TrailingZeroCount(magnitude);
        uint odd = magnitude >> low;
        bool isSum = BitOperations.IsPow2(odd - 1) && odd > 1;
        bool isDifference = BitOperations.IsPow2((ulong)odd + 1);
        int cost = (low > 0 ? 1 : 0) + (odd == 1 ? 0 : isSum || isDifference ? 2 : 99) + (factor < 0 ? 1 : 0);
        if (cost > limit)
        {
            return false;
        }

        int from = Register(a);
        if (odd != 1)
        {
            int shifted = body.NewRegister();
            int to = low > 0 || factor < 0 ? body.NewRegister() : rd;
            AddImmediate(MachineOp.Slli, shifted, from, BitOperations.Log2(isSum ? odd - 1 : odd + 1));
            Add(isSum ? MachineOp.Add : MachineOp.Sub, to, shifted, from);
            from = to;
        }

        if (low > 0)
        {
            int to = factor < 0 ? body.NewRegister() : rd;
            AddImmediate(MachineOp.Slli, to, from, low);
            from = to;
        }

        if (factor < 0)
        {
            Add(MachineOp.Sub, rd, Registers.Zero, from);
        }
        else if (from != rd)
        {
            Copy(rd, from);
        }

        return true;
    }

    private void SelectLogical(MachineOp op, MachineOp immediate, Value value)
    {
        Value a = value.Inputs[0];
        Value b = value.Inputs[1];
        if (a.IsConst)
        {
            (a, b) = (b, a);
        }

        if (b.IsConst && FitsImmediate(b.Imm))
        {
            AddImmediate(immediate, Result(value), Register(a), b.Imm);
        }
        else
        {
            Add(op, Result(value), Register(a), Register(b));
        }
    }

    private void SelectAnd(int rd, Value a, Value b)
    {
        if (a.IsConst)
        {
            (a, b) = (b, a);
        }

        if (!b.IsConst)
        {
            Add(MachineOp.And, rd, Register(a), Register(b));
            return;
        }

        uint mask = (uint)b.Imm;
        if (FitsImmediate(b.Imm))
        {
            AddImmediate(MachineOp.Andi, rd, Register(a), b.Imm);
        }
        else if (IsLowMask(mask, out int width))
        {
            // The bits of a value shifted right can be cut out on the way.
            if (a.Op == Op.ShiftRight && a.Inputs[1].IsConst && IsUsedOnce(a) && (a.Inputs[1].Imm & 31) + width <= 32)
            {
                ShiftTwice(rd, a.Inputs[0], 32 - width - (a.Inputs[1].Imm & 31), MachineOp.Srli, 32 - width);
            }
            else if (IsInLoop && IsCheap(b.Imm))
            {
                Add(MachineOp.And, rd, Register(a), Register(b));
            }
            else
            {
                ShiftTwice(rd, a, 32 - width, MachineOp.Srli, 32 - width);
            }
        }
        else if (IsLowMask(~mask, out int zeros))
        {
            int shift = a.Inputs.Length == 2 && a.Inputs[1].IsConst ? a.Inputs[1].Imm & 31 : 0;
            if (a.Op == Op.ShiftLeft && IsUsedOnce(a) && shift > 0 && zeros > shift)
            {
                ShiftDown(rd, a.Inputs[0], zeros - shift, zeros);
            }
            else if (a.Op == Op.ShiftRight && IsUsedOnce(a) && shift > 0 && zeros + shift < 32)
            {
                ShiftDown(rd, a.Inputs[0], zeros + shift, zeros);
            }
            else if (IsInLoop && IsCheap(b.Imm))
            {
                Add(MachineOp.And, rd, Register(a), Register(b));
            }
            else
            {
                ShiftDown(rd, a, zeros, zeros);
            }
        }
        else
        {
            Add(MachineOp.And, rd, Register(a), Register(b));
        }
    }

    /// <summary>Whether the number is 2 to some power, minus one.</summary>
    private static bool IsLowMask(uint mask, out int width)
    {
        width = BitOperations.PopCount(mask);
        return mask != 0 && mask != uint.MaxValue && (mask & (mask + 1)) == 0;
    }

    private void ShiftDown(int rd, Value a, int right, int left)
    {
        AddImmediate(MachineOp.Srli, rd, Register(a), right);
        AddImmediate(MachineOp.Slli, rd, rd, left);
    }

    private void ShiftTwice(int rd, Value a, int left, MachineOp rightOp, int right)
    {
        int from = Register(a);
        if (left > 0)
        {
            AddImmediate(MachineOp.Slli, rd, from, left);
            from = rd;
        }

        AddImmediate(rightOp, rd, from, right);
    }

    private void SelectShift(Value value)
    {
        int rd = Result(value);
        Value a = value.Inputs[0];
        Value count = value.Inputs[1];
        (MachineOp op, MachineOp immediate) = value.Op switch
        {
            Op.ShiftLeft => (MachineOp.Sll, MachineOp.Slli),
            Op.ShiftRight => (MachineOp.Srl, MachineOp.Srli),
            _ => (MachineOp.Sra, MachineOp.Srai),
        };
        if (!count.IsConst)
        {
            Add(op, rd, Register(a), ShiftCount(count));
            return;
        }

        int shift = count.Imm & 31;
        if (shift == 0)
        {
            AddMoves([new Move(Operand.Of(rd), Source(a))]);
            return;
        }

        int extended = a.Op switch
        {
            Op.SignExtend8 => 24,
            Op.SignExtend16 or Op.ZeroExtend16 => 16,
            Op.And when a.Inputs[1].IsConst && IsLowMask((uint)a.Inputs[1].Imm, out int width) => 32 - width,
            _ => 0,
        };
        if (extended > 0 && value.Op == Op.ShiftLeft && shift >= extended)
        {
            AddImmediate(immediate, rd, Register(a.Inputs[0]), shift);
        }
        else if (extended > 0 && value.Op == Op.ShiftLeft && IsUsedOnce(a) && a.Op is Op.ZeroExtend16 or Op.And)
        {
            ShiftTwice(rd, a.Inputs[0], extended, MachineOp.Srli, extended - shift);
        }
        else if (extended > 0 && value.Op != Op.ShiftLeft && IsUsedOnce(a) && extended + shift < 32
            && (a.Op is Op.SignExtend8 or Op.SignExtend16) == (value.Op == Op.ShiftRightArithmetic))
        {
            ShiftTwice(rd, a.Inputs[0], extended, immediate, extended + shift);
        }
        else
        {
            AddImmediate(immediate, rd, Register(a), shift);
        }
    }

    /// <summary>A register whose low five bits are the count's: the machine looks at no others.</summary>
    private int ShiftCount(Value count)
    {
        while (count.Op == Op.And && count.Inputs[1].IsConst && (count.Inputs[1].Imm & 31) == 31)
        {
            count = count.Inputs[0];
        }

        if (count.Op == Op.Sub && count.Inputs[0].IsConst && (count.Inputs[0].Imm & 31) == 0 && IsUsedOnce(count))
        {
            int negated = body.NewRegister();
            Add(MachineOp.Sub, negated, Registers.Zero, Register(count.Inputs[1]));
            return negated;
        }

        return Register(count);
    }

    private void SelectSet(int rd, Condition condition, Value a, Value b)
    {
        if (a.IsConst && condition is Condition.Equal or Condition.NotEqual)
        {
            (a, b) = (b, a);
        }

        switch (condition)
        {
            case Condition.Equal or Condition.NotEqual:
                int difference = Register(a);
                if (!b.Is(0))
                {
                    difference = body.NewRegister();
                    Difference(difference, a, b);
                }

                if (condition == Condition.Equal)
                {
                    AddImmediate(MachineOp.Sltiu, rd, difference, 1);
                }
                else
                {
                    Add(MachineOp.Sltu, rd, Registers.Zero, difference);
                }

                break;
            case Condition.Less or Condition.LessUnsigned:
                SetLess(rd, a, b, condition == Condition.LessUnsigned);
                break;
            default:
                bool isUnsigned = condition == Condition.GreaterOrEqualUnsigned;

                // a >= c is c - 1 < a, and c >= b is b < c + 1, where these constants exist.
                if (b.IsConst && b.Imm != (isUnsigned ? 0 : int.MinValue))
                {
                    SetLess(rd, Value.Const(b.Imm - 1), a, isUnsigned);
                }
                else if (a.IsConst && a.Imm != (isUnsigned ? -1 : int.MaxValue))
                {
                    SetLess(rd, b, Value.Const(a.Imm + 1), isUnsigned);
                }
                else
                {
                    SetLess(rd, a, b, isUnsigned);
                    AddImmediate(MachineOp.Xori, rd, rd, 1);
                }

                break;
        }
    }

    private void SetLess(int rd, Value a, Value b, bool isUnsigned)
    {
        if (b.IsConst && FitsImmediate(b.Imm))
        {
            AddImmediate(isUnsigned ? MachineOp.Sltiu : MachineOp.Slti, rd, Register(a), b.Imm);
        }
        else
        {
            Add(isUnsigned ? MachineOp.Sltu : MachineOp.Slt, rd, Register(a), Register(b));
        }
    }

    /// <summary>Zero if the two are equal.</summary>
    private void Difference(int rd, Value a, Value b)
    {
        if (b.IsConst && FitsImmediate(-(long)b.Imm))
        {
            AddImmediate(MachineOp.Addi, rd, Register(a), -b.Imm);
        }
        else
        {
            Add(MachineOp.Sub, rd, Register(a), Register(b));
        }
    }

    /// <summary>The branch that is taken if the condition holds, behind what it needs.</summary>
    private Instruction Compare(Condition condition, Value a, Value b)
    {
        if (a.IsConst && condition is Condition.Equal or Condition.NotEqual)
        {
            (a, b) = (b, a);
        }

        if (condition is Condition.Equal or Condition.NotEqual)
        {
            return CompareEqual(condition, a, b);
        }

        bool isUnsigned = condition is Condition.LessUnsigned or Condition.GreaterOrEqualUnsigned;
        bool isLess = condition is Condition.Less or Condition.LessUnsigned;
        if (isUnsigned && b.IsConst && b.Imm != 0 && IsPowerOfTwo(b.Imm) && (b.Imm == 1 || (!IsInLoop && b.Imm > 31)))
        {
            int above = Register(a);
            if (b.Imm != 1)
            {
                above = body.NewRegister();
                AddImmediate(MachineOp.Srli, above, Register(a), BitOperations.Log2((uint)b.Imm));
            }

            return NewBranch(isLess ? MachineOp.Beq : MachineOp.Bne, above, Registers.Zero);
        }

        if (isUnsigned && a.Is(0))
        {
            return NewBranch(isLess ? MachineOp.Bne : MachineOp.Beq, Register(b), Registers.Zero);
        }

        (MachineOp op, MachineOp opposite) = condition switch
        {
            Condition.Less => (MachineOp.Blt, MachineOp.Bge),
            Condition.GreaterOrEqual => (MachineOp.Bge, MachineOp.Blt),
            Condition.LessUnsigned => (MachineOp.Bltu, MachineOp.Bgeu),
            _ => (MachineOp.Bgeu, MachineOp.Bltu),
        };

        // a < c is !(c - 1 < a), a >= c is c - 1 < a; c < b is !(b < c + 1), c >= b is b < c + 1: the cheaper constant.
        if (b.IsConst && b.Imm != (isUnsigned ? 0 : int.MinValue) && IsBetter(b.Imm - 1, b.Imm))
        {
            return NewBranch(opposite, Register(Value.Const(b.Imm - 1)), Register(a));
        }

        if (a.IsConst && a.Imm != (isUnsigned ? -1 : int.MaxValue) && IsBetter(a.Imm + 1, a.Imm))
        {
            return NewBranch(opposite, Register(b), Register(Value.Const(a.Imm + 1)));
        }

        return NewBranch(op, Register(a), Register(b));
    }

    private static bool IsPowerOfTwo(int number) => BitOperations.IsPow2((uint)number);

    /// <summary>Whether the first constant is there already, or takes less code.</summary>
    private bool IsBetter(int one, int other) => body.HasConstant(other) ? Cost(one) == 0 : body.HasConstant(one) || Cost(one) < Cost(other);

    private static int Cost(int number) =>
        number == 0 ? 0 : number is >= -32 and <= 31 ? 1 : FitsImmediate(number) || ((number & 0xFFF) == 0 && number >> 12 is >= -32 and < 32) ? 2
        : (number & 0xFFF) == 0 ? 3 : 4;

    private Instruction CompareEqual(Condition condition, Value a, Value b)
    {
        MachineOp op = condition == Condition.Equal ? MachineOp.Beq : MachineOp.Bne;
        if (!b.IsConst)
        {
            return NewBranch(op, Register(a), Register(b));
        }

        if (b.Imm != 0)
        {
            // Without a loop to keep the constant for, the difference from zero takes the shorter branch.
            if (IsInLoop || !FitsImmediate(-(long)b.Imm) || (Cost(b.Imm) == 1 && !IsUsedOnce(a)))
            {
                return NewBranch(op, Register(a), Register(b));
            }

            int difference = body.NewRegister();
            Difference(difference, a, b);
            return NewBranch(op, difference, Registers.Zero);
        }

        if (!IsUsedOnce(a))
        {
            return NewBranch(op, Register(a), Registers.Zero);
        }

        // Of a masked value the bits can be shifted to an end.
        uint mask = a.Op switch
        {
            Op.And when a.Inputs[1].IsConst => (uint)a.Inputs[1].Imm,
            Op.ZeroExtend16 or Op.SignExtend16 => 0xFFFF,
            Op.SignExtend8 => 0xFF,
            _ => 0,
        };
        if (mask == 0 || FitsImmediate((int)mask))
        {
            if (a.Op != Op.SignExtend8)
            {
                return NewBranch(op, Register(a), Registers.Zero);
            }
        }

        int shifted = body.NewRegister();
        if (IsPowerOfTwo((int)mask))
        {
            int left = 31 - BitOperations.Log2(mask);
            int tested = Register(a.Inputs[0]);
            if (left > 0)
            {
                AddImmediate(MachineOp.Slli, shifted, tested, left);
                tested = shifted;
            }

            return NewBranch(op == MachineOp.Beq ? MachineOp.Bge : MachineOp.Blt, tested, Registers.Zero);
        }

        if (IsLowMask(mask, out int width))
        {
            AddImmediate(MachineOp.Slli, shifted, Register(a.Inputs[0]), 32 - width);
            return NewBranch(op, shifted, Registers.Zero);
        }

        if (IsLowMask(~mask, out int zeros))
        {
            AddImmediate(MachineOp.Srli, shifted, Register(a.Inputs[0]), zeros);
            return NewBranch(op, shifted, Registers.Zero);
        }

        return NewBranch(op, Register(a), Registers.Zero);
    }

    private Instruction NewBranch(MachineOp op, int rs1, int rs2) => new() { Op = op, Rs1 = rs1, Rs2 = rs2, Position = position };
}
