// The 2-byte forms of the C extension that RV32IMAC has, and which instructions they stand for. Facts: RISC-V
// unprivileged ISA, "C" Extension; encodings that are HINTs or reserved are never chosen.

using XousCloud.Compiler.Backend;

namespace XousCloud.Compiler.Link;

internal static class CompressedEncoder
{
    private const int X0 = 0;
    private const int Ra = 1;
    private const int Sp = 2;

    /// <summary>
    /// The 2-byte form, or 0 (an illegal instruction in the manual, too) when there is none. Imm is the final number: for
    /// branches and <c>jal</c> the distance from the instruction itself.
    /// </summary>
    public static ushort Encode(in MachineInstruction instruction)
    {
        int rd = instruction.Rd;
        int rs1 = instruction.Rs1;
        int rs2 = instruction.Rs2;
        int imm = instruction.Imm;
        uint half = instruction.Op switch
        {
            MachineOp.Addi => AddImmediate(rd, rs1, imm),
            MachineOp.Lui => LoadUpper(rd, imm),
            MachineOp.Andi when rd == rs1 && IsPopular(rd) && Encoder.IsSigned(imm, 6) => ArithmeticImmediate(0b10, rd, imm),
            MachineOp.Srli when rd == rs1 && IsPopular(rd) && imm is > 0 and < 32 => ArithmeticImmediate(0b00, rd, imm),
            MachineOp.Srai when rd == rs1 && IsPopular(rd) && imm is > 0 and < 32 => ArithmeticImmediate(0b01, rd, imm),
            MachineOp.Slli when rd == rs1 && rd != X0 && imm is > 0 and < 32 => RegisterImmediate(0b000, 0b10, rd, imm),
            MachineOp.Add => Add(rd, rs1, rs2),
            MachineOp.Sub when rd == rs1 => Arithmetic(0b00, rd, rs2),
            MachineOp.Xor => Commutative(0b01, rd, rs1, rs2),
            MachineOp.Or => Commutative(0b10, rd, rs1, rs2),
            MachineOp.And => Commutative(0b11, rd, rs1, rs2),
            MachineOp.Lw => LoadWord(rd, rs1, imm),
            MachineOp.Sw => StoreWord(rs2, rs1, imm),
            MachineOp.Beq => BranchZero(0b110, rs1, rs2, imm),
            MachineOp.Bne => BranchZero(0b111, rs1, rs2, imm),
            MachineOp.Jal when rd is X0 or Ra => Jump(rd == X0 ? 0b101u : 0b001, imm),
            MachineOp.Jalr when rd is X0 or Ra && rs1 != X0 && imm == 0 => RegisterPair(0b1000u | (uint)rd, rs1, X0),
            _ => 0,
        };
        return (ushort)half;
    }

    private static uint AddImmediate(int rd, int rs1, int imm)
    {
        if (rd == X0)
        {
            return rs1 == X0 && imm == 0 ? 0b01u : 0; // c.nop
        }

        if (rs1 == X0 && Encoder.IsSigned(imm, 6))
        {
            return RegisterImmediate(0b010, 0b01, rd, imm); // c.li
        }

        if (imm == 0)
        {
            return Move(rd, rs1);
        }

        if (rd == rs1 && Encoder.IsSigned(imm, 6))
        {
            return RegisterImmediate(0b000, 0b01, rd, imm); // c.addi
        }

        if (rs1 != Sp)
        {
            return 0;
        }

        if (rd == Sp && imm % 16 == 0 && Encoder.IsSigned(imm, 10))
        {
            return (0b011u << 13) | (Encoder.Bits(imm, 9, 9) << 12) | ((uint)Sp << 7) | (Encoder.Bits(imm, 4, 4) << 6)
                | (Encoder.Bits(imm, 6, 6) << 5) | (Encoder.Bits(imm, 8, 7) << 3) | (Encoder.Bits(imm, 5, 5) << 2)
                | 0b01; // c.addi16sp
        }

        return IsPopular(rd) && imm is > 0 and < 1024 && imm % 4 == 0
            ? (Encoder.Bits(imm, 5, 4) << 11) | (Encoder.Bits(imm, 9, 6) << 7) | (Encoder.Bits(imm, 2, 2) << 6)
                | (Encoder.Bits(imm, 3, 3) << 5) | (Popular(rd) << 2) // c.addi4spn
            : 0;
    }

    private static uint LoadUpper(int rd, int imm)
    {
        int signed = imm << 12 >> 12;
        return rd == X0 || !Encoder.IsSigned(signed, 6) ? 0
            : signed == 0 ? RegisterImmediate(0b010, 0b01, rd, 0) // c.li
            : rd == Sp ? 0
            : RegisterImmediate(0b011, 0b01, rd, signed); // c.lui
    }

    private static uint Add(int rd, int rs1, int rs2)
    {
        if (rs1 == X0 || rs2 == X0)
        {
            return Move(rd, rs1 | rs2);
        }

        return rd == X0 ? 0 : rd == rs1 ? RegisterPair(0b1001, rd, rs2) : rd == rs2 ? RegisterPair(0b1001, rd, rs1) : 0;
    }

    private static uint Move(int rd, int rs) => rd == X0 || rs == X0 ? 0 : RegisterPair(0b1000, rd, rs);

    private static uint Commutative(uint operation, int rd, int rs1, int rs2) =>
        rd == rs1 ? Arithmetic(operation, rd, rs2) : rd == rs2 ? Arithmetic(operation, rd, rs1) : 0;

    private static uint LoadWord(int rd, int rs1, int imm)
    {
        if (rs1 == Sp)
        {
            return rd != X0 && imm is >= 0 and < 256 && imm % 4 == 0
                ? (0b010u << 13) | (Encoder.Bits(imm, 5, 5) << 12) | ((uint)rd << 7) | (Encoder.Bits(imm, 4, 2) << 4)
                    | (Encoder.Bits(imm, 7, 6) << 2) | 0b10 // c.lwsp
                : 0;
        }

        return Memory(0b010, rd, rs1, imm);
    }

    private static uint StoreWord(int rs2, int rs1, int imm)
    {
        if (rs1 == Sp)
        {
            return imm is >= 0 and < 256 && imm % 4 == 0
                ? (0b110u << 13) | (Encoder.Bits(imm, 5, 2) << 9) | (Encoder.Bits(imm, 7, 6) << 7) | ((uint)rs2 << 2)
                    | 0b10 // c.swsp
                : 0;
        }

        return Memory(0b110, rs2, rs1, imm);
    }

    private static uint Memory(uint funct3, int register, int rs1, int imm) =>
        IsPopular(register) && IsPopular(rs1) && imm is >= 0 and < 128 && imm % 4 == 0
            ? (funct3 << 13) | (Encoder.Bits(imm, 5, 3) << 10) | (Popular(rs1) << 7) | (Encoder.Bits(imm, 2, 2) << 6)
                | (Encoder.Bits(imm, 6, 6) << 5) | (Popular(register) << 2)
            : 0;

    private static uint BranchZero(uint funct3, int rs1, int rs2, int imm)
    {
        int register = rs2 == X0 ? rs1 : rs2;
        return (rs1 == X0 || rs2 == X0) && IsPopular(register) && Encoder.IsSigned(imm, 9) && imm % 2 == 0
            ? (funct3 << 13) | (Encoder.Bits(imm, 8, 8) << 12) | (Encoder.Bits(imm, 4, 3) << 10) | (Popular(register) << 7)
                | (Encoder.Bits(imm, 7, 6) << 5) | (Encoder.Bits(imm, 2, 1) << 3) | (Encoder.Bits(imm, 5, 5) << 2) | 0b01
            : 0;
    }

    private static uint Jump(uint funct3, int imm) =>
        Encoder.IsSigned(imm, 12) && imm % 2 == 0
            ? (funct3 << 13) | (Encoder.Bits(imm, 11, 11) << 12) | (Encoder.Bits(imm, 4, 4) << 11)
                | (Encoder.Bits(imm, 9, 8) << 9) | (Encoder.Bits(imm, 10, 10) << 8) | (Encoder.Bits(imm, 6, 6) << 7)
                | (Encoder.Bits(imm, 7, 7) << 6) | (Encoder.Bits(imm, 3, 1) << 3) | (Encoder.Bits(imm, 5, 5) << 2) | 0b01
            : 0;

    // CI: a register and a 6-bit immediate.
    private static uint RegisterImmediate(uint funct3, uint quadrant, int rd, int imm) =>
        (funct3 << 13) | (Encoder.Bits(imm, 5, 5) << 12) | ((uint)rd << 7) | (Encoder.Bits(imm, 4, 0) << 2) | quadrant;

    // CR: two registers.
    private static uint RegisterPair(uint funct4, int rd, int rs2) => (funct4 << 12) | ((uint)rd << 7) | ((uint)rs2 << 2) | 0b10;

    // CB with an immediate: c.srli, c.srai, c.andi.
    private static uint ArithmeticImmediate(uint funct2, int rd, int imm) =>
        (0b100u << 13) | (Encoder.Bits(imm, 5, 5) << 12) | (funct2 << 10) | (Popular(rd) << 7)
        | (Encoder.Bits(imm, 4, 0) << 2) | 0b01;

    // CA: c.sub, c.xor, c.or, c.and.
    private static uint Arithmetic(uint funct2, int rd, int rs2) =>
        IsPopular(rd) && IsPopular(rs2) ? (0b100011u << 10) | (Popular(rd) << 7) | (funct2 << 5) | (Popular(rs2) << 2) | 0b01 : 0;

    // The eight registers that three bits can name.
    private static bool IsPopular(int register) => register is >= 8 and < 16;

    private static uint Popular(int register) => (uint)register - 8;
}
