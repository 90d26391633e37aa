namespace XousCloud.Compiler.Tests.RandomPrograms;

/// <summary>The generator's dice.</summary>
internal sealed class Choice(int seed)
{
    private readonly Random random = new(seed);

    public int Below(int limit) => random.Next(limit);

    public int Between(int first, int last) => random.Next(first, last + 1);

    public bool Percent(int percent) => random.Next(100) < percent;

    public T Of<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public string Any(params string[] items) => Of(items);

    /// <summary>Random bits of a random magnitude, or an edge.</summary>
    public ulong Bits() => random.Next(4) switch
    {
        0 => (ulong)random.Next(-4, 40),
        1 => (1ul << random.Next(64)) + (ulong)random.Next(-1, 2),
        2 => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        _ => 0 - (1ul << random.Next(64)),
    };
}
