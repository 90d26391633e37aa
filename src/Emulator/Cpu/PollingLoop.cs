// Firmware waits by reading a register until it changes. Such a loop is run at once up to the cycle at which the
// register can change, because every round until then is the same:
//
// One round is watched with the stepper. If it is short, comes back to where it began with every register and
// every word of memory as it was (but for counters, RoundCounters), has only computed, jumped, loaded, stored and kept
// interrupts away for a while, and each device register that it read says until when it keeps its value, then the next
// round does exactly the same, and so do all that end before the earliest of those cycles and before the next event.
// They are counted instead of executed. No result can tell the difference.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>Notices loops that only wait, and lets their rounds pass.</summary>
internal sealed unsafe class PollingLoop(Hart hart, Stepper stepper)
{
    /// <summary>The longest round, in instructions.</summary>
    private const int RoundLimit = 256;

    // What must fit before the next event: one round is watched, and the others pass.
    private const int LeastRounds = 3;

    // A loop that turns out not to be one is looked at again after twice as many rounds as long as it goes round, one that
    // was at its next round.
    private const int FirstLook = 8;
    private const int LastLook = 1 << 16;

    // Instructions that may begin a round are kept by their address; of two with one place, the later is.
    private const int Places = 64;

    private readonly HartState* state = hart.State;
    private readonly SystemOnChip soc = hart.Soc;
    private readonly RoundTrace trace = new(hart.Soc.Memory);
    private readonly RoundCounters counters = new();
    private readonly uint[] before = new uint[32];
    private readonly uint[] now = new uint[32];

    private readonly Anchor[] anchors = new Anchor[Places];

    /// <summary>Instructions that were counted and not executed.</summary>
    public ulong Skipped { get; private set; }

    /// <summary>Called before an instruction that leaves the fast path; may execute, and skip, rounds from there.</summary>
    /// <returns>Whether anything was executed: where to go on is to be looked up then.</returns>
    public bool Visit(ulong horizon)
    {
        ref Anchor anchor = ref anchors[(state->Pc >> 1) % Places];
        ulong round = soc.Now - anchor.SeenAt;
        anchor.SeenAt = soc.Now;
        if (anchor.Pc != state->Pc || round > RoundLimit)
        {
            anchor.Look = anchor.Pc == state->Pc ? Math.Min(anchor.Look, FirstLook) : FirstLook;
            anchor.Pc = state->Pc;
            anchor.Rounds = 0;
            return false;
        }

        anchor.Rounds++;
        if (anchor.Rounds < anchor.Look || horizon - soc.Now <= LeastRounds * round)
        {
            return false;
        }

        anchor.Rounds = 0;
        anchor.Look = TryPass(horizon, round) ? 1 : Math.Min(anchor.Look * 2, LastLook);
        anchor.SeenAt = soc.Now;
        return true;
    }

    /// <summary>Looks whether the instruction at pc is part of a loop that waits without leaving the fast path.</summary>
    /// <returns>Whether rounds were passed.</returns>
    public bool LookNow(ulong horizon) => horizon - soc.Now > RoundLimit && TryPass(horizon, RoundLimit);

    private bool TryPass(ulong horizon, ulong longest)
    {
        ulong start = soc.Now;
        uint reservation = state->Reservation;
        uint status = hart.Registers.Mstatus;
        new ReadOnlySpan<uint>(state->X, 32).CopyTo(before);
        if (!TryWatchRound(Math.Min(horizon, start + longest)))
        {
            return false;
        }

        ulong steadyUntil = Math.Min(trace.SteadyUntil, horizon);
        if (steadyUntil <= soc.Now || state->Reservation != reservation
            || hart.Registers.Mstatus != status || !trace.LeftNoTrace
            || !counters.TryFind(before, new ReadOnlySpan<uint>(state->X, 32), out ulong most))
        {
            return false;
        }

        ulong round = soc.Now - start;
        ulong passed = Math.Min((steadyUntil - soc.Now) / round, most);
        counters.Pass(state->X, passed);
        ulong skipped = passed * round;
        soc.Now += skipped;
        hart.Registers.Retired += skipped;
        Skipped += skipped;
        return true;
    }

    // Executes from here to here; false where the round takes longer or does more than a waiting loop may.
    private bool TryWatchRound(ulong end)
    {
        uint anchor = state->Pc;
        trace.Start();
        counters.Start();
        hart.Memory.Trace = trace;
        bool harmless;
        do
        {
            ulong retired = hart.Registers.Retired;
            new ReadOnlySpan<uint>(state->X, 32).CopyTo(now);
            stepper.Step();
            Instruction executed = stepper.LastInstruction;
            counters.Note(executed, now[executed.Rs1], now[executed.Rs2]);
            harmless = !soc.Attention && hart.Registers.Retired != retired && MayRepeat(executed);
        }
        while (harmless && state->Pc != anchor && soc.Now < end);

        hart.Memory.Trace = null;
        return harmless && state->Pc == anchor;
    }

    // Critical sections write mstatus; other CSRs may be read, but for the counters. Nothing else that changes how
    // the core runs. An interrupt that a write lets in is pending, and ends the round before this is asked.
    private static bool MayRepeat(in Instruction instruction) => instruction.Operation switch
    {
        >= Operation.Lui and <= Operation.Remu => true,
        >= Operation.Aes32esi and <= Operation.Aes32dsmi or Operation.Fence => true,
        >= Operation.Csrrw and <= Operation.Csrrci when instruction.Immediate is ControlRegister.Mstatus or ControlRegister.Sstatus => true,
        Operation.Csrrs or Operation.Csrrc when instruction.Rs1 == 0 => !Counts(instruction.Immediate),
        _ => false,
    };

    private static bool Counts(int controlRegister) => controlRegister is
        ControlRegister.Mcycle or ControlRegister.Mcycleh or ControlRegister.Minstret or ControlRegister.Minstreth
        or ControlRegister.Cycle or ControlRegister.Cycleh or ControlRegister.Instret or ControlRegister.Instreth;

    // Where a round may begin: an instruction that leaves the fast path.
    private struct Anchor
    {
        public uint Pc;
        public int Rounds;
        public int Look;
        public ulong SeenAt;
    }
}
