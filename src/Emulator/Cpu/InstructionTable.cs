// The instruction set as one table whose rows read like the manual: the encoding with its fields from bit 31
// (or 15) down to bit 0, and the assembly form. The decoder, the disassembler, the stepper and the threaded
// interpreter all stand on it. The first row that matches decides.
//
// Fields: literal bits; rd, rs1, rs2 (5 bits), rd', rs1', rs2' (3 bits, x8 to x15); imm[…] and, sign-extended,
// simm[…] with the manual's bit lists; shamt, csr, zimm, bs, and _ for a bit that does not matter. "≠0" after a
// register field excludes x0. A compressed row names the full instruction that it expands to.
//
// The core expands compressed encodings that the manual reserves as if they were not reserved: zero immediates
// (but for the half-word of zeros), c.lwsp to x0, c.jr of x0, and bit 12 of shifts and of register arithmetic.
// Facts: RISC-V unprivileged and privileged manuals, scalar cryptography manual, VexRiscv's custom cache operation;
// RTL, compressed expansion.

namespace XousCloud.Emulator.Cpu;

/// <summary>The rows of the instruction set.</summary>
internal static class InstructionTable
{
    public static readonly InstructionPattern[] Full =
    [
        new(Operation.Lui, "imm[31:12] rd 0110111", "lui rd, imm"),
        new(Operation.Auipc, "imm[31:12] rd 0010111", "auipc rd, imm"),
        new(Operation.Jal, "imm[20|10:1|11|19:12] rd 1101111", "jal rd, target"),
        new(Operation.Jalr, "imm[11:0] rs1 000 rd 1100111", "jalr rd, imm(rs1)"),
        new(Operation.Beq, "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011", "beq rs1, rs2, target"),
        new(Operation.Bne, "imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011", "bne rs1, rs2, target"),
        new(Operation.Blt, "imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011", "blt rs1, rs2, target"),
        new(Operation.Bge, "imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011", "bge rs1, rs2, target"),
        new(Operation.Bltu, "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011", "bltu rs1, rs2, target"),
        new(Operation.Bgeu, "imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011", "bgeu rs1, rs2, target"),
        new(Operation.Lb, "imm[11:0] rs1 000 rd 0000011", "lb rd, imm(rs1)"),
        new(Operation.Lh, "imm[11:0] rs1 001 rd 0000011", "lh rd, imm(rs1)"),
        new(Operation.Lw, "imm[11:0] rs1 010 rd 0000011", "lw rd, imm(rs1)"),
        new(Operation.Lbu, "imm[11:0] rs1 100 rd 0000011", "lbu rd, imm(rs1)"),
        new(Operation.Lhu, "imm[11:0] rs1 101 rd 0000011", "lhu rd, imm(rs1)"),
        new(Operation.Sb, "imm[11:5] rs2 rs1 000 imm[4:0] 0100011", "sb rs2, imm(rs1)"),
        new(Operation.Sh, "imm[11:5] rs2 rs1 001 imm[4:0] 0100011", "sh rs2, imm(rs1)"),
        new(Operation.Sw, "imm[11:5] rs2 rs1 010 imm[4:0] 0100011", "sw rs2, imm(rs1)"),
        new(Operation.Addi, "imm[11:0] rs1 000 rd 0010011", "addi rd, rs1, imm"),
        new(Operation.Slti, "imm[11:0] rs1 010 rd 0010011", "slti rd, rs1, imm"),
        new(Operation.Sltiu, "imm[11:0] rs1 011 rd 0010011", "sltiu rd, rs1, imm"),
        new(Operation.Xori, "imm[11:0] rs1 100 rd 0010011", "xori rd, rs1, imm"),
        new(Operation.Ori, "imm[11:0] rs1 110 rd 0010011", "ori rd, rs1, imm"),
        new(Operation.Andi, "imm[11:0] rs1 111 rd 0010011", "andi rd, rs1, imm"),
        new(Operation.Slli, "0000000 shamt rs1 001 rd 0010011", "slli rd, rs1, shamt"),
        new(Operation.Srli, "0000000 shamt rs1 101 rd 0010011", "srli rd, rs1, shamt"),
        new(Operation.Srai, "0100000 shamt rs1 101 rd 0010011", "srai rd, rs1, shamt"),
        new(Operation.Add, "0000000 rs2 rs1 000 rd 0110011", "add rd, rs1, rs2"),
        new(Operation.Sub, "0100000 rs2 rs1 000 rd 0110011", "sub rd, rs1, rs2"),
        new(Operation.Sll, "0000000 rs2 rs1 001 rd 0110011", "sll rd, rs1, rs2"),
        new(Operation.Slt, "0000000 rs2 rs1 010 rd 0110011", "slt rd, rs1, rs2"),
        new(Operation.Sltu, "0000000 rs2 rs1 011 rd 0110011", "sltu rd, rs1, rs2"),
        new(Operation.Xor, "0000000 rs2 rs1 100 rd 0110011", "xor rd, rs1, rs2"),
        new(Operation.Srl, "0000000 rs2 rs1 101 rd 0110011", "srl rd, rs1, rs2"),
        new(Operation.Sra, "0100000 rs2 rs1 101 rd 0110011", "sra rd, rs1, rs2"),
        new(Operation.Or, "0000000 rs2 rs1 110 rd 0110011", "or rd, rs1, rs2"),
        new(Operation.And, "0000000 rs2 rs1 111 rd 0110011", "and rd, rs1, rs2"),
        new(Operation.Mul, "0000001 rs2 rs1 000 rd 0110011", "mul rd, rs1, rs2"),
        new(Operation.Mulh, "0000001 rs2 rs1 001 rd 0110011", "mulh rd, rs1, rs2"),
        new(Operation.Mulhsu, "0000001 rs2 rs1 010 rd 0110011", "mulhsu rd, rs1, rs2"),
        new(Operation.Mulhu, "0000001 rs2 rs1 011 rd 0110011", "mulhu rd, rs1, rs2"),
        new(Operation.Div, "0000001 rs2 rs1 100 rd 0110011", "div rd, rs1, rs2"),
        new(Operation.Divu, "0000001 rs2 rs1 101 rd 0110011", "divu rd, rs1, rs2"),
        new(Operation.Rem, "0000001 rs2 rs1 110 rd 0110011", "rem rd, rs1, rs2"),
        new(Operation.Remu, "0000001 rs2 rs1 111 rd 0110011", "remu rd, rs1, rs2"),
        new(Operation.LrW, "00010 _ _ 00000 rs1 010 rd 0101111", "lr.w rd, (rs1)"),
        new(Operation.ScW, "00011 _ _ rs2 rs1 010 rd 0101111", "sc.w rd, rs2, (rs1)"),
        new(Operation.AmoswapW, "00001 _ _ rs2 rs1 010 rd 0101111", "amoswap.w rd, rs2, (rs1)"),
        new(Operation.AmoaddW, "00000 _ _ rs2 rs1 010 rd 0101111", "amoadd.w rd, rs2, (rs1)"),
        new(Operation.AmoxorW, "00100 _ _ rs2 rs1 010 rd 0101111", "amoxor.w rd, rs2, (rs1)"),
        new(Operation.AmoandW, "01100 _ _ rs2 rs1 010 rd 0101111", "amoand.w rd, rs2, (rs1)"),
        new(Operation.AmoorW, "01000 _ _ rs2 rs1 010 rd 0101111", "amoor.w rd, rs2, (rs1)"),
        new(Operation.AmominW, "10000 _ _ rs2 rs1 010 rd 0101111", "amomin.w rd, rs2, (rs1)"),
        new(Operation.AmomaxW, "10100 _ _ rs2 rs1 010 rd 0101111", "amomax.w rd, rs2, (rs1)"),
        new(Operation.AmominuW, "11000 _ _ rs2 rs1 010 rd 0101111", "amominu.w rd, rs2, (rs1)"),
        new(Operation.AmomaxuW, "11100 _ _ rs2 rs1 010 rd 0101111", "amomaxu.w rd, rs2, (rs1)"),
        new(Operation.Aes32esi, "bs 10001 rs2 rs1 000 rd 0110011", "aes32esi rd, rs1, rs2, bs"),
        new(Operation.Aes32esmi, "bs 10011 rs2 rs1 000 rd 0110011", "aes32esmi rd, rs1, rs2, bs"),
        new(Operation.Aes32dsi, "bs 10101 rs2 rs1 000 rd 0110011", "aes32dsi rd, rs1, rs2, bs"),
        new(Operation.Aes32dsmi, "bs 10111 rs2 rs1 000 rd 0110011", "aes32dsmi rd, rs1, rs2, bs"),
        new(Operation.Ecall, "000000000000 00000 000 00000 1110011", "ecall"),
        new(Operation.Ebreak, "000000000001 00000 000 00000 1110011", "ebreak"),
        new(Operation.Sret, "000100000010 00000 000 00000 1110011", "sret"),
        new(Operation.Mret, "001100000010 00000 000 00000 1110011", "mret"),
        new(Operation.Wfi, "000100000101 00000 000 00000 1110011", "wfi"),
        new(Operation.SfenceVma, "0001001 rs2 rs1 000 00000 1110011", "sfence.vma rs1, rs2"),
        new(Operation.Csrrw, "csr rs1 001 rd 1110011", "csrrw rd, csr, rs1"),
        new(Operation.Csrrs, "csr rs1 010 rd 1110011", "csrrs rd, csr, rs1"),
        new(Operation.Csrrc, "csr rs1 011 rd 1110011", "csrrc rd, csr, rs1"),
        new(Operation.Csrrwi, "csr zimm 101 rd 1110011", "csrrwi rd, csr, zimm"),
        new(Operation.Csrrsi, "csr zimm 110 rd 1110011", "csrrsi rd, csr, zimm"),
        new(Operation.Csrrci, "csr zimm 111 rd 1110011", "csrrci rd, csr, zimm"),
        new(Operation.Fence, "____________ rs1 000 rd 0001111", "fence"),
        new(Operation.FenceI, "____________ rs1 001 rd 0001111", "fence.i"),
        new(Operation.CacheInvalidate, "_______ 00000 rs1 101 _____ 0001111", "cache.invalidate (rs1)"),
    ];

    public static readonly InstructionPattern[] Compressed =
    [
        new("000 imm[5:4|9:6|2|3] rd' 00", "addi rd', x2, imm"),
        new("010 imm[5:3] rs1' imm[2|6] rd' 00", "lw rd', imm(rs1')"),
        new("110 imm[5:3] rs1' imm[2|6] rs2' 00", "sw rs2', imm(rs1')"),
        new("000 simm[5] rd simm[4:0] 01", "addi rd, rd, imm"),
        new("001 simm[11|4|9:8|10|6|7|3:1|5] 01", "jal x1, target"),
        new("010 simm[5] rd simm[4:0] 01", "addi rd, x0, imm"),
        new("011 simm[9] 00010 simm[4|6|8:7|5] 01", "addi x2, x2, imm"),
        new("011 simm[17] rd simm[16:12] 01", "lui rd, imm"),
        new("100 _ 00 rd' shamt 01", "srli rd', rd', shamt"),
        new("100 _ 01 rd' shamt 01", "srai rd', rd', shamt"),
        new("100 simm[5] 10 rd' simm[4:0] 01", "andi rd', rd', imm"),
        new("100 _ 11 rd' 00 rs2' 01", "sub rd', rd', rs2'"),
        new("100 _ 11 rd' 01 rs2' 01", "xor rd', rd', rs2'"),
        new("100 _ 11 rd' 10 rs2' 01", "or rd', rd', rs2'"),
        new("100 _ 11 rd' 11 rs2' 01", "and rd', rd', rs2'"),
        new("101 simm[11|4|9:8|10|6|7|3:1|5] 01", "jal x0, target"),
        new("110 simm[8|4:3] rs1' simm[7:6|2:1|5] 01", "beq rs1', x0, target"),
        new("111 simm[8|4:3] rs1' simm[7:6|2:1|5] 01", "bne rs1', x0, target"),
        new("000 _ rd shamt 10", "slli rd, rd, shamt"),
        new("010 imm[5] rd imm[4:2|7:6] 10", "lw rd, imm(x2)"),
        new("100 0 rs1 00000 10", "jalr x0, 0(rs1)"),
        new("100 0 rd rs2≠0 10", "add rd, x0, rs2"),
        new("100 1 00000 00000 10", "ebreak"),
        new("100 1 rs1≠0 00000 10", "jalr x1, 0(rs1)"),
        new("100 1 rd rs2≠0 10", "add rd, rd, rs2"),
        new("110 imm[5:2|7:6] rs2 10", "sw rs2, imm(x2)"),
    ];
}
