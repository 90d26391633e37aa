namespace XousCloud.Emulator;

/// <summary>Snapshot or log bytes that cannot be used: damaged, forged, or of an unknown version.</summary>
/// <param name="code">Stable code for programs.</param>
/// <param name="message">What is wrong.</param>
public sealed class SnapshotFormatException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
