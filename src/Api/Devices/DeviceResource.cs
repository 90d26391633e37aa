// A device as the API shows it. Numbers that can pass 2^53 are strings, because JavaScript rounds them.

using System.Diagnostics;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Devices;

/// <summary>A device.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name it was given.</param>
/// <param name="Board">The board's id.</param>
/// <param name="ImageId">The firmware that it was made with.</param>
/// <param name="Seed">Decimal, 0 to 2^64 - 1.</param>
/// <param name="Factory">How its chip was set when it was made.</param>
/// <param name="Pace">How virtual time relates to the wall's.</param>
/// <param name="Engine">"auto", "translator", "threaded" or "stepper", as it was asked for.</param>
/// <param name="State">What it is doing.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Cycle">Cycles of the CPU's clock since power-on, decimal.</param>
/// <param name="VirtualNanoseconds">Virtual time since power-on, decimal.</param>
/// <param name="Instructions">Instructions retired since power-on, decimal.</param>
/// <param name="Mips">Millions of instructions in a second of the wall, over about the last second.</param>
/// <param name="RealTimeRatio">Virtual seconds in a second of the wall, over about the last second.</param>
/// <param name="Idle">The core waits for an interrupt.</param>
/// <param name="Death">How the guest came to its end; null while it lives.</param>
/// <param name="ServerFailure">How the server failed on this device: a fault of ours, and none of the guest's.</param>
/// <param name="Boot">How far the boot has come, and the check that ended it, if one did.</param>
/// <param name="Unmodelled">What the guest touched that this machine does not model.</param>
/// <param name="Consoles">The console ports and how many bytes each has sent.</param>
/// <param name="Buttons">The board's buttons.</param>
/// <param name="Keys">The keys of the board's matrix.</param>
/// <param name="Display">The board's display; null where it has none.</param>
/// <param name="Hash">The state's hash when it was asked for and the device does not run.</param>
internal sealed record DeviceResource(
    string Id,
    string Name,
    string Board,
    string ImageId,
    string Seed,
    FactoryFields Factory,
    DevicePace Pace,
    string Engine,
    DeviceState State,
    DateTimeOffset CreatedAt,
    string Cycle,
    string VirtualNanoseconds,
    string Instructions,
    double Mips,
    double RealTimeRatio,
    bool Idle,
    GuestDeath? Death,
    string? ServerFailure,
    BootResource Boot,
    IReadOnlyList<UnmodelledAccess> Unmodelled,
    IReadOnlyList<ConsoleResource> Consoles,
    IReadOnlyList<ButtonResource> Buttons,
    IReadOnlyList<KeyResource> Keys,
    DisplayResource? Display,
    string? Hash)
{
    /// <summary>Describes a device, on its turn.</summary>
    public static DeviceResource Of(DeviceActor device, bool withHash = false)
    {
        Machine machine = device.Machine;
        DeviceIdentity identity = device.Identity;
        ulong instructions = machine.Hart.InstructionsRetired;
        (double mips, double ratio) = device.State == DeviceState.Running
            ? device.Statistics.Rates(Stopwatch.GetTimestamp(), machine.InstructionsExecuted, machine.Nanoseconds)
            : (0, 0);
        return new DeviceResource(
            identity.Id,
            device.Name,
            identity.Board.Id,
            identity.ImageId,
            identity.Seed.ToString(),
            FactoryFields.Of(identity.Board, identity.Factory),
            device.Pace,
            EngineNames.Of(identity.Engine),
            device.State,
            DateTimeOffset.FromUnixTimeMilliseconds(identity.CreatedAt),
            machine.Cycle.ToString(),
            machine.Nanoseconds.ToString(),
            instructions.ToString(),
            Math.Round(mips, 3),
            Math.Round(ratio, 3),
            machine.IsWaiting,
            device.HostFailure is null ? machine.Death : null,
            device.HostFailure?.Reason,
            BootResource.Of(machine),
            [.. device.Unmodelled],
            [.. Enum.GetValues<ConsolePort>().Select(port => new ConsoleResource(
                PortNames.Of(port), device.Ports[(int)port].Length.ToString(), port == identity.Board.Console))],
            [.. identity.Board.Buttons.Select(ButtonResource.Of)],
            KeyResource.All(device),
            machine.Display is { } display ? new DisplayResource(display.Width, display.Height) : null,
            withHash && device.State != DeviceState.Running ? machine.StateHash() : null);
    }
}

/// <summary>A console port.</summary>
/// <param name="Port">"uart0" to "uart3", "duart", or "usb".</param>
/// <param name="Length">Bytes sent since the device was made, decimal.</param>
/// <param name="Primary">Firmware of this board talks here by convention.</param>
internal sealed record ConsoleResource(string Port, string Length, bool Primary);

/// <summary>A button of the board.</summary>
/// <param name="Name">As printed on the board.</param>
/// <param name="Pin">The pad that it pulls.</param>
/// <param name="Pressed">What it drives the pad to while it is held: "0" or "1".</param>
internal sealed record ButtonResource(string Name, string Pin, string Pressed)
{
    public static ButtonResource Of(BoardButton button) => new(
        button.Name, Emulator.Boards.Pin.Name(button.Pin), button.Pressed == PinDrive.Low ? "0" : "1");
}

/// <summary>A display.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
internal sealed record DisplayResource(int Width, int Height);

/// <summary>Engines by name.</summary>
internal static class EngineNames
{
    public static string Of(EngineKind engine) => engine.ToString().ToLowerInvariant();

    public static bool TryParse(string? name, out EngineKind engine) =>
        Enum.TryParse(name ?? "auto", ignoreCase: true, out engine) && Enum.IsDefined(engine)
        && !int.TryParse(name, out _);
}

/// <summary>Console ports by name.</summary>
internal static class PortNames
{
    public static string Of(ConsolePort port) => port.ToString().ToLowerInvariant();

    public static bool TryParse(string name, out ConsolePort port) =>
        Enum.TryParse(name, ignoreCase: true, out port) && Enum.IsDefined(port) && !int.TryParse(name, out _);
}
