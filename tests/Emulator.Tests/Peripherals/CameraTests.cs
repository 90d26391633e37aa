// UDMA camera: registers, and a transfer that waits.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class CameraTests : IDisposable
{
    private const uint RX = 0x5010_F000;
    private const uint SIZE = RX + 4;
    private const uint CFG = RX + 8;
    private const uint CFG_GLOB = RX + 0x20;
    private const uint UdmaReset = 0x5010_0008;
    private const uint EN = 1 << 4;
    private const uint CLR = 1 << 6;
    private const uint HalfWords = 1 << 1;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void A_picture_is_waited_for_until_the_transfer_is_cleared()
    {
        chip.Write(CFG_GLOB, 0x4000_0000);
        chip.Write(RX, 0x2_2000);
        chip.Write(SIZE, 0x1_0000);
        chip.Write(CFG, EN | HalfWords);
        Assert.Equal(0xC000_0000u, chip.Read(CFG_GLOB));
        chip.Pass(1_000_000_000);
        Assert.Equal((0x2_2000u, 0x1_0000u, EN | HalfWords), (chip.Read(RX), chip.Read(SIZE), chip.Read(CFG)));
        chip.Write(CFG, CLR);
        Assert.Equal((0u, 0x4000_0000u), (chip.Read(RX), chip.Read(CFG_GLOB)));
        Assert.Empty(chip.Unmodelled);
    }

    [Theory]
    [InlineData(0x20u, 0x7FFF_FFFFu)] // CFG_GLOB
    [InlineData(0x24u, uint.MaxValue)] // CFG_LL
    [InlineData(0x30u, uint.MaxValue)] // CFG_FILTER
    [InlineData(0x34u, 3u)] // polarities
    public void A_register_keeps_its_bits_until_the_block_is_reset(uint offset, uint bits)
    {
        chip.Write(RX + offset, uint.MaxValue);
        Assert.Equal(bits, chip.Read(RX + offset));
        chip.Write(UdmaReset, 1 << 14);
        chip.Write(RX + offset, uint.MaxValue);
        Assert.Equal(0u, chip.Read(RX + offset));
    }
}
