// Which thread comes back to user code is not told by anything that a kernel must show. A thread leaves user code at an
// address with a stack pointer, and goes on at the same address (behind the ecall, when it made a call) with the same stack
// pointer; threads of a process have different stacks, so the two together name it. Handlers of interrupts, exceptions
// and the swapper start with return addresses that are never mapped, and end by jumping there; so do threads.
// Facts: Xous's ABI, registers of calls, threads, interrupts, swapper.

using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Xous;

internal static class ThreadIdentity
{
    /// <summary>Whether an address is one that a handler or thread ends by jumping to.</summary>
    public static bool IsEnd(uint pc) => pc
        is XousAbi.ReturnFromInterrupt or XousAbi.ReturnFromException or XousAbi.ReturnFromSwapper or XousAbi.ExitThread;

    /// <summary>
    /// The slot of the thread that goes on now: one that left here; else a handler that starts; else one with the same
    /// stack, whose address somebody changed; else a new one.
    /// </summary>
    /// <param name="process">The process that the core is in.</param>
    /// <param name="hart">The core, before its first instruction there.</param>
    /// <param name="handlerStarts">Whether it is a handler, at its first instruction.</param>
    public static int Find(ProcessRecord process, Hart hart, out bool handlerStarts)
    {
        (uint pc, uint sp) = (hart.Pc, hart.Register(2));
        handlerStarts = false;
        int sameStack = -1;
        for (int slot = 0; slot < process.Threads.Length; slot++)
        {
            ref ThreadRecord thread = ref process.Threads[slot];
            if (thread.Sp == sp && thread.Frame != Frame.None)
            {
                if (thread.GoesOnAt(pc))
                {
                    return slot;
                }

                sameStack = slot;
            }
        }

        if (HandlerTid(hart.Register(1)) is { } tid)
        {
            handlerStarts = true;
            int slot = process.SlotOf(tid) is >= 0 and var known ? known : process.FreeSlot();
            process.AddThread(slot, tid, pc, sp);
            return slot;
        }

        if (sameStack >= 0)
        {
            return sameStack;
        }

        int free = process.FreeSlot();
        bool first = Array.TrueForAll(process.Threads, thread => thread.Frame == Frame.None);
        process.AddThread(free, first ? XousAbi.InitialTid : ThreadRecord.UnknownTid, pc, sp);
        return free;
    }

    private static byte? HandlerTid(uint returnAddress) => returnAddress switch
    {
        XousAbi.ReturnFromInterrupt or XousAbi.ReturnFromSwapper => XousAbi.InterruptTid,
        XousAbi.ReturnFromException => XousAbi.ExceptionTid,
        _ => null,
    };
}
