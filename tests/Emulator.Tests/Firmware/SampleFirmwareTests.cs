// Firmware that other people built and published. The files are not in the repository: the environment variable
// XOUSCLOUD_SDK_EXAMPLES names a folder with them (GitHub samblenny/baochip-sdk, examples/*.uf2).

using XousCloud.Emulator.Firmware;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class SampleFirmwareTests
{
    private const string Folder = "XOUSCLOUD_SDK_EXAMPLES";

    [Theory]
    [InlineData("blinky", 32, 8060)]
    [InlineData("hello_c", 91, 23052)]
    [InlineData("timer0", 40, 10028)]
    [InlineData("uart", 40, 9884)]
    [InlineData("usb_acm", 34, 8572)]
    public void An_example_of_the_public_sdk_is_described_as_its_build_made_it(string name, int blocks, uint signedLength)
    {
        FirmwareImage image = FirmwareImage.Import([Sample(name + ".uf2")]);

        FirmwareSegment segment = Assert.Single(image.Segments);
        Assert.Equal((FirmwareMemory.Rram, 0x6006_0000u, blocks * 256), (segment.Memory, segment.Address, segment.Bytes.Length));
        Assert.Equal((0x6006_0000u, EntrySource.NextStage), (image.EntryPoint, image.Report.EntrySource));
        Assert.Null(image.Board);
        Assert.Empty(image.Report.Warnings);

        PreflightFile file = Assert.Single(image.Report.Files);
        Assert.Equal((FirmwareFormat.Uf2, blocks, blocks * 512L), (file.Format, file.Blocks, file.Size));
        PreflightWrite write = Assert.Single(image.Report.Writes);
        Assert.Equal(("baremetal", 0x6006_0000u, (uint)blocks * 256), (write.Region, write.Address, write.Length));

        SignatureHeader header = Assert.Single(image.Report.Headers);
        Assert.Equal((6u, "baremetal", 1u, signedLength), (header.Function, header.FunctionName, header.AntiRollback, header.SignedLength));
        Assert.Equal(("0.9.16-2556-g47f529f2", "0.9.8-791"), (header.Semver, header.MinimumSemver));
        Assert.Equal("ed25519ph", header.SignatureForm);
        Assert.True(header.StartsWithJump && header.SignedBytesPresent);
        Assert.Equal((SignatureCheck.Valid, "dev", "boot1"), (header.SignatureCheck, header.SignedBy, header.CheckedBy));
        Assert.Equal(["bao2", "beta", "dev"], header.NextStageKeys.Select(key => key.Tag));
        Assert.All(header.NextStageKeys, key => Assert.True(key.Published));
    }

    private static FirmwareFile Sample(string name)
    {
        string? folder = Environment.GetEnvironmentVariable(Folder);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{Folder} is not set");
        return new FirmwareFile(name, File.ReadAllBytes(Path.Combine(folder!, name)));
    }
}
