// Calls: which method it is, whether it is an intrinsic, inlined or called, and how arguments and results are passed.

using System.Reflection.Metadata;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    private const int SmallBody = 32;
    private const int SmallConstructor = 64;
    private const int DeepestInlining = 14;
    private const int MostInlinedBytes = 30_000;

    private void ImportCall(bool isVirtual)
    {
        IlMethod target = MethodOf((int)instruction.Operand);
        IlType? receiverType = constrained;
        constrained = null;
        IlMethod declared = target;
        if (receiverType is not null && target.IsStatic)
        {
            target = Implementation(receiverType, target);
        }

        int count = target.Parameters.Length + (target.IsStatic ? 0 : 1);
        StackEntry[] arguments = new StackEntry[count];
        for (int i = count - 1; i >= 0; i--)
        {
            arguments[i] = Pop();
        }

        if (receiverType is not null && !declared.IsStatic)
        {
            if (receiverType.IsValueType)
            {
                target = Implementation(receiverType, declared);
                if (!target.Owner.IsValueType && !(target.Owner.IsInterface && !target.IsAbstract))
                {
                    ConstrainedOnObject(target, receiverType, arguments);
                    return;
                }
            }
            else
            {
                arguments[0] = LoadEntry(receiverType, arguments[0].Word, 0);
                isVirtual = true;
            }
        }
        else if (isVirtual && !target.IsStatic && arguments[0].IsExact && target.IsVirtual)
        {
            target = Implementation(arguments[0].Type, target);
        }

        CallMethod(target, arguments, isVirtual && receiverType is not { IsValueType: true });
    }

    private IlMethod Implementation(IlType type, IlMethod declared) => VirtualMethods.Implementation(type, declared)
        ?? throw new CompileErrorException(DiagnosticCode.InvalidInput, $"{type} does not implement {declared}.", b.Position);

    private IlMethod ResolveStatic(IlMethod target)
    {
        IlMethod resolved = constrained is null ? target : Implementation(constrained, target);
        constrained = null;
        return resolved;
    }

    // Methods that a struct has from object: what they do needs the type's description at run time.
    private void ConstrainedOnObject(IlMethod target, IlType type, StackEntry[] arguments)
    {
        if (type.IsEnum && target.Name == "GetHashCode")
        {
            Push(System.Int32, LoadEntry(type, arguments[0].Word, 0).Words[0]);
            return;
        }

        b.Unsupported(DiagnosticCode.Boxing,
            $"{type}.{target.Name} is object's: it would box the value and look at its type at run time. Declare {target.Name} in {type.SimpleName}.");
    }

    private void CallMethod(IlMethod target, StackEntry[] arguments, bool isVirtual)
    {
        bool isDispatched = isVirtual && target.IsVirtual && !target.IsFinal && !target.Owner.IsSealed && !arguments[0].IsExact;
        if (TryIntrinsic(target, arguments))
        {
            return;
        }

        for (int i = target.IsStatic ? 0 : 1; i < arguments.Length; i++)
        {
            arguments[i] = Coerce(arguments[i], target.Parameters[target.IsStatic ? i : i - 1]);
        }

        if (isVirtual && !target.IsStatic && !target.Owner.IsValueType)
        {
            CheckNull(arguments[0]);
        }

        if (b.Current is null)
        {
            return;
        }

        if (target.Owner.IsDelegate && target.Name == "Invoke")
        {
            InvokeDelegate(target, arguments);
            return;
        }

        if (isDispatched)
        {
            Call(program.Dispatch(target), target.ReturnType, arguments);
            return;
        }

        Invoke(target, arguments);
    }

    // A known method: replaced, inlined or called.
    private void Invoke(IlMethod target, StackEntry[] arguments)
    {
        target = program.Replacement(target);
        if (target.Module.IsFramework && target.HasAttribute("DoesNotReturnAttribute"))
        {
            bool ofException = target.Owner.BaseTypes().Any(type => type.Is("System", "Exception"));
            b.Panic(ofException ? PanicKinds.Of(target.Owner) : PanicKinds.OfThrower(target.Name));
            return;
        }

        if (!target.HasBody)
        {
            string why = target.IsAbstract ? "an abstract method that nothing here implements" : "external: there is no code of it for the chip";
            b.Unsupported(DiagnosticCode.ExternalMethod, $"{target} is {why}. Use what XousCloud.Guest offers, or write it in C#.");
            return;
        }

        if (ShouldInline(target))
        {
            Inline(target, arguments);
            return;
        }

        Call(program.SymbolFor(target), target.ReturnType, arguments);
    }

    private bool ShouldInline(IlMethod target)
    {
        if (target.NeverInline || depth >= DeepestInlining || program.IsNeverInlined(target))
        {
            return false;
        }

        int size = target.Body.Code.Length;
        bool isSmall = size <= SmallBody || target.InlineAggressively || (target.IsConstructor && size <= SmallConstructor);
        if (!isSmall || target.Body.Regions.Count > 0 || b.InlinedBytes + size > MostInlinedBytes)
        {
            return false;
        }

        for (MethodImporter? outer = this; outer is not null; outer = outer.caller)
        {
            if (outer.method == target)
            {
                return false;
            }
        }

        return true;
    }

    private void Inline(IlMethod target, StackEntry[] arguments)
    {
        b.InlinedBytes += target.Body.Code.Length;
        SourcePosition? position = b.Position;
        int[] key = KeyOf(instruction.Offset);
        MethodImporter inner = new(program, b, target, this, key);
        for (int i = 0; i < arguments.Length; i++)
        {
            inner.SetArgument(i, arguments[i]);
        }

        inner.Run();
        b.Position = position;
        if (inner.returns.Count == 0)
        {
            b.Current = null;
            return;
        }

        (Block only, StackEntry? result) = inner.returns[0];
        if (inner.returns.Count == 1)
        {
            b.Current = only;
            if (result is not null)
            {
                Push(result);
            }

            return;
        }

        Block join = b.NewBlock([.. key, int.MaxValue]);
        Slot? slot = result is null
            ? null
            : result.Memory is null ? b.NewSlot(4 * result.Words.Length, 4, "result") : NewSlot(result.Type, "result");
        foreach ((Block block, StackEntry? entry) in inner.returns)
        {
            b.Current = block;
            if (entry?.Memory is { } memory)
            {
                b.Copy(Value.AddressOf(slot!), memory, entry.Type.Layout.Size, entry.Type.Layout.Alignment);
            }

            for (int i = 0; i < (entry?.Words.Length ?? 0); i++)
            {
                b.Store(Value.AddressOf(slot!), 4 * i, 4, entry!.Words[i]);
            }

            b.Jump(join);
        }

        b.Current = join;
        if (result is not null)
        {
            Push(result.Memory is null
                ? new StackEntry(result.Type, [.. result.Words.Select((_, i) => b.Load(Value.AddressOf(slot!), 4 * i, 4, false))])
                : new StackEntry(result.Type, []) { Memory = Value.AddressOf(slot!) });
        }
    }

    private void Call(FunctionSymbol symbol, IlType returnType, IEnumerable<StackEntry> arguments) =>
        Call(new Value(Op.Call) { Symbol = symbol }, returnType, arguments);

    private void Call(Value call, IlType returnType, IEnumerable<StackEntry> arguments)
    {
        CallShape shape = CallShape.Of(returnType);
        List<Value> words = [.. call.Inputs];
        Value? result = null;
        if (shape.IsIndirect)
        {
            result = Value.AddressOf(NewSlot(returnType, "result"));
            words.Add(result);
        }

        foreach (StackEntry argument in arguments)
        {
            words.AddRange(PassedWords(argument));
        }

        call.Inputs = [.. words];
        call.Imm = shape.IsIndirect ? 0 : shape.Words;
        Value[] results = EmitCall(call, call.Imm);
        if (result is not null)
        {
            Push(returnType.Layout.Leaves is null
                ? new StackEntry(returnType, []) { Memory = result }
                : LoadEntry(returnType, result, 0));
        }
        else if (!returnType.IsVoid)
        {
            Push(Unpack(returnType, results));
        }
    }

    private Value[] PassedWords(StackEntry argument)
    {
        if (!CallShape.Of(argument.Type).IsIndirect)
        {
            return Pack(argument);
        }

        // The callee owns the copy.
        Value home = Value.AddressOf(NewSlot(argument.Type, "argument"));
        StoreEntry(argument.Type, home, 0, argument);
        return [home];
    }

    private void ImportIndirectCall()
    {
        MethodSignature<IlType> signature = module.DecodeSignature(
            (StandaloneSignatureHandle)Handle((int)instruction.Operand), context);
        Value target = PopWord();
        int count = signature.ParameterTypes.Length + (signature.Header.IsInstance ? 1 : 0);
        StackEntry[] arguments = new StackEntry[count];
        for (int i = count - 1; i >= 0; i--)
        {
            arguments[i] = Pop();
        }

        for (int i = signature.Header.IsInstance ? 1 : 0; i < count; i++)
        {
            arguments[i] = Coerce(arguments[i], signature.ParameterTypes[signature.Header.IsInstance ? i - 1 : i]);
        }

        Call(new Value(Op.CallIndirect, target), signature.ReturnType, arguments);
    }

    private void ImportNew()
    {
        IlMethod constructor = MethodOf((int)instruction.Operand);
        IlType type = constructor.Owner;
        StackEntry[] arguments = new StackEntry[constructor.Parameters.Length + 1];
        for (int i = arguments.Length - 1; i >= 1; i--)
        {
            arguments[i] = Pop();
        }

        if (type.BaseTypes().Prepend(type).Any(parent => parent.Is("System", "Exception")))
        {
            Push(new StackEntry(type, [zero])); // Only its type matters: see PanicKinds.
            return;
        }

        if (type.IsDelegate)
        {
            NewDelegate(type, arguments[1], arguments[2]);
            return;
        }

        if (type.IsValueType)
        {
            Value home = Value.AddressOf(NewSlot(type, "new"));
            StoreZero(type, home);
            arguments[0] = new StackEntry(type.ByRef(), [home]);
            CallMethod(constructor, arguments, false);
            if (b.Current is not null)
            {
                Push(LoadEntry(type, home, 0));
            }

            return;
        }

        if (type.Primitive == Primitive.String || type.Kind != TypeKind.Defined)
        {
            b.Unsupported(DiagnosticCode.HeapAllocation, $"new {type}(...): build the text in a Span<byte> instead.");
            return;
        }

        Value instance = NewObject(type);
        arguments[0] = new StackEntry(type, [instance]) { IsExact = true };
        CallMethod(constructor, arguments, false);
        if (b.Current is not null)
        {
            Push(new StackEntry(type, [instance]) { IsExact = true });
        }
    }

    private void ImportToken(int token)
    {
        EntityHandle handle = Handle(token);
        bool isField = handle.Kind == HandleKind.FieldDefinition
            || (handle.Kind == HandleKind.MemberReference
                && module.Reader.GetMemberReference((MemberReferenceHandle)handle).GetKind() == MemberReferenceKind.Field);
        if (isField)
        {
            IlField field = FieldOf(token);
            Push(new StackEntry(System.WellKnown("System", "RuntimeFieldHandle"), [zero]) { Token = field });
        }
        else if (handle.Kind is HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification)
        {
            Push(new StackEntry(System.WellKnown("System", "RuntimeTypeHandle"), [zero]) { Token = TypeOf(token) });
        }
        else
        {
            b.Unsupported(DiagnosticCode.Reflection, "A handle of a method: there is no reflection at run time.");
        }
    }
}
