// What calls change: which processes, threads, servers, connections and claims there are. What a call asks for is taken
// when it is made; what it brings, when its thread is back with the result. Facts: Xous's ABI, syscall table.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Xous;

internal sealed class SystemCalls(
    Hart hart,
    SystemOnChip soc,
    ProcessTable processes,
    ServerTable servers,
    MessageTable messages,
    InterruptTable interrupts,
    NameService names)
{
    /// <summary>A thread makes the call in its record.</summary>
    public void Begin(ProcessRecord process, int slot)
    {
        ref ThreadRecord thread = ref process.Threads[slot];
        ref CallWords call = ref thread.Call;
        thread.Message = 0;
        thread.Server = ServerTable.None;
        if (call[0] < ProcessRecord.CountedCalls)
        {
            process.Calls[call[0]]++;
        }

        switch (thread.Number)
        {
            case Syscall.SendMessage:
            case Syscall.TrySendMessage:
                Send(process, slot);
                break;
            case Syscall.ReceiveMessage:
            case Syscall.TryReceiveMessage:
                thread.Server = servers.Find(Sid(call, 1), process.Pid);
                break;
            case Syscall.Connect:
            case Syscall.TryConnect:
                thread.Server = servers.Find(Sid(call, 1));
                break;
            case Syscall.ConnectForProcess:
                thread.Server = servers.Find(Sid(call, 2));
                break;
            case Syscall.ReturnMemory:
            case Syscall.ReturnScalar1:
            case Syscall.ReturnScalar2:
            case Syscall.ReturnScalar5:
            case Syscall.ReplyAndReceiveNext:
                thread.Message = messages.FindReceived(process, call[1]);
                thread.Server = messages.TryFind(thread.Message, out MessageRecord answered)
                    ? answered.Server
                    : ServerTable.None;
                break;
            case Syscall.CreateThread:
                int child = process.FreeSlot();
                process.AddThread(child, ThreadRecord.UnknownTid, call[1], (call[2] + call[3] - 16) & ~15u);
                process.Threads[child].Creator = (byte)(slot + 1);
                break;
            case Syscall.TerminateProcess when thread.Tid != XousAbi.InterruptTid:
                process.EndItself(soc.Now);
                Forget(process);
                break;
            default:
                break;
        }
    }

    /// <summary>A thread is back from the call in its record, with the result in a0 to a7.</summary>
    public void Complete(ProcessRecord process, int slot)
    {
        ref ThreadRecord thread = ref process.Threads[slot];
        ref CallWords call = ref thread.Call;
        CallWords result = default;
        Read(ref result);
        bool done = result[0] != (uint)ResultTag.Error;
        switch (thread.Number)
        {
            case Syscall.SendMessage:
            case Syscall.TrySendMessage:
                messages.Return(thread.Message, result);
                if (result[0] == (uint)ResultTag.MemoryReturned && IsNameServer(thread.Server))
                {
                    names.Answered(process, slot);
                }

                break;
            case Syscall.ReceiveMessage:
            case Syscall.TryReceiveMessage:
                Receive(process, thread, result);
                break;
            case Syscall.ReturnMemory:
            case Syscall.ReturnScalar1:
            case Syscall.ReturnScalar2:
            case Syscall.ReturnScalar5:
                Answer(thread, done);
                break;
            case Syscall.ReplyAndReceiveNext:
                Answer(thread, done);
                Receive(process, thread, result);
                break;
            case Syscall.CreateServer:
            case Syscall.CreateServerWithAddress:
                if (result[0] == (uint)ResultTag.NewServerId)
                {
                    short server = servers.Add(Sid(result, 1), process.Pid);
                    Connect(process, result[5], server);
                    names.Created(process, slot, server);
                }

                break;
            case Syscall.Connect:
            case Syscall.TryConnect:
                Connected(process, Sid(call, 1), result);
                break;
            case Syscall.ConnectForProcess when processes.Find(call[1]) is { } connected:
                Connected(connected, Sid(call, 2), result);
                break;
            case Syscall.Disconnect when done:
                Connect(process, call[1], ServerTable.None);
                break;
            case Syscall.DestroyServer when done:
                RemoveServer(servers.Find(Sid(call, 1), process.Pid), ServerTable.None);
                break;
            case Syscall.CreateThread:
                ThreadCreated(process, slot, result);
                break;
            case Syscall.GetThreadId when result[0] == (uint)ResultTag.ThreadId && result[1] < XousAbi.Threads:
                process.Number(slot, (byte)result[1]);
                break;
            case Syscall.CreateProcess when result[0] == (uint)ResultTag.NewProcess:
                ProcessCreated(process, call, result);
                break;
            case Syscall.ClaimInterrupt when done:
                interrupts.Add(call[1], process.Pid, call[2], call[3]);
                break;
            case Syscall.FreeInterrupt when done:
                interrupts.Remove(call[1]);
                break;
            default:
                break;
        }

        thread.Message = 0;
        thread.Server = ServerTable.None;
    }

    /// <summary>Takes a0 to a7.</summary>
    public void Read(ref CallWords words)
    {
        for (int i = 0; i < CallWords.Count; i++)
        {
            words[i] = hart.Register(10 + i);
        }
    }

    /// <summary>A process that another made runs for the first time: its first server's SID stands in a0 to a3.</summary>
    public void Started(ProcessRecord process)
    {
        if (processes.Find(process.Parent) is { } parent)
        {
            CallWords words = default;
            Read(ref words);
            Connect(parent, process.ParentConnection, servers.Add(Sid(words, 0), process.Pid));
            process.Parent = 0;
        }
    }

    /// <summary>Forgets what belonged to a process that has ended.</summary>
    public void Forget(ProcessRecord process)
    {
        interrupts.RemoveAll(process.Pid);
        names.ForgetAll(process.Pid);
        messages.ForgetClient(process.Pid);
        for (short server = 0; server < XousAbi.Servers; server++)
        {
            if (servers.All[server].Exists && servers.All[server].Owner == process.Pid)
            {
                RemoveServer(server, ServerTable.Gone);
            }
        }
    }

    private static ServerId Sid(in CallWords words, int first) =>
        new(words[first], words[first + 1], words[first + 2], words[first + 3]);

    private static void Connect(ProcessRecord process, uint cid, short server)
    {
        if (cid is >= 2 and <= XousAbi.LastConnection)
        {
            process.Connections[(int)cid] = server;
        }
    }

    private bool IsNameServer(short server) => server >= 0 && servers.All[server].Id == ServerTable.NameServer;

    private void Send(ProcessRecord process, int slot)
    {
        ref ThreadRecord thread = ref process.Threads[slot];
        thread.Message = messages.Send(process, slot);
        uint cid = thread.Call[1];
        thread.Server = cid <= XousAbi.LastConnection ? process.Connections[(int)cid] : ServerTable.None;
        if (IsNameServer(thread.Server) && thread.Call[2] - 1 == (uint)MessageKind.MutableBorrow)
        {
            names.Asked(process, slot);
        }
    }

    private void Receive(ProcessRecord process, in ThreadRecord thread, in CallWords result)
    {
        if (result[0] == (uint)ResultTag.MessageEnvelope)
        {
            messages.Receive(process, thread.Tid, thread.Server, result);
        }
    }

    // The call's result says whether the kernel took the answer; what the answer is stands in its arguments.
    private void Answer(in ThreadRecord thread, bool done)
    {
        if (!done || !messages.TryFind(thread.Message, out MessageRecord message))
        {
            return;
        }

        ref readonly CallWords call = ref thread.Call;
        ReadOnlySpan<uint> result = thread.Number switch
        {
            Syscall.ReturnMemory => [(uint)ResultTag.MemoryReturned, call[4], call[5], 0, 0, 0],
            Syscall.ReturnScalar1 => [(uint)ResultTag.Scalar1, call[2], 0, 0, 0, 0],
            Syscall.ReturnScalar2 => [(uint)ResultTag.Scalar2, call[2], call[3], 0, 0, 0],
            Syscall.ReturnScalar5 => [(uint)ResultTag.Scalar5, call[2], call[3], call[4], call[5], call[6]],
            _ when message.IsMemory => [(uint)ResultTag.MemoryReturned, call[5], call[6], 0, 0, 0],
            _ => call[7] switch
            {
                1 => [(uint)ResultTag.Scalar1, call[3], 0, 0, 0, 0],
                2 => [(uint)ResultTag.Scalar2, call[3], call[4], 0, 0, 0],
                _ => [(uint)ResultTag.Scalar5, call[2], call[3], call[4], call[5], call[6]],
            },
        };
        messages.Answer(thread.Message, thread.Tid, result);
    }

    private void Connected(ProcessRecord process, ServerId id, in CallWords result)
    {
        if (result[0] == (uint)ResultTag.ConnectionId)
        {
            Connect(process, result[1], servers.Add(id, 0));
        }
    }

    private void RemoveServer(short server, short left)
    {
        if (server < 0)
        {
            return;
        }

        foreach (ProcessRecord process in processes.All)
        {
            process.Connections.Replace(server, left);
        }

        messages.ForgetServer(server);
        servers.Remove(server);
    }

    private static void ThreadCreated(ProcessRecord process, int creator, in CallWords result)
    {
        for (int slot = 0; slot < process.Threads.Length; slot++)
        {
            ref ThreadRecord thread = ref process.Threads[slot];
            if (thread.Creator != creator + 1 || thread.Frame == Frame.None)
            {
                continue;
            }

            if (result[0] == (uint)ResultTag.ThreadId && result[1] < XousAbi.Threads)
            {
                process.Number(slot, (byte)result[1]);
            }
            else if (result[0] == (uint)ResultTag.Error)
            {
                thread = default; // there never was one
            }

            thread.Creator = 0;
        }
    }

    private void ProcessCreated(ProcessRecord parent, in CallWords call, in CallWords result)
    {
        if (result[1] != parent.Pid && result[1] != XousAbi.KernelPid
            && processes.Begin(result[1], 0, "") is { } process)
        {
            process.AddThread(0, XousAbi.InitialTid, call[6], call[1] + call[2]);
            process.Parent = parent.Pid;
            process.ParentConnection = (byte)Math.Min(result[2], byte.MaxValue);
        }
    }
}
