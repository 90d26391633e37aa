// The NOR flash as the loader and the PDDB use it, and as the datasheets of its family say.

using XousCloud.Emulator.Tests.Peripherals;

namespace XousCloud.Emulator.Tests.BoardParts;

public sealed class NorFlashTests : IDisposable
{
    private const byte WIP = 1;
    private const byte WEL = 2;
    private const byte QE = 2;

    private readonly Chip chip = new(board: "dc34-badge");
    private readonly SpiHost host;

    public NorFlashTests() => host = new SpiHost(chip, "ZD25Q64B");

    private byte Status => host.Transact([0x05], received: 1)[0];

    public void Dispose() => chip.Dispose();

    [Fact]
    public void It_says_who_it_is() => Assert.Equal([0xBA, 0x32, 0x17], host.Transact([0x9F], received: 3));

    [Fact]
    public void It_is_erased_when_it_is_new() =>
        Assert.Equal([0xFF, 0xFF], host.Transact([0x03, 0x7F, 0xFF, 0xFF], received: 2));

    [Fact]
    public void A_write_is_enabled_for_one_operation()
    {
        Assert.Equal(0, Status);
        host.Transact(0x06);
        Assert.Equal(WEL, Status);
        host.Transact(0x04);
        Assert.Equal(0, Status);
        host.Transact(0x06);
        host.Transact([0x02, 0, 0, 0, 0x55]);
        Assert.Equal(WEL | WIP, Status);
        host.PassMicroseconds(501);
        Assert.Equal(0, Status);
    }

    [Fact]
    public void Nothing_is_written_that_was_not_enabled()
    {
        host.Transact([0x02, 0, 0, 0, 0x55]);
        host.Transact([0x01, 0xFC, 0xFF]);
        Assert.Equal(0, Status);
        host.PassMicroseconds(10_000);
        Assert.Equal([0xFF], Read(0, 1));
        Assert.Equal(0, Status);
    }

    [Fact]
    public void Programming_takes_its_time_and_meanwhile_only_the_status_answers()
    {
        Program(0x1234, 0x12, 0x34);
        host.PassMicroseconds(400);
        Assert.Equal([0xFF, 0xFF, 0xFF], host.Transact([0x9F], received: 3));
        Assert.Equal([0xFF, 0xFF], Read(0x1234, 2));
        Assert.Equal([WEL | WIP, WEL | WIP], host.Transact([0x05], received: 2));
        host.PassMicroseconds(101);
        Assert.Equal([0x12, 0x34], Read(0x1234, 2));
    }

    [Fact]
    public void Programming_only_clears_bits()
    {
        Program(0, 0x0F);
        Finish();
        Program(0, 0x3C);
        Finish();
        Assert.Equal([0x0C], Read(0, 1));
    }

    [Fact]
    public void Programming_wraps_within_its_page()
    {
        Program(0x1FE, 1, 2, 3);
        Finish();
        Assert.Equal([1, 2, 0xFF], Read(0x1FE, 3));
        Assert.Equal([3], Read(0x100, 1));
    }

    [Theory]
    [InlineData(0x20, 50_000, 0x1000)]
    [InlineData(0x52, 150_000, 0x8000)]
    [InlineData(0xD8, 250_000, 0x1_0000)]
    public void An_erase_takes_its_time_and_reaches_what_it_is_named_for(byte command, int microseconds, int length)
    {
        int first = 5 * length;
        foreach (int address in (int[])[first - 1, first, first + length - 1, first + length])
        {
            Program((uint)address, 0);
        Finish();
        }

        host.Transact(0x06);
        host.Transact([command, .. Address((uint)first + 7)]);
        host.PassMicroseconds((ulong)microseconds - 1);
        Assert.Equal(WEL | WIP, Status);
        host.PassMicroseconds(2);
        Assert.Equal(0, Status);
        Assert.Equal([0, 0xFF], Read((uint)first - 1, 2));
        Assert.Equal([0xFF, 0], Read((uint)(first + length) - 1, 2));
    }

    [Fact]
    public void A_chip_erase_reaches_everything()
    {
        Program(0, 0);
        Finish();
        Program(0x7F_FFFF, 0);
        Finish();
        host.Transact(0x06);
        host.Transact(0x60);
        host.PassMicroseconds(20_000_001);
        Assert.Equal([0xFF, 0xFF], Read(0x7F_FFFF, 2));
    }

    [Fact]
    public void QPI_needs_the_quad_enable_bit_which_stays_without_power()
    {
        host.Transact(0x38);
        host.IsQuad = true;
        Assert.Equal([0xFF, 0xFF, 0xFF], host.Transact([0x9F], received: 3));

        host.IsQuad = false;
        EnableQuad();
        host.Transact(0x38);
        host.IsQuad = true;
        Assert.Equal([0xBA, 0x32, 0x17], host.Transact([0x9F], received: 3));

        chip.Reset(ResetKind.PowerOn);
        Assert.Equal([0xFF, 0xFF, 0xFF], host.Transact([0x9F], received: 3));
        host.IsQuad = false;
        Assert.Equal([QE], host.Transact([0x35], received: 1));
    }

    [Fact]
    public void Quad_reads_skip_as_many_clocks_as_the_read_parameters_say()
    {
        Program(0x100, 1, 2, 3, 4);
        Finish();
        EnableQuad();
        host.Transact(0x38);
        host.IsQuad = true;
        Assert.Equal([1, 2], host.Transact([0xEB, 0, 1, 0, 0xFF, 0xFF], received: 2));
        host.Transact([0xC0, 0x20]);
        Assert.Equal([1, 2], host.Transact([0xEB, 0, 1, 0, 0xFF, 0xFF, 0xFF], received: 2));
        Assert.Equal([3], host.Transact([0x0B, 0, 1, 2, 0xFF, 0xFF, 0xFF], received: 1));
        host.Transact(0xFF);
        host.IsQuad = false;
        Assert.Equal([4], host.Transact([0x0B, 0, 1, 3, 0xFF], received: 1));
    }

    [Fact]
    public void An_operation_that_a_loss_of_power_interrupts_has_done_its_first_bytes()
    {
        byte[] page = [.. Enumerable.Repeat((byte)0, 256)];
        Program(0x100, page);
        host.PassMicroseconds(250);
        chip.Reset(ResetKind.PowerOn);
        Assert.Equal(0, Status);
        byte[] after = Read(0x100, 256);
        int done = after.Count(value => value == 0);
        Assert.InRange(done, 127, 129);
        Assert.All(after[..done], value => Assert.Equal(0, value));
        Assert.All(after[done..], value => Assert.Equal(0xFF, value));

        for (uint address = 0x2000; address < 0x3000; address += 256)
        {
            Program(address, page);
        Finish();
        }

        host.Transact(0x06);
        host.Transact([0x20, .. Address(0x2000)]);
        host.PassMicroseconds(12_500);
        chip.Reset(ResetKind.PowerOn);
        byte[] sector = Read(0x2000, 4096);
        Assert.InRange(sector.Count(value => value == 0xFF), 1022, 1026);
        Assert.Equal(0xFF, sector[1000]);
        Assert.Equal(0, sector[1050]);
        host.PassMicroseconds(1_000_000);
        Assert.Equal(sector, Read(0x2000, 4096));
    }

    [Fact]
    public void A_chip_reset_does_not_disturb_it()
    {
        Program(0, 0x42);
        chip.Reset(ResetKind.Chip);
        Assert.Equal(WEL | WIP, Status);
        host.PassMicroseconds(501);
        Assert.Equal([0x42], Read(0, 1));
    }

    private static byte[] Address(uint address) => [(byte)(address >> 16), (byte)(address >> 8), (byte)address];

    private void EnableQuad()
    {
        host.Transact(0x06);
        host.Transact([0x31, QE]);
        host.PassMicroseconds(5_001);
    }

    private void Program(uint address, params byte[] data)
    {
        host.Transact(0x06);
        host.Transact([0x02, .. Address(address), .. data]);
    }

    private void Finish() => host.PassMicroseconds(501);

    private byte[] Read(uint address, int length) => host.Transact([0x03, .. Address(address)], length);
}
