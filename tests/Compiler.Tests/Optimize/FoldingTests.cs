// Every folding rule on random operands: what Simplify makes of an operation computes the same.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class FoldingTests
{
    private static readonly int[] numbers =
        [0, 1, -1, 2, 3, 5, 7, 8, 15, 16, 24, 31, 32, 127, 128, 255, 256, -128, 0x7fff, 0x8000, 0xffff, 0x10000, 0xff00, int.MaxValue, int.MinValue, -2048, 2047];

    [Fact]
    public void ExpressionsKeepTheirValue()
    {
        for (int seed = 0; seed < 60_000; seed++)
        {
            Random random = new(seed);
            Dictionary<Value, int> known = [];
            List<Value> pool = [];
            for (int i = 0; i < 3; i++)
            {
                Value leaf = new(Op.Parameter) { Imm = i };
                known.Add(leaf, random.Next(2) == 0 ? numbers[random.Next(numbers.Length)] : random.Next(int.MinValue, int.MaxValue));
                pool.Add(leaf);
            }

            Value load = new(Op.Load, pool[0]) { Size = (byte)(1 + random.Next(2)), Signed = random.Next(2) == 0 };
            known.Add(load, (load.Size, load.Signed) switch
            {
                (1, true) => (sbyte)known[pool[1]],
                (1, false) => (byte)known[pool[1]],
                (2, true) => (short)known[pool[1]],
                _ => (ushort)known[pool[1]],
            });
            pool.Add(load);
            for (int i = 0; i < 6; i++)
            {
                Op op = (Op)random.Next((int)Op.Add, (int)Op.ZeroExtend16 + 1);
                Value a = Pick(random, pool);
                Value candidate = op >= Op.SignExtend8 ? new Value(op, a) : new Value(op, a, Pick(random, pool));
                candidate.Condition = (Condition)random.Next(6);
                int expected = Compute(candidate, known);
                string before = Printer.Print(candidate);
                Value result = Folding.Simplify(candidate) ?? candidate;
                int actual = result.IsConst ? result.Imm : known.TryGetValue(result, out int there) ? there : Compute(result, known);
                Assert.True(expected == actual, $"seed {seed}: {before} became {Printer.Print(result)}: {expected}, {actual}");
                if (!result.IsLeaf && known.TryAdd(result, actual))
                {
                    pool.Add(result);
                }

                (int minimum, int maximum) = KnownBits.SignedRange(result);
                (uint least, uint most) = KnownBits.UnsignedRange(result);
                Assert.True(actual >= minimum && actual <= maximum && (uint)actual >= least && (uint)actual <= most
                    && ((uint)actual & ~KnownBits.PossibleOnes(result)) == 0, $"seed {seed}: {Printer.Print(result)}");
            }
        }
    }

    [Theory]
    [InlineData(Op.Mul, 8, Op.ShiftLeft, 3)]
    [InlineData(Op.DivUnsigned, 16, Op.ShiftRight, 4)]
    [InlineData(Op.RemUnsigned, 16, Op.And, 15)]
    [InlineData(Op.Sub, 5, Op.Add, -5)]
    public void OperationsWithConstants(Op op, int number, Op expected, int operand)
    {
        Value value = new(op, new Value(Op.Parameter), Value.Const(number));
        Assert.Null(Folding.Simplify(value));
        Assert.Equal(expected, value.Op);
        Assert.True(value.Inputs[1].Is(operand));
    }

    [Fact]
    public void ReadOnlyDataIsLoaded()
    {
        DataSymbol target = new("target", 4, 4);
        DataSymbol table = new("table", 12, 4) { IsReadOnly = true, Content = [1, 0xff, 2, 0, 0, 0, 0, 0, 0x80] };
        table.Relocations.Add((4, target, 3));
        Value Load(int offset, byte size, bool signed) =>
            Folding.Simplify(new Value(Op.Load, Value.AddressOf(table, offset)) { Size = size, Signed = signed }) ?? new Value(Op.Undefined);
        Assert.Equal(0x2ff01, Load(0, 4, false).Imm);
        Assert.Equal(-1, Load(1, 1, true).Imm);
        Assert.Equal(255, Load(1, 1, false).Imm);
        Assert.Equal(0x80, Load(8, 4, false).Imm);
        Assert.Equal((target, 3), ((DataSymbol?)Load(4, 4, false).Symbol, Load(4, 4, false).Imm));
        Assert.Equal(Op.Undefined, Load(4, 1, false).Op);
        Assert.Equal(Op.Undefined, Load(12, 4, false).Op);
    }

    [Fact]
    public void AddressesAreNeverNull()
    {
        Value slot = Value.AddressOf(new Slot(4, 4, "s"));
        Value data = Value.AddressOf(new DataSymbol("d", 4, 4));
        Assert.True(Folding.Decide(Condition.NotEqual, slot, Value.Const(0)));
        Assert.False(Folding.Decide(Condition.Equal, Value.Const(0), data));
        Assert.False(Folding.Decide(Condition.Equal, slot, data));
        Assert.Null(Folding.Decide(Condition.Equal, Value.AddressOf(new LinkerSymbol("l")), Value.Const(0)));
    }

    private static Value Pick(Random random, List<Value> pool) =>
        random.Next(3) == 0 ? Value.Const(numbers[random.Next(numbers.Length)]) : pool[random.Next(pool.Count)];

    private static int Compute(Value value, Dictionary<Value, int> known)
    {
        int[] inputs = [.. value.Inputs.Select(input => input.IsConst ? input.Imm : known[input])];
        return value.Op switch
        {
            Op.Set => value.Condition.Holds(inputs[0], inputs[1]) ? 1 : 0,
            Op.SignExtend8 => (sbyte)inputs[0],
            Op.SignExtend16 => (short)inputs[0],
            Op.ZeroExtend16 => (ushort)inputs[0],
            _ => Folding.Compute(value.Op, inputs[0], inputs[1]),
        };
    }
}
