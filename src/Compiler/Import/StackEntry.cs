// What stands on the evaluation stack while IL is imported: the words of a value, or where it lies in memory.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

/// <summary>A value on the stack: one word for each leaf of its type, or the address of a copy that nobody else changes.</summary>
internal sealed record StackEntry(IlType Type, Value[] Words)
{
    /// <summary>The address of a value that is handled as memory; <see cref="Words"/> is empty then.</summary>
    public Value? Memory { get; init; }

    /// <summary>The object's class is exactly <see cref="Type"/>: it was made here.</summary>
    public bool IsExact { get; init; }

    /// <summary>The type or field that a token on the stack names.</summary>
    public object? Token { get; init; }

    public Value Word => Words.Length == 1
        ? Words[0]
        : throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The IL takes a {Type} where it needs a word.");

    public Value Low => Words[0];

    public Value High => Words.Length == 2
        ? Words[1]
        : throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The IL takes a {Type} where it needs 64 bits.");

    /// <summary>Whether arithmetic is done in 64 bits.</summary>
    public bool IsWide => Type.Primitive is Primitive.Int64 or Primitive.UInt64 || (Words.Length == 2 && Type.IsEnum);

    public bool IsFloat => Type.Primitive is Primitive.Single or Primitive.Double;
}
