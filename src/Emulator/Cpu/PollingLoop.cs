// Firmware waits by reading a register until it changes. Such a loop is run at once up to the cycle at which the
// register can change, because every round until then is the same:
//
// One round is watched with the stepper. If it is short, comes back to where it began with every register as it
// was, has only computed, jumped and loaded, and each device register that it read says until when it keeps its
// value, then the next round does exactly the same, and so do all that end before the earliest of those cycles
// and before the next event. They are counted instead of executed. No result can tell the difference.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>Notices loops that only wait, and lets their rounds pass.</summary>
internal sealed unsafe class PollingLoop(Hart hart, Stepper stepper)
{
    /// <summary>The longest round, in instructions.</summary>
    private const int RoundLimit = 64;

    // A loop that turns out not to be one is looked at again after twice as many rounds.
    private const int FirstLook = 8;
    private const int LastLook = 1 << 16;

    private readonly HartState* state = hart.State;
    private readonly SystemOnChip soc = hart.Soc;
    private readonly uint[] before = new uint[32];
    private uint lastPc;
    private ulong lastCycle;
    private int rounds;
    private int look = FirstLook;

    /// <summary>Called before an instruction that leaves the fast path; may execute, and skip, whole rounds from there.</summary>
    public void Visit(ulong horizon)
    {
        uint pc = state->Pc;
        bool again = pc == lastPc && soc.Now - lastCycle <= RoundLimit;
        lastPc = pc;
        lastCycle = soc.Now;
        if (!again)
        {
            rounds = 0;
            look = FirstLook;
            return;
        }

        if (++rounds >= look && horizon - soc.Now > RoundLimit)
        {
            rounds = 0;
            look = TryPass(pc, horizon) ? FirstLook : Math.Min(look * 2, LastLook);
            lastCycle = soc.Now;
        }
    }

    private bool TryPass(uint pc, ulong horizon)
    {
        ulong start = soc.Now;
        new ReadOnlySpan<uint>(state->X, 32).CopyTo(before);
        hart.Memory.StartWatchingReads();
        do
        {
            ulong retired = hart.Registers.Retired;
            stepper.Step();
            if (soc.Attention || hart.Registers.Retired == retired || !OnlyComputes(stepper.LastOperation))
            {
                return false;
            }
        }
        while (state->Pc != pc && soc.Now - start < RoundLimit);

        ulong steadyUntil = Math.Min(hart.Memory.SteadyUntil, horizon);
        if (state->Pc != pc || steadyUntil <= soc.Now || !new ReadOnlySpan<uint>(state->X, 32).SequenceEqual(before))
        {
            return false;
        }

        ulong round = soc.Now - start;
        ulong skipped = (steadyUntil - soc.Now) / round * round;
        soc.Now += skipped;
        hart.Registers.Retired += skipped;
        return true;
    }

    // What a round may do without leaving a trace: nothing that stores, and no CSR, since some of them count.
    private static bool OnlyComputes(Operation operation) => operation is
        (>= Operation.Lui and <= Operation.Lhu)
        or (>= Operation.Addi and <= Operation.Remu)
        or (>= Operation.Aes32esi and <= Operation.Aes32dsmi)
        or Operation.Fence;
}
