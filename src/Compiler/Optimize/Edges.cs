// Changes of the edges between blocks that keep successors, predecessors and phi inputs in step. Two edges between the
// same blocks always carry the same values.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class Edges
{
    /// <summary>Leads an edge to another block, with the values that its phis take over the new edge.</summary>
    public static void Redirect(Block block, int index, Block target, Value[] phiInputs)
    {
        Block old = block.Successors[index];
        block.Successors[index] = target;
        old.RemovePredecessor(old.Predecessors.IndexOf(block));
        Enter(block, target, phiInputs);
    }

    /// <summary>Adds an edge behind the successors.</summary>
    public static void Add(Block block, Block target, Value[] phiInputs)
    {
        block.Successors.Add(target);
        Enter(block, target, phiInputs);
    }

    public static void RemoveAll(Block block)
    {
        for (int i = block.Successors.Count - 1; i >= 0; i--)
        {
            block.RemoveSuccessor(i);
        }
    }

    /// <summary>Makes a Jump of the terminator, over the edge with that number.</summary>
    public static void JumpOver(Block block, int index)
    {
        for (int i = block.Successors.Count - 1; i >= 0; i--)
        {
            if (i != index)
            {
                block.RemoveSuccessor(i);
            }
        }

        SetTerminator(block, new Value(Op.Jump));
    }

    /// <summary>Replaces the terminator, but for its edges; the position stays unless the new one has its own.</summary>
    public static void SetTerminator(Block block, Value terminator)
    {
        terminator.Position ??= block.Terminator?.Position;
        terminator.Block = block;
        block.Terminator = terminator;
    }

    /// <summary>What the phis of <paramref name="target"/> take over an existing edge.</summary>
    public static Value[] PhiInputs(Block block, Block target)
    {
        if (target.Phis.Count == 0)
        {
            return [];
        }

        int index = target.Predecessors.IndexOf(block);
        return [.. target.Phis.Select(phi => phi.Inputs[index])];
    }

    /// <summary>Whether an edge with these values may be added: there is none yet, or it carries the same.</summary>
    public static bool Agree(Block block, Block target, Value[] phiInputs)
    {
        int index = target.Phis.Count == 0 ? -1 : target.Predecessors.IndexOf(block);
        if (index < 0)
        {
            return true;
        }

        for (int i = 0; i < phiInputs.Length; i++)
        {
            if (!target.Phis[i].Inputs[index].SameLeaf(phiInputs[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static void Enter(Block block, Block target, Value[] phiInputs)
    {
        target.Predecessors.Add(block);
        for (int i = 0; i < target.Phis.Count; i++)
        {
            target.Phis[i].Inputs = [.. target.Phis[i].Inputs, phiInputs[i]];
        }
    }
}
