// Calls that the interpreter answers itself. The importer makes them of the guest library's AssemblerOutput and of
// allocations in static constructors; in code that is left for the target they are errors.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

public static class EvaluationCalls
{
    /// <summary>Appends the word in argument 0 to the naked code.</summary>
    public static FunctionSymbol Emit { get; } = new("Assembler.Emit");

    /// <summary>Appends a word: word, <see cref="NakedRelocation"/>, address of the symbol that is filled in.</summary>
    public static FunctionSymbol EmitAddress { get; } = new("Assembler.EmitAddress");

    /// <summary>Returns the number of words so far.</summary>
    public static FunctionSymbol Count { get; } = new("Assembler.Count");

    /// <summary>Returns the word whose index is argument 0.</summary>
    public static FunctionSymbol WordAt { get; } = new("Assembler.WordAt");

    /// <summary>Replaces a word: index, word.</summary>
    public static FunctionSymbol Replace { get; } = new("Assembler.Replace");

    /// <summary>Returns a new block of zeros that becomes data of the image: bytes, alignment.</summary>
    public static FunctionSymbol Allocate { get; } = new("Evaluation.Allocate");

    /// <summary>The call for a method of the guest library's AssemblerOutput, by its name; null if there is none.</summary>
    public static FunctionSymbol? ForAssembler(string method) => method switch
    {
        "Emit" => Emit,
        "EmitAddress" => EmitAddress,
        "Count" => Count,
        "WordAt" => WordAt,
        "Replace" => Replace,
        _ => null,
    };
}
