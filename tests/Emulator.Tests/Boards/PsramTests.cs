// The PSRAM as the loader and the swapper use it, and as its datasheet says.

using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Tests.Peripherals;

namespace XousCloud.Emulator.Tests.BoardParts;

public sealed class PsramTests : IDisposable
{
    private readonly Chip chip = new(board: "dc34-badge");
    private readonly SpiHost host;

    public PsramTests() => host = new SpiHost(chip, "APS6404L");

    public void Dispose() => chip.Dispose();

    [Fact]
    public void Its_identifier_follows_three_bytes_that_do_not_matter() =>
        Assert.Equal([0x0D, 0x5D], host.Transact([0x9F, 1, 2, 3], received: 2));

    [Fact]
    public void What_was_written_over_four_lines_is_read_over_four_and_over_one()
    {
        host.Transact(0x35);
        host.IsQuad = true;
        host.Transact([0x38, 0x01, 0x23, 0x45, 10, 20, 30, 40]);
        Assert.Equal([10, 20, 30, 40], host.Transact([0xEB, 0x01, 0x23, 0x45, 0xFF, 0xFF, 0xFF], received: 4));
        Assert.Equal([20], host.Transact([0x0B, 0x01, 0x23, 0x46, 0xFF, 0xFF], received: 1));
        host.Transact(0xF5);
        host.IsQuad = false;
        Assert.Equal([30], host.Transact([0x03, 0x01, 0x23, 0x47], received: 1));
        Assert.Equal([40], host.Transact([0x0B, 0x01, 0x23, 0x48, 0xFF], received: 1));
        Assert.Equal(0x281E_140Au, chip.Load(ChipMemories.PsramBase + 0x01_2344) >> 8 | (chip.Load(ChipMemories.PsramBase + 0x01_2348) << 24));
    }

    [Fact]
    public void Single_line_writes_are_taken_outside_of_quad_mode()
    {
        host.Transact([0x02, 0, 0, 0, 0x77]);
        Assert.Equal(0x77u, chip.Load(ChipMemories.PsramBase));
    }

    [Fact]
    public void Addresses_wrap_at_the_end_of_the_memory()
    {
        host.Transact([0x02, 0x7F, 0xFF, 0xFF, 1, 2]);
        Assert.Equal([1, 2], host.Transact([0x03, 0x7F, 0xFF, 0xFF], received: 2));
        Assert.Equal(2u, chip.Load(ChipMemories.PsramBase));
    }

    [Fact]
    public void Bursts_wrap_within_32_bytes_when_it_is_told_so()
    {
        host.Transact(0xC0);
        host.Transact([0x02, 0, 0, 0x3F, 1, 2]);
        Assert.Equal(2u, chip.Load(ChipMemories.PsramBase + 0x20));
        host.Transact(0xC0);
        host.Transact([0x02, 0, 0, 0x3F, 3, 4]);
        Assert.Equal(4u, chip.Load(ChipMemories.PsramBase + 0x40));
    }

    [Fact]
    public void A_host_that_uses_the_wrong_lines_hears_nothing_and_changes_nothing()
    {
        host.Transact([0x02, 0, 0, 0, 0x11]);
        host.IsQuad = true;
        Assert.Equal([0xFF, 0xFF], host.Transact([0xEB, 0, 0, 0, 0xFF, 0xFF, 0xFF], received: 2));
        host.IsQuad = false;
        host.Transact(0x35);
        Assert.Equal([0xFF, 0xFF], host.Transact([0x9F, 0, 0, 0], received: 2));
        host.Transact([0x02, 0, 0, 0, 0x22]);
        Assert.Equal(0x11u, chip.Load(ChipMemories.PsramBase));
    }

    [Fact]
    public void A_reset_by_two_commands_ends_quad_mode()
    {
        host.Transact(0x35);
        host.IsQuad = true;
        host.Transact(0x99);
        host.Transact(0x66);
        host.Transact(0x99);
        host.IsQuad = false;
        Assert.Equal([0x0D, 0x5D], host.Transact([0x9F, 0, 0, 0], received: 2));
    }

    [Fact]
    public void Without_power_it_forgets_its_content_and_its_mode_and_over_a_chip_reset_it_keeps_them()
    {
        host.Transact([0x02, 0, 0, 0, 0x77]);
        host.Transact(0x35);
        chip.Reset(ResetKind.Chip);
        Assert.Equal(0x77u, chip.Load(ChipMemories.PsramBase));
        Assert.Equal([0xFF], host.Transact([0x03, 0, 0, 0], received: 1));
        chip.Reset(ResetKind.PowerOn);
        Assert.Equal(0u, chip.Load(ChipMemories.PsramBase));
        Assert.Equal([0x00], host.Transact([0x03, 0, 0, 0], received: 1));
    }
}
