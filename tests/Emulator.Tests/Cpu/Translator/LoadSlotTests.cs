// Loads whose address was loaded: the translator keeps their pages in slots, which must follow memory as the tables do.
// Each program loads through a pointer often enough that the slot is in use before something changes.

using XousCloud.Emulator.Soc;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu.Translator;

public class LoadSlotTests
{
    private const uint Pointer = CoreUnderTest.Sram + 0x10000;
    private const uint Target = CoreUnderTest.Sram + 0x11000;
    private const uint Root = CoreUnderTest.Sram + 0x20000;
    private const uint Leaf = CoreUnderTest.Sram + 0x21000;

    // Where the programs that translate see the target, and what their page tables allow: V, R, W, X, A, D.
    private const uint Seen = 0x9000_0000;
    private const uint Rights = 0xCF;

    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_load_sees_what_was_stored_into_a_page_that_nobody_had_written(EngineKind engine)
    {
        using CoreUnderTest core = new(
            engine,
            code =>
            {
                uint loads = WriteLoads(code);
                LoadThrough(code, loads, Pointer, 12);
                code.Words(Addi(13, 0, 0x55), Sw(13, 0, 11)); // the page becomes the device's own
                LoadThrough(code, loads, Pointer, 14);
            },
            (Pointer, [Target + 4]));

        core.Run();

        Assert.Equal((0u, 0x55u), (core.X(12), core.X(14)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_load_follows_the_page_table_when_its_entry_leads_elsewhere(EngineKind engine)
    {
        using CoreUnderTest core = new(
            engine,
            code => Translated(code, () =>
            {
                uint loads = WriteLoads(code);
                LoadThrough(code, loads, Pointer, 12);
                code.LoadConstant(13, ((Target + 0x1000) >> 2) | Rights);
                code.LoadConstant(15, Leaf);
                code.Words(Sw(13, 0, 15), SfenceVma(0, 0));
                LoadThrough(code, loads, Pointer, 14);
            }),
            Tables((Pointer, [Seen]), (Target, [11]), (Target + 0x1000, [22])));

        core.Run();

        Assert.Equal((0u, 11u, 22u), (core.Traps, core.X(12), core.X(14)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_load_faults_when_its_page_has_been_taken_away(EngineKind engine)
    {
        using CoreUnderTest core = new(
            engine,
            code => Translated(code, () =>
            {
                uint loads = WriteLoads(code);
                LoadThrough(code, loads, Pointer, 12);
                code.LoadConstant(15, Leaf);
                code.Words(Sw(0, 0, 15), SfenceVma(0, 0));
                LoadThrough(code, loads, Pointer, 14);
            }),
            Tables((Pointer, [Seen]), (Target, [11])));

        core.Run();

        Assert.Equal((3u, 13u, 11u, 11u), (core.Traps, core.TrapCause, core.X(12), core.X(14)));
    }

    // What a slot holds before it is filled is no page, not the first and not the last.
    [Theory]
    [MemberData(nameof(Engines))]
    public void A_load_from_either_end_of_the_addresses_faults(EngineKind engine)
    {
        using CoreUnderTest core = new(
            engine,
            code =>
            {
                uint loads = WriteLoads(code);
                LoadThrough(code, loads, Pointer, 12);
                LoadThrough(code, loads, Pointer + 4, 12);
            },
            (Pointer, [0, 0xFFFF_F000]));

        core.Run();

        Assert.Equal((6u, 5u, 0u), (core.Traps, core.TrapCause, core.X(12)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_misaligned_load_traps_although_its_page_is_in_the_slot(EngineKind engine)
    {
        using CoreUnderTest core = new(
            engine,
            code =>
            {
                // One site: the pointer is aligned in the first three rounds.
                code.LoadConstant(10, Pointer);
                code.Words(Addi(15, 0, 4), Lw(11, 0, 10), Lw(12, 0, 11), Addi(10, 10, 4), Addi(15, 15, -1), B(-16, 0, 15, 1));
            },
            (Pointer, [Target, Target + 4, Target + 8, Target + 10]));

        core.Run();

        Assert.Equal((1u, 4u, Target + 10), (core.Traps, core.TrapCause, core.TrapValue));
    }

    // One site for all of a program's loads, which run three times, so that the slot is filled at the first.
    private static uint WriteLoads(Assembler code)
    {
        code.Word(J(7 * 4, 0));
        uint loads = code.Here;
        code.Words(Addi(15, 0, 3), Lw(11, 0, 10), Lw(16, 0, 11), Addi(15, 15, -1), B(-12, 0, 15, 1), Jalr(0, 0, 1));
        return loads;
    }

    private static void LoadThrough(Assembler code, uint loads, uint pointer, uint register)
    {
        code.LoadConstant(10, pointer);
        code.Words(J((int)(loads - code.Here), 1), Addi(register, 16, 0));
    }

    // Everything is seen where it is, but for the target's pages.
    private static void Translated(Assembler code, Action program)
    {
        CoreUnderTest.Write(code, 0x180, 0x8000_0000 | (Root >> 12));
        CoreUnderTest.Enter(code, 1);
        program();
    }

    private static (uint Address, uint[] Words)[] Tables(params (uint Address, uint[] Words)[] data) =>
    [
        .. data,
        (Root + ((Seen >> 22) * 4), [(Leaf >> 2) | 1]),
        (Root + ((ChipMemories.RramBase >> 22) * 4), [(ChipMemories.RramBase >> 2) | Rights]),
        (Root + ((CoreUnderTest.Sram >> 22) * 4), [(CoreUnderTest.Sram & 0xFFC0_0000) >> 2 | Rights]),
        (Leaf, [(Target >> 2) | Rights]),
    ];
}
