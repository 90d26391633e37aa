// Classes, arrays, strings, boxes, casts and delegates. There is no collector: memory comes from the program's allocator,
// and static constructors allocate at compile time.

using System.Reflection.Metadata;
using XousCloud.Compiler.Evaluate;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    private void ImportObject(ILOpCode op, int operand)
    {
        switch (op)
        {
            case ILOpCode.Ldstr:
                string text = module.Reader.GetUserString((UserStringHandle)global::System.Reflection.Metadata.Ecma335.MetadataTokens.Handle(operand));
                Push(new StackEntry(System.String, [Value.AddressOf(program.Literal(text))]) { IsExact = true });
                break;
            case ILOpCode.Newarr:
                NewArray(TypeOf(operand));
                break;
            case ILOpCode.Ldlen:
                StackEntry array = Pop();
                CheckNull(array);
                Value length = b.Load(array.Word, ObjectLayout.LengthOffset, 4, false);
                LimitLength(length, array.Type.Element ?? System.Object);
                Push(System.IntPtr, length);
                break;
            case ILOpCode.Ldelema:
                IlType element = TypeOf(operand);
                Value index = Pop().Words[0];
                Push(element.ByRef(), ElementAddress(Pop(), index, element));
                break;
            case ILOpCode.Ldelem or (>= ILOpCode.Ldelem_i1 and <= ILOpCode.Ldelem_ref):
                index = Pop().Words[0];
                array = Pop();
                element = op == ILOpCode.Ldelem ? TypeOf(operand)
                    : op == ILOpCode.Ldelem_ref ? array.Type.Element ?? System.Object : ElementType(op);
                Push(LoadEntry(element, ElementAddress(array, index, element), 0));
                break;
            case ILOpCode.Stelem or (>= ILOpCode.Stelem_i and <= ILOpCode.Stelem_ref):
                StackEntry value = Pop();
                index = Pop().Words[0];
                array = Pop();
                element = op == ILOpCode.Stelem ? TypeOf(operand)
                    : op == ILOpCode.Stelem_ref ? array.Type.Element ?? System.Object : ElementType(op);
                StoreEntry(element, ElementAddress(array, index, element), 0, value);
                break;
            case ILOpCode.Box:
                Box(TypeOf(operand));
                break;
            case ILOpCode.Unbox or ILOpCode.Unbox_any:
                IlType unboxed = TypeOf(operand);
                if (unboxed.IsReference)
                {
                    Cast(unboxed, true);
                    break;
                }

                Unbox(unboxed, op == ILOpCode.Unbox_any);
                break;
            case ILOpCode.Castclass or ILOpCode.Isinst:
                Cast(TypeOf(operand), op == ILOpCode.Castclass);
                break;
            case ILOpCode.Ldvirtftn:
                StackEntry receiver = Pop();
                IlMethod method = MethodOf(operand);
                CheckNull(receiver);
                if (receiver.IsExact)
                {
                    method = Implementation(receiver.Type, method);
                }

                bool isDirect = receiver.IsExact || !method.IsVirtual || method.IsFinal;
                Push(System.IntPtr, Value.AddressOf(isDirect ? program.SymbolFor(method) : program.Dispatch(method)));
                break;
            case ILOpCode.Arglist or ILOpCode.Mkrefany or ILOpCode.Refanytype or ILOpCode.Refanyval or ILOpCode.Jmp:
                b.Unsupported(DiagnosticCode.Construct, $"{op}: variable arguments and typed references are not supported; use Span<T> and generics.");
                break;
            default:
                throw new BadImageFormatException($"The IL of {this.method} has an instruction that stands nowhere: {op}.");
        }
    }

    private IlType ElementType(ILOpCode op) => op switch
    {
        ILOpCode.Ldelem_i1 or ILOpCode.Stelem_i1 => System.WellKnown("System", "SByte"),
        ILOpCode.Ldelem_u1 => System.WellKnown("System", "Byte"),
        ILOpCode.Ldelem_i2 or ILOpCode.Stelem_i2 => System.WellKnown("System", "Int16"),
        ILOpCode.Ldelem_u2 => System.WellKnown("System", "UInt16"),
        ILOpCode.Ldelem_i8 or ILOpCode.Stelem_i8 => System.Int64,
        ILOpCode.Ldelem_r4 or ILOpCode.Stelem_r4 => System.WellKnown("System", "Single"),
        ILOpCode.Ldelem_r8 or ILOpCode.Stelem_r8 => System.WellKnown("System", "Double"),
        _ => System.Int32,
    };

    private Value ElementAddress(StackEntry array, Value index, IlType element)
    {
        CheckNull(array);
        Value length = b.Load(array.Word, ObjectLayout.LengthOffset, 4, false);
        b.Check(Condition.GreaterOrEqualUnsigned, index, length, PanicKind.IndexOutOfRange);
        Value offset = b.Binary(Op.Mul, index, Value.Const(ValueLayout.Stored(element).Size));
        return b.Add(b.Add(array.Word, offset), ObjectLayout.DataOffset);
    }

    private Value Allocate(Value size) =>
        EmitCall(new Value(Op.Call, size, Value.Const(8)) { Symbol = EvaluationCalls.Allocate, Imm = 1 }, 1)[0];

    private Value NewObject(IlType type)
    {
        Value instance = Allocate(Value.Const(ObjectLayout.HeaderSize + type.Layout.Size));
        b.Store(instance, 0, 4, Value.AddressOf(program.MethodTable(type, true)));
        return instance;
    }

    private void NewArray(IlType element)
    {
        Value length = Pop().Words[0];
        int size = ValueLayout.Stored(element).Size;
        b.Check(Condition.GreaterOrEqualUnsigned, length, Value.Const(int.MaxValue / Math.Max(1, size) - 64), PanicKind.Overflow);
        Value bytes = b.Add(b.Binary(Op.Mul, length, Value.Const(size)), ObjectLayout.DataOffset);
        IlType type = element.ArrayOf();
        Value array = Allocate(bytes);
        b.Store(array, 0, 4, Value.AddressOf(program.MethodTable(type, true)));
        b.Store(array, ObjectLayout.LengthOffset, 4, length);
        Push(new StackEntry(type, [array]) { IsExact = true });
    }

    // `box T; brtrue` asks whether a T can be null: generic code does that, and the answer is known.
    private void Box(IlType type)
    {
        if (type.IsReference)
        {
            return;
        }

        ILOpCode next = index + 1 < code.Instructions.Count ? code.Instructions[index + 1].Op : ILOpCode.Nop;
        if (next is ILOpCode.Brtrue or ILOpCode.Brtrue_s or ILOpCode.Brfalse or ILOpCode.Brfalse_s && !type.IsNullable)
        {
            Pop();
            Push(System.Int32, Value.Const(1));
            return;
        }

        StackEntry value = Coerce(Pop(), type);
        if (next == ILOpCode.Isinst && index + 2 < code.Instructions.Count)
        {
            // `value is T` on a struct: the box is only asked for its type.
            IlType asked = TypeOf((int)code.Instructions[index + 1].Operand);
            ILOpCode after = code.Instructions[index + 2].Op;
            if (after is ILOpCode.Brtrue or ILOpCode.Brtrue_s or ILOpCode.Brfalse or ILOpCode.Brfalse_s or ILOpCode.Ldnull && !type.IsNullable)
            {
                index++;
                Push(System.Object, Value.Const(type.IsAssignableTo(asked) ? 1 : 0));
                return;
            }
        }

        if (type.IsNullable)
        {
            b.Unsupported(DiagnosticCode.Boxing, $"Boxing of {type}: test HasValue and use the value.");
            return;
        }

        program.NoteBoxing(type, b.Position);
        Value instance = Allocate(Value.Const(ObjectLayout.DataOffset + type.Layout.Size));
        b.Store(instance, 0, 4, Value.AddressOf(program.MethodTable(type, true)));
        StoreEntry(type, instance, ObjectLayout.DataOffset, value);
        Push(new StackEntry(System.Object, [instance]));
    }

    private void Unbox(IlType type, bool loads)
    {
        StackEntry reference = Pop();
        CheckNull(reference);
        Value table = b.Load(reference.Word, 0, 4, false);
        b.Check(Condition.NotEqual, table, Value.AddressOf(program.MethodTable(type, false)), PanicKind.InvalidCast);
        Value address = b.Add(reference.Word, ObjectLayout.DataOffset);
        if (loads)
        {
            Push(LoadEntry(type, address, 0));
        }
        else
        {
            Push(type.ByRef(), address);
        }
    }

    private void Cast(IlType type, bool throws)
    {
        StackEntry reference = Pop();
        if (reference.IsExact || reference.Word.Is(0) || type.Primitive == Primitive.Object)
        {
            bool fits = reference.Word.Is(0) || type.Primitive == Primitive.Object || reference.Type.IsAssignableTo(type);
            if (fits)
            {
                Push(reference);
            }
            else if (throws)
            {
                b.Panic(PanicKind.InvalidCast);
            }
            else
            {
                Push(type, zero);
            }

            return;
        }

        FunctionSymbol test = program.TypeTest(type);
        Value[] result = EmitCall(new Value(Op.Call, reference.Word) { Symbol = test, Imm = 1 }, 1);
        if (throws)
        {
            // Null passes every cast: the test then returns null for null.
            Value failed = b.Binary(Op.And, b.Set(Condition.Equal, result[0], zero), b.Set(Condition.NotEqual, reference.Word, zero));
            b.Check(Condition.NotEqual, failed, zero, PanicKind.InvalidCast);
            Push(type, reference.Word);
            return;
        }

        Push(type, result[0]);
    }

    // The code of a delegate always takes the target first; a static method gets a thunk that drops it.
    private void NewDelegate(IlType type, StackEntry target, StackEntry code)
    {
        Value entry = code.Word;
        if (entry.Op != Op.SymbolAddress || entry.Symbol is not FunctionSymbol function)
        {
            b.Unsupported(DiagnosticCode.Construct, "A delegate of a function pointer: make it of a method or a lambda.");
            return;
        }

        IlMethod invoke = type.Methods.First(method => method.Name == "Invoke");
        if (target.Word.Is(0) && program.IsStatic(function))
        {
            function = program.DelegateThunk(function, invoke);
        }

        Value instance = Allocate(Value.Const(ObjectLayout.DelegateSize));
        b.Store(instance, 0, 4, Value.AddressOf(program.MethodTable(type, true)));
        b.Store(instance, ObjectLayout.DelegateTarget, 4, target.Word);
        b.Store(instance, ObjectLayout.DelegateCode, 4, Value.AddressOf(function));
        Push(new StackEntry(type, [instance]) { IsExact = true });
    }

    private void InvokeDelegate(IlMethod invoke, StackEntry[] arguments)
    {
        Value instance = arguments[0].Word;
        arguments[0] = new StackEntry(System.Object, [b.Load(instance, ObjectLayout.DelegateTarget, 4, false)]);
        Value entry = b.Load(instance, ObjectLayout.DelegateCode, 4, false);
        Call(new Value(Op.CallIndirect, entry), invoke.ReturnType, arguments);
    }
}
