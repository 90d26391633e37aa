// How far a device's boot has come, and what stopped it: the read model for command line, API and page.

namespace XousCloud.Emulator.Boot;

/// <summary>How a boot stands.</summary>
/// <param name="Stage">"boot1" while it has the core, for ever when it refuses the image; null once something runs.</param>
/// <param name="Guard">The check that ended the boot, or null.</param>
public sealed record BootReport(string? Stage, BootGuardText? Guard)
{
    /// <summary>How a machine's boot stands now.</summary>
    public static BootReport Of(Machine machine) =>
        new(machine.IsInBoot1 ? "boot1" : null, BootGuards.Describe(machine.Refusal));
}
