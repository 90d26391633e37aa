// Looks for a regular expression in output as it comes. The expression is somebody's, so it must not be able to
// burn time: the non-backtracking engine is linear in the input, its length is limited, and output that was
// looked at is not looked at again but for the last part, in which a match may have begun. A match is therefore
// at most as long as that part. Bytes are taken as Latin-1, one character each.

using System.Text;
using System.Text.RegularExpressions;
using XousCloud.Api.Problems;

namespace XousCloud.Api.Console;

/// <summary>A match in a port's output.</summary>
/// <param name="Offset">Of the first byte matched, decimal.</param>
/// <param name="Length">Bytes matched.</param>
/// <param name="Text">The bytes as Latin-1.</param>
internal sealed record ConsoleMatch(string Offset, int Length, string Text);

/// <summary>One search.</summary>
internal sealed class ConsoleSearch
{
    private const int LongestExpression = 512;

    /// <summary>The longest match that is found for certain, in bytes.</summary>
    public const int LongestMatch = 4096;

    private const int LargestWindow = 16 * 1024;

    private readonly Regex expression;
    private readonly StringBuilder window = new();
    private ulong windowOffset;
    private int searched;

    private ConsoleSearch(Regex expression, ulong offset)
    {
        this.expression = expression;
        windowOffset = offset;
    }

    /// <summary>Where the search goes on reading.</summary>
    public ulong Offset => windowOffset + (ulong)window.Length;

    /// <exception cref="ProblemException">The expression cannot be used.</exception>
    public static ConsoleSearch Begin(string pattern, ulong offset)
    {
        if (pattern.Length is 0 or > LongestExpression)
        {
            throw Invalid($"An expression has 1 to {LongestExpression} characters.");
        }

        try
        {
            return new ConsoleSearch(
                new Regex(
                    pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)),
                offset);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Invalid(exception.Message);
        }
    }

    /// <summary>Looks at more output.</summary>
    /// <returns>The first match, or null as yet.</returns>
    public ConsoleMatch? Add(ReadOnlySpan<byte> bytes)
    {
        window.Append(Encoding.Latin1.GetString(bytes));
        string text = window.ToString();
        Match match = Find(text);
        if (match.Success)
        {
            return new ConsoleMatch((windowOffset + (ulong)match.Index).ToString(), match.Length, match.Value);
        }

        searched = text.Length;
        if (window.Length > LargestWindow)
        {
            // One character more than a match may need, so that anchors still see what stands before it.
            int dropped = window.Length - LongestMatch - 1;
            window.Remove(0, dropped);
            windowOffset += (ulong)dropped;
            searched -= dropped;
        }

        return null;
    }

    private static ProblemException Invalid(string why) => new(
        StatusCodes.Status400BadRequest, "regex_invalid", $"The expression cannot be used: {why}",
        "Look-arounds and back-references are not available; everything else of .NET's expressions is.");

    private Match Find(string text)
    {
        try
        {
            return expression.Match(text, Math.Max(0, searched - LongestMatch));
        }
        catch (RegexMatchTimeoutException)
        {
            throw Invalid("it takes too long to match.");
        }
    }
}
