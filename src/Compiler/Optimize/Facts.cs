// The comparisons that are known to hold at a place: those of branches on the way there, and those of Checks that did
// not panic. A fact holds wherever its place dominates; while a value lives it stands for one number, so facts about it
// stay true.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

/// <summary>
/// A point in a block: before the value number Index of its body, int.MaxValue for its end; with Over, on the edge from
/// there to that block.
/// </summary>
internal readonly record struct Place(Block Block, int Index, Block? Over);

/// <summary>The comparison holds in the block behind the value number Index of its body, -1 for all of the block.</summary>
internal readonly record struct Fact(Condition Condition, Value A, Value B, Block Block, int Index);

internal sealed class Facts
{
    private readonly Dominators dominators;
    private readonly Dictionary<Value, List<Fact>> byValue = [];

    public Facts(Function function, Dominators dominators)
    {
        this.dominators = dominators;
        foreach (Block block in dominators.ReversePostorder)
        {
            if (block.Predecessors.Count == 1 && OnEdge(block.Predecessors[0], block) is { } fact)
            {
                Add(fact with { Block = block, Index = -1 });
            }

            for (int i = 0; i < block.Body.Count; i++)
            {
                Value value = block.Body[i];
                if (value.Op == Op.Check)
                {
                    Add(new Fact(value.Condition.Negate(), value.Inputs[0], value.Inputs[1], block, i));
                }
            }
        }
    }

    public int Count { get; private set; }

    /// <summary>What is known about a value at a place, the latest first.</summary>
    public IEnumerable<Fact> About(Value value, Place place)
    {
        if (place.Over is { } target && OnEdge(place.Block, target) is { } onEdge && (onEdge.A == value || onEdge.B == value))
        {
            yield return onEdge;
        }

        if (!byValue.TryGetValue(value, out List<Fact>? facts))
        {
            yield break;
        }

        for (int i = facts.Count - 1; i >= 0; i--)
        {
            Fact fact = facts[i];
            if (fact.Block == place.Block ? fact.Index < place.Index : dominators.Dominates(fact.Block, place.Block))
            {
                yield return fact;
            }
        }
    }

    private static Fact? OnEdge(Block from, Block to)
    {
        Value terminator = from.Terminator!;
        return terminator.Op != Op.Branch || from.Successors[0] == from.Successors[1]
            ? null
            : new Fact(
                from.Successors[0] == to ? terminator.Condition : terminator.Condition.Negate(),
                terminator.Inputs[0],
                terminator.Inputs[1],
                from,
                int.MaxValue);
    }

    private void Add(Fact fact)
    {
        Count++;
        foreach (Value value in (ReadOnlySpan<Value>)[fact.A, fact.B])
        {
            if (!value.IsLeaf)
            {
                if (!byValue.TryGetValue(value, out List<Fact>? facts))
                {
                    byValue.Add(value, facts = []);
                }

                facts.Add(fact);
            }
        }
    }
}
