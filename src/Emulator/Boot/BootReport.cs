// How far a device's boot has come, and what stopped it: the read model for command line, API and page.

using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Xous;

namespace XousCloud.Emulator.Boot;

/// <summary>How a boot stands.</summary>
/// <param name="Stage">
/// The stage reached: "boot1", "loader", "kernel" or "services"; "program" where something else than a Xous runs.
/// </param>
/// <param name="Guard">The check that ended the boot or set it back, or null.</param>
/// <param name="GuardAt">The cycle at which it did.</param>
/// <param name="Resets">Resets that the guest or its watchdog made since the last one from outside.</param>
/// <param name="LastReset">The kind of the last reset.</param>
/// <param name="DuartText">The end of what DUART has printed since the last reset from outside; printable characters alone.</param>
/// <param name="Uart2Text">The same of UART2, the console of boot code and loader.</param>
public sealed record BootReport(
    string Stage,
    BootGuardText? Guard,
    ulong GuardAt,
    uint Resets,
    ResetKind LastReset,
    string DuartText,
    string Uart2Text)
{
    /// <summary>What <see cref="Stage"/> can be.</summary>
    public static readonly IReadOnlyList<string> Stages = ["boot1", "loader", "kernel", "services", "program"];

    private const int TextLength = 512;
    private const uint ManyResets = 8;
    private const uint SatpMode = 0x8000_0000;

    /// <summary>How a machine's boot stands now.</summary>
    public static BootReport Of(Machine machine)
    {
        BootRecord record = machine.Soc.BootRecord;
        string stage = StageOf(machine);
        (BootGuardText? guard, ulong at) = GuardOf(machine, record, stage);
        return new BootReport(
            stage, guard, at, record.Resets, record.LastReset, record.Duart.Text(TextLength), record.Uart2.Text(TextLength));
    }

    private static string StageOf(Machine machine) => machine.IsInBoot1 ? "boot1"
        : (machine.Xous?.Stages.Reached ?? StageOfCore(machine)) switch
        {
            XousStage.Services => "services",
            XousStage.Kernel => "kernel",
            XousStage.Loader => "loader",
            _ => "program",
        };

    // Without a view of the kernel: it is entered with its address space, and switches to those of processes.
    private static XousStage StageOfCore(Machine machine)
    {
        if (!SignatureHeaders.IsLoader(machine.Soc.Memory))
        {
            return XousStage.None;
        }

        uint satp = machine.Hart.Registers.Satp;
        return (satp & SatpMode) == 0 ? XousStage.Loader
            : XousAbi.PidOf(satp) == XousAbi.KernelPid ? XousStage.Kernel
            : XousStage.Services;
    }

    private static (BootGuardText? Guard, ulong At) GuardOf(Machine machine, BootRecord record, string stage)
    {
        if (machine.Refusal != BootGuard.None)
        {
            return (BootGuards.Describe(machine.Refusal), machine.Cycle);
        }

        if (machine.Death is { } death)
        {
            return (BootGuards.Describe(BootGuard.GuestDied)! with
            {
                Stage = stage,
                Meaning = $"the guest died at pc 0x{death.Pc:x8} because of {death.Reason}",
            }, death.Cycle);
        }

        if (machine.Xous?.FirstCrash is { } crash
            && BootGuards.Weight(record.Guard) <= BootGuards.Weight(BootGuard.ProcessCrashed))
        {
            return (BootGuards.Describe(BootGuard.ProcessCrashed)! with
            {
                Meaning = $"process {crash.Pid}{(crash.Name.Length > 0 ? $" ({crash.Name})" : "")} ended: {crash.End.Reason}",
            }, crash.End.Cycle);
        }

        if (record.Guard != BootGuard.None && !IsOver(record.Guard, stage))
        {
            return (BootGuards.Describe(record.Guard), record.GuardAt);
        }

        return record.QuickResets >= ManyResets
            ? (BootGuards.Describe(BootGuard.ResetLoop)! with { Stage = stage }, machine.Cycle)
            : (null, 0);
    }

    // A loader that resets the chip once means to come further the next time.
    private static bool IsOver(BootGuard guard, string stage) =>
        guard == BootGuard.BoardTypeChanged && stage is "kernel" or "services";
}
