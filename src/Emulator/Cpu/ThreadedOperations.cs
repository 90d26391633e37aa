// The type arguments of the threaded handlers: instruction lengths, operations on two values, conditions, and
// widths of memory accesses. Each is a struct without fields, so the JIT compiles every combination on its own.

namespace XousCloud.Emulator.Cpu;

/// <summary>The length of an instruction in slots of 2 bytes.</summary>
internal interface ILength
{
    static abstract uint Slots { get; }
}

internal struct Full : ILength
{
    public static uint Slots => 2;
}

internal struct Compressed : ILength
{
    public static uint Slots => 1;
}

/// <summary>An operation on two values.</summary>
internal interface IBinaryOperation
{
    static abstract uint Apply(uint a, uint b);
}

internal struct AddOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a + b;
}

internal struct SubOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a - b;
}

internal struct XorOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a ^ b;
}

internal struct OrOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a | b;
}

internal struct AndOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a & b;
}

internal struct SllOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a << (int)b;
}

internal struct SrlOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a >> (int)b;
}

internal struct SraOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => (uint)((int)a >> (int)b);
}

internal struct SltOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => (int)a < (int)b ? 1u : 0;
}

internal struct SltuOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a < b ? 1u : 0;
}

internal struct MulOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => a * b;
}

internal struct MulhOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.MultiplyHigh((int)a, (int)b);
}

internal struct MulhsuOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.MultiplyHigh((int)a, b);
}

internal struct MulhuOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.MultiplyHigh(a, b);
}

internal struct DivOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.Divide((int)a, (int)b);
}

internal struct DivuOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.Divide(a, b);
}

internal struct RemOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.Remainder((int)a, (int)b);
}

internal struct RemuOperation : IBinaryOperation
{
    public static uint Apply(uint a, uint b) => Arithmetic.Remainder(a, b);
}

/// <summary>One of the AES instructions.</summary>
internal interface IAesOperation
{
    static abstract Operation Operation { get; }
}

internal struct Aes32esiOperation : IAesOperation
{
    public static Operation Operation => Operation.Aes32esi;
}

internal struct Aes32esmiOperation : IAesOperation
{
    public static Operation Operation => Operation.Aes32esmi;
}

internal struct Aes32dsiOperation : IAesOperation
{
    public static Operation Operation => Operation.Aes32dsi;
}

internal struct Aes32dsmiOperation : IAesOperation
{
    public static Operation Operation => Operation.Aes32dsmi;
}

/// <summary>The condition of a branch.</summary>
internal interface ICondition
{
    static abstract bool Holds(uint a, uint b);
}

internal struct EqualCondition : ICondition
{
    public static bool Holds(uint a, uint b) => a == b;
}

internal struct NotEqualCondition : ICondition
{
    public static bool Holds(uint a, uint b) => a != b;
}

internal struct LessCondition : ICondition
{
    public static bool Holds(uint a, uint b) => (int)a < (int)b;
}

internal struct NotLessCondition : ICondition
{
    public static bool Holds(uint a, uint b) => (int)a >= (int)b;
}

internal struct BelowCondition : ICondition
{
    public static bool Holds(uint a, uint b) => a < b;
}

internal struct NotBelowCondition : ICondition
{
    public static bool Holds(uint a, uint b) => a >= b;
}

/// <summary>The width of a load or store.</summary>
internal unsafe interface IWidth
{
    /// <summary>The address bits that must be 0.</summary>
    static abstract uint Misaligned { get; }

    static abstract uint Load(byte* place);

    static abstract void Store(byte* place, uint value);
}

internal unsafe struct SignedByte : IWidth
{
    public static uint Misaligned => 0;

    public static uint Load(byte* place) => (uint)*(sbyte*)place;

    public static void Store(byte* place, uint value) => *place = (byte)value;
}

internal unsafe struct UnsignedByte : IWidth
{
    public static uint Misaligned => 0;

    public static uint Load(byte* place) => *place;

    public static void Store(byte* place, uint value) => *place = (byte)value;
}

internal unsafe struct SignedHalf : IWidth
{
    public static uint Misaligned => 1;

    public static uint Load(byte* place) => (uint)*(short*)place;

    public static void Store(byte* place, uint value) => *(ushort*)place = (ushort)value;
}

internal unsafe struct UnsignedHalf : IWidth
{
    public static uint Misaligned => 1;

    public static uint Load(byte* place) => *(ushort*)place;

    public static void Store(byte* place, uint value) => *(ushort*)place = (ushort)value;
}

internal unsafe struct Word : IWidth
{
    public static uint Misaligned => 3;

    public static uint Load(byte* place) => *(uint*)place;

    public static void Store(byte* place, uint value) => *(uint*)place = value;
}
