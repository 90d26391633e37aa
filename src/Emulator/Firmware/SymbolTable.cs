// Names of addresses, from the symbol tables of ELF files.

using System.Diagnostics.CodeAnalysis;

namespace XousCloud.Emulator.Firmware;

/// <summary>A named address.</summary>
/// <param name="Name">As in the file, not demangled.</param>
/// <param name="Address">Virtual address.</param>
/// <param name="Size">Bytes; 0 when the file does not say.</param>
public sealed record FirmwareSymbol(string Name, uint Address, uint Size);

/// <summary>Symbols of an image, looked up by name and by address. Immutable.</summary>
public sealed class SymbolTable
{
    private readonly FirmwareSymbol[] byAddress;
    private readonly Dictionary<string, FirmwareSymbol> byName;

    /// <param name="symbols">In any order. Of equal names the first given is found; of equal addresses too.</param>
    internal SymbolTable(IReadOnlyCollection<FirmwareSymbol> symbols)
    {
        byName = new Dictionary<string, FirmwareSymbol>(symbols.Count, StringComparer.Ordinal);
        foreach (FirmwareSymbol symbol in symbols)
        {
            byName.TryAdd(symbol.Name, symbol);
        }

        byAddress = FirstOfEachAddress(symbols);
    }

    public static SymbolTable Empty { get; } = new([]);

    public int Count => byAddress.Length;

    /// <summary>One symbol for each named address, lowest first.</summary>
    public IReadOnlyList<FirmwareSymbol> All => byAddress;

    /// <summary>The address of a name.</summary>
    public bool TryFind(string name, out uint address)
    {
        bool found = byName.TryGetValue(name, out FirmwareSymbol? symbol);
        address = symbol?.Address ?? 0;
        return found;
    }

    /// <summary>The symbol that an address belongs to: the last one that starts at or before it and, when it has a size, reaches it.</summary>
    public bool TryFind(uint address, [NotNullWhen(true)] out string? name, out uint offset)
    {
        int low = 0;
        int high = byAddress.Length;
        while (low < high)
        {
            int middle = (int)((uint)(low + high) / 2);
            if (byAddress[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        name = null;
        offset = 0;
        if (low == 0)
        {
            return false;
        }

        FirmwareSymbol found = byAddress[low - 1];
        offset = address - found.Address;
        if (found.Size != 0 && offset >= found.Size)
        {
            return false;
        }

        name = found.Name;
        return true;
    }

    // Sorted by plain numbers, the place among the given ones last: so it is stable, and the first given of several names
    // for one address stays.
    private static FirmwareSymbol[] FirstOfEachAddress(IReadOnlyCollection<FirmwareSymbol> symbols)
    {
        FirmwareSymbol[] given = [.. symbols];
        ulong[] keys = new ulong[given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            keys[i] = ((ulong)given[i].Address << 32) | (uint)i;
        }

        Array.Sort(keys);
        List<FirmwareSymbol> first = new(given.Length);
        foreach (ulong key in keys)
        {
            FirmwareSymbol symbol = given[(uint)key];
            if (first.Count == 0 || first[^1].Address != symbol.Address)
            {
                first.Add(symbol);
            }
        }

        return [.. first];
    }
}
