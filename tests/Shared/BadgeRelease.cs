// The vendor's release for the DEF CON 34 badge: loader.uf2, xous.uf2 and swap.uf2. The files are not in the
// repository: the environment variable XOUSCLOUD_BADGE_RELEASE names a folder with them.

namespace XousCloud.Tests.Shared;

internal static class BadgeRelease
{
    private const string Variable = "XOUSCLOUD_BADGE_RELEASE";

    /// <summary>A file of the release, such as "loader.uf2"; skips the test where there is none.</summary>
    public static byte[] File(string name) => System.IO.File.ReadAllBytes(Path(name));

    /// <summary>The path of a file of the release; skips the test where there is none.</summary>
    public static string Path(string name)
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{Variable} is not set");
        return System.IO.Path.Combine(folder!, name);
    }
}
