// A regular expression that is searched in what a console has printed so far, again after each byte.
//
// .NET's non-backtracking engine bounds the time of one search by the text searched. To bound the text too, a
// search goes back no further than a match can start: to the start of the current line when the expression
// cannot match a line feed, else over a fixed window.
//
// Most patterns are plain text. They are searched as such: the engine of regular expressions takes longer to start than all else.

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace XousCloud.Cli;

/// <summary>A regular expression over console output. Bytes are matched as Latin-1, one character each.</summary>
internal sealed class ConsolePattern
{
    /// <summary>The furthest that a match may reach back, in bytes; the same as in the API.</summary>
    public const int Window = 4096;

    private static readonly char[] special = [.. "\\*+?|{[()^$."];

    private readonly string overBytes;
    private readonly Regex? regex; // null for plain text
    private readonly bool mayCrossLines;

    /// <param name="pattern">.NET syntax without what needs backtracking (look-around, back references).</param>
    /// <param name="option">Where the user wrote it, for the message.</param>
    /// <exception cref="BadInputException">The pattern is not usable.</exception>
    public ConsolePattern(string pattern, string option)
    {
        Text = pattern;
        try
        {
            // Literal text beyond ASCII meets the bytes of its UTF-8 form.
            overBytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(pattern));
            mayCrossLines = MayMatchLineFeed(overBytes);
            regex = overBytes.IndexOfAny(special) >= 0 ? NewRegex(overBytes) : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new BadInputException(
                "regex_invalid",
                $"{option}: {e.Message}",
                "Use .NET's syntax without look-around and back references; to find text as it is, escape . * + ? ( ) [ { \\ ^ $ |.");
        }
    }

    public string Text { get; }

    /// <summary>Whether the pattern matches somewhere in the text.</summary>
    /// <param name="text">All that is kept of the output.</param>
    /// <param name="lineStart">Where the last line starts.</param>
    /// <param name="from">A match starts here or later.</param>
    public bool IsIn(ReadOnlySpan<char> text, int lineStart, int from)
    {
        int start = Math.Max(from, text.Length - Window);
        start = mayCrossLines ? start : Math.Max(start, lineStart);
        return regex is null ? text[start..].IndexOf(overBytes) >= 0 : regex.IsMatch(text, start);
    }

    // Apart from the constructor, so that plain text does not load the engine.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Regex NewRegex(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    // Says yes when in doubt: only escapes and groups that are known not to match a line feed count as such.
    private static bool MayMatchLineFeed(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            char next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            switch (pattern[i])
            {
                case < ' ':
                case '[' when next == '^':
                case '(' when next == '?' && (i + 2 >= pattern.Length || pattern[i + 2] != ':'):
                case '\\' when !(next is 'd' or 'w' or 'S' or 'b' or 'B' || IsPunctuation(next)):
                    return true;
                case '\\':
                    i++;
                    break;
            }
        }

        return false;
    }

    private static bool IsPunctuation(char c) => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c);
}
