// Encodes the compressed instructions by the manual's formats, for tests. Registers of the three-bit fields are
// given by their full number (8 to 15).

namespace XousCloud.Emulator.Tests.Cpu;

internal static class CompressedEncoding
{
    public static ushort Addi4spn(uint rd, uint immediate) => (ushort)(
        (Bits(immediate, 5, 4) << 11) | (Bits(immediate, 9, 6) << 7) | (Bits(immediate, 2, 2) << 6)
        | (Bits(immediate, 3, 3) << 5) | (Three(rd) << 2));

    public static ushort Lw(uint rd, uint offset, uint rs1) => Word(2, rd, offset, rs1);

    public static ushort Sw(uint rs2, uint offset, uint rs1) => Word(6, rs2, offset, rs1);

    public static ushort Addi(uint rd, int immediate) => Immediate(0, rd, immediate);

    public static ushort Li(uint rd, int immediate) => Immediate(2, rd, immediate);

    /// <summary>c.lui; the immediate is bits 17 to 12 of the value, sign-extended, and not 0.</summary>
    public static ushort Lui(uint rd, int immediate) => Immediate(3, rd, immediate);

    public static ushort Addi16sp(int immediate) => (ushort)(
        0x6101 | (Bits((uint)immediate, 9, 9) << 12) | (Bits((uint)immediate, 4, 4) << 6)
        | (Bits((uint)immediate, 6, 6) << 5) | (Bits((uint)immediate, 8, 7) << 3) | (Bits((uint)immediate, 5, 5) << 2));

    public static ushort Srli(uint rd, uint amount) => (ushort)(0x8001 | (Three(rd) << 7) | (amount << 2));

    public static ushort Srai(uint rd, uint amount) => (ushort)(0x8401 | (Three(rd) << 7) | (amount << 2));

    public static ushort Andi(uint rd, int immediate) => (ushort)(
        0x8801 | (Bits((uint)immediate, 5, 5) << 12) | (Three(rd) << 7) | (Bits((uint)immediate, 4, 0) << 2));

    /// <summary>c.sub, c.xor, c.or, c.and: 0 to 3.</summary>
    public static ushort Register(uint function, uint rd, uint rs2) =>
        (ushort)(0x8C01 | (Three(rd) << 7) | (function << 5) | (Three(rs2) << 2));

    public static ushort J(int offset) => Jump(5, offset);

    public static ushort Jal(int offset) => Jump(1, offset);

    public static ushort Beqz(uint rs1, int offset) => Branch(6, rs1, offset);

    public static ushort Bnez(uint rs1, int offset) => Branch(7, rs1, offset);

    public static ushort Slli(uint rd, uint amount) => (ushort)(0x0002 | (rd << 7) | (amount << 2));

    public static ushort Lwsp(uint rd, uint offset) => (ushort)(
        0x4002 | (Bits(offset, 5, 5) << 12) | (rd << 7) | (Bits(offset, 4, 2) << 4) | (Bits(offset, 7, 6) << 2));

    public static ushort Swsp(uint rs2, uint offset) => (ushort)(
        0xC002 | (Bits(offset, 5, 2) << 9) | (Bits(offset, 7, 6) << 7) | (rs2 << 2));

    public static ushort Mv(uint rd, uint rs2) => (ushort)(0x8002 | (rd << 7) | (rs2 << 2));

    public static ushort Add(uint rd, uint rs2) => (ushort)(0x9002 | (rd << 7) | (rs2 << 2));

    public static ushort Jr(uint rs1) => (ushort)(0x8002 | (rs1 << 7));

    public static ushort Jalr(uint rs1) => (ushort)(0x9002 | (rs1 << 7));

    public const ushort Ebreak = 0x9002;

    private static uint Three(uint register) =>
        register is >= 8 and <= 15 ? register - 8 : throw new ArgumentOutOfRangeException(nameof(register));

    private static uint Bits(uint value, int high, int low) => (value >> low) & ((1u << (high - low + 1)) - 1);

    private static ushort Word(uint function, uint register, uint offset, uint rs1) => (ushort)(
        (function << 13) | (Bits(offset, 5, 3) << 10) | (Three(rs1) << 7) | (Bits(offset, 2, 2) << 6)
        | (Bits(offset, 6, 6) << 5) | (Three(register) << 2));

    private static ushort Immediate(uint function, uint rd, int immediate) => (ushort)(
        (function << 13) | (Bits((uint)immediate, 5, 5) << 12) | (rd << 7) | (Bits((uint)immediate, 4, 0) << 2) | 1);

    private static ushort Jump(uint function, int offset)
    {
        uint o = (uint)offset;
        return (ushort)((function << 13) | (Bits(o, 11, 11) << 12) | (Bits(o, 4, 4) << 11) | (Bits(o, 9, 8) << 9)
            | (Bits(o, 10, 10) << 8) | (Bits(o, 6, 6) << 7) | (Bits(o, 7, 7) << 6) | (Bits(o, 3, 1) << 3)
            | (Bits(o, 5, 5) << 2) | 1);
    }

    private static ushort Branch(uint function, uint rs1, int offset)
    {
        uint o = (uint)offset;
        return (ushort)((function << 13) | (Bits(o, 8, 8) << 12) | (Bits(o, 4, 3) << 10) | (Three(rs1) << 7)
            | (Bits(o, 7, 6) << 5) | (Bits(o, 2, 1) << 3) | (Bits(o, 5, 5) << 2) | 1);
    }
}
