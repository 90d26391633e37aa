// Large and hostile functions are optimized within seconds, and nothing recurses as deep as they are.

using System.Diagnostics;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class SizeTests
{
    private const int Many = 2500;

    private static void Expect(Action<Code> build)
    {
        Code code = new();
        build(code);
        Stopwatch watch = Stopwatch.StartNew();
        Dictionary<string, double> perPass = [];
        double before = 0;
        code.Optimized(new OptimizerOptions
        {
            AfterPass = (pass, _) =>
            {
                double now = watch.Elapsed.TotalSeconds;
                perPass[pass] = perPass.GetValueOrDefault(pass) + now - before;
                before = now;
            },
        }, false);
        Assert.True(watch.Elapsed.TotalSeconds < 60, string.Join(", ", perPass));
    }

    [Fact]
    public void ManyStatements() => Expect(code =>
    {
        for (int i = 0; i < Many; i++)
        {
            code.Use(code.Add(code.Parameter(4), i));
            code.Write(Value.Const(i % 50), code.Get(code.Sum));
        }
    });

    [Fact]
    public void ManyLoopsInARow() => Expect(code =>
    {
        for (int i = 0; i < Many / 4; i++)
        {
            code.For(Value.Const(0), Condition.Less, code.Length, 1, index => code.Use(index));
        }
    });

    [Fact]
    public void FewerLoopsInARow() => Expect(code =>
    {
        for (int i = 0; i < 250; i++)
        {
            code.For(Value.Const(0), Condition.Less, code.Length, 1, index => code.Use(index));
        }
    });

    [Fact]
    public void DeepLoops() => Expect(code =>
    {
        void Nest(int depth)
        {
            if (depth > 0)
            {
                code.For(Value.Const(0), Condition.Less, code.Length, 1, index =>
                {
                    code.Use(index);
                    Nest(depth - 1);
                });
            }
        }

        Nest(300);
    });

    [Fact]
    public void DeepConditions() => Expect(code =>
    {
        void Nest(int depth)
        {
            if (depth > 0)
            {
                code.If(code.Add(code.Parameter(4), depth), Condition.Less, code.Parameter(5), () =>
                {
                    code.Use(code.Parameter(4));
                    Nest(depth - 1);
                });
            }
        }

        Nest(Many);
    });

    [Fact]
    public void ManyLocals() => Expect(code =>
    {
        Slot[] locals = [.. Enumerable.Range(0, 500).Select(i => code.Local(i))];
        code.For(Value.Const(0), Condition.Less, code.Length, 1, _ =>
        {
            foreach (Slot local in locals)
            {
                code.If(code.Get(local), Condition.Less, code.Get(code.Sum), () =>
                {
                    code.Set(local, code.Do(Op.Add, code.Get(local), code.Get(code.Sum)));
                    code.Set(code.Sum, code.Do(Op.Xor, code.Get(code.Sum), code.Get(local)));
                });
            }
        });
    });

    [Fact]
    public void ManyConditions() => Expect(code =>
    {
        for (int i = 0; i < Many; i++)
        {
            code.If(code.Parameter(4), Condition.Equal, Value.Const(i), () => code.Set(code.Sum, code.Add(code.Get(code.Sum), 1)));
        }
    });
}
