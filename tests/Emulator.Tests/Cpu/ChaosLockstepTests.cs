// Random bytes as code, in every mode, with a handler that jumps on to another random place: nothing that a guest can
// execute may make the engines differ, throw, or leave the cycles asked for. Half of the words are real instructions,
// so page tables, delegation, interrupts and the code itself change all the time.

using XousCloud.Emulator.Cpu;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed class ChaosLockstepTests
{
    private const int Programs = 60;
    private const int Words = 4096;
    private const uint Soup = CoreUnderTest.Sram;

    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void Random_code_does_the_same_as_on_the_stepper(EngineKind kind)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        ulong retired = 0;
        int living = 0;
        for (int i = 0; i < Programs; i++)
        {
            int program = random.Next();
            using CoreUnderTest stepped = New(EngineKind.Stepper, program);
            using CoreUnderTest fast = New(kind, program);
            for (int stop = 1; stop <= 100; stop++)
            {
                ulong cycles = (ulong)random.Next(1, 600);
                string where = $"{kind}, seed {seed}, program {i}, stop {stop}";
                Assert.True(stepped.Machine.Run(cycles) == fast.Machine.Run(cycles), where);
                int line = random.Next(32);
                bool active = random.Next(2) == 0;
                stepped.Machine.Soc.SetInterruptLine(line, active);
                fast.Machine.Soc.SetInterruptLine(line, active);
                LockstepTests.AssertSame(
                    stepped.Hart, fast.Hart, stepped.Machine.Cycle, fast.Machine.Cycle, where);
            }

            Assert.True(stepped.Machine.StateHash() == fast.Machine.StateHash(), $"seed {seed}, program {i}: state hash");
            retired += stepped.Hart.InstructionsRetired;
            living += stepped.Machine.Death is null ? 1 : 0;
        }

        Assert.InRange(retired, Programs * 1000u, ulong.MaxValue);
        Assert.InRange(living, Programs / 4, Programs);
    }

    private static CoreUnderTest New(EngineKind engine, int seed)
    {
        Random random = new(seed);
        uint[] soup = new uint[Words];
        for (int i = 0; i < Words; i++)
        {
            soup[i] = (uint)random.NextInt64(1L << 32);
            if (random.Next(2) == 0)
            {
                InstructionPattern row = InstructionTable.Full[random.Next(InstructionTable.Full.Length)];
                soup[i] = (soup[i] & ~row.Mask) | row.Match;
            }
        }

        return new CoreUnderTest(engine, code => Program(code, random), (Soup, soup));
    }

    // The handler draws the next place and mode from a generator in mscratch, and points some registers into SRAM again.
    private static void Program(Assembler code, Random random)
    {
        CoreUnderTest.Write(code, 0x305, code.Here + (6 * 4));
        CoreUnderTest.Write(code, 0x340, (uint)random.NextInt64(1L << 32));
        code.Words(Csr(2, 0x340, 0, 5), I(13, 5, 1, 6, 0x13), R(0, 6, 5, 4, 5, 0x33)); // xorshift
        code.Words(I(17, 5, 5, 6, 0x13), R(0, 6, 5, 4, 5, 0x33), I(5, 5, 1, 6, 0x13), R(0, 6, 5, 4, 5, 0x33));
        code.Words(Csr(1, 0x340, 5, 0), I(18, 5, 5, 6, 0x13), Lui(8, Soup), R(0, 6, 8, 0, 9, 0x33));
        code.Words(Addi(2, 9, 0), Csr(1, 0x341, 9, 0), Addi(10, 8, 1024), Addi(11, 9, 0));
        code.LoadConstant(6, 0x1800);
        code.Words(Csr(3, 0x300, 6, 0), R(0, 6, 5, 7, 7, 0x33), Csr(2, 0x300, 7, 0), Mret);
    }
}
