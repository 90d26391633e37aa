// What is told about servers, connections and interrupt lines.

namespace XousCloud.Emulator.Xous;

/// <summary>A server.</summary>
/// <param name="Id">Its SID.</param>
/// <param name="Name">The name under which others find it, or null where none was seen.</param>
/// <param name="Owner">The PID of the process that receives; 0 where it was not seen.</param>
/// <param name="Queued">Messages sent and not yet received.</param>
/// <param name="Unanswered">Messages received whose sender waits for an answer.</param>
/// <param name="Connections">Who has a connection.</param>
public sealed record XousServer(
    ServerId Id, string? Name, int Owner, int Queued, int Unanswered, IReadOnlyList<XousConnection> Connections);

/// <summary>A connection of a process to a server.</summary>
/// <param name="Pid">Whose.</param>
/// <param name="Cid">Its number there, 2 to 33.</param>
public sealed record XousConnection(int Pid, int Cid);

/// <summary>An interrupt line that a process has claimed.</summary>
/// <param name="Line">0 to 31.</param>
/// <param name="Pid">Whose.</param>
/// <param name="Handler">The handler's address in that process.</param>
/// <param name="Argument">What it is called with.</param>
/// <param name="Count">How often the handler was entered.</param>
public sealed record InterruptClaim(int Line, int Pid, uint Handler, uint Argument, ulong Count);
