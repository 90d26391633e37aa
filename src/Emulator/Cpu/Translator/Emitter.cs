// Writes x86-64 instructions, those that the translator uses and no others. Operations are on 32 bits unless their
// name says otherwise. Each method is one instruction; its name is the manual's mnemonic.
// Facts: Intel's and AMD's manuals, instruction formats.

using System.Runtime.CompilerServices;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>A place in the code that is being written; jumps may come before it is known.</summary>
internal readonly record struct Label(int Number);

/// <summary>Writes instructions into a buffer.</summary>
internal sealed unsafe class Emitter
{
    private const int Unbound = -1;
    private const int NoRex = 0x40;
    private const int LongestInstruction = 15;

    private int[] labels = new int[1024];
    private int labelCount;
    private readonly PlainList<Reference> references = new();
    private byte* start;
    private byte* executable;
    private int position;
    private int limit;

    /// <summary>Bytes written since <see cref="Begin"/>.</summary>
    public int Position => position;

    /// <summary>Whether the buffer did not suffice; what was written is of no use then.</summary>
    public bool Overflowed => position > limit;

    /// <summary>Starts anew.</summary>
    /// <param name="writable">Where to write.</param>
    /// <param name="runsAt">Where the code will be when it runs.</param>
    /// <param name="length">Bytes there are.</param>
    public void Begin(byte* writable, byte* runsAt, int length)
    {
        start = writable;
        executable = runsAt;
        limit = length;
        position = 0;
        labelCount = 0;
        references.Clear();
    }

    /// <summary>Fills in the jumps. Every label that was used must be bound.</summary>
    public void End()
    {
        if (Overflowed)
        {
            return;
        }

        for (int i = 0; i < references.Count; i++)
        {
            Reference reference = references[i];
            *(int*)(start + reference.Place) = labels[reference.Label] - (reference.Place + sizeof(int));
        }
    }

    public Label NewLabel()
    {
        if (labelCount == labels.Length)
        {
            Array.Resize(ref labels, labelCount * 2);
        }

        labels[labelCount] = Unbound;
        return new Label(labelCount++);
    }

    public void Bind(Label label) => labels[label.Number] = position;

    public bool IsBound(Label label) => labels[label.Number] != Unbound;

    /// <summary>Where the next instruction will be when it runs.</summary>
    public byte* Place => executable + position;

    /// <summary>Where a label will be when it runs.</summary>
    public byte* PlaceOf(Label label) => executable + labels[label.Number];

    /// <summary>Moves; at most one of the two is memory, as everywhere.</summary>
    public void Mov(HostOperand to, HostOperand from) => Either(0x89, to, from, wide: false);

    public void Mov8(HostOperand to, HostRegister from) => Instruction(0x88, from, to, bytes: true);

    public void Mov16(HostOperand to, HostRegister from)
    {
        Byte(0x66);
        Instruction(0x89, from, to);
    }

    public void Mov64(HostOperand to, HostOperand from) => Either(0x89, to, from, wide: true);

    public void Mov(HostOperand to, uint value)
    {
        if (!to.IsMemory)
        {
            MovConstant(to.Register, value);
            return;
        }

        Instruction(0xC7, default, to);
        Int((int)value);
    }

    public void Mov64(HostRegister to, ulong value)
    {
        Rex(wide: true, to);
        Byte((byte)(0xB8 | ((int)to & 7)));
        Int((int)value);
        Int((int)(value >> 32));
    }

    public void Mov8(HostOperand to, byte value)
    {
        Instruction(0xC6, default, to);
        Byte(value);
    }

    public void Mov16(HostOperand to, ushort value)
    {
        Byte(0x66);
        Instruction(0xC7, default, to);
        Byte((byte)value);
        Byte((byte)(value >> 8));
    }

    public void Movzx8(HostRegister to, HostOperand from) => Instruction(0x0FB6, to, from, bytes: true);

    public void Movzx16(HostRegister to, HostOperand from) => Instruction(0x0FB7, to, from);

    public void Movsx8(HostRegister to, HostOperand from) => Instruction(0x0FBE, to, from, bytes: true);

    public void Movsx16(HostRegister to, HostOperand from) => Instruction(0x0FBF, to, from);

    /// <summary>Sign-extends 32 bits to 64.</summary>
    public void Movsxd(HostRegister to, HostOperand from) => Instruction(0x63, to, from, wide: true);

    public void Lea(HostRegister to, HostOperand address) => Instruction(0x8D, to, address);

    public void Lea64(HostRegister to, HostOperand address) => Instruction(0x8D, to, address, wide: true);

    public void Arithmetic(HostArithmetic operation, HostOperand to, HostOperand with) =>
        Either(((int)operation << 3) | 1, to, with, wide: false);

    public void Arithmetic(HostArithmetic operation, HostOperand to, int constant) =>
        ArithmeticConstant(operation, to, constant, wide: false);

    public void Arithmetic64(HostArithmetic operation, HostOperand to, HostOperand with) =>
        Either(((int)operation << 3) | 1, to, with, wide: true);

    public void Arithmetic64(HostArithmetic operation, HostOperand to, int constant) =>
        ArithmeticConstant(operation, to, constant, wide: true);

    public void Test(HostRegister left, HostRegister right) => Instruction(0x85, right, left);

    public void Test64(HostRegister left, HostRegister right) => Instruction(0x85, right, left, wide: true);

    public void Shift(HostShift operation, HostOperand value, byte count)
    {
        Instruction(0xC1, (HostRegister)operation, value);
        Byte(count);
    }

    public void Shift64(HostShift operation, HostOperand value, byte count)
    {
        Instruction(0xC1, (HostRegister)operation, value, wide: true);
        Byte(count);
    }

    /// <summary>shlx, shrx, sarx: a shift by a register's low 5 bits that leaves the flags.</summary>
    public void Shiftx(HostShift operation, HostRegister to, HostOperand value, HostRegister count)
    {
        int prefix = operation switch { HostShift.Shl => 1, HostShift.Sar => 2, _ => 3 };
        Vex(map: 2, prefix, to, value, count);
        Byte(0xF7);
        ModRm(to, value);
    }

    /// <summary>Rotates right by a constant and leaves the flags.</summary>
    public void Rorx(HostRegister to, HostOperand value, byte count)
    {
        Vex(map: 3, prefix: 3, to, value, HostRegister.Rax);
        Byte(0xF0);
        ModRm(to, value);
        Byte(count);
    }

    public void Imul(HostRegister to, HostOperand with) => Instruction(0x0FAF, to, with);

    public void Imul64(HostRegister to, HostOperand with) => Instruction(0x0FAF, to, with, wide: true);

    public void Unary(HostUnary operation, HostOperand value) => Instruction(0xF7, (HostRegister)operation, value);

    /// <summary>Sign-extends eax into edx.</summary>
    public void Cdq() => Byte(0x99);

    public void Set(HostCondition condition, HostRegister to) => Instruction(0x0F90 | (int)condition, default, to, bytes: true);

    public void Cmov(HostCondition condition, HostRegister to, HostOperand from) =>
        Instruction(0x0F40 | (int)condition, to, from);

    public void Jump(Label target)
    {
        Byte(0xE9);
        Refer(target);
    }

    public void Jump(HostCondition condition, Label target)
    {
        Byte(0x0F);
        Byte((byte)(0x80 | (int)condition));
        Refer(target);
    }

    /// <summary>Jumps to code outside the buffer, at most 2 GiB away.</summary>
    public void JumpTo(byte* target)
    {
        Byte(0xE9);
        Int((int)(target - (executable + position + sizeof(int))));
    }

    /// <summary>Jumps to code outside the buffer on a condition.</summary>
    public void JumpTo(HostCondition condition, byte* target)
    {
        Byte(0x0F);
        Byte((byte)(0x80 | (int)condition));
        Int((int)(target - (executable + position + sizeof(int))));
    }

    /// <summary>Jumps to the address that is in a register or in memory.</summary>
    public void JumpThrough(HostOperand place) => Instruction(0xFF, (HostRegister)4, place);

    /// <summary>Jumps to the address at a place at most 2 GiB away.</summary>
    public void JumpThrough(byte* place)
    {
        Byte(0xFF);
        Byte(0x25);
        Int((int)(place - (executable + position + sizeof(int))));
    }

    public void Push(HostRegister register)
    {
        Rex(wide: false, register);
        Byte((byte)(0x50 | ((int)register & 7)));
    }

    public void Pop(HostRegister register)
    {
        Rex(wide: false, register);
        Byte((byte)(0x58 | ((int)register & 7)));
    }

    public void Ret() => Byte(0xC3);

    private void MovConstant(HostRegister to, uint value)
    {
        if (value == 0)
        {
            Arithmetic(HostArithmetic.Xor, to, to);
            return;
        }

        Rex(wide: false, to);
        Byte((byte)(0xB8 | ((int)to & 7)));
        Int((int)value);
    }

    // The opcode of the form that writes to a register or memory; the one that reads memory is two more.
    private void Either(int opcode, HostOperand to, HostOperand from, bool wide)
    {
        if (from.IsMemory)
        {
            Instruction(opcode + 2, to.Register, from, wide);
        }
        else
        {
            Instruction(opcode, from.Register, to, wide);
        }
    }

    private void ArithmeticConstant(HostArithmetic operation, HostOperand to, int constant, bool wide)
    {
        bool isShort = constant == (sbyte)constant;
        Instruction(isShort ? 0x83 : 0x81, (HostRegister)operation, to, wide);
        if (isShort)
        {
            Byte((byte)constant);
        }
        else
        {
            Int(constant);
        }
    }

    // Prefixes, opcode (two bytes where it is above 0xFF) and operands. There is room for all of it, or none is written.
    private void Instruction(int opcode, HostRegister register, in HostOperand operand, bool wide = false, bool bytes = false)
    {
        if (position > limit - LongestInstruction)
        {
            position += LongestInstruction;
            return;
        }

        // Without a REX prefix, byte registers 4 to 7 are ah to bh.
        bool byteRegister = bytes && (NeedsRexAsByte(register) || (!operand.IsMemory && NeedsRexAsByte(operand.Register)));
        int rex = RexOf(wide, register, operand.IndexOrRax, operand.IsMemory ? operand.Base : operand.Register);
        byte* next = start + position;
        if (rex != NoRex || byteRegister)
        {
            *next++ = (byte)rex;
        }

        if (opcode > 0xFF)
        {
            *next++ = (byte)(opcode >> 8);
        }

        *next++ = (byte)opcode;
        next = ModRm(next, register, operand);
        position = (int)(next - start);
    }

    private static bool NeedsRexAsByte(HostRegister register) => register is >= HostRegister.Rsp and <= HostRegister.Rdi;

    private void Rex(bool wide, HostRegister @base)
    {
        int rex = RexOf(wide, default, default, @base);
        if (rex != NoRex)
        {
            Byte((byte)rex);
        }
    }

    private static int RexOf(bool wide, HostRegister register, HostRegister index, HostRegister @base) =>
        NoRex | (wide ? 8 : 0) | (((int)register >> 3) << 2) | (((int)index >> 3) << 1) | ((int)@base >> 3);

    private void Vex(int map, int prefix, HostRegister register, HostOperand operand, HostRegister second)
    {
        int @base = (int)(operand.IsMemory ? operand.Base : operand.Register);
        int index = (int)operand.IndexOrRax;
        Byte(0xC4);
        Byte((byte)(((~(int)register & 8) << 4) | ((~index & 8) << 3) | ((~@base & 8) << 2) | map));
        Byte((byte)(((~(int)second & 15) << 3) | prefix));
    }

    private void ModRm(HostRegister register, in HostOperand operand)
    {
        if (position > limit - LongestInstruction)
        {
            position += LongestInstruction;
            return;
        }

        position = (int)(ModRm(start + position, register, operand) - start);
    }

    private static byte* ModRm(byte* next, HostRegister register, in HostOperand operand)
    {
        int reg = ((int)register & 7) << 3;
        if (!operand.IsMemory)
        {
            *next = (byte)(0xC0 | reg | ((int)operand.Register & 7));
            return next + 1;
        }

        int @base = (int)operand.Base & 7;
        int displacement = operand.Displacement;

        // A base of rbp or r13 has no form without a displacement; one of rsp or r12 needs an index byte.
        int mode = displacement == 0 && @base != (int)HostRegister.Rbp ? 0x00 : displacement == (sbyte)displacement ? 0x40 : 0x80;
        if (operand.HasIndex)
        {
            *next++ = (byte)(mode | reg | 4);
            *next++ = (byte)((operand.Scale << 6) | (((int)operand.IndexOrRax & 7) << 3) | @base);
        }
        else if (@base == (int)HostRegister.Rsp)
        {
            *next++ = (byte)(mode | reg | 4);
            *next++ = 0x24;
        }
        else
        {
            *next++ = (byte)(mode | reg | @base);
        }

        if (mode == 0x40)
        {
            *next++ = (byte)displacement;
        }
        else if (mode == 0x80)
        {
            *(int*)next = displacement;
            next += sizeof(int);
        }

        return next;
    }

    private void Refer(Label target)
    {
        references.Add(new Reference(position, target.Number));
        Int(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Byte(byte value)
    {
        if (position < limit)
        {
            start[position] = value;
        }

        position++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Int(int value)
    {
        if (position <= limit - sizeof(int))
        {
            *(int*)(start + position) = value;
        }

        position += sizeof(int);
    }

    // A jump to be filled in.
    private readonly record struct Reference(int Place, int Label);
}
