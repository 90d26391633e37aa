// How the ILP32 calling convention passes a type: up to 8 bytes as packed words, more by reference to a copy.

using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

/// <param name="Words">Argument or result words; one, a pointer, if the value is passed by reference.</param>
/// <param name="IsIndirect">The value is in memory, at the address that is passed.</param>
internal readonly record struct CallShape(int Words, bool IsIndirect)
{
    public static CallShape Of(IlType type)
    {
        if (type.IsVoid)
        {
            return new CallShape(0, false);
        }

        int size = ValueLayout.Stored(type).Size;
        return size <= 8 ? new CallShape((size + 3) / 4, false) : new CallShape(1, true);
    }
}
