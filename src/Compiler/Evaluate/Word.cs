using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

/// <summary>
/// A 32-bit word at compile time, and what the linker will make of it.
/// </summary>
/// <param name="Bits">The word itself, in the addresses of the <see cref="EvaluationMemory"/>.</param>
/// <param name="Base">
/// Null for a plain number; the symbol whose address (plus a number) the word is; or one of the two marks for words that no
/// image can hold.
/// </param>
public readonly record struct Word(int Bits, Symbol? Base = null)
{
    /// <summary>The base of addresses of locals.</summary>
    public static Symbol Local { get; } = new LinkerSymbol("the address of a local variable");

    /// <summary>The base of what was computed from an address so that it is no longer symbol plus number.</summary>
    public static Symbol Derived { get; } = new LinkerSymbol("a number computed from an address");

    public bool IsNumber => Base is null;

    public static implicit operator Word(int bits) => new(bits);

    public static Word FromInt32(int bits) => new(bits);
}
