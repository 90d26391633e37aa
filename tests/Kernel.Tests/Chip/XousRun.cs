// A Xous put together from this build's loader, kernel and guest processes, on an emulated board.

using System.Reflection;
using System.Text;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Kernel.Image;

namespace XousCloud.Kernel.Tests.Chip;

internal sealed class XousRun : IMachineObserver, IDisposable
{
    private readonly StringBuilder text = new();
    private readonly List<ulong> cycles = [];
    private readonly Machine machine;

    /// <param name="file">What <see cref="Build(string[])"/> made, or what a test made of that.</param>
    /// <param name="limit">CPU cycles.</param>
    public XousRun(byte[] file, ulong limit)
    {
        FirmwareImage image = FirmwareImage.Import([new FirmwareFile("xous.elf", file)]);
        machine = new Machine(new MachineOptions
        {
            Image = new MachineImage(
                image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = Board.Find("dabao")!,
        })
        {
            Observer = this,
        };
        machine.Run(limit);
    }

    public string Text => text.ToString();

    public bool IsWaiting => machine.IsWaiting;

    public GuestDeath? Death => machine.Death;

    /// <summary>The loader, the kernel and these guests of the folder Guests, as processes 2 and up.</summary>
    public static byte[] Build(params string[] guests) =>
        Build(ElfFile.Read(Product("Supervisor")), [.. guests.Select(name => new ProcessFile(name, Guest(name)))]);

    /// <summary>The loader with a kernel and processes.</summary>
    public static byte[] Build(ElfFile kernel, params ProcessFile[] processes) =>
        XousFile.Build(ElfFile.Read(Product("Loader")), kernel, processes);

    /// <summary>A program of the folder Guests.</summary>
    public static ElfFile Guest(string name) =>
        ElfFile.Read(File.ReadAllBytes(Path.Combine(Metadata("Guests"), name, Metadata("GuestOutput"), name + ".elf")));

    public static byte[] Product(string name) =>
        File.ReadAllBytes(Path.Combine(Metadata("Sources"), "Kernel", name, Metadata("GuestOutput"), $"XousCloud.Kernel.{name}.elf"));

    private static string Metadata(string key) => typeof(XousRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    /// <summary>CPU cycles from the end of one piece of the output to the start of another.</summary>
    public ulong CyclesBetween(string before, string behind)
    {
        int from = Text.IndexOf(before, StringComparison.Ordinal) + before.Length - 1;
        int to = Text.IndexOf(behind, from, StringComparison.Ordinal);
        return cycles[to] - cycles[from];
    }

    public void ConsoleOutput(ConsolePort port, byte value, ulong cycle)
    {
        if (port == ConsolePort.Duart)
        {
            text.Append((char)value);
            cycles.Add(cycle);
        }
    }

    public void PinChanged(int pin, bool level, ulong cycle)
    {
    }

    public void Unmodelled(UnmodelledAccess access)
    {
    }

    public void Dispose() => machine.Dispose();
}
