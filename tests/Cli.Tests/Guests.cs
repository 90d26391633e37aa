using XousCloud.Tests.Shared;

namespace XousCloud.Cli.Tests;

/// <summary>Paths of our guest programs; asking for one skips the test where they cannot be built.</summary>
internal static class Guests
{
    public static string Elf(string name) => Path.Combine(GuestPrograms.Folder, name + ".elf");

    public static string Binary(string name) => Path.Combine(GuestPrograms.Folder, name + ".bin");
}
