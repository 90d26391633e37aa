// A transfer ring of the USB device controller: what software wants moved over one endpoint, TRB by TRB. Here is how
// a packet is taken out of the ring's buffers or put into them, and which TRBs end by that.
// Facts: datasheet, USB (transfer ring, TRB fields, handling bulk and interrupt transfers).
//
// A ring belongs to software until its cycle bit says otherwise, and software may be hostile: every look at it is
// bounded. A walk that gets nowhere (links in a circle, buffers of no length in a chain) leaves the endpoint without
// an answer, as an engine that never finds data does. Nothing is committed before the whole packet has been
// moved and its events have room.
//
// What software does to a TRB that has begun shows at the next packet. A link never says that it was passed.

using XousCloud.Emulator.Usb;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Where an endpoint is in its ring.</summary>
internal struct UdcRingPosition
{
    public uint Pointer;

    /// <summary>The cycle bit of TRBs that are the controller's.</summary>
    public bool Cycle;

    /// <summary>Bytes of the TRB's buffer that have been moved.</summary>
    public uint Moved;

    /// <summary>A zero-length packet follows what has been sent.</summary>
    public bool OwesZeroLengthPacket;

    public void Next()
    {
        Pointer += Trb.Size;
        Moved = 0;
    }

    public void Follow(in Trb link)
    {
        Pointer = link.Word0 & ~0xFu;
        Cycle ^= link.TogglesCycle;
        Moved = 0;
    }

    public void State(StateStream state)
    {
        state.U32(ref Pointer);
        state.Bool(ref Cycle);
        state.U32(ref Moved);
        state.Bool(ref OwesZeroLengthPacket);
    }
}

/// <summary>The consumer's side of one transfer ring.</summary>
/// <param name="udc">Where events go.</param>
/// <param name="pei">The physical endpoint.</param>
internal sealed class UdcTransferRing(Udc udc, int pei)
{
    /// <summary>The longest packet of any endpoint, in bytes.</summary>
    public const int LongestPacket = 1024;

    // TRBs that one packet can go through.
    private const int LongestWalk = 64;

    [Derived("means something only while a packet is moved")]
    private readonly (Trb Event, bool Interrupts)[] ended = new (Trb, bool)[LongestWalk];
    [Derived("means something only while a packet is moved")]
    private int endedCount;
    private UdcRingPosition position;
    private ushort packetSize;

    /// <summary>The longest packet, in bytes.</summary>
    public int PacketSize
    {
        get => Math.Min((int)packetSize, LongestPacket);
        set => packetSize = (ushort)value;
    }

    /// <summary>Begins at a TRB.</summary>
    /// <param name="pointer">Its address, and in bit 0 the cycle bit.</param>
    public void Begin(uint pointer) =>
        position = new UdcRingPosition { Pointer = pointer & ~0xFu, Cycle = (pointer & 1) != 0 };

    /// <summary>The TRB that is next, past any links.</summary>
    /// <returns>False when software has none ready.</returns>
    public bool TryPeek(out Trb next) => TryPeek(ref position, out next);

    /// <summary>Sends the next packet.</summary>
    /// <param name="packet">Room for <see cref="LongestPacket"/> bytes.</param>
    /// <param name="length">Bytes sent.</param>
    public UsbHandshake Send(Span<byte> packet, out int length)
    {
        length = 0;
        UdcRingPosition at = position;
        if (at.OwesZeroLengthPacket)
        {
            position.OwesZeroLengthPacket = false;
            return UsbHandshake.Ack;
        }

        endedCount = 0;
        for (int walked = 0; walked < LongestWalk && PacketSize > 0; walked++)
        {
            if (!TryPeek(ref at, out Trb trb))
            {
                return UsbHandshake.Nak;
            }

            uint left = trb.Length - Math.Min(at.Moved, trb.Length);
            int taken = (int)Math.Min(left, (uint)(PacketSize - length));
            if (!udc.TryRead(in trb, at.Moved, packet.Slice(length, taken)))
            {
                return UsbHandshake.None;
            }

            length += taken;
            at.Moved += (uint)taken;
            if (taken == left)
            {
                End(at.Pointer, in trb, 0, CompletionCode.Success, trb.InterruptOnCompletion);
                at.OwesZeroLengthPacket = trb.AppendZeroLengthPacket && !trb.Chain && trb.Length > 0;
                at.Next();
            }

            if (length == PacketSize || (taken == left && !trb.Chain))
            {
                return Commit(at);
            }
        }

        return Stuck();
    }

    /// <summary>Receives a packet.</summary>
    public UsbHandshake Receive(ReadOnlySpan<byte> packet)
    {
        UdcRingPosition at = position;
        bool isShort = packet.Length < PacketSize;
        endedCount = 0;
        for (int walked = 0; walked < LongestWalk && PacketSize > 0; walked++)
        {
            if (!TryPeek(ref at, out Trb trb))
            {
                return UsbHandshake.Nak;
            }

            uint room = trb.Length - Math.Min(at.Moved, trb.Length);
            int put = (int)Math.Min(room, (uint)packet.Length);
            if (!udc.TryWrite(in trb, at.Moved, packet[..put]))
            {
                return UsbHandshake.None;
            }

            packet = packet[put..];
            at.Moved += (uint)put;
            if (packet.IsEmpty)
            {
                return Received(at, in trb, room - (uint)put, isShort);
            }

            bool fits = trb.Chain;
            End(
                at.Pointer, in trb, 0, fits ? CompletionCode.Success : CompletionCode.TransactionError,
                trb.InterruptOnCompletion || !fits);
            at.Next();
            if (!fits)
            {
                udc.ReportOverrun();
                return Commit(at);
            }
        }

        return Stuck();
    }

    /// <summary>Ends what is next without moving anything, the whole chain of it.</summary>
    /// <param name="code">Why.</param>
    /// <returns>False when there was nothing, or no room to say so.</returns>
    public bool Drop(CompletionCode code)
    {
        UdcRingPosition at = position;
        endedCount = 0;
        if (!TryPeek(ref at, out Trb trb))
        {
            return false;
        }

        End(at.Pointer, in trb, trb.Length - Math.Min(at.Moved, trb.Length), code, trb.InterruptOnCompletion);
        at.Next();
        SkipChain(ref at, in trb);
        return Commit(at) == UsbHandshake.Ack;
    }

    /// <summary>Says of what is next that it does not go on, and leaves it there.</summary>
    /// <param name="code">Why, if there is something.</param>
    /// <param name="nothing">Why, if there is nothing and software wants to know; null when it does not.</param>
    public void SayInterrupted(CompletionCode code, CompletionCode? nothing)
    {
        if (TryPeek(out Trb trb))
        {
            udc.Post(Trb.TransferEvent(pei, position.Pointer, trb.Length - Math.Min(position.Moved, trb.Length), code));
        }
        else if (nothing is { } empty)
        {
            udc.Post(Trb.TransferEvent(pei, position.Pointer, 0, empty));
        }
    }

    public void Reset()
    {
        position = default;
        packetSize = 0;
    }

    public void State(StateStream state)
    {
        position.State(state);
        state.U16(ref packetSize);
    }

    // The packet ended in this TRB. A short one ends the transfer, and the rest of its chain with it.
    private UsbHandshake Received(UdcRingPosition at, in Trb trb, uint residual, bool isShort)
    {
        if (residual == 0)
        {
            End(at.Pointer, in trb, 0, CompletionCode.Success, trb.InterruptOnCompletion);
            at.Next();
        }
        else if (isShort)
        {
            End(
                at.Pointer, in trb, residual, CompletionCode.ShortPacket,
                trb.InterruptOnCompletion || trb.InterruptOnShortPacket);
            at.Next();
        }
        else
        {
            return Commit(at);
        }

        if (isShort)
        {
            SkipChain(ref at, in trb);
        }

        return Commit(at);
    }

    private void SkipChain(ref UdcRingPosition at, in Trb ending)
    {
        bool chained = ending.Chain;
        while (chained && endedCount < LongestWalk && TryPeek(ref at, out Trb skipped))
        {
            End(at.Pointer, in skipped, skipped.Length, CompletionCode.Success, skipped.InterruptOnCompletion);
            at.Next();
            chained = skipped.Chain;
        }
    }

    private bool TryPeek(ref UdcRingPosition at, out Trb next)
    {
        for (int walked = 0; walked < LongestWalk; walked++)
        {
            if (!udc.TryReadTrb(at.Pointer, out next) || next.Cycle != at.Cycle)
            {
                return false;
            }

            if (next.Type != TrbType.Link)
            {
                return true;
            }

            at.Follow(in next);
        }

        next = default;
        Stuck();
        return false;
    }

    private void End(uint pointer, in Trb trb, uint residual, CompletionCode code, bool says)
    {
        if (says && endedCount < LongestWalk)
        {
            ended[endedCount++] = (Trb.TransferEvent(pei, pointer, residual, code), !trb.BlocksInterrupt);
        }
    }

    private UsbHandshake Commit(UdcRingPosition at)
    {
        if (!udc.HasRoomFor(endedCount))
        {
            return UsbHandshake.Nak;
        }

        position = at;
        foreach ((Trb news, bool interrupts) in ended.AsSpan(0, endedCount))
        {
            udc.Post(in news, interrupts);
        }

        return UsbHandshake.Ack;
    }

    private UsbHandshake Stuck()
    {
        udc.ReportEndlessRing();
        return UsbHandshake.Nak;
    }
}
