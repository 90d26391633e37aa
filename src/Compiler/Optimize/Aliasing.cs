// Which memory accesses can touch the same bytes. Rests on: an address that is computed from one slot's or data symbol's
// address stays in that slot or data; the address of a slot that never leaves the function is known to nobody else;
// read-only data is never written. The linker's symbols stand for places among the data, so they say nothing.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

/// <summary>A range of bytes: from Base + Offset, Size bytes. Root is the Slot or DataSymbol that it lies in, if known.</summary>
internal readonly record struct Location(Value Base, int Offset, int Size, object? Root);

internal sealed class Aliasing
{
    private const int MaximumDepth = 12;

    private readonly HashSet<Slot> escaped = [];
    private readonly Dictionary<(Op, int, object?), Value> leaves = [];
    private readonly Dictionary<Value, object?> roots = [];

    public Aliasing(Function function)
    {
        FindEscapes(function);
    }

    /// <summary>What kind of number a word is, as far as addresses go.</summary>
    private enum Kind
    {
        Integer,
        Address,
        Unknown,

        /// <summary>Made from the difference of two addresses: may lead from one object into another.</summary>
        Crossing,
    }

    /// <summary>The one instance that stands for all equal leaves.</summary>
    public Value Intern(Value leaf)
    {
        if (leaf.Op == Op.Undefined)
        {
            return leaf;
        }

        (Op, int, object?) key = (leaf.Op, leaf.Imm, (object?)leaf.Symbol ?? leaf.Slot);
        if (!leaves.TryGetValue(key, out Value? interned))
        {
            leaves.Add(key, interned = leaf);
        }

        return interned;
    }

    /// <summary>The bytes that a Load or Store, or one side of a block operation, touches.</summary>
    public Location Locate(Value address, int offset, int size)
    {
        switch (address.Op)
        {
            case Op.SlotAddress:
                return new Location(Intern(Value.AddressOf(address.Slot!)), address.Imm + offset, size, address.Slot);
            case Op.SymbolAddress:
                return new Location(
                    Intern(Value.AddressOf(address.Symbol!)), address.Imm + offset, size, address.Symbol as DataSymbol);
            case Op.Const:
                return new Location(Intern(Value.Const(0)), address.Imm + offset, size, null);
            case Op.Add when address.Inputs[1].IsConst:
                Location inner = Locate(address.Inputs[0].Resolved(), 0, size);
                return inner with { Offset = inner.Offset + address.Inputs[1].Imm + offset };
            default:
                return new Location(address, offset, size, Root(address));
        }
    }

    /// <summary>What a Load or Store touches.</summary>
    public Location Locate(Value access) => Locate(access.Inputs[0].Resolved(), access.Imm, access.Size);

    public bool MayOverlap(Location a, Location b)
    {
        if (a.Base == b.Base)
        {
            return (long)a.Offset < (long)b.Offset + b.Size && (long)b.Offset < (long)a.Offset + a.Size;
        }

        if (a.Root is not null && b.Root is not null)
        {
            return a.Root == b.Root;
        }

        return !IsPrivate(a) && !IsPrivate(b);
    }

    /// <summary>Nobody outside the function can reach the location.</summary>
    public bool IsPrivate(Location location) => location.Root is Slot slot && !escaped.Contains(slot);

    /// <summary>The location is never written.</summary>
    public static bool IsConstant(Location location) => location.Root is DataSymbol { IsReadOnly: true };

    /// <summary>Whether executing a value may change the bytes at a location.</summary>
    public bool MayWrite(Value value, Location location)
    {
        if (IsConstant(location))
        {
            return false;
        }

        switch (value.Op)
        {
            case Op.Store:
                return MayOverlap(Locate(value), location);
            case Op.CopyMemory or Op.ClearMemory:
                return MayOverlap(Locate(value.Inputs[0].Resolved(), 0, value.Imm), location);
            default:
                return IsBarrier(value) && !IsPrivate(location);
        }
    }

    /// <summary>Whether executing a value may depend on the bytes at a location.</summary>
    public bool MayRead(Value value, Location location)
    {
        switch (value.Op)
        {
            case Op.Load:
                return MayOverlap(Locate(value), location) || (value.Volatile && !IsPrivate(location));
            case Op.CopyMemory:
                return MayOverlap(Locate(value.Inputs[1].Resolved(), 0, value.Imm), location);
            case Op.Check or Op.Panic or Op.Return:
                return !IsPrivate(location);
            default:
                return (IsBarrier(value) || value.Volatile) && !IsPrivate(location);
        }
    }

    /// <summary>Whether memory that others know may be different behind the value: calls, and what orders accesses of others.</summary>
    public static bool IsBarrier(Value value) => value.IsCall || value.Op is >= Op.CsrAccess and <= Op.CompareExchange
        || value is { Op: Op.Load, Volatile: true } or { Op: Op.Unsupported };

    /// <summary>Whether the value may write any memory at all.</summary>
    public static bool Writes(Value value) => value.Op is Op.Store or Op.CopyMemory or Op.ClearMemory || IsBarrier(value);

    private object? Root(Value address)
    {
        if (!roots.TryGetValue(address, out object? root))
        {
            (Kind kind, object? found) = Classify(address, MaximumDepth, []);
            root = kind == Kind.Address ? found : null;
            roots.Add(address, root);
        }

        return root;
    }

    private static (Kind Kind, object? Root) Classify(Value value, int depth, HashSet<Value> phis)
    {
        value = value.Resolved();
        switch (value.Op)
        {
            case Op.SlotAddress:
                return (Kind.Address, value.Slot);
            case Op.SymbolAddress when value.Symbol is DataSymbol:
                return (Kind.Address, value.Symbol);
            case Op.Const or Op.ShiftLeft or Op.ShiftRight or Op.Mul or Op.Set or Op.SignExtend8 or Op.SignExtend16
                or Op.ZeroExtend16 or Op.RemUnsigned or Op.Rem:
            case Op.Load when value.Size < 4:
                return (Kind.Integer, null);
            case Op.Add when depth > 0:
                return Sum(Classify(value.Inputs[0], depth - 1, phis), Classify(value.Inputs[1], depth - 1, phis));
            case Op.Sub when depth > 0:
                (Kind Kind, object? Root) subtracted = Classify(value.Inputs[1], depth - 1, phis);
                return subtracted.Kind == Kind.Integer ? Classify(value.Inputs[0], depth - 1, phis) : (Kind.Crossing, null);
            case Op.Phi when depth > 0 && phis.Count < 8:
                return phis.Add(value) ? Join(value, depth, phis) : (Kind.Integer, null);
            default:
                return (Kind.Unknown, null);
        }
    }

    private static (Kind Kind, object? Root) Sum((Kind Kind, object? Root) a, (Kind Kind, object? Root) b)
    {
        if (a.Kind == Kind.Crossing || b.Kind == Kind.Crossing || (a.Kind == Kind.Address && b.Kind == Kind.Address))
        {
            return (Kind.Crossing, null);
        }

        return a.Kind == Kind.Address ? a : b.Kind == Kind.Address ? b
            : a.Kind == Kind.Integer && b.Kind == Kind.Integer ? a : (Kind.Unknown, null);
    }

    private static (Kind Kind, object? Root) Join(Value phi, int depth, HashSet<Value> phis)
    {
        (Kind Kind, object? Root) result = (Kind.Integer, null);
        foreach (Value input in phi.Inputs)
        {
            (Kind Kind, object? Root) one = Classify(input, depth - 1, phis);
            if (one.Kind == Kind.Crossing || (result.Kind != Kind.Integer && one.Kind != Kind.Integer && one != result))
            {
                return (Kind.Crossing, null);
            }

            result = one.Kind == Kind.Integer ? result : one;
        }

        return result;
    }

    private void FindEscapes(Function function)
    {
        Dictionary<Value, List<(Value User, int Index)>> users = [];
        Stack<(Value User, int Index, Slot Slot)> open = new();
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                for (int i = 0; i < value.Inputs.Length; i++)
                {
                    Value input = value.Inputs[i];
                    if (input.Op == Op.SlotAddress)
                    {
                        open.Push((value, i, input.Slot!));
                    }
                    else if (input.Op is Op.Add or Op.Sub or Op.Phi)
                    {
                        if (!users.TryGetValue(input, out List<(Value, int)>? list))
                        {
                            users.Add(input, list = []);
                        }

                        list.Add((value, i));
                    }
                }
            }
        }

        HashSet<(Value, Slot)> seen = [];
        while (open.TryPop(out (Value User, int Index, Slot Slot) use))
        {
            switch (use.User.Op)
            {
                case Op.Set or Op.Branch or Op.Check:
                    break;
                case Op.Load or Op.CopyMemory or Op.ClearMemory:
                case Op.Store when use.Index == 0:
                    // An access that could be in this slot or in another one counts as one from outside.
                    Value address = use.User.Inputs[use.Index];
                    if (address.Op != Op.SlotAddress && Root(address) != use.Slot)
                    {
                        escaped.Add(use.Slot);
                    }

                    break;
                case Op.Add or Op.Phi:
                case Op.Sub when use.Index == 0:
                    if (seen.Add((use.User, use.Slot)))
                    {
                        foreach ((Value user, int index) in users.GetValueOrDefault(use.User) ?? [])
                        {
                            open.Push((user, index, use.Slot));
                        }
                    }

                    break;
                default:
                    escaped.Add(use.Slot);
                    break;
            }
        }
    }
}
