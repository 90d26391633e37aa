// Moves the copies of loop variables to places where they hinder less. The step of a variable often has to wait for a copy
// of its old value at the end of the block, so that the two cannot share a register, as in (previous <- current,
// current <- next). Made before the step instead, the copy frees the old value's register for the new one.

namespace XousCloud.Compiler.Backend;

internal static class EdgeMoves
{
    /// <summary>Runs after a first coalescing, whose result it may improve; live ranges must be found anew.</summary>
    public static void Run(MachineBody body, LiveRanges live)
    {
        foreach (MachineBlock block in body.Blocks)
        {
            if (block.Last.IsBranch)
            {
                TakeFromEdges(block, live);
            }
        }

        foreach (MachineBlock block in body.Blocks)
        {
            FreeSteps(block);
            block.Code.RemoveAll(instruction => instruction is { Pseudo: Pseudo.Moves, Moves.Count: 0 });
        }
    }

    /// <summary>
    /// Copies that all edges out of a block make, and those of an edge back into a loop, are made in front of the branch.
    /// </summary>
    private static void TakeFromEdges(MachineBlock block, LiveRanges live)
    {
        Instruction branch = block.Last;
        MachineBlock target = branch.Target!;
        MachineBlock otherwise = branch.Otherwise!;
        if (target == otherwise)
        {
            return;
        }

        List<Move>? onTarget = MovesInto(target);
        List<Move>? onOtherwise = MovesInto(otherwise);
        List<Move> common = [];
        if (onTarget is not null && onOtherwise is not null)
        {
            common = [.. onTarget.Where(move => onOtherwise.Contains(move) && !Reads(branch, move.Target.Register))];
            while (common.RemoveAll(move => IsReadByRest(onTarget, common, move) || IsReadByRest(onOtherwise, common, move)) > 0)
            {
            }
        }

        if (common.Count > 0)
        {
            onTarget!.RemoveAll(common.Contains);
            onOtherwise!.RemoveAll(common.Contains);
        }

        TakeBack(block, target, otherwise, onTarget, common, live);
        TakeBack(block, otherwise, target, onOtherwise, common, live);
        if (common.Count > 0)
        {
            block.Code.Insert(block.Code.Count - 1, new Instruction { Pseudo = Pseudo.Moves, Moves = common, Position = branch.Position });
        }
    }

    /// <summary>An edge that stays in a loop the other leaves; its copies may as well be made when the loop is left.</summary>
    private static void TakeBack(
        MachineBlock block, MachineBlock edge, MachineBlock other, List<Move>? moves, List<Move> taken, LiveRanges live)
    {
        if (moves is null or [] || edge.Code.Count != 2 || edge.Last.Pseudo != Pseudo.Jump || edge.Depth <= other.Depth
            || edge.Last.Target!.Id > edge.Id)
        {
            return;
        }

        foreach (Move move in moves)
        {
            // Where the source outlives the loop the two would meet, and the copy could never vanish.
            if (Reads(block.Last, move.Target.Register) || live.IsLiveInto(other, move.Target.Register)
                || (move.Source.IsRegister && live.IsLiveInto(other, move.Source.Register))
                || (MovesInto(other) is { } others && others.Exists(copy => copy.Target == move.Target || copy.Source == move.Target))
                || taken.Exists(copy => copy.Target == move.Source || copy.Source == move.Target))
            {
                return;
            }
        }

        taken.AddRange(moves);
        moves.Clear();
    }

    private static List<Move>? MovesInto(MachineBlock block) =>
        block.Predecessors.Count == 1 && block.Code[0].Pseudo == Pseudo.Moves ? block.Code[0].Moves : null;

    private static bool IsReadByRest(List<Move> moves, List<Move> common, Move move) =>
        moves.Exists(other => other.Source == move.Target && !common.Contains(other));

    private static bool Reads(Instruction instruction, int register) =>
        instruction.Rs1 == register || instruction.Rs2 == register || instruction.Rs3 == register
        || (instruction.Moves?.Exists(move => move.Source.IsRegister && move.Source.Register == register) ?? false);

    private static bool Writes(Instruction instruction, int register) =>
        instruction.Rd == register || instruction.Rd2 == register
        || (instruction.Moves?.Exists(move => move.Target.IsRegister && move.Target.Register == register) ?? false);

    /// <summary>Makes copies of old values in front of the instructions that compute the new ones.</summary>
    private static void FreeSteps(MachineBlock block)
    {
        int at = block.Code.Count - 2;
        if (at < 1 || block.Code[at].Pseudo != Pseudo.Moves)
        {
            return;
        }

        List<Move> moves = block.Code[at].Moves!;
        foreach (Move step in moves.ToArray())
        {
            int old = step.Target.Register;
            if (!step.Source.IsRegister || !Registers.IsVirtual(old) || !moves.Contains(step)
                || !moves.Exists(move => move.Source == step.Target))
            {
                continue;
            }

            at = block.Code.FindIndex(instruction => instruction.Moves == moves);
            int definition = at - 1;
            while (definition >= 0 && !Writes(block.Code[definition], step.Source.Register))
            {
                definition--;
            }

            if (definition < 0 || block.Code[definition].Pseudo == Pseudo.Moves || Closure(block, moves, step, definition, at) is not { } early)
            {
                continue;
            }

            moves.RemoveAll(early.Contains);
            block.Code.Insert(definition, new Instruction { Pseudo = Pseudo.Moves, Moves = early, Position = block.Code[definition].Position });
        }
    }

    /// <summary>The copies that read the step's old value, and those that must not come after them; null if they cannot come early.</summary>
    private static List<Move>? Closure(MachineBlock block, List<Move> moves, Move step, int definition, int end)
    {
        List<Move> early = [];
        Stack<Operand> overwritten = new([step.Target]);
        while (overwritten.TryPop(out Operand content))
        {
            foreach (Move move in moves)
            {
                if (move.Source == content && !early.Contains(move))
                {
                    if (move == step)
                    {
                        return null;
                    }

                    early.Add(move);
                    overwritten.Push(move.Target);
                }
            }
        }

        // Between the two places nobody may see the difference, up to and with the branch.
        for (int i = definition; i < block.Code.Count; i++)
        {
            if (i == end)
            {
                continue;
            }

            Instruction instruction = block.Code[i];
            if (i > definition && Reads(instruction, step.Target.Register))
            {
                return null;
            }

            foreach (Move move in early)
            {
                if (Reads(instruction, move.Target.Register) || Writes(instruction, move.Target.Register)
                    || Writes(instruction, move.Source.Register) || Registers.IsVirtual(move.Target.Register) is false)
                {
                    return null;
                }
            }
        }

        return early;
    }
}
