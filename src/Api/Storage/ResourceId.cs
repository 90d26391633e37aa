using System.Buffers.Text;
using System.Security.Cryptography;

namespace XousCloud.Api.Storage;

/// <summary>Ids that cannot be guessed: a prefix for the kind, and 128 random bits in URL-safe text.</summary>
internal static class ResourceId
{
    public const int LongestId = 64;

    public static string New(string prefix) =>
        $"{prefix}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))}";
}
