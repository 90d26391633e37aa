// The descriptors that a host has read from a device, as the device sent them: device, configuration, strings,
// and what classes add (BOS, HID reports). What they say is worked out when somebody asks.
// Facts: USB 2.0, chapter 9. Everything in them is the device's word and may be nonsense: readers are bounded by
// the bytes that are there.

using System.Text;

namespace XousCloud.Emulator.Usb;

/// <summary>Types of descriptors.</summary>
internal enum DescriptorType : byte
{
    Device = 1,
    Configuration = 2,
    String = 3,
    Interface = 4,
    Endpoint = 5,
    Bos = 15,
    Hid = 0x21,
    HidReport = 0x22,
    ClassInterface = 0x24,
}

/// <summary>Descriptors by type and index.</summary>
internal sealed class UsbDescriptors
{
    /// <summary>The longest that is kept, in bytes.</summary>
    public const int Longest = 4096;

    private const int Most = 64;

    private readonly SortedList<ushort, byte[]> known = [];

    /// <summary>A descriptor, empty when the device has not given it.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="index">A string's index, the interface of a HID report, else 0.</param>
    public ReadOnlyMemory<byte> this[DescriptorType type, byte index = 0] =>
        known.TryGetValue(Key(type, index), out byte[]? bytes) ? bytes : ReadOnlyMemory<byte>.Empty;

    public void Keep(DescriptorType type, byte index, ReadOnlySpan<byte> bytes)
    {
        if (known.Count < Most || known.ContainsKey(Key(type, index)))
        {
            known[Key(type, index)] = bytes[..Math.Min(bytes.Length, Longest)].ToArray();
        }
    }

    /// <summary>A string, or null when the device has not given it.</summary>
    public string? Text(byte index)
    {
        ReadOnlySpan<byte> bytes = this[DescriptorType.String, index].Span;
        return index == 0 || bytes.Length < 2 ? null : Encoding.Unicode.GetString(bytes[2..(bytes.Length & ~1)]);
    }

    public void Clear() => known.Clear();

    /// <exception cref="SnapshotFormatException">There are more or longer ones than there can be.</exception>
    public void State(StateStream state)
    {
        int count = known.Count;
        state.I32(ref count);
        if (!state.IsLoading)
        {
            foreach ((ushort key, byte[] bytes) in known)
            {
                (ushort storedKey, int length) = (key, bytes.Length);
                state.U16(ref storedKey);
                state.I32(ref length);
                state.Bytes(bytes);
            }

            return;
        }

        known.Clear();
        for (int i = 0; i < Checked(count, Most); i++)
        {
            (ushort key, int length) = ((ushort)0, 0);
            state.U16(ref key);
            state.I32(ref length);
            byte[] bytes = new byte[Checked(length, Longest)];
            state.Bytes(bytes);
            known[key] = bytes;
        }
    }

    private static ushort Key(DescriptorType type, byte index) => (ushort)(((int)type << 8) | index);

    private static int Checked(int stored, int most) => stored >= 0 && stored <= most
        ? stored
        : throw new SnapshotFormatException("snapshot_usb", $"A USB host does not keep {stored} of what it keeps at most {most} of.");
}
