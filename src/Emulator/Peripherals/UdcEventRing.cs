// The event ring of the USB device controller: the controller writes, software reads up to ERDP. A table in IFRAM
// says where its one or two segments are; the cycle bit turns each time the ring has been gone through.
// Facts: datasheet, USB (event ring; ERSTSZ, ERSTBA, ERDP). An event that finds no room is not written: whoever
// posts asks for room before, or keeps its news until software has moved ERDP on.

using System.Buffers.Binary;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The producer's side of the event ring.</summary>
internal sealed class UdcEventRing(UdcDma dma)
{
    private const uint MostSegments = 2;
    private const uint SegmentSizeMask = 0xFFFF;
    private const uint AddressMask = ~0xFu;

    private uint table;
    private uint segments;
    private uint dequeue;
    private Place next = Place.Start;

    /// <summary>ERSTBA. Writing it starts the ring anew.</summary>
    public uint Table
    {
        get => table;
        set
        {
            table = value;
            next = Place.Start;
        }
    }

    /// <summary>ERSTSZ: how many segments the table names.</summary>
    public uint Segments
    {
        get => segments;
        set => segments = value;
    }

    /// <summary>ERDP: where software goes on reading.</summary>
    public uint Dequeue
    {
        get => dequeue;
        set => dequeue = value & AddressMask;
    }

    /// <summary>Whether software has read all there is.</summary>
    public bool IsEmpty => !next.IsKnown || next.Address == dequeue;

    /// <summary>Whether a number of events fits; one place always stays free, so that full is not empty.</summary>
    public bool HasRoomFor(int events)
    {
        Place place = next;
        for (int i = 0; i < events; i++)
        {
            if (!TryFind(ref place))
            {
                return false;
            }

            place.Step(segments);
            if (!TryFind(ref place) || place.Address == dequeue)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes an event.</summary>
    /// <returns>False when there is no room, or no ring.</returns>
    public bool TryPost(in Trb posted)
    {
        if (!HasRoomFor(1))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Trb.Size];
        posted.Write(bytes, next.Cycle);
        if (!TryFind(ref next) || !dma.TryWrite(next.Address, bytes))
        {
            return false;
        }

        next.Step(segments);
        TryFind(ref next);
        return true;
    }

    public void Reset()
    {
        table = segments = dequeue = 0;
        next = Place.Start;
    }

    public void State(StateStream state)
    {
        state.U32(ref table);
        state.U32(ref segments);
        state.U32(ref dequeue);
        next.State(state);
    }

    // Reads a segment's place in the table when the ring comes to it.
    private bool TryFind(ref Place place)
    {
        if (place.IsKnown)
        {
            return true;
        }

        Span<byte> entry = stackalloc byte[Trb.Size];
        if (segments is 0 or > MostSegments || !dma.TryRead(table + (place.Segment * Trb.Size), entry))
        {
            return false;
        }

        place.Found(
            BinaryPrimitives.ReadUInt32LittleEndian(entry) & AddressMask,
            BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) & SegmentSizeMask);
        return place.IsKnown;
    }

    // Where the next event goes.
    private struct Place
    {
        public uint Segment;
        public uint Address;
        public uint Left; // TRBs from here to the segment's end; 0 before its place is known
        public bool Cycle;

        public static Place Start => new() { Cycle = true };

        public readonly bool IsKnown => Left > 0;

        public void Found(uint address, uint size)
        {
            Address = address;
            Left = size;
        }

        public void Step(uint segments)
        {
            Address += Trb.Size;
            Left--;
            if (Left == 0)
            {
                Segment = Segment + 1 < segments ? Segment + 1 : 0;
                Cycle ^= Segment == 0;
            }
        }

        public void State(StateStream state)
        {
            state.U32(ref Segment);
            state.U32(ref Address);
            state.U32(ref Left);
            state.Bool(ref Cycle);
        }
    }
}
