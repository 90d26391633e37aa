// Makes functions of values at random: nested conditions, loops with exchanging variables, switches, calls with many
// arguments and two results, slots, statics, blocks of memory, checks.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Backend;

internal sealed class RandomBody
{
    private static readonly Op[] binary =
    [
        Op.Add, Op.Add, Op.Add, Op.Sub, Op.Sub, Op.Mul, Op.MulHigh, Op.MulHighUnsigned, Op.Div, Op.DivUnsigned, Op.Rem, Op.RemUnsigned,
        Op.And, Op.And, Op.Or, Op.Xor, Op.ShiftLeft, Op.ShiftRight, Op.ShiftRightArithmetic, Op.Set,
    ];

    private readonly Random random;
    private readonly Function function;
    private readonly List<Slot> slots = [];
    private readonly List<DataSymbol> statics = [];
    private readonly List<FunctionSymbol> callees = [];
    private int budget;
    private Block block;

    /// <summary>Values that may be used here: all that dominate.</summary>
    private List<Value> scope = [];

    private RandomBody(int seed, int size)
    {
        random = new Random(seed);
        budget = size;
        HasSlots = seed % 2 == 0;
        function = new Function(new FunctionSymbol($"random{seed}"));
        block = NewBlock();
        for (int i = 0; i < 5; i++)
        {
            FunctionSymbol callee = new($"callee{i}");
            callees.Add(callee);
            Words[callee] = i * 3;
        }

        for (int i = random.Next(4); i >= 0; i--)
        {
            slots.Add(new Slot(random.Next(20) == 0 ? 4 * random.Next(1, 900) : 4 * random.Next(1, 24), 4, $"slot{i}"));
            statics.Add(new DataSymbol($"static{i}", 4 * random.Next(1, 40), 4));
        }
    }

    private bool HasSlots { get; }

    /// <summary>How many words each callee takes.</summary>
    private Dictionary<FunctionSymbol, int> Words { get; } = [];

    public static (Function Function, Dictionary<FunctionSymbol, int> Words, int Arguments) Make(int seed, int size)
    {
        RandomBody body = new(seed, size);
        body.Run();
        return (body.function, body.Words, body.function.ParameterWords);
    }

    private void Run()
    {
        int parameters = random.Next(4) == 0 ? random.Next(8, 14) : random.Next(0, 6);
        function.ParameterWords = parameters;
        function.ResultWords = random.Next(3);
        for (int i = 0; i < parameters; i++)
        {
            Add(new Value(Op.Parameter) { Imm = i });
        }

        // Without slots in the beginning, a frame is needed later or never.
        foreach (Slot slot in HasSlots ? slots : [])
        {
            for (int i = 0; i < Math.Min(slot.Size, 128); i += 4)
            {
                block.Add(new Value(Op.Store, Value.AddressOf(slot, i), Pick()) { Size = 4 });
            }

            if (slot.Size > 128)
            {
                block.Add(new Value(Op.ClearMemory, Value.AddressOf(slot, 128)) { Imm = slot.Size - 128, Size = 4 });
            }
        }

        while (budget > 0)
        {
            Region(0);
        }

        Return();
        foreach (Block each in function.Blocks)
        {
            each.IsCold = each.Terminator!.Op == Op.Panic;
        }

        function.Blocks = [.. function.Blocks.Where(each => !each.IsCold), .. function.Blocks.Where(each => each.IsCold)];
    }

    private void Return()
    {
        if (random.Next(4) == 0)
        {
            Call();
            List<Value> results = [.. block.Body.Skip(block.Body.FindLastIndex(value => value.IsCall))];
            if (results.Count >= function.ResultWords)
            {
                block.End(new Value(Op.Return, [.. results.Take(function.ResultWords)]));
                return;
            }
        }

        block.End(new Value(Op.Return, [.. Enumerable.Range(0, function.ResultWords).Select(_ => Pick())]));
    }

    private Block NewBlock()
    {
        Block created = new();
        function.Blocks.Add(created);
        return created;
    }

    private Value Add(Value value)
    {
        block.Add(value);
        scope.Add(value);
        return value;
    }

    private Value Pick()
    {
        int kind = random.Next(12);
        if (scope.Count == 0 || kind == 0)
        {
            return Value.Const(Constant());
        }

        // Mostly recent ones, at times any: long live ranges.
        return kind < 9 ? scope[Math.Max(0, scope.Count - 1 - random.Next(10))] : scope[random.Next(scope.Count)];
    }

    private int Constant() => random.Next(8) switch
    {
        0 => 0,
        1 => random.Next(-40, 40),
        2 => random.Next(-2100, 2100),
        3 => (1 << random.Next(32)) - 1,
        4 => 1 << random.Next(32),
        5 => -(1 << random.Next(32)),
        6 => random.Next(-4200, 4200),
        _ => random.Next(int.MinValue, int.MaxValue),
    };

    private void Region(int depth)
    {
        int kind = random.Next(depth < 4 ? 14 : 8);
        switch (kind)
        {
            case < 6:
                for (int i = random.Next(1, 10); i > 0; i--)
                {
                    Simple();
                }

                break;
            case 6:
                Call();
                break;
            case 7:
                Memory();
                break;
            case 8 or 9 or 10:
                If(depth);
                break;
            case 11 or 12:
                Loop(depth);
                break;
            default:
                Switch(depth);
                break;
        }
    }

    private void Simple()
    {
        budget--;
        switch (random.Next(14))
        {
            case 0:
                Add(new Value((Op)random.Next((int)Op.SignExtend8, (int)Op.ZeroExtend16 + 1), Pick()));
                break;
            case 1:
                // Fails now and then.
                block.Add(new Value(Op.Check, Pick(), Value.Const(random.Next(3) == 0 ? Constant() : -12345678))
                {
                    Condition = random.Next(2) == 0 ? Condition.Equal : Condition.LessUnsigned,
                    Panic = PanicKind.Overflow,
                });
                if (block.Body[^1].Condition == Condition.LessUnsigned)
                {
                    block.Body[^1].Inputs[1] = Value.Const(random.Next(3));
                }

                break;
            case 2:
                // Wide products, compared and combined as the importer does with 64-bit numbers.
                Value a = Pick();
                Value b = Pick();
                Value low = Add(new Value(Op.Add, a, b));
                Add(new Value(Op.Set, low, a) { Condition = Condition.LessUnsigned });
                break;
            case 3:
                Value x = Pick();
                Value n = Add(new Value(Op.And, Pick(), Value.Const(31)));
                Value m = Add(new Value(Op.Sub, Value.Const(32), n));
                Add(new Value(Op.Or, Add(new Value(Op.ShiftLeft, x, n)), Add(new Value(Op.ShiftRight, x, m))));
                break;
            default:
                Op op = binary[random.Next(binary.Length)];
                Value right = random.Next(3) == 0 ? Value.Const(Constant()) : Pick();
                if (op is Op.ShiftLeft or Op.ShiftRight or Op.ShiftRightArithmetic && right.IsConst)
                {
                    right = Value.Const(random.Next(32));
                }

                Add(new Value(op, Pick(), right) { Condition = RandomCondition() });
                break;
        }
    }

    private Condition RandomCondition() => (Condition)random.Next(6);

    private void Memory()
    {
        budget--;
        if (!HasSlots)
        {
            Call();
            return;
        }

        Slot slot = slots[random.Next(slots.Count)];
        DataSymbol data = statics[random.Next(statics.Count)];
        int size = 1 << random.Next(3);
        switch (random.Next(8))
        {
            case 0:
                Add(new Value(Op.Load, Value.AddressOf(slot, size * random.Next(slot.Size / size))) { Size = (byte)size, Signed = random.Next(2) == 0 });
                break;
            case 1:
                block.Add(new Value(Op.Store, Value.AddressOf(slot, size * random.Next(slot.Size / size)), Pick()) { Size = (byte)size });
                break;
            case 2:
                Value address = Element(Value.AddressOf(data), data.Size, size);
                Add(new Value(Op.Load, address) { Size = (byte)size, Signed = random.Next(2) == 0 });
                break;
            case 3:
                block.Add(new Value(Op.Store, Element(Value.AddressOf(data), data.Size, size), Pick()) { Size = (byte)size });
                break;
            case 4:
                int words = random.Next(Math.Min(slot.Size, data.Size) / 4) + 1;
                bool toSlot = random.Next(2) == 0;
                Value source = toSlot ? Value.AddressOf(data) : Value.AddressOf(slot);
                Value target = toSlot ? Value.AddressOf(slot) : Value.AddressOf(data);
                block.Add(new Value(Op.CopyMemory, target, source) { Imm = (4 * words) - random.Next(4), Size = 4 });
                break;
            case 5:
                block.Add(new Value(Op.ClearMemory, Value.AddressOf(slot)) { Imm = 4 * (random.Next(slot.Size / 4) + 1), Size = (byte)size });
                break;
            case 6:
                if (slot.Size / 4 is > 1 and < 32)
                {
                    Value element = Element(Value.AddressOf(slot), slot.Size, 4);
                    Add(new Value(Op.Load, element) { Size = 4 });
                    block.Add(new Value(Op.Store, element, Pick()) { Size = 4 });
                }

                break;
            default:
                Value place = Value.AddressOf(data, 4 * random.Next(data.Size / 4));
                if (random.Next(2) == 0)
                {
                    Add(new Value(Op.AtomicAccess, place, Pick()) { Atomic = random.Next(2) == 0 ? AtomicOperation.Add : AtomicOperation.Swap });
                }
                else
                {
                    Add(new Value(Op.CompareExchange, place, Pick(), Pick()));
                }

                break;
        }
    }

    /// <summary>The address of an element at an index that is only known at run time.</summary>
    private Value Element(Value start, int bytes, int size)
    {
        Value index = Add(new Value(Op.RemUnsigned, Pick(), Value.Const(bytes / size)));
        Value offset = size == 1 ? index : block.Add(new Value(Op.ShiftLeft, index, Value.Const(size / 2)));
        Value address = block.Add(new Value(Op.Add, start, offset));
        return random.Next(3) == 0
            ? block.Add(new Value(Op.Add, block.Add(new Value(Op.Add, address, Value.Const(40))), Value.Const(-40)))
            : address;
    }

    private void Call()
    {
        budget -= 3;
        FunctionSymbol callee = callees[random.Next(callees.Count)];
        List<Value> inputs = [.. Enumerable.Range(0, Words[callee]).Select(_ => Pick())];
        bool isIndirect = random.Next(4) == 0;
        if (isIndirect)
        {
            inputs.Insert(0, Value.AddressOf(callee));
        }

        int results = random.Next(3);
        Value call = block.Add(new Value(isIndirect ? Op.CallIndirect : Op.Call, [.. inputs]) { Symbol = isIndirect ? null : callee, Imm = results });
        if (results > 0)
        {
            scope.Add(call);
        }

        if (results > 1)
        {
            Add(new Value(Op.Result, call) { Imm = 1 });
        }
    }

    private void If(int depth)
    {
        budget--;
        Block yes = NewBlock();
        Value a = Pick();
        Value b = random.Next(3) == 0 ? Pick() : Value.Const(Constant());
        Block from = block;
        int known = scope.Count;
        bool hasElse = random.Next(2) == 0;
        Block join = new();
        Block no = hasElse ? NewBlock() : join;
        from.End(new Value(Op.Branch, a, b) { Condition = RandomCondition() }, yes, no);
        block = yes;
        for (int i = random.Next(1, 3); i > 0; i--)
        {
            Region(depth + 1);
        }

        if (random.Next(12) == 0)
        {
            // An end of its own: the join has one edge less.
            if (random.Next(2) == 0)
            {
                Return();
            }
            else
            {
                block.End(new Value(Op.Panic) { Panic = PanicKind.InvalidOperation });
            }

            scope.RemoveRange(known, scope.Count - known);
            if (hasElse)
            {
                block = no;
                Region(depth + 1);
                block.End(new Value(Op.Jump), join);
                scope.RemoveRange(known, scope.Count - known);
            }

            function.Blocks.Add(join);
            block = join;
            return;
        }

        List<Value> fromYes = [.. scope];
        Block yesEnd = block;
        scope.RemoveRange(known, scope.Count - known);
        List<Value> fromNo = [.. scope];
        Block noEnd = from;
        if (hasElse)
        {
            block = no;
            for (int i = random.Next(1, 3); i > 0; i--)
            {
                Region(depth + 1);
            }

            fromNo = [.. scope];
            noEnd = block;
            scope.RemoveRange(known, scope.Count - known);
            noEnd.End(new Value(Op.Jump), join);
        }

        yesEnd.End(new Value(Op.Jump), join);
        function.Blocks.Add(join);
        block = join;
        for (int i = random.Next(4); i > 0; i--)
        {
            Value[] inputs = [.. join.Predecessors.Select(predecessor => PickFrom(predecessor == yesEnd ? fromYes : fromNo))];
            Value phi = new(Op.Phi, inputs);
            join.AddPhi(phi);
            scope.Add(phi);
        }
    }

    private Value PickFrom(List<Value> values) =>
        values.Count == 0 || random.Next(8) == 0 ? Value.Const(Constant()) : values[Math.Max(0, values.Count - 1 - random.Next(8))];

    private void Loop(int depth)
    {
        budget--;
        Block before = block;
        Block header = NewBlock();
        before.End(new Value(Op.Jump), header);
        int known = scope.Count;
        Value counter = new(Op.Phi, Value.Const(0), Value.Const(0));
        header.AddPhi(counter);
        List<Value> phis = [];
        for (int i = random.Next(random.Next(6) == 0 ? 24 : 5); i > 0; i--)
        {
            Value phi = new(Op.Phi, Pick(), Value.Const(0));
            header.AddPhi(phi);
            phis.Add(phi);
        }

        scope.Add(counter);
        scope.AddRange(phis);
        block = header;
        bool isTopTested = random.Next(3) == 0;
        Block exit = new();
        List<Value>? atExit = null;
        if (isTopTested)
        {
            Block inside = NewBlock();
            header.End(new Value(Op.Branch, counter, Value.Const(random.Next(1, 5))) { Condition = Condition.Less }, inside, exit);
            atExit = [.. scope];
            block = inside;
        }

        for (int i = random.Next(1, 4); i > 0; i--)
        {
            Region(depth + 1);
        }

        Value next = block.Add(new Value(Op.Add, counter, Value.Const(1)));
        scope.Add(next);
        for (int i = random.Next(3); i > 0; i--)
        {
            Simple();
        }

        counter.Inputs[1] = next;
        foreach (Value phi in phis)
        {
            // Often another variable of the loop: cycles.
            phi.Inputs[1] = random.Next(2) == 0 ? phis[random.Next(phis.Count)] : random.Next(4) == 0 ? phi : Pick();
        }

        if (isTopTested)
        {
            block.End(new Value(Op.Jump), header);
            scope = atExit!;
        }
        else
        {
            block.End(new Value(Op.Branch, next, Value.Const(random.Next(1, 5))) { Condition = Condition.Less }, header, exit);
        }

        function.Blocks.Add(exit);
        block = exit;

        // Most of the loop's values are forgotten, so that not everything stays alive.
        if (scope.Count > known + 4)
        {
            scope.RemoveRange(known, scope.Count - known - 4);
        }
    }

    private void Switch(int depth)
    {
        budget--;
        int count = random.Next(2, random.Next(3) == 0 ? 24 : 6);
        Value selector = Add(new Value(Op.And, Pick(), Value.Const(random.Next(2) == 0 ? 31 : 7)));
        Block from = block;
        Block join = new();
        List<Block> targets = [];
        int known = scope.Count;
        List<Block> arms = [];
        for (int i = 0; i <= count; i++)
        {
            targets.Add(random.Next(4) switch
            {
                0 when i > 0 => targets[i - 1],
                1 => join,
                _ => NewArm(),
            });
        }

        from.End(new Value(Op.Switch, selector), [.. targets]);
        Dictionary<Block, List<Value>> known2 = new() { [from] = [.. scope] };
        foreach (Block arm in arms)
        {
            block = arm;
            Region(Math.Max(depth + 1, 3));
            known2[block] = [.. scope];
            block.End(new Value(Op.Jump), join);
            scope.RemoveRange(known, scope.Count - known);
        }

        function.Blocks.Add(join);
        block = join;
        if (join.Predecessors.Count == 0)
        {
            throw new InvalidOperationException("nothing leads behind the switch");
        }

        Dictionary<Block, Value> same = [];
        for (int i = random.Next(3); i > 0; i--)
        {
            same.Clear();
            Value phi = new(Op.Phi, [.. join.Predecessors.Select(Input)]);
            join.AddPhi(phi);
            scope.Add(phi);
        }

        Value Input(Block predecessor)
        {
            if (!same.TryGetValue(predecessor, out Value? value))
            {
                value = PickFrom(known2[predecessor]);
                same.Add(predecessor, value);
            }

            return value;
        }

        Block NewArm()
        {
            Block arm = NewBlock();
            arms.Add(arm);
            return arm;
        }
    }
}
