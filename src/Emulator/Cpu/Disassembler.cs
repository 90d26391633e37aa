// Writes an instruction as assembly text, from the same table that decodes it.

using System.Globalization;
using System.Text;

namespace XousCloud.Emulator.Cpu;

/// <summary>Turns encodings into text.</summary>
public static class Disassembler
{
    private static readonly string[] RegisterNames =
    [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];

    private static readonly Dictionary<Operation, string> Forms =
        InstructionTable.Full.ToDictionary(row => row.Operation, row => row.Assembly);

    /// <summary>The ABI name of a register.</summary>
    public static string RegisterName(int number) => RegisterNames[number];

    /// <summary>One instruction as text.</summary>
    /// <param name="encoding">The bits; a compressed instruction in the lower half.</param>
    /// <param name="address">Where it stands, for branch targets.</param>
    /// <param name="length">Its length in bytes.</param>
    public static string Text(uint encoding, uint address, out int length)
    {
        Instruction instruction = Decoder.DecodeUncached(Decoder.IsFull(encoding) ? encoding : encoding & 0xFFFF);
        length = instruction.Length;
        if (!Forms.TryGetValue(instruction.Operation, out string? form))
        {
            return length == 4 ? $".word 0x{encoding:x8}" : $".half 0x{encoding & 0xFFFF:x4}";
        }

        StringBuilder text = new();
        foreach (string part in Parts(form))
        {
            text.Append(Operand(part, instruction, address));
        }

        return text.ToString();
    }

    private static string Operand(string part, Instruction instruction, uint address) => part switch
    {
        "rd" => RegisterNames[instruction.Rd],
        "rs1" => RegisterNames[instruction.Rs1],
        "rs2" => RegisterNames[instruction.Rs2],
        "shamt" => instruction.Rs2.ToString(CultureInfo.InvariantCulture),
        "zimm" => instruction.Rs1.ToString(CultureInfo.InvariantCulture),
        "imm" when instruction.Operation is Operation.Lui or Operation.Auipc => $"0x{(uint)instruction.Immediate >> 12:x}",
        "imm" or "bs" => instruction.Immediate.ToString(CultureInfo.InvariantCulture),
        "csr" => ControlRegisterNames.Name((ushort)instruction.Immediate),
        "target" => $"0x{address + (uint)instruction.Immediate:x}",
        _ => part,
    };

    private static IEnumerable<string> Parts(string form)
    {
        int mnemonicEnd = form.IndexOf(' ', StringComparison.Ordinal);
        if (mnemonicEnd < 0)
        {
            yield return form;
            yield break;
        }

        yield return form[..mnemonicEnd];
        int start = mnemonicEnd;
        for (int i = mnemonicEnd; i <= form.Length; i++)
        {
            bool boundary = i == form.Length || form[i] is ' ' or ',' or '(' or ')';
            if (boundary)
            {
                yield return form[start..i];
                if (i < form.Length)
                {
                    yield return form[i].ToString();
                }

                start = i + 1;
            }
        }
    }
}
