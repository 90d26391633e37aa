// What the core does where loads and stores are not plain: misalignment, nothing at an address, reservations, and
// the MMU's own rules. Facts: datasheet, memory access rules and MMU.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class MemoryRuleTests
{
    private const uint Data = CoreUnderTest.Sram;
    private const uint Root = CoreUnderTest.Sram + 0x1_0000;
    private const uint Leaves = Root + 0x1000;
    private const uint Page = CoreUnderTest.Sram + 0x2_0000;
    private const uint Virtual = 0x4000_0000;
    private const uint Satp = 0x8000_0000 | (Root >> 12);
    private const uint Valid = 1;
    private const uint ReadWrite = 7;
    private const uint All = 0xF;
    private const uint User = 0x10;
    private const uint Sum = 0x4_0000;

    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void A_misaligned_access_raises_its_exception_with_the_address_and_changes_nothing(EngineKind engine)
    {
        (uint Instruction, uint Offset, uint Cause)[] cases =
        [
            (I(0, 10, 1, 11, 0x03), 1, 4), (I(0, 10, 5, 11, 0x03), 3, 4), (I(0, 10, 2, 11, 0x03), 2, 4),
            (S(0, 12, 10, 1), 1, 6), (S(0, 12, 10, 2), 2, 6), (S(0, 12, 10, 2), 1, 6),
            (LoadReserved(11, 10), 2, 4), (StoreConditional(11, 12, 10), 2, 6), (AtomicAdd(11, 12, 10), 1, 6),
        ];
        foreach ((uint instruction, uint offset, uint cause) in cases)
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
            {
                code.LoadConstant(10, Data + offset);
                code.Words(Addi(11, 0, 77), Addi(12, 0, -1), instruction);
            }).Run();
            Assert.Equal((1u, cause, Data + offset, 77u), (core.Traps, core.TrapCause, core.TrapValue, core.X(11)));
            Assert.Equal(0u, core.Word(Data));
        }
    }

    [Theory]
    [InlineData(0x9000_0000u)]
    [InlineData(0x0000_0000u)] // the other core's ITCM
    [InlineData(0x2000_0000u)] // and DTCM
    [InlineData(0x6120_0000u)] // behind SRAM
    [InlineData(0xF000_0000u)]
    public void A_load_from_nowhere_faults_and_a_store_to_nowhere_vanishes(uint address)
    {
        foreach (EngineKind engine in Engines)
        {
            using CoreUnderTest load = new CoreUnderTest(engine, code =>
            {
                code.LoadConstant(10, address);
                code.Words(Addi(11, 0, 77), Lw(11, 4, 10));
            }).Run();
            using CoreUnderTest store = new CoreUnderTest(engine, code =>
            {
                code.LoadConstant(10, address);
                code.Words(Sw(11, 0, 10), S(2, 11, 10, 1), S(1, 11, 10, 0), Addi(12, 0, 1));
            }).Run();
            using CoreUnderTest atomic = new CoreUnderTest(engine, code =>
            {
                code.LoadConstant(10, address);
                code.Word(AtomicAdd(11, 12, 10));
            }).Run();
            Assert.Equal((1u, 5u, address + 4, 77u), (load.Traps, load.TrapCause, load.TrapValue, load.X(11)));
            Assert.Equal((0u, 1u), (store.Traps, store.X(12)));
            Assert.Equal((1u, 5u, address), (atomic.Traps, atomic.TrapCause, atomic.TrapValue)); // its load comes first
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void The_reservation_is_a_flag_that_any_store_clears_and_no_trap(EngineKind engine)
    {
        Assert.Equal(0u, Conditional(engine, 0)); // nothing between
        Assert.Equal(0u, Conditional(engine, Addi(14, 0, 1)));
        Assert.Equal(0u, Conditional(engine, Ecall));
        Assert.Equal(0u, Conditional(engine, Lw(14, 0, 10)));
        Assert.Equal(0u, Conditional(engine, Addi(10, 10, 64))); // another address than LR's
        Assert.Equal(0u, Conditional(engine, S(1, 12, 10, 2))); // a store that faults is no store
        Assert.Equal(1u, Conditional(engine, S(128, 12, 10, 0))); // a byte elsewhere
        Assert.Equal(1u, Conditional(engine, S(128, 12, 10, 2)));
        Assert.Equal(1u, Conditional(engine, AtomicAdd(14, 12, 10)));
        Assert.Equal(1u, Conditional(engine, StoreConditional(14, 12, 10))); // the first SC has used it
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_store_conditional_without_reservation_stores_nothing(EngineKind engine)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            code.LoadConstant(10, Data);
            code.Words(Addi(12, 0, 5), StoreConditional(13, 12, 10));
        }).Run();
        Assert.Equal((1u, 0u), (core.X(13), core.Word(Data)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Accessed_and_dirty_bits_are_neither_checked_nor_written(EngineKind engine)
    {
        using CoreUnderTest core = Paged(engine, Leaf(Page, ReadWrite), code =>
        {
            code.Words(Lw(11, 0, 10), Sw(12, 0, 10));
        });
        Assert.Equal((0u, 0xABCDu), (core.Traps, core.Word(Page)));
        Assert.Equal(Leaf(Page, ReadWrite), core.Word(Leaves));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Bits_in_a_pointer_to_a_table_do_not_matter(EngineKind engine)
    {
        using CoreUnderTest core = Paged(
            engine, Leaf(Page, ReadWrite), code => code.Word(Sw(12, 0, 10)), pointerBits: 0x3F0);
        Assert.Equal((0u, 0xABCDu), (core.Traps, core.Word(Page)));
    }

    [Theory]
    [InlineData(0x00u)] // not valid
    [InlineData(0x06u)] // not valid, whatever else it says
    [InlineData(0x05u)] // writable and not readable
    [InlineData(0x0Du)]
    [InlineData(0x01u)] // a pointer in the last level
    public void A_broken_entry_faults(uint bits)
    {
        foreach (EngineKind engine in Engines)
        {
            using CoreUnderTest load = Paged(engine, Leaf(Page, bits), code => code.Word(Lw(11, 8, 10)));
            using CoreUnderTest store = Paged(engine, Leaf(Page, bits), code => code.Word(Sw(12, 8, 10)));
            using CoreUnderTest atomic = Paged(engine, Leaf(Page, bits), code => code.Word(AtomicAdd(11, 12, 10)));
            Assert.Equal((1u, 13u, Virtual + 8), (load.Traps, load.TrapCause, load.TrapValue));
            Assert.Equal((1u, 15u, Virtual + 8), (store.Traps, store.TrapCause, store.TrapValue));
            Assert.Equal((1u, 15u, Virtual), (atomic.Traps, atomic.TrapCause, atomic.TrapValue));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_table_where_nothing_is_faults_as_a_page(EngineKind engine)
    {
        using CoreUnderTest core = Paged(
            engine, Leaf(Page, ReadWrite), code => code.Word(Lw(11, 0, 10)), tables: 0x9000_0000);
        Assert.Equal((1u, 13u), (core.Traps, core.TrapCause));
    }

    [Theory]
    [InlineData(All, 0u, 0u)] // S executes its own pages
    [InlineData(All | User, 0u, 12u)]
    [InlineData(All | User, Sum, 0u)] // SUM lets S execute U's pages too
    [InlineData(ReadWrite, 0u, 12u)]
    public void The_rule_of_SUM_holds_for_instructions_as_well(uint bits, uint sum, uint cause)
    {
        foreach (EngineKind engine in Engines)
        {
            using CoreUnderTest core = Paged(engine, Leaf(Page, bits), code =>
            {
                code.LoadConstant(5, sum);
                code.Words(Csr(2, 0x100, 5, 0), Jalr(1, 0, 10), Addi(13, 0, 1));
            });
            Assert.Equal((cause, 1u), (core.TrapCause, core.X(13)));
            Assert.Equal(cause == 0 ? 3u : 0, core.X(14)); // what stands on the page
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void An_instruction_across_pages_faults_with_the_second_page_as_value(EngineKind engine)
    {
        using CoreUnderTest core = Paged(engine, Leaf(Page, All), code =>
        {
            code.LoadConstant(10, Virtual + 0xFFE);
            code.Words(Jalr(1, 0, 10), Addi(13, 0, 1));
        });
        Assert.Equal((1u, 12u), (core.Traps, core.TrapCause));
        Assert.Equal((Virtual + 0xFFE, Virtual + 0x1000, 1u), (core.TrapEpc, core.TrapValue, core.X(13)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Under_MPRV_the_page_of_U_is_open_because_the_core_runs_in_M(EngineKind engine)
    {
        foreach (uint mpp in new uint[] { 0, 0x800 })
        {
            using CoreUnderTest core = new CoreUnderTest(engine, code =>
            {
                CoreUnderTest.Write(code, 0x180, Satp);
                code.LoadConstant(10, Virtual);
                CoreUnderTest.Write(code, 0x300, 0x2_0000 | mpp);
                code.Words(Lw(11, 0, 10), Lw(12, 0x400, 10));
            }, Tables(Leaf(Page, ReadWrite | (mpp == 0 ? 0 : User))), PageContent()).Run();
            Assert.Equal((0u, PageContent().Words[0]), (core.Traps, core.X(11)));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_new_entry_is_seen_after_sfence_and_after_a_write_of_satp(EngineKind engine)
    {
        foreach (bool fence in new[] { true, false })
        {
            using CoreUnderTest core = Paged(engine, Leaf(Page, ReadWrite), code =>
            {
                // Each page that is stored to below is the device's own before: that, too, makes the core forget.
                code.LoadConstant(6, Page + 0x1000);
                code.Word(Sw(0, 4, 6));
                code.LoadConstant(6, Leaves);
                code.Word(Sw(0, 4, 6));
                code.LoadConstant(7, Leaf(Page + 0x1000, ReadWrite));
                code.Words(Lw(11, 0, 10), Lw(11, 4, 10));
                code.Word(Sw(7, 0, 6));
                code.LoadConstant(7, Satp | 0x0040_0000);
                code.Word(fence ? SfenceVma(0, 0) : Csr(1, 0x180, 7, 0));
                code.Words(Sw(12, 0, 10), Lw(13, 0, 10));
            });
            Assert.Equal((0u, 0xABCDu, 0xABCDu), (core.Traps, core.X(13), core.Word(Page + 0x1000)));
            Assert.Equal(PageContent().Words[0], core.Word(Page));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_superpage_must_start_at_a_multiple_of_4_MiB(EngineKind engine)
    {
        foreach (uint misaligned in new uint[] { 0, 0x400 })
        {
            using CoreUnderTest core = Paged(
                engine, 0, code => code.Word(Lw(11, 8, 10)), tables: 0x6100_0000 + (misaligned << 2), pointerBits: ReadWrite);
            Assert.Equal(misaligned == 0 ? 0u : 13, core.TrapCause);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_store_through_another_mapping_changes_the_code_that_runs(EngineKind engine)
    {
        uint physical = Page; // also mapped where it is, by the superpage of SRAM
        using CoreUnderTest core = Paged(engine, Leaf(Page, All), code =>
        {
            code.Words(Jalr(1, 0, 10), Addi(16, 14, 0));
            code.LoadConstant(6, physical);
            code.LoadConstant(7, Addi(14, 0, 9));
            code.Words(Sw(7, 0, 6), FenceI, Jalr(1, 0, 10), Addi(17, 14, 0));
        });
        Assert.Equal((0u, 3u, 9u), (core.Traps, core.X(16), core.X(17)));
    }

    [Theory, MemberData(nameof(Engines))]
    public void Code_that_something_else_than_the_core_writes_is_what_runs_next(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code =>
        {
            code.LoadConstant(10, Page);
            code.Words(Jalr(1, 0, 10), Addi(16, 16, 1), J(-8, 0));
        }, PageContent());
        core.Run(1000);
        Assert.Equal(3u, core.X(14));
        Assert.True(core.Machine.Soc.Memory.TryWrite(Page, BitConverter.GetBytes(Addi(14, 0, 9))));
        core.Run(1000);
        Assert.Equal((9u, 0u), (core.X(14), core.Traps));
    }

    private static uint LoadReserved(uint rd, uint rs1) => R(0x08, 0, rs1, 2, rd, 0x2F);

    private static uint StoreConditional(uint rd, uint rs2, uint rs1) => R(0x0C, rs2, rs1, 2, rd, 0x2F);

    private static uint AtomicAdd(uint rd, uint rs2, uint rs1) => R(0x00, rs2, rs1, 2, rd, 0x2F);

    private static uint Leaf(uint physical, uint bits) => (physical >> 2) | bits;

    // What an SC gives after an LR and one instruction between.
    private static uint Conditional(EngineKind engine, uint between)
    {
        using CoreUnderTest core = new CoreUnderTest(engine, code =>
        {
            code.LoadConstant(10, Data + 0x100);
            code.Words(Sw(0, 128, 10), Addi(12, 0, 5), LoadReserved(11, 10), between == 0 ? Addi(0, 0, 0) : between);
            code.Words(StoreConditional(13, 12, 10));
        }).Run();
        return core.X(13);
    }

    // Code that runs in S: RRAM and SRAM are where they are, and one page is at Virtual (x10). x12 is 0xABCD.
    private static CoreUnderTest Paged(
        EngineKind engine, uint leaf, Action<Assembler> program, uint pointerBits = 0, uint tables = Leaves) =>
        new CoreUnderTest(engine, code =>
        {
            CoreUnderTest.Write(code, 0x180, Satp);
            code.LoadConstant(10, Virtual);
            code.LoadConstant(12, 0xABCD);
            CoreUnderTest.Enter(code, 1);
            program(code);
        }, Tables(leaf, pointerBits, tables), PageContent()).Run();

    private static (uint Address, uint[] Words) Tables(uint leaf, uint pointerBits = 0, uint tables = Leaves)
    {
        uint[] words = new uint[2048];
        words[0x6000_0000 >> 22] = Leaf(0x6000_0000, All);
        words[0x6100_0000 >> 22] = Leaf(0x6100_0000, All);
        words[Virtual >> 22] = Leaf(tables, Valid | pointerBits);
        words[1024] = leaf;
        return (Root, words);
    }

    // addi x14, x0, 3; ret. At the end of the page, the lower half of a full instruction.
    private static (uint Address, uint[] Words) PageContent()
    {
        uint[] words = new uint[1024];
        words[0] = Addi(14, 0, 3);
        words[1] = Jalr(0, 0, 1);
        words[1023] = 0x0013_0000;
        return (Page, words);
    }
}
