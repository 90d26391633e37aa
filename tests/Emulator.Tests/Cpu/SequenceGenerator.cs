// Makes random instruction sequences for SequenceProgram. What is here runs in M mode and raises nothing: arithmetic,
// loads and stores, jumps, loops, atomics, CSRs, code that changes itself. The privileged kinds are in
// PrivilegedSequences.
//
// Registers: sp and s0 (x2, x8) point into the sequence's scratch memory, s1 (x9) is the address of atomics, t4 (x29)
// counts loops. No random instruction writes them.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

internal class SequenceGenerator(Random random, SequenceProgram program)
{
    protected const uint ScratchLength = 512;
    protected const uint MiddleOfScratch = ScratchLength / 2;
    protected const uint Sp = 2;
    protected const uint Base = 8;
    protected const uint AtomicAddress = 9;
    private const uint LoopCounter = 29;

    private static readonly (uint Funct7, uint Funct3)[] RegisterOperations =
    [
        (0, 0), (0x20, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0x20, 5), (0, 6), (0, 7),
        (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7),
    ];

    // CSRs and the bits that both machines have.
    private static readonly (uint Number, uint Mask)[] Csrs =
    [
        (0x300, 0x000C_01AA), // mstatus without MPP (no value may be 2) and without MPRV (not in QEMU's sstatus)
        (0x100, 0x000C_0122), // sstatus
        (0x302, 0x0000_B1F7), // medeleg
        (0x303, 0x0000_0222), // mideleg
        (0x304, 0x0000_0AAA), // mie; nothing is pending
        (0x341, 0xFFFF_FFFC), // mepc
        (0x342, 0x8000_000F), // mcause
        (0x343, 0xFFFF_FFFF), // mtval
        (0x141, 0xFFFF_FFFC), // sepc
        (0x142, 0x8000_000F), // scause
        (0x143, 0xFFFF_FFFF), // stval
        (0x140, 0xFFFF_FFFF), // sscratch
        (0x105, 0xFFFF_FFFC), // stvec
        (0x180, 0xFFFF_FFFF), // satp, which M mode does not look at
    ];

    /// <summary>
    /// Also makes what QEMU does otherwise than the core: for comparing the engines with each other.
    /// </summary>
    public bool WithOwnRules { get; init; }

    protected Random Random => random;

    protected SequenceProgram Program => program;

    protected Assembler Code => program.Code;

    /// <summary>Adds a sequence of one of the kinds that raise nothing.</summary>
    public void AddPlain()
    {
        (string kind, Action step)[] kinds =
        [
            ("arithmetic", Arithmetic),
            ("memory", () => Either(Memory, Arithmetic)),
            ("jumps", () => Either(Jump, Arithmetic)),
            ("atomics", () => Either(Atomic, Arithmetic)),
            ("CSRs", () => Either(ControlRegister, Arithmetic)),
            ("self-modifying", () => Either(ModifyCode, Arithmetic)),
            ("mixed", Any),
        ];
        (string kind, Action step) = kinds[random.Next(kinds.Length)];
        uint scratch = NewScratch();
        Code.Align(4);
        uint start = Code.Here;
        int steps = random.Next(20, 61);
        for (int i = 0; i < steps; i++)
        {
            step();
        }

        uint end = Code.Here;
        Code.Word(Ecall);
        uint mstatus = 0x1800 | (0x000C_01A2 & Value()); // to M; MIE follows MPIE
        program.Add(kind, start, end, NewRegisters(scratch + MiddleOfScratch), new InitialCsrs
        {
            Mstatus = mstatus,
            Mcause = Value() & 0x8000_000F,
            Mtval = Value(),
            Medeleg = Value() & 0xB1F7,
            Mideleg = Value() & 0x222,
            Mie = Value() & 0xAAA,
            Sepc = Value() & ~3u,
            Scause = Value() & 0x8000_000F,
            Stval = Value(),
            Satp = Value(),
        });
    }

    /// <summary>Random scratch memory.</summary>
    protected uint NewScratch()
    {
        program.Data.Align(16);
        uint scratch = program.Data.Here;
        for (int i = 0; i < ScratchLength / 4; i++)
        {
            program.Data.Word(Value());
        }

        return scratch;
    }

    protected uint[] NewRegisters(uint scratch)
    {
        uint[] registers = [.. Enumerable.Range(0, 32).Select(_ => Value())];
        registers[0] = 0;
        registers[Sp] = registers[Base] = registers[AtomicAddress] = scratch;
        return registers;
    }

    /// <summary>A value that is often one of those where arithmetic changes.</summary>
    protected uint Value() => random.Next(6) switch
    {
        0 => (uint)random.Next(-4, 5),
        1 => 0x8000_0000 + (uint)random.Next(-2, 3),
        2 => 1u << random.Next(32),
        _ => (uint)random.NextInt64(1L << 32),
    };

    protected uint Destination()
    {
        while (true)
        {
            uint register = (uint)random.Next(32);
            if (register is not (1 or Sp or Base or AtomicAddress or LoopCounter))
            {
                return register;
            }
        }
    }

    protected uint Source() => (uint)random.Next(32);

    protected uint CompressedDestination() => (uint)random.Next(10, 16);

    protected uint CompressedSource() => (uint)random.Next(8, 16);

    protected void Either(Action one, Action other) => (random.Next(2) == 0 ? one : other)();

    protected int Signed(int bits) => random.Next(-(1 << (bits - 1)), 1 << (bits - 1));

    protected void Any()
    {
        Action[] steps = [Arithmetic, Arithmetic, Memory, Memory, Jump, Atomic, ControlRegister];
        steps[random.Next(steps.Length)]();
    }

    protected void Arithmetic()
    {
        if (random.Next(5) < 2)
        {
            CompressedArithmetic();
            return;
        }

        switch (random.Next(8))
        {
            case 0:
                Code.Word(Lui(Destination(), Value()));
                break;
            case 1:
                Code.Word(Auipc(Destination(), Value()));
                break;
            case 2 or 3:
                uint funct3 = (uint)random.Next(8);
                int immediate = funct3 switch
                {
                    1 => random.Next(32),
                    5 => random.Next(32) | (random.Next(2) << 10),
                    _ => Signed(12),
                };
                Code.Word(I(immediate, Source(), funct3, Destination(), 0x13));
                break;
            default:
                (uint operation, uint variant) = RegisterOperations[random.Next(RegisterOperations.Length)];
                Code.Word(R(operation, Source(), Source(), variant, Destination(), 0x33));
                break;
        }
    }

    protected void Memory()
    {
        if (random.Next(3) == 0)
        {
            uint offset = (uint)random.Next(0, 32) * 4;
            Code.Half(random.Next(4) switch
            {
                0 => CompressedEncoding.Lw(CompressedDestination(), offset, Base),
                1 => CompressedEncoding.Sw(CompressedSource(), offset, Base),
                2 => CompressedEncoding.Lwsp(NonZero(Destination), offset),
                _ => CompressedEncoding.Swsp(Source(), offset),
            });
            return;
        }

        int place = random.Next(-(int)MiddleOfScratch, (int)MiddleOfScratch);
        Code.Word(random.Next(8) switch
        {
            0 => I(place, Base, 0, Destination(), 0x03),
            1 => I(place & ~1, Base, 1, Destination(), 0x03),
            2 => I(place & ~3, Sp, 2, Destination(), 0x03),
            3 => I(place, Base, 4, Destination(), 0x03),
            4 => I(place & ~1, Sp, 5, Destination(), 0x03),
            5 => S(place, Source(), Base, 0),
            6 => S(place & ~1, Source(), Base, 1),
            _ => S(place & ~3, Source(), Sp, 2),
        });
    }

    private static uint NonZero(Func<uint> next)
    {
        uint value;
        do
        {
            value = next();
        }
        while (value == 0);
        return value;
    }

    private void CompressedArithmetic() => Code.Half(random.Next(12) switch
    {
        0 => CompressedEncoding.Addi4spn(CompressedDestination(), (uint)random.Next(1, 256) * 4),
        1 => CompressedEncoding.Addi(NonZero(Destination), Signed(6) is var n and not 0 ? n : 1),
        2 => CompressedEncoding.Li(NonZero(Destination), Signed(6)),
        3 => CompressedEncoding.Lui(NonZero(Destination), Signed(6) is var n and not 0 ? n : 1),
        4 => CompressedEncoding.Srli(CompressedDestination(), (uint)random.Next(1, 32)),
        5 => CompressedEncoding.Srai(CompressedDestination(), (uint)random.Next(1, 32)),
        6 => CompressedEncoding.Andi(CompressedDestination(), Signed(6)),
        7 or 8 => CompressedEncoding.Register((uint)random.Next(4), CompressedDestination(), CompressedSource()),
        9 => CompressedEncoding.Slli(NonZero(Destination), (uint)random.Next(1, 32)),
        10 => CompressedEncoding.Mv(NonZero(Destination), NonZero(Source)),
        _ => CompressedEncoding.Add(NonZero(Destination), NonZero(Source)),
    });

    private void Jump()
    {
        switch (random.Next(9))
        {
            case 0:
                uint branch = Skip(4);
                uint funct3 = new uint[] { 0, 1, 4, 5, 6, 7 }[random.Next(6)];
                Code.Patch(branch, B(Distance(branch), Source(), Source(), funct3));
                break;
            case 1:
                uint equal = Skip(2);
                Code.PatchHalf(equal, CompressedEncoding.Beqz(CompressedSource(), Distance(equal)));
                break;
            case 2:
                uint unequal = Skip(2);
                Code.PatchHalf(unequal, CompressedEncoding.Bnez(CompressedSource(), Distance(unequal)));
                break;
            case 3:
                uint jump = Skip(4);
                Code.Patch(jump, J(Distance(jump), Destination()));
                break;
            case 4:
                uint shortJump = Skip(2);
                ushort encoding = random.Next(2) == 0
                    ? CompressedEncoding.J(Distance(shortJump))
                    : CompressedEncoding.Jal(Distance(shortJump));
                Code.PatchHalf(shortJump, encoding);
                break;
            case 5:
                Code.Word(Auipc(5, 0));
                uint indirect = Skip(4);
                int odd = random.Next(2); // bit 0 of a jump's target is dropped
                Code.Patch(indirect, Jalr(Destination(), Distance(indirect) + 4 + odd, 5));
                break;
            case 6:
                Code.Word(Auipc(5, 0));
                Code.Zeros(4);
                uint compressed = Skip(2);
                Code.Patch(compressed - 4, Addi(5, 5, Distance(compressed) + 8));
                Code.PatchHalf(
                    compressed, random.Next(2) == 0 ? CompressedEncoding.Jr(5) : CompressedEncoding.Jalr(5));
                break;
            default:
                Loop();
                break;
        }
    }

    // Leaves room for a jump, and then a few instructions that it goes over.
    private uint Skip(int length)
    {
        uint place = Code.Here;
        Code.Zeros(length);
        Some(random.Next(0, 5));
        return place;
    }

    private int Distance(uint from) => (int)(Code.Here - from);

    private void Loop()
    {
        Code.Half(CompressedEncoding.Li(LoopCounter, random.Next(1, 9)));
        uint start = Code.Here;
        Some(random.Next(1, 6));
        Code.Word(Addi(LoopCounter, LoopCounter, -1));
        Code.Word(B((int)(start - Code.Here), 0, LoopCounter, 1));
    }

    private void Some(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Either(Arithmetic, Memory);
        }
    }

    // LR and SC come in pairs without a store between, and an SC without its LR only right behind another SC: QEMU's
    // reservation has an address and a value, the core's is one flag.
    private void Atomic()
    {
        Code.Word(Addi(AtomicAddress, Base, random.Next(-64, 64) * 4));
        uint ordering = (uint)random.Next(4);
        if (WithOwnRules && random.Next(2) == 0)
        {
            uint function5 = random.Next(2) == 0 ? 0x08u : 0x0C;
            uint source = function5 == 0x08 ? 0 : Source();
            Code.Word(R(function5 | ordering, source, AtomicAddress, 2, Destination(), 0x2F));
            Either(Memory, Arithmetic);
            return;
        }

        if (random.Next(4) == 0)
        {
            Code.Word(R(0x08 | ordering, 0, AtomicAddress, 2, Destination(), 0x2F));
            for (int i = random.Next(4); i > 0; i--)
            {
                Arithmetic();
            }

            for (int i = random.Next(1, 3); i > 0; i--)
            {
                Code.Word(R(0x0C | ordering, Source(), AtomicAddress, 2, Destination(), 0x2F));
            }

            return;
        }

        uint[] functions = [0x04, 0x00, 0x10, 0x30, 0x20, 0x40, 0x50, 0x60, 0x70];
        uint function = functions[random.Next(functions.Length)];
        Code.Word(R(function | ordering, Source(), AtomicAddress, 2, Destination(), 0x2F));
    }

    private void ControlRegister()
    {
        (uint number, uint mask) = Csrs[random.Next(Csrs.Length)];
        uint operation = (uint)random.Next(1, 4);
        switch (random.Next(4))
        {
            case 0:
                Code.Word(Csr(2, number, 0, Destination())); // a pure read
                break;
            case 1:
                Code.Word(Csr(operation + 4, number, (uint)random.Next(32) & mask, Destination()));
                break;
            default:
                Code.LoadConstant(7, Value() & mask);
                Code.Word(Csr(operation, number, 7, Destination()));
                break;
        }
    }

    // Stores another instruction over one that follows, and sometimes runs it before and after.
    private void ModifyCode()
    {
        uint destination = Destination();
        int halves = random.Next(2);
        uint replacement = halves == 0
            ? Addi(destination, Source(), Signed(12))
            : R(1, Source(), Source(), (uint)random.Next(8), destination, 0x33);
        int times = random.Next(1, 3);
        Code.Half(CompressedEncoding.Li(LoopCounter, times));
        uint again = Code.Here;
        Code.Word(Auipc(5, 0));
        uint patched = Code.Here;
        Code.LoadConstant(6, replacement);
        uint store = Code.Here;
        Code.Zeros(halves == 0 ? 4 : 12);
        Code.Word(FenceI);
        for (int i = random.Next(3); i > 0; i--)
        {
            ArithmeticThatKeeps5And6();
        }

        uint target = Code.Here;
        Code.Word(Addi(Destination(), Source(), Signed(12)));
        int offset = (int)(target - (patched - 4));
        if (halves == 0 && target % 4 == 0)
        {
            Code.Patch(store, Sw(6, offset, 5));
        }
        else if (halves == 0)
        {
            Code.Patch(store, S(offset, 6, 5, 1)); // only the lower half: the destination and a part of the operation
        }
        else
        {
            Code.Patch(store, S(offset, 6, 5, 1));
            Code.Patch(store + 4, I(16, 6, 5, 6, 0x13));
            Code.Patch(store + 8, S(offset + 2, 6, 5, 1));
        }

        Code.Word(Addi(LoopCounter, LoopCounter, -1));
        Code.Word(B((int)(again - Code.Here), 0, LoopCounter, 1));
    }

    private void ArithmeticThatKeeps5And6() =>
        Code.Word(R(0, Source(), Source(), 0, (uint)random.Next(18, 28), 0x33));
}
