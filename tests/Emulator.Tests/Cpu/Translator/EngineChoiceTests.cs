using XousCloud.Emulator.Boards;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Cpu.Translator;
using XousCloud.Emulator.Tests.MachineFrame;

namespace XousCloud.Emulator.Tests.Cpu.Translator;

public sealed class EngineChoiceTests
{
    [Theory]
    [InlineData(EngineKind.Auto)]
    [InlineData(EngineKind.Translator)]
    public void A_machine_that_may_not_translate_runs_on_the_threaded_interpreter(EngineKind engine)
    {
        using Machine machine = New(engine, mayTranslate: false);

        machine.Run(1_000_000);

        Assert.IsType<CodePages>(machine.Hart.Code);
    }

    [Theory]
    [InlineData(EngineKind.Auto)]
    [InlineData(EngineKind.Translator)]
    public void A_machine_translates_where_the_host_allows_it(EngineKind engine)
    {
        Assert.SkipUnless(ExecutableMemory.IsAllowed, "This host does not allow executable memory.");
        using Machine machine = New(engine, mayTranslate: true);

        machine.Run(1_000_000);

        Assert.IsType<DeviceCode>(machine.Hart.Code);
        Assert.InRange(machine.Image.Code.CodeUsed, 1000, int.MaxValue);
    }

    private static Machine New(EngineKind kind, bool mayTranslate) => new(new MachineOptions
    {
        Image = Guest.LoadImage("mmu"),
        Board = Dabao.Board,
        Engine = kind,
        MayTranslate = mayTranslate,
    });
}
