// A message on its way: who sent what to whom, and how far it has come. Facts: Xous's ABI, messages.

namespace XousCloud.Emulator.Xous;

internal enum MessageStage : byte
{
    Queued,
    Received,
    Answered,
}

internal struct MessageRecord
{
    public ulong Number;
    public MessageStage Stage;
    public MessageKind Kind;

    /// <summary>The sending thread: its process and slot there, and the connection that it sent by.</summary>
    public byte Client;
    public byte ClientSlot;
    public byte Connection;

    /// <summary>The server's slot.</summary>
    public short Server;

    /// <summary>The thread that received it.</summary>
    public byte ReceiverTid;

    /// <summary>The kernel's name for it, once received.</summary>
    public uint Sender;

    public uint Opcode;
    public uint A;
    public uint B;
    public uint C;
    public uint D;

    public readonly bool IsBlocking => Kind is not (MessageKind.Move or MessageKind.Scalar);

    public readonly bool IsMemory => Kind is not (MessageKind.Scalar or MessageKind.BlockingScalar);

    /// <summary>Whether a receiver that got these words could have got this message; the addresses of memory differ.</summary>
    public readonly bool Fits(MessageKind kind, ReadOnlySpan<uint> idAndWords) =>
        Kind == kind && Opcode == idAndWords[0] && (IsMemory || A == idAndWords[1])
        && B == idAndWords[2] && C == idAndWords[3] && D == idAndWords[4];

    public void State(StateStream state)
    {
        state.U64(ref Number);
        state.Enum(ref Stage);
        state.Enum(ref Kind);
        state.U8(ref Client);
        state.U8(ref ClientSlot);
        state.U8(ref Connection);
        ushort server = (ushort)Server;
        state.U16(ref server);
        Server = ServerTable.Checked((short)server);
        state.U8(ref ReceiverTid);
        state.U32(ref Sender);
        state.U32(ref Opcode);
        state.U32(ref A);
        state.U32(ref B);
        state.U32(ref C);
        state.U32(ref D);
        ClientSlot %= ProcessRecord.ThreadSlots;
        Kind = (MessageKind)((int)Kind % 5);
    }
}
