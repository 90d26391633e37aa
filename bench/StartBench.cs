// From the start of a process to the first byte of a guest's console: the published command with a guest that prints at
// once, and the published server. All of it counts: the host's loader, the runtime, arguments, the file, the machine. The
// guest's first instruction comes a little earlier than its first byte, so these figures are upper bounds for it.

using System.Diagnostics;
using System.Globalization;

namespace XousCloud.Bench;

internal static class StartBench
{
    private const int Runs = 60;
    private const int ServerStarts = 10;

    public static async Task Run(Dictionary<string, double> figures)
    {
        foreach (string engine in (string[])["translator", "threaded"])
        {
            First(engine); // what comes from the disk comes once
            List<double> wall = [];
            List<double> cpu = [];
            for (int i = 0; i < Runs; i++)
            {
                (double first, double whole) = First(engine);
                wall.Add(first);
                cpu.Add(whole);
            }

            Report(figures, $"start.{engine}.first_byte_ms", wall);
            Report(figures, $"start.{engine}.cpu_ms", cpu);
        }

        List<double> answers = [];
        List<double> serverCpu = [];
        List<double> firstBytes = [];
        for (int i = 0; i < ServerStarts; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            using ServerProcess server = await ServerProcess.Start();
            answers.Add(watch.Elapsed.TotalMilliseconds);
            serverCpu.Add(server.Cpu().TotalMilliseconds);
            using HttpClient client = new() { BaseAddress = server.Address };
            string image = await ServiceBench.Upload(client, Repository.Find("artifacts", "firmware", "hello.elf"));
            firstBytes.Add(await ServiceBench.FirstByte(client, image));
        }

        Report(figures, "start.server_answers_ms", answers);
        Report(figures, "start.server_cpu_ms", serverCpu);
        Report(figures, "start.server_first_device_first_byte_ms", firstBytes);
    }

    // Milliseconds of wall time until the first byte, and of CPU time until the process has ended, which it does with that byte.
    private static (double First, double Cpu) First(string engine)
    {
        double before = MeasuredProcess.ChildrenCpuSeconds();
        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo(
            Repository.Find("artifacts", "cli", "xouscloud"),
            ["run", Repository.Find("artifacts", "firmware", "hello.elf"), "--until", "H", "--engine", engine])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (process.StandardOutput.BaseStream.ReadByte() != 'H')
        {
            throw new InvalidOperationException($"hello does not run: {process.StandardError.ReadToEnd()}");
        }

        double first = watch.Elapsed.TotalMilliseconds;
        process.WaitForExit();
        return (first, (MeasuredProcess.ChildrenCpuSeconds() - before) * 1000);
    }

    private static void Report(Dictionary<string, double> figures, string name, List<double> values)
    {
        values.Sort();
        double median = values[values.Count / 2];
        double high = values[(int)(values.Count * 0.95)];
        figures[name + ".p50"] = median;
        figures[name + ".p95"] = high;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-45} median {median,7:f1}   p95 {high,7:f1}   least {values[0],7:f1}"));
    }
}
