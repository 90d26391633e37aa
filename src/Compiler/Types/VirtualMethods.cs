// Which method a virtual, interface, constrained or static abstract call runs on a known type.

using System.Reflection.Metadata;

namespace XousCloud.Compiler.Types;

internal static class VirtualMethods
{
    /// <summary>The implementation of <paramref name="declared"/> on <paramref name="type"/>, or null if there is none.</summary>
    public static IlMethod? Implementation(IlType type, IlMethod declared)
    {
        IlType holder = type.Kind is TypeKind.Array ? type.System.WellKnown("System", "Array") : type;
        if (declared.Owner.IsInterface)
        {
            return Explicit(holder, declared) ?? Implicit(holder, declared) ?? Default(holder, declared);
        }

        if (!declared.IsVirtual)
        {
            return declared;
        }

        foreach (IlType level in holder.BaseTypes().Prepend(holder))
        {
            if (level == declared.Owner)
            {
                return declared;
            }

            if (Explicit(level, declared) is { } explicitly)
            {
                return explicitly;
            }

            IlMethod? found = level.Methods.FirstOrDefault(method =>
                method.IsVirtual && !method.IsNewSlot && !method.IsStatic && Matches(method, declared));
            if (found is not null)
            {
                return WithArguments(found, declared);
            }
        }

        return declared.IsAbstract ? null : declared;
    }

    // The MethodImpl table: explicit interface implementations and covariant overrides.
    private static IlMethod? Explicit(IlType holder, IlMethod declared)
    {
        foreach (IlType level in holder.BaseTypes().Prepend(holder))
        {
            if (level.Module is not { } module)
            {
                continue;
            }

            foreach (MethodImplementationHandle handle in module.Reader.GetTypeDefinition(level.Handle).GetMethodImplementations())
            {
                MethodImplementation implementation = module.Reader.GetMethodImplementation(handle);
                if (!NamesMethod(module, implementation.MethodDeclaration, declared.Name))
                {
                    continue;
                }

                IlMethod target = module.Method(implementation.MethodDeclaration, level.Context);
                if (target.Owner == declared.Owner && target.Handle == declared.Handle)
                {
                    IlMethod body = module.Method(implementation.MethodBody, level.Context);
                    return WithArguments(OnLevel(body, level), declared);
                }
            }
        }

        return null;
    }

    private static bool NamesMethod(Module module, EntityHandle handle, string name) => handle.Kind switch
    {
        HandleKind.MemberReference => module.Reader.StringComparer.Equals(module.Reader.GetMemberReference((MemberReferenceHandle)handle).Name, name),
        HandleKind.MethodDefinition => module.Reader.StringComparer.Equals(module.Reader.GetMethodDefinition((MethodDefinitionHandle)handle).Name, name),
        _ => true,
    };

    // A MethodDef token names the method on the open definition; the implementation is on the constructed type.
    private static IlMethod OnLevel(IlMethod body, IlType level) =>
        body.Owner.Handle == level.Handle && body.Owner.Module == level.Module
            ? level.System.Method(level, body.Handle, body.Arguments)
            : body;

    private static IlMethod? Implicit(IlType holder, IlMethod declared)
    {
        foreach (IlType level in holder.BaseTypes().Prepend(holder))
        {
            IlMethod? found = level.Methods.FirstOrDefault(method =>
                method.IsStatic == declared.IsStatic
                && (method.Attributes & System.Reflection.MethodAttributes.MemberAccessMask) == System.Reflection.MethodAttributes.Public
                && Matches(method, declared));
            if (found is not null)
            {
                return WithArguments(found, declared);
            }
        }

        return null;
    }

    // A body in the interface itself, or in an interface that extends it.
    private static IlMethod? Default(IlType holder, IlMethod declared)
    {
        foreach (IlType level in holder.AllInterfaces())
        {
            if (level != declared.Owner && level.IsInterface && Explicit(level, declared) is { } found)
            {
                return found;
            }
        }

        return declared.IsAbstract ? null : declared;
    }

    private static bool Matches(IlMethod method, IlMethod declared) =>
        method.Name == declared.Name && method.GenericArity == declared.GenericArity
        && MemberReferences.Same(Open(method), Open(declared));

    // Type arguments put in, the method's own parameters left as placeholders.
    private static MethodSignature<IlType> Open(IlMethod method) => method.Arguments.Length == 0
        ? method.Signature
        : method.Owner.System.OpenMethod(method.Owner, method.Handle).Signature;

    private static IlMethod WithArguments(IlMethod found, IlMethod declared) => declared.Arguments.Length == 0
        ? found
        : found.Owner.System.Method(found.Owner, found.Handle, declared.Arguments);
}
