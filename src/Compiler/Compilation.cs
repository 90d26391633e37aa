// A compilation from assembly to image: import what the roots reach, optimize, generate code, link.

using System.Reflection.Metadata;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Evaluate;
using XousCloud.Compiler.Import;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Link;
using XousCloud.Compiler.Optimize;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler;

/// <summary>What is compiled, from where, to where.</summary>
public sealed record CompilationOptions
{
    /// <summary>The program's assembly file, its portable PDB beside it or in it.</summary>
    public required string Assembly { get; init; }

    /// <summary>Assembly files and folders of them: the 32-bit core library and XousCloud.Guest.</summary>
    public required IReadOnlyList<string> References { get; init; }

    public MemoryMap Map { get; init; } = MemoryMap.BareMetal;

    /// <summary>
    /// Full names (Namespace.Type.Method) of static methods that are compiled beside, or instead of, the program's entry
    /// point; the image starts with the first of them if the program has no entry point.
    /// </summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    public OptimizerOptions Optimizer { get; init; } = OptimizerOptions.Default;

    /// <summary>Uses the 2-byte instructions.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Bytes of RAM that must stay free for the stack.</summary>
    public uint StackSize { get; init; } = 4096;
}

/// <summary>What came of a compilation: an image, or errors.</summary>
public sealed record CompilationResult(LinkedImage? Image, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>The symbols of <see cref="CompilationOptions.Roots"/>, in their order.</summary>
    public IReadOnlyList<string> RootSymbols { get; init; } = [];

    /// <summary>The IR and code of every function, for listings and measurements.</summary>
    public IReadOnlyList<(Function Function, MachineFunction Code)> Functions { get; init; } = [];

    public bool HasErrors => Image is null || Diagnostics.Any(diagnostic => !diagnostic.IsWarning);
}

public static class Compilation
{
    // Inlining recurses, and so do the decoders of metadata.
    private const int StackSize = 64 << 20;

    /// <summary>Compiles a program. Whatever the input is, the result is an image or diagnostics, never an exception.</summary>
    public static CompilationResult Compile(CompilationOptions options)
    {
        CompilationResult? result = null;
        Thread thread = new(() => result = Guarded(options), StackSize);
        thread.Start();
        thread.Join();
        return result!;
    }

    private static CompilationResult Guarded(CompilationOptions options)
    {
        List<Diagnostic> diagnostics = [];
        try
        {
            return Compile(options, diagnostics);
        }
        catch (CompileErrorException error)
        {
            diagnostics.Add(error.Diagnostic);
        }
        catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(new Diagnostic(DiagnosticCode.InvalidInput, error.Message));
        }
        catch (Exception error) when (error is InvalidCastException or IndexOutOfRangeException or ArgumentException
            or NullReferenceException or KeyNotFoundException or InvalidOperationException or OverflowException)
        {
            // Malformed metadata that the readers take until it is used, or an error of ours: said, with its place.
            diagnostics.Add(new Diagnostic(DiagnosticCode.InvalidInput,
                $"The compiler cannot make sense of {Path.GetFileName(options.Assembly)} ({error.GetType().Name} in {error.TargetSite?.DeclaringType?.Name}.{error.TargetSite?.Name}). If another tool takes the file, this is a fault of the compiler."));
        }

        return new CompilationResult(null, diagnostics);
    }

    private static CompilationResult Compile(CompilationOptions options, List<Diagnostic> diagnostics)
    {
        using TypeSystem types = new([options.Assembly, .. options.References]);
        Module module = types.LoadFile(options.Assembly);
        List<Module> libraries = [module];
        if (module.AssemblyName != "XousCloud.Guest" && options.References.Any(HasGuestLibrary))
        {
            libraries.Insert(0, types.Load("XousCloud.Guest"));
        }

        ProgramImporter program = new(types, options.Optimizer, libraries);
        List<Symbol> roots = [];
        IlMethod? entry = Marked(libraries, types, "EntryPointAttribute");
        FunctionSymbol? start = null;
        if (entry is not null)
        {
            program.EntryPoint = program.SymbolFor(entry);
            start = entry.HasAttribute("NakedAttribute") ? program.EntryPoint : program.Helper("start", null);
            roots.Add(start);
        }

        List<FunctionSymbol> named = Named(options.Roots, module, types, program);
        roots.AddRange(named);
        if (roots.Count == 0)
        {
            throw new CompileErrorException(DiagnosticCode.Image,
                "The program has no entry point: mark a static method without parameters with [EntryPoint].");
        }

        IlMethod? handler = Marked(libraries, types, "PanicHandlerAttribute");
        FunctionSymbol? handlerSymbol = handler is null ? null : program.SymbolFor(handler);
        PanicSymbols panics = new();
        Dictionary<Function, MachineFunction> generated = [];
        List<(Function Function, MachineFunction Code)> compiled = Generate(program, roots, panics, generated, diagnostics);
        if (handlerSymbol is not null && panics.Used.Count > 0)
        {
            // Only a program that can fail a check pays for the handler.
            roots.Add(handlerSymbol);
            compiled = Generate(program, roots, panics, generated, diagnostics);
        }

        if (diagnostics.Any(diagnostic => !diagnostic.IsWarning))
        {
            return new CompilationResult(null, diagnostics);
        }

        if (handlerSymbol is null && panics.Used.Count > 0)
        {
            throw new CompileErrorException(DiagnosticCode.Image,
                "The program can fail a check, and nothing handles a panic: reference XousCloud.Guest, or mark a method with [PanicHandler].");
        }

        LinkedImage image = Linker.Link(new LinkInput
        {
            Functions = [.. compiled.Select(pair => pair.Code), .. Allocator(program), .. handlerSymbol is null ? [] : panics.Stubs(handlerSymbol)],
            Map = options.Map,
            Roots = roots,
            Compress = options.Compress,
            StackSize = options.StackSize,
            Name = module.AssemblyName,
        });
        return new CompilationResult(image, diagnostics)
        {
            RootSymbols = [.. named.Select(symbol => symbol.Name)],
            Functions = compiled,
        };
    }

    // What allocates at compile time is the program's own allocator at run time.
    private static IEnumerable<MachineFunction> Allocator(ProgramImporter program)
    {
        if (program.TryHelper("allocate") is { } allocator)
        {
            MachineFunction function = new(EvaluationCalls.Allocate);
            function.Code.Add(new MachineInstruction { Op = MachineOp.Jal, Label = -1, Symbol = allocator });
            yield return function;
        }
    }

    private static List<(Function Function, MachineFunction Code)> Generate(ProgramImporter program, List<Symbol> roots,
        PanicSymbols panics, Dictionary<Function, MachineFunction> generated, List<Diagnostic> diagnostics)
    {
        IReadOnlyList<Function> functions = program.ImportAll(roots);
        diagnostics.Clear();
        diagnostics.AddRange(program.Diagnostics);
        if (diagnostics.Any(diagnostic => !diagnostic.IsWarning))
        {
            return [];
        }

        foreach (Function function in functions)
        {
            if (!generated.ContainsKey(function))
            {
                generated[function] = CodeGenerator.Generate(function, panics);
            }
        }

        return [.. functions.Select(function => (function, generated[function]))];
    }

    private static List<FunctionSymbol> Named(IReadOnlyList<string> names, Module module, TypeSystem types, ProgramImporter program)
    {
        if (names.Count == 0)
        {
            return [];
        }

        Dictionary<string, IlMethod> methods = [];
        foreach (TypeDefinitionHandle handle in module.Reader.TypeDefinitions)
        {
            IlType type = types.Definition(module, handle);
            foreach (IlMethod method in type.IsOpen ? [] : type.Methods.Where(method => method.IsStatic && method.GenericArity == 0))
            {
                methods.TryAdd(method.FullName, method);
            }
        }

        return [.. names.Select(name => program.SymbolFor(methods.TryGetValue(name, out IlMethod? method)
            ? method
            : throw new CompileErrorException(DiagnosticCode.Image, $"There is no static method {name} to start from.")))];
    }

    private static bool HasGuestLibrary(string path) =>
        Path.GetFileNameWithoutExtension(path) == "XousCloud.Guest" || File.Exists(Path.Combine(path, "XousCloud.Guest.dll"));

    // The program's own method comes before the library's.
    private static IlMethod? Marked(List<Module> modules, TypeSystem types, string attribute)
    {
        foreach (Module module in Enumerable.Reverse(modules))
        {
            foreach (TypeDefinitionHandle handle in module.Reader.TypeDefinitions)
            {
                IlType type = types.Definition(module, handle);
                if (!type.IsOpen && type.Methods.FirstOrDefault(method => method.IsStatic && method.HasAttribute(attribute)) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }
}
