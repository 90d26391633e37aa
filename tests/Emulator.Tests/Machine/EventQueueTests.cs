namespace XousCloud.Emulator.Tests.MachineFrame;

public class EventQueueTests
{
    private readonly EventQueue queue = new();
    private readonly List<string> ran = [];

    [Fact]
    public void Events_run_in_the_order_of_their_cycles()
    {
        Make("late").At(30);
        Make("early").At(10);
        Make("middle").At(20);

        queue.RunDue(30);

        Assert.Equal(["early", "middle", "late"], ran);
    }

    [Fact]
    public void Events_of_one_cycle_run_by_priority_and_then_in_the_order_of_scheduling()
    {
        Make("reset", EventPriority.Reset).At(10);
        Make("first device", EventPriority.Device).At(10);
        Make("timer", EventPriority.Timer).At(10);
        Make("second device", EventPriority.Device).At(10);

        queue.RunDue(10);

        Assert.Equal(["timer", "first device", "second device", "reset"], ran);
    }

    [Fact]
    public void An_event_scheduled_again_moves()
    {
        ScheduledEvent moved = Make("moved");
        moved.At(10);
        Make("other").At(20);
        moved.At(30);

        queue.RunDue(20);
        Assert.Equal(["other"], ran);
        Assert.Equal(30ul, queue.NextDue);
    }

    [Fact]
    public void A_cancelled_event_does_not_run()
    {
        ScheduledEvent cancelled = Make("cancelled");
        cancelled.At(10);
        cancelled.Cancel();

        queue.RunDue(100);

        Assert.Empty(ran);
        Assert.Equal(ScheduledEvent.Never, queue.NextDue);
    }

    [Fact]
    public void An_event_may_schedule_itself_again_and_runs_in_the_same_pass_when_it_is_due()
    {
        int left = 3;
        ScheduledEvent repeated = null!;
        repeated = new ScheduledEvent(queue, EventPriority.Timer, () =>
        {
            ran.Add("tick");
            if (--left > 0)
            {
                repeated.At(5);
            }
        });
        repeated.At(5);

        queue.RunDue(5);

        Assert.Equal(["tick", "tick", "tick"], ran);
    }

    [Fact]
    public void The_order_among_equals_survives_saving_and_loading()
    {
        ScheduledEvent first = Make("first");
        ScheduledEvent second = Make("second");
        second.At(10);
        first.At(10);
        StateWriter writer = new();
        writer.Event(first);
        writer.Event(second);
        first.Cancel();
        second.Cancel();

        StateReader reader = new(writer.Written);
        reader.Event(first);
        reader.Event(second);
        queue.RunDue(10);

        Assert.Equal(["second", "first"], ran);
    }

    [Fact]
    public void Scheduling_allocates_nothing()
    {
        ScheduledEvent[] events = [.. Enumerable.Range(0, 20).Select(i => Make(""))];
        events[0].At(1);
        queue.RunDue(1);
        ran.Capacity = 100_000;

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong round = 2; round < 1000; round++)
        {
            foreach (ScheduledEvent one in events)
            {
                one.At(round + (one.Order % 3));
            }

            queue.RunDue(round);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private ScheduledEvent Make(string name, EventPriority priority = EventPriority.Device) =>
        new(queue, priority, () => ran.Add(name));
}
