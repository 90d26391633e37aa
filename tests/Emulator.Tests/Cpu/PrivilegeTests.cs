// Exceptions, delegation and returns. Facts: datasheet, traps; RTL, which instructions look at the privilege.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Soc;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class PrivilegeTests
{
    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void The_value_of_a_trap_is_the_expanded_instruction(EngineKind engine)
    {
        (Action<Assembler> Code, uint Cause, uint Value)[] cases =
        [
            (code => code.Word(0xFFFF_FFFF), 2, 0xFFFF_FFFF), // a bollard
            (code => code.Word(0x0000_007B), 2, 0x0000_007B),
            (code => code.Words(0x0001_0000), 2, 0), // a half-word of zeros
            (code => code.Words(0x0001_2000), 2, 0), // c.fld: an unknown one expands to zeros
            (code => code.Word(Ecall), 11, 0x0000_0073),
            (code => code.Word(Ebreak), 3, 0x0010_0073),
            (code => code.Words(0x0001_9002), 3, 0x0010_0073), // c.ebreak
        ];
        foreach ((Action<Assembler> program, uint cause, uint value) in cases)
        {
            using CoreUnderTest core = new CoreUnderTest(engine, program).Run();
            Assert.Equal((1u, cause, value, CoreUnderTest.Start), (core.Traps, core.TrapCause, core.TrapValue, core.TrapEpc));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void The_mode_bits_of_mtvec_are_ignored(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            code.Word(Csr(6, 0x305, 1, 0)); // vectored
            CoreUnderTest.Write(code, 0x304, 0x2);
            CoreUnderTest.Write(code, 0x344, 0x2);
            code.Word(Csr(6, 0x300, 8, 0)); // MIE: interrupt 1 would go 4 bytes further
        }).Run();
        Assert.Equal((1u, 0x8000_0001u), (core.Traps, core.TrapCause));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Bit_0_of_mepc_is_kept_and_not_jumped_to(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            code.LoadConstant(5, CoreUnderTest.Start + 6 * 4 + 1);
            code.Words(Csr(1, 0x341, 5, 0), Csr(2, 0x341, 0, 10), Mret, Addi(11, 0, 1));
            code.Word(Addi(12, 0, 1));
        }).Run();
        Assert.Equal((CoreUnderTest.Start + 25, 0u, 1u), (core.X(10), core.X(11), core.X(12)));
    }

    [Theory]
    [InlineData(0u, Mret, true)]
    [InlineData(1u, Mret, true)]
    [InlineData(0u, Sret, true)]
    [InlineData(0u, 0x1200_0073u, false)] // sfence.vma
    [InlineData(0u, 0x0000_500Fu, false)] // cache invalidation
    [InlineData(1u, 0x0000_500Fu, false)]
    [InlineData(0u, 0x0000_100Fu, false)] // fence.i
    public void Only_returns_depend_on_the_privilege(uint mode, uint instruction, bool illegal)
    {
        foreach (EngineKind engine in Engines)
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
            {
                CoreUnderTest.Enter(code, mode);
                code.Words(instruction, Addi(10, 0, 1));
            }).Run();
            Assert.Equal((illegal ? 1u : 0u, 1u), (core.Traps, core.X(10)));
            Assert.Equal(illegal ? instruction : 0u, core.TrapValue);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void An_exception_in_M_is_never_delegated(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x302, 0xFFFF_FFFF);
            CoreUnderTest.Write(code, 0x105, CoreUnderTest.SupervisorHandler);
            code.Words(0xFFFF_FFFF, Csr(2, 0x142, 0, 10));
        }).Run();
        Assert.Equal((1u, 2u, 0u), (core.Traps, core.CsrValue("mcause"), core.X(10)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_delegated_exception_of_U_or_S_goes_to_S_and_comes_back(EngineKind engine)
    {
        foreach (uint mode in new uint[] { 0, 1 })
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
            {
                CoreUnderTest.Write(code, 0x302, 0xFFFF_FFFF);
                CoreUnderTest.Write(code, 0x105, CoreUnderTest.SupervisorHandler);
                CoreUnderTest.Enter(code, mode);
                code.Words(Ecall, Addi(10, 0, 1));
            }).Run();
            Assert.Equal((1u, 8 + mode, 0x73u, 1u), (core.Traps, core.CsrValue("scause"), core.TrapValue, core.X(10)));
            Assert.Equal(mode == 1 ? 0x100u : 0, core.TrapStatus & 0x100); // SPP
            Assert.Equal((Privilege)mode, core.Hart.Privilege);
            Assert.Equal(0u, core.CsrValue("mcause"));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_handler_right_behind_the_access_that_faulted_runs_with_its_own_rights(EngineKind engine)
    {
        const int BehindTheStore = 14 * 4;
        uint[] root = new uint[1024];
        root[ChipMemories.RramBase >> 22] = (ChipMemories.RramBase >> 2) | 0xDF; // all is U's, so S may not execute it
        using CoreUnderTest core = new CoreUnderTest(
            engine,
            code =>
            {
                CoreUnderTest.Write(code, 0x302, 1 << 15); // page faults of stores go to S
                CoreUnderTest.Write(code, 0x180, 0x8000_0000 | (CoreUnderTest.Sram >> 12));
                uint handler = code.Here + BehindTheStore;
                CoreUnderTest.Write(code, 0x105, handler);
                CoreUnderTest.Enter(code, 0);
                code.Words(Sw(0, 0, 0));
                Assert.Equal(handler, code.Here);
                code.Word(Addi(10, 0, 1));
            },
            (CoreUnderTest.Sram, root)).Run();
        Assert.Equal((12u, 0u, 15u), (core.TrapCause, core.X(10), core.CsrValue("scause")));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_breakpoint_cannot_be_delegated(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x302, 0xFFFF_FFFF);
            CoreUnderTest.Write(code, 0x105, CoreUnderTest.SupervisorHandler);
            CoreUnderTest.Enter(code, 0);
            code.Word(Ebreak);
        }).Run();
        Assert.Equal((1u, 3u, 0u), (core.Traps, core.CsrValue("mcause"), core.CsrValue("scause")));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Returning_below_M_clears_MPRV_and_returning_to_M_does_not(EngineKind engine)
    {
        using CoreUnderTest below = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x300, 0x2_0000);
            CoreUnderTest.Enter(code, 0);
        }).Run();
        using CoreUnderTest same = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x300, 0x2_1800);
            code.LoadConstant(5, code.Here + 16);
            code.Words(Csr(1, 0x341, 5, 0), Mret);
        }).Run();
        using CoreUnderTest bySret = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x300, 0x2_0100);
            code.LoadConstant(5, code.Here + 16);
            code.Words(Csr(1, 0x141, 5, 0), Sret);
        }).Run();
        Assert.Equal(0u, below.CsrValue("mstatus") & 0x2_0000);
        Assert.Equal(0x2_0000u, same.CsrValue("mstatus") & 0x2_1800); // MPP becomes U
        Assert.Equal(0u, bySret.CsrValue("mstatus") & 0x2_0000);
        Assert.Equal(Privilege.Supervisor, bySret.Hart.Privilege);
    }

    [Theory]
    [InlineData(0x5000_0000u)] // IFRAM
    [InlineData(0x5030_0000u)] // AORAM
    [InlineData(0x4004_2000u)] // a block
    [InlineData(0xE000_0000u)] // the core's window
    [InlineData(0x7000_0000u)] // XIP, not bonded out
    [InlineData(0x0000_0000u)]
    [InlineData(0x9000_0000u)]
    public void Instructions_come_from_RRAM_and_SRAM_only(uint address)
    {
        foreach (EngineKind engine in Engines)
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
            {
                code.LoadConstant(10, address + 2);
                code.Words(Jalr(1, 0, 10), Addi(11, 0, 1));
            }).Run();
            Assert.Equal((1u, 1u, address + 2, address, 1u), (core.Traps, core.TrapCause, core.TrapEpc, core.TrapValue, core.X(11)));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_reserved_compressed_jump_through_x0_jumps_to_0(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            code.LoadConstant(1, CoreUnderTest.Start + 12);
            code.Words(0x0001_8002, Addi(11, 0, 1));
        }).Run();
        Assert.Equal((1u, 1u, 0u, 0u, 1u), (core.Traps, core.TrapCause, core.TrapEpc, core.TrapValue, core.X(11)));
    }
}
