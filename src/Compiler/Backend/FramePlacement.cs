// Puts the frame up where it is first needed, outside of loops, and takes it down behind: paths through a function that
// neither call nor use saved registers, such as early returns, run without it. Copies of arguments into saved registers
// wait for the frame, and what comes before them reads the arguments' own registers.

namespace XousCloud.Compiler.Backend;

internal sealed class FramePlacement
{
    private readonly MachineBody body;
    private readonly HashSet<Instruction> waiting = [];

    private FramePlacement(MachineBody body) => this.body = body;

    /// <summary>Inserts Enter and Leave, and says of every block whether it starts inside the frame.</summary>
    public static void Run(MachineBody body) => new FramePlacement(body).Place();

    private void Place()
    {
        MachineLoops.Analyze(body);
        MachineBlock? start = FrameStart();
        if (start is null)
        {
            return;
        }

        if (start != body.Blocks[0] && !MoveCopies(start))
        {
            waiting.Clear();
            start = body.Blocks[0];
        }

        foreach (MachineBlock block in body.Blocks)
        {
            block.IsFramed = start.Dominates(block) && block != start;
        }

        start.Code.Insert(0, new Instruction { Pseudo = Pseudo.Enter, Position = body.Function.Position });
        Dictionary<MachineBlock, MachineBlock> exits = [];
        Dictionary<MachineBlock, List<MachineBlock>> placed = [];
        foreach (MachineBlock block in Enumerable.Reverse(body.Blocks).Where(start.Dominates))
        {
            if (block.Last.Pseudo is Pseudo.Return or Pseudo.TailCall)
            {
                block.Code.Insert(block.Code.Count - 1, NewLeave(block));
                continue;
            }

            List<MachineBlock> added = [];
            Redirect(block, successor =>
            {
                if (start.Dominates(successor))
                {
                    return successor;
                }

                // One way out for each place outside, behind the last block that takes it.
                if (!exits.TryGetValue(successor, out MachineBlock? exit))
                {
                    exit = NewExit(block, successor);
                    exits.Add(successor, exit);
                    added.Add(exit);
                }

                return exit;
            });
            placed.Add(block, added);
        }

        body.Blocks = [.. body.Blocks.SelectMany(block => placed.TryGetValue(block, out List<MachineBlock>? added) ? [block, .. added] : new[] { block })];
        body.LinkBlocks();
    }

    private static Instruction NewLeave(MachineBlock block) => new() { Pseudo = Pseudo.Leave, Position = block.Last.Position };

    private static MachineBlock NewExit(MachineBlock block, MachineBlock target)
    {
        MachineBlock exit = new() { IsCold = target.IsCold, IsFramed = true, Frequency = Math.Min(block.Frequency, target.Frequency) };
        exit.Code.Add(NewLeave(block));
        exit.Code.Add(new Instruction { Pseudo = Pseudo.Jump, Target = target, Position = block.Last.Position });
        return exit;
    }

    private static void Redirect(MachineBlock block, Func<MachineBlock, MachineBlock> changed)
    {
        Instruction last = block.Last;
        last.Target = last.Target is null ? null : changed(last.Target);
        last.Otherwise = last.Otherwise is null ? null : changed(last.Otherwise);
        for (int i = 0; i < (last.Targets?.Length ?? 0); i++)
        {
            last.Targets![i] = changed(last.Targets[i]);
        }
    }

    /// <summary>The nearest block that dominates all which need the frame and is in no loop, or null if none needs it.</summary>
    private MachineBlock? FrameStart()
    {
        foreach (Instruction instruction in body.Blocks[0].Code)
        {
            if (!IsCopyOfArgument(instruction) && !instruction.IsConstant)
            {
                break;
            }

            if (IsCopyOfArgument(instruction))
            {
                waiting.Add(instruction);
            }
        }

        MachineBlock? start = null;
        foreach (MachineBlock block in body.Blocks)
        {
            if (!block.Code.Exists(NeedsFrame))
            {
                continue;
            }

            start ??= block;
            while (!start.Dominates(block))
            {
                start = start.Dominator!;
            }
        }

        // Copies alone: their registers are read somewhere, at the latest there the frame has to stand.
        while (start is { Depth: > 0, Dominator: { } above })
        {
            start = above;
        }

        return start ?? (waiting.Count > 0 ? body.Blocks[0] : null);
    }

    private static bool IsCopyOfArgument(Instruction instruction) =>
        instruction is { Pseudo: Pseudo.None, Op: MachineOp.Addi, Imm: 0, Part: AddressPart.None, Frame: null }
        && Registers.IsIn(instruction.Rd, Registers.CalleeSaved) && Registers.IsIn(instruction.Rs1, Registers.Arguments);

    private bool NeedsFrame(Instruction instruction)
    {
        if (waiting.Contains(instruction))
        {
            return false;
        }

        // A read of what a waiting copy makes can become one of the argument.
        return instruction.Frame is not null || instruction.NeedsReturnAddressSaved
            || instruction.WrittenRegisters().Any(register => Registers.IsIn(register, Registers.CalleeSaved))
            || instruction.ReadRegisters().Any(register => Registers.IsIn(register, Registers.CalleeSaved) && !waiting.Any(copy => copy.Rd == register));
    }

    /// <summary>Moves the waiting copies behind the start of the frame; false if an argument's register does not last so long.</summary>
    private bool MoveCopies(MachineBlock start)
    {
        List<MachineBlock> before = MachineLoops.ReversePostorder(body).FindAll(block => !start.Dominates(block));
        foreach (Instruction copy in waiting)
        {
            if (!Lasts(copy, before, start))
            {
                return false;
            }
        }

        foreach (MachineBlock block in before)
        {
            block.Code.RemoveAll(waiting.Contains);
            foreach (Instruction instruction in block.Code)
            {
                foreach (Instruction copy in waiting)
                {
                    instruction.Rs1 = instruction.Rs1 == copy.Rd ? copy.Rs1 : instruction.Rs1;
                    instruction.Rs2 = instruction.Rs2 == copy.Rd ? copy.Rs1 : instruction.Rs2;
                    instruction.Rs3 = instruction.Rs3 == copy.Rd ? copy.Rs1 : instruction.Rs3;
                }
            }
        }

        start.Code.InsertRange(0, waiting);
        return true;
    }

    private static bool Lasts(Instruction copy, List<MachineBlock> before, MachineBlock start)
    {
        // Optimistic: everywhere, until a write is found to come before.
        Dictionary<MachineBlock, bool> lastsAfter = before.ToDictionary(block => block, _ => true);
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (MachineBlock block in before)
            {
                bool lasts = LastsInto(block) && !block.Code.Exists(instruction => Overwrites(instruction, copy.Rs1));
                changed |= lastsAfter[block] != lasts;
                lastsAfter[block] = lasts;
            }
        }

        foreach (MachineBlock block in before)
        {
            bool lasts = LastsInto(block);
            foreach (Instruction instruction in block.Code)
            {
                if (!lasts && instruction.ReadRegisters().Contains(copy.Rd))
                {
                    return false;
                }

                if (instruction != copy && instruction.WrittenRegisters().Contains(copy.Rd))
                {
                    return false;
                }

                lasts &= !Overwrites(instruction, copy.Rs1);
            }
        }

        return LastsInto(start);

        // Inside of the frame the argument's register may hold anything.
        bool LastsInto(MachineBlock block) => block.Predecessors.TrueForAll(lastsAfter.GetValueOrDefault);
    }

    private static bool Overwrites(Instruction instruction, int register) =>
        instruction.WrittenRegisters().Contains(register) || Registers.IsIn(register, instruction.Writes);
}
