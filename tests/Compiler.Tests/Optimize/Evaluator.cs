// Runs one function's IR over a small memory and writes down all that somebody outside could see: calls with their
// arguments, volatile accesses, the end. Two functions that do the same leave the same record.

using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Optimize;

internal sealed class Evaluator
{
    public const int DataBase = 0x10000;

    private const int StackBase = 0x40000;
    private const int MemorySize = 0x44000;

    private readonly byte[] memory = new byte[MemorySize];
    private readonly Dictionary<DataSymbol, int> data = [];
    private readonly Dictionary<Slot, int> slots = [];
    private readonly Dictionary<Value, int> values = [];
    private readonly List<string> events = [];
    private readonly int stepLimit;
    private int stackTop = StackBase;
    private int dataTop = DataBase;

    private Evaluator(int stepLimit) => this.stepLimit = stepLimit;

    /// <summary>Values executed, without leaves and phis.</summary>
    public int Steps { get; private set; }

    /// <summary>The record, or null if the function runs for too long.</summary>
    public string? Record { get; private set; }

    /// <param name="function">What to run.</param>
    /// <param name="symbols">Data in the order of their addresses from <see cref="DataBase"/>.</param>
    /// <param name="arguments">Parameter words.</param>
    /// <param name="stepLimit">How many values may be executed.</param>
    public static Evaluator Run(Function function, IEnumerable<DataSymbol> symbols, int[] arguments, int stepLimit = 20_000)
    {
        Evaluator evaluator = new(stepLimit);
        foreach (DataSymbol symbol in symbols)
        {
            evaluator.data.Add(symbol, evaluator.Allocate(ref evaluator.dataTop, symbol.Size));
            symbol.Content?.CopyTo(evaluator.memory, evaluator.data[symbol]);
        }

        string? end = evaluator.Execute(function, arguments);
        evaluator.Record = end is null
            ? null
            : string.Join('\n', evaluator.events.Append(end).Append(Convert.ToHexString(
                evaluator.memory.AsSpan(DataBase, evaluator.dataTop - DataBase))));
        return evaluator;
    }

    private int Allocate(ref int top, int size)
    {
        int address = top;
        top = (top + size + 31) & ~15;
        Assert.True(top < MemorySize);
        return address;
    }

    private string? Execute(Function function, int[] arguments)
    {
        Block block = function.Entry;
        while (true)
        {
            foreach (Value value in block.Body)
            {
                if (++Steps > stepLimit)
                {
                    return null;
                }

                if (value.Op == Op.Check && Condition(value))
                {
                    return $"panic {value.Panic}";
                }

                values[value] = Compute(value, arguments);
            }

            Value terminator = block.Terminator!;
            if (++Steps > stepLimit)
            {
                return null;
            }

            int successor;
            switch (terminator.Op)
            {
                case Op.Jump:
                    successor = 0;
                    break;
                case Op.Branch:
                    successor = Condition(terminator) ? 0 : 1;
                    break;
                case Op.Switch:
                    successor = (int)Math.Min((uint)Get(terminator.Inputs[0]), (uint)block.Successors.Count - 1);
                    break;
                case Op.Return:
                    return "return " + string.Join(' ', terminator.Inputs.Select(Get));
                case Op.Panic:
                    return $"panic {terminator.Panic}";
                default:
                    throw new InvalidOperationException($"reached {terminator.Op}");
            }

            Block next = block.Successors[successor];
            int edge = next.Predecessors.IndexOf(block);
            int[] incoming = [.. next.Phis.Select(phi => Get(phi.Inputs[edge]))];
            for (int i = 0; i < incoming.Length; i++)
            {
                values[next.Phis[i]] = incoming[i];
            }

            block = next;
        }
    }

    private bool Condition(Value value) => value.Condition.Holds(Get(value.Inputs[0]), Get(value.Inputs[1]));

    private int Get(Value value)
    {
        switch (value.Op)
        {
            case Op.Const:
                return value.Imm;
            case Op.Undefined:
                return 0x5eed;
            case Op.SymbolAddress:
                return value.Symbol is DataSymbol symbol ? data[symbol] + value.Imm : 0x100;
            case Op.SlotAddress:
                if (!slots.TryGetValue(value.Slot!, out int address))
                {
                    slots.Add(value.Slot!, address = Allocate(ref stackTop, value.Slot!.Size));
                }

                return address + value.Imm;
            default:
                return values[value];
        }
    }

    private int Compute(Value value, int[] arguments)
    {
        int a = value.Inputs.Length > 0 ? Get(value.Inputs[0]) : 0;
        int b = value.Inputs.Length > 1 ? Get(value.Inputs[1]) : 0;
        switch (value.Op)
        {
            case Op.Parameter:
                return arguments[value.Imm];
            case Op.Set:
                return Condition(value) ? 1 : 0;
            case Op.SignExtend8:
                return (sbyte)a;
            case Op.SignExtend16:
                return (short)a;
            case Op.ZeroExtend16:
                return (ushort)a;
            case Op.Load:
                int loaded = Load(a + value.Imm, value.Size, value.Signed);
                if (value.Volatile)
                {
                    events.Add($"read {loaded}");
                }

                return loaded;
            case Op.Store:
                Store(a + value.Imm, value.Size, b);
                if (value.Volatile)
                {
                    events.Add($"write {b}");
                }

                return 0;
            case Op.CopyMemory:
                At(b, value.Imm).CopyTo(At(a, value.Imm));
                return 0;
            case Op.ClearMemory:
                At(a, value.Imm).Clear();
                return 0;
            case Op.Call:
                return Call(value);
            case Op.Result:
                return a ^ value.Imm;
            case Op.Check:
                return 0;
            default:
                return Folding.Compute(value.Op, a, b);
        }
    }

    // What a call does depends on its arguments and on the data, and it changes both the data and, where an argument is
    // an address of a word, that word.
    private int Call(Value call)
    {
        int[] arguments = [.. call.Inputs.Select(Get)];
        string shown = string.Join(' ', arguments.Select(x => x >= StackBase && x < MemorySize ? "slot" : x.ToString(CultureInfo.InvariantCulture)));
        events.Add($"call {call.Symbol} {shown}");
        int hash = 17;
        foreach (byte part in At(DataBase, dataTop - DataBase))
        {
            hash = (hash * 31) + part;
        }

        foreach (int argument in arguments)
        {
            if (argument >= StackBase && argument < MemorySize && argument % 4 == 0)
            {
                hash = (hash * 31) + Load(argument, 4, false);
                Store(argument, 4, BitOperations.PopCount((uint)hash) * 3);
            }
            else
            {
                hash = (hash * 31) + argument;
            }
        }

        events.Add($"state {hash}");
        foreach ((DataSymbol symbol, int address) in data)
        {
            if (!symbol.IsReadOnly)
            {
                Store(address + (4 * (hash & 3)), 4, hash & 63);
                break;
            }
        }

        return hash;
    }

    private Span<byte> At(int address, int size)
    {
        Assert.True(address >= DataBase && address <= MemorySize - size, $"access to {address:x}");
        return memory.AsSpan(address, size);
    }

    private int Load(int address, int size, bool signed)
    {
        Assert.True(address % size == 0, $"unaligned access to {address:x}");
        Span<byte> at = At(address, size);
        return size switch
        {
            1 => signed ? (sbyte)at[0] : at[0],
            2 => signed ? BinaryPrimitives.ReadInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at),
            _ => BinaryPrimitives.ReadInt32LittleEndian(at),
        };
    }

    private void Store(int address, int size, int value)
    {
        Assert.True(address % size == 0, $"unaligned access to {address:x}");
        Span<byte> at = At(address, size);
        switch (size)
        {
            case 1:
                at[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteInt16LittleEndian(at, (short)value);
                break;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(at, value);
                break;
        }
    }
}
