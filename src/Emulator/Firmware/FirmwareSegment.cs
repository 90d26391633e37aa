using System.Text.Json.Serialization;

namespace XousCloud.Emulator.Firmware;

/// <summary>The memories that firmware can be placed in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FirmwareMemory>))]
public enum FirmwareMemory
{
    /// <summary>The chip's non-volatile main array, 4 MiB at 0x6000_0000.</summary>
    [JsonStringEnumMemberName("rram")]
    Rram,

    /// <summary>Main memory, 2 MiB at 0x6100_0000.</summary>
    [JsonStringEnumMemberName("sram")]
    Sram,

    /// <summary>The uDMA buffers, 256 KiB at 0x5000_0000. The core cannot execute from them.</summary>
    [JsonStringEnumMemberName("ifram")]
    Ifram,

    /// <summary>The board's SPI flash, 8 MiB; files name its offset 0 as 0x7000_0000.</summary>
    [JsonStringEnumMemberName("spiFlash")]
    SpiFlash,
}

/// <summary>A run of bytes that the image places in one memory.</summary>
/// <param name="Memory">Which memory.</param>
/// <param name="Address">The first byte's address as files write it; for SPI flash 0x7000_0000 + offset.</param>
/// <param name="Bytes">What stands there.</param>
public sealed record FirmwareSegment(FirmwareMemory Memory, uint Address, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The first byte's offset in its memory.</summary>
    public uint Offset => Address - ImageMemories.BaseOf(Memory);

    /// <summary>The address after the last byte.</summary>
    public uint End => Address + (uint)Bytes.Length;

    /// <summary>What an image holds from an address to the next gap.</summary>
    internal static ReadOnlySpan<byte> BytesFrom(IReadOnlyList<FirmwareSegment> segments, uint address)
    {
        foreach (FirmwareSegment segment in segments)
        {
            if (address >= segment.Address && address < segment.End)
            {
                return segment.Bytes.Span[(int)(address - segment.Address)..];
            }
        }

        return [];
    }
}
