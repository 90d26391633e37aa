// A fork is the machine that loading a snapshot would give, and neither side ever sees what the other writes.

using System.Reflection;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.MachineFrame;

public sealed class ForkTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 350_000;

    public static TheoryData<string, string, EngineKind> Programs()
    {
        TheoryData<string, string, EngineKind> programs = [];
        programs.Add("hello", "dabao", EngineKind.Stepper);
        foreach (EngineKind engine in (EngineKind[])[EngineKind.Threaded, EngineKind.Translator])
        {
            foreach (string program in (string[])
                ["hello", "echo", "tick", "mmu", "selfmod", "paging_demand", "rram", "settings", "crypto", "reset", "usb_cdc", "xous_calls"])
            {
                programs.Add(program, "dabao", engine);
            }

            programs.Add("spi_memory", "dc34-badge", engine);
            programs.Add("oled", "dc34-badge", engine);
            programs.Add("accelerometer", "dc34-badge", engine);
        }

        return programs;
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_fork_at_any_point_goes_on_as_its_parent(string program, string board, EngineKind engine)
    {
        Random random = Seeded();
        using Guest alone = new(program, engine, watchOs: true, board: board);
        using Guest parent = new(program, engine, watchOs: true, board: board);
        ulong end = 20 * Millisecond;
        alone.Machine.Run(end);
        string expected = alone.Machine.StateHash();

        List<Machine> forks = [];
        while (parent.Machine.Cycle < end && !parent.Machine.HasEnded)
        {
            parent.Machine.Run(Math.Min(end - parent.Machine.Cycle, (ulong)random.NextInt64(1, 5 * (long)Millisecond)));
            forks.Add(parent.Machine.Fork());
            Assert.Equal(parent.Machine.StateHash(), forks[^1].StateHash());
        }

        Assert.Equal(expected, parent.Machine.StateHash());
        foreach (Machine fork in forks)
        {
            fork.Run(end - fork.Cycle);
            Assert.Equal(expected, fork.StateHash());
            fork.Dispose();
        }

        Assert.Equal(expected, parent.Machine.StateHash());
    }

    [Theory]
    [InlineData("xous_calls", "dabao")]
    [InlineData("usb_cdc", "dabao")]
    [InlineData("oled", "dc34-badge")]
    public void A_fork_is_in_every_field_what_a_loaded_snapshot_is(string program, string board)
    {
        using Guest parent = new(program, watchOs: true, board: board);
        parent.Machine.Run(20 * Millisecond);
        using Guest loaded = new(program, watchOs: true, board: board);
        loaded.Machine.Load(parent.Machine.Save());
        loaded.Machine.Trim();
        using Machine fork = parent.Machine.Fork();
        fork.Trim();

        Assert.Equal(loaded.Machine.Save().Units, fork.Save().Units);
        Same different = new();
        different.Compare("Soc", loaded.Machine.Soc, fork.Soc);
        different.Compare("Hart", loaded.Machine.Hart, fork.Hart);
        different.Compare("Xous", loaded.Machine.Xous!, fork.Xous!);
        Assert.Empty(different.Found);
    }

    [Theory]
    [InlineData(ChipMemories.SramBase + 0x1234)]
    [InlineData(ChipMemories.RramBase + 0x30_0010)]
    [InlineData(ChipMemories.IframBase)]
    [InlineData(ChipMemories.SpiFlashBase + 0x5000)]
    [InlineData(ChipMemories.PsramBase + 0x7F_FFF0)]
    public void Neither_side_sees_what_the_other_writes(uint address)
    {
        using Guest parent = new("hello", board: "dc34-badge");
        PhysicalMemory before = parent.Machine.Soc.Memory;
        before.TryWrite(address, "before"u8);
        using Machine fork = parent.Machine.Fork();
        Assert.Equal("before"u8, Read(fork, address));
        fork.Soc.Memory.TryWrite(address, "fork's"u8);
        Assert.Equal("before"u8, Read(parent.Machine, address));
        before.TryWrite(address, "parent"u8);
        Assert.Equal("fork's"u8, Read(fork, address));
        Assert.Equal("parent"u8, Read(parent.Machine, address));
    }

    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void A_program_that_has_stored_to_a_page_stores_to_its_own_copy_after_a_fork(EngineKind engine)
    {
        using Guest parent = new("tick", engine);
        Assert.True(parent.RunUntil("tick"));
        using Machine fork = parent.Machine.Fork();
        string forked = fork.StateHash();
        parent.Machine.Run(100 * Millisecond);
        Assert.NotEqual(forked, parent.Machine.StateHash());
        Assert.Equal(forked, fork.StateHash());
    }

    [Fact]
    public void A_fork_outlives_its_parent()
    {
        Guest parent = new("mmu");
        parent.Machine.Run(5 * Millisecond);
        using Machine fork = parent.Machine.Fork();
        string forked = fork.StateHash();
        parent.Machine.Run(5 * Millisecond);
        string expected = parent.Machine.StateHash();
        parent.Dispose();
        using Guest other = new("crypto"); // takes the pages that became free
        other.Machine.Run(5 * Millisecond);
        Assert.Equal(forked, fork.StateHash());
        fork.Run(5 * Millisecond);
        Assert.Equal(expected, fork.StateHash());
    }

    [Fact]
    public void A_long_chain_of_forks_holds_no_more_pages_than_one_machine()
    {
        Machine current = new Guest("paging_demand").Machine;
        using Guest alone = new("paging_demand");
        int most = 0;
        for (int generation = 0; generation < 1000; generation++)
        {
            current.Run(10_000);
            Machine next = current.Fork();
            most = Math.Max(most, next.Soc.Memory.OwnedPages);
            Assert.Equal(next.Soc.Memory.OwnedPages, Shared(next.Soc.Memory));
            current.Dispose();
            Assert.Equal(0, Shared(next.Soc.Memory));
            current = next;
        }

        alone.Machine.Run(10_000_000);
        Assert.Equal(alone.Machine.StateHash(), current.StateHash());
        Assert.Equal(alone.Machine.Soc.Memory.OwnedPages, most);
        current.Dispose();
    }

    [Fact]
    public void A_page_that_nobody_else_holds_any_more_is_not_copied()
    {
        using Guest parent = new("hello");
        PhysicalMemory memory = parent.Machine.Soc.Memory;
        memory.TryWrite(ChipMemories.SramBase, "x"u8);
        nint place = Place(memory);
        Machine fork = parent.Machine.Fork();
        fork.Dispose();
        memory.TryWrite(ChipMemories.SramBase, "y"u8);
        Assert.Equal(place, Place(memory));
    }

    [Fact]
    public void Power_that_is_lost_on_one_side_leaves_the_other_alone()
    {
        using Guest parent = new("hello");
        parent.Machine.Run(5 * Millisecond);
        using Machine fork = parent.Machine.Fork();
        string hash = fork.StateHash();
        parent.Machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        parent.Machine.Run(Millisecond);
        Assert.Equal(hash, fork.StateHash());
        fork.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        fork.Run(Millisecond);
        using Guest fresh = new("hello");
        fresh.Machine.Run(Millisecond);
        Assert.Equal(fresh.Machine.Soc.Memory.OwnedPages, fork.Soc.Memory.OwnedPages);
    }

    [Fact]
    public async Task Forks_run_on_threads_of_their_own()
    {
        Random random = Seeded();
        using Guest alone = new("paging_demand", EngineKind.Translator);
        alone.Machine.Run(20 * Millisecond);
        string expected = alone.Machine.StateHash();
        using Guest parent = new("paging_demand", EngineKind.Translator);
        List<Task<string>> running = [];
        for (int i = 0; i < 30; i++)
        {
            parent.Machine.Run((ulong)random.Next(1, 100_000));
            Machine fork = parent.Machine.Fork();
            running.Add(Task.Run(() =>
            {
                using (fork)
                {
                    using Machine second = fork.Fork();
                    fork.Run((20 * Millisecond) - fork.Cycle);
                    second.Run((20 * Millisecond) - second.Cycle);
                    Assert.Equal(fork.StateHash(), second.StateHash());
                    return fork.StateHash();
                }
            }));
        }

        Assert.All(await Task.WhenAll(running), hash => Assert.Equal(expected, hash));
    }

    [Fact]
    public void Steps_of_messages_before_a_fork_are_both_sides_and_those_after_their_own()
    {
        using Guest parent = new("xous_calls", watchOs: true);
        parent.Machine.Run(2 * Millisecond);
        using Machine fork = parent.Machine.Fork();
        byte[] atFork = fork.Save().Units;
        parent.Machine.Run(30 * Millisecond);
        Assert.Equal(atFork, fork.Save().Units);
        fork.Run(30 * Millisecond);
        Assert.Equal(parent.Machine.Save().Units, fork.Save().Units);
        Assert.NotEqual(1ul, fork.Xous!.Messages.Next);
    }

    private Random Seeded()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private static byte[] Read(Machine machine, uint address)
    {
        byte[] bytes = new byte[6];
        Assert.True(machine.Soc.Memory.TryRead(address, bytes));
        return bytes;
    }

    private static unsafe nint Place(PhysicalMemory memory) => (nint)memory.PageForRead(ChipMemories.SramBase);

    private static unsafe int Shared(PhysicalMemory memory) => memory.Regions.Sum(region =>
        Enumerable.Range(0, region.Pages.Length)
            .Count(page => region.Owned[page] && !HeldPages.IsHeldAlone(region.Pages[page])));

    /// <summary>Compares two graphs of objects, field by field.</summary>
    private sealed class Same
    {
        // Who looks on, and what says nothing of the state.
        private static readonly string[] others =
        [
            "<Observer>k__BackingField", "_version", "version", "isShared", "<Epoch>k__BackingField",
        ];

        private readonly HashSet<object> seen = new(ReferenceEqualityComparer.Instance);

        public List<string> Found { get; } = [];

        public void Compare(string path, object? left, object? right)
        {
            if (left is null || right is null || left.GetType() != right.GetType())
            {
                Note(path, left is null && right is null);
            }
            else if (left.GetType().IsPrimitive || left is string or Enum)
            {
                Note($"{path}: {left}, {right}", left.Equals(right));
            }
            else if (left is not (Pointer or Delegate or Type or PhysicalMemory)
                && (left.GetType().IsValueType || seen.Add(left)))
            {
                CompareInside(path, left, right);
            }
        }

        private void CompareInside(string path, object left, object right)
        {
            if (left is Array first && right is Array second)
            {
                Note(path + ".Length", first.Length == second.Length);
                for (int i = 0; i < Math.Min(first.Length, second.Length) && !first.GetType().GetElementType()!.IsPointer; i++)
                {
                    Compare($"{path}[{i}]", first.GetValue(i), second.GetValue(i));
                }

                return;
            }

            for (Type? type = left.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            {
                foreach (FieldInfo field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (!field.FieldType.IsPointer && !field.FieldType.IsFunctionPointer && !others.Contains(field.Name))
                    {
                        Compare($"{path}.{field.Name}", field.GetValue(left), field.GetValue(right));
                    }
                }
            }
        }

        private void Note(string what, bool same)
        {
            if (!same)
            {
                Found.Add(what);
            }
        }
    }
}
