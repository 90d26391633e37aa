// A list of values of our own types. The framework's generic collections over them cannot be compiled ahead of time
// and would be compiled when a process starts, which takes longer than much of what a short run does.

namespace XousCloud.Emulator;

/// <summary>A list that grows and is emptied, no more.</summary>
internal sealed class PlainList<T>
    where T : struct
{
    private T[] items = new T[16];

    public int Count { get; private set; }

    public ref T this[int index] => ref items[index];

    public void Add(in T item)
    {
        if (Count == items.Length)
        {
            T[] larger = new T[Count * 2];
            Array.Copy(items, larger, Count);
            items = larger;
        }

        items[Count++] = item;
    }

    /// <summary>Removes an item; the last takes its place.</summary>
    public void RemoveAt(int index) => items[index] = items[--Count];

    public void Clear() => Count = 0;
}
