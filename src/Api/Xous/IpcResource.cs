// Messages between processes as the API shows them: steps of messages, by sequence number.

using XousCloud.Api.Devices;
using XousCloud.Emulator.Xous;

namespace XousCloud.Api.Xous;

/// <summary>Steps of messages, in order.</summary>
/// <param name="Events">The steps.</param>
/// <param name="Oldest">The sequence number of the oldest step that is kept, decimal.</param>
/// <param name="Next">The sequence number to go on at, decimal.</param>
internal sealed record IpcPage(IReadOnlyList<IpcResource> Events, string Oldest, string Next)
{
    /// <summary>The most steps at once.</summary>
    public const int LargestLimit = 500;

    /// <summary>Reads steps, on the device's turn.</summary>
    /// <param name="device">The device.</param>
    /// <param name="from">The first wanted; null for the oldest kept. One that is kept no more is passed over.</param>
    /// <param name="limit">At most this many.</param>
    public static IpcPage Read(DeviceActor device, ulong? from, int limit)
    {
        if (device.Machine.Xous?.Messages is not { } log)
        {
            return new IpcPage([], "1", "1");
        }

        ulong first = Math.Clamp(from ?? log.Oldest, log.Oldest, log.Next);
        IpcEvent[] steps = new IpcEvent[limit];
        int count = log.Read(first, steps);
        return new IpcPage(
            [.. steps.Take(count).Select(IpcResource.Of)], log.Oldest.ToString(), (first + (ulong)count).ToString());
    }
}

/// <summary>A step of a message.</summary>
/// <param name="Sequence">Counts all steps from 1, over resets too; decimal.</param>
/// <param name="Message">The sequence number of the message's sending, decimal; null where that was not seen.</param>
/// <param name="Cycle">When, in cycles of the CPU's clock since power-on; decimal.</param>
/// <param name="VirtualNanoseconds">When, in virtual time since power-on; decimal.</param>
/// <param name="Step">"sent", "received", "answered", or "failed" when the sender gets an error.</param>
/// <param name="Kind">"MutableBorrow", "Borrow", "Move", "Scalar" or "BlockingScalar".</param>
/// <param name="SenderPid">The sender's process.</param>
/// <param name="SenderTid">The sender's thread; null where its number is not known.</param>
/// <param name="Server">The server's SID as in the list of servers; null where it is not known.</param>
/// <param name="ServerPid">The server's process; null where it is not known.</param>
/// <param name="ServerTid">The thread that received or answered, or null.</param>
/// <param name="Opcode">What the server is asked to do.</param>
/// <param name="Memory">Of a message that carries memory, when it is sent or received: which.</param>
/// <param name="Words">The four arguments of a scalar; of an answer what the sender gets.</param>
/// <param name="Result">What the sender gets: "Scalar1", "MemoryReturned", "Error" and so on; null before.</param>
/// <param name="Error">The error's name, such as "ServerNotFound"; else null.</param>
internal sealed record IpcResource(
    string Sequence,
    string? Message,
    string Cycle,
    string VirtualNanoseconds,
    string Step,
    string Kind,
    int SenderPid,
    int? SenderTid,
    string? Server,
    int? ServerPid,
    int? ServerTid,
    uint Opcode,
    IpcMemory? Memory,
    IReadOnlyList<uint> Words,
    string? Result,
    string? Error)
{
    public static IpcResource Of(IpcEvent step)
    {
        bool ended = step.Step is IpcStep.Answered or IpcStep.Failed;
        (uint a, uint b, uint c, uint d) = step.Words;
        uint[] words = [a, b, c, d, step.LastWord];
        bool carriesMemory = step.IsMemory && !ended;
        return new IpcResource(
            step.Sequence.ToString(),
            step.Message == 0 ? null : step.Message.ToString(),
            step.Cycle.ToString(),
            step.Nanoseconds.ToString(),
            step.Step.ToString().ToLowerInvariant(),
            step.Kind.ToString(),
            step.SenderPid,
            Known(step.SenderTid),
            step.Server == default ? null : step.Server.ToString(),
            step.ServerPid == 0 ? null : step.ServerPid,
            Known(step.ServerTid),
            step.Opcode,
            carriesMemory ? new IpcMemory(a, b, c, d) : null,
            carriesMemory ? [] : words[..(ended ? Values(step.Result) : 4)],
            ended ? step.Result.ToString() : null,
            step.Step == IpcStep.Failed ? ((XousError)a).ToString() : null);
    }

    private static int? Known(byte tid) => tid == byte.MaxValue ? null : tid;

    private static int Values(ResultTag result) => result switch
    {
        ResultTag.Ok => 0,
        ResultTag.Scalar1 or ResultTag.Error => 1,
        ResultTag.Scalar2 or ResultTag.MemoryReturned => 2,
        _ => 5,
    };
}

/// <summary>Memory that a message carries.</summary>
/// <param name="Address">Where it stands: with the sender when it is sent, with the server when it is received.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Offset">A hint from sender to server; Xous's own libraries put the bytes used here.</param>
/// <param name="Valid">Another hint.</param>
internal sealed record IpcMemory(uint Address, uint Length, uint Offset, uint Valid);
