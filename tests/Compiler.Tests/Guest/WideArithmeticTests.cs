// The guest's 64-bit division and shifts against the host's operators.

using XousCloud.Guest;

namespace XousCloud.Compiler.Tests.Guest;

public sealed class WideArithmeticTests
{
    private static readonly ulong[] edges = [0, 1, 2, 3, 7, 10, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
        0x1_0000_0001, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xFFFF_FFFF_0000_0000,
        0xFFFF_FFFF_FFFF_FFFE, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_0000_0000, 0x1_0000_FFFF, 1_000_000_007];

    [Fact]
    public void Divisions_of_edges_are_the_hosts()
    {
        foreach (ulong a in edges)
        {
            foreach (ulong b in edges)
            {
                Check(a, b);
            }
        }
    }

    [Fact]
    public void Divisions_of_random_numbers_are_the_hosts()
    {
        int seed = TestSeed.Get();
        var random = new Random(seed);
        for (int i = 0; i < 300_000; i++)
        {
            Check(Any(random), Any(random), seed);
        }
    }

    [Fact]
    public void Shifts_are_the_hosts()
    {
        foreach (ulong value in edges)
        {
            for (int count = -64; count < 128; count++)
            {
                Assert.Equal(value << count, WideArithmetic.ShiftLeft(value, count));
                Assert.Equal(value >> count, WideArithmetic.ShiftRight(value, count));
                Assert.Equal((long)value >> count, WideArithmetic.ShiftRightArithmetic((long)value, count));
            }
        }
    }

    /// <summary>Random bits of a random length, with runs of equal bits now and then.</summary>
    private static ulong Any(Random random)
    {
        ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
        return random.Next(4) == 0 ? bits | (ulong.MaxValue << random.Next(64)) : bits;
    }

    private static void Check(ulong a, ulong b, int seed = 0)
    {
        if (b == 0)
        {
            return;
        }

        string numbers = $"{a} and {b}, seed {seed}";
        Assert.True(a / b == WideArithmetic.DivideUnsigned(a, b), numbers);
        Assert.True(a % b == WideArithmetic.RemainderUnsigned(a, b), numbers);
        if (b != ulong.MaxValue || a != 1ul << 63)
        {
            Assert.True((long)a / (long)b == WideArithmetic.Divide((long)a, (long)b), numbers);
            Assert.True((long)a % (long)b == WideArithmetic.Remainder((long)a, (long)b), numbers);
        }
    }
}
