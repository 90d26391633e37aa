// Devices of one image run the same generated code, and what one does to its memory is nothing to the others.

using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Cpu.Translator;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;
using XousCloud.Emulator.Tests.MachineFrame;
using static XousCloud.Emulator.Tests.Cpu.Assembler;

namespace XousCloud.Emulator.Tests.Cpu.Translator;

public class SharedCodeTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 350_000;

    // Where the programs are that are copied to RAM, as a loader does it; data behind the code in the same page.
    private const uint Program = ChipMemories.SramBase;
    private const uint Data = ChipMemories.SramBase + 0x800;

    public static TheoryData<string> Programs => ["hello", "tick", "mmu", "selfmod", "paging_demand", "rram", "crypto", "xous_calls"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_second_device_of_an_image_translates_nothing_and_ends_as_the_first(string program)
    {
        RequireTranslator();
        MachineImage image = Guest.LoadImage(program);
        using Guest first = new(image, EngineKind.Translator);
        first.Machine.Run(30 * Millisecond);
        int used = image.Code.CodeUsed;
        using Guest second = new(image, EngineKind.Translator);
        second.Machine.Run(30 * Millisecond);

        Assert.Equal(first.Machine.StateHash(), second.Machine.StateHash());
        Assert.Equal(used, image.Code.CodeUsed);
        Assert.InRange(used, 500, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Devices_that_translate_at_once_end_as_one_that_runs_alone(string program)
    {
        RequireTranslator();
        using Guest alone = new(program, EngineKind.Threaded);
        alone.Machine.Run(20 * Millisecond);
        MachineImage image = Guest.LoadImage(program);
        Machine[] machines = [.. Enumerable.Range(0, 4).Select(_ => new Machine(new MachineOptions
        {
            Image = image,
            Board = Dabao.Board,
            Engine = EngineKind.Translator,
            Seed = 1,
        }))];

        Parallel.ForEach(machines, machine =>
        {
            while (machine.Cycle < 20 * Millisecond && !machine.HasEnded)
            {
                machine.Run(Math.Min(Millisecond, (20 * Millisecond) - machine.Cycle));
            }
        });

        Assert.All(machines, machine => Assert.Equal(alone.Machine.StateHash(), machine.StateHash()));
        Array.ForEach(machines, machine => machine.Dispose());
    }

    [Fact]
    public void A_device_that_rewrites_its_code_runs_what_it_wrote_and_no_other_does()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine first = New(image);
        using Machine second = New(image);
        first.Run(10_000);
        second.Run(10_000);
        first.Soc.Memory.TryWrite(Program + 4, BitConverter.GetBytes(Addi(10, 10, 3)));
        uint before = second.Hart.Register(10);
        first.Run(9_000);
        second.Run(9_000);

        Assert.Equal(3000u, second.Hart.Register(10) - before);
        Assert.Equal(before + 9000, first.Hart.Register(10));
    }

    [Fact]
    public void A_page_that_is_as_it_was_again_runs_the_shared_code_again()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine machine = New(image);
        machine.Run(10_000);
        machine.Soc.Memory.TryWrite(Program + 4, BitConverter.GetBytes(Addi(10, 10, 3)));
        machine.Run(9_000);
        int own = Code(machine).OwnCodeUsed;
        uint before = machine.Hart.Register(10);
        machine.Soc.Memory.TryWrite(Program + 4, BitConverter.GetBytes(Addi(10, 10, 1)));
        machine.Run(9_000);

        Assert.InRange(own, 1, int.MaxValue);
        Assert.Equal((before + 3000, own), (machine.Hart.Register(10), Code(machine).OwnCodeUsed));
    }

    [Fact]
    public void A_page_with_data_beside_its_code_is_translated_a_last_time_when_the_data_changes()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine machine = New(image);
        machine.Run(10_000);
        int used = image.Code.CodeUsed;
        int? own = null;
        for (uint round = 1; round < 100; round++)
        {
            machine.Soc.Memory.TryWrite(Data, BitConverter.GetBytes(round));
            machine.Run(300);
            own ??= Code(machine).OwnCodeUsed;
        }

        Assert.Equal((used, own), (image.Code.CodeUsed, Code(machine).OwnCodeUsed));
        Assert.InRange(own!.Value, 1, 10_000);
    }

    [Fact]
    public void A_page_of_other_content_is_shared_with_the_devices_that_have_the_same()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine first = New(image);
        using Machine second = New(image);
        byte[] other = new byte[4096];
        Array.Fill(other, (byte)0x13);
        Counting(step: 7).CopyTo(other, 0);
        first.Run(10_000);
        first.Soc.Memory.TryWrite(Program, other);
        first.Run(9_000);
        int used = image.Code.CodeUsed;
        second.Soc.Memory.TryWrite(Program, other);
        second.Run(10_000);

        Assert.Equal((used, 0, 0), (image.Code.CodeUsed, Code(first).OwnCodeUsed, Code(second).OwnCodeUsed));
    }

    [Fact]
    public void However_many_contents_a_page_has_each_runs_as_it_stands()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine machine = New(image);
        machine.Run(100); // into the program
        int seed = TestSeed.Next();
        output.WriteLine($"Seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 100; round++)
        {
            int step = random.Next(-2000, 2000);
            byte[] content = new byte[4096];
            random.NextBytes(content);
            Counting(step).CopyTo(content, 0);
            machine.Soc.Memory.TryWrite(Program, content);
            machine.Run((ulong)random.Next(1, 300));
            uint before = machine.Hart.Register(10);
            machine.Run(3_000);

            Assert.Equal(before + (uint)(step * 1000), machine.Hart.Register(10));
        }
    }

    [Fact]
    public void A_page_of_code_that_becomes_data_is_no_longer_watched_and_can_become_code_again()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine machine = New(image);
        machine.Run(10_000);
        PageWatch before = Watch(machine);
        for (int step = 1000; step >= 2; step--)
        {
            machine.Soc.Memory.TryWrite(Program + 4, BitConverter.GetBytes(Addi(10, 10, step)));
        }

        PageWatch asData = Watch(machine);
        machine.Run(300);
        PageWatch after = Watch(machine);
        machine.Soc.Memory.TryWrite(Program + 4, BitConverter.GetBytes(Addi(10, 10, 3)));
        uint counted = machine.Hart.Register(10);
        machine.Run(9_000);

        Assert.Equal((PageWatch.Code, PageWatch.None, PageWatch.Code), (before, asData, after));
        Assert.Equal(counted + 9000, machine.Hart.Register(10));
    }

    [Fact]
    public void A_parked_device_keeps_no_code_of_its_own()
    {
        RequireTranslator();
        MachineImage image = Image();
        using Machine machine = New(image);
        machine.Run(10_000);
        machine.Soc.Memory.TryWrite(Program + 4, BitConverter.GetBytes(Addi(10, 10, 3)));
        machine.Run(9_000);
        machine.Trim();
        machine.Run(300);
        int used = image.Code.CodeUsed;
        uint before = machine.Hart.Register(10);
        machine.Run(9_000);

        Assert.Equal((before + 9000, used), (machine.Hart.Register(10), image.Code.CodeUsed));
    }

    private static void RequireTranslator() =>
        Assert.SkipUnless(ExecutableMemory.IsAllowed, "This host does not allow executable memory.");

    private static PageWatch Watch(Machine machine) => machine.Soc.Memory.Find(Program)!.Watches[0];

    private static DeviceCode Code(Machine machine) => Assert.IsType<DeviceCode>(machine.Hart.Code);

    // Counts up by a step in x10, three cycles a round.
    private static byte[] Counting(int step)
    {
        Assembler code = new(Program);
        code.Words(Addi(0, 0, 0), Addi(10, 10, step), J(-8, 0));
        return code.ToBytes();
    }

    private static MachineImage Image()
    {
        Assembler boot = new(ChipMemories.RramBase);
        boot.LoadConstant(5, Program);
        boot.Word(Jalr(0, 0, 5));
        return new MachineImage("test", ChipMemories.RramBase, [(ChipMemories.RramBase, boot.ToBytes()), (Program, Counting(1))]);
    }

    private static Machine New(MachineImage image) => new(new MachineOptions
    {
        Image = image,
        Board = Dabao.Board,
        Engine = EngineKind.Translator,
        Cold = true,
    });
}
