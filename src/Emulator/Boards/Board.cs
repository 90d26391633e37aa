// What is soldered around the chip: which pads carry buttons and keys, which port is the console, which parts there are.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boards;

/// <summary>What a finger holds on a board.</summary>
/// <param name="Name">As printed on the board, or else as its firmware calls it; one board has no two of a name.</param>
public abstract record BoardSwitch(string Name)
{
    /// <summary>The finger comes, or goes.</summary>
    public abstract MachineInput Hold(bool held);
}

/// <summary>A button between a pad and ground or supply.</summary>
/// <param name="Name">As printed on the board.</param>
/// <param name="Pin">Pad number, port × 16 + pin.</param>
/// <param name="Pressed">What the pad is driven to while the button is held.</param>
public sealed record BoardButton(string Name, byte Pin, PinDrive Pressed) : BoardSwitch(Name)
{
    public override MachineInput Hold(bool held) => MachineInput.SetPin(Pin, held ? Pressed : PinDrive.Released);
}

/// <summary>A key of a matrix: it joins a row and a column while it is held.</summary>
/// <param name="Name">What the firmware takes it for.</param>
/// <param name="Row">Pad number of the row, port × 16 + pin.</param>
/// <param name="Column">Pad number of the column.</param>
/// <param name="Shortcut">The key of a keyboard that stands for it, by its name in browsers, such as "ArrowUp".</param>
public sealed record BoardKey(string Name, byte Row, byte Column, string Shortcut) : BoardSwitch(Name)
{
    public override MachineInput Hold(bool held) => MachineInput.SetSwitch(Row, Column, held);
}

/// <summary>A board that devices are made of.</summary>
/// <param name="Id">Name in the API and on the command line.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Console">The port on which firmware talks by convention.</param>
/// <param name="Buttons">The buttons; the reset button is not among them, it is a reset.</param>
public sealed record Board(string Id, string Name, ConsolePort Console, IReadOnlyList<BoardButton> Buttons)
{
    /// <summary>The one-way counters of its chip that are not 0 when the board leaves the factory.</summary>
    public IReadOnlyList<CounterValue> Counters { get; init; } = [];

    /// <summary>The keys that stand in a matrix.</summary>
    public IReadOnlyList<BoardKey> Keys { get; init; } = [];

    /// <summary>The buttons and the keys.</summary>
    public IEnumerable<BoardSwitch> Switches => [.. Buttons, .. Keys];

    /// <summary>Pads that boot1 drives on this board, and leaves driven for what it starts.</summary>
    internal IReadOnlyList<(byte Pin, bool High)> Boot1Outputs { get; init; } = [];

    /// <summary>The memories of the board's parts, made anew for each device.</summary>
    internal Func<MemoryRegion[]> Memories { get; init; } = static () => [];

    /// <summary>Connects the board's parts to a chip.</summary>
    internal Action<SystemOnChip> Solder { get; init; } = static _ => { };

    /// <summary>Every board there is.</summary>
    public static IReadOnlyList<Board> All { get; } = [Dabao.Board, Dc34Badge.Board];

    /// <summary>The button or key of a name, in whatever case, or null.</summary>
    public BoardSwitch? FindSwitch(string name) =>
        Switches.FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The board of an id, or null.</summary>
    public static Board? Find(string id) => All.FirstOrDefault(board => board.Id == id);
}
