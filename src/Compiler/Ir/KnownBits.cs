// What can be said of a word from the few operations that made it, without looking at control flow: which bits may be
// one, and between which numbers it lies. The walk up the inputs is cut at a small depth, so it costs a constant.

using System.Numerics;

namespace XousCloud.Compiler.Ir;

public static class KnownBits
{
    private const int MaximumDepth = 5;

    /// <summary>A mask of the bits that may be one; all others are zero in every run.</summary>
    public static uint PossibleOnes(Value value) => PossibleOnes(value, MaximumDepth);

    /// <summary>The least and the greatest number that the word can be, read as signed.</summary>
    public static (int Minimum, int Maximum) SignedRange(Value value) => SignedRange(value, MaximumDepth);

    /// <summary>The least and the greatest number that the word can be, read as unsigned.</summary>
    public static (uint Minimum, uint Maximum) UnsignedRange(Value value)
    {
        if (value.IsConst)
        {
            return ((uint)value.Imm, (uint)value.Imm);
        }

        (int minimum, int maximum) = SignedRange(value);
        return minimum >= 0 || maximum < 0 ? ((uint)minimum, (uint)maximum) : (0, PossibleOnes(value));
    }

    /// <summary>How many of the low bits are the same in every run, and what they are: addresses are aligned.</summary>
    public static (int Count, int Bits) LowBits(Value value)
    {
        int alignment = value.Op switch
        {
            Op.SlotAddress => value.Slot!.Alignment,
            Op.SymbolAddress when value.Symbol is DataSymbol data => data.Alignment,
            _ => 1,
        };
        return (BitOperations.Log2((uint)Math.Max(1, alignment)), value.Imm & (alignment - 1));
    }

    private static uint PossibleOnes(Value value, int depth)
    {
        switch (value.Op)
        {
            case Op.Const:
                return (uint)value.Imm;
            case Op.Load when value.Size < 4 && !value.Signed:
                return value.Size == 1 ? 0xffu : 0xffffu;
            case Op.Set:
                return 1;
            case Op.ZeroExtend16:
                return 0xffff & (depth == 0 ? uint.MaxValue : PossibleOnes(value.Inputs[0], depth - 1));
            case Op.And or Op.Or or Op.Xor or Op.ShiftLeft or Op.ShiftRight or Op.ShiftRightArithmetic
                or Op.DivUnsigned or Op.RemUnsigned when depth > 0:
                break;
            default:
                return value.IsNonNegative ? Below((uint)value.Maximum) : uint.MaxValue;
        }

        uint left = PossibleOnes(value.Inputs[0], depth - 1);
        Value right = value.Inputs[1];
        switch (value.Op)
        {
            case Op.And:
                return left & PossibleOnes(right, depth - 1);
            case Op.Or or Op.Xor:
                return left | PossibleOnes(right, depth - 1);
            case Op.ShiftLeft:
                return right.IsConst ? left << right.Imm : uint.MaxValue;
            case Op.ShiftRight:
                return right.IsConst ? left >> right.Imm : Below(left);
            case Op.ShiftRightArithmetic:
                return right.IsConst ? (uint)((int)left >> right.Imm) : (int)left < 0 ? uint.MaxValue : Below(left);
            case Op.DivUnsigned:
                return right.IsConst && right.Imm != 0 ? Below(left / (uint)right.Imm) : uint.MaxValue;
            default:
                return right.IsConst && right.Imm != 0 ? Below(Math.Min(left, (uint)right.Imm - 1)) : Below(left);
        }
    }

    /// <summary>The mask of all bits up to the highest one of a number.</summary>
    private static uint Below(uint number) => number == 0 ? 0 : uint.MaxValue >> BitOperations.LeadingZeroCount(number);

    private static (int Minimum, int Maximum) SignedRange(Value value, int depth)
    {
        const int least = int.MinValue;
        const int most = int.MaxValue;
        switch (value.Op)
        {
            case Op.Const:
                return (value.Imm, value.Imm);
            case Op.Load when value.Signed && value.Size < 4:
                return value.Size == 1 ? (sbyte.MinValue, sbyte.MaxValue) : (short.MinValue, short.MaxValue);
            case Op.SignExtend8:
                return (sbyte.MinValue, sbyte.MaxValue);
            case Op.SignExtend16:
                return (short.MinValue, short.MaxValue);
            case Op.ShiftRightArithmetic when value.Inputs[1].IsConst && depth > 0:
                (int low, int high) = SignedRange(value.Inputs[0], depth - 1);
                return (low >> value.Inputs[1].Imm, high >> value.Inputs[1].Imm);
            case Op.RemUnsigned when value.Inputs[1].IsConst && value.Inputs[1].Imm > 0:
                return (0, value.Inputs[1].Imm - 1);
            case Op.DivUnsigned when value.Inputs[1].IsConst && (uint)value.Inputs[1].Imm > 1:
                return (0, (int)(PossibleOnes(value.Inputs[0], Math.Max(0, depth - 1)) / (uint)value.Inputs[1].Imm));
            case Op.Rem when value.Inputs[1].IsConst && value.Inputs[1].Imm is not (0 or least):
                int bound = Math.Abs(value.Inputs[1].Imm) - 1;
                return (-bound, bound);
            case Op.Add or Op.Sub when depth > 0:
                (int Minimum, int Maximum) a = SignedRange(value.Inputs[0], depth - 1);
                (int Minimum, int Maximum) b = SignedRange(value.Inputs[1], depth - 1);
                long minimum = value.Op == Op.Add ? (long)a.Minimum + b.Minimum : (long)a.Minimum - b.Maximum;
                long maximum = value.Op == Op.Add ? (long)a.Maximum + b.Maximum : (long)a.Maximum - b.Minimum;
                return minimum >= least && maximum <= most ? ((int)minimum, (int)maximum) : (least, most);
            case Op.Parameter or Op.Load or Op.Call or Op.Result when value.IsNonNegative:
                return (0, value.Maximum);
            default:
                uint ones = PossibleOnes(value, depth);
                return (int)ones >= 0 ? (0, (int)ones) : (least, most);
        }
    }
}
