// Tidies the blocks up once registers are known: empty ones vanish, chains become one block, short returns are repeated
// instead of jumped to, and cold blocks go to the end.

namespace XousCloud.Compiler.Backend;

internal static class BlockLayout
{
    /// <summary>How often a block must run so that one instruction less is worth 4 bytes, and 2 bytes.</summary>
    private const double WorthBranch = 2;
    private const double WorthReturn = 0.1;

    public static void Run(MachineBody body)
    {
        ThreadJumps(body);
        RemoveUnreachable(body);
        FrameLayout frame = FrameLayout.Compute(body);
        if (frame.Size > 0)
        {
            FramePlacement.Run(body);
        }

        RepeatReturns(body);
        RemoveUnreachable(body);
        MergeChains(body);
        TailMerging.Run(body, frame);
        ThreadJumps(body);
        RemoveUnreachable(body);
        MergeChains(body);
        RepeatEnds(body);
        ThreadJumps(body);
        RemoveUnreachable(body);
        MergeChains(body);
        body.Blocks = [.. body.Blocks.Where(block => !block.IsCold), .. body.Blocks.Where(block => block.IsCold)];
        body.LinkBlocks();
    }

    /// <summary>Leads every edge past blocks that only jump on.</summary>
    private static void ThreadJumps(MachineBody body)
    {
        foreach (MachineBlock block in body.Blocks)
        {
            Instruction last = block.Last;
            last.Target = last.Target is null ? null : Destination(last.Target);
            last.Otherwise = last.Otherwise is null ? null : Destination(last.Otherwise);
            for (int i = 0; i < (last.Targets?.Length ?? 0); i++)
            {
                last.Targets![i] = Destination(last.Targets[i]);
            }

            if (last.IsBranch && last.Target == last.Otherwise)
            {
                block.Code[^1] = new Instruction { Pseudo = Pseudo.Jump, Target = last.Target, Position = last.Position };
            }
        }
    }

    private static MachineBlock Destination(MachineBlock block)
    {
        // Two steps at a time and one: they meet in an endless loop of jumps.
        MachineBlock slow = block;
        while (block.Code.Count == 1 && block.Last.Pseudo == Pseudo.Jump)
        {
            block = block.Last.Target!;
            if (block.Code.Count != 1 || block.Last.Pseudo != Pseudo.Jump)
            {
                break;
            }

            block = block.Last.Target!;
            slow = slow.Last.Target!;
            if (slow == block)
            {
                break;
            }
        }

        return block;
    }

    private static void RemoveUnreachable(MachineBody body)
    {
        HashSet<MachineBlock> reached = [.. MachineLoops.ReversePostorder(body)];
        body.Blocks.RemoveAll(block => !reached.Contains(block));
        body.LinkBlocks();
    }

    /// <summary>Appends to each block the one that it jumps to, if nobody else leads there.</summary>
    private static void MergeChains(MachineBody body)
    {
        HashSet<MachineBlock> merged = [];
        foreach (MachineBlock block in body.Blocks)
        {
            if (merged.Contains(block))
            {
                continue;
            }

            while (block.Last is { Pseudo: Pseudo.Jump, Target: { } next } && next.Predecessors.Count == 1 && next != block
                && next != body.Blocks[0] && block.IsCold == next.IsCold)
            {
                block.Code.RemoveAt(block.Code.Count - 1);
                block.Code.AddRange(next.Code);
                merged.Add(next);
            }
        }

        body.Blocks.RemoveAll(merged.Contains);
        body.LinkBlocks();
    }

    /// <summary>A return is no longer than a jump to it.</summary>
    private static void RepeatReturns(MachineBody body)
    {
        foreach (MachineBlock block in body.Blocks)
        {
            if (block.Last is { Pseudo: Pseudo.Jump, Target: { } target } && target.Code.Count == 1 && target.Last.Pseudo == Pseudo.Return)
            {
                block.Code[^1] = target.Last;
            }
        }
    }

    /// <summary>In loops the branch at the end of a jump is worth a copy, and so is a short return anywhere.</summary>
    private static void RepeatEnds(MachineBody body)
    {
        Dictionary<MachineBlock, MachineBlock> next = [];
        for (int i = 0; i + 1 < body.Blocks.Count; i++)
        {
            next[body.Blocks[i]] = body.Blocks[i + 1];
        }

        foreach (MachineBlock block in body.Blocks)
        {
            if (block.Last is not { Pseudo: Pseudo.Jump, Target: { } target } || target == block || next.GetValueOrDefault(block) == target)
            {
                continue;
            }

            bool isBranch = target.Code.Count == 1 && target.Last.IsBranch && block.Frequency >= WorthBranch;
            bool isReturn = target.Code.Count == 2 && target.Last.Pseudo == Pseudo.Return && target.Code[0].Pseudo is Pseudo.None
                && block.Frequency >= WorthReturn;
            if (isBranch || isReturn)
            {
                block.Code.RemoveAt(block.Code.Count - 1);
                block.Code.AddRange(target.Code.Select(instruction => instruction.Clone()));
            }
        }
    }
}
