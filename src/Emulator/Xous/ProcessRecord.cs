// A process as the syscall boundary shows it. A record is made once for a PID and used again.

using System.Runtime.InteropServices;

namespace XousCloud.Emulator.Xous;

internal sealed class ProcessRecord(byte pid)
{
    /// <summary>Slots for threads: one more than there can be, for one that cannot be told from others.</summary>
    public const int ThreadSlots = XousAbi.Threads + 1;

    /// <summary>Calls with a larger number are not counted.</summary>
    public const int CountedCalls = (int)Syscall.PlatformSpecific + 1;

    private const byte EndedByItself = 1;
    private const byte EndedByException = 2;

    private readonly short[] connections = new short[XousAbi.LastConnection + 1];
    private byte end;
    private uint endCause;
    private uint endValue;
    private uint endPc;
    private ulong endedAt;

    public byte Pid { get; } = pid;

    /// <summary>False while no process has this number.</summary>
    public bool Exists { get; private set; }

    public bool HasEnded => end != 0;

    public bool WasEndedByException => end == EndedByException;

    public uint Satp { get; set; }

    public string Name { get; set; } = "";

    /// <summary>The process that made it and its connection to this one's first server; 0 where the loader made it.</summary>
    public byte Parent { get; set; }

    public byte ParentConnection { get; set; }

    public ThreadRecord[] Threads { get; } = new ThreadRecord[ThreadSlots];

    /// <summary>By number: a server, <see cref="ServerTable.None"/> or <see cref="ServerTable.Gone"/>.</summary>
    public Span<short> Connections => connections;

    public uint[] Calls { get; } = new uint[CountedCalls];

    public ProcessEnd? End => end == 0 ? null : new ProcessEnd(EndReason(), endedAt);

    /// <summary>Starts over: a process with this number and nothing else.</summary>
    public void Begin(uint satp, string name)
    {
        Clear();
        Exists = true;
        Satp = satp;
        Name = name;
    }

    public void Clear()
    {
        Exists = false;
        Satp = 0;
        Name = "";
        (Parent, ParentConnection) = (0, 0);
        Threads.AsSpan().Clear();
        Connections.Fill(ServerTable.None);
        Calls.AsSpan().Clear();
        Revive();
    }

    public void EndItself(ulong cycle) => Finish(EndedByItself, 0, 0, 0, cycle);

    public void EndByException(uint cause, uint value, uint pc, ulong cycle) =>
        Finish(EndedByException, cause, value, pc, cycle);

    /// <summary>Takes its end back: it was seen to run.</summary>
    public void Revive() => (end, endCause, endValue, endPc, endedAt) = (0, 0, 0, 0, 0);

    /// <summary>A slot for a new thread; where all are taken, the last.</summary>
    public int FreeSlot()
    {
        int slot = Array.FindIndex(Threads, thread => thread.Frame == Frame.None);
        return slot < 0 ? ThreadSlots - 1 : slot;
    }

    /// <summary>The slot of a thread's number, or -1.</summary>
    public int SlotOf(byte tid)
    {
        for (int slot = 0; slot < Threads.Length; slot++)
        {
            if (Threads[slot].Frame != Frame.None && Threads[slot].Tid == tid)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Puts a thread into a slot that starts at an address with a stack.</summary>
    public void AddThread(int slot, byte tid, uint pc, uint sp) => Threads[slot] = new ThreadRecord
    {
        Frame = Frame.Start,
        Tid = tid,
        Pc = pc,
        Sp = sp,
        Server = ServerTable.None,
    };

    /// <summary>Gives a thread its number; whoever had it before has ended unseen.</summary>
    public void Number(int slot, byte tid)
    {
        int other = SlotOf(tid);
        if (other >= 0 && other != slot)
        {
            Threads[other] = default;
        }

        Threads[slot].Tid = tid;
        Threads[slot].Creator = 0;
    }

    public void State(StateStream state)
    {
        bool exists = Exists;
        state.Bool(ref exists);
        Exists = exists;
        if (!exists)
        {
            return;
        }

        (uint satp, string name, byte parent, byte connection) = (Satp, Name, Parent, ParentConnection);
        state.U32(ref satp);
        state.Text(ref name);
        state.U8(ref parent);
        state.U8(ref connection);
        (Satp, Name, Parent, ParentConnection) = (satp, name, parent, connection);
        state.U8(ref end);
        state.U32(ref endCause);
        state.U32(ref endValue);
        state.U32(ref endPc);
        state.U64(ref endedAt);
        for (int slot = 0; slot < Threads.Length; slot++)
        {
            bool taken = Threads[slot].Frame != Frame.None;
            state.Bool(ref taken);
            if (taken)
            {
                Threads[slot].State(state);
            }
        }

        state.U16s(MemoryMarshal.Cast<short, ushort>(connections.AsSpan()));
        for (int cid = 0; state.IsLoading && cid < connections.Length; cid++)
        {
            connections[cid] = ServerTable.Checked(connections[cid]);
        }

        state.U32s(Calls);
    }

    private void Finish(byte how, uint cause, uint value, uint pc, ulong cycle)
    {
        (end, endCause, endValue, endPc, endedAt) = (how, cause, value, pc, cycle);
        Threads.AsSpan().Clear();
        Connections.Fill(ServerTable.None);
    }

    private string EndReason() => end == EndedByItself
        ? "it called TerminateProcess"
        : $"{new Cpu.ExceptionRecord(endPc, (Cpu.ExceptionCause)endCause, endValue).Describe()} at pc 0x{endPc:x8}";
}
