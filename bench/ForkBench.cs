// Devices in this process: what a fork of a running one takes, and what a device costs in resident memory beyond the
// pages that it has changed. Two devices: a small guest of tests/Firmware that works in bursts, and, where
// XOUSCLOUD_BADGE_RELEASE names the folder of the vendor's release, a badge that has booted for some seconds.

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Memory;

namespace XousCloud.Bench;

internal static class ForkBench
{
    private const int Forks = 2000;
    private const int ForksBefore = 20_000; // until the code is compiled for good
    private const ulong BetweenForks = 20_000;

    private const int Devices = 100;
    private const ulong ActiveCycles = 20_000_000;

    private const double Mebibyte = 1 << 20;

    public static void Run(Dictionary<string, double> figures)
    {
        Measure(figures, "small", [Path.Combine(Repository.Find("artifacts", "firmware"), "tick.elf")], "dabao", seconds: 1);
        if (Environment.GetEnvironmentVariable("XOUSCLOUD_BADGE_RELEASE") is { Length: > 0 } folder)
        {
            string[] files = [.. ((string[])["loader.uf2", "xous.uf2", "swap.uf2"]).Select(name => Path.Combine(folder, name))];
            Measure(figures, "badge", files, "dc34-badge", seconds: 12);
        }
    }

    private static void Measure(Dictionary<string, double> figures, string name, string[] files, string board, ulong seconds)
    {
        FirmwareImage firmware = FirmwareImage.Import(
            [.. files.Select(file => new FirmwareFile(Path.GetFileName(file), File.ReadAllBytes(file)))]);
        MachineOptions options = new()
        {
            Image = new MachineImage(
                firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes))),
            Board = Board.Find(board)!,
            Engine = EngineKind.Translator,
            WatchOs = true, // as the service makes them
        };
        using Machine parent = new(options);
        while (parent.Nanoseconds < seconds * 1_000_000_000)
        {
            parent.Run(10_000_000);
        }

        Report(figures, $"density.{name}.changed_pages", parent.Soc.Memory.OwnedPages);
        Times(figures, name, parent);
        Memory(figures, $"{name}.translator", parent);
        using Machine threaded = new(options with { Engine = EngineKind.Threaded });
        threaded.Load(parent.Save());
        Memory(figures, $"{name}.threaded", threaded);
    }

    // Between two forks the parent runs, so that it has pages of its own again and ways to write them.
    private static void Times(Dictionary<string, double> figures, string name, Machine parent)
    {
        double[] whole = new double[Forks];
        double[] memory = new double[Forks];
        for (int i = -ForksBefore; i < Forks; i++)
        {
            parent.Run(BetweenForks);
            long start = Stopwatch.GetTimestamp();
            Machine fork = parent.Fork();
            whole[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            fork.Dispose();

            parent.Run(BetweenForks);
            start = Stopwatch.GetTimestamp();
            PhysicalMemory pages = parent.Soc.Memory.Fork();
            memory[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            pages.Dispose();
        }

        Array.Sort(whole);
        Array.Sort(memory);
        Report(figures, $"density.{name}.fork_us.p50", whole[Forks / 2]);
        Report(figures, $"density.{name}.fork_us.p95", whole[Forks * 95 / 100]);
        Report(figures, $"density.{name}.fork_us.mean", whole.Average());
        Report(figures, $"density.{name}.fork_us.memory_alone_p50", memory[Forks / 2]);
    }

    private static void Memory(Dictionary<string, double> figures, string name, Machine parent)
    {
        using Machine first = parent.Fork(); // what is made once for all is made here
        first.Run(ActiveCycles);
        first.Trim();
        long before = ResidentBytes();
        ActiveAndParked(figures, name, parent, before);
        Report(figures, $"density.{name}.left_when_disposed_mib", (ResidentBytes() - before) / Mebibyte / Devices);
    }

    // Not inlined: what is left is measured when nothing here refers to the devices any more.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ActiveAndParked(Dictionary<string, double> figures, string name, Machine parent, long before)
    {
        Machine[] devices = new Machine[Devices];
        for (int i = 0; i < Devices; i++)
        {
            devices[i] = parent.Fork();
            devices[i].Run(ActiveCycles);
        }

        long changed = devices.Sum(device => (long)PagesOfItsOwn(device)) * PhysicalMemory.PageSize;
        Report(figures, $"density.{name}.active_mib", (ResidentBytes() - before - changed) / Mebibyte / Devices);
        foreach (Machine device in devices)
        {
            device.Trim();
        }

        Report(figures, $"density.{name}.parked_mib", (ResidentBytes() - before - changed) / Mebibyte / Devices);
        Report(figures, $"density.{name}.changed_since_fork_mib", changed / Mebibyte / Devices);
        foreach (Machine device in devices)
        {
            device.Dispose();
        }
    }

    private static unsafe int PagesOfItsOwn(Machine machine) => machine.Soc.Memory.Regions.Sum(region =>
        Enumerable.Range(0, region.Pages.Length)
            .Count(page => region.Owned[page] && HeldPages.IsHeldAlone(region.Pages[page])));

    // The proportional set counts a page that is mapped twice, as code is, once.
    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string line = File.ReadLines("/proc/self/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static void Report(Dictionary<string, double> figures, string name, double value)
    {
        figures[name] = value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-45} {value,10:f3}"));
    }
}
