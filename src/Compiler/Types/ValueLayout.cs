// Sizes, alignments and field offsets: the C layout of ILP32 for sequential structs (long on 8 bytes), what the source
// says for explicit ones.

using System.Reflection;

namespace XousCloud.Compiler.Types;

/// <summary>One scalar of a type: a word or less. A 64-bit integer is two of them.</summary>
public readonly record struct Leaf(int Offset, byte Size, bool Signed);

public sealed class ValueLayout
{
    // A struct with more scalars is handled as memory: registers would not hold it anyway.
    private const int MostLeaves = 16;
    private const int LargestType = 1 << 20;

    private readonly Dictionary<string, int> offsets = [];

    private ValueLayout(int size, int alignment, IReadOnlyList<Leaf>? leaves)
    {
        Size = size;
        Alignment = alignment;
        Leaves = leaves;
    }

    /// <summary>Bytes of a value; for a class, of its fields together with those of its base classes.</summary>
    public int Size { get; private set; }

    public int Alignment { get; private set; }

    /// <summary>The scalars in the order of their offsets; null if the type is handled as memory.</summary>
    public IReadOnlyList<Leaf>? Leaves { get; private set; }

    public int OffsetOf(IlField field) => offsets.TryGetValue(field.Name, out int offset)
        ? offset
        : throw new CompileErrorException(DiagnosticCode.InvalidInput, $"{field} has no place in its type.");

    internal static ValueLayout Of(IlType type)
    {
        // References, pointers and what is stored like them.
        if (type.Kind != TypeKind.Defined)
        {
            return type.IsOpen && type.Kind is TypeKind.TypeParameter or TypeKind.MethodParameter
                ? throw new CompileErrorException(DiagnosticCode.InvalidInput, "A generic parameter has no layout.")
                : new ValueLayout(4, 4, [new Leaf(0, 4, false)]);
        }

        switch (type.Primitive)
        {
            case Primitive.Void:
                return new ValueLayout(0, 1, []);
            case Primitive.Boolean or Primitive.Byte:
                return new ValueLayout(1, 1, [new Leaf(0, 1, false)]);
            case Primitive.SByte:
                return new ValueLayout(1, 1, [new Leaf(0, 1, true)]);
            case Primitive.Char or Primitive.UInt16:
                return new ValueLayout(2, 2, [new Leaf(0, 2, false)]);
            case Primitive.Int16:
                return new ValueLayout(2, 2, [new Leaf(0, 2, true)]);
            case Primitive.Int64 or Primitive.UInt64 or Primitive.Double:
                return new ValueLayout(8, 8, [new Leaf(0, 4, false), new Leaf(4, 4, false)]);
            case Primitive.Int32 or Primitive.UInt32 or Primitive.IntPtr or Primitive.UIntPtr or Primitive.Single:
                return new ValueLayout(4, 4, [new Leaf(0, 4, false)]);
        }

        // A type that is being laid out has a field of its own type, which no size satisfies.
        if (!type.System.LayoutsInProgress.Add(type) || type.System.LayoutsInProgress.Count > 64)
        {
            throw new CompileErrorException(DiagnosticCode.InvalidInput, $"{type} contains itself, or nests too deep.");
        }

        try
        {
            return type.IsEnum ? Of(type.Underlying) : OfFields(type);
        }
        finally
        {
            type.System.LayoutsInProgress.Remove(type);
        }
    }

    /// <summary>How a type is stored in a field or an array: a reference as 4 bytes, a value as itself.</summary>
    internal static ValueLayout Stored(IlType type) =>
        type.IsReference ? new ValueLayout(4, 4, [new Leaf(0, 4, false)]) : type.Layout;

    private static ValueLayout OfFields(IlType type)
    {
        System.Reflection.Metadata.TypeLayout declared = type.Module!.Reader.GetTypeDefinition(type.Handle).GetLayout();
        bool isExplicit = (type.Attributes & TypeAttributes.LayoutMask) == TypeAttributes.ExplicitLayout;
        int packing = declared.PackingSize is > 0 and <= 128 ? declared.PackingSize : 128;
        ValueLayout result = new(0, 1, null);
        List<Leaf>? leaves = [];
        int end = 0;
        if (!type.IsValueType && type.BaseType is { } parent && parent.Kind == TypeKind.Defined)
        {
            end = parent.Layout.Size;
            result.Alignment = parent.Layout.Alignment;
        }

        foreach (IlField field in type.Fields.Where(field => !field.IsStatic))
        {
            ValueLayout stored = Stored(field.Type);
            int alignment = Math.Min(stored.Alignment, packing);
            int offset = isExplicit ? field.DeclaredOffset : (end + alignment - 1) & -alignment;
            if (offset < 0 || offset > LargestType)
            {
                throw new CompileErrorException(DiagnosticCode.InvalidInput, $"{field} has no valid offset.");
            }

            result.offsets[field.Name] = offset;
            result.Alignment = Math.Max(result.Alignment, alignment);
            foreach (Leaf leaf in stored.Leaves ?? [])
            {
                leaves?.Add(leaf with { Offset = leaf.Offset + offset });
            }

            // Overlapping or misaligned scalars cannot be words of their own.
            if (stored.Leaves is null || leaves is { Count: > MostLeaves } || offset < end && isExplicit || (offset & (stored.Alignment - 1)) != 0)
            {
                leaves = null;
            }

            end = Math.Max(end, offset + stored.Size);
        }

        int elements = type.Module.AttributeNumber(type.Module.Reader.GetTypeDefinition(type.Handle).GetCustomAttributes(), "InlineArrayAttribute") ?? 1;
        long size = (long)end * Math.Max(1, elements);
        if (elements != 1 || declared.Size > end)
        {
            leaves = null;
            size = Math.Max(size, declared.Size);
        }

        if (type.IsValueType)
        {
            size = Math.Max(1, declared.Size > 0 && isExplicit ? size : (size + result.Alignment - 1) & -result.Alignment);
        }

        if (size > LargestType)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"{type} is larger than {LargestType} bytes.");
        }

        result.Size = (int)size;
        result.Leaves = leaves is { Count: > 0 } ? leaves : (end == 0 && elements == 1 && declared.Size <= 1 && leaves is not null ? [] : null);
        return result;
    }
}
