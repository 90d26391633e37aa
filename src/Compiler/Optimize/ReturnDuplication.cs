// Returns where the program jumps to a return, in functions that have nothing to restore: the return is as short as the
// jump.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class ReturnDuplication
{
    public static bool Run(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            // Calls and slots make a frame.
            if (block.Body.Exists(v => v.IsCall || v.Inputs.Any(input => input.Op == Op.SlotAddress))
                || block.Phis.Exists(v => v.Inputs.Any(input => input.Op == Op.SlotAddress)))
            {
                return false;
            }
        }

        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            if (block.Terminator!.Op != Op.Return || block.Body.Count > 0)
            {
                continue;
            }

            foreach (Block predecessor in block.Predecessors.ToArray())
            {
                if (predecessor.Terminator!.Op == Op.Jump && block.Predecessors.Count > 1)
                {
                    int index = block.Predecessors.IndexOf(predecessor);
                    Value copy = new(Op.Return)
                    {
                        Inputs = [.. block.Terminator.Inputs.Select(v => v.Op == Op.Phi && v.Block == block ? v.Inputs[index] : v)],
                        Position = block.Terminator.Position,
                    };
                    predecessor.RemoveSuccessor(0);
                    Edges.SetTerminator(predecessor, copy);
                    changed = true;
                }
            }
        }

        return changed;
    }
}
