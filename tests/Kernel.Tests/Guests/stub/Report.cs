// What the stub says, on the DUART at the address where the loader has mapped it.

using XousCloud.Guest;

namespace Stub;

internal static class Report
{
    private const uint Txd = 0xFFCF_0000;
    private const uint Sr = 0xFFCF_0008;

    public static void Result(ReadOnlySpan<byte> name, bool isRight)
    {
        Write(name);
        Write(isRight ? ": ok\r\n"u8 : ": FAILED\r\n"u8);
    }

    public static void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            while (Mmio.Read32(Sr) != 0)
            {
            }

            Mmio.Write32(Txd, value);
        }
    }

    /// <summary>What went wrong, and with which number.</summary>
    public static bool Wrong(ReadOnlySpan<byte> what, uint number)
    {
        Span<byte> digits = stackalloc byte[8];
        var text = new Text(digits);
        text.AppendHexadecimal(number);
        Write("  "u8);
        Write(what);
        Write(" "u8);
        Write(digits);
        Write("\r\n"u8);
        return false;
    }
}
