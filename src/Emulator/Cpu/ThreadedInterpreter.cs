// The portable fast engine. A page of code is decoded into slots; each slot's handler does its instruction and
// jumps to the next slot's handler (ThreadedCode). Here is what happens around that: entering at a page,
// decoding, and leaving to the stepper for all that is rare.
//
// The budget is checked where control is transferred and at least every 32 slots, so a run of handlers can go
// beyond zero by less than Margin. The engine therefore hands out Margin instructions less than remain, and the
// stepper executes the rest one by one: the count is exact.

using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>Runs predecoded instructions.</summary>
internal sealed unsafe class ThreadedInterpreter : IEngine
{
    private const int Margin = 40;
    private const int DecodeAhead = 32;

    // How often, in instructions, code that never leaves the handlers is looked at for a loop that only waits.
    private const ulong LookInterval = 1 << 19;

    private const uint PageOffset = PhysicalMemory.PageSize - 1;

    private readonly Hart hart;
    private readonly Stepper stepper;
    private readonly HartState* state;
    private readonly SystemOnChip soc;
    private readonly PollingLoop polling;
    private readonly CodePages pages;

    public ThreadedInterpreter(Hart hart, Stepper stepper)
    {
        this.hart = hart;
        this.stepper = stepper;
        state = hart.State;
        soc = hart.Soc;
        polling = new PollingLoop(hart, stepper);
        pages = new CodePages(hart.Soc.Memory, hart.Cache);
        hart.Code = pages;
    }

    public ulong Skipped => polling.Skipped;

    public void Run(ulong horizon)
    {
        while (soc.Now < horizon && !soc.Attention)
        {
            ulong remaining = horizon - soc.Now;
            Slot* page = remaining > Margin ? FindPage(state->Pc) : null;
            if (page == null)
            {
                stepper.Step();
                continue;
            }

            long budget = (long)Math.Min(remaining - Margin, LookInterval);
            state->Page = page;
            state->PageAddress = state->Pc & ~PageOffset;
            Slot* first = page + ((state->Pc & PageOffset) >> 1);
            first->Handler(first, state->X, state, budget);

            ulong executed = (ulong)(budget - state->Budget);
            soc.Now += executed;
            hart.Registers.Retired += executed;
            switch (state->Exit)
            {
                case FastExit.Undecoded:
                    Decode(state->Pc);
                    break;
                case FastExit.Slow:
                    if (!polling.Visit(horizon))
                    {
                        stepper.Step();
                    }

                    break;
                case FastExit.Budget when horizon - soc.Now <= Margin:
                    Finish(horizon);
                    break;
                case FastExit.Budget:
                    polling.LookNow(horizon);
                    break;
                default:
                    break;
            }
        }
    }

    private void Finish(ulong horizon)
    {
        for (int i = 0; i < Margin && soc.Now < horizon && !soc.Attention; i++)
        {
            stepper.Step();
        }
    }

    private Slot* FindPage(uint pc)
    {
        Slot* page = (Slot*)state->Execute[pc >> 12];
        if (page == null && hart.Memory.TryFindCode(pc, out uint physical))
        {
            page = pages.Get(physical);
            hart.Cache.FillExecute(pc, hart.Translation.Leaf, page);
        }

        return page;
    }

    // Decodes from pc along the straight line until the next jump.
    private void Decode(uint pc)
    {
        byte* bytes = soc.Memory.PageForRead(PhysicalOfExecuting(pc));
        for (int i = 0; i < DecodeAhead; i++)
        {
            uint offset = pc & PageOffset;
            int index = (int)(offset >> 1);
            uint encoding = *(ushort*)(bytes + offset);
            bool full = Decoder.IsFull(encoding);
            if (full && index == CodePages.SlotsInPage - 1)
            {
                state->Page[index] = ThreadedCode.SlowSlot; // reaches into the next page
                return;
            }

            encoding |= full ? (uint)*(ushort*)(bytes + offset + 2) << 16 : 0;
            Instruction instruction = Decoder.DecodeUncached(encoding);
            state->Page[index] = ThreadedCode.Encode(instruction, index);
            pc += instruction.Length;
            if (ThreadedCode.EndsRun(instruction.Operation) || (pc & PageOffset) < instruction.Length
                || !ThreadedCode.IsUndecoded(state->Page[(pc & PageOffset) >> 1]))
            {
                return;
            }
        }
    }

    private uint PhysicalOfExecuting(uint pc) =>
        hart.Memory.TryFindCode(pc, out uint physical)
            ? physical
            : throw new InvalidOperationException("The page that was executing cannot be fetched from.");
}
