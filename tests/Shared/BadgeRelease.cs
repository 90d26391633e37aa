// The vendor's release for the DEF CON 34 badge: loader.uf2, xous.uf2 and swap.uf2; and what was captured from a badge
// that runs it. The files are not in the repository: the environment variables XOUSCLOUD_BADGE_RELEASE and
// XOUSCLOUD_BADGE_CAPTURES name folders with them.

namespace XousCloud.Tests.Shared;

internal static class BadgeRelease
{
    private const string Variable = "XOUSCLOUD_BADGE_RELEASE";
    private const string CapturesVariable = "XOUSCLOUD_BADGE_CAPTURES";

    /// <summary>A file of the release, such as "loader.uf2"; skips the test where there is none.</summary>
    public static byte[] File(string name) => System.IO.File.ReadAllBytes(Path(name));

    /// <summary>The path of a file of the release; skips the test where there is none.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Folder(Variable), name);

    /// <summary>The lines of a capture, such as "usb-descriptors.txt"; skips the test where there is none.</summary>
    public static string[] Capture(string name) =>
        System.IO.File.ReadAllLines(System.IO.Path.Combine(Folder(CapturesVariable), name));

    private static string Folder(string variable)
    {
        string? folder = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{variable} is not set");
        return folder!;
    }
}
