// Which board an image is for, as far as its content tells. Facts: boards; artefacts of a Xous build.

namespace XousCloud.Emulator.Firmware;

internal static class ImageBoard
{
    // The USB product name that builds for the DEF CON badge carry in their kernel image.
    private static ReadOnlySpan<byte> BadgeMark => "Baosec-lite"u8;

    public static (string? Board, string Reason) Implied(
        IReadOnlyList<FirmwareSegment> segments, IReadOnlyList<SignatureHeader> headers)
    {
        if (FirmwareSegment.BytesFrom(segments, BootStage.Kernel.HeaderAddress).IndexOf(BadgeMark) >= 0)
        {
            return ("dc34-badge", "the kernel image names its USB device Baosec-lite");
        }

        if (segments.Any(segment => segment.Memory == FirmwareMemory.SpiFlash))
        {
            return ("baosec", "it fills the SPI flash, which the dabao does not have");
        }

        if (headers.Any(header => header.Address == BootStage.App.HeaderAddress))
        {
            return ("dabao", "it has a detached app, which only the dabao's loader starts");
        }

        return (null, "nothing in it is particular to a board");
    }
}
