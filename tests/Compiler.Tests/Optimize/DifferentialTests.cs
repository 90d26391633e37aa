// Random functions do the same after every pass as before the first.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class DifferentialTests
{
    private const int Inputs = 6;

    public static TheoryData<int> Ranges { get; } = [.. Enumerable.Range(0, 20)];

    private static int PerRange { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("OPTIMIZER_FUZZ"), out int many) ? many : 60;

    [Theory]
    [MemberData(nameof(Ranges))]
    public void EveryPassKeepsWhatAFunctionDoes(int range)
    {
        for (int seed = range * PerRange; seed < (range + 1) * PerRange; seed++)
        {
            OptimizeAndCompare(seed, OptimizerPasses.All);
        }
    }

    /// <summary>No pass relies on another one having run.</summary>
    [Theory]
    [MemberData(nameof(Ranges))]
    public void AnyPassesKeepWhatAFunctionDoes(int range)
    {
        for (int seed = range * PerRange / 4; seed < (range + 1) * PerRange / 4; seed++)
        {
            OptimizeAndCompare(seed, (OptimizerPasses)new Random(seed).Next((int)OptimizerPasses.All + 1));
        }
    }

    private static void OptimizeAndCompare(int seed, OptimizerPasses passes)
    {
        (Function function, IReadOnlyList<DataSymbol> symbols) = RandomFunctions.Make(seed);
        Verifier.Verify(function, $"seed {seed}");
        string before = Printer.Print(function);
        string?[] expected = [.. Enumerable.Range(0, Inputs).Select(i => Run(function, symbols, seed, i))];
        try
        {
            Optimizer.Run(function, new OptimizerOptions { Passes = passes, Verify = true, AfterPass = Compare });
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"seed {seed}, passes {passes}\n{before}", exception);
        }

        void Compare(string pass, Function changed)
        {
            for (int i = 0; i < Inputs; i++)
            {
                string? actual = expected[i] is null ? null : Run(changed, symbols, seed, i);
                if (actual != expected[i])
                {
                    string arguments = string.Join(' ', RandomFunctions.Arguments((seed * Inputs) + i));
                    Assert.Fail($"seed {seed}, passes {passes}, after {pass}, arguments {arguments}:\n{before}\n{Printer.Print(changed)}\nexpected {expected[i]}\nactual {actual}\n");
                }
            }

            before = Printer.Print(changed);
        }
    }

    private static string? Run(Function function, IReadOnlyList<DataSymbol> symbols, int seed, int input)
    {
        try
        {
            return Evaluator.Run(function, symbols, RandomFunctions.Arguments((seed * Inputs) + input)).Record;
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
