// What `xouscloud run` was asked to do, checked as far as it can be before a machine exists.

using XousCloud.Emulator;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

/// <summary>A run.</summary>
internal sealed record RunRequest
{
    public required FirmwareImage Image { get; init; }

    public required Board Board { get; init; }

    /// <summary>The port whose bytes go to standard output and that text is sent to.</summary>
    public required ConsolePort Console { get; init; }

    public required IReadOnlyList<ScriptStep> Steps { get; init; }

    public required ConsolePattern? Until { get; init; }

    /// <summary>The run never goes on beyond this much time since power-on.</summary>
    public required VirtualTime MaxTime { get; init; }

    /// <summary>The run ends after this much time of the host, or null for no such limit.</summary>
    public required TimeSpan? MaxWallTime { get; init; }

    /// <summary>Never ahead of the wall clock.</summary>
    public required bool RealTime { get; init; }

    public required EngineKind Engine { get; init; }

    public required bool Cold { get; init; }

    /// <summary>When the power goes, and comes back at once.</summary>
    public required IReadOnlyList<VirtualTime> PowerCuts { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>How the chip is set before the firmware first runs.</summary>
    public required FactorySettings Factory { get; init; }

    /// <summary>End the run after a store here.</summary>
    public required uint? StopOnWrite { get; init; }

    /// <summary>The port at which a debugger is waited for; null for none.</summary>
    public required int? GdbPort { get; init; }

    public required IReadOnlyList<MemoryDump> Dumps { get; init; }

    public required bool ShowHash { get; init; }

    public required bool ShowStatistics { get; init; }

    public required bool ShowOs { get; init; }

    /// <summary>Where messages are written, "-" for standard error; null for nowhere.</summary>
    public required string? IpcFile { get; init; }
}

/// <summary>A part of physical memory to write to a file when the run is over.</summary>
internal sealed record MemoryDump(uint Address, uint Length, string File);
