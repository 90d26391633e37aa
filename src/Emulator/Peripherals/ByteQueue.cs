// Bytes that wait to enter the chip: a ring that grows to its limit, so that an idle port costs nothing.

using System.Numerics;

namespace XousCloud.Emulator.Peripherals;

/// <summary>A bounded first-in, first-out queue of bytes.</summary>
/// <param name="capacity">The most bytes that it holds.</param>
public sealed class ByteQueue(int capacity)
{
    private const int FirstAllocation = 64;

    [Derived("the bytes are visited one by one, oldest first")]
    private byte[] ring = [];
    [Derived("where the oldest byte stands in the ring")]
    private int head;
    [Derived("visited as the number of bytes that follow")]
    private int count;

    public int Count => count;

    /// <summary>Appends all of the bytes, or none when they do not fit.</summary>
    public bool TryEnqueue(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > capacity - count)
        {
            return false;
        }

        Grow(count + bytes.Length);
        foreach (byte value in bytes)
        {
            ring[(head + count) % ring.Length] = value;
            count++;
        }

        return true;
    }

    /// <summary>Takes the oldest byte.</summary>
    /// <exception cref="InvalidOperationException">The queue is empty.</exception>
    public byte Dequeue()
    {
        if (count == 0)
        {
            throw new InvalidOperationException("The queue is empty.");
        }

        byte value = ring[head];
        head = (head + 1) % ring.Length;
        count--;
        return value;
    }

    /// <summary>Copies the oldest bytes out and leaves them in the queue.</summary>
    /// <param name="oldest">As many as there are, or fewer.</param>
    public void Peek(Span<byte> oldest)
    {
        for (int i = 0; i < oldest.Length; i++)
        {
            oldest[i] = ring[(head + i) % ring.Length];
        }
    }

    /// <summary>Drops the oldest bytes.</summary>
    /// <param name="bytes">As many as there are, or fewer.</param>
    public void Skip(int bytes)
    {
        head = ring.Length == 0 ? 0 : (head + bytes) % ring.Length;
        count -= bytes;
    }

    public void Clear() => head = count = 0;

    /// <summary>Visits the bytes, oldest first; where they stand in the ring is no part of the state.</summary>
    /// <exception cref="SnapshotFormatException">A stored queue is longer than this one can be.</exception>
    public void State(StateStream state)
    {
        int stored = count;
        state.I32(ref stored);
        if (!state.IsLoading)
        {
            for (int i = 0; i < count; i++)
            {
                state.U8(ref ring[(head + i) % ring.Length]);
            }

            return;
        }

        if (stored < 0 || stored > capacity)
        {
            throw new SnapshotFormatException("snapshot_queue", $"A receive queue cannot hold {stored} bytes.");
        }

        Clear();
        Grow(stored);
        state.Bytes(ring.AsSpan(0, stored));
        count = stored;
    }

    private void Grow(int needed)
    {
        if (needed <= ring.Length)
        {
            return;
        }

        int doubled = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstAllocation, needed));
        byte[] larger = new byte[Math.Min(capacity, doubled)];
        for (int i = 0; i < count; i++)
        {
            larger[i] = ring[(head + i) % ring.Length];
        }

        ring = larger;
        head = 0;
    }
}
