// The chip's debug UART: transmit only, 1 Mbaud, on and clocked since reset.

namespace XousCloud.Guest;

public static class Duart
{
    private const uint Txd = 0x4004_2000;
    private const uint Sr = 0x4004_2008;

    /// <summary>Returns when the last byte is in the transmitter.</summary>
    public static void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            Write(value);
        }
    }

    public static void Write(byte value)
    {
        while (Mmio.Read32(Sr) != 0)
        {
        }

        Mmio.Write32(Txd, value);
    }
}
