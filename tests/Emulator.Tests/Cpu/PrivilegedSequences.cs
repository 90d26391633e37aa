// Random sequences that trap, change privilege, take interrupts and run under page tables. Every instruction stands
// at a multiple of 4 (a compressed one is followed by c.nop), so the handlers know where to go on.
//
// Under page tables the whole program is mapped twice by superpages: where it is for S, and UserAlias higher for U.
// The pages under test are elsewhere: random 4 KiB pages, a random superpage, and broken entries. A and D are set in
// every valid entry and pointers to tables have no other bit than V, because there QEMU and the core differ.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

internal sealed class PrivilegedSequences(Random random, SequenceProgram program) : SequenceGenerator(random, program)
{
    private const uint Nowhere = 0x9000_0000;
    private const uint DataPages = 0x80C0_0000;
    private const int DataPageCount = 16;
    private const uint SmallPages = 0x4000_0000;
    private const uint Superpage = 0x4040_0000;
    private const uint TableNowhere = 0x4080_0000;
    private const uint Invalid = 0x40C0_0000;
    private const int FirstCodePage = 64;
    private const int CodePages = 64;

    private const uint V = 1;
    private const uint W = 4;
    private const uint AccessedAndDirty = 0xC0;
    private const uint AllPermissions = 0xE;
    private const uint UserBit = 0x10;

    private const int User = 0;
    private const int Supervisor = 1;
    private const int Machine = 3;

    private const uint Ra = 1;
    private const uint Sstatus = 0x100;
    private const uint Sie = 0x104;
    private const uint Sip = 0x144;
    private const uint Satp = 0x180;
    private const uint Mstatus = 0x300;
    private const uint Mie = 0x304;
    private const uint Mip = 0x344;

    // Illegal on both: reserved major opcodes and functions, and floating point, which the core lacks and QEMU is
    // told to lack.
    private static readonly uint[] IllegalWords =
    [
        0xFFFF_FFFF, 0x0000_007B, 0x0000_006B, 0x0000_4073, 0x0000_0053, 0x0000_2007, 0x0000_2027, 0x0400_0033,
        0x4000_1033, 0x0000_3003, 0x0000_3023, 0x0000_2063, 0x0000_1067, 0x0000_302F, 0x1010_202F,
    ];

    private static readonly ushort[] IllegalHalves = [0x0000, 0x2000, 0x6000, 0xA000, 0xE000, 0x2002, 0x6002, 0xA002, 0xE002];

    // CSRs that neither machine has, and read-only ones.
    private static readonly uint[] AbsentCsrs = [0x5C0, 0x7C0, 0x800, 0x1FF, 0x2FF, 0xFFF, 0x345, 0x106 + 0x80];
    private static readonly uint[] ReadOnlyCsrs = [0xF11, 0xF14, 0xC00, 0xC02, 0xC80, 0xC82];

    // Readable with the same value on both machines.
    private static readonly uint[] ReadableCsrs = [0x300, 0x302, 0x303, 0x304, 0x340, 0x140, 0x180, 0x305, 0x105, 0xF14];
    private static readonly uint[] SupervisorCsrs = [0x100, 0x140, 0x180, 0x105, 0x142];

    private int mode;
    private uint scratch;
    private uint alias;
    private uint root;
    private uint leaves;
    private bool userPagesVisible;
    private uint enabledInterrupt;
    private bool allDelegated;
    private uint codePage;
    private uint[] entries = [];

    /// <summary>Traps of every kind but page faults, in M, S and U, some delegated.</summary>
    public void AddTraps() => Build("traps", paging: false, Random.Next(3) switch { 0 => User, 1 => Supervisor, _ => Machine },
        new InitialCsrs { Medeleg = (uint)Random.Next(0x1_0000) & 0xB1F7 }, Trap);

    /// <summary>Accesses through random page tables, from U, from S, and from M with MPRV.</summary>
    public void AddPaging() => Build("paging", paging: true, Machine,
        new InitialCsrs { Medeleg = (uint)Random.Next(0x1_0000) & 0xB1F7 }, Page);

    /// <summary>Software-set interrupts, one enabled at a time: QEMU's order of several is not the core's.</summary>
    public void AddInterrupts()
    {
        enabledInterrupt = 1u << new[] { 1, 5, 9 }[Random.Next(3)];
        uint mideleg = new[] { 0u, 0x222u, Value() & 0x222 }[Random.Next(3)];
        allDelegated = mideleg == 0x222;
        Build("interrupts", paging: false, Random.Next(3) == 0 ? Supervisor : Machine,
            new InitialCsrs { Mideleg = mideleg, Mip = Value() & 0x222 }, Interrupt);
    }

    private void Build(string kind, bool paging, int firstMode, InitialCsrs csrs, Action step)
    {
        scratch = NewScratch();
        mode = firstMode;
        alias = paging ? SequenceProgram.UserAlias : 0;
        userPagesVisible = false;
        csrs = csrs with { Mstatus = ((uint)firstMode << 11) | (Value() & 0x1A2) };
        if (paging)
        {
            BuildTables();
            csrs = csrs with { Satp = 0x8000_0000 | (Value() & 0x7FC0_0000) | (root >> 12) };
        }

        Code.Align(4);
        uint start = Code.Here;
        int steps = Random.Next(20, 61);
        for (int i = 0; i < steps; i++)
        {
            if (mode != User && Random.Next(20) == 0)
            {
                DropTo(mode == Machine && Random.Next(2) == 0 ? Supervisor : User);
            }

            Slotted(Random.Next(3) switch
            {
                0 => Arithmetic,
                1 when WithOwnRules && Random.Next(4) == 0 => AgainstQemu,
                1 when !paging || mode != Machine => Memory,
                _ => step,
            });
        }

        uint end = Code.Here;
        Code.Word(Ecall);
        Program.Add(kind, start, end, NewRegisters(scratch + MiddleOfScratch), csrs);
    }

    private void Slotted(Action step)
    {
        step();
        if (Code.Here % 4 != 0)
        {
            Code.Half(CompressedNop);
        }
    }

    private void DropTo(int lower)
    {
        uint patch = Code.Here;
        Code.Zeros(8);
        if (mode == Machine)
        {
            Code.Word(Csr(1, 0x341, 5, 0));
            Code.LoadConstant(6, 0x1800);
            Code.Word(Csr(3, Mstatus, 6, 0));
            Code.LoadConstant(6, (uint)lower << 11);
            Code.Word(Csr(2, Mstatus, 6, 0));
        }
        else
        {
            Code.Words(Csr(1, 0x141, 5, 0), Addi(6, 0, 0x100), Csr(3, Sstatus, 6, 0));
        }

        uint seen = lower == User ? alias : 0;
        Code.LoadConstant(Base, scratch + MiddleOfScratch + seen);
        Code.LoadConstant(Sp, scratch + MiddleOfScratch + seen);
        Code.Word(mode == Machine ? Mret : Sret);
        uint target = Code.Here + seen;
        Code.Patch(patch, Lui(5, target + 0x800));
        Code.Patch(patch + 4, Addi(5, 5, (int)(target << 20) >> 20));
        mode = lower;
    }

    private void Trap()
    {
        switch (Random.Next(10))
        {
            case 0:
                Code.Word(IllegalWords[Random.Next(IllegalWords.Length)]);
                break;
            case 1:
                Code.Half(IllegalHalves[Random.Next(IllegalHalves.Length)]);
                break;
            case 2:
                Code.Word(Random.Next(2) == 0 ? Ecall : Ebreak);
                break;
            case 3:
                Code.Half(CompressedEncoding.Ebreak);
                break;
            case 4:
                Code.Word(Csr((uint)Random.Next(1, 4), Pick(AbsentCsrs), Source(), Destination()));
                break;
            case 5:
                Code.Word(Csr(2, Pick(Random.Next(2) == 0 ? ReadableCsrs : SupervisorCsrs), 0, Destination()));
                break;
            case 6:
                // From a register that is not 0: QEMU takes setting or clearing no bits for no write.
                Code.Word(Csr((uint)Random.Next(1, 4), Pick(ReadOnlyCsrs), Base, Destination()));
                break;
            case 7:
                Code.Word(mode == User && Random.Next(2) == 0 ? Sret : mode != Machine ? Mret : Ebreak);
                break;
            case 8:
                Code.LoadConstant(5, NowhereAddress());
                Code.Word(Random.Next(4) == 0
                    ? R(0x08, 0, 5, 2, Destination(), 0x2F)
                    : I(0, 5, new uint[] { 0, 1, 2, 4, 5 }[Random.Next(5)], Destination(), 0x03));
                break;
            default:
                Code.LoadConstant(5, NowhereAddress());
                Code.Word(Jalr(Ra, Random.Next(-64, 64) * 2, 5));
                break;
        }
    }

    // What QEMU does and the core does not: misaligned accesses, faults of stores to nowhere, reservations with an address.
    private void AgainstQemu()
    {
        uint address = Random.Next(3) == 0 ? NowhereAddress() : scratch + (uint)Random.Next((int)ScratchLength - 4);
        Code.LoadConstant(5, address + (mode == User && address < Nowhere ? alias : 0));
        Code.Word(Random.Next(6) switch
        {
            0 => I(0, 5, 1, Destination(), 0x03),
            1 => I(0, 5, 2, Destination(), 0x03),
            2 => S(0, Source(), 5, 1),
            3 => S(0, Source(), 5, 2),
            4 => R(0x08, 0, 5, 2, Destination(), 0x2F),
            _ => R(0x0C, Source(), 5, 2, Destination(), 0x2F),
        });
    }

    // Nothing answers there on either machine.
    private uint NowhereAddress() =>
        (Random.Next(2) == 0 ? Nowhere : 0x0800_1000) + ((uint)Random.Next(0x10_0000) * 4);

    private void Interrupt()
    {
        if (mode == Machine)
        {
            switch (Random.Next(5))
            {
                case 0:
                    Code.LoadConstant(7, enabledInterrupt);
                    Code.Word(Csr((uint)Random.Next(1, 4), Mie, 7, Destination()));
                    break;
                case 1:
                    Code.LoadConstant(7, Value() & 0x222);
                    Code.Word(Csr((uint)Random.Next(1, 4), Mip, 7, Destination()));
                    break;
                case 2:
                    Code.Word(Csr(2, Random.Next(2) == 0 ? Mip : Mie, 0, Destination()));
                    break;
                default:
                    Code.Word(Csr(Random.Next(3) == 0 ? 7u : 6u, Mstatus, 8, Destination())); // MIE
                    break;
            }
        }
        else if (mode == Supervisor)
        {
            switch (Random.Next(allDelegated ? 4 : 2))
            {
                case 2:
                    Code.LoadConstant(7, enabledInterrupt);
                    Code.Word(Csr((uint)Random.Next(1, 4), Sie, 7, Destination()));
                    break;
                case 3:
                    Code.Word(Csr((uint)Random.Next(6, 8), Sip, 2, Destination())); // SSIP
                    break;
                default:
                    Code.Word(Csr(Random.Next(3) == 0 ? 7u : 6u, Sstatus, 2, Destination())); // SIE
                    break;
            }
        }
        else
        {
            Arithmetic();
        }
    }

    private void Page()
    {
        if (mode == Machine)
        {
            if (Random.Next(4) == 0)
            {
                ChangeEntry();
            }
            else
            {
                AccessWithMprv();
            }

            return;
        }

        int choice = Random.Next(mode == Supervisor ? 14 : 10);
        switch (choice)
        {
            case 10:
                ChangeVisibility();
                break;
            case 11:
                ChangeEntry();
                break;
            case 12:
                Code.LoadConstant(7, 0x8000_0000 | (Value() & 0x7FC0_0000) | (root >> 12));
                Code.Word(Csr(1, Satp, 7, Destination()));
                break;
            case 13:
                Code.LoadConstant(7, 0x80000); // MXR
                Code.Word(Csr((uint)Random.Next(2, 4), Sstatus, 7, Destination()));
                break;
            case < 7:
                Access(AnyPage());
                break;
            case 7 when mode == User:
                Trap(); // also under translation
                break;
            default:
                ExecuteOnPage();
                break;
        }
    }

    private void Access(uint address)
    {
        uint function = (uint)Random.Next(10);
        uint size = function switch { 0 or 3 or 5 => 1, 1 or 4 or 6 => 2, _ => 4 };
        Code.LoadConstant(5, address & ~(size - 1));
        Code.Word(function switch
        {
            0 => I(0, 5, 0, Destination(), 0x03),
            1 => I(0, 5, 1, Destination(), 0x03),
            2 => I(0, 5, 2, Destination(), 0x03),
            3 => I(0, 5, 4, Destination(), 0x03),
            4 => I(0, 5, 5, Destination(), 0x03),
            5 => S(0, Source(), 5, 0),
            6 => S(0, Source(), 5, 1),
            7 => S(0, Source(), 5, 2),
            8 => R(0x08, 0, 5, 2, Destination(), 0x2F), // lr.w
            _ => R(new uint[] { 0x04, 0x00, 0x10, 0x50 }[Random.Next(4)], Source(), 5, 2, Destination(), 0x2F),
        });
    }

    private uint AnyPage() => Random.Next(10) switch
    {
        < 6 => SmallPages + ((uint)Random.Next(FirstCodePage + CodePages) << 12) + (uint)Random.Next(0x1000),
        6 or 7 => Superpage + (uint)Random.Next(0x40_0000),
        8 => TableNowhere + (uint)Random.Next(0x40_0000),
        _ => Invalid + (uint)Random.Next(0x40_0000),
    };

    // One access from M with MPRV. The core checks U and SUM by the mode that it runs in, QEMU by MPP; a page is
    // chosen that MPP may see, and MPP is set anew each time because a trap changes it.
    private void AccessWithMprv()
    {
        int page = Random.Next(FirstCodePage);
        uint entry = entries[page];
        uint mpp = WithOwnRules ? (uint)Random.Next(2) << 11 : (entry & UserBit) != 0 ? 0u : 0x0800u;
        Code.LoadConstant(6, 0x2_0000 | mpp | (Value() & 0x8_0000));
        Code.Word(Csr(1, Mstatus, 6, 0));
        Access(SmallPages + ((uint)page << 12) + (uint)Random.Next(0x1000));
        Code.LoadConstant(6, 0x2_0000);
        Code.Word(Csr(3, Mstatus, 6, 0));
    }

    private void ChangeVisibility()
    {
        userPagesVisible = Random.Next(2) == 0;
        Code.LoadConstant(7, 0x4_0000); // SUM
        Code.Word(Csr(userPagesVisible ? 2u : 3u, Sstatus, 7, Destination()));
    }

    // Instruction fetch with SUM from a page of U is allowed on the core and not on QEMU, so S executes without SUM.
    private void ExecuteOnPage()
    {
        if (mode == Supervisor && userPagesVisible && !WithOwnRules)
        {
            Access(AnyPage());
            return;
        }

        uint page = (uint)Random.Next(FirstCodePage, FirstCodePage + CodePages);
        bool straddles = Random.Next(3) == 0 && !IsNowhere(page) && !IsNowhere(page + 1); // QEMU 7.2 aborts there
        uint offset = straddles ? 0xFFEu : ((uint)Random.Next(0x3FF) * 4) + 2;
        uint address = Random.Next(8) == 0 ? Invalid + offset : SmallPages + (page << 12) + offset;
        Code.LoadConstant(5, address);
        Code.Word(Jalr(Ra, 0, 5));
    }

    private bool IsNowhere(uint page) => entries[page] << 2 >= Nowhere;

    // A new entry for a page of data, seen after sfence.vma, and on the core at once. U stays as it is, for AccessWithMprv.
    private void ChangeEntry()
    {
        int page = Random.Next(FirstCodePage);
        uint entry = NewDataEntry();
        entry = (entry & ~UserBit) | (entries[page] & UserBit);
        Code.LoadConstant(5, leaves + ((uint)page * 4));
        Code.LoadConstant(6, entry);
        Code.Word(Sw(6, 0, 5));
        if (WithOwnRules && Random.Next(2) == 0)
        {
            Access(SmallPages + ((uint)page << 12) + (uint)Random.Next(0x1000));
            return;
        }

        Code.LoadConstant(7, SmallPages + ((uint)page << 12));
        Code.Word(SfenceVma(Random.Next(2) == 0 ? 0u : 7, 0));
    }

    private void BuildTables()
    {
        Assembler data = Program.Data;
        if (codePage == 0)
        {
            data.Align(4096);
            codePage = data.Here;
            for (int i = 0; i < 1024; i++)
            {
                data.Half(0x0000); // the upper half of jalr x0, 0(ra) before its lower half: also across pages
                data.Half(0x8067);
            }
        }

        data.Align(4096);
        root = data.Here;
        leaves = root + 4096;
        uint[] top = new uint[1024];
        for (uint i = 0; i < 4; i++)
        {
            uint physical = SequenceProgram.CodeBase + (i << 22);
            uint leaf = (physical >> 2) | AccessedAndDirty | AllPermissions | V;
            top[(SequenceProgram.CodeBase >> 22) + i] = leaf | ((uint)Random.Next(2) << 5);
            top[((SequenceProgram.CodeBase + SequenceProgram.UserAlias) >> 22) + i] = leaf | UserBit;
        }

        top[SmallPages >> 22] = (leaves >> 2) | V;
        uint flags = RandomFlags();
        flags &= (flags & (AllPermissions & ~W)) == 0 ? ~V : ~0u; // a leaf or nothing, never a pointer to data
        top[Superpage >> 22] = (DataPages >> 2) | flags
            | (Random.Next(4) == 0 ? (uint)Random.Next(1, 1024) << 10 : 0); // misaligned
        top[TableNowhere >> 22] = (Nowhere >> 2) | V;
        top[Invalid >> 22] = Random.Next(2) == 0 ? Value() & ~V : (DataPages >> 2) | AccessedAndDirty | W | V;
        data.Words(top);

        entries = new uint[1024];
        for (int i = 0; i < FirstCodePage; i++)
        {
            entries[i] = NewDataEntry();
        }

        for (int i = FirstCodePage; i < FirstCodePage + CodePages; i++)
        {
            uint target = Random.Next(8) == 0 ? Nowhere + ((uint)Random.Next(64) << 12) : codePage;
            entries[i] = (target >> 2) | (RandomFlags() & ~W);
        }

        data.Words(entries);
    }

    private uint NewDataEntry() => Random.Next(10) == 0
        ? (Nowhere >> 2) | ((uint)Random.Next(64) << 10) | (RandomFlags() & (WithOwnRules ? ~0u : ~W)) // stores to nowhere
        : (DataPages >> 2) | ((uint)Random.Next(DataPageCount) << 10) | RandomFlags();

    private uint RandomFlags()
    {
        uint flags = AccessedAndDirty | ((uint)Random.Next(2) << 5) | ((uint)Random.Next(4) << 8);
        uint permissions = (uint)Random.Next(16) << 1;
        flags &= WithOwnRules ? ~(uint)Random.Next(256) | 0x3F : ~0u;
        return flags | (Random.Next(2) == 0 ? permissions | 2 : permissions) | (Random.Next(8) == 0 ? 0 : V);
    }

    private uint Pick(uint[] from) => from[Random.Next(from.Length)];
}
