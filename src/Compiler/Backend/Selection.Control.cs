// Selection of what ends a block, of calls, and of the copies on the edges into phis.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

internal sealed partial class Selection
{
    /// <summary>From that many runs of equal cases on a table is as short as a tree of comparisons, and faster.</summary>
    private const int TableRuns = 9;

    /// <summary>A table may have that many entries for each run of equal cases.</summary>
    private const int TableEntriesPerRun = 4;

    private bool? slotsEscape;
    private int tableCount;

    private readonly record struct CaseRun(uint First, MachineBlock Target);

    private void SelectTerminator(MachineBlock machine, Value terminator)
    {
        switch (terminator.Op)
        {
            case Op.Jump:
                Block target = current.Successors[0];
                if (target.Predecessors.Count > 1 && MovesOver(target, IncomingIndex(0)) is { } moves)
                {
                    output.Add(moves);
                }

                output.Add(new Instruction { Pseudo = Pseudo.Jump, Target = machineBlocks[target.Id], Position = position });
                break;
            case Op.Branch:
                Instruction branch = Compare(terminator.Condition, terminator.Inputs[0], terminator.Inputs[1]);
                branch.Target = Edge(0);
                branch.Otherwise = Edge(1);
                output.Add(branch);
                break;
            case Op.Switch:
                SelectSwitch(machine, terminator);
                break;
            case Op.Return:
                SelectReturn(terminator);
                break;
            case Op.Panic:
                output.Add(new Instruction { Pseudo = Pseudo.PanicCall, Panic = terminator.Panic, Position = position });
                break;
            default:
                output.Add(new Instruction { Pseudo = Pseudo.Unreachable, Position = position });
                break;
        }
    }

    private void SelectReturn(Value terminator)
    {
        List<Move> moves = [];
        uint reads = 0;
        for (int i = 0; i < terminator.Inputs.Length; i++)
        {
            reads |= 1u << (Registers.A0 + i);
            if (terminator.Inputs[i].Op != Op.Undefined)
            {
                moves.Add(new Move(Operand.Of(Registers.A0 + i), Source(terminator.Inputs[i])));
            }
        }

        AddMoves(moves);
        output.Add(new Instruction { Pseudo = Pseudo.Return, Reads = reads, Position = position });
    }

    /// <summary>Where edge number <paramref name="index"/> of the current block stands among its target's predecessors.</summary>
    private int IncomingIndex(int index)
    {
        Block target = current.Successors[index];
        int earlier = 0;
        for (int i = 0; i < index; i++)
        {
            earlier += current.Successors[i] == target ? 1 : 0;
        }

        for (int i = 0; i < target.Predecessors.Count; i++)
        {
            if (target.Predecessors[i] == current && earlier-- == 0)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"{function.Name}: an edge from {current} to {target} is one-sided.");
    }

    /// <summary>The block that an edge leads to: its target, or a block of its own for the copies to the target's phis.</summary>
    private MachineBlock Edge(int index)
    {
        Block target = current.Successors[index];
        MachineBlock machine = machineBlocks[target.Id];
        if (target.Phis.Count == 0 || target.Predecessors.Count == 1 || MovesOver(target, IncomingIndex(index)) is not { } moves)
        {
            return machine;
        }

        MachineBlock edge = new() { IsCold = current.IsCold || target.IsCold };
        edge.Code.Add(moves);
        edge.Code.Add(new Instruction { Pseudo = Pseudo.Jump, Target = machine, Position = position });
        extraBlocks[current.Id].Add(edge);
        return edge;
    }

    private void SelectSwitch(MachineBlock machine, Value terminator)
    {
        Value selector = terminator.Inputs[0];
        List<CaseRun> runs = Runs();
        uint cases = (uint)current.Successors.Count - 1;
        if (runs.Count >= TableRuns && cases <= (uint)runs.Count * TableEntriesPerRun)
        {
            SelectTable(machine, selector, cases);
        }
        else
        {
            SelectTree(machine, Register(selector), runs);
        }
    }

    /// <summary>The numbers from 0 to the last in runs that lead to the same block, ascending.</summary>
    private List<CaseRun> Runs()
    {
        List<CaseRun> runs = [];
        Dictionary<Block, (int Index, MachineBlock Edge)> edges = [];
        int last = current.Successors.Count - 1;
        for (int i = 0; i <= last; i++)
        {
            Block target = current.Successors[i];
            if (i == last && i > 0 && IsUnreachable(target))
            {
                break;
            }

            if (!edges.TryGetValue(target, out (int Index, MachineBlock Edge) edge) || !SameInputs(target, IncomingIndex(edge.Index), IncomingIndex(i)))
            {
                edge = (i, Edge(i));
                edges[target] = edge;
            }

            if (runs.Count == 0 || runs[^1].Target != edge.Edge)
            {
                runs.Add(new CaseRun((uint)i, edge.Edge));
            }
        }

        return runs;
    }

    private static bool IsUnreachable(Block block) => block.Body.Count == 0 && block.Terminator!.Op == Op.Unreachable;

    private static bool SameInputs(Block target, int a, int b)
    {
        foreach (Value phi in target.Phis)
        {
            Value one = phi.Inputs[a];
            Value other = phi.Inputs[b];
            if (one != other && !one.SameLeaf(other))
            {
                return false;
            }
        }

        return true;
    }

    private void SelectTable(MachineBlock machine, Value selector, uint cases)
    {
        MachineBlock[] targets = new MachineBlock[cases];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = Edge(i);
        }

        MachineBlock lookup = machine;
        int index = Register(selector);
        if (!IsUnreachable(current.Successors[^1]))
        {
            lookup = new MachineBlock { IsCold = current.IsCold };
            output.Add(new Instruction
            {
                Op = MachineOp.Bgeu,
                Rs1 = index,
                Rs2 = ConstantRegister((int)cases),
                Target = Edge((int)cases),
                Otherwise = lookup,
                Position = position,
            });
            extraBlocks[current.Id].Insert(0, lookup);
        }

        DataSymbol table = new($"{function.Name}.switch{tableCount++}", 4 * targets.Length, 4) { IsReadOnly = true };
        int start = LeafRegister(new Instruction { Pseudo = Pseudo.Address, Symbol = table }, table);
        int offset = body.NewRegister();
        List<Instruction> code = lookup == machine ? output : lookup.Code;
        code.Add(new Instruction { Op = MachineOp.Slli, Rd = offset, Rs1 = index, Imm = 2, Position = position });
        code.Add(new Instruction
        {
            Pseudo = Pseudo.TableJump,
            Rd = body.NewRegister(),
            Rs1 = offset,
            Rs2 = start,
            Targets = targets,
            Symbol = table,
            Position = position,
        });
    }

    /// <summary>A balanced tree of comparisons.</summary>
    private void SelectTree(MachineBlock machine, int selector, List<CaseRun> runs)
    {
        List<MachineBlock> nodes = [];
        Stack<(MachineBlock Node, int First, int Last)> work = new();
        work.Push((machine, 0, runs.Count - 1));
        while (work.TryPop(out (MachineBlock Node, int First, int Last) part))
        {
            List<Instruction> code = part.Node == machine ? output : part.Node.Code;
            int count = part.Last - part.First + 1;
            CaseRun first = runs[part.First];
            if (count == 1)
            {
                code.Add(new Instruction { Pseudo = Pseudo.Jump, Target = first.Target, Position = position });
                continue;
            }

            // One number among others with one target, or the first of two runs being one number: a test for equality.
            CaseRun second = runs[part.First + 1];
            if (count == 3 && runs[part.Last].Target == first.Target && runs[part.Last].First == second.First + 1)
            {
                code.Add(Test(MachineOp.Beq, second.First, second.Target, first.Target));
            }
            else if (count == 2 && second.First == first.First + 1)
            {
                code.Add(Test(MachineOp.Beq, first.First, first.Target, second.Target));
            }
            else if (count == 2)
            {
                code.Add(Test(MachineOp.Bltu, second.First, first.Target, second.Target));
            }
            else if (count == 3 && second.First == first.First + 1)
            {
                MachineBlock rest = NewNode(part.First + 1, part.Last);
                code.Add(Test(MachineOp.Beq, first.First, first.Target, rest));
            }
            else
            {
                int middle = part.First + (count / 2);
                MachineBlock below = count / 2 == 1 ? runs[part.First].Target : NewNode(part.First, middle - 1);
                MachineBlock above = NewNode(middle, part.Last);
                code.Add(Test(MachineOp.Bltu, runs[middle].First, below, above));
            }
        }

        extraBlocks[current.Id].InsertRange(0, nodes);

        MachineBlock NewNode(int first, int last)
        {
            MachineBlock node = new() { IsCold = current.IsCold };
            nodes.Add(node);
            work.Push((node, first, last));
            return node;
        }

        Instruction Test(MachineOp op, uint bound, MachineBlock target, MachineBlock otherwise) => new()
        {
            Op = op,
            Rs1 = selector,
            Rs2 = ConstantRegister((int)bound),
            Target = target,
            Otherwise = otherwise,
            Position = position,
        };
    }

    private void SelectCall(Value value, List<Value> values, int index)
    {
        bool isIndirect = value.Op == Op.CallIndirect;
        ReadOnlySpan<Value> arguments = value.Inputs.AsSpan(isIndirect ? 1 : 0);
        if (arguments.Length > MaximalArgumentWords)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"A call passes more than {MaximalArgumentWords} words of arguments.", value.Position);
        }

        int target = isIndirect ? Register(value.Inputs[0]) : Registers.Zero;
        for (int i = Registers.ArgumentCount; i < arguments.Length; i++)
        {
            output.Add(new Instruction
            {
                Op = MachineOp.Sw,
                Rs1 = Registers.Sp,
                Rs2 = Register(arguments[i]),
                Imm = 4 * (i - Registers.ArgumentCount),
                Frame = Outgoing(arguments.Length - Registers.ArgumentCount),
                Position = position,
            });
        }

        uint reads = PassArguments(arguments, Registers.ArgumentCount);
        output.Add(new Instruction
        {
            Pseudo = Pseudo.Call,
            Symbol = value.Symbol,
            Rs1 = target,
            Reads = reads,
            Writes = Registers.CallerSaved | (1u << Registers.Ra),
            Position = position,
        });
        TakeResults(value, values, index);
    }

    private void SelectEnvironmentCall(Value value, List<Value> values, int index)
    {
        uint reads = PassArguments(value.Inputs, Registers.ArgumentCount);
        output.Add(new Instruction { Pseudo = Pseudo.EnvironmentCall, Reads = reads, Writes = Registers.Arguments, Position = position });
        TakeResults(value, values, index);
    }

    private uint PassArguments(ReadOnlySpan<Value> arguments, int limit)
    {
        List<Move> moves = [];
        uint reads = 0;
        for (int i = 0; i < Math.Min(arguments.Length, limit); i++)
        {
            if (arguments[i].Op != Op.Undefined)
            {
                reads |= 1u << (Registers.A0 + i);
                moves.Add(new Move(Operand.Of(Registers.A0 + i), Source(arguments[i])));
            }
        }

        AddMoves(moves);
        return reads;
    }

    private void TakeResults(Value call, List<Value> values, int index)
    {
        List<Move> moves = [];
        if (needed[call.Id])
        {
            moves.Add(new Move(Operand.Of(Result(call)), Operand.Of(Registers.A0)));
        }

        for (int i = index + 1; i < values.Count && values[i].Op == Op.Result && values[i].Inputs[0] == call; i++)
        {
            if (needed[values[i].Id])
            {
                moves.Add(new Move(Operand.Of(Result(values[i])), Operand.Of(Registers.A0 + values[i].Imm)));
            }
        }

        AddMoves(moves);
    }

    private FrameObject Outgoing(int words)
    {
        if (outgoing is null || outgoing.Size < 4 * words)
        {
            // Objects of this area all lie at sp, so the largest one makes the room.
            outgoing = body.NewFrameObject(FrameArea.Outgoing, 4 * words, 4);
        }

        return outgoing;
    }

    /// <summary>The index of a call whose results the block returns as they are, from a frame that nobody else can know.</summary>
    private int? TailCalled(Block block, List<Value> values)
    {
        Value end = block.Terminator!;
        if (end.Op != Op.Return)
        {
            return null;
        }

        int at = values.Count - 1;
        while (at >= 0 && (values[at].Op == Op.Result || !values[at].HasEffect))
        {
            at--;
        }

        if (at < 0 || values[at].Op is not (Op.Call or Op.CallIndirect))
        {
            return null;
        }

        Value call = values[at];
        for (int i = 0; i < end.Inputs.Length; i++)
        {
            Value result = end.Inputs[i];
            if (!(i == 0 ? result == call : result.Op == Op.Result && result.Inputs[0] == call && result.Imm == i))
            {
                return null;
            }
        }

        int words = call.Inputs.Length - (call.Op == Op.CallIndirect ? 1 : 0);
        bool returns = (call.Symbol as FunctionSymbol)?.NeverReturns != true;
        return words <= Registers.ArgumentCount && returns && !SlotsEscape() ? at : null;
    }

    private bool SlotsEscape()
    {
        slotsEscape ??= function.Blocks.Any(block => block.All().Any(value => EscapesFrom(value)));
        return slotsEscape.Value;

        bool EscapesFrom(Value value)
        {
            for (int i = 0; i < value.Inputs.Length; i++)
            {
                bool isAddress = (i == 0 && value.Op is Op.Load or Op.Store or Op.CopyMemory or Op.ClearMemory)
                    || (i == 1 && value.Op == Op.CopyMemory);
                if (value.Inputs[i].Op == Op.SlotAddress && live[value.Id] && !isAddress)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private void SelectTailCall(Value call)
    {
        bool isIndirect = call.Op == Op.CallIndirect;
        ReadOnlySpan<Value> arguments = call.Inputs.AsSpan(isIndirect ? 1 : 0);
        List<Move> moves = [];
        uint reads = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Op != Op.Undefined)
            {
                reads |= 1u << (Registers.A0 + i);
                moves.Add(new Move(Operand.Of(Registers.A0 + i), Source(arguments[i])));
            }
        }

        // The target must outlive the restoring of the callee-saved registers, and t0 the release of a large frame.
        int target = Registers.Zero;
        if (isIndirect)
        {
            target = Registers.T2;
            moves.Add(new Move(Operand.Of(target), Source(call.Inputs[0])));
        }

        AddMoves(moves);
        output.Add(new Instruction { Pseudo = Pseudo.TailCall, Symbol = call.Symbol, Rs1 = target, Reads = reads, Position = position });
    }
}
