// Which panic an exception becomes. The exception object itself is never made.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal static class PanicKinds
{
    /// <summary>The kind for an exception type, by its name.</summary>
    public static PanicKind Of(IlType exception) => exception.SimpleName switch
    {
        "IndexOutOfRangeException" => PanicKind.IndexOutOfRange,
        "NullReferenceException" => PanicKind.NullReference,
        "DivideByZeroException" => PanicKind.DivideByZero,
        "OverflowException" => PanicKind.Overflow,
        "ArgumentOutOfRangeException" => PanicKind.ArgumentOutOfRange,
        "ArgumentException" or "ArgumentNullException" => PanicKind.Argument,
        "InvalidCastException" => PanicKind.InvalidCast,
        "ArrayTypeMismatchException" => PanicKind.ArrayTypeMismatch,
        "OutOfMemoryException" => PanicKind.OutOfMemory,
        "InvalidOperationException" => PanicKind.InvalidOperation,
        _ => PanicKind.Thrown,
    };

    /// <summary>The kind for a framework method that does nothing but throw, such as those of ThrowHelper, by its name.</summary>
    public static PanicKind OfThrower(string name) =>
        name.Contains("IndexOutOfRange", StringComparison.Ordinal) ? PanicKind.IndexOutOfRange
        : name.Contains("ArgumentOutOfRange", StringComparison.Ordinal) || name.Contains("MustBe", StringComparison.Ordinal)
            || name.Contains("OutOfRange", StringComparison.Ordinal) ? PanicKind.ArgumentOutOfRange
        : name.Contains("Overflow", StringComparison.Ordinal) ? PanicKind.Overflow
        : name.Contains("Argument", StringComparison.Ordinal) ? PanicKind.Argument
        : name.Contains("InvalidOperation", StringComparison.Ordinal) ? PanicKind.InvalidOperation
        : name.Contains("InvalidCast", StringComparison.Ordinal) ? PanicKind.InvalidCast
        : name.Contains("ArrayTypeMismatch", StringComparison.Ordinal) ? PanicKind.ArrayTypeMismatch
        : name.Contains("DivideByZero", StringComparison.Ordinal) ? PanicKind.DivideByZero
        : name.Contains("OutOfMemory", StringComparison.Ordinal) ? PanicKind.OutOfMemory
        : PanicKind.Thrown;
}
