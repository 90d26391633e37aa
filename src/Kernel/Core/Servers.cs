// Servers and connections (xous-abi 4.4 and 4.8).

using System.Numerics;

namespace XousCloud.Kernel;

public partial struct Kernel
{
    private bool FindServer(ServerId id, out uint index)
    {
        for (index = 0; index < Server.Limit; index++)
        {
            ref Server server = ref servers[(int)index];
            if (server.Owner != 0 && server.Id.Word0 == id.Word0 && server.Id.Word1 == id.Word1
                && server.Id.Word2 == id.Word2 && server.Id.Word3 == id.Word3)
            {
                return true;
            }
        }

        return false;
    }

    private XousError FindConnection(uint process, uint number, out uint server)
    {
        uint place = number - Connections.FirstNumber;
        byte connection = place < Connections.Count ? processes[(int)process].Connections[(int)place] : Connections.Free;
        server = connection - (uint)Connections.FirstServer;
        return connection >= Connections.FirstServer ? XousError.None : XousError.ServerNotFound;
    }

    /// <summary>Makes a server of a process, which gets a connection to it if it has a place for one (else number 0).</summary>
    private XousError MakeServer(uint process, ServerId id, out uint index, out uint connection)
    {
        connection = 0;
        if (FindServer(id, out index))
        {
            return XousError.ServerExists;
        }

        for (index = 0; index < Server.Limit && servers[(int)index].Owner != 0; index++)
        {
        }

        if (index == Server.Limit)
        {
            return XousError.ServerNotFound;
        }

        uint page = tracker.Allocate(process);
        if (page == 0)
        {
            return XousError.OutOfMemory;
        }

        for (uint slot = 0; slot < Server.SlotCount; slot++)
        {
            memory.Slot(page, slot) = new MessageSlot { Next = slot + 1 == Server.SlotCount ? Server.NoSlot : (byte)(slot + 1) };
        }

        servers[(int)index] = new Server
        {
            Id = id,
            QueuePage = page,
            Owner = (byte)process,
            FirstQueued = Server.NoSlot,
            LastQueued = Server.NoSlot,
        };
        _ = ConnectTo(process, index, out connection);
        WakeAll(WaitKind.Server, index);
        return XousError.None;
    }

    private void CreateServer(ref ThreadContext context, ServerId id)
    {
        XousError error = MakeServer(CurrentProcess, id, out _, out uint connection);
        if (error == XousError.None)
        {
            context.Answer(ResultTag.NewServerId, id.Word0, id.Word1, id.Word2, id.Word3, connection);
        }
        else
        {
            context.Answer(error);
        }
    }

    /// <summary>The connection that the process has already, or a new one.</summary>
    private XousError ConnectTo(uint process, uint server, out uint number)
    {
        ref Connections connections = ref processes[(int)process].Connections;
        int free = -1;
        number = 0;
        for (int i = 0; i < Connections.Count; i++)
        {
            if (connections[i] == server + Connections.FirstServer)
            {
                number = (uint)i + Connections.FirstNumber;
                return XousError.None;
            }

            if (free < 0 && connections[i] == Connections.Free)
            {
                free = i;
            }
        }

        if (free < 0)
        {
            return XousError.OutOfMemory;
        }

        connections[free] = (byte)(server + Connections.FirstServer);
        number = (uint)free + Connections.FirstNumber;
        return XousError.None;
    }

    private void Connect(ref ThreadContext context, uint process, ServerId id, bool canWait)
    {
        if (process is 0 or > Process.Limit || !processes[(int)process].Exists)
        {
            context.Answer(XousError.ProcessNotFound);
        }
        else if (!FindServer(id, out uint server))
        {
            if (canWait)
            {
                BlockAndRetry(new Wait(WaitKind.Server));
            }
            else
            {
                context.Answer(XousError.ServerNotFound);
            }
        }
        else
        {
            XousError error = ConnectTo(process, server, out uint number);
            if (error == XousError.None)
            {
                context.Answer(ResultTag.ConnectionId, number);
            }
            else
            {
                context.Answer(error);
            }
        }
    }

    private void Disconnect(ref ThreadContext context)
    {
        XousError error = FindConnection(CurrentProcess, context.A1, out _);
        if (error == XousError.None)
        {
            processes[(int)CurrentProcess].Connections[(int)(context.A1 - Connections.FirstNumber)] = Connections.Free;
        }

        context.Answer(error);
    }

    private void DestroyServer(ref ThreadContext context)
    {
        if (!FindServer(new ServerId(context.A1, context.A2, context.A3, context.A4), out uint index)
            || servers[(int)index].Owner != CurrentProcess)
        {
            context.Answer(XousError.ServerNotFound);
        }
        else if (servers[(int)index].Unanswered != 0)
        {
            context.Answer(XousError.ServerQueueFull);
        }
        else
        {
            context.Answer(XousError.None);
            uint page = servers[(int)index].QueuePage;
            EndServer(index, Connections.Free);
            tracker.Release(page);
        }
    }

    /// <summary>
    /// Everybody who waits for the server gets the error ServerNotFound and their pages back; pages that were moved to it and
    /// not received are freed. The queue page is the caller's to release. Nothing that was lent to the server is lent on: it has
    /// answered everything, or its process ends and has <see cref="Bequeath"/>ed already.
    /// </summary>
    private void EndServer(uint index, byte connectionsBecome)
    {
        ref Server server = ref servers[(int)index];
        for (uint i = 0; i < Server.SlotCount; i++)
        {
            ref MessageSlot slot = ref Slot(index, i);
            if (slot.State == SlotState.Free)
            {
                continue;
            }

            bool isOrphan = slot.State == SlotState.Orphaned || slot.IsOrphan;
            if (isOrphan || slot.Kind == MessageKind.Move)
            {
                if (slot.IsMemory)
                {
                    Discard(server.Owner, ref slot);
                }
            }
            else if (slot.IsBlocking)
            {
                if (slot.IsLent)
                {
                    GiveBack(server.Owner, slot.ClientProcess, ref slot);
                }

                Context(slot.ClientProcess, slot.ClientThread).Answer(XousError.ServerNotFound);
                MakeReady(slot.ClientProcess, slot.ClientThread);
            }

            slot.State = SlotState.Free;
        }

        uint owner = server.Owner;
        uint parked = server.Parked;
        while (parked != 0)
        {
            uint thread = (uint)BitOperations.TrailingZeroCount(parked);
            parked &= parked - 1;
            Context(owner, thread).Answer(XousError.ServerNotFound);
            MakeReady(owner, thread);
        }

        bool wasAwaited = server.IsAwaited;
        server = default;
        if (wasAwaited)
        {
            WakeAll(WaitKind.Slot, index);
        }

        for (int process = 2; process <= Process.Limit; process++)
        {
            ref Connections connections = ref processes[process].Connections;
            for (int i = 0; i < Connections.Count; i++)
            {
                if (connections[i] == index + Connections.FirstServer)
                {
                    connections[i] = connectionsBecome;
                }
            }
        }
    }
}
