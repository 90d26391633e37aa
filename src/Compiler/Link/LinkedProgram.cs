// Which of the program is linked: what the entry and the roots reach through calls, addresses in code and addresses in
// data.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

internal sealed class LinkedProgram
{
    private readonly Dictionary<Symbol, MachineFunction> code = [];
    private readonly HashSet<Symbol> reached = [];
    private readonly Dictionary<Symbol, Symbol> replacements = [];
    private readonly Queue<(Symbol Symbol, string User)> pending = [];

    /// <exception cref="CompileErrorException">There is no entry, or something that is named has no code.</exception>
    public LinkedProgram(LinkInput input)
    {
        if (input.Functions.Count == 0 || (input.Functions[0].Naked?.Words.Count ?? input.Functions[0].Code.Count) == 0)
        {
            throw new CompileErrorException(DiagnosticCode.Image, "The program has no entry point.");
        }

        foreach (MachineFunction function in input.Functions)
        {
            code.Add(function.Symbol, function);
        }

        Reach(input.Functions[0].Symbol, "the entry point");
        foreach (Symbol root in input.Roots)
        {
            Reach(root, "the roots");
        }

        while (pending.TryDequeue(out (Symbol Symbol, string User) next))
        {
            Follow(next.Symbol, next.User);
        }

        Functions = [.. input.Functions.Where(function => reached.Contains(function.Symbol))];
        if (input.MergeIdenticalCode)
        {
            replacements = IdenticalCode.Find(Functions, NamesPanicTable);
            Merged = [.. Functions.Where(function => replacements.ContainsKey(function.Symbol))];
            Functions = [.. Functions.Except(Merged)];
        }
    }

    /// <summary>The functions that are linked, in the input's order.</summary>
    public IReadOnlyList<MachineFunction> Functions { get; }

    /// <summary>Functions whose address is that of another one, which is equal.</summary>
    public IReadOnlyList<MachineFunction> Merged { get; } = [];

    /// <summary>The data that is linked, jump tables too, in the order in which it was reached.</summary>
    public List<DataSymbol> Data { get; } = [];

    public bool NamesGlobalPointer => reached.Contains(LinkerSymbols.GlobalPointer);

    public bool NamesPanicTable => LinkerSymbols.All.Any(symbol => LinkerSymbols.IsPanicTable(symbol) && reached.Contains(symbol));

    /// <summary>Whether the data takes no room in the image: it is writable and starts as zeros.</summary>
    public static bool IsZero(DataSymbol symbol) =>
        !symbol.IsReadOnly && symbol.Relocations.Count == 0
        && (symbol.Content is null || symbol.Content.AsSpan().IndexOfAnyExcept((byte)0) < 0);

    /// <summary>
    /// The symbol itself or the function that it was merged into, or the linker's own symbol of that name where the
    /// program has no code for it.
    /// </summary>
    public Symbol Definition(Symbol symbol, string user = "the program") =>
        symbol is DataSymbol || code.ContainsKey(symbol)
            ? replacements.GetValueOrDefault(symbol, symbol)
            : LinkerSymbols.Find(symbol.Name) ?? throw new CompileErrorException(
                DiagnosticCode.Image, $"'{symbol.Name}' has no code in this program, but {user} uses it.");

    private void Reach(Symbol symbol, string user)
    {
        symbol = Definition(symbol, user);
        if (reached.Add(symbol))
        {
            pending.Enqueue((symbol, user));
        }
    }

    private void Follow(Symbol symbol, string user)
    {
        if (symbol is DataSymbol data)
        {
            Check(data, user);
            Data.Add(data);
            foreach ((int _, Symbol target, int _) in data.Relocations)
            {
                Reach(target, $"'{data.Name}'");
            }
        }
        else if (code.TryGetValue(symbol, out MachineFunction? function))
        {
            FollowCode(function);
        }
    }

    private void FollowCode(MachineFunction function)
    {
        string user = $"'{function.Symbol.Name}'";
        if (function.Naked is { } naked)
        {
            foreach ((int _, NakedRelocation _, Symbol target, int _) in naked.Relocations)
            {
                Reach(target, user);
            }
        }

        foreach (MachineInstruction instruction in function.Code)
        {
            if (instruction.Symbol is { } target)
            {
                Reach(target, user);
            }
        }
    }

    private static void Check(DataSymbol data, string user)
    {
        if (data.Size < 0 || data.Content?.Length > data.Size || !int.IsPow2(data.Alignment)
            || data.Relocations.Any(relocation => relocation.Offset < 0 || relocation.Offset > data.Size - 4))
        {
            throw new CompileErrorException(
                DiagnosticCode.Image,
                $"'{data.Name}' of {data.Size} bytes, used by {user}, has content or addresses outside itself.");
        }
    }
}
