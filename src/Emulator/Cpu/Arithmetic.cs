// The results of multiply, divide and atomic operations where C#'s own operators differ from the manual's:
// no trap on division by zero or overflow, high halves of products. Facts: RISC-V manual, M and A extensions.

namespace XousCloud.Emulator.Cpu;

internal static class Arithmetic
{
    public static uint MultiplyHigh(int left, int right) => (uint)(((long)left * right) >> 32);

    public static uint MultiplyHigh(int left, uint right) => (uint)(((long)left * right) >> 32);

    public static uint MultiplyHigh(uint left, uint right) => (uint)(((ulong)left * right) >> 32);

    public static uint Divide(int dividend, int divisor) =>
        divisor == 0 ? uint.MaxValue
        : divisor == -1 ? 0u - (uint)dividend
        : (uint)(dividend / divisor);

    public static uint Divide(uint dividend, uint divisor) => divisor == 0 ? uint.MaxValue : dividend / divisor;

    public static uint Remainder(int dividend, int divisor) =>
        divisor == 0 ? (uint)dividend
        : divisor == -1 ? 0
        : (uint)(dividend % divisor);

    public static uint Remainder(uint dividend, uint divisor) => divisor == 0 ? dividend : dividend % divisor;

    /// <summary>What an AMO stores.</summary>
    public static uint Atomic(Operation operation, uint old, uint operand) => operation switch
    {
        Operation.AmoswapW => operand,
        Operation.AmoaddW => old + operand,
        Operation.AmoxorW => old ^ operand,
        Operation.AmoandW => old & operand,
        Operation.AmoorW => old | operand,
        Operation.AmominW => (uint)Math.Min((int)old, (int)operand),
        Operation.AmomaxW => (uint)Math.Max((int)old, (int)operand),
        Operation.AmominuW => Math.Min(old, operand),
        Operation.AmomaxuW => Math.Max(old, operand),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an atomic operation."),
    };
}
