// Removes Checks that cannot fail, and decides branches and comparisons, by what dominating branches and Checks have
// shown (Prover). A fact stays usable when its own Check is removed: the Check was shown to hold there.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class CheckElimination
{
    public static bool Run(Function function)
    {
        Dominators dominators = new(function);
        Prover prover = new(new Facts(function, dominators), dominators);
        HashSet<Value> removed = [];
        List<(Value Set, Value Result)> decidedSets = [];
        bool changed = false;
        foreach (Block block in dominators.ReversePostorder)
        {
            for (int i = 0; i < block.Body.Count; i++)
            {
                Value value = block.Body[i];
                Place place = new(block, i, null);
                switch (value.Op)
                {
                    case Op.Check:
                        if (prover.Holds(value.Condition.Negate(), value.Inputs[0], value.Inputs[1], place))
                        {
                            removed.Add(value);
                        }

                        break;
                    case Op.Set when prover.Decide(value.Condition, value.Inputs[0], value.Inputs[1], place) is { } holds:
                        decidedSets.Add((value, Value.Const(holds ? 1 : 0)));
                        break;
                    case Op.Div or Op.Rem when value.Inputs[1].IsConst && value.Inputs[1].Imm > 0
                        && prover.IsNonNegative(value.Inputs[0], place):
                        value.Op = value.Op == Op.Div ? Op.DivUnsigned : Op.RemUnsigned;
                        changed = true;
                        break;
                    default:
                        break;
                }
            }

            Value terminator = block.Terminator!;
            if (terminator.Op == Op.Branch && prover.Decide(
                terminator.Condition, terminator.Inputs[0], terminator.Inputs[1], new Place(block, int.MaxValue, null)) is { } taken)
            {
                decidedSets.Add((terminator, Value.Const(taken ? 1 : 0)));
            }
        }

        foreach ((Value value, Value result) in decidedSets)
        {
            if (value.Op == Op.Set)
            {
                value.Become(result);
            }
            else
            {
                value.Inputs = [result, Value.Const(0)];
                value.Condition = Condition.NotEqual;
            }
        }

        foreach (Block block in function.Blocks)
        {
            block.Body.RemoveAll(removed.Contains);
        }

        function.Resolve();
        return changed || removed.Count > 0 || decidedSets.Count > 0;
    }
}
