// A machine that runs one of our guest programs, and collects what it says.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.MachineFrame;

internal sealed class Guest : IMachineObserver, IDisposable
{
    private readonly StringBuilder console = new();
    private string? stopAt;

    public Guest(string program, EngineKind engine = EngineKind.Threaded, ulong seed = 1, bool watchOs = false)
        : this(LoadImage(program), engine, seed, watchOs)
    {
    }

    public Guest(MachineImage image, EngineKind engine = EngineKind.Threaded, ulong seed = 1, bool watchOs = false)
    {
        Machine = new Machine(new MachineOptions
        {
            Image = image,
            Board = Board.Find("dabao")!,
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
    public string Console => console.ToString();

    public static MachineImage LoadImage(string program)
    {
        FirmwareImage firmware = FirmwareImage.Import([new FirmwareFile(program + ".elf", GuestPrograms.Elf(program))]);
        return new MachineImage(
            firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes)));
    }

    /// <summary>Runs until UART2 has said something, at most some virtual time.</summary>
    public bool RunUntil(string text, double seconds = 10)
    {
        stopAt = text;
        ulong limit = Machine.Cycle + (ulong)(seconds * 350e6);
        while (Machine.Cycle < limit && !Console.Contains(text, StringComparison.Ordinal))
        {
            if (Machine.Run(limit - Machine.Cycle) == RunStop.Dead)
            {
                break;
            }
        }

        stopAt = null;
        return Console.Contains(text, StringComparison.Ordinal);
    }

    public void Send(string text) =>
        Assert.True(Machine.Apply(MachineInput.Send(ConsolePort.Uart2, Encoding.Latin1.GetBytes(text))));

    public void Dispose() => Machine.Dispose();

    void IMachineObserver.ConsoleOutput(ConsolePort port, byte value, ulong cycle)
    {
        if (port == ConsolePort.Uart2)
        {
            console.Append((char)value);
            if (stopAt is not null && Console.EndsWith(stopAt, StringComparison.Ordinal))
            {
                Machine.RequestStop();
            }
        }
    }

    void IMachineObserver.PinChanged(int pin, bool level, ulong cycle) => PinChanges.Add((pin, level, cycle));

    void IMachineObserver.Unmodelled(UnmodelledAccess access) => UnmodelledAccesses.Add(access);
}
