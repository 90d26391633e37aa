// Switches between pads: what a closed one does to the pads' levels, and how it is stored.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Tests.Peripherals;

public sealed class PadSwitchTests : IDisposable
{
    private const uint Iox = 0x5012_F000;
    private const uint OutC = Iox + 0x130 + 8;
    private const uint OeC = Iox + 0x148 + 8;
    private const uint PuB = Iox + 0x160 + 4;
    private const uint PuC = Iox + 0x160 + 8;

    private static readonly byte PB1 = Pin.Number('B', 1);
    private static readonly byte PC2 = Pin.Number('C', 2);
    private static readonly byte PC3 = Pin.Number('C', 3);
    private static readonly byte PC4 = Pin.Number('C', 4);

    private readonly Chip chip = new();

    public void Dispose() => chip.Dispose();

    [Fact]
    public void A_closed_switch_brings_one_pad_s_drive_to_the_other_whose_pull_up_gives_way()
    {
        DriveLow(PC2);
        Assert.True(Level(PB1));
        Close(PB1, PC2);
        Assert.False(Level(PB1));
        DriveHigh(PC2);
        Assert.True(Level(PB1));
        DriveLow(PC2);
        Open(PC2, PB1);
        Assert.True(Level(PB1));
    }

    [Fact]
    public void A_pull_up_is_shared()
    {
        chip.Write16(PuC, 0);
        Assert.False(Level(PC2));
        Close(PB1, PC2);
        Assert.True(Level(PC2));
        chip.Write16(PuB, 0);
        Assert.False(Level(PC2));
    }

    [Fact]
    public void Where_drives_meet_low_wins()
    {
        DriveHigh(PC2);
        Close(PB1, PC2);
        chip.Machine.Apply(MachineInput.SetPin(PB1, PinDrive.Low));
        Assert.False(Level(PC2));
        Open(PB1, PC2);
        Assert.True(Level(PC2));
    }

    [Fact]
    public void A_chain_of_closed_switches_is_one_net_in_whatever_order_they_closed()
    {
        DriveLow(PC4);
        Close(PB1, PC2);
        Close(PC3, PC4);
        Assert.True(Level(PB1));
        Close(PC2, PC3);
        Assert.False(Level(PB1));
        Open(PC3, PC4);
        Assert.True(Level(PB1));
    }

    [Fact]
    public void A_key_that_closes_changes_the_column_and_is_reported()
    {
        DriveLow(PC2);
        chip.PinChanges.Clear();
        Close(PC2, PB1);
        Assert.Equal((PB1, false, chip.Now), Assert.Single(chip.PinChanges));
        Close(PC2, PB1); // once more is the same
        Assert.Single(chip.PinChanges);
    }

    [Fact]
    public void A_reset_of_the_chip_leaves_a_held_key_held()
    {
        BoardKey key = new("Any", PC2, PB1, "a");
        chip.Machine.Apply(key.Hold(true));
        chip.Reset(ResetKind.Chip);
        Assert.True(chip.Machine.IsPressed(key));
        DriveLow(PC2);
        Assert.False(Level(PB1));
        chip.Machine.Apply(key.Hold(false));
        Assert.False(chip.Machine.IsPressed(key));
        Assert.True(Level(PB1));
    }

    [Fact]
    public void A_held_button_is_seen_as_such()
    {
        BoardSwitch button = chip.Machine.Board.FindSwitch("prog")!;
        Assert.False(chip.Machine.IsPressed(button));
        chip.Machine.Apply(button.Hold(true));
        Assert.True(chip.Machine.IsPressed(button));
        Assert.False(Level(Pin.Number('C', 13)));
    }

    [Fact]
    public void More_closed_switches_than_there_is_room_for_are_refused_and_an_open_one_is_not()
    {
        for (byte pad = 1; pad <= PadSwitches.Capacity; pad++)
        {
            Assert.True(chip.Machine.Apply(MachineInput.SetSwitch(0, pad, closed: true)));
        }

        Assert.False(chip.Machine.Apply(MachineInput.SetSwitch(0, 95, closed: true)));
        Assert.True(chip.Machine.Apply(MachineInput.SetSwitch(0, 95, closed: false)));
        Assert.True(chip.Machine.Apply(MachineInput.SetSwitch(0, 1, closed: false)));
        Assert.True(chip.Machine.Apply(MachineInput.SetSwitch(0, 95, closed: true)));
    }

    [Fact]
    public void A_switch_has_a_stored_form()
    {
        MachineInput input = MachineInput.SetSwitch(PC2, PB1, closed: true);
        Assert.Equal([4, PC2, PB1, 1], input.ToBytes());
        Assert.Equal(input, MachineInput.FromBytes(input.ToBytes()));
    }

    [Theory]
    [InlineData(4, 96, 1, 1)]
    [InlineData(4, 1, 96, 1)]
    [InlineData(4, 7, 7, 1)]
    [InlineData(4, 1, 2, 2)]
    public void A_stored_switch_that_cannot_be_is_refused(params int[] stored) => Assert.Throws<SnapshotFormatException>(
        () => MachineInput.FromBytes([.. stored.Select(value => (byte)value)]));

    private bool Level(byte pin) => chip.Machine.PinLevel(pin);

    private void Close(byte pin, byte otherPin) => chip.Machine.Apply(MachineInput.SetSwitch(pin, otherPin, closed: true));

    private void Open(byte pin, byte otherPin) => chip.Machine.Apply(MachineInput.SetSwitch(pin, otherPin, closed: false));

    private void DriveLow(byte pin) => DriveFromChip(pin, 0);

    private void DriveHigh(byte pin) => DriveFromChip(pin, 0xFFFF);

    private void DriveFromChip(byte pin, ushort level)
    {
        chip.Write16(OutC, level);
        chip.Write16(OeC, (ushort)(1 << (pin % 16)));
    }
}
