// The assemblies that guests are compiled against.

using System.Reflection;

namespace XousCloud.Compiler.Tests;

internal static class References
{
    private static string Package { get; } = typeof(References).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "GuestCoreLibrary").Value!;

    /// <summary>The folder of the 32-bit System.Private.CoreLib, then that of the other libraries.</summary>
    public static IReadOnlyList<string> LibraryFolders { get; } =
        [Path.Combine(Package, "native"), Path.Combine(Package, "lib", "net10.0")];

    public static string GuestLibrary { get; } = typeof(XousCloud.Guest.PanicKind).Assembly.Location;

    /// <summary>The assembly with the test cases.</summary>
    public static string Cases { get; } = typeof(XousCloud.Compiler.Cases.Arithmetic).Assembly.Location;
}
