// The engines, and which one a device gets.

using XousCloud.Emulator.Cpu.Translator;

namespace XousCloud.Emulator.Cpu;

/// <summary>Executes instructions up to a horizon.</summary>
internal interface IEngine
{
    /// <summary>Executes until the cycle is reached or <see cref="Soc.SystemOnChip.Attention"/> is set.</summary>
    void Run(ulong horizon);

    /// <summary>Instructions that counted as retired without being executed, since the machine was made.</summary>
    ulong Skipped { get; }
}

/// <summary>Makes engines.</summary>
internal static class Engines
{
    /// <param name="kind">What is wanted.</param>
    /// <param name="mayTranslate">Whether code may be made at run time.</param>
    /// <param name="hart">The core that it executes.</param>
    /// <param name="shared">The generated code of all devices of the image.</param>
    public static IEngine Create(EngineKind kind, bool mayTranslate, Hart hart, SharedCode shared)
    {
        Stepper stepper = new(hart);
        return kind switch
        {
            EngineKind.Stepper => new SteppingEngine(stepper, hart.Soc),
            EngineKind.Auto or EngineKind.Translator when mayTranslate && ExecutableMemory.IsAllowed => new TranslatingEngine(hart, stepper, shared),
            _ => new ThreadedInterpreter(hart, stepper),
        };
    }
}
