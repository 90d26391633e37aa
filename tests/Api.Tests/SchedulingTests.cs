using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using XousCloud.Api.Scheduling;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

/// <summary>Who gets which turn.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public async Task A_tenant_with_one_busy_device_gets_as_many_turns_as_one_with_ten()
    {
        long time = 0;
        using Scheduler scheduler = New(workers: 1, () => time++);
        int alice = 0;
        int before = 0;
        int bob = 0;
        TaskCompletionSource<int> hers = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int device = 0; device < 10; device++)
        {
            scheduler.Add(new Occupant("alice", () =>
            {
                alice++;
                return Wake.Again;
            })).Wake();
        }

        scheduler.Add(new Occupant("bob", () =>
        {
            before = bob == 0 ? alice : before;
            if (++bob == 1000)
            {
                hers.SetResult(alice - before);
            }

            return Wake.Again;
        })).Wake();
        Assert.InRange(
            await hers.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), 900, 1100);
    }

    [Fact]
    public async Task Who_rests_gets_no_turn_until_it_is_woken()
    {
        using Scheduler scheduler = New(workers: 2);
        int resting = 0;
        TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Seat seat = scheduler.Add(new Occupant("a", () =>
        {
            resting++;
            woken.TrySetResult();
            return Wake.WhenWoken;
        }));
        await TurnsAsync(scheduler, 100);
        Assert.Equal(0, resting);
        seat.Wake();
        await woken.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await TurnsAsync(scheduler, 100);
        Assert.Equal(1, resting);
    }

    [Fact]
    public async Task Who_is_woken_during_its_turn_gets_another()
    {
        using Scheduler scheduler = New(workers: 2);
        TaskCompletionSource second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Seat? seat = null;
        int turns = 0;
        seat = scheduler.Add(new Occupant("a", () =>
        {
            if (++turns == 1)
            {
                seat!.Wake();
            }
            else
            {
                second.SetResult();
            }

            return Wake.WhenWoken;
        }));
        seat.Wake();
        await second.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_turn_comes_at_the_time_that_was_asked_for_and_not_before()
    {
        using Scheduler scheduler = New(workers: 1);
        TaskCompletionSource<long> second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long due = 0;
        scheduler.Add(new Occupant("a", () =>
        {
            if (due == 0)
            {
                due = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20);
                return new Wake(due);
            }

            second.SetResult(Stopwatch.GetTimestamp());
            return Wake.WhenWoken;
        })).Wake();
        Assert.True(await second.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) >= due);
    }

    [Fact]
    public async Task An_occupant_that_fails_takes_nobody_with_it()
    {
        using Scheduler scheduler = New(workers: 1);
        scheduler.Add(new Occupant("a", () => throw new InvalidOperationException("a bug"))).Wake();
        await TurnsAsync(scheduler, 10);
    }

    private static Scheduler New(int workers, Func<long>? time = null) =>
        new(new ExecutionOptions { Workers = workers }, NullLogger<Scheduler>.Instance, time);

    private static Task TurnsAsync(Scheduler scheduler, int count)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Add(new Occupant("other", () =>
        {
            if (--count == 0)
            {
                done.SetResult();
                return Wake.WhenWoken;
            }

            return Wake.Again;
        })).Wake();
        return done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    private sealed class Occupant(string tenant, Func<Wake> turn) : IScheduled
    {
        public string Tenant => tenant;

        public Wake Turn(bool urgentOnly) => turn();
    }
}

/// <summary>Virtual time against the wall's.</summary>
public sealed class WallClockTests
{
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void Virtual_time_goes_as_the_wall_does_from_where_it_was_anchored()
    {
        WallClock clock = new();
        clock.Anchor(1000, 5_000_000_000);
        Assert.Equal(5_000_000_000ul, clock.NanosecondsAt(1000));
        Assert.Equal(6_500_000_000ul, clock.NanosecondsAt(1000 + (Second * 3 / 2)));
        Assert.Equal(1000 + Second, clock.TimestampAt(6_000_000_000));
        Assert.Equal(5_000_000_000ul, clock.NanosecondsAt(0));
    }

    [Fact]
    public void What_is_lost_beyond_the_bound_is_not_caught_up()
    {
        WallClock clock = new();
        clock.Anchor(0, 0);
        clock.LimitLag(Second / 20, 0);
        Assert.Equal(50_000_000ul, clock.NanosecondsAt(Second / 20));
        clock.LimitLag(Second * 10, 1_000_000);
        Assert.Equal(1_000_000 + WallClock.LargestLag, clock.NanosecondsAt(Second * 10));
    }
}

/// <summary>Many devices on one worker thread.</summary>
public sealed class SharedWorkerTests(SharedWorkerTests.OneWorkerServer server) : IClassFixture<SharedWorkerTests.OneWorkerServer>
{
    private const int Hogs = 12;

    [Fact]
    public async Task A_tenants_many_busy_devices_leave_another_tenant_its_half()
    {
        string image = await server.Alice.UploadProgram(Programs.Count);
        string[] hogs = await Task.WhenAll(Enumerable.Range(0, Hogs).Select(_ => server.Alice.CreateDevice(image, start: true)));
        string bobs = await server.Bob.CreateDevice(await server.Bob.UploadProgram(Programs.Count));
        ulong[] before = await Task.WhenAll(hogs.Select(InstructionsAsync));
        ulong[] after;
        await server.Bob.Act(bobs, "run");
        ulong virtualTime = 0;
        do
        {
            // As long as it takes until each has had turns, however fast they are executed.
            virtualTime += 1_500_000_000;
            await server.Bob.Get($"devices/{bobs}/wait?virtualTime={virtualTime}&timeout=60");
            after = await Task.WhenAll(hogs.Select(InstructionsAsync));
        }
        while (after.Zip(before).Any(pair => pair.First == pair.Second));
        await server.Bob.Act(bobs, "pause");
        ulong his = ulong.Parse((await server.Bob.Get($"devices/{bobs}")).Json.GetProperty("instructions").GetString()!);
        double hers = after.Zip(before, (late, early) => (double)(late - early)).Sum();
        Assert.True(his > 0 && hers < 3 * (double)his, $"hers {hers}, his {his}");

        // And a device that somebody types to answers while all of them compute.
        string echo = await server.Bob.CreateGuest("echo", pace: "real");
        await server.Bob.WaitForConsole(echo, "ready");
        await server.Bob.Type(echo, "hello\r");
        await server.Bob.WaitForConsole(echo, @"\[5 bytes\]");
        await Task.WhenAll(hogs.Select(hog => server.Alice.Delete($"devices/{hog}")));
    }

    [Fact]
    public async Task At_the_walls_pace_virtual_time_is_never_ahead_of_the_wall()
    {
        string device = await server.Alice.CreateGuest("tick", pace: "real", start: false);
        long start = Stopwatch.GetTimestamp();
        await server.Alice.Act(device, "run");
        for (int look = 0; look < 20; look++)
        {
            JsonElement shown = (await server.Alice.Get($"devices/{device}/wait?virtualTime={look * 20_000_000}&timeout=60"))
                .Expect(HttpStatusCode.OK).Json.GetProperty("device");
            double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            Assert.True(ulong.Parse(shown.GetProperty("virtualNanoseconds").GetString()!) <= elapsed);
        }
    }

    private async Task<ulong> InstructionsAsync(string device) =>
        ulong.Parse((await server.Alice.Get($"devices/{device}")).Json.GetProperty("instructions").GetString()!);

    public sealed class OneWorkerServer : SqliteServer
    {
        protected override IEnumerable<string> Settings => [.. base.Settings, "--Execution:Workers=1"];
    }
}
