// What classes need at run time: method tables, type tests, dispatch of virtual calls, and thunks of delegates. The whole
// program is known, so a dispatcher compares the method table with those of the classes that are really made: no tables of
// pointers, and one implementation is a direct call.

using XousCloud.Compiler.Ir;
using XousCloud.Compiler.Optimize;
using XousCloud.Compiler.Types;

namespace XousCloud.Compiler.Import;

internal sealed class ObjectModel(ProgramImporter program)
{
    private readonly Dictionary<IlType, DataSymbol> tables = [];
    private readonly List<IlType> made = [];
    private readonly HashSet<IlType> isMade = [];
    private readonly List<(FunctionSymbol Symbol, IlType Type)> tests = [];
    private readonly List<(FunctionSymbol Symbol, IlMethod Method)> dispatchers = [];
    private readonly Dictionary<IlType, FunctionSymbol> testOf = [];
    private readonly Dictionary<IlMethod, FunctionSymbol> dispatcherOf = [];
    private readonly Dictionary<(FunctionSymbol, IlMethod), FunctionSymbol> thunks = [];
    private (int Made, int Tests, int Dispatchers) done;

    /// <summary>The method table of a type; <paramref name="isConstructed"/> says that the program makes such objects.</summary>
    public DataSymbol MethodTable(IlType type, bool isConstructed)
    {
        if (!tables.TryGetValue(type, out DataSymbol? table))
        {
            byte[] content = new byte[ObjectLayout.TableSize];
            BitConverter.TryWriteBytes(content.AsSpan(ObjectLayout.TableNumber), tables.Count + 1);
            table = new DataSymbol(program.Unique($"{type} (method table)"), ObjectLayout.TableSize, 4) { Content = content, IsReadOnly = true };
            tables[type] = table;
        }

        if ((isConstructed || type.Primitive == Primitive.String) && isMade.Add(type))
        {
            made.Add(type);
        }

        return table;
    }

    /// <summary>A function that returns its argument, or null if that is null or no such object.</summary>
    public FunctionSymbol TypeTest(IlType type)
    {
        if (!testOf.TryGetValue(type, out FunctionSymbol? symbol))
        {
            testOf[type] = symbol = new FunctionSymbol(program.Unique($"{type} (type test)"));
            tests.Add((symbol, type));
        }

        return symbol;
    }

    /// <summary>A function that calls the implementation of a virtual method on its first argument's class.</summary>
    public FunctionSymbol Dispatch(IlMethod method)
    {
        if (!dispatcherOf.TryGetValue(method, out FunctionSymbol? symbol))
        {
            dispatcherOf[method] = symbol = new FunctionSymbol(program.Unique($"{method} (dispatch)"));
            dispatchers.Add((symbol, method));
        }

        return symbol;
    }

    public void NoteBoxing(IlType type, SourcePosition? position) => program.Report(new Diagnostic(
        DiagnosticCode.Boxing, $"A {type} is boxed here: without a collector its memory is never given back.", position, true));

    /// <summary>Writes the bodies for the classes known by now; false if nothing changed since the last time.</summary>
    public bool Complete(OptimizerOptions options)
    {
        (int, int, int) now = (made.Count, tests.Count, dispatchers.Count);
        if (now == done)
        {
            return false;
        }

        done = now;
        foreach ((FunctionSymbol symbol, IlType type) in tests)
        {
            symbol.Function = Built(symbol, 1, options, function => BuildTest(function, type));
        }

        foreach ((FunctionSymbol symbol, IlMethod method) in dispatchers)
        {
            symbol.Function = Built(symbol, ParameterWords(method), options, function => BuildDispatch(function, method));
        }

        return true;
    }

    private static Function Built(FunctionSymbol symbol, int parameters, OptimizerOptions options, Action<Function> build)
    {
        Function function = new(symbol) { ParameterWords = parameters };
        build(function);
        Optimizer.Run(function, options);
        return function;
    }

    private static int ParameterWords(IlMethod method) => 1 + method.Parameters.Sum(type => CallShape.Of(type).Words)
        + (CallShape.Of(method.ReturnType).IsIndirect ? 1 : 0);

    private static Value[] Parameters(Block block, int count) =>
        [.. Enumerable.Range(0, count).Select(i => block.Add(new Value(Op.Parameter) { Imm = i }))];

    private void BuildTest(Function function, IlType type)
    {
        function.ResultWords = 1;
        Block entry = NewBlock(function);
        Value reference = Parameters(entry, 1)[0];
        Block check = NewBlock(function);
        Block isNot = new();
        Block isOne = new();
        entry.End(new Value(Op.Branch, reference, Value.Const(0)) { Condition = Condition.Equal }, isNot, check);
        Value table = check.Add(new Value(Op.Load, reference) { Size = 4 });
        foreach (IlType candidate in made.Where(candidate => candidate.IsAssignableTo(type)))
        {
            Block next = NewBlock(function);
            check.End(new Value(Op.Branch, table, Value.AddressOf(tables[candidate])) { Condition = Condition.Equal }, isOne, next);
            check = next;
        }

        check.End(new Value(Op.Jump), isNot);
        isOne.End(new Value(Op.Return, reference));
        isNot.End(new Value(Op.Return, Value.Const(0)));
        function.Blocks.Add(isOne);
        function.Blocks.Add(isNot);
        function.Blocks.RemoveAll(block => block != entry && block.Predecessors.Count == 0);
    }

    private void BuildDispatch(Function function, IlMethod method)
    {
        CallShape shape = CallShape.Of(method.ReturnType);
        function.ResultWords = shape.IsIndirect ? 0 : shape.Words;
        int receiver = shape.IsIndirect ? 1 : 0;
        Block block = NewBlock(function);
        Value[] parameters = Parameters(block, function.ParameterWords);
        List<(IlType Type, IlMethod Target)> targets = [.. made
            .Where(type => type.IsAssignableTo(method.Owner))
            .Select(type => (type, VirtualMethods.Implementation(type, method)))
            .Where(found => found.Item2 is not null)
            .Select(found => (found.type, found.Item2!))];
        Value? table = targets.Count > 1 ? block.Add(new Value(Op.Load, parameters[receiver]) { Size = 4 }) : null;
        for (int i = 0; i < targets.Count; i++)
        {
            Block call = block;
            if (i < targets.Count - 1)
            {
                call = NewBlock(function);
                Block next = NewBlock(function);
                block.End(new Value(Op.Branch, table!, Value.AddressOf(tables[targets[i].Type])) { Condition = Condition.Equal }, call, next);
                block = next;
            }

            Forward(call, program.SymbolFor(targets[i].Target), parameters, targets[i].Target.Owner.IsValueType ? receiver : -1, function.ResultWords);
        }

        if (targets.Count == 0)
        {
            block.End(new Value(Op.Panic) { Panic = PanicKind.NullReference });
        }
    }

    // A boxed struct's own method takes the address of its value; one that an interface gives it takes the box.
    private static void Forward(Block block, FunctionSymbol target, Value[] parameters, int boxed, int results)
    {
        Value[] arguments = [.. parameters];
        if (boxed >= 0)
        {
            arguments[boxed] = block.Add(new Value(Op.Add, arguments[boxed], Value.Const(ObjectLayout.DataOffset)));
        }

        Value call = block.Add(new Value(Op.Call, arguments) { Symbol = target, Imm = results });
        List<Value> words = results > 0 ? [call] : [];
        if (results > 1)
        {
            words.Add(block.Add(new Value(Op.Result, call) { Imm = 1 }));
        }

        block.End(new Value(Op.Return, [.. words]));
    }

    /// <summary>A function that drops its first argument, the delegate's target, and calls a static method with the others.</summary>
    public FunctionSymbol DelegateThunk(FunctionSymbol target, IlMethod invoke)
    {
        if (!thunks.TryGetValue((target, invoke), out FunctionSymbol? symbol))
        {
            thunks[(target, invoke)] = symbol = new FunctionSymbol(program.Unique($"{target.Name} (delegate)"));
            CallShape shape = CallShape.Of(invoke.ReturnType);
            int words = ParameterWords(invoke);
            Function function = new(symbol) { ParameterWords = words, ResultWords = shape.IsIndirect ? 0 : shape.Words };
            Block block = NewBlock(function);
            List<Value> parameters = [.. Parameters(block, words)];
            parameters.RemoveAt(shape.IsIndirect ? 1 : 0);
            Forward(block, target, [.. parameters], -1, function.ResultWords);
            symbol.Function = function;
        }

        return symbol;
    }

    private static Block NewBlock(Function function)
    {
        Block block = new();
        function.Blocks.Add(block);
        return block;
    }
}
