// The one writer of what devices live through. Two promises rest on it:
//   - an input is answered only after its row is committed;
//   - nothing that a device does is shown before a row says that the device got that far (a progress mark),
//     so that replaying the inputs up to the mark produces it again.
// Entries of all devices go through one queue and are committed in its order, many to a transaction: while one
// commit is on its way the next batch gathers. Checkpoints, snapshots and changes of a device's row go through
// the same queue, each as a transaction of its own, so they can never overtake the inputs that they rest on.

using System.Data.Common;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;

namespace XousCloud.Api.Storage;

/// <summary>Writes inputs, progress marks and device changes in order.</summary>
internal sealed class Journal(IDbContextFactory<Database> databases, ILogger<Journal> log) : IAsyncDisposable
{
    private const int EntriesInBatch = 2000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private const int WriteAttempts = 6;

    // Marks alone may wait for company this long; an input never waits.
    private static readonly TimeSpan MarkGathering = TimeSpan.FromMilliseconds(5);

    private readonly Channel<Entry> queue = Channel.CreateUnbounded<Entry>(
        new UnboundedChannelOptions { SingleReader = true });

    private Task? writing;

    public void Start() => writing = Task.Run(WriteAllAsync);

    /// <summary>Records an input.</summary>
    /// <returns>Completes when the input is durable.</returns>
    public Task AppendAsync(string deviceId, long sequence, ulong cycle, byte[] input) =>
        Enqueue(new InputEntry(new JournalRow
        {
            DeviceId = deviceId,
            Sequence = sequence,
            Cycle = (long)cycle,
            Input = input,
        }));

    /// <summary>Records that a device has reached a cycle.</summary>
    /// <returns>Completes when that, and everything queued before, is durable.</returns>
    public Task MarkAsync(string deviceId, ulong cycle) => Enqueue(new MarkEntry(deviceId, (long)cycle));

    /// <summary>Makes a change in a transaction of its own, after everything queued before.</summary>
    /// <param name="change">Called again after a failure that may pass, with a new context.</param>
    public Task WriteAsync(Func<Database, Task> change) => Enqueue(new WriteEntry(change));

    /// <summary>Writes what is queued and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        if (writing is not null)
        {
            await writing;
        }
    }

    private Task Enqueue(Entry entry) => queue.Writer.TryWrite(entry)
        ? entry.Done.Task
        : Task.FromException(new OperationCanceledException("The server is stopping."));

    private async Task WriteAllAsync()
    {
        List<Entry> batch = [];
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            Gather(batch);
            if (batch.TrueForAll(entry => entry is MarkEntry))
            {
                await Task.Delay(MarkGathering);
                Gather(batch);
            }

            if (batch.Count > 0)
            {
                await CommitBatchAsync(batch);
            }

            if (queue.Reader.TryPeek(out Entry? next) && next is WriteEntry write && queue.Reader.TryRead(out _))
            {
                await CommitWriteAsync(write);
            }
        }
    }

    private void Gather(List<Entry> batch)
    {
        while (batch.Count < EntriesInBatch && queue.Reader.TryPeek(out Entry? next) && next is not WriteEntry)
        {
            queue.Reader.TryRead(out _);
            batch.Add(next);
        }
    }

    // A journal entry has been applied to its device already, so it is tried until it is written.
    private async Task CommitBatchAsync(List<Entry> batch)
    {
        while (true)
        {
            try
            {
                await using Database database = await databases.CreateDbContextAsync();
                await using var transaction = await database.Database.BeginTransactionAsync();
                HashSet<string> deleted = await AddInputsAsync(database, batch);
                foreach ((string device, long cycle) in LastMarks(batch))
                {
                    if (!deleted.Contains(device))
                    {
                        await database.Devices.Where(row => row.Id == device && row.ProgressCycle < cycle)
                            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ProgressCycle, cycle));
                    }
                }

                await transaction.CommitAsync();
                break;
            }
            catch (Exception failure)
            {
                // Whatever it is (providers wrap what a lost connection throws in types of their own), to give up
                // would break the promise of every device.
                log.LogError(failure, "{Count} journal entries could not be written; trying again", batch.Count);
                await Task.Delay(RetryDelay);
            }
        }

        foreach (Entry entry in batch)
        {
            entry.Done.TrySetResult();
        }
    }

    // Inputs of a device that was deleted meanwhile have nothing to belong to.
    private static async Task<HashSet<string>> AddInputsAsync(Database database, List<Entry> batch)
    {
        JournalRow[] inputs = [.. batch.OfType<InputEntry>().Select(entry => entry.Row)];
        if (inputs.Length == 0)
        {
            return [];
        }

        string[] devices = [.. inputs.Select(row => row.DeviceId).Distinct()];
        List<string> present = await database.Devices.Where(row => devices.Contains(row.Id))
            .Select(row => row.Id).ToListAsync();
        HashSet<string> deleted = [.. devices.Except(present)];
        database.Journal.AddRange(inputs.Where(row => !deleted.Contains(row.DeviceId)));
        await database.SaveChangesAsync();
        return deleted;
    }

    private static Dictionary<string, long> LastMarks(List<Entry> batch)
    {
        Dictionary<string, long> marks = [];
        foreach (MarkEntry mark in batch.OfType<MarkEntry>())
        {
            marks[mark.DeviceId] = Math.Max(mark.Cycle, marks.GetValueOrDefault(mark.DeviceId));
        }

        return marks;
    }

    private async Task CommitWriteAsync(WriteEntry write)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using Database database = await databases.CreateDbContextAsync();
                await using var transaction = await database.Database.BeginTransactionAsync();
                await write.Change(database);
                await transaction.CommitAsync();
                write.Done.TrySetResult();
                return;
            }
            catch (Exception failure) when (attempt < WriteAttempts && MayPass(failure))
            {
                log.LogWarning(failure, "A change could not be written at attempt {Attempt}", attempt);
                await Task.Delay(RetryDelay * attempt);
            }
            catch (Exception failure)
            {
                write.Done.TrySetException(failure);
                return;
            }
        }
    }

    private static bool MayPass(Exception failure) =>
        failure is TimeoutException or IOException or DbException { IsTransient: true }
            || failure is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 5 or 6 or 10 }
            || (failure.InnerException is { } inner && MayPass(inner));

    private abstract record Entry
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record InputEntry(JournalRow Row) : Entry;

    private sealed record MarkEntry(string DeviceId, long Cycle) : Entry;

    private sealed record WriteEntry(Func<Database, Task> Change) : Entry;
}
