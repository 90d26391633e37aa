// Moves a Check in front of the loop whose every turn begins with it, if it holds in each turn that follows one in which
// it held: the index only gets smaller and stays at 0 or above, for example. Only the first turn can fail then, and
// nothing was done before its Check.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class CheckHoisting
{
    public static bool Run(Function function)
    {
        if (!function.Blocks.Exists(block => block.Phis.Count > 0 && block.Body.Exists(value => value.Op == Op.Check)))
        {
            return false;
        }

        Preheaders.Insert(function);
        Dominators dominators = new(function);
        LoopNest nest = new(function, dominators);
        Prover prover = new(new Facts(function, dominators), dominators);

        // All proofs before the first change: they count the positions in the blocks.
        List<(Value Check, Loop Loop)> moving = [];
        foreach (Loop loop in nest.Loops)
        {
            if (Preheaders.Of(loop) is null)
            {
                continue;
            }

            foreach (Value value in loop.Header.Body)
            {
                if (value.Op == Op.Check && HoldsInLaterTurns(value, loop, prover))
                {
                    moving.Add((value, loop));
                }
                else if (!value.IsPure && value is not { Op: Op.Load, Volatile: false })
                {
                    break;
                }
            }
        }

        foreach ((Value check, Loop loop) in moving)
        {
            Block preheader = Preheaders.Of(loop)!;
            int entry = loop.Header.Predecessors.IndexOf(preheader);
            loop.Header.Body.Remove(check);
            check.Inputs = [.. check.Inputs.Select(input => Over(input, loop.Header, entry))];
            Folding.SimplifyCondition(check);
            preheader.Add(check);
        }

        return moving.Count > 0;
    }

    private static bool HoldsInLaterTurns(Value check, Loop loop, Prover prover)
    {
        Block header = loop.Header;
        if (!Array.TrueForAll(check.Inputs, input => input.IsLeaf || !loop.Contains(input.Block!) || (input.Op == Op.Phi && input.Block == header)))
        {
            return false;
        }

        for (int i = 0; i < header.Predecessors.Count; i++)
        {
            Block predecessor = header.Predecessors[i];
            if (loop.Contains(predecessor) && !prover.Holds(
                check.Condition.Negate(),
                Over(check.Inputs[0], header, i),
                Over(check.Inputs[1], header, i),
                new Place(predecessor, int.MaxValue, header)))
            {
                return false;
            }
        }

        return true;
    }

    private static Value Over(Value value, Block header, int index) =>
        value.Op == Op.Phi && value.Block == header ? value.Inputs[index] : value;
}
