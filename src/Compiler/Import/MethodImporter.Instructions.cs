// What each IL instruction does.

using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    private void Import()
    {
        ILOpCode op = instruction.Op;
        int operand = (int)instruction.Operand;
        switch (op)
        {
            case ILOpCode.Nop or ILOpCode.Break or ILOpCode.Readonly or ILOpCode.Tail:
                return;
            case ILOpCode.Volatile:
                isVolatile = true;
                return;
            case ILOpCode.Unaligned:
                unaligned = operand is 1 or 2 or 4 ? operand : throw new BadImageFormatException("An alignment is not 1, 2 or 4.");
                return;
            case ILOpCode.Constrained:
                constrained = TypeOf(operand);
                return;

            case ILOpCode.Ldarg_0 or ILOpCode.Ldarg_1 or ILOpCode.Ldarg_2 or ILOpCode.Ldarg_3:
                LoadArgument(op - ILOpCode.Ldarg_0);
                break;
            case ILOpCode.Ldarg or ILOpCode.Ldarg_s:
                LoadArgument(operand);
                break;
            case ILOpCode.Ldarga or ILOpCode.Ldarga_s:
                Push(Parameter(operand).ByRef(), argumentHomes[operand]!);
                break;
            case ILOpCode.Starg or ILOpCode.Starg_s:
                StoreEntry(Parameter(operand), argumentHomes[operand]!, 0, Pop());
                break;
            case ILOpCode.Ldloc_0 or ILOpCode.Ldloc_1 or ILOpCode.Ldloc_2 or ILOpCode.Ldloc_3:
                LoadLocal(op - ILOpCode.Ldloc_0);
                break;
            case ILOpCode.Ldloc or ILOpCode.Ldloc_s:
                LoadLocal(operand);
                break;
            case ILOpCode.Stloc_0 or ILOpCode.Stloc_1 or ILOpCode.Stloc_2 or ILOpCode.Stloc_3:
                StoreLocal(op - ILOpCode.Stloc_0);
                break;
            case ILOpCode.Stloc or ILOpCode.Stloc_s:
                StoreLocal(operand);
                break;
            case ILOpCode.Ldloca or ILOpCode.Ldloca_s:
                Push(Local(operand).ByRef(), localHomes[operand]);
                break;

            case ILOpCode.Ldnull:
                Push(System.Object, zero);
                break;
            case >= ILOpCode.Ldc_i4_m1 and <= ILOpCode.Ldc_i4_8:
                Push(System.Int32, Value.Const((int)op - (int)ILOpCode.Ldc_i4_0));
                break;
            case ILOpCode.Ldc_i4 or ILOpCode.Ldc_i4_s:
                Push(System.Int32, Value.Const(operand));
                break;
            case ILOpCode.Ldc_i8:
                Push(System.Int64, Value.Const(operand), Value.Const((int)(instruction.Operand >> 32)));
                break;
            case ILOpCode.Ldc_r4:
                Push(System.WellKnown("System", "Single"), Value.Const(operand));
                break;
            case ILOpCode.Ldc_r8:
                Push(System.WellKnown("System", "Double"), Value.Const(operand), Value.Const((int)(instruction.Operand >> 32)));
                break;
            case ILOpCode.Dup:
                StackEntry top = Pop();
                Push(top);
                Push(top);
                break;
            case ILOpCode.Pop:
                Pop();
                break;

            case ILOpCode.Add or ILOpCode.Sub or ILOpCode.Mul or ILOpCode.Div or ILOpCode.Div_un or ILOpCode.Rem or ILOpCode.Rem_un
                or ILOpCode.And or ILOpCode.Or or ILOpCode.Xor or (>= ILOpCode.Add_ovf and <= ILOpCode.Sub_ovf_un):
                Arithmetic(op);
                break;
            case ILOpCode.Shl or ILOpCode.Shr or ILOpCode.Shr_un:
                Shift(op);
                break;
            case ILOpCode.Neg or ILOpCode.Not:
                Negate(op == ILOpCode.Not);
                break;
            case ILOpCode.Ceq or ILOpCode.Cgt or ILOpCode.Cgt_un or ILOpCode.Clt or ILOpCode.Clt_un:
                Compare(op);
                break;
            case ILOpCode.Conv_i1 or ILOpCode.Conv_i2 or ILOpCode.Conv_i4 or ILOpCode.Conv_i8 or ILOpCode.Conv_u4 or ILOpCode.Conv_u8
                or ILOpCode.Conv_u2 or ILOpCode.Conv_u1 or ILOpCode.Conv_i or ILOpCode.Conv_u or ILOpCode.Conv_r4 or ILOpCode.Conv_r8
                or ILOpCode.Conv_r_un:
                Convert(op);
                break;
            case ILOpCode.Conv_ovf_i1 or ILOpCode.Conv_ovf_i1_un:
                ConvertChecked(8, true, op == ILOpCode.Conv_ovf_i1_un);
                break;
            case ILOpCode.Conv_ovf_u1 or ILOpCode.Conv_ovf_u1_un:
                ConvertChecked(8, false, op == ILOpCode.Conv_ovf_u1_un);
                break;
            case ILOpCode.Conv_ovf_i2 or ILOpCode.Conv_ovf_i2_un:
                ConvertChecked(16, true, op == ILOpCode.Conv_ovf_i2_un);
                break;
            case ILOpCode.Conv_ovf_u2 or ILOpCode.Conv_ovf_u2_un:
                ConvertChecked(16, false, op == ILOpCode.Conv_ovf_u2_un);
                break;
            case ILOpCode.Conv_ovf_i4 or ILOpCode.Conv_ovf_i or ILOpCode.Conv_ovf_i4_un or ILOpCode.Conv_ovf_i_un:
                ConvertChecked(32, true, op is ILOpCode.Conv_ovf_i4_un or ILOpCode.Conv_ovf_i_un);
                break;
            case ILOpCode.Conv_ovf_u4 or ILOpCode.Conv_ovf_u or ILOpCode.Conv_ovf_u4_un or ILOpCode.Conv_ovf_u_un:
                ConvertChecked(32, false, op is ILOpCode.Conv_ovf_u4_un or ILOpCode.Conv_ovf_u_un);
                break;
            case ILOpCode.Conv_ovf_i8 or ILOpCode.Conv_ovf_i8_un:
                ConvertChecked(64, true, op == ILOpCode.Conv_ovf_i8_un);
                break;
            case ILOpCode.Conv_ovf_u8 or ILOpCode.Conv_ovf_u8_un:
                ConvertChecked(64, false, op == ILOpCode.Conv_ovf_u8_un);
                break;
            case ILOpCode.Ckfinite:
                b.Unsupported(DiagnosticCode.FloatingPoint, "Floating point: use integers, or fixed point in a long.");
                break;

            case ILOpCode.Br or ILOpCode.Br_s:
                b.Jump(Edge(operand));
                break;
            case ILOpCode.Brtrue or ILOpCode.Brtrue_s or ILOpCode.Brfalse or ILOpCode.Brfalse_s:
                StackEntry tested = Pop();
                Value word = tested.IsWide ? b.Binary(Op.Or, tested.Low, tested.High) : tested.Word;
                BranchTo(op is ILOpCode.Brtrue or ILOpCode.Brtrue_s ? Condition.NotEqual : Condition.Equal, word, zero, operand);
                break;
            case >= ILOpCode.Beq_s and <= ILOpCode.Blt_un_s or (>= ILOpCode.Beq and <= ILOpCode.Blt_un):
                CompareAndBranch(op);
                break;
            case ILOpCode.Switch:
                ImportSwitch();
                break;
            case ILOpCode.Ret:
                ImportReturn();
                break;
            case ILOpCode.Throw:
                ImportThrow();
                break;
            case ILOpCode.Rethrow:
                b.Panic(PanicKind.Thrown);
                break;
            case ILOpCode.Leave or ILOpCode.Leave_s:
                ImportLeave(operand);
                break;
            case ILOpCode.Endfinally:
                Region ended = region ?? throw new BadImageFormatException("An endfinally stands outside of a finally block.");
                stack.Clear();
                b.Jump(ended.After);
                break;

            case ILOpCode.Ldind_i1 or ILOpCode.Ldind_u1 or ILOpCode.Ldind_i2 or ILOpCode.Ldind_u2 or ILOpCode.Ldind_i4 or ILOpCode.Ldind_u4
                or ILOpCode.Ldind_i8 or ILOpCode.Ldind_i or ILOpCode.Ldind_r4 or ILOpCode.Ldind_r8 or ILOpCode.Ldind_ref:
                StackEntry from = Pop();
                IlType loaded = op == ILOpCode.Ldind_ref ? from.Type.Element is { IsReference: true } known ? known : System.Object : IndirectType(op);
                Push(LoadEntry(loaded, from.Word, 0, Alignment()));
                break;
            case ILOpCode.Stind_i1 or ILOpCode.Stind_i2 or ILOpCode.Stind_i4 or ILOpCode.Stind_i8 or ILOpCode.Stind_i or ILOpCode.Stind_r4
                or ILOpCode.Stind_r8 or ILOpCode.Stind_ref:
                StackEntry stored = Pop();
                StoreEntry(IndirectType(op), PopWord(), 0, stored, Alignment());
                break;
            case ILOpCode.Ldobj:
                Push(LoadEntry(TypeOf(operand), PopWord(), 0, Alignment()));
                break;
            case ILOpCode.Stobj:
                stored = Pop();
                StoreEntry(TypeOf(operand), PopWord(), 0, stored, Alignment());
                break;
            case ILOpCode.Cpobj:
                Value source = PopWord();
                StackEntry copied = LoadEntry(TypeOf(operand), source, 0);
                StoreEntry(TypeOf(operand), PopWord(), 0, copied);
                break;
            case ILOpCode.Initobj:
                IlType cleared = TypeOf(operand);
                StoreZero(cleared, PopWord());
                break;
            case ILOpCode.Sizeof:
                Push(System.Int32, Value.Const(ValueLayout.Stored(TypeOf(operand)).Size));
                break;
            case ILOpCode.Localloc:
                AllocateLocal();
                break;
            case ILOpCode.Cpblk or ILOpCode.Initblk:
                Value count = PopWord();
                StackEntry second = Pop();
                BlockOperation(op == ILOpCode.Cpblk, PopWord(), second.Word, count);
                break;

            case ILOpCode.Ldfld:
                LoadField(FieldOf(operand));
                break;
            case ILOpCode.Ldflda:
                IlField addressed = FieldOf(operand);
                StackEntry owner = Pop();
                Push(addressed.Type.ByRef(), addressed.IsStatic ? program.AddressOf(this, addressed) : FieldAddress(owner, addressed));
                break;
            case ILOpCode.Stfld:
                StackEntry value = Pop();
                owner = Pop();
                IlField target = FieldOf(operand);
                if (target.IsStatic)
                {
                    StoreEntry(target.Type, program.AddressOf(this, target), 0, value);
                }
                else
                {
                    StoreEntry(target.Type, FieldAddress(owner, target), 0, value, FieldAlignment(target));
                }

                break;
            case ILOpCode.Ldsfld:
                target = StaticField(operand);
                Value home = program.AddressOf(this, target);
                Push(LoadEntry(target.Type, home, 0));
                break;
            case ILOpCode.Ldsflda:
                target = StaticField(operand);
                Push(target.Type.ByRef(), program.AddressOf(this, target));
                break;
            case ILOpCode.Stsfld:
                value = Pop();
                target = StaticField(operand);
                StoreEntry(target.Type, program.AddressOf(this, target), 0, value);
                break;

            case ILOpCode.Call or ILOpCode.Callvirt:
                ImportCall(op == ILOpCode.Callvirt);
                break;
            case ILOpCode.Newobj:
                ImportNew();
                break;
            case ILOpCode.Calli:
                ImportIndirectCall();
                break;
            case ILOpCode.Ldftn:
                IlMethod pointed = MethodOf(operand);
                Push(System.IntPtr, Value.AddressOf(program.SymbolFor(ResolveStatic(pointed))));
                break;
            case ILOpCode.Ldtoken:
                ImportToken(operand);
                break;
            default:
                ImportObject(op, operand);
                break;
        }

        isVolatile = false;
        unaligned = 0;
        if (op is not (ILOpCode.Call or ILOpCode.Callvirt))
        {
            constrained = null;
        }
    }

    private int Alignment() => unaligned == 0 ? 16 : unaligned;

    private IlType TypeOf(int token) => module.Type(Handle(token), context);

    private IlMethod MethodOf(int token) => module.Method(Handle(token), context);

    private IlField FieldOf(int token) => module.Field(Handle(token), context);

    private IlField StaticField(int token)
    {
        IlField field = FieldOf(token);
        return field.IsStatic ? field : throw new BadImageFormatException($"{field} is not static.");
    }

    private static EntityHandle Handle(int token)
    {
        try
        {
            return MetadataTokens.EntityHandle(token);
        }
        catch (ArgumentException)
        {
            throw new BadImageFormatException("An operand is not a token.");
        }
    }

    private IlType Parameter(int number) => (uint)number < (uint)parameterTypes.Length
        ? parameterTypes[number]
        : throw new BadImageFormatException($"{method} has no argument {number}.");

    private IlType Local(int number) => (uint)number < (uint)localHomes.Length
        ? body.Locals[number]
        : throw new BadImageFormatException($"{method} has no local {number}.");

    private void LoadArgument(int number)
    {
        IlType type = Parameter(number);
        Push(argumentValues[number] ?? LoadEntry(type, argumentHomes[number]!, 0));
    }

    private void LoadLocal(int number)
    {
        IlType type = Local(number);
        if (knownLocals.TryGetValue(number, out StackEntry? known))
        {
            Push(known);
            return;
        }

        Push(LoadEntry(type, localHomes[number], 0));
    }

    private void StoreLocal(int number)
    {
        IlType type = Local(number);
        StackEntry entry = Coerce(Pop(), type);
        StoreEntry(type, localHomes[number], 0, entry);
        if (entry.Memory is null && !addressedLocals.Contains(number))
        {
            knownLocals[number] = entry;
        }
    }

    private HashSet<int> addressedLocals => addressed ??= [.. code.Instructions
        .Where(found => found.Op is ILOpCode.Ldloca or ILOpCode.Ldloca_s)
        .Select(found => (int)found.Operand)];

    private HashSet<int>? addressed;

    private IlType IndirectType(ILOpCode op) => op switch
    {
        ILOpCode.Ldind_i1 or ILOpCode.Stind_i1 => System.WellKnown("System", "SByte"),
        ILOpCode.Ldind_u1 => System.WellKnown("System", "Byte"),
        ILOpCode.Ldind_i2 or ILOpCode.Stind_i2 => System.WellKnown("System", "Int16"),
        ILOpCode.Ldind_u2 => System.WellKnown("System", "UInt16"),
        ILOpCode.Ldind_i8 or ILOpCode.Stind_i8 => System.Int64,
        ILOpCode.Ldind_r4 or ILOpCode.Stind_r4 => System.WellKnown("System", "Single"),
        ILOpCode.Ldind_r8 or ILOpCode.Stind_r8 => System.WellKnown("System", "Double"),
        ILOpCode.Stind_ref => System.Object,
        _ => System.Int32,
    };

    private void StoreZero(IlType type, Value address)
    {
        ValueLayout layout = ValueLayout.Stored(type);
        if (layout.Leaves is null)
        {
            b.Clear(address, layout.Size, layout.Alignment);
        }
        else
        {
            StoreEntry(type, address, 0, Zero(type));
        }
    }

    private void LoadField(IlField field)
    {
        StackEntry owner = Pop();
        if (field.IsStatic)
        {
            Push(LoadEntry(field.Type, program.AddressOf(this, field), 0));
        }
        else if (owner.Type.IsValueType && (owner.Memory is not null || owner.Type == field.Owner))
        {
            Push(Field(owner, field));
        }
        else
        {
            StackEntry loaded = LoadEntry(field.Type, FieldAddress(owner, field), 0, FieldAlignment(field));
            if (IsSpan(field.Owner) && field.Name == "_length")
            {
                LimitLength(loaded.Word, field.Owner.Arguments[0]);
            }

            Push(loaded);
        }
    }

    // A packed struct may lie anywhere.
    private int FieldAlignment(IlField field)
    {
        int alignment = field.Owner.IsValueType ? field.Owner.Layout.Alignment : 16;
        int offset = field.Offset;
        while (alignment > 1 && (offset & (alignment - 1)) != 0)
        {
            alignment >>= 1;
        }

        int whole = ValueLayout.Stored(field.Type).Alignment;
        return Math.Min(Alignment(), field.Owner.IsValueType && whole > alignment ? alignment : whole);
    }

    private Value FieldAddress(StackEntry owner, IlField field)
    {
        Value address = owner.Word;
        if (!field.Owner.IsValueType)
        {
            CheckNull(owner);
            return b.Add(address, ObjectLayout.HeaderSize + field.Offset);
        }

        return b.Add(address, field.Offset);
    }

    private void CheckNull(StackEntry reference)
    {
        if (!reference.IsExact)
        {
            b.Check(Condition.Equal, reference.Word, zero, PanicKind.NullReference);
        }
    }

    // A block of the frame: the size must be a constant, so that the frame has one.
    private void AllocateLocal()
    {
        Value size = PopWord();
        if (!size.IsConst || (uint)size.Imm > 1 << 16)
        {
            b.Unsupported(DiagnosticCode.VariableStackAllocation,
                "stackalloc of a size that is not a constant (of at most 64 KiB): the frame's size is fixed at compile time. Allocate the largest size and slice it.");
            return;
        }

        if (size.Imm == 0)
        {
            Push(System.IntPtr, zero);
            return;
        }

        Value address = Value.AddressOf(b.NewSlot(size.Imm, 8, $"{method.Name}.stackalloc"));
        b.Clear(address, size.Imm, (size.Imm & 3) == 0 ? 4 : 1);
        Push(System.IntPtr, address);
    }

    // cpblk and initblk; the addresses are aligned to words only if their prefix does not say otherwise and the count fits.
    private void BlockOperation(bool copies, Value target, Value second, Value count)
    {
        Helper(copies ? "memcpy" : "memset", 0, target, second, count);
    }

    private void ImportSwitch()
    {
        Value number = PopWord();
        int[] targets = instruction.Targets!;
        if (number.IsConst)
        {
            b.Jump(Edge((uint)number.Imm < (uint)targets.Length ? targets[number.Imm] : instruction.Next));
            return;
        }

        Block[] successors = [.. targets.Select(Edge), Edge(instruction.Next)];
        b.End(new Value(Op.Switch, number), successors);
    }

    private void ImportReturn()
    {
        StackEntry? entry = method.ReturnType.IsVoid ? null : Coerce(Pop(), method.ReturnType);
        if (caller is not null)
        {
            returns.Add((b.Current!, entry));
            b.Current = null;
            return;
        }

        if (entry is null)
        {
            b.End(new Value(Op.Return));
        }
        else if (resultPointer is not null)
        {
            StoreEntry(method.ReturnType, resultPointer, 0, entry);
            b.End(new Value(Op.Return));
        }
        else
        {
            b.End(new Value(Op.Return, Pack(entry)));
        }
    }

    // The finally blocks on the way out run one after the other, each in a copy of its own.
    private void ImportLeave(int target)
    {
        stack.Clear();
        int at = instruction.Offset;
        List<ExceptionRegion> left = [.. body.Regions.Where(found => found.Kind == ExceptionRegionKind.Finally
            && at >= found.TryOffset && at < found.TryOffset + found.TryLength
            && !(target >= found.TryOffset && target < found.TryOffset + found.TryLength))];
        Region? outer = region;
        Block next = Edge(target);
        foreach (ExceptionRegion found in Enumerable.Reverse(left))
        {
            if (++regions > 1000)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, $"{method} leaves too many finally blocks.", b.Position);
            }

            region = new Region(regions, outer, next);
            next = Edge(found.HandlerOffset);
        }

        region = outer;
        b.Jump(next);
    }

    private void ImportThrow()
    {
        StackEntry thrown = Pop();
        b.Panic(PanicKinds.Of(thrown.Type));
    }
}
