// Breakpoints and watchpoints on every engine. What is right is found without them: the stepper, one instruction at a time.

using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Tests.Cpu;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.MachineFrame;

public sealed class DebugStopsTests
{
    private const int Instructions = 20_000;

    public static TheoryData<EngineKind> Engines => CoreUnderTest.Engines;

    [Theory, MemberData(nameof(Engines))]
    public void A_breakpoint_stops_before_its_instruction_every_time(EngineKind engine)
    {
        int seed = TestSeed.Next();
        Random random = new(seed);
        MachineImage image = Guest.LoadImage("paging_demand");
        using Guest stepped = new(image, EngineKind.Stepper);
        List<(uint Pc, ulong Cycle)> executed = [];
        for (int i = 0; i < Instructions; i++)
        {
            executed.Add((stepped.Machine.Hart.Pc, stepped.Machine.Cycle));
            stepped.Machine.Step();
        }

        for (int round = 0; round < 10; round++)
        {
            HashSet<uint> chosen = [.. Enumerable.Range(0, 3).Select(_ => executed[random.Next(executed.Count)].Pc)];
            using Guest guest = new(image, engine);
            foreach (uint pc in chosen)
            {
                guest.Machine.Debug.AddBreakpoint(pc);
            }

            IEnumerable<(uint, ulong)> expected = executed.Where(at => chosen.Contains(at.Pc)).Take(100);
            Assert.Equal(expected, StopsOf(guest.Machine, stepped.Machine.Cycle).Take(100));
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_breakpoint_that_was_removed_stops_nothing(EngineKind engine)
    {
        using Guest plain = new("tick", engine);
        plain.Machine.Run(10_000_000);
        using Guest guest = new("tick", engine);
        uint pc = guest.Machine.Hart.Pc;
        guest.Machine.Debug.AddBreakpoint(pc);
        Assert.Equal(RunStop.Requested, guest.Machine.Run(1000));
        Assert.Equal((pc, 0ul), (guest.Machine.Hart.Pc, guest.Machine.Cycle));
        Assert.True(guest.Machine.Debug.RemoveBreakpoint(pc));
        Assert.False(guest.Machine.Debug.RemoveBreakpoint(pc));
        Assert.Equal(RunStop.CyclesUsed, guest.Machine.Run(10_000_000));
        Assert.Equal(plain.Machine.StateHash(), guest.Machine.StateHash());
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_breakpoint_that_is_set_behind_a_step_stops_the_first_time(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code => code.Words(Addi(10, 10, 1), J(-4, 0)));
        core.Machine.Run(101);
        uint stepped = core.Hart.Pc;
        core.Machine.Debug.AddBreakpoint(CoreUnderTest.Sram); // a debugger is there already
        core.Machine.Step();
        core.Machine.Debug.AddBreakpoint(stepped);
        ulong before = core.Machine.Cycle;
        Assert.Equal(RunStop.Requested, core.Machine.Run(1000));
        Assert.Equal((stepped, before + 1), (core.Hart.Pc, core.Machine.Cycle));
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_watchpoint_stops_behind_the_access_that_it_is_about(EngineKind engine)
    {
        const uint Data = CoreUnderTest.Sram + 0x100;
        (WatchedAccesses Accesses, uint Length, uint[] Expected)[] cases =
        [
            (WatchedAccesses.Stores, 4, [12, 16, 20]),
            (WatchedAccesses.Loads, 4, [8, 16]),
            (WatchedAccesses.Loads | WatchedAccesses.Stores, 4, [8, 12, 16, 20]),
            (WatchedAccesses.Loads | WatchedAccesses.Stores, 2, [8, 12, 16]),
        ];
        foreach ((WatchedAccesses accesses, uint length, uint[] expected) in cases)
        {
            using CoreUnderTest core = new(engine, code =>
            {
                code.Words(Lui(8, CoreUnderTest.Sram)); // 0
                code.Word(Lw(9, 0xFC, 8)); // 4: the word before, in the same page
                code.Word(Lw(9, 0x100, 8)); // 8
                code.Word(Sw(9, 0x100, 8)); // 12
                code.Word(R(0, 9, 11, 2, 10, 0x2F)); // 16: amoadd.w a0, s1, (a1)
                code.Word(S(0x103, 9, 8, 0)); // 20: the word's last byte
                code.Word(J(-20, 0)); // round again
            });
            core.Machine.Hart.SetRegister(11, Data);
            core.Machine.Debug.AddWatchpoint(new Watchpoint(Data, length, accesses));
            for (int round = 0; round < 50; round++)
            {
                foreach (uint offset in expected)
                {
                    Assert.Equal(RunStop.Requested, core.Machine.Run(1000));
                    Assert.Equal(CoreUnderTest.Start + offset + 4, core.Hart.Pc);
                    Assert.Equal(offset == 20 ? Data + 3 : Data, core.Machine.Debug.Hit!.Address);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void A_device_register_can_be_watched_in_a_waiting_loop(EngineKind engine)
    {
        const uint Status = 0x4004_2008; // DUART's busy flag
        using CoreUnderTest core = new(engine, code =>
        {
            code.LoadConstant(8, Status);
            code.Words(Lw(9, 0, 8), J(-4, 0));
        });
        core.Machine.Run(100_000);
        core.Machine.Debug.AddWatchpoint(new Watchpoint(Status, 4, WatchedAccesses.Loads));
        for (int i = 0; i < 20; i++)
        {
            ulong before = core.Machine.Cycle;
            Assert.Equal(RunStop.Requested, core.Machine.Run(1000));
            Assert.InRange(core.Machine.Cycle - before, 1ul, 2ul);
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void What_a_debugger_writes_over_code_is_executed(EngineKind engine)
    {
        using CoreUnderTest core = new(engine, code => code.Words(Addi(10, 10, 1), J(-4, 0)));
        core.Machine.Run(10_000);
        uint counted = core.X(10);
        Assert.True(core.Hart.TryWriteVirtual(CoreUnderTest.Start, BitConverter.GetBytes(Addi(11, 11, 1))));
        core.Machine.Run(10_000);
        Assert.InRange(core.X(10), counted, counted + 1);
        Assert.InRange(core.X(11), 4000u, 6000u);
        Assert.False(core.Hart.TryWriteVirtual(0x4004_2000, new byte[4]));
    }

    // A debugger's continue, again and again.
    private static IEnumerable<(uint Pc, ulong Cycle)> StopsOf(Machine machine, ulong end)
    {
        while (machine.Run(end - machine.Cycle) == RunStop.Requested)
        {
            Assert.Equal(machine.Hart.Pc, machine.Debug.Hit!.Address);
            yield return (machine.Hart.Pc, machine.Cycle);
            machine.Debug.ClearHit();
            machine.Step();
        }
    }
}
