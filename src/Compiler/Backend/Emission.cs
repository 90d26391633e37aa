// Writes the blocks, which hold physical registers now, as the linker's instructions: places the frame's setting up and
// release, turns ends of blocks into jumps where the next block does not follow, and expands pseudo instructions.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

internal sealed class Emission
{
    /// <summary>So many calls of 2 bytes and a jump of 4 are shorter than as many calls of 4 bytes.</summary>
    private const int SharedSites = 3;

    private readonly MachineBody body;
    private readonly PanicSymbols panics;
    private readonly FrameLayout frame;
    private readonly MachineFunction result;
    private readonly Dictionary<MachineBlock, int> labels = [];
    private readonly List<(int Label, PanicKind Kind, SourcePosition? Position, bool IsFramed)> stubs = [];

    private bool frameStands;

    private Emission(MachineBody body, PanicSymbols panics)
    {
        this.body = body;
        this.panics = panics;
        frame = FrameLayout.Compute(body);
        result = new MachineFunction(body.Function.Symbol) { FrameSize = frame.Size, Position = body.Function.Position };
    }

    public static MachineFunction Emit(MachineBody body, PanicSymbols panics)
    {
        Emission emission = new(body, panics);
        emission.Run();
        return emission.result;
    }

    private void Run()
    {
        for (int i = 0; i < body.Blocks.Count; i++)
        {
            MachineBlock block = body.Blocks[i];
            MachineBlock? next = i + 1 < body.Blocks.Count ? body.Blocks[i + 1] : null;
            result.Labels[LabelOf(block)] = result.Code.Count;
            StateFrame(block.IsFramed);
            foreach (Instruction instruction in block.Code)
            {
                Emit(instruction, next);
            }
        }

        EmitStubs();
    }

    /// <summary>
    /// The calls of checks that failed. Where there are several of a kind they go through one jump, which is near enough
    /// for the short call; the return address still says which check it was.
    /// </summary>
    private void EmitStubs()
    {
        Dictionary<PanicKind, int> shared = [];
        foreach (IGrouping<PanicKind, (int, PanicKind, SourcePosition?, bool)> kind in stubs.GroupBy(stub => stub.Kind))
        {
            if (kind.Count() >= SharedSites)
            {
                shared.Add(kind.Key, NewLabel());
            }
        }

        foreach ((int label, PanicKind kind, SourcePosition? position, bool isFramed) in stubs)
        {
            result.Labels[label] = result.Code.Count;
            StateFrame(isFramed);
            PanicSite(kind, position);
            if (shared.TryGetValue(kind, out int jump))
            {
                MachineInstruction site = result.Code[^1];
                result.Code[^1] = site with { Symbol = null, Label = jump };
            }
        }

        foreach ((PanicKind kind, int label) in shared)
        {
            result.Labels[label] = result.Code.Count;
            Add(new MachineInstruction { Op = MachineOp.Jal, Symbol = panics.For(kind), Label = -1, Position = body.Function.Position });
        }
    }

    private int LabelOf(MachineBlock block)
    {
        if (!labels.TryGetValue(block, out int label))
        {
            label = NewLabel();
            labels.Add(block, label);
        }

        return label;
    }

    private int NewLabel()
    {
        result.Labels.Add(-1);
        return result.Labels.Count - 1;
    }

    private void EnterFrame(SourcePosition? position)
    {
        AdjustStack(-frame.Size, position);
        result.FrameRules.Add(new FrameRule(result.Code.Count, frame.Size, []));
        foreach ((int register, int offset) in frame.Saved)
        {
            Add(new MachineInstruction
            {
                Op = MachineOp.Sw,
                Rs1 = Registers.Sp,
                Rs2 = (byte)register,
                Imm = offset,
                Label = -1,
                Position = position,
            });
        }

        StateFrame(true);
    }

    private void LeaveFrame(SourcePosition? position)
    {
        foreach ((int register, int offset) in frame.Saved)
        {
            Plain(MachineOp.Lw, register, Registers.Sp, offset, position);
        }

        AdjustStack(frame.Size, position);
        StateFrame(false);
    }

    /// <summary>Says how to unwind from here on, if that is something new.</summary>
    private void StateFrame(bool stands)
    {
        if (stands == frameStands)
        {
            return;
        }

        frameStands = stands;
        if (result.FrameRules.Count > 0 && result.FrameRules[^1].Index == result.Code.Count)
        {
            result.FrameRules.RemoveAt(result.FrameRules.Count - 1);
        }

        result.FrameRules.Add(stands
            ? new FrameRule(result.Code.Count, frame.Size, [.. frame.Saved.Select(saved => ((byte)saved.Register, saved.Offset - frame.Size))])
            : new FrameRule(result.Code.Count, 0, []));
    }

    private void AdjustStack(int bytes, SourcePosition? position)
    {
        if (bytes is >= -2048 and <= 2047)
        {
            Plain(MachineOp.Addi, Registers.Sp, Registers.Sp, bytes, position);
            return;
        }

        LoadNumber(Registers.T0, bytes, position);
        Add(new MachineInstruction
        {
            Op = MachineOp.Add,
            Rd = Registers.Sp,
            Rs1 = Registers.Sp,
            Rs2 = Registers.T0,
            Label = -1,
            Position = position,
        });
    }

    private void Emit(Instruction instruction, MachineBlock? next)
    {
        switch (instruction.Pseudo)
        {
            case Pseudo.None:
                EmitPlain(instruction, next);
                break;
            case Pseudo.Constant:
                LoadNumber(instruction.Rd, instruction.Imm, instruction.Position);
                break;
            case Pseudo.High:
                EmitHigh(instruction);
                break;
            case Pseudo.Address:
                EmitHigh(instruction);
                Add(new MachineInstruction
                {
                    Op = MachineOp.Addi,
                    Rd = (byte)instruction.Rd,
                    Rs1 = (byte)instruction.Rd,
                    Part = AddressPart.Low,
                    Imm = instruction.Imm,
                    Symbol = instruction.Symbol,
                    Label = -1,
                    Position = instruction.Position,
                });
                break;
            case Pseudo.FrameAddress:
                EmitFrameAddress(instruction);
                break;
            case Pseudo.Call:
                EmitCall(instruction, Registers.Ra);
                break;
            case Pseudo.TailCall:
                EmitCall(instruction, Registers.Zero);
                break;
            case Pseudo.EnvironmentCall:
                Add(new MachineInstruction { Op = MachineOp.Raw, Imm = 0x73, Label = -1, Position = instruction.Position });
                break;
            case Pseudo.Enter:
                EnterFrame(instruction.Position);
                break;
            case Pseudo.Leave:
                LeaveFrame(instruction.Position);
                break;
            case Pseudo.Return:
                Add(new MachineInstruction { Op = MachineOp.Jalr, Rs1 = Registers.Ra, Label = -1, Position = instruction.Position });
                break;
            case Pseudo.Jump:
                JumpTo(instruction.Target!, next, instruction.Position);
                break;
            case Pseudo.TableJump:
                EmitTableJump(instruction);
                break;
            case Pseudo.PanicCall:
                PanicSite(instruction.Panic, instruction.Position);
                break;
            case Pseudo.CompareExchange:
                EmitCompareExchange(instruction);
                break;
            case Pseudo.CopyLoop or Pseudo.ClearLoop:
                EmitBlockLoop(instruction);
                break;
            case Pseudo.Unreachable:
                break;
            default:
                throw new InvalidOperationException($"{instruction.Pseudo} is not expected here.");
        }
    }

    private void EmitPlain(Instruction instruction, MachineBlock? next)
    {
        MachineInstruction plain = new()
        {
            Op = instruction.Op,
            Rd = (byte)instruction.Rd,
            Rs1 = (byte)instruction.Rs1,
            Rs2 = (byte)instruction.Rs2,
            Imm = instruction.Imm,
            Part = instruction.Part,
            Symbol = instruction.Symbol,
            Label = -1,
            Position = instruction.Position,
        };
        if (instruction.IsBranch)
        {
            EmitBranch(instruction, plain, next);
            return;
        }

        if (instruction.Op is >= MachineOp.Csrrwi and <= MachineOp.Csrrci)
        {
            plain.Rs1 = instruction.Size;
        }

        if (instruction.Frame is { } item)
        {
            plain.Imm += item.Offset;
            if (plain.Imm is < -2048 or > 2047)
            {
                plain = Near(plain);
            }
        }

        Add(plain);
    }

    /// <summary>Adds instructions that bring a far place of the frame into reach.</summary>
    private MachineInstruction Near(MachineInstruction access)
    {
        bool isStore = access.Op is >= MachineOp.Sb and <= MachineOp.Sw;
        int scratch = isStore ? Registers.T1 : access.Rd;
        int low = access.Imm << 20 >> 20;
        LoadNumber(scratch, access.Imm - low, access.Position);
        Add(new MachineInstruction
        {
            Op = MachineOp.Add,
            Rd = (byte)scratch,
            Rs1 = (byte)scratch,
            Rs2 = Registers.Sp,
            Label = -1,
            Position = access.Position,
        });
        return access with { Rs1 = (byte)scratch, Imm = low };
    }

    private void EmitBranch(Instruction instruction, MachineInstruction branch, MachineBlock? next)
    {
        if (instruction.Target is null)
        {
            branch.Label = NewLabel();
            stubs.Add((branch.Label, instruction.Panic, instruction.Position, frameStands));
            Add(branch);
            return;
        }

        MachineBlock target = instruction.Target;
        MachineBlock otherwise = instruction.Otherwise!;
        if (target == next)
        {
            branch.Op = Opposite(branch.Op);
            (target, otherwise) = (otherwise, target);
        }

        branch.Label = LabelOf(target);
        Add(branch);
        JumpTo(otherwise, next, instruction.Position);
    }

    public static MachineOp Opposite(MachineOp branch) => branch switch
    {
        MachineOp.Beq => MachineOp.Bne,
        MachineOp.Bne => MachineOp.Beq,
        MachineOp.Blt => MachineOp.Bge,
        MachineOp.Bge => MachineOp.Blt,
        MachineOp.Bltu => MachineOp.Bgeu,
        _ => MachineOp.Bltu,
    };

    private void JumpTo(MachineBlock target, MachineBlock? next, SourcePosition? position)
    {
        if (target != next)
        {
            Add(new MachineInstruction { Op = MachineOp.Jal, Label = LabelOf(target), Position = position });
        }
    }

    private void EmitHigh(Instruction instruction) => Add(new MachineInstruction
    {
        Op = MachineOp.Lui,
        Rd = (byte)instruction.Rd,
        Part = AddressPart.High,
        Imm = instruction.Imm,
        Symbol = instruction.Symbol,
        Label = -1,
        Position = instruction.Position,
    });

    private void EmitFrameAddress(Instruction instruction)
    {
        int offset = instruction.Frame!.Offset + instruction.Imm;
        if (offset is >= -2048 and <= 2047)
        {
            Plain(MachineOp.Addi, instruction.Rd, Registers.Sp, offset, instruction.Position);
            return;
        }

        LoadNumber(instruction.Rd, offset, instruction.Position);
        Add(new MachineInstruction
        {
            Op = MachineOp.Add,
            Rd = (byte)instruction.Rd,
            Rs1 = (byte)instruction.Rd,
            Rs2 = Registers.Sp,
            Label = -1,
            Position = instruction.Position,
        });
    }

    private void EmitCall(Instruction instruction, int link)
    {
        bool isDirect = instruction.Symbol is not null;
        Add(new MachineInstruction
        {
            Op = isDirect ? MachineOp.Jal : MachineOp.Jalr,
            Rd = (byte)link,
            Rs1 = (byte)instruction.Rs1,
            Symbol = instruction.Symbol,
            Label = -1,
            Position = instruction.Position,
        });
    }

    private void EmitTableJump(Instruction instruction)
    {
        byte address = (byte)instruction.Rd;
        Add(new MachineInstruction
        {
            Op = MachineOp.Add,
            Rd = address,
            Rs1 = (byte)instruction.Rs1,
            Rs2 = (byte)instruction.Rs2,
            Label = -1,
            Position = instruction.Position,
        });
        Plain(MachineOp.Lw, address, address, 0, instruction.Position);
        Plain(MachineOp.Jalr, Registers.Zero, address, 0, instruction.Position);
        result.JumpTables.Add(new JumpTable((DataSymbol)instruction.Symbol!, [.. instruction.Targets!.Select(LabelOf)]));
    }

    private void EmitCompareExchange(Instruction instruction)
    {
        int again = NewLabel();
        int end = NewLabel();
        SourcePosition? position = instruction.Position;
        result.Labels[again] = result.Code.Count;
        Add(new MachineInstruction
        {
            Op = MachineOp.LrW,
            Rd = (byte)instruction.Rd,
            Rs1 = (byte)instruction.Rs1,
            Label = -1,
            Position = position,
        });
        Branch(MachineOp.Bne, instruction.Rd, instruction.Rs2, end, position);
        Add(new MachineInstruction
        {
            Op = MachineOp.ScW,
            Rd = (byte)instruction.Rd2,
            Rs1 = (byte)instruction.Rs1,
            Rs2 = (byte)instruction.Rs3,
            Label = -1,
            Position = position,
        });
        Branch(MachineOp.Bne, instruction.Rd2, Registers.Zero, again, position);
        result.Labels[end] = result.Code.Count;
    }

    private void EmitBlockLoop(Instruction instruction)
    {
        (MachineOp load, MachineOp store) = instruction.Size switch
        {
            1 => (MachineOp.Lbu, MachineOp.Sb),
            2 => (MachineOp.Lhu, MachineOp.Sh),
            _ => (MachineOp.Lw, MachineOp.Sw),
        };
        bool isCopy = instruction.Pseudo == Pseudo.CopyLoop;
        SourcePosition? position = instruction.Position;
        int again = NewLabel();
        result.Labels[again] = result.Code.Count;
        for (int i = 0; i < instruction.Imm; i++)
        {
            if (isCopy)
            {
                Plain(load, instruction.Rd, instruction.Rs2, i * instruction.Size, position);
            }

            Add(new MachineInstruction
            {
                Op = store,
                Rs1 = (byte)instruction.Rs1,
                Rs2 = (byte)instruction.Rd,
                Imm = i * instruction.Size,
                Label = -1,
                Position = position,
            });
        }

        if (isCopy)
        {
            Plain(MachineOp.Addi, instruction.Rs2, instruction.Rs2, instruction.Imm * instruction.Size, position);
        }

        Plain(MachineOp.Addi, instruction.Rs1, instruction.Rs1, instruction.Imm * instruction.Size, position);
        Branch(MachineOp.Bne, instruction.Rs1, instruction.Rs3, again, position);
    }

    private void PanicSite(PanicKind kind, SourcePosition? position) => Add(new MachineInstruction
    {
        Op = MachineOp.Jal,
        Rd = Registers.Ra,
        Symbol = panics.For(kind),
        Label = -1,
        Position = position,
        IsPanicSite = true,
    });

    private void Branch(MachineOp op, int rs1, int rs2, int label, SourcePosition? position) => Add(new MachineInstruction
    {
        Op = op,
        Rs1 = (byte)rs1,
        Rs2 = (byte)rs2,
        Label = label,
        Position = position,
    });

    private void LoadNumber(int rd, int number, SourcePosition? position)
    {
        int low = number << 20 >> 20;
        int high = (number - low) >>> 12;
        if (high != 0)
        {
            Add(new MachineInstruction { Op = MachineOp.Lui, Rd = (byte)rd, Imm = high, Label = -1, Position = position });
        }

        if (high == 0 || low != 0)
        {
            Plain(MachineOp.Addi, rd, high == 0 ? Registers.Zero : rd, low, position);
        }
    }

    private void Plain(MachineOp op, int rd, int rs1, int imm, SourcePosition? position) => Add(new MachineInstruction
    {
        Op = op,
        Rd = (byte)rd,
        Rs1 = (byte)rs1,
        Imm = imm,
        Label = -1,
        Position = position,
    });

    private void Add(MachineInstruction instruction) => result.Code.Add(instruction);
}
