// The output of one port since the device was made, of which the last part is kept. Offsets count every byte
// from the first, so a reader that knows its offset can go away and come back. Bytes are readable from the
// moment they are released, which is when the journal holds what is needed to produce them again.

namespace XousCloud.Api.Console;

/// <summary>One port's output. Safe for one writer and many readers.</summary>
/// <param name="capacity">Bytes kept.</param>
internal sealed class ConsoleBuffer(int capacity)
{
    private const int SmallestRing = 1024;
    private readonly Lock gate = new();
    private byte[] ring = [];
    private ulong first;
    private ulong length;
    private ulong released;

    /// <summary>Offset after the last released byte.</summary>
    public ulong Released
    {
        get
        {
            lock (gate)
            {
                return released;
            }
        }
    }

    /// <summary>Offset after the last byte, released or not.</summary>
    public ulong Length
    {
        get
        {
            lock (gate)
            {
                return length;
            }
        }
    }

    /// <summary>Offset of the oldest byte that is kept.</summary>
    public ulong Oldest
    {
        get
        {
            lock (gate)
            {
                return OldestLocked;
            }
        }
    }

    private ulong OldestLocked => Math.Max(first, length > (ulong)capacity ? length - (ulong)capacity : 0);

    /// <summary>Adds bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        lock (gate)
        {
            Reserve(bytes.Length);
            if (bytes.Length > ring.Length)
            {
                length += (ulong)(bytes.Length - ring.Length);
                bytes = bytes[^ring.Length..];
            }

            int start = (int)(length % (ulong)ring.Length);
            int head = Math.Min(bytes.Length, ring.Length - start);
            bytes[..head].CopyTo(ring.AsSpan(start));
            bytes[head..].CopyTo(ring);
            length += (ulong)bytes.Length;
        }
    }

    /// <summary>Lets readers see everything before an offset.</summary>
    public void Release(ulong offset)
    {
        lock (gate)
        {
            released = Math.Max(released, Math.Min(offset, length));
        }
    }

    /// <summary>Copies released bytes out.</summary>
    /// <param name="offset">The first byte wanted.</param>
    /// <param name="destination">Filled as far as there are bytes.</param>
    /// <returns>Bytes copied, or -1 when the first byte wanted is kept no more.</returns>
    public int Read(ulong offset, Span<byte> destination)
    {
        lock (gate)
        {
            if (offset < OldestLocked)
            {
                return -1;
            }

            int count = offset >= released ? 0 : (int)Math.Min(released - offset, (ulong)destination.Length);
            Copy(offset, destination[..count]);
            return count;
        }
    }

    /// <summary>Everything that is kept, and its offset.</summary>
    public (ulong First, byte[] Retained) Capture()
    {
        lock (gate)
        {
            byte[] retained = new byte[length - OldestLocked];
            Copy(OldestLocked, retained);
            return (OldestLocked, retained);
        }
    }

    /// <summary>Starts over with what was captured earlier, all of it released.</summary>
    public void Restore(ulong firstOffset, ReadOnlySpan<byte> retained)
    {
        lock (gate)
        {
            ring = [];
            first = firstOffset;
            length = firstOffset;
        }

        Append(retained);
        Release(ulong.MaxValue);
    }

    private void Copy(ulong offset, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        int start = (int)(offset % (ulong)ring.Length);
        int head = Math.Min(destination.Length, ring.Length - start);
        ring.AsSpan(start, head).CopyTo(destination);
        ring.AsSpan(0, destination.Length - head).CopyTo(destination[head..]);
    }

    // Grows by doubling up to the capacity, so that a quiet port costs next to nothing.
    private void Reserve(int added)
    {
        ulong kept = length - OldestLocked;
        int needed = (int)Math.Min(kept + (ulong)added, (ulong)capacity);
        if (needed <= ring.Length)
        {
            return;
        }

        int size = Math.Max(SmallestRing, ring.Length);
        while (size < needed)
        {
            size = Math.Min(size * 2, capacity);
        }

        byte[] retained = new byte[kept];
        Copy(OldestLocked, retained);
        ulong oldest = OldestLocked;
        ring = new byte[size];
        for (int index = 0; index < retained.Length; index++)
        {
            ring[(int)((oldest + (ulong)index) % (ulong)size)] = retained[index];
        }
    }
}
