// Integer arithmetic of 32 and 64 bits with C#'s exact semantics; 64-bit values are two words from here on.

using System.Reflection.Metadata;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    private static readonly Value zero = Value.Const(0);

    private bool IsFloat(params ReadOnlySpan<StackEntry> entries)
    {
        foreach (StackEntry entry in entries)
        {
            if (entry.IsFloat)
            {
                b.Unsupported(DiagnosticCode.FloatingPoint,
                    "Floating point: the chip has no unit for it and there is no software one. Use integers, or fixed point in a long.");
                return true;
            }
        }

        return false;
    }

    private void Arithmetic(ILOpCode op)
    {
        StackEntry right = Pop();
        StackEntry left = Pop();
        if (IsFloat(left, right))
        {
            return;
        }

        if (left.IsWide || right.IsWide)
        {
            Push(System.Int64, Wide(op, left, right));
            return;
        }

        IlType type = left.Type.IsPointerLike ? left.Type : right.Type.IsPointerLike ? right.Type : System.Int32;
        Push(type, Narrow(op, left.Word, right.Word));
    }

    private Value Narrow(ILOpCode op, Value left, Value right)
    {
        Value result;
        switch (op)
        {
            case ILOpCode.Add:
                return b.Add(left, right);
            case ILOpCode.Sub:
                return b.Sub(left, right);
            case ILOpCode.Mul:
                return b.Binary(Op.Mul, left, right);
            case ILOpCode.And:
                return b.Binary(Op.And, left, right);
            case ILOpCode.Or:
                return b.Binary(Op.Or, left, right);
            case ILOpCode.Xor:
                return b.Binary(Op.Xor, left, right);
            case ILOpCode.Add_ovf:
                result = b.Add(left, right);
                Check(Condition.NotEqual, b.Set(Condition.Less, result, left), b.Set(Condition.Less, right, zero), PanicKind.Overflow);
                return result;
            case ILOpCode.Add_ovf_un:
                result = b.Add(left, right);
                Check(Condition.LessUnsigned, result, left, PanicKind.Overflow);
                return result;
            case ILOpCode.Sub_ovf:
                result = b.Sub(left, right);
                Check(Condition.NotEqual, b.Set(Condition.Less, left, result), b.Set(Condition.Less, right, zero), PanicKind.Overflow);
                return result;
            case ILOpCode.Sub_ovf_un:
                Check(Condition.LessUnsigned, left, right, PanicKind.Overflow);
                return b.Sub(left, right);
            case ILOpCode.Mul_ovf:
                result = b.Binary(Op.Mul, left, right);
                Value high = b.Binary(Op.MulHigh, left, right);
                Check(Condition.NotEqual, high, b.Binary(Op.ShiftRightArithmetic, result, Value.Const(31)), PanicKind.Overflow);
                return result;
            case ILOpCode.Mul_ovf_un:
                result = b.Binary(Op.Mul, left, right);
                Check(Condition.NotEqual, b.Binary(Op.MulHighUnsigned, left, right), zero, PanicKind.Overflow);
                return result;
            case ILOpCode.Div or ILOpCode.Rem:
                CheckDivisor(left, right);
                return b.Binary(op == ILOpCode.Div ? Op.Div : Op.Rem, left, right);
            case ILOpCode.Div_un or ILOpCode.Rem_un:
                Check(Condition.Equal, right, zero, PanicKind.DivideByZero);
                return b.Binary(op == ILOpCode.Div_un ? Op.DivUnsigned : Op.RemUnsigned, left, right);
            default:
                throw new BadImageFormatException("There is no such arithmetic.");
        }
    }

    private void Check(Condition condition, Value left, Value right, PanicKind kind) => b.Check(condition, left, right, kind);

    // The quotient of the least number and -1 does not exist; .NET says so for the remainder, too.
    private void CheckDivisor(Value left, Value right)
    {
        Check(Condition.Equal, right, zero, PanicKind.DivideByZero);
        if ((right.IsConst && right.Imm != -1) || (left.IsConst && left.Imm != int.MinValue))
        {
            return;
        }

        if (right.IsConst)
        {
            Check(Condition.Equal, left, Value.Const(int.MinValue), PanicKind.Overflow);
            return;
        }

        Value differs = b.Binary(Op.Or, b.Binary(Op.Xor, left, Value.Const(int.MinValue)), b.Binary(Op.Xor, right, Value.Const(-1)));
        Check(Condition.Equal, differs, zero, PanicKind.Overflow);
    }

    private Value[] Wide(ILOpCode op, StackEntry left, StackEntry right)
    {
        (Value al, Value ah, Value bl, Value bh) = (left.Low, left.High, right.Low, right.High);
        switch (op)
        {
            case ILOpCode.And:
                return [b.Binary(Op.And, al, bl), b.Binary(Op.And, ah, bh)];
            case ILOpCode.Or:
                return [b.Binary(Op.Or, al, bl), b.Binary(Op.Or, ah, bh)];
            case ILOpCode.Xor:
                return [b.Binary(Op.Xor, al, bl), b.Binary(Op.Xor, ah, bh)];
            case ILOpCode.Add:
                return WideAdd(al, ah, bl, bh);
            case ILOpCode.Sub:
                return WideSub(al, ah, bl, bh);
            case ILOpCode.Mul:
                Value high = b.Binary(Op.MulHighUnsigned, al, bl);
                high = b.Add(high, b.Binary(Op.Mul, al, bh));
                high = b.Add(high, b.Binary(Op.Mul, ah, bl));
                return [b.Binary(Op.Mul, al, bl), high];
            case ILOpCode.Add_ovf:
                Value[] sum = WideAdd(al, ah, bl, bh);
                Check(Condition.Less, b.Binary(Op.And, b.Binary(Op.Xor, ah, sum[1]), b.Binary(Op.Xor, bh, sum[1])), zero, PanicKind.Overflow);
                return sum;
            case ILOpCode.Add_ovf_un:
                sum = WideAdd(al, ah, bl, bh);
                Check(Condition.NotEqual, WideLess(sum[0], sum[1], al, ah, Condition.LessUnsigned), zero, PanicKind.Overflow);
                return sum;
            case ILOpCode.Sub_ovf:
                Value[] difference = WideSub(al, ah, bl, bh);
                Check(Condition.Less, b.Binary(Op.And, b.Binary(Op.Xor, ah, bh), b.Binary(Op.Xor, ah, difference[1])), zero, PanicKind.Overflow);
                return difference;
            case ILOpCode.Sub_ovf_un:
                Check(Condition.NotEqual, WideLess(al, ah, bl, bh, Condition.LessUnsigned), zero, PanicKind.Overflow);
                return WideSub(al, ah, bl, bh);
            case ILOpCode.Mul_ovf:
                return Helper("mulchecked64", 2, al, ah, bl, bh);
            case ILOpCode.Mul_ovf_un:
                return Helper("umulchecked64", 2, al, ah, bl, bh);
            default:
                return WideDivision(op, al, ah, bl, bh);
        }
    }

    private Value[] WideAdd(Value al, Value ah, Value bl, Value bh)
    {
        Value low = b.Add(al, bl);
        Value high = b.Add(ah, bh);
        return [low, b.Add(high, b.Set(Condition.LessUnsigned, low, bl.IsConst || al.IsLeaf ? (al.IsConst ? bl : al) : bl))];
    }

    private Value[] WideSub(Value al, Value ah, Value bl, Value bh)
    {
        Value borrow = b.Set(Condition.LessUnsigned, al, bl);
        return [b.Sub(al, bl), b.Sub(b.Sub(ah, bh), borrow)];
    }

    private Value[] WideDivision(ILOpCode op, Value al, Value ah, Value bl, Value bh)
    {
        Value any = b.Binary(Op.Or, bl, bh);
        Check(Condition.Equal, any, zero, PanicKind.DivideByZero);
        if (op is ILOpCode.Div_un or ILOpCode.Rem_un)
        {
            ulong divisor = bl.IsConst && bh.IsConst ? ((ulong)(uint)bh.Imm << 32) | (uint)bl.Imm : 0;
            if (divisor != 0 && ulong.IsPow2(divisor))
            {
                int shift = global::System.Numerics.BitOperations.Log2(divisor);
                return op == ILOpCode.Div_un
                    ? WideShift(ILOpCode.Shr_un, al, ah, shift)
                    : [b.And(al, (int)(uint)(divisor - 1)), b.And(ah, (int)(uint)((divisor - 1) >> 32))];
            }

            return Helper(op == ILOpCode.Div_un ? "udiv64" : "urem64", 2, al, ah, bl, bh);
        }

        bool canOverflow = !((bl.IsConst && bl.Imm != -1) || (bh.IsConst && bh.Imm != -1) || (al.IsConst && al.Imm != 0)
            || (ah.IsConst && ah.Imm != int.MinValue));
        if (canOverflow)
        {
            Value differs = b.Binary(Op.Or, b.Binary(Op.Xor, ah, Value.Const(int.MinValue)), al);
            differs = b.Binary(Op.Or, differs, b.Binary(Op.Xor, b.Binary(Op.And, bl, bh), Value.Const(-1)));
            Check(Condition.Equal, differs, zero, PanicKind.Overflow);
        }

        return Helper(op == ILOpCode.Div ? "div64" : "rem64", 2, al, ah, bl, bh);
    }

    // 1 if a is less than b, as the condition's signedness says.
    private Value WideLess(Value al, Value ah, Value bl, Value bh, Condition less)
    {
        Value low = b.Set(Condition.LessUnsigned, al, bl);
        Value equal = b.Set(Condition.Equal, ah, bh);
        return b.Binary(Op.Or, b.Set(less, ah, bh), b.Binary(Op.And, equal, low));
    }

    private void Shift(ILOpCode op)
    {
        Value count = Pop().Words[0];
        StackEntry left = Pop();
        if (!left.IsWide)
        {
            Op shift = op switch
            {
                ILOpCode.Shl => Op.ShiftLeft,
                ILOpCode.Shr => Op.ShiftRightArithmetic,
                _ => Op.ShiftRight,
            };
            Push(System.Int32, b.Binary(shift, left.Word, count));
        }
        else if (count.IsConst)
        {
            Push(System.Int64, WideShift(op, left.Low, left.High, count.Imm & 63));
        }
        else
        {
            string name = op switch
            {
                ILOpCode.Shl => "shl64",
                ILOpCode.Shr => "sar64",
                _ => "shr64",
            };
            Push(System.Int64, Helper(name, 2, left.Low, left.High, count));
        }
    }

    private Value[] WideShift(ILOpCode op, Value low, Value high, int count)
    {
        Value Left(Value value, int by) => by == 0 ? value : b.Binary(Op.ShiftLeft, value, Value.Const(by));
        Value Right(Value value, int by, bool signed) =>
            by == 0 ? value : b.Binary(signed ? Op.ShiftRightArithmetic : Op.ShiftRight, value, Value.Const(by));

        bool signed = op == ILOpCode.Shr;
        if (count == 0)
        {
            return [low, high];
        }

        if (op == ILOpCode.Shl)
        {
            return count >= 32
                ? [zero, Left(low, count - 32)]
                : [Left(low, count), b.Binary(Op.Or, Left(high, count), Right(low, 32 - count, false))];
        }

        return count >= 32
            ? [Right(high, count - 32, signed), signed ? Right(high, 31, true) : zero]
            : [b.Binary(Op.Or, Right(low, count, false), Left(high, 32 - count)), Right(high, count, signed)];
    }

    private void Negate(bool complement)
    {
        StackEntry entry = Pop();
        if (IsFloat(entry))
        {
            return;
        }

        if (entry.IsWide)
        {
            Value[] words = complement
                ? [b.Binary(Op.Xor, entry.Low, Value.Const(-1)), b.Binary(Op.Xor, entry.High, Value.Const(-1))]
                : WideSub(zero, zero, entry.Low, entry.High);
            Push(System.Int64, words);
            return;
        }

        Push(System.Int32, complement ? b.Binary(Op.Xor, entry.Word, Value.Const(-1)) : b.Sub(zero, entry.Word));
    }

    // ceq, cgt, clt and their unsigned forms.
    private void Compare(ILOpCode op)
    {
        StackEntry right = Pop();
        StackEntry left = Pop();
        if (IsFloat(left, right))
        {
            return;
        }

        bool isEqual = op == ILOpCode.Ceq;
        Condition less = op is ILOpCode.Cgt_un or ILOpCode.Clt_un ? Condition.LessUnsigned : Condition.Less;
        if (op is ILOpCode.Cgt or ILOpCode.Cgt_un)
        {
            (left, right) = (right, left);
        }

        if (left.IsWide || right.IsWide)
        {
            Value result = isEqual
                ? b.Set(Condition.Equal, WideDifference(left, right), zero)
                : WideLess(left.Low, left.High, right.Low, right.High, less);
            Push(System.Int32, result);
            return;
        }

        Push(System.Int32, b.Set(isEqual ? Condition.Equal : less, left.Word, right.Word));
    }

    private Value WideDifference(StackEntry left, StackEntry right) =>
        b.Binary(Op.Or, b.Binary(Op.Xor, left.Low, right.Low), b.Binary(Op.Xor, left.High, right.High));

    private void CompareAndBranch(ILOpCode op)
    {
        StackEntry right = Pop();
        StackEntry left = Pop();
        if (IsFloat(left, right))
        {
            return;
        }

        // a > b is b < a, and a <= b is b >= a.
        (Condition condition, bool swaps) = op switch
        {
            ILOpCode.Beq or ILOpCode.Beq_s => (Condition.Equal, false),
            ILOpCode.Bne_un or ILOpCode.Bne_un_s => (Condition.NotEqual, false),
            ILOpCode.Blt or ILOpCode.Blt_s => (Condition.Less, false),
            ILOpCode.Bge or ILOpCode.Bge_s => (Condition.GreaterOrEqual, false),
            ILOpCode.Blt_un or ILOpCode.Blt_un_s => (Condition.LessUnsigned, false),
            ILOpCode.Bge_un or ILOpCode.Bge_un_s => (Condition.GreaterOrEqualUnsigned, false),
            ILOpCode.Bgt or ILOpCode.Bgt_s => (Condition.Less, true),
            ILOpCode.Ble or ILOpCode.Ble_s => (Condition.GreaterOrEqual, true),
            ILOpCode.Bgt_un or ILOpCode.Bgt_un_s => (Condition.LessUnsigned, true),
            _ => (Condition.GreaterOrEqualUnsigned, true),
        };
        if (swaps)
        {
            (left, right) = (right, left);
        }

        int taken = (int)instruction.Operand;
        if (!left.IsWide && !right.IsWide)
        {
            BranchTo(condition, left.Word, right.Word, taken);
            return;
        }

        if (condition is Condition.Equal or Condition.NotEqual)
        {
            BranchTo(condition, WideDifference(left, right), zero, taken);
            return;
        }

        WideBranch(condition, left, right, taken);
    }

    private void BranchTo(Condition condition, Value left, Value right, int taken)
    {
        if (Folding.Decide(condition, left, right) is { } decided)
        {
            b.Jump(Edge(decided ? taken : instruction.Next));
            return;
        }

        Block target = Edge(taken);
        Block otherwise = Edge(instruction.Next);
        b.Branch(condition, left, right, target, otherwise);
    }

    // The high words decide unless they are equal; the low words are compared unsigned.
    private void WideBranch(Condition condition, StackEntry left, StackEntry right, int taken)
    {
        bool isLess = condition is Condition.Less or Condition.LessUnsigned;
        Condition less = condition is Condition.Less or Condition.GreaterOrEqual ? Condition.Less : Condition.LessUnsigned;
        Block target = Edge(taken);
        Block otherwise = Edge(instruction.Next);
        Block whenLess = isLess ? target : otherwise;
        Block whenNot = isLess ? otherwise : target;
        if (right.Words[0].Is(0) && right.High.Is(0) && less == Condition.Less)
        {
            b.Branch(Condition.Less, left.High, zero, whenLess, whenNot);
            return;
        }

        Block second = b.NewBlock([.. KeyOf(instruction.Offset), 0]);
        Block third = b.NewBlock([.. KeyOf(instruction.Offset), 1]);
        b.Branch(less, left.High, right.High, whenLess, second);
        b.Current = second;
        b.Branch(Condition.NotEqual, left.High, right.High, whenNot, third);
        b.Current = third;
        b.Branch(Condition.LessUnsigned, left.Low, right.Low, whenLess, whenNot);
    }

    private void Convert(ILOpCode op)
    {
        StackEntry entry = Pop();
        if (IsFloat(entry))
        {
            return;
        }

        Value low = entry.Words.Length > 0 ? entry.Words[0] : throw Mismatch(entry, System.Int32);
        switch (op)
        {
            case ILOpCode.Conv_i1:
                Push(System.Int32, Extend(low, 1, true));
                break;
            case ILOpCode.Conv_u1:
                Push(System.Int32, Extend(low, 1, false));
                break;
            case ILOpCode.Conv_i2:
                Push(System.Int32, Extend(low, 2, true));
                break;
            case ILOpCode.Conv_u2:
                Push(System.Int32, Extend(low, 2, false));
                break;
            case ILOpCode.Conv_i4 or ILOpCode.Conv_u4:
                Push(System.Int32, low);
                break;
            case ILOpCode.Conv_i or ILOpCode.Conv_u:
                Push(entry.Type.IsPointerLike ? entry.Type : System.IntPtr, low);
                break;
            case ILOpCode.Conv_i8:
                Push(System.Int64, entry.IsWide ? entry.Words : [low, b.Binary(Op.ShiftRightArithmetic, low, Value.Const(31))]);
                break;
            case ILOpCode.Conv_u8:
                Push(System.Int64, entry.IsWide ? entry.Words : [low, zero]);
                break;
            default:
                b.Unsupported(DiagnosticCode.FloatingPoint, "Conversion to floating point: use integers, or fixed point in a long.");
                break;
        }
    }

    // conv.ovf: the range of the source's signedness is cut to that of the target.
    private void ConvertChecked(int bits, bool toSigned, bool fromUnsigned)
    {
        StackEntry entry = Pop();
        if (IsFloat(entry))
        {
            return;
        }

        Value low = entry.Words.Length > 0 ? entry.Words[0] : throw Mismatch(entry, System.Int32);
        Value high = entry.IsWide ? entry.High : fromUnsigned ? zero : b.Binary(Op.ShiftRightArithmetic, low, Value.Const(31));
        if (bits == 64)
        {
            if (toSigned == fromUnsigned)
            {
                Check(Condition.Less, high, zero, PanicKind.Overflow);
            }

            Push(System.Int64, low, high);
            return;
        }

        Value result = bits switch
        {
            8 => Extend(low, 1, toSigned),
            16 => Extend(low, 2, toSigned),
            _ => low,
        };
        Check(Condition.NotEqual, result, low, PanicKind.Overflow);
        if (entry.IsWide)
        {
            Value wanted = toSigned ? b.Binary(Op.ShiftRightArithmetic, result, Value.Const(31)) : zero;
            Check(Condition.NotEqual, high, wanted, PanicKind.Overflow);
            if (toSigned && fromUnsigned)
            {
                Check(Condition.Less, high, zero, PanicKind.Overflow);
            }
        }
        else if (toSigned == fromUnsigned)
        {
            Check(Condition.Less, fromUnsigned ? result : low, zero, PanicKind.Overflow);
        }

        Push(System.Int32, result);
    }

    /// <summary>Calls a helper of the guest library.</summary>
    private Value[] Helper(string name, int results, params Value[] arguments)
    {
        FunctionSymbol symbol = program.Helper(name, b.Position);
        return EmitCall(new Value(Op.Call, arguments) { Symbol = symbol, Imm = results }, results);
    }

    private Value[] EmitCall(Value call, int results)
    {
        call = b.Emit(call);
        Value[] words = new Value[results];
        for (int i = 0; i < results; i++)
        {
            words[i] = i == 0 ? call : b.Emit(new Value(Op.Result, call) { Imm = i });
        }

        return words;
    }
}
