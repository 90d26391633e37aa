// Restores single assignment after a block was duplicated: a value of the block that is now defined in the copy, too,
// gets phis where the two meet, and every use reads the definition that reaches it.

using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Optimize;

internal static class SsaRepair
{
    /// <param name="function">With the copy in place, and all edges.</param>
    /// <param name="block">The block that was duplicated.</param>
    /// <param name="copyBlock">Where the copy is.</param>
    /// <param name="copies">What stands in the copy for each value of the block, in the block's order.</param>
    public static void Run(Function function, Block block, Block copyBlock, IReadOnlyList<(Value Original, Value Copy)> copies)
    {
        Dictionary<Value, List<(Value User, int Index)>> uses = [];
        foreach ((Value original, _) in copies)
        {
            uses.Add(original, []);
        }

        foreach (Block one in function.Blocks)
        {
            foreach (Value user in one.All())
            {
                for (int i = 0; i < user.Inputs.Length; i++)
                {
                    if (uses.TryGetValue(user.Inputs[i], out List<(Value, int)>? list) && (one != block || user.Op == Op.Phi))
                    {
                        list.Add((user, i));
                    }
                }
            }
        }

        Dominators dominators = new(function);
        foreach ((Value original, Value copy) in copies)
        {
            if (uses[original].Count > 0)
            {
                Repair(dominators, new Dictionary<Block, Value> { [block] = original, [copyBlock] = copy }, uses[original]);
            }
        }
    }

    private static void Repair(Dominators dominators, Dictionary<Block, Value> atEnd, List<(Value User, int Index)> uses)
    {
        // A phi reads at the end of a predecessor.
        static Block Reader((Value User, int Index) use) =>
            use.User.Op == Op.Phi ? use.User.Block!.Predecessors[use.Index] : use.User.Block!;

        List<Block> definitions = [.. atEnd.Keys];
        List<Block> placed = PhiPlacement.Find(dominators, definitions, uses.Select(Reader).Where(b => !atEnd.ContainsKey(b)));
        foreach (Block block in placed)
        {
            Value phi = new(Op.Phi) { Inputs = new Value[block.Predecessors.Count], Position = uses[0].User.Position };
            block.AddPhi(phi);
            atEnd[block] = phi;
        }

        Value AtEnd(Block start)
        {
            Block block = start;
            Value? value;
            while (!atEnd.TryGetValue(block, out value))
            {
                block = dominators.Parent(block)!;
            }

            for (Block on = start; on != block; on = dominators.Parent(on)!)
            {
                atEnd[on] = value;
            }

            return value;
        }

        foreach (Block block in placed)
        {
            Value phi = atEnd[block];
            for (int i = 0; i < phi.Inputs.Length; i++)
            {
                phi.Inputs[i] = AtEnd(block.Predecessors[i]);
            }
        }

        foreach ((Value User, int Index) use in uses)
        {
            use.User.Inputs[use.Index] = AtEnd(Reader(use));
        }
    }
}
