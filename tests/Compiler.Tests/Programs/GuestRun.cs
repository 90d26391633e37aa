// A guest program of tests/Firmware/csharp, as its project's build left it, on an emulated board.

using System.Text;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Compiler.Tests.Programs;

internal sealed class GuestRun : IMachineObserver, IDisposable
{
    private readonly StringBuilder[] output = [.. Enum.GetValues<ConsolePort>().Select(_ => new StringBuilder())];
    private readonly Machine machine;

    private GuestRun(FirmwareFile file)
    {
        FirmwareImage image = FirmwareImage.Import([file]);
        machine = new Machine(new MachineOptions
        {
            Image = new MachineImage(
                image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = Board.Find("dabao")!,
        })
        {
            Observer = this,
        };
    }

    /// <summary>What was touched and is not modelled.</summary>
    public List<string> NotModelled { get; } = [];

    public bool IsWaiting => machine.IsWaiting;

    public GuestDeath? Death => machine.Death;

    /// <summary>The folder of a program's results.</summary>
    public static string Folder(string name) => Path.Combine(Metadata.Of("GuestPrograms"), name, Metadata.Of("GuestProgramOutput"));

    public static string SourceOf(string name) => Path.Combine(Metadata.Of("GuestPrograms"), name, "Program.cs");

    /// <summary>Runs a program for a number of cycles: its ELF, or the file that goes to flash.</summary>
    public static GuestRun Of(string name, ulong cycles, bool asBinary = false)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder(name), name + (asBinary ? ".bin" : ".elf")));
        GuestRun run = new(asBinary ? new FirmwareFile(name + ".bin", bytes, 0x6006_0000) : new FirmwareFile(name + ".elf", bytes));
        run.machine.Run(cycles);
        return run;
    }

    public string Text(ConsolePort port) => output[(int)port].ToString();

    public void ConsoleOutput(ConsolePort port, byte value, ulong cycle) => output[(int)port].Append((char)value);

    public void PinChanged(int pin, bool level, ulong cycle)
    {
    }

    public void Unmodelled(UnmodelledAccess access) => NotModelled.Add(access.ToString());

    public void Dispose() => machine.Dispose();
}
