// Runs generated code, and does what generated code cannot: finds and translates what is executed for the first time,
// fills the flat tables, hands rare instructions to the stepper, and stops at the exact cycle.

using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The engine that translates the guest's code to the host's.</summary>
internal sealed unsafe class TranslatingEngine : IEngine
{
    // How often, in instructions, code that never leaves the tables is looked at for a loop that only waits. A look
    // that finds none makes the next one rarer.
    private const ulong FirstLook = 1 << 20;
    private const ulong LastLook = 1 << 26;

    // What was found can have moved from the shared cache to the device's own, and that can have been emptied.
    private const int Attempts = 4;

    private readonly Hart hart;
    private readonly Stepper stepper;
    private readonly HartState* state;
    private readonly SystemOnChip soc;
    private readonly PollingLoop polling;
    private readonly DeviceCode code;
    private ulong look = FirstLook;
    private ulong untilLook = FirstLook;

    /// <param name="hart">The core that it executes.</param>
    /// <param name="stepper">Does what generated code does not.</param>
    /// <param name="shared">The code of all devices of the image.</param>
    public TranslatingEngine(Hart hart, Stepper stepper, SharedCode shared)
    {
        this.hart = hart;
        this.stepper = stepper;
        state = hart.State;
        soc = hart.Soc;
        polling = new PollingLoop(hart, stepper);
        code = new DeviceCode(hart.Soc.Memory, hart.Cache, shared);
        hart.Code = code;
    }

    public ulong Skipped => polling.Skipped;

    public void Run(ulong horizon)
    {
        while (MayGoOn(horizon))
        {
            byte* start = Find(state->Pc);
            if (start == null)
            {
                stepper.Step();
            }
            else
            {
                Execute(start, horizon);
            }
        }
    }

    private bool MayGoOn(ulong horizon) => soc.Now < horizon && !soc.Attention;

    // The code for an address; null where fetching faults, and where there is no memory for code.
    private byte* Find(uint pc)
    {
        byte* found = null;
        for (int attempt = 0; attempt < Attempts && found == null; attempt++)
        {
            void* entry = state->Execute[pc >> FlatTables.PageShift];
            if (entry != null)
            {
                byte* known = *(byte**)((byte*)entry + ((nint)pc << TranslatedPage.SlotScale));
                if (code.IsCode(known))
                {
                    return known;
                }
            }

            if (!hart.Memory.TryFindCode(pc, out uint physical))
            {
                return null;
            }

            TranslatedPage? page = code.Page(pc, physical, hart.Privilege);
            if (page is null)
            {
                return null;
            }

            hart.Cache.FillExecute(pc, hart.Translation.Leaf, page.Entry);
            found = code.Code(page, pc, physical);
        }

        return found;
    }

    // Runs code from a place on, as long as it can be gone on with without looking anything up.
    private void Execute(byte* place, ulong horizon)
    {
        int taken = 0; // by the block in the middle of which code is entered
        while (place != null)
        {
            long budget = (long)Math.Min(horizon - soc.Now, untilLook);
            state->Budget = budget - taken;
            state->CycleAtEnd = soc.Now + (ulong)budget + hart.Registers.CycleOffset;
            state->RetiredAtEnd = hart.Registers.Retired + (ulong)budget + hart.Registers.RetiredOffset;
            code.Gate.Enter(state, place);
            long left = state->Budget;
            if (state->Site == CodeGate.NoSite)
            {
                Count(budget - left);
                return;
            }

            ref readonly CodeSite site = ref code.Site(state->Site);
            state->Pc = site.Pc;
            Count(budget - left - site.Remaining);
            place = Leave(site, horizon, out taken);
        }
    }

    private void Count(long executed)
    {
        soc.Now += (ulong)executed;
        hart.Registers.Retired += (ulong)executed;
        untilLook -= (ulong)executed;
    }

    // Returns where in the same block to go on, with what the block takes from there; null to look the pc up.
    private byte* Leave(in CodeSite site, ulong horizon, out int taken)
    {
        taken = 0;
        switch (site.Kind)
        {
            case SiteKind.Budget when horizon - soc.Now < (ulong)site.Remaining:
                Finish(horizon);
                return null;
            case SiteKind.Budget:
                LookForWaiting(horizon);
                return null;
            case SiteKind.Slow or SiteKind.Straddling:
                if (MayGoOn(horizon) && !polling.Visit(horizon))
                {
                    Step(site);
                }

                return null;
            default:
                return LeaveAtAccess(site, horizon, out taken);
        }
    }

    // The tables have no entry for the page: it is entered, or the access is done here; most are to device registers.
    private byte* LeaveAtAccess(in CodeSite site, ulong horizon, out int taken)
    {
        bool store = site.Kind == SiteKind.Store;
        MappedBlock? device = hart.Memory.FindDevice(state->Address, store, out uint offset);
        taken = site.Remaining;
        if (device is null && (store ? hart.Memory.TryFillWrite(state->Address) : hart.Memory.TryFillRead(state->Address)))
        {
            return CanTake(taken, horizon) ? (byte*)site.Retry : null;
        }

        if (polling.Visit(horizon))
        {
            return null;
        }

        taken--;
        (uint codeEpoch, uint cacheEpoch) = (code.Epoch, hart.Cache.Epoch);
        return TryAccess(site, device, offset) && MayGoOn(horizon) && CanTake(taken, horizon)
            && codeEpoch == code.Epoch && cacheEpoch == hart.Cache.Epoch
            ? (byte*)site.Resume
            : null;
    }

    private bool CanTake(int instructions, ulong horizon) =>
        (ulong)instructions <= Math.Min(horizon - soc.Now, untilLook);

    // Less is left than the next block takes.
    private void Finish(ulong horizon)
    {
        while (MayGoOn(horizon))
        {
            stepper.Step();
        }
    }

    // False where it was not done: a trap's handler can begin right behind the access, with other rights.
    private bool TryAccess(in CodeSite site, MappedBlock? device, uint offset)
    {
        if (device is not null && TryAccessDevice(site.Instruction, device, offset))
        {
            state->Pc += site.Instruction.Length;
            hart.Registers.Retired++;
            soc.Now++;
            return true;
        }

        ulong retired = hart.Registers.Retired;
        Step(site);
        return hart.Registers.Retired != retired;
    }

    private bool TryAccessDevice(in Instruction i, MappedBlock device, uint offset)
    {
        uint value;
        switch (i.Operation)
        {
            case Operation.Sw:
                return hart.Memory.TryStore(device, offset, 4, state->X[i.Rs2]);
            case Operation.Sh:
                return hart.Memory.TryStore(device, offset, 2, (ushort)state->X[i.Rs2]);
            case Operation.Sb:
                return hart.Memory.TryStore(device, offset, 1, (byte)state->X[i.Rs2]);
            case Operation.Lw when MemoryAccess.TryLoad(device, offset, 4, out value):
            case Operation.Lhu when MemoryAccess.TryLoad(device, offset, 2, out value):
            case Operation.Lbu when MemoryAccess.TryLoad(device, offset, 1, out value):
                state->X[i.Rd] = i.Rd == 0 ? 0 : value;
                return true;
            default:
                return false;
        }
    }

    private void Step(in CodeSite site)
    {
        if (site.Kind != SiteKind.Straddling)
        {
            stepper.Execute(site.Instruction);
        }
        else
        {
            stepper.Step();
        }
    }

    private void LookForWaiting(ulong horizon)
    {
        look = polling.LookNow(horizon) ? FirstLook : Math.Min(look * 2, LastLook);
        untilLook = look;
    }
}
