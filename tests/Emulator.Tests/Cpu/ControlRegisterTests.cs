// The CSRs that exist, their bits, and what happens to the rest. Facts: datasheet, CSRs; RTL, reset values and
// register widths.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class ControlRegisterTests
{
    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void A_CSR_that_the_core_does_not_have_traps_with_the_instruction_as_value(EngineKind engine)
    {
        // time, timeh, mcounteren, scounteren, menvcfg, pmpcfg0, pmpaddr0, mtinst, mtval2, tselect, tdata1, mhpmcounter3
        foreach (uint csr in new uint[] { 0xC01, 0xC81, 0x306, 0x106, 0x30A, 0x3A0, 0x3B0, 0x34A, 0x34B, 0x7A0, 0x7A1, 0xB03 })
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code => CoreUnderTest.Read(code, csr, 10)).Run();
            Assert.Equal((1u, 2u, Csr(2, csr, 0, 10)), (core.Traps, core.TrapCause, core.TrapValue));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void Identification_registers_read_what_the_core_is(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Read(code, 0xF11, 10);
            CoreUnderTest.Read(code, 0xF12, 11);
            CoreUnderTest.Read(code, 0xF13, 12);
            CoreUnderTest.Read(code, 0xF14, 13);
            CoreUnderTest.Read(code, 0x301, 14);
            CoreUnderTest.Read(code, 0xCC0, 15);
        }).Run();
        Assert.Equal(
            (1u, 2u, 3u, 0u, 0x4000_0000u, 0x0200_1000u),
            (core.X(10), core.X(11), core.X(12), core.X(13), core.X(14), core.X(15)));
        Assert.Equal(0u, core.Traps);
    }

    [Theory]
    [InlineData(0x300u, 0x000E_19AAu)] // mstatus: SIE MIE SPIE MPIE SPP MPP MPRV SUM MXR, no TVM, TW, TSR, FS
    [InlineData(0x301u, 0xC3FF_FFFFu)] // misa is a register
    [InlineData(0x302u, 0x0000_B3F7u)] // medeleg: a breakpoint (3) cannot be delegated
    [InlineData(0x303u, 0x0000_0222u)] // mideleg
    [InlineData(0x304u, 0x0000_0AAAu)] // mie
    [InlineData(0x305u, 0xFFFF_FFFFu)] // mtvec keeps its mode bits
    [InlineData(0x344u, 0x0000_0222u)] // mip: SSIP, STIP and the soft SEIP
    [InlineData(0x340u, 0xFFFF_FFFFu)] // mscratch
    [InlineData(0x341u, 0xFFFF_FFFFu)] // mepc keeps all bits
    [InlineData(0x342u, 0x8000_000Fu)] // mcause
    [InlineData(0x343u, 0xFFFF_FFFFu)] // mtval
    [InlineData(0x100u, 0x000E_0122u)] // sstatus shows MPRV too
    [InlineData(0x104u, 0x0000_0222u)] // sie, whatever mideleg is
    [InlineData(0x105u, 0xFFFF_FFFFu)] // stvec
    [InlineData(0x140u, 0xFFFF_FFFFu)] // sscratch
    [InlineData(0x141u, 0xFFFF_FFFFu)] // sepc
    [InlineData(0x142u, 0x8000_000Fu)] // scause
    [InlineData(0x143u, 0xFFFF_FFFFu)] // stval
    [InlineData(0x144u, 0x0000_0222u)] // sip, whatever mideleg is
    [InlineData(0x180u, 0xFFFF_FFFFu)] // satp
    [InlineData(0xBC0u, 0xFFFF_FFFFu)] // mask of external lines for M
    [InlineData(0x9C0u, 0xFFFF_FFFFu)] // and for S
    public void A_register_has_exactly_the_bits_that_the_core_stores(uint csr, uint bits)
    {
        foreach (EngineKind engine in Engines)
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
            {
                CoreUnderTest.Write(code, csr, 0xFFFF_FFFF);
                CoreUnderTest.Read(code, csr, 10);
                CoreUnderTest.Write(code, csr, 0);
                CoreUnderTest.Read(code, csr, 11);
            }).Run(100);
            Assert.Equal((bits, 0u, 0u), (core.X(10), core.X(11), core.Traps));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_write_to_a_read_only_register_traps_even_when_it_sets_no_bit(EngineKind engine)
    {
        foreach (uint function in new uint[] { 1, 2, 3 })
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
                code.Words(Addi(10, 0, 0), Csr(function, 0xF11, 10, 11))).Run();
            Assert.Equal((1u, 2u), (core.Traps, core.TrapCause));
        }

        using CoreUnderTest reading = new CoreUnderTest(engine, code => code.Word(Csr(6, 0xF11, 0, 11))).Run();
        Assert.Equal((0u, 1u), (reading.Traps, reading.X(11)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Writing_level_2_to_MPP_keeps_the_old_level(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x300, 0x0800); // S
            CoreUnderTest.Write(code, 0x300, 0x1008); // 2, and MIE, which does change
            CoreUnderTest.Read(code, 0x300, 10);
        }).Run();
        Assert.Equal(0x0808u, core.X(10));
    }

    [Theory, MemberData(nameof(Engines))]
    public void After_reset_MPP_is_M_and_SPP_is_S_and_nothing_is_enabled(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code => { });
        Assert.Equal(
            (0x1900u, 0x6000_0000u, 0u, 0u, 0u),
            (core.CsrValue("mstatus"), core.CsrValue("mtvec"), core.CsrValue("mie"), core.CsrValue("satp"), core.CsrValue("medeleg")));
        Assert.Equal(Emulator.Cpu.Privilege.Machine, core.Hart.Privilege);
        Assert.Equal(0x6000_0000u, core.Hart.Pc);
    }

    [Theory, MemberData(nameof(Engines))]
    public void Counters_count_from_what_was_written_and_a_trap_retires_nothing(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0xB82, 7); // minstreth
            CoreUnderTest.Write(code, 0xB02, 0xFFFF_FFFE); // minstret
            code.Word(Addi(0, 0, 0));
            code.Word(Addi(0, 0, 0));
            CoreUnderTest.Read(code, 0xC02, 10); // the write, two instructions: over the top
            CoreUnderTest.Read(code, 0xC82, 11);
            CoreUnderTest.Write(code, 0xB00, 0x1000); // mcycle
            CoreUnderTest.Read(code, 0xC00, 12);
            CoreUnderTest.Read(code, 0xB02, 13);
            CoreUnderTest.Read(code, 0xB00, 14);
            code.Word(Ebreak);
            CoreUnderTest.Read(code, 0xB02, 15);
            CoreUnderTest.Read(code, 0xB00, 16);
        }).Run();
        Assert.Equal((1u, 8u, 0x1001u), (core.X(10), core.X(11), core.X(12)));
        uint retired = core.X(15) - core.X(13);
        uint cycles = core.X(16) - core.X(14);
        Assert.Equal(retired + 1, cycles); // the trap took a cycle
        Assert.Equal(1u, core.Traps);
    }

    [Theory, MemberData(nameof(Engines))]
    public void U_mode_may_read_the_counters_and_no_other_register(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Enter(code, 0);
            CoreUnderTest.Read(code, 0xC00, 10);
            CoreUnderTest.Read(code, 0xC80, 11);
            CoreUnderTest.Read(code, 0xC02, 12);
            code.Word(Csr(2, 0x100, 0, 13)); // sstatus
        }).Run();
        Assert.Equal((1u, 2u, Csr(2, 0x100, 0, 13)), (core.Traps, core.TrapCause, core.TrapValue));
        Assert.NotEqual(0u, core.X(10));
        Assert.NotEqual(0u, core.X(12));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Nonsense_in_a_snapshot_gives_no_register_bits_that_the_core_lacks(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code => { });
        StateWriter writer = new();
        core.Hart.Visit(writer);
        byte[] nonsense = writer.Written.ToArray();
        foreach (byte value in new byte[] { 0xFF, 0xD5 }) // the second has the level that MPP cannot have
        {
            Array.Fill(nonsense, value);
            core.Hart.Visit(new StateReader(nonsense));
            core.Hart.AfterLoad();
            Assert.Equal(0u, core.CsrValue("mstatus") & ~0x000E_19AAu);
            Assert.NotEqual(0x1000u, core.CsrValue("mstatus") & 0x1800);
            Assert.Equal(0u, core.CsrValue("medeleg") & ~0xB3F7u);
            Assert.Equal(0u, core.CsrValue("mideleg") & ~0x222u);
            Assert.Equal(0u, core.CsrValue("mie") & ~0xAAAu);
            Assert.Equal(0u, core.CsrValue("mcause") & ~0x8000_000Fu);
            Assert.True(Enum.IsDefined(core.Hart.Privilege));
            core.Run(1000);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void MTIP_and_MSIP_cannot_be_set(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x304, 0x88);
            CoreUnderTest.Write(code, 0x344, 0x88);
            code.Word(Csr(6, 0x300, 8, 0)); // MIE
            CoreUnderTest.Read(code, 0x344, 10);
        }).Run();
        Assert.Equal((0u, 0u), (core.Traps, core.X(10)));
    }
}
