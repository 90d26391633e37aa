// Functions as large and as odd as a program can make them are compiled within seconds.

using System.Diagnostics;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

public class LargeFunctionTests
{
    private const double Seconds = 20;

    [Fact]
    public void TwentyThousandMixedValues() => Generate(RandomBody.Make(5, 12000).Function);

    [Fact]
    public void MixedValuesWithoutSlots() => Generate(RandomBody.Make(8, 12000).Function);

    [Fact]
    public void ThousandsOfLiveValues()
    {
        Function function = Start(out Block block, out Value parameter);
        List<Value> values = [parameter];
        for (int i = 0; i < 5000; i++)
        {
            values.Add(block.Add(new Value(Op.Mul, values[^1], values[i / 2])));
        }

        Value sum = parameter;
        foreach (Value value in values)
        {
            sum = block.Add(new Value(Op.Xor, sum, value));
        }

        block.End(new Value(Op.Return, sum));
        Generate(function);
    }

    [Fact]
    public void LongChainOfConditions()
    {
        Function function = Start(out Block block, out Value parameter);
        Value sum = parameter;
        for (int i = 0; i < 5000; i++)
        {
            Block yes = new();
            Block join = new();
            function.Blocks.AddRange([yes, join]);
            block.End(new Value(Op.Branch, parameter, Value.Const(i)) { Condition = Condition.Equal }, yes, join);
            Value changed = yes.Add(new Value(Op.Add, sum, Value.Const(100000 + i)));
            yes.End(new Value(Op.Jump), join);
            sum = join.AddPhi(new Value(Op.Phi, join.Predecessors[0] == yes ? [changed, sum] : [sum, changed]));
            block = join;
        }

        block.End(new Value(Op.Return, sum));
        Generate(function);
    }

    [Fact]
    public void DeeplyNestedLoops()
    {
        Function function = Start(out Block block, out Value parameter);
        List<(Block Header, Value Counter)> loops = [];
        for (int i = 0; i < 1000; i++)
        {
            Block header = new();
            function.Blocks.Add(header);
            block.End(new Value(Op.Jump), header);
            loops.Add((header, header.AddPhi(new Value(Op.Phi, Value.Const(0), Value.Const(0)))));
            block = header;
        }

        loops.Reverse();
        foreach ((Block header, Value counter) in loops)
        {
            Value next = block.Add(new Value(Op.Add, counter, Value.Const(1)));
            Block exit = new();
            function.Blocks.Add(exit);
            block.End(new Value(Op.Branch, next, parameter) { Condition = Condition.Less }, header, exit);
            counter.Inputs[1] = next;
            block = exit;
        }

        block.End(new Value(Op.Return, parameter));
        Generate(function);
    }

    [Fact]
    public void ManyCasesWithPhis()
    {
        Function function = Start(out Block block, out Value parameter);
        Block join = new();
        List<Block> arms = [];
        List<Value> results = [];
        for (int i = 0; i < 4000; i++)
        {
            Block arm = new();
            arms.Add(arm);
            results.Add(arm.Add(new Value(Op.Mul, parameter, Value.Const(i + 3))));
        }

        function.Blocks.AddRange([.. arms, join]);
        block.End(new Value(Op.Switch, parameter), [.. arms]);
        foreach (Block arm in arms)
        {
            arm.End(new Value(Op.Jump), join);
        }

        Value phi = join.AddPhi(new Value(Op.Phi, [.. results]));
        join.End(new Value(Op.Return, phi));
        Generate(function);
    }

    [Fact]
    public void ManyCalls()
    {
        Function function = Start(out Block block, out Value parameter);
        FunctionSymbol callee = new("callee");
        List<Value> results = [parameter];
        for (int i = 0; i < 4000; i++)
        {
            results.Add(block.Add(new Value(Op.Call, results[i / 3], results[i / 2], results[i]) { Symbol = callee, Imm = 1 }));
        }

        Value sum = results[^1];
        for (int i = 0; i < results.Count; i += 5)
        {
            sum = block.Add(new Value(Op.Add, sum, results[i]));
        }

        block.End(new Value(Op.Return, sum));
        Generate(function);
    }

    private static Function Start(out Block block, out Value parameter)
    {
        Function function = new(new FunctionSymbol("large")) { ParameterWords = 1, ResultWords = 1 };
        block = new Block();
        function.Blocks.Add(block);
        parameter = block.Add(new Value(Op.Parameter));
        return function;
    }

    private static void Generate(Function function)
    {
        Stopwatch watch = Stopwatch.StartNew();
        MachineFunction code = CodeGenerator.Generate(function, new PanicSymbols());
        Assert.NotEmpty(code.Code);
        Assert.True(watch.Elapsed.TotalSeconds < Seconds, $"{watch.Elapsed.TotalSeconds} s");
        if (Environment.GetEnvironmentVariable("BACKEND_TIMES") is not null)
        {
            Console.WriteLine($"{function.Blocks.Count} blocks, {code.Code.Count} instructions, frame {code.FrameSize}: {watch.Elapsed.TotalSeconds} s");
        }
    }
}
