namespace XousCloud.Compiler.Evaluate;

/// <summary>How far a program may go at compile time before it is an error.</summary>
public sealed record EvaluationLimits
{
    internal const int FrameSize = 1 << 20;

    /// <summary>Operations that one run may take.</summary>
    public long Steps { get; init; } = 100_000_000;

    /// <summary>Calls inside calls.</summary>
    public int CallDepth { get; init; } = 5_000;

    /// <summary>Words of code that a naked method may emit.</summary>
    public int NakedWords { get; init; } = 1 << 16;
}
