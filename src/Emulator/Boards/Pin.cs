// Pads by name: PA0 to PF15, as the datasheet writes them; by number, port × 16 + pin, everywhere inside.

namespace XousCloud.Emulator.Boards;

/// <summary>Converts between a pad's name and its number.</summary>
public static class Pin
{
    public const int Count = 6 * 16;

    /// <summary>The number of a pad.</summary>
    /// <param name="port">'A' to 'F'.</param>
    /// <param name="pin">0 to 15.</param>
    public static byte Number(char port, int pin) => (byte)(((port - 'A') * 16) + pin);

    public static string Name(int number) => $"P{(char)('A' + (number / 16))}{number % 16}";

    /// <summary>Reads a name such as <c>PC13</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out byte number)
    {
        number = 0;
        if (name.Length is < 3 or > 4 || name[0] != 'P' || name[1] is < 'A' or > 'F'
            || !byte.TryParse(name[2..], out byte pin) || pin > 15)
        {
            return false;
        }

        number = Number(name[1], pin);
        return true;
    }
}
