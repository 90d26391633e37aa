// The closed switches between pads: keys of a matrix, transistors of the board. Pads that closed switches join, over
// however many of them, are one net: what drives or pulls one of them drives or pulls all.

using XousCloud.Emulator.Boards;

namespace XousCloud.Emulator.Peripherals;

/// <summary>Which pads are joined.</summary>
public sealed class PadSwitches
{
    /// <summary>How many switches can be closed at once.</summary>
    public const int Capacity = 32;

    private const int PadsInPort = 16;

    // The higher pad in the upper byte, the lower one in the lower; 0 is a free place.
    private readonly ushort[] closed = new ushort[Capacity];

    /// <summary>Closes or opens the switch between two pads.</summary>
    /// <returns>False when there are too many closed ones already.</returns>
    public bool Set(int pad, int otherPad, bool close)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pad, (uint)Pin.Count, nameof(pad));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)otherPad, (uint)Pin.Count, nameof(otherPad));
        ArgumentOutOfRangeException.ThrowIfEqual(otherPad, pad);
        ushort pair = Pair(pad, otherPad);
        int place = Array.IndexOf(closed, pair);
        if (place >= 0 == close)
        {
            return true;
        }

        place = close ? Array.IndexOf(closed, (ushort)0) : place;
        if (place < 0)
        {
            return false;
        }

        closed[place] = close ? pair : (ushort)0;
        return true;
    }

    /// <summary>Whether the switch between two pads is closed.</summary>
    public bool IsClosed(int pad, int otherPad) => Array.IndexOf(closed, Pair(pad, otherPad)) >= 0;

    /// <summary>Whether any closed switch ends at one of some pads.</summary>
    /// <param name="port">The pads' port.</param>
    /// <param name="pads">The pads, a bit each.</param>
    public bool Touch(int port, uint pads)
    {
        foreach (ushort pair in closed)
        {
            if (pair != 0 && (IsAmong(pair >> 8) || IsAmong(pair & 0xFF)))
            {
                return true;
            }
        }

        return false;

        bool IsAmong(int pad) => pad / PadsInPort == port && (pads & (1u << (pad % PadsInPort))) != 0;
    }

    /// <summary>Gives what some pads have, a bit each in a word for each port, to all that are joined with them.</summary>
    public void Share(Span<uint> ports)
    {
        bool again;
        do
        {
            again = false;
            foreach (ushort pair in closed)
            {
                // A damaged snapshot may name pads that do not exist.
                if (pair == 0 || pair >> 8 >= Pin.Count || (pair & 0xFF) >= Pin.Count)
                {
                    continue;
                }

                bool one = Has(ports, pair >> 8);
                bool other = Has(ports, pair & 0xFF);
                if (one != other)
                {
                    Give(ports, one ? pair & 0xFF : pair >> 8);
                    again = true;
                }
            }
        }
        while (again);
    }

    public void State(StateStream state) => state.U16s(closed);

    private static ushort Pair(int pad, int otherPad) => (ushort)((Math.Max(pad, otherPad) << 8) | Math.Min(pad, otherPad));

    private static bool Has(Span<uint> ports, int pad) => (ports[pad / PadsInPort] & (1u << (pad % PadsInPort))) != 0;

    private static void Give(Span<uint> ports, int pad) => ports[pad / PadsInPort] |= 1u << (pad % PadsInPort);
}
