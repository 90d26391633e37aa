// No field of a block or of a board's part is forgotten in its state. Every field that can change is set to an odd
// value, saved, and loaded into a fresh chip; it must be there. A field that is left out on purpose says so with
// [Derived].

using System.Reflection;
using System.Runtime.CompilerServices;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Peripherals;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class StateTests(ITestOutputHelper output)
{
    // Fits every register that a block narrows when it loads (18-bit addresses), and no narrower visit.
    private const uint Odd = 0x2_A501;

    public static TheoryData<string> Blocks()
    {
        using Chip chip = new();
        return [.. chip.Soc.Bus.Blocks.Where(block => block.Section is not null).Select(block => block.Peripheral.Name)];
    }

    public static TheoryData<string, string> Parts()
    {
        TheoryData<string, string> parts = [];
        foreach (Board board in Board.All)
        {
            using Chip chip = new(board: board.Id);
            foreach ((_, BoardPart part) in chip.Soc.Parts)
            {
                parts.Add(board.Id, part.Name);
            }
        }

        return parts;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_field_of_a_block_survives_saving_and_loading(string name)
    {
        using Chip saved = new();
        using Chip loaded = new();
        Peripheral source = Block(saved, name);
        Peripheral target = Block(loaded, name);
        AssertEveryFieldSurvives(source, source.State, target, target.State);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Every_field_of_a_part_survives_saving_and_loading(string board, string name)
    {
        using Chip saved = new(board: board);
        using Chip loaded = new(board: board);
        BoardPart source = Part(saved, name);
        BoardPart target = Part(loaded, name);
        AssertEveryFieldSurvives(source, source.State, target, target.State);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_loaded_with_nonsense_neither_throws_nor_hangs(string board, string name)
    {
        Random random = Seeded();
        for (int attempt = 0; attempt < 30; attempt++)
        {
            using Chip chip = new(board: board);
            BoardPart part = Part(chip, name);
            try
            {
                part.State(new StateReader(Nonsense(random)));
            }
            catch (SnapshotFormatException)
            {
                continue;
            }

            for (int i = 0; i < 200 && part is ISpiDevice device; i++)
            {
                device.Transfer((SpiLines)random.Next(3), (uint)random.Next(), 4 * random.Next(1, 9));
                if (random.Next(4) == 0)
                {
                    device.Deselect();
                    device.Select();
                }

                chip.Pass((ulong)random.Next(10_000_000));
            }

            part.PowerOn();
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_loaded_with_nonsense_neither_throws_nor_hangs(string name)
    {
        Random random = Seeded();
        for (int attempt = 0; attempt < 30; attempt++)
        {
            using Chip chip = new(cold: false);
            MappedBlock block = chip.Soc.Bus.Blocks.Single(block => block.Peripheral.Name == name);
            try
            {
                block.Peripheral.State(new StateReader(Nonsense(random)));
            }
            catch (SnapshotFormatException)
            {
                continue;
            }

            for (int i = 0; i < 200; i++)
            {
                uint offset = (uint)random.Next(0x280) & ~3u;
                if (random.Next(2) == 0)
                {
                    block.Peripheral.Read(offset);
                }
                else
                {
                    block.Peripheral.Write(offset, (uint)random.Next(), uint.MaxValue);
                }

                chip.Pass((ulong)random.Next(10_000));
            }

            chip.Reset(ResetKind.Pad);
        }
    }

    [Fact]
    public void The_first_check_would_see_a_forgotten_field()
    {
        using Chip chip = new();
        Assert.Contains(Fields(Block(chip, "UDMA_UART2")), found => found.Field.Name == "setup");
        Assert.Contains(Fields(Block(chip, "UDMA_UART2")), found => found.Field.Name == "startAddress");
        Assert.Contains(Fields(Block(chip, "UDMA_UART2")), found => found.Field.Name == "sent");
        Assert.Contains(Fields(Block(chip, "IOX")), found => found.Field.Name == "driven");
    }

    [Fact]
    public void Sections_are_not_shared()
    {
        using Chip chip = new(board: "dc34-badge");
        List<SectionId> sections =
        [
            .. chip.Soc.Bus.Blocks.Select(block => block.Section).OfType<SectionId>(),
            .. chip.Soc.Parts.Select(soldered => soldered.Section),
        ];
        Assert.Equal(sections.Distinct(), sections);
    }

    [Fact]
    public void A_waiting_byte_survives_wherever_it_stands_in_its_ring()
    {
        ByteQueue queue = new(100);
        Assert.True(queue.TryEnqueue(new byte[60]));
        for (int i = 0; i < 60; i++)
        {
            queue.Dequeue();
        }

        Assert.True(queue.TryEnqueue("around the corner"u8));
        StateWriter writer = new();
        queue.State(writer);
        ByteQueue restored = new(100);
        Assert.True(restored.TryEnqueue("old"u8));
        restored.State(new StateReader(writer.Written));
        Assert.Equal("around the corner"u8, Drain(restored));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(int.MaxValue)]
    public void A_stored_queue_of_an_impossible_length_is_refused(int length)
    {
        ByteQueue queue = new(100);
        Assert.Throws<SnapshotFormatException>(() => queue.State(new StateReader(BitConverter.GetBytes(length))));
    }

    private Random Seeded()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private static void AssertEveryFieldSurvives(
        object source, Action<StateStream> save, object target, Action<StateStream> load)
    {
        uint next = Odd;
        foreach ((object owner, FieldInfo field) in Fields(source))
        {
            Disturb(owner, field, ref next);
        }

        StateWriter writer = new();
        save(writer);
        load(new StateReader(writer.Written));

        List<(object Owner, FieldInfo Field)> targets = [.. Fields(target)];
        int index = 0;
        foreach ((object owner, FieldInfo field) in Fields(source))
        {
            Assert.True(
                Same(field.GetValue(owner), field.GetValue(targets[index].Owner)),
                $"{field.DeclaringType!.Name}.{field.Name} is not part of the state.");
            index++;
        }
    }

    private static byte[] Drain(ByteQueue queue)
    {
        List<byte> bytes = [];
        while (queue.Count > 0)
        {
            bytes.Add(queue.Dequeue());
        }

        return [.. bytes];
    }

    private static byte[] Nonsense(Random random)
    {
        byte[] nonsense = new byte[1000];
        random.NextBytes(nonsense);
        if (random.Next(2) == 0)
        {
            nonsense.AsSpan(random.Next(nonsense.Length)).Clear(); // so that small numbers come up, too
        }

        return nonsense;
    }

    private static BoardPart Part(Chip chip, string name) =>
        chip.Soc.Parts.Select(soldered => soldered.Part).Single(part => part.Name == name);

    private static Peripheral Block(Chip chip, string name) =>
        chip.Soc.Bus.Blocks.Select(block => block.Peripheral).Single(peripheral => peripheral.Name == name);

    // The fields that can change, those of the parts that a block is made of included.
    private static IEnumerable<(object Owner, FieldInfo Field)> Fields(object owner)
    {
        for (Type? type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                bool changes = field.FieldType.IsArray || field.FieldType == typeof(ScheduledEvent)
                    || (field.FieldType.IsValueType && !field.IsInitOnly && !IsConstructorParameter(field));
                if (field.GetCustomAttribute<DerivedAttribute>() is not null)
                {
                    continue;
                }

                object[] inside = [.. (field.GetValue(owner) as object[] ?? [field.GetValue(owner)!]).Where(HasState)];
                if (inside.Length > 0)
                {
                    foreach ((object Owner, FieldInfo Field) inner in inside.SelectMany(Fields))
                    {
                        yield return inner;
                    }
                }
                else if (changes)
                {
                    yield return (owner, field);
                }
            }
        }
    }

    // Whether something is made of fields itself; the blocks and parts that it knows are not its own.
    private static bool HasState(object? inside) =>
        inside is not (null or ValueType or Peripheral or BoardPart or SystemOnChip)
        && inside.GetType().GetMethod("State", [typeof(StateStream)]) is not null;

    // A parameter of a primary constructor is kept in a field named <name>P.
    private static bool IsConstructorParameter(FieldInfo field) =>
        field.IsDefined(typeof(CompilerGeneratedAttribute)) && field.Name.EndsWith(">P", StringComparison.Ordinal);

    private static void Disturb(object owner, FieldInfo field, ref uint next)
    {
        next += 2;
        switch (field.GetValue(owner))
        {
            case ScheduledEvent scheduled:
                scheduled.At(((ulong)next << 20) + 1);
                break;
            case Array array:
                for (int i = 0; i < array.Length; i++, next += 2)
                {
                    array.SetValue(OddValue(array.GetValue(i)!, next), i);
                }

                break;
            case { } value:
                field.SetValue(owner, OddValue(value, next));
                break;
            default:
                throw new NotSupportedException($"{field.Name} is null.");
        }
    }

    private static object OddValue(object current, uint odd) => current switch
    {
        bool value => !value,
        byte => (byte)odd,
        ushort => (ushort)odd,
        uint => odd,
        int => (int)odd,
        ulong => ((ulong)odd << 32) + odd,
        Enum => Enum.ToObject(current.GetType(), 1),
        ValueType => OddStructure(current, odd),
        _ => throw new NotSupportedException($"{current.GetType().Name} has no odd value yet."),
    };

    private static object OddStructure(object structure, uint odd)
    {
        foreach (FieldInfo field in structure.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            field.SetValue(structure, OddValue(field.GetValue(structure)!, odd));
            odd += 2;
        }

        return structure;
    }

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (Array first, Array second) => first.Cast<object>().SequenceEqual(second.Cast<object>()),
        (ScheduledEvent first, ScheduledEvent second) => first.Due == second.Due && first.Order == second.Order,
        _ => Equals(left, right),
    };
}
