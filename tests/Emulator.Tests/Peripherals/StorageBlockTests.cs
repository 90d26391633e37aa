// The blocks that are registers alone: MESH, SENSORC, GLUECHAIN, RBIST_WRP and CORESUB_SRAMTRM.

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class StorageBlockTests : IDisposable
{
    private const uint SramTrim = 0x4001_4000;
    private const uint Rbist = 0x4004_5000;
    private const uint Mesh = 0x4005_2000;
    private const uint Sensorc = 0x4005_3000;
    private const uint Gluechain = 0x4005_4000;

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Theory]
    [InlineData(SramTrim + 0x00, 4u, 0x07u)]
    [InlineData(SramTrim + 0x04, 4u, 0x1Fu)]
    [InlineData(SramTrim + 0x08, 4u, 0x1Fu)]
    [InlineData(SramTrim + 0x0C, 2u, 0x1Fu)]
    [InlineData(SramTrim + 0x10, 4u, 0x1Fu)]
    [InlineData(SramTrim + 0x14, 3u, 0x07u)]
    [InlineData(SramTrim + 0x20, 0u, 0u)]
    [InlineData(SramTrim + 0x30, 0u, 0x0Fu)]
    [InlineData(Rbist + 0x00, 0u, 0xFF_FFFFu)]
    [InlineData(Rbist + 0x04, 0u, 0u)]
    [InlineData(Rbist + 0x08, 0u, 0u)]
    [InlineData(Mesh + 0x00, 0u, uint.MaxValue)]
    [InlineData(Mesh + 0x14, 0u, uint.MaxValue)]
    [InlineData(Sensorc + 0x00, 0xFFu, 0xFFu)]
    [InlineData(Sensorc + 0x08, 0u, 0u)]
    [InlineData(Sensorc + 0x0C, 0u, 0u)]
    [InlineData(Sensorc + 0x10, 0u, 0x0Fu)]
    [InlineData(Sensorc + 0x14, 0u, 0u)]
    [InlineData(Sensorc + 0x3C, 0u, 0x0Fu)]
    [InlineData(Sensorc + 0x40, 0x0Fu, 0x3Fu)]
    [InlineData(Sensorc + 0x4C, 0x01FFu, 0xFFFFu)]
    [InlineData(Gluechain + 0x04, 0u, uint.MaxValue)]
    [InlineData(Gluechain + 0x08, 0u, 0u)]
    [InlineData(Gluechain + 0x1C, 0u, uint.MaxValue)]
    public void A_register_has_its_reset_value_keeps_its_bits_and_is_put_back_by_a_reset(
        uint address, uint reset, uint bits)
    {
        Assert.Equal(reset, chip.Read(address));
        chip.Write(address, uint.MaxValue);
        Assert.Equal(bits, chip.Read(address));
        chip.Write(address, 0x1234_5678);
        Assert.Equal(0x1234_5678 & bits, chip.Read(address));
        chip.Write16(address + 2, 0xFFFF);
        Assert.Equal(0xFFFF_5678 & bits, chip.Read(address));
        chip.Reset(ResetKind.Chip);
        Assert.Equal(reset, chip.Read(address));
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void A_whole_mesh_reads_0_as_often_as_boot1_looks()
    {
        chip.Write(Mesh + 0x00, 0xAAAA_5555);
        chip.Write(Mesh + 0x10, uint.MaxValue);
        uint sum = 0;
        for (int look = 0; look < 6; look++)
        {
            for (uint word = 0; word < 8; word++)
            {
                sum |= chip.Read(Mesh + 0x20 + (4 * word));
            }
        }

        Assert.Equal(0u, sum);
        Assert.Empty(chip.Unmodelled);
    }

    [Fact]
    public void An_offset_without_a_register_is_reported()
    {
        chip.Write(Gluechain + 0x20, 1);
        Assert.Equal("GLUECHAIN+0x020", Assert.Single(chip.Unmodelled).Name);
    }
}
