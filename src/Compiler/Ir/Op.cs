// The operations of the intermediate representation. Every value is one 32-bit word: 64-bit integers are two values
// from the importer on, structs are memory slots whose words the optimizer promotes one by one.

namespace XousCloud.Compiler.Ir;

/// <summary>What a <see cref="Value"/> computes. Inputs are named in the order in which they stand.</summary>
public enum Op : byte
{
    // Leaves. They belong to no block and cost nothing until the back end needs them in a register.

    /// <summary>The number <see cref="Value.Imm"/>.</summary>
    Const,

    /// <summary>The address of <see cref="Value.Symbol"/> plus <see cref="Value.Imm"/>.</summary>
    SymbolAddress,

    /// <summary>The address of <see cref="Value.Slot"/> in this function's frame plus <see cref="Value.Imm"/>.</summary>
    SlotAddress,

    /// <summary>Any number: a read of a local that was never written.</summary>
    Undefined,

    // Values at the top of a block.

    /// <summary>Argument word number <see cref="Value.Imm"/>; in the entry block only.</summary>
    Parameter,

    /// <summary>One input for each predecessor of its block, in their order.</summary>
    Phi,

    // Arithmetic on two words, RV32IM's semantics: nothing traps, shift counts are taken modulo 32.
    Add,
    Sub,
    Mul,
    MulHigh,
    MulHighUnsigned,
    Div,
    DivUnsigned,
    Rem,
    RemUnsigned,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    ShiftRightArithmetic,

    /// <summary>1 if <see cref="Value.Condition"/> holds between the two inputs, or 0.</summary>
    Set,

    /// <summary>The low 8 bits, sign-extended. Zero extension is And with 255.</summary>
    SignExtend8,

    /// <summary>The low 16 bits, sign-extended.</summary>
    SignExtend16,

    /// <summary>The low 16 bits, zero-extended.</summary>
    ZeroExtend16,

    // Memory: the address is input 0 plus Imm; Size is 1, 2 or 4 bytes and the address is a multiple of it.

    /// <summary>Address. Sub-word loads extend as <see cref="Value.Signed"/> says.</summary>
    Load,

    /// <summary>Address, value.</summary>
    Store,

    /// <summary>Target address, source address; Imm bytes, aligned to Size, whole ranges equal or disjoint.</summary>
    CopyMemory,

    /// <summary>Target address; Imm bytes, aligned to Size, become zero.</summary>
    ClearMemory,

    // Calls. Inputs are the argument words left to right; the value itself is the first result word (a0).

    /// <summary>Calls <see cref="Value.Symbol"/>. Imm is the number of result words, 0 to 2.</summary>
    Call,

    /// <summary>Calls the address in input 0 with the other inputs. Imm is the number of result words.</summary>
    CallIndirect,

    /// <summary>
    /// <c>ecall</c> with up to 8 inputs in a0–a7; Imm is the number of result words, 0 to 8, in a0–a7. Only a0–a7 change.
    /// </summary>
    EnvironmentCall,

    /// <summary>Result word Imm (1 or more) of the call in input 0; stands directly behind it and its other results.</summary>
    Result,

    // What the machine offers beyond C#.

    /// <summary><c>csrrw</c>, <c>csrrs</c> or <c>csrrc</c> (<see cref="Value.Csr"/>) of CSR number Imm; input 0 is the operand. The value is the old content.</summary>
    CsrAccess,

    /// <summary>An instruction word <see cref="Value.Imm"/> without register operands, such as <c>wfi</c> or <c>fence</c>; a barrier to all memory accesses.</summary>
    Instruction,

    /// <summary><c>sfence.vma</c> of the address in input 0 and the address-space number in input 1; constants 0 mean x0.</summary>
    FenceVirtualMemory,

    /// <summary>Address, operand: an AMO (<see cref="Value.Atomic"/>) with aq and rl; the value is the old content.</summary>
    AtomicAccess,

    /// <summary>Address, expected, replacement: an lr/sc loop; the value is the old content.</summary>
    CompareExchange,

    // Checks do not end a block.

    /// <summary>Panics with <see cref="Value.Panic"/> if <see cref="Value.Condition"/> holds between the two inputs.</summary>
    Check,

    /// <summary>Something that the subset does not have; a compile error if it is still reachable after optimization.</summary>
    Unsupported,

    // Terminators: the last value of a block, in Block.Terminator. Successors are in Block.Successors.

    /// <summary>To successor 0.</summary>
    Jump,

    /// <summary>To successor 0 if <see cref="Value.Condition"/> holds between the two inputs, else to successor 1.</summary>
    Branch,

    /// <summary>To successor number (input 0), or to the last successor if it is not below the number of the others.</summary>
    Switch,

    /// <summary>Returns its 0 to 2 inputs.</summary>
    Return,

    /// <summary>Calls the guest's panic with <see cref="Value.Panic"/>; no successor.</summary>
    Panic,

    /// <summary>Never reached, for example behind a call that does not return; no successor.</summary>
    Unreachable,
}

/// <summary>A comparison of two words, with the branch instructions' names.</summary>
public enum Condition : byte
{
    Equal,
    NotEqual,
    Less,
    GreaterOrEqual,
    LessUnsigned,
    GreaterOrEqualUnsigned,
}

/// <summary>Why a program panics. The numbers are the guest library's.</summary>
public enum PanicKind : byte
{
    /// <summary>A <c>throw</c> of the program's own.</summary>
    Thrown = 1,
    IndexOutOfRange = 2,
    NullReference = 3,
    DivideByZero = 4,
    Overflow = 5,
    ArgumentOutOfRange = 6,
    InvalidCast = 7,
    ArrayTypeMismatch = 8,
    OutOfMemory = 9,
    InvalidOperation = 10,
    Argument = 11,
}

/// <summary>The CSR instructions.</summary>
public enum CsrOperation : byte
{
    ReadWrite,
    ReadSet,
    ReadClear,
}

/// <summary>The AMO instructions of the A extension.</summary>
public enum AtomicOperation : byte
{
    Swap,
    Add,
    And,
    Or,
    Xor,
    Minimum,
    Maximum,
    MinimumUnsigned,
    MaximumUnsigned,
}

public static class Conditions
{
    public static Condition Negate(this Condition condition) => (Condition)((byte)condition ^ 1);

    /// <summary>Whether the condition holds between two constants.</summary>
    public static bool Holds(this Condition condition, int a, int b) => condition switch
    {
        Condition.Equal => a == b,
        Condition.NotEqual => a != b,
        Condition.Less => a < b,
        Condition.GreaterOrEqual => a >= b,
        Condition.LessUnsigned => (uint)a < (uint)b,
        _ => (uint)a >= (uint)b,
    };

    /// <summary>Whether the condition holds between a value and itself.</summary>
    public static bool HoldsForEqual(this Condition condition) =>
        condition is Condition.Equal or Condition.GreaterOrEqual or Condition.GreaterOrEqualUnsigned;
}
