// The operations that the core executes: RV32IMA, Zicsr, Zifencei, the scalar AES instructions and the
// privileged ones. A compressed instruction is the operation that it expands to, with length 2.

namespace XousCloud.Emulator.Cpu;

/// <summary>What an instruction does.</summary>
public enum Operation : byte
{
    /// <summary>No row of the table matches.</summary>
    Illegal,

    Lui, Auipc, Jal, Jalr,
    Beq, Bne, Blt, Bge, Bltu, Bgeu,
    Lb, Lh, Lw, Lbu, Lhu, Sb, Sh, Sw,
    Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai,
    Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
    Mul, Mulh, Mulhsu, Mulhu, Div, Divu, Rem, Remu,
    LrW, ScW, AmoswapW, AmoaddW, AmoxorW, AmoandW, AmoorW, AmominW, AmomaxW, AmominuW, AmomaxuW,
    Aes32esi, Aes32esmi, Aes32dsi, Aes32dsmi,
    Csrrw, Csrrs, Csrrc, Csrrwi, Csrrsi, Csrrci,
    Fence, FenceI, CacheInvalidate,
    Ecall, Ebreak, Mret, Sret, Wfi, SfenceVma,
}
