// A machine that runs one of our guest programs, and collects what it says.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.MachineFrame;

internal sealed class Guest : IMachineObserver, IDisposable
{
    private readonly StringBuilder[] consoles = [.. Enum.GetValues<ConsolePort>().Select(_ => new StringBuilder())];
    private (ConsolePort Port, string Text)? stopAt;

    public Guest(
        string program, EngineKind engine = EngineKind.Threaded, ulong seed = 1, bool watchOs = false, string board = "dabao")
        : this(LoadImage(program), engine, seed, watchOs, board)
    {
    }

    public Guest(
        MachineImage image, EngineKind engine = EngineKind.Threaded, ulong seed = 1, bool watchOs = false, string board = "dabao")
    {
        Machine = new Machine(new MachineOptions
        {
            Image = image,
            Board = Board.Find(board)!,
            Engine = engine,
            Seed = seed,
            WatchOs = watchOs,
        })
        {
            Observer = this,
        };
    }

    public Machine Machine { get; }

    public List<UnmodelledAccess> UnmodelledAccesses { get; } = [];

    public List<(int Pin, bool Level, ulong Cycle)> PinChanges { get; } = [];

    /// <summary>What UART2 has said.</summary>
    public string Console => Said(ConsolePort.Uart2);

    public static MachineImage LoadImage(string program)
    {
        FirmwareImage firmware = FirmwareImage.Import([new FirmwareFile(program + ".elf", GuestPrograms.Elf(program))]);
        return ToMachineImage(firmware);
    }

    /// <summary>A badge with the vendor's release, which is not in the repository, see BadgeRelease.</summary>
    public static Guest WithBadgeRelease()
    {
        FirmwareImage firmware = FirmwareImage.Import([.. ((string[])["loader.uf2", "xous.uf2", "swap.uf2"])
            .Select(name => new FirmwareFile(name, BadgeRelease.File(name)))]);
        Guest badge = new(ToMachineImage(firmware), board: "dc34-badge");
        badge.TakeOffBody();
        return badge;
    }

    /// <summary>
    /// Takes the badge's module off its body, as it is when it is first switched on in the factory: on a body, the
    /// release lets the watchdog reset it while it formats its database.
    /// </summary>
    public void TakeOffBody() => Machine.Apply(MachineInput.SetPin(Pin.Number('C', 6), PinDrive.Released));

    /// <summary>What a port has said.</summary>
    public string Said(ConsolePort port) => consoles[(int)port].ToString();

    /// <summary>Runs until a port has said something, at most some virtual time.</summary>
    public bool RunUntil(string text, double seconds = 10, ConsolePort port = ConsolePort.Uart2)
    {
        stopAt = (port, text);
        ulong limit = Machine.Cycle + (ulong)(seconds * 350e6);
        while (Machine.Cycle < limit && !Said(port).Contains(text, StringComparison.Ordinal))
        {
            if (Machine.Run(limit - Machine.Cycle) == RunStop.Dead)
            {
                break;
            }
        }

        stopAt = null;
        return Said(port).Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Forgets what was said.</summary>
    public void Forget() => Array.ForEach(consoles, console => console.Clear());

    public void Send(string text, ConsolePort port = ConsolePort.Uart2) =>
        Assert.True(Machine.Apply(MachineInput.Send(port, Encoding.Latin1.GetBytes(text))));

    public void Dispose() => Machine.Dispose();

    private static MachineImage ToMachineImage(FirmwareImage firmware) => new(
        firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes)));

    void IMachineObserver.ConsoleOutput(ConsolePort port, byte value, ulong cycle)
    {
        consoles[(int)port].Append((char)value);
        if (stopAt is { } stop && stop.Port == port && Said(port).EndsWith(stop.Text, StringComparison.Ordinal))
        {
            Machine.RequestStop();
        }
    }

    void IMachineObserver.PinChanged(int pin, bool level, ulong cycle) => PinChanges.Add((pin, level, cycle));

    void IMachineObserver.Unmodelled(UnmodelledAccess access) => UnmodelledAccesses.Add(access);
}
