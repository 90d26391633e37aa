// TEXT of --send: UTF-8, with the escapes \r \n \t \e \0 \\ and \xNN for what a shell makes hard to type.

using System.Globalization;
using System.Text;

namespace XousCloud.Cli;

internal static class EscapedText
{
    /// <summary>The bytes that a text stands for.</summary>
    /// <exception cref="BadInputException">An escape is not one of those above.</exception>
    public static byte[] ToBytes(string text, string option)
    {
        using MemoryStream bytes = new();
        for (int i = 0; i < text.Length;)
        {
            int backslash = text.IndexOf('\\', i);
            int literalEnd = backslash < 0 ? text.Length : backslash;
            bytes.Write(Encoding.UTF8.GetBytes(text[i..literalEnd]));
            i = literalEnd;
            if (i < text.Length)
            {
                bytes.WriteByte(Escape(text, option, ref i));
            }
        }

        return bytes.ToArray();
    }

    private static byte Escape(string text, string option, ref int i)
    {
        char kind = i + 1 < text.Length ? text[i + 1] : '\0';
        if (kind == 'x' && i + 4 <= text.Length
            && byte.TryParse(
                text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            i += 4;
            return value;
        }

        i += 2;
        return kind switch
        {
            'r' => (byte)'\r',
            'n' => (byte)'\n',
            't' => (byte)'\t',
            'e' => 0x1B,
            '0' => 0,
            '\\' => (byte)'\\',
            _ => throw new BadInputException(
                "escape_invalid",
                $"{option}: the text has a backslash that starts none of the escapes.",
                @"Write \r \n \t \e \0 \\ or \xNN; carriage return, which ends a line for boot1 and most shells, is \r."),
        };
    }
}
