// Endpoint 0 of the USB device controller. A setup packet is always taken, becomes an event, and gets a tag; TRBs
// with that tag move its data and end it. Facts: datasheet, USB (handling setup requests; SETUP_ENABLE, Initialize
// EP0, Update EP0); Xous's and boot1's drivers.
//
// - While SETUP_ENABLE is off, or the event ring is full, the last setup packet waits and no other transaction of
//   endpoint 0 is answered.
// - What is queued for another request than the current one ends at once, with "setup tag mismatch"; its event
//   comes before that of the setup packet. Before the first setup packet such TRBs wait: drivers queue one.
// - The tag counts on over a reset of the controller by software, so an old driver's tag never fits by accident.
// - The direction of a status stage follows from the request: drivers write either into the TRB.
// - A status stage that stalls does so in the data stage already. One that does not ends the data stage there.

using System.Buffers.Binary;
using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The control endpoint.</summary>
internal sealed class UdcControlEndpoint(Udc udc)
{
    /// <summary>Bytes of a setup packet.</summary>
    public const int SetupLength = 8;

    private const int Pei = 0;
    private const byte ToHost = 0x80;
    private const uint TagMask = 3;
    private const int PacketSizeAtReset = 64;

    // TRBs that are looked at in one go; a ring without end has more.
    private const int LongestWalk = 64;

    private readonly UdcTransferRing ring = new(udc, Pei);
    private readonly byte[] setup = new byte[SetupLength];
    private Stage stage;
    private uint tag;
    private bool waitsForSoftware;
    private bool stalled;

    private enum Stage : byte
    {
        /// <summary>No request yet, or the last one is done.</summary>
        None,
        Data,
        Status,
    }

    /// <summary>Whether a request is not done yet.</summary>
    public bool IsBusy => stage != Stage.None || waitsForSoftware;

    private bool ReadsData => (setup[0] & ToHost) != 0;

    /// <summary>Initialize EP0: a new ring. A setup packet that waits goes on waiting.</summary>
    public void Initialize(uint pointer)
    {
        ring.Begin(pointer);
        stage = Stage.None;
        stalled = false;
    }

    /// <summary>Update EP0: the length of its packets.</summary>
    public void SetPacketSize(int bytes) => ring.PacketSize = bytes;

    public void Setup(ReadOnlySpan<byte> packet)
    {
        packet[..SetupLength].CopyTo(setup);
        waitsForSoftware = true;
        stalled = false;
        stage = Stage.None;
        Announce();
    }

    /// <summary>Tells software of the setup packet that waits, if it may be told now.</summary>
    public void Announce()
    {
        if (!waitsForSoftware || !udc.TakesSetup)
        {
            return;
        }

        uint next = (tag + 1) & TagMask;
        DropOthers(next);
        if (udc.HasRoomFor(1))
        {
            tag = next;
            waitsForSoftware = false;
            stage = BinaryPrimitives.ReadUInt16LittleEndian(setup.AsSpan(6)) > 0 ? Stage.Data : Stage.Status;
            udc.Post(Trb.SetupEvent(setup, next));
        }
    }

    /// <summary>The doorbell.</summary>
    public void Ring()
    {
        if (stage != Stage.None)
        {
            DropOthers(tag);
        }
    }

    /// <summary>The host reads: data, or the status of a request that wrote.</summary>
    public UsbHandshake Send(Span<byte> packet, out int length)
    {
        length = 0;
        if (stalled)
        {
            return UsbHandshake.Stall;
        }

        if (!TryPeek(out Trb next))
        {
            return UsbHandshake.Nak;
        }

        if (stage == Stage.Status || !ReadsData)
        {
            return EndRequest();
        }

        if (next.Type == TrbType.StatusStage)
        {
            return next.Stalls ? StallBy(CompletionCode.ProtocolStall) : UsbHandshake.Ack;
        }

        return next.Type == TrbType.DataStage && next.IsInbound
            ? StallBy(CompletionCode.ProtocolStall)
            : ring.Send(packet, out length);
    }

    /// <summary>The host writes: data, or the status of a request that read.</summary>
    public UsbHandshake Receive(ReadOnlySpan<byte> packet)
    {
        if (stalled)
        {
            return UsbHandshake.Stall;
        }

        if (!TryPeek(out Trb next))
        {
            return UsbHandshake.Nak;
        }

        if (stage == Stage.Status || ReadsData)
        {
            return EndRequest();
        }

        return next.Type == TrbType.StatusStage || (next.Type == TrbType.DataStage && !next.IsInbound)
            ? StallBy(CompletionCode.ProtocolStall)
            : ring.Receive(packet);
    }

    /// <summary>The link is gone: the request is over.</summary>
    public void Abandon()
    {
        stage = Stage.None;
        waitsForSoftware = stalled = false;
    }

    public void Reset(bool byChip)
    {
        ring.Reset();
        ring.PacketSize = PacketSizeAtReset;
        Array.Clear(setup);
        Abandon();
        if (byChip)
        {
            tag = 0;
        }
    }

    public void State(StateStream state)
    {
        ring.State(state);
        state.Bytes(setup);
        state.Enum(ref stage);
        state.U32(ref tag);
        state.Bool(ref waitsForSoftware);
        state.Bool(ref stalled);
    }

    private bool TryPeek(out Trb next)
    {
        next = default;
        if (stage == Stage.None)
        {
            return false;
        }

        DropOthers(tag);
        if (ring.TryPeek(out next) && !IsOfAnother(in next, tag))
        {
            return true;
        }

        next = default;
        return false;
    }

    // Data that the host did not ask for are left out, then the status stage ends the request.
    private UsbHandshake EndRequest()
    {
        Trb next;
        for (int walked = 0; TryPeek(out next) && next.Type != TrbType.StatusStage; walked++)
        {
            if (walked == LongestWalk || !ring.Drop(CompletionCode.ShortPacket))
            {
                return UsbHandshake.Nak;
            }
        }

        if (next.Type != TrbType.StatusStage)
        {
            return UsbHandshake.Nak;
        }

        if (next.Stalls)
        {
            return StallBy(CompletionCode.ProtocolStall);
        }

        if (!ring.Drop(CompletionCode.Success))
        {
            return UsbHandshake.Nak;
        }

        stage = Stage.None;
        if (next.SetsAddress)
        {
            udc.TakeAddress();
        }

        return UsbHandshake.Ack;
    }

    private UsbHandshake StallBy(CompletionCode code)
    {
        if (!ring.Drop(code))
        {
            return UsbHandshake.Nak;
        }

        stalled = true;
        stage = Stage.None;
        return UsbHandshake.Stall;
    }

    private void DropOthers(uint current)
    {
        for (int walked = 0; walked < LongestWalk; walked++)
        {
            if (!ring.TryPeek(out Trb next) || !IsOfAnother(in next, current) || !ring.Drop(CompletionCode.SetupTagMismatch))
            {
                return;
            }
        }
    }

    private static bool IsOfAnother(in Trb trb, uint current) =>
        trb.Type is TrbType.DataStage or TrbType.StatusStage && trb.SetupTag != (current & TagMask);
}
