// ATIMER against a model that goes through every period of PCLK, and its interrupts.

using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class AtimerTests(ITestOutputHelper output) : IDisposable
{
    private const uint Atimer = 0x4004_3000;
    private const uint CFG = Atimer + 0x00;
    private const uint CNT = Atimer + 0x08;
    private const uint CMP = Atimer + 0x10;
    private const uint START = Atimer + 0x18;
    private const uint RESET = Atimer + 0x20;
    private const uint High = 4;
    private const uint Bank2Status = 0xE001_000C;
    private const uint Bank2Pending = 0xE001_0010;

    private const uint Enable = 1;
    private const uint Interrupt = 1 << 2;
    private const uint Clear = 1 << 4;
    private const uint OneShot = 1 << 5;
    private const uint Prescale = 1 << 6;
    private const uint Slow = 1 << 7;
    private const uint Both = 1u << 31;

    private const ulong Pclk = 8; // in cycles, as boot1 leaves the clocks

    private readonly Chip chip = new(cold: false);

    public void Dispose() => chip.Dispose();

    [Fact]
    public void It_counts_43_75_million_a_second()
    {
        chip.Write(CFG, Enable);
        chip.Pass(350_000_000);
        Assert.Equal(43_750_000u, chip.Read(CNT));
        Assert.Equal(0u, chip.Read(CNT + High));
    }

    [Fact]
    public void Clear_on_match_wraps_to_0_after_CMP()
    {
        chip.Write(CMP, 3);
        chip.Write(CFG, Enable | Clear);
        foreach (uint expected in (uint[])[0, 1, 2, 3, 0, 1, 2, 3, 0])
        {
            Assert.Equal(expected, chip.Read(CNT));
            chip.Pass(Pclk);
        }
    }

    [Fact]
    public void The_slow_clock_counts_32768_a_second_and_its_prescaler_divides_it()
    {
        chip.Write(CFG, Enable | Slow);
        chip.Write(CFG + High, Enable | Slow | Prescale | (32 << 8));
        chip.Pass(350_000_000 * 2ul);
        Assert.Equal((65_536u, 2048u), (chip.Read(CNT), chip.Read(CNT + High)));
    }

    [Fact]
    public void As_one_counter_of_64_bits_the_high_half_takes_the_carry()
    {
        chip.Write(CNT, 0xFFFF_FFF0);
        chip.Write(CNT + High, 7);
        chip.Write(CMP, 0x10);
        chip.Write(CMP + High, 8);
        chip.Write(CFG, Enable | Both | Clear | Interrupt);
        chip.Pass(15 * Pclk);
        Assert.Equal((0xFFFF_FFFFu, 7u), (chip.Read(CNT), chip.Read(CNT + High)));
        chip.Pass(Pclk);
        Assert.Equal((0u, 8u), (chip.Read(CNT), chip.Read(CNT + High)));
        chip.Pass((16 * Pclk) - 1);
        Assert.Equal(0u, chip.Read(Bank2Pending));
        chip.Pass(1);
        Assert.Equal(1u << 11, chip.Read(Bank2Pending));
        chip.Pass(Pclk);
        Assert.Equal((0u, 0u), (chip.Read(CNT), chip.Read(CNT + High)));
    }

    [Theory]
    [InlineData(0u, 11)]
    [InlineData(High, 12)]
    public void A_match_holds_its_interrupt_for_one_period(uint timer, int bit)
    {
        chip.Write(CMP + timer, 1000);
        chip.Write(CFG + timer, Enable | Interrupt | Clear);
        chip.Pass((1000 * Pclk) - 1);
        Assert.Equal(0u, chip.Read(Bank2Status));
        chip.Pass(1);
        Assert.Equal(1u << bit, chip.Read(Bank2Status));
        chip.Pass(Pclk);
        Assert.Equal(0u, chip.Read(Bank2Status));
        Assert.Equal(1u << bit, chip.Read(Bank2Pending));
        chip.Write(Bank2Pending, 1u << bit);
        chip.Pass((1000 * Pclk) - 1);
        Assert.Equal(0u, chip.Read(Bank2Pending));
        chip.Pass(1);
        Assert.Equal(1u << bit, chip.Read(Bank2Pending));
    }

    [Fact]
    public void A_one_shot_switches_itself_off_and_START_switches_it_on_again()
    {
        chip.Write(CMP, 10);
        chip.Write(CFG, Interrupt | Clear | OneShot);
        chip.Write(START, 0);
        chip.Pass(1000 * Pclk);
        Assert.Equal((Interrupt | Clear | OneShot, 0u), (chip.Read(CFG), chip.Read(CNT)));
        Assert.Equal(1u << 11, chip.Read(Bank2Pending));
        chip.Write(Bank2Pending, 1u << 11);
        chip.Pass(1000 * Pclk);
        Assert.Equal(0u, chip.Read(Bank2Pending));
        chip.Write(START, 1);
        chip.Pass(10 * Pclk);
        Assert.Equal(1u << 11, chip.Read(Bank2Pending));
    }

    [Fact]
    public void RESET_and_the_reset_bit_put_the_count_to_0()
    {
        chip.Write(CFG, Enable);
        chip.Pass(100 * Pclk);
        chip.Write(RESET, 1);
        Assert.Equal(0u, chip.Read(CNT));
        chip.Pass(100 * Pclk);
        chip.Write(CFG, Enable | 2);
        Assert.Equal((Enable, 0u), (chip.Read(CFG), chip.Read(CNT)));
        chip.Reset(ResetKind.Pad);
        Assert.Equal((0u, 0u), (chip.Read(CFG), chip.Read(CMP)));
    }

    [Fact]
    public void It_counts_as_a_model_that_goes_through_every_period()
    {
        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            uint[] bits = [Enable, Clear, OneShot, Prescale];
            uint config = Interrupt | ((uint)random.Next(4) << 8) | (random.Next(4) == 0 ? Both : 0);
            config = bits.Aggregate(config, (all, bit) => random.Next(4) != 0 ? all | bit : all);
            EveryPeriod model = new() { Config = config, Compare = (uint)random.Next(8), Count = (uint)random.Next(12) };
            chip.Reset(ResetKind.Pad);
            chip.Write(CMP, (uint)model.Compare);
            chip.Write(CNT, (uint)model.Count);
            chip.Write(CFG, config);
            for (int look = 0; look < 20; look++)
            {
                int periods = random.Next(30);
                chip.Write(Bank2Pending, 1u << 11);
                bool requested = model.Requests;
                for (int i = 0; i < periods; i++)
                {
                    model.Step();
                    requested |= model.Requests;
                }

                chip.Pass((ulong)periods * Pclk);
                string where = $"round {round}, look {look}, config {config:x}, CMP {model.Compare}";
                Assert.True(model.Count == chip.Read(CNT), $"{where}: CNT {chip.Read(CNT)}, expected {model.Count}");
                Assert.True(model.Config == chip.Read(CFG), $"{where}: CFG {chip.Read(CFG):x}, expected {model.Config:x}");
                Assert.True(requested == (chip.Read(Bank2Pending) != 0), $"{where}: interrupt, expected {requested}");
            }
        }
    }

    [Fact]
    public void Its_state_does_not_depend_on_who_looked_at_it()
    {
        using Chip watched = new(cold: false);
        foreach (Chip each in (Chip[])[chip, watched])
        {
            each.Write(CMP, 1234);
            each.Write(CFG, Enable | Clear | Prescale | (6 << 8));
            each.Write(CFG + High, Enable | Slow);
        }

        for (int i = 0; i < 1000; i++)
        {
            watched.Pass(7777);
            watched.Read(CNT);
        }

        chip.Pass(7_777_000);
        Assert.Equal(watched.Machine.StateHash(), chip.Machine.StateHash());
    }

    // The timer as its registers are clocked, with the match one period before what it does.
    private sealed class EveryPeriod
    {
        private uint prescaler;

        public uint Config { get; set; }

        public ulong Compare { get; init; }

        public ulong Count { get; set; }

        public bool Requests => Has(Enable) && Has(Interrupt) && Count == Compare;

        public void Step()
        {
            bool matched = Count == Compare;
            bool counts = Has(Enable);
            if (counts && Has(Prescale))
            {
                counts = prescaler == ((Config >> 8) & 0xFF);
                prescaler = counts ? 0 : prescaler + 1;
            }

            bool enabled = Has(Enable);
            if (enabled && matched && Has(OneShot))
            {
                Config &= ~Enable;
            }

            if (enabled && matched && Has(Clear))
            {
                Count = 0;
            }
            else if (counts)
            {
                Count++;
            }
        }

        private bool Has(uint bit) => (Config & bit) != 0;
    }
}
