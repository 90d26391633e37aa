// Shares are counted in the time that turns cost, so they are simulated with made-up costs and are exact.

using Microsoft.Extensions.Logging.Abstractions;
using XousCloud.Api.Scheduling;

namespace XousCloud.Api.Tests.Units;

public sealed class FairSharesTests(ITestOutputHelper output)
{
    private const long Turn = 5_000_000;

    [Fact]
    public void Fifty_devices_that_compute_get_the_same_however_long_their_turns_are()
    {
        Random random = Seeded();
        Simulation simulation = new(workers: 2, []);
        for (int device = 0; device < 50; device++)
        {
            long longest = random.NextInt64(Turn / 10, Turn * 2);
            simulation.Add("a", () => random.NextInt64(longest / 4, longest));
        }

        simulation.Run(5_000_000_000);
        Assert.All(simulation.Had, had => Assert.InRange(had / simulation.Had.Average(), 0.95, 1.05));
    }

    [Fact]
    public void Tenants_get_the_same_however_many_devices_each_has()
    {
        Simulation simulation = new(workers: 1, []);
        simulation.Add("a", () => Turn, count: 100);
        simulation.Add("b", () => Turn, count: 1);
        simulation.Add("c", () => Turn / 7, count: 10);
        simulation.Run(400_000_000_000);
        Assert.InRange(simulation.HadBy("a") / simulation.HadBy("b"), 0.98, 1.02);
        Assert.InRange(simulation.HadBy("c") / simulation.HadBy("b"), 0.98, 1.02);
    }

    [Fact]
    public void Tenants_get_time_in_proportion_to_their_weights()
    {
        Simulation simulation = new(workers: 2, new() { ["b"] = 3, ["c"] = 0.5 });
        simulation.Add("a", () => Turn, count: 20);
        simulation.Add("b", () => Turn, count: 7);
        simulation.Add("c", () => Turn, count: 30);
        simulation.Run(60_000_000_000);
        Assert.InRange(simulation.HadBy("b") / simulation.HadBy("a"), 2.9, 3.1);
        Assert.InRange(simulation.HadBy("c") / simulation.HadBy("a"), 0.48, 0.52);
    }

    [Fact]
    public void Time_that_nobody_wanted_is_not_owed()
    {
        FairShares shares = new(new Dictionary<string, double>());
        Share busy = new("a");
        Share rested = new("b");
        shares.Enter(busy);
        for (int turn = 0; turn < 1000; turn++)
        {
            shares.Serve(busy);
            shares.Charge(busy, Turn);
        }

        shares.Enter(rested);
        Assert.InRange(busy.Used - rested.Used, 0, Turn);
    }

    [Fact]
    public void What_one_thread_could_not_give_is_owed_for_a_second_at_most()
    {
        FairShares shares = new(new Dictionary<string, double> { ["b"] = 2 });
        Share single = new("b");
        Share other = new("a");
        shares.Enter(single);
        shares.Enter(other);
        for (int turn = 0; turn < 10_000; turn++)
        {
            shares.Serve(other);
            shares.Charge(other, Turn);
            shares.Charge(single, Turn / 10);
        }

        Assert.InRange(other.Used - single.Used, 0, (FairShares.LargestDebt / 2) + Turn);
    }

    [Fact]
    public void Who_rests_between_short_turns_is_served_before_those_that_compute_and_takes_no_more_than_its_share()
    {
        Simulation simulation = new(workers: 1, []);
        simulation.Add("a", () => Turn, count: 10);
        int resting = simulation.Add("a", () => Turn / 100, rest: 10_000_000);
        simulation.Run(10_000_000_000);
        Assert.InRange(simulation.Had[resting], 0.5 * (10_000_000_000 / (10_000_000 + Turn)) * Turn / 100, Turn * 10);
        Assert.All(simulation.Had[..10], had => Assert.InRange(had / simulation.Had[0], 0.97, 1.03));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1001)]
    public void A_weight_that_is_none_is_refused_at_the_start(double weight) => Assert.Contains(
        "Execution:TenantWeights:alice",
        Assert.Throws<InvalidOperationException>(() => new Scheduler(
            new ExecutionOptions { TenantWeights = { ["alice"] = weight } }, NullLogger<Scheduler>.Instance)).Message);

    private Random Seeded()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    // Workers that give turns as the scheduler does, on a clock of their own.
    private sealed class Simulation(int workers, Dictionary<string, double> weights)
    {
        private readonly FairShares shares = new(weights);
        private readonly List<(Share Share, Func<long> Cost, long Pause)> seats = [];
        private readonly List<double> had = [];
        private readonly PriorityQueue<int, (double Used, long Order)> ready = new();
        private readonly PriorityQueue<(int Seat, bool IsTurn), long> happening = new();
        private long order;

        public List<double> Had => had;

        public double HadBy(string tenant) => seats.Zip(had).Where(pair => pair.First.Share.Tenant == tenant).Sum(pair => pair.Second);

        public int Add(string tenant, Func<long> cost, int count = 1, long rest = 0)
        {
            for (; count > 0; count--)
            {
                seats.Add((new Share(tenant), cost, rest));
                had.Add(0);
                Enter(seats.Count - 1);
            }

            return seats.Count - 1;
        }

        public void Run(long until)
        {
            int free = workers;
            long now = 0;
            while (now < until)
            {
                for (; free > 0 && ready.TryDequeue(out int seat, out _); free--)
                {
                    (Share share, Func<long> next, _) = seats[seat];
                    shares.Serve(share);
                    long cost = next();
                    had[seat] += cost;
                    shares.Charge(share, cost);
                    happening.Enqueue((seat, true), now + cost);
                }

                happening.TryDequeue(out (int Seat, bool IsTurn) ended, out now);
                free += ended.IsTurn ? 1 : 0;
                if (ended.IsTurn && seats[ended.Seat].Pause > 0)
                {
                    shares.Leave(seats[ended.Seat].Share);
                    happening.Enqueue((ended.Seat, false), now + seats[ended.Seat].Pause);
                }
                else
                {
                    Enter(ended.Seat);
                }
            }
        }

        private void Enter(int seat)
        {
            shares.Enter(seats[seat].Share);
            ready.Enqueue(seat, (seats[seat].Share.Used, order++));
        }
    }
}
