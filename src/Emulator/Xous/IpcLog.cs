// The latest steps of messages, in order. Readers keep the sequence number that they have reached and pull from there;
// whoever comes too late sees by the number of the first step how many were dropped.
// They are saved with the machine, so that whoever restores one sees what led to where it stands.

namespace XousCloud.Emulator.Xous;

/// <summary>A ring of steps.</summary>
public sealed class IpcLog
{
    /// <summary>Steps that are kept.</summary>
    public const int Capacity = 2048;

    private IpcEvent[] ring = [];
    private ulong oldest = 1;
    private ulong next = 1;

    /// <summary>The sequence number of the oldest step that is kept; <see cref="Next"/> where none is.</summary>
    public ulong Oldest => oldest;

    /// <summary>The sequence number that the next step gets.</summary>
    public ulong Next => next;

    /// <summary>Copies steps out.</summary>
    /// <param name="from">The sequence number to start at; where it was dropped, the oldest kept is the first.</param>
    /// <param name="into">As many as fit here.</param>
    /// <returns>How many were copied.</returns>
    public int Read(ulong from, Span<IpcEvent> into)
    {
        ulong first = Math.Max(from, oldest);
        int count = first >= next ? 0 : (int)Math.Min(next - first, (ulong)into.Length);
        for (int i = 0; i < count; i++)
        {
            into[i] = ring[(int)((first + (ulong)i) % Capacity)];
        }

        return count;
    }

    internal void Add(in IpcEvent step)
    {
        if (ring.Length == 0)
        {
            ring = new IpcEvent[Capacity]; // nobody pays for it before the first message
        }

        ring[(int)(next % Capacity)] = step;
        next++;
        if (next - oldest > Capacity)
        {
            oldest = next - Capacity;
        }
    }

    internal void State(StateStream state)
    {
        state.U64(ref next);
        state.U64(ref oldest);
        if (state.IsLoading)
        {
            next = Math.Clamp(next, 1, ulong.MaxValue / 2);
            oldest = Math.Clamp(oldest, next > Capacity ? next - Capacity : 1, next);
            ring = oldest == next ? [] : new IpcEvent[Capacity];
        }

        for (ulong sequence = oldest; sequence < next; sequence++)
        {
            ring[(int)(sequence % Capacity)] = ring[(int)(sequence % Capacity)].Visit(state, sequence);
        }
    }
}
