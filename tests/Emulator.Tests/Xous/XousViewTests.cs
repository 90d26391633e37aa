// What is seen of a Xous, on a stand-in kernel and five small processes: tests/Firmware/xous_calls.c says what they do,
// and they are the oracle.

using XousCloud.Emulator.Tests.MachineFrame;
using XousCloud.Emulator.Xous;

namespace XousCloud.Emulator.Tests.Xous;

public sealed class XousViewTests
{
    private const string Clock = "ticktimer-server";
    private const string Names = "xous-name-server";
    private const string Worker = "worker's own server";

    [Fact]
    public void Processes_have_their_names_states_and_connections()
    {
        using Guest guest = AtTheEnd();
        IReadOnlyList<XousProcess> processes = guest.Machine.Xous!.Processes();

        Assert.Equal(
            ["1 kernel Running", "2 clock Sleeping", "3 names Sleeping", "4 worker Sleeping", "5  Terminated", "6 brief Terminated"],
            processes.Select(process => $"{process.Pid} {process.Name} {process.State}"));
        Assert.Equal([0, 1, 1, 3, 0, 0], processes.Select(process => process.Connections));
        Assert.All(processes, process => Assert.Equal((uint)process.Pid, process.Satp >> 22 & 0x1FF));
    }

    [Fact]
    public void Memory_is_counted_by_the_kernels_tracker_and_by_the_page_tables()
    {
        using Guest guest = AtTheEnd();
        IReadOnlyList<XousProcess> processes = guest.Machine.Xous!.Processes();

        // Root, one table, two pages of data, one of stack; the worker got another by a message.
        Assert.Equal([3, 5, 5, 6, 0, 0], processes.Select(process => process.Memory.Owned));

        // The image's 16 pages, data, stack; the clock has a device. Seven pages of stack come when they are touched.
        Assert.Equal(new ProcessMemory(5, Mapped: 20, Reserved: 7, Lent: 0, Swapped: 0), processes[1].Memory);
        Assert.Equal(new ProcessMemory(5, Mapped: 19, Reserved: 7, Lent: 0, Swapped: 0), processes[2].Memory);
    }

    [Fact]
    public void Threads_tell_what_they_wait_for()
    {
        using Guest guest = AtTheEnd();
        IReadOnlyList<XousProcess> processes = guest.Machine.Xous!.Processes();

        XousThread receiver = Assert.Single(processes[1].Threads);
        Assert.Equal((2, XousThreadState.Waiting), (receiver.Tid, receiver.State));
        Assert.Equal((Syscall.ReceiveMessage, Clock), (receiver.Call!.Number, receiver.Call.Server?.ToString()));
        XousThread sleeper = Assert.Single(processes[3].Threads);
        Assert.Equal((2, Syscall.WaitEvent), (sleeper.Tid, sleeper.Call!.Number));
    }

    [Fact]
    public void A_thread_that_is_joined_waits_for_the_other_and_a_sender_for_its_answer()
    {
        using Guest guest = new("xous_calls", watchOs: true);
        XousView view = guest.Machine.Xous!;
        ulong sent = RunUntilSent(guest, 5, "Borrow 2");

        // The new thread runs before its creator, who will be told its number.
        XousProcess worker = view.Processes()[3];
        Assert.Equal([2, null], worker.Threads.Select(thread => thread.Tid));
        Assert.Equal((XousThreadState.Ready, Syscall.CreateThread), (worker.Threads[0].State, worker.Threads[0].Call!.Number));

        // The queue is full: the call is made again until there is room, so the sender is ready and does not wait.
        XousThread Sender() => Assert.Single(view.Processes()[4].Threads);
        Assert.Equal(6, view.Servers().Single(server => server.Name == Worker).Queued);
        RunUntil(guest, () => Sender().State == XousThreadState.Ready);
        XousThread sender = Sender();
        Assert.Equal((Syscall.SendMessage, sent), (sender.Call!.Number, sender.Call.Message));

        RunUntil(guest, () => view.Servers().Single(server => server.Name == Worker).Unanswered == 1);
        sender = Sender();
        Assert.Equal((XousThreadState.Waiting, sent), (sender.State, sender.Call!.Message));
        Assert.Equal(1, view.Processes()[4].Memory.Lent);
        Assert.InRange(guest.Machine.Cycle, sender.Call.Since + 1, guest.Machine.Cycle);

        worker = view.Processes()[3];
        Assert.Equal([2, 3], worker.Threads.Select(thread => thread.Tid));
        Assert.Equal((Syscall.JoinThread, 3), (worker.Threads[0].Call!.Number, worker.Threads[0].Call!.Thread));
        Assert.Equal(XousThreadState.Waiting, worker.Threads[0].State);
    }

    [Fact]
    public void Servers_have_the_names_under_which_they_are_found()
    {
        using Guest guest = AtTheEnd();

        Assert.Equal(
            [$"{Names} of 3: 3:2 4:2", $"{Clock} of 2: 2:2", $"{Worker} of 4: 4:4"],
            guest.Machine.Xous!.Servers().Select(server =>
                $"{server.Name} of {server.Owner}: {string.Join(' ', server.Connections.Select(at => $"{at.Pid}:{at.Cid}"))}"));
    }

    [Fact]
    public void An_interrupt_line_has_its_owner_handler_and_count()
    {
        using Guest guest = AtTheEnd();
        InterruptClaim claim = Assert.Single(guest.Machine.Xous!.Interrupts());

        Assert.Equal((11, 2, 1ul), (claim.Line, claim.Pid, claim.Count));
        Assert.InRange(claim.Handler, 0x0001_0000u, 0x0001_FFFFu);
        Assert.InRange(claim.Argument, 0x0003_0000u, 0x0003_1FFFu); // on the stack
    }

    [Fact]
    public void Ends_have_their_reason()
    {
        using Guest guest = AtTheEnd();
        IReadOnlyList<XousProcess> processes = guest.Machine.Xous!.Processes();

        Assert.StartsWith("a store page fault at 0x00100000 at pc 0x0001", processes[4].End!.Reason, StringComparison.Ordinal);
        Assert.Equal("it called TerminateProcess", processes[5].End!.Reason);
        Assert.All(processes.Take(4), process => Assert.Null(process.End));
    }

    [Fact]
    public void Calls_are_counted_as_the_kernel_counts_them()
    {
        using Guest guest = AtTheEnd();

        foreach (XousProcess process in guest.Machine.Xous!.Processes().Skip(1))
        {
            // A call that is made again is one call here, and as many as there were attempts to the kernel.
            long calls = process.Calls.Values.Sum(count => count);
            int attempts = int.Parse(
                guest.Console.Split($"pid {process.Pid} made ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(calls, 1, attempts);
            Assert.True(process.Pid is 4 or 5 || calls == attempts, $"PID {process.Pid}: {calls} of {attempts}");
        }
    }

    [Fact]
    public void Each_message_is_followed_to_its_answer()
    {
        using Guest guest = AtTheEnd();
        List<IpcEvent> steps = All(guest.Machine.Xous!);
        string[] expected =
        [
            "5:2 BlockingScalar 0 to ticktimer-server: Sent (1, 2, 3, 4), Received by 2:2, Answered by 2:2 Scalar2 (1234, 0)",
            "5:2 BlockingScalar 1 to ticktimer-server: Sent (10, 0, 0, 0), Received by 2:2, Answered by 2:0 Scalar1 (0, 0)",
            "4:2 BlockingScalar 1 to brief-and-simple: Sent (0, 0, 0, 0), Received by 6:2, Answered by 6:2 Scalar1 (1, 0)",
            "4:2 MutableBorrow 0 to xous-name-server: Sent (131072, 4096, 36, 4096), Received by 3:2, "
                + "Answered by 3:2 MemoryReturned (20, 0)",
            "5:2 MutableBorrow 7 to xous-name-server: Sent (131072, 4096, 0, 19), Received by 3:2, "
                + "Answered by 3:2 MemoryReturned (20, 0)",
            "5:2 Scalar 1 to worker's own server: Sent (0, 0, 0, 0), Received by 4:3",
            "5:2 Scalar 1 to worker's own server: Sent (1, 0, 0, 0), Received by 4:3",
            "5:2 Scalar 1 to worker's own server: Sent (2, 0, 0, 0), Received by 4:3",
            "5:2 Scalar 1 to worker's own server: Sent (3, 0, 0, 0), Received by 4:3",
            "5:2 Scalar 1 to worker's own server: Sent (4, 0, 0, 0), Received by 4:3",
            "5:2 Borrow 2 to worker's own server: Sent (131072, 4096, 3, 4), Received by 4:3, "
                + "Answered by 4:3 MemoryReturned (3, 4)",
            "5:2 MutableBorrow 3 to worker's own server: Sent (131072, 4096, 5, 6), Received by 4:3, "
                + "Answered by 4:3 MemoryReturned (5, 6)",
            "5:2 Move 4 to worker's own server: Sent (135168, 4096, 0, 0), Received by 4:3",
            "5:2 BlockingScalar 5 to worker's own server: Sent (100, 0, 0, 0), Received by 4:3, Answered by 4:3 Scalar1 (101, 0)",
            "5:2 Scalar 6 to 00000000-00000000-00000000-00000000: Sent (0, 0, 0, 0), Failed ServerNotFound",
            "5:2 BlockingScalar 99 to worker's own server: Sent (0, 0, 0, 0), Received by 4:3, Answered by 4:3 Scalar1 (7, 0)",
        ];

        Dictionary<ServerId, string> names = guest.Machine.Xous!.Servers().ToDictionary(server => server.Id, server => server.Name!);
        Assert.Equal(
            expected,
            steps.GroupBy(step => step.Message).OrderBy(group => group.Key).Select(group => Describe([.. group], names)));
        Assert.Equal(steps.Select((_, index) => (ulong)index + 1), steps.Select(step => step.Sequence));
        Assert.Equal(steps.OrderBy(step => step.Cycle), steps);
    }

    [Fact]
    public void Stages_begin_at_their_cycles()
    {
        using Guest guest = AtTheEnd();
        XousStages stages = guest.Machine.Xous!.Stages;

        Assert.Equal(XousStage.Services, stages.Reached);
        Assert.Null(stages.Loader); // this guest is its own loader, and its header says baremetal
        Assert.InRange(stages.Services!.Value, stages.Kernel!.Value + 1, guest.Machine.Cycle);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("mmu")]
    [InlineData("paging_demand")]
    public void What_is_no_Xous_is_not_taken_for_one(string program)
    {
        using Guest guest = new(program, watchOs: true);
        guest.Machine.Run(350_000 * 50);

        XousView view = guest.Machine.Xous!;
        Assert.Equal(XousStage.None, view.Stages.Reached);
        Assert.Empty(view.Processes());
        Assert.Empty(view.Servers());
        Assert.Equal(1ul, view.Messages.Next);
    }

    [Fact]
    public void A_loader_at_the_start_of_the_chain_is_the_first_stage()
    {
        using Guest guest = new("hello", watchOs: true);
        guest.Machine.Soc.Memory.TryWrite(0x6006_0094, [4, 0, 0, 0]); // its header says loader from now on
        Assert.Equal(XousStage.None, guest.Machine.Xous!.Stages.Reached);
        guest.Machine.Run(1000);
        guest.Machine.Apply(MachineInput.PressReset(ResetKind.Pad));

        Assert.Equal(new XousStages(1000, null, null), guest.Machine.Xous!.Stages);
    }

    [Fact]
    public void A_reset_begins_again_and_goes_on_counting_messages()
    {
        using Guest guest = AtTheEnd();
        XousView view = guest.Machine.Xous!;
        ulong first = view.Messages.Next;
        guest.Machine.Apply(MachineInput.PressReset(ResetKind.Pad));

        Assert.Equal(XousStage.None, view.Stages.Reached);
        Assert.Empty(view.Processes());
        RunUntil(guest, () => view.Messages.Next == (2 * first) - 1);
        Assert.Equal(first - 1, (ulong)All(view).Count(step => step.Sequence >= first));
    }

    internal static List<IpcEvent> All(XousView view)
    {
        IpcEvent[] steps = new IpcEvent[IpcLog.Capacity];
        return [.. steps.AsSpan(0, view.Messages.Read(1, steps))];
    }

    private static Guest AtTheEnd()
    {
        Guest guest = new("xous_calls", watchOs: true);
        Assert.True(guest.RunUntil("nothing can go on\r\n"), guest.Console);
        return guest;
    }

    private static ulong RunUntilSent(Guest guest, int pid, string what)
    {
        XousView view = guest.Machine.Xous!;
        bool IsSent(IpcEvent step) =>
            step.Step == IpcStep.Sent && step.SenderPid == pid && $"{step.Kind} {step.Opcode}" == what;
        RunUntil(guest, () => All(view).Exists(IsSent));
        return All(view).Find(IsSent).Message;
    }

    private static void RunUntil(Guest guest, Func<bool> condition)
    {
        for (int i = 0; i < 2_000_000 && !condition(); i++)
        {
            guest.Machine.Run(50);
        }

        Assert.True(condition());
    }

    private static string Describe(List<IpcEvent> steps, Dictionary<ServerId, string> names)
    {
        IpcEvent sent = steps[0];
        string server = names.GetValueOrDefault(sent.Server, $"{sent.Server}");
        return $"{sent.SenderPid}:{sent.SenderTid} {sent.Kind} {sent.Opcode} to {server}: " + string.Join(", ", steps.Select(step =>
            step.Step switch
            {
                IpcStep.Sent => $"Sent {step.Words}",
                IpcStep.Received => $"Received by {step.ServerPid}:{step.ServerTid}",
                IpcStep.Answered =>
                    $"Answered by {step.ServerPid}:{step.ServerTid} {step.Result} ({step.Words.A}, {step.Words.B})",
                _ => $"Failed {(XousError)step.Words.A}",
            }));
    }
}
