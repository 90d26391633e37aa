// A message in a server's queue, and what the kernel needs to answer it: 32 bytes, 128 of them in the server's queue
// page.

namespace XousCloud.Kernel;

public enum SlotState : byte
{
    Free,
    Queued,

    /// <summary>With the server; the client waits.</summary>
    Delivered,

    /// <summary>With the server; the client has ended. Lent pages belong to the server now.</summary>
    Orphaned,
}

public struct MessageSlot
{
    public SlotState State;
    public MessageKind Kind;
    public byte ClientProcess;
    public byte ClientThread;

    /// <summary>The next slot in the queue or in the list of free slots, or <see cref="Server.NoSlot"/>.</summary>
    public byte Next;

    /// <summary>The client has ended while this was queued: nobody waits for an answer.</summary>
    public bool IsOrphan;

    public uint Id;

    /// <summary>Address as the server sees it, length, offset and valid, or the four words of a scalar.</summary>
    public uint Word1;
    public uint Word2;
    public uint Word3;
    public uint Word4;

    /// <summary>Where the lent pages lie in the client.</summary>
    public uint ClientAddress;

    public readonly bool IsMemory => Kind <= MessageKind.Move;

    public readonly bool IsLent => Kind <= MessageKind.Borrow;

    public readonly bool IsBlocking => IsLent || Kind == MessageKind.BlockingScalar;
}
