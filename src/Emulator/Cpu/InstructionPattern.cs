// One row of the instruction table, parsed from its text at start-up: which bits are fixed, and from which bits
// the operands are gathered.

using System.Globalization;

namespace XousCloud.Emulator.Cpu;

/// <summary>A row of the instruction set.</summary>
internal sealed class InstructionPattern
{
    private const uint EbreakWord = 0x0010_0073;

    private readonly List<BitMove> immediate = [];
    private readonly Dictionary<string, (int Shift, int Width)> fields = [];
    private readonly string[] operands;
    private readonly bool signed;
    private readonly string? nonzeroField;
    private readonly int signBit;

    /// <summary>A row for a 32-bit encoding.</summary>
    public InstructionPattern(Operation operation, string encoding, string assembly)
    {
        Operation = operation;
        Assembly = assembly;
        Length = 4;
        signed = true;
        (operands, nonzeroField, signBit) = Parse(encoding, assembly, 32);
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
        string[] names;
        (names, nonzeroField, signBit) = Parse(encoding, expansion, 16);

        // Each operand of the expansion stands where the full instruction's form has one of its own.
        operands = names;
        Roles = full.operands;
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

    // What each operand is in the full instruction, when this row is a compressed one.
    private string[]? Roles { get; }

    /// <summary>Decodes an encoding, if this row is the one that it matches.</summary>
    public bool TryDecode(uint encoding, out Instruction instruction)
    {
        instruction = default;
        if ((encoding & Mask) != Match)
        {
            return false;
        }

        if (nonzeroField is not null && Field(nonzeroField, encoding) == 0)
        {
            return false;
        }

        int immediateValue = GatherImmediate(encoding);
        byte rd = 0, rs1 = 0, rs2 = 0;
        for (int i = 0; i < operands.Length; i++)
        {
            string role = (Roles ?? operands)[i];
            uint value = operands[i][0] == 'x' ? uint.Parse(operands[i].AsSpan(1), CultureInfo.InvariantCulture) : 0;
            if (fields.ContainsKey(operands[i]))
            {
                value = Field(operands[i], encoding);
            }

            switch (role)
            {
                case "rd":
                    rd = (byte)value;
                    break;
                case "rs1" or "zimm":
                    rs1 = (byte)value;
                    break;
                case "rs2" or "shamt":
                    rs2 = (byte)value;
                    break;
                case "csr" or "bs":
                    immediateValue = (int)value;
                    break;
                default:
                    break;
            }
        }

        uint word = Operation == Operation.Ebreak ? EbreakWord : encoding;
        instruction = new Instruction(Operation, rd, rs1, rs2, Length, immediateValue, word);
        return true;
    }

    private uint Field(string name, uint encoding)
    {
        (int shift, int width) = fields[name];
        uint value = (encoding >> shift) & ((1u << width) - 1);
        return name.EndsWith('\'') ? value + 8 : value;
    }

    private int GatherImmediate(uint encoding)
    {
        uint value = 0;
        foreach (BitMove move in immediate)
        {
            value |= ((encoding >> move.From) & ((1u << move.Width) - 1)) << move.To;
        }

        return signed && immediate.Count > 0 ? (int)(value << (31 - signBit)) >> (31 - signBit) : (int)value;
    }

    private (string[] Operands, string? NonzeroField, int SignBit) Parse(string encoding, string assembly, int bits)
    {
        string? excluded = null;
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
                    immediate.Add(new BitMove(position, low, high - low + 1));
                    highest = Math.Max(highest, high);
                }
            }
            else
            {
                string name = token.Split('≠')[0];
                excluded = token.EndsWith("≠0", StringComparison.Ordinal) ? name : excluded;
                position -= WidthOf(name);
                fields[name] = (position, WidthOf(name));
            }
        }

        if (position != 0)
        {
            throw new InvalidOperationException($"The row '{encoding}' does not describe {bits} bits.");
        }

        string[] names = assembly.Split([' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries)[1..];
        return (names, excluded, highest);
    }

    private static int WidthOf(string field) => field switch
    {
        "csr" => 12,
        "bs" => 2,
        _ when field.EndsWith('\'') => 3,
        _ => 5,
    };

    private readonly record struct BitMove(int From, int To, int Width);
}
