// What an operator can set, with the defaults. Sections of the configuration: `Limits`, `Execution`, `Web`,
// and `ApiKeys` (a list of {Name, Tenant, Hash}); `ConnectionStrings:Postgres` or XOUSCLOUD_POSTGRES chooses
// PostgreSQL, `Data` or XOUSCLOUD_DATA the folder of the embedded database otherwise.

namespace XousCloud.Api;

/// <summary>How much one request, one tenant and the whole server may ask for.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Bytes of one upload of firmware, all files together.</summary>
    public long ImageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Files in one image.</summary>
    public int ImageFiles { get; set; } = 32;

    /// <summary>Bytes of one write to a console.</summary>
    public long ConsoleWriteBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes of any other request body.</summary>
    public long BodyBytes { get; set; } = 64 * 1024;

    public int DevicesPerTenant { get; set; } = 512;

    public int ImagesPerTenant { get; set; } = 512;

    public int SnapshotsPerTenant { get; set; } = 1024;

    /// <summary>Stored bytes of a tenant's images and pages.</summary>
    public long BytesPerTenant { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Waits, follows and hub subscriptions that one tenant may have open at once.</summary>
    public int StreamsPerTenant { get; set; } = 1024;

    /// <summary>Requests that are worked on at once, waits and follows apart.</summary>
    public int ConcurrentRequests { get; set; } = 256;

    /// <summary>Requests that may queue behind those; more are refused with 429.</summary>
    public int QueuedRequests { get; set; } = 2048;

    /// <summary>Uploads of firmware that are worked on at once.</summary>
    public int ConcurrentUploads { get; set; } = 4;

    /// <summary>Uploads that may queue behind those.</summary>
    public int QueuedUploads { get; set; } = 64;

    /// <summary>Bytes of console output kept for each port.</summary>
    public int ConsoleRetainedBytes { get; set; } = 1024 * 1024;
}

/// <summary>How devices are run.</summary>
internal sealed class ExecutionOptions
{
    public const string Section = "Execution";

    /// <summary>Threads that run devices; 0 means one for each processor.</summary>
    public int Workers { get; set; }

    /// <summary>The largest weight of a tenant.</summary>
    public const double LargestWeight = 1000;

    /// <summary>
    /// Tenants' shares of the threads' time beside each other, above 0 and at most <see cref="LargestWeight"/>; 1 where
    /// none is given. `Execution:TenantWeights:alice=3` gives alice three times as much as another whose devices compute.
    /// </summary>
    public Dictionary<string, double> TenantWeights { get; set; } = [];

    /// <summary>
    /// Seconds without executing anything after which a device gives back the memory that it needs to run and that can
    /// be made again.
    /// </summary>
    public int ParkAfterSeconds { get; set; } = 10;

    /// <summary>
    /// Whether devices may run code that is made at run time. If not, those that would run on the threaded interpreter,
    /// and no memory of the server is ever executable that was not loaded from a file.
    /// </summary>
    public bool Translation { get; set; } = true;

    /// <summary>Worker time a device may use after a checkpoint before the next is taken, in milliseconds.</summary>
    public int CheckpointAfterBusyMilliseconds { get; set; } = 2000;

    /// <summary>Inputs after a checkpoint before the next is taken.</summary>
    public int CheckpointAfterInputs { get; set; } = 4096;
}
