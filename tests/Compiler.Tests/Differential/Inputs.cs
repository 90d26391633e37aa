// What a method is called with: the edges of each type, numbers near powers of two, small numbers (which are indices and
// counts more often than not), and random ones of every magnitude.

namespace XousCloud.Compiler.Tests.Differential;

internal static class Inputs
{
    private const int SetsOfMany = 45;
    private const int RandomSets = 12;

    /// <summary>Sets of arguments for parameters of the types; the same for the same seed and name.</summary>
    public static IEnumerable<object[]> For(IReadOnlyList<Type> types, int seed, string name)
    {
        var random = new Random(seed ^ StableHash(name));
        if (types.Count == 0)
        {
            yield return [];
            yield break;
        }

        if (types.Count == 1)
        {
            foreach (object edge in Edges(types[0]))
            {
                yield return [edge];
            }
        }
        else if (types.Count == 2)
        {
            foreach (object a in Corners(types[0]))
            {
                foreach (object b in Corners(types[1]))
                {
                    yield return [a, b];
                }
            }
        }

        int count = types.Count > 2 ? SetsOfMany : RandomSets;
        for (int i = 0; i < count; i++)
        {
            yield return [.. types.Select(type => Pick(type, random))];
        }
    }

    private static IEnumerable<object> Corners(Type type) => new ulong[] { 0, 1, ulong.MaxValue, 1ul << (Scalars.Width(type) - 1),
        (1ul << (Scalars.Width(type) - 1)) - 1 }.Select(bits => Scalars.FromBits(type, bits)).Distinct();

    private static IEnumerable<object> Edges(Type type)
    {
        List<ulong> bits = [0, 3, 5, 7, 10, 12, 100, 1000];
        for (int power = 0; power < Scalars.Width(type); power += power is < 9 or > 28 and < 34 ? 1 : 5)
        {
            bits.AddRange([1ul << power, (1ul << power) - 1, (1ul << power) + 1, 0 - (1ul << power)]);
        }

        bits.AddRange([1ul << (Scalars.Width(type) - 1), (1ul << (Scalars.Width(type) - 1)) - 1]);
        return bits.Select(edge => Scalars.FromBits(type, edge)).Distinct();
    }

    private static object Pick(Type type, Random random)
    {
        ulong any = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        ulong bits = random.Next(10) switch
        {
            < 3 => (ulong)random.Next(-3, 18),
            < 5 => (1ul << random.Next(Scalars.Width(type))) + (ulong)random.Next(-1, 2),
            < 6 => 0 - (1ul << random.Next(Scalars.Width(type))),
            < 8 => any >> random.Next(64),
            _ => any,
        };
        return Scalars.FromBits(type, bits);
    }

    private static int StableHash(string name)
    {
        uint hash = 2166136261;
        foreach (char letter in name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)hash;
    }
}
