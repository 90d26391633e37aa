// Finds the methods and fields that tokens of IL name. A reference matches by name and open signature: the parameters of
// generic types and methods stay placeholders on both sides, so that overloads which only differ in them are told apart.

using System.Reflection.Metadata;

namespace XousCloud.Compiler.Types;

internal static class MemberReferences
{
    public static IlMethod Method(Module module, EntityHandle handle, GenericContext context)
    {
        MetadataReader reader = module.Reader;
        switch (handle.Kind)
        {
            case HandleKind.MethodDefinition:
                MethodDefinitionHandle definition = (MethodDefinitionHandle)handle;
                IlType owner = module.System.Definition(module, reader.GetMethodDefinition(definition).GetDeclaringType());
                return module.System.OpenMethod(owner, definition);
            case HandleKind.MemberReference:
                return Find(module, reader.GetMemberReference((MemberReferenceHandle)handle), context);
            case HandleKind.MethodSpecification:
                MethodSpecification specification = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                IlMethod open = Method(module, specification.Method, context);
                IlType[] arguments = [.. module.DecodeMethodSpecification(specification, context)];
                if (arguments.Length != open.GenericArity)
                {
                    throw new BadImageFormatException("A generic method has the wrong number of arguments.");
                }

                return module.System.Method(open.Owner, open.Handle, arguments);
            default:
                throw new BadImageFormatException("A token does not name a method.");
        }
    }

    private static IlMethod Find(Module module, MemberReference reference, GenericContext context)
    {
        if (reference.GetKind() != MemberReferenceKind.Method)
        {
            throw new BadImageFormatException("A token does not name a method.");
        }

        IlType owner = Parent(module, reference, context);
        string name = module.Reader.GetString(reference.Name);
        if (owner.Kind == TypeKind.MultiArray)
        {
            throw new CompileErrorException(DiagnosticCode.Construct, "Arrays of several dimensions are not supported; use one dimension and compute the index.");
        }

        MethodSignature<IlType> open = module.DecodeSignature(reference.Signature, default);
        foreach (IlMethod candidate in Candidates(owner))
        {
            if (candidate.Name == name && Same(open, candidate.Module.DecodeSignature(Definition(candidate).Signature, default)))
            {
                return candidate;
            }
        }

        // A method of a base class: its parameters are other ones, so the closed signatures are compared.
        MethodSignature<IlType> closed = module.DecodeSignature(reference.Signature, new GenericContext(owner.Arguments, []));
        foreach (IlType parent in owner.BaseTypes().Concat(owner.AllInterfaces()))
        {
            foreach (IlMethod candidate in parent.Methods)
            {
                if (candidate.Name == name && Same(closed, candidate.Signature))
                {
                    return candidate;
                }
            }
        }

        throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The method {owner}.{name} that {module.AssemblyName} refers to does not exist.");
    }

    private static MethodDefinition Definition(IlMethod method) => method.Module.Reader.GetMethodDefinition(method.Handle);

    private static IReadOnlyList<IlMethod> Candidates(IlType owner) =>
        owner.Kind == TypeKind.Array ? owner.System.WellKnown("System", "Array").Methods : owner.Methods;

    private static IlType Parent(Module module, MemberReference reference, GenericContext context) => reference.Parent.Kind switch
    {
        HandleKind.TypeReference or HandleKind.TypeDefinition or HandleKind.TypeSpecification => module.Type(reference.Parent, context),
        _ => throw new CompileErrorException(DiagnosticCode.Construct, "Calls with a variable number of arguments (__arglist) are not supported."),
    };

    public static bool Same(MethodSignature<IlType> a, MethodSignature<IlType> b) =>
        a.Header.IsInstance == b.Header.IsInstance && a.GenericParameterCount == b.GenericParameterCount
        && a.ReturnType == b.ReturnType && a.ParameterTypes.SequenceEqual(b.ParameterTypes);

    public static IlField Field(Module module, EntityHandle handle, GenericContext context)
    {
        MetadataReader reader = module.Reader;
        if (handle.Kind == HandleKind.FieldDefinition)
        {
            FieldDefinitionHandle definition = (FieldDefinitionHandle)handle;
            return module.System.Field(module.System.Definition(module, reader.GetFieldDefinition(definition).GetDeclaringType()), definition);
        }

        if (handle.Kind != HandleKind.MemberReference)
        {
            throw new BadImageFormatException("A token does not name a field.");
        }

        MemberReference reference = reader.GetMemberReference((MemberReferenceHandle)handle);
        IlType owner = Parent(module, reference, context);
        string name = reader.GetString(reference.Name);
        foreach (IlType type in owner.BaseTypes().Prepend(owner))
        {
            if (type.Fields.FirstOrDefault(field => field.Name == name) is { } found)
            {
                return found;
            }
        }

        throw new CompileErrorException(DiagnosticCode.InvalidInput, $"The field {owner}.{name} that {module.AssemblyName} refers to does not exist.");
    }
}
