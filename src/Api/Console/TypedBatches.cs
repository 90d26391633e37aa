// A client that got no answer to what it typed cannot know whether it was typed, and types it again under the
// same Idempotency-Key. The last keys of each device are remembered while the server runs: a client repeats
// within seconds, and a key for every keystroke is no matter for the database. After a restart of the server in
// just that moment the batch may be typed twice.

namespace XousCloud.Api.Console;

/// <summary>The batches typed last into one device. Belongs to the device's turns.</summary>
internal sealed class TypedBatches
{
    private const int Remembered = 64;

    private readonly Dictionary<string, byte[]> bytesByKey = [];
    private readonly Queue<string> keys = [];

    /// <summary>Whether a key was used, and for which bytes.</summary>
    public bool TryGet(string key, out ReadOnlySpan<byte> bytes)
    {
        bool known = bytesByKey.TryGetValue(key, out byte[]? found);
        bytes = found;
        return known;
    }

    public void Remember(string key, byte[] bytes)
    {
        if (keys.Count == Remembered)
        {
            bytesByKey.Remove(keys.Dequeue());
        }

        bytesByKey.Add(key, bytes);
        keys.Enqueue(key);
    }
}
