// The kernel's calls as methods (xous-abi 3.4), for processes. Each returns the answer's words as they come; Answer
// says what they mean.

using System.Diagnostics.CodeAnalysis;
using XousCloud.Guest;
using XousCloud.Kernel;

namespace XousCloud.Xous;

public static class SystemCall
{
    public static Answer Invoke(SystemCallNumber number, uint a1 = 0, uint a2 = 0, uint a3 = 0, uint a4 = 0, uint a5 = 0, uint a6 = 0, uint a7 = 0) =>
        new(Riscv.EnvironmentCall((uint)number, a1, a2, a3, a4, a5, a6, a7));

    /// <summary>Waits until the server exists.</summary>
    public static Answer Connect(ServerId id) => Invoke(SystemCallNumber.Connect, id.Word0, id.Word1, id.Word2, id.Word3);

    public static Answer CreateServer(ServerId id) =>
        Invoke(SystemCallNumber.CreateServerWithAddress, id.Word0, id.Word1, id.Word2, id.Word3);

    public static Answer Receive(ServerId id) => Invoke(SystemCallNumber.ReceiveMessage, id.Word0, id.Word1, id.Word2, id.Word3);

    /// <summary>Sends four words and waits for the answer.</summary>
    public static Answer SendBlockingScalar(uint connection, uint message, uint word1 = 0, uint word2 = 0, uint word3 = 0, uint word4 = 0) =>
        Send(connection, MessageKind.BlockingScalar, message, word1, word2, word3, word4);

    public static Answer SendScalar(uint connection, uint message, uint word1 = 0, uint word2 = 0, uint word3 = 0, uint word4 = 0) =>
        Send(connection, MessageKind.Scalar, message, word1, word2, word3, word4);

    /// <summary>Lends or moves whole pages; a lend returns when they are back.</summary>
    public static Answer SendMemory(uint connection, MessageKind kind, uint message, uint address, uint length, uint offset = 0, uint valid = 0) =>
        Send(connection, kind, message, address, length, offset, valid);

    public static Answer ReturnScalar1(uint sender, uint word) => Invoke(SystemCallNumber.ReturnScalar1, sender, word);

    /// <summary>Answers, and waits for the next message to the same server, in one call.</summary>
    public static Answer ReplyScalar1AndReceive(uint sender, uint word) =>
        Invoke(SystemCallNumber.ReplyAndReceiveNext, sender, 0, word, 0, 0, 0, 1);

    public static Answer ReturnMemory(uint sender, uint address, uint length, uint offset = 0, uint valid = 0) =>
        Invoke(SystemCallNumber.ReturnMemory, sender, address, length, offset, valid);

    /// <summary>Whole pages: of the device at a physical address, or, with 0, of RAM that is given when it is touched.</summary>
    public static Answer MapMemory(uint physical, uint length, MemoryFlags flags) =>
        Invoke(SystemCallNumber.MapMemory, physical, 0, length, (uint)flags);

    public static Answer UnmapMemory(uint address, uint length) => Invoke(SystemCallNumber.UnmapMemory, address, length);

    public static void Yield() => Invoke(SystemCallNumber.Yield);

    [DoesNotReturn]
    public static void Terminate(uint code)
    {
        while (true)
        {
            Invoke(SystemCallNumber.TerminateProcess, code);
        }
    }

    private static Answer Send(uint connection, MessageKind kind, uint message, uint word1, uint word2, uint word3, uint word4) =>
        Invoke(SystemCallNumber.SendMessage, connection, (uint)kind + 1, message, word1, word2, word3, word4);
}

/// <summary>Registers a0 to a7 behind a call.</summary>
public readonly struct Answer(EnvironmentCallResult registers)
{
    public ResultTag Tag => (ResultTag)registers.A0;

    public XousError Error => Tag == ResultTag.Error ? (XousError)registers.A1 : XousError.None;

    public uint Word1 => registers.A1;

    public uint Word2 => registers.A2;

    /// <summary>Of a message: whom to answer.</summary>
    public uint Sender => registers.A1;

    public MessageKind Kind => (MessageKind)registers.A2;

    public uint Message => registers.A3;

    public uint Address => registers.A4;

    public uint Length => registers.A5;
}

/// <summary>Permissions of memory (xous-abi 2.2). Writable memory is never executable.</summary>
[Flags]
public enum MemoryFlags : uint
{
    Read = 2,
    Write = 4,
    Execute = 8,
}
