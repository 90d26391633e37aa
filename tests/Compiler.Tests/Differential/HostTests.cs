// The harness itself: inputs, words and the outcomes of the host.

using System.Reflection;
using XousCloud.Guest;

namespace XousCloud.Compiler.Tests.Differential;

public sealed class HostTests
{
    public static int Quotient(int a, int b) => a / b;

    public static sbyte Narrow(long value) => (sbyte)value;

    [Theory]
    [InlineData(7, 2, 3ul, null)]
    [InlineData(-7, 2, 0xFFFF_FFFDul, null)]
    [InlineData(7, 0, 0ul, PanicKind.DivideByZero)]
    [InlineData(int.MinValue, -1, 0ul, PanicKind.Overflow)]
    public void An_outcome_is_a_word_or_a_kind(int a, int b, ulong bits, PanicKind? kind) =>
        Assert.Equal(new Outcome(bits, kind), Outcome.OfHost(Method(nameof(Quotient)), [a, b]));

    [Fact]
    public void A_narrow_result_is_extended_as_its_type_says() =>
        Assert.Equal(new Outcome(0xFFFF_FF80), Outcome.OfHost(Method(nameof(Narrow)), [0x1280L]));

    [Fact]
    public void A_wide_argument_takes_two_words() =>
        Assert.Equal([1u, 0x5566_7788u, 0x1122_3344u, 0xFFFFu], Scalars.ArgumentWords([true, 0x1122_3344_5566_7788L, '\uFFFF']));

    [Fact]
    public void Inputs_are_the_same_for_the_same_seed()
    {
        Type[] types = [typeof(int), typeof(long), typeof(bool)];
        Assert.Equal(Inputs.For(types, 5, "A"), Inputs.For(types, 5, "A"));
        Assert.NotEqual(Inputs.For(types, 5, "A"), Inputs.For(types, 6, "A"));
    }

    private static MethodInfo Method(string name) => typeof(HostTests).GetMethod(name)!;
}
