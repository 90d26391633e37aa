using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Devices;

/// <summary>What never changes about a device.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Board">What the chip is soldered to.</param>
/// <param name="ImageId">The firmware that it was made with.</param>
/// <param name="Seed">Where its randomness comes from.</param>
/// <param name="Factory">How its chip was set when it was made.</param>
/// <param name="Engine">How its instructions are executed.</param>
/// <param name="CreatedAt">Milliseconds since 1970.</param>
internal sealed record DeviceIdentity(
    string Id,
    string Tenant,
    Board Board,
    string ImageId,
    ulong Seed,
    FactorySettings Factory,
    EngineKind Engine,
    long CreatedAt);

/// <summary>Where a device goes on after a restart of the server.</summary>
/// <param name="Machine">Its last checkpoint; null for the state of the very beginning.</param>
/// <param name="Consoles">The output kept with it.</param>
/// <param name="Host">What the service remembered.</param>
/// <param name="Sequence">The number of the last input; 0 before any.</param>
/// <param name="Inputs">The inputs since, in order.</param>
/// <param name="Progress">A cycle that it had reached.</param>
internal sealed record RestorePlan(
    MachineSnapshot? Machine,
    IReadOnlyList<Snapshots.CapturedConsole> Consoles,
    Snapshots.HostState Host,
    long Sequence,
    IReadOnlyList<LoggedInput> Inputs,
    ulong Progress);
