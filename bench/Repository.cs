// Where things are in the checkout.

using System.Runtime.CompilerServices;

namespace XousCloud.Bench;

internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), ".."));

    public static string Find(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
