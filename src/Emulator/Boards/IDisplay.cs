// A board's display as the eye sees it: upright, from the top left.

namespace XousCloud.Emulator.Boards;

/// <summary>A display that a board carries.</summary>
public interface IDisplay
{
    /// <summary>Pixels in a row.</summary>
    int Width { get; }

    /// <summary>Rows.</summary>
    int Height { get; }

    /// <summary>Whether it shows anything; one that is off is dark.</summary>
    bool IsOn { get; }

    /// <summary>Counts up whenever what is seen may have changed, since the device was made.</summary>
    ulong Changes { get; }

    /// <summary>Gives what is seen.</summary>
    /// <param name="pixels">Width times height bytes, row by row: brightness from 0, dark, to 255.</param>
    void Read(Span<byte> pixels);
}
