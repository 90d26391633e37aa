// The vendor's badge release from power-on to its prompt: how long it takes as a whole process beside the virtual
// time that passes, and where the time goes. The release is not ours: XOUSCLOUD_BADGE_RELEASE names the folder of its
// loader.uf2, xous.uf2 and swap.uf2.

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Bench;

internal static partial class BootBench
{
    private const int Repeats = 2;

    // The shell says when it listens, and answers an empty line with its prompt.
    private const string Listening = "listener _Bao console application_";
    private const string Prompt = "[console]";
    private const ulong AskNanoseconds = 500_000_000;
    private const ulong LongestNanoseconds = 180_000_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static void Run(Dictionary<string, double> figures)
    {
        if (Environment.GetEnvironmentVariable("XOUSCLOUD_BADGE_RELEASE") is not { Length: > 0 } folder)
        {
            Console.WriteLine("boot: skipped; XOUSCLOUD_BADGE_RELEASE names no folder.");
            return;
        }

        string[] files = [.. ((string[])["loader.uf2", "xous.uf2", "swap.uf2"]).Select(name => Path.Combine(folder, name))];
        double virtualSeconds = Profile(files, figures);
        double wall = double.MaxValue;
        double cpu = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            MeasuredProcess run = MeasuredProcess.Run(
                Repository.Find("artifacts", "cli", "xouscloud"),
                ["run", .. files, "--engine", "translator", "--max-time", virtualSeconds.ToString("f3", CultureInfo.InvariantCulture) + "s", "--stats"],
                Limit);
            wall = Math.Min(wall, double.Parse(WallTime().Match(run.Errors).Groups[1].Value, CultureInfo.InvariantCulture));
            cpu = Math.Min(cpu, run.CpuSeconds);
        }

        Report(figures, "boot.prompt_virtual_s", virtualSeconds);
        Report(figures, "boot.prompt_wall_s", wall);
        Report(figures, "boot.prompt_cpu_s", cpu);
        Report(figures, "boot.real_time_ratio", virtualSeconds / wall);
    }

    // Boots with the profile and gives the virtual time at which the prompt stood there.
    private static double Profile(string[] files, Dictionary<string, double> figures)
    {
        FirmwareImage image = FirmwareImage.Import(
            [.. files.Select(file => new FirmwareFile(Path.GetFileName(file), File.ReadAllBytes(file)))]);
        using Machine machine = new(new MachineOptions
        {
            Image = new MachineImage(
                image.Digest, image.EntryPoint, image.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = Board.Find(image.Board!)!,
            Engine = EngineKind.Translator,
        });
        PromptWatch watch = new();
        machine.Observer = watch;
        BootProfile profile = new(machine);
        ulong asked = 0;
        while (!watch.HasPrompt)
        {
            profile.Slice();
            if (machine.Nanoseconds > LongestNanoseconds)
            {
                throw new InvalidOperationException("The badge came to no prompt.");
            }

            if (watch.Listens && machine.Nanoseconds - asked >= AskNanoseconds)
            {
                asked = machine.Nanoseconds;
                machine.Apply(MachineInput.Send(machine.Board.Console, "\r"u8.ToArray()));
            }
        }

        profile.Report(figures);
        return machine.Nanoseconds / 1e9;
    }

    private static void Report(Dictionary<string, double> figures, string name, double value)
    {
        figures[name] = value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-45} {value,10:f2}"));
    }

    [GeneratedRegex("wall time +([0-9.]+)")]
    private static partial Regex WallTime();

    private sealed class PromptWatch : IMachineObserver
    {
        private readonly StringBuilder line = new();

        public bool Listens { get; private set; }

        public bool HasPrompt { get; private set; }

        public void ConsoleOutput(ConsolePort port, byte value, ulong cycle)
        {
            if (port != ConsolePort.Uart2)
            {
                return;
            }

            line.Append((char)value);
            if (value == '\n')
            {
                string text = line.ToString();
                Listens |= text.Contains(Listening, StringComparison.Ordinal);
                HasPrompt |= text.StartsWith(Prompt, StringComparison.Ordinal);
                line.Clear();
            }
        }

        public void PinChanged(int pin, bool level, ulong cycle)
        {
        }

        public void Unmodelled(UnmodelledAccess access)
        {
        }
    }
}
