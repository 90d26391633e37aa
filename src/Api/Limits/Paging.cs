// Lists come in pages, newest first. A cursor names the last item that was seen, so items that come or go
// meanwhile shift nothing.

using System.Buffers.Text;
using System.Text;
using XousCloud.Api.Problems;

namespace XousCloud.Api.Limits;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">The cursor of the next page, or null at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Where a page begins.</summary>
/// <param name="CreatedAt">Creation time of the last item seen, in milliseconds.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct Cursor(long CreatedAt, string Id)
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 200;

    /// <summary>Before the first item.</summary>
    private static readonly Cursor Start = new(long.MaxValue, "");

    public static Cursor Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Start;
        }

        try
        {
            string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
            return new Cursor(long.Parse(parts[0]), parts[1]);
        }
        catch (Exception exception) when (exception is FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw Problem.Validation("cursor", "This is no cursor of ours.", "Take `next` of the page before, as it is.");
        }
    }

    public static int ReadLimit(int? limit) => limit is null ? DefaultLimit
        : limit is > 0 and <= LargestLimit ? limit.Value
        : throw Problem.Validation("limit", $"A page has 1 to {LargestLimit} items.");

    /// <summary>Makes a page of one item more than it may have.</summary>
    public static Page<T> Cut<T>(IReadOnlyList<T> items, int limit, Func<T, Cursor> cursorOf) => items.Count <= limit
        ? new Page<T>(items, null)
        : new Page<T>([.. items.Take(limit)], cursorOf(items[limit - 1]).ToString());

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{CreatedAt} {Id}"));
}
