// A function between instruction selection and emission: blocks of RV32 instructions over virtual registers, with a few
// pseudo instructions whose expansion has to wait for the registers (moves, constants, calls) or for the frame.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

/// <summary>What an <see cref="Instruction"/> is when it is not one of the machine's own.</summary>
internal enum Pseudo : byte
{
    None,

    /// <summary>All of <see cref="Instruction.Moves"/> at once: every source is read before any target is written.</summary>
    Moves,

    /// <summary>rd = Imm.</summary>
    Constant,

    /// <summary>rd = Symbol + Imm, both parts.</summary>
    Address,

    /// <summary>rd = the High part of Symbol + Imm.</summary>
    High,

    /// <summary>rd = the address of Frame + Imm.</summary>
    FrameAddress,

    /// <summary>Calls Symbol, or the address in rs1.</summary>
    Call,

    /// <summary>Jumps to Symbol, or to the address in rs1, which returns to our caller.</summary>
    TailCall,
    EnvironmentCall,
    Return,

    /// <summary>Puts the frame up and saves registers.</summary>
    Enter,

    /// <summary>Restores registers and takes the frame down.</summary>
    Leave,

    /// <summary>To Target.</summary>
    Jump,

    /// <summary>To the word number rs1 of a table of Targets; rs2 is the table's High, rd is scratch.</summary>
    TableJump,

    /// <summary>Calls the stub of Panic; nothing follows.</summary>
    PanicCall,

    /// <summary>Control never comes here.</summary>
    Unreachable,

    /// <summary>rd = the word at rs1; if it equals rs2, it becomes rs3. Rd2 is scratch; both are written early.</summary>
    CompareExchange,

    /// <summary>Copies Size-byte units from rs2 to rs1 until rs1 is rs3, all registers changing; rd is scratch.</summary>
    CopyLoop,

    /// <summary>Stores zeros at rs1 until it is rs3; rs1 changes.</summary>
    ClearLoop,
}

/// <summary>A piece of the frame. Offsets are from sp and known once the frame is laid out.</summary>
internal sealed class FrameObject(FrameArea area, int size, int alignment)
{
    public FrameArea Area { get; } = area;

    public int Size { get; } = size;

    public int Alignment { get; } = alignment;

    public int Offset { get; set; }

    /// <summary>An instruction still names it.</summary>
    public bool IsUsed { get; set; }
}

internal enum FrameArea : byte
{
    /// <summary>Argument words for callees, at sp.</summary>
    Outgoing,
    Saved,
    Spill,
    Slot,

    /// <summary>Argument words from the caller, above the frame; Size is the offset there.</summary>
    Incoming,
}

internal enum OperandKind : byte
{
    Register,
    Constant,
    Address,
    Frame,

    /// <summary>The address of a frame object, where Frame is its content.</summary>
    FrameAddress,
}

/// <summary>What a move reads or writes.</summary>
internal readonly record struct Operand(
    OperandKind Kind, int Register = 0, int Imm = 0, Symbol? Symbol = null, FrameObject? Frame = null)
{
    public bool IsRegister => Kind == OperandKind.Register;

    public static Operand Of(int register) => new(OperandKind.Register, register);

    public static Operand Content(FrameObject frame) => new(OperandKind.Frame, Frame: frame);
}

internal record struct Move(Operand Target, Operand Source);

/// <summary>One instruction. Unused registers are 0.</summary>
internal sealed class Instruction
{
    public MachineOp Op = MachineOp.Nop;
    public Pseudo Pseudo;
    public int Rd;

    /// <summary>A second register that is written: scratch of a pseudo instruction.</summary>
    public int Rd2;
    public int Rs1;
    public int Rs2;
    public int Rs3;
    public int Imm;
    public AddressPart Part;

    /// <summary>Bytes of one step of a block operation.</summary>
    public byte Size;
    public PanicKind Panic;
    public Symbol? Symbol;

    /// <summary>The instruction's immediate is this object's offset from sp plus Imm.</summary>
    public FrameObject? Frame;
    public MachineBlock? Target;

    /// <summary>Where a branch at the end of its block goes when it is not taken; null for a check.</summary>
    public MachineBlock? Otherwise;
    public MachineBlock[]? Targets;
    public List<Move>? Moves;

    /// <summary>Physical registers that are read although no operand names them.</summary>
    public uint Reads;

    /// <summary>Physical registers whose content is lost or set.</summary>
    public uint Writes;
    public SourcePosition? Position;

    public bool IsBranch => Pseudo == Pseudo.None && Op is >= MachineOp.Beq and <= MachineOp.Bgeu;

    public bool IsStore => Pseudo == Pseudo.None && Op is >= MachineOp.Sb and <= MachineOp.Sw;

    public bool IsLoad => Pseudo == Pseudo.None && Op is >= MachineOp.Lb and <= MachineOp.Lhu;

    /// <summary>The result can be had again anywhere, from nothing.</summary>
    public bool IsConstant => Pseudo is Pseudo.Constant or Pseudo.Address or Pseudo.High or Pseudo.FrameAddress
        || (Op == MachineOp.Lw && Pseudo == Pseudo.None && Frame is { Area: FrameArea.Incoming });

    /// <summary>The inputs are still read after the first result is written.</summary>
    public bool WritesEarly => Pseudo is Pseudo.CompareExchange or Pseudo.CopyLoop or Pseudo.ClearLoop;

    /// <summary>The frame must stand, with ra in it, when this is reached.</summary>
    public bool NeedsReturnAddressSaved => Pseudo == Pseudo.Call && (Symbol as FunctionSymbol)?.NeverReturns != true;

    /// <summary>How many instructions make the constant.</summary>
    public int ConstantCost => Pseudo == Pseudo.Address || (Pseudo == Pseudo.Constant && !IsOneInstruction(Imm)) ? 2 : 1;

    /// <summary>Whether one <c>addi</c> or <c>lui</c> makes the number.</summary>
    public static bool IsOneInstruction(int number) => number is >= -2048 and <= 2047 || (number & 0xFFF) == 0;

    /// <summary>The registers that operands name as read; x0 is none.</summary>
    public IEnumerable<int> ReadRegisters()
    {
        if (Rs1 != 0)
        {
            yield return Rs1;
        }

        if (Rs2 != 0)
        {
            yield return Rs2;
        }

        if (Rs3 != 0)
        {
            yield return Rs3;
        }

        if (Moves is null)
        {
            yield break;
        }

        foreach (Move move in Moves)
        {
            if (move.Source.IsRegister && move.Source.Register != 0)
            {
                yield return move.Source.Register;
            }
        }
    }

    /// <summary>The registers that operands name as written; x0 is none.</summary>
    public IEnumerable<int> WrittenRegisters()
    {
        if (Rd != 0)
        {
            yield return Rd;
        }

        if (Rd2 != 0)
        {
            yield return Rd2;
        }

        if (Moves is null)
        {
            yield break;
        }

        foreach (Move move in Moves)
        {
            if (move.Target.IsRegister)
            {
                yield return move.Target.Register;
            }
        }
    }

    /// <summary>Puts other registers in the place of those named.</summary>
    public void Rename(Func<int, int> renamed)
    {
        Rd = renamed(Rd);
        Rd2 = renamed(Rd2);
        Rs1 = renamed(Rs1);
        Rs2 = renamed(Rs2);
        Rs3 = renamed(Rs3);
        for (int i = 0; i < (Moves?.Count ?? 0); i++)
        {
            Move move = Moves![i];
            Operand target = move.Target.IsRegister ? Operand.Of(renamed(move.Target.Register)) : move.Target;
            Operand source = move.Source.IsRegister ? Operand.Of(renamed(move.Source.Register)) : move.Source;
            Moves[i] = new Move(target, source);
        }
    }

    public Instruction Clone() => (Instruction)MemberwiseClone();
}

/// <summary>Instructions of which the last decides where control goes.</summary>
internal sealed class MachineBlock
{
    public int Id;
    public List<Instruction> Code = [];
    public List<MachineBlock> Predecessors = [];
    public bool IsCold;

    /// <summary>The frame stands when the block is entered.</summary>
    public bool IsFramed;

    /// <summary>How many loops the block is in.</summary>
    public int Depth;

    /// <summary>How often it probably runs for each call of the function.</summary>
    public double Frequency = 1;

    public MachineBlock? Dominator;

    /// <summary>The header of the innermost loop that the block is in.</summary>
    public MachineBlock? Loop;

    /// <summary>Order of entry and last descendant in the dominator tree.</summary>
    public int DominatorFirst;
    public int DominatorLast;

    public Instruction Last => Code[^1];

    public bool Dominates(MachineBlock other) =>
        DominatorFirst <= other.DominatorFirst && other.DominatorFirst <= DominatorLast;

    /// <summary>The blocks that the last instruction may lead to.</summary>
    public IEnumerable<MachineBlock> Successors()
    {
        Instruction last = Last;
        if (last.Targets is { } targets)
        {
            foreach (MachineBlock target in targets)
            {
                yield return target;
            }

            yield break;
        }

        if (last.Target is { } one)
        {
            yield return one;
        }

        if (last.Otherwise is { } other)
        {
            yield return other;
        }
    }

    public override string ToString() => $"m{Id}";
}

/// <summary>The function as a whole.</summary>
internal sealed class MachineBody(Function function)
{
    private readonly Dictionary<(Pseudo, int, object?), int> constantRegisters = [];
    private FrameObject? refuge;
    private FrameObject? secondRefuge;
    private int nextRegister = Registers.FirstVirtual;

    public Function Function { get; } = function;

    /// <summary>In layout order; the first is the entry.</summary>
    public List<MachineBlock> Blocks { get; set; } = [];

    public List<FrameObject> Frame { get; } = [];

    /// <summary>The definition of each virtual register that only ever holds one constant.</summary>
    public Dictionary<int, Instruction> Constants { get; } = [];

    /// <summary>Virtual registers that serve one instruction; they must get a register.</summary>
    public HashSet<int> Brief { get; } = [];

    /// <summary>Constants and reloaded values that serve a few neighboring instructions.</summary>
    public HashSet<int> Local { get; } = [];

    /// <summary>Where a register's content waits when no other register is free.</summary>
    public FrameObject Refuge => refuge ??= NewFrameObject(FrameArea.Spill, 4, 4);

    /// <summary>Another such place, for a register that serves a copy from memory to memory.</summary>
    public FrameObject SecondRefuge => secondRefuge ??= NewFrameObject(FrameArea.Spill, 4, 4);

    /// <summary>Virtual and physical registers up to here are in use.</summary>
    public int RegisterCount => nextRegister;

    /// <summary>Frame objects may lie beyond the reach of an immediate, so that their address is computed first.</summary>
    public bool HasFarSlots { get; set; }

    /// <summary>Frame accesses may need t0 and t1, which hold no values then.</summary>
    public bool HasFarSpills { get; set; }

    public int NewRegister() => nextRegister++;

    /// <summary>One register for all equal constants; <see cref="ConstantPlacement"/> says where it is set.</summary>
    public int ConstantRegister(Instruction definition, object? named)
    {
        (Pseudo, int, object?) key = (definition.Pseudo, definition.Imm, named);
        if (!constantRegisters.TryGetValue(key, out int register))
        {
            register = NewRegister();
            definition.Rd = register;
            constantRegisters.Add(key, register);
            Constants.Add(register, definition);
        }

        return register;
    }

    /// <summary>Whether some instruction already takes this number from a register.</summary>
    public bool HasConstant(int number) => constantRegisters.ContainsKey((Pseudo.Constant, number, null));

    public FrameObject NewFrameObject(FrameArea area, int size, int alignment)
    {
        FrameObject created = new(area, size, alignment);
        Frame.Add(created);
        return created;
    }

    /// <summary>Numbers the blocks in their order and finds every block's predecessors.</summary>
    public void LinkBlocks()
    {
        for (int i = 0; i < Blocks.Count; i++)
        {
            Blocks[i].Id = i;
            Blocks[i].Predecessors.Clear();
        }

        foreach (MachineBlock block in Blocks)
        {
            foreach (MachineBlock successor in block.Successors())
            {
                successor.Predecessors.Add(block);
            }
        }
    }
}
