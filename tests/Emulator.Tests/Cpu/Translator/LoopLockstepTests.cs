// Random loops over many registers with shifts, rotates and accesses that may leave generated code, stopped anywhere: what
// the translator leaves out (LazyShifts) or keeps elsewhere (RegisterMap) is where it must be whenever somebody looks.

using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu.Translator;

public class LoopLockstepTests(ITestOutputHelper output)
{
    private const int Programs = 150;
    private const int Stops = 40;

    // The handler of CoreUnderTest has x18 to x25; x2 points to memory, x3 to nothing, x4 to a device.
    private static readonly uint[] Registers = [1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 26, 27, 28, 29, 30, 31];

    [Fact]
    public void A_loop_is_in_the_stepper_s_state_wherever_it_is_stopped()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"XOUSCLOUD_TEST_SEED={seed}");
        Random random = new(seed);
        for (int program = 0; program < Programs; program++)
        {
            int programSeed = random.Next();
            using CoreUnderTest expected = New(EngineKind.Stepper, programSeed);
            using CoreUnderTest translated = New(EngineKind.Translator, programSeed);
            for (int stop = 0; stop < Stops; stop++)
            {
                ulong cycles = (ulong)random.Next(1, stop % 4 == 0 ? 2000 : 60);
                expected.Run(cycles);
                translated.Run(cycles);
                Assert.Equal(State(expected), State(translated));
            }

            Assert.Equal(expected.Machine.StateHash(), translated.Machine.StateHash());
        }
    }

    private static string State(CoreUnderTest core) =>
        $"{core.Machine.Cycle} pc {core.Hart.Pc:x}: {string.Join(' ', Enumerable.Range(1, 31).Select(x => core.X(x).ToString("x")))}";

    private static CoreUnderTest New(EngineKind engine, int seed) => new(engine, code => Write(code, new Random(seed)));

    private static void Write(Assembler code, Random random)
    {
        code.LoadConstant(2, CoreUnderTest.Sram + 0x1000);
        code.LoadConstant(3, 0x2000_0000);
        code.LoadConstant(4, 0xE001_B000);
        foreach (uint register in Registers)
        {
            code.LoadConstant(register, (uint)random.Next());
        }

        uint[] few = [.. Registers.OrderBy(_ => random.Next()).Take(random.Next(3, 14))];
        for (int loop = random.Next(1, 4); loop > 0; loop--)
        {
            // The counter is none of those that the body changes.
            uint counter = Registers.Except(few).ElementAt(random.Next(Registers.Length - few.Length));
            code.Words(Addi(counter, 0, random.Next(1, 200)));
            uint start = code.Here;
            for (int n = random.Next(2, 40); n > 0; n--)
            {
                WriteInstruction(code, random, few);
            }

            code.Words(Addi(counter, counter, -1), B((int)(start - (code.Here + 4)), 0, counter, 1));
        }
    }

    private static void WriteInstruction(Assembler code, Random random, uint[] few)
    {
        uint a = Pick();
        uint b = Pick();
        uint c = Pick();
        uint count = (uint)random.Next(0, 32);
        switch (random.Next(13))
        {
            case 0:
                code.Word(R(0, count, a, 1, b, 0x13)); // slli
                break;
            case 1:
                code.Word(R(0, count, a, 5, b, 0x13)); // srli
                break;
            case 2 or 3 or 4: // a rotate, mostly; the or, add or xor may be elsewhere
                uint other = random.Next(8) == 0 ? (uint)random.Next(0, 32) : (32 - count) & 31;
                code.Words(R(0, count, a, 1, b, 0x13), R(0, other, random.Next(8) == 0 ? b : a, 5, c, 0x13));
                if (random.Next(4) == 0)
                {
                    WriteInstruction(code, random, few);
                }

                code.Word(R(0, b, c, (uint)random.Next(3) switch { 0 => 6u, 1 => 4u, _ => 0u }, Pick(), 0x33));
                break;
            case 5 or 6:
                code.Word(R(0, a, b, (uint)random.Next(4) switch { 0 => 7u, 1 => 6u, 2 => 4u, _ => 0u }, c, 0x33));
                break;
            case 7:
                code.Word(R(0x20, a, b, 0, c, 0x33)); // sub
                break;
            case 8:
                code.Word(Lw(c, random.Next(0, 64) * 4, 2));
                break;
            case 9:
                code.Word(Sw(c, random.Next(0, 64) * 4, 2));
                break;
            case 10:
                code.Word(random.Next(4) == 0 ? Lw(c, 0, 3) : Lw(c, random.Next(0, 4) * 4, 4)); // a fault, a device
                break;
            case 11: // over the next instruction, sometimes
                code.Words(B(8, a, b, (uint)random.Next(2) == 0 ? 4u : 7u), R(0, count, a, 1, c, 0x13));
                break;
            default:
                code.Word(Addi(b, a, random.Next(-5, 6)));
                break;
        }

        uint Pick() => few[random.Next(few.Length)];
    }
}
