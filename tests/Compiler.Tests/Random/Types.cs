using System.Globalization;

namespace XousCloud.Compiler.Tests.RandomPrograms;

/// <summary>The scalar types of generated programs, as C# keywords.</summary>
internal static class Types
{
    public static IReadOnlyList<string> All { get; } =
        ["bool", "sbyte", "byte", "short", "ushort", "char", "int", "int", "int", "uint", "uint", "long", "ulong"];

    public static IReadOnlyList<string> Numbers { get; } = [.. All.Where(type => type != "bool")];

    /// <summary>Those in which C# computes.</summary>
    public static IReadOnlyList<string> Wide { get; } = ["int", "uint", "long", "ulong"];

    public static bool IsWide(string type) => type is "int" or "uint" or "long" or "ulong";

    public static bool IsSigned(string type) => type is "sbyte" or "short" or "int" or "long";

    /// <summary>A literal of exactly the type, from the lowest bits of a number.</summary>
    public static string Literal(string type, ulong bits) => type switch
    {
        "bool" => (bits & 1) != 0 ? "true" : "false",
        "sbyte" => Text($"(sbyte)({(sbyte)bits})"),
        "byte" => Text($"(byte){(byte)bits}"),
        "short" => Text($"(short)({(short)bits})"),
        "ushort" => Text($"(ushort){(ushort)bits}"),
        "char" => Text($"(char){(ushort)bits}"),
        "int" => Text($"({(int)bits})"),
        "uint" => Text($"{(uint)bits}u"),
        "long" => Text($"({(long)bits}L)"),
        _ => Text($"{bits}ul"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
