// What objdump reads in an image's code, each instruction in one canonical form whether it is short or not.

using System.Globalization;
using System.Text.RegularExpressions;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Link;

namespace XousCloud.Compiler.Tests.Link;

/// <summary>One instruction: the operands have numbered registers and decimal numbers, targets are absolute.</summary>
internal sealed record DisassembledInstruction(uint Address, int Size, string Text);

internal static partial class Disassembly
{
    public static List<DisassembledInstruction> Of(LinkedImage image)
    {
        string output = BinaryTools.Read("objdump", image.ToElf(), "-d", "-M", "numeric,no-aliases", "-j", ".text");
        List<DisassembledInstruction> code = [];
        foreach (Match match in Line().Matches(output))
        {
            string bytes = match.Groups["bytes"].Value.Replace(" ", "", StringComparison.Ordinal);
            uint address = uint.Parse(match.Groups["address"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            string operands = Comment().Replace(match.Groups["operands"].Value, "").Trim();
            code.Add(new(address, bytes.Length / 2, Canonical(match.Groups["name"].Value, operands)));
        }

        return code;
    }

    /// <summary>The canonical form of an instruction whose numbers are final; targets of branches and jumps are absolute.</summary>
    public static string Of(in MachineInstruction instruction, uint address)
    {
        string text = AssemblerText.Of(instruction).Replace(" ", "", StringComparison.Ordinal);
        string name = text[..NameLength(instruction)];
        string operands = text[name.Length..];
        if (instruction.Op == MachineOp.Jal || instruction.Op is >= MachineOp.Beq and <= MachineOp.Bgeu)
        {
            uint target = address + (uint)instruction.Imm;
            operands = $"{operands[..operands.LastIndexOf(',')]},{target:x}";
        }

        return Canonical(name, operands);
    }

    private static int NameLength(in MachineInstruction instruction) => AssemblerText.Of(instruction).IndexOf(' ', StringComparison.Ordinal);

    private static string Canonical(string name, string operands)
    {
        string[] parts = operands.Split(',', '(', ')').Where(part => part.Length > 0).Select(Number).ToArray();
        bool isTarget = name is "jal" or "c.j" or "c.jal" or "c.beqz" or "c.bnez" || Branch().IsMatch(name);
        if (isTarget)
        {
            parts[^1] = "@" + operands[(operands.LastIndexOf(',') + 1)..];
        }

        return (name, parts) switch
        {
            ("c.nop", _) => "addi x0 x0 0",
            ("c.li", [var rd, var imm]) => $"addi {rd} x0 {imm}",
            ("c.addi" or "c.andi" or "c.slli" or "c.srli" or "c.srai", [var rd, var imm]) => $"{name[2..]} {rd} {rd} {imm}",
            ("c.addi16sp" or "c.addi4spn", [var rd, .., var imm]) => $"addi {rd} x2 {imm}",
            ("c.lui", [var rd, var imm]) => $"lui {rd} {imm}",
            ("c.mv", [var rd, var rs]) => $"mv {rd} {rs}",
            ("addi", [var rd, var rs, "0"]) when rs != "x0" => $"mv {rd} {rs}",
            ("add", [var rd, var rs, "x0"]) when rs != "x0" => $"mv {rd} {rs}",
            ("add", [var rd, "x0", var rs]) when rs != "x0" => $"mv {rd} {rs}",
            ("c.add" or "c.sub" or "c.and" or "c.or" or "c.xor", [var rd, var rs]) => Sorted(name[2..], rd, rd, rs),
            ("add" or "and" or "or" or "xor", [var rd, var rs1, var rs2]) => Sorted(name, rd, rs1, rs2),
            ("c.lw" or "c.sw" or "c.lwsp" or "c.swsp", [var register, var imm, var rs1]) => $"{name[2..4]} {register} {imm} {rs1}",
            ("lui", ["x0" or _, "0"]) => $"addi {parts[0]} x0 0",
            ("c.j", [var target]) => $"jal x0 {target}",
            ("c.jal", [var target]) => $"jal x1 {target}",
            ("c.jr", [var rs1]) => $"jalr x0 0 {rs1}",
            ("c.jalr", [var rs1]) => $"jalr x1 0 {rs1}",
            ("c.beqz" or "c.bnez", [var rs1, var target]) => $"{name[2..5]} x0 {rs1} {target}",
            ("beq" or "bne", [var rs1, var rs2, var target]) when string.CompareOrdinal(rs1, rs2) > 0 => $"{name} {rs2} {rs1} {target}",
            _ => string.Join(' ', parts.Prepend(name)),
        };
    }

    private static string Sorted(string name, string rd, string rs1, string rs2) =>
        name != "sub" && string.CompareOrdinal(rs1, rs2) > 0 ? $"{name} {rd} {rs2} {rs1}" : $"{name} {rd} {rs1} {rs2}";

    private static string Number(string part) => part.StartsWith("0x", StringComparison.Ordinal)
        ? int.Parse(part.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
        : part;

    [GeneratedRegex(@"^ *(?<address>[0-9a-f]+):\t(?<bytes>[0-9a-f ]+?) *\t(?<name>[^\t\n]+)(?:\t(?<operands>[^\n]*))?$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"( <[^\n]*>)?( *#[^\n]*)?$")]
    private static partial Regex Comment();

    [GeneratedRegex("^b(eq|ne|ltu?|geu?)$")]
    private static partial Regex Branch();
}
