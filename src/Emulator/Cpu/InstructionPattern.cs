// One row of the instruction table, parsed from its text at start-up: which bits are fixed, and from which bits
// the operands are gathered.

using System.Globalization;

namespace XousCloud.Emulator.Cpu;

/// <summary>A row of the instruction set.</summary>
internal sealed class InstructionPattern
{
    private const uint EbreakWord = 0x0010_0073;

    private readonly BitMove[] immediate;
    private readonly string[] operands;
    private readonly bool signed;
    private readonly int signBit;

    // Bits of which one at least must be set.
    private readonly uint nonzero;

    // Where the operands come from.
    private readonly Source rd;
    private readonly Source rs1;
    private readonly Source rs2;
    private readonly Source? number;

    /// <summary>A row for a 32-bit encoding.</summary>
    public InstructionPattern(Operation operation, string encoding, string assembly)
    {
        Operation = operation;
        Assembly = assembly;
        Length = 4;
        signed = true;
        Parsed parsed = Parse(encoding, assembly, 32);
        (operands, immediate, signBit, nonzero) = (parsed.Operands, parsed.Immediate, parsed.SignBit, parsed.Nonzero);
        (rd, rs1, rs2, number) = Sources(parsed, operands);
    }

    /// <summary>A row for a 16-bit encoding, given with the full instruction that it expands to.</summary>
    public InstructionPattern(string encoding, string expansion)
    {
        string mnemonic = expansion.Split(' ')[0];
        InstructionPattern full = InstructionTable.Full.First(row => row.Mnemonic == mnemonic);
        Operation = full.Operation;
        Assembly = full.Assembly;
        Length = 2;
        signed = encoding.Contains("simm", StringComparison.Ordinal);
        Parsed parsed = Parse(encoding, expansion, 16);
        (operands, immediate, signBit, nonzero) = (parsed.Operands, parsed.Immediate, parsed.SignBit, parsed.Nonzero);

        // Each operand of the expansion stands where the full instruction's form has one of its own.
        (rd, rs1, rs2, number) = Sources(parsed, full.operands);
    }

    public Operation Operation { get; }

    public byte Length { get; }

    /// <summary>The assembly form of the (expanded) instruction.</summary>
    public string Assembly { get; }

    public string Mnemonic => Assembly.Split(' ')[0];

    /// <summary>The bits that are fixed.</summary>
    public uint Mask { get; private set; }

    /// <summary>What the fixed bits are.</summary>
    public uint Match { get; private set; }

    /// <summary>Decodes an encoding, if this row is the one that it matches.</summary>
    public bool TryDecode(uint encoding, out Instruction instruction)
    {
        instruction = default;
        if ((encoding & Mask) != Match)
        {
            return false;
        }

        if (nonzero != 0 && (encoding & nonzero) == 0)
        {
            return false;
        }

        instruction = new Instruction(
            Operation,
            (byte)rd.From(encoding),
            (byte)rs1.From(encoding),
            (byte)rs2.From(encoding),
            Length,
            number is { } source ? (int)source.From(encoding) : GatherImmediate(encoding),
            Operation == Operation.Ebreak ? EbreakWord : encoding);
        return true;
    }

    private int GatherImmediate(uint encoding)
    {
        uint value = 0;
        foreach (BitMove move in immediate)
        {
            value |= ((encoding >> move.From) & ((1u << move.Width) - 1)) << move.To;
        }

        return signed && immediate.Length > 0 ? (int)(value << (31 - signBit)) >> (31 - signBit) : (int)value;
    }

    // The fields of the instruction by the names that its (expanded) form has for them.
    private static (Source Rd, Source Rs1, Source Rs2, Source? Number) Sources(Parsed parsed, string[] roles)
    {
        (Source rd, Source rs1, Source rs2, Source? number) = (Source.None, Source.None, Source.None, null);
        for (int i = 0; i < roles.Length; i++)
        {
            string operand = parsed.Operands[i];
            Source source = parsed.Fields.TryGetValue(operand, out Source? field) ? field
                : operand[0] == 'x' ? new Source(0, 0, uint.Parse(operand.AsSpan(1), CultureInfo.InvariantCulture))
                : Source.None;
            switch (roles[i])
            {
                case "rd":
                    rd = source;
                    break;
                case "rs1" or "zimm":
                    rs1 = source;
                    break;
                case "rs2" or "shamt":
                    rs2 = source;
                    break;
                case "csr" or "bs":
                    number = source;
                    break;
                default:
                    break;
            }
        }

        return (rd, rs1, rs2, number);
    }

    private Parsed Parse(string encoding, string assembly, int bits)
    {
        List<BitMove> moves = [];
        Dictionary<string, Source> fields = [];
        uint excluded = 0;
        int highest = 0;
        int position = bits;
        foreach (string token in encoding.Split(' '))
        {
            if (token[0] is '0' or '1' or '_')
            {
                foreach (char bit in token)
                {
                    position--;
                    Mask |= bit == '_' ? 0 : 1u << position;
                    Match |= bit == '1' ? 1u << position : 0;
                }
            }
            else if (token.IndexOf('[', StringComparison.Ordinal) is > 0 and int bracket)
            {
                foreach (string part in token[(bracket + 1)..^1].Split('|'))
                {
                    string[] ends = part.Split(':');
                    int high = int.Parse(ends[0], CultureInfo.InvariantCulture);
                    int low = int.Parse(ends[^1], CultureInfo.InvariantCulture);
                    position -= high - low + 1;
                    moves.Add(new BitMove(position, low, high - low + 1));
                    highest = Math.Max(highest, high);
                }
            }
            else
            {
                string name = token.Split('≠')[0];
                position -= WidthOf(name);
                uint mask = (1u << WidthOf(name)) - 1;
                fields[name] = new Source(position, mask, name.EndsWith('\'') ? 8u : 0); // three bits name x8 to x15
                excluded |= token.EndsWith("≠0", StringComparison.Ordinal) ? mask << position : 0;
            }
        }

        if (position != 0)
        {
            throw new InvalidOperationException($"The row '{encoding}' does not describe {bits} bits.");
        }

        string[] names = assembly.Split([' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries)[1..];
        return new Parsed(names, fields, [.. moves], highest, excluded);
    }

    private static int WidthOf(string field) => field switch
    {
        "csr" => 12,
        "bs" => 2,
        _ when field.EndsWith('\'') => 3,
        _ => 5,
    };

    private sealed record BitMove(int From, int To, int Width);

    // A field of the encoding, to which something is added.
    private sealed record Source(int Shift, uint Mask, uint Added)
    {
        public static Source None { get; } = new(0, 0, 0);

        public uint From(uint encoding) => ((encoding >> Shift) & Mask) + Added;
    }

    private sealed record Parsed(
        string[] Operands, Dictionary<string, Source> Fields, BitMove[] Immediate, int SignBit, uint Nonzero);
}
