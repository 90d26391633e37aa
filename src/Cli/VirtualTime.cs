// A length of virtual time on the command line: 10s, 500ms, 250us, 40ns, or 1000c for cycles of the CPU clock.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace XousCloud.Cli;

/// <summary>A length of virtual time, in the unit that the user chose.</summary>
/// <param name="Nanoseconds">Since power-on, or null when counted in cycles.</param>
/// <param name="Cycles">CPU cycles since power-on, or null when given as time.</param>
internal sealed record VirtualTime(ulong? Nanoseconds, ulong? Cycles)
{
    private static readonly (string Unit, decimal Nanoseconds)[] units =
        [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

    public static VirtualTime Seconds(uint seconds) => new(seconds * 1_000_000_000ul, null);

    /// <summary>Reads a length; a fraction such as <c>1.5s</c> is allowed with units of time.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VirtualTime? time)
    {
        time = null;
        if (text.EndsWith('c'))
        {
            time = Numbers.TryParse(text[..^1], out ulong cycles) ? new VirtualTime(null, cycles) : null;
            return time is not null;
        }

        foreach ((string unit, decimal scale) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && decimal.TryParse(
                    text.AsSpan()[..^unit.Length],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out decimal amount)
                && amount <= long.MaxValue / scale)
            {
                time = new VirtualTime((ulong)(amount * scale), null);
                return true;
            }
        }

        return false;
    }

    public override string ToString() => Cycles is { } cycles
        ? $"{cycles} cycles"
        : Text(Nanoseconds.GetValueOrDefault());

    /// <summary>Nanoseconds for people: <c>2.5 s</c>, <c>10 us</c>.</summary>
    public static string Text(ulong nanoseconds) => nanoseconds switch
    {
        >= 1_000_000_000 => $"{nanoseconds / 1e9:0.######} s",
        >= 1_000_000 => $"{nanoseconds / 1e6:0.######} ms",
        _ => $"{nanoseconds / 1e3:0.###} us",
    };
}
