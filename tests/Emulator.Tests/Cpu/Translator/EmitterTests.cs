// Every method of the emitter with random operands, read back by a disassembler that is not ours (Iced).

using Iced.Intel;
using XousCloud.Emulator.Cpu.Translator;
using Label = XousCloud.Emulator.Cpu.Translator.Label;

namespace XousCloud.Emulator.Tests.Cpu.Translator;

public sealed unsafe class EmitterTests
{
    private const int Rounds = 4000;

    private readonly Random random = new(Seed);
    private readonly Emitter emitter = new();
    private readonly byte[] buffer = GC.AllocateArray<byte>(64, pinned: true);

    private static int Seed { get; } = TestSeed.Next();

    private byte* Buffer => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref buffer[0]);

    [Fact]
    public void A_disassembler_reads_what_was_meant()
    {
        HashSet<string> mnemonics = [];
        for (int i = 0; i < Rounds; i++)
        {
            emitter.Begin(Buffer, Buffer, buffer.Length);
            string expected = EmitOne();
            emitter.End();
            Instruction read = Disassemble(0);
            Assert.Equal(expected, Describe(read), ignoreCase: true);
            Assert.Equal(emitter.Position, read.Length);
            mnemonics.Add(read.Mnemonic.ToString());
        }

        Assert.InRange(mnemonics.Count, 50, 100);
    }

    [Fact]
    public void Jumps_reach_labels_before_and_behind_them()
    {
        emitter.Begin(Buffer, Buffer, buffer.Length);
        Label back = emitter.NewLabel();
        Label ahead = emitter.NewLabel();
        emitter.Bind(back);
        emitter.Jump(HostCondition.Less, ahead);
        emitter.Jump(back);
        emitter.Bind(ahead);
        emitter.Ret();
        emitter.End();

        Assert.Equal((ulong)Buffer + 11, Disassemble(0).NearBranch64);
        Assert.Equal((ulong)Buffer, Disassemble(6).NearBranch64);
        Assert.Equal((ulong)Buffer + 11, (ulong)emitter.PlaceOf(ahead));
    }

    [Fact]
    public void Jumps_out_of_the_code_count_from_where_it_runs()
    {
        byte* runs = (byte*)0x10_0000_0000;
        emitter.Begin(Buffer, runs, buffer.Length);
        emitter.JumpTo(runs + 0x1234);
        emitter.JumpThrough(runs - 0x100);

        Assert.Equal((ulong)runs + 0x1234, Disassemble(0, (ulong)runs).NearBranch64);
        Assert.Equal((ulong)runs - 0x100, Disassemble(5, (ulong)runs + 5).IPRelativeMemoryAddress);
    }

    [Fact]
    public void Nothing_is_written_behind_the_end_of_the_buffer()
    {
        Array.Fill(buffer, (byte)0xAA);
        emitter.Begin(Buffer, Buffer, 10);
        for (int i = 0; i < 5; i++)
        {
            emitter.Mov(HostRegister.R9, 0x1234_5678u);
        }

        emitter.End();

        Assert.True(emitter.Overflowed);
        Assert.All(buffer.Skip(10), value => Assert.Equal(0xAA, value));
    }

    [Fact]
    public void However_it_is_filled_the_buffer_ends_where_it_ends()
    {
        for (int round = 0; round < 2000; round++)
        {
            int length = random.Next(1, 60);
            Array.Fill(buffer, (byte)0xAA);
            emitter.Begin(Buffer, Buffer, length);
            while (!emitter.Overflowed)
            {
                EmitOne();
            }

            Assert.All(buffer.Skip(length), value => Assert.Equal(0xAA, value));
        }
    }

    // Emits one instruction and says what it must read as.
    private string EmitOne()
    {
        HostRegister register = AnyRegister();
        HostRegister other = AnyRegister();
        HostOperand any = random.Next(2) == 0 ? other : AnyMemory();
        HostOperand memory = AnyMemory();
        HostArithmetic arithmetic = Pick(HostArithmetic.Add, HostArithmetic.Or, HostArithmetic.And, HostArithmetic.Sub, HostArithmetic.Xor, HostArithmetic.Cmp);
        HostShift shift = Pick(HostShift.Shl, HostShift.Shr, HostShift.Sar);
        HostCondition condition = (HostCondition)random.Next(2, 16);
        condition = condition is (HostCondition)10 or (HostCondition)11 ? HostCondition.Less : condition;
        int constant = random.Next(2) == 0 ? random.Next(-128, 128) : random.Next(int.MinValue, int.MaxValue);
        byte count = (byte)random.Next(1, 32);
        switch (random.Next(39))
        {
            case 0:
                emitter.Mov(register, any);
                return $"Mov {Name(register, 32)} {Name(any, 32)}";
            case 1:
                emitter.Mov(memory, register);
                return $"Mov {Name(memory, 32)} {Name(register, 32)}";
            case 2:
                emitter.Mov8(memory, register);
                return $"Mov {Name(memory, 8)} {Name(register, 8)}";
            case 3:
                emitter.Mov16(memory, register);
                return $"Mov {Name(memory, 16)} {Name(register, 16)}";
            case 4:
                emitter.Mov64(register, any);
                return $"Mov {Name(register, 64)} {Name(any, 64)}";
            case 5:
                emitter.Mov64(memory, register);
                return $"Mov {Name(memory, 64)} {Name(register, 64)}";
            case 6:
                emitter.Mov(any, (uint)constant);
                return constant == 0 && !any.IsMemory
                    ? $"Xor {Name(any, 32)} {Name(any, 32)}"
                    : $"Mov {Name(any, 32)} {(uint)constant:x}";
            case 7:
                emitter.Mov8(memory, (byte)constant);
                return $"Mov {Name(memory, 8)} {(byte)constant:x}";
            case 8:
                emitter.Mov16(memory, (ushort)constant);
                return $"Mov {Name(memory, 16)} {(ushort)constant:x}";
            case 9:
                emitter.Movzx8(register, any);
                return $"Movzx {Name(register, 32)} {Name(any, 8)}";
            case 10:
                emitter.Movzx16(register, any);
                return $"Movzx {Name(register, 32)} {Name(any, 16)}";
            case 11:
                emitter.Movsx8(register, any);
                return $"Movsx {Name(register, 32)} {Name(any, 8)}";
            case 12:
                emitter.Movsx16(register, any);
                return $"Movsx {Name(register, 32)} {Name(any, 16)}";
            case 13:
                emitter.Movsxd(register, any);
                return $"Movsxd {Name(register, 64)} {Name(any, 32)}";
            case 14:
                emitter.Lea(register, memory);
                return $"Lea {Name(register, 32)} {Name(memory, 0)}";
            case 15:
                emitter.Arithmetic(arithmetic, register, any);
                return $"{arithmetic} {Name(register, 32)} {Name(any, 32)}";
            case 16:
                emitter.Arithmetic(arithmetic, memory, register);
                return $"{arithmetic} {Name(memory, 32)} {Name(register, 32)}";
            case 17:
                emitter.Arithmetic(arithmetic, any, constant);
                return $"{arithmetic} {Name(any, 32)} {(uint)constant:x}";
            case 18:
                emitter.Arithmetic64(arithmetic, register, any);
                return $"{arithmetic} {Name(register, 64)} {Name(any, 64)}";
            case 19:
                emitter.Arithmetic64(arithmetic, any, constant);
                return $"{arithmetic} {Name(any, 64)} {(ulong)constant:x}";
            case 20:
                emitter.Test(register, other);
                return $"Test {Name(register, 32)} {Name(other, 32)}";
            case 21:
                emitter.Test64(register, other);
                return $"Test {Name(register, 64)} {Name(other, 64)}";
            case 22:
                emitter.Shift(shift, any, count);
                return $"{shift} {Name(any, 32)} {count:x}";
            case 23:
                emitter.Shift64(shift, any, count);
                return $"{shift} {Name(any, 64)} {count:x}";
            case 24:
                HostRegister by = AnyRegister();
                emitter.Shiftx(shift, register, any, by);
                return $"{shift}x {Name(register, 32)} {Name(any, 32)} {Name(by, 32)}";
            case 25:
                emitter.Rorx(register, any, count);
                return $"Rorx {Name(register, 32)} {Name(any, 32)} {count:x}";
            case 26:
                emitter.Imul(register, any);
                return $"Imul {Name(register, 32)} {Name(any, 32)}";
            case 27:
                emitter.Imul64(register, any);
                return $"Imul {Name(register, 64)} {Name(any, 64)}";
            case 28:
                HostUnary unary = Pick(HostUnary.Not, HostUnary.Neg, HostUnary.Div, HostUnary.Idiv);
                emitter.Unary(unary, any);
                return $"{unary} {Name(any, 32)}";
            case 29:
                emitter.Cdq();
                return "Cdq";
            case 30:
                emitter.Set(condition, register);
                return $"Set{Suffix(condition)} {Name(register, 8)}";
            case 31:
                emitter.Cmov(condition, register, any);
                return $"Cmov{Suffix(condition)} {Name(register, 32)} {Name(any, 32)}";
            case 32:
                emitter.JumpThrough(any);
                return $"Jmp {Name(any, 64)}";
            case 33:
                emitter.Push(register);
                return $"Push {Name(register, 64)}";
            case 34:
                emitter.Pop(register);
                return $"Pop {Name(register, 64)}";
            case 35:
                emitter.Ret();
                return "Ret";
            case 36:
                emitter.Lea64(register, memory);
                return $"Lea {Name(register, 64)} {Name(memory, 0)}";
            case 37:
                ulong wide = (ulong)random.NextInt64();
                emitter.Mov64(register, wide);
                return $"Mov {Name(register, 64)} {wide:x}";
            default:
                Label label = emitter.NewLabel();
                emitter.Bind(label);
                emitter.Jump(condition, label);
                return $"J{Suffix(condition)} {(ulong)Buffer:x}";
        }
    }

    private HostRegister AnyRegister() => (HostRegister)random.Next(16);

    private HostOperand AnyMemory()
    {
        int displacement = random.Next(3) switch { 0 => 0, 1 => random.Next(-128, 128), _ => random.Next(int.MinValue, int.MaxValue) };
        HostRegister index = AnyRegister();
        return random.Next(2) == 0 || index == HostRegister.Rsp
            ? HostOperand.At(AnyRegister(), displacement)
            : HostOperand.At(AnyRegister(), index, (byte)random.Next(4), displacement);
    }

    private T Pick<T>(params T[] from) => from[random.Next(from.Length)];

    private Instruction Disassemble(int offset, ulong runsAt = 0)
    {
        Decoder decoder = Decoder.Create(64, new ByteArrayCodeReader(buffer, offset, buffer.Length - offset));
        decoder.IP = runsAt != 0 ? runsAt : (ulong)Buffer + (ulong)offset;
        return decoder.Decode();
    }

    private static string Suffix(HostCondition condition) => condition switch
    {
        HostCondition.Below => "b",
        HostCondition.NotBelow => "ae",
        HostCondition.Equal => "e",
        HostCondition.NotEqual => "ne",
        HostCondition.BelowOrEqual => "be",
        HostCondition.Above => "a",
        HostCondition.Negative => "s",
        HostCondition.NotNegative => "ns",
        HostCondition.Less => "l",
        HostCondition.NotLess => "ge",
        HostCondition.LessOrEqual => "le",
        _ => "g",
    };

    private static string Name(HostOperand operand, int bits) => operand.IsMemory
        ? $"[{operand.Base}+{(operand.HasIndex ? operand.IndexOrRax : "")}*{(operand.HasIndex ? 1 << operand.Scale : 1)}+{operand.Displacement:x}]{bits}"
        : Name(operand.Register, bits);

    private static string Name(HostRegister register, int bits)
    {
        string name = register.ToString();
        return (bits, (int)register) switch
        {
            (64, _) => name,
            (32, >= 8) => name + "D",
            (16, >= 8) => name + "W",
            (8, >= 8) => name + "L",
            (32, _) => "E" + name[1..],
            (16, _) => name[1..],
            (_, >= 4) => name[1..] + "L",
            _ => name[1] + "L",
        };
    }

    private static string Describe(in Instruction instruction)
    {
        List<string> parts = [instruction.Mnemonic.ToString()];
        for (int i = 0; i < instruction.OpCount; i++)
        {
            parts.Add(instruction.GetOpKind(i) switch
            {
                OpKind.Register => instruction.GetOpRegister(i).ToString(),
                OpKind.Memory => Describe(instruction, instruction.Mnemonic == Mnemonic.Lea ? 0 : instruction.MemorySize.GetSize() * 8),
                OpKind.NearBranch64 => $"{instruction.NearBranch64:x}",
                OpKind.Immediate8 or OpKind.Immediate8to32 or OpKind.Immediate32 or OpKind.Immediate16
                    or OpKind.Immediate8to64 or OpKind.Immediate32to64 or OpKind.Immediate64 => Constant(instruction, i),
                _ => instruction.GetOpKind(i).ToString(),
            });
        }

        return string.Join(' ', parts);
    }

    private static string Constant(in Instruction instruction, int operand) => instruction.GetOpKind(operand) switch
    {
        OpKind.Immediate8to32 => $"{(uint)instruction.GetImmediate(operand):x}",
        _ => $"{instruction.GetImmediate(operand):x}",
    };

    private static string Describe(in Instruction instruction, int bits)
    {
        string index = instruction.MemoryIndex == Register.None ? "" : instruction.MemoryIndex.ToString();
        return $"[{instruction.MemoryBase}+{index}*{instruction.MemoryIndexScale}+{(int)instruction.MemoryDisplacement64:x}]{bits}";
    }
}
