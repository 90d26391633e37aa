// Instruction selection: the blocks in postorder and each from its end, so that a value is only computed if somebody
// still needs it in a register after its users folded what they could into their own instructions.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

internal sealed partial class Selection
{
    /// <summary>Slots of that many bytes together may not all be in reach of sp's displacements.</summary>
    private const int NearSlotBytes = 1024;
    private const int MaximalArgumentWords = 256;
    private const long MaximalSlotBytes = 1 << 20;

    private readonly Function function;
    private readonly MachineBody body;
    private readonly MachineBlock[] machineBlocks;
    private readonly List<MachineBlock>[] extraBlocks;

    /// <summary>By value number.</summary>
    private readonly bool[] live;
    private readonly bool[] needed;
    private readonly int[] useCounts;
    private readonly int[] registers;

    /// <summary>By block number.</summary>
    private readonly bool[] isInLoop;

    /// <summary>Additions of a constant whose users all take it into their displacements.</summary>
    private readonly bool[] foldsIntoAddresses;
    private readonly Dictionary<Slot, FrameObject> slots = [];
    private readonly List<FrameObject> incoming = [];
    private FrameObject? outgoing;
    private Block current;
    private SourcePosition? position;

    /// <summary>The instructions of the value in hand, in order.</summary>
    private List<Instruction> output = [];

    private Selection(Function function)
    {
        this.function = function;
        current = function.Entry;
        body = new MachineBody(function);
        int count = function.Number();
        live = new bool[count];
        needed = new bool[count];
        useCounts = new int[count];
        registers = new int[count];
        isInLoop = new bool[function.Blocks.Count];
        foldsIntoAddresses = new bool[count];
        machineBlocks = new MachineBlock[function.Blocks.Count];
        extraBlocks = new List<MachineBlock>[function.Blocks.Count];
    }

    /// <summary>Translates the function, whose blocks must all end in a terminator.</summary>
    public static MachineBody Select(Function function)
    {
        Selection selection = new(function);
        selection.Run();
        return selection.body;
    }

    private void Run()
    {
        if (function.ParameterWords > MaximalArgumentWords)
        {
            throw new CompileErrorException(
                DiagnosticCode.Limit, $"{function.Name} takes more than {MaximalArgumentWords} words of arguments.", function.Position);
        }

        List<Block> order = Postorder();
        foreach (Block block in order)
        {
            machineBlocks[block.Id] = new MachineBlock { IsCold = block.IsCold };
            extraBlocks[block.Id] = [];
        }

        MarkLive(order);
        FindAddressAdditions(order);
        SurveyAddresses(order);
        foreach (Block block in order)
        {
            SelectBlock(block);
        }

        if (function.Entry.Predecessors.Count > 0)
        {
            MachineBlock entry = new();
            body.Blocks.Add(entry);
            ReceiveParameters(entry);
            entry.Code.Add(new Instruction { Pseudo = Pseudo.Jump, Target = machineBlocks[function.Entry.Id] });
        }

        foreach (Block block in function.Blocks)
        {
            if (machineBlocks[block.Id] is { } machine)
            {
                body.Blocks.Add(machine);
                body.Blocks.AddRange(extraBlocks[block.Id]);
            }
        }
    }

    private List<Block> Postorder()
    {
        List<Block> order = new(function.Blocks.Count);
        bool[] visited = new bool[function.Blocks.Count];
        bool[] onPath = new bool[function.Blocks.Count];
        List<(Block Latch, Block Header)> backEdges = [];
        Stack<(Block Block, int Next)> path = new();
        visited[function.Entry.Id] = true;
        path.Push((function.Entry, 0));
        while (path.TryPop(out (Block Block, int Next) top))
        {
            onPath[top.Block.Id] = top.Next < top.Block.Successors.Count;
            if (top.Next == top.Block.Successors.Count)
            {
                order.Add(top.Block);
                continue;
            }

            path.Push((top.Block, top.Next + 1));
            Block successor = top.Block.Successors[top.Next];
            if (onPath[successor.Id])
            {
                backEdges.Add((top.Block, successor));
            }

            if (!visited[successor.Id])
            {
                visited[successor.Id] = true;
                path.Push((successor, 0));
            }
        }

        MarkLoops(backEdges);
        return order;
    }

    private void MarkLoops(List<(Block Latch, Block Header)> backEdges)
    {
        Stack<Block> work = new();
        HashSet<Block> seen = [];
        foreach (IGrouping<Block, (Block Latch, Block Header)> loop in backEdges.GroupBy(edge => edge.Header))
        {
            seen.Clear();
            seen.Add(loop.Key);
            isInLoop[loop.Key.Id] = true;
            foreach ((Block latch, _) in loop)
            {
                work.Push(latch);
            }

            while (work.TryPop(out Block? block))
            {
                if (seen.Add(block))
                {
                    isInLoop[block.Id] = true;
                    foreach (Block predecessor in block.Predecessors)
                    {
                        work.Push(predecessor);
                    }
                }
            }
        }
    }

    private void MarkLive(List<Block> order)
    {
        Stack<Value> work = new();
        foreach (Block block in order)
        {
            foreach (Value value in block.Body)
            {
                if (value.HasEffect)
                {
                    work.Push(value);
                }
            }

            work.Push(block.Terminator!);
        }

        while (work.TryPop(out Value? value))
        {
            if (live[value.Id])
            {
                continue;
            }

            live[value.Id] = true;
            for (int i = 0; i < value.Inputs.Length; i++)
            {
                // Nothing comes over an edge from a block that is never reached.
                if (value.Op == Op.Phi && machineBlocks[value.Block!.Predecessors[i].Id] is null)
                {
                    continue;
                }

                Value input = value.Inputs[i];
                useCounts[input.Id]++;
                if (!input.IsLeaf)
                {
                    work.Push(input);
                }
            }
        }
    }

    private void FindAddressAdditions(List<Block> order)
    {
        foreach (Block block in order)
        {
            foreach (Value value in block.Body)
            {
                if (live[value.Id] && value.Op == Op.Add && value.Inputs[1].IsConst)
                {
                    foldsIntoAddresses[value.Id] = true;
                }
            }
        }

        foreach (Block block in order)
        {
            foreach (Value value in block.All())
            {
                if (!live[value.Id])
                {
                    continue;
                }

                for (int i = 0; i < value.Inputs.Length; i++)
                {
                    Value input = value.Inputs[i];
                    if (!input.IsLeaf && foldsIntoAddresses[input.Id])
                    {
                        bool isAddress = (i == 0 && value.Op is Op.Load or Op.Store or Op.CopyMemory or Op.ClearMemory)
                            || (i == 1 && value.Op == Op.CopyMemory);
                        foldsIntoAddresses[input.Id] = isAddress && FitsImmediate((long)input.Inputs[1].Imm + value.Imm);
                    }
                }
            }
        }
    }

    private void SelectBlock(Block block)
    {
        current = block;
        MachineBlock machine = machineBlocks[block.Id];
        List<Instruction> reversed = [];
        List<Value> values = Ordered(block);
        int end = values.Count;
        position = block.Terminator!.Position;
        if (TailCalled(block, values) is { } tail)
        {
            position = values[tail].Position ?? position;
            SelectTailCall(values[tail]);
            end = tail;
        }
        else
        {
            SelectTerminator(machine, block.Terminator);
        }

        Flush(reversed);
        for (int i = end - 1; i >= 0; i--)
        {
            Value value = values[i];
            if (live[value.Id] && (value.HasEffect || needed[value.Id]) && value.Op is not (Op.Parameter or Op.Result))
            {
                position = value.Position;
                SelectValue(value, values, i);
                Flush(reversed);
            }
        }

        position = block.Body.Count > 0 ? block.Body[0].Position : block.Terminator.Position;
        if (block.Predecessors.Count == 1 && MovesOver(block, 0) is { } moves)
        {
            output.Add(moves);
            Flush(reversed);
        }

        reversed.Reverse();
        if (block == function.Entry && block.Predecessors.Count == 0)
        {
            ReceiveParameters(machine);
        }

        machine.Code.AddRange(reversed);
    }

    private void Flush(List<Instruction> reversed)
    {
        for (int i = output.Count - 1; i >= 0; i--)
        {
            reversed.Add(output[i]);
        }

        output.Clear();
    }

    /// <summary>
    /// The block's values, with every step of a loop variable moved down to where it is first needed: the new value then
    /// does not live beside the old one, and both can share a register.
    /// </summary>
    private List<Value> Ordered(Block block)
    {
        HashSet<Value>? steps = null;
        foreach (Block successor in block.Successors)
        {
            foreach (Value phi in successor.Phis)
            {
                for (int i = 0; i < phi.Inputs.Length; i++)
                {
                    Value step = phi.Inputs[i];
                    if (step.Block == block && step.IsPure && step.Inputs.Contains(phi) && successor.Predecessors[i] == block)
                    {
                        (steps ??= []).Add(step);
                    }
                }
            }
        }

        if (steps is null)
        {
            return block.Body;
        }

        List<Value> order = new(block.Body.Count);
        HashSet<Value> waiting = [];
        Stack<Value> path = new();
        foreach (Value value in block.Body)
        {
            if (steps.Contains(value))
            {
                waiting.Add(value);
                continue;
            }

            Place(value);
        }

        foreach (Value value in block.Body)
        {
            if (waiting.Contains(value))
            {
                Place(value);
            }
        }

        return order;

        // A step may need another, which then comes first; there is one level of recursion for each, so the path is kept.
        void Place(Value value)
        {
            path.Push(value);
            while (path.TryPeek(out Value? top))
            {
                Value? before = waiting.Count == 0 ? null : top.Inputs.FirstOrDefault(input => input != top && waiting.Contains(input));
                if (before is not null && waiting.Remove(before))
                {
                    path.Push(before);
                    continue;
                }

                waiting.Remove(top);
                order.Add(path.Pop());
            }
        }
    }

    private void ReceiveParameters(MachineBlock entry)
    {
        List<Move> moves = [];
        foreach (Value value in function.Entry.Phis.Concat(function.Entry.Body))
        {
            if (value.Op != Op.Parameter || !needed[value.Id])
            {
                continue;
            }

            int register = registers[value.Id];
            if (value.Imm < Registers.ArgumentCount)
            {
                moves.Add(new Move(Operand.Of(register), Operand.Of(Registers.A0 + value.Imm)));
            }
            else
            {
                FrameObject argument = body.NewFrameObject(FrameArea.Incoming, 4 * (value.Imm - Registers.ArgumentCount), 4);
                Instruction load = new() { Op = MachineOp.Lw, Rd = register, Rs1 = Registers.Sp, Frame = argument, Position = function.Position };
                body.Constants[register] = load;
            }
        }

        if (moves.Count > 0)
        {
            entry.Code.Add(new Instruction { Pseudo = Pseudo.Moves, Moves = moves, Position = function.Position });
        }
    }

    /// <summary>The copies that the phis of a block make on edge number <paramref name="index"/> into it, or null for none.</summary>
    private Instruction? MovesOver(Block target, int index)
    {
        List<Move>? moves = null;
        foreach (Value phi in target.Phis)
        {
            if (phi.Op != Op.Phi || !live[phi.Id])
            {
                continue;
            }

            Value input = phi.Inputs[index];
            if (input != phi && input.Op != Op.Undefined)
            {
                (moves ??= []).Add(new Move(Operand.Of(Register(phi)), Source(input)));
            }
        }

        return moves is null ? null : new Instruction { Pseudo = Pseudo.Moves, Moves = moves, Position = position };
    }

    /// <summary>The value as the source of a move: leaves need no register for that.</summary>
    private Operand Source(Value value)
    {
        switch (value.Op)
        {
            case Op.Const:
                return new Operand(OperandKind.Constant, Imm: value.Imm);
            case Op.SymbolAddress:
                return new Operand(OperandKind.Address, Imm: value.Imm, Symbol: value.Symbol);
            case Op.SlotAddress:
                return new Operand(OperandKind.FrameAddress, Imm: value.Imm, Frame: FrameOf(value.Slot!));
            default:
                return Operand.Of(Register(value));
        }
    }

    /// <summary>The register that holds the value; from now on it has to be computed.</summary>
    private int Register(Value value)
    {
        switch (value.Op)
        {
            case Op.Undefined:
                return Registers.Zero;
            case Op.Const:
                return ConstantRegister(value.Imm);
            case Op.SymbolAddress:
                return LeafRegister(new Instruction { Pseudo = Pseudo.Address, Symbol = value.Symbol, Imm = value.Imm }, value.Symbol);
            case Op.SlotAddress:
                FrameObject slot = FrameOf(value.Slot!);
                return LeafRegister(new Instruction { Pseudo = Pseudo.FrameAddress, Frame = slot, Imm = value.Imm }, slot);
            default:
                needed[value.Id] = true;
                return Result(value);
        }
    }

    private int Result(Value value)
    {
        ref int register = ref registers[value.Id];
        if (register == 0)
        {
            register = body.NewRegister();
        }

        return register;
    }

    private int ConstantRegister(int number) =>
        number == 0 ? Registers.Zero : LeafRegister(new Instruction { Pseudo = Pseudo.Constant, Imm = number }, null);

    private int LeafRegister(Instruction definition, object? named)
    {
        definition.Position = position;
        return body.ConstantRegister(definition, named);
    }

    private FrameObject FrameOf(Slot slot)
    {
        if (!slots.TryGetValue(slot, out FrameObject? frame))
        {
            frame = body.NewFrameObject(FrameArea.Slot, slot.Size, Math.Max(slot.Alignment, 1));
            slots.Add(slot, frame);
        }

        return frame;
    }

    private static bool FitsImmediate(long number) => number is >= -2048 and <= 2047;

    /// <summary>Whether one instruction makes the constant.</summary>
    private static bool IsCheap(int number) => FitsImmediate(number) || (number & 0xFFF) == 0;

    private bool IsInLoop => isInLoop[current.Id];

    private bool IsUsedOnce(Value value) => useCounts[value.Id] == 1;

    private void Add(MachineOp op, int rd, int rs1, int rs2) =>
        output.Add(new Instruction { Op = op, Rd = rd, Rs1 = rs1, Rs2 = rs2, Position = position });

    private void AddImmediate(MachineOp op, int rd, int rs1, int imm) =>
        output.Add(new Instruction { Op = op, Rd = rd, Rs1 = rs1, Imm = imm, Position = position });

    private void AddMoves(List<Move> moves)
    {
        if (moves.Count > 0)
        {
            output.Add(new Instruction { Pseudo = Pseudo.Moves, Moves = moves, Position = position });
        }
    }

    private void Copy(int target, int source) => AddMoves([new Move(Operand.Of(target), Operand.Of(source))]);
}
