// Which slots fall apart into pieces that can be values: nothing but loads, stores and block operations use the slot's
// address, and every access falls into a piece of at most a word. Block operations carry the borders of the pieces from
// one slot to the other, until both agree.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

/// <summary>A part of a slot that is loaded and stored as one: Size is 1, 2 or 4 and Offset a multiple of it.</summary>
internal readonly record struct Piece(int Offset, int Size)
{
    public int End => Offset + Size;
}

/// <summary>The pieces of one slot, by offset; they do not overlap.</summary>
internal sealed class SlotPieces(Slot slot)
{
    /// <summary>More than this many pieces stay memory.</summary>
    private const int MaximumPieces = 64;

    private const int MaximumRounds = 8;

    public List<Piece> Pieces { get; } = [];

    /// <summary>The slot remains memory.</summary>
    public bool IsPinned { get; private set; }

    /// <summary>The piece that contains an access; the access is known to be in one.</summary>
    public int IndexOf(int offset)
    {
        int low = 0;
        int high = Pieces.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (Pieces[middle].Offset > offset)
            {
                high = middle - 1;
            }
            else if (Pieces[middle].End <= offset)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return ~low;
    }

    public IEnumerable<Piece> Within(int offset, int size)
    {
        int index = IndexOf(offset);
        for (index = index < 0 ? ~index : index; index < Pieces.Count && Pieces[index].Offset < offset + size; index++)
        {
            yield return Pieces[index];
        }
    }

    /// <summary>The bytes of a range that no piece covers yet, cut into pieces of at most <paramref name="alignment"/> bytes.</summary>
    public void Fill(int offset, int size, int alignment)
    {
        int at = offset;
        while (at < offset + size && !IsPinned)
        {
            int index = IndexOf(at);
            if (index >= 0)
            {
                at = Pieces[index].End;
                continue;
            }

            int end = ~index < Pieces.Count ? Math.Min(offset + size, Pieces[~index].Offset) : offset + size;
            int piece = Math.Min(4, alignment);
            while (piece > 1 && (at % piece != 0 || at + piece > end))
            {
                piece >>= 1;
            }

            Add(at, piece);
            at += piece;
        }
    }

    /// <summary>
    /// Finds the slots of a function whose pieces can be values. Block operations that involve one of them can be split
    /// into accesses to its pieces.
    /// </summary>
    public static Dictionary<Slot, SlotPieces> Find(Function function)
    {
        Dictionary<Slot, SlotPieces> slots = [];
        List<Value> blockOperations = [];
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                bool isAccess = value.Op is Op.Load or Op.Store && !value.Volatile;
                bool isBlockOperation = value.Op is Op.CopyMemory or Op.ClearMemory;
                for (int i = 0; i < value.Inputs.Length; i++)
                {
                    if (value.Inputs[i] is not { Op: Op.SlotAddress } address)
                    {
                        continue;
                    }

                    SlotPieces pieces = Of(slots, address);
                    if (isAccess && i == 0)
                    {
                        pieces.Add(address.Imm + value.Imm, value.Size);
                    }
                    else if (!isBlockOperation || address.Imm < 0 || value.Imm < 0 || address.Imm > address.Slot!.Size - value.Imm)
                    {
                        pieces.IsPinned = true;
                    }
                }

                if (isBlockOperation && value.Inputs.Any(input => input.Op == Op.SlotAddress))
                {
                    blockOperations.Add(value);
                }
            }
        }

        bool changed = true;
        for (int round = 0; changed; round++)
        {
            changed = false;
            foreach (Value operation in blockOperations)
            {
                changed |= round < MaximumRounds ? Carry(slots, operation) : Pin(slots, operation);
            }
        }

        return slots;
    }

    private static SlotPieces Of(Dictionary<Slot, SlotPieces> slots, Value address)
    {
        if (!slots.TryGetValue(address.Slot!, out SlotPieces? pieces))
        {
            slots.Add(address.Slot!, pieces = new SlotPieces(address.Slot!));
        }

        return pieces;
    }

    private static SlotPieces? Unpinned(Dictionary<Slot, SlotPieces> slots, Value address) =>
        address.Op == Op.SlotAddress && Of(slots, address) is { IsPinned: false } pieces ? pieces : null;

    /// <summary>Enters into each side of a block operation the borders of the other; whether anything changed.</summary>
    private static bool Carry(Dictionary<Slot, SlotPieces> slots, Value operation)
    {
        Value target = operation.Inputs[0];
        Value source = operation.Inputs[^1];
        SlotPieces? to = Unpinned(slots, target);
        SlotPieces? from = operation.Op == Op.CopyMemory ? Unpinned(slots, source) : null;
        bool changed = to is not null && to.KeepWhole(target.Imm, operation.Imm);
        changed |= from is not null && from.KeepWhole(source.Imm, operation.Imm);
        if (operation.Op == Op.ClearMemory || changed)
        {
            return changed;
        }

        if (to is not null && from is not null)
        {
            return to.Take(from, source.Imm, target.Imm, operation.Imm)
                | from.Take(to, target.Imm, source.Imm, operation.Imm);
        }

        // The other side is memory: its alignment bounds the pieces, and all that it is given must be in pieces.
        SlotPieces? alone = to ?? from;
        if (alone is null)
        {
            return false;
        }

        int offset = to is not null ? target.Imm : source.Imm;
        int before = alone.Pieces.Count;
        if (from is not null)
        {
            from.Fill(offset, operation.Imm, operation.Size);
        }

        foreach (Piece piece in alone.Within(offset, operation.Imm))
        {
            if (piece.Size > operation.Size || (piece.Offset - offset) % piece.Size != 0)
            {
                alone.IsPinned = true;
                return true;
            }
        }

        return alone.Pieces.Count != before || alone.IsPinned;
    }

    private static bool Pin(Dictionary<Slot, SlotPieces> slots, Value operation)
    {
        bool changed = false;
        foreach (Value address in operation.Inputs)
        {
            if (Unpinned(slots, address) is { } pieces)
            {
                pieces.IsPinned = changed = true;
            }
        }

        return changed;
    }

    /// <summary>Pins the slot if a piece reaches over an end of the range.</summary>
    private bool KeepWhole(int offset, int size)
    {
        foreach (Piece piece in Within(offset, size))
        {
            if (piece.Offset < offset || piece.End > offset + size)
            {
                IsPinned = true;
                return true;
            }
        }

        return false;
    }

    private bool Take(SlotPieces other, int from, int to, int size)
    {
        bool changed = false;
        foreach (Piece piece in other.Within(from, size).ToArray())
        {
            changed |= Add(piece.Offset - from + to, piece.Size);
        }

        return changed;
    }

    private bool Add(int offset, int size)
    {
        if (IsPinned)
        {
            return false;
        }

        if (offset < 0 || offset > slot.Size - size || offset % size != 0)
        {
            IsPinned = true;
            return true;
        }

        // Both are aligned, so one contains the other, or they are apart.
        int index = IndexOf(offset);
        if (index >= 0 && Pieces[index].Size >= size)
        {
            return false;
        }

        index = index >= 0 ? index : ~index;
        int end = index;
        while (end < Pieces.Count && Pieces[end].Offset < offset + size)
        {
            end++;
        }

        Pieces.RemoveRange(index, end - index);
        Pieces.Insert(index, new Piece(offset, size));
        IsPinned = Pieces.Count > MaximumPieces;
        return true;
    }
}
