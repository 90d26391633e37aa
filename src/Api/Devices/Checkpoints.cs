// When a device's state is saved while it lives, and how: captured on the device's turn, hashed and compressed
// elsewhere, then written through the journal together with the removal of the inputs that it contains. What
// decides is the work it would take to replay from the last one, so a device that rests is never saved again.

using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using XousCloud.Api.Snapshots;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Devices;

/// <summary>One device's checkpoints.</summary>
/// <param name="journal">Writes them.</param>
/// <param name="key">Authenticates them.</param>
/// <param name="options">How often.</param>
/// <param name="log">Told of failures.</param>
internal sealed class Checkpoints(Journal journal, byte[] key, ExecutionOptions options, ILogger log)
{
    private readonly long busyLimit = Stopwatch.Frequency * options.CheckpointAfterBusyMilliseconds / 1000;
    private HashSet<ContentHash> stored = [];
    private long busyAtLast;
    private int inputsSinceLast;
    private (ulong Cycle, long Sequence)? last;
    private Task inFlight = Task.CompletedTask;

    /// <summary>Says what the device's last checkpoint is made of.</summary>
    public void Stored(IEnumerable<ContentHash> contents) => stored = [.. contents];

    public void CountInput() => inputsSinceLast++;

    /// <summary>Whether replaying from the last checkpoint has become work enough to take another.</summary>
    /// <param name="busy">Worker time that the device has used so far, in Stopwatch ticks.</param>
    public bool IsDue(long busy) => inFlight.IsCompleted
        && (busy - busyAtLast >= busyLimit || inputsSinceLast >= options.CheckpointAfterInputs);

    /// <summary>Takes one, on the device's turn.</summary>
    /// <param name="device">The device.</param>
    /// <param name="sequence">The last input that its state contains.</param>
    /// <param name="busy">Worker time that the device has used so far, in Stopwatch ticks.</param>
    /// <param name="startsOver">The machine is a new one, whose cycles begin at 0 again.</param>
    /// <returns>Completes when it is durable, or has failed and been logged.</returns>
    public Task TakeAsync(DeviceActor device, long sequence, long busy, bool startsOver = false)
    {
        ulong cycle = device.Machine.Cycle;
        if (last == (cycle, sequence) && !startsOver)
        {
            return inFlight;
        }

        last = (cycle, sequence);
        StateCapture capture = device.Capture();
        busyAtLast = busy;
        inputsSinceLast = 0;
        inFlight = WriteAsync(inFlight, device.Identity, capture, sequence, cycle, startsOver);
        return inFlight;
    }

    /// <summary>Waits for the one that is on its way.</summary>
    public Task FinishAsync() => inFlight;

    private async Task WriteAsync(
        Task before, DeviceIdentity device, StateCapture capture, long sequence, ulong cycle, bool startsOver)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            // What a state that nobody can read uses is not known, so a device that starts over uses nothing of before.
            HashSet<ContentHash> old = startsOver ? [] : stored;
            (StateDocument document, Dictionary<ContentHash, byte[]> added) = capture.Prepare(old);
            HashSet<ContentHash> contents = [.. document.Contents];
            byte[] bytes = document.ToBytes(key, device.Tenant);
            await journal.WriteAsync(async database =>
            {
                if (!await database.Devices.AnyAsync(row => row.Id == device.Id))
                {
                    return;
                }

                if (startsOver)
                {
                    await StateStore.DropAllUsesAsync(database, device.Tenant, device.Id);
                }

                await StateStore.ReplaceUsesAsync(database, device.Tenant, device.Id, old, contents, added);
                await database.Checkpoints.Where(row => row.DeviceId == device.Id).ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.Document, bytes)
                    .SetProperty(row => row.Sequence, sequence));
                await database.Journal.Where(row => row.DeviceId == device.Id && row.Sequence <= sequence)
                    .ExecuteDeleteAsync();
                await database.Devices.Where(row => row.Id == device.Id && (startsOver || row.ProgressCycle < (long)cycle))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.ProgressCycle, (long)cycle));
            });
            stored = contents;
        }
        catch (Exception failure)
        {
            // The one before still stands, with every input since: nothing is lost, replaying takes longer.
            log.LogError(failure, "No checkpoint of device {Device} could be written", device.Id);
            last = null;
        }
    }
}
