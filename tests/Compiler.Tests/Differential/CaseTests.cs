// Every case of tests/Compiler.Cases, compiled and run on the emulated chip, gives what it gives under ordinary .NET:
// the same value, or the failed check that stands for the same exception.

using System.Reflection;

namespace XousCloud.Compiler.Tests.Differential;

public sealed class CaseTests
{
    private static readonly int seed = TestSeed.Get();

    private static readonly SortedDictionary<string, MethodInfo> cases = Find();

    private static readonly Lazy<GuestProgram> program = new(() => new GuestProgram(References.Cases, cases.Values.Select(FullName)));

    public static TheoryData<string> Names => [.. cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_target_does_what_the_host_does(string name)
    {
        MethodInfo method = cases[name];
        string fullName = FullName(method);
        Assert.Null(program.Value.RejectionOf(fullName));
        int tried = 0;
        string? difference = Comparison.FindDifference(method, words => program.Value.Call(fullName, words), seed, ref tried);
        if (difference is not null)
        {
            program.Value.Renew();
            Assert.Fail(difference);
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

    private static string FullName(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
