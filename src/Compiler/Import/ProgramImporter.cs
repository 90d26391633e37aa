// The whole program: what is reached from the roots is imported and optimized, one function after the other; static
// constructors run as soon as something names one of their fields, so that read-only fields fold into the code.

using System.Text;
using XousCloud.Compiler.Evaluate;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Link;
using XousCloud.Compiler.Optimize;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed class ProgramImporter
{
    private const int MostFunctions = 50_000;

    private readonly OptimizerOptions optimizer;
    private readonly Dictionary<IlMethod, FunctionSymbol> symbols = [];
    private readonly Dictionary<FunctionSymbol, IlMethod> methods = [];
    private readonly Dictionary<string, int> names = [];
    private readonly Dictionary<IlField, DataSymbol> statics = [];
    private readonly Dictionary<string, DataSymbol> literals = [];
    private readonly Dictionary<IlType, Diagnostic?> constructed = [];
    private readonly Dictionary<string, IlMethod> helpers = [];
    private readonly Dictionary<(string Type, string Method), IlMethod> replacements = [];
    private readonly Dictionary<IlType, DataSymbol> typeObjects = [];
    private readonly HashSet<Symbol> isTypeObject = [];
    private readonly Interpreter interpreter;
    private readonly ObjectModel objects;
    private int importing;

    public ProgramImporter(TypeSystem types, OptimizerOptions optimizer, IReadOnlyList<Module> libraries)
    {
        Types = types;
        this.optimizer = optimizer;
        objects = new ObjectModel(this);
        interpreter = new Interpreter(new EvaluationMemory()) { Resolve = Resolve };
        foreach (Module library in libraries)
        {
            FindHelpers(library);
        }
    }

    public TypeSystem Types { get; }

    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>What __entry_point stands for.</summary>
    public FunctionSymbol? EntryPoint { get; set; }

    public void Report(Diagnostic diagnostic)
    {
        if (!Diagnostics.Contains(diagnostic))
        {
            Diagnostics.Add(diagnostic);
        }
    }

    private void FindHelpers(Module library)
    {
        foreach (System.Reflection.Metadata.TypeDefinitionHandle handle in library.Reader.TypeDefinitions)
        {
            IlType type = Types.Definition(library, handle);
            if (type.IsOpen)
            {
                continue;
            }

            foreach (IlMethod method in type.Methods)
            {
                if (method.AttributeString("RuntimeHelperAttribute") is { } helper)
                {
                    helpers[helper] = method;
                }

                foreach ((string replacedType, string replaced) in method.AttributePairs("ReplacesAttribute"))
                {
                    replacements[(replacedType, replaced)] = method;
                }
            }
        }
    }

    /// <summary>The symbol of a helper that the guest library has under a name.</summary>
    public FunctionSymbol Helper(string name, SourcePosition? position) => TryHelper(name) ?? throw new CompileErrorException(
        DiagnosticCode.Image, $"The program needs the helper \"{name}\" of XousCloud.Guest: reference that library.", position);

    public FunctionSymbol? TryHelper(string name) => helpers.TryGetValue(name, out IlMethod? method) ? SymbolFor(method) : null;

    /// <summary>The method that is compiled instead of another: the guest library's, where it has one.</summary>
    public IlMethod Replacement(IlMethod method)
    {
        if (method.Module.IsFramework && method.IsStatic && replacements.TryGetValue((method.FullNameOfOwner, method.Name), out IlMethod? found)
            && found.GenericArity == method.GenericArity && found.Parameters.Length == method.Parameters.Length)
        {
            IlMethod own = method.Arguments.Length == 0 ? found : Types.Method(found.Owner, found.Handle, method.Arguments);
            if (own.Parameters.SequenceEqual(method.Parameters))
            {
                return own;
            }
        }

        return method;
    }

    /// <summary>Whether the method must stay a function: the compiler or the interpreter calls it by its symbol.</summary>
    public bool IsNeverInlined(IlMethod method) => method.HasAttribute("NakedAttribute");

    public FunctionSymbol SymbolFor(IlMethod method)
    {
        if (!symbols.TryGetValue(method, out FunctionSymbol? symbol))
        {
            symbol = new FunctionSymbol(Unique(method.ToString()))
            {
                NeverReturns = method.HasAttribute("DoesNotReturnAttribute"),
            };
            symbols[method] = symbol;
            methods[symbol] = method;
        }

        return symbol;
    }

    public bool IsStatic(FunctionSymbol symbol) => methods.TryGetValue(symbol, out IlMethod? method) && method.IsStatic;

    public string Unique(string name)
    {
        int count = names[name] = names.GetValueOrDefault(name) + 1;
        return count == 1 ? name : $"{name}~{count}";
    }

    public Symbol? Linker(string name) => name == "__entry_point" ? EntryPoint : LinkerSymbols.Find(name);

    // ---- statics

    /// <summary>The address of a static field, with its content known if a static constructor sets it.</summary>
    public Value AddressOf(MethodImporter importer, IlField field)
    {
        if (statics.TryGetValue(field, out DataSymbol? known))
        {
            RefuseUnknown(importer, field);
            return Value.AddressOf(known);
        }

        if (field.IsLiteral)
        {
            throw new CompileErrorException(DiagnosticCode.InvalidInput, $"{field} is a constant and has no address.", importer.Position);
        }

        if (field.HasAttribute("ThreadStaticAttribute"))
        {
            importer.Refuse(DiagnosticCode.Threading, $"{field} is thread-static, which is not supported: keep it in the thread's own state.");
        }

        ValueLayout layout = ValueLayout.Stored(field.Type);
        bool isData = field.RelativeVirtualAddress != 0;
        DataSymbol symbol = new(Unique(field.ToString()), Math.Max(1, layout.Size), isData ? 8 : Math.Max(1, layout.Alignment))
        {
            IsReadOnly = isData,
            Content = isData ? Initial(field, layout.Size) : null,
        };
        statics[field] = symbol;
        if (!isData)
        {
            Construct(field.Owner, importer.Position);
            if (field.IsInitOnly && constructed.GetValueOrDefault(field.Owner) is null && !isConstructing.Contains(field.Owner))
            {
                symbol.IsReadOnly = true;
            }
        }

        RefuseUnknown(importer, field);
        return Value.AddressOf(symbol);
    }

    private readonly HashSet<IlType> isConstructing = [];

    // What a static constructor of the framework would have set, and could not.
    private void RefuseUnknown(MethodImporter importer, IlField field)
    {
        if (constructed.GetValueOrDefault(field.Owner) is { } why && !isConstructing.Contains(field.Owner))
        {
            importer.Refuse(why.Code, $"{field} has its value from a static constructor that cannot run at compile time. {why.Text}");
        }
    }

    private static byte[] Initial(IlField field, int size)
    {
        System.Reflection.PortableExecutable.PEMemoryBlock block = field.Owner.Module!.Image.GetSectionData(field.RelativeVirtualAddress);
        return block.Length >= size
            ? [.. block.GetContent(0, size)]
            : throw new BadImageFormatException($"The initial content of {field} is cut off.");
    }

    // Runs the static constructor of a type at compile time, once.
    private void Construct(IlType type, SourcePosition? position)
    {
        if (constructed.ContainsKey(type))
        {
            return;
        }

        constructed[type] = null;
        if (type.StaticConstructor is not { } constructor)
        {
            return;
        }

        isConstructing.Add(type);
        try
        {
            Function function = FunctionOf(SymbolFor(constructor)) ?? throw new CompileErrorException(
                DiagnosticCode.StaticConstructor, $"The static constructor of {type} has no code.", position);
            EvaluationResult result = interpreter.Run(function);
            if (result.Panic is { } panic)
            {
                throw new CompileErrorException(DiagnosticCode.StaticConstructor,
                    $"The static constructor of {type} panics at compile time: {panic}.", result.Position ?? position);
            }

            interpreter.Memory.Commit();
        }
        catch (CompileErrorException error) when (type.Module!.IsFramework)
        {
            constructed[type] = error.Diagnostic; // An error only if the program still needs it in the end.
        }
        finally
        {
            isConstructing.Remove(type);
        }

        foreach (IlField field in type.Fields)
        {
            if (field.IsInitOnly && statics.TryGetValue(field, out DataSymbol? symbol) && constructed[type] is null)
            {
                symbol.IsReadOnly = true;
            }
        }
    }

    /// <summary>A string object with the text.</summary>
    public DataSymbol Literal(string text)
    {
        if (!literals.TryGetValue(text, out DataSymbol? symbol))
        {
            byte[] content = new byte[ObjectLayout.DataOffset + (2 * text.Length) + 2];
            BitConverter.TryWriteBytes(content.AsSpan(ObjectLayout.LengthOffset), text.Length);
            Encoding.Unicode.GetBytes(text, content.AsSpan(ObjectLayout.DataOffset));
            symbol = new DataSymbol(Unique("string"), content.Length, 4) { Content = content, IsReadOnly = true };
            symbol.Relocations.Add((0, MethodTable(Types.String, false), 0));
            literals[text] = symbol;
        }

        return symbol;
    }

    /// <summary>What stands for the Type object of a type, which does not exist: an error where it is still used in the end.</summary>
    public DataSymbol TypeObject(IlType type)
    {
        if (!typeObjects.TryGetValue(type, out DataSymbol? symbol))
        {
            typeObjects[type] = symbol = new DataSymbol(Unique($"typeof({type})"), 4, 4) { IsReadOnly = true };
            isTypeObject.Add(symbol);
        }

        return symbol;
    }

    public bool IsTypeObject(Symbol symbol) => isTypeObject.Contains(symbol);

    public DataSymbol MethodTable(IlType type, bool isConstructed) => objects.MethodTable(type, isConstructed);

    public FunctionSymbol TypeTest(IlType type) => objects.TypeTest(type);

    public FunctionSymbol Dispatch(IlMethod method) => objects.Dispatch(method);

    public FunctionSymbol DelegateThunk(FunctionSymbol target, IlMethod invoke) => objects.DelegateThunk(target, invoke);

    public void NoteBoxing(IlType type, SourcePosition? position) => objects.NoteBoxing(type, position);

    // ---- functions

    private Function? Resolve(FunctionSymbol symbol) => FunctionOf(symbol);

    /// <summary>The optimized function of a symbol, imported when it is first asked for; null if it has no code.</summary>
    public Function? FunctionOf(FunctionSymbol symbol)
    {
        if (symbol.Function is null && methods.TryGetValue(symbol, out IlMethod? method))
        {
            if (methods.Count > MostFunctions || importing > 200)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, "The program has too many functions.");
            }

            importing++;
            try
            {
                Function function = MethodImporter.Import(this, method, symbol);
                Optimizer.Run(function, optimizer);
                if (method.HasAttribute("NakedAttribute"))
                {
                    function.Naked = interpreter.RunNaked(function);
                }

                symbol.Function = function;
            }
            finally
            {
                importing--;
            }
        }

        return symbol.Function;
    }

    /// <summary>Imports everything that the roots reach, and returns it in the order of discovery.</summary>
    public IReadOnlyList<Function> ImportAll(IReadOnlyList<Symbol> roots)
    {
        Reachability reachability = new(this);
        IReadOnlyList<Function> functions = reachability.From(roots);
        // Dispatch and type tests depend on which classes exist, and what they reach can make more exist.
        for (int round = 0; objects.Complete(optimizer); round++)
        {
            if (round > 100)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, "The classes of the program do not come to an end.");
            }

            functions = reachability.From(roots);
        }

        return functions;
    }
}
