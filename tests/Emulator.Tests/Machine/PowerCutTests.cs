// What is left when the power goes, at any cycle.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Tests.Cpu;

namespace XousCloud.Emulator.Tests.MachineFrame;

public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Cuts = 200;

    [Theory]
    [InlineData(EngineKind.Threaded)]
    [InlineData(EngineKind.Stepper)]
    public void Power_that_goes_anywhere_in_a_write_leaves_the_old_or_the_new_line(EngineKind engine)
    {
        using Guest guest = new("settings", engine);
        Assert.True(guest.RunUntil("start 1, name ''"), guest.Console);
        guest.Send("alpha\r");
        Assert.True(guest.RunUntil("stored 'alpha'\r\n"), guest.Console);
        guest.Send("beta\r");
        while (guest.Machine.Soc.CoreStalledUntil <= guest.Machine.Cycle)
        {
            guest.Machine.Step();
        }

        MachineSnapshot begun = guest.Machine.Save();
        ulong length = guest.Machine.Soc.CoreStalledUntil - guest.Machine.Cycle;
        Assert.InRange(length, 100u * 350, 200u * 350);

        int seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        IEnumerable<ulong> anywhere = Enumerable.Range(0, Cuts).Select(_ => (ulong)random.NextInt64((long)length + 100));
        foreach (ulong cycles in (ulong[])[0, 1, length - 1, length, length + 1, .. anywhere])
        {
            guest.Machine.Load(begun);
            guest.Machine.Run(cycles);
            guest.Machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
            string name = cycles < length ? "alpha" : "beta";
            Assert.True(guest.RunUntil($"start 2, name '{name}'\r\n", seconds: 0.01), $"cut after {cycles} cycles: {guest.Console}");
            guest.Forget();
        }
    }

    [Fact]
    public void RRAM_IFR_and_flash_keep_what_they_hold_without_power_and_nothing_else_does()
    {
        using Machine machine = new(new MachineOptions
        {
            Image = new MachineImage("none", 0x6006_0300, []),
            Board = Board.Find("dc34-badge")!,
        });
        (uint Address, bool Stays)[] places =
        [
            (0x6016_0000, true), (0x603D_A000 + (200 * 32), true), (0x7040_0000, true),
            (0x6100_0000, false), (0x5000_0000, false), (0x5030_1000, false), (0x7800_0000, false),
        ];
        foreach ((uint address, _) in places)
        {
            Assert.True(machine.Soc.Memory.TryWrite(address, [1, 2, 3, 4]));
        }

        machine.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        foreach ((uint address, bool stays) in places)
        {
            byte[] content = new byte[4];
            machine.Soc.Memory.TryRead(address, content);
            Assert.True(stays == content.SequenceEqual(new byte[] { 1, 2, 3, 4 }), $"0x{address:x8}");
        }
    }
}
