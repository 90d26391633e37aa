// A bulk or interrupt endpoint of the USB device controller, one direction of it. Software describes it by a context
// of four words in IFRAM. Facts: datasheet, USB (endpoint context, commands). The direction is that of the
// physical number: the type in the context would say it again, but Xous writes "inbound" into all of them.

using System.Buffers.Binary;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Peripherals;

/// <summary>One physical endpoint but 0.</summary>
/// <param name="udc">The controller.</param>
/// <param name="pei">Its number: twice the endpoint's, and one more where the host writes.</param>
internal sealed class UdcEndpoint(Udc udc, int pei)
{
    public const int ContextSize = 16;

    private readonly UdcTransferRing ring = new(udc, pei);
    private bool enabled;
    private bool halted;
    private bool stopped;
    private byte number;

    /// <summary>Its bit in bitmaps.</summary>
    public uint Bit => 1u << pei;

    public bool IsEnabled => enabled;

    public bool IsRunning => enabled && !halted && !stopped;

    /// <summary>Whether a host reaches it by a number and a direction.</summary>
    public bool Answers(int endpoint, bool inbound) => enabled && number == endpoint && inbound == (pei % 2 == 1);

    /// <summary>Where its context stands in the table of all.</summary>
    public uint ContextIn(uint table) => table + ((uint)(pei - UdcEndpoints.First) * ContextSize);

    /// <summary>Config EP: takes its context and starts.</summary>
    public void Configure(ReadOnlySpan<byte> context)
    {
        uint word0 = BinaryPrimitives.ReadUInt32LittleEndian(context);
        uint word1 = BinaryPrimitives.ReadUInt32LittleEndian(context[4..]);
        number = (byte)((word0 >> 3) & 0xF);
        ring.PacketSize = (int)(word1 >> 16);
        enabled = true;
        halted = stopped = false;
        SetDequeue(context);
    }

    /// <summary>Set TR DQPTR: goes on with the ring that the context names now.</summary>
    public void SetDequeue(ReadOnlySpan<byte> context) => ring.Begin(BinaryPrimitives.ReadUInt32LittleEndian(context[8..]));

    public void Disable() => enabled = false;

    /// <param name="tellsEmpty">Software wants to know of an empty ring, too.</param>
    public void Halt(bool tellsEmpty)
    {
        if (enabled && !halted)
        {
            ring.SayInterrupted(CompletionCode.Halted, tellsEmpty ? CompletionCode.HaltedLengthInvalid : null);
            halted = true;
        }
    }

    public void ClearHalt() => halted = false;

    /// <param name="tellsEmpty">Software wants to know of an empty ring, too.</param>
    public void Stop(bool tellsEmpty)
    {
        if (IsRunning)
        {
            ring.SayInterrupted(CompletionCode.Stopped, tellsEmpty ? CompletionCode.StoppedLengthInvalid : null);
            stopped = true;
        }
    }

    /// <summary>The link is gone with work undone.</summary>
    public void SayDisabled()
    {
        if (IsRunning)
        {
            ring.SayInterrupted(CompletionCode.Disabled, nothing: null);
        }
    }

    /// <summary>The doorbell: a stopped endpoint goes on.</summary>
    public void Ring() => stopped = false;

    public UsbHandshake Send(Span<byte> packet, out int length)
    {
        length = 0;
        return halted ? UsbHandshake.Stall : stopped ? UsbHandshake.Nak : ring.Send(packet, out length);
    }

    public UsbHandshake Receive(ReadOnlySpan<byte> packet) =>
        halted ? UsbHandshake.Stall : stopped ? UsbHandshake.Nak : ring.Receive(packet);

    public void Reset()
    {
        ring.Reset();
        enabled = halted = stopped = false;
        number = 0;
    }

    public void State(StateStream state)
    {
        ring.State(state);
        state.Bool(ref enabled);
        state.Bool(ref halted);
        state.Bool(ref stopped);
        state.U8(ref number);
    }
}
