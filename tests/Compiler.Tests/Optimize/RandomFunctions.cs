// Makes functions as the importer does, with all locals in slots: nested ifs, loops of every shape, spans whose every
// access is checked, structs that are copied, calls. Loops count towards bounds from every side, and past them.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Tests.Optimize;

internal sealed class RandomFunctions
{
    public const int DataWords = 24;

    private static readonly int[] interesting =
        [0, 0, 1, 1, 2, 3, 4, 7, 8, 15, 16, 24, 31, 32, 255, 256, 0xffff, 0xff00, 2047, 2048, -1, -2, -8, int.MaxValue, int.MinValue, int.MaxValue - 2, 0x10000];

    private readonly Random random;
    private readonly bool folds;
    private readonly Function function;
    private readonly Value spanPointer = Value.AddressOf(new Slot(8, 4, "span"));
    private readonly Slot[] words;
    private readonly Slot[] bytes;
    private readonly Slot[] records;
    private readonly Slot array = new(32, 4, "array");
    private readonly Slot escaping = new(4, 4, "escaping");
    private readonly List<(Block Break, Block Continue)> loops = [];
    private readonly FunctionSymbol callee = new("callee");
    private Block block = new();
    private int budget;

    private RandomFunctions(int seed)
    {
        random = new Random(seed);
        folds = seed % 2 == 0;
        budget = 8 + (seed % 25);
        function = new Function(new FunctionSymbol($"random{seed}")) { ParameterWords = 4, ResultWords = 2 };
        words = [.. Enumerable.Range(0, 5).Select(i => new Slot(4, 4, $"w{i}"))];
        bytes = [.. Enumerable.Range(0, 3).Select(i => new Slot(i == 2 ? 2 : 1, i == 2 ? 2 : 1, $"b{i}"))];
        records = [.. Enumerable.Range(0, 3).Select(i => new Slot(12, 4, $"r{i}"))];
        byte[] table = new byte[32];
        random.NextBytes(table);
        Table = new DataSymbol("table", 32, 4) { IsReadOnly = true, Content = table };
        byte[] content = new byte[4 * DataWords];
        random.NextBytes(content);
        Data = new DataSymbol("data", content.Length, 4) { Content = content };
        Other = new DataSymbol("other", 16, 4);
    }

    public DataSymbol Data { get; }

    public DataSymbol Other { get; }

    public DataSymbol Table { get; }

    public IReadOnlyList<DataSymbol> Symbols => [Data, Other, Table];

    public static (Function Function, IReadOnlyList<DataSymbol> Symbols) Make(int seed)
    {
        RandomFunctions maker = new(seed);
        maker.MakeBody();
        return (maker.function, maker.Symbols);
    }

    /// <summary>A pointer to Data, how many words of it are the span, and two numbers.</summary>
    public static int[] Arguments(int seed)
    {
        Random random = new(seed);
        return [Evaluator.DataBase, random.Next(6) == 0 ? random.Next(8) : random.Next(8, DataWords + 1), Number(random), Number(random)];
    }

    private static int Number(Random random) => random.Next(3) switch
    {
        0 => interesting[random.Next(interesting.Length)],
        1 => random.Next(-4, 30),
        _ => random.Next(int.MinValue, int.MaxValue),
    };

    private void MakeBody()
    {
        Start(block);
        Value[] parameters = [.. Enumerable.Range(0, 4).Select(i => block.Add(new Value(Op.Parameter) { Imm = i }))];
        Store(spanPointer, parameters[0]);
        Store(Value.AddressOf(spanPointer.Slot!, 4), parameters[1]);
        for (int i = 0; i < words.Length; i++)
        {
            Store(Value.AddressOf(words[i]), i < 2 ? parameters[i + 2] : i == 2 ? parameters[1] : Value.Const(i));
        }

        foreach (Slot slot in bytes)
        {
            Store(Value.AddressOf(slot), Value.Const(0), slot.Size);
        }

        foreach (Slot slot in records.Append(array).Append(escaping))
        {
            block.Add(new Value(Op.ClearMemory, Value.AddressOf(slot)) { Imm = slot.Size, Size = 4 });
        }

        Statements(3);
        End(new Value(Op.Return, Word(2), Word(2)));
    }

    private void Start(Block next)
    {
        block = next;
        function.Blocks.Add(next);
    }

    private void End(Value terminator, params ReadOnlySpan<Block> successors)
    {
        if (folds)
        {
            Folding.Simplify(terminator);
        }

        block.End(terminator, successors);
    }

    private Value Emit(Value value)
    {
        if (folds && Folding.Simplify(value) is { } same)
        {
            return same;
        }

        return block.Add(value);
    }

    private void Store(Value address, Value value, int size = 4, int offset = 0) =>
        Emit(new Value(Op.Store, address, value) { Size = (byte)size, Imm = offset });

    private Value Load(Value address, int size = 4, bool signed = false, int offset = 0) =>
        Emit(new Value(Op.Load, address) { Size = (byte)size, Imm = offset, Signed = signed });

    private void Statements(int depth)
    {
        int count = random.Next(1, 5);
        for (int i = 0; i < count; i++)
        {
            Statement(depth);
        }
    }

    private void Statement(int depth)
    {
        if (--budget < 0)
        {
            depth = 0;
        }

        switch (random.Next(depth > 0 ? 22 : 10))
        {
            case 0 or 1 or 2:
                Store(Value.AddressOf(words[random.Next(words.Length)]), Word(3));
                break;
            case 3:
                Slot slot = bytes[random.Next(bytes.Length)];
                Store(Value.AddressOf(slot), Word(2), slot.Size);
                break;
            case 4:
                Store(Element(), Word(2), random.Next(3) == 0 ? 1 : 4);
                break;
            case 5:
                RecordStatement();
                break;
            case 6:
                Store(Emit(new Value(Op.Add, Value.AddressOf(array), Scaled(Emit(new Value(Op.And, Word(1), Value.Const(7)))))), Word(2));
                break;
            case 7:
                Store(Value.AddressOf(Other, 4 * random.Next(4)), Word(2));
                break;
            case 8:
                Value[] arguments = [Word(1), random.Next(2) == 0 ? Value.AddressOf(escaping) : Word(1)];
                Value call = block.Add(new Value(Op.Call, arguments) { Symbol = callee, Imm = 2 });
                Value second = block.Add(new Value(Op.Result, call) { Imm = 1 });
                Store(Value.AddressOf(words[0]), random.Next(2) == 0 ? call : second);
                break;
            case 9:
                if (random.Next(3) == 0)
                {
                    Emit(new Value(Op.Check, Word(1), Word(1)) { Condition = random.Next(3) == 0 ? Any() : Condition.Equal, Panic = PanicKind.Overflow });
                }
                else
                {
                    Emit(new Value(Op.Store, Value.AddressOf(Other), Word(1)) { Size = 4, Volatile = random.Next(2) == 0 });
                }

                break;
            case 10 or 11 or 12:
                If(depth);
                break;
            case 13 when loops.Count > 0:
                Leave();
                break;
            case 14:
                Switch(depth);
                break;
            case 15:
                Walk(depth);
                break;
            case 16:
                Flags(depth);
                break;
            case 17:
                Bits(depth);
                break;
            default:
                For(depth);
                break;
        }
    }

    private void RecordStatement()
    {
        Slot record = records[random.Next(records.Length)];
        switch (random.Next(5))
        {
            case 0:
                int size = 1 << random.Next(3);
                Store(Value.AddressOf(record), Word(2), size, size * random.Next(12 / size));
                break;
            case 1:
                block.Add(new Value(Op.CopyMemory, Value.AddressOf(record), Value.AddressOf(records[random.Next(records.Length)])) { Imm = 12, Size = 4 });
                break;
            case 2:
                block.Add(new Value(Op.CopyMemory, Value.AddressOf(record, 4), Value.AddressOf(Data, 4 * random.Next(4))) { Imm = 8, Size = 4 });
                break;
            case 3:
                block.Add(new Value(Op.CopyMemory, Value.AddressOf(Data, 4 * random.Next(4)), Value.AddressOf(record)) { Imm = 12, Size = 4 });
                break;
            default:
                block.Add(new Value(Op.ClearMemory, Value.AddressOf(record, 4 * random.Next(2))) { Imm = 8, Size = 4 });
                break;
        }
    }

    private void If(int depth)
    {
        Block then = new();
        Block otherwise = new();
        Block after = new();
        bool hasElse = random.Next(2) == 0;
        if (random.Next(3) == 0)
        {
            // As "a && b" leaves it: a number in a slot.
            Slot flag = new(4, 4, "flag");
            Block second = new();
            Block join = new();
            Store(Value.AddressOf(flag), Value.Const(random.Next(2)));
            End(Compare(Op.Branch), second, join);
            Start(second);
            Store(Value.AddressOf(flag), Compare(Op.Set, true));
            End(new Value(Op.Jump), join);
            Start(join);
            End(new Value(Op.Branch, Load(Value.AddressOf(flag)), Value.Const(0)) { Condition = Condition.NotEqual }, then, hasElse ? otherwise : after);
        }
        else
        {
            End(Compare(Op.Branch), then, hasElse ? otherwise : after);
        }

        Start(then);
        Statements(depth - 1);
        End(new Value(Op.Jump), after);
        if (hasElse)
        {
            Start(otherwise);
            Statements(depth - 1);
            End(new Value(Op.Jump), after);
        }

        Start(after);
    }

    private void Switch(int depth)
    {
        Block after = new();
        Block[] cases = [.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => new Block())];
        Block[] successors = [.. Enumerable.Range(0, 5).Select(_ => random.Next(3) == 0 ? after : cases[random.Next(cases.Length)]), cases[0]];
        End(new Value(Op.Switch, Emit(new Value(Op.And, Word(2), Value.Const(7)))), successors);
        foreach (Block one in cases)
        {
            Start(one);
            Statements(depth - 1);
            End(new Value(Op.Jump), after);
        }

        Start(after);
    }

    // A pointer and how much is left: both move until less than a step is left.
    private void Walk(int depth)
    {
        Slot pointer = new(4, 4, "p");
        Slot left = new(4, 4, "left");
        int size = random.Next(2) == 0 ? 4 : 1;
        Store(Value.AddressOf(pointer), Value.AddressOf(Data));
        Store(Value.AddressOf(left), Emit(new Value(Op.And, Word(1), Value.Const(random.Next(2) == 0 ? 15 : 60))));
        Block body = new();
        Block test = new();
        Block end = new();
        End(new Value(Op.Jump), random.Next(4) == 0 ? body : test);
        loops.Add((end, test));
        Start(body);
        Store(Load(Value.AddressOf(pointer)), Word(1), size);
        if (random.Next(3) == 0)
        {
            Statements(depth - 1);
        }

        Store(Value.AddressOf(pointer), Emit(new Value(Op.Add, Load(Value.AddressOf(pointer)), Value.Const(size))));
        Store(Value.AddressOf(left), Emit(new Value(Op.Sub, Load(Value.AddressOf(left)), Value.Const(size))));
        Block next = new();
        End(new Value(Op.Branch, Load(Value.AddressOf(pointer)), Value.AddressOf(Data, 64)) { Condition = Condition.LessUnsigned }, next, end);
        Start(next);
        End(new Value(Op.Jump), test);
        Start(test);
        Condition condition = random.Next(3) switch
        {
            0 => Condition.NotEqual,
            1 => Condition.GreaterOrEqual,
            _ => Condition.GreaterOrEqualUnsigned,
        };
        End(new Value(Op.Branch, Load(Value.AddressOf(left)), Value.Const(condition == Condition.NotEqual ? 0 : size)) { Condition = condition }, body, end);
        loops.RemoveAt(loops.Count - 1);
        Start(end);
        if (random.Next(2) == 0)
        {
            Store(Value.AddressOf(words[1]), Load(Value.AddressOf(left)));
        }
    }

    // One branch sets small numbers that the next ones test.
    private void Flags(int depth)
    {
        Slot first = new(4, 4, "f");
        Slot second = new(4, 4, "g");
        Block join = new();
        int ways = random.Next(2, 5);
        for (int i = 0; i < ways; i++)
        {
            Block way = new();
            Block next = new();
            End(Compare(Op.Branch), way, next);
            Start(way);
            Store(Value.AddressOf(first), random.Next(3) == 0 ? Word(1) : Value.Const(random.Next(3)));
            Store(Value.AddressOf(second), Value.Const(random.Next(2)));
            End(new Value(Op.Jump), join);
            Start(next);
        }

        Store(Value.AddressOf(first), Value.Const(random.Next(3)));
        Store(Value.AddressOf(second), Word(1));
        End(new Value(Op.Jump), join);
        Start(join);
        foreach (Slot flag in (Slot[])[first, second])
        {
            Block then = new();
            Block after = new();
            End(new Value(Op.Branch, Load(Value.AddressOf(flag)), Value.Const(random.Next(2))) { Condition = Any() }, then, after);
            Start(then);
            Statements(depth - 1);
            End(new Value(Op.Jump), after);
            Start(after);
        }

        Store(Value.AddressOf(words[4]), Emit(new Value(Op.Add, Load(Value.AddressOf(first)), Load(Value.AddressOf(second)))));
    }

    // Several tests of one word, with one way out for all.
    private void Bits(int depth)
    {
        Value word = Word(2);
        Block away = new();
        Block after = new();
        int tests = random.Next(2, 4);
        for (int i = 0; i < tests; i++)
        {
            Block next = new();
            Value comparison = random.Next(2) == 0
                ? new Value(Op.Branch, Emit(new Value(Op.And, word, Value.Const(1 << random.Next(4)))), Value.Const(0))
                {
                    Condition = random.Next(2) == 0 ? Condition.Equal : Condition.NotEqual,
                }
                : new Value(Op.Branch, word, Value.Const(random.Next(-3, 20))) { Condition = Any() };
            if (random.Next(2) == 0)
            {
                End(comparison, next, away);
            }
            else
            {
                End(comparison, away, next);
            }

            Start(next);
        }

        Statements(depth - 1);
        End(new Value(Op.Jump), after);
        Start(away);
        Statements(depth - 1);
        End(new Value(Op.Jump), after);
        Start(after);
    }

    private void Leave()
    {
        Block next = new();
        Block leaving = new();
        End(Compare(Op.Branch), leaving, next);
        Start(leaving);
        (Block end, Block again) = loops[^1];
        switch (random.Next(4))
        {
            case 0:
                End(new Value(Op.Return, Word(1), Word(1)));
                break;
            case 1:
                End(new Value(Op.Panic) { Panic = PanicKind.Thrown });
                break;
            default:
                End(new Value(Op.Jump), random.Next(2) == 0 ? end : again);
                break;
        }

        Start(next);
    }

    // Counted from either side, tested at either end; the bound is the span's length, a number or a local.
    private void For(int depth)
    {
        Slot counter = random.Next(2) == 0 ? new Slot(4, 4, "i") : words[random.Next(words.Length)];
        int step = random.Next(4) == 0 ? interesting[random.Next(interesting.Length)] : random.Next(3) == 0 ? -1 : 1;
        Value start = random.Next(4) switch
        {
            0 => Word(1),
            1 when step < 0 => Emit(new Value(Op.Add, Length(), Value.Const(-1))),
            2 => Value.Const(interesting[random.Next(interesting.Length)]),
            _ => Value.Const(0),
        };
        Store(Value.AddressOf(counter), start);
        Block body = new();
        Block again = new();
        Block test = new();
        Block end = new();
        bool bottom = random.Next(4) != 0;
        Block head = bottom && random.Next(4) == 0 ? body : test;
        End(new Value(Op.Jump), head);
        if (!bottom)
        {
            Start(test);
            Test(counter, step, body, end);
        }

        loops.Add((end, again));
        Start(body);
        int accesses = random.Next(3);
        for (int i = 0; i < accesses; i++)
        {
            Value index = Load(Value.AddressOf(counter));
            if (random.Next(3) == 0)
            {
                index = Emit(new Value(Op.Add, index, Value.Const(random.Next(-2, 3))));
            }

            Value element = Element(index);
            if (random.Next(2) == 0)
            {
                Store(element, Word(1));
            }
            else
            {
                Store(Value.AddressOf(words[3]), Emit(new Value(Op.Add, Load(Value.AddressOf(words[3])), Load(element))));
            }
        }

        Statements(depth - 1);
        End(new Value(Op.Jump), again);
        Start(again);
        Store(Value.AddressOf(counter), Emit(new Value(Op.Add, Load(Value.AddressOf(counter)), Value.Const(step))));
        if (bottom)
        {
            End(new Value(Op.Jump), test);
            Start(test);
            Test(counter, step, body, end);
        }
        else
        {
            End(new Value(Op.Jump), test);
        }

        loops.RemoveAt(loops.Count - 1);
        Start(end);
    }

    private void Test(Slot counter, int step, Block body, Block end)
    {
        Value bound = random.Next(4) switch
        {
            0 => Value.Const(random.Next(12)),
            1 => Load(Value.AddressOf(words[2])),
            _ => Length(),
        };
        Condition[] conditions = step < 0 ? [Condition.GreaterOrEqual, Condition.NotEqual, Condition.GreaterOrEqual]
            : [Condition.Less, Condition.Less, Condition.LessUnsigned, Condition.NotEqual];
        Condition condition = conditions[random.Next(conditions.Length)];
        if (step < 0)
        {
            bound = Value.Const(random.Next(-1, 3));
        }

        Value index = Load(Value.AddressOf(counter));
        if (random.Next(5) == 0)
        {
            // i <= bound, as not bound < i.
            End(new Value(Op.Branch, bound, index) { Condition = Condition.GreaterOrEqual }, body, end);
        }
        else
        {
            End(new Value(Op.Branch, index, bound) { Condition = condition }, body, end);
        }
    }

    private Condition Any() => (Condition)random.Next(6);

    private Value Compare(Op op, bool emit = false)
    {
        Value comparison = new(op, Word(2), random.Next(2) == 0 ? Value.Const(interesting[random.Next(interesting.Length)]) : Word(1))
        {
            Condition = Any(),
        };
        return emit ? Emit(comparison) : comparison;
    }

    private Value Length() => Load(Value.AddressOf(spanPointer.Slot!, 4));

    private Value Scaled(Value index) => Emit(new Value(Op.ShiftLeft, index, Value.Const(2)));

    private Value Element(Value? index = null)
    {
        index ??= random.Next(6) != 0 ? Emit(new Value(Op.And, Word(1), Value.Const(random.Next(4) == 0 ? 15 : 7))) : Word(1);
        Emit(new Value(Op.Check, index, Length()) { Condition = Condition.GreaterOrEqualUnsigned, Panic = PanicKind.IndexOutOfRange });
        return Emit(new Value(Op.Add, Load(spanPointer), Scaled(index)));
    }

    private Value Word(int depth)
    {
        switch (random.Next(depth > 0 ? 18 : 7))
        {
            case 0 or 1:
                return Value.Const(interesting[random.Next(interesting.Length)]);
            case 2:
                Slot part = bytes[random.Next(bytes.Length)];
                return Load(Value.AddressOf(part), part.Size, random.Next(4) == 0);
            case 3:
                int size = 1 << random.Next(3);
                return Load(Value.AddressOf(records[random.Next(records.Length)]), size, random.Next(2) == 0, size * random.Next(12 / size));
            case < 7:
                return Load(Value.AddressOf(words[random.Next(words.Length)]));
            case 7:
                return Load(Element());
            case 8:
                return random.Next(3) switch
                {
                    0 => Load(Value.AddressOf(Other, 4 * random.Next(4))),
                    1 => Load(Value.AddressOf(escaping)),
                    _ => Load(Emit(new Value(Op.Add, Value.AddressOf(array), Scaled(Emit(new Value(Op.And, Word(depth - 1), Value.Const(7))))))),
                };
            case 9:
                return Compare(Op.Set, true);
            case 10:
                return Emit(new Value((Op)random.Next((int)Op.SignExtend8, (int)Op.ZeroExtend16 + 1), Word(depth - 1)));
            case 11:
                // The upper word of a sum of 64 bits.
                Value a = Word(depth - 1);
                Value low = Emit(new Value(Op.Add, a, Word(depth - 1)));
                Value carry = Emit(new Value(Op.Set, low, a) { Condition = Condition.LessUnsigned });
                return Emit(new Value(Op.Add, Word(depth - 1), carry));
            case 12:
                return Load(Emit(new Value(Op.Add, Value.AddressOf(Table), Emit(new Value(Op.And, Word(depth - 1), Value.Const(31))))), 1);
            default:
                return Emit(new Value((Op)random.Next((int)Op.Add, (int)Op.ShiftRightArithmetic + 1), Word(depth - 1), Word(depth - 1)));
        }
    }
}
