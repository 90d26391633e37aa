// What x86-64 instructions are made of, with the names of its manuals.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>A general register, by its number in encodings.</summary>
internal enum HostRegister : byte
{
    Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15,
}

/// <summary>Two-operand arithmetic, by its number in encodings.</summary>
internal enum HostArithmetic : byte
{
    Add = 0, Or = 1, And = 4, Sub = 5, Xor = 6, Cmp = 7,
}

/// <summary>Shifts by a constant, by their number in encodings.</summary>
internal enum HostShift : byte
{
    Shl = 4, Shr = 5, Sar = 7,
}

/// <summary>One-operand arithmetic, by its number in encodings.</summary>
internal enum HostUnary : byte
{
    Not = 2, Neg = 3, Div = 6, Idiv = 7,
}

/// <summary>Conditions, by their number in encodings; flipping the lowest bit negates one.</summary>
internal enum HostCondition : byte
{
    Below = 2, NotBelow = 3, Equal = 4, NotEqual = 5, BelowOrEqual = 6, Above = 7, Negative = 8, NotNegative = 9,
    Less = 12, NotLess = 13, LessOrEqual = 14, Greater = 15,
}

/// <summary>A register, or memory at base + index · 2^scale + displacement, or at an absolute place near the code.</summary>
internal readonly struct HostOperand
{
    private const byte None = 0xFF;

    private readonly byte register;
    private readonly byte index;

    private HostOperand(byte register, bool isMemory, HostRegister @base, byte index, byte scale, int displacement)
    {
        this.register = register;
        this.index = index;
        IsMemory = isMemory;
        Base = @base;
        Scale = scale;
        Displacement = displacement;
    }

    public bool IsMemory { get; }

    public HostRegister Register => (HostRegister)register;

    public HostRegister Base { get; }

    public bool HasIndex => index != None;

    /// <summary>The index; where there is none, rax, whose number is 0.</summary>
    public HostRegister IndexOrRax => index == None ? default : (HostRegister)index;

    public byte Scale { get; }

    public int Displacement { get; }

    public static implicit operator HostOperand(HostRegister register) => new((byte)register, false, default, None, 0, 0);

    public static HostOperand At(HostRegister @base, int displacement) => new(None, true, @base, None, 0, displacement);

    /// <param name="base">Added.</param>
    /// <param name="index">Added after it is shifted; not rsp.</param>
    /// <param name="scale">0 to 3.</param>
    /// <param name="displacement">Added.</param>
    public static HostOperand At(HostRegister @base, HostRegister index, byte scale = 0, int displacement = 0) =>
        new(None, true, @base, (byte)index, scale, displacement);

    public bool Is(HostRegister other) => !IsMemory && register == (byte)other;
}
