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

    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Translator)]
    public void A_driver_that_waits_after_each_command_waits_for_three_rounds_once_its_wait_is_known(EngineKind engine)
    {
        const uint Duart = 0x4004_2000;
        const ulong InstructionsOfCommand = 6;
        const ulong InstructionsOfRound = 2;
        Assembler code = new(0x6006_0000);
        code.LoadConstant(8, Duart);
        code.Words(Assembler.Addi(9, 0, 1));
        code.Words(Assembler.Lw(10, 12, 8), Assembler.Sw(10, 12, 8), Assembler.Sw(9, 4, 8), Assembler.Sw(9, 0, 8)); // ETUC, CR, TXD
        code.Words(Assembler.Lw(10, 8, 8), Assembler.B(-4, 0, 10, 1)); // SR, for the 320 cycles of a frame or more
        code.Words(Assembler.Addi(13, 13, 1), Assembler.J(-28, 0));
        using Guest guest = new(new MachineImage("driver", 0x6006_0000, [(0x6006_0000, code.ToBytes())]), engine);

        guest.Machine.Run(100_000);
        (uint frames, ulong executed) = (guest.Machine.Hart.Register(13), guest.Machine.InstructionsExecuted);
        guest.Machine.Run(1_000_000);
        frames = guest.Machine.Hart.Register(13) - frames;
        executed = guest.Machine.InstructionsExecuted - executed;

        Assert.InRange(frames, 100u, 3200u);
        Assert.InRange(executed / frames, InstructionsOfCommand, InstructionsOfCommand + (4 * InstructionsOfRound));
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
