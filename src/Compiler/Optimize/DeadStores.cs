// Removes stores that nobody can read: the same bytes are overwritten further down in the block with nothing in between
// that may read them, or they lie in a slot that is private to the function and never loaded from.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class DeadStores
{
    private const int MaximumPending = 32;

    public static bool Run(Function function)
    {
        Aliasing aliasing = new(function);
        HashSet<Slot> loaded = FindLoaded(function, aliasing);
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            HashSet<Value> dead = [];

            // What is overwritten below before anybody reads it; going up.
            List<Location> pending = [];
            for (int i = block.Body.Count - 1; i >= 0; i--)
            {
                Value value = block.Body[i];
                if (value is { Op: Op.Store, Volatile: false } or { Op: Op.ClearMemory })
                {
                    int size = value.Op == Op.Store ? value.Size : value.Imm;
                    Location location = aliasing.Locate(value.Inputs[0], value.Op == Op.Store ? value.Imm : 0, size);
                    if (pending.Exists(p => Covers(p, location)) || IsNeverLoaded(location, loaded, aliasing))
                    {
                        dead.Add(value);
                        continue;
                    }

                    if (pending.Count == MaximumPending)
                    {
                        pending.RemoveAt(0);
                    }

                    pending.Add(location);
                }
                else if (value.Op == Op.CopyMemory && IsNeverLoaded(aliasing.Locate(value.Inputs[0], 0, value.Imm), loaded, aliasing))
                {
                    dead.Add(value);
                }
                else
                {
                    pending.RemoveAll(p => aliasing.MayRead(value, p));
                }
            }

            if (dead.Count > 0)
            {
                block.Body.RemoveAll(dead.Contains);
                changed = true;
            }
        }

        return changed;
    }

    private static bool Covers(Location outer, Location inner) => outer.Base == inner.Base && outer.Offset <= inner.Offset
        && (long)inner.Offset + inner.Size <= (long)outer.Offset + outer.Size;

    private static bool IsNeverLoaded(Location location, HashSet<Slot> loaded, Aliasing aliasing) =>
        location.Root is Slot slot && aliasing.IsPrivate(location) && !loaded.Contains(slot);

    private static HashSet<Slot> FindLoaded(Function function, Aliasing aliasing)
    {
        HashSet<Slot> loaded = [];
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.Body)
            {
                if (value.Op is Op.Load or Op.CopyMemory)
                {
                    Value address = value.Inputs[value.Op == Op.Load ? 0 : 1];
                    if (aliasing.Locate(address, 0, 1).Root is Slot slot)
                    {
                        loaded.Add(slot);
                    }
                    else
                    {
                        FindSlots(address, loaded);
                    }
                }
            }
        }

        return loaded;
    }

    /// <summary>An address whose slot is not certain may be in any slot that it is computed from.</summary>
    private static void FindSlots(Value address, HashSet<Slot> slots)
    {
        HashSet<Value> seen = [];
        Stack<Value> open = new([address]);
        while (open.TryPop(out Value? value))
        {
            if (value.Op == Op.SlotAddress)
            {
                slots.Add(value.Slot!);
            }
            else if (value.Op is Op.Add or Op.Sub or Op.Phi && seen.Add(value))
            {
                foreach (Value input in value.Inputs)
                {
                    open.Push(input);
                }
            }
        }
    }
}
