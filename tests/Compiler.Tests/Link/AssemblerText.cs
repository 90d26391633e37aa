// Machine instructions as assembler source, written from the manual independently of the encoder.

using System.Globalization;
using XousCloud.Compiler.Backend;

namespace XousCloud.Compiler.Tests.Link;

internal static class AssemblerText
{
    /// <summary>One instruction without aliases. Branches and jumps go to a distance from the instruction itself.</summary>
    public static string Of(in MachineInstruction instruction)
    {
        string name = Name(instruction.Op);
        string rd = $"x{instruction.Rd}";
        string rs1 = $"x{instruction.Rs1}";
        string rs2 = $"x{instruction.Rs2}";
        string imm = instruction.Imm.ToString(CultureInfo.InvariantCulture);
        string distance = instruction.Imm < 0 ? imm : "+" + imm;
        return instruction.Op switch
        {
            MachineOp.Lui => $"{name} {rd}, {imm}",
            MachineOp.Jal => $"{name} {rd}, .{distance}",
            MachineOp.Jalr => $"{name} {rd}, {imm}({rs1})",
            >= MachineOp.Beq and <= MachineOp.Bgeu => $"{name} {rs1}, {rs2}, .{distance}",
            >= MachineOp.Lb and <= MachineOp.Lhu => $"{name} {rd}, {imm}({rs1})",
            >= MachineOp.Sb and <= MachineOp.Sw => $"{name} {rs2}, {imm}({rs1})",
            >= MachineOp.Addi and <= MachineOp.Srai => $"{name} {rd}, {rs1}, {imm}",
            >= MachineOp.Csrrw and <= MachineOp.Csrrc => $"{name} {rd}, {imm}, {rs1}",
            >= MachineOp.Csrrwi and <= MachineOp.Csrrci => $"{name} {rd}, {imm}, {instruction.Rs1}",
            MachineOp.LrW => $"{name} {rd}, ({rs1})",
            >= MachineOp.ScW and <= MachineOp.AmomaxuW => $"{name} {rd}, {rs2}, ({rs1})",
            MachineOp.SfenceVma => $"{name} {rs1}, {rs2}",
            MachineOp.Raw => string.Create(CultureInfo.InvariantCulture, $".word {(uint)instruction.Imm}"),
            _ => $"{name} {rd}, {rs1}, {rs2}",
        };
    }

    /// <summary>
    /// One instruction as the assembler is to make it short where it can. Where it does not by itself (jumps, operands
    /// the other way round, a move or a zero in disguise) the short form is named, by the manual's conditions.
    /// </summary>
    public static string ShortOf(in MachineInstruction instruction)
    {
        (int rd, int rs1, int rs2, int imm) = (instruction.Rd, instruction.Rs1, instruction.Rs2, instruction.Imm);
        int tested = Math.Max(rs1, rs2);
        string distance = imm < 0 ? $".{imm}" : $".+{imm}";
        switch (instruction.Op)
        {
            case MachineOp.Lui when imm == 0 && rd != 0:
                return $"c.li x{rd}, 0";
            case MachineOp.Add when rs2 == 0 && rs1 != 0 && rd != 0:
                return $"c.mv x{rd}, x{rs1}";
            case MachineOp.Beq or MachineOp.Bne
                when Math.Min(rs1, rs2) == 0 && tested is >= 8 and <= 15 && imm is >= -256 and <= 254:
                return $"c.{Name(instruction.Op)}z x{tested}, {distance}";
            case MachineOp.Jal when rd == 0 && imm is >= -2048 and <= 2046:
                return $"c.j {distance}";
            case MachineOp.Jal when rd == 1 && imm is >= -2048 and <= 2046:
                return $"c.jal {distance}";
            case MachineOp.Jalr when rd is 0 or 1 && rs1 != 0 && imm == 0:
                return rd == 0 ? $"c.jr x{rs1}" : $"c.jalr x{rs1}";
            case MachineOp.Jal or (>= MachineOp.Beq and <= MachineOp.Bgeu):
                return $".option norvc\n{Of(instruction)}\n.option rvc";
            default:
                return Of(instruction);
        }
    }

    private static string Name(MachineOp op) => op switch
    {
        MachineOp.LrW => "lr.w.aqrl",
        MachineOp.ScW => "sc.w.rl",
        >= MachineOp.AmoswapW and <= MachineOp.AmomaxuW => op.ToString().ToLowerInvariant()[..^1] + ".w.aqrl",
        MachineOp.SfenceVma => "sfence.vma",
        _ => op.ToString().ToLowerInvariant(),
    };
}
