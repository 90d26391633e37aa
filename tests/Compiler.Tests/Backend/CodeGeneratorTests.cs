// The back end against the meaning of the values: random functions, run both ways.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

public class CodeGeneratorTests
{
    [Theory]
    [InlineData(0, 300, 30)]
    [InlineData(1000, 100, 200)]
    [InlineData(2000, 10, 2000)]
    public void MachineCodeDoesWhatTheValuesDo(int firstSeed, int count, int size)
    {
        if (Environment.GetEnvironmentVariable("BACKEND_SEEDS") is { Length: > 0 } more)
        {
            firstSeed += 10000;
            count *= int.Parse(more);
        }

        for (int seed = firstSeed; seed < firstSeed + count; seed++)
        {
            Compare(seed, size);
        }
    }

    private static void Compare(int seed, int size)
    {
        (Function function, Dictionary<FunctionSymbol, int> words, int parameters) = RandomBody.Make(seed, size);
        MachineFunction code;
        try
        {
            code = CodeGenerator.Generate(function, new PanicSymbols());
        }
        catch (Exception error) when (error is not CompileErrorException)
        {
            Assert.Fail($"seed {seed}, size {size}: {error}");
            return;
        }

        Random random = new(seed);
        for (int run = 0; run < 3; run++)
        {
            uint[] arguments = [.. Enumerable.Range(0, parameters).Select(_ => run == 0 ? (uint)random.Next(-4, 40) : (uint)random.NextInt64())];
            ProgramWorld expectedWorld = new();
            ProgramWorld world = new();
            foreach (FunctionSymbol callee in words.Keys)
            {
                _ = expectedWorld.AddressOf(callee);
                _ = world.AddressOf(callee);
            }

            for (int i = 0; i < 5; i++)
            {
                foreach (Value input in function.Blocks.SelectMany(block => block.All()).SelectMany(value => value.Inputs))
                {
                    if (input.Op == Op.SymbolAddress)
                    {
                        _ = expectedWorld.AddressOf(input.Symbol!);
                        _ = world.AddressOf(input.Symbol!);
                    }
                }
            }

            uint[]? expected = new ValueEvaluator(expectedWorld).Run(function, arguments);
            MachineSimulator simulator = new(world, words);
            uint[]? actual;
            try
            {
                actual = simulator.Run(code, arguments, expected?.Length ?? 0);
            }
            catch (InvalidOperationException error)
            {
                Assert.Fail($"seed {seed}, size {size}: {error.Message}");
                return;
            }

            expectedWorld.Log.Add($"{expectedWorld.DataHash:x}");
            world.Log.Add($"{world.DataHash:x}");
            int difference = Enumerable.Range(0, Math.Min(world.Log.Count, expectedWorld.Log.Count))
                .FirstOrDefault(i => world.Log[i] != expectedWorld.Log[i], -1);
            Assert.True(
                difference < 0 && world.Log.Count == expectedWorld.Log.Count,
                $"seed {seed}, size {size}, run {run}: {(difference < 0 ? "lengths" : expectedWorld.Log[difference] + " became " + world.Log[difference])}");
            Assert.True(
                (expected is null && actual is null) || expected!.SequenceEqual(actual ?? []),
                $"seed {seed}, size {size}, run {run}: {string.Join(',', expected ?? [])} became {string.Join(',', actual ?? [])}");
        }
    }
}
