// Loops that read device registers, as firmware waits, on the engine that passes their rounds and on the stepper that
// executes them. The registers, the timers' settings and the loops are random, and when what they wait for changes they
// note the cycle: whatever a block says about how long a register keeps its value must be true.

using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class PollingLockstepTests
{
    private const uint Timer0 = 0xE001_C000;
    private const uint TickTimer = 0xE001_B000;

    // TICKTIMER's time, the two timers' status and pending bits, D11CTIME's heart-beat.
    private static readonly uint[] Changing =
        [TickTimer + 8, TickTimer + 0x14, TickTimer + 0x18, Timer0 + 0x14, Timer0 + 0x18, 0xE000_0004];

    private const uint Pointer = 10;
    private const uint Memory = 11;
    private const uint Counter = 20;
    private const uint Limit = 21;
    private const int Loops = 120;

    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void A_loop_that_polls_random_registers_ends_as_the_stepper_executes_it(EngineKind kind)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        int passed = 0;
        for (int i = 0; i < Loops; i++)
        {
            int loop = random.Next();
            using CoreUnderTest stepped = New(EngineKind.Stepper, loop);
            using CoreUnderTest fast = New(kind, loop);
            string where = $"{kind}, seed {seed}, loop {i}\n{Text(stepped)}";
            for (int stop = 0; stop < 6; stop++)
            {
                ulong cycles = (ulong)random.Next(1, stop == 5 ? 300_000 : 20_000);
                stepped.Run(cycles);
                fast.Run(cycles);
                LockstepTests.AssertSame(
                    stepped.Hart, fast.Hart, stepped.Machine.Cycle, fast.Machine.Cycle, where);
            }

            Assert.True(stepped.Machine.StateHash() == fast.Machine.StateHash(), where);
            passed += fast.Machine.InstructionsSkipped > 0 ? 1 : 0;
        }

        Assert.InRange(passed, Loops / 5, Loops); // otherwise this compared the stepper with itself
    }

    private static string Text(CoreUnderTest core)
    {
        List<string> lines = [];
        for (uint address = CoreUnderTest.Start; lines.Count < 90 && core.Word(address) != 0;)
        {
            uint encoding = core.Word(address & ~3u);
            lines.Add($"  {address:x8}  {Emulator.Cpu.Disassembler.Text(encoding, address, out _)}");
            address += 4;
        }

        return string.Join('\n', lines);
    }

    private static CoreUnderTest New(EngineKind engine, int seed)
    {
        using CoreUnderTest model = new(engine, _ => { });
        List<MappedBlock> blocks = [.. model.Machine.Soc.Bus.Blocks.Where(block => block.Peripheral is not AbsentBlock)];
        return new CoreUnderTest(engine, code => Program(code, new Random(seed), blocks));
    }

    // Timers are set up, a few random registers are written, and then a loop reads registers for ever; now and then the
    // loop itself changes something, so that it must not be passed.
    private static void Program(Assembler code, Random random, IReadOnlyList<MappedBlock> blocks)
    {
        WriteWord(code, Timer0, (uint)random.Next(20_000));
        WriteWord(code, Timer0 + 4, (uint)random.Next(50_000));
        WriteWord(code, Timer0 + 8, 1);
        WriteWord(code, Timer0 + 0x1C, (uint)random.Next(2));
        WriteWord(code, TickTimer + 0x20, (uint)random.Next(1, 30_000));
        WriteWord(code, TickTimer, 1); // the new length of a tick holds from a restart on
        WriteWord(code, TickTimer, 0);
        WriteWord(code, TickTimer + 0x10, (uint)random.Next(50));
        WriteWord(code, TickTimer + 0x1C, (uint)random.Next(2));
        for (int i = random.Next(6); i > 0; i--)
        {
            WriteWord(code, Register(random, blocks), (uint)random.Next(1, 1 << random.Next(1, 31)));
        }

        CoreUnderTest.Write(code, 0xBC0, random.Next(2) == 0 ? 0 : uint.MaxValue);
        CoreUnderTest.Write(code, 0x304, random.Next(2) == 0 ? 0 : 0x800u);
        code.Word(Csr(6, 0x300, random.Next(2) == 0 ? 8u : 0, 0));
        code.LoadConstant(Memory, CoreUnderTest.Sram);
        code.LoadConstant(Counter, AnyCount(random));
        code.LoadConstant(Limit, AnyCount(random));
        uint start = code.Here;
        for (int i = random.Next(1, 7); i > 0; i--)
        {
            Step(code, random, blocks);
        }

        if (random.Next(4) == 0)
        {
            code.Word(B(8, 0, 13, (uint)random.Next(2))); // goes round by one of two ways
            code.Word(Addi(14, 13, 1));
        }

        if (random.Next(2) == 0)
        {
            CountRounds(code, random);
        }

        // The last read decides: while it gives the same the loop goes on, and when it changes the cycle is mixed into x17.
        code.LoadConstant(Pointer, Watched(random, blocks));
        code.Words(Lw(13, 0, Pointer), B((int)(start - code.Here - 4), 12, 13, 0));
        code.Words(Addi(12, 13, 0), Csr(2, 0xC00, 0, 15), I(1, 17, 1, 16, 0x13));
        code.Words(R(0, 16, 17, 0, 17, 0x33), R(0, 15, 17, 0, 17, 0x33));
        code.Word(J((int)(start - code.Here), 0));
    }

    // Firmware that waits with a limit: at the limit something changes, and counting begins anew.
    private static void CountRounds(Assembler code, Random random)
    {
        int step = random.Next(8) == 0 ? random.Next(-2048, 2048) : random.Next(-3, 4);
        uint condition = new uint[] { 0, 1, 4, 5, 6, 7 }[random.Next(6)];
        code.Word(Addi(Counter, Counter, step));
        code.Word(random.Next(2) == 0 ? B(12, Limit, Counter, condition) : B(12, Counter, Limit, condition));
        code.Words(Addi(17, 17, 1), Addi(Counter, 0, random.Next(-100, 100)));
    }

    private static uint AnyCount(Random random) => random.Next(4) switch
    {
        0 => (uint)random.NextInt64(1L << 32),
        1 => 0x8000_0000 + (uint)random.Next(-5000, 5000),
        _ => (uint)random.Next(-500, 5000),
    };

    private static void Step(Assembler code, Random random, IReadOnlyList<MappedBlock> blocks)
    {
        switch (random.Next(14))
        {
            case 0:
                code.Word(Sw(13, random.Next(4) * 4, Memory));
                break;
            case 1:
                code.Word(Lw(13, random.Next(4) * 4, Memory));
                break;
            case 2:
                code.Word(I(random.Next(-8, 8), 13, 7, 13, 0x13));
                break;
            case 3:
                code.Words(Csr(6, 0x300, 8, 0), Csr(7, 0x300, 8, 0)); // lets interrupts in and keeps them away
                break;
            case 4:
                code.Word(Csr(2, new uint[] { 0x344, 0xFC0, 0x304, 0x300 }[random.Next(4)], 0, 13));
                break;
            case 5 when random.Next(3) == 0:
                code.Word(Csr(2, 0xC00, 0, 15)); // the cycle: no two rounds are the same
                break;
            case 6 when random.Next(3) == 0:
                code.Word(Addi(16, 16, 1));
                break;
            case 7 when random.Next(3) == 0:
                WriteWord(code, Register(random, blocks), (uint)random.Next(256));
                break;
            case 8:
                code.Words(Sw(16, 16, Memory), Sw(0, 16, Memory), Lw(16, 16, Memory)); // changes, and changes back
                break;
            default:
                code.LoadConstant(Pointer, Watched(random, blocks));
                code.Word(Lw(13, 0, Pointer));
                break;
        }
    }

    // Often a register that changes by itself.
    private static uint Watched(Random random, IReadOnlyList<MappedBlock> blocks) =>
        random.Next(3) == 0 ? Register(random, blocks) : Changing[random.Next(Changing.Length)];

    private static uint Register(Random random, IReadOnlyList<MappedBlock> blocks)
    {
        MappedBlock block = blocks[random.Next(blocks.Count)];
        return block.Base + ((uint)random.Next(0x60) * 4);
    }

    private static void WriteWord(Assembler code, uint address, uint value)
    {
        code.LoadConstant(6, address);
        code.LoadConstant(7, value);
        code.Word(Sw(7, 0, 6));
    }
}
