// The latest steps of messages, in order. Readers keep the sequence number that they have reached and pull from there;
// whoever comes too late sees by the number of the first step how many were dropped.
// They are saved with the machine, so that whoever restores one sees what led to where it stands. A fork has the same
// blocks of steps; one that is shared is not written any more, but replaced when its turn comes round.

namespace XousCloud.Emulator.Xous;

/// <summary>A ring of steps.</summary>
public sealed class IpcLog
{
    /// <summary>Steps that are kept.</summary>
    public const int Capacity = 2048;

    private const int BlockLength = 64;

    private IpcEvent[]?[] blocks = [];
    private bool[] isShared = [];
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
            into[i] = At(first + (ulong)i);
        }

        return count;
    }

    internal void Add(in IpcEvent step)
    {
        Block(next)[(int)(next % BlockLength)] = step;
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
        if (state.TryShare(ref blocks))
        {
            blocks = [.. blocks];
            isShared = new bool[blocks.Length];
            Array.Fill(isShared, true);
            return;
        }

        if (state.IsLoading)
        {
            next = Math.Clamp(next, 1, ulong.MaxValue / 2);
            oldest = Math.Clamp(oldest, next > Capacity ? next - Capacity : 1, next);
            blocks = [];
        }

        for (ulong sequence = oldest; sequence < next; sequence++)
        {
            if (state.IsLoading)
            {
                Block(sequence)[(int)(sequence % BlockLength)] = default(IpcEvent).Visit(state, sequence);
            }
            else
            {
                _ = At(sequence).Visit(state, sequence);
            }
        }
    }

    private ref readonly IpcEvent At(ulong sequence) => ref blocks[Index(sequence)]![(int)(sequence % BlockLength)];

    private static int Index(ulong sequence) => (int)(sequence % Capacity / BlockLength);

    // The block to write a step to. Nobody pays for one before its first.
    private IpcEvent[] Block(ulong sequence)
    {
        if (blocks.Length == 0)
        {
            blocks = new IpcEvent[Capacity / BlockLength][];
            isShared = new bool[blocks.Length];
        }

        int index = Index(sequence);
        if (blocks[index] is not { } block || isShared[index])
        {
            block = blocks[index] is { } known ? [.. known] : new IpcEvent[BlockLength];
            blocks[index] = block;
            isShared[index] = false;
        }

        return block;
    }
}
