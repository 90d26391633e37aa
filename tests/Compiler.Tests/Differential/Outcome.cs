// What a call came to, on the host or on the target: a value, or a failed check.

using System.Reflection;
using XousCloud.Guest;

namespace XousCloud.Compiler.Tests.Differential;

/// <param name="Bits">The result's words; 0 for a panic.</param>
/// <param name="Panic">The kind of the panic, or null.</param>
/// <param name="Note">What else happened, which is never right.</param>
internal readonly record struct Outcome(ulong Bits, PanicKind? Panic = null, string? Note = null)
{
    /// <summary>Calls a static method of the host's.</summary>
    public static Outcome OfHost(MethodInfo method, object[] arguments)
    {
        try
        {
            return new Outcome(Scalars.Bits(method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)));
        }
#pragma warning disable CA1031 // whatever it throws is its outcome
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Outcome(0, KindOf(exception));
        }
    }

    public static Outcome OfGuest(CallResult result, Type type) => result.End switch
    {
        CallEnd.Panicked => new Outcome(0, result.Panic),
        CallEnd.Returned => new Outcome(Scalars.WordCount(type) switch
        {
            0 => 0,
            1 => result.A0,
            _ => ((ulong)result.A1 << 32) | result.A0,
        }),
        _ => new Outcome(0, null, result.ToString()),
    };

    public string Show(Type type) =>
        Note ?? (Panic is { } kind ? $"panic {kind}" : Scalars.WordCount(type) == 0 ? "void"
            : $"{Scalars.Show(Scalars.FromBits(type, Bits))} (0x{Bits:X})");

    private static PanicKind KindOf(Exception exception) => exception switch
    {
        IndexOutOfRangeException => PanicKind.IndexOutOfRange,
        NullReferenceException => PanicKind.NullReference,
        DivideByZeroException => PanicKind.DivideByZero,
        OverflowException => PanicKind.Overflow,
        ArgumentOutOfRangeException => PanicKind.ArgumentOutOfRange,
        InvalidCastException => PanicKind.InvalidCast,
        ArrayTypeMismatchException => PanicKind.ArrayTypeMismatch,
        OutOfMemoryException => PanicKind.OutOfMemory,
        InvalidOperationException => PanicKind.InvalidOperation,
        ArgumentException => PanicKind.Argument,
        _ => PanicKind.Thrown,
    };
}
