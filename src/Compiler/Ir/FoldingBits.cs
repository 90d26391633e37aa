// Folding of masks, shifts, extensions and memory accesses. The common idea is the set of bits that an operation uses
// of its input: whatever the input does to other bits is left out.

using System.Numerics;

namespace XousCloud.Compiler.Ir;

public static partial class Folding
{
    /// <summary>The value with all operations left out that change only bits outside <paramref name="demanded"/>.</summary>
    public static Value Stripped(Value value, uint demanded)
    {
        while (true)
        {
            // Phis may still be without inputs.
            bool constant = value.Op is Op.And or Op.Or or Op.Xor or Op.Add && value.Inputs[1].IsConst;
            uint number = constant ? (uint)value.Inputs[1].Imm : 0;
            bool unneeded = value.Op switch
            {
                Op.And => constant && (demanded & ~number) == 0,
                Op.Or or Op.Xor => constant && (demanded & number) == 0,
                Op.Add => constant && (demanded == 0 || (number << BitOperations.LeadingZeroCount(demanded)) == 0),
                Op.SignExtend8 => (demanded & ~0xffu) == 0,
                Op.SignExtend16 or Op.ZeroExtend16 => (demanded & ~0xffffu) == 0,
                _ => false,
            };
            if (!unneeded)
            {
                return value;
            }

            value = value.Inputs[0];
        }
    }

    private static bool Strip(Value value, int index, uint demanded)
    {
        Value stripped = Stripped(value.Inputs[index], demanded);
        if (stripped == value.Inputs[index])
        {
            return false;
        }

        Value[] inputs = [.. value.Inputs];
        inputs[index] = stripped;
        value.Inputs = inputs;
        return true;
    }

    private static Value? SimplifyAnd(Value value, Value a, Value b, ref bool changed)
    {
        if (Same(a, b))
        {
            return a;
        }

        if (!b.IsConst)
        {
            return (KnownBits.PossibleOnes(a) & KnownBits.PossibleOnes(b)) == 0 ? Value.Const(0) : null;
        }

        uint mask = (uint)b.Imm;
        uint ones = KnownBits.PossibleOnes(a);
        if ((ones & mask) == 0)
        {
            return Value.Const(0);
        }

        if ((ones & ~mask) == 0)
        {
            return a;
        }

        (int count, int bits) = KnownBits.LowBits(a);
        if (count > 0 && mask < 1u << count)
        {
            return Value.Const(bits & (int)mask);
        }

        if (Strip(value, 0, mask))
        {
            changed = true;
        }
        else if (a.Op == Op.And && a.Inputs[1].IsConst)
        {
            changed = Rewrite(value, Op.And, a.Inputs[0], Value.Const(a.Inputs[1].Imm & b.Imm));
        }
        else if (a.Op == Op.ZeroExtend16)
        {
            changed = Rewrite(value, Op.And, a.Inputs[0], Value.Const(b.Imm & 0xffff));
        }
        else if (mask == 0xffff)
        {
            value.Op = Op.ZeroExtend16;
            value.Inputs = [a];
            changed = true;
        }
        else if ((ones & mask) != mask && IsSmall((int)(ones & mask)) && !IsSmall((int)mask))
        {
            // The same bits with a mask that fits an instruction.
            changed = Rewrite(value, Op.And, a, Value.Const((int)(ones & mask)));
        }

        return null;
    }

    private static Value? SimplifyOr(Value value, Value a, Value b, ref bool changed)
    {
        if (Same(a, b))
        {
            return value.Op == Op.Or ? a : Value.Const(0);
        }

        if (!b.IsConst)
        {
            return null;
        }

        if (b.Imm == 0)
        {
            return a;
        }

        if (value.Op == Op.Or && (KnownBits.PossibleOnes(a) & ~(uint)b.Imm) == 0)
        {
            return b;
        }

        if (a.Op == value.Op && a.Inputs[1].IsConst)
        {
            changed = Rewrite(value, value.Op, a.Inputs[0], Value.Const(Compute(value.Op, a.Inputs[1].Imm, b.Imm)));
        }
        else if (value.Op == Op.Xor && b.Imm == 1 && a.Op == Op.Set)
        {
            changed = Rewrite(value, Op.Set, a.Inputs[0], a.Inputs[1]);
            value.Condition = a.Condition.Negate();
        }
        else if (value.Op == Op.Or && Strip(value, 0, ~(uint)b.Imm))
        {
            changed = true;
        }

        return null;
    }

    private static Value? SimplifyShift(Value value, Value a, Value b, ref bool changed)
    {
        if (a.Is(0))
        {
            return a;
        }

        if (!b.IsConst)
        {
            changed = Strip(value, 1, 31);
            return null;
        }

        int count = b.Imm & 31;
        if (count == 0)
        {
            return a;
        }

        if (count != b.Imm)
        {
            changed = Rewrite(value, value.Op, a, Value.Const(count));
            return null;
        }

        uint demanded = value.Op == Op.ShiftLeft ? uint.MaxValue >> count : uint.MaxValue << count;
        uint ones = KnownBits.PossibleOnes(a);
        if ((ones & demanded) == 0)
        {
            return Value.Const(0);
        }

        if (value.Op == Op.ShiftRightArithmetic && (int)ones >= 0)
        {
            changed = Rewrite(value, Op.ShiftRight, a, b);
            return null;
        }

        if (Strip(value, 0, demanded))
        {
            changed = true;
            return null;
        }

        if (a.Op is Op.ShiftLeft or Op.ShiftRight or Op.ShiftRightArithmetic && a.Inputs[1].IsConst)
        {
            return SimplifyShiftPair(value, a, a.Inputs[1].Imm & 31, count, ref changed);
        }

        if (value.Op == Op.ShiftRightArithmetic && a.Op is Op.SignExtend8 or Op.SignExtend16)
        {
            int width = a.Op == Op.SignExtend8 ? 8 : 16;
            if (count >= width && count < 31)
            {
                changed = Rewrite(value, Op.ShiftRightArithmetic, a, Value.Const(31));
            }
        }

        return null;
    }

    private static Value? SimplifyShiftPair(Value value, Value inner, int first, int second, ref bool changed)
    {
        Value x = inner.Inputs[0];
        if (value.Op == inner.Op)
        {
            if (first + second >= 32 && value.Op != Op.ShiftRightArithmetic)
            {
                return Value.Const(0);
            }

            changed = Rewrite(value, value.Op, x, Value.Const(Math.Min(31, first + second)));
            return null;
        }

        if (inner.Op == Op.ShiftLeft)
        {
            // The left shift loses nothing: only the difference remains.
            bool signed = value.Op == Op.ShiftRightArithmetic;
            if (signed ? FitsSigned(x, 32 - first) : (KnownBits.PossibleOnes(x) & ~(uint.MaxValue >> first)) == 0)
            {
                if (first == second)
                {
                    return x;
                }

                changed = first > second
                    ? Rewrite(value, Op.ShiftLeft, x, Value.Const(first - second))
                    : Rewrite(value, value.Op, x, Value.Const(second - first));
                return null;
            }

            if (first != second)
            {
                return null;
            }

            if (first is 16 or 24 && (signed || first == 16))
            {
                value.Op = !signed ? Op.ZeroExtend16 : first == 16 ? Op.SignExtend16 : Op.SignExtend8;
                value.Inputs = [x];
                changed = true;
            }
            else if (!signed && first > 20)
            {
                changed = Rewrite(value, Op.And, x, Value.Const((int)(uint.MaxValue >> first)));
            }
        }
        else if (value.Op == Op.ShiftLeft && first == second && first <= 11)
        {
            changed = Rewrite(value, Op.And, x, Value.Const(-1 << first));
        }
        else if (value.Op == Op.ShiftRight && second == 31)
        {
            // The sign bit of an arithmetic shift is that of its input.
            changed = Rewrite(value, Op.ShiftRight, x, Value.Const(31));
        }

        return null;
    }

    private static Value? SimplifyExtension(Value value, ref bool changed)
    {
        Value a = value.Inputs[0];
        if (a.IsConst)
        {
            return Value.Const(value.Op switch
            {
                Op.SignExtend8 => (sbyte)a.Imm,
                Op.SignExtend16 => (short)a.Imm,
                _ => (ushort)a.Imm,
            });
        }

        bool unneeded = value.Op switch
        {
            Op.SignExtend8 => FitsSigned(a, 8),
            Op.SignExtend16 => FitsSigned(a, 16),
            _ => (KnownBits.PossibleOnes(a) & 0xffff0000) == 0,
        };
        if (unneeded)
        {
            return a;
        }

        if (Strip(value, 0, value.Op == Op.SignExtend8 ? 0xffu : 0xffffu))
        {
            changed = true;
        }
        else if (value.Op == Op.ZeroExtend16 && a.Op == Op.And && a.Inputs[1].IsConst)
        {
            changed = Rewrite(value, Op.And, a.Inputs[0], Value.Const(a.Inputs[1].Imm & 0xffff));
        }

        return null;
    }

    private static bool FitsSigned(Value value, int bits)
    {
        (int minimum, int maximum) = KnownBits.SignedRange(value);
        return bits >= 32 || (minimum >= -1 << (bits - 1) && maximum < 1 << (bits - 1));
    }

    private static Value? SimplifyLoad(Value load)
    {
        CollectDisplacement(load);
        Value address = load.Inputs[0];
        return !load.Volatile && address.Op == Op.SymbolAddress && address.Symbol is DataSymbol { IsReadOnly: true } data
            ? ReadOnlyWord(data, address.Imm, load.Size, load.Signed)
            : null;
    }

    private static Value? SimplifyStore(Value store)
    {
        CollectDisplacement(store);
        if (store.Size < 4)
        {
            Strip(store, 1, store.Size == 1 ? 0xffu : 0xffffu);
        }

        return null;
    }

    /// <summary>Moves constants that are added to the address into the displacement, or into the leaf that is the address.</summary>
    private static void CollectDisplacement(Value access)
    {
        Value address = access.Inputs[0];
        int offset = access.Imm;
        while (address.Op == Op.Add && address.Inputs[1].IsConst && IsSmall(offset + address.Inputs[1].Imm))
        {
            offset += address.Inputs[1].Imm;
            address = address.Inputs[0];
        }

        if (offset != 0 && Displaced(address, offset) is { } leaf)
        {
            address = leaf;
            offset = 0;
        }

        if (address != access.Inputs[0])
        {
            Value[] inputs = [.. access.Inputs];
            inputs[0] = address;
            access.Inputs = inputs;
            access.Imm = offset;
        }
    }

    /// <summary>What read-only data holds at an offset, or null if that is outside or part of an address.</summary>
    private static Value? ReadOnlyWord(DataSymbol data, int offset, int size, bool signed)
    {
        if (offset < 0 || offset > data.Size - size)
        {
            return null;
        }

        foreach ((int at, Symbol target, int addend) in data.Relocations)
        {
            if (at == offset && size == 4)
            {
                return Value.AddressOf(target, addend);
            }

            if (at < offset + size && offset < at + 4)
            {
                return null;
            }
        }

        uint word = 0;
        for (int i = 0; i < size && data.Content is { } content && offset + i < content.Length; i++)
        {
            word |= (uint)content[offset + i] << (8 * i);
        }

        return Value.Const((size, signed) switch
        {
            (1, true) => (sbyte)word,
            (2, true) => (short)word,
            _ => (int)word,
        });
    }

    /// <summary>Fits the 12-bit immediate of an instruction.</summary>
    private static bool IsSmall(int number) => number is >= -2048 and <= 2047;
}
