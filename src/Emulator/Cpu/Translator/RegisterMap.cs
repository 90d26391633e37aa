// Which guest registers have a host register while a unit runs. Mostly it is the fixed placement (Placement.cs), so that
// any unit can jump to any other. A unit whose loops work with other registers, as hashes and ciphers do, exchanges some:
// its ways in put the registers that its loops use most in the place of some that they do not use, and its ways out
// put them back. That pays where a round of the loops saves more accesses than the exchange costs.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The placement of guest registers in the unit that is being translated.</summary>
internal sealed class RegisterMap(Emitter emitter)
{
    // How many accesses to the HartState a round must save. An exchange is two of them on the way in and two on the way out.
    private const int LeastGain = 12;

    // A round of an inner loop counts as so many of the outer one.
    private const int RoundsOfInner = 8;
    private const int DeepestLoop = 4;

    private readonly HostOperand[] places = new HostOperand[32];
    private readonly PlainList<Exchange> exchanges = new();
    private readonly int[] uses = new int[32];
    private readonly byte[] depth = new byte[UnitScan.HalfWords];

    /// <summary>Whether the placement is not the fixed one.</summary>
    public bool IsExchanged => exchanges.Count > 0;

    /// <summary>Where a guest register is.</summary>
    public HostOperand Of(int guest) => places[guest];

    public bool IsPinned(int guest) => !places[guest].IsMemory;

    /// <summary>Where a result is computed.</summary>
    public HostRegister Target(int guest) => IsPinned(guest) ? places[guest].Register : HostRegister.Rax;

    /// <summary>Decides on the placement for a unit.</summary>
    public void Choose(UnitScan scan)
    {
        exchanges.Clear();
        for (int guest = 0; guest < places.Length; guest++)
        {
            places[guest] = Placement.Of(guest);
        }

        if (!CountUses(scan))
        {
            return;
        }

        int gain = 0;
        while (Next() is { Gain: > 0 } next)
        {
            gain += next.Gain;
            (uses[next.In], uses[next.Out]) = (0, int.MaxValue);
            exchanges.Add(next);
        }

        if (gain < LeastGain)
        {
            exchanges.Clear();
        }

        for (int i = 0; i < exchanges.Count; i++)
        {
            places[exchanges[i].In] = places[exchanges[i].Out];
            places[exchanges[i].Out] = Placement.InState(exchanges[i].Out);
        }
    }

    /// <summary>Writes the way in: from the fixed placement to this one.</summary>
    public void WriteIn()
    {
        for (int i = 0; i < exchanges.Count; i++)
        {
            emitter.Mov(Placement.InState(exchanges[i].Out), Placement.Of(exchanges[i].Out));
            emitter.Mov(Placement.Of(exchanges[i].Out), Placement.InState(exchanges[i].In));
        }
    }

    /// <summary>Writes the way out. rax, rcx and the flags stay.</summary>
    public void WriteOut()
    {
        for (int i = 0; i < exchanges.Count; i++)
        {
            emitter.Mov(Placement.InState(exchanges[i].In), Placement.Of(exchanges[i].Out));
            emitter.Mov(Placement.Of(exchanges[i].Out), Placement.InState(exchanges[i].Out));
        }
    }

    // The most used register without a place, and the least used one with a place.
    private Exchange Next()
    {
        int @in = 0;
        int @out = 0;
        for (int guest = 1; guest < uses.Length; guest++)
        {
            if (!Placement.IsPinned(guest))
            {
                @in = uses[guest] > uses[@in] || @in == 0 ? guest : @in;
            }
            else if (@out == 0 || uses[guest] < uses[@out])
            {
                @out = guest;
            }
        }

        return new Exchange(@in, @out, uses[@in] - uses[@out]);
    }

    // Counts what the loops of the unit use. Returns false where there are none.
    private bool CountUses(UnitScan scan)
    {
        bool any = false;
        foreach (int index in scan.Found)
        {
            depth[index] = 0;
        }

        foreach (int index in scan.Found)
        {
            if (scan[index] is { Operation: Operation.Jal, Rd: 0 } or { Operation: >= Operation.Beq and <= Operation.Bgeu }
                && scan.Target(index) is var target && target <= index && IsLoop(scan, target, index))
            {
                any = true;
                for (int inside = target; inside <= index; inside++)
                {
                    depth[inside] = (byte)Math.Min(depth[inside] + 1, DeepestLoop);
                }
            }
        }

        Array.Clear(uses);
        if (any)
        {
            foreach (int index in scan.Found)
            {
                ref readonly Instruction i = ref scan[index];
                int weight = 1;
                for (int level = 1; level < depth[index]; level++)
                {
                    weight *= RoundsOfInner;
                }

                weight = depth[index] == 0 ? 0 : weight;
                uses[i.Rd] += weight;
                uses[i.Rs1] += weight;
                uses[i.Rs2] += i.Operation is >= Operation.Slli and <= Operation.Srai ? 0 : weight;
            }

            uses[0] = 0;
        }

        return any;
    }

    // Whether a branch back is a round that stays in the unit: all of it was found, and nothing in it calls or jumps, as
    // code does that goes back to a common end.
    private static bool IsLoop(UnitScan scan, int first, int last)
    {
        if (first < 0)
        {
            return false;
        }

        for (int index = first; index <= last; index += scan[index].Length / 2)
        {
            if (!scan.Has(index) || scan.IsSlow(index) || (index < last && scan[index].Operation is (Operation.Jal or Operation.Jalr)))
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct Exchange(int In, int Out, int Gain);
}
