// What is soldered around the chip: which pads carry buttons, which port is the console, which parts there are.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards;

/// <summary>A button between a pad and ground or supply.</summary>
/// <param name="Name">As printed on the board.</param>
/// <param name="Pin">Pad number, port × 16 + pin.</param>
/// <param name="Pressed">What the pad is driven to while the button is held.</param>
public sealed record BoardButton(string Name, byte Pin, PinDrive Pressed);

/// <summary>A board that devices are made of.</summary>
/// <param name="Id">Name in the API and on the command line.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Console">The port on which firmware talks by convention.</param>
/// <param name="Buttons">The buttons; the reset button is not among them, it is a reset.</param>
public sealed record Board(string Id, string Name, ConsolePort Console, IReadOnlyList<BoardButton> Buttons)
{
    /// <summary>The one-way counters of its chip that are not 0 when the board leaves the factory.</summary>
    public IReadOnlyList<(int Number, uint Value)> Counters { get; init; } = [];

    /// <summary>The memories of the board's parts, made anew for each device.</summary>
    internal Func<MemoryRegion[]> Memories { get; init; } = static () => [];

    /// <summary>Connects the board's parts to a chip.</summary>
    internal Action<SystemOnChip> Solder { get; init; } = static _ => { };

    /// <summary>Every board there is.</summary>
    public static IReadOnlyList<Board> All { get; } = [Dabao.Board];

    /// <summary>The board of an id, or null.</summary>
    public static Board? Find(string id) => All.FirstOrDefault(board => board.Id == id);
}
