// Our engine beside QEMU: the same kernels (bench/guests), translated with Sv32, each program run as a whole
// process in the order A B A B …, compared by CPU time. Both retire the same number of instructions to within the
// start-up code, so the ratio of CPU times is the ratio of instructions per second, start-up included.

using System.Globalization;
using System.Text.RegularExpressions;

namespace XousCloud.Bench;

internal static partial class EngineBench
{
    private const int Repeats = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static void Run(Dictionary<string, double> figures)
    {
        string guests = Repository.Find("artifacts", "bench-guests");
        MeasuredProcess.Run("make", ["-s", "-C", Repository.Find("bench", "guests"), "OUT=" + guests], Limit);
        string cli = Repository.Find("artifacts", "cli", "xouscloud");
        string[] kernels = [.. Directory.GetFiles(guests, "*-bao1x-s.elf")
            .Select(file => Path.GetFileName(file)[..^"-bao1x-s.elf".Length]).Order(StringComparer.Ordinal)];

        Console.WriteLine($"{"kernel",-12} {"instructions",14} {"ours s",8} {"QEMU s",8} {"MIPS",7} {"ratio",6}");
        double product = 1;
        foreach (string kernel in kernels)
        {
            string ours = Path.Combine(guests, kernel + "-bao1x-s.elf");
            string virt = Path.Combine(guests, kernel + "-virt-s.elf");
            List<double> ourTimes = [];
            List<double> qemuTimes = [];
            ulong instructions = 0;
            for (int i = 0; i < Repeats; i++)
            {
                MeasuredProcess a = MeasuredProcess.Run(
                    cli, ["run", ours, "--console", "duart", "--until", "done [0-9a-f]{8}", "--max-time", "600s", "--stats"], Limit);
                MeasuredProcess b = MeasuredProcess.Run(
                    "qemu-system-riscv32",
                    ["-M", "virt", "-m", "16M", "-bios", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", virt],
                    Limit);
                RequireSameChecksum(kernel, a, b);
                ourTimes.Add(a.CpuSeconds);
                qemuTimes.Add(b.CpuSeconds);
                instructions = ulong.Parse(
                    Instructions().Match(a.Errors).Groups[1].Value.Replace(",", "", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture);
            }

            double ratio = qemuTimes.Min() / ourTimes.Min();
            double mips = instructions / ourTimes.Min() / 1e6;
            product *= ratio;
            figures[$"engine.{kernel}.ratio_to_qemu"] = ratio;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kernel,-12} {instructions,14} {ourTimes.Min(),8:f3} {qemuTimes.Min(),8:f3} {mips,7:f0} {ratio,6:f2}"));
        }

        double mean = Math.Pow(product, 1.0 / kernels.Length);
        figures["engine.geomean.ratio_to_qemu"] = mean;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"geometric mean {mean:f2}"));
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

    [GeneratedRegex("instructions[^0-9]*([0-9,]+)")]
    private static partial Regex Instructions();
}
