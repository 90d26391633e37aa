// Rewrites operations that the machine does better in another form of two or more operations: signed division by powers
// of two, displacements inside of addresses, bits above the reach of an immediate.

using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class Lowering
{
    private readonly Function function;
    private readonly Dictionary<Value, List<Value>> users = [];
    private List<Value> body = [];
    private bool changed;

    private Lowering(Function function) => this.function = function;

    public static bool Run(Function function) => new Lowering(function).Run();

    private bool Run()
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Value user in block.All())
            {
                foreach (Value input in user.Inputs)
                {
                    if (input.Op is Op.Add or Op.And)
                    {
                        if (!users.TryGetValue(input, out List<Value>? list))
                        {
                            users.Add(input, list = []);
                        }

                        list.Add(user);
                    }
                }
            }
        }

        foreach (Block block in function.Blocks)
        {
            body = [];
            foreach (Value value in block.Body)
            {
                Lower(value);
                body.Add(value);
            }

            Lower(block.Terminator!);
            foreach (Value value in body)
            {
                value.Block = block;
            }

            block.Body = body;
        }

        return changed;
    }

    private void Lower(Value value)
    {
        switch (value.Op)
        {
            case Op.Div or Op.Rem when value.Inputs[1].IsConst && BitOperations.IsPow2(value.Inputs[1].Imm) && value.Inputs[1].Imm > 1:
                LowerDivision(value, BitOperations.Log2((uint)value.Inputs[1].Imm));
                break;
            case Op.Add when !value.Inputs[1].IsConst && users.GetValueOrDefault(value)?.TrueForAll(u => IsAddressOf(u, value)) == true:
                LowerAddress(value);
                break;
            case Op.ShiftRight when value.Inputs[1].IsConst && value.Inputs[0] is { Op: Op.And } mask && mask.Inputs[1].IsConst
                && users[mask].Count == 1 && !IsSmall(mask.Inputs[1].Imm)
                && IsSmall((int)((uint)mask.Inputs[1].Imm >> value.Inputs[1].Imm)):
                Value shifted = Emit(new Value(Op.ShiftRight, mask.Inputs[0], value.Inputs[1]), value);
                Become(value, Op.And, shifted, Value.Const((int)((uint)mask.Inputs[1].Imm >> value.Inputs[1].Imm)));
                break;
            case Op.Branch or Op.Check when value.Condition is Condition.Equal or Condition.NotEqual && value.Inputs[1].Is(0)
                && value.Inputs[0] is { Op: Op.And } bit && bit.Inputs[1].IsConst && bit.Inputs[1].Imm > 1024
                && BitOperations.IsPow2(bit.Inputs[1].Imm) && users[bit].Count == 1:
                int up = 31 - BitOperations.Log2((uint)bit.Inputs[1].Imm);
                Value sign = Emit(new Value(Op.ShiftLeft, bit.Inputs[0], Value.Const(up)), value);
                value.Condition = value.Condition == Condition.Equal ? Condition.GreaterOrEqual : Condition.Less;
                value.Inputs = [sign, Value.Const(0)];
                changed = true;
                break;
            default:
                break;
        }
    }

    // Division rounds towards zero, the shift downwards: a negative dividend is raised by the divisor less one first.
    private void LowerDivision(Value value, int log)
    {
        Value dividend = value.Inputs[0];
        Value sign = log == 1 ? dividend : Emit(new Value(Op.ShiftRightArithmetic, dividend, Value.Const(31)), value);
        Value raise = Emit(new Value(Op.ShiftRight, sign, Value.Const(32 - log)), value);
        Value sum = Emit(new Value(Op.Add, dividend, raise), value);
        if (value.Op == Op.Div)
        {
            Become(value, Op.ShiftRightArithmetic, sum, Value.Const(log));
            return;
        }

        Value rest = log <= 11
            ? Emit(new Value(Op.And, sum, Value.Const((1 << log) - 1)), value)
            : Emit(new Value(Op.ShiftRight, Emit(new Value(Op.ShiftLeft, sum, Value.Const(32 - log)), value), Value.Const(32 - log)), value);
        Become(value, Op.Sub, rest, raise);
    }

    // base + ((x + c) << k) is (base + (x << k)) + (c << k), and the access takes the constant.
    private void LowerAddress(Value sum)
    {
        for (int i = 0; i < 2; i++)
        {
            Value scaled = sum.Inputs[i];
            bool shifts = scaled.Op == Op.ShiftLeft && scaled.Inputs[1].IsConst;
            Value index = shifts ? scaled.Inputs[0] : scaled;
            if (index.Op != Op.Add || !index.Inputs[1].IsConst)
            {
                continue;
            }

            int count = shifts ? scaled.Inputs[1].Imm : 0;
            int displacement = index.Inputs[1].Imm << count;
            if (!users[sum].TrueForAll(user => IsSmall(user.Imm + displacement)))
            {
                continue;
            }

            Value moved = shifts ? Emit(new Value(Op.ShiftLeft, index.Inputs[0], scaled.Inputs[1]), sum) : index.Inputs[0];
            Value start = Emit(new Value(Op.Add, sum.Inputs[1 - i], moved), sum);
            Become(sum, Op.Add, start, Value.Const(displacement));
            return;
        }
    }

    private static bool IsAddressOf(Value access, Value address) => access.Op is Op.Load or Op.Store
        && access.Inputs[0] == address && (access.Op == Op.Load || access.Inputs[1] != address);

    private static bool IsSmall(int number) => number is >= -2048 and <= 2047;

    private Value Emit(Value candidate, Value origin)
    {
        candidate.Position = origin.Position;
        if (Folding.Simplify(candidate) is { } same)
        {
            return same;
        }

        body.Add(candidate);
        return candidate;
    }

    private void Become(Value value, Op op, Value a, Value b)
    {
        value.Op = op;
        value.Inputs = [a, b];
        changed = true;
    }
}
