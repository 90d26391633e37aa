// A guest that waits by reading a register in a loop: its rounds are counted and not executed, and nothing shows it.

using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.MachineFrame;

public class PollingTests
{
    private const ulong Second = 350_000_000;

    [Theory]
    [InlineData("hello")] // TICKTIMER
    [InlineData("blinky")] // the heartbeat of D11CTIME
    [InlineData("uart")] // TICKTIMER, a pin and UART2
    public void A_program_that_polls_is_hardly_executed(string program)
    {
        using Guest guest = new(program);

        guest.Machine.Run(2 * Second);

        Assert.InRange(guest.Machine.InstructionsSkipped, Second, 2 * Second);
        Assert.Equal(2 * Second, guest.Machine.Cycle);
    }

    [Fact]
    public void A_program_that_spins_without_reading_anything_is_hardly_executed()
    {
        byte[] jumpToItself = [0x6F, 0x00, 0x00, 0x00];
        using Guest guest = new(new MachineImage("spin", 0x6006_0000, [(0x6006_0000, jumpToItself)]));

        guest.Machine.Run(2 * Second);

        Assert.InRange(guest.Machine.InstructionsSkipped, Second, 2 * Second);
        Assert.Equal(2 * Second, guest.Machine.Cycle);
        Assert.Equal(2 * Second, guest.Machine.Hart.InstructionsRetired);
    }

    [Fact]
    public void A_loop_that_counts_its_rounds_up_to_a_limit_is_hardly_executed_and_ends_at_the_limit()
    {
        Assembler code = new(0x6006_0000);
        code.LoadConstant(6, 100_000_000);
        code.Words(Assembler.Addi(5, 5, 1), Assembler.B(-4, 5, 6, 7), Assembler.J(0, 0)); // while x5 is not above x6
        using Guest guest = new(new MachineImage("count", 0x6006_0000, [(0x6006_0000, code.ToBytes())]));

        guest.Machine.Run(2 * Second);

        Assert.Equal(100_000_001u, guest.Machine.Hart.Register(5));
        Assert.InRange(guest.Machine.InstructionsSkipped, Second, 2 * Second);
    }

    [Fact]
    public void Skipping_gives_the_same_output_at_the_same_cycles_as_executing()
    {
        using Guest executed = new("hello", EngineKind.Stepper);
        using Guest skipped = new("hello");

        executed.Machine.Run(Second / 2);
        skipped.Machine.Run(Second / 2);

        Assert.Equal(0ul, executed.Machine.InstructionsSkipped);
        Assert.Equal(executed.Console, skipped.Console);
        Assert.Equal(executed.Machine.StateHash(), skipped.Machine.StateHash());
    }

    [Fact]
    public void A_pin_that_changes_while_a_program_polls_it_is_seen()
    {
        using Guest guest = new("uart");
        Assert.True(guest.RunUntil("]"));
        string before = guest.Console;

        guest.Machine.Run(Second);
        Assert.Equal(before, guest.Console.TrimEnd());
        guest.Machine.Apply(MachineInput.SetPin(Boards.Pin.Number('C', 13), PinDrive.Low));
        guest.Machine.Run(Second);
        guest.Machine.Apply(MachineInput.SetPin(Boards.Pin.Number('C', 13), PinDrive.Released));
        guest.Machine.Run(Second);

        Assert.True(guest.Console.Length > before.Length + 10);
    }
}
