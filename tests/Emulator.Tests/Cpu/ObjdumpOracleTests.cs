// Decoder and disassembler against binutils: objdump disassembles every compressed encoding and many full ones, and
// ours must say the same of each. Where the core differs from the manual on purpose, the difference has a name in
// Differences below; a test fails when objdump and ours differ in any other way.

using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Tests.Cpu;

public sealed partial class ObjdumpOracleTests
{
    private const int RandomWords = 60_000;

    // Where the core is not what objdump takes it for, by name: which words, and what ours must say.
    private static readonly (string Name, Func<uint, string, bool> Applies, Func<uint, string> Ours)[] Differences =
    [
        ("the core has no F and D", (_, text) => FloatingPoint().IsMatch(text), _ => Illegal),
        ("shifts by 32 and more are of RV64", (_, text) => LongShift().IsMatch(text), _ => Illegal),
        ("fence ignores its operands and reserved fields", (word, _) => (word & 0x707F) == 0x000F, _ => "fence"),
        ("fence.i ignores its reserved fields", (word, _) => (word & 0x707F) == 0x100F, _ => "fence.i"),
        ("the core's cache invalidation is not of the standard", (word, _) => (word & 0x01F0_707F) == 0x500F,
            word => $"cache.invalidate ({Name(word >> 15)})"),
        ("scalar AES is not in objdump's default set", (word, _) => (word & 0x3200_707F) == 0x2200_0033, word =>
            $"{new[] { "aes32esi", "aes32esmi", "aes32dsi", "aes32dsmi" }[(word >> 26) & 3]} {Name(word >> 7)}, "
            + $"{Name(word >> 15)}, {Name(word >> 20)}, {word >> 30}"),
    ];

    // Reserved compressed encodings that the core expands all the same (RTL, compressed expansion): what stands for
    // each, computed from the fields by the manual.
    private static readonly (string Name, Func<uint, bool> Applies, Func<uint, string> Expansion)[] Reserved =
    [
        ("c.addi4spn of 0", h => (h & 0xFFE3) == 0 && h != 0, h => $"addi {Prime(h >> 2)}, sp, 0"),
        ("c.addi16sp of 0", h => h == 0x6101, _ => "addi sp, sp, 0"),
        ("c.lui of 0", h => (h & 0xF07F) == 0x6001 && Field(h) != 2, h => $"lui {Name(Field(h))}, 0"),
        ("c.lwsp to x0", h => (h & 0xEF83) == 0x4002,
            h => $"lw zero, {((h >> 2) & 0x1C) | ((h >> 7) & 0x20) | ((h << 4) & 0xC0)}(sp)"),
        ("c.jr of x0", h => h == 0x8002, _ => "jalr zero, 0(zero)"),
        ("c.slli with bit 12", h => (h & 0xF003) == 0x1002, h => Shift("slli", Name(Field(h)), h)),
        ("c.srli with bit 12", h => (h & 0xFC03) == 0x9001, h => Shift("srli", Prime(h >> 7), h)),
        ("c.srai with bit 12", h => (h & 0xFC03) == 0x9401, h => Shift("srai", Prime(h >> 7), h)),
        ("register arithmetic with bit 12", h => (h & 0xFC03) == 0x9C01, h =>
            $"{new[] { "sub", "xor", "or", "and" }[(h >> 5) & 3]} {Prime(h >> 7)}, {Prime(h >> 7)}, {Prime(h >> 2)}"),
    ];

    [Fact]
    public void Every_compressed_encoding_disassembles_as_objdump_says_or_as_a_named_reserved_one()
    {
        uint[] halves = [.. Enumerable.Range(0, 0x1_0000).Select(half => (uint)half).Where(half => (half & 3) != 3)];
        byte[] code = new byte[halves.Length * 2];
        for (int i = 0; i < halves.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(code.AsSpan(i * 2), (ushort)halves[i]);
        }

        string[] expected = Disassemble(code, 2);
        HashSet<string> reservedSeen = [];
        List<string> mistakes = [];
        for (int i = 0; i < halves.Length; i++)
        {
            uint half = halves[i];
            string ours = Normal(Disassembler.Text(half, (uint)i * 2, out int length));
            string theirs = ExpandCompressed(expected[i]);
            string because = "objdump";
            foreach ((string name, Func<uint, bool> applies, Func<uint, string> expansion) in Reserved)
            {
                if (applies(half))
                {
                    theirs = Normal(expansion(half));
                    because = name;
                    reservedSeen.Add(name);
                }
            }

            if (ours != theirs || length != 2)
            {
                mistakes.Add($"0x{half:x4}: ours '{ours}', '{theirs}' by {because}");
            }
        }

        Assert.True(mistakes.Count == 0, Report(mistakes));
        Assert.Equal(Reserved.Length, reservedSeen.Count);
    }

    [Fact]
    public void Full_encodings_disassemble_as_objdump_says_but_for_named_differences()
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        uint[] words = [.. Enumerable.Range(0, RandomWords).Select(_ => NextWord(random))];
        byte[] code = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(i * 4), words[i]);
        }

        string[] expected = Disassemble(code, 4);
        List<string> mistakes = [];
        int legal = 0;
        for (int i = 0; i < words.Length; i++)
        {
            string text = Disassembler.Text(words[i], (uint)i * 4, out int length);
            string ours = Normal(text);
            string theirs = Normal(WithoutOrdering(expected[i]));
            legal += ours == Illegal ? 0 : 1;
            foreach ((_, Func<uint, string, bool> applies, Func<uint, string> expectedOurs) in Differences)
            {
                if (applies(words[i], expected[i]))
                {
                    theirs = Normal(expectedOurs(words[i]));
                }
            }

            if (ours != WithCsrName(theirs, words[i]) || length != 4)
            {
                mistakes.Add($"0x{words[i]:x8}: ours '{text}', objdump '{expected[i]}'");
            }
        }

        Assert.True(mistakes.Count == 0, $"seed {seed}; {Report(mistakes)}");
        Assert.InRange(legal, RandomWords / 4, RandomWords);
    }

    private const string Illegal = "illegal";

    private static string Report(List<string> mistakes) =>
        $"{mistakes.Count} differ:\n{string.Join('\n', mistakes.Take(40))}";

    // Half of the words have the opcode and function of a real instruction, so that operands are compared as well.
    private static uint NextWord(Random random)
    {
        while (true)
        {
            uint word = (uint)random.NextInt64(1L << 32);
            if (random.Next(2) == 0)
            {
                InstructionPattern row = InstructionTable.Full[random.Next(InstructionTable.Full.Length)];
                word = (word & ~row.Mask) | row.Match;
            }

            word |= 3;
            if ((word & 0x1F) != 0x1F) // objdump takes longer encodings together
            {
                return word;
            }
        }
    }

    private static string[] Disassemble(byte[] code, int length)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, code);
            string output = ExternalTool.Run(
                "riscv64-unknown-elf-objdump",
                TimeSpan.FromSeconds(60),
                "-D", "-z", "-b", "binary", "-m", "riscv:rv32", "-M", "no-aliases", path);
            string[] texts = new string[code.Length / length];
            foreach (Match line in Line().Matches(output))
            {
                int address = int.Parse(line.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                texts[address / length] = line.Groups[2].Value.Split(" #")[0].Trim();
            }

            return texts;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string WithoutOrdering(string text) => Ordering().Replace(text, "$1");

    // objdump has names for more CSRs than the core has, and none for the core's own.
    private static string WithCsrName(string text, uint word) =>
        (word & 0x7F) == 0x73 && text.StartsWith("csr", StringComparison.Ordinal)
            ? CsrOperand().Replace(text, $"$1 {Normal(ControlRegisterNames.Name((ushort)(word >> 20)))} $3")
            : text;

    private static string ExpandCompressed(string text)
    {
        if (FloatingPoint().IsMatch(text) || text is "c.unimp" || text.StartsWith('.'))
        {
            return Illegal;
        }

        string[] parts = text.Split(['\t', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        string first = parts.ElementAtOrDefault(1) ?? string.Empty;
        string second = parts.ElementAtOrDefault(2) ?? string.Empty;
        string third = parts.ElementAtOrDefault(3) ?? string.Empty;
        string mnemonic = parts[0][2..];
        return Normal(mnemonic switch
        {
            "nop" => $"addi zero, zero, {(first.Length == 0 ? "0" : first)}",
            "addi4spn" => $"addi {first}, sp, {third}",
            "addi16sp" => $"addi sp, sp, {second}",
            "li" => $"addi {first}, zero, {second}",
            "lui" => $"lui {first}, {second}",
            "mv" => $"add {first}, zero, {second}",
            "addi" or "slli" or "srli" or "srai" or "andi" or "add" or "sub" or "xor" or "or" or "and" =>
                $"{mnemonic} {first}, {first}, {second}",
            "slli64" or "srli64" or "srai64" => $"{mnemonic[..4]} {first}, {first}, 0",
            "lw" or "sw" => $"{mnemonic} {first}, {second}({third})",
            "lwsp" or "swsp" => $"{mnemonic[..2]} {first}, {second}(sp)",
            "j" => $"jal zero, {first}",
            "jal" => $"jal ra, {first}",
            "jr" => $"jalr zero, 0({first})",
            "jalr" => $"jalr ra, 0({first})",
            "beqz" => $"beq {first}, zero, {second}",
            "bnez" => $"bne {first}, zero, {second}",
            "ebreak" => "ebreak",
            _ => throw new InvalidOperationException($"objdump says '{text}'."),
        });
    }

    // One form for both: words and numbers only, numbers in decimal, everything illegal under one name.
    private static string Normal(string text) =>
        text.StartsWith('.') || text == Illegal
            ? Illegal
            : Number().Replace(
                string.Join(' ', text.Split(['\t', ' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries)),
                number => Convert.ToUInt32(number.Value, 16).ToString(CultureInfo.InvariantCulture));

    private static string Name(uint register) => Disassembler.RegisterName((int)(register & 31));

    private static string Prime(uint field) => Name((field & 7) + 8);

    private static uint Field(uint half) => (half >> 7) & 31;

    private static string Shift(string mnemonic, string register, uint half) =>
        $"{mnemonic} {register}, {register}, {(half >> 2) & 31}";

    [GeneratedRegex(@"^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^s(ll|rl|ra)i\t\w+,\w+,0x[23][0-9a-f]$")]
    private static partial Regex LongShift();

    [GeneratedRegex(@"^(c\.)?f(?!ence)")]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"^((?:lr|sc|amo\w+)\.w)(?:\.aqrl|\.aq|\.rl)")]
    private static partial Regex Ordering();

    [GeneratedRegex(@"^(csr\w+ \w+) (\S+) (\S+)$")]
    private static partial Regex CsrOperand();

    [GeneratedRegex(@"\b0x[0-9a-f]+\b")]
    private static partial Regex Number();
}
