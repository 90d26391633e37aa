// What is stored. Times are milliseconds since 1970-01-01 UTC; cycles and seeds are the machine's unsigned
// numbers bit for bit in a signed column. Ids are 128 random bits in URL-safe text with a prefix for the kind.

namespace XousCloud.Api.Storage;

internal sealed class ApiKeyRow
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the key, lower-case hex. The key itself is never stored.</summary>
    public required string Hash { get; init; }

    public required long CreatedAt { get; init; }
}

internal sealed class ImageRow
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>What the image does to a machine: the digest that snapshots are bound to.</summary>
    public required string Digest { get; init; }

    /// <summary>The board that the files imply, if they do.</summary>
    public string? BoardId { get; init; }

    /// <summary>The entry that the user asked for, if any.</summary>
    public long? Entry { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long Size { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>What importing reported, as JSON.</summary>
    public required string Report { get; init; }

    public List<ImageFileRow> Files { get; init; } = [];
}

internal sealed class ImageFileRow
{
    public required string ImageId { get; init; }

    public required int Ordinal { get; init; }

    public required string Name { get; init; }

    public required string Format { get; init; }

    /// <summary>Where a raw binary goes; null for files that say it themselves.</summary>
    public long? Address { get; init; }

    public required long Size { get; init; }

    public required byte[] Content { get; init; }
}

internal sealed class DeviceRow
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; set; }

    public required string BoardId { get; init; }

    public required string ImageId { get; init; }

    public required long Seed { get; init; }

    /// <summary>Factory settings in their stored form; empty for none.</summary>
    public required string Factory { get; init; }

    /// <summary>"real" or "fast".</summary>
    public required string Pace { get; set; }

    public required string Engine { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>A cycle up to which output has been shown to somebody: after a restart the device has reached it.</summary>
    public long ProgressCycle { get; set; }
}

/// <summary>A device's last checkpoint.</summary>
internal sealed class CheckpointRow
{
    public required string DeviceId { get; init; }

    /// <summary>The last input that the state already contains.</summary>
    public required long Sequence { get; set; }

    public required byte[] Document { get; set; }
}

/// <summary>An input after the checkpoint.</summary>
internal sealed class JournalRow
{
    public required string DeviceId { get; init; }

    public required long Sequence { get; init; }

    public required long Cycle { get; init; }

    public required byte[] Input { get; init; }
}

internal sealed class SnapshotRow
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string DeviceId { get; init; }

    public required string ImageId { get; init; }

    public required string BoardId { get; init; }

    public required long Seed { get; init; }

    public required long Cycle { get; init; }

    public required long VirtualNanoseconds { get; init; }

    public required string Hash { get; init; }

    public required string Name { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>Bytes of the document and of its pages before compression.</summary>
    public required long Size { get; init; }

    public required byte[] Document { get; init; }
}

/// <summary>Content that a tenant's checkpoints and snapshots share, stored once.</summary>
internal sealed class PageRow
{
    public required string Tenant { get; init; }

    /// <summary>SHA-256 of the content before compression.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Brotli.</summary>
    public required byte[] Content { get; init; }
}

/// <summary>Says that a device's checkpoint or a snapshot needs a page.</summary>
internal sealed class PageUseRow
{
    /// <summary>Id of the device or snapshot.</summary>
    public required string Owner { get; init; }

    public required string Tenant { get; init; }

    public required byte[] Hash { get; init; }
}

/// <summary>A creation that was asked for under an Idempotency-Key.</summary>
internal sealed class IdempotencyRow
{
    public required string Tenant { get; init; }

    public required string Route { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 of the request's body, lower-case hex.</summary>
    public required string BodyHash { get; init; }

    public required string ResourceId { get; init; }

    public required long CreatedAt { get; init; }
}

/// <summary>A secret of the server itself, made at its first start.</summary>
internal sealed class ServerKeyRow
{
    public required string Name { get; init; }

    public required byte[] Value { get; init; }
}
