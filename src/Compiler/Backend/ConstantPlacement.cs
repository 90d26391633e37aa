// Where constants are put into registers: before their first use in a block that dominates the other uses, and in front
// of the outermost loop around them. Registers that this takes from others are given back by the spilling of constants,
// which costs no memory access.

namespace XousCloud.Compiler.Backend;

internal static class ConstantPlacement
{
    private sealed record Definition(MachineBlock Home, int Register, Instruction Instruction)
    {
        /// <summary>Where in the block it is inserted: the index of an instruction, as numbered before any insertion.</summary>
        public int Before { get; init; }
    }

    /// <summary>Inserts the definitions of all constants that are used; needs the analysis of <see cref="MachineLoops"/>.</summary>
    public static void Run(MachineBody body)
    {
        TakeFromMoves(body);
        SortedDictionary<int, List<(MachineBlock Block, int First)>> uses = FindUses(body);
        Dictionary<MachineBlock, List<Definition>> inserted = [];
        Dictionary<(int Register, MachineBlock Block), int> chosen = [];
        foreach ((int register, List<(MachineBlock Block, int First)> sites) in uses)
        {
            Instruction definition = body.Constants[register];
            body.Constants.Remove(register);
            foreach (Definition placed in Place(body, definition, sites, chosen))
            {
                body.Constants.Add(placed.Register, placed.Instruction);
                if (!inserted.TryGetValue(placed.Home, out List<Definition>? list))
                {
                    inserted.Add(placed.Home, list = []);
                }

                list.Add(placed);
            }
        }

        foreach (MachineBlock block in body.Blocks)
        {
            foreach (Instruction instruction in block.Code)
            {
                Rename(instruction, block, chosen);
            }

            if (inserted.TryGetValue(block, out List<Definition>? list))
            {
                block.Code = Merge(block.Code, list);
            }
        }
    }

    /// <summary>In loops a constant that takes two instructions is copied from a register instead.</summary>
    private static void TakeFromMoves(MachineBody body)
    {
        foreach (MachineBlock block in body.Blocks)
        {
            if (block.Depth == 0 || block.IsCold)
            {
                continue;
            }

            foreach (Instruction instruction in block.Code)
            {
                for (int i = 0; i < (instruction.Moves?.Count ?? 0); i++)
                {
                    Move move = instruction.Moves![i];
                    Operand source = move.Source;
                    if (source.Kind == OperandKind.Address)
                    {
                        int register = body.ConstantRegister(
                            new Instruction { Pseudo = Pseudo.Address, Symbol = source.Symbol, Imm = source.Imm }, source.Symbol);
                        instruction.Moves[i] = move with { Source = Operand.Of(register) };
                    }
                    else if (source.Kind == OperandKind.Constant && !Instruction.IsOneInstruction(source.Imm))
                    {
                        int register = body.ConstantRegister(new Instruction { Pseudo = Pseudo.Constant, Imm = source.Imm }, null);
                        instruction.Moves[i] = move with { Source = Operand.Of(register) };
                    }
                }
            }
        }
    }

    private static SortedDictionary<int, List<(MachineBlock Block, int First)>> FindUses(MachineBody body)
    {
        SortedDictionary<int, List<(MachineBlock Block, int First)>> uses = [];
        foreach (MachineBlock block in body.Blocks)
        {
            for (int i = 0; i < block.Code.Count; i++)
            {
                Instruction instruction = block.Code[i];
                Note(instruction.Rs1);
                Note(instruction.Rs2);
                Note(instruction.Rs3);
                foreach (Move move in instruction.Moves ?? [])
                {
                    if (move.Source.IsRegister)
                    {
                        Note(move.Source.Register);
                    }
                }

                void Note(int register)
                {
                    if (!Registers.IsVirtual(register) || !body.Constants.ContainsKey(register))
                    {
                        return;
                    }

                    if (!uses.TryGetValue(register, out List<(MachineBlock Block, int First)>? sites))
                    {
                        uses.Add(register, sites = []);
                    }

                    if (sites.Count == 0 || sites[^1].Block != block)
                    {
                        sites.Add((block, i));
                    }
                }
            }
        }

        return uses;
    }

    private static List<Definition> Place(
        MachineBody body, Instruction definition, List<(MachineBlock Block, int First)> sites, Dictionary<(int, MachineBlock), int> chosen)
    {
        Dictionary<MachineBlock, int> firstUses = sites.ToDictionary(site => site.Block, site => site.First);
        List<(MachineBlock Home, MachineBlock Block)> homes = [.. sites.Select(site => (Outside(site.Block), site.Block))];
        homes.Sort((a, b) => a.Home != b.Home ? a.Home.DominatorFirst.CompareTo(b.Home.DominatorFirst)
            : a.Block.DominatorFirst.CompareTo(b.Block.DominatorFirst));
        List<Definition> definitions = [];
        Stack<Definition> dominating = new();
        foreach ((MachineBlock home, MachineBlock block) in homes)
        {
            while (dominating.TryPeek(out Definition? top) && !top.Home.Dominates(home))
            {
                dominating.Pop();
            }

            if (dominating.Count == 0)
            {
                Instruction placed = definition.Clone();
                placed.Rd = body.NewRegister();
                int before = firstUses.TryGetValue(home, out int first) ? first : home.Code.Count - 1;
                Definition added = new(home, placed.Rd, placed) { Before = before };
                definitions.Add(added);
                dominating.Push(added);
            }

            chosen[(definition.Rd, block)] = dominating.Peek().Register;
        }

        return definitions;
    }

    /// <summary>The nearest block above that is in no loop, if it does not run less often than it seems.</summary>
    private static MachineBlock Outside(MachineBlock block)
    {
        MachineBlock home = block;
        while (!block.IsCold && home.Loop is { Dominator: { } above })
        {
            home = above;
        }

        return home;
    }

    private static void Rename(Instruction instruction, MachineBlock block, Dictionary<(int, MachineBlock), int> chosen)
    {
        instruction.Rs1 = chosen.GetValueOrDefault((instruction.Rs1, block), instruction.Rs1);
        instruction.Rs2 = chosen.GetValueOrDefault((instruction.Rs2, block), instruction.Rs2);
        instruction.Rs3 = chosen.GetValueOrDefault((instruction.Rs3, block), instruction.Rs3);
        for (int i = 0; i < (instruction.Moves?.Count ?? 0); i++)
        {
            Move move = instruction.Moves![i];
            if (move.Source.IsRegister && chosen.TryGetValue((move.Source.Register, block), out int register))
            {
                instruction.Moves[i] = move with { Source = Operand.Of(register) };
            }
        }
    }

    private static List<Instruction> Merge(List<Instruction> code, List<Definition> definitions)
    {
        List<Instruction> merged = new(code.Count + definitions.Count);
        List<Definition> sorted = [.. definitions.OrderBy(definition => definition.Before)];
        int next = 0;
        for (int i = 0; i < code.Count; i++)
        {
            while (next < sorted.Count && sorted[next].Before == i)
            {
                merged.Add(sorted[next++].Instruction);
            }

            merged.Add(code[i]);
        }

        return merged;
    }
}
