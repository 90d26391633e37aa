// How a device's boot stands, as the API shows it.

using System.Text.Json;
using XousCloud.Emulator;
using XousCloud.Emulator.Boot;

namespace XousCloud.Api.Devices;

/// <summary>How a boot stands.</summary>
/// <param name="Stage">The stage reached: "boot1", "loader", "kernel", "services"; "program" where no Xous runs.</param>
/// <param name="Guard">The check that ended the boot or set it back, or null.</param>
/// <param name="Resets">Resets that the guest or its watchdog made since the last reset or power-on from outside.</param>
/// <param name="LastReset">The kind of the last reset: "powerOn", "pad", "chip", "core" or "watchdog".</param>
/// <param name="LastText">The end of what was printed since the last reset or power-on from outside.</param>
internal sealed record BootResource(
    string Stage, BootGuardResource? Guard, uint Resets, string LastReset, BootText LastText)
{
    /// <summary>Describes a device's boot, on its turn.</summary>
    public static BootResource Of(Machine machine)
    {
        BootReport report = BootReport.Of(machine);
        return new BootResource(
            report.Stage,
            report.Guard is { } guard
                ? new BootGuardResource(
                    guard.Code, guard.Stage, guard.Meaning, guard.Advice, guard.Ends, report.GuardAt.ToString())
                : null,
            report.Resets,
            JsonNamingPolicy.CamelCase.ConvertName(report.LastReset.ToString()),
            new BootText(report.DuartText, report.Uart2Text));
    }
}

/// <summary>A check that ended a boot or set it back.</summary>
/// <param name="Code">For programs; it never changes.</param>
/// <param name="Stage">Whose check it is.</param>
/// <param name="Meaning">What it found.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Ends">Whether the boot is over with it; else it goes on, or starts again.</param>
/// <param name="Cycle">When, decimal.</param>
internal sealed record BootGuardResource(
    string Code, string Stage, string Meaning, string Advice, bool Ends, string Cycle);

/// <summary>The last printable characters of the ports that boot code, loader and kernel print to.</summary>
internal sealed record BootText(string Duart, string Uart2);
