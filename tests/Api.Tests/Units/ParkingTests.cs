using System.Diagnostics;
using XousCloud.Api.Devices;
using XousCloud.Api.Scheduling;
using XousCloud.Api.Tests.Support;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Tests.Units;

/// <summary>When a machine gives back what it needs only to run, and in what slices it runs.</summary>
public sealed class ParkingTests
{
    private const int Seconds = 10;
    private static readonly long second = Stopwatch.Frequency;

    [Fact]
    public void A_device_is_parked_when_it_has_executed_nothing_for_a_while()
    {
        using Machine machine = Of(Programs.Wait);
        Parking parking = new(Seconds);
        machine.Run(1000);
        Assert.Equal(new Wake(110 * second), parking.Next(machine, Wake.WhenWoken, 100 * second));
        Assert.Equal(new Wake(110 * second), parking.Next(machine, new Wake(500 * second), 109 * second));
        Assert.False(parking.IsParked);
        Assert.Equal(Wake.WhenWoken, parking.Next(machine, Wake.WhenWoken, 110 * second));
        Assert.True(parking.IsParked);

        // It is looked at, and executes nothing.
        machine.Run(1000);
        Assert.Equal(Wake.WhenWoken, parking.Next(machine, Wake.WhenWoken, 200 * second));
        Assert.True(parking.IsParked);
    }

    [Fact]
    public void A_device_that_executes_is_not_parked_and_has_its_turns_when_it_wants_them()
    {
        using Machine machine = Of(Programs.Count);
        Parking parking = new(Seconds);
        for (long now = 1; now < 100; now++)
        {
            machine.Run(100);
            Assert.Equal(Wake.Again, parking.Next(machine, Wake.Again, now * second));
            Assert.Equal(new Wake(now * second), parking.Next(machine, new Wake(now * second), now * second));
            Assert.False(parking.IsParked);
        }
    }

    [Fact]
    public void A_parked_device_goes_on_as_one_that_was_not()
    {
        using Machine machine = Of(Programs.Count);
        using Machine other = Of(Programs.Count);
        machine.Run(10_000);
        Parking parking = new(Seconds);
        parking.Next(machine, Wake.WhenWoken, 100 * second);
        parking.Next(machine, Wake.WhenWoken, 200 * second);
        Assert.True(parking.IsParked);
        machine.Run(10_000);
        parking.Next(machine, Wake.WhenWoken, 201 * second);
        Assert.False(parking.IsParked);
        other.Run(20_000);
        Assert.Equal(other.StateHash(), machine.StateHash());
        Assert.Equal(other.InstructionsExecuted, machine.InstructionsExecuted);
    }

    [Fact]
    public void A_device_that_computes_runs_in_slices_of_at_least_twenty_thousand_instructions()
    {
        using Machine machine = Of(Programs.Count);
        MachineRunner runner = new(machine);
        runner.Start(DevicePace.Fast);
        for (int turn = 0; turn < 20; turn++)
        {
            Assert.Equal(Wake.Again, runner.Turn(static () => true, alarm: null)); // each turn ends after its first slice
            Assert.InRange(machine.InstructionsExecuted, 20_000ul * (ulong)(turn + 1), ulong.MaxValue);
        }
    }

    private static Machine Of(byte[] program)
    {
        const uint Start = 0x6006_0000;
        return new Machine(new MachineOptions
        {
            Image = new MachineImage("program", Start, [(Start, program)]),
            Board = Board.Find("dabao")!,
        });
    }
}
