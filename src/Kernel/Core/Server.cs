// A server: an identity, a queue page, and the threads that are parked for a message. Free and queued slots are two
// lists through the slots, so that neither finding a slot nor taking a message searches.

namespace XousCloud.Kernel;

/// <summary>128 bits that are known to whom the server was made known: knowing them is the right to connect.</summary>
public readonly record struct ServerId(uint Word0, uint Word1, uint Word2, uint Word3);

public struct Server
{
    public const int Limit = 128;
    public const uint SlotCount = 128;
    public const byte NoSlot = 255;

    public ServerId Id;

    /// <summary>The page number of the queue, owned by <see cref="Owner"/> and mapped in no process.</summary>
    public uint QueuePage;

    /// <summary>One bit for each thread of the owner that waits for a message.</summary>
    public uint Parked;

    /// <summary>The process; 0 if there is no server here.</summary>
    public byte Owner;

    public byte FirstQueued;
    public byte LastQueued;
    public byte FirstFree;

    /// <summary>Messages that are with the server and not answered.</summary>
    public byte Unanswered;

    /// <summary>Some thread waits for a free slot.</summary>
    public bool IsAwaited;
}
