// Runs a function's values one by one, as the oracle for its machine code.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

internal sealed class ValueEvaluator(ProgramWorld world)
{
    private const uint SlotBase = ProgramWorld.StackTop - ProgramWorld.StackSize;

    private readonly Dictionary<Value, uint> results = [];
    private readonly Dictionary<Slot, uint> slots = [];
    private uint nextSlot = SlotBase;
    private (uint First, uint Second) latestCall;

    /// <summary>The result words, or null after a panic, which is logged.</summary>
    public uint[]? Run(Function function, uint[] arguments, int limit = 200_000)
    {
        Block block = function.Entry;
        Block? previous = null;
        while (true)
        {
            if (previous is not null)
            {
                int edge = block.Predecessors.IndexOf(previous);
                uint[] inputs = [.. block.Phis.Select(phi => Get(phi.Inputs[edge]))];
                for (int i = 0; i < inputs.Length; i++)
                {
                    results[block.Phis[i]] = inputs[i];
                }
            }

            foreach (Value value in block.Body)
            {
                if (--limit == 0)
                {
                    throw new InvalidOperationException("the values run too long");
                }

                if (value.Op == Op.Parameter)
                {
                    results[value] = arguments[value.Imm];
                }
                else if (value.Op == Op.Check)
                {
                    if (value.Condition.Holds((int)Get(value.Inputs[0]), (int)Get(value.Inputs[1])))
                    {
                        world.Log.Add($"panic {value.Panic}");
                        return null;
                    }
                }
                else
                {
                    results[value] = Evaluate(value);
                }
            }

            Value end = block.Terminator!;
            previous = block;
            switch (end.Op)
            {
                case Op.Jump:
                    block = block.Successors[0];
                    break;
                case Op.Branch:
                    bool holds = end.Condition.Holds((int)Get(end.Inputs[0]), (int)Get(end.Inputs[1]));
                    block = block.Successors[holds ? 0 : 1];
                    break;
                case Op.Switch:
                    block = block.Successors[(int)Math.Min(Get(end.Inputs[0]), (uint)block.Successors.Count - 1)];
                    break;
                case Op.Return:
                    return [.. end.Inputs.Select(Get)];
                case Op.Panic:
                    world.Log.Add($"panic {end.Panic}");
                    return null;
                default:
                    throw new InvalidOperationException("unreachable code was reached");
            }
        }
    }

    private uint Get(Value value) => value.Op switch
    {
        Op.Const => (uint)value.Imm,
        Op.SymbolAddress => world.AddressOf(value.Symbol!) + (uint)value.Imm,
        Op.SlotAddress => AddressOf(value.Slot!) + (uint)value.Imm,
        Op.Undefined => 0,
        _ => results[value],
    };

    private uint AddressOf(Slot slot)
    {
        if (!slots.TryGetValue(slot, out uint address))
        {
            address = (nextSlot + 15) & ~15u;
            nextSlot = address + (uint)slot.Size;
            slots.Add(slot, address);
        }

        return address;
    }

    private uint Evaluate(Value value)
    {
        uint a = value.Inputs.Length > 0 ? Get(value.Inputs[0]) : 0;
        uint b = value.Inputs.Length > 1 ? Get(value.Inputs[1]) : 0;
        int shift = (int)(b & 31);
        switch (value.Op)
        {
            case Op.Add: return a + b;
            case Op.Sub: return a - b;
            case Op.Mul: return a * b;
            case Op.MulHigh: return (uint)(((long)(int)a * (int)b) >> 32);
            case Op.MulHighUnsigned: return (uint)(((ulong)a * b) >> 32);
            case Op.Div: return b == 0 ? uint.MaxValue : a == 0x8000_0000 && b == uint.MaxValue ? a : (uint)((int)a / (int)b);
            case Op.DivUnsigned: return b == 0 ? uint.MaxValue : a / b;
            case Op.Rem: return b == 0 ? a : a == 0x8000_0000 && b == uint.MaxValue ? 0 : (uint)((int)a % (int)b);
            case Op.RemUnsigned: return b == 0 ? a : a % b;
            case Op.And: return a & b;
            case Op.Or: return a | b;
            case Op.Xor: return a ^ b;
            case Op.ShiftLeft: return a << shift;
            case Op.ShiftRight: return a >> shift;
            case Op.ShiftRightArithmetic: return (uint)((int)a >> shift);
            case Op.Set: return value.Condition.Holds((int)a, (int)b) ? 1u : 0;
            case Op.SignExtend8: return (uint)(sbyte)a;
            case Op.SignExtend16: return (uint)(short)a;
            case Op.ZeroExtend16: return (ushort)a;
            case Op.Load: return world.Load(a + (uint)value.Imm, value.Size, value.Signed);
            case Op.Store:
                world.Store(a + (uint)value.Imm, value.Size, b);
                return 0;
            case Op.CopyMemory:
                for (uint i = 0; i < value.Imm; i++)
                {
                    world.Store(a + i, 1, world.Load(b + i, 1, false));
                }

                return 0;
            case Op.ClearMemory:
                for (uint i = 0; i < value.Imm; i++)
                {
                    world.Store(a + i, 1, 0);
                }

                return 0;
            case Op.Call or Op.CallIndirect:
                FunctionSymbol function = value.Op == Op.Call ? (FunctionSymbol)value.Symbol! : world.FunctionAt(a)!;
                latestCall = world.Call(function, [.. value.Inputs.Skip(value.Op == Op.Call ? 0 : 1).Select(Get)]);
                return latestCall.First;
            case Op.Result: return latestCall.Second;
            case Op.AtomicAccess:
                uint old = world.Load(a, 4, false);
                world.Store(a, 4, value.Atomic == AtomicOperation.Add ? old + b : b);
                return old;
            case Op.CompareExchange:
                uint content = world.Load(a, 4, false);
                if (content == b)
                {
                    world.Store(a, 4, Get(value.Inputs[2]));
                }

                return content;
            default: throw new InvalidOperationException($"{value.Op} is not evaluated");
        }
    }
}
