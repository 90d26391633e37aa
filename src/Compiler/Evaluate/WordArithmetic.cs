// Arithmetic of the interpreter: RV32IM on the bits, and beside it what becomes of a symbol's address.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

internal static class WordArithmetic
{
    public static Word Compute(Op op, Word a, Word b)
    {
        int bits = op switch
        {
            Op.Add => a.Bits + b.Bits,
            Op.Sub => a.Bits - b.Bits,
            Op.And => a.Bits & b.Bits,
            _ => Folding.Compute(op, a.Bits, b.Bits),
        };
        return (a.Base is null && b.Base is null) ? bits : new Word(bits, BaseOf(op, a, b));
    }

    private static Symbol? BaseOf(Op op, Word a, Word b) => op switch
    {
        Op.Add when b.IsNumber => a.Base,
        Op.Add when a.IsNumber => b.Base,
        Op.Sub when b.IsNumber => a.Base,
        Op.Sub when a.Base == b.Base && a.Base != Word.Derived => null,
        Op.And when b.IsNumber => BaseOfMasked(a.Base!, b.Bits),
        Op.And when a.IsNumber => BaseOfMasked(b.Base!, a.Bits),
        Op.Or or Op.Xor when b.Is(0) => a.Base,
        Op.Or or Op.Xor when a.Is(0) => b.Base,
        Op.Mul or Op.And when a.Is(0) || b.Is(0) => null,
        Op.ShiftLeft or Op.ShiftRight or Op.ShiftRightArithmetic when b.Is(0) => a.Base,
        _ => Word.Derived,
    };

    /// <summary>The low bits of an address are known as far as its alignment goes.</summary>
    private static Symbol? BaseOfMasked(Symbol symbol, int mask)
    {
        int low = symbol switch
        {
            DataSymbol data => data.Alignment - 1,
            FunctionSymbol => 1,
            _ => 3,
        };
        if ((mask & ~low) == 0 && symbol != Word.Derived)
        {
            return null;
        }

        return (mask | low) == -1 ? symbol : Word.Derived;
    }

    private static bool Is(this Word word, int number) => word.IsNumber && word.Bits == number;
}
