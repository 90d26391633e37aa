// One run of the interpreter: its frames and registers.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

internal sealed class Execution(Interpreter interpreter, EvaluationLimits limits)
{
    private const int RegisterLimit = 4 << 20;

    private readonly EvaluationMemory memory = interpreter.Memory;
    private readonly List<Frame> callers = [];
    private readonly List<Word> argumentWords = [];
    private Word[] registers = new Word[1024];
    private Word[] copies = new Word[16];

    /// <summary>The frame that runs; those of its callers are in the list.</summary>
    private Frame frame;

    private struct Frame
    {
        public PreparedFunction Code;
        public int Step;
        public int Registers;
        public int Stack;

        /// <summary>Its own stack's pointer to go back to, and the arguments, which are in the argument words.</summary>
        public int Arguments;
    }

    public EvaluationResult Execute(Function function, ReadOnlySpan<Word> arguments)
    {
        long budget = limits.Steps;
        try
        {
            Enter(function, arguments, null);
            return Loop(ref budget);
        }
        finally
        {
            interpreter.Count(limits.Steps - budget);
        }
    }

    private EvaluationResult Loop(ref long budget)
    {
        while (true)
        {
            ref readonly Step step = ref frame.Code.Steps[frame.Step++];
            if (--budget < 0)
            {
                throw new CompileErrorException(
                    DiagnosticCode.Limit,
                    $"{frame.Code.Function.Name} takes too long at compile time: more than {limits.Steps} steps.",
                    step.Source.Position);
            }

            Span<Word> r = registers.AsSpan(frame.Registers, frame.Code.RegisterCount);
            switch (step.Op)
            {
                case Op.Jump:
                    Follow(step.Edges[0], r);
                    break;
                case Op.Branch:
                    Follow(step.Edges[step.Condition.Holds(r[step.A].Bits, r[step.B].Bits) ? 0 : 1], r);
                    break;
                case Op.Switch:
                    Follow(step.Edges[(int)Math.Min((uint)r[step.A].Bits, (uint)step.Edges.Length - 1)], r);
                    break;
                case Op.Check:
                    if (step.Condition.Holds(r[step.A].Bits, r[step.B].Bits))
                    {
                        return Panicked(step);
                    }

                    break;
                case Op.Panic:
                    return Panicked(step);
                case Op.Return:
                    if (callers.Count == 0)
                    {
                        return new EvaluationResult(Gather(step.Inputs, r));
                    }

                    Return(step, r);
                    break;
                case Op.Call or Op.CallIndirect:
                    Call(step, r);
                    break;
                default:
                    Compute(step, r);
                    break;
            }
        }
    }

    private void Compute(in Step step, Span<Word> r)
    {
        switch (step.Op)
        {
            case Op.Parameter:
                r[step.Target] = argumentWords[frame.Arguments + step.Imm];
                break;
            case Op.Set:
                r[step.Target] = step.Condition.Holds(r[step.A].Bits, r[step.B].Bits) ? 1 : 0;
                break;
            case Op.SignExtend8 or Op.SignExtend16 or Op.ZeroExtend16:
                r[step.Target] = Extend(step.Op, r[step.A]);
                break;
            case Op.Load:
                r[step.Target] = memory.Load(Address(step, r), step.Size, step.Signed);
                break;
            case Op.Store:
                memory.Store(Address(step, r), step.Size, r[step.B]);
                break;
            case Op.CopyMemory:
                memory.Copy(r[step.A].Bits, r[step.B].Bits, step.Imm, step.Size);
                break;
            case Op.ClearMemory:
                memory.Clear(r[step.A].Bits, step.Imm);
                break;
            case Op.AtomicAccess:
                {
                    Word old = memory.Load(r[step.A].Bits, 4, false);
                    memory.Store(r[step.A].Bits, 4, Combine(step.Atomic, old, r[step.B]));
                    r[step.Target] = old;
                    break;
                }

            case Op.CompareExchange:
                {
                    Word old = memory.Load(r[step.A].Bits, 4, false);
                    if (old.Bits == r[step.B].Bits)
                    {
                        memory.Store(r[step.A].Bits, 4, r[step.C]);
                    }

                    r[step.Target] = old;
                    break;
                }

            case Op.EnvironmentCall or Op.CsrAccess or Op.Instruction or Op.FenceVirtualMemory:
                AskMachine(step, r);
                break;
            case Op.Unsupported:
                throw new CompileErrorException(
                    step.Source.Diagnostic ?? new Diagnostic(DiagnosticCode.Construct, "This is not supported.", step.Source.Position));
            case Op.Unreachable:
                throw Interpreter.Error($"{frame.Code.Function.Name} goes on behind a call that does not return.", step.Source.Position);
            default:
                r[step.Target] = WordArithmetic.Compute(step.Op, r[step.A], r[step.B]);
                break;
        }
    }

    /// <summary>Takes an edge: its copies happen at once.</summary>
    private void Follow(Edge edge, Span<Word> r)
    {
        int[] from = edge.From;
        if (from.Length == 1)
        {
            r[edge.To[0]] = r[from[0]];
        }
        else if (from.Length > 1)
        {
            if (copies.Length < from.Length)
            {
                copies = new Word[from.Length * 2];
            }

            for (int i = 0; i < from.Length; i++)
            {
                copies[i] = r[from[i]];
            }

            for (int i = 0; i < from.Length; i++)
            {
                r[edge.To[i]] = copies[i];
            }
        }

        frame.Step = edge.Step;
    }

    private void Call(in Step step, Span<Word> r)
    {
        Word[] arguments = Gather(step.Inputs, r);
        FunctionSymbol? called = (FunctionSymbol?)step.Symbol;
        if (step.Op == Op.CallIndirect)
        {
            called = memory.FunctionAt(arguments[0].Bits)
                ?? throw Interpreter.Error("A call of an address that is no function's.", step.Source.Position);
            arguments = arguments[1..];
        }

        if (interpreter.TryAnswer(called!, arguments, step.Source.Position, out Word result))
        {
            if (step.Results is [>= 0, ..])
            {
                r[step.Results[0]] = result;
            }

            return;
        }

        Function function = interpreter.Resolve(called!)
            ?? throw Interpreter.Error($"{called} cannot be called at compile time.", step.Source.Position);
        callers.Add(frame);
        Enter(function, arguments, step.Source.Position);
    }

    private void Enter(Function function, ReadOnlySpan<Word> arguments, SourcePosition? position)
    {
        PreparedFunction code = interpreter.Prepare(function);
        if (callers.Count > limits.CallDepth)
        {
            throw new CompileErrorException(
                DiagnosticCode.Limit, $"Calls at compile time are limited to {limits.CallDepth} inside each other.", position);
        }

        if (arguments.Length != function.ParameterWords)
        {
            throw Interpreter.Error(
                $"{function.Name} takes {function.ParameterWords} argument words and is called with {arguments.Length}.", position);
        }

        int start = callers.Count == 0 ? 0 : frame.Registers + frame.Code.RegisterCount;
        frame = new Frame
        {
            Code = code,
            Registers = start,
            Arguments = argumentWords.Count,
            Stack = memory.StackPointer,
        };
        argumentWords.AddRange(arguments);
        if (start + code.RegisterCount > registers.Length)
        {
            if (start + code.RegisterCount > RegisterLimit)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, "Calls at compile time hold too many values.", position);
            }

            Array.Resize(ref registers, Math.Max(registers.Length * 2, start + code.RegisterCount));
        }

        foreach ((int register, Word word) in code.Constants)
        {
            registers[start + register] = word;
        }

        if (code.SlotAddresses.Length > 0)
        {
            int stack = memory.PushFrame(code.FrameSize);
            foreach ((int register, int offset) in code.SlotAddresses)
            {
                registers[start + register] = new Word(stack + offset, Word.Local);
            }
        }
    }

    private void Return(in Step step, Span<Word> r)
    {
        Word first = step.Inputs.Length > 0 ? r[step.A] : 0;
        Word second = step.Inputs.Length > 1 ? r[step.B] : 0;
        argumentWords.RemoveRange(frame.Arguments, argumentWords.Count - frame.Arguments);
        memory.StackPointer = frame.Stack;
        frame = callers[^1];
        callers.RemoveAt(callers.Count - 1);
        int[]? results = frame.Code.Steps[frame.Step - 1].Results;
        if (results is [>= 0, ..])
        {
            registers[frame.Registers + results[0]] = first;
        }

        if (results is [_, >= 0, ..])
        {
            registers[frame.Registers + results[1]] = second;
        }
    }

    private void AskMachine(in Step step, Span<Word> r)
    {
        Interpreter.MachineOperation machine = interpreter.Machine
            ?? throw Interpreter.Error($"{frame.Code.Function.Name} uses an instruction that means nothing at compile time.", step.Source.Position);
        Span<int> operands = stackalloc int[Math.Min(step.Inputs.Length, 8)];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = r[step.Inputs[i]].Bits;
        }

        int[] targets = step.Op == Op.EnvironmentCall ? step.Results ?? [] : [step.Target];
        Span<int> results = stackalloc int[targets.Length];
        results.Clear();
        machine(step.Source, operands, results);
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] >= 0)
            {
                r[targets[i]] = results[i];
            }
        }
    }

    private EvaluationResult Panicked(in Step step)
    {
        List<string> names = [frame.Code.Function.Name];
        for (int i = callers.Count - 1; i >= 0; i--)
        {
            names.Add(callers[i].Code.Function.Name);
        }

        return new EvaluationResult([], step.Panic, step.Source.Position) { Frames = names };
    }

    private static int Address(in Step step, Span<Word> r)
    {
        int address = r[step.A].Bits + step.Imm;
        return (address & (step.Size - 1)) == 0
            ? address
            : throw Interpreter.Error($"An access of {step.Size} bytes at address 0x{address:X8}, which is no multiple.", step.Source.Position);
    }

    private static Word[] Gather(int[] inputs, Span<Word> r)
    {
        Word[] words = new Word[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            words[i] = r[inputs[i]];
        }

        return words;
    }

    private static Word Extend(Op op, Word a)
    {
        int bits = op switch
        {
            Op.SignExtend8 => (sbyte)a.Bits,
            Op.SignExtend16 => (short)a.Bits,
            _ => (ushort)a.Bits,
        };
        return new Word(bits, a.IsNumber ? null : Word.Derived);
    }

    private static Word Combine(AtomicOperation operation, Word old, Word value) => operation switch
    {
        AtomicOperation.Swap => value,
        AtomicOperation.Add => WordArithmetic.Compute(Op.Add, old, value),
        AtomicOperation.And => WordArithmetic.Compute(Op.And, old, value),
        AtomicOperation.Or => WordArithmetic.Compute(Op.Or, old, value),
        AtomicOperation.Xor => WordArithmetic.Compute(Op.Xor, old, value),
        AtomicOperation.Minimum => old.Bits < value.Bits ? old : value,
        AtomicOperation.Maximum => old.Bits > value.Bits ? old : value,
        AtomicOperation.MinimumUnsigned => (uint)old.Bits < (uint)value.Bits ? old : value,
        _ => (uint)old.Bits > (uint)value.Bits ? old : value,
    };
}
