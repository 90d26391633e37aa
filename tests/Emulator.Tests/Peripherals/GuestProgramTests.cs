// The blocks as whole programs see them: our guest programs of tests/Firmware, and the public SDK's examples where
// XOUSCLOUD_SDK_EXAMPLES names their folder.

using System.Text.RegularExpressions;
using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Peripherals;

public partial class GuestProgramTests
{
    private const ulong Millisecond = 350_000;
    private const ulong Second = 1000 * Millisecond;

    private static readonly byte Prog = Pin.Number('C', 13);

    [Theory]
    [InlineData("accelerometer", "dc34-badge")]
    [InlineData("spi_memory", "dc34-badge")]
    [InlineData("always_on")]
    [InlineData("crypto")]
    [InlineData("iox")]
    [InlineData("pwm")]
    [InlineData("rram")]
    [InlineData("slots")]
    public void A_program_that_checks_its_block_finds_nothing_wrong(string program, string board = "dabao")
    {
        using Guest guest = new(program, board: board);
        Assert.True(guest.RunUntil("failed\r\n"), guest.Console);
        Match summary = Summary().Match(guest.Console);
        Assert.Equal("0", summary.Groups[2].Value);
        Assert.DoesNotContain("FAIL", guest.Console, StringComparison.Ordinal);
        Assert.Equal(int.Parse(summary.Groups[1].Value), guest.Console.Split(": ok\r\n").Length - 1);
        Assert.Empty(guest.UnmodelledAccesses);
    }

    [Fact]
    public void PROG_interrupts_when_it_is_pressed_and_when_it_is_let_go()
    {
        using Guest guest = new("iox");
        Assert.True(guest.RunUntil("failed\r\n"));
        Press(guest);
        Assert.True(guest.RunUntil("PROG pressed", seconds: 0.1), guest.Console);
        Assert.DoesNotContain("released", guest.Console, StringComparison.Ordinal);
        Release(guest);
        Assert.True(guest.RunUntil("PROG released", seconds: 0.1), guest.Console);
    }

    [Fact]
    public void Keys_of_a_matrix_are_told_as_they_are_held_and_let_go()
    {
        using Guest guest = new("keypad");
        Assert.True(guest.RunUntil("ready\r\n"));
        MachineInput[] presses =
        [
            .. new[] { (7, 4), (6, 2), (9, 5) }
                .SelectMany(key => new[] { true, false }.Select(held => MachineInput.SetSwitch(
                    Pin.Number('F', key.Item1), Pin.Number('F', key.Item2), held))),
        ];
        foreach (MachineInput press in presses)
        {
            guest.Machine.Apply(press);
            guest.Machine.Run(100 * Millisecond);
        }

        Assert.Equal(
            """
            keypad ready
            both sources
            key 1,2 down
            key 1,2 up
            key 0,0 down
            key 0,0 up
            key 3,3 down
            key 3,3 up

            """,
            guest.Console, ignoreLineEndingDifferences: true);
        Assert.Empty(guest.UnmodelledAccesses);
    }

    [Fact]
    public void Text_typed_at_line_rate_comes_back_whole()
    {
        string typed = string.Concat(Enumerable.Range(0, 3000).Select(i => (char)('a' + (i % 26))));
        using Guest guest = new("echo");
        Assert.True(guest.RunUntil("ready\r\n"));
        guest.Send(typed + "\r");
        Assert.True(guest.RunUntil("bytes]", seconds: 1), guest.Console);
        Assert.Contains(typed.ToUpperInvariant() + "\r\n[3000 bytes]", guest.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void Alarms_ten_milliseconds_apart_are_neither_lost_nor_late()
    {
        using Guest guest = new("tick");
        Assert.True(guest.RunUntil("tick 300 at 3000 ms\r\n"), guest.Console);
        Assert.Equal("start at 0 ms\r\ntick 100 at 1000 ms\r\ntick 200 at 2000 ms\r\ntick 300 at 3000 ms\r\n", guest.Console);
    }

    [Fact]
    public void TIMER0_interrupts_two_seconds_later_and_again_after_a_click_on_PROG()
    {
        using Guest guest = new("timer0");
        Assert.True(guest.RunUntil("beep 1"));
        Assert.True(guest.RunUntil("boop 1"));
        Assert.InRange(guest.Machine.Cycle, 2 * Second, (2 * Second) + Millisecond);
        Assert.False(guest.RunUntil("beep 2", seconds: 1));
        Click(guest);
        Assert.True(guest.RunUntil("boop 2", seconds: 2.1));
    }

    [Fact]
    public void A_chip_reset_keeps_AORAM_and_names_its_cause()
    {
        using Guest guest = new("reset");
        Assert.True(guest.RunUntil("reset: done"), guest.Console);
        Assert.Contains("boot 1, reset causes 100", guest.Console, StringComparison.Ordinal);
        Assert.Contains("boot 5, reset causes 020", guest.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void The_heartbeat_blinks_PB12_once_a_second()
    {
        using Guest guest = new("blinky");
        guest.Machine.Run(5 * Second + Millisecond);
        ulong[] changes = [.. guest.PinChanges.Where(change => change.Pin == Pin.Number('B', 12)).Select(change => change.Cycle)];
        Assert.InRange(changes.Length, 5, 7);
        Assert.All(changes.Skip(2).Zip(changes.Skip(1)), pair => Assert.InRange(pair.First - pair.Second, Second - 100, Second + 100));
    }

    [Fact]
    public void A_software_event_and_the_USB_controller_answer_as_on_the_chip()
    {
        using Guest guest = new("usb_devcap");
        Assert.True(guest.RunUntil("USB DEVCAP = 0x20014401"), guest.Console);
        Assert.Empty(guest.UnmodelledAccesses);
    }

    [Theory]
    [InlineData("uart", "hello, world!")]
    [InlineData("timer0", "boop")]
    public void An_example_of_the_public_sdk_goes_on_when_PROG_is_clicked(string example, string line)
    {
        string? folder = Environment.GetEnvironmentVariable("XOUSCLOUD_SDK_EXAMPLES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "XOUSCLOUD_SDK_EXAMPLES does not name the folder of the SDK's examples.");
        string file = example + ".uf2";
        FirmwareImage firmware = FirmwareImage.Import([new FirmwareFile(file, File.ReadAllBytes(Path.Combine(folder!, file)))]);
        using Guest guest = new(new MachineImage(
            firmware.Digest, firmware.EntryPoint, firmware.Segments.Select(segment => (segment.Address, segment.Bytes))));

        guest.Machine.Run(3 * Second);
        int before = guest.Console.Split(line).Length;
        guest.Machine.Run(Second);
        Assert.Equal(before, guest.Console.Split(line).Length);
        Click(guest);
        guest.Machine.Run(3 * Second);
        Assert.Equal(before + 1, guest.Console.Split(line).Length);
    }

    private static void Click(Guest guest)
    {
        Press(guest);
        guest.Machine.Run(100 * Millisecond);
        Release(guest);
    }

    private static void Press(Guest guest) => guest.Machine.Apply(MachineInput.SetPin(Prog, PinDrive.Low));

    private static void Release(Guest guest) => guest.Machine.Apply(MachineInput.SetPin(Prog, PinDrive.Released));

    [GeneratedRegex(@": (\d+) ok, (\d+) failed")]
    private static partial Regex Summary();
}
