// Takes state from a machine to its fork, unit by unit: what a unit of the one writes, the same unit of the other reads.

using System.Buffers;

namespace XousCloud.Emulator;

/// <summary>A stream that is first written and then read.</summary>
internal sealed class StateTransfer : StateStream, IDisposable
{
    private const int UsualLength = 32 * 1024; // more than any unit has

    private readonly Queue<object> shared = new();
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(UsualLength);
    private int length;
    private int position;
    private bool loading;

    public override bool IsLoading => loading;

    /// <summary>Takes one unit's state over.</summary>
    public void Take(Action<StateStream> from, Action<StateStream> to)
    {
        loading = false;
        length = 0;
        from(this);
        loading = true;
        position = 0;
        to(this);
        if (position != length || shared.Count > 0)
        {
            throw new InvalidOperationException("A unit does not read what it writes.");
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    public override void Bytes(Span<byte> value)
    {
        if (loading)
        {
            bytes.AsSpan(0, length).Slice(position, value.Length).CopyTo(value);
            position += value.Length;
            return;
        }

        if (value.Length > bytes.Length - length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((bytes.Length * 2) + value.Length);
            bytes.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        value.CopyTo(bytes.AsSpan(length));
        length += value.Length;
    }

    public override void Event(ScheduledEvent value)
    {
        ulong due = value.Due;
        ulong order = value.Order;
        U64(ref due);
        U64(ref order);
        if (loading)
        {
            value.Restore(due, order);
        }
    }

    public override bool TryShare<T>(ref T value)
    {
        if (loading)
        {
            value = (T)shared.Dequeue();
        }
        else
        {
            shared.Enqueue(value);
        }

        return true;
    }
}
