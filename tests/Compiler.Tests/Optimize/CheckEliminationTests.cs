// Which bounds checks go, and which must stay: a check that is gone wrongly is a hole in the kernel.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class CheckEliminationTests
{
    private static Value Number(int number) => Value.Const(number);

    private static void Expect(int checks, Action<Code> build)
    {
        Code code = new();
        build(code);
        Function function = code.Optimized();
        int left = function.Blocks.Sum(block => block.Body.Count(value => value.Op == Op.Check));
        Assert.True(left == checks, $"{left} checks instead of {checks}:\n{Printer.Print(function)}");
    }

    /// <summary>The check stays, and for these lengths and numbers the program panics.</summary>
    private static void ExpectPanic(Action<Code> build, int length, int otherLength = 0, int a = 0, int b = 0)
    {
        Code code = new();
        build(code);
        Function function = code.Optimized();
        DataSymbol data = new("data", 256, 4) { Content = new byte[256] };
        string? record = Evaluator.Run(
            function, [data], [Evaluator.DataBase, length, Evaluator.DataBase + 128, otherLength, a, b]).Record;
        Assert.True(record?.StartsWith("panic IndexOutOfRange", StringComparison.Ordinal) == true, $"{record}\n{Printer.Print(function)}");
    }

    [Fact]
    public void CountingUpToTheLength() =>
        Expect(0, code => code.For(Number(0), Condition.Less, code.Length, 1, i => code.Use(i)));

    [Fact]
    public void CountingUpToTheLengthUnsigned() =>
        Expect(0, code => code.For(Number(0), Condition.LessUnsigned, code.Length, 1, i => code.Use(i)));

    [Fact]
    public void CountingUntilTheLengthIsMet() =>
        Expect(0, code => code.For(Number(0), Condition.NotEqual, code.Length, 1, i => code.Use(i)));

    [Fact]
    public void CountingDown() =>
        Expect(0, code => code.For(code.Add(code.Length, -1), Condition.GreaterOrEqual, Number(0), -1, i => code.Use(i)));

    [Fact]
    public void CountingFromOneWithTheElementBefore() => Expect(0, code => code.For(Number(1), Condition.Less, code.Length, 1, i =>
    {
        code.Use(code.Add(i, -1));
        code.Use(i);
    }));

    [Fact]
    public void TheElementBehindBelowTheLastOne() => Expect(
        0, code => code.For(Number(0), Condition.Less, code.Add(code.Length, -1), 1, i => code.Use(code.Add(i, 1))));

    [Fact]
    public void UpToTheShorterOfTwoLengths() => Expect(0, code =>
    {
        Slot count = code.Local(code.Length);
        code.If(code.OtherLength, Condition.Less, code.Length, () => code.Set(count, code.OtherLength));
        Value bound = code.Get(count);
        code.For(Number(0), Condition.Less, bound, 1, i =>
        {
            code.Use(i);
            code.Use(i, true);
        });
    });

    [Fact]
    public void ABoundThatWasComparedWithTheLength() => Expect(1, code =>
    {
        code.Panic(code.Length, Condition.Less, code.Parameter(4));
        code.For(Number(0), Condition.Less, code.Parameter(4), 1, i => code.Use(i));
    });

    [Fact]
    public void TheSameCheckTwice() => Expect(1, code =>
    {
        code.Use(code.Parameter(4));
        code.Use(code.Parameter(4));
    });

    [Fact]
    public void AMaskOfTheLength() => Expect(1, code =>
    {
        Value mask = code.Add(code.Length, -1);
        code.Use(code.Do(Op.And, code.Parameter(4), mask));
        code.Use(code.Do(Op.And, code.Parameter(5), mask));
    });

    [Fact]
    public void SteppingByMoreBelowASmallBound() =>
        Expect(1, code =>
        {
            code.Panic(Number(1000), Condition.Less, code.Length);
            code.For(Number(0), Condition.Less, code.Length, 32, i => code.Use(i));
        });

    [Fact]
    public void NeighboursAreCheckedOnce() => Expect(1, code =>
    {
        for (int i = 0; i < 8; i++)
        {
            code.Use(Number(i));
        }
    });

    [Fact]
    public void FourBytesOfEachWord() => Expect(1, code => code.For(Number(0), Condition.Less, Number(16), 1, i =>
    {
        Value first = code.Do(Op.ShiftLeft, i, Number(2));
        for (int at = 0; at < 4; at++)
        {
            code.Use(code.Add(first, at), true);
        }
    }));

    [Fact]
    public void InsertionSort() => Expect(0, code => code.For(Number(1), Condition.Less, code.Length, 1, i =>
    {
        Value value = code.Read(i);
        Slot at = code.Local(code.Add(i, -1));
        Slot going = code.Local(1);
        code.While(
            () =>
            {
                code.Set(going, Number(0));
                code.If(code.Get(at), Condition.GreaterOrEqual, Number(0), () =>
                    code.If(code.Read(code.Get(at)), Condition.GreaterOrEqual, value, () => code.Set(going, Number(1))));
                return (code.Get(going), Condition.NotEqual, Number(0));
            },
            () =>
            {
                code.Write(code.Add(code.Get(at), 1), code.Read(code.Get(at)));
                code.Set(at, code.Add(code.Get(at), -1));
            });
        code.Write(code.Add(code.Get(at), 1), value);
    }));

    [Fact]
    public void BinarySearch() => Expect(0, code =>
    {
        Slot low = code.Local(0);
        Slot high = code.Local(code.Add(code.Length, -1));
        code.While(
            () => (code.Get(high), Condition.GreaterOrEqual, code.Get(low)),
            () =>
            {
                Value middle = code.Do(Op.ShiftRight, code.Do(Op.Add, code.Get(low), code.Get(high)), Number(1));
                Value value = code.Read(middle);
                code.If(value, Condition.LessUnsigned, code.Parameter(4), () => code.Set(low, code.Add(middle, 1)));
                code.If(value, Condition.GreaterOrEqualUnsigned, code.Parameter(4), () => code.Set(high, code.Add(middle, -1)));
            });
        code.Set(code.Sum, code.Get(low));
    });

    [Fact]
    public void OneTooFar() =>
        ExpectPanic(code => code.For(Number(0), Condition.GreaterOrEqual, code.Length, 0, i => code.Use(i)), 0);

    [Fact]
    public void UpToTheLengthItself() => ExpectPanic(
        code =>
        {
            Slot i = code.Local(0);
            code.While(() => (code.Length, Condition.GreaterOrEqual, code.Get(i)), () =>
            {
                code.Use(code.Get(i));
                code.Set(i, code.Add(code.Get(i), 1));
            });
        },
        4);

    [Fact]
    public void TheElementBehindTheLast() =>
        ExpectPanic(code => code.For(Number(0), Condition.Less, code.Length, 1, i => code.Use(code.Add(i, 1))), 4);

    [Fact]
    public void TheElementBeforeTheFirst() =>
        ExpectPanic(code => code.For(Number(0), Condition.Less, code.Length, 1, i => code.Use(code.Add(i, -1))), 4);

    [Fact]
    public void CountingDownFromTheLength() =>
        ExpectPanic(code => code.For(code.Length, Condition.GreaterOrEqual, Number(0), -1, i => code.Use(i)), 4);

    [Fact]
    public void CountingDownBelowZero() => ExpectPanic(
        code => code.For(code.Add(code.Length, -1), Condition.GreaterOrEqual, Number(-1), -1, i => code.Use(i)), 4);

    [Fact]
    public void CountingDownPastTheEndOfAnEmptySpan() => ExpectPanic(
        code => code.For(code.Add(code.Length, -1), Condition.NotEqual, Number(0), -1, i => code.Use(i)), 0);

    [Fact]
    public void AnotherSpan() =>
        ExpectPanic(code => code.For(Number(0), Condition.Less, code.Length, 1, i => code.Use(i, true)), 4, 3);

    [Fact]
    public void ANegativeStart() =>
        ExpectPanic(code => code.For(code.Parameter(4), Condition.Less, code.Length, 1, i => code.Use(i)), 4, a: -1);

    // i starts at 0 and only grows, and is below the bound before each step: but a step of more than 1 may wrap.
    [Fact]
    public void AStrideThatWraps() => ExpectPanic(
        code => code.For(Number(0), Condition.Less, code.Parameter(4), 0x10000000, i =>
            code.If(i, Condition.Less, Number(0), () => code.Use(i))),
        int.MaxValue,
        a: int.MaxValue);

    [Fact]
    public void ACounterThatWraps() => ExpectPanic(
        code =>
        {
            Slot left = code.Local(6);
            Slot i = code.Local(int.MaxValue - 3);
            code.While(() => (code.Get(left), Condition.NotEqual, Number(0)), () =>
            {
                code.If(code.Get(i), Condition.Less, Number(0), () => code.Use(code.Get(i)));
                code.Set(i, code.Add(code.Get(i), 1));
                code.Set(left, code.Add(code.Get(left), -1));
            });
        },
        int.MaxValue);

    [Fact]
    public void ACounterThatTheBodyMoves() => ExpectPanic(
        code =>
        {
            Slot i = code.Local(0);
            code.While(() => (code.Get(i), Condition.Less, code.Length), () =>
            {
                code.Set(i, code.Add(code.Get(i), 2));
                code.Use(code.Get(i));
            });
        },
        4);

    [Fact]
    public void ABoundThatGrows() => ExpectPanic(
        code =>
        {
            Slot bound = code.Local(code.Length);
            Slot i = code.Local(0);
            code.While(() => (code.Get(i), Condition.Less, code.Get(bound)), () =>
            {
                code.Use(code.Get(i));
                code.Set(i, code.Add(code.Get(i), 1));
                code.Set(bound, code.Add(code.Get(bound), 1));
            });
        },
        4);

    [Fact]
    public void TheMiddleOfNumbersThatMayBeNegative() => ExpectPanic(
        code =>
        {
            Value middle = code.Do(Op.ShiftRight, code.Do(Op.Add, code.Parameter(4), code.Parameter(5)), Number(1));
            code.If(code.Parameter(4), Condition.Less, code.Length, () =>
                code.If(code.Parameter(5), Condition.Less, code.Length, () => code.Use(middle)));
        },
        4,
        a: -1,
        b: -1);

    [Fact]
    public void TheLastOfSeveralNeighbours() => ExpectPanic(
        code =>
        {
            for (int i = 0; i < 8; i++)
            {
                code.Use(Number(i));
            }
        },
        7);

    [Fact]
    public void TheFirstOfNeighboursThatWrap() => ExpectPanic(
        code =>
        {
            for (int i = 0; i < 4; i++)
            {
                code.Use(code.Add(code.Parameter(4), i));
            }
        },
        4,
        a: -3);

    [Fact]
    public void AMaskOfAnEmptySpan() => ExpectPanic(
        code => code.Use(code.Do(Op.And, code.Parameter(4), code.Add(code.Length, -1))), 0, a: 5);

    [Fact]
    public void ASignedTestAgainstANegativeNumber() => ExpectPanic(
        code => code.If(code.Parameter(4), Condition.Less, code.Parameter(5), () =>
            code.If(code.Parameter(5), Condition.LessUnsigned, code.Length, () => code.Use(code.Parameter(4)))),
        4,
        a: -5,
        b: 3);
}
