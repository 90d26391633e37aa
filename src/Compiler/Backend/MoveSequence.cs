// Turns moves that happen at once into a sequence of instructions: a target is written as soon as nobody needs its old
// content, and a cycle is opened by keeping one content in a free register, or in the frame if there is none.

namespace XousCloud.Compiler.Backend;

internal sealed class MoveSequence
{
    private readonly MachineBody body;
    private readonly uint free;
    private readonly List<Instruction> output = [];
    private readonly SourcePosition? position;

    private MoveSequence(MachineBody body, uint free, SourcePosition? position)
    {
        this.body = body;
        this.free = free;
        this.position = position;
    }

    /// <summary>Expands the moves, whose registers are physical; <paramref name="free"/> are registers that hold nothing.</summary>
    public static List<Instruction> Expand(MachineBody body, Instruction moves, uint free)
    {
        MoveSequence sequence = new(body, free, moves.Position);
        sequence.Run(moves.Moves!);
        return sequence.output;
    }

    private void Run(List<Move> moves)
    {
        List<Move> pending = [.. moves.Where(move => move.Source.Kind is OperandKind.Register or OperandKind.Frame && move.Source != move.Target)];
        Dictionary<Operand, int> readers = [];
        Dictionary<Operand, Move> byTarget = [];
        foreach (Move move in pending)
        {
            readers[move.Source] = readers.GetValueOrDefault(move.Source) + 1;
            byTarget[move.Target] = move;
        }

        Stack<Move> ready = new(pending.Where(move => !readers.ContainsKey(move.Target)).Reverse());
        Queue<Move> rest = new(pending);
        while (true)
        {
            while (ready.TryPop(out Move move))
            {
                byTarget.Remove(move.Target);
                Emit(move.Target, move.Source);
                if (--readers[move.Source] == 0 && byTarget.TryGetValue(move.Source, out Move freed))
                {
                    ready.Push(freed);
                }
            }

            if (!rest.TryDequeue(out Move next))
            {
                break;
            }

            if (!byTarget.TryGetValue(next.Target, out Move blocked))
            {
                continue;
            }

            // Only cycles are left, in which every content is read once: by the move that gets it from the refuge now.
            Operand refuge = FreeRegister() is { } register ? Operand.Of(register) : Operand.Content(body.Refuge);
            Emit(refuge, blocked.Target);
            Move reader = byTarget.Values.First(move => move.Source == blocked.Target);
            byTarget[reader.Target] = reader with { Source = refuge };
            readers[blocked.Target] = 0;
            readers[refuge] = 1;
            ready.Push(byTarget[blocked.Target]);
        }

        foreach (Move move in moves)
        {
            if (move.Source.Kind is not (OperandKind.Register or OperandKind.Frame))
            {
                EmitConstant(move.Target, move.Source);
            }
        }
    }

    private int? FreeRegister() => free == 0 ? null : System.Numerics.BitOperations.TrailingZeroCount(free);

    private void Emit(Operand target, Operand source)
    {
        if (target.IsRegister)
        {
            output.Add(source.IsRegister
                ? new Instruction { Op = MachineOp.Addi, Rd = target.Register, Rs1 = source.Register, Position = position }
                : Load(target.Register, source));
        }
        else if (source.IsRegister)
        {
            output.Add(Store(source.Register, target));
        }
        else
        {
            Through(target, register => Load(register, source));
        }
    }

    private void EmitConstant(Operand target, Operand source)
    {
        if (target.IsRegister)
        {
            output.Add(Constant(target.Register, source));
        }
        else if (source.Kind == OperandKind.Constant && source.Imm == 0)
        {
            output.Add(Store(Registers.Zero, target));
        }
        else
        {
            Through(target, register => Constant(register, source));
        }
    }

    /// <summary>From memory to memory by way of a register that is free, or is made free for it.</summary>
    private void Through(Operand target, Func<int, Instruction> load)
    {
        // The refuge of a cycle may be the lowest free register, so this is the highest.
        uint others = free & (free - 1);
        if (others != 0)
        {
            int register = System.Numerics.BitOperations.Log2(others);
            output.Add(load(register));
            output.Add(Store(register, target));
            return;
        }

        Operand kept = Operand.Content(body.SecondRefuge);
        output.Add(Store(Registers.T0, kept));
        output.Add(load(Registers.T0));
        output.Add(Store(Registers.T0, target));
        output.Add(Load(Registers.T0, kept));
    }

    private Instruction Constant(int register, Operand source) => new()
    {
        Pseudo = source.Kind switch
        {
            OperandKind.Constant => Pseudo.Constant,
            OperandKind.Address => Pseudo.Address,
            _ => Pseudo.FrameAddress,
        },
        Rd = register,
        Imm = source.Imm,
        Symbol = source.Symbol,
        Frame = source.Frame,
        Position = position,
    };

    private Instruction Load(int register, Operand from) =>
        new() { Op = MachineOp.Lw, Rd = register, Rs1 = Registers.Sp, Frame = from.Frame, Imm = from.Imm, Position = position };

    private Instruction Store(int register, Operand to) =>
        new() { Op = MachineOp.Sw, Rs1 = Registers.Sp, Rs2 = register, Frame = to.Frame, Imm = to.Imm, Position = position };
}
