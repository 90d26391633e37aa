// The same run gives the same hash: twice, cut into pieces, saved and restored, on either engine, watched or not.

namespace XousCloud.Emulator.Tests.MachineFrame;

public class DeterminismTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 350_000;

    public static TheoryData<string> Programs =>
    [
        "hello", "blinky", "uart", "echo", "tick", "timer0", "mmu", "selfmod", "absent", "paging_demand", "idle",
        "rram", "slots", "settings", "iox", "aes", "crypto", "reset", "unmodelled", "usb_devcap", "usb_cdc", "xous_calls",
        "crash_jump", "crash_handler",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Two_runs_of_a_program_end_in_the_same_state(string program)
    {
        Assert.Equal(HashAfter(program, EngineKind.Threaded, 50), HashAfter(program, EngineKind.Threaded, 50));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void All_engines_end_in_the_same_state(string program)
    {
        string expected = HashAfter(program, EngineKind.Stepper, 60);
        Assert.Equal(expected, HashAfter(program, EngineKind.Threaded, 60));
        Assert.Equal(expected, HashAfter(program, EngineKind.Translator, 60));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Pausing_at_random_points_changes_nothing(string program)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using Guest whole = new(program);
        using Guest pieces = new(program);
        ulong end = 20 * Millisecond;

        whole.Machine.Run(end);
        while (pieces.Machine.Cycle < end && pieces.Machine.Death is null)
        {
            ulong left = end - pieces.Machine.Cycle;
            pieces.Machine.Run(Math.Min(left, (ulong)random.NextInt64(1, random.Next(2) == 0 ? 50 : 100_000)));
        }

        Assert.Equal(whole.Machine.StateHash(), pieces.Machine.StateHash());
        Assert.Equal(whole.Console, pieces.Console);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_restored_machine_goes_on_as_the_saved_one(string program)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        MachineImage image = Guest.LoadImage(program);
        using Guest saved = new(image);
        for (int i = 0; i < 5; i++)
        {
            saved.Machine.Run((ulong)random.NextInt64(1, (long)(4 * Millisecond)));
            using Guest restored = new(image);
            restored.Machine.Load(saved.Machine.Save());
            Assert.Equal(saved.Machine.StateHash(), restored.Machine.StateHash());

            ulong cycles = (ulong)random.NextInt64(1, (long)(4 * Millisecond));
            saved.Machine.Run(cycles);
            restored.Machine.Run(cycles);
            Assert.Equal(saved.Machine.StateHash(), restored.Machine.StateHash());
        }
    }

    [Fact]
    public void A_snapshot_and_the_inputs_since_replay_bit_for_bit()
    {
        MachineImage image = Guest.LoadImage("echo");
        using Guest live = new(image);
        Assert.True(live.RunUntil("\n"));
        MachineSnapshot start = live.Machine.Save();
        List<LoggedInput> log = [];
        foreach (string text in (string[])["hello", " world\r", "again\r"])
        {
            MachineInput input = MachineInput.Send(ConsolePort.Uart2, System.Text.Encoding.ASCII.GetBytes(text));
            log.Add(new LoggedInput(live.Machine.Cycle, MachineInput.FromBytes(input.ToBytes())));
            Assert.True(live.Machine.Apply(input));
            live.Machine.Run(777_777);
        }

        using Guest replayed = new(image);
        replayed.Machine.Load(start);
        foreach (LoggedInput logged in log)
        {
            replayed.Machine.Run(logged.Cycle - replayed.Machine.Cycle);
            Assert.True(replayed.Machine.Apply(logged.Input));
        }

        replayed.Machine.Run(live.Machine.Cycle - replayed.Machine.Cycle);

        Assert.EndsWith(replayed.Console, live.Console, StringComparison.Ordinal);
        Assert.Contains("AGAIN", replayed.Console, StringComparison.Ordinal);
        Assert.Equal(live.Machine.StateHash(), replayed.Machine.StateHash());
    }

    [Fact]
    public void Giving_memory_back_changes_nothing()
    {
        using Guest kept = new("mmu");
        using Guest trimmed = new("mmu");
        for (int i = 0; i < 10; i++)
        {
            kept.Machine.Run(Millisecond);
            trimmed.Machine.Run(Millisecond);
            trimmed.Machine.Trim();
        }

        Assert.Equal(kept.Machine.StateHash(), trimmed.Machine.StateHash());
    }

    [Fact]
    public void A_run_that_nobody_watches_ends_in_the_same_state()
    {
        using Guest watched = new("unmodelled");
        using Guest unwatched = new("unmodelled");
        unwatched.Machine.Observer = null;

        watched.Machine.Run(10 * Millisecond);
        unwatched.Machine.Run(10 * Millisecond);

        Assert.NotEmpty(watched.UnmodelledAccesses);
        Assert.Equal(watched.Machine.StateHash(), unwatched.Machine.StateHash());
    }

    private static string HashAfter(string program, EngineKind engine, ulong milliseconds)
    {
        using Guest guest = new(program, engine);
        guest.Machine.Run(milliseconds * Millisecond);
        return guest.Machine.StateHash();
    }
}
