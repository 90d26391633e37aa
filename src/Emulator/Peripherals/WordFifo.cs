// The small FIFO between a uDMA channel and its block.

namespace XousCloud.Emulator.Peripherals;

/// <summary>A bounded first-in, first-out queue of words.</summary>
/// <param name="capacity">The most words that it holds, a few.</param>
public sealed class WordFifo(int capacity)
{
    private readonly uint[] words = new uint[capacity]; // a ring; those that hold nothing are 0
    [Derived("checked when it is loaded")]
    private int count;
    [Derived("0 whenever the state is saved or loaded")]
    private int oldest;

    public int Count => count;

    public int Free => capacity - count;

    /// <summary>Appends a word; one too many is lost.</summary>
    public void Push(uint word)
    {
        if (count < capacity)
        {
            words[Place(count++)] = word;
        }
    }

    /// <summary>Takes the oldest word.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPop(out uint word)
    {
        word = words[oldest];
        if (count == 0)
        {
            return false;
        }

        count--;
        words[oldest] = 0;
        oldest = Place(1);
        return true;
    }

    public void Clear()
    {
        Array.Clear(words);
        count = oldest = 0;
    }

    /// <exception cref="SnapshotFormatException">A stored FIFO is longer than this one can be.</exception>
    public void State(StateStream state)
    {
        words.AsSpan(0, oldest).Reverse();
        words.AsSpan(oldest).Reverse();
        words.AsSpan().Reverse(); // the oldest first
        oldest = 0;
        state.I32(ref count);
        state.U32s(words);
        if (count < 0 || count > capacity)
        {
            int stored = count;
            Clear();
            throw new SnapshotFormatException("snapshot_queue", $"A FIFO of {capacity} words cannot hold {stored}.");
        }
    }

    private int Place(int index) => oldest + index < capacity ? oldest + index : oldest + index - capacity;
}
