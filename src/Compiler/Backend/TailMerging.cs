// Blocks that end in the same instructions and go to the same place share one copy of them. A block that ended in a jump
// anyway runs no longer for it; the release of a frame is shared where it is long or rarely reached.

namespace XousCloud.Compiler.Backend;

internal static class TailMerging
{
    private const int Rounds = 8;

    /// <summary>A return that restores so many registers is worth a jump to it.</summary>
    private const int LongRelease = 4;
    private const double Rare = 0.3;

    public static void Run(MachineBody body, FrameLayout frame)
    {
        for (int round = 0; round < Rounds && MergeOnce(body, frame); round++)
        {
        }
    }

    private static bool MergeOnce(MachineBody body, FrameLayout frame)
    {
        bool changed = false;
        Dictionary<MachineBlock, MachineBlock> next = [];
        for (int i = 0; i + 1 < body.Blocks.Count; i++)
        {
            next[body.Blocks[i]] = body.Blocks[i + 1];
        }

        Dictionary<MachineBlock, MachineBlock> shared = [];
        foreach (IGrouping<(MachineBlock?, int), MachineBlock> group in body.Blocks.Where(IsCandidate).GroupBy(Key))
        {
            List<MachineBlock> left = [.. group];
            while (left.Count > 1)
            {
                // The block that needs no jump to the place keeps its instructions, and the others go there.
                MachineBlock first = left.Find(block => block.Last.Target is { } target && next.GetValueOrDefault(block) == target) ?? left[0];
                left.Remove(first);
                List<MachineBlock> same = left.FindAll(block => block.IsCold == first.IsCold && Common(first, block) > 0 && IsWorth(block, frame)
                    && IsFramedAt(first, Common(first, block)) == IsFramedAt(block, Common(first, block)));
                left.RemoveAll(same.Contains);
                if (same.Count > 0)
                {
                    shared[first] = Share(first, same);
                    changed = true;
                }
            }
        }

        if (changed)
        {
            body.Blocks = [.. body.Blocks.SelectMany(block => shared.TryGetValue(block, out MachineBlock? tail) ? [block, tail] : new[] { block })];
        }

        return changed;
    }

    private static bool IsCandidate(MachineBlock block) => block.Last.Pseudo is Pseudo.Jump or Pseudo.Return && block.Code.Count > 1;

    private static (MachineBlock?, int) Key(MachineBlock block)
    {
        Instruction last = block.Code[^2];
        return (block.Last.Target, HashCode.Combine(last.Op, last.Pseudo, last.Rd, last.Rs1, last.Rs2, last.Imm));
    }

    private static bool IsWorth(MachineBlock block, FrameLayout frame) =>
        block.Last.Pseudo == Pseudo.Jump || (block.Code[^2].Pseudo == Pseudo.Leave && (frame.Saved.Count >= LongRelease || block.Frequency < Rare));

    /// <summary>Whether the frame stands when the last instructions of the block begin: so many and the jump.</summary>
    private static bool IsFramedAt(MachineBlock block, int count)
    {
        bool isFramed = block.IsFramed;
        for (int i = 0; i < block.Code.Count - 1 - count; i++)
        {
            isFramed = block.Code[i].Pseudo switch
            {
                Pseudo.Enter => true,
                Pseudo.Leave => false,
                _ => isFramed,
            };
        }

        return isFramed;
    }

    private static MachineBlock Share(MachineBlock first, List<MachineBlock> same)
    {
        int count = same.Min(block => Common(first, block));
        MachineBlock tail = new() { IsCold = first.IsCold, Depth = first.Depth, Frequency = first.Frequency + same.Sum(block => block.Frequency) };
        tail.IsFramed = IsFramedAt(first, count);
        int start = first.Code.Count - 1 - count;
        tail.Code.AddRange(first.Code[start..]);
        foreach (MachineBlock block in same.Append(first))
        {
            block.Code.RemoveRange(block.Code.Count - 1 - count, count + 1);
            block.Code.Add(new Instruction { Pseudo = Pseudo.Jump, Target = tail, Position = tail.Last.Position });
        }

        return tail;
    }

    /// <summary>How many instructions before the last are the same in both.</summary>
    private static int Common(MachineBlock a, MachineBlock b)
    {
        int count = 0;
        while (count + 1 < a.Code.Count && count + 1 < b.Code.Count && IsSame(a.Code[^(count + 2)], b.Code[^(count + 2)]))
        {
            count++;
        }

        return count;
    }

    private static bool IsSame(Instruction a, Instruction b) =>
        a.Op == b.Op && a.Pseudo == b.Pseudo && a.Pseudo is Pseudo.None or Pseudo.Constant or Pseudo.Address or Pseudo.High or Pseudo.FrameAddress or Pseudo.Leave
        && !a.IsBranch && a.Rd == b.Rd && a.Rs1 == b.Rs1 && a.Rs2 == b.Rs2 && a.Imm == b.Imm && a.Part == b.Part && a.Symbol == b.Symbol
        && a.Frame == b.Frame && a.Size == b.Size;
}
