// A function's machine code as assembler text: what --emit-asm prints, and what GNU as takes.

using System.Globalization;
using System.Text;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

public static class Listing
{
    /// <summary>The function with its labels; positions stand in comments where they change.</summary>
    public static string Of(MachineFunction function)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Quoted(function.Symbol)}:");
        if (function.FrameSize > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    # frame of {function.FrameSize} bytes");
        }

        text.Append('\n');
        if (function.Naked is { } naked)
        {
            foreach (uint word in naked.Words)
            {
                text.Append(CultureInfo.InvariantCulture, $"    .word 0x{word:x8}\n");
            }

            return text.ToString();
        }

        ILookup<int, int> labels = Enumerable.Range(0, function.Labels.Count).ToLookup(label => function.Labels[label]);
        SourcePosition? position = null;
        for (int i = 0; i <= function.Code.Count; i++)
        {
            foreach (int label in labels[i])
            {
                text.Append(CultureInfo.InvariantCulture, $"{Label(function, label)}:\n");
            }

            if (i == function.Code.Count)
            {
                break;
            }

            MachineInstruction instruction = function.Code[i];
            text.Append("    ").Append(Text(function, instruction));
            if (instruction.Position is { } at && at != position)
            {
                position = at;
                text.Append(CultureInfo.InvariantCulture, $"    # {at}");
            }

            text.Append('\n');
        }

        foreach (JumpTable table in function.JumpTables)
        {
            text.Append("    .section .rodata\n    .balign 4\n").Append(Quoted(table.Symbol)).Append(":\n");
            foreach (int label in table.Labels)
            {
                text.Append(CultureInfo.InvariantCulture, $"    .word {Label(function, label)}\n");
            }

            text.Append("    .text\n");
        }

        return text.ToString();
    }

    /// <summary>One instruction as assembler text.</summary>
    public static string Text(MachineFunction function, MachineInstruction instruction)
    {
        string name = Mnemonic(instruction.Op);
        string rd = Registers.Name(instruction.Rd);
        string rs1 = Registers.Name(instruction.Rs1);
        string rs2 = Registers.Name(instruction.Rs2);
        string imm = Immediate(instruction);
        return instruction.Op switch
        {
            MachineOp.Lui => $"lui {rd}, {imm}",
            MachineOp.Addi when instruction.Rs1 == 0 => $"li {rd}, {imm}",
            MachineOp.Addi when instruction.Imm == 0 && instruction.Part == AddressPart.None => $"mv {rd}, {rs1}",
            >= MachineOp.Addi and <= MachineOp.Srai => $"{name} {rd}, {rs1}, {imm}",
            >= MachineOp.Add and <= MachineOp.Remu => $"{name} {rd}, {rs1}, {rs2}",
            >= MachineOp.Lb and <= MachineOp.Lhu => $"{name} {rd}, {imm}({rs1})",
            >= MachineOp.Sb and <= MachineOp.Sw => $"{name} {rs2}, {imm}({rs1})",
            >= MachineOp.Beq and <= MachineOp.Bgeu => $"{name} {rs1}, {rs2}, {Label(function, instruction.Label)}",
            MachineOp.Jal => (instruction.Rd == 0 ? "j " : "call ")
                + (instruction.Label >= 0 ? Label(function, instruction.Label) : Quoted(instruction.Symbol!)),
            MachineOp.Jalr when instruction is { Rd: 0, Rs1: Registers.Ra, Imm: 0 } => "ret",
            MachineOp.Jalr => $"jalr {rd}, {imm}({rs1})",
            >= MachineOp.Csrrw and <= MachineOp.Csrrc => $"{name} {rd}, {imm}, {rs1}",
            >= MachineOp.Csrrwi and <= MachineOp.Csrrci => $"{name} {rd}, {imm}, {instruction.Rs1}",
            MachineOp.LrW => $"lr.w.aqrl {rd}, ({rs1})",
            MachineOp.ScW => $"sc.w.aqrl {rd}, {rs2}, ({rs1})",
            >= MachineOp.AmoswapW and <= MachineOp.AmomaxuW => $"{name} {rd}, {rs2}, ({rs1})",
            MachineOp.SfenceVma => $"sfence.vma {rs1}, {rs2}",
            _ => $".word 0x{instruction.Imm:x8}",
        };
    }

    private static string Mnemonic(MachineOp op)
    {
        string name = op.ToString();
        return op is >= MachineOp.AmoswapW and <= MachineOp.AmomaxuW
            ? Lower(name[..^1]) + ".w.aqrl"
            : op == MachineOp.SfenceVma ? "sfence.vma" : Lower(name);
    }

    private static string Lower(string name)
    {
        StringBuilder lower = new(name.Length);
        foreach (char letter in name)
        {
            lower.Append(char.ToLowerInvariant(letter));
        }

        return lower.ToString();
    }

    private static string Immediate(MachineInstruction instruction) => instruction.Part switch
    {
        AddressPart.High => $"%hi({Quoted(instruction.Symbol!)}{Addend(instruction.Imm)})",
        AddressPart.Low => $"%lo({Quoted(instruction.Symbol!)}{Addend(instruction.Imm)})",
        _ => instruction.Imm.ToString(CultureInfo.InvariantCulture),
    };

    private static string Addend(int number) => number == 0 ? "" : number.ToString("+0;-0", CultureInfo.InvariantCulture);

    private static string Quoted(Symbol symbol) => $"\"{symbol.Name}\"";

    private static string Label(MachineFunction function, int label) => $"\".L{function.Symbol.Name}.{label}\"";
}
