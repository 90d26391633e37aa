// Values in memory: loads, stores, copies, and the packed words in which small structs are passed.

using System.Reflection.Metadata;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    // A value of a type from memory. A type without leaves is copied, unless the next instruction takes it at once.
    private StackEntry LoadEntry(IlType type, Value address, int offset, int alignment = 16)
    {
        ValueLayout layout = ValueLayout.Stored(type);
        if (layout.Leaves is { } leaves)
        {
            int known = Math.Min(alignment, layout.Alignment);
            return new StackEntry(type, [.. leaves.Select(leaf => LoadLeaf(address, offset, leaf, known))]);
        }

        Value source = b.Add(address, offset);
        if (NextTakesValue())
        {
            return new StackEntry(type, []) { Memory = source };
        }

        Value copy = Value.AddressOf(NewSlot(type, "copy"));
        b.Copy(copy, source, layout.Size, Math.Min(alignment, layout.Alignment));
        return new StackEntry(type, []) { Memory = copy };
    }

    private bool NextTakesValue()
    {
        if (index + 1 >= code.Instructions.Count || references.ContainsKey(code.Instructions[index + 1].Offset))
        {
            return false;
        }

        return code.Instructions[index + 1].Op is ILOpCode.Stloc or ILOpCode.Stloc_0 or ILOpCode.Stloc_1 or ILOpCode.Stloc_2
            or ILOpCode.Stloc_3 or ILOpCode.Stloc_s or ILOpCode.Stobj or ILOpCode.Stfld or ILOpCode.Stsfld or ILOpCode.Stelem
            or ILOpCode.Ldfld or ILOpCode.Pop;
    }

    // Aligned is what the address is known to be a multiple of: the chip traps on other accesses, so they are split.
    private Value LoadLeaf(Value address, int offset, Leaf leaf, int aligned)
    {
        int at = offset + leaf.Offset;
        if (aligned >= leaf.Size)
        {
            return b.Load(address, at, leaf.Size, leaf.Signed, isVolatile);
        }

        int step = aligned;
        Value? result = null;
        for (int done = 0; done < leaf.Size; done += step)
        {
            bool isLast = done + step == leaf.Size;
            Value part = b.Load(address, at + done, step, isLast && leaf.Signed, isVolatile);
            part = done == 0 ? part : b.Binary(Op.ShiftLeft, part, Value.Const(8 * done));
            result = result is null ? part : b.Binary(Op.Or, result, part);
        }

        return result!;
    }

    private void StoreLeaf(Value address, int offset, Leaf leaf, int aligned, Value value)
    {
        int at = offset + leaf.Offset;
        if (aligned >= leaf.Size)
        {
            b.Store(address, at, leaf.Size, value, isVolatile);
            return;
        }

        for (int done = 0; done < leaf.Size; done += aligned)
        {
            Value part = done == 0 ? value : b.Binary(Op.ShiftRight, value, Value.Const(8 * done));
            b.Store(address, at + done, aligned, part, isVolatile);
        }
    }

    private void StoreEntry(IlType type, Value address, int offset, StackEntry entry, int alignment = 16)
    {
        ValueLayout layout = ValueLayout.Stored(type);
        int known = Math.Min(alignment, layout.Alignment);
        if (layout.Leaves is not { } leaves)
        {
            Value source = entry.Memory ?? throw Mismatch(entry, type);
            if (entry.Type.Layout.Size != layout.Size)
            {
                throw Mismatch(entry, type);
            }

            b.Copy(b.Add(address, offset), source, layout.Size, known);
            return;
        }

        if (entry.Words.Length != leaves.Count)
        {
            throw Mismatch(entry, type);
        }

        for (int i = 0; i < leaves.Count; i++)
        {
            StoreLeaf(address, offset, leaves[i], known, entry.Words[i]);
        }
    }

    private BadImageFormatException Mismatch(StackEntry entry, IlType type) =>
        new($"The IL of {method} takes a {entry.Type} for a {type}.");

    /// <summary>The entry as a value of a type: sub-word integers are extended as the type says.</summary>
    private StackEntry Coerce(StackEntry entry, IlType type)
    {
        ValueLayout layout = ValueLayout.Stored(type);
        if (layout.Leaves is not { } leaves)
        {
            return entry.Memory is not null && entry.Type.Layout.Size == layout.Size ? entry with { Type = type } : throw Mismatch(entry, type);
        }

        if (entry.Words.Length != leaves.Count)
        {
            throw Mismatch(entry, type);
        }

        Value[] words = entry.Words;
        if (leaves.Count == 1 && leaves[0].Size < 4)
        {
            words = [Extend(words[0], leaves[0].Size, leaves[0].Signed)];
        }

        bool isObject = type.IsReference && entry.IsExact;
        return isObject ? entry : new StackEntry(type, words);
    }

    private Value Extend(Value word, int size, bool signed) => (size, signed) switch
    {
        (1, true) => b.Unary(Op.SignExtend8, word),
        (1, false) => b.And(word, 0xFF),
        (2, true) => b.Unary(Op.SignExtend16, word),
        (2, false) => b.Unary(Op.ZeroExtend16, word),
        _ => word,
    };

    /// <summary>The words in which a value of up to 8 bytes is passed.</summary>
    private Value[] Pack(StackEntry entry)
    {
        int words = CallShape.Of(entry.Type).Words;
        if (entry.Memory is { } memory)
        {
            Slot slot = b.NewSlot(4 * words, 4, "packed");
            b.Copy(Value.AddressOf(slot), memory, entry.Type.Layout.Size, entry.Type.Layout.Alignment);
            return [.. Enumerable.Range(0, words).Select(i => b.Load(Value.AddressOf(slot), 4 * i, 4, false))];
        }

        if (IsScalar(entry.Type))
        {
            return entry.Words;
        }

        Value[] packed = new Value[words];
        Array.Fill(packed, Value.Const(0));
        IReadOnlyList<Leaf> leaves = entry.Type.Layout.Leaves!;
        for (int i = 0; i < leaves.Count; i++)
        {
            Leaf leaf = leaves[i];
            Value part = leaf.Size == 4 ? entry.Words[i] : Extend(entry.Words[i], leaf.Size, false);
            int shift = 8 * (leaf.Offset & 3);
            part = shift == 0 ? part : b.Binary(Op.ShiftLeft, part, Value.Const(shift));
            int word = leaf.Offset / 4;
            packed[word] = packed[word].Is(0) ? part : b.Binary(Op.Or, packed[word], part);
        }

        return packed;
    }

    /// <summary>
    /// Says of a span's or array's length what bounds checks fold by: it is never negative, and all the elements fit the
    /// address space.
    /// </summary>
    private static void LimitLength(Value length, IlType element)
    {
        if (length.Op is Op.Parameter or Op.Load or Op.Call or Op.Result)
        {
            int size = Math.Max(1, ValueLayout.Stored(element).Size);
            length.IsNonNegative = true;
            length.Maximum = (int)Math.Min(int.MaxValue, uint.MaxValue / (uint)size);
        }
    }

    private static bool IsSpan(IlType type) => type.Is("System", "Span") || type.Is("System", "ReadOnlySpan");

    private StackEntry Unpack(IlType type, Value[] words)
    {
        if (IsSpan(type) && words.Length == 2)
        {
            LimitLength(words[1], type.Arguments[0]);
        }

        if (ValueLayout.Stored(type).Leaves is not { } leaves)
        {
            Slot slot = b.NewSlot(4 * words.Length, 16, "packed");
            for (int i = 0; i < words.Length; i++)
            {
                b.Store(Value.AddressOf(slot), 4 * i, 4, words[i]);
            }

            return new StackEntry(type, []) { Memory = Value.AddressOf(slot) };
        }

        if (IsScalar(type))
        {
            return new StackEntry(type, words);
        }

        return new StackEntry(type, [.. leaves.Select(leaf =>
        {
            int shift = 8 * (leaf.Offset & 3);
            Value word = words[leaf.Offset / 4];
            if (leaf.Size == 4)
            {
                return word;
            }

            word = shift == 0 ? word : b.Binary(Op.ShiftRight, word, Value.Const(shift));
            return Extend(word, leaf.Size, leaf.Signed);
        })]);
    }

    // A sub-word scalar is passed extended, in C as well; a struct of one is a struct.
    private static bool IsScalar(IlType type) => type.Kind != TypeKind.Defined || type.IsReference || type.IsEnum || type.Primitive != Primitive.None;

    private StackEntry Zero(IlType type)
    {
        ValueLayout layout = ValueLayout.Stored(type);
        if (layout.Leaves is { } leaves)
        {
            return new StackEntry(type, [.. leaves.Select(_ => Value.Const(0))]);
        }

        Value memory = Value.AddressOf(NewSlot(type, "zero"));
        b.Clear(memory, layout.Size, layout.Alignment);
        return new StackEntry(type, []) { Memory = memory };
    }

    // The address of a value: where it lies, or a new slot that it is put into.
    private Value Spill(StackEntry entry)
    {
        if (entry.Memory is { } memory)
        {
            return memory;
        }

        Value home = Value.AddressOf(NewSlot(entry.Type, "temporary"));
        StoreEntry(entry.Type, home, 0, entry);
        return home;
    }

    private StackEntry Field(StackEntry owner, IlField field)
    {
        ValueLayout stored = ValueLayout.Stored(field.Type);
        if (owner.Memory is { } memory)
        {
            return LoadEntry(field.Type, memory, field.Offset, owner.Type.Layout.Alignment);
        }

        // The words of the field are those with its offsets.
        IReadOnlyList<Leaf> leaves = owner.Type.Layout.Leaves!;
        int first = 0;
        while (first < leaves.Count && leaves[first].Offset < field.Offset)
        {
            first++;
        }

        int count = stored.Leaves?.Count ?? throw Mismatch(owner, field.Type);
        return first + count <= owner.Words.Length
            ? new StackEntry(field.Type, owner.Words[first..(first + count)])
            : throw Mismatch(owner, field.Type);
    }
}
