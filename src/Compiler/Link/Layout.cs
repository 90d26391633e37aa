// Where everything lies. RAM is laid out once: .data with its small statics last, .bss with its small ones first, so
// that as many as possible are within gp's signed 12 bits. The image is laid out again whenever the code grew:
// [header] .text .rodata, then the initial content of .data.

using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

internal sealed class Layout
{
    private const uint GlobalPointerReach = 2048;

    private readonly Dictionary<Symbol, uint> addresses = [];
    private readonly Dictionary<DataSymbol, (PlacedFunction Function, JumpTable Table)> jumpTables = [];
    private readonly LinkInput input;
    private readonly LinkedProgram program;

    public Layout(LinkInput input, LinkedProgram program)
    {
        this.input = input;
        this.program = program;
        Functions = [.. program.Functions.Select(function => new PlacedFunction(function))];
        foreach (PlacedFunction function in Functions)
        {
            foreach (JumpTable table in function.Function.JumpTables)
            {
                jumpTables.Add(table.Symbol, (function, table));
            }
        }

        PanicTable = program.NamesPanicTable ? new PanicTable(Functions) : null;
        Rodata = [.. program.Data.Where(data => data.IsReadOnly || jumpTables.ContainsKey(data))
            .OrderByDescending(data => data.Alignment)];
        IEnumerable<DataSymbol> writable = program.Data.Except(Rodata);
        Data = [.. writable.Where(data => !LinkedProgram.IsZero(data)).OrderByDescending(Room)];
        Bss = [.. writable.Where(LinkedProgram.IsZero).OrderBy(Room)];
        PlaceRam();
    }

    public IReadOnlyList<PlacedFunction> Functions { get; }

    public PanicTable? PanicTable { get; }

    // In the order of their addresses.
    public IReadOnlyList<DataSymbol> Rodata { get; }

    public IReadOnlyList<DataSymbol> Data { get; }

    public IReadOnlyList<DataSymbol> Bss { get; }

    /// <summary>Bytes from the image's start to the end of the initial content of .data; it may not fit.</summary>
    public ulong ImageSize { get; private set; }

    /// <summary>Bytes from the start of RAM to the end of .bss; it may not fit.</summary>
    public ulong RamSize { get; private set; }

    public uint AddressOf(Symbol symbol) => addresses[program.Definition(symbol)];

    /// <summary>Bytes of a data symbol; a jump table's size is that of its labels.</summary>
    public uint SizeOf(DataSymbol symbol) =>
        jumpTables.TryGetValue(symbol, out var found) ? 4 * (uint)found.Table.Labels.Count : (uint)symbol.Size;

    /// <summary>The addresses that a jump table consists of, or null for other data.</summary>
    public IEnumerable<uint>? FindJumpTable(DataSymbol symbol) =>
        jumpTables.TryGetValue(symbol, out var found) ? found.Table.Labels.Select(found.Function.AddressOfLabel) : null;

    /// <summary>Lays out the image for the functions' present sizes.</summary>
    public void PlaceImage()
    {
        ulong start = input.Map.TextOrigin;
        ulong end = start + (input.Map.HasVendorHeader ? VendorHeader.Size : 0);
        uint step = input.Compress ? 2u : 4;
        Set(LinkerSymbols.ImageStart, start);
        Set(LinkerSymbols.TextStart, end);
        foreach (PlacedFunction function in Functions)
        {
            // Naked code may be a trap vector, which is a multiple of 4.
            end = Align(end, input.OptimizeSize && function.Function.Naked is null ? step : 4);
            function.Address = Set(function.Function.Symbol, end);
            end += function.Size;
        }

        Set(LinkerSymbols.TextEnd, end);
        end = Align(end, 4);
        Set(LinkerSymbols.RodataStart, end);
        end = Place(Rodata, end);
        if (PanicTable is not null)
        {
            end = Align(end, PanicTable.Alignment);
            Set(LinkerSymbols.PanicTableStart, end);
            end += PanicTable.RowsSize;
            Set(LinkerSymbols.PanicTableEnd, end);
            Set(LinkerSymbols.PanicFiles, end);
            end += (uint)PanicTable.Files.Length;
        }

        Set(LinkerSymbols.RodataEnd, end);
        end = Align(end, 4);
        uint data = AddressOf(LinkerSymbols.DataStart);
        Set(LinkerSymbols.DataLoad, input.Map.LoadsDataInPlace ? data : end);
        ImageSize = end - start + (input.Map.LoadsDataInPlace ? 0 : AddressOf(LinkerSymbols.DataEnd) - data);
    }

    private static int Room(DataSymbol symbol) => Math.Max(symbol.Size, symbol.Alignment);

    private static ulong Align(ulong address, uint alignment) => (address + alignment - 1) & ~(ulong)(alignment - 1);

    private void PlaceRam()
    {
        ulong origin = input.Map.RamOrigin;
        ulong dataStart = Align(origin, 4);
        ulong dataEnd = Align(Place(Data, dataStart), 4);
        ulong bssEnd = Align(Place(Bss, dataEnd), 4);
        Set(LinkerSymbols.DataStart, dataStart);
        Set(LinkerSymbols.DataEnd, dataEnd);
        Set(LinkerSymbols.BssStart, dataEnd);
        Set(LinkerSymbols.BssEnd, bssEnd);
        Set(LinkerSymbols.RamEnd, (origin + input.Map.RamLength) & ~15ul);
        Set(
            LinkerSymbols.GlobalPointer,
            dataEnd - dataStart <= GlobalPointerReach ? dataStart + GlobalPointerReach
            : bssEnd - dataEnd <= GlobalPointerReach ? bssEnd - GlobalPointerReach
            : dataEnd);
        RamSize = bssEnd - origin;
    }

    private ulong Place(IReadOnlyList<DataSymbol> symbols, ulong end)
    {
        foreach (DataSymbol symbol in symbols)
        {
            end = Align(end, (uint)symbol.Alignment);
            Set(symbol, end);
            end += SizeOf(symbol);
        }

        return end;
    }

    // An image that does not fit may leave the 32-bit space, too; it is reported once its sizes are known.
    private uint Set(Symbol symbol, ulong address)
    {
        addresses[symbol] = (uint)address;
        return (uint)address;
    }
}
