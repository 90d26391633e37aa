// What a device's part is made with instead of what its board's or its image's say: values of one-way counters. They
// are part of what determines a run, like the seed.

using System.Globalization;

namespace XousCloud.Emulator;

/// <summary>A one-way counter that a part is made with.</summary>
/// <param name="Number">0 to 255.</param>
/// <param name="Value">What it stands at.</param>
public sealed record CounterValue(int Number, uint Value);

/// <summary>The settings of a new part.</summary>
public sealed class FactorySettings : IEquatable<FactorySettings>
{
    private readonly CounterValue[] counters;

    /// <param name="counters">Values by counter, 0 to 255. A counter that is not named is the board's, or the image's where it brings counters.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such counter.</exception>
    public FactorySettings(IEnumerable<KeyValuePair<int, uint>> counters)
    {
        this.counters = [.. new Dictionary<int, uint>(counters).OrderBy(counter => counter.Key)
            .Select(counter => new CounterValue(counter.Key, counter.Value))];
        foreach (CounterValue counter in this.counters)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counter.Number, nameof(counters));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(counter.Number, OneWayCounter.Count, nameof(counters));
        }
    }

    private FactorySettings() => counters = [];

    /// <summary>A part as its board's maker ships it.</summary>
    public static FactorySettings None { get; } = new();

    /// <summary>Values by counter, in the order of numbers.</summary>
    public IReadOnlyList<CounterValue> Counters => counters;

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="SnapshotFormatException">The text is not one that <see cref="ToString"/> makes.</exception>
    public static FactorySettings Parse(string stored)
    {
        Dictionary<int, uint> counters = [];
        foreach (string setting in stored.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = setting.Split('=');
            if (sides.Length != 2 || !byte.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
                || !uint.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint value)
                || !counters.TryAdd(number, value))
            {
                throw new SnapshotFormatException("factory_settings", $"'{stored}' are no factory settings.");
            }
        }

        return new FactorySettings(counters);
    }

    /// <summary>The stored form: <c>80=0,85=1</c>, sorted by number; equal settings give equal text.</summary>
    public override string ToString() => string.Join(',', counters.Select(counter => $"{counter.Number}={counter.Value}"));

    public bool Equals(FactorySettings? other) => other is not null && counters.SequenceEqual(other.counters);

    public override bool Equals(object? obj) => Equals(obj as FactorySettings);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
