// The serial lines that leave the board, as the service and the command line name them.

namespace XousCloud.Emulator;

/// <summary>A console port. The numbers are stored; they are never reused.</summary>
public enum ConsolePort : byte
{
    Uart0 = 0,
    Uart1 = 1,

    /// <summary>The console of boot1, the SDKs and Xous: PB13/PB14, 1 Mbaud.</summary>
    Uart2 = 2,
    Uart3 = 3,

    /// <summary>The debug UART: transmit only, early boot text and panics.</summary>
    Duart = 4,

    /// <summary>The serial port that firmware shows on USB, as the host at the other end of the cable has opened it.</summary>
    Usb = 5,
}
