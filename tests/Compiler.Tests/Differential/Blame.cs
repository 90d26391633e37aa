// Which pass of the optimizer a wrong answer comes from: the call again, without each of them in turn.

using XousCloud.Compiler.Optimize;

namespace XousCloud.Compiler.Tests.Differential;

internal static class Blame
{
    /// <summary>What the passes have to do with a difference, in words.</summary>
    public static string Of(string assembly, Difference difference)
    {
        if (IsWrong(assembly, difference, OptimizerPasses.ControlFlow))
        {
            return "It is wrong without any optimization.";
        }

        if (!IsWrong(assembly, difference, OptimizerPasses.All))
        {
            return "It is right when it is compiled alone.";
        }

        OptimizerPasses[] guilty = [.. Enum.GetValues<OptimizerPasses>().Where(pass => int.IsPow2((int)pass)
            && pass != OptimizerPasses.ControlFlow && !IsWrong(assembly, difference, OptimizerPasses.All & ~pass))];
        return guilty.Length == 0 ? "It is wrong whichever pass is left out." : $"It is right without {string.Join(", or without ", guilty)}.";
    }

    private static bool IsWrong(string assembly, Difference difference, OptimizerPasses passes)
    {
        using var program = new GuestProgram(assembly, [difference.Method], passes);
        return program.RejectionOf(difference.Method) is null && Comparison.Compare(
            difference.Method, difference.Arguments, words => program.Call(difference.Method, words), difference.Seed) is not null;
    }
}
