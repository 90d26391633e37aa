// Brings a device back after a restart of the server: its last checkpoint, then the inputs that the journal
// holds since, each at its cycle, up to the last progress mark. The run is the same as it was, so output that
// it makes again has the offsets that it had.

using XousCloud.Api.Scheduling;
using XousCloud.Api.Snapshots;
using XousCloud.Emulator;

namespace XousCloud.Api.Devices;

/// <summary>A device on its way back.</summary>
internal sealed class DeviceRecovery(Machine machine, RestorePlan plan, DeviceOutput output)
{
    private bool loaded;
    private int applied;

    public MachineRunner Runner { get; } = new(machine);

    public long Sequence => plan.Sequence;

    /// <summary>The device had ended while it was running, so a reset sets it running again.</summary>
    public bool ResumeAfterReset => plan.Host.ResumeAfterReset && machine.HasEnded;

    /// <summary>Does a turn's worth.</summary>
    /// <returns>True when the device is where it was.</returns>
    /// <exception cref="SnapshotFormatException">The stored state cannot be used.</exception>
    public bool Turn()
    {
        if (!loaded)
        {
            Load();
            loaded = true;
        }

        while (applied < plan.Inputs.Count)
        {
            LoggedInput next = plan.Inputs[applied];
            if (!Runner.Replay(next.Cycle))
            {
                return false;
            }

            if (machine.Cycle != next.Cycle || !machine.Apply(next.Input))
            {
                throw new SnapshotFormatException(
                    "journal_replay", $"The input at cycle {next.Cycle} does not meet the run that it was part of.");
            }

            applied++;
        }

        return Runner.Replay(plan.Progress);
    }

    private void Load()
    {
        if (plan.Machine is not null)
        {
            machine.Load(plan.Machine);
        }

        foreach (CapturedConsole console in plan.Consoles)
        {
            output.Ports[(int)console.Port].Restore(console.First, console.Retained);
        }

        output.Restore(plan.Host.Unmodelled);
        _ = output.Flush();
    }
}
