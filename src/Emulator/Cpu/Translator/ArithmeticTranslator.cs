// Translates instructions that only compute. A result goes straight into the guest register's host register where it
// has one, else through eax.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Register and immediate arithmetic, M extension included.</summary>
internal sealed unsafe class ArithmeticTranslator(Emitter emitter, RegisterMap map)
{
    private const HostRegister Eax = HostRegister.Rax;
    private const HostRegister Ecx = HostRegister.Rcx;

    private readonly PlainList<SpecialDivision> divisions = new();

    /// <summary>Sets a register to a constant.</summary>
    public void Constant(int rd, uint value)
    {
        if (rd != 0)
        {
            emitter.Mov(map.Of(rd), value);
        }
    }

    /// <summary>Translates an operation on registers.</summary>
    public void Register(in Instruction i)
    {
        if (i.Rd == 0)
        {
            return;
        }

        switch (i.Operation)
        {
            case Operation.Add:
                Commutative(HostArithmetic.Add, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Xor:
                Commutative(HostArithmetic.Xor, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Or:
                Commutative(HostArithmetic.Or, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.And:
                Commutative(HostArithmetic.And, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Sub:
                Subtract(i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Sll:
                Shift(HostShift.Shl, i);
                break;
            case Operation.Srl:
                Shift(HostShift.Shr, i);
                break;
            case Operation.Sra:
                Shift(HostShift.Sar, i);
                break;
            case Operation.Slt:
                SetIf(HostCondition.Less, HostCondition.Greater, i);
                break;
            case Operation.Sltu:
                SetIf(HostCondition.Below, HostCondition.Above, i);
                break;
            case Operation.Mul:
                Multiply(i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Mulh or Operation.Mulhsu or Operation.Mulhu:
                MultiplyHigh(i);
                break;
            default:
                Divide(i);
                break;
        }
    }

    /// <summary>Translates an operation on a register and an immediate.</summary>
    public void Immediate(in Instruction i)
    {
        if (i.Rd == 0)
        {
            return;
        }

        switch (i.Operation)
        {
            case Operation.Addi:
                AddConstant(i.Rd, i.Rs1, i.Immediate);
                break;
            case Operation.Xori when i.Immediate == -1:
                Unary(HostUnary.Not, i.Rd, i.Rs1);
                break;
            case Operation.Xori:
                WithConstant(HostArithmetic.Xor, i.Rd, i.Rs1, i.Immediate);
                break;
            case Operation.Ori:
                WithConstant(HostArithmetic.Or, i.Rd, i.Rs1, i.Immediate);
                break;
            case Operation.Andi when i.Immediate == 0xFF:
                ZeroExtendByte(i.Rd, i.Rs1);
                break;
            case Operation.Andi:
                WithConstant(HostArithmetic.And, i.Rd, i.Rs1, i.Immediate);
                break;
            case Operation.Slli:
                ShiftByConstant(HostShift.Shl, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Srli:
                ShiftByConstant(HostShift.Shr, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Srai:
                ShiftByConstant(HostShift.Sar, i.Rd, i.Rs1, i.Rs2);
                break;
            case Operation.Slti:
                SetIfConstant(HostCondition.Less, i);
                break;
            default:
                SetIfConstant(HostCondition.Below, i);
                break;
        }
    }

    /// <summary>Translates one of the AES instructions: a look-up by a byte, which no value can lead out of the table.</summary>
    public void Aes(in Instruction i)
    {
        if (i.Rd == 0)
        {
            return;
        }

        Load(Ecx, i.Rs2);
        if (i.Immediate > 0)
        {
            emitter.Shift(HostShift.Shr, Ecx, (byte)(8 * i.Immediate));
        }

        emitter.Movzx8(Ecx, Ecx);
        emitter.Mov64(Eax, (ulong)AesRound.Table(i.Operation, i.Immediate));
        emitter.Mov(Eax, HostOperand.At(Eax, Ecx, scale: 2));
        if (i.Rs1 != 0)
        {
            emitter.Arithmetic(HostArithmetic.Xor, Eax, map.Of(i.Rs1));
        }

        Finish(i.Rd, Eax);
    }

    /// <summary>Compares two registers, for a condition that follows.</summary>
    /// <param name="left">First.</param>
    /// <param name="right">Second.</param>
    /// <param name="swapped">Whether the condition must be read with sides changed.</param>
    public void Compare(int left, int right, out bool swapped)
    {
        swapped = left == 0 && right != 0;
        if (swapped)
        {
            (left, right) = (right, left);
        }

        if (right == 0)
        {
            if (map.IsPinned(left))
            {
                HostRegister register = map.Of(left).Register;
                emitter.Test(register, register);
            }
            else
            {
                emitter.Arithmetic(HostArithmetic.Cmp, map.Of(left), 0);
            }
        }
        else if (map.IsPinned(left) || map.IsPinned(right))
        {
            emitter.Arithmetic(HostArithmetic.Cmp, map.Of(left), map.Of(right));
        }
        else
        {
            emitter.Mov(Ecx, map.Of(left));
            emitter.Arithmetic(HostArithmetic.Cmp, Ecx, map.Of(right));
        }
    }

    /// <summary>Copies a register.</summary>
    public void Move(int rd, int rs)
    {
        if (rd == rs || rd == 0)
        {
            return;
        }

        if (rs == 0)
        {
            Constant(rd, 0);
        }
        else if (map.IsPinned(rd) || map.IsPinned(rs))
        {
            emitter.Mov(map.Of(rd), map.Of(rs));
        }
        else
        {
            emitter.Mov(Eax, map.Of(rs));
            emitter.Mov(map.Of(rd), Eax);
        }
    }

    /// <summary>Gives a guest register in a host register.</summary>
    public HostRegister Read(int guest, HostRegister temporary)
    {
        if (map.IsPinned(guest))
        {
            return map.Of(guest).Register;
        }

        Load(temporary, guest);
        return temporary;
    }

    /// <summary>Puts a guest register into a host register.</summary>
    public void Load(HostRegister to, int guest)
    {
        if (guest == 0)
        {
            emitter.Mov(to, 0u);
        }
        else if (!map.Of(guest).Is(to))
        {
            emitter.Mov(to, map.Of(guest));
        }
    }

    /// <summary>Puts a result where it belongs.</summary>
    public void Finish(int rd, HostOperand result)
    {
        if (rd != 0 && !result.IsMemory && !map.Of(rd).Is(result.Register))
        {
            emitter.Mov(map.Of(rd), result);
        }
    }

    /// <summary>Writes what was kept apart because it is rarely executed.</summary>
    public void WriteCold()
    {
        for (int i = 0; i < divisions.Count; i++)
        {
            WriteSpecialDivision(divisions[i]);
        }

        divisions.Clear();
    }

    private bool Reads(int guest, HostRegister register) => map.Of(guest).Is(register);

    private void Commutative(HostArithmetic operation, int rd, int rs1, int rs2)
    {
        if (rs1 == 0 || rs2 == 0)
        {
            if (operation == HostArithmetic.And)
            {
                Constant(rd, 0);
            }
            else
            {
                Move(rd, rs1 == 0 ? rs2 : rs1);
            }

            return;
        }

        if (rd == rs2)
        {
            (rs1, rs2) = (rs2, rs1);
        }

        if (rd == rs1)
        {
            HostOperand with = map.IsPinned(rd) ? map.Of(rs2) : Read(rs2, Eax);
            emitter.Arithmetic(operation, map.Of(rd), with);
            return;
        }

        HostRegister target = map.Target(rd);
        if (operation == HostArithmetic.Add && map.IsPinned(rs1) && map.IsPinned(rs2))
        {
            emitter.Lea(target, HostOperand.At(map.Of(rs1).Register, map.Of(rs2).Register));
        }
        else
        {
            emitter.Mov(target, map.Of(rs1));
            emitter.Arithmetic(operation, target, map.Of(rs2));
        }

        Finish(rd, target);
    }

    private void Subtract(int rd, int rs1, int rs2)
    {
        if (rs2 == 0)
        {
            Move(rd, rs1);
        }
        else if (rd == rs1)
        {
            HostOperand with = map.IsPinned(rd) ? map.Of(rs2) : Read(rs2, Eax);
            emitter.Arithmetic(HostArithmetic.Sub, map.Of(rd), with);
        }
        else if (rs1 == 0)
        {
            Unary(HostUnary.Neg, rd, rs2);
        }
        else
        {
            HostRegister target = Reads(rs2, map.Target(rd)) ? Eax : map.Target(rd);
            emitter.Mov(target, map.Of(rs1));
            emitter.Arithmetic(HostArithmetic.Sub, target, map.Of(rs2));
            Finish(rd, target);
        }
    }

    private void AddConstant(int rd, int rs, int constant)
    {
        if (rs == 0)
        {
            Constant(rd, (uint)constant);
        }
        else if (constant == 0)
        {
            Move(rd, rs);
        }
        else if (rd == rs)
        {
            emitter.Arithmetic(HostArithmetic.Add, map.Of(rd), constant);
        }
        else if (map.IsPinned(rs))
        {
            HostRegister target = map.Target(rd);
            emitter.Lea(target, HostOperand.At(map.Of(rs).Register, constant));
            Finish(rd, target);
        }
        else
        {
            WithConstant(HostArithmetic.Add, rd, rs, constant);
        }
    }

    private void WithConstant(HostArithmetic operation, int rd, int rs, int constant)
    {
        HostOperand place = Prepare(rd, rs);
        emitter.Arithmetic(operation, place, constant);
        Finish(rd, place);
    }

    private void Unary(HostUnary operation, int rd, int rs)
    {
        HostOperand place = Prepare(rd, rs);
        emitter.Unary(operation, place);
        Finish(rd, place);
    }

    private void ShiftByConstant(HostShift operation, int rd, int rs, byte count)
    {
        if (count == 0)
        {
            Move(rd, rs);
        }
        else
        {
            HostOperand place = Prepare(rd, rs);
            emitter.Shift(operation, place, count);
            Finish(rd, place);
        }
    }

    // Where rs can be changed in place on its way to rd.
    private HostOperand Prepare(int rd, int rs)
    {
        if (rd == rs)
        {
            return map.Of(rd);
        }

        HostRegister target = map.Target(rd);
        Load(target, rs);
        return target;
    }

    private void ZeroExtendByte(int rd, int rs)
    {
        HostRegister target = map.Target(rd);
        emitter.Movzx8(target, map.Of(rs));
        Finish(rd, target);
    }

    private void Shift(HostShift operation, in Instruction i)
    {
        HostRegister count = Read(i.Rs2, Ecx);
        HostRegister target = map.Target(i.Rd);
        emitter.Shiftx(operation, target, map.Of(i.Rs1), count);
        Finish(i.Rd, target);
    }

    private void SetIf(HostCondition condition, HostCondition swappedCondition, in Instruction i)
    {
        HostRegister target = map.Target(i.Rd);
        target = Reads(i.Rs1, target) || Reads(i.Rs2, target) ? Eax : target;
        emitter.Mov(target, 0u);
        Compare(i.Rs1, i.Rs2, out bool swapped);
        emitter.Set(swapped ? swappedCondition : condition, target);
        Finish(i.Rd, target);
    }

    private void SetIfConstant(HostCondition condition, in Instruction i)
    {
        HostRegister target = map.Target(i.Rd);
        target = Reads(i.Rs1, target) ? Eax : target;
        emitter.Mov(target, 0u);
        emitter.Arithmetic(HostArithmetic.Cmp, map.Of(i.Rs1), i.Immediate);
        emitter.Set(condition, target);
        Finish(i.Rd, target);
    }

    private void Multiply(int rd, int rs1, int rs2)
    {
        if (rd == rs2)
        {
            (rs1, rs2) = (rs2, rs1);
        }

        HostRegister target = map.Target(rd);
        if (!Reads(rs1, target))
        {
            target = Reads(rs2, target) ? Eax : target;
            emitter.Mov(target, map.Of(rs1));
        }

        emitter.Imul(target, map.Of(rs2));
        Finish(rd, target);
    }

    private void MultiplyHigh(in Instruction i)
    {
        if (i.Operation == Operation.Mulhu)
        {
            emitter.Mov(Eax, map.Of(i.Rs1));
        }
        else
        {
            emitter.Movsxd(Eax, map.Of(i.Rs1));
        }

        if (i.Operation == Operation.Mulh)
        {
            emitter.Movsxd(Ecx, map.Of(i.Rs2));
        }
        else
        {
            emitter.Mov(Ecx, map.Of(i.Rs2));
        }

        emitter.Imul64(Eax, Ecx);
        emitter.Shift64(HostShift.Shr, Eax, 32);
        Finish(i.Rd, Eax);
    }

    // The divide instructions of the host need edx, and fault where the guest's give a value.
    private void Divide(in Instruction i)
    {
        bool signed = i.Operation is Operation.Div or Operation.Rem;
        bool remainder = i.Operation is Operation.Rem or Operation.Remu;
        SpecialDivision special = new(emitter.NewLabel(), emitter.NewLabel(), remainder);
        divisions.Add(special);
        emitter.Mov(Eax, map.Of(i.Rs1));
        emitter.Mov(Ecx, map.Of(i.Rs2));
        if (signed)
        {
            emitter.Arithmetic(HostArithmetic.Cmp, Ecx, -1);
            emitter.Jump(HostCondition.Equal, special.Start);
        }

        emitter.Test(Ecx, Ecx);
        emitter.Jump(HostCondition.Equal, special.Start);
        emitter.Mov64(Placement.Scratch, HostRegister.Rdx);
        if (signed)
        {
            emitter.Cdq();
            emitter.Unary(HostUnary.Idiv, Ecx);
        }
        else
        {
            emitter.Mov(HostRegister.Rdx, 0u);
            emitter.Unary(HostUnary.Div, Ecx);
        }

        if (remainder)
        {
            emitter.Mov(Eax, HostRegister.Rdx);
        }

        emitter.Mov64(HostRegister.Rdx, Placement.Scratch);
        emitter.Bind(special.End);
        Finish(i.Rd, Eax);
    }

    // By 0: all ones, or the dividend. By -1: the negated dividend, or 0.
    private void WriteSpecialDivision(SpecialDivision special)
    {
        Label byMinusOne = emitter.NewLabel();
        emitter.Bind(special.Start);
        emitter.Test(Ecx, Ecx);
        emitter.Jump(HostCondition.NotEqual, byMinusOne);
        if (!special.IsRemainder)
        {
            emitter.Mov(Eax, uint.MaxValue);
        }

        emitter.Jump(special.End);
        emitter.Bind(byMinusOne);
        if (special.IsRemainder)
        {
            emitter.Mov(Eax, 0u);
        }
        else
        {
            emitter.Unary(HostUnary.Neg, Eax);
        }

        emitter.Jump(special.End);
    }

    private readonly record struct SpecialDivision(Label Start, Label End, bool IsRemainder);
}
