// Methods and fields of the program with their generic arguments put in.

using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace XousCloud.Compiler.Types;

public sealed class IlMethod
{
    private MethodSignature<IlType>? signature;
    private IlBody? body;

    internal IlMethod(IlType owner, MethodDefinitionHandle handle, IlType[] arguments, int id)
    {
        Owner = owner;
        Handle = handle;
        Arguments = arguments;
        Id = id;
        MethodDefinition definition = owner.Module!.Reader.GetMethodDefinition(handle);
        Name = owner.Module.Reader.GetString(definition.Name);
        Attributes = definition.Attributes;
        ImplAttributes = definition.ImplAttributes;
    }

    public IlType Owner { get; }

    public MethodDefinitionHandle Handle { get; }

    /// <summary>The method's own type arguments; its parameters if it is open.</summary>
    public IlType[] Arguments { get; }

    public int Id { get; }

    public string Name { get; }

    public MethodAttributes Attributes { get; }

    public MethodImplAttributes ImplAttributes { get; }

    public Module Module => Owner.Module!;

    public bool IsStatic => (Attributes & MethodAttributes.Static) != 0;

    public bool IsVirtual => (Attributes & MethodAttributes.Virtual) != 0;

    public bool IsAbstract => (Attributes & MethodAttributes.Abstract) != 0;

    public bool IsFinal => (Attributes & MethodAttributes.Final) != 0;

    public bool IsNewSlot => (Attributes & MethodAttributes.NewSlot) != 0;

    public bool IsConstructor => Name == ".ctor";

    public bool NeverInline => (ImplAttributes & MethodImplAttributes.NoInlining) != 0;

    public bool InlineAggressively => (ImplAttributes & MethodImplAttributes.AggressiveInlining) != 0;

    public bool HasBody => Definition.RelativeVirtualAddress != 0 && (ImplAttributes & MethodImplAttributes.InternalCall) == 0;

    public GenericContext Context => new(Owner.Arguments, Arguments);

    public MethodSignature<IlType> Signature => signature ??= Module.DecodeSignature(Definition.Signature, Context);

    public IlType ReturnType => Signature.ReturnType;

    /// <summary>The declared parameters, without <c>this</c>.</summary>
    public ImmutableArray<IlType> Parameters => Signature.ParameterTypes;

    public int GenericArity => Definition.GetGenericParameters().Count;

    private MethodDefinition Definition => Module.Reader.GetMethodDefinition(Handle);

    /// <summary>What <c>this</c> is: a reference to the object, or a managed pointer to the struct.</summary>
    public IlType ThisType => Owner.IsValueType ? Owner.ByRef() : Owner;

    /// <summary>The types of all arguments, <c>this</c> first.</summary>
    public IEnumerable<IlType> AllParameters => IsStatic ? Parameters : Parameters.Prepend(ThisType);

    public IlBody Body => body ??= IlBody.Read(this);

    public bool HasAttribute(string name) => Module.HasAttribute(Definition.GetCustomAttributes(), name);

    /// <summary>The first argument, a string, of an attribute of that name; null without one.</summary>
    public string? AttributeString(string name) => Module.AttributeString(Definition.GetCustomAttributes(), name);

    /// <summary>The first two arguments, strings, of every attribute of that name.</summary>
    public IEnumerable<(string First, string Second)> AttributePairs(string name) =>
        Module.AttributePairs(Definition.GetCustomAttributes(), name);

    /// <summary>The full name of the declaring type, without type arguments.</summary>
    public string FullNameOfOwner => Owner.Module!.FullNameOf(Owner.Handle);

    /// <summary>The full name of the declaring type and the method's.</summary>
    public string FullName => $"{FullNameOfOwner}.{Name}";

    public override string ToString() =>
        Arguments.Length == 0 ? $"{Owner}.{Name}" : $"{Owner}.{Name}<{string.Join(',', Arguments.Select(type => type.ToString()))}>";
}

public sealed class IlField
{
    private IlType? type;

    internal IlField(IlType owner, FieldDefinitionHandle handle)
    {
        Owner = owner;
        Handle = handle;
        FieldDefinition definition = owner.Module!.Reader.GetFieldDefinition(handle);
        Name = owner.Module.Reader.GetString(definition.Name);
        Attributes = definition.Attributes;
        RelativeVirtualAddress = definition.GetRelativeVirtualAddress();
        DeclaredOffset = definition.GetOffset();
    }

    public IlType Owner { get; }

    public FieldDefinitionHandle Handle { get; }

    public string Name { get; }

    public FieldAttributes Attributes { get; }

    /// <summary>Where the module holds the field's initial bytes; 0 if it does not.</summary>
    public int RelativeVirtualAddress { get; }

    /// <summary>The offset of an explicit layout, or -1.</summary>
    public int DeclaredOffset { get; }

    public bool IsStatic => (Attributes & FieldAttributes.Static) != 0;

    public bool IsLiteral => (Attributes & FieldAttributes.Literal) != 0;

    public bool IsInitOnly => (Attributes & FieldAttributes.InitOnly) != 0;

    public IlType Type => type ??= Owner.Module!.DecodeField(Owner.Module.Reader.GetFieldDefinition(Handle).Signature, Owner.Context);

    /// <summary>The offset in an instance of a value type, or behind the method table of a class.</summary>
    public int Offset => Owner.Layout.OffsetOf(this);

    public bool HasAttribute(string name) =>
        Owner.Module!.HasAttribute(Owner.Module.Reader.GetFieldDefinition(Handle).GetCustomAttributes(), name);

    public override string ToString() => $"{Owner}.{Name}";
}

/// <summary>The IL of a method: bytes, locals, exception regions and sequence points.</summary>
public sealed class IlBody
{
    private IlBody(byte[] code, int maxStack, IReadOnlyList<IlType> locals, IReadOnlyList<ExceptionRegion> regions, IlMethod method)
    {
        Code = code;
        MaxStack = maxStack;
        Locals = locals;
        Regions = regions;
        SequencePoints = method.Module.SequencePoints(method.Handle);
    }

    public byte[] Code { get; }

    public int MaxStack { get; }

    public IReadOnlyList<IlType> Locals { get; }

    public IReadOnlyList<ExceptionRegion> Regions { get; }

    /// <summary>IL offset and place, in the order of the offsets; hidden points have no place.</summary>
    public IReadOnlyList<(int Offset, SourcePosition? Position)> SequencePoints { get; }

    internal static IlBody Read(IlMethod method)
    {
        Module module = method.Module;
        MethodDefinition definition = module.Reader.GetMethodDefinition(method.Handle);
        MethodBodyBlock block = module.Image.GetMethodBody(definition.RelativeVirtualAddress);
        IReadOnlyList<IlType> locals = block.LocalSignature.IsNil
            ? []
            : module.DecodeLocals(block.LocalSignature, method.Context);
        return new IlBody(block.GetILBytes() ?? [], block.MaxStack, locals, block.ExceptionRegions, method);
    }
}
