// Moves out of loops what is the same in every turn: operations, Checks that every turn begins with, and loads of
// memory that the loop does not write. A load leaves only if it cannot fault where the program would not have loaded:
// the loop begins with it, before any Check, or its address is in a slot or symbol or was accessed before the loop.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal sealed class LoopInvariants
{
    /// <summary>So many operations of a loop that do not run in every turn leave it; each takes a register.</summary>
    private const int MaximumConditional = 6;

    /// <summary>With more writes than this a loop is taken to write everything.</summary>
    private const int MaximumWrites = 64;

    private readonly Function function;
    private readonly Dominators dominators;
    private readonly LoopNest nest;
    private readonly Aliasing aliasing;
    private readonly Dictionary<(Value, int), List<Block>> accesses = [];
    private bool changed;

    private LoopInvariants(Function function)
    {
        this.function = function;
        dominators = new Dominators(function);
        nest = new LoopNest(function, dominators);
        aliasing = new Aliasing(function);
    }

    public static bool Run(Function function)
    {
        Preheaders.Insert(function);
        return new LoopInvariants(function).Run();
    }

    private bool Run()
    {
        if (nest.Loops.Count == 0)
        {
            return false;
        }

        FindAccesses();

        // From the inside out, so that what leaves an inner loop can leave the outer ones, too.
        for (int i = nest.Loops.Count - 1; i >= 0; i--)
        {
            if (Preheaders.Of(nest.Loops[i]) is { } preheader)
            {
                Hoist(nest.Loops[i], preheader);
            }
        }

        return changed;
    }

    private void FindAccesses()
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.Body)
            {
                if (value is { Op: Op.Load or Op.Store, Volatile: false })
                {
                    Location location = aliasing.Locate(value);
                    (Value, int) key = (location.Base, location.Offset);
                    if (!accesses.TryGetValue(key, out List<Block>? blocks))
                    {
                        accesses.Add(key, blocks = []);
                    }

                    if (blocks.Count < 8 && !blocks.Contains(block))
                    {
                        blocks.Add(block);
                    }
                }
            }
        }
    }

    private void Hoist(Loop loop, Block preheader)
    {
        List<Value> writes = [];
        foreach (Block block in loop.Blocks)
        {
            writes.AddRange(block.Body.Where(Aliasing.Writes));
        }

        bool writesAll = writes.Count > MaximumWrites;
        HashSet<Value> hoisted = [];
        int conditional = 0;
        foreach (Block block in dominators.ReversePostorder)
        {
            if (!loop.Contains(block))
            {
                continue;
            }

            bool always = loop.Latches.TrueForAll(latch => dominators.Dominates(block, latch));

            // Nothing that can be seen, and no other panic, has happened yet in a turn.
            bool first = block == loop.Header;
            foreach (Value value in block.Body)
            {
                bool invariant = Array.TrueForAll(value.Inputs, input => input.IsLeaf || !loop.Contains(input.Block!));
                bool leaves = invariant && value.Op switch
                {
                    Op.Check => first,
                    Op.Load => !value.Volatile && !writesAll && (first || IsSafe(value, preheader)) && IsUnwritten(value, writes),
                    _ => value.IsPure && !block.IsCold && (always || conditional < MaximumConditional),
                };
                if (!leaves)
                {
                    first &= value.IsPure || value is { Op: Op.Load, Volatile: false };
                    continue;
                }

                conditional += always || value.Op == Op.Check ? 0 : 1;
                hoisted.Add(value);
                preheader.Add(value);
            }

            if (hoisted.Count > 0)
            {
                block.Body.RemoveAll(hoisted.Contains);
                changed = true;
                hoisted.Clear();
            }
        }
    }

    private bool IsUnwritten(Value load, List<Value> writes)
    {
        Location location = aliasing.Locate(load);
        return !writes.Exists(write => aliasing.MayWrite(write, location));
    }

    private bool IsSafe(Value load, Block preheader)
    {
        Location location = aliasing.Locate(load);
        int? size = location.Base.IsLeaf ? (location.Root as Slot)?.Size ?? (location.Root as DataSymbol)?.Size : null;
        return location.Offset >= 0 && location.Offset <= size - location.Size
            ? true
            : accesses.GetValueOrDefault((location.Base, location.Offset))?.Exists(b => dominators.Dominates(b, preheader)) == true;
    }
}
