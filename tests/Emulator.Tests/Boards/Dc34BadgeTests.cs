// The badge's SPI parts as whole programs use them, over everything between: memory, channels, bus and pads.

using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.BoardParts;

public sealed class Dc34BadgeTests
{
    private const int Size = 128;

    [Fact]
    public void A_program_draws_on_the_display_upright_and_switches_it_off()
    {
        using Guest guest = new("oled", board: "dc34-badge");
        Assert.True(guest.RunUntil("oled: drawn"), guest.Console);
        byte[] pixels = new byte[Size * Size];
        guest.Machine.Display!.Read(pixels);
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y) = (i % Size, i / Size);
            bool frame = x is 0 or Size - 1 || y is 0 or Size - 1;
            bool square = x is >= 8 and < 24 && y is >= 8 and < 24;
            Assert.True((frame || square) == (pixels[i] != 0), $"{x}, {y}");
        }

        Assert.True(guest.RunUntil("oled: dark"));
        Assert.False(guest.Machine.Display.IsOn);
        Assert.Empty(guest.UnmodelledAccesses);
    }

    [Theory]
    [InlineData("spi_memory")]
    [InlineData("oled")]
    public void A_program_that_is_saved_and_loaded_in_the_middle_of_transfers_ends_in_the_same_state(string program)
    {
        const ulong Piece = 77_777; // not in step with anything
        const int Pieces = 60;
        using Guest whole = new(program, board: "dc34-badge");
        whole.Machine.Run(Pieces * Piece);
        Guest pieces = new(program, board: "dc34-badge");
        for (int i = 0; i < Pieces; i++)
        {
            pieces.Machine.Run(Piece);
            MachineSnapshot saved = pieces.Machine.Save();
            pieces.Dispose();
            pieces = new Guest(program, i % 2 == 0 ? EngineKind.Stepper : EngineKind.Threaded, board: "dc34-badge");
            pieces.Machine.Load(saved);
        }

        Assert.Equal(whole.Machine.StateHash(), pieces.Machine.StateHash());
        pieces.Dispose();
    }
}
