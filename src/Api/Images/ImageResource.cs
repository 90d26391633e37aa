using System.Text.Json;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Images;

/// <summary>An uploaded set of firmware files.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name it was given, or its first file's.</param>
/// <param name="Digest">SHA-256 of what it puts where and where it starts.</param>
/// <param name="CreatedAt">When it was uploaded.</param>
/// <param name="Size">Bytes of all files.</param>
/// <param name="Files">The files.</param>
/// <param name="Report">What importing found: writes, headers, implied board, entry, warnings.</param>
internal sealed record ImageResource(
    string Id,
    string Name,
    string Digest,
    DateTimeOffset CreatedAt,
    long Size,
    IReadOnlyList<ImageFileResource> Files,
    JsonElement Report)
{
    public static ImageResource Of(ImageRow row, IEnumerable<ImageFileResource> files) => new(
        row.Id,
        row.Name,
        row.Digest,
        DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        row.Size,
        [.. files],
        JsonSerializer.Deserialize<JsonElement>(row.Report));
}

/// <summary>One file of an image.</summary>
internal sealed record ImageFileResource(string Name, long Size, string Format);
