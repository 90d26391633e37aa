namespace XousCloud.Compiler.Tests;

/// <summary>The assemblies that guests are compiled against.</summary>
internal static class References
{
    /// <summary>The folder of the 32-bit System.Private.CoreLib, then that of the other libraries.</summary>
    public static IReadOnlyList<string> LibraryFolders { get; } =
        [Path.Combine(Metadata.Of("GuestCoreLibrary"), "native"), Path.Combine(Metadata.Of("GuestCoreLibrary"), "lib", "net10.0")];

    public static string GuestLibrary { get; } = typeof(XousCloud.Guest.PanicKind).Assembly.Location;

    /// <summary>The assembly with the test cases.</summary>
    public static string Cases { get; } = typeof(XousCloud.Compiler.Cases.Arithmetic).Assembly.Location;
}
