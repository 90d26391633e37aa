// Watching changes nothing, survives being saved and loaded, and stands whatever a guest does.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Tests.Cpu;
using XousCloud.Emulator.Tests.MachineFrame;
using XousCloud.Emulator.Xous;

namespace XousCloud.Emulator.Tests.Xous;

public sealed class WatchingTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 350_000;

    [Theory]
    [InlineData("xous_calls")]
    [InlineData("mmu")]
    [InlineData("paging_demand")]
    public void A_run_that_is_watched_ends_in_the_same_state(string program)
    {
        using Guest watched = new(program, watchOs: true);
        using Guest unwatched = new(program);
        watched.Machine.Run(20 * Millisecond);
        unwatched.Machine.Run(20 * Millisecond);

        Assert.Equal(unwatched.Machine.StateHash(), watched.Machine.StateHash());
        Assert.Null(unwatched.Machine.Xous);
    }

    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void Every_engine_shows_the_same(EngineKind engine)
    {
        using Guest fast = new("xous_calls", engine, watchOs: true);
        using Guest stepper = new("xous_calls", EngineKind.Stepper, watchOs: true);
        fast.Machine.Run(10 * Millisecond);
        stepper.Machine.Run(10 * Millisecond);

        Assert.Equal(Everything(stepper.Machine.Xous!), Everything(fast.Machine.Xous!));
        Assert.Equal(XousViewTests.All(stepper.Machine.Xous!), XousViewTests.All(fast.Machine.Xous!));
    }

    [Fact]
    public void A_restored_machine_goes_on_seeing_as_the_saved_one()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        MachineImage image = Guest.LoadImage("xous_calls");
        for (int i = 0; i < 25; i++)
        {
            using Guest saved = new(image, watchOs: true);
            saved.Machine.Run((ulong)random.NextInt64(290_000, 330_000)); // the processes run from 290,772 on
            using Guest restored = new(image, watchOs: true);
            restored.Machine.Load(saved.Machine.Save());
            Assert.Equal(Everything(saved.Machine.Xous!), Everything(restored.Machine.Xous!));

            Assert.Equal(XousViewTests.All(saved.Machine.Xous!), XousViewTests.All(restored.Machine.Xous!));
            saved.Machine.Run(Millisecond);
            restored.Machine.Run(Millisecond);
            Assert.Equal(Everything(saved.Machine.Xous!), Everything(restored.Machine.Xous!));
            Assert.Equal(XousViewTests.All(saved.Machine.Xous!), XousViewTests.All(restored.Machine.Xous!));
        }
    }

    [Fact]
    public void What_was_saved_unwatched_is_loaded_as_nothing_seen()
    {
        using Guest unwatched = new("xous_calls");
        Assert.True(unwatched.RunUntil("nothing can go on"));
        using Guest watched = new("xous_calls", watchOs: true);
        Assert.True(watched.RunUntil("nothing can go on"));

        watched.Machine.Load(unwatched.Machine.Save());
        Assert.Equal(XousStage.None, watched.Machine.Xous!.Stages.Reached);
        Assert.Empty(watched.Machine.Xous!.Processes());
        unwatched.Machine.Load(watched.Machine.Save());
    }

    [Fact]
    public void A_reader_that_comes_too_late_sees_what_it_missed()
    {
        IpcLog log = new();
        Assert.Equal((1ul, 1ul), (log.Oldest, log.Next));
        IpcEvent[] steps = new IpcEvent[IpcLog.Capacity + 10];
        for (int i = 0; i < IpcLog.Capacity + 100; i++)
        {
            log.Add(Step(log.Next));
        }

        Assert.Equal(101ul, log.Oldest);
        Assert.Equal(IpcLog.Capacity, log.Read(1, steps));
        Assert.Equal(101ul, steps[0].Sequence);
        Assert.Equal(3, log.Read(log.Next - 3, steps));
        Assert.Equal(log.Next - 1, steps[2].Sequence);
        Assert.Equal(0, log.Read(log.Next, steps));
        Assert.Equal(0, log.Read(ulong.MaxValue, steps));
    }

    [Fact]
    public void A_name_cannot_steer_the_terminal_that_shows_it()
    {
        Assert.Equal("clock", GuestText.Read("clock"u8));
        Assert.Equal("\uFFFD[2Jclock", GuestText.Read("\u001b[2Jclock"u8));
        Assert.Equal("\uFFFD\uFFFD", GuestText.Read([0xFF, 0xFE]));
    }

    [Fact]
    public void A_kernel_that_does_anything_at_all_neither_throws_nor_hangs_nor_fills_memory()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        using Guest guest = new("xous_calls", watchOs: true);
        Assert.True(guest.RunUntil("nothing can go on"));
        Fuzz(guest.Machine, new Random(seed), 200_000);

        XousView view = guest.Machine.Xous!;
        Assert.InRange(view.Processes().Count, 2, XousAbi.LastPid);
        Assert.InRange(view.Servers().Count, 1, XousAbi.Servers);
        Assert.All(view.Processes(), process => Assert.InRange(process.Threads.Count, 0, ProcessRecord.ThreadSlots));
        Assert.InRange(view.Messages.Next - view.Messages.Oldest, 1ul, (ulong)IpcLog.Capacity);
        Assert.InRange(guest.Machine.Save().Units.Length, 1, 1_000_000);
    }

    [Fact]
    public void A_view_loaded_with_nonsense_neither_throws_nor_hangs()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using Guest guest = new("xous_calls", watchOs: true);
        Assert.True(guest.RunUntil("nothing can go on"));
        for (int attempt = 0; attempt < 100; attempt++)
        {
            byte[] nonsense = new byte[random.Next(100_000)];
            random.NextBytes(nonsense);
            if (random.Next(2) == 0)
            {
                foreach (ref byte value in nonsense.AsSpan(random.Next(nonsense.Length + 1)))
                {
                    value &= 1; // so that flags and small numbers come up
                }
            }

            guest.Machine.Xous!.State(new StateReader(nonsense));
            Fuzz(guest.Machine, random, 500);
            Everything(guest.Machine.Xous!);
        }
    }

    [Fact]
    public void Following_calls_allocates_nothing()
    {
        using Guest guest = new("xous_calls", watchOs: true);
        Assert.True(guest.RunUntil("nothing can go on"));
        Random random = new(1);
        Fuzz(guest.Machine, random, 50_000, wild: false); // whatever is made once is made now

        long before = GC.GetAllocatedBytesForCurrentThread();
        Fuzz(guest.Machine, random, 50_000, wild: false);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000); // less than a byte a call
    }

    // User code of any process calls, faults, and is resumed anywhere, with registers that are often plausible. When it is
    // not wild it only makes calls that end nothing.
    private static unsafe void Fuzz(Machine machine, Random random, int rounds, bool wild = true)
    {
        Hart hart = machine.Hart;
        hart.Registers.Write(ControlRegister.Medeleg, uint.MaxValue);
        hart.Registers.Write(ControlRegister.Mideleg, uint.MaxValue);
        for (int round = 0; round < rounds; round++)
        {
            machine.Soc.Now++;
            Scramble(hart, random, wild);
            uint pid = (uint)random.Next(random.Next(20) == 0 ? 512 : 8);
            hart.Registers.Satp = 0x8000_0000 | (pid << 22) | 0x6_1000;
            hart.Registers.Sepc = Address(random);
            hart.Registers.Mstatus &= ~ControlRegisterFile.Spp;
            hart.ReturnFromSupervisor();

            Scramble(hart, random, wild);
            ExceptionCause cause = random.Next(10) switch
            {
                _ when !wild => ExceptionCause.EcallFromUser,
                0 => ExceptionCause.LoadPage,
                1 => ExceptionCause.InstructionPage,
                2 => ExceptionCause.IllegalInstruction,
                _ => ExceptionCause.EcallFromUser,
            };
            hart.Raise(cause, 0);
        }
    }

    private static unsafe void Scramble(Hart hart, Random random, bool wild)
    {
        for (int register = 10; register < 18; register++)
        {
            hart.State->X[register] = random.Next(20) == 0 ? (uint)random.NextInt64() : (uint)random.Next(48);
        }

        if (!wild && (Syscall)hart.State->X[10] is Syscall.TerminateProcess or Syscall.DestroyServer)
        {
            hart.State->X[10] = (uint)Syscall.Yield;
        }

        hart.State->X[1] = Address(random);
        hart.State->X[2] = 0x7FFF_0000 + ((uint)random.Next(4) * 16);
        if (wild && random.Next(4) == 0)
        {
            ServerId id = ServerTable.NameServer;
            (hart.State->X[11], hart.State->X[12], hart.State->X[13], hart.State->X[14]) = (id.Word0, id.Word1, id.Word2, id.Word3);
        }
    }

    private static uint Address(Random random) => random.Next(12) switch
    {
        0 => XousAbi.ReturnFromInterrupt,
        1 => XousAbi.ExitThread,
        2 => XousAbi.ReturnFromException,
        3 => XousAbi.ReturnFromSwapper,
        _ => 0x0001_0000 + ((uint)random.Next(4) * 4),
    };

    private static string Everything(XousView view) => string.Join('\n',
    [
        $"{view.Stages}",
        .. view.Processes().Select(process => $"{process with { Threads = [], Calls = new Dictionary<Syscall, uint>() }} "
            + $"{string.Join(' ', process.Threads)} {string.Join(' ', process.Calls)}"),
        .. view.Servers().Select(server => $"{server with { Connections = [] }} {string.Join(' ', server.Connections)}"),
        .. view.Interrupts().Select(claim => $"{claim}"),
        $"{view.Messages.Next}",
    ]);

    private static IpcEvent Step(ulong sequence) => new()
    {
        Sequence = sequence,
        Message = sequence,
        Cycle = sequence,
        Nanoseconds = 0,
        Step = IpcStep.Sent,
        Kind = MessageKind.Scalar,
        SenderPid = 2,
        SenderTid = 2,
        ServerPid = 3,
        ServerTid = 255,
        Server = default,
        Opcode = 0,
        Words = default,
        LastWord = 0,
        Result = ResultTag.None,
    };
}
