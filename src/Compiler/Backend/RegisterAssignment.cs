// Gives every virtual register a physical one for its whole live range, those with the most uses for their length first,
// or finds that it is better kept in the frame. Where several registers are free, copies and two-operand forms that
// become possible decide, then which instructions compress.

namespace XousCloud.Compiler.Backend;

internal sealed class RegisterAssignment
{
    /// <summary>What the two instructions cost that save and restore a callee-saved register.</summary>
    private const double SaveCost = 2;

    /// <summary>The worth of two bytes less code, in executed instructions.</summary>
    private const double CompressionWorth = 0.05;
    private const double OrderWorth = 0.0005;
    private const int RefinementRounds = 2;
    private const int MaximalRivals = 64;

    /// <summary>Beyond that many registers the exchange of neighbors would take too long.</summary>
    private const int MaximalExchanged = 1500;
    private const int MaximalMoved = 4;

    /// <summary>Temporaries first that hold no arguments, the arguments' own registers in the order in which calls need them least.</summary>
    private static readonly int[] preference =
    [
        15, 14, 13, 12, 11, 10, 16, 17, 6, 28, 29, 30, 31, 7, 5, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
    ];

    private static readonly int[] rank = [.. Enumerable.Range(0, Registers.FirstVirtual).Select(register => Array.IndexOf(preference, register))];

    private readonly MachineBody body;
    private readonly LiveRanges live;
    private readonly Occupancy[] occupied;

    /// <summary>What instructions use by number, whatever is assigned.</summary>
    private readonly Occupancy[] bound;
    private readonly List<int>[] residents = new List<int>[Registers.FirstVirtual];
    private readonly int[] assigned;
    private readonly List<(int Partner, double Worth)>?[] affinities;
    private readonly List<(int Rival, double Worth)>[] rivals = new List<(int, double)>[Registers.FirstVirtual];
    private readonly double[] compressible;
    private uint savedRegisters;

    private RegisterAssignment(MachineBody body, LiveRanges live)
    {
        this.body = body;
        this.live = live;
        occupied = live.Fixed;
        bound = [.. live.Fixed.Select(positions => positions.Clone())];
        assigned = new int[body.RegisterCount];
        affinities = new List<(int, double)>?[body.RegisterCount];
        compressible = new double[body.RegisterCount];
        for (int i = 0; i < rivals.Length; i++)
        {
            rivals[i] = [];
            residents[i] = [];
        }
    }

    /// <summary>Physical registers by virtual register; 0 for those that must be spilled.</summary>
    public static (int[] Assigned, List<int> Spilled) Run(MachineBody body, LiveRanges live)
    {
        RegisterAssignment assignment = new(body, live);
        assignment.FindAffinities();
        List<int> spilled = assignment.AssignAll();
        return (assignment.assigned, spilled);
    }

    private void FindAffinities()
    {
        foreach (MachineBlock block in body.Blocks)
        {
            foreach (Instruction instruction in block.Code)
            {
                foreach (Move move in instruction.Moves ?? [])
                {
                    if (move.Source.IsRegister && move.Target.IsRegister)
                    {
                        AddAffinity(move.Target.Register, move.Source.Register, block.Frequency + CompressionWorth);
                    }
                }

                NoteCompression(instruction);
            }
        }
    }

    private void AddAffinity(int a, int b, double worth)
    {
        Enter(a, b);
        Enter(b, a);

        void Enter(int register, int partner)
        {
            if (Registers.IsVirtual(register))
            {
                (affinities[register] ??= []).Add((partner, worth));
            }
            else if (Registers.IsVirtual(partner))
            {
                rivals[register].Add((partner, worth));
            }
        }
    }

    private void NoteCompression(Instruction instruction)
    {
        if (instruction.Pseudo != Pseudo.None)
        {
            // The table's entry is loaded, from an address of two summands.
            PreferCompressible(instruction.Pseudo == Pseudo.TableJump ? instruction.Rd : 0, 0, 0);
            return;
        }

        switch (instruction.Op)
        {
            case MachineOp.Add:
                PreferSame(instruction.Rd, instruction.Rs1);
                PreferSame(instruction.Rd, instruction.Rs2);
                break;
            case MachineOp.And or MachineOp.Or or MachineOp.Xor:
                PreferSame(instruction.Rd, instruction.Rs1);
                PreferSame(instruction.Rd, instruction.Rs2);
                PreferCompressible(instruction.Rd, instruction.Rs1, instruction.Rs2);
                break;
            case MachineOp.Sub:
                PreferSame(instruction.Rd, instruction.Rs1);
                PreferCompressible(instruction.Rd, instruction.Rs1, instruction.Rs2);
                break;
            case MachineOp.Addi when instruction.Imm is >= -32 and <= 31 && instruction.Part == AddressPart.None:
                PreferSame(instruction.Rd, instruction.Rs1);
                break;
            case MachineOp.Slli:
                PreferSame(instruction.Rd, instruction.Rs1);
                break;
            case MachineOp.Srli or MachineOp.Srai:
                PreferSame(instruction.Rd, instruction.Rs1);
                PreferCompressible(instruction.Rd, instruction.Rs1, 0);
                break;
            case MachineOp.Andi when instruction.Imm is >= -32 and <= 31:
                PreferSame(instruction.Rd, instruction.Rs1);
                PreferCompressible(instruction.Rd, instruction.Rs1, 0);
                break;
            case MachineOp.Lw when instruction.Frame is null && instruction.Part == AddressPart.None && instruction.Imm is >= 0 and < 128:
                PreferCompressible(instruction.Rd, instruction.Rs1, 0);
                break;
            case MachineOp.Sw when instruction.Frame is null && instruction.Part == AddressPart.None && instruction.Imm is >= 0 and < 128:
                PreferCompressible(0, instruction.Rs1, instruction.Rs2);
                break;
            case MachineOp.Beq or MachineOp.Bne when instruction.Rs2 == 0:
                PreferCompressible(0, instruction.Rs1, 0);
                break;
            default:
                break;
        }
    }

    private void PreferSame(int a, int b)
    {
        if (a != 0 && b != 0 && a != b)
        {
            AddAffinity(a, b, CompressionWorth);
        }
    }

    private void PreferCompressible(int a, int b, int c)
    {
        // The instruction compresses only if all its registers fit, so each has a part of the merit.
        compressible[a] += CompressionWorth / 2;
        compressible[b] += CompressionWorth / 2;
        compressible[c] += CompressionWorth / 2;
    }

    private List<int> AssignAll()
    {
        List<(double Density, int Register)> order = [];
        for (int register = Registers.FirstVirtual; register < live.Ranges.Length; register++)
        {
            if (live.Ranges[register] is { } range)
            {
                int length = 0;
                foreach (Segment segment in range)
                {
                    length += segment.End - segment.Start;
                }

                double density = body.Brief.Contains(register) ? double.MaxValue : SpillCost(register) / (length + 4);
                order.Add((density, register));
            }
        }

        order.Sort((a, b) => a.Density != b.Density ? b.Density.CompareTo(a.Density) : a.Register.CompareTo(b.Register));
        List<int> spilled = [];
        foreach ((_, int register) in order)
        {
            int best = Best(register, out bool isWorth);
            if (best == 0 || !isWorth)
            {
                if (body.Brief.Contains(register))
                {
                    throw new InvalidOperationException($"{body.Function.Name}: no register is free for one instruction.");
                }

                spilled.Add(register);
                continue;
            }

            Occupy(register, best);
        }

        if (spilled.Count == 0)
        {
            Refine(order);
            if (order.Count <= MaximalExchanged)
            {
                Exchange(order);
            }
        }

        return spilled;
    }

    /// <summary>Takes registers away from neighbors that lose less than is won, and have somewhere else to go.</summary>
    private void Exchange(List<(double Density, int Register)> order)
    {
        for (int round = 0; round < RefinementRounds; round++)
        {
            bool changed = false;
            foreach ((_, int register) in order)
            {
                int old = assigned[register];
                double have = Score(register, old);
                foreach (int wanted in preference)
                {
                    if (wanted != old && !IsReserved(wanted) && !IsNewSave(wanted) && Score(register, wanted) > have + OrderWorth
                        && TryTake(register, wanted))
                    {
                        changed = true;
                        break;
                    }
                }
            }

            if (!changed)
            {
                break;
            }
        }
    }

    private bool TryTake(int register, int wanted)
    {
        List<Segment> range = live.Ranges[register]!;
        if (bound[wanted].Intersects(range))
        {
            return false;
        }

        List<int> displaced = residents[wanted].FindAll(other => LiveRanges.Intersect(range, live.Ranges[other]!));
        if (displaced.Count > MaximalMoved)
        {
            return false;
        }

        int old = assigned[register];
        double before = Score(register, old) + displaced.Sum(other => Score(other, wanted));
        Vacate(register);
        displaced.ForEach(Vacate);
        Occupy(register, wanted);
        double after = Score(register, wanted);
        bool fits = true;
        foreach (int other in displaced)
        {
            int place = Best(other, out _);
            fits &= place != 0;
            if (fits)
            {
                Occupy(other, place);
                after += Score(other, place);
            }
        }

        if (fits && after > before + OrderWorth)
        {
            return true;
        }

        foreach (int other in displaced.Where(other => assigned[other] != 0))
        {
            Vacate(other);
        }

        Vacate(register);
        Occupy(register, old);
        displaced.ForEach(other => Occupy(other, wanted));
        return false;
    }

    /// <summary>Neighbors that came later may have taken registers that would suit the earlier ones better.</summary>
    private void Refine(List<(double Density, int Register)> order)
    {
        for (int round = 0; round < RefinementRounds; round++)
        {
            bool changed = false;
            foreach ((_, int register) in order)
            {
                if (affinities[register] is null)
                {
                    continue;
                }

                int old = assigned[register];
                Vacate(register);
                int best = Best(register, out _);
                Occupy(register, best);
                changed |= best != old;
            }

            if (!changed)
            {
                break;
            }
        }
    }

    private void Occupy(int register, int physical)
    {
        assigned[register] = physical;
        occupied[physical].Add(live.Ranges[register]!);
        residents[physical].Add(register);
        if (Registers.IsIn(physical, Registers.CalleeSaved))
        {
            savedRegisters |= 1u << physical;
        }
    }

    private void Vacate(int register)
    {
        int physical = assigned[register];
        occupied[physical].Remove(live.Ranges[register]!);
        residents[physical].Remove(register);
        assigned[register] = 0;
    }

    /// <summary>How many executed instructions it costs to keep the register in the frame.</summary>
    private double SpillCost(int register) => body.Constants.TryGetValue(register, out Instruction? definition)
        ? live.Weights[register] * definition.ConstantCost
        : live.Weights[register];

    private int Best(int register, out bool isWorth)
    {
        List<Segment> range = live.Ranges[register]!;
        int best = 0;
        double bestScore = double.NegativeInfinity;
        Span<double> wishes = stackalloc double[Registers.FirstVirtual];
        double fixedWishes = Wishes(register, wishes);
        for (int i = 0; i < preference.Length; i++)
        {
            int physical = preference[i];
            if (IsReserved(physical) || occupied[physical].Intersects(range))
            {
                continue;
            }

            double score = wishes[physical] + PlainScore(register, physical) - RivalWorth(register, range, physical);
            if (score > bestScore)
            {
                best = physical;
                bestScore = score;
            }
        }

        // A value that is rarely used is better off in the frame than in a register that the function must save first;
        // copies between it and arguments or results then become the loads and stores.
        isWorth = body.Brief.Contains(register) || !IsNewSave(best)
            || SpillCost(register) > SaveCost + Math.Min(fixedWishes, SpillCost(register) / 2);
        return best;
    }

    private bool IsReserved(int physical) => body.HasFarSpills && physical is Registers.T0 or Registers.T1;

    /// <summary>The worth of each physical register for the copies and two-operand forms; the part of copies from and to fixed registers.</summary>
    private double Wishes(int register, Span<double> wishes)
    {
        wishes.Clear();
        double toFixed = 0;
        foreach ((int partner, double worth) in affinities[register] ?? [])
        {
            int physical = Registers.IsVirtual(partner) ? assigned[partner] : partner;
            wishes[physical] += worth;
            toFixed += Registers.IsVirtual(partner) ? 0 : worth;
        }

        return toFixed;
    }

    private double Score(int register, int physical)
    {
        Span<double> wishes = stackalloc double[Registers.FirstVirtual];
        Wishes(register, wishes);
        return wishes[physical] + PlainScore(register, physical);
    }

    private double PlainScore(int register, int physical)
    {
        double score = -OrderWorth * rank[physical];
        if (Registers.IsIn(physical, Registers.Compressible))
        {
            score += compressible[register] - (CompressionWorth / 4);
        }

        return IsNewSave(physical) ? score - SaveCost : score;
    }

    private bool IsNewSave(int physical) => Registers.IsIn(physical, Registers.CalleeSaved & ~savedRegisters);

    /// <summary>What others lose that want this argument register and could have it.</summary>
    private double RivalWorth(int register, List<Segment> range, int physical)
    {
        List<(int Rival, double Worth)> others = rivals[physical];
        double worth = 0;
        if (others.Count <= MaximalRivals)
        {
            foreach ((int rival, double lost) in others)
            {
                if (rival != register && assigned[rival] == 0 && live.Ranges[rival] is { } wanted && LiveRanges.Intersect(range, wanted)
                    && !occupied[physical].Intersects(wanted))
                {
                    worth += lost;
                }
            }
        }

        return worth;
    }
}
