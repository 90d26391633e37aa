// Random functions do the same after every pass as before the first.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Optimize;

public sealed class DifferentialTests
{
    private const int Inputs = 6;

    public static TheoryData<int> Ranges { get; } = [.. Enumerable.Range(0, 20)];

    [Theory]
    [MemberData(nameof(Ranges))]
    public void EveryPassKeepsWhatAFunctionDoes(int range)
    {
        int perRange = int.TryParse(Environment.GetEnvironmentVariable("OPTIMIZER_FUZZ"), out int many) ? many : 60;
        for (int seed = range * perRange; seed < (range + 1) * perRange; seed++)
        {
            (Function function, IReadOnlyList<DataSymbol> symbols) = RandomFunctions.Make(seed);
            Verifier.Verify(function, $"seed {seed}");
            string original = Printer.Print(function);
            string before = original;
            string?[] expected = [.. Enumerable.Range(0, Inputs).Select(i => Run(function, symbols, seed, i))];
            OptimizerOptions options = new() { Verify = true, AfterPass = Compare };
            try
            {
                Optimizer.Run(function, options);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"seed {seed}\n{before}", exception);
            }

            void Compare(string pass, Function changed)
            {
                for (int i = 0; i < Inputs; i++)
                {
                    string? actual = expected[i] is null ? null : Run(changed, symbols, seed, i);
                    if (actual != expected[i])
                    {
                        string arguments = string.Join(' ', RandomFunctions.Arguments((seed * Inputs) + i));
                        Assert.Fail($"seed {seed}, after {pass}, arguments {arguments}:\n{before}\n{Printer.Print(changed)}\nexpected {expected[i]}\nactual {actual}\n");
                    }
                }

                before = Printer.Print(changed);
            }
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
