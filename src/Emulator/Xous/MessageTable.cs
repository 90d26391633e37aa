// Messages on their way, oldest first. A message is known by the number of its sending; the kernel's own name for it,
// the sender word, is seen when it is received, and ties the answer to it: PID of the sender, server, place in its queue.
// What is received is taken for the oldest message to that server that looks the same, which is the order in which
// a server gets them. Facts: Xous's ABI, sending, receiving, sender word, reply.

using System.Numerics;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Xous;

/// <summary>Follows messages, and tells of each step.</summary>
internal sealed class MessageTable(SystemOnChip soc, ProcessTable processes, ServerTable servers)
{
    // Every blocked thread has one, and whatever waits in queues is here too. What does not fit is sent and received
    // without being tied together.
    private const int Limit = 1024;
    private const int SmallestRoom = 32;

    private MessageRecord[] messages = [];
    private int count;

    public IpcLog Log { get; } = new();

    /// <summary>A thread sends.</summary>
    /// <param name="client">The sender's process.</param>
    /// <param name="slot">The sender's slot there.</param>
    /// <returns>The message's number, or 0 where the call is none that could send.</returns>
    public ulong Send(ProcessRecord client, int slot)
    {
        ref CallWords call = ref client.Threads[slot].Call;
        if (call[2] is 0 or > 5)
        {
            return 0;
        }

        uint cid = call[1];
        MessageRecord message = new()
        {
            Number = Log.Next,
            Kind = (MessageKind)(call[2] - 1),
            Client = client.Pid,
            ClientSlot = (byte)slot,
            Connection = (byte)Math.Min(cid, byte.MaxValue),
            Server = cid <= XousAbi.LastConnection ? client.Connections[(int)cid] : ServerTable.None,
            ReceiverTid = ThreadRecord.UnknownTid,
            Opcode = call[3],
            A = call[4],
            B = call[5],
            C = call[6],
            D = call[7],
        };
        Tell(IpcStep.Sent, message, ResultTag.None, [message.A, message.B, message.C, message.D, 0]);
        if (count < Limit)
        {
            Reserve(count + 1);
            messages[count++] = message;
        }

        return message.Number;
    }

    /// <summary>A thread is back from receiving.</summary>
    /// <param name="owner">The server's process.</param>
    /// <param name="tid">The thread's number.</param>
    /// <param name="server">The server's slot, or <see cref="ServerTable.None"/>.</param>
    /// <param name="result">a0 to a7: tag, sender word, kind, id, four words.</param>
    public void Receive(ProcessRecord owner, byte tid, short server, in CallWords result)
    {
        if (result[2] > (uint)MessageKind.BlockingScalar)
        {
            return;
        }

        ReadOnlySpan<uint> words = ((ReadOnlySpan<uint>)result)[4..];
        byte client = (byte)(result[1] >> 24);
        int index = FindQueued(client, server, (MessageKind)result[2], ((ReadOnlySpan<uint>)result)[3..]);
        MessageRecord message = index >= 0 ? messages[index] : new MessageRecord
        {
            Kind = (MessageKind)result[2],
            Client = client,
            ClientSlot = ProcessRecord.ThreadSlots - 1,
            Opcode = result[3],
        };
        if (index >= 0 && message.Server == ServerTable.None && processes.Find(client) is { } sender
            && message.Connection <= XousAbi.LastConnection)
        {
            sender.Connections[message.Connection] = server; // so this is where the connection leads
        }

        message.Server = server;
        message.Stage = MessageStage.Received;
        message.Sender = result[1];
        message.ReceiverTid = tid;
        Tell(IpcStep.Received, message, ResultTag.None, [words[0], words[1], words[2], words[3], 0], owner.Pid);
        if (index < 0)
        {
            return;
        }

        if (message.IsBlocking)
        {
            messages[index] = message;
        }
        else
        {
            RemoveAt(index);
        }
    }

    /// <summary>The received message that a process names by its sender word; 0 where there is none.</summary>
    public ulong FindReceived(ProcessRecord owner, uint sender)
    {
        for (int i = 0; i < count; i++)
        {
            ref MessageRecord message = ref messages[i];
            if (message.Stage == MessageStage.Received && message.Sender == sender && IsOwner(message.Server, owner.Pid))
            {
                return message.Number;
            }
        }

        return 0;
    }

    /// <summary>A message by its number.</summary>
    public bool TryFind(ulong number, out MessageRecord message)
    {
        int index = IndexOf(number);
        message = index >= 0 ? messages[index] : default;
        return index >= 0;
    }

    /// <summary>The kernel has taken a server's answer.</summary>
    /// <param name="number">The message.</param>
    /// <param name="tid">The thread that answered.</param>
    /// <param name="result">Tag and values that the sender gets.</param>
    public void Answer(ulong number, byte tid, ReadOnlySpan<uint> result)
    {
        int index = IndexOf(number);
        if (index >= 0 && messages[index].Stage != MessageStage.Answered)
        {
            messages[index].Stage = MessageStage.Answered;
            messages[index].ReceiverTid = tid;
            Tell(IpcStep.Answered, messages[index], (ResultTag)result[0], result[1..]);
        }
    }

    /// <summary>A sender is back from its call.</summary>
    /// <param name="number">The message.</param>
    /// <param name="result">a0 to a7.</param>
    public void Return(ulong number, in CallWords result)
    {
        int index = IndexOf(number);
        if (index < 0)
        {
            return;
        }

        MessageRecord message = messages[index];
        bool failed = result[0] == (uint)ResultTag.Error;
        if (failed || (message.IsBlocking && message.Stage != MessageStage.Answered))
        {
            ReadOnlySpan<uint> values = ((ReadOnlySpan<uint>)result)[1..6];
            Tell(failed ? IpcStep.Failed : IpcStep.Answered, message, (ResultTag)result[0], values);
        }

        if (failed || message.IsBlocking)
        {
            RemoveAt(index);
        }
    }

    /// <summary>Forgets what a process sent that ended.</summary>
    public void ForgetClient(byte pid) => Forget(pid, ServerTable.Gone);

    /// <summary>Forgets what nobody waits for of what a server was to get; whoever waits, waits for a server that is gone.</summary>
    public void ForgetServer(short server) => Forget(0, server);

    /// <summary>How many messages a server has to receive, and how many to answer.</summary>
    public (int Queued, int Unanswered) Counts(short server)
    {
        int queued = 0, unanswered = 0;
        for (int i = 0; i < count && server >= 0; i++)
        {
            if (messages[i].Server == server)
            {
                queued += messages[i].Stage == MessageStage.Queued ? 1 : 0;
                unanswered += messages[i].Stage == MessageStage.Received ? 1 : 0;
            }
        }

        return (queued, unanswered);
    }

    public void Clear() => count = 0;

    public void State(StateStream state)
    {
        Log.State(state);
        state.I32(ref count);
        count = Math.Clamp(count, 0, Limit);
        Reserve(count);
        for (int i = 0; i < count; i++)
        {
            messages[i].State(state);
        }
    }

    // Grows by doubling, so that a device without a Xous has no room for messages.
    private void Reserve(int needed)
    {
        if (needed > messages.Length)
        {
            Array.Resize(ref messages, Math.Max(SmallestRoom, (int)BitOperations.RoundUpToPowerOf2((uint)needed)));
        }
    }

    private bool IsOwner(short server, byte pid) => server >= 0 && servers.All[server].Owner == pid;

    private int IndexOf(ulong number)
    {
        for (int i = count - 1; i >= 0 && number != 0; i--)
        {
            if (messages[i].Number == number)
            {
                return i;
            }
        }

        return -1;
    }

    private int FindQueued(byte client, short server, MessageKind kind, ReadOnlySpan<uint> idAndWords)
    {
        for (int i = 0; i < count; i++)
        {
            ref MessageRecord message = ref messages[i];
            if (message.Stage == MessageStage.Queued && message.Client == client
                && (message.Server == server || message.Server == ServerTable.None) && message.Fits(kind, idAndWords))
            {
                return i;
            }
        }

        return -1;
    }

    private void Forget(byte client, short server)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            MessageRecord message = messages[i];
            if (message.Client == client)
            {
                continue;
            }

            if (message.Server == server)
            {
                if (!message.IsBlocking)
                {
                    continue;
                }

                message.Server = ServerTable.Gone;
            }

            messages[kept++] = message;
        }

        count = kept;
    }

    private void RemoveAt(int index)
    {
        count--;
        Array.Copy(messages, index + 1, messages, index, count - index);
    }

    private void Tell(
        IpcStep step, in MessageRecord message, ResultTag result, ReadOnlySpan<uint> words, byte owner = 0)
    {
        bool known = message.Server >= 0;
        byte tid = processes.Find(message.Client)?.Threads[message.ClientSlot] is { Frame: not Frame.None } thread
            ? thread.Tid
            : ThreadRecord.UnknownTid;
        Log.Add(new IpcEvent
        {
            Sequence = Log.Next,
            Message = message.Number,
            Cycle = soc.Now,
            Nanoseconds = soc.Clocks.NanosecondsAt(soc.Now),
            Step = step,
            Kind = message.Kind,
            SenderPid = message.Client,
            SenderTid = tid,
            ServerPid = known && owner == 0 ? servers.All[message.Server].Owner : owner,
            ServerTid = message.ReceiverTid,
            Server = known ? servers.All[message.Server].Id : default,
            Opcode = message.Opcode,
            Words = (words[0], words[1], words[2], words[3]),
            LastWord = words[4],
            Result = result,
        });
    }
}
