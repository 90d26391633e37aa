// What a function under test sees around it, the same for its values and its machine code: memory, data symbols, and
// functions that it calls, which answer with numbers made from their arguments.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

internal sealed class ProgramWorld
{
    public const uint DataBase = 0x2000_0000;
    public const uint DataSize = 0x1_0000;
    public const uint StackTop = 0x3000_0000;
    public const uint StackSize = 0x10_0000;

    private readonly byte[] data = new byte[DataSize];
    private readonly byte[] stack = new byte[StackSize];
    private readonly Dictionary<Symbol, uint> addresses = [];
    private readonly Dictionary<uint, FunctionSymbol> functions = [];
    private uint nextData = DataBase + 0x804;
    private uint nextFunction = 0x7000_0000;

    /// <summary>Calls and panics in their order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Tells contents of the data memory apart.</summary>
    public uint DataHash { get; private set; }

    public uint AddressOf(Symbol symbol)
    {
        if (!addresses.TryGetValue(symbol, out uint address))
        {
            if (symbol is FunctionSymbol function)
            {
                address = nextFunction;
                nextFunction += 16;
                functions.Add(address, function);
            }
            else
            {
                address = nextData;
                nextData += ((uint)((DataSymbol)symbol).Size + 7) & ~7u;
            }

            addresses.Add(symbol, address);
        }

        return address;
    }

    public FunctionSymbol? FunctionAt(uint address) => functions.GetValueOrDefault(address);

    public uint Load(uint address, int size, bool signed)
    {
        Span<byte> bytes = Bytes(address, size);
        return (size, signed) switch
        {
            (1, false) => bytes[0],
            (1, true) => (uint)(sbyte)bytes[0],
            (2, false) => BitConverter.ToUInt16(bytes),
            (2, true) => (uint)BitConverter.ToInt16(bytes),
            _ => BitConverter.ToUInt32(bytes),
        };
    }

    public void Store(uint address, int size, uint value)
    {
        Span<byte> bytes = Bytes(address, size);
        for (int i = 0; i < size; i++)
        {
            byte written = (byte)(value >> (8 * i));
            if (address < StackTop - StackSize)
            {
                DataHash ^= Hash(address + (uint)i, bytes[i]) ^ Hash(address + (uint)i, written);
            }

            bytes[i] = written;
        }
    }

    private static uint Hash(uint address, byte content)
    {
        uint hash = ((address * 256) + content) * 2654435761;
        return (hash ^ (hash >> 15)) * 2246822519;
    }

    /// <summary>What a called function does: it returns two words that depend on all its arguments.</summary>
    public (uint First, uint Second) Call(FunctionSymbol function, ReadOnlySpan<uint> arguments)
    {
        uint hash = 2166136261;
        foreach (char letter in function.Name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        foreach (uint argument in arguments)
        {
            hash = (hash ^ argument) * 16777619;
            hash ^= hash >> 15;
        }

        Log.Add($"{function.Name}({string.Join(',', arguments.ToArray().Select(argument => $"{argument:x}"))}) {DataHash:x}");
        return (hash, hash * 2654435761);
    }

    private Span<byte> Bytes(uint address, int size)
    {
        if (address % size != 0)
        {
            throw new InvalidOperationException($"misaligned access of {size} bytes at {address:x}");
        }

        if (address - DataBase < DataSize)
        {
            return data.AsSpan((int)(address - DataBase), size);
        }

        if (address - (StackTop - StackSize) < StackSize)
        {
            return stack.AsSpan((int)(address - (StackTop - StackSize)), size);
        }

        throw new InvalidOperationException($"access at {address:x}");
    }
}
