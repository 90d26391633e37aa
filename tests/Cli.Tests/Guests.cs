using System.Reflection;
using XousCloud.Tests.Shared;

namespace XousCloud.Cli.Tests;

/// <summary>Paths of our guest programs; asking for one skips the test where they cannot be built.</summary>
internal static class Guests
{
    /// <param name="name">A program in C as its file's name, one in C# as <c>csharp/NAME</c>.</param>
    public static string Elf(string name) => name.StartsWith("csharp/", StringComparison.Ordinal)
        ? Path.Combine(CSharp(name), Metadata("GuestProgramOutput"), Path.GetFileName(name) + ".elf")
        : Path.Combine(GuestPrograms.Folder, name + ".elf");

    /// <summary>The number of the first line of a C# program that holds a text.</summary>
    public static int LineOf(string name, string text) =>
        Array.FindIndex(File.ReadAllLines(Path.Combine(CSharp(name), "Program.cs")), line => line.Contains(text, StringComparison.Ordinal)) + 1;

    private static string CSharp(string name) => Path.Combine(Metadata("GuestProgramsInCSharp"), Path.GetFileName(name));

    private static string Metadata(string key) => typeof(Guests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == key).Value!;

    public static string Binary(string name) => Path.Combine(GuestPrograms.Folder, name + ".bin");
}
