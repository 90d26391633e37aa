using System.Text.Json.Serialization;

namespace XousCloud.Api.Devices;

/// <summary>How virtual time relates to the wall's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DevicePace>))]
internal enum DevicePace
{
    /// <summary>Never ahead of the wall.</summary>
    [JsonStringEnumMemberName("real")]
    Real,

    /// <summary>As fast as the host can; a waiting core's time jumps to the next event.</summary>
    [JsonStringEnumMemberName("fast")]
    Fast,
}

/// <summary>What a device is doing.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeviceState>))]
internal enum DeviceState
{
    [JsonStringEnumMemberName("paused")]
    Paused,

    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The guest has come to its end; only a reset or a power cycle goes on.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead,
}
