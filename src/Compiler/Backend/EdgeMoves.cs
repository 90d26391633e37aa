// Moves the copies of loop variables to places where they hinder less. The step of a variable often has to wait for a copy
// of its old value at the end of the block, so that the two cannot share a register, as in (previous <- current,
// current <- next). Made before the step instead, the copy frees the old value's register for the new one.

namespace XousCloud.Compiler.Backend;

internal static class EdgeMoves
{
    /// <summary>Runs after a first coalescing, whose result it may improve; live ranges must be found anew.</summary>
    public static void Run(MachineBody body)
    {
        foreach (MachineBlock block in body.Blocks)
        {
            if (block.Last.IsBranch && block.Last.Target != block.Last.Otherwise)
            {
                TakeCommon(block);
            }
        }

        foreach (MachineBlock block in body.Blocks)
        {
            FreeSteps(block);
        }

        RemoveEmpty(body);
    }

    /// <summary>
    /// Makes copies on an edge back into a loop in front of the branch, so that the edge needs no block of its own.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public static bool TakeBack(MachineBody body, LiveRanges live)
    {
        bool any = false;
        foreach (MachineBlock block in body.Blocks)
        {
            if (block.Last.IsBranch && block.Last.Target != block.Last.Otherwise
                && (TakeBack(block, block.Last.Target!, block.Last.Otherwise!, live) || TakeBack(block, block.Last.Otherwise!, block.Last.Target!, live)))
            {
                any = true;
                FreeSteps(block);
            }
        }

        RemoveEmpty(body);
        return any;
    }

    private static void RemoveEmpty(MachineBody body)
    {
        foreach (MachineBlock block in body.Blocks)
        {
            block.Code.RemoveAll(instruction => instruction is { Pseudo: Pseudo.Moves, Moves.Count: 0 });
        }
    }

    /// <summary>Copies that both edges out of a block make are made in front of the branch.</summary>
    private static void TakeCommon(MachineBlock block)
    {
        Instruction branch = block.Last;
        if (MovesInto(branch.Target!) is not { } onTarget || MovesInto(branch.Otherwise!) is not { } onOtherwise)
        {
            return;
        }

        List<Move> common = [.. onTarget.Moves!.Where(move => onOtherwise.Moves!.Contains(move) && !Reads(branch, move.Target.Register)
            && IsFirst(branch.Target!, onTarget, move) && IsFirst(branch.Otherwise!, onOtherwise, move))];
        while (common.RemoveAll(move => IsReadByRest(onTarget, common, move) || IsReadByRest(onOtherwise, common, move)) > 0)
        {
        }

        if (common.Count > 0)
        {
            onTarget.Moves!.RemoveAll(common.Contains);
            onOtherwise.Moves!.RemoveAll(common.Contains);
            InsertBeforeBranch(block, common);
        }
    }

    private static void InsertBeforeBranch(MachineBlock block, List<Move> moves)
    {
        Instruction branch = block.Last;
        block.Code.Insert(block.Code.Count - 1, new Instruction { Pseudo = Pseudo.Moves, Moves = moves, Position = branch.Position });
        branch.Rs1 = CopyOf(branch.Rs1, moves);
        branch.Rs2 = CopyOf(branch.Rs2, moves);
    }

    private static bool TakeBack(MachineBlock block, MachineBlock edge, MachineBlock other, LiveRanges live)
    {
        // The other edge leaves the loop, and the copies may as well be made then.
        if (edge.Predecessors.Count != 1 || edge.Code.Count != 2 || edge.Code[0].Pseudo != Pseudo.Moves || edge.Last.Pseudo != Pseudo.Jump
            || edge.Depth <= other.Depth || edge.Last.Target!.Id > edge.Id)
        {
            return false;
        }

        List<Move> moves = edge.Code[0].Moves!;
        foreach (Move move in moves)
        {
            // Where the source outlives the loop the two would meet, and the copy could never vanish.
            if (Reads(block.Last, move.Target.Register) || live.IsLiveInto(other, move.Target.Register)
                || (move.Source.IsRegister && live.IsLiveInto(other, move.Source.Register)))
            {
                return false;
            }
        }

        InsertBeforeBranch(block, [.. moves]);
        moves.Clear();
        return true;
    }

    /// <summary>The copy has the same content, and the original may end before the branch.</summary>
    private static int CopyOf(int register, List<Move> moves)
    {
        int copy = moves.FindIndex(move => move.Source == Operand.Of(register) && Registers.IsVirtual(move.Target.Register));
        return register == 0 || copy < 0 ? register : moves[copy].Target.Register;
    }

    /// <summary>The first copies in a block that is only reached over one edge.</summary>
    private static Instruction? MovesInto(MachineBlock block) =>
        block.Predecessors.Count == 1 ? block.Code.Find(instruction => instruction.Pseudo == Pseudo.Moves) : null;

    /// <summary>Whether nothing in front of the copies in their block reads or writes what this one touches.</summary>
    private static bool IsFirst(MachineBlock block, Instruction moves, Move move)
    {
        foreach (Instruction earlier in block.Code)
        {
            if (earlier == moves)
            {
                break;
            }

            if (!Registers.IsVirtual(move.Target.Register) || Reads(earlier, move.Target.Register) || Writes(earlier, move.Target.Register)
                || (move.Source.IsRegister && (!Registers.IsVirtual(move.Source.Register) || Writes(earlier, move.Source.Register))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsReadByRest(Instruction moves, List<Move> common, Move move) =>
        moves.Moves!.Exists(other => other.Source == move.Target && !common.Contains(other));

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

        // Between the two places nobody may see the difference.
        for (int i = definition; i < end; i++)
        {
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
