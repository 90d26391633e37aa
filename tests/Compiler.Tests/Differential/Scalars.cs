// Values of C# as the words of the calling convention: sub-word values are extended to 32 bits as their type says, long
// and ulong are two words, the low one first.

using System.Globalization;

namespace XousCloud.Compiler.Tests.Differential;

internal static class Scalars
{
    public static bool IsSupported(Type type) => Type.GetTypeCode(type) is >= TypeCode.Boolean and <= TypeCode.UInt64;

    public static int WordCount(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Empty => 0,
        TypeCode.Object => 0, // void
        TypeCode.Int64 or TypeCode.UInt64 => 2,
        _ => 1,
    };

    /// <summary>The words of a value, as the low and the high half of the result; the high one is 0 for one word.</summary>
    public static ulong Bits(object? value) => value switch
    {
        null => 0,
        bool truth => truth ? 1u : 0,
        char letter => letter,
        sbyte number => (uint)number,
        short number => (uint)number,
        int number => (uint)number,
        long number => (ulong)number,
        ulong number => number,
        _ => ((IConvertible)value).ToUInt32(CultureInfo.InvariantCulture),
    };

    /// <summary>The value of a type whose lowest bits are given.</summary>
    public static object FromBits(Type type, ulong bits) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => (bits & 1) != 0,
        TypeCode.Char => (char)bits,
        TypeCode.SByte => (sbyte)bits,
        TypeCode.Byte => (byte)bits,
        TypeCode.Int16 => (short)bits,
        TypeCode.UInt16 => (ushort)bits,
        TypeCode.Int32 => (int)bits,
        TypeCode.UInt32 => (uint)bits,
        TypeCode.Int64 => (long)bits,
        TypeCode.UInt64 => bits,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The size of a type's value in bits; 1 for bool.</summary>
    public static int Width(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => 1,
        TypeCode.SByte or TypeCode.Byte => 8,
        TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 16,
        TypeCode.Int32 or TypeCode.UInt32 => 32,
        _ => 64,
    };

    /// <summary>The argument words of a call.</summary>
    public static uint[] ArgumentWords(IReadOnlyList<object> arguments)
    {
        List<uint> words = [];
        foreach (object argument in arguments)
        {
            ulong bits = Bits(argument);
            words.Add((uint)bits);
            if (WordCount(argument.GetType()) == 2)
            {
                words.Add((uint)(bits >> 32));
            }
        }

        return [.. words];
    }

    /// <summary>As C# would write the value in a call.</summary>
    public static string Show(object? value) => value switch
    {
        null => "void",
        bool truth => truth ? "true" : "false",
        char letter => $"(char){(int)letter}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
