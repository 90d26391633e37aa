// When an interrupt is taken, which one, and what a wait does. Facts: datasheet, interrupts.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class InterruptTests
{
    private const uint Wfi = 0x1050_0073;
    private const uint Mstatus = 0x300;
    private const uint Sstatus = 0x100;
    private const uint Mideleg = 0x303;
    private const uint Mie = 0x304;
    private const uint Mip = 0x344;
    private const uint Stvec = 0x105;
    private const uint MachineMask = 0xBC0;
    private const uint SupervisorMask = 0x9C0;
    private const uint AllSupervisor = 0x222;

    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void A_pulse_of_SIE_takes_the_pending_interrupt_between_the_two_writes(EngineKind engine)
    {
        uint second = 0;
        using CoreUnderTest core = new(engine, code =>
        {
            CoreUnderTest.Write(code, Mideleg, AllSupervisor);
            CoreUnderTest.Write(code, Mie, AllSupervisor);
            CoreUnderTest.Write(code, SupervisorMask, 1 << 5);
            CoreUnderTest.Write(code, Stvec, CoreUnderTest.SupervisorHandler);
            CoreUnderTest.Enter(code, 1);
            code.Word(Csr(6, Sstatus, 2, 0));
            second = code.Here;
            code.Words(Csr(7, Sstatus, 2, 0), Addi(10, 0, 1));
        });
        core.Machine.Soc.SetInterruptLine(5, true);
        core.Run();
        Assert.Equal((1u, 0x8000_0009u, second, 1u), (core.Traps, core.TrapCause, core.TrapEpc, core.X(10)));
        Assert.Equal(0x120u, core.TrapStatus & 0x122); // SPIE was SIE, SPP, SIE is off in the handler
    }

    [Theory]
    [InlineData(3u)]
    [InlineData(1u)]
    [InlineData(0u)]
    public void Wfi_ends_when_an_enabled_interrupt_is_pending_although_none_may_be_taken(uint mode)
    {
        foreach (EngineKind engine in Engines)
        {
            uint behind = 0;
            using CoreUnderTest core = new(engine, code =>
            {
                CoreUnderTest.Write(code, Mideleg, AllSupervisor);
                CoreUnderTest.Write(code, Mie, mode == 3 ? 0x800u : AllSupervisor);
                CoreUnderTest.Write(code, mode == 3 ? MachineMask : SupervisorMask, 1);
                CoreUnderTest.Write(code, Stvec, CoreUnderTest.SupervisorHandler);
                if (mode != 3)
                {
                    CoreUnderTest.Enter(code, mode);
                }

                code.Word(Wfi);
                behind = code.Here;
                code.Word(Addi(10, 0, 1));
            });
            core.Run();
            Assert.True(core.Machine.IsWaiting);
            Assert.Equal((behind, 0u), (core.Hart.Pc, core.X(10)));
            core.Machine.Soc.SetInterruptLine(0, true);
            core.Run();
            Assert.False(core.Machine.IsWaiting);
            Assert.Equal(1u, core.X(10));
            // U cannot hold S's interrupts back; S and M can.
            Assert.Equal(mode == 0 ? 1u : 0, core.Traps);
            Assert.Equal(mode == 0 ? behind : 0, core.TrapEpc);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_wait_goes_on_while_what_is_pending_is_not_enabled(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code =>
        {
            CoreUnderTest.Write(code, Mie, 0x800);
            CoreUnderTest.Write(code, MachineMask, 2);
            CoreUnderTest.Write(code, SupervisorMask, 1);
            code.Words(Wfi, Addi(10, 0, 1));
        });
        core.Machine.Soc.SetInterruptLine(0, true);
        core.Run(10_000);
        Assert.True(core.Machine.IsWaiting);
        Assert.Equal(10_000u, core.Machine.Cycle);
    }

    [Theory, MemberData(nameof(Engines))]
    public void Of_several_interrupts_of_M_the_core_takes_MEI_then_SEI_then_SSI_then_STI(EngineKind engine) =>
        Assert.Equal([11u, 9u, 1u, 5u], TakenInOrder(engine, mideleg: 0));

    [Theory, MemberData(nameof(Engines))]
    public void An_interrupt_of_M_comes_before_those_that_are_delegated(EngineKind engine) =>
        Assert.Equal([11u, 5u, 9u, 1u], TakenInOrder(engine, mideleg: 0x202));

    [Theory, MemberData(nameof(Engines))]
    public void Of_several_delegated_interrupts_the_core_takes_SEI_then_SSI_then_STI(EngineKind engine) =>
        Assert.Equal([11u, 9u, 1u, 5u], TakenInOrder(engine, mideleg: AllSupervisor));

    [Theory, MemberData(nameof(Engines))]
    public void M_injects_a_timer_interrupt_into_S_through_mip(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, Mideleg, AllSupervisor);
            CoreUnderTest.Write(code, Mie, 0x20);
            CoreUnderTest.Write(code, Stvec, CoreUnderTest.SupervisorHandler);
            code.Words(Addi(5, 0, 0x20), Csr(2, Mip, 5, 0), Csr(6, Mstatus, 8, 0), Csr(6, Mstatus, 2, 0), Addi(10, 0, 1));
            CoreUnderTest.Enter(code, 0);
            code.Word(Addi(11, 0, 1));
        }).Run();
        Assert.Equal((1u, 0x8000_0005u, 1u, 1u), (core.Traps, core.CsrValue("scause"), core.X(10), core.X(11)));
        Assert.Equal(0x20u, core.CsrValue("sip"));
    }

    [Theory, MemberData(nameof(Engines))]
    public void SEIP_is_the_soft_bit_or_the_lines_and_a_set_of_other_bits_does_not_keep_the_lines(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code =>
        {
            CoreUnderTest.Write(code, SupervisorMask, 0x10);
            CoreUnderTest.Read(code, Mip, 10);
            code.Words(Csr(6, Mip, 2, 11), Csr(6, 0x144, 2, 12)); // SSIP through mip and sip
            CoreUnderTest.Write(code, SupervisorMask, 0);
            CoreUnderTest.Read(code, Mip, 13);
            code.LoadConstant(5, 0x200);
            code.Word(Csr(2, Mip, 5, 0));
            CoreUnderTest.Read(code, 0x144, 14);
            code.Word(Csr(3, 0x144, 5, 0));
            CoreUnderTest.Read(code, Mip, 15);
        });
        core.Machine.Soc.SetInterruptLine(4, true);
        core.Run();
        Assert.Equal(
            (0x200u, 0x200u, 0x202u, 0x002u, 0x202u, 0x002u),
            (core.X(10), core.X(11), core.X(12), core.X(13), core.X(14), core.X(15)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void The_arrays_show_the_lines_through_their_masks(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code =>
        {
            CoreUnderTest.Write(code, MachineMask, 0x0000_00FF);
            CoreUnderTest.Write(code, SupervisorMask, 0x8000_0F00);
            CoreUnderTest.Read(code, 0xFC0, 10);
            CoreUnderTest.Read(code, 0xDC0, 11);
            CoreUnderTest.Read(code, Mip, 12);
        });
        foreach (int line in new[] { 1, 8, 16, 31 })
        {
            core.Machine.Soc.SetInterruptLine(line, true);
        }

        core.Run();
        Assert.Equal((0x2u, 0x8000_0100u, 0xA00u), (core.X(10), core.X(11), core.X(12)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void An_interrupt_leaves_the_trap_value_as_it_was(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x343, 0x1234_5678);
            CoreUnderTest.Write(code, Mie, 2);
            CoreUnderTest.Write(code, Mip, 2);
            code.Word(Csr(6, Mstatus, 8, 0));
        }).Run();
        Assert.Equal((1u, 0x8000_0001u, 0x1234_5678u), (core.Traps, core.TrapCause, core.TrapValue));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_line_that_rises_during_a_loop_is_taken_at_the_very_next_instruction(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code =>
        {
            CoreUnderTest.Write(code, MachineMask, 1);
            CoreUnderTest.Write(code, Mie, 0x800);
            code.Words(Csr(6, Mstatus, 8, 0), Addi(10, 10, 1), Addi(10, 10, 1), J(-8, 0));
        });
        core.Run(1003);
        (uint pc, uint counted) = (core.Hart.Pc, core.X(10));
        core.Machine.Soc.SetInterruptLine(0, true);
        core.Run(6);
        Assert.Equal((1u, 0x8000_000Bu, pc, counted), (core.Traps, core.TrapCause, core.TrapEpc, core.X(10)));
    }

    // Raises everything at once in S with SIE and sees which comes first; then again without that one, and so on.
    private static List<uint> TakenInOrder(EngineKind engine, uint mideleg)
    {
        List<uint> order = [];
        uint enabled = 0xAAA;
        while ((enabled & 0xA22) != 0)
        {
            using CoreUnderTest core = new(engine, code =>
            {
                CoreUnderTest.Write(code, Mideleg, mideleg);
                CoreUnderTest.Write(code, Stvec, CoreUnderTest.SupervisorHandler);
                CoreUnderTest.Write(code, MachineMask, 1);
                CoreUnderTest.Write(code, Mip, AllSupervisor);
                CoreUnderTest.Write(code, Mie, enabled);
                code.Word(Csr(6, Mstatus, 2, 0)); // SIE
                CoreUnderTest.Enter(code, 1);
            });
            core.Machine.Soc.SetInterruptLine(0, true);
            while (core.Traps == 0)
            {
                core.Run(1);
            }

            core.Run(1);
            order.Add(core.TrapCause & 0xF);
            enabled &= ~(1u << (int)order[^1]);
        }

        return order;
    }
}
