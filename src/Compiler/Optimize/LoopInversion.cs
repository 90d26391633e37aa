// Turns loops that test before the body into loops that test behind it: the test is copied in front of the loop, where
// it often folds, and the loop's body then runs at least once, so that more can leave the loop.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class LoopInversion
{
    /// <summary>A test of more operations is not copied.</summary>
    private const int MaximumTest = 8;

    /// <summary>Functions with more loops are left alone: each loop costs a walk over the function.</summary>
    private const int MaximumLoops = 256;

    /// <summary>Loops that are nested deeper are left alone.</summary>
    private const int MaximumDepth = 8;

    public static bool Run(Function function)
    {
        Dominators dominators = new(function);
        List<Loop> loops = new LoopNest(function, dominators).Loops;
        if (loops.Count == 0 || loops.Count > MaximumLoops || !loops.Exists(CanInvert))
        {
            return false;
        }

        Preheaders.Insert(function);
        bool changed = false;
        HashSet<Block> done = [];
        for (int round = 0; round < MaximumLoops; round++)
        {
            LoopNest nest = new(function, new Dominators(function));
            Loop? loop = nest.Loops.Find(l => !done.Contains(l.Header) && CanInvert(l) && Preheaders.Of(l) is not null);
            if (loop is null)
            {
                break;
            }

            done.Add(loop.Header);
            Invert(function, loop, Preheaders.Of(loop)!);
            changed = true;
        }

        return changed;
    }

    private static bool CanInvert(Loop loop)
    {
        Block test = loop.Header;
        return test.Terminator!.Op == Op.Branch
            && loop.Depth <= MaximumDepth
            && test.Successors[0] != test.Successors[1]
            && loop.Contains(test.Successors[0]) != loop.Contains(test.Successors[1])
            && !test.Successors.Contains(test)
            && loop.Latches.TrueForAll(latch => latch.Terminator!.Op == Op.Jump)
            && test.Body.Count <= MaximumTest
            && test.Body.TrueForAll(value => value.IsPure || value is { Op: Op.Load, Volatile: false })
            && test.Body.Count(value => value.Op == Op.Load) <= 3;
    }

    private static void Invert(Function function, Loop loop, Block before)
    {
        Block test = loop.Header;
        int entry = test.Predecessors.IndexOf(before);
        List<(Value Original, Value Copy)> copies = [];
        Dictionary<Value, Value> map = [];
        foreach (Value phi in test.Phis)
        {
            copies.Add((phi, phi.Inputs[entry]));
            map.Add(phi, phi.Inputs[entry]);
        }

        Value Mapped(Value value) => map.GetValueOrDefault(value, value);

        foreach (Value value in test.Body)
        {
            Value copy = Copy(value, Mapped);
            Value result = Folding.Simplify(copy) ?? copy;
            if (result == copy)
            {
                before.Add(copy);
            }

            copies.Add((value, result));
            map.Add(value, result);
        }

        Value branch = Copy(test.Terminator!, Mapped);
        Folding.SimplifyCondition(branch);
        Value[][] phiInputs = [.. test.Successors.Select(s => Edges.PhiInputs(test, s).Select(Mapped).ToArray())];
        before.RemoveSuccessor(0);
        Edges.SetTerminator(before, branch);
        for (int i = 0; i < 2; i++)
        {
            Edges.Add(before, test.Successors[i], phiInputs[i]);
        }

        SsaRepair.Run(function, test, before, copies);

        // The test goes behind the last block that leads to it.
        Block last = function.Blocks.FindLast(b => test.Predecessors.Contains(b))!;
        if (function.Blocks.IndexOf(last) > function.Blocks.IndexOf(test))
        {
            function.Blocks.Remove(test);
            function.Blocks.Insert(function.Blocks.IndexOf(last) + 1, test);
        }
    }

    private static Value Copy(Value value, Func<Value, Value> map) => new(value.Op)
    {
        Inputs = [.. value.Inputs.Select(map)],
        Imm = value.Imm,
        Condition = value.Condition,
        Size = value.Size,
        Signed = value.Signed,
        IsNonNegative = value.IsNonNegative,
        Maximum = value.Maximum,
        Position = value.Position,
    };
}
