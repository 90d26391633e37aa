// Finds the loads that wait for loads: those whose address was loaded, or computed from what was loaded, a few
// instructions before (a table's entry by a byte of data, the next element of a list). It is an estimate that decides
// about speed alone. A pointer that is counted up is taken not to wait, wherever it came from.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Which loads of a unit depend on earlier ones.</summary>
internal sealed class LoadChains
{
    private readonly bool[] chained = new bool[UnitScan.HalfWords];

    // What is loaded on the way from a branch to its target, a bit for each register.
    private readonly uint[] atTarget = new uint[UnitScan.HalfWords];

    /// <summary>Whether the load at a half-word of the unit waits for another.</summary>
    public bool Contains(int index) => chained[index];

    /// <summary>Looks through a unit, twice if it has loops, so that what a loop loads is known at its beginning.</summary>
    public void Find(UnitScan scan)
    {
        foreach (int index in scan.Found)
        {
            atTarget[index] = 0;
        }

        if (FollowLines(scan))
        {
            FollowLines(scan);
        }
    }

    // Returns whether more became known of a place that was passed already.
    private bool FollowLines(UnitScan scan)
    {
        bool more = false;
        uint loaded = 0;
        int next = 0;
        foreach (int index in scan.Found)
        {
            ref readonly Instruction i = ref scan[index];
            loaded = (index == next ? loaded : 0) | atTarget[index];
            bool waits = ((loaded >> i.Rs1) & 1) != 0;
            chained[index] = waits && i.Operation is >= Operation.Lb and <= Operation.Lhu;
            switch (i.Operation)
            {
                case Operation.Jal or Operation.Jalr or (>= Operation.Beq and <= Operation.Bgeu):
                    if (i.Operation != Operation.Jalr && scan.Target(index) is >= 0 and var target && scan.Has(target))
                    {
                        more |= target <= index && (loaded & ~atTarget[target]) != 0;
                        atTarget[target] |= loaded;
                    }

                    loaded = i.Operation is Operation.Jal or Operation.Jalr ? 0 : loaded;
                    break;
                case >= Operation.Lb and <= Operation.Lhu:
                    loaded |= 1u << i.Rd;
                    break;
                case >= Operation.Addi and <= Operation.Srai:
                    waits &= i.Operation != Operation.Addi || i.Rd != i.Rs1;
                    loaded = Assign(loaded, i.Rd, waits);
                    break;
                case >= Operation.Add and <= Operation.Remu:
                    loaded = Assign(loaded, i.Rd, waits || ((loaded >> i.Rs2) & 1) != 0);
                    break;
                case < Operation.Sb or > Operation.Sw:
                    loaded = Assign(loaded, i.Rd, false);
                    break;
                default:
                    break;
            }

            loaded &= ~1u;
            next = index + (i.Length / 2);
        }

        return more;
    }

    private static uint Assign(uint loaded, int register, bool value) =>
        value ? loaded | (1u << register) : loaded & ~(1u << register);
}
