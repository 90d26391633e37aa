// A device that has executed nothing for a while is parked: its machine gives back what it needs only to run. Who
// stops a device and starts it again at once does not wait for that to be made anew.

using System.Diagnostics;
using XousCloud.Api.Scheduling;
using XousCloud.Emulator;

namespace XousCloud.Api.Devices;

/// <summary>Decides when one device is parked.</summary>
/// <param name="afterSeconds">How long it has executed nothing.</param>
internal sealed class Parking(int afterSeconds)
{
    private readonly long patience = afterSeconds * Stopwatch.Frequency;
    private ulong executed;
    private long since;

    /// <summary>Nothing was executed since the machine gave its memory back.</summary>
    public bool IsParked { get; private set; }

    /// <summary>To be called after each turn. Parks the machine if it is time.</summary>
    /// <param name="machine">The device's.</param>
    /// <param name="wanted">When the device wants its next turn.</param>
    /// <param name="now">A <see cref="Stopwatch"/> timestamp.</param>
    /// <returns>When it gets its next turn: no later than it is to be parked.</returns>
    public Wake Next(Machine machine, Wake wanted, long now)
    {
        if (machine.InstructionsExecuted != executed)
        {
            executed = machine.InstructionsExecuted;
            since = now;
            IsParked = false;
        }

        if (!IsParked && now - since >= patience)
        {
            machine.Trim();
            IsParked = true;
        }

        return IsParked || wanted.At <= since + patience ? wanted : new Wake(since + patience);
    }
}
