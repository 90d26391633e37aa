// One assembly file: its metadata, its IL and the sequence points of its portable PDB.

using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace XousCloud.Compiler.Types;

public sealed class Module : IDisposable
{
    // A signature nests at most as deep as it is long, and the decoder recurses.
    private const int LongestSignature = 2048;

    private readonly Dictionary<(string Namespace, string Name), TypeDefinitionHandle> definitions = [];
    private readonly Dictionary<TypeDefinitionHandle, (string Namespace, string Name, string Full)> names = [];
    private readonly Dictionary<EntityHandle, IlType> closedTypes = [];
    private readonly MetadataReaderProvider? symbols;
    private readonly MetadataReader? symbolReader;
    private readonly SignatureProvider provider;

    internal Module(TypeSystem system, string path)
    {
        System = system;
        Path = path;
        Image = new PEReader(new MemoryStream(File.ReadAllBytes(path)));
        if (!Image.HasMetadata)
        {
            throw new BadImageFormatException("The file has no metadata.");
        }

        Reader = Image.GetMetadataReader();
        AssemblyName = Reader.IsAssembly ? Reader.GetString(Reader.GetAssemblyDefinition().Name) : "";
        provider = new SignatureProvider(this);
        foreach (TypeDefinitionHandle handle in Reader.TypeDefinitions)
        {
            TypeDefinition definition = Reader.GetTypeDefinition(handle);
            if (definition.GetDeclaringType().IsNil)
            {
                definitions.TryAdd((Reader.GetString(definition.Namespace), Reader.GetString(definition.Name)), handle);
            }
        }

        symbols = OpenSymbols();
        symbolReader = symbols?.GetMetadataReader();
    }

    public TypeSystem System { get; }

    public string Path { get; }

    public string AssemblyName { get; }

    public PEReader Image { get; }

    public MetadataReader Reader { get; }

    /// <summary>Whether the module is the framework's: its lines are not shown, its members are restricted.</summary>
    public bool IsFramework { get; internal set; }

    private MetadataReaderProvider? OpenSymbols()
    {
        string path = global::System.IO.Path.ChangeExtension(Path, ".pdb");
        try
        {
            foreach (DebugDirectoryEntry entry in Image.ReadDebugDirectory())
            {
                if (entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb)
                {
                    return Image.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
                }
            }

            return File.Exists(path)
                ? MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(File.ReadAllBytes(path)))
                : null;
        }
        catch (BadImageFormatException)
        {
            return null; // Another debug format: the program compiles, without lines.
        }
    }

    public void Dispose()
    {
        symbols?.Dispose();
        Image.Dispose();
    }

    public string NameOf(TypeDefinitionHandle handle) => NamesOf(handle).Name;

    public string NamespaceOf(TypeDefinitionHandle handle) => NamesOf(handle).Namespace;

    /// <summary>Namespace, declaring types and name, without arity, separated by dots.</summary>
    public string FullNameOf(TypeDefinitionHandle handle) => NamesOf(handle).Full;

    private (string Namespace, string Name, string Full) NamesOf(TypeDefinitionHandle handle)
    {
        if (!names.TryGetValue(handle, out (string Namespace, string Name, string Full) found))
        {
            TypeDefinition definition = Reader.GetTypeDefinition(handle);
            string name = Reader.GetString(definition.Name);
            int tick = name.IndexOf('`', StringComparison.Ordinal);
            name = tick < 0 ? name : name[..tick];
            string ns = Reader.GetString(definition.Namespace);
            string full = ns.Length == 0 ? name : $"{ns}.{name}";
            TypeDefinitionHandle outer = definition.GetDeclaringType();
            for (int depth = 0; !outer.IsNil && depth < 32; depth++)
            {
                TypeDefinition declaring = Reader.GetTypeDefinition(outer);
                string outerName = Reader.GetString(declaring.Name);
                int outerTick = outerName.IndexOf('`', StringComparison.Ordinal);
                full = (outerTick < 0 ? outerName : outerName[..outerTick]) + "." + full;
                string outerNamespace = Reader.GetString(declaring.Namespace);
                full = outerNamespace.Length == 0 ? full : outerNamespace + "." + full;
                outer = declaring.GetDeclaringType();
            }

            names[handle] = found = (ns, name, full);
        }

        return found;
    }

    /// <summary>A top-level type of this module or one that it forwards; null if there is none.</summary>
    internal IlType? Find(string ns, string name)
    {
        if (definitions.TryGetValue((ns, name), out TypeDefinitionHandle handle))
        {
            return System.Definition(this, handle);
        }

        foreach (ExportedTypeHandle forwarded in Reader.ExportedTypes)
        {
            ExportedType type = Reader.GetExportedType(forwarded);
            if (type.Implementation.Kind == HandleKind.AssemblyReference
                && Reader.StringComparer.Equals(type.Name, name) && Reader.StringComparer.Equals(type.Namespace, ns))
            {
                AssemblyReference target = Reader.GetAssemblyReference((AssemblyReferenceHandle)type.Implementation);
                Module module = System.Load(Reader.GetString(target.Name));
                return module == this ? null : module.Find(ns, name);
            }
        }

        return null;
    }

    /// <summary>The type that a TypeDef, TypeRef or TypeSpec token names, with arguments put in.</summary>
    public IlType Type(EntityHandle handle, GenericContext context)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return System.Definition(this, (TypeDefinitionHandle)handle);
            case HandleKind.TypeReference:
                if (!closedTypes.TryGetValue(handle, out IlType? type))
                {
                    closedTypes[handle] = type = Resolve((TypeReferenceHandle)handle, 0);
                }

                return type;
            case HandleKind.TypeSpecification:
                TypeSpecification specification = Reader.GetTypeSpecification((TypeSpecificationHandle)handle);
                CheckSignature(specification.Signature);
                return specification.DecodeSignature(provider, context);
            default:
                throw new BadImageFormatException("A token does not name a type.");
        }
    }

    private IlType Resolve(TypeReferenceHandle handle, int depth)
    {
        TypeReference reference = Reader.GetTypeReference(handle);
        string ns = Reader.GetString(reference.Namespace);
        string name = Reader.GetString(reference.Name);
        EntityHandle scope = reference.ResolutionScope;
        IlType? found = null;
        switch (scope.Kind)
        {
            case HandleKind.AssemblyReference:
                AssemblyReference assembly = Reader.GetAssemblyReference((AssemblyReferenceHandle)scope);
                found = System.Load(Reader.GetString(assembly.Name)).Find(ns, name);
                break;
            case HandleKind.TypeReference when depth < 32:
                IlType outer = Resolve((TypeReferenceHandle)scope, depth + 1);
                TypeDefinition definition = outer.Module!.Reader.GetTypeDefinition(outer.Handle);
                foreach (TypeDefinitionHandle nested in definition.GetNestedTypes())
                {
                    if (outer.Module.Reader.StringComparer.Equals(outer.Module.Reader.GetTypeDefinition(nested).Name, name))
                    {
                        found = System.Definition(outer.Module, nested);
                    }
                }

                break;
            case HandleKind.ModuleDefinition:
                found = Find(ns, name);
                break;
        }

        return found ?? throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The type {ns}.{name} that {AssemblyName} refers to does not exist.");
    }

    public IlMethod Method(EntityHandle handle, GenericContext context) => MemberReferences.Method(this, handle, context);

    public IlField Field(EntityHandle handle, GenericContext context) => MemberReferences.Field(this, handle, context);

    internal MethodSignature<IlType> DecodeSignature(BlobHandle handle, GenericContext context)
    {
        CheckSignature(handle);
        BlobReader blob = Reader.GetBlobReader(handle);
        return new SignatureDecoder<IlType, GenericContext>(provider, Reader, context).DecodeMethodSignature(ref blob);
    }

    internal MethodSignature<IlType> DecodeSignature(StandaloneSignatureHandle handle, GenericContext context) =>
        DecodeSignature(Reader.GetStandaloneSignature(handle).Signature, context);

    internal IlType DecodeField(BlobHandle handle, GenericContext context)
    {
        CheckSignature(handle);
        BlobReader blob = Reader.GetBlobReader(handle);
        return new SignatureDecoder<IlType, GenericContext>(provider, Reader, context).DecodeFieldSignature(ref blob);
    }

    internal IReadOnlyList<IlType> DecodeLocals(StandaloneSignatureHandle handle, GenericContext context)
    {
        StandaloneSignature signature = Reader.GetStandaloneSignature(handle);
        if (Reader.GetBlobReader(signature.Signature).Length > 64 * LongestSignature)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, "A method has too many locals.");
        }

        return signature.DecodeLocalSignature(provider, context);
    }

    internal ImmutableArray<IlType> DecodeMethodSpecification(MethodSpecification specification, GenericContext context)
    {
        CheckSignature(specification.Signature);
        return specification.DecodeSignature(provider, context);
    }

    private void CheckSignature(BlobHandle handle)
    {
        if (Reader.GetBlobReader(handle).Length > LongestSignature)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"A signature of {AssemblyName} is longer than {LongestSignature} bytes.");
        }
    }

    public bool HasAttribute(CustomAttributeHandleCollection attributes, string name) => !FindAttribute(attributes, name).IsNil;

    public string? AttributeString(CustomAttributeHandleCollection attributes, string name)
    {
        CustomAttributeHandle handle = FindAttribute(attributes, name);
        if (handle.IsNil)
        {
            return null;
        }

        BlobReader blob = Reader.GetBlobReader(Reader.GetCustomAttribute(handle).Value);
        return blob.Length > 4 && blob.ReadUInt16() == 1 ? blob.ReadSerializedString() : null;
    }

    /// <summary>The first argument, an int, of an attribute; null without one.</summary>
    public int? AttributeNumber(CustomAttributeHandleCollection attributes, string name)
    {
        CustomAttributeHandle handle = FindAttribute(attributes, name);
        if (handle.IsNil)
        {
            return null;
        }

        BlobReader blob = Reader.GetBlobReader(Reader.GetCustomAttribute(handle).Value);
        return blob.Length >= 6 && blob.ReadUInt16() == 1 ? blob.ReadInt32() : null;
    }

    public IEnumerable<(string First, string Second)> AttributePairs(CustomAttributeHandleCollection attributes, string name)
    {
        foreach (CustomAttributeHandle handle in AttributesNamed(attributes, name))
        {
            BlobReader blob = Reader.GetBlobReader(Reader.GetCustomAttribute(handle).Value);
            if (blob.Length > 4 && blob.ReadUInt16() == 1 && blob.ReadSerializedString() is { } first && blob.ReadSerializedString() is { } second)
            {
                yield return (first, second);
            }
        }
    }

    private CustomAttributeHandle FindAttribute(CustomAttributeHandleCollection attributes, string name) =>
        AttributesNamed(attributes, name).FirstOrDefault();

    private IEnumerable<CustomAttributeHandle> AttributesNamed(CustomAttributeHandleCollection attributes, string name)
    {
        foreach (CustomAttributeHandle handle in attributes)
        {
            EntityHandle constructor = Reader.GetCustomAttribute(handle).Constructor;
            StringHandle found = default;
            if (constructor.Kind == HandleKind.MemberReference)
            {
                EntityHandle parent = Reader.GetMemberReference((MemberReferenceHandle)constructor).Parent;
                if (parent.Kind == HandleKind.TypeReference)
                {
                    found = Reader.GetTypeReference((TypeReferenceHandle)parent).Name;
                }
            }
            else if (constructor.Kind == HandleKind.MethodDefinition)
            {
                found = Reader.GetTypeDefinition(Reader.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()).Name;
            }

            if (!found.IsNil && Reader.StringComparer.Equals(found, name))
            {
                yield return handle;
            }
        }
    }

    internal IReadOnlyList<(int Offset, SourcePosition? Position)> SequencePoints(MethodDefinitionHandle method)
    {
        if (symbolReader is null || MetadataTokens.GetRowNumber(method) > symbolReader.MethodDebugInformation.Count)
        {
            return [];
        }

        List<(int, SourcePosition?)> points = [];
        foreach (SequencePoint point in symbolReader.GetMethodDebugInformation(method).GetSequencePoints())
        {
            SourcePosition? position = point.IsHidden
                ? null
                : new SourcePosition(symbolReader.GetString(symbolReader.GetDocument(point.Document).Name), point.StartLine, point.StartColumn);
            points.Add((point.Offset, position));
        }

        return points;
    }
}
