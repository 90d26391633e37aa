// Processes, servers and interrupt lines of a Xous as the API shows them: the emulator's read models, with the names of
// states in small letters, those of calls as Xous has them, and numbers that can pass 2^53 as strings.

using XousCloud.Emulator.Xous;

namespace XousCloud.Api.Xous;

/// <summary>The processes of a Xous.</summary>
/// <param name="Stage">"none" where no Xous was seen, "loader", "kernel", or "services" once a process has run.</param>
/// <param name="Processes">In the order of PIDs, those that have ended included.</param>
internal sealed record ProcessList(string Stage, IReadOnlyList<ProcessResource> Processes)
{
    public static ProcessList Of(XousView? view) => new(
        (view?.Stages.Reached ?? XousStage.None).ToString().ToLowerInvariant(),
        [.. (view?.Processes() ?? []).Select(ProcessResource.Of)]);
}

/// <summary>A process.</summary>
/// <param name="Pid">1 to 64; 1 is the kernel.</param>
/// <param name="Name">The name that the image gives it, or null.</param>
/// <param name="State">"ready", "running", "sleeping" or "terminated".</param>
/// <param name="Satp">Its address space: mode, ASID (the PID) and root page.</param>
/// <param name="Memory">Its pages.</param>
/// <param name="Connections">How many of its 32 connections are taken.</param>
/// <param name="Threads">Its threads. The kernel's are not seen.</param>
/// <param name="Calls">How often it made each call, by the call's name.</param>
/// <param name="End">Why and when it ended, or null.</param>
internal sealed record ProcessResource(
    int Pid,
    string? Name,
    string State,
    uint Satp,
    ProcessMemory Memory,
    int Connections,
    IReadOnlyList<ThreadResource> Threads,
    IReadOnlyDictionary<string, uint> Calls,
    ProcessEndResource? End)
{
    public static ProcessResource Of(XousProcess process) => new(
        process.Pid,
        process.Name,
        process.State.ToString().ToLowerInvariant(),
        process.Satp,
        process.Memory,
        process.Connections,
        [.. process.Threads.Select(ThreadResource.Of)],
        process.Calls.ToDictionary(call => call.Key.ToString(), call => call.Value),
        process.End is { } end ? new ProcessEndResource(end.Reason, end.Cycle.ToString()) : null);
}

/// <summary>A process's end.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Cycle">When, decimal.</param>
internal sealed record ProcessEndResource(string Reason, string Cycle);

/// <summary>A thread.</summary>
/// <param name="Tid">0 an interrupt handler, 2 the initial thread; null while the number of a new one is not known.</param>
/// <param name="State">"ready", "running" or "waiting".</param>
/// <param name="Pc">Where it runs, or goes on.</param>
/// <param name="Call">The call that it is in, or null.</param>
internal sealed record ThreadResource(int? Tid, string State, uint Pc, CallResource? Call)
{
    public static ThreadResource Of(XousThread thread) => new(
        thread.Tid, thread.State.ToString().ToLowerInvariant(), thread.Pc, thread.Call is { } call ? CallResource.Of(call) : null);
}

/// <summary>A call that has not come back.</summary>
/// <param name="Call">Its name, such as "ReceiveMessage".</param>
/// <param name="Since">The cycle at which it was made, decimal.</param>
/// <param name="Server">The server that is received from, sent to or waited for, or null.</param>
/// <param name="Message">The sequence number of the message that an answer is awaited of, decimal, or null.</param>
/// <param name="Thread">The thread whose end is awaited, or null.</param>
internal sealed record CallResource(string Call, string Since, string? Server, string? Message, int? Thread)
{
    public static CallResource Of(PendingCall call) => new(
        call.Number.ToString(), call.Since.ToString(), call.Server?.ToString(), call.Message?.ToString(), call.Thread);
}

/// <summary>The servers of a Xous.</summary>
internal sealed record ServerList(IReadOnlyList<ServerResource> Servers)
{
    public static ServerList Of(XousView? view) => new([.. (view?.Servers() ?? []).Select(ServerResource.Of)]);
}

/// <summary>A server.</summary>
/// <param name="Id">Its SID: 16 characters where it is text, else four words in hex.</param>
/// <param name="Name">The name under which others find it, or null.</param>
/// <param name="Owner">The PID of the process that receives; 0 where it was not seen.</param>
/// <param name="Queued">Messages sent and not yet received.</param>
/// <param name="Unanswered">Messages received whose sender waits for an answer.</param>
/// <param name="Connections">Who has a connection.</param>
internal sealed record ServerResource(
    string Id, string? Name, int Owner, int Queued, int Unanswered, IReadOnlyList<XousConnection> Connections)
{
    public static ServerResource Of(XousServer server) => new(
        server.Id.ToString(), server.Name, server.Owner, server.Queued, server.Unanswered, server.Connections);
}

/// <summary>The interrupt lines that processes have claimed.</summary>
internal sealed record InterruptList(IReadOnlyList<InterruptResource> Interrupts)
{
    public static InterruptList Of(XousView? view) => new([.. (view?.Interrupts() ?? []).Select(InterruptResource.Of)]);
}

/// <summary>A claimed interrupt line.</summary>
/// <param name="Line">0 to 31.</param>
/// <param name="Pid">Whose.</param>
/// <param name="Handler">The handler's address in that process.</param>
/// <param name="Argument">What it is called with.</param>
/// <param name="Count">How often the handler was entered, decimal.</param>
internal sealed record InterruptResource(int Line, int Pid, uint Handler, uint Argument, string Count)
{
    public static InterruptResource Of(InterruptClaim claim) =>
        new(claim.Line, claim.Pid, claim.Handler, claim.Argument, claim.Count.ToString());
}
