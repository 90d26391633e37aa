// The machine that calls functions: it tells returns, panics, traps and endless loops apart.

using XousCloud.Guest;

namespace XousCloud.Compiler.Tests;

public sealed class GuestMachineTests
{
    private const uint Start = 0x6100_0000;

    [Fact]
    public void A_function_returns_its_words()
    {
        CallResult result = Call([7, 5], static () =>
        {
            Assembler.Sub(Register.A1, Register.A0, Register.A1);
            Assembler.Slli(Register.A0, Register.A0, 2);
            Assembler.Ret();
        });

        Assert.Equal((CallEnd.Returned, 28u, 2u, 3ul), (result.End, result.A0, result.A1, result.Instructions));
    }

    [Fact]
    public void A_panic_has_a_kind_and_an_address()
    {
        CallResult result = Call([], static () =>
        {
            Assembler.Li(Register.A0, (int)PanicKind.Overflow);
            Assembler.Li(Register.A1, 0x1234);
            Assembler.Li(Register.T0, unchecked((int)GuestMachine.PanicStop));
            Assembler.Jalr(Register.Zero, 0, Register.T0);
        });

        Assert.Equal((PanicKind.Overflow, 0x1234u), (result.Panic, result.A1));
    }

    [Fact]
    public void A_misaligned_load_is_a_trap()
    {
        CallResult result = Call([Start + 1], static () => Assembler.Lw(Register.A0, 0, Register.A0));

        Assert.Equal((CallEnd.Trapped, 4u, Start), (result.End, result.A0, result.A1));
    }

    [Fact]
    public void An_endless_loop_ends_with_its_budget()
    {
        CallResult result = Call([], static () =>
        {
            Label here = default;
            Assembler.Mark(ref here);
            Assembler.Jal(Register.Zero, ref here);
        });

        Assert.Equal(CallEnd.TimedOut, result.End);
    }

    private static CallResult Call(uint[] arguments, Action code)
    {
        using var machine = new GuestMachine([(Start, HostAssembler.Assemble(code))]);
        return machine.Call(Start, arguments, 10_000);
    }
}
