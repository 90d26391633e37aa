// Calls a method on the host and on the target with many inputs and says where they differ.

using System.Reflection;

namespace XousCloud.Compiler.Tests.Differential;

/// <summary>A call whose outcomes differ.</summary>
internal sealed record Difference(MethodInfo Method, object[] Arguments, Outcome Expected, Outcome Actual, int Seed)
{
    public override string ToString() =>
        $"{Method.DeclaringType!.Name}.{Method.Name}({string.Join(", ", Arguments.Select(Scalars.Show))}): "
        + $"expected {Expected.Show(Method.ReturnType)}, got {Actual.Show(Method.ReturnType)}. Seed {Seed} (XOUSCLOUD_TEST_SEED).";
}

internal static class Comparison
{
    /// <summary>The methods of a type or assembly that can be compared: static, with scalar parameters and result.</summary>
    public static bool CanCompare(MethodInfo method) =>
        method is { IsStatic: true, IsPublic: true, IsGenericMethod: false, IsSpecialName: false }
        && (method.ReturnType == typeof(void) || Scalars.IsSupported(method.ReturnType))
        && method.GetParameters().All(parameter => Scalars.IsSupported(parameter.ParameterType))
        && method.GetParameters().Sum(parameter => Scalars.WordCount(parameter.ParameterType)) <= 8;

    /// <summary>The first difference, or null.</summary>
    /// <param name="method">What the host calls.</param>
    /// <param name="call">Calls the target with argument words.</param>
    /// <param name="seed">Of the random inputs.</param>
    public static Difference? FindDifference(MethodInfo method, Func<uint[], CallResult> call, int seed)
    {
        Type[] types = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        foreach (object[] arguments in Inputs.For(types, seed, method.Name))
        {
            if (Compare(method, arguments, call, seed) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>The difference between one call on the host and on the target, or null.</summary>
    public static Difference? Compare(MethodInfo method, object[] arguments, Func<uint[], CallResult> call, int seed)
    {
        Outcome expected = Outcome.OfHost(method, arguments);
        Outcome actual = Outcome.OfGuest(call(Scalars.ArgumentWords(arguments)), method.ReturnType);
        return expected == actual ? null : new Difference(method, arguments, expected, actual, seed);
    }
}
