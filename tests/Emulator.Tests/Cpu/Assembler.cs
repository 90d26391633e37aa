// Encodes instructions by the manual's formats, for tests. It shares nothing with the emulator's own table, so that
// a mistake there cannot hide here.

using System.Buffers.Binary;

namespace XousCloud.Emulator.Tests.Cpu;

/// <summary>Writes instructions and data to consecutive addresses.</summary>
internal sealed class Assembler(uint start)
{
    private readonly List<byte> bytes = [];

    /// <summary>The address of what is written next.</summary>
    public uint Here => start + (uint)bytes.Count;

    public byte[] ToBytes() => [.. bytes];

    public static uint R(uint funct7, uint rs2, uint rs1, uint funct3, uint rd, uint opcode) =>
        (funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode;

    public static uint I(int immediate, uint rs1, uint funct3, uint rd, uint opcode) =>
        ((uint)immediate << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode;

    public static uint S(int immediate, uint rs2, uint rs1, uint funct3) =>
        (((uint)immediate >> 5 & 0x7F) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12)
        | (((uint)immediate & 0x1F) << 7) | 0x23;

    public static uint B(int offset, uint rs2, uint rs1, uint funct3) =>
        (((uint)offset >> 12 & 1) << 31) | (((uint)offset >> 5 & 0x3F) << 25) | (rs2 << 20) | (rs1 << 15)
        | (funct3 << 12) | (((uint)offset >> 1 & 0xF) << 8) | (((uint)offset >> 11 & 1) << 7) | 0x63;

    public static uint J(int offset, uint rd) =>
        (((uint)offset >> 20 & 1) << 31) | (((uint)offset >> 1 & 0x3FF) << 21) | (((uint)offset >> 11 & 1) << 20)
        | (((uint)offset >> 12 & 0xFF) << 12) | (rd << 7) | 0x6F;

    public static uint Lui(uint rd, uint value) => (value & 0xFFFF_F000) | (rd << 7) | 0x37;

    public static uint Auipc(uint rd, uint value) => (value & 0xFFFF_F000) | (rd << 7) | 0x17;

    public static uint Addi(uint rd, uint rs1, int immediate) => I(immediate, rs1, 0, rd, 0x13);

    public static uint Lw(uint rd, int offset, uint rs1) => I(offset, rs1, 2, rd, 0x03);

    public static uint Sw(uint rs2, int offset, uint rs1) => S(offset, rs2, rs1, 2);

    public static uint Jalr(uint rd, int offset, uint rs1) => I(offset, rs1, 0, rd, 0x67);

    /// <summary>csrrw, csrrs, csrrc (1 to 3) and their immediate forms (5 to 7).</summary>
    public static uint Csr(uint funct3, uint csr, uint source, uint rd) => I((int)csr, source, funct3, rd, 0x73);

    public const uint Ecall = 0x0000_0073;
    public const uint Ebreak = 0x0010_0073;
    public const uint Mret = 0x3020_0073;
    public const uint Sret = 0x1020_0073;
    public const uint FenceI = 0x0000_100F;
    public const ushort CompressedNop = 0x0001;

    public static uint SfenceVma(uint address, uint asid) => R(0x09, asid, address, 0, 0, 0x73);

    public void Word(uint word)
    {
        Half((ushort)word);
        Half((ushort)(word >> 16));
    }

    public void Words(params ReadOnlySpan<uint> words)
    {
        foreach (uint word in words)
        {
            Word(word);
        }
    }

    public void Half(ushort half)
    {
        bytes.Add((byte)half);
        bytes.Add((byte)(half >> 8));
    }

    public void Zeros(int count) => bytes.AddRange(new byte[count]);

    /// <summary>Fills with zeros up to a multiple.</summary>
    public void Align(uint multiple)
    {
        while (Here % multiple != 0)
        {
            bytes.Add(0);
        }
    }

    /// <summary>Two instructions that put any value into a register.</summary>
    public void LoadConstant(uint rd, uint value)
    {
        Word(Lui(rd, value + 0x800));
        Word(Addi(rd, rd, (int)(value << 20) >> 20));
    }

    /// <summary>Writes over a word that stands already.</summary>
    public void Patch(uint address, uint word) => BinaryPrimitives.WriteUInt32LittleEndian(Window(address, 4), word);

    public void PatchHalf(uint address, ushort half) => BinaryPrimitives.WriteUInt16LittleEndian(Window(address, 2), half);

    private Span<byte> Window(uint address, int length) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes).Slice((int)(address - start), length);
}
