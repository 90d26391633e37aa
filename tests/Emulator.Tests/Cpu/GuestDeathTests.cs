// A guest whose trap handler can do nothing but trap again is at its end, and the machine says where and why.
// Facts: datasheet, traps and interrupts.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class GuestDeathTests
{
    private const uint Nowhere = 0x9000_0000;

    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void A_jump_into_nothing_without_a_handler_is_the_end_and_names_the_jump(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x305, Nowhere);
            code.LoadConstant(10, 0x1234_5670);
            code.Word(Jalr(1, 0, 10));
        }).Run();
        GuestDeath death = Assert.IsType<GuestDeath>(core.Machine.Death);
        Assert.Equal((0x1234_5670u, 1u), (death.Pc, death.Cause));
        Assert.Contains("0x90000000", death.Reason, StringComparison.Ordinal);
        Assert.Equal(RunStop.Dead, core.Machine.Run(1000));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_handler_that_is_illegal_itself_is_the_end(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x305, CoreUnderTest.Sram);
            code.Word(Ecall);
        }, (CoreUnderTest.Sram, [0xFFFF_FFFF])).Run();
        GuestDeath death = Assert.IsType<GuestDeath>(core.Machine.Death);
        Assert.Equal((11u, CoreUnderTest.Start + 12), (death.Cause, death.Pc));
        Assert.Contains("0xffffffff", death.Reason, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_handler_of_S_that_traps_for_ever_is_the_end_unless_M_has_an_interrupt_enabled(EngineKind engine)
    {
        foreach (bool enabled in new[] { false, true })
        {
            using CoreUnderTest core = new(engine, code =>
            {
                CoreUnderTest.Write(code, 0x302, 0xFFFF_FFFF);
                CoreUnderTest.Write(code, 0x105, Nowhere);
                CoreUnderTest.Write(code, 0xBC0, 1);
                CoreUnderTest.Write(code, 0x304, enabled ? 0x800u : 0);
                CoreUnderTest.Enter(code, 0);
                code.Word(Ecall);
            });
            core.Run();
            Assert.Equal(!enabled, core.Machine.Death is not null);
            core.Machine.Soc.SetInterruptLine(0, true);
            core.Run();
            Assert.Equal(enabled ? 0x8000_000Bu : 0, core.TrapCause);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_handler_that_traps_later_than_with_its_first_instruction_lives_on(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x305, CoreUnderTest.Sram);
            code.Word(Ecall);
        }, (CoreUnderTest.Sram, [Addi(10, 10, 1), 0xFFFF_FFFF])).Run(1000);
        Assert.Null(core.Machine.Death);
        Assert.InRange(core.X(10), 300u, 600u);
    }

    [Theory, MemberData(nameof(Engines))]
    public void Illegal_code_of_U_at_the_place_of_the_handler_is_not_yet_the_end(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x305, CoreUnderTest.Sram);
            CoreUnderTest.Enter(code, 0);
            code.LoadConstant(10, CoreUnderTest.Sram);
            code.Word(Jalr(0, 0, 10));
        }, (CoreUnderTest.Sram, [Csr(2, 0x300, 0, 11), Addi(12, 0, 1), J(0, 0)])).Run();
        Assert.Null(core.Machine.Death);
        Assert.Equal(1u, core.X(12)); // what traps in U is allowed in the handler
    }
}
