// A function in the form that the interpreter runs: steps in one array, operands as numbers of registers, and for each
// edge the copies that its phis need. It is a copy, so that the function may be changed by a pass while it is kept.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Evaluate;

/// <summary>One operation. Fields have their meaning in <see cref="Value"/>; registers that it does not have are 0.</summary>
internal readonly record struct Step
{
    public Op Op { get; init; }

    public Condition Condition { get; init; }

    public byte Size { get; init; }

    public bool Signed { get; init; }

    public AtomicOperation Atomic { get; init; }

    public PanicKind Panic { get; init; }

    public int Imm { get; init; }

    /// <summary>The register of the result.</summary>
    public int Target { get; init; }

    public int A { get; init; }

    public int B { get; init; }

    public int C { get; init; }

    /// <summary>All operands, for operations with any number of them.</summary>
    public int[] Inputs { get; init; }

    /// <summary>The registers of all results, for calls; -1 where nobody wants one. Null for a terminator.</summary>
    public int[]? Results { get; init; }

    public Edge[] Edges { get; init; }

    /// <summary>The operation itself, for its symbol and its position.</summary>
    public Value Source { get; init; }

    public Symbol? Symbol { get; init; }
}

/// <summary>An edge: the first step of its target, and the copies into the target's phis, which are made at once.</summary>
internal sealed class Edge
{
    public int Step { get; set; }

    public int[] From { get; set; } = [];

    public int[] To { get; set; } = [];
}

internal sealed class PreparedFunction
{
    private readonly Dictionary<Value, int> registers = [];
    private readonly Dictionary<Slot, int> slotOffsets = [];
    private readonly List<(int Register, Word Word)> constants = [];
    private readonly List<(int Register, int Offset)> slotAddresses = [];

    public PreparedFunction(Function function, EvaluationMemory memory)
    {
        Function = function;
        var starts = new Dictionary<Block, int>();
        List<(Block Block, Edge[] Edges)> ends = [];
        List<Step> steps = [];
        foreach (Block block in function.Blocks)
        {
            foreach (Value value in block.All())
            {
                registers.Add(value, registers.Count);
            }
        }

        foreach (Block block in function.Blocks)
        {
            starts.Add(block, steps.Count);
            for (int i = 0; i < block.Body.Count; i++)
            {
                if (block.Body[i].Op != Op.Result)
                {
                    steps.Add(Prepare(block.Body[i], [], memory) with { Results = ResultsOf(block.Body, i) });
                }
            }

            Value terminator = block.Terminator
                ?? throw new CompileErrorException(DiagnosticCode.InvalidInput, $"A block of {function.Name} does not end.");
            Edge[] edges = [.. block.Successors.Select(_ => new Edge())];
            ends.Add((block, edges));
            steps.Add(Prepare(terminator, edges, memory));
        }

        foreach ((Block block, Edge[] edges) in ends)
        {
            PrepareEdges(block, edges, starts, memory);
        }

        Steps = [.. steps];
        RegisterCount = registers.Count;
        Constants = [.. constants];
        SlotAddresses = [.. slotAddresses];
    }

    public Function Function { get; }

    public Step[] Steps { get; }

    public int RegisterCount { get; }

    /// <summary>Bytes of its slots.</summary>
    public int FrameSize { get; private set; }

    /// <summary>Registers with a content of their own.</summary>
    public (int Register, Word Word)[] Constants { get; }

    /// <summary>Registers that hold the start of the frame plus an offset.</summary>
    public (int Register, int Offset)[] SlotAddresses { get; }

    private Step Prepare(Value value, Edge[] edges, EvaluationMemory memory)
    {
        int[] inputs = [.. value.Inputs.Select(input => RegisterOf(input, memory))];
        return new Step
        {
            Op = value.Op,
            Condition = value.Condition,
            Size = value.Size,
            Signed = value.Signed,
            Atomic = value.Atomic,
            Panic = value.Panic,
            Imm = value.Imm,
            Target = registers[value],
            A = inputs.Length > 0 ? inputs[0] : 0,
            B = inputs.Length > 1 ? inputs[1] : 0,
            C = inputs.Length > 2 ? inputs[2] : 0,
            Inputs = inputs,
            Edges = edges,
            Source = value,
            Symbol = value.Symbol,
        };
    }

    /// <summary>The registers of a call's results; a call's further results stand behind it.</summary>
    private int[] ResultsOf(List<Value> body, int index)
    {
        Value call = body[index];
        if (!call.IsCall)
        {
            return [];
        }

        int[] results = new int[Math.Clamp(call.Imm, 0, 8)];
        Array.Fill(results, -1);
        if (results.Length > 0)
        {
            results[0] = registers[call];
        }

        for (int i = index + 1; i < body.Count && body[i].Op == Op.Result && body[i].Inputs[0] == call; i++)
        {
            if ((uint)body[i].Imm < (uint)results.Length)
            {
                results[body[i].Imm] = registers[body[i]];
            }
        }

        return results;
    }

    /// <summary>Where a block is twice among the successors, the first edge has the first of its phi inputs, and so on.</summary>
    private void PrepareEdges(Block block, Edge[] edges, Dictionary<Block, int> starts, EvaluationMemory memory)
    {
        Dictionary<Block, int> lastIndex = [];
        for (int i = 0; i < edges.Length; i++)
        {
            Block target = block.Successors[i];
            int index = target.Predecessors.IndexOf(block, lastIndex.GetValueOrDefault(target, -1) + 1);
            lastIndex[target] = index;
            edges[i].Step = starts[target];
            edges[i].To = [.. target.Phis.Select(phi => registers[phi])];
            edges[i].From = [.. target.Phis.Select(phi => RegisterOf(phi.Inputs[index], memory))];
        }
    }

    private int RegisterOf(Value value, EvaluationMemory memory)
    {
        if (registers.TryGetValue(value, out int register))
        {
            return register;
        }

        register = registers.Count;
        registers.Add(value, register);
        switch (value.Op)
        {
            case Op.Const:
                constants.Add((register, value.Imm));
                break;
            case Op.SymbolAddress:
                constants.Add((register, memory.AddressOf(value.Symbol!, value.Imm)));
                break;
            case Op.SlotAddress:
                slotAddresses.Add((register, OffsetOf(value.Slot!) + value.Imm));
                break;
            case Op.Undefined:
                constants.Add((register, 0));
                break;
            default:
                throw new CompileErrorException(
                    DiagnosticCode.InvalidInput, $"{Function.Name} uses a value that is in none of its blocks.", value.Position);
        }

        return register;
    }

    private int OffsetOf(Slot slot)
    {
        if (!slotOffsets.TryGetValue(slot, out int offset))
        {
            int alignment = Math.Max(slot.Alignment, 4);
            offset = (FrameSize + alignment - 1) & -alignment;
            slotOffsets.Add(slot, offset);
            if (slot.Size > EvaluationLimits.FrameSize - offset)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, $"The locals of {Function.Name} take too much memory.", Function.Position);
            }

            FrameSize = offset + slot.Size;
        }

        return offset;
    }
}
