using System.Reflection;

namespace XousCloud.Compiler.Tests;

/// <summary>What the build knows and tests need: paths, by the names that the project file gives them.</summary>
internal static class Metadata
{
    public static string Of(string name) => typeof(Metadata).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == name).Value!;
}
