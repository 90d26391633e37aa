// A type of the program with its arguments put in: one object for each, so that equal types are the same reference.

using System.Reflection.Metadata;

namespace XousCloud.Compiler.Types;

public enum TypeKind : byte
{
    /// <summary>A class, struct, enum, interface or primitive type with a definition in a module.</summary>
    Defined,
    Pointer,
    ByRef,

    /// <summary>A one-dimensional array with lower bound 0.</summary>
    Array,

    /// <summary>An array of several dimensions; the subset does not have it.</summary>
    MultiArray,
    FunctionPointer,

    /// <summary>A parameter of a generic type or method in an open signature; the number is <see cref="IlType.Index"/>.</summary>
    TypeParameter,
    MethodParameter,
}

/// <summary>What the evaluation stack knows a value as.</summary>
public enum Primitive : byte
{
    None,
    Void,
    Boolean,
    Char,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    IntPtr,
    UIntPtr,
    Single,
    Double,
    Object,
    String,
    TypedReference,
}

public sealed class IlType
{
    private IlType? baseType;
    private bool baseKnown;
    private IReadOnlyList<IlType>? interfaces;
    private IReadOnlyList<IlField>? fields;
    private IReadOnlyList<IlMethod>? methods;
    private ValueLayout? layout;

    internal IlType(TypeSystem system, TypeKind kind, int id)
    {
        System = system;
        Kind = kind;
        Id = id;
    }

    public TypeSystem System { get; }

    public TypeKind Kind { get; }

    /// <summary>A number that orders types by their first use; deterministic.</summary>
    public int Id { get; }

    /// <summary>The module of a defined type.</summary>
    public Module? Module { get; internal init; }

    public TypeDefinitionHandle Handle { get; internal init; }

    /// <summary>The type arguments of a generic type; an open definition has its own parameters here.</summary>
    public IlType[] Arguments { get; internal init; } = [];

    /// <summary>What a pointer, reference or array is of; the result of a function pointer.</summary>
    public IlType? Element { get; internal init; }

    public int Index { get; internal init; }

    /// <summary>The call signature of a function pointer.</summary>
    public MethodSignature<IlType> Signature { get; internal init; }

    public Primitive Primitive { get; internal init; }

    /// <summary>How deep type arguments nest; bounded, so that instantiation ends.</summary>
    public int Depth { get; internal init; }

    private TypeDefinition Definition => Module!.Reader.GetTypeDefinition(Handle);

    public string Namespace => Module is null ? "" : Module.NamespaceOf(Handle);

    /// <summary>The metadata name without the arity.</summary>
    public string SimpleName => Module is null ? ToString() : Module.NameOf(Handle);

    public global::System.Reflection.TypeAttributes Attributes => Module is null ? 0 : Definition.Attributes;

    public bool IsInterface => (Attributes & global::System.Reflection.TypeAttributes.Interface) != 0;

    public bool IsAbstract => (Attributes & global::System.Reflection.TypeAttributes.Abstract) != 0;

    public bool IsSealed => (Attributes & global::System.Reflection.TypeAttributes.Sealed) != 0;

    public bool IsVoid => Primitive == Primitive.Void;

    public bool IsEnum => Kind == TypeKind.Defined && BaseType is { } parent && parent.Is("System", "Enum");

    public bool IsValueType => Kind == TypeKind.Defined && !IsInterface && BaseType is { } parent
        && (parent.Is("System", "Enum") || (parent.Is("System", "ValueType") && !Is("System", "Enum")));

    public bool IsDelegate => Kind == TypeKind.Defined && BaseType is { } parent && parent.Is("System", "MulticastDelegate");

    /// <summary>Whether values are references to objects.</summary>
    public bool IsReference => Kind is TypeKind.Array or TypeKind.MultiArray || (Kind == TypeKind.Defined && !IsValueType && !IsVoid);

    public bool IsPointerLike => Kind is TypeKind.Pointer or TypeKind.ByRef or TypeKind.FunctionPointer;

    public bool IsGenericDefinition => Kind == TypeKind.Defined && Arguments.Any(argument => argument.IsOpen);

    /// <summary>Whether a parameter of a generic type or method occurs in the type.</summary>
    public bool IsOpen { get; internal init; }

    /// <summary>The enum's underlying type, or the type itself.</summary>
    public IlType Underlying => IsEnum ? Fields.First(candidate => !candidate.IsStatic).Type : this;

    public bool IsNullable => Is("System", "Nullable");

    /// <summary>The base class with arguments put in; null for object, interfaces and what is not defined.</summary>
    public IlType? BaseType
    {
        get
        {
            if (!baseKnown)
            {
                baseKnown = true;
                if (Kind == TypeKind.Defined && !Definition.BaseType.IsNil)
                {
                    baseType = Module!.Type(Definition.BaseType, Context);
                }
                else if (Kind is TypeKind.Array or TypeKind.MultiArray)
                {
                    baseType = System.WellKnown("System", "Array");
                }
            }

            return baseType;
        }
    }

    /// <summary>The base classes from the nearest to object, without the type itself.</summary>
    /// <exception cref="CompileErrorException">The chain does not end.</exception>
    public IEnumerable<IlType> BaseTypes()
    {
        int left = 64;
        for (IlType? type = BaseType; type is not null; type = type.BaseType)
        {
            if (left-- == 0)
            {
                throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The base classes of {this} do not end.");
            }

            yield return type;
        }
    }

    public GenericContext Context => new(Arguments, []);

    /// <summary>The interfaces that the type itself declares.</summary>
    public IReadOnlyList<IlType> DeclaredInterfaces => interfaces ??= Kind != TypeKind.Defined
        ? []
        : [.. Definition.GetInterfaceImplementations().Select(handle =>
            Module!.Type(Module.Reader.GetInterfaceImplementation(handle).Interface, Context))];

    /// <summary>All interfaces of the type and its base classes, and those which these extend.</summary>
    public IEnumerable<IlType> AllInterfaces()
    {
        HashSet<IlType> seen = [];
        Queue<IlType> left = new(DeclaredInterfaces.Concat(BaseTypes().SelectMany(type => type.DeclaredInterfaces)));
        while (left.TryDequeue(out IlType? type))
        {
            if (seen.Add(type) && seen.Count < 4096)
            {
                yield return type;
                foreach (IlType extended in type.DeclaredInterfaces)
                {
                    left.Enqueue(extended);
                }
            }
        }
    }

    public IReadOnlyList<IlField> Fields => fields ??= Kind != TypeKind.Defined
        ? []
        : [.. Definition.GetFields().Select(handle => System.Field(this, handle))];

    public IReadOnlyList<IlMethod> Methods => methods ??= Kind != TypeKind.Defined
        ? []
        : [.. Definition.GetMethods().Select(handle => System.OpenMethod(this, handle))];

    public IlMethod? StaticConstructor => Methods.FirstOrDefault(method => method.Name == ".cctor" && method.IsStatic);

    /// <summary>Size, alignment and field offsets of an instance (of the fields, for a class: behind the method table).</summary>
    public ValueLayout Layout => layout ??= ValueLayout.Of(this);

    public IlType Pointer() => System.Constructed(TypeKind.Pointer, this);

    public IlType ByRef() => System.Constructed(TypeKind.ByRef, this);

    public IlType ArrayOf() => System.Constructed(TypeKind.Array, this);

    public bool Is(string ns, string name) => Module is not null && Module.NameOf(Handle) == name && Module.NamespaceOf(Handle) == ns;

    public bool HasAttribute(string name) => Kind == TypeKind.Defined && Module!.HasAttribute(Definition.GetCustomAttributes(), name);

    /// <summary>Whether a value of this type can be used as a <paramref name="target"/>: same type, base class or interface.</summary>
    public bool IsAssignableTo(IlType target) =>
        this == target || target.Primitive == Primitive.Object || BaseTypes().Contains(target) || AllInterfaces().Contains(target);

    /// <summary>As C# writes it, with namespaces: the names of symbols are made of it.</summary>
    public override string ToString()
    {
        switch (Kind)
        {
            case TypeKind.Pointer:
                return Element + "*";
            case TypeKind.ByRef:
                return "ref " + Element;
            case TypeKind.Array:
                return Element + "[]";
            case TypeKind.MultiArray:
                return Element + "[,]";
            case TypeKind.FunctionPointer:
                return "delegate*";
            case TypeKind.TypeParameter:
                return "!" + Index;
            case TypeKind.MethodParameter:
                return "!!" + Index;
        }

        string name = Module!.FullNameOf(Handle);
        return Arguments.Length == 0 ? name : $"{name}<{string.Join(',', Arguments.Select(argument => argument.ToString()))}>";
    }
}

/// <summary>What the parameters of generic types and methods stand for while metadata is decoded.</summary>
public readonly record struct GenericContext(IlType[] TypeArguments, IlType[] MethodArguments);
