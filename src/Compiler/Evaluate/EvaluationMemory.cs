// The memory of programs that run at compile time: a flat 32-bit space in which every symbol gets an address of its own
// when it is first named, and its bytes when they are first touched. Beside the bytes stand the words that are
// addresses, so that what a static constructor leaves behind can become initial content with relocations.
// The addresses are below those of the chip's devices and memories, so that touching one of these is an error.

using System.Buffers.Binary;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

/// <param name="sizeLimit">Bytes of data that a program may touch or allocate.</param>
public sealed class EvaluationMemory(int sizeLimit = 64 << 20)
{
    private const int StackBase = 0x0010_0000;
    private const int StackSize = 1 << 20;
    private const int FirstSymbol = 0x0100_0000;
    private const int LastSymbol = 0x4000_0000;

    /// <summary>Bytes between symbols: an index that is off by one touches nothing.</summary>
    private const int Gap = 16;

    private readonly List<Region> regions = [new Region(Word.Local, StackBase, StackSize) { Bytes = new byte[StackSize] }];
    private readonly Dictionary<Symbol, Region> bySymbol = [];
    private readonly List<DataSymbol> allocated = [];
    private int nextAddress = FirstSymbol;
    private int touched;
    private Region last = new(Word.Derived, 0, 0);

    /// <summary>Called before the bytes of a symbol are first touched: its initial content may still be changed then.</summary>
    public Action<DataSymbol>? FirstTouch { get; init; }

    /// <summary>The lowest address of the stack that is free; frames take it upwards.</summary>
    internal int StackPointer { get; set; } = StackBase;

    private sealed class Region(Symbol owner, int start, int size)
    {
        public Symbol Owner { get; } = owner;

        public int Start { get; } = start;

        public int Size { get; } = size;

        /// <summary>Null until it is touched, and for functions and linker symbols.</summary>
        public byte[]? Bytes { get; set; }

        /// <summary>The words that are addresses, by their offset.</summary>
        public Dictionary<int, Symbol>? Addresses { get; set; }

        public bool IsModified { get; set; }
    }

    /// <summary>The address of a symbol plus a number.</summary>
    public Word AddressOf(Symbol symbol, int addend = 0) => new(RegionOf(symbol).Start + addend, symbol);

    /// <summary>What an address is relative to its base.</summary>
    public int AddendOf(Word address) => address.Base is null ? address.Bits : address.Bits - bySymbol[address.Base].Start;

    /// <summary>The function that has the address, or null.</summary>
    public FunctionSymbol? FunctionAt(int address) =>
        Find(address) is { Owner: FunctionSymbol function } region && region.Start == address ? function : null;

    /// <summary>A new block of zeros, as a symbol of the image.</summary>
    public DataSymbol Allocate(string name, int size, int alignment)
    {
        if (size < 0 || size > sizeLimit)
        {
            throw OutOfMemory();
        }

        var symbol = new DataSymbol(name, size, alignment);
        allocated.Add(symbol);
        Region region = RegionOf(symbol);
        region.IsModified = true;
        Materialize(region);
        return symbol;
    }

    public Word Load(int address, int size, bool signed)
    {
        Region region = At(address, size);
        int offset = address - region.Start;
        ReadOnlySpan<byte> bytes = region.Bytes.AsSpan(offset, size);
        Symbol? symbol = null;
        if (region.Addresses is { } addresses && addresses.TryGetValue(offset & ~3, out symbol) && size != 4)
        {
            symbol = Word.Derived;
        }

        int bits = (size, signed) switch
        {
            (1, false) => bytes[0],
            (1, true) => (sbyte)bytes[0],
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, true) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        };
        return new Word(bits, symbol);
    }

    public void Store(int address, int size, Word value)
    {
        Region region = At(address, size);
        int offset = address - region.Start;
        Span<byte> bytes = region.Bytes.AsSpan(offset, size);
        region.IsModified = true;
        switch (size)
        {
            case 1:
                bytes[0] = (byte)value.Bits;
                break;
            case 2:
                BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)value.Bits);
                break;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, value.Bits);
                break;
        }

        if (value.Base is not null)
        {
            region.Addresses ??= [];
            region.Addresses[offset & ~3] = size == 4 ? value.Base : Word.Derived;
        }
        else if (region.Addresses is { Count: > 0 } addresses)
        {
            if (size == 4)
            {
                addresses.Remove(offset);
            }
            else if (addresses.ContainsKey(offset & ~3))
            {
                addresses[offset & ~3] = Word.Derived;
            }
        }
    }

    /// <summary>Fills a range that may have any length and alignment with zeros.</summary>
    public void Clear(int address, int length)
    {
        if (length == 0)
        {
            return;
        }

        Region region = At(address, length);
        int offset = address - region.Start;
        region.Bytes.AsSpan(offset, length).Clear();
        region.IsModified = true;
        if (region.Addresses is { Count: > 0 } addresses)
        {
            for (int at = offset & ~3; at < offset + length; at += 4)
            {
                addresses.Remove(at);
            }
        }
    }

    /// <summary>Copies word by word, or in the size of the alignment.</summary>
    public void Copy(int target, int source, int length, int alignment)
    {
        int size = Math.Clamp(alignment, 1, 4);
        int done = 0;
        for (; done + size <= length; done += size)
        {
            Store(target + done, size, Load(source + done, size, false));
        }

        for (; done < length; done++)
        {
            Store(target + done, 1, Load(source + done, 1, false));
        }
    }

    /// <summary>
    /// Makes what the program left behind the initial content of the symbols that it changed, and returns them with those
    /// that it allocated. Fails if a word is an address that means nothing in the image.
    /// </summary>
    public IReadOnlyList<DataSymbol> Commit()
    {
        List<DataSymbol> changed = [];
        foreach (Region region in regions)
        {
            if (region is { IsModified: true, Owner: DataSymbol symbol, Bytes: { } bytes })
            {
                Commit(region, symbol, bytes);
                changed.Add(symbol);
            }
        }

        allocated.Clear();
        return changed;
    }

    private void Commit(Region region, DataSymbol symbol, byte[] bytes)
    {
        byte[] content = [.. bytes];
        List<(int Offset, Symbol Target, int Addend)> relocations = [];
        foreach ((int offset, Symbol target) in (region.Addresses ?? []).OrderBy(entry => entry.Key))
        {
            if (target == Word.Local || target == Word.Derived)
            {
                throw new CompileErrorException(
                    DiagnosticCode.StaticConstructor,
                    $"The content of {symbol} at compile time would be {target}; the image cannot hold that.");
            }

            int bits = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(offset));
            relocations.Add((offset, target, bits - bySymbol[target].Start));
            content.AsSpan(offset, 4).Clear();
        }

        bool isZero = relocations.Count == 0 && !content.AsSpan().ContainsAnyExcept((byte)0);
        symbol.Content = isZero ? null : content;
        symbol.Relocations.Clear();
        symbol.Relocations.AddRange(relocations);
        region.IsModified = false;
    }

    /// <summary>Takes a frame of the stack, zeroed.</summary>
    internal int PushFrame(int size)
    {
        int frame = StackPointer;
        int aligned = (size + 15) & ~15;
        if (aligned > StackBase + StackSize - frame)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"The stack at compile time is limited to {StackSize} bytes.");
        }

        StackPointer = frame + aligned;
        Clear(frame, size);
        return frame;
    }

    private Region At(int address, int size)
    {
        Region region = last;
        if ((uint)(address - region.Start) >= (uint)region.Size || region.Bytes is null)
        {
            region = Find(address) ?? throw NoMemory(address);
            Materialize(region);
            last = region;
        }

        return size <= region.Size - (address - region.Start) ? region : throw NoMemory(address);
    }

    /// <summary>The region that the address is in, or null.</summary>
    private Region? Find(int address)
    {
        int low = 0;
        int high = regions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            Region region = regions[middle];
            if (address < region.Start)
            {
                high = middle - 1;
            }
            else if (address - region.Start >= region.Size)
            {
                low = middle + 1;
            }
            else
            {
                return region;
            }
        }

        return null;
    }

    private Region RegionOf(Symbol symbol)
    {
        if (bySymbol.TryGetValue(symbol, out Region? region))
        {
            return region;
        }

        (int size, int alignment) = symbol is DataSymbol data ? (data.Size, Math.Max(data.Alignment, 16)) : (4, 16);
        long start = ((long)nextAddress + Gap + alignment - 1) & -alignment;
        if (size < 0 || start + size > LastSymbol)
        {
            throw OutOfMemory();
        }

        region = new Region(symbol, (int)start, size);
        nextAddress = (int)start + size;
        regions.Add(region);
        bySymbol.Add(symbol, region);
        return region;
    }

    private void Materialize(Region region)
    {
        if (region.Bytes is not null)
        {
            return;
        }

        if (region.Owner is not DataSymbol symbol)
        {
            throw new CompileErrorException(
                DiagnosticCode.StaticConstructor, $"{region.Owner} has no content that could be read or written at compile time.");
        }

        touched += region.Size;
        if (touched > sizeLimit)
        {
            throw OutOfMemory();
        }

        FirstTouch?.Invoke(symbol);
        if (region.Bytes is not null)
        {
            return;
        }

        byte[] bytes = new byte[region.Size];
        symbol.Content?.AsSpan(0, Math.Min(bytes.Length, symbol.Content.Length)).CopyTo(bytes);
        foreach ((int offset, Symbol target, int addend) in symbol.Relocations)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), RegionOf(target).Start + addend);
            region.Addresses ??= [];
            region.Addresses[offset] = target;
        }

        region.Bytes = bytes;
    }

    private static CompileErrorException NoMemory(int address) => new(
        DiagnosticCode.StaticConstructor,
        $"Address 0x{address:X8} is no memory at compile time: neither devices nor memory behind the end of an object can be used there.");

    private CompileErrorException OutOfMemory() =>
        new(DiagnosticCode.Limit, $"Data at compile time is limited to {sizeLimit} bytes.");
}
