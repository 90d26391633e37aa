// Runs functions at compile time: static constructors, whose results become the image's data, and naked methods, which
// write instruction words. It is also what the optimizer's and the back end's output is compared with in tests.
//
// Calls take frames of a list, never of the host's stack, and every run has a limit of steps, so no program can make the
// compiler hang or crash. What a program does that has no meaning before the image exists is an error at its source line:
// touching devices, control registers and environment calls, unless the interpreter is given a Machine that does it.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

/// <summary>How a run ended: with result words, or with a panic at a place.</summary>
public sealed record EvaluationResult(IReadOnlyList<Word> Words, PanicKind? Panic = null, SourcePosition? Position = null)
{
    /// <summary>The functions in which it panicked, innermost first.</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];
}

public sealed class Interpreter(EvaluationMemory memory, EvaluationLimits? limits = null)
{
    private readonly EvaluationLimits limits = limits ?? new EvaluationLimits();
    private readonly Dictionary<Function, PreparedFunction> prepared = [];
    private NakedCode? naked;

    /// <summary>What an operation does that only a machine can: CSRs, fixed instructions, environment calls.</summary>
    /// <param name="operation">Its IR value.</param>
    /// <param name="operands">Its inputs.</param>
    /// <param name="results">What it returns; as many as it has.</param>
    public delegate void MachineOperation(Value operation, ReadOnlySpan<int> operands, Span<int> results);

    /// <summary>Imports a function that is called; null if it cannot run at compile time.</summary>
    public Func<FunctionSymbol, Function?> Resolve { get; init; } = symbol => symbol.Function;

    public MachineOperation? Machine { get; init; }

    public EvaluationMemory Memory { get; } = memory;

    /// <summary>Steps that the runs so far took.</summary>
    public long StepsTaken { get; private set; }

    /// <summary>Runs a function to its end.</summary>
    /// <exception cref="CompileErrorException">It does what cannot be done at compile time, or exceeds a limit.</exception>
    public EvaluationResult Run(Function function, params ReadOnlySpan<Word> arguments)
    {
        int stack = Memory.StackPointer;
        try
        {
            return new Execution(this, limits).Execute(function, arguments);
        }
        finally
        {
            Memory.StackPointer = stack;
        }
    }

    /// <summary>Runs a naked method and returns the code that it wrote.</summary>
    public NakedCode RunNaked(Function function)
    {
        NakedCode? outer = naked;
        naked = new NakedCode();
        try
        {
            EvaluationResult result = Run(function);
            return result.Panic is null
                ? naked
                : throw new CompileErrorException(
                    DiagnosticCode.StaticConstructor, $"{function.Name} panics at compile time: {result.Panic}.", result.Position);
        }
        finally
        {
            naked = outer;
        }
    }

    internal PreparedFunction Prepare(Function function)
    {
        if (!prepared.TryGetValue(function, out PreparedFunction? code))
        {
            code = new PreparedFunction(function, Memory);
            prepared.Add(function, code);
        }

        return code;
    }

    internal void Count(long steps) => StepsTaken += steps;

    /// <summary>Answers a call that is the interpreter's own; false if it is another.</summary>
    internal bool TryAnswer(FunctionSymbol called, ReadOnlySpan<Word> arguments, SourcePosition? position, out Word result)
    {
        result = 0;
        if (called == EvaluationCalls.Allocate)
        {
            if (Number(arguments[1], position) is not (> 0 and <= 4096) || !int.IsPow2(arguments[1].Bits))
            {
                throw Error("The alignment of an allocation at compile time is no power of 2 up to 4096.", position);
            }

            result = Memory.AddressOf(Memory.Allocate("object", Number(arguments[0], position), arguments[1].Bits));
            return true;
        }

        if (called == EvaluationCalls.Count)
        {
            result = Code(position).Words.Count;
        }
        else if (called == EvaluationCalls.WordAt)
        {
            result = (int)Code(position).Words[Index(arguments[0], position)];
        }
        else if (called == EvaluationCalls.Replace)
        {
            Code(position).Words[Index(arguments[0], position)] = (uint)Number(arguments[1], position);
        }
        else if (called == EvaluationCalls.Emit)
        {
            Append(Number(arguments[0], position), position);
        }
        else if (called == EvaluationCalls.EmitAddress)
        {
            var kind = (NakedRelocation)Number(arguments[1], position);
            if (!Enum.IsDefined(kind) || arguments[2].Base is not { } symbol || symbol == Word.Local || symbol == Word.Derived)
            {
                throw Error("An address in naked code must be that of a function, of static data or of a linker symbol.", position);
            }

            Code(position).Relocations.Add((Code(position).Words.Count, kind, symbol, Memory.AddendOf(arguments[2])));
            Append(Number(arguments[0], position), position);
        }
        else
        {
            return false;
        }

        return true;
    }

    internal static CompileErrorException Error(string text, SourcePosition? position) =>
        new(DiagnosticCode.StaticConstructor, text, position);

    private NakedCode Code(SourcePosition? position) =>
        naked ?? throw Error("The assembler can be used in naked methods only.", position);

    private int Index(Word word, SourcePosition? position) =>
        (uint)Number(word, position) < (uint)Code(position).Words.Count
            ? word.Bits
            : throw Error("There is no such word in the naked code.", position);

    private void Append(int word, SourcePosition? position)
    {
        NakedCode code = Code(position);
        if (code.Words.Count >= limits.NakedWords)
        {
            throw new CompileErrorException(
                DiagnosticCode.Limit, $"A naked method is limited to {limits.NakedWords} instructions.", position);
        }

        code.Words.Add((uint)word);
    }

    private static int Number(Word word, SourcePosition? position) =>
        word.IsNumber ? word.Bits : throw Error($"A number is needed at compile time, and there is {word.Base}.", position);
}
