// A thread as the syscall boundary shows it: where it left user code, why, and with which call.

using System.Runtime.CompilerServices;

namespace XousCloud.Emulator.Xous;

/// <summary>What a thread did last.</summary>
internal enum Frame : byte
{
    /// <summary>There is no thread here.</summary>
    None,

    /// <summary>It was made, and has not run.</summary>
    Start,

    Running,
    Interrupted,
    Faulted,

    /// <summary>It made a call that has not come back.</summary>
    Called,
}

/// <summary>a0 to a7.</summary>
[InlineArray(Count)]
internal struct CallWords
{
    public const int Count = 8;

    private uint word;

    public readonly bool SameAs(in CallWords other) => ((ReadOnlySpan<uint>)this).SequenceEqual(other);
}

internal struct ThreadRecord
{
    public const byte UnknownTid = 255;

    public Frame Frame;
    public byte Tid;

    /// <summary>While the number is not known: the slot of the thread that will be told it, plus one.</summary>
    public byte Creator;

    /// <summary>The kernel has had it make its call again.</summary>
    public bool Retries;

    /// <summary>The server that the call is about, as a number in the table of servers.</summary>
    public short Server;

    /// <summary>Where it left user code; before it ran, where it starts.</summary>
    public uint Pc;
    public uint Sp;

    /// <summary>The cycle of its call.</summary>
    public ulong Since;

    /// <summary>The message that its call sends or answers; 0 for none.</summary>
    public ulong Message;

    public CallWords Call;

    public readonly Syscall Number => (Syscall)Call[0];

    /// <summary>Whether this thread would go on at an address.</summary>
    public readonly bool GoesOnAt(uint pc) => pc == Pc || (Frame == Frame.Called && pc == Pc + 4);

    public void State(StateStream state)
    {
        state.Enum(ref Frame);
        state.U8(ref Tid);
        state.U8(ref Creator);
        state.Bool(ref Retries);
        ushort server = (ushort)Server;
        state.U16(ref server);
        Server = ServerTable.Checked((short)server);
        state.U32(ref Pc);
        state.U32(ref Sp);
        state.U64(ref Since);
        state.U64(ref Message);
        state.U32s(Call);
        if (Frame > Frame.Called)
        {
            Frame = Frame.None;
        }
    }
}
