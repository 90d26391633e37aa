namespace XousCloud.Guest;

/// <summary>Why a program panics. The numbers are the compiler's.</summary>
public enum PanicKind
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
