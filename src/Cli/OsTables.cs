// `xouscloud run --os`: what the operating system was doing when the run ended, as tables.

using System.Globalization;
using XousCloud.Emulator.Xous;

namespace XousCloud.Cli;

internal static class OsTables
{
    public static void Write(XousView view, TextWriter output)
    {
        XousStages stages = view.Stages;
        if (stages.Reached < XousStage.Kernel)
        {
            output.WriteLine(stages.Reached == XousStage.Loader
                ? "no Xous kernel seen: the loader has not handed over"
                : "no Xous seen");
            return;
        }

        output.WriteLine(
            $"Xous: kernel entered at cycle {stages.Kernel}, first process ran at {stages.Services?.ToString() ?? "never"}");
        IReadOnlyList<XousProcess> processes = view.Processes();
        Dictionary<int, string> names = processes.ToDictionary(process => process.Pid, Name);
        WriteTable(
            output,
            ["PID", "NAME", "STATE", "KIB", "MAPPED", "SWAPPED", "LENT", "CONNS", "THREADS"],
            processes.Select(process => (string[])
            [
                $"{process.Pid}", Name(process), process.End is { } end ? $"ended: {end.Reason}" : $"{process.State}",
                process.Memory.Owned is { } pages ? $"{pages * 4}" : "-", $"{process.Memory.Mapped}",
                $"{process.Memory.Swapped}", $"{process.Memory.Lent}", $"{process.Connections}",
                string.Join(", ", process.Threads.Select(Describe)),
            ]));
        WriteTable(
            output,
            ["SERVER", "NAME", "PID", "PROCESS", "QUEUED", "UNANSWERED", "CONNECTIONS"],
            view.Servers().Select(server => (string[])
            [
                $"{server.Id}", server.Name ?? "-", $"{server.Owner}", names.GetValueOrDefault(server.Owner, "-"),
                $"{server.Queued}", $"{server.Unanswered}",
                string.Join(' ', server.Connections.Select(connection => $"{connection.Pid}:{connection.Cid}")),
            ]));
        WriteTable(
            output,
            ["IRQ", "PID", "PROCESS", "HANDLER", "ARGUMENT", "TAKEN"],
            view.Interrupts().Select(claim => (string[])
            [
                $"{claim.Line}", $"{claim.Pid}", names.GetValueOrDefault(claim.Pid, "-"),
                Numbers.Hex(claim.Handler), Numbers.Hex(claim.Argument), claim.Count.ToString(CultureInfo.InvariantCulture),
            ]));
    }

    private static string Name(XousProcess process) => process.Name ?? "-";

    // As 2:ReceiveMessage, or 3 alone where the thread could run.
    private static string Describe(XousThread thread)
    {
        string tid = thread.Tid?.ToString(CultureInfo.InvariantCulture) ?? "?";
        return thread.State == XousThreadState.Ready && thread.Call is null ? tid : $"{tid}:{thread.Call?.Number.ToString() ?? "runs"}";
    }

    private static void WriteTable(TextWriter output, string[] titles, IEnumerable<string[]> rows)
    {
        string[][] lines = [titles, .. rows];
        int[] widths = [.. titles.Select((_, column) => lines.Max(line => line[column].Length))];
        output.WriteLine();
        foreach (string[] line in lines)
        {
            output.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
