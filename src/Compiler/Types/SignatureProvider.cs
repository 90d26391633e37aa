// Decodes signatures of metadata directly into our types, arguments put in.

using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace XousCloud.Compiler.Types;

internal sealed class SignatureProvider(Module module) : ISignatureTypeProvider<IlType, GenericContext>
{
    public IlType GetArrayType(IlType elementType, ArrayShape shape) => module.System.Constructed(TypeKind.MultiArray, elementType);

    public IlType GetByReferenceType(IlType elementType) => elementType.ByRef();

    public IlType GetFunctionPointerType(MethodSignature<IlType> signature) => module.System.FunctionPointer(signature);

    public IlType GetGenericInstantiation(IlType genericType, ImmutableArray<IlType> typeArguments) =>
        module.System.Instance(genericType, [.. typeArguments]);

    public IlType GetGenericMethodParameter(GenericContext genericContext, int index) => genericContext.MethodArguments is not { Length: > 0 }
        ? module.System.Parameter(TypeKind.MethodParameter, index)
        : index < genericContext.MethodArguments.Length ? genericContext.MethodArguments[index] : throw Malformed();

    public IlType GetGenericTypeParameter(GenericContext genericContext, int index) => genericContext.TypeArguments is not { Length: > 0 }
        ? module.System.Parameter(TypeKind.TypeParameter, index)
        : index < genericContext.TypeArguments.Length ? genericContext.TypeArguments[index] : throw Malformed();

    public IlType GetModifiedType(IlType modifier, IlType unmodifiedType, bool isRequired) => unmodifiedType;

    public IlType GetPinnedType(IlType elementType) => elementType;

    public IlType GetPointerType(IlType elementType) => elementType.Pointer();

    public IlType GetPrimitiveType(PrimitiveTypeCode typeCode) => module.System.WellKnown("System", typeCode.ToString());

    public IlType GetSZArrayType(IlType elementType) => elementType.ArrayOf();

    public IlType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        module.System.Definition(module, handle);

    public IlType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        module.Type(handle, default);

    public IlType GetTypeFromSpecification(MetadataReader reader, GenericContext genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        throw new CompileErrorException(DiagnosticCode.InvalidInput, "A signature refers to a type specification.");

    private static BadImageFormatException Malformed() => new("A signature names a type parameter that does not exist.");
}
