// The vendor's badge release on its board, with what its ports say and a hand on its shell. The files are not in the
// repository; see BadgeRelease. It is long until the shell is there (a new badge formats its database), so that is run
// once, by the fastest engine, and tests go on from the state saved there.

using System.Text;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Xous;

internal sealed class BadgeRun : IMachineObserver, IDisposable
{
    private readonly Dictionary<ConsolePort, StringBuilder> texts = [];
    private (ConsolePort Port, string Text)? stopAt;

    public BadgeRun(MachineImage image, ulong seed = 1, EngineKind engine = EngineKind.Translator)
    {
        Machine = new Machine(new MachineOptions
        {
            Image = image,
            Board = Board.Find("dc34-badge")!,
            Seed = seed,
            Engine = engine,
            WatchOs = true,
        })
        {
            Observer = this,
        };
    }

    public Machine Machine { get; }

    /// <summary>The release, laid out.</summary>
    public static MachineImage Image()
    {
        FirmwareImage firmware = FirmwareImage.Import([.. ((string[])["loader.uf2", "xous.uf2", "swap.uf2"])
            .Select(name => new FirmwareFile(name, BadgeRelease.File(name)))]);
        return new MachineImage(
            firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes)));
    }

    /// <summary>What a port has said so far.</summary>
    public string Text(ConsolePort port) => texts.TryGetValue(port, out StringBuilder? text) ? text.ToString() : "";

    /// <summary>Forgets what was said, so that what comes can be waited for.</summary>
    public void Clear() => texts.Clear();

    /// <summary>Runs until a port has said something, at most some virtual time more.</summary>
    public bool RunUntil(ConsolePort port, string text, double seconds)
    {
        ulong limit = Machine.Nanoseconds + (ulong)(seconds * 1e9);
        stopAt = (port, text);
        while (!Text(port).Contains(text, StringComparison.Ordinal) && Machine.Nanoseconds < limit)
        {
            if (Machine.Run(Machine.Soc.Clocks.CycleAt(limit) - Machine.Cycle) == RunStop.Dead)
            {
                break;
            }
        }

        stopAt = null;
        return Text(port).Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Runs to a virtual time since power-on.</summary>
    public void RunTo(double seconds)
    {
        ulong target = (ulong)(seconds * 1e9);
        while (Machine.Nanoseconds < target)
        {
            Machine.Run(Math.Max(1, Machine.Soc.Clocks.CycleAt(target) - Machine.Cycle));
        }
    }

    public void Type(ConsolePort port, string text) =>
        Assert.True(Machine.Apply(MachineInput.Send(port, Encoding.Latin1.GetBytes(text))));

    /// <summary>Runs until the shell has started and the badge has done what it does once: encrypt its programs.</summary>
    public void RunToShell(bool isNew)
    {
        foreach (string text in (string[])["listener _Bao console application_", .. isNew ? ["SWAP.ENCRYPTED"] : (string[])[]])
        {
            Assert.True(RunUntil(ConsolePort.Uart2, text, seconds: 120), Text(ConsolePort.Uart2));
        }

        RunTo((Machine.Nanoseconds / 1e9) + 3);
    }

    /// <summary>Gives a command to the shell.</summary>
    /// <returns>What came after it, without the time that the answer takes to be complete.</returns>
    public string Command(string command, ConsolePort port = ConsolePort.Uart2, double seconds = 1.5)
    {
        Clear();
        Type(port, command + "\r");
        double until = (Machine.Nanoseconds / 1e9) + seconds;
        RunTo(until);
        return Text(port).Replace("\r", "", StringComparison.Ordinal);
    }

    public void Dispose() => Machine.Dispose();

    void IMachineObserver.ConsoleOutput(ConsolePort port, byte value, ulong cycle)
    {
        if (!texts.TryGetValue(port, out StringBuilder? text))
        {
            texts[port] = text = new StringBuilder();
        }

        text.Append((char)value);
        if (stopAt is { } stop && stop.Port == port && value == stop.Text[^1]
            && text.Length >= stop.Text.Length && text.ToString(text.Length - stop.Text.Length, stop.Text.Length) == stop.Text)
        {
            Machine.RequestStop();
        }
    }

    void IMachineObserver.PinChanged(int pin, bool level, ulong cycle)
    {
    }

    void IMachineObserver.Unmodelled(UnmodelledAccess access)
    {
    }
}
