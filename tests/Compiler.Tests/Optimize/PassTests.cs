// What each pass is there for, on the smallest function that shows it.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class PassTests
{
    private static Value Number(int number) => Value.Const(number);

    private static Function Optimize(Action<Code> build, OptimizerPasses passes = OptimizerPasses.All)
    {
        Code code = new();
        build(code);
        return code.Optimized(new OptimizerOptions { Passes = passes });
    }

    private static int Count(Function function, params ReadOnlySpan<Op> ops)
    {
        int count = 0;
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                count += ops.Contains(value.Op) ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>How many values of these operations a turn of the function's only loop executes.</summary>
    private static int CountInLoop(Function function, params ReadOnlySpan<Op> ops)
    {
        Loop loop = Assert.Single(new LoopNest(function, new Dominators(function)).Loops);
        int count = 0;
        foreach (Block block in loop.Blocks)
        {
            foreach (Value value in block.All())
            {
                count += ops.Contains(value.Op) ? 1 : 0;
            }
        }

        return count;
    }

    [Fact]
    public void LocalsBecomeValues()
    {
        Function function = Optimize(code =>
        {
            Slot local = code.Local(3);
            code.If(code.Parameter(4), Condition.Less, code.Parameter(5), () => code.Set(local, code.Parameter(4)));
            code.Set(code.Sum, code.Get(local));
        });
        Assert.Equal(0, Count(function, Op.Load, Op.Store));
        Assert.Equal(1, Count(function, Op.Phi));
    }

    [Fact]
    public void AStructInPiecesIsCopiedAndPacked()
    {
        Slot first = new(8, 4, "first");
        Slot second = new(8, 4, "second");
        Function function = Optimize(code =>
        {
            code.Emit(new Value(Op.Store, Value.AddressOf(first), code.Parameter(4)) { Size = 1 });
            code.Emit(new Value(Op.Store, Value.AddressOf(first, 1), code.Parameter(5)) { Size = 1 });
            code.Emit(new Value(Op.Store, Value.AddressOf(first, 2), Number(0x1234)) { Size = 2 });
            code.Emit(new Value(Op.CopyMemory, Value.AddressOf(second), Value.AddressOf(first)) { Imm = 8, Size = 4 });
            Value whole = new(Op.Load, Value.AddressOf(second)) { Size = 4 };
            code.Emit(whole);
            code.Set(code.Sum, whole);
        });
        Assert.Equal(0, Count(function, Op.Load, Op.Store, Op.CopyMemory));
        string? record = Evaluator.Run(function, [], [0, 0, 0, 0, 0x1AB, 0x2CD]).Record;
        Assert.StartsWith($"return {0x1234CDAB}", record, StringComparison.Ordinal);
    }

    [Fact]
    public void ASlotThatEscapesStays()
    {
        Function function = Optimize(code =>
        {
            Slot local = code.Local(3);
            code.Emit(new Value(Op.Call, Value.AddressOf(local)) { Symbol = new FunctionSymbol("callee") });
            code.Set(code.Sum, code.Get(local));
        });
        Assert.Equal(1, Count(function, Op.Load));
        Assert.Equal(1, Count(function, Op.Store));
    }

    [Fact]
    public void AWordThatWasStoredIsNotLoaded()
    {
        Function function = Optimize(code =>
        {
            code.Emit(new Value(Op.Store, code.Parameter(0), code.Parameter(4)) { Size = 4 });
            code.Emit(new Value(Op.Store, code.Parameter(0), code.Parameter(5)) { Size = 4, Imm = 4 });
            Value word = new(Op.Load, code.Parameter(0)) { Size = 4 };
            code.Emit(word);
            code.Set(code.Sum, word);
        });
        Assert.Equal(0, Count(function, Op.Load));
    }

    [Fact]
    public void AWordThatMayHaveBeenOverwrittenIsLoaded()
    {
        Function function = Optimize(code =>
        {
            code.Emit(new Value(Op.Store, code.Parameter(0), code.Parameter(4)) { Size = 4 });
            code.Emit(new Value(Op.Store, code.Parameter(2), code.Parameter(5)) { Size = 4 });
            Value word = new(Op.Load, code.Parameter(0)) { Size = 4 };
            code.Emit(word);
            code.Set(code.Sum, word);
        });
        Assert.Equal(1, Count(function, Op.Load));
    }

    [Fact]
    public void AStoreThatIsOverwrittenGoes()
    {
        Function function = Optimize(code =>
        {
            code.Emit(new Value(Op.Store, code.Parameter(0), Number(1)) { Size = 4 });
            code.Emit(new Value(Op.Store, code.Parameter(0), Number(2)) { Size = 4 });
        });
        Assert.Equal(1, Count(function, Op.Store));
    }

    [Fact]
    public void VolatileAccessesStayInOrder()
    {
        Function function = Optimize(code => code.For(Number(0), Condition.Less, Number(4), 1, _ =>
        {
            code.Emit(new Value(Op.Load, code.Parameter(0)) { Size = 4, Volatile = true });
            code.Emit(new Value(Op.Store, code.Parameter(0), Number(1)) { Size = 4, Volatile = true });
            code.Emit(new Value(Op.Store, code.Parameter(0), Number(1)) { Size = 4, Volatile = true });
        }));
        Assert.Equal(3, CountInLoop(function, Op.Load, Op.Store));
    }

    [Fact]
    public void ALoadLeavesALoopThatDoesNotWrite()
    {
        Function function = Optimize(code => code.For(Number(0), Condition.Less, code.Parameter(4), 1, _ =>
        {
            Value word = new(Op.Load, code.Parameter(0)) { Size = 4 };
            code.Emit(word);
            code.Set(code.Sum, code.Do(Op.Xor, code.Do(Op.ShiftLeft, code.Get(code.Sum), Number(1)), word));
        }));
        Assert.Equal(0, CountInLoop(function, Op.Load));
    }

    [Fact]
    public void ALoadStaysInALoopThatMayWriteThere()
    {
        Function function = Optimize(code => code.For(Number(0), Condition.Less, code.Parameter(4), 1, i =>
        {
            Value word = new(Op.Load, code.Parameter(0)) { Size = 4 };
            code.Emit(word);
            code.Emit(new Value(Op.Store, code.Parameter(2), i) { Size = 1 });
            code.Set(code.Sum, code.Do(Op.Xor, code.Get(code.Sum), word));
        }));
        Assert.Equal(1, CountInLoop(function, Op.Load));
    }

    [Fact]
    public void TheLinkersSymbolsMayBeAnyData()
    {
        DataSymbol data = new("data", 4, 4);
        Function function = Optimize(code =>
        {
            Value before = new(Op.Load, Value.AddressOf(data)) { Size = 4 };
            Value after = new(Op.Load, Value.AddressOf(data)) { Size = 4 };
            code.Emit(before);
            code.Emit(new Value(Op.Store, Value.AddressOf(new LinkerSymbol("__bss_start")), Number(0)) { Size = 4 });
            code.Emit(after);
            code.Set(code.Sum, code.Do(Op.Xor, before, after));
        });
        Assert.Equal(2, Count(function, Op.Load));
    }

    [Fact]
    public void ASumOfASpanTakesFourOperationsATurn()
    {
        Function function = Optimize(code => code.For(Number(0), Condition.Less, code.Length, 1, i => code.Use(i)));
        Assert.Equal(0, Count(function, Op.Check));
        Assert.Equal(1, CountInLoop(function, Op.Load));
        Assert.Equal(2, CountInLoop(function, Op.Add));
        Assert.Equal(1, CountInLoop(function, Op.Branch));
        Assert.Equal(0, CountInLoop(function, Op.ShiftLeft, Op.Jump));
    }

    [Fact]
    public void TheCountBehindALoopNeedsNoCounterInIt()
    {
        Function function = Optimize(code =>
        {
            Slot left = code.Local(code.Parameter(4));
            Slot pointer = code.Local(code.Parameter(0));
            code.While(() => (code.Get(left), Condition.GreaterOrEqualUnsigned, Number(4)), () =>
            {
                code.Emit(new Value(Op.Store, code.Get(pointer), Number(0)) { Size = 4 });
                code.Set(pointer, code.Add(code.Get(pointer), 4));
                code.Set(left, code.Add(code.Get(left), -4));
            });
            code.Set(code.Sum, code.Get(left));
        });
        Assert.Equal(1, CountInLoop(function, Op.Add));
        string? record = Evaluator.Run(
            function, [new DataSymbol("data", 64, 4)], [Evaluator.DataBase, 0, 0, 0, 23, 0]).Record;
        Assert.StartsWith("return 3\n", record, StringComparison.Ordinal);
    }

    [Fact]
    public void OneBranchTestsBothEndsOfARange()
    {
        Function function = Optimize(code => code.If(code.Parameter(4), Condition.GreaterOrEqual, Number(10), () =>
            code.If(code.Parameter(4), Condition.Less, Number(20), () => code.Call())));
        Assert.Equal(1, Count(function, Op.Branch));
    }

    [Fact]
    public void OneBranchTestsSeveralBits()
    {
        Function function = Optimize(code => code.If(code.Do(Op.And, code.Parameter(4), Number(1)), Condition.NotEqual, Number(0), () =>
            code.If(code.Do(Op.And, code.Parameter(4), Number(6)), Condition.Equal, Number(4), () => code.Call())));
        Assert.Equal(1, Count(function, Op.Branch));
    }

    [Fact]
    public void AFlagThatWasJustSetIsNotTested()
    {
        Function function = Optimize(code =>
        {
            Slot flag = code.Local(0);
            code.If(code.Parameter(4), Condition.Less, code.Parameter(5), () => code.Set(flag, Number(1)));
            code.If(code.Get(flag), Condition.NotEqual, Number(0), () => code.Call());
            code.Set(code.Sum, code.Get(flag));
        });
        Assert.Equal(1, Count(function, Op.Branch));
    }

    [Fact]
    public void AChoiceBetweenNeighboursIsArithmetic()
    {
        Function function = Optimize(code =>
        {
            Slot chosen = code.Local(4);
            code.If(code.Parameter(4), Condition.LessUnsigned, code.Parameter(5), () => code.Set(chosen, Number(5)));
            code.Set(code.Sum, code.Get(chosen));
        });
        Assert.Equal(0, Count(function, Op.Branch));
    }

    [Fact]
    public void SignedDivisionByAPowerOfTwoShifts()
    {
        Function function = Optimize(code => code.Set(code.Sum, code.Do(
            Op.Add,
            code.Do(Op.Div, code.Parameter(4), Number(8)),
            code.Do(Op.Rem, code.Parameter(5), Number(4)))));
        Assert.Equal(0, Count(function, Op.Div, Op.Rem));
        foreach (int a in (int[])[-17, -16, -1, 0, 7, 8, int.MinValue, int.MaxValue])
        {
            string? record = Evaluator.Run(function, [], [0, 0, 0, 0, a, a]).Record;
            Assert.StartsWith($"return {(a / 8) + (a % 4)}\n", record, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void APanicBlockBecomesACheck()
    {
        Function function = Optimize(code => code.Panic(code.Parameter(4), Condition.Less, Number(0)));
        Assert.Single(function.Blocks);
        Assert.Equal(1, Count(function, Op.Check));
    }

    [Fact]
    public void EveryPassCanBeSwitchedOff()
    {
        Function function = Optimize(code => code.For(Number(0), Condition.Less, code.Length, 1, i => code.Use(i)), OptimizerPasses.None);
        Assert.Equal(1, Count(function, Op.Check));
        Assert.NotEqual(0, Count(function, Op.Store));
    }
}
