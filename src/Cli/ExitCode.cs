// How a command ended, for whoever called it. The numbers are part of the interface; they never change.

namespace XousCloud.Cli;

/// <summary>Exit codes of <c>xouscloud</c>.</summary>
internal enum ExitCode
{
    /// <summary>What was waited for has happened; a command that waits for nothing has done its work.</summary>
    Met = 0,

    /// <summary>The run ended in another way than the one waited for: another stop came first, or Ctrl+C.</summary>
    NotMet = 1,

    /// <summary>The arguments or the firmware files cannot be used.</summary>
    BadInput = 2,

    /// <summary>The guest died, or boot1 refused it: no instruction of it can run any more.</summary>
    GuestDied = 3,

    /// <summary>The limit of virtual time was reached.</summary>
    VirtualTimeRanOut = 4,

    /// <summary>The host set the limit: wall clock, memory, disk, or a request to terminate.</summary>
    HostLimit = 5,

    /// <summary>A fault of ours.</summary>
    Internal = 6,
}
