// One step of a message's way: it is sent, received by the server's thread, and answered or not. Scalars and moved
// memory need no answer. Facts: Xous's ABI, messages.

namespace XousCloud.Emulator.Xous;

public enum IpcStep : byte
{
    /// <summary>A thread made the call that sends. Where the server's queue is full, it waits there for room.</summary>
    Sent,

    /// <summary>A thread of the server came back from receiving with it.</summary>
    Received,

    /// <summary>The server's answer was accepted, or the sender is back with it, whichever was seen first.</summary>
    Answered,

    /// <summary>The sender is back with an error.</summary>
    Failed,
}

/// <summary>How a message carries what it carries, in the numbers that a receiver sees.</summary>
public enum MessageKind : byte
{
    MutableBorrow,
    Borrow,
    Move,
    Scalar,
    BlockingScalar,
}

/// <summary>A step of a message.</summary>
public readonly record struct IpcEvent
{
    /// <summary>Counts all steps from 1, over resets too.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The sequence number of the message's sending; 0 where that was not seen.</summary>
    public required ulong Message { get; init; }

    public required ulong Cycle { get; init; }

    /// <summary>Virtual time since power-on.</summary>
    public required ulong Nanoseconds { get; init; }

    public required IpcStep Step { get; init; }

    public required MessageKind Kind { get; init; }

    /// <summary>The sender's process.</summary>
    public required byte SenderPid { get; init; }

    /// <summary>The sender's thread; 255 where its number is not known.</summary>
    public required byte SenderTid { get; init; }

    /// <summary>The server's process; 0 where the server is not known.</summary>
    public required byte ServerPid { get; init; }

    /// <summary>The thread that received or answered; 255 where its number is not known, or there is none yet.</summary>
    public required byte ServerTid { get; init; }

    /// <summary>The server; all zeros where it is not known.</summary>
    public required ServerId Server { get; init; }

    /// <summary>The message's id: what the server is asked to do.</summary>
    public required uint Opcode { get; init; }

    /// <summary>
    /// Sent and received: four arguments, or of memory its address (in the space of the sender or receiver), bytes,
    /// offset and valid. Answered and failed: the result's first four words.
    /// </summary>
    public required (uint A, uint B, uint C, uint D) Words { get; init; }

    /// <summary>The result's fifth word, of a <see cref="ResultTag.Scalar5"/>.</summary>
    public required uint LastWord { get; init; }

    /// <summary>What the sender gets; <see cref="ResultTag.None"/> before.</summary>
    public required ResultTag Result { get; init; }

    /// <summary>Whether it carries memory and not scalars.</summary>
    public bool IsMemory => Kind is MessageKind.MutableBorrow or MessageKind.Borrow or MessageKind.Move;

    /// <summary>Whether the sender waits for an answer.</summary>
    public bool IsBlocking => Kind is MessageKind.MutableBorrow or MessageKind.Borrow or MessageKind.BlockingScalar;

    /// <summary>Visits the fields of a step; when they are read in, those of the step that is given back.</summary>
    internal IpcEvent Visit(StateStream state, ulong sequence)
    {
        (ulong message, ulong cycle, ulong nanoseconds) = (Message, Cycle, Nanoseconds);
        (IpcStep step, MessageKind kind, byte result) = (Step, Kind, (byte)Result);
        (byte senderPid, byte senderTid, byte serverPid, byte serverTid) = (SenderPid, SenderTid, ServerPid, ServerTid);
        Span<uint> words =
        [
            Server.Word0, Server.Word1, Server.Word2, Server.Word3,
            Opcode, Words.A, Words.B, Words.C, Words.D, LastWord,
        ];
        state.U64(ref message);
        state.U64(ref cycle);
        state.U64(ref nanoseconds);
        state.Enum(ref step);
        state.Enum(ref kind);
        state.U8(ref result);
        state.U8(ref senderPid);
        state.U8(ref senderTid);
        state.U8(ref serverPid);
        state.U8(ref serverTid);
        state.U32s(words);
        return new IpcEvent
        {
            Sequence = sequence,
            Message = message,
            Cycle = cycle,
            Nanoseconds = nanoseconds,
            Step = (IpcStep)((byte)step % 4),
            Kind = (MessageKind)((byte)kind % 5),
            SenderPid = senderPid,
            SenderTid = senderTid,
            ServerPid = serverPid,
            ServerTid = serverTid,
            Server = new ServerId(words[0], words[1], words[2], words[3]),
            Opcode = words[4],
            Words = (words[5], words[6], words[7], words[8]),
            LastWord = words[9],
            Result = (ResultTag)result,
        };
    }
}
