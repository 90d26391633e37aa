// What of the program is really needed: from the roots along the calls and addresses that are left after optimization.

using XousCloud.Compiler.Evaluate;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Import;

internal sealed class Reachability(ProgramImporter program)
{
    private readonly HashSet<Diagnostic> reported = [];

    /// <summary>The functions reached, each once; what is unsupported among them is reported with its callers.</summary>
    public IReadOnlyList<Function> From(IReadOnlyList<Symbol> roots)
    {
        List<Function> functions = [];
        Dictionary<Symbol, Symbol?> callers = [];
        Queue<Symbol> work = new();
        void Reach(Symbol symbol, Symbol? from)
        {
            if (callers.TryAdd(symbol, from))
            {
                work.Enqueue(symbol);
            }
        }

        foreach (Symbol root in roots)
        {
            Reach(root, null);
        }

        while (work.TryDequeue(out Symbol? symbol))
        {
            if (symbol is DataSymbol data)
            {
                foreach ((_, Symbol target, _) in data.Relocations)
                {
                    Reach(target, symbol);
                }
            }

            if (symbol == EvaluationCalls.Allocate && program.TryHelper("allocate") is { } allocator)
            {
                Reach(allocator, symbol); // At run time memory comes from the program.
            }

            if (symbol is not FunctionSymbol called || program.FunctionOf(called) is not { } function)
            {
                continue;
            }

            functions.Add(function);
            if (function.Naked is { } naked)
            {
                foreach ((_, _, Symbol target, _) in naked.Relocations)
                {
                    Reach(target, symbol);
                }

                continue;
            }

            foreach (Value value in function.Blocks.SelectMany(block => block.All()))
            {
                Check(value, symbol, callers);
                if (value.Symbol is { } target)
                {
                    Reach(target, symbol);
                }

                foreach (Value input in value.Inputs)
                {
                    if (input.Op == Op.SymbolAddress)
                    {
                        Reach(input.Symbol!, symbol);
                    }
                }
            }
        }

        return functions;
    }

    private void Check(Value value, Symbol symbol, Dictionary<Symbol, Symbol?> callers)
    {
        Diagnostic? diagnostic = value.Op == Op.Unsupported
            ? value.Diagnostic
            : value.Op is Op.Load or Op.Store && !value.Volatile && value.Inputs[0].IsConst && (uint)value.Inputs[0].Imm >= 4096
                ? new Diagnostic(DiagnosticCode.PlainDeviceAccess,
                    $"An access to the fixed address 0x{value.Inputs[0].Imm:X8} that is not volatile may be moved, merged or left out. If it is a device, use XousCloud.Guest.Mmio or Volatile.",
                    value.Position, true)
            : value.Op == Op.Call && value.Symbol == EvaluationCalls.Allocate && program.TryHelper("allocate") is null
                ? new Diagnostic(DiagnosticCode.HeapAllocation,
                    "An object, array, closure or box is allocated, and the program has no allocator. Use structs, spans and stackalloc, or give a method [RuntimeHelper(\"allocate\")].",
                    value.Position)
                : value.Inputs.FirstOrDefault(input => input.Op == Op.SymbolAddress && program.IsTypeObject(input.Symbol!)) is { } type
                    ? new Diagnostic(DiagnosticCode.Reflection,
                        $"{type.Symbol!.Name} is used as an object: types do not exist at run time. typeof can be compared with another typeof, where the answer is known.",
                        value.Position)
                    : null;
        if (diagnostic is null)
        {
            return;
        }

        List<string> chain = [];
        for (Symbol? at = symbol; at is not null && chain.Count < 12; at = callers[at])
        {
            chain.Add(at.Name);
        }

        if (reported.Add(diagnostic))
        {
            program.Report(diagnostic with { ReachedFrom = chain });
        }
    }
}
