// Checks that a function is well formed: what every pass may rely on and must leave behind. A violation is a fault of
// the compiler, never of the program that it compiles.

namespace XousCloud.Compiler.Ir;

public static class Verifier
{
    /// <summary>Throws <see cref="InvalidOperationException"/> with the function's text if something is wrong with it.</summary>
    public static void Verify(Function function, string after)
    {
        if (Find(function) is { } fault)
        {
            throw new InvalidOperationException($"{after}: {fault}\n{Printer.Print(function)}");
        }
    }

    /// <summary>The first fault, or null.</summary>
    public static string? Find(Function function)
    {
        if (function.Naked is not null && function.Blocks.Count == 0)
        {
            return null;
        }

        if (function.Blocks.Count == 0)
        {
            return "no blocks";
        }

        function.Number();
        HashSet<Block> blocks = [.. function.Blocks];
        if (blocks.Count != function.Blocks.Count)
        {
            return "a block is listed twice";
        }

        HashSet<Value> placed = [];
        foreach (Block block in function.Blocks)
        {
            if ((FindInShape(block) ?? FindInEdges(block, blocks)) is { } fault)
            {
                return $"{block}: {fault}";
            }

            foreach (Value value in block.All())
            {
                if (!placed.Add(value))
                {
                    return $"{block}: {value} stands twice";
                }
            }
        }

        return function.Entry.Predecessors.Count > 0 ? "the entry has predecessors" : FindInValues(function, placed);
    }

    private static string? FindInShape(Block block)
    {
        if (block.Terminator is not { IsTerminator: true } terminator)
        {
            return "no terminator";
        }

        int? successors = terminator.Op switch
        {
            Op.Jump => 1,
            Op.Branch => 2,
            Op.Switch => null,
            _ => 0,
        };
        if (successors is { } exact ? block.Successors.Count != exact : block.Successors.Count == 0)
        {
            return $"{block.Successors.Count} successors behind {terminator.Op}";
        }

        foreach (Value phi in block.Phis)
        {
            if (phi.Op != Op.Phi || phi.Inputs.Length != block.Predecessors.Count)
            {
                return $"{phi} has {phi.Inputs.Length} inputs for {block.Predecessors.Count} predecessors";
            }
        }

        foreach (Value value in block.Body)
        {
            if (value.IsLeaf || value.IsTerminator || value.Op == Op.Phi)
            {
                return $"{value.Op} in the body";
            }
        }

        foreach (Value value in block.All())
        {
            if (value.Block != block)
            {
                return $"{value} believes to be in {value.Block}";
            }
        }

        return null;
    }

    private static string? FindInEdges(Block block, HashSet<Block> blocks)
    {
        foreach (Block successor in block.Successors)
        {
            if (!blocks.Contains(successor))
            {
                return "a successor is not in the function";
            }

            if (successor.Predecessors.Count(b => b == block) != block.Successors.Count(b => b == successor))
            {
                return $"the edge to {successor} is not entered on both sides";
            }
        }

        Dictionary<Block, int> seen = [];
        for (int i = 0; i < block.Predecessors.Count; i++)
        {
            Block predecessor = block.Predecessors[i];
            if (!blocks.Contains(predecessor) || !predecessor.Successors.Contains(block))
            {
                return $"predecessor {predecessor} does not lead here";
            }

            // Which of two equal edges is which cannot be told, so they carry the same values.
            if (!seen.TryAdd(predecessor, i)
                && block.Phis.Any(phi => !phi.Inputs[i].SameLeaf(phi.Inputs[seen[predecessor]])))
            {
                return $"the edges from {predecessor} carry different values";
            }
        }

        return null;
    }

    private static string? FindInValues(Function function, HashSet<Value> placed)
    {
        Dominators dominators = new(function);
        foreach (Block block in function.Blocks)
        {
            for (int i = 0; i < block.Body.Count; i++)
            {
                if (block.Body[i].Op == Op.Result && FindInResult(block.Body, i) is { } fault)
                {
                    return $"{block}: {block.Body[i]} {fault}";
                }
            }

            foreach (Value value in block.All())
            {
                if (FindInOperation(function, value) is { } fault)
                {
                    return $"{block}: {Printer.Print(value)}: {fault}";
                }

                for (int i = 0; i < value.Inputs.Length; i++)
                {
                    Value input = value.Inputs[i];
                    if (input.IsLeaf)
                    {
                        continue;
                    }

                    if (input.Forward is not null || !placed.Contains(input))
                    {
                        return $"{block}: {Printer.Print(value)} uses {input}, which is nowhere";
                    }

                    Block user = value.Op == Op.Phi ? block.Predecessors[i] : block;
                    bool ordered = input.Block == user && value.Op != Op.Phi
                        ? input.Id < value.Id
                        : dominators.Dominates(input.Block!, user);
                    if (!ordered && dominators.IsReachable(user))
                    {
                        return $"{block}: {Printer.Print(value)} uses {input}, which does not dominate it";
                    }
                }
            }
        }

        return null;
    }

    private static string? FindInResult(List<Value> body, int at)
    {
        Value result = body[at];
        Value call = result.Inputs[0];
        int behind = at - body.IndexOf(call);
        return call.Op is not (Op.Call or Op.CallIndirect or Op.EnvironmentCall) || result.Imm < 1 || result.Imm >= call.Imm
            ? "is no result of its input"
            : behind < 1 || behind > 8 || body.GetRange(at - behind + 1, behind).Exists(v => v.Op != Op.Result || v.Inputs[0] != call)
                ? "does not stand behind its call"
                : null;
    }

    private static string? FindInOperation(Function function, Value value)
    {
        (int least, int most) = value.Op switch
        {
            Op.Parameter or Op.Instruction or Op.Jump or Op.Panic or Op.Unreachable => (0, 0),
            Op.SignExtend8 or Op.SignExtend16 or Op.ZeroExtend16 or Op.Load or Op.ClearMemory or Op.Result
                or Op.CsrAccess or Op.Switch => (1, 1),
            Op.CompareExchange => (3, 3),
            Op.Phi or Op.Call or Op.Unsupported => (0, int.MaxValue),
            Op.CallIndirect => (1, int.MaxValue),
            Op.EnvironmentCall => (0, 8),
            Op.Return => (0, 2),
            _ => (2, 2),
        };
        if (value.Inputs.Length < least || value.Inputs.Length > most)
        {
            return "wrong number of inputs";
        }

        return value.Op switch
        {
            Op.Load or Op.Store when value.Size is not (1 or 2 or 4) => "wrong size",
            Op.Parameter when value.Block != function.Entry || (uint)value.Imm >= (uint)function.ParameterWords => "no parameter here",
            Op.Return when value.Inputs.Length != function.ResultWords => "wrong number of results",
            Op.Call when value.Symbol is not FunctionSymbol => "nothing to call",
            _ => null,
        };
    }
}
