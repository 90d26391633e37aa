// Objects in memory, all words: an object is its method table and fields; an array its method table, length and elements;
// a string its method table, length and UTF-16 code units; a delegate its method table, target and code.

namespace XousCloud.Compiler.Import;

internal static class ObjectLayout
{
    public const int HeaderSize = 4;
    public const int LengthOffset = 4;
    public const int DelegateTarget = 4;
    public const int DelegateCode = 8;
    public const int DelegateSize = 12;

    /// <summary>Elements start here: a multiple of 8, behind the length, if the element needs it.</summary>
    public const int DataOffset = 8;

    /// <summary>Method table: the base class's table, or 0.</summary>
    public const int TableBase = 0;

    /// <summary>Method table: the type's number.</summary>
    public const int TableNumber = 4;

    public const int TableSize = 8;
}
