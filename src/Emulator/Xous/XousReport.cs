// Makes the read models from the tables. What is derived is derived here: who could run, and who waits for what.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Xous;

internal sealed class XousReport(
    PhysicalMemory memory, ProcessTable processes, ServerTable servers, MessageTable messages)
{
    public IReadOnlyList<XousProcess> Processes(ProcessRecord? running, int[]? pages, uint pc, bool kernelRuns) =>
        [.. processes.All.Select(process => Process(process, process == running, pages, pc, kernelRuns))];

    public IReadOnlyList<XousServer> Servers()
    {
        List<XousServer> found = [];
        for (short slot = 0; slot < XousAbi.Servers; slot++)
        {
            ServerRecord server = servers.All[slot];
            if (server.Exists)
            {
                (int queued, int unanswered) = messages.Counts(slot);
                string? name = server.Name is { Length: > 0 } known ? known : server.Id.Text?.TrimEnd();
                found.Add(new XousServer(server.Id, name, server.Owner, queued, unanswered, ConnectionsTo(slot)));
            }
        }

        return found;
    }

    private List<XousConnection> ConnectionsTo(short server)
    {
        List<XousConnection> found = [];
        foreach (ProcessRecord process in processes.All)
        {
            for (int cid = 0; cid < process.Connections.Length; cid++)
            {
                if (process.Connections[cid] == server)
                {
                    found.Add(new XousConnection(process.Pid, cid));
                }
            }
        }

        return found;
    }

    private XousProcess Process(ProcessRecord process, bool isRunning, int[]? pages, uint pc, bool kernelRuns)
    {
        List<XousThread> threads = [];
        foreach (ref ThreadRecord thread in process.Threads.AsSpan())
        {
            if (thread.Frame != Frame.None)
            {
                threads.Add(Thread(process, thread, pc));
            }
        }

        threads.Sort((left, right) => (left.Tid ?? int.MaxValue).CompareTo(right.Tid ?? int.MaxValue));
        bool isKernel = process.Pid == XousAbi.KernelPid;
        XousProcessState state = process.HasEnded ? XousProcessState.Terminated
            : isRunning || (isKernel && kernelRuns) ? XousProcessState.Running
            : isKernel || threads.Exists(thread => thread.State == XousThreadState.Ready) ? XousProcessState.Ready
            : XousProcessState.Sleeping;
        int? owned = pages?[process.Pid];
        return new XousProcess(
            process.Pid,
            process.Name.Length > 0 ? process.Name : null,
            state,
            process.Satp,
            process.HasEnded ? new ProcessMemory(owned, 0, 0, 0, 0) : PageTables.Count(memory, process.Satp, owned),
            process.Connections.Length - process.Connections.Count(ServerTable.None),
            threads,
            Calls(process),
            process.End);
    }

    private static Dictionary<Syscall, uint> Calls(ProcessRecord process)
    {
        Dictionary<Syscall, uint> counts = [];
        for (int number = 0; number < process.Calls.Length; number++)
        {
            if (process.Calls[number] > 0)
            {
                counts.Add((Syscall)number, process.Calls[number]);
            }
        }

        return counts;
    }

    private XousThread Thread(ProcessRecord process, in ThreadRecord thread, uint pc)
    {
        int? tid = thread.Tid == ThreadRecord.UnknownTid ? null : thread.Tid;
        bool runs = thread.Frame == Frame.Running;
        bool calls = thread.Frame == Frame.Called || thread.Retries;
        XousThreadState state = runs ? XousThreadState.Running
            : calls && Waits(process, thread) ? XousThreadState.Waiting
            : XousThreadState.Ready;
        return new XousThread(tid, state, runs ? pc : thread.Pc, calls ? Call(thread) : null);
    }

    private PendingCall Call(in ThreadRecord thread) => new(
        thread.Number,
        thread.Since,
        AwaitedServer(thread),
        thread.Message != 0 && thread.Number is Syscall.SendMessage or Syscall.TrySendMessage ? thread.Message : null,
        thread.Number == Syscall.JoinThread ? (int)Math.Min(thread.Call[1], byte.MaxValue) : null);

    private ServerId? AwaitedServer(in ThreadRecord thread) => thread.Number switch
    {
        Syscall.Connect => new ServerId(thread.Call[1], thread.Call[2], thread.Call[3], thread.Call[4]),
        Syscall.ConnectForProcess => new ServerId(thread.Call[2], thread.Call[3], thread.Call[4], thread.Call[5]),
        _ => thread.Server >= 0 && servers.All[thread.Server].Exists ? servers.All[thread.Server].Id : null,
    };

    // In all other calls a thread is ready: what they ask for needs nobody else, or the kernel tries it again and again.
    private bool Waits(ProcessRecord process, in ThreadRecord thread) => thread.Number switch
    {
        Syscall.WaitEvent => true,
        Syscall.JoinThread => process.SlotOf((byte)Math.Min(thread.Call[1], byte.MaxValue)) >= 0,
        Syscall.ReceiveMessage => messages.Counts(thread.Server).Queued == 0,
        Syscall.ReplyAndReceiveNext => messages.Counts(thread.Server).Queued == 0,
        Syscall.SendMessage or Syscall.TrySendMessage =>
            messages.TryFind(thread.Message, out MessageRecord message) && message.IsBlocking
            && (message.Stage == MessageStage.Received || (message.Stage == MessageStage.Queued && !thread.Retries)),
        _ => false,
    };
}
