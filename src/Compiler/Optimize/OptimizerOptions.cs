// Which passes run: all, unless somebody looks for the one that miscompiles.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

[Flags]
public enum OptimizerPasses
{
    None = 0,

    /// <summary>Removes decided branches, empty blocks and jumps, and makes Checks of branches to a panic.</summary>
    ControlFlow = 1,

    /// <summary>Makes values of the pieces of slots.</summary>
    Promotion = 2,

    /// <summary>Simplifies operations and decides conditions by their inputs alone.</summary>
    Folding = 4,

    /// <summary>Removes what nobody uses.</summary>
    DeadCode = 8,

    /// <summary>Replaces what is computed or loaded twice.</summary>
    ValueNumbering = 16,

    /// <summary>Removes stores that are overwritten before somebody reads them.</summary>
    DeadStores = 32,

    /// <summary>Removes checks that dominating conditions imply.</summary>
    CheckElimination = 64,

    /// <summary>Tests loops at their end.</summary>
    LoopInversion = 128,

    /// <summary>Moves out of loops what does not change in them.</summary>
    LoopInvariants = 256,

    /// <summary>Moves Checks in front of loops where only the first turn can fail.</summary>
    CheckHoisting = 512,

    /// <summary>Moves pointers through loops instead of computing addresses.</summary>
    StrengthReduction = 1024,

    /// <summary>Rewrites operations into shorter sequences of others.</summary>
    Lowering = 2048,

    /// <summary>Computes constants from comparisons instead of branching to them.</summary>
    Selection = 4096,

    /// <summary>Returns at once instead of jumping to a return.</summary>
    ReturnDuplication = 8192,

    /// <summary>Lets one bounds check do for several that follow.</summary>
    CheckMerging = 16384,

    /// <summary>Makes one branch of two that test the same word.</summary>
    ConditionMerging = 32768,

    /// <summary>Computes on one way only what only that needs.</summary>
    Sinking = 65536,

    /// <summary>Skips branches that are decided on one way to them.</summary>
    JumpThreading = 131072,

    All = ControlFlow | Promotion | Folding | DeadCode | ValueNumbering | DeadStores | CheckElimination | LoopInversion
        | LoopInvariants | CheckHoisting | StrengthReduction | Lowering | Selection | ReturnDuplication
        | CheckMerging | ConditionMerging | Sinking | JumpThreading,
}

public sealed record OptimizerOptions
{
    public static OptimizerOptions Default { get; } = new();

    public OptimizerPasses Passes { get; init; } = OptimizerPasses.All;

    /// <summary>Checks the function after each pass.</summary>
    public bool Verify { get; init; }

    /// <summary>Called with the pass's name after each pass, for tests that run the function as it then is.</summary>
    public Action<string, Function>? AfterPass { get; init; }
}
