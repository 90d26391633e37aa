// Generated methods do on the target what they do on the host. XOUSCLOUD_TEST_SEED repeats a batch (the seed that a
// failure prints is the batch's), XOUSCLOUD_RANDOM_METHODS sets how many methods are tried in all.

using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using XousCloud.Compiler.Tests.Differential;

namespace XousCloud.Compiler.Tests.RandomPrograms;

public sealed class RandomProgramTests
{
    private const int BatchSize = 250;
    private const int UsualMethods = 5_000;

    private static readonly int seed = TestSeed.Get();

    public static TheoryData<int> Batches
    {
        get
        {
            int methods = int.TryParse(Environment.GetEnvironmentVariable("XOUSCLOUD_RANDOM_METHODS"), CultureInfo.InvariantCulture, out int given)
                ? given : UsualMethods;
            return [.. Enumerable.Range(0, Math.Max(1, methods / BatchSize))];
        }
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Generated_methods_do_what_they_do_on_the_host(int batch)
    {
        int batchSeed = unchecked(seed + (batch * 7919));
        var program = new RandomProgram(batchSeed, BatchSize);
        using var source = new CSharpSource(program.Source, (uint)batchSeed % 4 == 3 ? OptimizationLevel.Debug : OptimizationLevel.Release);
        Type type = source.Assembly.GetType(RandomProgram.TypeName)!;
        MethodInfo[] methods = [.. program.Names.Select(name => type.GetMethod(name)!)];
        Dictionary<MethodInfo, GuestProgram> guests = GuestProgram.CompileAll(source.Path, methods);
        foreach (MethodInfo method in methods)
        {
            GuestProgram guest = guests[method];
            Assert.True(guest.RejectionOf(method) is null, $"{guest.RejectionOf(method)}\nSeed {batchSeed}.\n{program.SourceOf(method.Name)}");
            if (Comparison.FindDifference(method, words => guest.Call(method, words), batchSeed) is { } difference)
            {
                string reduced = new Reducer(difference).Reduce(program.SourceOf(method.Name));
                Assert.Fail($"{difference}\n{Blame.Of(source.Path, difference)}\n{reduced}");
            }
        }
    }

    /// <summary>Most methods of a batch end with a value for most inputs; otherwise the comparison says little.</summary>
    [Fact]
    public void Generated_methods_mostly_return()
    {
        var program = new RandomProgram(20_250, BatchSize);
        using var source = new CSharpSource(program.Source, OptimizationLevel.Release);
        Type type = source.Assembly.GetType(RandomProgram.TypeName)!;
        int returned = 0;
        int panicked = 0;
        foreach (string name in program.Names)
        {
            MethodInfo method = type.GetMethod(name)!;
            foreach (object[] arguments in Inputs.For([.. method.GetParameters().Select(parameter => parameter.ParameterType)], 1, name))
            {
                _ = Outcome.OfHost(method, arguments).Panic is null ? returned++ : panicked++;
            }
        }

        Assert.InRange(panicked, returned / 50, returned);
    }

    [Fact]
    public void The_same_seed_is_the_same_program() =>
        Assert.Equal(new RandomProgram(7, 20).Source, new RandomProgram(7, 20).Source);
}
