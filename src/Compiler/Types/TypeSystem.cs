// All modules and types of one compilation. Types and methods are interned here: equal means the same object.

using System.Reflection.Metadata;

namespace XousCloud.Compiler.Types;

public sealed class TypeSystem : IDisposable
{
    // Deeper nesting of type arguments only comes from instantiation that does not end.
    private const int DeepestType = 24;
    private const int MostTypes = 200_000;

    private readonly Dictionary<string, Module> modules = [];
    private readonly IReadOnlyList<string> searchPaths;
    private readonly Dictionary<TypeKey, IlType> types = [];
    private readonly Dictionary<MethodKey, IlMethod> methods = [];
    private readonly Dictionary<(IlType, FieldDefinitionHandle), IlField> fields = [];
    private readonly Dictionary<(string, string), IlType> wellKnown = [];
    private readonly Module core;

    /// <summary>Types whose layout is being computed, to find those that contain themselves.</summary>
    internal HashSet<IlType> LayoutsInProgress { get; } = [];

    /// <summary>Starts with the 32-bit core library.</summary>
    /// <param name="searchPaths">Assembly files, and folders in which assemblies are looked up by name.</param>
    public TypeSystem(IReadOnlyList<string> searchPaths)
    {
        this.searchPaths = searchPaths;
        core = Load("System.Private.CoreLib");
        core.IsFramework = true;
    }

    /// <summary>The modules loaded so far.</summary>
    public IEnumerable<Module> Modules => modules.Values;

    public IlType Void => WellKnown("System", "Void");

    public IlType Int32 => WellKnown("System", "Int32");

    public IlType UInt32 => WellKnown("System", "UInt32");

    public IlType Int64 => WellKnown("System", "Int64");

    public IlType IntPtr => WellKnown("System", "IntPtr");

    public IlType Object => WellKnown("System", "Object");

    public IlType String => WellKnown("System", "String");

    public void Dispose()
    {
        foreach (Module module in modules.Values)
        {
            module.Dispose();
        }
    }

    /// <summary>Loads an assembly by its simple name from the search paths, once.</summary>
    public Module Load(string name)
    {
        if (modules.TryGetValue(name, out Module? module))
        {
            return module;
        }

        foreach (string path in searchPaths)
        {
            string file = Directory.Exists(path) ? Path.Combine(path, Path.GetFileName(name) + ".dll") : path;
            if (Path.GetFileNameWithoutExtension(file) == name && File.Exists(file))
            {
                return LoadFile(file);
            }
        }

        throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The assembly {name} is not among the references.");
    }

    /// <summary>Loads an assembly file.</summary>
    public Module LoadFile(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        if (!modules.TryGetValue(name, out Module? module))
        {
            module = new Module(this, path)
            {
                IsFramework = name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib" or "netstandard",
            };
            modules[name] = module;
        }

        return module;
    }

    /// <summary>A type of the core library.</summary>
    public IlType WellKnown(string ns, string name)
    {
        if (!wellKnown.TryGetValue((ns, name), out IlType? type))
        {
            type = core.Find(ns, name)
                ?? throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The core library has no {ns}.{name}.");
            wellKnown[(ns, name)] = type;
        }

        return type;
    }

    /// <summary>A type definition; a generic one has its own parameters as arguments.</summary>
    internal IlType Definition(Module module, TypeDefinitionHandle handle)
    {
        int arity = module.Reader.GetTypeDefinition(handle).GetGenericParameters().Count;
        IlType[] parameters = arity == 0 ? [] : [.. Enumerable.Range(0, arity).Select(i => Parameter(TypeKind.TypeParameter, i))];
        return Defined(module, handle, parameters);
    }

    internal IlType Instance(IlType definition, IlType[] arguments)
    {
        if (definition.Kind != TypeKind.Defined || arguments.Length != definition.Arguments.Length)
        {
            throw new BadImageFormatException("A generic instance has the wrong number of arguments.");
        }

        return Defined(definition.Module!, definition.Handle, arguments);
    }

    private IlType Defined(Module module, TypeDefinitionHandle handle, IlType[] arguments)
    {
        TypeKey key = new(TypeKind.Defined, module, handle, 0, null, IdsOf(arguments));
        if (types.TryGetValue(key, out IlType? type))
        {
            return type;
        }

        int depth = arguments.Length == 0 ? 0 : arguments.Max(argument => argument.Depth) + 1;
        return types[key] = new IlType(this, TypeKind.Defined, NextId(depth, module.NameOf(handle)))
        {
            Module = module,
            Handle = handle,
            Arguments = arguments,
            Depth = depth,
            IsOpen = arguments.Any(argument => argument.IsOpen),
            Primitive = module == core || core is null ? PrimitiveOf(module, handle) : Primitive.None,
        };
    }

    private static Primitive PrimitiveOf(Module module, TypeDefinitionHandle handle) =>
        module.NamespaceOf(handle) == "System" && Enum.TryParse(module.NameOf(handle), out Primitive primitive)
            && primitive != Primitive.None && module.FullNameOf(handle).Count(letter => letter == '.') == 1
            ? primitive
            : Primitive.None;

    internal IlType Constructed(TypeKind kind, IlType element)
    {
        TypeKey key = new(kind, null, default, 0, element, "");
        if (types.TryGetValue(key, out IlType? type))
        {
            return type;
        }

        return types[key] = new IlType(this, kind, NextId(element.Depth + 1, element.SimpleName))
        {
            Element = element,
            Depth = element.Depth + 1,
            IsOpen = element.IsOpen,
        };
    }

    internal IlType Parameter(TypeKind kind, int index)
    {
        TypeKey key = new(kind, null, default, index, null, "");
        return types.TryGetValue(key, out IlType? type)
            ? type
            : types[key] = new IlType(this, kind, NextId(0, "")) { Index = index, IsOpen = true };
    }

    internal IlType FunctionPointer(MethodSignature<IlType> signature)
    {
        TypeKey key = new(TypeKind.FunctionPointer, null, default, (int)signature.Header.RawValue, signature.ReturnType, IdsOf(signature.ParameterTypes));
        int depth = signature.ParameterTypes.Append(signature.ReturnType).Max(type => type.Depth) + 1;
        return types.TryGetValue(key, out IlType? found)
            ? found
            : types[key] = new IlType(this, TypeKind.FunctionPointer, NextId(depth, "delegate*"))
            {
                Signature = signature,
                Element = signature.ReturnType,
                Depth = depth,
                IsOpen = signature.ParameterTypes.Append(signature.ReturnType).Any(type => type.IsOpen),
            };
    }

    private int NextId(int depth, string name)
    {
        if (depth > DeepestType || types.Count > MostTypes)
        {
            throw new CompileErrorException(DiagnosticCode.UnboundedInstantiation,
                $"The type arguments of {name} nest deeper than {DeepestType}: the program instantiates generics without an end.");
        }

        return types.Count;
    }

    /// <summary>A method of a type without type arguments of its own: an open generic method has its parameters.</summary>
    internal IlMethod OpenMethod(IlType owner, MethodDefinitionHandle handle)
    {
        int arity = owner.Module!.Reader.GetMethodDefinition(handle).GetGenericParameters().Count;
        IlType[] parameters = arity == 0 ? [] : [.. Enumerable.Range(0, arity).Select(i => Parameter(TypeKind.MethodParameter, i))];
        return Method(owner, handle, parameters);
    }

    public IlMethod Method(IlType owner, MethodDefinitionHandle handle, IlType[] arguments)
    {
        MethodKey key = new(owner, handle, IdsOf(arguments));
        return methods.TryGetValue(key, out IlMethod? method)
            ? method
            : methods[key] = new IlMethod(owner, handle, arguments, methods.Count);
    }

    internal IlField Field(IlType owner, FieldDefinitionHandle handle) =>
        fields.TryGetValue((owner, handle), out IlField? field) ? field : fields[(owner, handle)] = new IlField(owner, handle);

    private static string IdsOf(IReadOnlyList<IlType> types) => types.Count == 0 ? "" : string.Join(',', types.Select(type => type.Id));

    private readonly record struct TypeKey(TypeKind Kind, Module? Module, TypeDefinitionHandle Handle, int Index, IlType? Element, string Arguments);

    private readonly record struct MethodKey(IlType Owner, MethodDefinitionHandle Handle, string Arguments);
}
