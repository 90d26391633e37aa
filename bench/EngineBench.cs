// Our engine beside QEMU: the same kernels (bench/guests), translated with Sv32, each program run as a whole
// process in the order A B A B …, compared by CPU time. Both retire the same number of instructions to within the
// start-up code, so the ratio of CPU times is the ratio of instructions per second. What a process costs before it
// executes (measured by a kernel of one round) is taken off on both sides; the ratio with it stands beside.

using System.Globalization;
using System.Text.RegularExpressions;

namespace XousCloud.Bench;

internal static partial class EngineBench
{
    private const int Repeats = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static void Run(Dictionary<string, double> figures)
    {
        string guests = Build("bench-guests");
        string single = Build("bench-guests-single", "KERNELS=fib", "ROUNDS=1");
        Comparison start = Compare(single, "fib");
        figures["engine.start_cpu_ms"] = start.Ours * 1000;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"an empty run: ours {start.Ours * 1000:f0} ms, QEMU {start.Qemu * 1000:f0} ms of CPU"));

        Console.WriteLine($"{"kernel",-12} {"instructions",14} {"ours s",8} {"QEMU s",8} {"MIPS",7} {"ratio",6} {"whole",6}");
        string[] kernels = [.. Directory.GetFiles(guests, "*-bao1x-s.elf")
            .Select(file => Path.GetFileName(file)[..^"-bao1x-s.elf".Length]).Order(StringComparer.Ordinal)];
        double product = 1;
        int hot = 0;
        foreach (string kernel in kernels)
        {
            Comparison whole = Compare(guests, kernel);
            double ours = whole.Ours - start.Ours;
            double ratio = (whole.Qemu - start.Qemu) / ours;
            bool mostlyOnce = kernel == "cold"; // nothing but start-up and first executions: no rate to speak of
            if (!mostlyOnce)
            {
                product *= ratio;
                hot++;
            }

            figures[$"engine.{kernel}.ratio_to_qemu"] = mostlyOnce ? whole.Qemu / whole.Ours : ratio;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kernel,-12} {whole.Instructions,14} {whole.Ours,8:f3} {whole.Qemu,8:f3} {whole.Instructions / ours / 1e6,7:f0} {ratio,6:f2} {whole.Qemu / whole.Ours,6:f2}"));
        }

        double mean = Math.Pow(product, 1.0 / hot);
        figures["engine.geomean.ratio_to_qemu"] = mean;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"geometric mean without cold {mean:f2}"));
    }

    private static string Build(string name, params string[] variables)
    {
        string output = Repository.Find("artifacts", name);
        MeasuredProcess.Run("make", ["-s", "-C", Repository.Find("bench", "guests"), "OUT=" + output, .. variables], Limit);
        return output;
    }

    // The least CPU time of several runs: whatever disturbs a run only ever adds.
    private static Comparison Compare(string guests, string kernel)
    {
        string cli = Repository.Find("artifacts", "cli", "xouscloud");
        string ours = Path.Combine(guests, kernel + "-bao1x-s.elf");
        string virt = Path.Combine(guests, kernel + "-virt-s.elf");
        Comparison best = new(double.MaxValue, double.MaxValue, 0);
        for (int i = 0; i < Repeats; i++)
        {
            MeasuredProcess a = MeasuredProcess.Run(
                cli, ["run", ours, "--console", "duart", "--until", "done [0-9a-f]{8}", "--max-time", "600s", "--stats"], Limit);
            MeasuredProcess b = MeasuredProcess.Run(
                "qemu-system-riscv32",
                ["-M", "virt", "-m", "16M", "-bios", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", virt],
                Limit);
            RequireSameChecksum(kernel, a, b);
            best = new Comparison(
                Math.Min(best.Ours, a.CpuSeconds),
                Math.Min(best.Qemu, b.CpuSeconds),
                ulong.Parse(Instructions().Match(a.Errors).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        return best;
    }

    private static void RequireSameChecksum(string kernel, MeasuredProcess ours, MeasuredProcess qemu)
    {
        string a = Done().Match(ours.Output).Value;
        string b = Done().Match(qemu.Output).Value;
        if (a.Length == 0 || a != b)
        {
            throw new InvalidOperationException($"{kernel}: we print '{ours.Output}' {ours.Errors}, QEMU prints '{qemu.Output}'.");
        }
    }

    [GeneratedRegex("done [0-9a-f]{8}")]
    private static partial Regex Done();

    [GeneratedRegex("instructions +([0-9]+)")]
    private static partial Regex Instructions();

    private readonly record struct Comparison(double Ours, double Qemu, ulong Instructions);
}
