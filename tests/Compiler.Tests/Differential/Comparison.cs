// Calls a method on the host and on the target with many inputs and says where they differ.

using System.Reflection;

namespace XousCloud.Compiler.Tests.Differential;

internal static class Comparison
{
    /// <summary>The methods of a type or assembly that can be compared: static, with scalar parameters and result.</summary>
    public static bool CanCompare(MethodInfo method) =>
        method is { IsStatic: true, IsPublic: true, IsGenericMethod: false, IsSpecialName: false }
        && (method.ReturnType == typeof(void) || Scalars.IsSupported(method.ReturnType))
        && method.GetParameters().All(parameter => Scalars.IsSupported(parameter.ParameterType))
        && method.GetParameters().Sum(parameter => Scalars.WordCount(parameter.ParameterType)) <= 8;

    /// <summary>The first difference in words, or null; with how many inputs were tried.</summary>
    /// <param name="method">What the host calls.</param>
    /// <param name="call">Calls the target with argument words.</param>
    /// <param name="seed">Of the random inputs.</param>
    /// <param name="tried">Counts the inputs.</param>
    public static string? FindDifference(MethodInfo method, Func<uint[], CallResult> call, int seed, ref int tried)
    {
        Type[] types = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        foreach (object[] arguments in Inputs.For(types, seed, method.Name))
        {
            tried++;
            Outcome expected = Outcome.OfHost(method, arguments);
            Outcome actual = Outcome.OfGuest(call(Scalars.ArgumentWords(arguments)), method.ReturnType);
            if (expected != actual)
            {
                string inputs = string.Join(", ", arguments.Select(Scalars.Show));
                return $"{method.DeclaringType!.Name}.{method.Name}({inputs}): expected {expected.Show(method.ReturnType)}, "
                    + $"got {actual.Show(method.ReturnType)}. Seed {seed} (XOUSCLOUD_TEST_SEED).";
            }
        }

        return null;
    }
}
