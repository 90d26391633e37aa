// The last bytes that a console port has sent.

using System.Text;

namespace XousCloud.Emulator.Boot;

/// <summary>A ring of a fixed size.</summary>
internal sealed class ConsoleTail
{
    private const int Length = 1024;

    private readonly byte[] ring = new byte[Length];
    private uint written;

    public void Add(byte value)
    {
        ring[written % Length] = value;
        written++;
    }

    public void Clear() => written = 0;

    /// <summary>Whether the last bytes are these.</summary>
    public bool EndsWith(string text)
    {
        if (text.Length > Math.Min(written, Length))
        {
            return false;
        }

        for (int back = 1; back <= text.Length; back++)
        {
            if (ring[(written - (uint)back) % Length] != text[^back])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The last bytes as text: line feeds and printable ASCII, all else left out.</summary>
    /// <param name="most">At most so many bytes.</param>
    public string Text(int most)
    {
        StringBuilder text = new();
        for (uint back = (uint)Math.Min(most, Math.Min(written, Length)); back > 0; back--)
        {
            char character = (char)ring[(written - back) % Length];
            if (character is '\n' or (>= ' ' and <= '~'))
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }

    public void State(StateStream state)
    {
        state.Bytes(ring);
        state.U32(ref written);
    }
}
