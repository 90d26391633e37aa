// How far a boot has come.

namespace XousCloud.Emulator.Xous;

public enum XousStage : byte
{
    /// <summary>No Xous was seen: something else runs, or nothing.</summary>
    None,

    /// <summary>A Xous loader stands at the start of the boot chain, and has not handed over.</summary>
    Loader,

    /// <summary>The loader has entered a kernel in S mode, with the arguments that a Xous kernel takes.</summary>
    Kernel,

    /// <summary>A process has run in U mode.</summary>
    Services,
}

/// <summary>The stages since the last reset, each with the cycle at which it began; null while it has not.</summary>
public sealed record XousStages(ulong? Loader, ulong? Kernel, ulong? Services)
{
    /// <summary>The stage reached.</summary>
    public XousStage Reached => Services is not null ? XousStage.Services
        : Kernel is not null ? XousStage.Kernel
        : Loader is not null ? XousStage.Loader
        : XousStage.None;
}
