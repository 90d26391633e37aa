// Before the first request: the addresses are allowed, the database is open, every device is known. After the
// last: every device is saved, what is queued is written, and the database is given back.

using XousCloud.Api.Devices;
using XousCloud.Api.Scheduling;
using XousCloud.Api.Storage;
using XousCloud.Api.Tenancy;

namespace XousCloud.Api;

/// <summary>Starts and stops the parts in order.</summary>
internal sealed class ServiceLifetime(
    ListenAddresses addresses,
    IConfiguration configuration,
    DatabaseStart database,
    ApiKeys keys,
    Journal journal,
    DeviceFleet fleet,
    Scheduler scheduler,
    ILogger<ServiceLifetime> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await keys.LoadAsync(cancellationToken);
        IReadOnlyList<string> open = BindingGuard.OpenAddresses(addresses.Urls, configuration);
        if (!keys.AnyConfigured && open.Count > 0)
        {
            throw new StartRefusedException(
                $"There are no API keys, and {string.Join(", ", open)} can be reached from other machines: anybody "
                + "could use this server. Make a key with 'keys add NAME', or listen on localhost only.");
        }

        journal.Start();
        await fleet.RestoreAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await fleet.StopAsync().WaitAsync(cancellationToken);
            scheduler.Dispose();
            await journal.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.LogError("The database did not answer in time; devices will go on from the last that it holds");
        }

        await database.DisposeAsync();
    }
}

/// <summary>Addresses that were given in code or on the command line.</summary>
internal sealed class ListenAddresses
{
    public ICollection<string> Urls { get; set; } = [];
}

/// <summary>The operator's mistake, told without a stack trace.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
