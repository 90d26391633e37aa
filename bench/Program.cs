// Measures what the project promises, and compares it with the stored baseline. Nothing here passes or fails:
// speed is looked at by people, on a machine that they know.
//
//   scripts/bench engine     instructions per second and an operating system's costs beside QEMU, in one run;
//                            names of kernels after it choose some
//   scripts/bench start      a process's start until the first byte of a guest's console
//   scripts/bench service    first console byte, memory and CPU of idle devices
//   scripts/bench boot       the vendor's badge release from power-on to its prompt, with its profile
//   scripts/bench density    forks of a running device, memory of devices, 2,000 parked and 50 busy ones on a server
//   scripts/bench compiler   the C# compiler's code beside gcc's: executed instructions and bytes
//   scripts/bench all        all of them
//   … --save                 write the figures to bench/baseline.json

using XousCloud.Bench;

string what = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "all";
Dictionary<string, double> figures = [];
if (what is "engine" or "all")
{
    EngineBench.Run(figures, [.. args.Where(argument => !argument.StartsWith('-') && argument != what)]);
}

if (what is "start" or "all")
{
    await StartBench.Run(figures);
}

if (what is "service" or "all")
{
    await ServiceBench.Run(figures);
}

if (what is "boot" or "all")
{
    BootBench.Run(figures);
}

if (what is "density" or "all")
{
    ForkBench.Run(figures);
    await DensityBench.Run(figures);
}

if (what is "compiler" or "all")
{
    CompilerBench.Run(figures);
}

if (figures.Count == 0)
{
    Console.Error.WriteLine("usage: scripts/bench [engine|start|service|boot|density|compiler|all] [--save]");
    return 2;
}

Baseline.Compare(figures);
if (args.Contains("--save"))
{
    Baseline.Save(figures);
}

return 0;
