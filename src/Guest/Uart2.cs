// UART2, the console of the boards: transmit by DMA out of a block of IFRAM, receive by polling, 1 Mbaud, 8N1.
// Facts: UDMA channel registers, UART SETUP, IOX alternate functions (PB13 RX and PB14 TX are AF1). The block is the one
// that programs use by convention; its offset is not 0, so the channel's SADDR is 0 only when the channel is idle.

namespace XousCloud.Guest;

public static class Uart2
{
    private const uint PortBSelectHigh = 0x5012_F00C;
    private const uint ClockGates = 0x5010_0000;
    private const uint TransmitAddress = 0x5010_3010;
    private const uint TransmitSize = 0x5010_3014;
    private const uint TransmitConfiguration = 0x5010_3018;
    private const uint Status = 0x5010_3020;
    private const uint Setup = 0x5010_3024;
    private const uint Valid = 0x5010_3030;
    private const uint Data = 0x5010_3034;

    private const uint Block = 0x5001_D000;
    private const uint BlockSize = 2048;
    private const uint Enable = 0x10;

    /// <summary>Connects the pins, and sets speed and format; perclk is 100 MHz, as the boot stage leaves it.</summary>
    public static void Start()
    {
        Mmio.Write16(PortBSelectHigh, (ushort)((Mmio.Read16(PortBSelectHigh) & ~(0xF << 10)) | (5 << 10)));
        Mmio.Write32(ClockGates, Mmio.Read32(ClockGates) | (1 << 2));
        Mmio.Write32(Setup, 0x0064_0316);
    }

    /// <summary>Returns when the last block is on its way, not when it is out.</summary>
    public static void Write(ReadOnlySpan<byte> bytes)
    {
        uint count = 0;
        foreach (byte value in bytes)
        {
            if (count == 0)
            {
                WaitForChannel();
            }

            Mmio.Write8(Block + count, value);
            count++;
            if (count == BlockSize)
            {
                Send(count);
                count = 0;
            }
        }

        if (count != 0)
        {
            Send(count);
        }
    }

    private static void Send(uint count)
    {
        Mmio.Write32(TransmitAddress, Block);
        Mmio.Write32(TransmitSize, count);
        Mmio.Write32(TransmitConfiguration, Enable);
    }

    /// <summary>Returns when the last byte has left the transmitter.</summary>
    public static void Flush()
    {
        WaitForChannel();
        while ((Mmio.Read32(Status) & 1) != 0)
        {
        }
    }

    /// <summary>Takes a byte that was received, if there is one.</summary>
    public static bool TryRead(out byte value)
    {
        bool isValid = (Mmio.Read32(Valid) & 1) != 0;
        value = isValid ? (byte)Mmio.Read32(Data) : (byte)0;
        return isValid;
    }

    private static void WaitForChannel()
    {
        while (Mmio.Read32(TransmitAddress) != 0)
        {
        }
    }
}
