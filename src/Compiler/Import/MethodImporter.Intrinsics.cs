// Methods that become instructions: those of System.Runtime.CompilerServices whose bodies the JIT would know, atomics,
// what generic code asks about its types, and the machine's own instructions in XousCloud.Guest.

using XousCloud.Compiler.Evaluate;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    private bool TryIntrinsic(IlMethod target, StackEntry[] arguments)
    {
        if (target.Name is "get_IsSupported" or "get_IsHardwareAccelerated" && target.IsStatic && target.Module.IsFramework)
        {
            Push(System.Int32, zero); // No vectors: generic code takes its plain path.
            return true;
        }

        switch (target.FullNameOfOwner)
        {
            case "System.Runtime.CompilerServices.Unsafe":
                return TryUnsafe(target, arguments);
            case "System.Runtime.CompilerServices.RuntimeHelpers":
                return TryRuntimeHelpers(target, arguments);
            case "System.Threading.Interlocked":
                return TryInterlocked(target, arguments);
            case "System.Runtime.InteropServices.MemoryMarshal" when target.Name == "GetArrayDataReference" && arguments.Length == 1:
                CheckNull(arguments[0]);
                IlType element = target.Arguments.Length == 1 ? target.Arguments[0] : System.WellKnown("System", "Byte");
                Push(element.ByRef(), b.Add(arguments[0].Word, ObjectLayout.DataOffset));
                return true;
            case "System.Type" or "System.RuntimeTypeHandle":
                return TryType(target, arguments);
            case "System.Array" when target.Name == "get_Length":
                CheckNull(arguments[0]);
                Push(System.Int32, b.Load(arguments[0].Word, ObjectLayout.LengthOffset, 4, false));
                return true;
            case "System.String":
                return TryString(target, arguments);
            case "System.Object" when target.IsConstructor:
                return true;
            case "System.Environment" when target.Name == "get_CurrentManagedThreadId":
                Push(System.Int32, Value.Const(1)); // Iterators ask whether they are still with who made them.
                return true;
            case "System.GC" when target.Name is "KeepAlive" or "SuppressFinalize":
                return true;
            case "System.SR" or "System.ThrowHelper" when !target.ReturnType.IsVoid && target.ReturnType.IsReference:
                Push(target.ReturnType, zero); // Messages of exceptions that are never made.
                return true;
            case "System.Collections.Generic.EqualityComparer" when target.Name == "get_Default":
                Push(DefaultComparer(target.Owner.Arguments[0]));
                return true;
            case "System.Threading.Monitor":
                b.Unsupported(DiagnosticCode.Threading, "lock: there is no monitor. Use the atomics of System.Threading.Interlocked, or what the operating system offers.");
                return true;
            case "XousCloud.Guest.Csr":
                return TryCsr(target, arguments);
            case "XousCloud.Guest.Riscv":
                return TryRiscv(target, arguments);
            case "XousCloud.Guest.Atomic":
                return TryAtomic(target, arguments);
            case "XousCloud.Guest.AssemblerOutput" when EvaluationCalls.ForAssembler(target.Name) is { } call:
                Call(call, target.ReturnType, arguments);
                return true;
        }

        if (!target.HasBody && target.AttributeString("LinkerSymbolAttribute") is { } name)
        {
            Symbol symbol = program.Linker(name) ?? throw new CompileErrorException(
                DiagnosticCode.Image, $"The linker knows no symbol {name}.", b.Position);
            Push(target.ReturnType, Value.AddressOf(symbol));
            return true;
        }

        return false;
    }

    private bool TryUnsafe(IlMethod target, StackEntry[] arguments)
    {
        IlType? type = target.Arguments.Length > 0 ? target.Arguments[0] : null;
        IlType result = target.ReturnType;
        int size = type is null || type.IsVoid ? 1 : ValueLayout.Stored(type).Size;
        switch (target.Name)
        {
            case "Add" or "Subtract":
                Value scaled = b.Binary(Op.Mul, arguments[1].Words[0], Value.Const(size));
                Push(result, b.Binary(target.Name == "Add" ? Op.Add : Op.Sub, arguments[0].Word, scaled));
                return true;
            case "AddByteOffset" or "SubtractByteOffset":
                Push(result, b.Binary(target.Name == "AddByteOffset" ? Op.Add : Op.Sub, arguments[0].Word, arguments[1].Words[0]));
                return true;
            case "As" when !result.IsReference:
            case "AsPointer" or "AsRef":
                Push(result, arguments[0].Word);
                return true;
            case "As":
                Push(new StackEntry(result, [arguments[0].Word]));
                return true;
            case "AreSame":
                Push(System.Int32, b.Set(Condition.Equal, arguments[0].Word, arguments[1].Word));
                return true;
            case "IsAddressLessThan":
                Push(System.Int32, b.Set(Condition.LessUnsigned, arguments[0].Word, arguments[1].Word));
                return true;
            case "IsAddressGreaterThan":
                Push(System.Int32, b.Set(Condition.LessUnsigned, arguments[1].Word, arguments[0].Word));
                return true;
            case "IsAddressLessThanOrEqualTo":
                Push(System.Int32, b.Set(Condition.GreaterOrEqualUnsigned, arguments[1].Word, arguments[0].Word));
                return true;
            case "IsAddressGreaterThanOrEqualTo":
                Push(System.Int32, b.Set(Condition.GreaterOrEqualUnsigned, arguments[0].Word, arguments[1].Word));
                return true;
            case "ByteOffset":
                Push(System.IntPtr, b.Sub(arguments[1].Word, arguments[0].Word));
                return true;
            case "SizeOf":
                Push(System.Int32, Value.Const(size));
                return true;
            case "NullRef":
                Push(result, zero);
                return true;
            case "IsNullRef":
                Push(System.Int32, b.Set(Condition.Equal, arguments[0].Word, zero));
                return true;
            case "SkipInit":
                return true;
            case "Read":
                Push(LoadEntry(type!, arguments[0].Word, 0));
                return true;
            case "ReadUnaligned":
                Push(LoadEntry(type!, arguments[0].Word, 0, 1));
                return true;
            case "Write":
                StoreEntry(type!, arguments[0].Word, 0, Coerce(arguments[1], type!));
                return true;
            case "WriteUnaligned":
                StoreEntry(type!, arguments[0].Word, 0, Coerce(arguments[1], type!), 1);
                return true;
            case "Copy":
                StoreEntry(type!, arguments[0].Word, 0, LoadEntry(type!, arguments[1].Word, 0));
                return true;
            case "BitCast":
                BitCast(arguments[0], result);
                return true;
            case "CopyBlock" or "CopyBlockUnaligned":
                BlockOperation(true, arguments[0].Word, arguments[1].Word, arguments[2].Words[0]);
                return true;
            case "InitBlock" or "InitBlockUnaligned":
                BlockOperation(false, arguments[0].Word, arguments[1].Word, arguments[2].Words[0]);
                return true;
            default:
                return false;
        }
    }

    private void BitCast(StackEntry value, IlType result)
    {
        ValueLayout from = ValueLayout.Stored(value.Type);
        ValueLayout to = ValueLayout.Stored(result);
        if (value.Memory is null && to.Leaves is { } leaves && from.Leaves is { } old && leaves.Select(leaf => (leaf.Offset, leaf.Size)).SequenceEqual(old.Select(leaf => (leaf.Offset, leaf.Size))))
        {
            Push(new StackEntry(result, [.. value.Words.Select((word, i) => Extend(word, leaves[i].Size, leaves[i].Signed))]));
            return;
        }

        Slot slot = b.NewSlot(Math.Max(from.Size, to.Size), 8, "cast");
        StoreEntry(value.Type, Value.AddressOf(slot), 0, value);
        Push(LoadEntry(result, Value.AddressOf(slot), 0));
    }

    private bool TryRuntimeHelpers(IlMethod target, StackEntry[] arguments)
    {
        switch (target.Name)
        {
            case "IsReferenceOrContainsReferences":
                Push(System.Int32, Value.Const(ContainsReferences(target.Arguments[0]) ? 1 : 0));
                return true;
            case "IsBitwiseEquatable":
                IlType type = target.Arguments[0];
                bool isPlain = type.IsEnum || type.IsPointerLike
                    || type.Primitive is >= Primitive.Boolean and <= Primitive.UIntPtr;
                Push(System.Int32, Value.Const(isPlain ? 1 : 0));
                return true;
            case "IsKnownConstant":
                Push(System.Int32, zero);
                return true;
            case "EnsureSufficientExecutionStack":
                return true;
            case "CreateSpan" when arguments[0].Token is IlField { RelativeVirtualAddress: not 0 } data:
                IlType element = target.Arguments[0];
                int count = data.Type.Layout.Size / Math.Max(1, ValueLayout.Stored(element).Size);
                Push(new StackEntry(target.ReturnType, [program.AddressOf(this, data), Value.Const(count)]));
                return true;
            case "InitializeArray" when arguments[1].Token is IlField { RelativeVirtualAddress: not 0 } data:
                Value to = b.Add(arguments[0].Word, ObjectLayout.DataOffset);
                b.Copy(to, program.AddressOf(this, data), data.Type.Layout.Size, 1);
                return true;
            default:
                return false;
        }
    }

    private bool ContainsReferences(IlType type) => type.IsReference || type.Kind == TypeKind.ByRef
        || (type.Kind == TypeKind.Defined && type.Primitive == Primitive.None && !type.IsEnum
            && type.Fields.Any(field => !field.IsStatic && ContainsReferences(field.Type)));

    private bool TryType(IlMethod target, StackEntry[] arguments)
    {
        IlType? first = arguments.Length > 0 ? arguments[0].Token as IlType : null;
        IlType? second = arguments.Length > 1 ? arguments[1].Token as IlType : null;
        switch (target.Name)
        {
            case "GetTypeFromHandle" when first is not null:
                Push(new StackEntry(System.WellKnown("System", "Type"), [Value.AddressOf(program.TypeObject(first))]) { Token = first });
                return true;
            case "op_Equality" or "op_Inequality" when first is not null && second is not null:
                Push(System.Int32, Value.Const(first == second == (target.Name == "op_Equality") ? 1 : 0));
                return true;
            case "get_IsValueType" when first is not null:
                Push(System.Int32, Value.Const(first.IsValueType ? 1 : 0));
                return true;
            case "get_IsPrimitive" when first is not null:
                Push(System.Int32, Value.Const(first.Primitive is >= Primitive.Boolean and <= Primitive.Double ? 1 : 0));
                return true;
            case "get_IsEnum" when first is not null:
                Push(System.Int32, Value.Const(first.IsEnum ? 1 : 0));
                return true;
        }

        b.Unsupported(DiagnosticCode.Reflection,
            $"{target}: types do not exist at run time. typeof can be compared with another typeof, where the answer is known.");
        return true;
    }

    private bool TryString(IlMethod target, StackEntry[] arguments)
    {
        switch (target.Name)
        {
            case "get_Length":
                CheckNull(arguments[0]);
                Push(System.Int32, b.Load(arguments[0].Word, ObjectLayout.LengthOffset, 4, false));
                return true;
            case "get_Chars":
                Push(LoadEntry(System.WellKnown("System", "Char"),
                    ElementAddress(arguments[0], arguments[1].Words[0], System.WellKnown("System", "Char")), 0));
                return true;
            case "GetRawStringData" or "GetPinnableReference":
                CheckNull(arguments[0]);
                Push(System.WellKnown("System", "Char").ByRef(), b.Add(arguments[0].Word, ObjectLayout.DataOffset));
                return true;
            default:
                return false;
        }
    }

    // The comparer's object is never needed: its class is known, and so is every method that is called on it.
    private StackEntry DefaultComparer(IlType type)
    {
        bool isEquatable = type.AllInterfaces().Any(found => found.Is("System", "IEquatable") && found.Arguments[0] == type);
        string name = type.IsEnum ? "EnumEqualityComparer" : isEquatable ? "GenericEqualityComparer" : "ObjectEqualityComparer";
        IlType comparer = System.Instance(System.WellKnown("System.Collections.Generic", name + "`1"), [type]);
        return new StackEntry(comparer, [Value.Const(4)]) { IsExact = true };
    }

    private bool TryInterlocked(IlMethod target, StackEntry[] arguments)
    {
        if (target.Name is "MemoryBarrier" or "MemoryBarrierProcessWide")
        {
            b.Emit(new Value(Op.Instruction) { Imm = 0x0330_000F });
            return true;
        }

        IlType type = target.ReturnType;
        if (target.Name is "Read" or "SpeculationBarrier" || ValueLayout.Stored(type) is not { Size: 4, Leaves.Count: 1 })
        {
            b.Unsupported(DiagnosticCode.Threading, $"{target}: the hart has atomics of 32 bits only. Use int, uint, a pointer or a reference.");
            return true;
        }

        Value location = arguments[0].Word;
        Value old;
        switch (target.Name)
        {
            case "CompareExchange":
                old = b.Emit(new Value(Op.CompareExchange, location, arguments[2].Words[0], arguments[1].Words[0]));
                Push(type, old);
                return true;
            case "Increment" or "Decrement":
                Value step = Value.Const(target.Name == "Increment" ? 1 : -1);
                old = b.Emit(new Value(Op.AtomicAccess, location, step) { Atomic = AtomicOperation.Add });
                Push(type, b.Add(old, step));
                return true;
            case "Add":
                old = b.Emit(new Value(Op.AtomicAccess, location, arguments[1].Words[0]) { Atomic = AtomicOperation.Add });
                Push(type, b.Add(old, arguments[1].Words[0]));
                return true;
            case "Exchange" or "And" or "Or":
                AtomicOperation operation = target.Name switch
                {
                    "And" => AtomicOperation.And,
                    "Or" => AtomicOperation.Or,
                    _ => AtomicOperation.Swap,
                };
                Push(type, b.Emit(new Value(Op.AtomicAccess, location, arguments[1].Words[0]) { Atomic = operation }));
                return true;
            default:
                return false;
        }
    }

    private bool TryAtomic(IlMethod target, StackEntry[] arguments)
    {
        if (target.Name == "CompareExchange")
        {
            Push(System.Int32, b.Emit(new Value(Op.CompareExchange, arguments[0].Word, arguments[2].Word, arguments[1].Word)));
            return true;
        }

        AtomicOperation? operation = target.Name switch
        {
            "Swap" => AtomicOperation.Swap,
            "Add" => AtomicOperation.Add,
            "And" => AtomicOperation.And,
            "Or" => AtomicOperation.Or,
            "Xor" => AtomicOperation.Xor,
            "Min" => AtomicOperation.Minimum,
            "Max" => AtomicOperation.Maximum,
            "MinU" => AtomicOperation.MinimumUnsigned,
            "MaxU" => AtomicOperation.MaximumUnsigned,
            _ => null,
        };
        if (operation is null)
        {
            return false;
        }

        Push(System.Int32, b.Emit(new Value(Op.AtomicAccess, arguments[0].Word, arguments[1].Word) { Atomic = operation.Value }));
        return true;
    }

    private bool TryCsr(IlMethod target, StackEntry[] arguments)
    {
        (CsrOperation operation, bool hasResult)? found = target.Name switch
        {
            "Read" or "ReadSet" => (CsrOperation.ReadSet, true),
            "Write" => (CsrOperation.ReadWrite, false),
            "Set" => (CsrOperation.ReadSet, false),
            "Clear" => (CsrOperation.ReadClear, false),
            "ReadWrite" => (CsrOperation.ReadWrite, true),
            "ReadClear" => (CsrOperation.ReadClear, true),
            _ => null,
        };
        if (found is not { } csr)
        {
            return false;
        }

        if (!IsConstant(arguments[0], 0xFFF))
        {
            b.Unsupported(DiagnosticCode.OperandNotConstant, "The number of a CSR is part of the instruction: pass a constant from 0 to 0xFFF.");
            return true;
        }

        Value operand = arguments.Length > 1 ? arguments[1].Word : zero;
        Value old = b.Emit(new Value(Op.CsrAccess, operand) { Imm = arguments[0].Word.Imm, Csr = csr.operation });
        if (csr.hasResult)
        {
            Push(System.Int32, old);
        }

        return true;
    }

    private static bool IsConstant(StackEntry entry, uint most) => entry.Word.IsConst && (uint)entry.Word.Imm <= most;

    private bool TryRiscv(IlMethod target, StackEntry[] arguments)
    {
        switch (target.Name)
        {
            case "Instruction":
                if (IsConstant(arguments[0], uint.MaxValue))
                {
                    b.Emit(new Value(Op.Instruction) { Imm = arguments[0].Word.Imm });
                }
                else
                {
                    b.Unsupported(DiagnosticCode.OperandNotConstant, "An instruction word must be a constant.");
                }

                return true;
            case "SfenceVma" when arguments.Length == 2:
                b.Emit(new Value(Op.FenceVirtualMemory, arguments[0].Word, arguments[1].Word));
                return true;
            case "EnvironmentCall":
                int results = target.ReturnType.Layout.Size / 4;
                Value[] words = EmitCall(new Value(Op.EnvironmentCall, [.. arguments.Select(argument => argument.Word)]) { Imm = results }, results);
                Push(new StackEntry(target.ReturnType, words));
                return true;
            default:
                return false;
        }
    }
}
