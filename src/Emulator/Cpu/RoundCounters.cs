// Loops that wait with a limit count their rounds in a register. Such a register is no obstacle to passing rounds when
// all that a round does with it is to add a constant and to compare it with what stays the same: as long as each
// comparison comes out as it did in the round that was watched, the rounds differ in the register alone.

namespace XousCloud.Emulator.Cpu;

/// <summary>Finds the counters of a watched round, and for how many more rounds they change nothing else.</summary>
internal sealed class RoundCounters
{
    private readonly PlainList<Executed> executed = new();
    private readonly PlainList<Counter> counters = new();

    public void Start() => executed.Clear();

    /// <summary>Notes an instruction of the round.</summary>
    /// <param name="instruction">Which.</param>
    /// <param name="left">rs1 before it.</param>
    /// <param name="right">rs2 before it.</param>
    public void Note(in Instruction instruction, uint left, uint right) => 
        executed.Add(new Executed(instruction, left, right));

    /// <summary>Looks at what the round did to the registers.</summary>
    /// <param name="before">The registers before it.</param>
    /// <param name="after">And after it.</param>
    /// <param name="most">How many more rounds go the same way; a counter never wraps among them.</param>
    /// <returns>False where a register changed that is no counter.</returns>
    public bool TryFind(ReadOnlySpan<uint> before, ReadOnlySpan<uint> after, out ulong most)
    {
        counters.Clear();
        most = ulong.MaxValue;
        for (int register = 1; register < before.Length; register++)
        {
            if (before[register] != after[register])
            {
                counters.Add(new Counter(register, after[register] - before[register]));
            }
        }

        for (int i = 0; i < counters.Count; i++)
        {
            if (!TryBound(counters[i].Register, counters[i].Step, ref most))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets the counters count a number of rounds.</summary>
    public unsafe void Pass(uint* registers, ulong rounds)
    {
        for (int i = 0; i < counters.Count; i++)
        {
            registers[counters[i].Register] += counters[i].Step * (uint)rounds;
        }
    }

    private bool TryBound(int register, uint step, ref ulong most)
    {
        int additions = 0;
        for (int index = 0; index < executed.Count; index++)
        {
            (Instruction i, uint left, uint right) = executed[index];
            if (i.Rd != register && i.Rs1 != register && i.Rs2 != register)
            {
                continue;
            }

            if (i.Operation == Operation.Addi && i.Rd == register && i.Rs1 == register && (uint)i.Immediate == step)
            {
                additions++;
            }
            else if (i.Operation is >= Operation.Beq and <= Operation.Bgeu
                && !IsCounter(i.Rs1 == register ? i.Rs2 : i.Rs1))
            {
                most = Math.Min(most, RoundsUntilChange(i.Operation, left, right, i.Rs1 == register, (int)step));
            }
            else
            {
                return false;
            }
        }

        return additions == 1;
    }

    private bool IsCounter(int register)
    {
        for (int i = 0; i < counters.Count; i++)
        {
            if (counters[i].Register == register)
            {
                return true;
            }
        }

        return false;
    }

    // For how many more rounds a comparison comes out the same when one side moves by a step each round.
    private static ulong RoundsUntilChange(Operation branch, uint left, uint right, bool leftMoves, int step)
    {
        bool signed = branch is Operation.Blt or Operation.Bge;
        long moving = Widen(leftMoves ? left : right);
        long limit = Widen(leftMoves ? right : left);
        long lowest = signed ? int.MinValue : uint.MinValue;
        long highest = signed ? int.MaxValue : uint.MaxValue;
        long rounds = step > 0 ? (highest - moving) / step : (moving - lowest) / -(long)step; // until it wraps
        if (branch is Operation.Beq or Operation.Bne)
        {
            long away = limit - moving;
            bool meets = away % step == 0 && away / step >= 0;
            return (ulong)Math.Min(rounds, !meets ? rounds : Math.Max(0, (away / step) - 1));
        }

        // Both orders come down to whether the moving side is below a bound.
        long bound = leftMoves ? limit : limit + 1;
        bool below = moving < bound;
        long until = below == step > 0
            ? below ? (bound - 1 - moving) / step : (moving - bound) / -(long)step
            : rounds; // moves away from the bound
        return (ulong)Math.Min(rounds, until);

        long Widen(uint value) => signed ? (int)value : value;
    }

    private readonly record struct Executed(Instruction Instruction, uint Left, uint Right);

    private readonly record struct Counter(int Register, uint Step);
}
