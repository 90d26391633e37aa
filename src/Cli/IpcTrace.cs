// `xouscloud run --ipc FILE`: every message as it is sent, received and answered, a line a step.
//
//     12.345678 ms  #17 sent      5:2 > ticktimer-server  BlockingScalar 1 (0xa, 0x0, 0x0, 0x0)
//     12.350123 ms  #17 received  5:2 > ticktimer-server  by 4:2
//     22.400000 ms  #17 answered  5:2 > ticktimer-server  by 4:0  Scalar1 (0x0)

using XousCloud.Emulator.Xous;

namespace XousCloud.Cli;

internal sealed class IpcTrace(XousView view, TextWriter output)
{
    private readonly IpcEvent[] steps = new IpcEvent[256];
    private readonly Dictionary<ServerId, string> names = [];
    private ulong next = 1;

    /// <summary>Writes what was added since the last call.</summary>
    public void Pull()
    {
        if (view.Messages.Next == next)
        {
            return;
        }

        foreach (XousServer server in view.Servers())
        {
            names[server.Id] = server.Name ?? $"{server.Id}";
        }

        int count;
        while ((count = view.Messages.Read(next, steps)) > 0)
        {
            if (steps[0].Sequence != next)
            {
                output.WriteLine($"{steps[0].Sequence - next} steps are lost");
            }

            foreach (ref readonly IpcEvent step in steps.AsSpan(0, count))
            {
                output.WriteLine(Line(step));
            }

            next = steps[count - 1].Sequence + 1;
        }

        output.Flush();
    }

    private string Line(in IpcEvent step)
    {
        string server = step.Server == default ? "?" : names.GetValueOrDefault(step.Server, $"{step.Server}");
        string head = $"{VirtualTime.Text(step.Nanoseconds),-14} #{step.Message} {Name(step.Step),-8} "
            + $"{step.SenderPid}:{Tid(step.SenderTid)} > {server}";
        string by = $"by {step.ServerPid}:{Tid(step.ServerTid)}";
        return step.Step switch
        {
            IpcStep.Sent => $"{head}  {Content(step)}",
            IpcStep.Received => $"{head}  {by}  {Content(step)}",
            IpcStep.Answered => $"{head}  {by}  {Result(step)}",
            _ => $"{head}  {(XousError)step.Words.A}",
        };
    }

    private static string Name(IpcStep step) => step switch
    {
        IpcStep.Sent => "sent",
        IpcStep.Received => "received",
        IpcStep.Answered => "answered",
        _ => "failed",
    };

    private static string Tid(byte tid) => tid == byte.MaxValue ? "?" : $"{tid}";

    private static string Content(in IpcEvent step)
    {
        (uint a, uint b, uint c, uint d) = step.Words;
        return step.IsMemory
            ? $"{step.Kind} {step.Opcode} ({b} bytes at 0x{a:x}, offset {c}, valid {d})"
            : $"{step.Kind} {step.Opcode} (0x{a:x}, 0x{b:x}, 0x{c:x}, 0x{d:x})";
    }

    private static string Result(in IpcEvent step)
    {
        (uint a, uint b, uint c, uint d) = step.Words;
        return step.Result switch
        {
            ResultTag.MemoryReturned => $"{step.Result} (offset {a}, valid {b})",
            ResultTag.Scalar1 => $"{step.Result} (0x{a:x})",
            ResultTag.Scalar2 => $"{step.Result} (0x{a:x}, 0x{b:x})",
            _ => $"{step.Result} (0x{a:x}, 0x{b:x}, 0x{c:x}, 0x{d:x}, 0x{step.LastWord:x})",
        };
    }
}
