// The order of the passes. Every pass takes a well-formed function and leaves one that does the same.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

public static class Optimizer
{
    /// <summary>Promoting a slot may turn the addresses of others into constants; that many times at most.</summary>
    private const int PromotionRounds = 4;

    /// <summary>Rewrites a function in place into one that does the same with fewer instructions.</summary>
    public static void Run(Function function, OptimizerOptions options)
    {
        if (function.Blocks.Count == 0)
        {
            return;
        }

        ControlFlow.Prepare(function);
        After("Prepare", function, options);
        Step(OptimizerPasses.ControlFlow, ControlFlow.Clean);
        for (int round = 0; round < PromotionRounds; round++)
        {
            Step(OptimizerPasses.Folding, Fold.Run);
            Step(OptimizerPasses.ControlFlow, ControlFlow.Clean);
            if (!Step(OptimizerPasses.Promotion, Promotion.Run))
            {
                break;
            }
        }

        Step(OptimizerPasses.ValueNumbering, ValueNumbering.Run);
        Simplify();
        Step(OptimizerPasses.ValueNumbering, ValueNumbering.Run);
        Step(OptimizerPasses.CheckElimination, CheckElimination.Run);
        Step(OptimizerPasses.CheckMerging, CheckMerging.Run);
        Simplify();
        Step(OptimizerPasses.LoopInversion, LoopInversion.Run);
        Simplify();
        Step(OptimizerPasses.ValueNumbering, ValueNumbering.Run);
        Step(OptimizerPasses.CheckElimination, CheckElimination.Run);
        Simplify();
        Step(OptimizerPasses.JumpThreading, JumpThreading.Run);
        Simplify();
        Step(OptimizerPasses.Selection, Selection.Run);
        Step(OptimizerPasses.Lowering, Lowering.Run);
        Simplify();
        Step(OptimizerPasses.CheckHoisting, CheckHoisting.Run);
        Step(OptimizerPasses.LoopInvariants, LoopInvariants.Run);
        Simplify();
        Step(OptimizerPasses.ValueNumbering, ValueNumbering.Run);
        Step(OptimizerPasses.DeadCode, DeadCode.Run);
        Step(OptimizerPasses.StrengthReduction, StrengthReduction.Run);
        Simplify();
        Step(OptimizerPasses.ValueNumbering, ValueNumbering.Run);
        Step(OptimizerPasses.DeadStores, DeadStores.Run);
        Simplify();
        Step(OptimizerPasses.ConditionMerging, ConditionMerging.Run);
        Simplify();
        Step(OptimizerPasses.Sinking, Sinking.Run);
        Step(OptimizerPasses.ReturnDuplication, ReturnDuplication.Run);
        Step(OptimizerPasses.ControlFlow, ControlFlow.Clean);
        Layout.Run(function);
        After("Layout", function, options);

        void Simplify()
        {
            Step(OptimizerPasses.Folding, Fold.Run);
            Step(OptimizerPasses.DeadCode, DeadCode.Run);
            Step(OptimizerPasses.ControlFlow, ControlFlow.Clean);
        }

        bool Step(OptimizerPasses pass, Func<Function, bool> run)
        {
            if ((options.Passes & pass) == 0)
            {
                return false;
            }

            bool changed = run(function);
            After(pass.ToString(), function, options);
            return changed;
        }
    }

    private static void After(string pass, Function function, OptimizerOptions options)
    {
        if (options.Verify)
        {
            Verifier.Verify(function, pass);
        }

        options.AfterPass?.Invoke(pass, function);
    }
}
