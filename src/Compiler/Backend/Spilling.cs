// Takes registers away from values: constants are made again where they are used, other values live in the frame and
// are loaded and stored around each instruction, in registers that serve this instruction alone.

namespace XousCloud.Compiler.Backend;

internal sealed class Spilling
{
    /// <summary>So many instructions apart two uses of a constant share one register.</summary>
    private const int LocalReach = 12;

    private readonly MachineBody body;
    private readonly Dictionary<int, FrameObject> homes = [];
    private readonly HashSet<int> constants = [];

    /// <summary>For a spilled register the one that holds its value nearby, and the index of the instruction that set it.</summary>
    private readonly Dictionary<int, (int Register, int Set)> nearby = [];

    private Spilling(MachineBody body) => this.body = body;

    public static void Run(MachineBody body, LiveRanges live, List<int> spilled)
    {
        Spilling spilling = new(body);
        spilling.FindHomes(live, spilled);
        foreach (MachineBlock block in body.Blocks)
        {
            spilling.Rewrite(block);
        }

        foreach (int register in spilling.constants)
        {
            body.Constants.Remove(register);
        }
    }

    /// <summary>Values that are never alive at the same time share a place in the frame.</summary>
    private void FindHomes(LiveRanges live, List<int> spilled)
    {
        List<(FrameObject Home, Occupancy Occupied)> shared = [];
        foreach (int register in spilled)
        {
            if (body.Constants.ContainsKey(register))
            {
                constants.Add(register);
                continue;
            }

            List<Segment> range = live.Ranges[register]!;
            int free = shared.FindIndex(home => !home.Occupied.Intersects(range));
            if (free < 0)
            {
                free = shared.Count;
                shared.Add((body.NewFrameObject(FrameArea.Spill, 4, 4), new Occupancy(live.PositionCount)));
            }

            shared[free].Occupied.Add(range);
            homes.Add(register, shared[free].Home);
        }
    }

    private void Rewrite(MachineBlock block)
    {
        List<Instruction> code = new(block.Code.Count);
        nearby.Clear();
        for (int i = 0; i < block.Code.Count; i++)
        {
            Instruction instruction = block.Code[i];
            if (instruction.Rd != 0 && constants.Contains(instruction.Rd))
            {
                continue;
            }

            for (int m = 0; m < (instruction.Moves?.Count ?? 0); m++)
            {
                Move move = instruction.Moves![m];
                instruction.Moves[m] = new Move(InMove(move.Target), InMove(move.Source));
            }

            instruction.Moves?.RemoveAll(move => move.Source == move.Target);
            int rs1 = Read(instruction.Rs1);
            int rs2 = instruction.Rs2 == instruction.Rs1 ? rs1 : Read(instruction.Rs2);
            int rs3 = instruction.Rs3 == instruction.Rs1 ? rs1 : instruction.Rs3 == instruction.Rs2 ? rs2 : Read(instruction.Rs3);
            (instruction.Rs1, instruction.Rs2, instruction.Rs3) = (rs1, rs2, rs3);
            code.Add(instruction);
            instruction.Rd = Written(instruction.Rd);
            instruction.Rd2 = Written(instruction.Rd2);
            if (instruction.Pseudo is Pseudo.Call or Pseudo.EnvironmentCall)
            {
                nearby.Clear();
            }

            int Read(int register) => ReadSpilled(register, i, instruction, code);

            int Written(int register)
            {
                if (!homes.TryGetValue(register, out FrameObject? home))
                {
                    return register;
                }

                int brief = NewBrief();
                code.Add(new Instruction
                {
                    Op = MachineOp.Sw,
                    Rs1 = Registers.Sp,
                    Rs2 = brief,
                    Frame = home,
                    Position = instruction.Position,
                });
                return brief;
            }
        }

        block.Code = code;
    }

    private int ReadSpilled(int register, int index, Instruction user, List<Instruction> code)
    {
        if (homes.TryGetValue(register, out FrameObject? home))
        {
            int brief = NewBrief();
            code.Add(new Instruction { Op = MachineOp.Lw, Rd = brief, Rs1 = Registers.Sp, Frame = home, Position = user.Position });
            return brief;
        }

        if (!constants.Contains(register))
        {
            return register;
        }

        if (nearby.TryGetValue(register, out (int Register, int Set) near) && index - near.Set <= LocalReach)
        {
            return near.Register;
        }

        Instruction definition = body.Constants[register].Clone();
        definition.Position = user.Position;
        if (body.Local.Contains(register))
        {
            definition.Rd = NewBrief();
        }
        else
        {
            definition.Rd = body.NewRegister();
            body.Local.Add(definition.Rd);
            body.Constants.Add(definition.Rd, definition);
            nearby[register] = (definition.Rd, index);
        }

        code.Add(definition);
        return definition.Rd;
    }

    private Operand InMove(Operand operand)
    {
        if (!operand.IsRegister)
        {
            return operand;
        }

        if (homes.TryGetValue(operand.Register, out FrameObject? home))
        {
            return Operand.Content(home);
        }

        if (!constants.Contains(operand.Register))
        {
            return operand;
        }

        Instruction definition = body.Constants[operand.Register];
        return definition.Pseudo switch
        {
            Pseudo.Constant => new Operand(OperandKind.Constant, Imm: definition.Imm),
            Pseudo.Address => new Operand(OperandKind.Address, Imm: definition.Imm, Symbol: definition.Symbol),
            Pseudo.FrameAddress => new Operand(OperandKind.FrameAddress, Imm: definition.Imm, Frame: definition.Frame),
            _ => Operand.Content(definition.Frame!),
        };
    }

    private int NewBrief()
    {
        int register = body.NewRegister();
        body.Brief.Add(register);
        return register;
    }
}
