// The OLED of the badge, driven as its firmware drives it: bytes over SPI, A0, reset and supply by pads.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Tests.Peripherals;

namespace XousCloud.Emulator.Tests.BoardParts;

public sealed class Sh1107Tests : IDisposable
{
    private const int Size = 128;
    private const byte Lit = 192; // at the contrast of a reset

    private static readonly int A0 = Pin.Number('C', 2);
    private static readonly int Supply = Pin.Number('C', 4);
    private static readonly int Reset = Pin.Number('A', 6);

    private readonly Chip chip = new(board: "dc34-badge");
    private readonly SpiHost host;
    private readonly IDisplay display;

    public Sh1107Tests()
    {
        host = new SpiHost(chip, "SH1107");
        display = chip.Machine.Display!;
        Drive(Supply, true);
        Drive(Reset, false);
        Clear();
        Command(0xAF);
    }

    public void Dispose() => chip.Dispose();

    [Fact]
    public void A_board_without_a_display_has_none()
    {
        using Chip dabao = new();
        Assert.Null(dabao.Machine.Display);
    }

    [Fact]
    public void It_is_128_by_128() => Assert.Equal((Size, Size), (display.Width, display.Height));

    [Fact]
    public void A_byte_is_eight_segments_of_a_line_and_the_first_line_is_at_the_bottom()
    {
        At(page: 2, column: 0);
        Data(0x81);
        Assert.Equal([(16, 127), (23, 127)], Dots());
    }

    [Fact]
    public void In_page_mode_data_go_to_one_line_after_another_and_round_within_the_page()
    {
        At(page: 0, column: 126);
        Data(1, 2, 4);
        Assert.Equal([(1, 0), (0, 1), (2, 127)], Dots());
    }

    [Fact]
    public void In_vertical_mode_data_go_along_a_line_and_on_to_the_next()
    {
        Command(0x21);
        At(page: 14, column: 127);
        Data(1, 2, 4);
        Assert.Equal([(112, 0), (121, 0), (2, 127)], Dots());
    }

    [Fact]
    public void What_firmware_draws_after_its_set_up_stands_upright()
    {
        foreach (byte value in (byte[])[0xAE, 0xAD, 0x80, 0xDC, 0, 0xD3, 0, 0x81, 0x80, 0x21, 0xA0, 0xC8, 0xA8, 0x7F,
            0xD5, 0x60, 0xD9, 0x22, 0xDB, 0x35, 0xB0, 0xA4, 0xA7, 0xAF])
        {
            Command(value);
        }

        for (int line = 0; line < Size; line++)
        {
            At(page: 0, column: line);
            Data([.. Enumerable.Repeat((byte)0xFF, 16)]);
        }

        At(page: 0, column: 3);
        Data(0xFE);
        Assert.Equal([(0, 3)], Dots());
    }

    [Theory]
    [InlineData(new byte[] { 0xA1 }, 127, 127)]
    [InlineData(new byte[] { 0xC8 }, 0, 0)]
    [InlineData(new byte[] { 0xDC, 0x7F }, 0, 126)]
    [InlineData(new byte[] { 0xD3, 0x70 }, 0, 111)]
    [InlineData(new byte[] { 0xA8, 0x3F, 0xC8 }, 0, 64)]
    public void Segments_scan_start_line_offset_and_multiplex_move_the_picture(byte[] commands, int x, int y)
    {
        At(page: 0, column: 0);
        Data(1);
        host.Transact(commands);
        Assert.Equal([(x, y)], Dots());
    }

    [Fact]
    public void Lines_beyond_the_multiplex_ratio_are_dark()
    {
        At(page: 0, column: 64);
        Data(1);
        Command(0xA8);
        Command(0x3F);
        Assert.Empty(Dots());
    }

    [Fact]
    public void Colours_can_be_reversed_and_all_dots_lit()
    {
        Command(0xA7);
        Assert.Equal(Size * Size, Dots().Count);
        Command(0xA6);
        Command(0xA5);
        Assert.Equal(Size * Size, Dots().Count);
        Command(0xA4);
        Assert.Empty(Dots());
    }

    [Fact]
    public void Contrast_is_the_brightness_of_what_is_lit()
    {
        Command(0xA5);
        Assert.Equal(Lit, Pixels()[0]);
        Command(0x81);
        Command(0xFF);
        Assert.Equal(255, Pixels()[0]);
        Command(0x81);
        Command(0x00);
        Assert.Equal(128, Pixels()[0]);
    }

    [Fact]
    public void A_parameter_is_not_taken_for_a_command()
    {
        host.Transact([0xDC, 0xAE, 0xD3, 0xA5]);
        Assert.True(display.IsOn);
        Assert.Empty(Dots());
    }

    [Fact]
    public void Read_modify_write_comes_back_to_its_column()
    {
        At(page: 0, column: 5);
        Command(0xE0);
        Data(0, 0, 0);
        Command(0xEE);
        Data(1);
        Assert.Equal([(0, 122)], Dots());
    }

    [Fact]
    public void Off_or_without_its_supply_or_in_reset_it_is_dark_and_remembers()
    {
        At(page: 0, column: 0);
        Data(1);
        Command(0xAE);
        Assert.False(display.IsOn);
        Assert.Empty(Dots());
        Command(0xAF);
        Assert.Single(Dots());

        Drive(Supply, false);
        Assert.False(display.IsOn);
        Drive(Supply, true);
        Assert.Single(Dots());

        Drive(Reset, true);
        Assert.False(display.IsOn);
        Command(0xAF);
        Drive(Reset, false);
        Assert.False(display.IsOn);
        Command(0xAF);
        Assert.Single(Dots());
    }

    [Fact]
    public void It_counts_what_can_be_seen_to_change()
    {
        At(page: 0, column: 0);
        ulong before = display.Changes;
        Data(0, 0, 0);
        Assert.Equal(before, display.Changes);
        Data(1);
        Assert.Equal(before + 1, display.Changes);
        Command(0xAE);
        before = display.Changes;
        Data(0xFF);
        Assert.Equal(before, display.Changes);
        Command(0xAF);
        Assert.Equal(before + 1, display.Changes);
    }

    [Fact]
    public void After_power_on_its_memory_is_noise_of_the_device()
    {
        using Chip same = new(board: "dc34-badge");
        using Chip other = new(board: "dc34-badge", seed: 1);
        chip.Reset(ResetKind.PowerOn);
        Drive(Supply, true);
        Drive(Reset, false);
        Command(0xAF);
        byte[] noise = Pixels();
        Assert.InRange(noise.Count(pixel => pixel != 0), Size * Size / 3, Size * Size * 2 / 3);
        Assert.Equal(noise, NoiseOf(same));
        Assert.NotEqual(noise, NoiseOf(other));
    }

    private static byte[] NoiseOf(Chip chip)
    {
        chip.Soc.Iox.Drive(Supply, PinDrive.High);
        chip.Soc.Iox.Drive(Reset, PinDrive.Low);
        chip.Soc.Iox.Drive(A0, PinDrive.Low);
        new SpiHost(chip, "SH1107").Transact(0xAF);
        byte[] pixels = new byte[Size * Size];
        chip.Machine.Display!.Read(pixels);
        return pixels;
    }

    private void Drive(int pin, bool high) => chip.Soc.Iox.Drive(pin, high ? PinDrive.High : PinDrive.Low);

    private void Command(byte command)
    {
        Drive(A0, false);
        host.Transact(command);
    }

    private void Data(params byte[] data)
    {
        Drive(A0, true);
        host.Transact(data);
        Drive(A0, false);
    }

    private void At(int page, int column)
    {
        Command((byte)(0xB0 | page));
        Command((byte)(column & 0x0F));
        Command((byte)(0x10 | (column >> 4)));
    }

    private void Clear()
    {
        for (int page = 0; page < 16; page++)
        {
            At(page, column: 0);
            Data(new byte[Size]);
        }
    }

    private byte[] Pixels()
    {
        byte[] pixels = new byte[Size * Size];
        display.Read(pixels);
        return pixels;
    }

    private List<(int X, int Y)> Dots()
    {
        byte[] pixels = Pixels();
        return [.. Enumerable.Range(0, pixels.Length).Where(i => pixels[i] != 0).Select(i => (i % Size, i / Size))];
    }
}
