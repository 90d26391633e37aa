// Says hello on both consoles of the chip.
//
// Shows:   the smallest whole program in C#; DUART; UART2 transmit by DMA.
// Proof:   one line on each console; code and data are below 1 KiB, the vendor's header not counted.

using XousCloud.Guest;

namespace Hello;

internal static class Program
{
    [EntryPoint]
    public static void Main()
    {
        Duart.Write("Hello from C#, on the DUART\r\n"u8);
        Uart2.Start();
        Uart2.Write("Hello from C#, on UART2\r\n"u8);
    }
}
