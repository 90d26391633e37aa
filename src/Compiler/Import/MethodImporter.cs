// Turns the IL of one method into IR, as a stack machine that runs at compile time. A callee is inlined by another
// importer that writes into the same function; branches on constants are followed one way only, so that what the other
// side needs is never looked at.
//
// Locals and addressed arguments are frame slots: the optimizer makes SSA values of them. Exceptions are panics, so catch
// handlers are never reached and a finally block is imported once for every way out of its try.

using System.Reflection.Metadata;
using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed partial class MethodImporter
{
    private const int MostBlocks = 40_000;

    private readonly ProgramImporter program;
    private readonly FunctionBuilder b;
    private readonly IlMethod method;
    private readonly IlBody body;
    private readonly IlCode code;
    private readonly MethodImporter? caller;
    private readonly int[] path;
    private readonly int depth;
    private readonly Module module;
    private readonly GenericContext context;
    private readonly IlType[] parameterTypes;
    private readonly StackEntry?[] argumentValues;
    private readonly Value?[] argumentHomes;
    private readonly Value[] localHomes;
    private readonly Dictionary<int, int> references = [];
    private readonly Dictionary<(int Offset, Region? Region), BlockState> states = [];
    private readonly PriorityQueue<BlockState, (int, int)> work = new();
    private readonly List<(Block Block, StackEntry? Entry)> returns = [];
    private readonly Dictionary<int, StackEntry> knownLocals = [];
    private readonly List<StackEntry> stack = [];
    private Region? region;
    private int regions;
    private IlInstruction instruction;
    private int index;
    private IlType? constrained;
    private bool isVolatile;
    private int unaligned;
    private Value? resultPointer;

    private MethodImporter(ProgramImporter program, FunctionBuilder builder, IlMethod method, MethodImporter? caller, int[] path)
    {
        this.program = program;
        b = builder;
        this.method = method;
        this.caller = caller;
        this.path = path;
        depth = caller is null ? 0 : caller.depth + 1;
        module = method.Module;
        context = method.Context;
        body = method.Body;
        code = IlCode.Decode(body.Code);
        parameterTypes = [.. method.AllParameters];
        argumentValues = new StackEntry?[parameterTypes.Length];
        argumentHomes = new Value?[parameterTypes.Length];
        localHomes = [.. body.Locals.Select((type, i) => Value.AddressOf(NewSlot(type, $"{method.Name}.V_{i}")))];
        CountReferences();
        if (module.IsFramework is false && body.Regions.Any(found => found.Kind is ExceptionRegionKind.Catch or ExceptionRegionKind.Filter))
        {
            program.Report(new Diagnostic(DiagnosticCode.CatchOrFilter,
                $"{method} has a catch block. An exception is a panic, which no code of the program survives: return a result or a status instead.",
                body.SequencePoints.Select(point => point.Position).FirstOrDefault(position => position is not null)));
        }
    }

    /// <summary>One copy of a finally block, and where it goes on.</summary>
    private sealed class Region(int id, Region? outer, Block after)
    {
        public int Id { get; } = id;

        public Region? Outer { get; } = outer;

        public Block After { get; } = after;
    }

    private sealed class BlockState(Block block, int offset, Region? region)
    {
        public Block Block { get; } = block;

        public int Offset { get; } = offset;

        public Region? Region { get; } = region;

        public List<StackEntry>? Stack { get; set; }

        public List<Slot>? Slots { get; set; }
    }

    /// <summary>Imports a method as a function of its own.</summary>
    public static Function Import(ProgramImporter program, IlMethod method, FunctionSymbol symbol)
    {
        Function function = new(symbol);
        FunctionBuilder builder = new(function);
        MethodImporter importer = new(program, builder, method, null, []);
        function.Position = importer.body.SequencePoints.Select(point => point.Position).FirstOrDefault(position => position is not null);
        builder.Position = function.Position;
        builder.Current = builder.NewBlock([-2]);
        importer.ReceiveArguments(function);
        importer.Run();
        builder.Finish();
        return function;
    }

    private void ReceiveArguments(Function function)
    {
        int word = 0;
        Value Next() => b.Current!.Add(new Value(Op.Parameter) { Imm = word++, Position = b.Position });

        CallShape shape = CallShape.Of(method.ReturnType);
        function.ResultWords = shape.IsIndirect ? 0 : shape.Words;
        if (shape.IsIndirect)
        {
            resultPointer = Next();
        }

        for (int i = 0; i < parameterTypes.Length; i++)
        {
            IlType type = parameterTypes[i];
            CallShape argument = CallShape.Of(type);
            if (argument.IsIndirect)
            {
                argumentHomes[i] = Next();
            }
            else
            {
                Value[] words = [.. Enumerable.Range(0, argument.Words).Select(_ => Next())];
                SetArgument(i, Unpack(type, words));
            }
        }

        function.ParameterWords = word;
    }

    // An argument that is never written or addressed is its value.
    private void SetArgument(int number, StackEntry entry)
    {
        if (entry.Memory is null && !code.Instructions.Any(found => found.Operand == number
            && found.Op is ILOpCode.Starg or ILOpCode.Starg_s or ILOpCode.Ldarga or ILOpCode.Ldarga_s))
        {
            argumentValues[number] = entry;
            return;
        }

        Slot slot = NewSlot(parameterTypes[number], $"{method.Name}.A_{number}");
        argumentHomes[number] = Value.AddressOf(slot);
        StoreEntry(parameterTypes[number], argumentHomes[number]!, 0, entry);
    }

    // How often each instruction is reached by a branch or from above: code with one way in gets its stack directly.
    private void CountReferences()
    {
        void Refer(long offset) => references[(int)offset] = references.GetValueOrDefault((int)offset) + 1;

        Refer(0);
        IReadOnlyList<IlInstruction> instructions = code.Instructions;
        HashSet<int> leaders = [0];
        foreach (IlInstruction found in instructions)
        {
            if (IsBranch(found.Op))
            {
                code.At(found.Operand);
                leaders.Add((int)found.Operand);
                Refer(found.Operand);
            }

            foreach (int target in found.Targets ?? [])
            {
                code.At(target);
                leaders.Add(target);
                Refer(target);
            }

            if (IsBranch(found.Op) || found.Targets is not null || EndsBlock(found.Op))
            {
                leaders.Add(found.Next);
            }

            if (!EndsBlock(found.Op))
            {
                Refer(found.Next);
            }
        }

        foreach (ExceptionRegion found in body.Regions)
        {
            foreach (int offset in (int[])[found.TryOffset, found.HandlerOffset])
            {
                code.At(offset);
                leaders.Add(offset);
                references[offset] = references.GetValueOrDefault(offset) + 1;
            }

            leaders.Add(found.TryOffset + found.TryLength);
            leaders.Add(found.HandlerOffset + found.HandlerLength);
        }

        // What is no leader is inside a block.
        foreach (int offset in references.Keys.ToList())
        {
            if (!leaders.Contains(offset))
            {
                references.Remove(offset);
            }
        }
    }

    private static bool IsBranch(ILOpCode op) => op is >= ILOpCode.Br_s and <= ILOpCode.Blt_un or ILOpCode.Leave or ILOpCode.Leave_s;

    private static bool EndsBlock(ILOpCode op) => op is ILOpCode.Br or ILOpCode.Br_s or ILOpCode.Leave or ILOpCode.Leave_s or ILOpCode.Ret
        or ILOpCode.Throw or ILOpCode.Rethrow or ILOpCode.Endfinally or ILOpCode.Endfilter or ILOpCode.Jmp;

    private void Run()
    {
        ClearLocals();
        if (code.Instructions.Count == 0)
        {
            throw new BadImageFormatException($"{method} has no code.");
        }

        b.Jump(Edge(0));
        try
        {
            while (work.TryDequeue(out BlockState? state, out _))
            {
                ImportBlock(state);
            }
        }
        catch (CompileErrorException error) when (error.Diagnostic.Position is null && b.Position is not null)
        {
            throw new CompileErrorException(error.Diagnostic with { Position = b.Position });
        }
    }

    private void ClearLocals()
    {
        for (int i = 0; i < body.Locals.Count; i++)
        {
            IlType type = body.Locals[i];
            ValueLayout layout = ValueLayout.Stored(type);
            if (layout.Leaves is { } leaves)
            {
                foreach (Leaf leaf in leaves)
                {
                    b.Store(localHomes[i], leaf.Offset, leaf.Size, Value.Const(0));
                }
            }
            else
            {
                b.Clear(localHomes[i], layout.Size, layout.Alignment);
            }
        }
    }

    // The block at an IL offset, entered from the current block with the current stack.
    private Block Edge(int offset)
    {
        if (!states.TryGetValue((offset, region), out BlockState? state))
        {
            code.At(offset);
            if (states.Count > MostBlocks)
            {
                throw new CompileErrorException(DiagnosticCode.Limit, $"{method} has too many blocks.", b.Position);
            }

            state = new BlockState(b.NewBlock(KeyOf(offset)), offset, region);
            states[(offset, region)] = state;
            work.Enqueue(state, (region?.Id ?? 0, offset));
            if (references.GetValueOrDefault(offset) <= 1 || stack.Count == 0)
            {
                state.Stack = [.. stack];
                return state.Block;
            }

            state.Stack = [.. stack.Select(entry => entry with { IsExact = false })];
            state.Slots = [.. stack.Select(entry => entry.Memory is null
                ? b.NewSlot(4 * entry.Words.Length, 4, "stack")
                : NewSlot(entry.Type, "stack"))];
        }
        else if (state.Stack!.Count != stack.Count || (state.Slots is null && stack.Count > 0))
        {
            throw new BadImageFormatException($"The stack of {method} differs at a join.");
        }

        for (int i = 0; i < stack.Count && state.Slots is not null; i++)
        {
            StackEntry expected = state.Stack![i];
            if (expected.Words.Length != stack[i].Words.Length || expected.Memory is null != stack[i].Memory is null
                || (expected.Memory is not null && expected.Type != stack[i].Type))
            {
                throw new BadImageFormatException($"The stack of {method} differs at a join.");
            }

            Value home = Value.AddressOf(state.Slots[i]);
            if (stack[i].Memory is { } memory)
            {
                b.Copy(home, memory, expected.Type.Layout.Size, expected.Type.Layout.Alignment);
            }

            for (int word = 0; word < stack[i].Words.Length; word++)
            {
                b.Store(home, 4 * word, 4, stack[i].Words[word]);
            }
        }

        return state.Block;
    }

    private int[] KeyOf(int offset) => region is null ? [.. path, offset] : [.. path, offset, region.Id];

    private void ImportBlock(BlockState state)
    {
        b.Current = state.Block;
        region = state.Region;
        knownLocals.Clear();
        stack.Clear();
        for (int i = 0; i < state.Stack!.Count; i++)
        {
            StackEntry entry = state.Stack[i];
            if (state.Slots is { } slots)
            {
                Value home = Value.AddressOf(slots[i]);
                entry = entry.Memory is null
                    ? entry with { Words = [.. entry.Words.Select((_, word) => b.Load(home, 4 * word, 4, false))] }
                    : entry with { Memory = home };
            }

            stack.Add(entry);
        }

        index = code.At(state.Offset);
        SetPosition(state.Offset, true);
        while (b.Current is not null)
        {
            instruction = code.Instructions[index];
            SetPosition(instruction.Offset, false);
            Import();
            index++;
            if (b.Current is null)
            {
                return;
            }

            if (index >= code.Instructions.Count)
            {
                throw new BadImageFormatException($"The code of {method} runs over its end.");
            }

            int next = code.Instructions[index].Offset;
            if (references.ContainsKey(next) && constrained is null && !isVolatile && unaligned == 0)
            {
                b.Jump(Edge(next));
            }
        }
    }

    private void SetPosition(int offset, bool isEntry)
    {
        if (module.IsFramework)
        {
            return;
        }

        IReadOnlyList<(int Offset, SourcePosition? Position)> points = body.SequencePoints;
        int low = 0;
        int high = points.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (points[middle].Offset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        if (high >= 0 && (isEntry || points[high].Offset == offset) && points[high].Position is { } position)
        {
            b.Position = position;
        }
    }

    private Slot NewSlot(IlType type, string name)
    {
        ValueLayout layout = ValueLayout.Stored(type);
        return b.NewSlot(layout.Size, Math.Max(4, layout.Alignment), name);
    }

    private void Push(IlType type, params Value[] words) => stack.Add(new StackEntry(type, words));

    private void Push(StackEntry entry)
    {
        if (stack.Count > 4096)
        {
            throw new CompileErrorException(DiagnosticCode.Limit, $"The evaluation stack of {method} is too deep.");
        }

        stack.Add(entry);
    }

    private StackEntry Pop()
    {
        if (stack.Count == 0)
        {
            throw new BadImageFormatException($"The evaluation stack of {method} runs empty.");
        }

        StackEntry entry = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return entry;
    }

    private Value PopWord() => Pop().Word;

    /// <summary>What follows is outside the subset: an error if it is still reached in the end.</summary>
    public void Refuse(DiagnosticCode code, string text) => b.Unsupported(code, text);

    private TypeSystem System => program.Types;

    /// <summary>The line that is being imported.</summary>
    public SourcePosition? Position => b.Position;
}
