// What the parts of the memories are for. Facts: RRAM layout; the baosec board's use of its SPI flash.

namespace XousCloud.Emulator.Firmware;

internal static class ImageRegions
{
    private static readonly (uint Start, string Name)[] starts =
    [
        (0x5000_0000, "uDMA buffers"),
        (0x6000_0000, "boot0"),
        (0x6002_0000, "boot1"),
        (0x6006_0000, "loader or baremetal"),
        (0x6009_FD00, "kernel"),
        (0x602F_FD00, "detached app"),
        (0x603D_A000, "one-way counters"),
        (0x603D_C000, "ACL table"),
        (0x603D_E000, "unused"),
        (0x603E_0000, "data slots"),
        (0x603F_0000, "former key bank"),
        (0x6100_0000, "main memory"),
        (0x7000_0000, "swap"),
        (0x7040_0000, "PDDB"),
    ];

    /// <summary>
    /// Splits a range where regions meet. A signed image that reaches over such a border is one thing, and keeps the
    /// name of the region it starts in.
    /// </summary>
    public static IEnumerable<(uint Address, uint Length, string Name)> Split(
        uint address, uint length, IReadOnlyList<SignatureHeader> headers)
    {
        uint end = address + length;
        string name = NameAt(address, headers);
        foreach ((uint start, string next) in starts)
        {
            if (start <= address || start >= end || headers.Any(header => header.Reaches(start)))
            {
                continue;
            }

            yield return (address, start - address, name);
            address = start;
            name = NameAt(start, headers);
        }

        yield return (address, end - address, name);
    }

    private static string NameAt(uint address, IReadOnlyList<SignatureHeader> headers)
    {
        if (headers.FirstOrDefault(header => header.Reaches(address)) is { } owner)
        {
            return owner.FunctionName;
        }

        string name = starts.Last(region => region.Start <= address).Name;
        return name == BootStage.Next.Name && headers.FirstOrDefault(header => header.Address == BootStage.Next.HeaderAddress) is { } next
            ? next.FunctionName
            : name;
    }

    // No signed image legitimately reaches into counters, ACLs and slots, so their names are never hidden.
    private static bool Reaches(this SignatureHeader header, uint address) =>
        header.SignedBytesPresent
        && address > header.Address
        && address - header.Address < SignatureBlock.SignedStart + (ulong)header.SignedLength
        && (address < BootStage.StorageEnd || header.Address > BootStage.StorageEnd);
}
