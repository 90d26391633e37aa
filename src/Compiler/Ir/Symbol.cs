// What has an address in the image: functions and data.

namespace XousCloud.Compiler.Ir;

/// <summary>Something with an address that the linker decides. Names are unique in an image.</summary>
public abstract class Symbol(string name)
{
    /// <summary>As gdb and the map show it: <c>Namespace.Type.Method</c>, with a number behind when names collide.</summary>
    public string Name { get; } = name;

    public override string ToString() => Name;
}

/// <summary>A function's code. <see cref="Function"/> is null until it was imported, and for names that the linker gives.</summary>
public sealed class FunctionSymbol(string name) : Symbol(name)
{
    public Function? Function { get; set; }

    /// <summary>A call of it never comes back.</summary>
    public bool NeverReturns { get; set; }
}

/// <summary>A block of bytes: a static field, a literal, a table, a method table.</summary>
public sealed class DataSymbol(string name, int size, int alignment) : Symbol(name)
{
    public int Size { get; } = size;

    /// <summary>Bytes, a power of 2 up to 4096.</summary>
    public int Alignment { get; } = alignment;

    /// <summary>The initial content, or null for zeros (.bss).</summary>
    public byte[]? Content { get; set; }

    /// <summary>Never written at run time: .rodata, and loads from it fold.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Words of the content that are addresses: offset, symbol, what is added.</summary>
    public List<(int Offset, Symbol Target, int Addend)> Relocations { get; } = [];
}

/// <summary>An address that the linker makes, such as <c>__bss_start</c>. Link/LinkerSymbols lists the names.</summary>
public sealed class LinkerSymbol(string name) : Symbol(name);
