// The contract between the code generator and the linker: RV32 instructions with physical registers, local labels and
// symbols, before sizes and addresses are known. The linker compresses, relaxes, lays out and encodes.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

/// <summary>
/// RV32IMA mnemonics. Operands: R-type rd, rs1, rs2; I-type, loads and jalr rd, rs1, imm; stores rs2 to imm(rs1);
/// branches rs1, rs2, Label; lui's Imm is the upper 20 bits as a number from 0 to 0xFFFFF.
/// </summary>
public enum MachineOp : byte
{
    Lui, Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai,
    Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
    Mul, Mulh, Mulhsu, Mulhu, Div, Divu, Rem, Remu,
    Lb, Lh, Lw, Lbu, Lhu, Sb, Sh, Sw,
    Beq, Bne, Blt, Bge, Bltu, Bgeu,

    /// <summary>A direct jump (rd = x0) or call (rd = ra): to Label inside the function if it is 0 or more, else to Symbol.</summary>
    Jal,
    Jalr,
    Csrrw, Csrrs, Csrrc, Csrrwi, Csrrsi, Csrrci,
    LrW, ScW,
    AmoswapW, AmoaddW, AmoandW, AmoorW, AmoxorW, AmominW, AmomaxW, AmominuW, AmomaxuW,
    SfenceVma,

    /// <summary>The instruction word Imm as it is; never compressed.</summary>
    Raw,

    /// <summary>
    /// Not an instruction: the 32-bit distance of Label from the start of this function's jump table entry's table; see
    /// <see cref="MachineFunction.JumpTables"/>.
    /// </summary>
    Nop,
}

/// <summary>Which part of Symbol + Imm an instruction's immediate is.</summary>
public enum AddressPart : byte
{
    /// <summary>The immediate is a plain number.</summary>
    None,

    /// <summary>Lui: the upper 20 bits, rounded so that the signed low part completes it.</summary>
    High,

    /// <summary>
    /// Addi, a load or a store: the low 12 bits, on a base register that holds the High part of the same Symbol (of any
    /// addend within the same symbol: the linker keeps one High valid for several Lows only when <see cref="MachineInstruction.Imm"/> says the same page;
    /// the back end uses a Low with exactly the Imm of its High).
    /// </summary>
    Low,
}

/// <summary>One instruction.</summary>
public struct MachineInstruction
{
    public MachineOp Op;
    public byte Rd;
    public byte Rs1;
    public byte Rs2;
    public AddressPart Part;

    /// <summary>The immediate, the CSR's number (csrr*: with Rs1 as zimm for the immediate forms), or the addend of Symbol.</summary>
    public int Imm;

    /// <summary>The block that a branch or a local jump leads to: an index into <see cref="MachineFunction.Labels"/>; -1 for none.</summary>
    public int Label;

    /// <summary>The target of a call, or of a High or Low part.</summary>
    public Symbol? Symbol;

    public SourcePosition? Position;

    /// <summary>For a call of a panic stub: what goes into the panic table beside the position.</summary>
    public bool IsPanicSite;
}

/// <summary>The words at <see cref="Symbol"/> are the addresses of <see cref="Labels"/>, read-only.</summary>
public sealed record JumpTable(DataSymbol Symbol, IReadOnlyList<int> Labels);

/// <summary>One function's code before the link.</summary>
public sealed class MachineFunction(FunctionSymbol symbol)
{
    public FunctionSymbol Symbol { get; } = symbol;

    public List<MachineInstruction> Code { get; } = [];

    /// <summary>For each label the index in <see cref="Code"/> of the instruction that it stands before.</summary>
    public List<int> Labels { get; } = [];

    public List<JumpTable> JumpTables { get; } = [];

    /// <summary>How the frame is unwound: rules that hold from an instruction on, in order. Empty: CFA = sp, ra in ra.</summary>
    public List<FrameRule> FrameRules { get; } = [];

    /// <summary>Bytes of stack that the function itself takes.</summary>
    public int FrameSize { get; set; }

    public NakedCode? Naked { get; set; }

    public SourcePosition? Position { get; set; }
}

/// <summary>From instruction <paramref name="Index"/> on, the CFA is sp + CfaOffset, and registers are saved at CFA + offset.</summary>
public sealed record FrameRule(int Index, int CfaOffset, IReadOnlyList<(byte Register, int Offset)> Saved);
