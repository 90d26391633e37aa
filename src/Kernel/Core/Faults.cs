// Exceptions of user code. Three are no faults at all: a jump to one of the addresses that say what has ended, a touch
// of a promised page, and one that the process has a handler for. All others end the process, with a report.

namespace XousCloud.Kernel;

public partial struct Kernel
{
    private const uint InstructionPageFault = 12;
    private const uint LoadPageFault = 13;
    private const uint StorePageFault = 15;

    /// <param name="cause">scause: an exception from user mode, not an environment call.</param>
    /// <param name="value">stval: the address, or the instruction.</param>
    public void Fault(uint cause, uint value)
    {
        ref ThreadContext context = ref CurrentContext;
        if (cause == InstructionPageFault && HasEnded(context.Pc, context.A0))
        {
            return;
        }

        bool isPageFault = cause is InstructionPageFault or LoadPageFault or StorePageFault;
        if (isPageFault && value < AddressMap.UserEnd && IsAllowed(cause, EntryAt(CurrentProcess, value)))
        {
            XousError error = MakePresent(CurrentProcess, value & ~PageMask);
            if (error == XousError.None)
            {
                IsTranslationStale = true; // also if it was there: then the processor's copy is old
                return;
            }
        }

        ref Process process = ref processes[(int)CurrentProcess];
        if (process.ExceptionHandler != 0 && process.ExceptionOf == 0 && !IsInInterrupt)
        {
            EnterExceptionHandler(ref process, cause, context.Pc, value);
            return;
        }

        LastDeath = new DeathReport(CurrentProcess, CurrentThread, cause, context.Pc, value);
        EndProcess(CurrentProcess);
    }

    /// <summary>What an entry promises or gives. Write without read is what guard pages are made of: no access.</summary>
    private static bool IsAllowed(uint cause, uint entry)
    {
        if (!PageTableEntry.IsPresent(entry) && !PageTableEntry.IsReserved(entry))
        {
            return false;
        }

        const uint ReadWrite = PageTableEntry.Read | PageTableEntry.Write;
        return cause switch
        {
            InstructionPageFault => (entry & PageTableEntry.Execute) != 0,
            LoadPageFault => (entry & PageTableEntry.Read) != 0,
            _ => (entry & ReadWrite) == ReadWrite,
        };
    }

    private bool HasEnded(uint address, uint value)
    {
        switch (address)
        {
            case AddressMap.ReturnFromInterrupt when IsInInterrupt:
                LeaveInterrupt();
                return true;
            case AddressMap.ExitThread when !IsInInterrupt && CurrentThread >= Process.FirstThread:
                ExitThread(value);
                return true;
            case AddressMap.ReturnFromException when !IsInInterrupt && CurrentThread == Process.ExceptionThread:
                LeaveExceptionHandler(value);
                return true;
            default:
                return false;
        }
    }

    private void EnterExceptionHandler(ref Process process, uint cause, uint pc, uint value)
    {
        ref ThreadContext handler = ref Context(CurrentProcess, Process.ExceptionThread);
        handler.Clear();
        handler.Pc = process.ExceptionHandler;
        handler.StackPointer = process.ExceptionStack;
        handler.ReturnAddress = AddressMap.ReturnFromException;
        // The ABI numbers the page faults on from 7; the codes before are those of the processor.
        handler.A0 = cause switch
        {
            InstructionPageFault => 7,
            LoadPageFault => 8,
            StorePageFault => 9,
            4 => 3,
            5 => 4,
            6 => 5,
            7 => 6,
            _ => cause,
        };
        handler.A1 = pc;
        handler.A2 = value;
        process.ExceptionOf = (byte)CurrentThread;
        process.Threads |= 1u << (int)Process.ExceptionThread;
        SetReady(CurrentProcess, process.Ready | (1u << (int)Process.ExceptionThread));
        Run(CurrentProcess, Process.ExceptionThread);
    }

    /// <param name="distance">Signed: from the faulting instruction to where the thread goes on.</param>
    private void LeaveExceptionHandler(uint distance)
    {
        ref Process process = ref processes[(int)CurrentProcess];
        uint thread = process.ExceptionOf;
        process.ExceptionOf = 0;
        process.Threads &= ~(1u << (int)Process.ExceptionThread);
        SetReady(CurrentProcess, process.Ready & ~(1u << (int)Process.ExceptionThread));
        Context(CurrentProcess, thread).Pc += distance;
        Run(CurrentProcess, thread);
    }
}
