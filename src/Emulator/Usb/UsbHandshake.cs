// What goes over the bus between the host and the device controller: transactions, each answered by a handshake.
// Facts: USB 2.0, chapter 8.

namespace XousCloud.Emulator.Usb;

/// <summary>A device's answer to a transaction.</summary>
internal enum UsbHandshake : byte
{
    /// <summary>No answer: nobody is there, or not at this address.</summary>
    None,

    /// <summary>Data were taken or, for a read, given.</summary>
    Ack,

    /// <summary>Not now; the host asks again.</summary>
    Nak,

    /// <summary>The endpoint is halted, or the request is not supported.</summary>
    Stall,
}
