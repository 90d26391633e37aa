// The assembler of naked methods: ordinary C# that the compiler runs. Each method appends one instruction unless it says
// otherwise. Immediates out of range are cut, as a hardware encoder would cut them.

namespace XousCloud.Guest;

public static unsafe class Assembler
{
    private const uint Branch = 0x63;
    private const uint JumpAndLink = 0x6F;
    private const uint ImmediateOperation = 0x13;
    private const uint System = 0x73;

    /// <summary>Appends an instruction as its word.</summary>
    public static void Emit(uint word) => AssemblerOutput.Emit(word);

    public static void Lui(Register rd, uint upper20) => Emit((upper20 << 12) | ((uint)rd << 7) | 0x37);

    public static void Auipc(Register rd, uint upper20) => Emit((upper20 << 12) | ((uint)rd << 7) | 0x17);

    public static void Addi(Register rd, Register rs1, int immediate) => TypeI(ImmediateOperation, 0, rd, rs1, immediate);

    public static void Slti(Register rd, Register rs1, int immediate) => TypeI(ImmediateOperation, 2, rd, rs1, immediate);

    public static void Sltiu(Register rd, Register rs1, int immediate) => TypeI(ImmediateOperation, 3, rd, rs1, immediate);

    public static void Xori(Register rd, Register rs1, int immediate) => TypeI(ImmediateOperation, 4, rd, rs1, immediate);

    public static void Ori(Register rd, Register rs1, int immediate) => TypeI(ImmediateOperation, 6, rd, rs1, immediate);

    public static void Andi(Register rd, Register rs1, int immediate) => TypeI(ImmediateOperation, 7, rd, rs1, immediate);

    public static void Slli(Register rd, Register rs1, int count) => TypeI(ImmediateOperation, 1, rd, rs1, count & 31);

    public static void Srli(Register rd, Register rs1, int count) => TypeI(ImmediateOperation, 5, rd, rs1, count & 31);

    public static void Srai(Register rd, Register rs1, int count) => TypeI(ImmediateOperation, 5, rd, rs1, (count & 31) | 0x400);

    public static void Add(Register rd, Register rs1, Register rs2) => TypeR(0, 0, rd, rs1, rs2);

    public static void Sub(Register rd, Register rs1, Register rs2) => TypeR(0, 0x20, rd, rs1, rs2);

    public static void Sll(Register rd, Register rs1, Register rs2) => TypeR(1, 0, rd, rs1, rs2);

    public static void Slt(Register rd, Register rs1, Register rs2) => TypeR(2, 0, rd, rs1, rs2);

    public static void Sltu(Register rd, Register rs1, Register rs2) => TypeR(3, 0, rd, rs1, rs2);

    public static void Xor(Register rd, Register rs1, Register rs2) => TypeR(4, 0, rd, rs1, rs2);

    public static void Srl(Register rd, Register rs1, Register rs2) => TypeR(5, 0, rd, rs1, rs2);

    public static void Sra(Register rd, Register rs1, Register rs2) => TypeR(5, 0x20, rd, rs1, rs2);

    public static void Or(Register rd, Register rs1, Register rs2) => TypeR(6, 0, rd, rs1, rs2);

    public static void And(Register rd, Register rs1, Register rs2) => TypeR(7, 0, rd, rs1, rs2);

    public static void Lb(Register rd, int offset, Register rs1) => TypeI(0x03, 0, rd, rs1, offset);

    public static void Lh(Register rd, int offset, Register rs1) => TypeI(0x03, 1, rd, rs1, offset);

    public static void Lw(Register rd, int offset, Register rs1) => TypeI(0x03, 2, rd, rs1, offset);

    public static void Lbu(Register rd, int offset, Register rs1) => TypeI(0x03, 4, rd, rs1, offset);

    public static void Lhu(Register rd, int offset, Register rs1) => TypeI(0x03, 5, rd, rs1, offset);

    public static void Sb(Register rs2, int offset, Register rs1) => TypeS(0, rs2, rs1, offset);

    public static void Sh(Register rs2, int offset, Register rs1) => TypeS(1, rs2, rs1, offset);

    public static void Sw(Register rs2, int offset, Register rs1) => TypeS(2, rs2, rs1, offset);

    public static void Beq(Register rs1, Register rs2, ref Label target) => TypeB(0, rs1, rs2, ref target);

    public static void Bne(Register rs1, Register rs2, ref Label target) => TypeB(1, rs1, rs2, ref target);

    public static void Blt(Register rs1, Register rs2, ref Label target) => TypeB(4, rs1, rs2, ref target);

    public static void Bge(Register rs1, Register rs2, ref Label target) => TypeB(5, rs1, rs2, ref target);

    public static void Bltu(Register rs1, Register rs2, ref Label target) => TypeB(6, rs1, rs2, ref target);

    public static void Bgeu(Register rs1, Register rs2, ref Label target) => TypeB(7, rs1, rs2, ref target);

    /// <summary><c>jal</c> to a place in the same code; rd = zero is a plain jump.</summary>
    public static void Jal(Register rd, ref Label target) => Use(JumpAndLink | ((uint)rd << 7), ref target);

    public static void Jalr(Register rd, int offset, Register rs1) => TypeI(0x67, 0, rd, rs1, offset);

    public static void Ret() => Jalr(Register.Zero, 0, Register.Ra);

    public static void Mv(Register rd, Register rs1) => Addi(rd, rs1, 0);

    /// <summary>Puts a number into a register: one or two instructions.</summary>
    public static void Li(Register rd, int number)
    {
        if (number is >= -2048 and < 2048)
        {
            Addi(rd, Register.Zero, number);
            return;
        }

        Lui(rd, (uint)(number + 0x800) >> 12);
        if ((number & 0xFFF) != 0)
        {
            Addi(rd, rd, number);
        }
    }

    /// <summary>Puts an address into a register: two instructions.</summary>
    public static void LoadAddress(Register rd, void* symbol)
    {
        AssemblerOutput.EmitAddress(((uint)rd << 7) | 0x37, AddressField.High, symbol);
        AssemblerOutput.EmitAddress(((uint)rd << 15) | ((uint)rd << 7) | ImmediateOperation, AddressField.Low, symbol);
    }

    /// <summary>Calls a function: ra is the return address.</summary>
    public static void Call(void* function) =>
        AssemblerOutput.EmitAddress(JumpAndLink | ((uint)Register.Ra << 7), AddressField.Jal, function);

    /// <summary>Calls a function: ra is the return address.</summary>
    public static void Call(delegate*<void> function) => Call((void*)function);

    /// <summary>Jumps to a function: ra stays.</summary>
    public static void Jump(void* function) => AssemblerOutput.EmitAddress(JumpAndLink, AddressField.Jal, function);

    /// <summary>Jumps to a function: ra stays.</summary>
    public static void Jump(delegate*<void> function) => Jump((void*)function);

    public static void Csrrw(Register rd, uint csr, Register rs1) => TypeI(System, 1, rd, rs1, (int)csr);

    public static void Csrrs(Register rd, uint csr, Register rs1) => TypeI(System, 2, rd, rs1, (int)csr);

    public static void Csrrc(Register rd, uint csr, Register rs1) => TypeI(System, 3, rd, rs1, (int)csr);

    public static void Csrrwi(Register rd, uint csr, uint immediate5) => TypeI(System, 5, rd, (Register)immediate5, (int)csr);

    public static void Csrrsi(Register rd, uint csr, uint immediate5) => TypeI(System, 6, rd, (Register)immediate5, (int)csr);

    public static void Csrrci(Register rd, uint csr, uint immediate5) => TypeI(System, 7, rd, (Register)immediate5, (int)csr);

    public static void Csrr(Register rd, uint csr) => Csrrs(rd, csr, Register.Zero);

    public static void Csrw(uint csr, Register rs1) => Csrrw(Register.Zero, csr, rs1);

    public static void Mret() => Emit(0x3020_0073);

    public static void Sret() => Emit(0x1020_0073);

    public static void Wfi() => Emit(0x1050_0073);

    public static void Ecall() => Emit(0x0000_0073);

    public static void Ebreak() => Emit(0x0010_0073);

    public static void FenceI() => Emit(0x0000_100F);

    public static void SfenceVma(Register address, Register addressSpace) =>
        Emit(0x1200_0073 | ((uint)addressSpace << 20) | ((uint)address << 15));

    /// <summary><c>lr.w.aq</c></summary>
    public static void LrW(Register rd, Register address) => Emit(0x1400_202F | ((uint)address << 15) | ((uint)rd << 7));

    /// <summary><c>sc.w.rl</c>: rd is 0 if the store happened.</summary>
    public static void ScW(Register rd, Register rs2, Register address) =>
        Emit(0x1A00_202F | ((uint)rs2 << 20) | ((uint)address << 15) | ((uint)rd << 7));

    /// <summary>Sets a label to here: appends nothing, and completes the branches to it so far.</summary>
    public static void Mark(ref Label label)
    {
        int here = AssemblerOutput.Count();
        int use = label.LastUse;
        while (use != 0)
        {
            int index = use - 1;
            uint word = AssemblerOutput.WordAt(index);
            int previous = Offset(word);
            use = previous == 0 ? 0 : use + (previous >> 2);
            AssemblerOutput.Replace(index, WithOffset(word, (here - index) << 2));
        }

        label.LastUse = 0;
        label.Position = here + 1;
    }

    private static void TypeB(uint function3, Register rs1, Register rs2, ref Label target) =>
        Use(Branch | ((uint)rs2 << 20) | ((uint)rs1 << 15) | (function3 << 12), ref target);

    private static void Use(uint word, ref Label target)
    {
        int here = AssemblerOutput.Count();
        int offset = 0;
        if (target.Position != 0)
        {
            offset = target.Position - 1 - here;
        }
        else
        {
            if (target.LastUse != 0)
            {
                offset = target.LastUse - 1 - here;
            }

            target.LastUse = here + 1;
        }

        Emit(WithOffset(word, offset << 2));
    }

    /// <summary>The byte offset in a branch or jal.</summary>
    private static int Offset(uint word) => (word & 0x7F) == Branch
        ? (int)((uint)((int)(word & 0x8000_0000) >> 19) | ((word & 0x80) << 4) | ((word >> 20) & 0x7E0) | ((word >> 7) & 0x1E))
        : (int)((uint)((int)(word & 0x8000_0000) >> 11) | (word & 0xF_F000) | ((word >> 9) & 0x800) | ((word >> 20) & 0x7FE));

    private static uint WithOffset(uint word, int offset)
    {
        uint bits = (uint)offset;
        return (word & 0x7F) == Branch
            ? (word & 0x01FF_F07F) | ((bits & 0x1000) << 19) | ((bits & 0x7E0) << 20) | ((bits & 0x1E) << 7) | ((bits & 0x800) >> 4)
            : (word & 0xFFF) | ((bits & 0x10_0000) << 11) | ((bits & 0x7FE) << 20) | ((bits & 0x800) << 9) | (bits & 0xF_F000);
    }

    private static void TypeR(uint function3, uint function7, Register rd, Register rs1, Register rs2) =>
        Emit((function7 << 25) | ((uint)rs2 << 20) | ((uint)rs1 << 15) | (function3 << 12) | ((uint)rd << 7) | 0x33);

    private static void TypeI(uint opcode, uint function3, Register rd, Register rs1, int immediate) =>
        Emit(((uint)immediate << 20) | ((uint)rs1 << 15) | (function3 << 12) | ((uint)rd << 7) | opcode);

    private static void TypeS(uint function3, Register rs2, Register rs1, int offset) =>
        Emit((((uint)offset >> 5 & 0x7F) << 25) | ((uint)rs2 << 20) | ((uint)rs1 << 15) | (function3 << 12)
            | (((uint)offset & 0x1F) << 7) | 0x23);
}
