// One case of the fuzzer: a seed that fills memory with code, page tables and a plan of stops, and patches over it that
// make it worth keeping. A line of text holds it, so a corpus is a text file:
//
//   SEED OFFSET:WORD,WORD,… OFFSET:WORD,…      all hexadecimal; OFFSET is in words from the start of SRAM
//
// SRAM has eight pages of code, two root tables that share one second-level table, and one of their own each. M's
// handler draws the next place, mode and root, so every trap leads on to other code.

using System.Globalization;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Soc;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu;

internal sealed record FuzzCase(uint Seed, IReadOnlyList<(int Offset, uint[] Words)> Patches)
{
    private const int CodePages = 8;
    private const int WordsInPage = 1024;
    private const int Words = (CodePages + 5) * WordsInPage;
    private const uint Soup = CoreUnderTest.Sram;
    private const uint Root = Soup + (CodePages * 4096);
    private const uint Identity = Root + (2 * 4096);
    private const uint Shared = Identity + (2 * 4096);
    private const uint Alias = 0x4000_0000;
    private const uint Sv32 = 0x8000_0000;
    private const int PatchLimit = 24;

    // What a reservation is about comes more often than among all instructions.
    private static readonly InstructionPattern[] Reserving = [.. InstructionTable.Full.Where(
        row => row.Operation is Operation.LrW or Operation.ScW or Operation.Sw)];

    /// <summary>A case that was not seen before.</summary>
    public static FuzzCase New(Random random) => new((uint)random.NextInt64(1L << 32), []);

    public static FuzzCase Parse(string line)
    {
        string[] parts = line.Split(' ');
        return new FuzzCase(Hex(parts[0]), [.. parts[1..].Select(part =>
        {
            string[] sides = part.Split(':');
            return ((int)Hex(sides[0]), sides[1].Split(',').Select(Hex).ToArray());
        })]);
    }

    public override string ToString() => string.Join(' ', Patches
        .Select(patch => $"{patch.Offset:x}:{string.Join(',', patch.Words.Select(word => $"{word:x}"))}")
        .Prepend($"{Seed:x}"));

    /// <summary>A case near this one: another seed, a patch more, less or changed, or the patches of another.</summary>
    public FuzzCase Mutate(Random random, FuzzCase other)
    {
        List<(int Offset, uint[] Words)> patches = [.. Patches];
        uint seed = Seed;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(6))
            {
                case 0:
                    seed = (uint)random.NextInt64(1L << 32);
                    break;
                case 1 when patches.Count > 0:
                    patches.RemoveAt(random.Next(patches.Count));
                    break;
                case 2 when patches.Count > 0:
                    uint[] words = patches[random.Next(patches.Count)].Words;
                    words[random.Next(words.Length)] ^= 1u << random.Next(32);
                    break;
                case 3 when other.Patches.Count > 0:
                    patches.Add(other.Patches[random.Next(other.Patches.Count)]);
                    break;
                default:
                    patches.Add(NewPatch(random));
                    break;
            }
        }

        return new FuzzCase(seed, [.. patches.TakeLast(PatchLimit).Select(patch => (patch.Offset, patch.Words.ToArray()))]);
    }

    /// <summary>How many cycles to run from each stop to the next.</summary>
    public IEnumerable<ulong> Stops()
    {
        Random random = new((int)Seed);
        for (int i = 0; i < 25; i++)
        {
            yield return (ulong)random.Next(1, random.Next(3) == 0 ? 12 : 250);
        }
    }

    /// <summary>A chip with the case in its memory.</summary>
    public CoreUnderTest Build(EngineKind engine)
    {
        Random random = new((int)Seed);
        uint[] memory = new uint[Words];
        for (int i = 0; i < CodePages * WordsInPage; i++)
        {
            memory[i] = AnyWord(random);
        }

        FillTables(memory, random);
        foreach ((int offset, uint[] words) in Patches)
        {
            words.CopyTo(memory, Math.Clamp(offset, 0, Words - words.Length));
        }

        return new CoreUnderTest(engine, code => Program(code, random), (Soup, memory));
    }

    private static uint Hex(string text) => uint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static (int Offset, uint[] Words) NewPatch(Random random)
    {
        uint[] words = new uint[random.Next(1, 12)];
        bool tables = random.Next(5) == 0;
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = tables ? Leaf(random) : Instruction(random);
        }

        int first = tables ? CodePages * WordsInPage : 0;
        return (random.Next(first, tables ? Words - words.Length : (CodePages * WordsInPage) - words.Length), words);
    }

    private static uint AnyWord(Random random) => random.Next(8) switch
    {
        0 => (uint)random.NextInt64(1L << 32),
        1 => (uint)random.Next(1 << 16) | ((uint)random.Next(1 << 16) << 16), // mostly compressed
        _ => Instruction(random),
    };

    // Registers that the handler points into memory are the likeliest.
    private static uint Instruction(Random random)
    {
        InstructionPattern row = random.Next(12) == 0
            ? Reserving[random.Next(Reserving.Length)]
            : InstructionTable.Full[random.Next(InstructionTable.Full.Length)];
        uint word = (uint)random.NextInt64(1L << 32);
        if (random.Next(3) != 0)
        {
            word = (word & ~(0x1Fu << 15)) | ((uint)new[] { 2, 8, 9, 10, 11 }[random.Next(5)] << 15);
        }

        if (row.Operation is >= Operation.Csrrw and <= Operation.Csrrci)
        {
            uint[] likely = [0x100, 0x104, 0x105, 0x140, 0x141, 0x142, 0x143, 0x144, 0x180, 0x300, 0x302, 0x303, 0x304, 0x340, 0x341, 0x344, 0xC00, 0xC02];
            word = (word & 0xF_FFFF) | (likely[random.Next(likely.Length)] << 20);
        }

        return (word & ~row.Mask) | row.Match;
    }

    // A page of code, or of tables, with random rights.
    private static uint Leaf(Random random)
    {
        uint frame = (Soup >> 12) + (uint)random.Next(random.Next(4) == 0 ? CodePages + 5 : CodePages);
        uint rights = random.Next(4) == 0 ? (uint)random.Next(256) : 0xCFu | ((uint)random.Next(2) << 4);
        return (frame << 10) | rights;
    }

    private static void FillTables(uint[] memory, Random random)
    {
        int root = CodePages * WordsInPage;
        for (int i = 0; i < 2; i++)
        {
            int table = root + (i * WordsInPage);
            memory[table + (int)(Soup >> 22)] = ((Identity + ((uint)i * 4096)) >> 2) | 1;
            memory[table + (int)(Alias >> 22)] = (Shared >> 2) | 1;
            memory[table + (int)(ChipMemories.RramBase >> 22)] = (ChipMemories.RramBase >> 2) | 0xCF;
            for (uint page = 0; page < CodePages + 5; page++)
            {
                uint user = (uint)random.Next(2) << 4;
                memory[table + (2 * WordsInPage) + (int)((Soup >> 12) & 0x3FF) + (int)page] =
                    random.Next(6) == 0 ? Leaf(random) : (((Soup >> 12) + page) << 10) | 0xCF | user;
            }
        }

        for (int i = 0; i < 32; i++)
        {
            memory[root + (4 * WordsInPage) + i] = Leaf(random);
        }
    }

    private static void Program(Assembler code, Random random)
    {
        CoreUnderTest.Write(code, 0x305, code.Here + (12 * 4));
        CoreUnderTest.Write(code, 0x340, (uint)random.NextInt64(1L << 32));
        CoreUnderTest.Write(code, 0x302, (uint)random.Next(0x1_0000) & (random.Next(2) == 0 ? 0 : 0xB1FFu));
        CoreUnderTest.Write(code, 0x105, Soup + ((uint)random.Next(CodePages * WordsInPage) * 4));
        code.Words(Csr(2, 0x340, 0, 5), I(13, 5, 1, 6, 0x13), R(0, 6, 5, 4, 5, 0x33)); // xorshift
        code.Words(I(17, 5, 5, 6, 0x13), R(0, 6, 5, 4, 5, 0x33), I(5, 5, 1, 6, 0x13), R(0, 6, 5, 4, 5, 0x33));
        code.Words(Csr(1, 0x340, 5, 0), I(18, 5, 5, 6, 0x13), Lui(8, Soup), R(0, 6, 8, 0, 9, 0x33));

        // satp: one root or the other; the alias for a0.
        code.Word(I(1, 5, 7, 6, 0x13));
        code.LoadConstant(7, Sv32 | (Root >> 12));
        code.Words(R(0, 6, 7, 0, 7, 0x33), Csr(1, 0x180, 7, 0), Lui(10, Alias), Addi(2, 9, 0), Csr(1, 0x341, 9, 0));
        code.LoadConstant(11, Root + 0x800);
        code.LoadConstant(6, 0x1800);
        code.Words(Csr(3, 0x300, 6, 0), R(0, 6, 5, 7, 7, 0x33), Csr(2, 0x300, 7, 0), Mret);
    }
}
