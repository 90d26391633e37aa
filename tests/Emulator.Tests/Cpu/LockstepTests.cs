// The fast engines against the stepper, stopped together at random cycles: pc, every register and CSR, the counts and
// (now and then, and at the end) all memory must be the same. A stop anywhere shows that counts are exact everywhere.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class LockstepTests
{
    private const int StopsBetweenHashes = 100;

    /// <summary>The engines that are held against the stepper.</summary>
    internal static readonly EngineKind[] Fast = [EngineKind.Threaded, EngineKind.Translator];

    public static TheoryData<string> Guests =>
    [
        "hello", "blinky", "uart", "echo", "tick", "timer0", "mmu", "selfmod", "absent", "paging_demand", "idle", "rram", "slots",
        "iox", "aes", "reset", "crash_jump", "crash_handler",
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_programs_are_in_the_same_state_at_every_stop(int round)
    {
        int seed = TestSeed.Next() + round;
        Random random = new(seed);
        SequenceProgram program = new();
        PrivilegedSequences sequences = new(random, program) { WithOwnRules = true };
        for (int i = 0; i < 60; i++)
        {
            sequences.AddPlain();
            sequences.AddTraps();
            sequences.AddInterrupts();
            sequences.AddPaging();
        }

        byte[] image = program.ToBytes();
        using VirtMachine stepped = new(image, EngineKind.Stepper);
        VirtMachine[] others = [.. Fast.Select(kind => new VirtMachine(image, kind))];
        int stops = 0;
        while (!stepped.Finished)
        {
            ulong cycles = NextRun(random);
            stepped.Run(cycles);
            stops++;
            foreach ((VirtMachine other, EngineKind kind) in others.Zip(Fast))
            {
                other.Run(cycles);
                AssertSame(stepped.Hart, other.Hart, stepped.Cycle, other.Cycle, $"{kind}, seed {seed}, stop {stops}");
                if (stops % StopsBetweenHashes == 0 || stepped.Finished)
                {
                    Assert.True(Memory(stepped).SequenceEqual(Memory(other)), $"{kind}, seed {seed}, stop {stops}: memory");
                }
            }
        }

        Assert.All(others, other => Assert.True(other.Finished));
        Assert.InRange(stops, 1000, int.MaxValue);
        Array.ForEach(others, other => other.Dispose());
    }

    [Theory, MemberData(nameof(Guests))]
    public void Guest_programs_are_in_the_same_state_at_every_stop(string program)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        MachineImage image = Guest.LoadImage(program);
        using Machine stepped = NewMachine(image, EngineKind.Stepper);
        Machine[] others = [.. Fast.Select(kind => NewMachine(image, kind))];
        for (int stop = 1; stop <= 1500; stop++)
        {
            ulong cycles = random.Next(40) == 0 ? (ulong)random.Next(200_000) : NextRun(random);
            MachineInput? typed = random.Next(100) == 0
                ? MachineInput.Send(ConsolePort.Uart2, new byte[] { (byte)random.Next(32, 127) })
                : null;
            RunStop expected = stepped.Run(cycles);
            bool? taken = typed is { } input ? stepped.Apply(input) : null;
            foreach ((Machine other, EngineKind kind) in others.Zip(Fast))
            {
                string where = $"{kind}, seed {seed}, stop {stop}";
                Assert.True(expected == other.Run(cycles), where);
                Assert.True(taken == (typed is { } same ? other.Apply(same) : null), where);
                AssertSame(stepped.Hart, other.Hart, stepped.Cycle, other.Cycle, where);
                if (stop % StopsBetweenHashes == 0)
                {
                    Assert.True(stepped.StateHash() == other.StateHash(), $"{where}: state hash");
                }
            }
        }

        Array.ForEach(others, other => other.Dispose());
    }

    // Interrupts from outside at random cycles, into code that computes, loops, stores and jumps.
    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void Lines_that_rise_at_random_cycles_interrupt_both_at_the_same_instruction(EngineKind kind)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        using CoreUnderTest stepped = Interruptible(EngineKind.Stepper, seed);
        using CoreUnderTest fast = Interruptible(kind, seed);
        for (int stop = 1; stop <= 5000; stop++)
        {
            ulong cycles = NextRun(random);
            int line = random.Next(4);
            bool active = random.Next(2) == 0;
            foreach (CoreUnderTest core in new[] { stepped, fast })
            {
                core.Run(cycles);
                core.Machine.Soc.SetInterruptLine(line, active);
            }

            AssertSame(
                stepped.Hart, fast.Hart, stepped.Machine.Cycle, fast.Machine.Cycle, $"{kind}, seed {seed}, stop {stop}");
        }

        Assert.Equal(stepped.Machine.StateHash(), fast.Machine.StateHash());
        Assert.InRange(stepped.Word(CoreUnderTest.Sram), 100u, uint.MaxValue); // interrupts were taken
    }

    // The longest way between two looks at the budget: nothing but compressed instructions, no jump.
    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void A_straight_line_of_compressed_instructions_stops_at_exactly_the_cycle_asked_for(EngineKind kind)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        using CoreUnderTest stepped = StraightLine(EngineKind.Stepper);
        using CoreUnderTest fast = StraightLine(kind);
        ulong asked = 0;
        for (int stop = 1; stop <= 3000; stop++)
        {
            ulong cycles = (ulong)random.Next(1, 120);
            asked += cycles;
            stepped.Run(cycles);
            fast.Run(cycles);
            Assert.Equal(asked, fast.Machine.Cycle);
            AssertSame(
                stepped.Hart, fast.Hart, stepped.Machine.Cycle, fast.Machine.Cycle, $"{kind}, seed {seed}, stop {stop}");
        }
    }

    private static CoreUnderTest StraightLine(EngineKind engine) => new(engine, code =>
    {
        uint start = code.Here;
        for (int i = 0; i < 5000; i++)
        {
            code.Half(CompressedEncoding.Addi(10, 1));
        }

        code.Word(Assembler.J((int)(start - code.Here), 0));
    });

    private static ulong NextRun(Random random) => (ulong)random.Next(3) switch
    {
        0 => (ulong)random.Next(1, 10),
        1 => (ulong)random.Next(1, 100),
        _ => (ulong)random.Next(1, 500),
    };

    private static Machine NewMachine(MachineImage image, EngineKind engine) =>
        new(new MachineOptions { Image = image, Board = Dabao.Board, Engine = engine });

    private static byte[] Memory(VirtMachine machine)
    {
        byte[] ram = new byte[VirtMachine.RamLength];
        Assert.True(machine.Memory.TryRead(VirtMachine.RamBase, ram));
        return ram;
    }

    internal static void AssertSame(Hart stepped, Hart fast, ulong steppedCycle, ulong fastCycle, string where)
    {
        if (stepped.Pc != fast.Pc || steppedCycle != fastCycle || stepped.Privilege != fast.Privilege
            || stepped.IsWaiting != fast.IsWaiting || stepped.InstructionsRetired != fast.InstructionsRetired)
        {
            Assert.Fail($"{where}: the stepper is at 0x{stepped.Pc:x8} ({stepped.Privilege}), cycle {steppedCycle}, "
                + $"{stepped.InstructionsRetired} retired; the other at 0x{fast.Pc:x8} "
                + $"({fast.Privilege}), cycle {fastCycle}, {fast.InstructionsRetired} retired");
        }

        Assert.True(Reservation(stepped) == Reservation(fast), $"{where}: the reservation, pc 0x{stepped.Pc:x8}");
        for (int i = 0; i < 32; i++)
        {
            Assert.True(stepped.Register(i) == fast.Register(i), $"{where}: x{i}, pc 0x{stepped.Pc:x8}");
        }

        foreach (((string name, _, uint expected), (_, _, uint actual)) in
            stepped.ControlRegisters().Zip(fast.ControlRegisters()))
        {
            Assert.True(expected == actual, $"{where}: {name} is 0x{expected:x8} and 0x{actual:x8}, pc 0x{stepped.Pc:x8}");
        }
    }

    private static unsafe uint Reservation(Hart hart) => hart.State->Reservation;

    // A loop over random arithmetic, memory and jumps with M's external interrupt enabled; the handler counts in memory,
    // moves the mask to the next line, and returns.
    private static CoreUnderTest Interruptible(EngineKind engine, int seed) => new(engine, code =>
    {
        Random random = new(seed);
        uint handler = code.Here + (4 * 4);
        CoreUnderTest.Write(code, 0x305, handler);
        uint over = code.Here;
        code.Zeros(4);
        code.Words(Assembler.Csr(1, 0x340, 5, 5), Assembler.Lui(5, CoreUnderTest.Sram));
        code.Words(Assembler.Sw(6, 4, 5), Assembler.Lw(6, 0, 5), Assembler.Addi(6, 6, 1), Assembler.Sw(6, 0, 5));
        code.Words(Assembler.I(3, 6, 7, 6, 0x13)); // one of four lines, in turn
        code.Words(Assembler.Addi(7, 0, 1), Assembler.R(0, 6, 7, 1, 7, 0x33), Assembler.Csr(1, 0xBC0, 7, 0));
        code.Words(Assembler.Lw(6, 4, 5), Assembler.Csr(1, 0x340, 5, 5), Assembler.Mret);
        code.Patch(over, Assembler.J((int)(code.Here - over), 0));

        CoreUnderTest.Write(code, 0xBC0, 1);
        CoreUnderTest.Write(code, 0x304, 0x800);
        code.Word(Assembler.Csr(6, 0x300, 8, 0));
        code.LoadConstant(8, CoreUnderTest.Sram + 0x800);
        uint start = code.Here;
        for (int i = 0; i < 1500; i++)
        {
            uint rd = (uint)random.Next(9, 32);
            int offset = random.Next(-256, 256) * 4;
            switch (random.Next(6))
            {
                case 0:
                    code.Word(Assembler.Sw((uint)random.Next(8, 32), offset, 8));
                    break;
                case 1:
                    code.Word(Assembler.Lw(rd, offset, 8));
                    break;
                case 2:
                    code.Words(Assembler.B(8, (uint)random.Next(8, 32), rd, 1), Assembler.Addi(rd, rd, 1));
                    break;
                case 3:
                    code.Half(CompressedEncoding.Addi(rd, random.Next(1, 32)));
                    break;
                default:
                    code.Word(Assembler.R((uint)random.Next(2), (uint)random.Next(8, 32), rd, (uint)random.Next(8), rd, 0x33));
                    break;
            }
        }

        code.Half(Assembler.CompressedNop);
        code.Half(Assembler.CompressedNop);
        code.Word(Assembler.J((int)(start - code.Here), 0));
    });
}
