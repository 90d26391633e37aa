// File names come from other machines and end up in pages, logs and terminals.

using System.Globalization;
using System.Text;

namespace XousCloud.Emulator.Firmware;

internal static class FileNames
{
    /// <summary>
    /// The last part of a path, without characters that are not seen or that reorder text, cut to
    /// <see cref="FirmwareLimits.NameCharacters"/>; "file N" when nothing is left.
    /// </summary>
    /// <param name="name">As it came.</param>
    /// <param name="index">Position among the files, from 0.</param>
    /// <param name="change">What was done to the name, for a warning; null when nothing.</param>
    public static string Clean(string name, int index, out string? change)
    {
        string last = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        change = last.Length < name.Length ? "file name contained a path; only its last part is kept" : null;

        var kept = new StringBuilder();
        foreach (Rune rune in last.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > FirmwareLimits.NameCharacters)
            {
                change ??= $"file name was longer than {FirmwareLimits.NameCharacters} characters and is cut";
                break;
            }

            if (IsShown(rune))
            {
                kept.Append(rune);
            }
            else
            {
                change ??= "file name contained characters that cannot be shown; they are left out";
            }
        }

        string clean = kept.ToString().Trim();
        if (clean is "" or "." or "..")
        {
            change ??= "file had no name";
            clean = $"file {index + 1}";
        }

        return clean;
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
