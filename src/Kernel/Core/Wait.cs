// Why a thread does not run. One word for each thread, so that the end of a server, a process or a thread finds who
// waits for it.

namespace XousCloud.Kernel;

public enum WaitKind : byte
{
    /// <summary>Ready, running, or not there.</summary>
    Nothing,

    /// <summary>For a message; the server's mask of parked threads has it, too.</summary>
    Message,

    /// <summary>For the answer to the message in a slot.</summary>
    Answer,

    /// <summary>For a free slot of a server; its ecall will be executed again.</summary>
    Slot,

    /// <summary>For a server to be made; its ecall will be executed again.</summary>
    Server,

    /// <summary>For the end of a thread of its process.</summary>
    Thread,

    /// <summary>For nothing that comes: WaitEvent.</summary>
    Ever,
}

/// <param name="Kind">What for.</param>
/// <param name="Server">The index in the server table, for a message, an answer or a slot.</param>
/// <param name="Slot">The slot for an answer; the thread for an end.</param>
public readonly record struct Wait(WaitKind Kind, byte Server = 0, byte Slot = 0)
{
    // Four bytes, so that the 31 words fit in front of the contexts.
    private readonly byte reserved = 0;
}
