// RV32IMA instruction words. The table has the columns of the manual's "Instruction Set Listings": format, opcode,
// funct3, funct7 (or funct5 with aq and rl). Facts: RISC-V unprivileged ISA, RV32I/M/A/Zicsr; privileged ISA, SFENCE.VMA.

using XousCloud.Compiler.Backend;

namespace XousCloud.Compiler.Link;

internal static class Encoder
{
    private const uint Load = 0b0000011;
    private const uint OpImmediate = 0b0010011;
    private const uint Auipc = 0b0010111;
    private const uint Store = 0b0100011;
    private const uint Atomic = 0b0101111;
    private const uint Operation = 0b0110011;
    private const uint LoadUpper = 0b0110111;
    private const uint Branch = 0b1100011;
    private const uint JumpRegister = 0b1100111;
    private const uint Jump = 0b1101111;
    private const uint System = 0b1110011;

    private enum Format : byte
    {
        Register,
        LoadReserved,
        Fence,
        Immediate,
        Shift,
        Store,
        Branch,
        Upper,
        Jump,
        Csr,
    }

    private readonly record struct Encoding(Format Format, uint Opcode, uint Funct3 = 0, uint Funct7 = 0);

    private static Encoding Find(MachineOp op) => op switch
    {
        MachineOp.Lui => new(Format.Upper, LoadUpper),
        MachineOp.Jal => new(Format.Jump, Jump),
        MachineOp.Jalr => new(Format.Immediate, JumpRegister, 0b000),

        MachineOp.Beq => new(Format.Branch, Branch, 0b000),
        MachineOp.Bne => new(Format.Branch, Branch, 0b001),
        MachineOp.Blt => new(Format.Branch, Branch, 0b100),
        MachineOp.Bge => new(Format.Branch, Branch, 0b101),
        MachineOp.Bltu => new(Format.Branch, Branch, 0b110),
        MachineOp.Bgeu => new(Format.Branch, Branch, 0b111),

        MachineOp.Lb => new(Format.Immediate, Load, 0b000),
        MachineOp.Lh => new(Format.Immediate, Load, 0b001),
        MachineOp.Lw => new(Format.Immediate, Load, 0b010),
        MachineOp.Lbu => new(Format.Immediate, Load, 0b100),
        MachineOp.Lhu => new(Format.Immediate, Load, 0b101),
        MachineOp.Sb => new(Format.Store, Store, 0b000),
        MachineOp.Sh => new(Format.Store, Store, 0b001),
        MachineOp.Sw => new(Format.Store, Store, 0b010),

        MachineOp.Addi => new(Format.Immediate, OpImmediate, 0b000),
        MachineOp.Slti => new(Format.Immediate, OpImmediate, 0b010),
        MachineOp.Sltiu => new(Format.Immediate, OpImmediate, 0b011),
        MachineOp.Xori => new(Format.Immediate, OpImmediate, 0b100),
        MachineOp.Ori => new(Format.Immediate, OpImmediate, 0b110),
        MachineOp.Andi => new(Format.Immediate, OpImmediate, 0b111),
        MachineOp.Slli => new(Format.Shift, OpImmediate, 0b001, 0b0000000),
        MachineOp.Srli => new(Format.Shift, OpImmediate, 0b101, 0b0000000),
        MachineOp.Srai => new(Format.Shift, OpImmediate, 0b101, 0b0100000),

        MachineOp.Add => new(Format.Register, Operation, 0b000, 0b0000000),
        MachineOp.Sub => new(Format.Register, Operation, 0b000, 0b0100000),
        MachineOp.Sll => new(Format.Register, Operation, 0b001, 0b0000000),
        MachineOp.Slt => new(Format.Register, Operation, 0b010, 0b0000000),
        MachineOp.Sltu => new(Format.Register, Operation, 0b011, 0b0000000),
        MachineOp.Xor => new(Format.Register, Operation, 0b100, 0b0000000),
        MachineOp.Srl => new(Format.Register, Operation, 0b101, 0b0000000),
        MachineOp.Sra => new(Format.Register, Operation, 0b101, 0b0100000),
        MachineOp.Or => new(Format.Register, Operation, 0b110, 0b0000000),
        MachineOp.And => new(Format.Register, Operation, 0b111, 0b0000000),

        MachineOp.Mul => new(Format.Register, Operation, 0b000, 0b0000001),
        MachineOp.Mulh => new(Format.Register, Operation, 0b001, 0b0000001),
        MachineOp.Mulhsu => new(Format.Register, Operation, 0b010, 0b0000001),
        MachineOp.Mulhu => new(Format.Register, Operation, 0b011, 0b0000001),
        MachineOp.Div => new(Format.Register, Operation, 0b100, 0b0000001),
        MachineOp.Divu => new(Format.Register, Operation, 0b101, 0b0000001),
        MachineOp.Rem => new(Format.Register, Operation, 0b110, 0b0000001),
        MachineOp.Remu => new(Format.Register, Operation, 0b111, 0b0000001),

        // The last two bits are aq and rl: sequentially consistent, as the manual's mapping of C11 atomics has them
        // (lr.w.aqrl with sc.w.rl).
        MachineOp.LrW => new(Format.LoadReserved, Atomic, 0b010, 0b00010_11),
        MachineOp.ScW => new(Format.Register, Atomic, 0b010, 0b00011_01),
        MachineOp.AmoswapW => new(Format.Register, Atomic, 0b010, 0b00001_11),
        MachineOp.AmoaddW => new(Format.Register, Atomic, 0b010, 0b00000_11),
        MachineOp.AmoxorW => new(Format.Register, Atomic, 0b010, 0b00100_11),
        MachineOp.AmoandW => new(Format.Register, Atomic, 0b010, 0b01100_11),
        MachineOp.AmoorW => new(Format.Register, Atomic, 0b010, 0b01000_11),
        MachineOp.AmominW => new(Format.Register, Atomic, 0b010, 0b10000_11),
        MachineOp.AmomaxW => new(Format.Register, Atomic, 0b010, 0b10100_11),
        MachineOp.AmominuW => new(Format.Register, Atomic, 0b010, 0b11000_11),
        MachineOp.AmomaxuW => new(Format.Register, Atomic, 0b010, 0b11100_11),

        MachineOp.Csrrw => new(Format.Csr, System, 0b001),
        MachineOp.Csrrs => new(Format.Csr, System, 0b010),
        MachineOp.Csrrc => new(Format.Csr, System, 0b011),
        MachineOp.Csrrwi => new(Format.Csr, System, 0b101),
        MachineOp.Csrrsi => new(Format.Csr, System, 0b110),
        MachineOp.Csrrci => new(Format.Csr, System, 0b111),

        MachineOp.SfenceVma => new(Format.Fence, System, 0b000, 0b0001001),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "has no encoding"),
    };

    /// <summary>
    /// The 4-byte form. Imm is the final number: for branches and <c>jal</c> the distance from the instruction itself.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The immediate or a register does not fit.</exception>
    public static uint Encode(in MachineInstruction instruction)
    {
        if (instruction.Op == MachineOp.Raw)
        {
            return (uint)instruction.Imm;
        }

        Encoding encoding = Find(instruction.Op);
        int immediate = instruction.Imm;
        uint rd = Register(instruction.Rd) << 7;
        uint rs1 = Register(instruction.Rs1) << 15;
        uint rs2 = Register(instruction.Rs2) << 20;
        uint word = encoding.Opcode | (encoding.Funct3 << 12);
        switch (encoding.Format)
        {
            case Format.Register:
                return word | rd | rs1 | rs2 | (encoding.Funct7 << 25);

            case Format.LoadReserved:
                return word | rd | rs1 | (encoding.Funct7 << 25);

            case Format.Fence:
                return word | rs1 | rs2 | (encoding.Funct7 << 25);

            case Format.Immediate:
                Require(IsSigned(immediate, 12), instruction);
                return word | rd | rs1 | ((uint)immediate << 20);

            case Format.Shift:
                Require(immediate is >= 0 and < 32, instruction);
                return word | rd | rs1 | ((uint)immediate << 20) | (encoding.Funct7 << 25);

            case Format.Store:
                Require(IsSigned(immediate, 12), instruction);
                return word | rs1 | rs2 | StoreImmediate(immediate);

            case Format.Branch:
                Require(IsSigned(immediate, 13) && immediate % 2 == 0, instruction);
                return word | rs1 | rs2 | (Bits(immediate, 12, 12) << 31) | (Bits(immediate, 10, 5) << 25)
                    | (Bits(immediate, 4, 1) << 8) | (Bits(immediate, 11, 11) << 7);

            case Format.Upper:
                Require(immediate is >= 0 and <= 0xFFFFF, instruction);
                return word | rd | ((uint)immediate << 12);

            case Format.Jump:
                Require(IsSigned(immediate, 21) && immediate % 2 == 0, instruction);
                return word | rd | JumpImmediate(immediate);

            default:
                Require(immediate is >= 0 and < 4096, instruction);
                return word | rd | rs1 | ((uint)immediate << 20);
        }
    }

    /// <summary><c>auipc rd, upper</c>, with the upper 20 bits as a number from 0 to 0xFFFFF.</summary>
    public static uint EncodeAuipc(int rd, uint upper) => Auipc | ((uint)rd << 7) | (upper << 12);

    /// <summary>An S-type immediate in its place.</summary>
    public static uint StoreImmediate(int immediate) => (Bits(immediate, 11, 5) << 25) | (Bits(immediate, 4, 0) << 7);

    /// <summary>A J-type immediate in its place.</summary>
    public static uint JumpImmediate(int immediate) =>
        (Bits(immediate, 20, 20) << 31) | (Bits(immediate, 10, 1) << 21) | (Bits(immediate, 11, 11) << 20)
        | (Bits(immediate, 19, 12) << 12);

    public static bool IsStore(uint word) => (word & 0x7F) == Store;

    public static bool IsBranch(MachineOp op) => op is >= MachineOp.Beq and <= MachineOp.Bgeu;

    /// <summary>Whether a two's-complement number of so many bits can be <paramref name="number"/>.</summary>
    public static bool IsSigned(int number, int bits) => number << (32 - bits) >> (32 - bits) == number;

    /// <summary>Bits high to low of a number, moved down to bit 0.</summary>
    public static uint Bits(int number, int high, int low) => ((uint)number >> low) & ((1u << (high - low + 1)) - 1);

    private static uint Register(byte number) =>
        number < 32 ? number : throw new ArgumentOutOfRangeException(nameof(number), number, "is no register");

    private static void Require(bool fits, in MachineInstruction instruction)
    {
        if (!fits)
        {
            throw new ArgumentOutOfRangeException(
                nameof(instruction), instruction.Imm, $"does not fit the immediate of {instruction.Op}");
        }
    }
}
