namespace XousCloud.Api.Devices;

/// <summary>Something that somebody waits for.</summary>
/// <param name="IsMet">Looked at on the device's turn.</param>
/// <param name="Met">Called once, on the device's turn.</param>
/// <param name="Nanoseconds">The virtual time that is waited for, if it is one.</param>
internal sealed record Expectation(Func<DeviceActor, bool> IsMet, Action<DeviceActor> Met, ulong? Nanoseconds = null);
