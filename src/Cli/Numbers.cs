// Numbers as engineers write them: decimal, or hexadecimal after 0x; underscores may group digits.

using System.Globalization;

namespace XousCloud.Cli;

internal static class Numbers
{
    public static bool TryParse(string text, out ulong value)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        return digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryParse(string text, out uint value)
    {
        bool parsed = TryParse(text, out ulong wide) && wide <= uint.MaxValue;
        value = parsed ? (uint)wide : 0;
        return parsed;
    }

    /// <summary>Reads an address.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="option">Where, for the message.</param>
    /// <exception cref="BadInputException">It is not a 32-bit number.</exception>
    public static uint Address(string text, string option) => TryParse(text, out uint address)
        ? address
        : throw new BadInputException(
            "address_invalid",
            $"{option}: '{text}' is not an address of 32 bits.",
            "Write it like 0x60060000.");

    public static string Hex(uint address) => $"0x{address:x8}";
}
