// Every case of tests/Compiler.Cases, compiled and run on the emulated chip, gives what it gives under ordinary .NET:
// the same value, or the failed check that stands for the same exception.

using System.Reflection;

namespace XousCloud.Compiler.Tests.Differential;

public sealed class CaseTests
{
    private static readonly int seed = TestSeed.Get();

    private static readonly SortedDictionary<string, MethodInfo> cases = Find();

    private static readonly Lazy<Dictionary<MethodInfo, GuestProgram>> programs =
        new(() => GuestProgram.CompileAll(References.Cases, [.. cases.Values]));

    public static TheoryData<string> Names => [.. cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_target_does_what_the_host_does(string name)
    {
        MethodInfo method = cases[name];
        GuestProgram program = programs.Value[method];
        Assert.True(program.RejectionOf(method) is null, program.RejectionOf(method));
        if (Comparison.FindDifference(method, words => program.Call(method, words), seed) is { } difference)
        {
            program.Renew();
            Assert.Fail($"{difference}\n{Blame.Of(References.Cases, difference)}");
        }
    }

    private static SortedDictionary<string, MethodInfo> Find()
    {
        SortedDictionary<string, MethodInfo> found = new(StringComparer.Ordinal);
        foreach (Type type in typeof(XousCloud.Compiler.Cases.Arithmetic).Assembly.GetTypes())
        {
            if (type is { IsPublic: true, IsAbstract: true, IsSealed: true })
            {
                foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(Comparison.CanCompare))
                {
                    found.Add($"{type.Name}.{method.Name}", method);
                }
            }
        }

        return found;
    }
}
