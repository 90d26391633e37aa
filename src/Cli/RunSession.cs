// A run and what is said about it: the end, statistics, dumps, the hash.

using XousCloud.Cli.Gdb;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Usb;

namespace XousCloud.Cli;

internal static class RunSession
{
    /// <summary>Runs, reports, and gives the exit code.</summary>
    public static ExitCode Run(RunRequest request, Streams streams)
    {
        using LocalRun run = new(request, streams);
        foreach (MemoryDump dump in request.Dumps)
        {
            Check(dump, run.Machine);
        }

        RunEnd end;
        using (StopSignals signals = StopSignals.OfProcess())
        {
            end = request.GdbPort is { } port ? GdbServer.Run(run, port, signals, streams) : run.Run(signals);
        }

        streams.Error.WriteLine(end.Message);
        SayWhatOtherPortsPrinted(request, run, streams.Error);
        foreach (MemoryDump dump in request.Dumps)
        {
            Write(dump, run.Machine);
        }

        if (request.ShowStatistics)
        {
            WriteStatistics(run, streams.Error);
        }

        if (request.ShowOs)
        {
            OsTables.Write(run.Machine.Xous!, streams.Error);
        }

        if (request.ShowHash)
        {
            streams.Error.WriteLine(run.Machine.StateHash());
        }

        return end.Code;
    }

    // A silent console is often just the wrong port.
    private static void SayWhatOtherPortsPrinted(RunRequest request, LocalRun run, TextWriter error)
    {
        foreach (ConsolePort port in Enum.GetValues<ConsolePort>())
        {
            if (port != request.Console && run.Printed[(int)port] > 0)
            {
                string name = port.ToString().ToLowerInvariant();
                error.WriteLine($"{name} printed {run.Printed[(int)port]} bytes, not shown; --console {name} shows them");
            }
        }
    }

    private static void WriteStatistics(LocalRun run, TextWriter error)
    {
        Machine machine = run.Machine;
        double seconds = Math.Max(run.WallTime.TotalSeconds, 1e-9);
        error.WriteLine($"cycles        {machine.Cycle}");
        error.WriteLine($"instructions  {machine.Hart.InstructionsRetired}");
        error.WriteLine($"executed      {machine.InstructionsExecuted} (the rest are rounds of waiting loops)");
        error.WriteLine($"virtual time  {machine.Nanoseconds / 1e9:0.000000} s");
        error.WriteLine($"wall time     {seconds:0.000} s");
        error.WriteLine($"real-time     {machine.Nanoseconds / 1e9 / seconds:0.00} x");
        error.WriteLine($"speed         {machine.InstructionsExecuted / 1e6 / seconds:0.0} MIPS");
        if (machine.Usb is { } host)
        {
            error.WriteLine($"usb           {Describe(host)}");
        }

        foreach (PinActivity activity in run.Pins)
        {
            error.WriteLine(
                $"pin {Pin.Name(activity.Pin),-10}{activity.Changes} changes, last at {VirtualTime.Text(activity.LastAt)}, "
                + $"now {(activity.Level ? 1 : 0)}");
        }
    }

    private static string Describe(UsbHost host)
    {
        string state = host.FailedAt is { } request ? $"failed at {request}" : host.Status.ToString().ToLowerInvariant();
        if (host.Device is not { } device)
        {
            return state;
        }

        string names = string.Join(
            ", ", new[] { device.Manufacturer, device.Product, device.SerialNumber }.Where(name => name is not null));
        return $"{state}, {device.VendorId:x4}:{device.ProductId:x4} {names}, {device.Interfaces.Count} interfaces"
            + (host.HasConsole ? ", --console usb is open" : "");
    }

    private static void Check(MemoryDump dump, Machine machine)
    {
        if (machine.Soc.Memory.Find(dump.Address) is not { } region
            || dump.Length > region.Length - (dump.Address - region.Base))
        {
            throw new BadInputException(
                "address_outside_memory",
                $"--dump: {dump.Length} bytes at {Numbers.Hex(dump.Address)} are not all memory.",
                "The memories: " + string.Join(", ", machine.Soc.Memory.Regions.Select(
                    known => $"{Numbers.Hex(known.Base)} of {known.Length >> 10} KiB")) + ".");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(dump.File)) ?? "";
        if (!Directory.Exists(folder) || Directory.Exists(dump.File))
        {
            throw new BadInputException(
                "dump_file_invalid", $"--dump: '{dump.File}' cannot be a file.", "Give a file name in a folder that exists.");
        }
    }

    private static void Write(MemoryDump dump, Machine machine)
    {
        byte[] content = new byte[dump.Length];
        machine.Soc.Memory.TryRead(dump.Address, content);
        File.WriteAllBytes(dump.File, content);
    }
}
