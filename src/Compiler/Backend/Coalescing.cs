// Gives the two registers of a copy one name where their live ranges do not meet, the most frequent copies first. What
// remains of the copy then vanishes.

namespace XousCloud.Compiler.Backend;

internal static class Coalescing
{
    /// <summary>Renames registers in the body and joins their entries in <paramref name="live"/>.</summary>
    public static void Run(MachineBody body, LiveRanges live)
    {
        int[] joined = new int[body.RegisterCount];
        for (int i = 0; i < joined.Length; i++)
        {
            joined[i] = i;
        }

        List<(double Frequency, int Order, int A, int B)> copies = [];
        foreach (MachineBlock block in body.Blocks)
        {
            foreach (Instruction instruction in block.Code)
            {
                foreach (Move move in instruction.Moves ?? [])
                {
                    if (move.Source.IsRegister && Registers.IsVirtual(move.Source.Register) && Registers.IsVirtual(move.Target.Register)
                        && !body.Constants.ContainsKey(move.Source.Register))
                    {
                        copies.Add((block.Frequency, copies.Count, move.Target.Register, move.Source.Register));
                    }
                }
            }
        }

        if (copies.Count == 0)
        {
            return;
        }

        copies.Sort((a, b) => a.Frequency != b.Frequency ? b.Frequency.CompareTo(a.Frequency) : a.Order.CompareTo(b.Order));
        foreach ((_, _, int first, int second) in copies)
        {
            int a = Find(first);
            int b = Find(second);
            if (a != b && !LiveRanges.Intersect(live.Ranges[a]!, live.Ranges[b]!))
            {
                joined[b] = a;
                live.Ranges[a] = LiveRanges.Union(live.Ranges[a]!, live.Ranges[b]!);
                live.Ranges[b] = null;
                live.Weights[a] += live.Weights[b];
            }
        }

        foreach (MachineBlock block in body.Blocks)
        {
            foreach (Instruction instruction in block.Code)
            {
                instruction.Rename(Find);
                instruction.Moves?.RemoveAll(move => move.Source == move.Target);
            }
        }

        int Find(int register)
        {
            while (joined[register] != register)
            {
                joined[register] = joined[joined[register]];
                register = joined[register];
            }

            return register;
        }
    }
}
