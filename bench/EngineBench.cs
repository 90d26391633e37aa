// Our engines beside QEMU: the same kernels (bench/guests), translated with Sv32, each program run as a whole process
// in turns (translator, threaded, QEMU, and again), compared by CPU time. What a process costs before it executes
// (measured by a kernel of one round, before each program again, the least so far) is taken off on all sides.
//
// Translator and QEMU run forty times the rounds of a kernel, the threaded interpreter four times, so that each takes some
// seconds, and the runtime's own compiling in the background little of that. Both retire the same number of instructions to within the start-up code; QEMU's is taken to be ours.
//
// bench/guests/system measures what an operating system does, by the round instead of the instruction.

using System.Globalization;
using System.Text.RegularExpressions;

namespace XousCloud.Bench;

internal static partial class EngineBench
{
    private const int Repeats = 3;
    private const int RepeatsOfShortRuns = 15; // which last hardly longer than a process's start
    private const int KernelScale = 40;
    private const int SystemScale = 10;
    private const int ThreadedScale = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly (string Program, int Rounds, string What)[] System =
    [
        ("ecall", 2_000_000, "null system call U-S-U, all registers saved"),
        ("switch", 300_000, "address-space switch, with about 50 instructions of work"),
        ("fault", 400_000, "demand page fault"),
        ("newcode", 200_000, "16 instructions written, fence.i, run 8 times"),
        ("messages", 60_000, "four scalar messages and one page lent between processes"),
    ];

    public static void Run(Dictionary<string, double> figures, string[] only)
    {
        string one = Build("bench-guests", 1);
        string many = Build("bench-guests-scaled", KernelScale);
        string system = Build("bench-guests-system", SystemScale);
        string some = Build("bench-guests-threaded", ThreadedScale);
        string single = Build("bench-guests-single", 1, "KERNELS=fib", "ROUNDS=1");
        Figures start = Measure(single, single, "fib", RepeatsOfShortRuns);
        Figures NextStart() => start = start.Least(Measure(single, single, "fib"));
        figures["engine.start_cpu_ms"] = start.Translator.Cpu * 1000;
        Print($"an empty run: translator {start.Translator.Cpu * 1000:f0}, threaded {start.Threaded.Cpu * 1000:f0}, QEMU {start.Qemu.Cpu * 1000:f0} ms of CPU");
        RunKernels(one, some, many, NextStart, figures, only);
        RunSystem(one, system, NextStart, figures, only);
    }

    private static void RunKernels(string one, string some, string many, Func<Figures> nextStart, Dictionary<string, double> figures, string[] only)
    {
        Print($"{"kernel",-12} {"translator",11} {"threaded",9} {"QEMU",6} MIPS; ratio {"translator",10} {"threaded",9}");
        string[] kernels = [.. Directory.GetFiles(Repository.Find("bench", "guests"), "*.c")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
        double translator = 1;
        double threaded = 1;
        int hot = 0;
        foreach (string kernel in kernels.Where(kernel => only.Length == 0 || only.Contains(kernel)))
        {
            bool mostlyOnce = kernel == "cold"; // nothing but first executions: more rounds would be another matter
            Figures start = nextStart();
            Figures kernelFigures = (mostlyOnce ? Measure(one, one, kernel, RepeatsOfShortRuns) : Measure(many, some, kernel)) - start;
            (double a, double b, double q) = (kernelFigures.Translator.Mips, kernelFigures.Threaded.Mips, kernelFigures.Qemu.Mips);
            Print($"{kernel,-12} {a,11:f0} {b,9:f0} {q,6:f0} {string.Empty,11} {a / q,10:f2} {b / q,9:f2}");
            figures[$"engine.{kernel}.translator_to_qemu"] = a / q;
            figures[$"engine.{kernel}.threaded_to_qemu"] = b / q;
            if (!mostlyOnce)
            {
                translator *= a / q;
                threaded *= b / q;
                hot++;
            }
        }

        if (hot > 0)
        {
            figures["engine.geomean.translator_to_qemu"] = Math.Pow(translator, 1.0 / hot);
            figures["engine.geomean.threaded_to_qemu"] = Math.Pow(threaded, 1.0 / hot);
            Print($"geometric mean without cold: translator {Math.Pow(translator, 1.0 / hot):f2}, threaded {Math.Pow(threaded, 1.0 / hot):f2}");
        }
    }

    private static void RunSystem(string one, string many, Func<Figures> nextStart, Dictionary<string, double> figures, string[] only)
    {
        Print($"{"system cost",-58} {"translator",11} {"threaded",9} {"QEMU",6} ns; time to QEMU {"translator",10} {"threaded",9} {"MIPS",6} {"QEMU",6}");
        foreach ((string program, int rounds, string what) in System.Where(cost => only.Length == 0 || only.Contains(cost.Program)))
        {
            Figures start = nextStart();
            Figures cost = Measure(many, one, program) - start;
            double a = cost.Translator.Cpu / rounds / SystemScale * 1e9;
            double b = cost.Threaded.Cpu / rounds * 1e9;
            double q = cost.Qemu.Cpu / rounds / SystemScale * 1e9;
            Print($"{what,-58} {a,11:f0} {b,9:f0} {q,6:f0} {string.Empty,17} {a / q,10:f3} {b / q,9:f3} {cost.Translator.Mips,6:f0} {cost.Qemu.Mips,6:f0}");
            figures[$"engine.{program}.translator_time_to_qemu"] = a / q;
            figures[$"engine.{program}.threaded_time_to_qemu"] = b / q;
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Build(string name, int scale, params string[] variables)
    {
        string output = Repository.Find("artifacts", name);
        MeasuredProcess.Run(
            "make", ["-s", "-C", Repository.Find("bench", "guests"), "OUT=" + output, $"SCALE={scale}", .. variables], Limit);
        return output;
    }

    // The least CPU time of several runs: whatever disturbs a run only ever adds.
    private static Figures Measure(string guests, string threadedGuests, string program, int repeats = Repeats)
    {
        Figure translator = Figure.Worst;
        Figure threaded = Figure.Worst;
        double qemu = double.MaxValue;
        for (int i = 0; i < repeats; i++)
        {
            MeasuredProcess a = RunOurs("translator", guests, program);
            MeasuredProcess b = RunOurs("threaded", threadedGuests, program);
            MeasuredProcess c = MeasuredProcess.Run(
                "qemu-system-riscv32",
                ["-M", "virt", "-m", "16M", "-bios", "none", "-display", "none", "-monitor", "none", "-serial", "stdio",
                    "-kernel", Path.Combine(guests, program + "-virt-s.elf")],
                Limit);
            string checksum = Done().Match(c.Output).Value;
            if (checksum.Length == 0 || Done().Match(a.Output).Value != checksum)
            {
                throw new InvalidOperationException($"{program}: we print '{a.Output}' {a.Errors}, QEMU prints '{c.Output}'.");
            }

            translator = translator.Least(a);
            threaded = threaded.Least(b);
            qemu = Math.Min(qemu, c.CpuSeconds);
        }

        return new Figures(translator, threaded, new Figure(qemu, translator.Instructions));
    }

    private static MeasuredProcess RunOurs(string engine, string guests, string program) => MeasuredProcess.Run(
        Repository.Find("artifacts", "cli", "xouscloud"),
        ["run", Path.Combine(guests, program + "-bao1x-s.elf"), "--console", "duart", "--until", "done [0-9a-f]{8}",
            "--max-time", "600s", "--engine", engine, "--stats"],
        Limit);

    [GeneratedRegex("done [0-9a-f]{8}")]
    private static partial Regex Done();

    [GeneratedRegex("instructions +([0-9]+)")]
    private static partial Regex Instructions();

    private readonly record struct Figure(double Cpu, double Instructions)
    {
        public static Figure Worst { get; } = new(double.MaxValue, 0);

        public double Mips => Instructions / Cpu / 1e6;

        public Figure Least(MeasuredProcess run) => new(
            Math.Min(Cpu, run.CpuSeconds),
            double.Parse(EngineBench.Instructions().Match(run.Errors).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private readonly record struct Figures(Figure Translator, Figure Threaded, Figure Qemu)
    {
        public Figures Least(Figures other) => new(
            Translator.Cpu < other.Translator.Cpu ? Translator : other.Translator,
            Threaded.Cpu < other.Threaded.Cpu ? Threaded : other.Threaded,
            Qemu.Cpu < other.Qemu.Cpu ? Qemu : other.Qemu);

        // Without what a process costs before it executes.
        public static Figures operator -(Figures whole, Figures start) => new(
            whole.Translator with { Cpu = whole.Translator.Cpu - start.Translator.Cpu },
            whole.Threaded with { Cpu = whole.Threaded.Cpu - start.Threaded.Cpu },
            whole.Qemu with { Cpu = whole.Qemu.Cpu - start.Qemu.Cpu });
    }
}
